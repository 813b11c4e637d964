// SPDX-License-Identifier: Apache-2.0
// Modes, page sizes, memory types and widths, wire by wire: what these tests expect is
// derived in them from the specification. Cycle numbers count from reset.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "smoke_bench.h"

#define ROOT (SMOKE_BASE_PPN * MMU_PAGE_BYTES)
#define PBMT(type) ((uint64_t)(type) << MMU_PTE_PBMT_SHIFT)
#define VA UINT64_C(0x00000000C0403000)      // Sv39: indices 3, 2, 3
#define VA_64K UINT64_C(0x0000000080310000)  // first page of a 64 KiB one: indices 2, 1, 0x110
#define PPN_64K UINT64_C(0x5550)

static const struct dut_ops *wide, *narrow, *sets, *ops32;
static struct smoke s;

static void begin(const struct dut_ops *ops, unsigned mode, uint32_t g, uint32_t l) {
    smoke_init(&s, ops, 0, g, l);
    smoke_mode(&s, mode);
}

static int end(void **state) {
    (void)state;
    smoke_free(&s);
    return 0;
}

static uint64_t low(uint64_t value, unsigned bits) {
    return value & ((UINT64_C(1) << bits) - 1);
}

// An address with a VPN part of its own for each level, in another set too; its upper bits are a
// sign extension.
static const unsigned part[5] = {0x05B, 0x1AC, 0x0F7, 0x113, 0x0A6};
static uint64_t va_of(unsigned levels) {
    uint64_t va = 0xABC;
    for (unsigned i = 0; i < levels; ++i) va |= (uint64_t)part[i] << (12 + 9 * i);
    const unsigned unused = 64 - (12 + 9 * levels);
    return (uint64_t)((int64_t)(va << unused) >> unused);
}

// --- modes --------------------------------------------------------------------------------

static void expect_walk(unsigned mode, unsigned level, uint32_t g, uint32_t l) {
    begin(wide, mode, g, l);
    const uint64_t va = va_of(s.levels), ppn = UINT64_C(0x2A) << 9 * level;
    const unsigned n = s.levels - level, bits = 12 + 9 * level;
    const uint64_t end_of_page = va | ((UINT64_C(1) << bits) - 1), t = 3,
                   done = t + n * (g + l) + 1;
    smoke_map(&s, va, level, ppn, RWX_AD);
    smoke_offer(&s, MMU_PORT_DATA, t, va, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 60, end_of_page, MMU_STORE);
    smoke_run(&s, 70);
    for (unsigned k = 0; k < n; ++k) {  // the tables lie one after the other
        const uint64_t c = t + 1 + k * (g + l);
        smoke_expect(&s, MEM_REQ, c, g == 1 ? "1_" : "11_");
        const uint64_t table = ROOT + k * MMU_PAGE_BYTES;
        assert_true(s.memory_request[c].pa == table + 8 * part[s.levels - 1 - k]);
    }
    assert_true(smoke_first(&s, D_RSP, 0) == done);
    assert_int_equal(s.answer[0][done].level, level);
    assert_true(s.answer[0][done].pa == (ppn << 12 | low(va, bits)));
    smoke_expect(&s, D_RSP, 60, "_1_");
    assert_int_equal(s.answer[0][61].source, MMU_SOURCE_TLB);
    assert_int_equal(s.answer[0][61].level, level);
    assert_true(s.answer[0][61].pa == (ppn << 12 | low(UINT64_MAX, bits)));
    smoke_free(&s);
}

static void walk_reads_one_pte_per_level_in_every_mode(void **state) {
    (void)state;
    for (unsigned mode = MMU_SATP_MODE_SV39; mode <= MMU_SATP_MODE_SV57; ++mode) {
        for (unsigned level = 0; level < mode - MMU_SATP_MODE_SV39 + 3; ++level) {
            expect_walk(mode, level, 1, 1);
            expect_walk(mode, level, 2, 3);
        }
    }
}

