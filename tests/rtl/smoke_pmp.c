// SPDX-License-Identifier: Apache-2.0
// Physical memory protection, wire by wire: what these tests expect is derived in them from
// the specification. Cycle numbers count from reset.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "smoke_bench.h"

#define ROOT (SMOKE_BASE_PPN * MMU_PAGE_BYTES)
#define VA UINT64_C(0x00000000C0403000)  // indices 3, 2, 3: the tables are pages 0, 1, 2
#define PAGE UINT64_C(0x33000)
#define ALL UINT64_C(0x3FFFFFFFFFFFFF)  // pmpaddr of everything, with NAPOT
#define R 1u
#define W 2u
#define X 4u
#define TOR 0x08u
#define NA4 0x10u
#define NAPOT 0x18u
#define LOCK 0x80u
#define RWX (R | W | X)

static const struct dut_ops *first, *last, *many, *ops32;  // update_first 1 and 0; 16 entries
static struct smoke s;

static int end(void **state) {
    (void)state;
    smoke_free(&s);
    return 0;
}

// The page is mapped. Writes of registers come one a cycle from 0 on; requests from 20 on.
static void begin(const struct dut_ops *ops, uint32_t g, uint32_t l) {
    smoke_init(&s, ops, 0, g, l);
    smoke_map(&s, VA, 0, PAGE >> 12, RWX_AD);
}

static void set(unsigned index, unsigned cfg, uint64_t address) {
    smoke_pmp(&s, 0, index, cfg, address >> 2);
}

static void allow_all(unsigned index) {
    set(index, NAPOT | RWX, ALL << 2);
}

// The pmpaddr, as an address, of a NAPOT range.
static uint64_t napot(uint64_t base, uint64_t bytes) {
    return base | ((bytes - 1) >> 1 & ~UINT64_C(3));
}

static void go_bare(void) {
    s.csr.satp = 0;
}

// One access without translation, from cycle `s.cycle` on. Returns whether it is allowed.
static bool bare_allows(unsigned access, uint64_t pa, unsigned size) {
    const enum mmu_port port = access == MMU_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA;
    const uint64_t t = s.cycle;
    s.offers[port] = s.offers_done[port] = 0;
    smoke_offer_size(&s, port, t, pa, access, size);
    smoke_run(&s, t + 3);
    assert_true(s.wire[D_RSP + port][t + 1]);
    const struct mmu_answer *answer = &s.answer[port][t + 1];
    static const unsigned causes[3] = {MMU_CAUSE_FETCH_ACCESS, MMU_CAUSE_LOAD_ACCESS,
                                       MMU_CAUSE_STORE_ACCESS};
    if (answer->fault) smoke_expect_fault(answer, causes[access], MMU_SOURCE_NONE);
    if (!answer->fault) assert_true(answer->pa == pa);
    return !answer->fault;
}

// --- reset, entries -------------------------------------------------------------------------

static void without_an_entry_only_machine_mode_passes(void **state) {
    (void)state;
    begin(first, 1, 1);
    smoke_offer(&s, MMU_PORT_DATA, 20, VA, MMU_LOAD);
    smoke_run(&s, 30);
    smoke_expect(&s, MEM_REQ, 20, "_____");  // the root's PTE is denied in 21
    smoke_expect(&s, D_RSP, 20, "__1__");
    smoke_expect(&s, D_READY, 20, "1__111");  // busy in 21; the record is taken in 22
    smoke_expect_fault(&s.answer[0][22], MMU_CAUSE_LOAD_ACCESS, MMU_SOURCE_WALK);
    assert_true(smoke_counter(&s, MMU_COUNT_WALKS) == 1);
    assert_true(smoke_counter(&s, MMU_COUNT_WALKER_BUSY_CYCLES) == 1);
    assert_true(smoke_counter(&s, MMU_COUNT_PTE_READS) == 0);
    go_bare();
    assert_false(bare_allows(MMU_LOAD, 0x1000, 0));
    s.csr.priv = MMU_PRIV_M;
    assert_true(bare_allows(MMU_LOAD, 0x1000, 3));
    assert_true(bare_allows(MMU_FETCH, UINT64_C(0xFFFFFFFFFFFFFC), 2));
}

