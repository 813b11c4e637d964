// SPDX-License-Identifier: Apache-2.0
// Builder of guests.
#include "guest_fixture.h"

#include <string.h>

static struct fixture_memory memory;

static uint64_t new_page(void) {
    assert_true(memory.pages_used < FIXTURE_PAGES);
    return FIXTURE_BASE_PPN + memory.pages_used++;
}

uint64_t guest_get(struct guest *test, uint64_t host_pa) {
    uint64_t at = host_pa - (uint64_t)FIXTURE_BASE_PPN * 4096;
    return test->g->pte_bytes == 4 ? memory.half[at / 4] : memory.word[at / 8];
}

void guest_set(struct guest *test, uint64_t host_pa, uint64_t pte) {
    uint64_t at = host_pa - (uint64_t)FIXTURE_BASE_PPN * 4096;
    if (test->g->pte_bytes == 4) {
        memory.half[at / 4] = (uint32_t)pte;
    } else {
        memory.word[at / 8] = pte;
    }
}

static uint64_t index_of(const struct walk_mode *mode, uint64_t address, unsigned level,
                         unsigned more_bits) {
    uint64_t vpn = address >> (12 + mode->vpn_bits * level);
    return vpn % (UINT64_C(1) << (mode->vpn_bits + more_bits));
}

uint64_t guest_g_slot(struct guest *test, uint64_t gpa, unsigned level) {
    uint64_t table = test->g_root;
    for (unsigned at = test->g->levels - 1;; --at) {
        uint64_t index = index_of(test->g, gpa, at, at + 1 == test->g->levels ? 2 : 0);
        uint64_t slot = table * 4096 + index * test->g->pte_bytes;
        if (at == level) return slot;
        if (guest_get(test, slot) == 0) guest_set(test, slot, fixture_pte(new_page(), MMU_PTE_V));
        table = guest_get(test, slot) >> 10;
    }
}

void guest_g_map(struct guest *test, uint64_t gpa, unsigned level, uint64_t ppn, uint64_t flags) {
    guest_set(test, guest_g_slot(test, gpa, level), fixture_pte(ppn, flags));
}

// A page of guest memory, mapped; returns its guest ppn.
static uint64_t new_guest_page(struct guest *test) {
    uint64_t ppn = new_page();
    guest_g_map(test, (ppn - GUEST_OFFSET) * 4096, 0, ppn, G_RWX);
    return ppn - GUEST_OFFSET;
}

uint64_t guest_vs_slot_gpa(struct guest *test, uint64_t va, unsigned level) {
    uint64_t table = test->vs_root;
    for (unsigned at = test->vs->levels - 1;; --at) {
        uint64_t slot = table * 4096 + index_of(test->vs, va, at, 0) * test->vs->pte_bytes;
        if (at == level) return slot;
        uint64_t host = slot + GUEST_OFFSET * 4096;
        if (guest_get(test, host) == 0)
            guest_set(test, host, fixture_pte(new_guest_page(test), MMU_PTE_V));
        table = guest_get(test, host) >> 10;
    }
}

uint64_t guest_vs_slot(struct guest *test, uint64_t va, unsigned level) {
    return guest_vs_slot_gpa(test, va, level) + GUEST_OFFSET * 4096;
}

void guest_vs_map(struct guest *test, uint64_t va, unsigned level, uint64_t ppn, uint64_t flags) {
    guest_set(test, guest_vs_slot(test, va, level), fixture_pte(ppn, flags));
}

uint64_t guest_g_leaf(struct guest *test, uint64_t gpa) {
    return guest_get(test, guest_g_slot(test, gpa, 0));
}

void guest_g_leaf_flags(struct guest *test, uint64_t gpa, uint64_t flags) {
    uint64_t slot = guest_g_slot(test, gpa, 0);
    guest_set(test, slot, (guest_get(test, slot) & ~UINT64_C(0xFF)) | flags);
}

static uint64_t atp(const struct walk_mode *mode, uint64_t ppn) {
    if (mode->pte_bytes == 4) return UINT64_C(1) << 31 | ppn;
    return (UINT64_C(5) + mode->levels) << 60 | ppn;  // 8, 9, 10
}

void guest_begin(struct guest *test, const struct walk_mode *vs, const struct walk_mode *g) {
    memset(test, 0, sizeof *test);
    fixture_memory_init(&memory);
    test->memory = &memory;
    test->vs = vs;
    test->g = g;
    test->arch = fixture_arch(vs->mode(), 0);
    test->pmp = mmu_pmp_reset(&test->arch);
    test->csr.priv = MMU_PRIV_S;
    test->guest.v = true;
    memory.pages_used = 4;
    test->g_root = FIXTURE_BASE_PPN;
    test->vs_root = new_guest_page(test);
    test->guest.hgatp = atp(g, test->g_root);
    test->guest.vsatp = atp(vs, test->vs_root);
}

struct mmu_guest_answer guest_access(struct guest *test, uint64_t va, uint8_t access,
                                     enum mmu_guest_kind kind) {
    struct mmu_memory port = fixture_memory_port(&memory);
    struct mmu_request request = {.va = va, .access = access};
    return mmu_walk_guest(&test->arch, &test->csr, &test->guest, kind, &test->pmp, &port, &request,
                          &test->trace);
}

void assert_guest_success(struct mmu_guest_answer answer, uint64_t pa, uint8_t vs_bits,
                          uint8_t g_bits) {
    assert_false(answer.fault);
    assert_int_equal(answer.cause, 0);
    assert_true(answer.pa == pa);
    assert_int_equal(answer.page_bits[0], vs_bits);
    assert_int_equal(answer.page_bits[1], g_bits);
    assert_true(answer.htval == 0 && answer.htinst == 0);
}

void assert_guest_fault(struct mmu_guest_answer answer, uint8_t cause, uint64_t htval,
                        uint64_t htinst) {
    assert_true(answer.fault);
    assert_int_equal(answer.cause, cause);
    assert_true(answer.htval == htval);
    assert_true(answer.htinst == htinst);
    assert_true(answer.pa == 0);
    assert_int_equal(answer.page_bits[0] | answer.page_bits[1], 0);
    assert_int_equal(answer.pbmt[0] | answer.pbmt[1], 0);
}