static void addresses_are_canonical_up_to_the_top_bit_of_the_mode(void **state) {
    (void)state;
    for (unsigned mode = MMU_SATP_MODE_SV39; mode <= MMU_SATP_MODE_SV57; ++mode) {
        begin(wide, mode, 1, 1);
        const uint64_t top = UINT64_C(1) << (11 + 9 * s.levels);
        smoke_offer(&s, MMU_PORT_DATA, 0, top, MMU_LOAD);  // 0..01: the top bit alone
        smoke_offer(&s, MMU_PORT_DATA, 2, (uint64_t)-1 - top, MMU_LOAD);  // 1..10
        smoke_offer(&s, MMU_PORT_DATA, 4, ~(top << 1), MMU_LOAD);
        smoke_offer(&s, MMU_PORT_DATA, 6, UINT64_C(1) << 63, MMU_LOAD);
        smoke_offer(&s, MMU_PORT_DATA, 8, top - 1, MMU_LOAD);
        smoke_offer(&s, MMU_PORT_DATA, 20, (uint64_t)0 - top, MMU_LOAD);
        smoke_run(&s, 30);
        smoke_expect(&s, D_RSP, 0, "_1_1_1_1___1___");
        for (uint64_t c = 1; c <= 7; c += 2) {
            smoke_expect_fault(&s.answer[0][c], MMU_CAUSE_LOAD_PAGE, MMU_SOURCE_NONE);
        }
        smoke_expect_fault(&s.answer[0][11], MMU_CAUSE_LOAD_PAGE, MMU_SOURCE_WALK);
        smoke_expect_fault(&s.answer[0][23], MMU_CAUSE_LOAD_PAGE, MMU_SOURCE_WALK);
        smoke_free(&s);
    }
}

static void walk_keeps_the_mode_in_which_it_was_accepted(void **state) {
    (void)state;
    begin(wide, MMU_SATP_MODE_SV57, 1, 1);
    smoke_map(&s, VA, 0, 0x33, RWX_AD);
    smoke_offer(&s, MMU_PORT_DATA, 3, VA, MMU_LOAD);
    smoke_run(&s, 4);
    s.csr.satp = 0;
    smoke_run(&s, 30);
    assert_true(smoke_first(&s, D_RSP, 0) == 3 + 5 * 2 + 1);
    assert_true(s.answer[0][14].pa == 0x33000);
}

static void misaligned_superpage_is_a_page_fault_at_every_level(void **state) {
    (void)state;
    for (unsigned level = 1; level < 5; ++level) {
        for (unsigned bit = 0; bit < 9 * level; ++bit) {
            begin(wide, MMU_SATP_MODE_SV57, 1, 1);
            smoke_map(&s, va_of(5), level, UINT64_C(1) << bit, RWX_AD);
            smoke_offer(&s, MMU_PORT_FETCH, 0, va_of(5), MMU_FETCH);
            smoke_run(&s, 15);
            const uint64_t done = 2 * (5 - level) + 1;
            assert_true(smoke_first(&s, F_RSP, 0) == done);
            smoke_expect_fault(&s.answer[1][done], MMU_CAUSE_FETCH_PAGE, MMU_SOURCE_WALK);
            smoke_free(&s);
        }
    }
}

// --- what a PTE may not say -----------------------------------------------------------------

static void expect_pte_fault(const struct dut_ops *ops, bool pbmte, unsigned level, uint64_t pte,
                             bool fault) {
    begin(ops, MMU_SATP_MODE_SV39, 1, 1);
    s.csr.pbmte = pbmte;
    smoke_set(&s, VA, level, pte);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA, MMU_LOAD);
    smoke_run(&s, 10);
    const uint64_t done = smoke_first(&s, D_RSP, 0);
    assert_true(done == 2 * (3 - level) + 1);  // by this PTE, not by one below it
    const struct mmu_answer *answer = &s.answer[0][done];
    if (fault) smoke_expect_fault(answer, MMU_CAUSE_LOAD_PAGE, MMU_SOURCE_WALK);
    assert_int_equal(answer->fault, fault);
    smoke_free(&s);
}

static void reserved_bits_are_page_faults_in_leaf_and_pointer(void **state) {
    (void)state;
    const uint64_t pointer = (SMOKE_BASE_PPN + 9) << 10 | MMU_PTE_V, leaf = 0x8 << 10 | RWX_AD;
    for (unsigned bit = 54; bit <= 60; ++bit) {
        expect_pte_fault(wide, true, 0, leaf | UINT64_C(1) << bit, true);
        expect_pte_fault(wide, true, 1, pointer | UINT64_C(1) << bit, true);
    }
    expect_pte_fault(wide, false, 0, leaf | 3u << 8, false);  // software's bits
    expect_pte_fault(wide, false, 0, leaf | MMU_PTE_N, false);
    expect_pte_fault(narrow, false, 0, leaf | MMU_PTE_N, true);  // without Svnapot
    expect_pte_fault(wide, false, 1, pointer | MMU_PTE_N, true);
    for (unsigned type = 1; type <= 3; ++type) {
        expect_pte_fault(wide, true, 0, leaf | PBMT(type), type == 3);
        expect_pte_fault(wide, false, 0, leaf | PBMT(type), true);
        expect_pte_fault(wide, true, 1, pointer | PBMT(type), true);
    }
    expect_pte_fault(wide, false, 1, pointer | MMU_PTE_A, true);
    expect_pte_fault(wide, false, 1, pointer | MMU_PTE_D, true);
    expect_pte_fault(wide, false, 1, pointer | MMU_PTE_U, true);
}