static void rights_are_per_kind_of_access(void **state) {
    (void)state;
    for (unsigned cfg = 0; cfg < 8; ++cfg) {
        begin(first, 1, 1);
        go_bare();
        set(0, NAPOT | cfg, ALL << 2);
        smoke_run(&s, 3);
        assert_int_equal(bare_allows(MMU_LOAD, 8, 3), (cfg & R) != 0);
        assert_int_equal(bare_allows(MMU_STORE, 8, 3), (cfg & W) != 0 && (cfg & R) != 0);
        assert_int_equal(bare_allows(MMU_FETCH, 8, 2), (cfg & X) != 0);
        s.csr.priv = MMU_PRIV_U;
        assert_int_equal(bare_allows(MMU_LOAD, 8, 0), (cfg & R) != 0);
        s.csr.priv = MMU_PRIV_M;
        assert_true(bare_allows(MMU_STORE, 8, 3));
        smoke_free(&s);
    }
}

static void ranges_end_where_they_end(void **state) {
    (void)state;
    begin(first, 1, 1);
    go_bare();
    set(0, NA4 | R, 0x1004);
    set(1, TOR | R, 0x2008);    // from 0x1004, the address of entry 0
    set(2, TOR | RWX, 0x2000);  // ends below its begin: empty
    set(3, NAPOT | R, napot(0x4000, 8));
    set(4, 0, 0x8000);
    set(5, TOR | R, 0x8010);
    set(6, NAPOT | R, napot(UINT64_C(0x80000000000000), UINT64_C(0x80000000000000)));
    smoke_run(&s, 10);
    static const struct {
        uint64_t pa;
        bool allowed;
    } probe[] = {{0x1000, false},
                 {0x1004, true},
                 {0x1007, true},
                 {0x1008, true},
                 {0x2007, true},
                 {0x2008, false},
                 {0x3FFF, false},
                 {0x4000, true},
                 {0x4007, true},
                 {0x4008, false},
                 {0x7FFF, false},
                 {0x8000, true},
                 {0x800F, true},
                 {0x8010, false},
                 {UINT64_C(0x7FFFFFFFFFFFFF), false},
                 {UINT64_C(0x80000000000000), true},
                 {UINT64_C(0xFFFFFFFFFFFFFF), true}};
    for (unsigned k = 0; k < sizeof probe / sizeof probe[0]; ++k) {
        assert_int_equal(bare_allows(MMU_LOAD, probe[k].pa, 0), probe[k].allowed);
        assert_false(bare_allows(MMU_STORE, probe[k].pa, 0));
    }
}

static void tor_of_entry_0_begins_at_0_and_empty_range_holds_no_word(void **state) {
    (void)state;
    begin(first, 1, 1);
    go_bare();
    set(0, TOR | R, 0x1004);
    set(1, TOR | W | R, 0x1004);  // empty: lower end = upper end, in the middle of 8 bytes
    set(2, TOR | RWX, 0x10000);
    smoke_run(&s, 5);
    assert_true(bare_allows(MMU_LOAD, 0, 3));
    assert_false(bare_allows(MMU_STORE, 0xFFF, 0));
    assert_false(bare_allows(MMU_LOAD, 0x1000, 3));  // entry 0 holds the first word only
    assert_true(bare_allows(MMU_LOAD, 0x1000, 2));
    assert_true(bare_allows(MMU_STORE, 0x1004, 2));
    assert_true(bare_allows(MMU_STORE, 0x1008, 3));
}

