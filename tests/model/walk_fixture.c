// SPDX-License-Identifier: Apache-2.0
// Shared parts of the tests of the pure walk.
#include "walk_fixture.h"

#include <string.h>

const struct walk_mode walk_modes[WALK_MODES] = {
    {mmu_mode_sv32, "Sv32", 2, 10, 22, 4, UINT64_C(1) << 22 | 2u << 12 | 0x128,
     UINT64_C(0xABC) << 10},
    {mmu_mode_sv39, "Sv39", 3, 9, 44, 8, UINT64_C(1) << 30 | 2u << 21 | 3u << 12 | 0x128,
     UINT64_C(0x12345C0000)},
    {mmu_mode_sv48, "Sv48", 4, 9, 44, 8,
     UINT64_C(4) << 39 | UINT64_C(1) << 30 | 2u << 21 | 3u << 12 | 0x128, UINT64_C(0x1234) << 27},
    {mmu_mode_sv57, "Sv57", 5, 9, 44, 8,
     UINT64_C(5) << 48 | UINT64_C(4) << 39 | UINT64_C(1) << 30 | 2u << 21 | 3u << 12 | 0x128,
     UINT64_C(0xA5) << 36},
};

static struct fixture_memory memory;

void walk_begin(struct walk_case *test, const struct walk_mode *mode) {
    memset(test, 0, sizeof *test);
    fixture_memory_init(&memory);
    memory.mode = mode->mode();
    test->mode = mode;
    test->memory = &memory;
    test->arch = fixture_arch(mode->mode(), 0);
    test->pmp = mmu_pmp_reset(&test->arch);
    test->context = (struct mmu_context){
        .mode = mode->mode(), .root_ppn = FIXTURE_BASE_PPN, .asid = 1, .priv = MMU_PRIV_S};
}

void walk_clear(struct walk_case *test) {
    fixture_memory_again(test->memory, test->mode->mode());
}

static bool same_answer(const struct mmu_answer *a, const struct mmu_answer *b) {
    return a->pa == b->pa && a->fault == b->fault && a->cause == b->cause && a->level == b->level &&
           a->napot == b->napot && a->pbmt == b->pbmt && a->source == b->source &&
           a->perm == b->perm;
}

struct mmu_answer walk_sized(struct walk_case *test, uint64_t va, uint8_t access, uint8_t size) {
    struct mmu_memory port = fixture_memory_port(&memory);
    struct mmu_request request = {.va = va, .access = access, .size = size};
    unsigned reads = memory.reads, writes = memory.writes;
    struct mmu_answer answer =
        mmu_walk(&test->arch, &test->context, &test->pmp, &port, &request, &test->trace);
    assert_int_equal(test->trace.reads, memory.reads - reads);
    if (memory.writes != writes) return answer;
    // Without trace, and with the memory as a window (read is then for what lies outside).
    port.window = (const uint8_t *)memory.word;
    port.window_base = (uint64_t)FIXTURE_BASE_PPN * 4096;
    port.window_bytes = sizeof memory.word;
    reads = memory.reads;
    uint64_t last_pa = memory.last_pa;
    struct mmu_answer again =
        mmu_walk(&test->arch, &test->context, &test->pmp, &port, &request, NULL);
    assert_true(same_answer(&answer, &again));
    memory.reads = reads;
    memory.last_pa = last_pa;
    return answer;
}

struct mmu_answer walk_access(struct walk_case *test, uint64_t va, uint8_t access) {
    return walk_sized(test, va, access, 0);
}

void assert_fault(struct mmu_answer answer, uint8_t cause, uint8_t source) {
    assert_true(answer.fault);
    assert_int_equal(answer.cause, cause);
    assert_int_equal(answer.source, source);
    assert_true(answer.pa == 0);
    assert_int_equal(answer.level, 0);
    assert_int_equal(answer.perm, 0);
    assert_int_equal(answer.napot, 0);
    assert_int_equal(answer.pbmt, 0);
}

void assert_page_fault(struct mmu_answer answer, uint8_t access) {
    assert_fault(answer, page_fault_of[access], MMU_SOURCE_WALK);
}

void assert_access_fault(struct mmu_answer answer, uint8_t access) {
    assert_fault(answer, access_fault_of[access], MMU_SOURCE_WALK);
}

void assert_success(struct mmu_answer answer, uint64_t pa, uint8_t level, uint8_t perm) {
    assert_false(answer.fault);
    assert_int_equal(answer.cause, 0);
    assert_int_equal(answer.source, MMU_SOURCE_WALK);
    assert_true(answer.pa == pa);
    assert_int_equal(answer.level, level);
    assert_int_equal(answer.perm, perm);
}