static void napot_encodings_other_than_64_kib_are_page_faults(void **state) {
    (void)state;
    for (uint64_t ppn = 0; ppn < 16; ++ppn) {
        expect_pte_fault(wide, false, 0, MMU_PTE_N | ppn << 10 | RWX_AD, ppn != 8);
    }
    expect_pte_fault(wide, false, 1, MMU_PTE_N | 8u << 10 | RWX_AD, true);
    expect_pte_fault(wide, false, 1, MMU_PTE_N | RWX_AD, true);
    expect_pte_fault(wide, false, 2, MMU_PTE_N | RWX_AD, true);
}

// --- 64 KiB pages, memory types -------------------------------------------------------------

static void map_64k(void) {
    for (uint64_t page = 0; page < 16; ++page) {
        smoke_map(&s, VA_64K + (page << 12), 0, PPN_64K | 8, MMU_PTE_N | RWX_AD);
    }
}

static void napot_page_is_filled_once_and_hit_in_all_of_its_pages(void **state) {
    (void)state;
    begin(wide, MMU_SATP_MODE_SV39, 1, 1);
    map_64k();
    smoke_map(&s, VA_64K + 0x10000, 0, 0x77, RWX_AD);  // the next one is not part of it
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_64K + 0x5123, MMU_LOAD);
    for (uint64_t page = 0; page < 16; ++page) {
        smoke_offer(&s, MMU_PORT_DATA, 20 + page, VA_64K + (page << 12) + 0x123, MMU_LOAD);
    }
    smoke_offer(&s, MMU_PORT_DATA, 36, VA_64K + 0x10000, MMU_LOAD);
    smoke_run(&s, 50);
    smoke_expect(&s, D_RSP, 0, "_______1");
    assert_true(s.answer[0][7].pa == (PPN_64K << 12) + 0x5123);
    assert_true(s.answer[0][7].napot && s.answer[0][7].level == 0);
    smoke_expect(&s, D_RSP, 20, "_1111111111111111______1");
    for (uint64_t page = 0; page < 16; ++page) {
        const struct mmu_answer *hit = &s.answer[0][21 + page];
        assert_true(hit->pa == (PPN_64K << 12) + (page << 12) + 0x123);
        assert_true(hit->napot && hit->source == MMU_SOURCE_TLB && hit->perm == RWX_AD);
    }
    assert_false(s.answer[0][43].napot);
}

static void fence_with_any_address_of_a_napot_page_removes_it(void **state) {
    (void)state;
    begin(wide, MMU_SATP_MODE_SV39, 1, 1);
    map_64k();
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_64K, MMU_LOAD);
    smoke_fence(&s, 20, (struct mmu_fence){.has_va = true, .va = VA_64K + 0x10000});
    smoke_offer(&s, MMU_PORT_DATA, 21, VA_64K, MMU_LOAD);
    smoke_fence(&s, 30,
                (struct mmu_fence){.op = MMU_SINVAL_VMA, .has_va = true, .va = VA_64K + 0xF000});
    smoke_offer(&s, MMU_PORT_DATA, 31, VA_64K, MMU_LOAD);
    smoke_run(&s, 50);
    smoke_expect(&s, D_RSP, 21, "_1_");
    smoke_expect(&s, D_RSP, 31, "_______1");
}