static void lowest_entry_with_a_word_of_the_access_decides(void **state) {
    (void)state;
    begin(first, 1, 1);
    go_bare();
    set(3, NA4 | R, 0x1004);  // the second word of 0x1000 .. 0x1007
    set(5, NAPOT, napot(0x1000, 16));
    allow_all(7);
    smoke_run(&s, 10);
    assert_true(bare_allows(MMU_LOAD, 0x1004, 2));
    assert_false(bare_allows(MMU_STORE, 0x1004, 2));
    assert_false(bare_allows(MMU_LOAD, 0x1000, 2));
    assert_false(bare_allows(MMU_LOAD, 0x1000, 3));
    assert_false(bare_allows(MMU_LOAD, 0x1008, 3));
    assert_true(bare_allows(MMU_LOAD, 0x1010, 3));
    s.csr.priv = MMU_PRIV_M;
    assert_true(bare_allows(MMU_STORE, 0x1004, 2));
    assert_false(bare_allows(MMU_STORE, 0x1000, 3));  // partly: denied to M as well
    assert_true(bare_allows(MMU_STORE, 0x1008, 3));
}

static void all_entries_of_a_unit_work_and_no_others(void **state) {
    (void)state;
    for (unsigned k = 0; k < 16; ++k) {
        for (unsigned unit = 0; unit < 2; ++unit) {
            begin(unit == 0 ? first : many, 1, 1);
            go_bare();
            set(k, NAPOT | RWX, napot(0x1000, 0x1000));
            smoke_run(&s, 2);
            assert_int_equal(bare_allows(MMU_STORE, 0x1800, 3), k < 8 || unit == 1);
            assert_false(bare_allows(MMU_STORE, 0x2000, 3));
            smoke_free(&s);
        }
    }
}

// --- locks ----------------------------------------------------------------------------------

static void locked_entry_stays_and_binds_machine_mode_until_reset(void **state) {
    (void)state;
    begin(first, 1, 1);
    go_bare();
    s.csr.priv = MMU_PRIV_M;
    set(2, LOCK | NAPOT | R, napot(0x1000, 0x1000));
    set(2, NAPOT | RWX, napot(0x2000, 0x1000));
    smoke_run(&s, 5);
    assert_true(bare_allows(MMU_LOAD, 0x1000, 0));
    assert_false(bare_allows(MMU_STORE, 0x1000, 0));
    assert_true(bare_allows(MMU_STORE, 0x2000, 0));  // no entry
    s.csr.priv = MMU_PRIV_S;
    assert_false(bare_allows(MMU_LOAD, 0x2000, 0));
    smoke_reset(&s);
    s.csr.priv = MMU_PRIV_M;
    assert_true(bare_allows(MMU_STORE, 0x1000, 0));
}

static void locked_tor_entry_locks_the_address_before_it(void **state) {
    (void)state;
    static const unsigned locking[4] = {LOCK | TOR, TOR, LOCK | NAPOT, LOCK};
    for (unsigned k = 0; k < 4; ++k) {
        begin(first, 1, 1);
        go_bare();
        set(1, 0, 0x1000);
        set(2, locking[k], 0x2000);
        set(1, NA4 | R, 0x3000);  // cfg is not locked
        smoke_run(&s, 5);
        assert_int_equal(bare_allows(MMU_LOAD, 0x1000, 0), k == 0);
        assert_int_equal(bare_allows(MMU_LOAD, 0x3000, 0), k != 0);
        smoke_free(&s);
    }
}