static void napot_fill_replaces_the_small_pages_inside_it(void **state) {
    (void)state;
    begin(wide, MMU_SATP_MODE_SV39, 1, 1);
    smoke_map(&s, VA_64K + 0x3000, 0, 0x999, RWX_AD);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_64K + 0x3000, MMU_LOAD);
    smoke_run(&s, 20);
    map_64k();
    smoke_offer(&s, MMU_PORT_DATA, 20, VA_64K + 0x3000, MMU_LOAD);  // no fence: the old one
    smoke_offer(&s, MMU_PORT_DATA, 30, VA_64K + 0x4000, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 45, VA_64K + 0x3000, MMU_LOAD);
    smoke_run(&s, 60);
    assert_true(s.wire[D_RSP][21] && s.answer[0][21].pa == 0x999000);
    assert_true(s.wire[FILL][37] && s.event[DUT_ARRAY_DATA][37].way == 0 &&
                !s.event[DUT_ARRAY_DATA][37].evict);
    assert_true(s.wire[D_RSP][46] && s.answer[0][46].pa == (PPN_64K << 12) + 0x3000);
}

static void memory_type_comes_with_walk_and_hit(void **state) {
    (void)state;
    for (unsigned type = 0; type < 3; ++type) {
        begin(wide, MMU_SATP_MODE_SV39, 1, 1);
        s.csr.pbmte = true;
        smoke_map(&s, VA, 1, 0x200, PBMT(type) | RWX_AD);
        smoke_offer(&s, MMU_PORT_FETCH, 0, VA, MMU_FETCH);
        smoke_offer(&s, MMU_PORT_FETCH, 10, VA, MMU_FETCH);
        smoke_run(&s, 11);
        s.csr.priv = MMU_PRIV_M;
        smoke_offer(&s, MMU_PORT_FETCH, 12, VA, MMU_FETCH);
        smoke_run(&s, 15);
        assert_true(s.wire[F_RSP][5] && s.answer[1][5].pbmt == type && !s.answer[1][5].fault);
        assert_true(s.wire[F_RSP][11] && s.answer[1][11].pbmt == type);
        assert_true(s.wire[F_RSP][13] && s.answer[1][13].pbmt == 0);
        smoke_free(&s);
    }
}

static void every_page_size_has_its_set_and_is_found_there(void **state) {
    (void)state;
    static const unsigned shift[6] = {0, 9, 18, 27, 36, 4};
    for (unsigned k = 0; k < 6; ++k) {
        begin(sets, MMU_SATP_MODE_SV57, 1, 1);  // data: 16 sets of one way
        const uint64_t va = va_of(5), t = 20;
        const unsigned level = k < 5 ? k : 0;
        smoke_map(&s, va, level, k < 5 ? UINT64_C(3) << shift[k] : 0x38,
                  RWX_AD | (k < 5 ? 0 : MMU_PTE_N));
        smoke_offer(&s, MMU_PORT_DATA, 0, va, MMU_LOAD);
        smoke_offer(&s, MMU_PORT_DATA, t, va ^ (UINT64_C(1) << (11 + shift[k])), MMU_LOAD);
        smoke_run(&s, 30);
        const uint64_t fill = smoke_first(&s, FILL, 0);
        assert_int_equal(s.event[DUT_ARRAY_DATA][fill].set, va >> (12 + shift[k]) & 15);
        smoke_expect(&s, D_RSP, t, "_1_");
        assert_int_equal(s.answer[0][t + 1].source, MMU_SOURCE_TLB);
        smoke_free(&s);
    }
}

// --- fences ---------------------------------------------------------------------------------

static void only_two_of_the_fences_invalidate_and_restart(void **state) {
    (void)state;
    for (uint8_t op = 0; op < 4; ++op) {
        const bool acts = op == MMU_SFENCE_VMA || op == MMU_SINVAL_VMA;
        begin(wide, MMU_SATP_MODE_SV39, 1, 2);
        smoke_map(&s, VA, 2, UINT64_C(1) << 18, RWX_AD);
        smoke_offer(&s, MMU_PORT_DATA, 0, VA, MMU_LOAD);  // read 1 .. 3
        smoke_fence(&s, 2, (struct mmu_fence){.op = op});
        smoke_fence(&s, 20, (struct mmu_fence){.op = op});
        smoke_offer(&s, MMU_PORT_DATA, 21, VA, MMU_LOAD);
        smoke_run(&s, 40);
        smoke_expect(&s, D_RSP, 0, acts ? "_______1" : "____1___");
        smoke_expect(&s, D_RSP, 21, acts ? "____1" : "_1___");
        assert_true(smoke_counter(&s, MMU_COUNT_FENCES) == 2);
        assert_true(smoke_counter(&s, MMU_COUNT_WALK_RESTARTS) == acts);
        smoke_free(&s);
    }
}

static void fence_with_an_invalid_address_only_restarts(void **state) {
    (void)state;
    begin(wide, MMU_SATP_MODE_SV57, 1, 1);
    smoke_map(&s, VA, 4, 0, RWX_AD);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA, MMU_LOAD);
    smoke_fence(&s, 10, (struct mmu_fence){.has_va = true, .va = VA | UINT64_C(1) << 57});
    smoke_offer(&s, MMU_PORT_DATA, 11, VA, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_FETCH, 13, VA, MMU_FETCH);
    smoke_fence(&s, 14, (struct mmu_fence){.has_va = true, .va = VA | UINT64_C(1) << 63});
    smoke_run(&s, 30);
    smoke_expect(&s, D_RSP, 11, "_1_");
    smoke_expect(&s, F_RSP, 13, "_____1_");  // read in 14 ignored in 15, again in 16
}

// --- narrow ---------------------------------------------------------------------------------

static void asid_bits_that_are_not_implemented_are_ignored(void **state) {
    (void)state;
    begin(narrow, MMU_SATP_MODE_SV39, 1, 1);  // 4 bits
    smoke_map(&s, VA, 2, 0, RWX_AD);
    s.csr.satp = UINT64_C(8) << 60 | UINT64_C(0xFFF3) << 44 | SMOKE_BASE_PPN;
    smoke_offer(&s, MMU_PORT_DATA, 0, VA, MMU_LOAD);
    smoke_run(&s, 10);
    s.csr.satp = UINT64_C(8) << 60 | UINT64_C(0x0003) << 44 | SMOKE_BASE_PPN;
    smoke_offer(&s, MMU_PORT_DATA, 10, VA, MMU_LOAD);
    smoke_fence(&s, 12, (struct mmu_fence){.has_asid = true, .asid = 0x1234});
    smoke_offer(&s, MMU_PORT_DATA, 13, VA, MMU_LOAD);
    smoke_fence(&s, 15, (struct mmu_fence){.has_asid = true, .asid = 0x1233});
    smoke_offer(&s, MMU_PORT_DATA, 16, VA, MMU_LOAD);
    smoke_run(&s, 20);
    s.csr.satp = UINT64_C(8) << 60 | UINT64_C(0xABC5) << 44 | SMOKE_BASE_PPN;
    smoke_offer(&s, MMU_PORT_DATA, 20, UINT64_C(1) << 60, MMU_LOAD);
    smoke_run(&s, 30);
    smoke_expect(&s, D_RSP, 10, "_1__1____1_");
    assert_true(s.wire[FAULT][21] && s.fault[21].asid == 5);
}

static void addresses_beyond_pa_bits_are_access_faults(void **state) {
    (void)state;
    begin(narrow, MMU_SATP_MODE_SV39, 1, 1);    // 40 bits
    const uint64_t beyond = UINT64_C(1) << 28;  // as ppn
    smoke_map(&s, VA, 0, beyond, RWX_AD);
    smoke_map(&s, VA + 0x1000, 0, beyond - 1, RWX_AD);
    smoke_map(&s, VA + 0x200000, 1, beyond, MMU_PTE_V);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA, MMU_STORE);
    smoke_offer(&s, MMU_PORT_DATA, 10, VA + 0x1FFF, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 20, VA + 0x200000, MMU_LOAD);
    smoke_run(&s, 30);
    smoke_expect(&s, D_RSP, 0, "_______1");
    smoke_expect_fault(&s.answer[0][7], MMU_CAUSE_STORE_ACCESS, MMU_SOURCE_WALK);
    assert_true(s.answer[0][17].pa == UINT64_C(0xFFFFFFFFFF));
    smoke_expect(&s, MEM_REQ, 20, "_1_1____");  // two reads, the third is denied
    smoke_expect(&s, D_RSP, 20, "______1_");    // 2 (1 + 1) + 2
    smoke_expect_fault(&s.answer[0][26], MMU_CAUSE_LOAD_ACCESS, MMU_SOURCE_WALK);
    assert_true(smoke_counter(&s, MMU_COUNT_FILLS) == 1);
    assert_true(smoke_counter(&s, MMU_COUNT_WALKS) == 3);
    s.csr.satp = UINT64_C(8) << 60 | beyond;  // the root table
    smoke_offer(&s, MMU_PORT_FETCH, 30, VA, MMU_FETCH);
    smoke_run(&s, 40);
    smoke_expect(&s, MEM_REQ, 30, "______");
    smoke_expect(&s, F_RSP, 30, "__1___");
    smoke_expect_fault(&s.answer[1][32], MMU_CAUSE_FETCH_ACCESS, MMU_SOURCE_WALK);
    s.csr.satp = 0;
    smoke_offer(&s, MMU_PORT_DATA, 40, UINT64_C(1) << 40, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 42, (UINT64_C(1) << 40) - 1, MMU_LOAD);
    smoke_run(&s, 50);
    smoke_expect_fault(&s.answer[0][41], MMU_CAUSE_LOAD_ACCESS, MMU_SOURCE_NONE);
    assert_true(!s.answer[0][43].fault && s.answer[0][43].pa == UINT64_C(0xFFFFFFFFFF));
}