static void registers_are_written_one_by_one(void **state) {
    (void)state;
    begin(first, 1, 1);
    go_bare();
    const struct mmu_pmp_write cfg = {
        .index = 0, .write_cfg = true, .cfg = NAPOT | R | 0x60, .addr = 0x5555};
    struct mmu_pmp_write addr = {
        .index = 0, .write_addr = true, .cfg = RWX, .addr = napot(0x1000, 0x1000) >> 2};
    smoke_pmp_part(&s, 0, addr);
    smoke_pmp_part(&s, 0, cfg);
    smoke_run(&s, 5);
    assert_true(bare_allows(MMU_LOAD, 0x1FF8, 3));
    assert_false(bare_allows(MMU_STORE, 0x1FF8, 3));
    addr.addr = napot(0x8000, 32) >> 2;
    smoke_pmp_part(&s, 0, addr);
    smoke_run(&s, s.cycle + 5);
    assert_false(bare_allows(MMU_LOAD, 0x1FF8, 3));
    assert_true(bare_allows(MMU_LOAD, 0x8018, 3));
    assert_false(bare_allows(MMU_LOAD, 0x8020, 3));
    addr.write_addr = false;  // neither
    smoke_pmp_part(&s, 0, addr);
    smoke_run(&s, s.cycle + 5);
    assert_true(bare_allows(MMU_LOAD, 0x8018, 3));
}

// --- walks ----------------------------------------------------------------------------------

static void pte_that_may_not_be_read_ends_the_walk_without_a_request(void **state) {
    (void)state;
    static const unsigned index[3] = {3, 2, 3};
    for (unsigned k = 0; k < 3; ++k) {  // the k-th PTE of the walk
        for (unsigned half = 0; half < 3; ++half) {
            begin(first, 2, 3);
            const uint64_t pte = ROOT + k * MMU_PAGE_BYTES + 8 * index[k];
            const unsigned cfg = half == 2 ? NAPOT | X : NA4 | RWX;  // one word of it is not enough
            set(0, cfg, half == 2 ? napot(pte, 8) : pte + 4 * half);
            allow_all(1);
            smoke_offer(&s, MMU_PORT_DATA, 20, VA, MMU_STORE);
            smoke_run(&s, 50);
            const uint64_t done = 20 + 5 * k + 2;
            assert_true(smoke_first(&s, D_RSP, 0) == done);
            smoke_expect_fault(&s.answer[0][done], MMU_CAUSE_STORE_ACCESS, MMU_SOURCE_WALK);
            assert_true(smoke_counter(&s, MMU_COUNT_PTE_READS) == k);
            assert_true(smoke_counter(&s, MMU_COUNT_FILLS) == 0);
            for (uint64_t c = done - 1; c < 50; ++c) assert_false(s.wire[MEM_REQ][c]);
            smoke_free(&s);
        }
    }
}

static void tables_are_read_with_privilege_s_and_r_alone(void **state) {
    (void)state;
    begin(first, 1, 1);
    set(0, NAPOT | R, napot(ROOT, 0x10000));
    set(1, NAPOT | X, napot(PAGE, 0x1000));
    smoke_offer(&s, MMU_PORT_FETCH, 20, VA, MMU_FETCH);
    smoke_offer(&s, MMU_PORT_DATA, 40, VA, MMU_LOAD);
    smoke_run(&s, 60);
    smoke_expect(&s, F_RSP, 20, "_______1");
    assert_false(s.answer[1][27].fault);
    smoke_expect(&s, D_RSP, 40, "_______1");
    smoke_expect_fault(&s.answer[0][47], MMU_CAUSE_LOAD_ACCESS, MMU_SOURCE_WALK);
    assert_true(smoke_counter(&s, MMU_COUNT_FILLS) == 0);
    assert_true(smoke_counter(&s, 8 + MMU_COUNT_FILLS) == 1);
}

static void update_needs_the_right_to_write_the_table(void **state) {
    (void)state;
    begin(first, 1, 2);
    s.csr.adue = true;
    smoke_map(&s, VA, 0, PAGE >> 12, RWX_AD & ~MMU_PTE_D);
    set(0, NAPOT | R, napot(ROOT, 0x10000));
    allow_all(1);
    smoke_offer(&s, MMU_PORT_DATA, 20, VA, MMU_STORE);
    smoke_run(&s, 40);
    assert_true(smoke_first(&s, D_RSP, 0) == 20 + 3 * (1 + 2) + 2);
    smoke_expect_fault(&s.answer[0][31], MMU_CAUSE_STORE_ACCESS, MMU_SOURCE_WALK);
    for (uint64_t c = 0; c < 40; ++c) assert_false(s.wire[MEM_WRITE][c] && s.wire[MEM_REQ][c]);
    for (uint64_t c = 0; c < 40; ++c) assert_true(s.wire[FENCE_READY][c]);
}