static void page_larger_than_memory_is_checked_at_every_hit(void **state) {
    (void)state;
    begin(narrow, MMU_SATP_MODE_SV57, 1, 1);
    smoke_map(&s, 0, 4, 0, RWX_AD);  // 256 TiB at 0, of which 1 TiB exists
    smoke_offer(&s, MMU_PORT_DATA, 0, 0x1234, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 10, UINT64_C(1) << 40, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 12, UINT64_C(0xFFFFFFF000), MMU_LOAD);
    smoke_run(&s, 20);
    smoke_expect(&s, D_RSP, 0, "___1");
    smoke_expect(&s, D_RSP, 10, "_1_1");
    smoke_expect_fault(&s.answer[0][11], MMU_CAUSE_LOAD_ACCESS, MMU_SOURCE_TLB);
    assert_true(s.answer[0][13].pa == UINT64_C(0xFFFFFFF000));
}

// --- Sv32 -----------------------------------------------------------------------------------

#define VA32 UINT64_C(0xC0C05678)  // indices 0x303, 0x005

static void sv32_walks_two_levels_of_four_byte_ptes(void **state) {
    (void)state;
    begin(ops32, MMU_SATP_MODE_SV32, 2, 3);
    smoke_map(&s, VA32, 0, 0x3FF123, RWX_AD);                  // a physical address of 34 bits
    smoke_map(&s, VA32 ^ 0x80000000, 1, 0x2AA << 10, RWX_AD);  // 4 MiB, index 0x103
    smoke_offer(&s, MMU_PORT_DATA, 3, UINT64_C(0xABCD) << 48 | VA32, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_FETCH, 20, VA32 ^ 0x80000000, MMU_FETCH);
    smoke_offer(&s, MMU_PORT_FETCH, 30, VA32 ^ 0x80200000, MMU_FETCH);
    smoke_run(&s, 40);
    assert_true(s.memory_request[4].pa == ROOT + 4 * 0x303);
    assert_true(s.memory_request[9].pa == ROOT + 0x1000 + 4 * 0x005);
    assert_true(smoke_first(&s, D_RSP, 0) == 3 + 2 * (2 + 3) + 1);
    assert_true(s.answer[0][14].pa == UINT64_C(0x3FF123678) && s.answer[0][14].level == 0);
    assert_true(smoke_first(&s, F_RSP, 0) == 20 + 2 + 3 + 1);
    assert_true(s.answer[1][26].level == 1 && s.answer[1][26].pa == UINT64_C(0xAA805678));
    smoke_expect(&s, F_RSP, 30, "_1_");
    assert_true(s.answer[1][31].pa == UINT64_C(0xAAA05678));
}

static void sv32_updates_four_bytes(void **state) {
    (void)state;
    begin(ops32, MMU_SATP_MODE_SV32, 1, 1);
    s.csr.adue = true;
    const uint64_t flags = MMU_PTE_V | MMU_PTE_R | MMU_PTE_W;
    smoke_map(&s, VA32, 0, 0x12345, flags);
    smoke_map(&s, VA32 + 0x1000, 0, 0x77777, RWX_AD);  // the next PTE in the same 8 bytes
    smoke_offer(&s, MMU_PORT_DATA, 0, VA32, MMU_STORE);
    smoke_run(&s, 20);
    smoke_expect(&s, MEM_WRITE, 0, "_____1__");
    smoke_expect(&s, D_RSP, 0, "_______1");
    assert_true(s.memory_request[5].expected == (0x12345u << 10 | flags));
    assert_true(s.memory_request[5].data == (0x12345u << 10 | flags | MMU_PTE_A | MMU_PTE_D));
    assert_true(smoke_pte(&s, VA32, 0) == s.memory_request[5].data);
    assert_true(smoke_pte(&s, VA32 + 0x1000, 0) == (0x77777u << 10 | RWX_AD));
}