static void update_comes_before_or_after_the_final_check(void **state) {
    (void)state;
    for (unsigned update_first = 0; update_first < 2; ++update_first) {
        begin(update_first ? first : last, 1, 2);
        s.csr.adue = true;
        const uint64_t flags = RWX_AD & ~(MMU_PTE_A | MMU_PTE_D);
        smoke_map(&s, VA, 0, PAGE >> 12, flags);
        set(0, NAPOT | R, napot(PAGE, 0x1000));
        allow_all(1);
        smoke_offer(&s, MMU_PORT_DATA, 20, VA, MMU_STORE);
        smoke_run(&s, 50);
        const uint64_t done = 20 + (3 + update_first) * (1 + 2) + 1;
        assert_true(smoke_first(&s, D_RSP, 0) == done);
        smoke_expect_fault(&s.answer[0][done], MMU_CAUSE_STORE_ACCESS, MMU_SOURCE_WALK);
        const uint64_t after = smoke_pte(&s, VA, 0) & 0xFF;
        assert_true(after == (update_first ? RWX_AD : flags));
        assert_true(smoke_counter(&s, MMU_COUNT_FILLS) == 0);
        smoke_free(&s);
    }
}

static void final_check_is_made_at_the_end_also_if_it_was_made_before_the_update(void **state) {
    (void)state;
    for (unsigned update_first = 0; update_first < 2; ++update_first) {
        begin(update_first ? first : last, 1, 4);
        s.csr.adue = true;
        smoke_map(&s, VA, 0, PAGE >> 12, RWX_AD & ~MMU_PTE_D);
        allow_all(1);
        smoke_offer(&s, MMU_PORT_DATA, 20, VA, MMU_STORE);  // update granted in 36, answer in 40
        smoke_pmp(&s, 37, 0, NAPOT, napot(PAGE, 0x1000) >> 2);
        smoke_run(&s, 50);
        smoke_expect(&s, MEM_WRITE, 35, "_1");
        smoke_expect(&s, D_RSP, 40, "_1_");
        smoke_expect_fault(&s.answer[0][41], MMU_CAUSE_STORE_ACCESS, MMU_SOURCE_WALK);
        smoke_free(&s);
    }
}

static void page_fault_goes_before_the_final_check_and_svade_too(void **state) {
    (void)state;
    for (unsigned update_first = 0; update_first < 2; ++update_first) {
        begin(update_first ? first : last, 1, 1);
        set(0, NAPOT, napot(PAGE, 0x1000));
        allow_all(1);
        smoke_map(&s, VA, 0, PAGE >> 12, RWX_AD & ~MMU_PTE_A);
        smoke_offer(&s, MMU_PORT_DATA, 20, VA, MMU_LOAD);
        smoke_run(&s, 30);
        assert_true(s.wire[D_RSP][27]);
        smoke_expect_fault(&s.answer[0][27], MMU_CAUSE_LOAD_PAGE, MMU_SOURCE_WALK);
        smoke_free(&s);
    }
}

// --- hits -----------------------------------------------------------------------------------

static void hit_is_checked_with_the_registers_of_its_cycle(void **state) {
    (void)state;
    begin(first, 1, 1);
    allow_all(1);
    smoke_offer(&s, MMU_PORT_DATA, 20, VA, MMU_LOAD);
    smoke_pmp(&s, 30, 0, NAPOT | X, napot(PAGE, 0x1000) >> 2);  // in effect from 31
    smoke_offer(&s, MMU_PORT_DATA, 30, VA, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 31, VA, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_FETCH, 31, VA, MMU_FETCH);
    smoke_pmp(&s, 35, 0, 0, 0);
    smoke_offer(&s, MMU_PORT_DATA, 36, VA, MMU_LOAD);
    smoke_run(&s, 45);
    smoke_expect(&s, D_RSP, 30, "_11____1_");
    assert_false(s.answer[0][31].fault);
    smoke_expect_fault(&s.answer[0][32], MMU_CAUSE_LOAD_ACCESS, MMU_SOURCE_TLB);
    assert_true(s.wire[FAULT][32] && s.fault[32].tval == VA);
    assert_true(!s.answer[0][37].fault && s.answer[0][37].source == MMU_SOURCE_TLB);
    assert_true(smoke_counter(&s, MMU_COUNT_HITS) == 3);
    assert_false(s.answer[1][smoke_first(&s, F_RSP, 0)].fault);
}

static void permission_and_dirtiness_of_a_hit_go_before_its_final_check(void **state) {
    (void)state;
    begin(first, 1, 1);
    smoke_map(&s, VA, 0, PAGE >> 12, RWX_AD & ~(MMU_PTE_D | MMU_PTE_X));
    allow_all(1);
    smoke_offer(&s, MMU_PORT_DATA, 20, VA, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_FETCH, 27, VA, MMU_FETCH);  // a page fault: nothing is filled
    smoke_pmp(&s, 40, 0, NAPOT, napot(PAGE, 0x1000) >> 2);
    smoke_offer(&s, MMU_PORT_DATA, 42, VA, MMU_STORE);  // not dirty: walks, page fault by Svade
    smoke_run(&s, 55);
    s.csr.priv = MMU_PRIV_U;
    smoke_offer(&s, MMU_PORT_DATA, 60, VA, MMU_LOAD);
    smoke_run(&s, 70);
    smoke_expect(&s, D_RSP, 42, "_______1_");
    smoke_expect_fault(&s.answer[0][49], MMU_CAUSE_STORE_PAGE, MMU_SOURCE_WALK);
    smoke_expect(&s, D_RSP, 60, "_1_");
    smoke_expect_fault(&s.answer[0][61], MMU_CAUSE_LOAD_PAGE, MMU_SOURCE_TLB);
}

static void eight_bytes_across_a_boundary_are_denied_translated_too(void **state) {
    (void)state;
    begin(first, 1, 1);
    set(0, TOR | RWX, PAGE + 0x104);
    allow_all(1);
    for (unsigned k = 0; k < 2; ++k) {  // by a walk, by a hit
        smoke_offer_size(&s, MMU_PORT_DATA, 20, VA + 0x100, MMU_LOAD, 3);
        smoke_offer_size(&s, MMU_PORT_DATA, 40, VA + 0x100, MMU_LOAD, 2);
        smoke_offer_size(&s, MMU_PORT_DATA, 60, VA + 0x100, MMU_LOAD, 3);
        smoke_offer_size(&s, MMU_PORT_DATA, 62, VA + 0x104, MMU_LOAD, 2);
        smoke_offer_size(&s, MMU_PORT_DATA, 64, VA + 0x108, MMU_LOAD, 3);
    }
    smoke_run(&s, 70);
    assert_true(s.wire[D_RSP][27]);
    smoke_expect_fault(&s.answer[0][27], MMU_CAUSE_LOAD_ACCESS, MMU_SOURCE_WALK);
    assert_true(s.answer[0][smoke_first(&s, D_RSP, 40)].pa == PAGE + 0x100);
}

// --- handshake, fences, kills -----------------------------------------------------------------

static void pmp_is_ready_while_no_request_is_on_the_wires(void **state) {
    (void)state;
    begin(first, 3, 2);
    allow_all(0);
    smoke_offer(&s, MMU_PORT_DATA, 20, VA, MMU_LOAD);  // requests 21 .. 23, 26 .. 28, 31 .. 33
    smoke_pmp(&s, 22, 0, NAPOT, ALL);                  // waits, written in 24: denies the next
    smoke_run(&s, 40);
    smoke_expect(&s, PMP_READY, 19, "11___11111111");
    smoke_expect(&s, MEM_REQ, 19, "__111________");
    assert_true(smoke_first(&s, D_RSP, 0) == 20 + 5 + 2);
}