static void sv32_has_no_canonical_addresses_and_drives_the_low_half(void **state) {
    (void)state;
    begin(ops32, MMU_SATP_MODE_SV32, 1, 1);
    smoke_map(&s, VA32, 1, 1, RWX_AD);  // misaligned
    smoke_offer(&s, MMU_PORT_DATA, 0, UINT64_C(0x12345678) << 32 | VA32, MMU_LOAD);
    smoke_run(&s, 10);
    smoke_expect(&s, D_RSP, 0, "___1_");
    smoke_expect_fault(&s.answer[0][3], MMU_CAUSE_LOAD_PAGE, MMU_SOURCE_WALK);
    assert_true(s.fault[3].tval == VA32 && s.fault[3].asid == 1);
    s.csr.satp &= ~(UINT64_C(1) << 31);  // Bare
    smoke_offer(&s, MMU_PORT_DATA, 10, UINT64_C(0x12345678) << 32 | VA32, MMU_LOAD);
    smoke_run(&s, 20);
    assert_true(s.wire[D_RSP][11] && !s.answer[0][11].fault && s.answer[0][11].pa == VA32);
    assert_int_equal(s.answer[0][11].level, MMU_LEVEL_NONE);
}

static void sv32_asid_has_nine_bits(void **state) {
    (void)state;
    begin(ops32, MMU_SATP_MODE_SV32, 1, 1);
    smoke_map(&s, VA32, 1, 0, RWX_AD);
    s.csr.satp = UINT64_C(1) << 31 | UINT64_C(0x155) << 22 | SMOKE_BASE_PPN;
    smoke_offer(&s, MMU_PORT_DATA, 0, VA32, MMU_LOAD);
    smoke_fence(&s, 10, (struct mmu_fence){.has_asid = true, .asid = 0x055});
    smoke_offer(&s, MMU_PORT_DATA, 11, VA32, MMU_LOAD);
    smoke_fence(&s, 13, (struct mmu_fence){.has_asid = true, .asid = 0xF355 ^ 0x200});
    smoke_offer(&s, MMU_PORT_DATA, 14, VA32, MMU_LOAD);
    smoke_run(&s, 20);
    smoke_expect(&s, D_RSP, 11, "_1____1");
}

static int load(void **state) {
    (void)state;
    wide = smoke_load("");
    narrow = smoke_load("asid_bits=4 pa_bits=40 svnapot=0 dtlb=8x1xlru itlb=8x2xplru");
    sets = smoke_load("dtlb=16x1xlru itlb=32x2xfifo");
    ops32 = smoke_load("xlen=32");
    return wide && narrow && sets && ops32 ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_teardown(name, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(walk_reads_one_pte_per_level_in_every_mode),
        TEST(addresses_are_canonical_up_to_the_top_bit_of_the_mode),
        TEST(walk_keeps_the_mode_in_which_it_was_accepted),
        TEST(misaligned_superpage_is_a_page_fault_at_every_level),
        TEST(reserved_bits_are_page_faults_in_leaf_and_pointer),
        TEST(napot_encodings_other_than_64_kib_are_page_faults),
        TEST(napot_page_is_filled_once_and_hit_in_all_of_its_pages),
        TEST(fence_with_any_address_of_a_napot_page_removes_it),
        TEST(napot_fill_replaces_the_small_pages_inside_it),
        TEST(memory_type_comes_with_walk_and_hit),
        TEST(every_page_size_has_its_set_and_is_found_there),
        TEST(only_two_of_the_fences_invalidate_and_restart),
        TEST(fence_with_an_invalid_address_only_restarts),
        TEST(asid_bits_that_are_not_implemented_are_ignored),
        TEST(addresses_beyond_pa_bits_are_access_faults),
        TEST(page_larger_than_memory_is_checked_at_every_hit),
        TEST(sv32_walks_two_levels_of_four_byte_ptes),
        TEST(sv32_updates_four_bytes),
        TEST(sv32_has_no_canonical_addresses_and_drives_the_low_half),
        TEST(sv32_asid_has_nine_bits),
    };
    return cmocka_run_group_tests_name("rtl.smoke_modes", tests, load, NULL);
}