static void write_counts_from_the_cycle_after_it(void **state) {
    (void)state;
    for (unsigned k = 0; k < 3; ++k) {
        begin(first, 1, 2);
        allow_all(0);
        smoke_offer(&s, MMU_PORT_DATA, 20, VA, MMU_LOAD);  // requests 21, 24, 27, answer 29
        // In the cycle of acceptance; of an answer in the middle; of the last answer.
        static const uint64_t cycle[3] = {20, 26, 29};
        static const uint64_t done[3] = {22, 28, 30};
        smoke_pmp(&s, cycle[k], 0, 0, 0);
        smoke_run(&s, 40);
        assert_true(smoke_first(&s, D_RSP, 0) == done[k]);
        assert_int_equal(s.answer[0][done[k]].fault, k < 2);
        smoke_free(&s);
    }
}

static void fence_in_the_cycle_of_a_denial_begins_the_walk_again(void **state) {
    (void)state;
    begin(first, 1, 1);
    allow_all(1);
    set(0, NAPOT, napot(ROOT + 0x1000, 0x1000));
    smoke_offer(&s, MMU_PORT_DATA, 20, VA, MMU_LOAD);  // 21 .. 22 root, 23: denied
    smoke_fence(&s, 23, (struct mmu_fence){.op = MMU_SINVAL_VMA});
    smoke_pmp(&s, 23, 0, 0, 0);  // so that the second attempt passes
    smoke_run(&s, 40);
    smoke_expect(&s, MEM_REQ, 20, "_1__1_1_1_");
    smoke_expect(&s, D_RSP, 20, "__________1");
    assert_false(s.answer[0][30].fault);
    assert_true(smoke_counter(&s, MMU_COUNT_WALK_RESTARTS) == 1);
    assert_true(smoke_counter(&s, MMU_COUNT_WALKS) == 1);
}

static void kill_in_the_cycle_of_a_denial_ends_the_walk_silently(void **state) {
    (void)state;
    for (unsigned fence = 0; fence < 2; ++fence) {
        begin(first, 1, 1);
        allow_all(1);
        set(0, NAPOT, napot(ROOT + 0x1000, 0x1000));
        smoke_offer(&s, MMU_PORT_DATA, 20, VA, MMU_LOAD);
        smoke_kill(&s, 23, 1u << MMU_PORT_DATA);
        if (fence) smoke_fence(&s, 23, (struct mmu_fence){.op = MMU_SFENCE_VMA});
        smoke_run(&s, 40);
        for (uint64_t c = 20; c < 40; ++c) assert_false(s.wire[D_RSP][c] || s.wire[FAULT][c]);
        smoke_expect(&s, D_READY, 20, "111_1111");  // denied in 23
        smoke_expect(&s, MEM_REQ, 20, "_1______");
        assert_true(smoke_counter(&s, MMU_COUNT_KILLS) == 1);
        assert_true(smoke_counter(&s, MMU_COUNT_WALKS) == 1);
        assert_true(smoke_counter(&s, MMU_COUNT_WALK_RESTARTS) == 0);
        assert_true(smoke_counter(&s, MMU_COUNT_FAULTS) == 0);
        smoke_free(&s);
    }
}

static void next_walk_begins_after_a_denial_without_a_gap(void **state) {
    (void)state;
    begin(first, 1, 1);
    allow_all(1);
    set(0, NAPOT, napot(ROOT + 0x1000, 0x1000));
    smoke_offer(&s, MMU_PORT_DATA, 20, VA, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_FETCH, 20, VA + 0x1000, MMU_FETCH);
    smoke_run(&s, 40);
    smoke_expect(&s, MEM_REQ, 20, "_1__1___");  // fetch: s = 23, root in 24, denied in 26
    smoke_expect(&s, D_RSP, 20, "____1___");
    smoke_expect(&s, F_RSP, 20, "_______1");
}

// --- XLEN = 32 ------------------------------------------------------------------------------

static void sv32_checks_four_bytes_and_34_bits(void **state) {
    (void)state;
    smoke_init(&s, ops32, 0, 1, 1);
    smoke_mode(&s, MMU_SATP_MODE_SV32);
    const uint64_t va = 0xC0405000;  // indices 0x301, 5
    smoke_map(&s, va, 0, 0x3FFFFF, RWX_AD);
    set(0, NA4 | R, ROOT + 4 * 0x301);
    set(1, NAPOT | R, napot(ROOT + 0x1000, 0x1000));
    // The top page by NAPOT; bits of pmpaddr above 31 do not exist.
    smoke_pmp(&s, 0, 2, NAPOT | R | W, UINT64_C(0xABC00000000) | napot(0x3FFFFF000, 0x1000) >> 2);
    smoke_offer(&s, MMU_PORT_DATA, 20, va, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_FETCH, 30, va, MMU_FETCH);
    smoke_offer(&s, MMU_PORT_DATA, 40, va + 0x400000, MMU_LOAD);  // another word of the root
    smoke_run(&s, 50);
    assert_true(s.wire[D_RSP][25] && s.answer[0][25].pa == UINT64_C(0x3FFFFF000));
    assert_true(s.wire[F_RSP][35]);
    smoke_expect_fault(&s.answer[1][35], MMU_CAUSE_FETCH_ACCESS, MMU_SOURCE_WALK);
    assert_true(s.wire[D_RSP][42]);
    smoke_expect_fault(&s.answer[0][42], MMU_CAUSE_LOAD_ACCESS, MMU_SOURCE_WALK);
}

static int load(void **state) {
    (void)state;
    first = smoke_load("pmp=8 update_first=1");
    last = smoke_load("pmp=8 update_first=0");
    many = smoke_load("pmp=16");
    ops32 = smoke_load("xlen=32 pmp=8");
    return first && last && many && ops32 ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_teardown(name, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(without_an_entry_only_machine_mode_passes),
        TEST(rights_are_per_kind_of_access),
        TEST(ranges_end_where_they_end),
        TEST(tor_of_entry_0_begins_at_0_and_empty_range_holds_no_word),
        TEST(lowest_entry_with_a_word_of_the_access_decides),
        TEST(all_entries_of_a_unit_work_and_no_others),
        TEST(locked_entry_stays_and_binds_machine_mode_until_reset),
        TEST(locked_tor_entry_locks_the_address_before_it),
        TEST(registers_are_written_one_by_one),
        TEST(pte_that_may_not_be_read_ends_the_walk_without_a_request),
        TEST(tables_are_read_with_privilege_s_and_r_alone),
        TEST(update_needs_the_right_to_write_the_table),
        TEST(update_comes_before_or_after_the_final_check),
        TEST(final_check_is_made_at_the_end_also_if_it_was_made_before_the_update),
        TEST(page_fault_goes_before_the_final_check_and_svade_too),
        TEST(hit_is_checked_with_the_registers_of_its_cycle),
        TEST(permission_and_dirtiness_of_a_hit_go_before_its_final_check),
        TEST(eight_bytes_across_a_boundary_are_denied_translated_too),
        TEST(pmp_is_ready_while_no_request_is_on_the_wires),
        TEST(write_counts_from_the_cycle_after_it),
        TEST(fence_in_the_cycle_of_a_denial_begins_the_walk_again),
        TEST(kill_in_the_cycle_of_a_denial_ends_the_walk_silently),
        TEST(next_walk_begins_after_a_denial_without_a_gap),
        TEST(sv32_checks_four_bytes_and_34_bits),
    };
    return cmocka_run_group_tests_name("rtl.smoke_pmp", tests, load, NULL);
}
