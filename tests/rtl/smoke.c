// SPDX-License-Identifier: Apache-2.0
// The verilated design against the latency table and the rules of the specification, wire
// by wire, without the model: what these tests expect is written in them. Cycle numbers
// count from reset.
#define _POSIX_C_SOURCE 200809L  // mkstemp

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "smoke_bench.h"

// One page of each depth: a walk of VA_n reads n PTEs.
#define VA_1 UINT64_C(0x0000000040001000)  // 1 GiB page
#define VA_2 UINT64_C(0x0000000080201000)  // 2 MiB page
#define VA_3 UINT64_C(0x00000000C0403000)  // 4 KiB page
#define VA_3B UINT64_C(0x00000000C0404000)
#define VA_NONE UINT64_C(0x0000000100000000)  // invalid root PTE: a fault after one read
#define VA_BAD UINT64_C(0x0000010000000000)   // not canonical
#define PPN_1 (UINT64_C(5) << 18)
#define PPN_2 (UINT64_C(7) << 9)
#define PPN_3 UINT64_C(0x33)
#define PPN_3B UINT64_C(0x44)

static const uint64_t va_of_reads[4] = {0, VA_1, VA_2, VA_3};
static const struct mmu_fence fence_all;

static const struct dut_ops *ops;
static struct smoke s;

static void begin(uint32_t grant_cycles, uint32_t data_cycles) {
    smoke_init(&s, ops, 0, grant_cycles, data_cycles);
    smoke_map(&s, VA_1, 2, PPN_1, RWX_AD);
    smoke_map(&s, VA_2, 1, PPN_2, RWX_AD);
    smoke_map(&s, VA_3, 0, PPN_3, RWX_AD);
    smoke_map(&s, VA_3B, 0, PPN_3B, RWX_AD);
}

static int end(void **state) {
    (void)state;
    smoke_free(&s);
    return 0;
}

// --- reset, hits --------------------------------------------------------------------------

static void reset_leaves_ports_ready_and_nothing_valid(void **state) {
    (void)state;
    begin(2, 3);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_FETCH, 0, VA_2, MMU_FETCH);
    smoke_run(&s, 12);  // in the middle of the data walk
    smoke_reset(&s);
    for (unsigned k = 0; k < MMU_COUNTERS; ++k) assert_true(smoke_counter(&s, k) == 0);
    smoke_run(&s, 40);
    for (unsigned wire = 0; wire < SMOKE_WIRES; ++wire) {
        bool ready = wire <= FENCE_READY || wire == PMP_READY;
        for (uint64_t c = 0; c < 40; ++c) assert_int_equal(s.wire[wire][c], ready);
    }
}

static void reset_empties_the_tlb(void **state) {
    (void)state;
    begin(1, 1);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    smoke_run(&s, 20);
    smoke_reset(&s);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    smoke_run(&s, 20);
    assert_true(smoke_first(&s, MEM_REQ, 0) == 1);
}

static void hit_is_answered_in_the_next_cycle(void **state) {
    (void)state;
    begin(1, 1);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 20, VA_3 + 0x123, MMU_STORE);
    smoke_run(&s, 30);
    smoke_expect(&s, D_RSP, 19, "__1__");
    smoke_expect(&s, D_READY, 19, "11111");
    const struct mmu_answer *answer = &s.answer[0][21];
    assert_true(answer->pa == (PPN_3 << 12 | 0x123));
    assert_int_equal(answer->source, MMU_SOURCE_TLB);
    assert_int_equal(answer->perm, RWX_AD);
    assert_false(answer->fault);
}

static void hits_come_one_per_cycle_on_both_ports(void **state) {
    (void)state;
    begin(1, 1);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_FETCH, 0, VA_3, MMU_FETCH);
    for (uint64_t k = 0; k < 8; ++k) {
        smoke_offer(&s, MMU_PORT_DATA, 30 + k, VA_3 + k, MMU_LOAD);
        smoke_offer(&s, MMU_PORT_FETCH, 30 + k, VA_3 + 2 * k, MMU_FETCH);
    }
    smoke_run(&s, 45);
    smoke_expect(&s, D_RSP, 30, "_11111111_");
    smoke_expect(&s, F_RSP, 30, "_11111111_");
    for (uint64_t k = 0; k < 8; ++k) {
        assert_true(s.answer[0][31 + k].pa == (PPN_3 << 12) + k);
        assert_true(s.answer[1][31 + k].pa == (PPN_3 << 12) + 2 * k);
    }
}

static void response_not_taken_is_held_and_holds_up_its_port(void **state) {
    (void)state;
    begin(1, 1);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 10, VA_3B, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_FETCH, 20, VA_1, MMU_FETCH);  // a walk for the other port
    s.take_from[CHANNEL_DATA] = 40;
    smoke_run(&s, 60);
    const uint64_t first = smoke_first(&s, D_RSP, 0);
    assert_true(first == 7);
    for (uint64_t c = first; c <= 40; ++c) {
        assert_true(s.wire[D_RSP][c]);
        assert_int_equal(s.wire[D_READY][c], c == 40);
        assert_true(smoke_same_answer(&s.answer[0][c], &s.answer[0][first]));
    }
    smoke_expect(&s, F_RSP, 20, "___1");
    smoke_expect(&s, D_RSP, 41, "______1_");  // accepted in 40: three reads
}

static void answers_without_tlb_and_walk_take_one_cycle(void **state) {
    (void)state;
    begin(1, 1);
    smoke_offer(&s, MMU_PORT_DATA, 5, VA_BAD, MMU_STORE);
    smoke_offer(&s, MMU_PORT_FETCH, 5, VA_BAD, MMU_FETCH);
    smoke_run(&s, 10);
    smoke_expect(&s, D_RSP, 5, "_1_");
    smoke_expect_fault(&s.answer[0][6], MMU_CAUSE_STORE_PAGE, MMU_SOURCE_NONE);
    smoke_expect_fault(&s.answer[1][6], MMU_CAUSE_FETCH_PAGE, MMU_SOURCE_NONE);
    s.csr.priv = MMU_PRIV_M;
    smoke_offer(&s, MMU_PORT_DATA, 10, VA_3 + 5, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 11, UINT64_C(1) << 56, MMU_LOAD);
    smoke_run(&s, 20);
    smoke_expect(&s, D_RSP, 10, "_11_");
    assert_true(s.answer[0][11].pa == VA_3 + 5 && !s.answer[0][11].fault);
    assert_int_equal(s.answer[0][11].level, MMU_LEVEL_NONE);
    smoke_expect_fault(&s.answer[0][12], MMU_CAUSE_LOAD_ACCESS, MMU_SOURCE_NONE);
}

// --- walks --------------------------------------------------------------------------------

static void walk_of_n_reads_takes_n_times_g_plus_l_plus_one(void **state) {
    (void)state;
    for (uint32_t g = 1; g <= 4; ++g) {
        for (uint32_t l = 1; l <= 5; l += 2) {
            for (uint32_t n = 1; n <= 3; ++n) {
                begin(g, l);
                smoke_offer(&s, MMU_PORT_DATA, 3, va_of_reads[n], MMU_LOAD);
                smoke_run(&s, 50);
                assert_true(smoke_first(&s, MEM_REQ, 0) == 4);
                const uint64_t done = 3 + n * (g + l) + 1;
                assert_true(smoke_first(&s, D_RSP, 0) == done);
                assert_true(smoke_first(&s, FILL, 0) == done);
                assert_int_equal(s.answer[0][done].source, MMU_SOURCE_WALK);
                for (uint64_t c = 4; c <= done; ++c) {  // not when the walk has finished
                    assert_int_equal(s.wire[D_READY][c], c != done - 1);
                }
                smoke_free(&s);
            }
        }
    }
}

static void memory_request_is_held_until_granted(void **state) {
    (void)state;
    begin(2, 2);
    smoke_offer(&s, MMU_PORT_DATA, 7, VA_2, MMU_LOAD);
    smoke_run(&s, 20);
    smoke_expect(&s, MEM_REQ, 7, "_11__11__");
    smoke_expect(&s, D_RSP, 7, "_________1_");
    assert_true(s.memory_request[8].pa == (SMOKE_BASE_PPN << 12) + 8 * (VA_2 >> 30));
    assert_true(smoke_same_request(&s.memory_request[8], &s.memory_request[9]));
}

static void both_ports_miss_in_one_cycle_and_data_walks_first(void **state) {
    (void)state;
    begin(1, 2);
    smoke_offer(&s, MMU_PORT_DATA, 3, VA_2, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_FETCH, 3, VA_1, MMU_FETCH);
    smoke_run(&s, 30);
    smoke_expect(&s, MEM_REQ, 3, "_1__1__1___");
    smoke_expect(&s, D_RSP, 3, "_______1___");
    smoke_expect(&s, F_RSP, 3, "__________1");
    smoke_expect(&s, FILL, 3, "_______1__1_");
    assert_true(s.wire[D_FILL][10] && s.wire[F_FILL][13]);
    assert_true(smoke_counter(&s, 8 + MMU_COUNT_WAIT_CYCLES) == 6);  // cycles 4 .. 9
    assert_true(smoke_counter(&s, MMU_COUNT_WAIT_CYCLES) == 0);
}

static void every_page_size_gives_address_and_level_and_hits(void **state) {
    (void)state;
    begin(1, 1);
    static const uint64_t ppn[4] = {0, PPN_1, PPN_2, PPN_3};
    for (unsigned n = 1; n <= 3; ++n) {
        const unsigned level = 3 - n, bits = 12 + 9 * level;
        const uint64_t other = va_of_reads[n] ^ (UINT64_C(1) << (bits - 1));  // same page
        const uint64_t t = 40 * n;
        smoke_offer(&s, MMU_PORT_DATA, t, va_of_reads[n], MMU_LOAD);
        smoke_offer(&s, MMU_PORT_DATA, t + 20, other, MMU_LOAD);
        smoke_run(&s, t + 40);
        smoke_expect(&s, D_RSP, t + 20, "_1_");
        const struct mmu_answer *hit = &s.answer[0][t + 21];
        assert_int_equal(hit->source, MMU_SOURCE_TLB);
        assert_int_equal(hit->level, level);
        assert_true(hit->pa == (ppn[n] << 12 | (other & ((UINT64_C(1) << bits) - 1))));
        assert_true(s.answer[0][t + 2 * n + 1].pa == (hit->pa ^ UINT64_C(1) << (bits - 1)));
    }
}

static void full_tlb_evicts_the_least_recently_used(void **state) {
    (void)state;
    begin(1, 1);
    for (unsigned k = 0; k < 17; ++k) {
        smoke_map(&s, VA_3 + (k << 12), 0, 0x100 + k, RWX_AD);
        if (k < 16) smoke_offer(&s, MMU_PORT_DATA, 10 * k, VA_3 + (k << 12), MMU_LOAD);
    }
    smoke_offer(&s, MMU_PORT_DATA, 165, VA_3, MMU_LOAD);  // way 0 is used once more
    smoke_offer(&s, MMU_PORT_DATA, 170, VA_3 + (16 << 12), MMU_LOAD);
    smoke_run(&s, 180);
    for (unsigned k = 0; k < 16; ++k) {
        assert_true(s.wire[FILL][10 * k + 7] && !s.event[DUT_ARRAY_DATA][10 * k + 7].evict);
        assert_int_equal(s.event[DUT_ARRAY_DATA][10 * k + 7].way, k);
    }
    assert_true(s.wire[FILL][177] && s.event[DUT_ARRAY_DATA][177].evict);
    assert_int_equal(s.event[DUT_ARRAY_DATA][177].way, 1);
    assert_int_equal(s.event[DUT_ARRAY_DATA][177].set, 0);
    assert_true(smoke_counter(&s, MMU_COUNT_EVICTIONS) == 1);
}

// --- faults -------------------------------------------------------------------------------

static void fault_record_stays_and_blocks_its_port_until_taken(void **state) {
    (void)state;
    begin(1, 1);
    s.take_from[CHANNEL_FAULT] = 20;
    smoke_offer(&s, MMU_PORT_DATA, 2, VA_NONE + 8, MMU_AMO);
    smoke_offer(&s, MMU_PORT_DATA, 6, VA_3, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_FETCH, 10, VA_1, MMU_FETCH);
    smoke_run(&s, 40);
    smoke_expect(&s, D_RSP, 2, "___1____");  // 2 + 1 * (1 + 1) + 1
    smoke_expect_fault(&s.answer[0][5], MMU_CAUSE_STORE_PAGE, MMU_SOURCE_WALK);
    for (uint64_t c = 5; c <= 20; ++c) {
        assert_true(s.wire[FAULT][c] && !s.wire[D_READY][c]);
        assert_true(s.fault[c].tval == VA_NONE + 8 && s.fault[c].asid == 1);
        assert_true(s.fault[c].port == MMU_PORT_DATA && s.fault[c].access == MMU_AMO);
        assert_int_equal(s.fault[c].cause, MMU_CAUSE_STORE_PAGE);
    }
    smoke_expect(&s, F_RSP, 10, "___1_");  // the other port goes on
    smoke_expect(&s, FAULT, 20, "1__");
    smoke_expect(&s, D_READY, 20, "_111111_1");  // VA_3's walk finishes in 27
    smoke_expect(&s, D_RSP, 21, "_______1");
}

static void faults_of_one_cycle_are_reported_data_first(void **state) {
    (void)state;
    begin(1, 1);
    smoke_offer(&s, MMU_PORT_DATA, 2, VA_BAD, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_FETCH, 2, VA_BAD + 4, MMU_FETCH);
    smoke_run(&s, 10);
    smoke_expect(&s, FAULT, 2, "_11_");
    assert_true(s.fault[3].port == MMU_PORT_DATA && s.fault[3].cause == MMU_CAUSE_LOAD_PAGE);
    assert_true(s.fault[4].port == MMU_PORT_FETCH && s.fault[4].tval == VA_BAD + 4);
}

static void permission_fault_comes_from_the_tlb_in_one_cycle(void **state) {
    (void)state;
    begin(1, 1);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    smoke_run(&s, 20);
    s.csr.priv = MMU_PRIV_U;
    smoke_offer(&s, MMU_PORT_DATA, 20, VA_3, MMU_LOAD);
    smoke_run(&s, 30);
    smoke_expect(&s, D_RSP, 20, "_1_");
    smoke_expect_fault(&s.answer[0][21], MMU_CAUSE_LOAD_PAGE, MMU_SOURCE_TLB);
}

static void memory_error_is_an_access_fault_and_fills_nothing(void **state) {
    (void)state;
    begin(1, 1);
    s.errors = 2;
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_3, MMU_STORE);
    smoke_offer(&s, MMU_PORT_FETCH, 10, VA_3, MMU_FETCH);
    smoke_run(&s, 20);
    smoke_expect_fault(&s.answer[0][3], MMU_CAUSE_STORE_ACCESS, MMU_SOURCE_WALK);
    smoke_expect_fault(&s.answer[1][13], MMU_CAUSE_FETCH_ACCESS, MMU_SOURCE_WALK);
    assert_true(smoke_counter(&s, MMU_COUNT_FILLS) == 0);
}

// --- A and D ------------------------------------------------------------------------------

static void svade_faults_where_a_or_d_is_missing(void **state) {
    (void)state;
    begin(1, 1);
    smoke_map(&s, VA_3, 0, PPN_3, RWX_AD & ~MMU_PTE_A);
    smoke_map(&s, VA_3B, 0, PPN_3B, RWX_AD & ~MMU_PTE_D);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 20, VA_3B, MMU_STORE);
    smoke_run(&s, 40);
    smoke_expect_fault(&s.answer[0][7], MMU_CAUSE_LOAD_PAGE, MMU_SOURCE_WALK);
    smoke_expect_fault(&s.answer[0][27], MMU_CAUSE_STORE_PAGE, MMU_SOURCE_WALK);
    for (uint64_t c = 0; c < 40; ++c) assert_false(s.wire[MEM_WRITE][c]);
}

static void svadu_sets_a_and_d_by_one_more_transaction(void **state) {
    (void)state;
    begin(1, 1);
    s.csr.adue = true;
    smoke_map(&s, VA_3, 0, PPN_3, MMU_PTE_V | MMU_PTE_R | MMU_PTE_W);
    const uint64_t before = smoke_pte(&s, VA_3, 0);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 20, VA_3, MMU_STORE);  // a hit that is not dirty: walks
    smoke_offer(&s, MMU_PORT_DATA, 40, VA_3, MMU_STORE);
    smoke_run(&s, 50);
    smoke_expect(&s, MEM_REQ, 0, "_1_1_1_1_");
    smoke_expect(&s, MEM_WRITE, 0, "_______1_");
    smoke_expect(&s, D_RSP, 0, "_________1");  // 4 (1 + 1) + 1
    assert_true(s.memory_request[7].expected == before);
    assert_true(s.memory_request[7].data == (before | MMU_PTE_A));
    assert_int_equal(s.answer[0][9].perm, (before | MMU_PTE_A) & 0xFF);
    smoke_expect(&s, D_RSP, 20, "_________1");
    assert_true(s.memory_request[27].expected == (before | MMU_PTE_A));
    assert_true(smoke_pte(&s, VA_3, 0) == (before | MMU_PTE_A | MMU_PTE_D));
    smoke_expect(&s, D_RSP, 40, "_1_");
    assert_true(smoke_counter(&s, MMU_COUNT_PTE_WRITES) == 2);
}

static void conflict_reads_the_same_pte_again(void **state) {
    (void)state;
    begin(1, 1);
    s.csr.adue = true;
    s.conflicts = 1;
    smoke_map(&s, VA_3, 0, PPN_3, RWX_AD & ~MMU_PTE_A);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    smoke_run(&s, 30);
    smoke_expect(&s, MEM_REQ, 0, "_1_1_1_1_1_1_");
    smoke_expect(&s, MEM_WRITE, 0, "_______1___1_");
    smoke_expect(&s, D_RSP, 0, "_____________1");
    for (uint64_t c = 5; c <= 11; c += 2)
        assert_true(s.memory_request[c].pa == s.memory_request[5].pa);
    assert_true(smoke_counter(&s, MMU_COUNT_PTE_WRITE_CONFLICTS) == 1);
    assert_true(smoke_pte(&s, VA_3, 0) == (PPN_3 << 10 | RWX_AD | UINT64_C(1) << 8));
}

// --- fences -------------------------------------------------------------------------------

static void fence_in_the_middle_of_a_walk_restarts_it(void **state) {
    (void)state;
    begin(1, 3);
    smoke_offer(&s, MMU_PORT_DATA, 5, VA_1, MMU_LOAD);
    smoke_fence(&s, 7, fence_all);
    smoke_run(&s, 30);
    smoke_expect(&s, MEM_REQ, 5, "_1___1____");
    smoke_expect(&s, D_RSP, 5, "_________1");
    assert_true(smoke_counter(&s, MMU_COUNT_WALK_RESTARTS) == 1);
    assert_true(smoke_counter(&s, MMU_COUNT_FILLS) == 1);
}

static void fence_at_any_moment_of_a_walk_restarts_from_the_root(void **state) {
    (void)state;
    for (uint64_t at = 6; at < 5 + 3 * 5 + 1; ++at) {
        begin(2, 3);
        smoke_offer(&s, MMU_PORT_DATA, 5, VA_3, MMU_LOAD);
        smoke_fence(&s, at, fence_all);
        smoke_run(&s, 60);
        const uint64_t restarted = 6 + 5 * ((at - 6) / 5 + 1);  // the answer is ignored
        assert_true(s.memory_request[restarted].pa == s.memory_request[6].pa);
        assert_true(smoke_first(&s, D_RSP, 0) == restarted + 3 * 5);
        smoke_free(&s);
    }
}

static void fence_waits_for_a_compare_and_write_on_the_wires(void **state) {
    (void)state;
    begin(4, 2);
    s.csr.adue = true;
    smoke_map(&s, VA_1, 2, PPN_1, RWX_AD & ~MMU_PTE_A);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_1, MMU_LOAD);
    smoke_fence(&s, 8, fence_all);
    smoke_run(&s, 40);
    smoke_expect(&s, MEM_WRITE, 0, "_______1111__");
    smoke_expect(&s, FENCE_READY, 0, "1111111____11");
    // Accepted in 11 while the write's answer is awaited: it restarts the walk in 13.
    smoke_expect(&s, MEM_REQ, 11, "__1111__");
    smoke_expect(&s, D_RSP, 11, "________1");
    assert_true(smoke_counter(&s, MMU_COUNT_FENCES) == 1);
}

static void fence_removes_what_it_names_and_spares_global_pages(void **state) {
    (void)state;
    begin(1, 1);
    smoke_map(&s, VA_3B, 0, PPN_3B, RWX_AD | MMU_PTE_G);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_DATA, 10, VA_3B, MMU_LOAD);
    smoke_fence(&s, 20, (struct mmu_fence){.has_asid = true, .asid = 2});
    smoke_fence(&s, 21, (struct mmu_fence){.has_va = true, .va = VA_1});
    smoke_offer(&s, MMU_PORT_DATA, 22, VA_3, MMU_LOAD);  // neither names it
    smoke_fence(&s, 30, (struct mmu_fence){.has_asid = true, .asid = 1});
    smoke_offer(&s, MMU_PORT_DATA, 31, VA_3B, MMU_LOAD);  // global
    smoke_offer(&s, MMU_PORT_DATA, 32, VA_3, MMU_LOAD);
    smoke_fence(&s, 50, (struct mmu_fence){.has_va = true, .va = VA_3B});
    smoke_offer(&s, MMU_PORT_DATA, 51, VA_3B, MMU_LOAD);
    smoke_run(&s, 70);
    smoke_expect(&s, D_RSP, 22, "_1_");
    smoke_expect(&s, D_RSP, 31, "_1______1_");
    smoke_expect(&s, D_RSP, 51, "_______1_");
}

// --- counters, seeds, waves ---------------------------------------------------------------

static void counters_count_what_happened(void **state) {
    (void)state;
    begin(1, 2);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);       // miss: three reads
    smoke_offer(&s, MMU_PORT_DATA, 20, VA_3, MMU_LOAD);      // hit
    smoke_offer(&s, MMU_PORT_DATA, 25, VA_NONE, MMU_LOAD);   // miss, fault: one read
    smoke_offer(&s, MMU_PORT_FETCH, 40, VA_2, MMU_FETCH);    // miss: two reads
    smoke_offer(&s, MMU_PORT_FETCH, 60, VA_BAD, MMU_FETCH);  // fault without a walk
    smoke_fence(&s, 70, fence_all);
    smoke_run(&s, 80);
    static const uint64_t expected[MMU_COUNTERS] = {
        3, 1, 2, 1, 1, 0, 0, 0, 2, 0, 1, 1, 1, 0, 1, 0, 3, 6, 0, 0, 0, 1, 18, 80, 0, 18,
    };
    for (unsigned k = 0; k < MMU_COUNTERS; ++k) {
        if (smoke_counter(&s, k) != expected[k]) {
            fail_msg("counter %u is %u", k, (unsigned)smoke_counter(&s, k));
        }
    }
}

// A mixture of everything, the same for every seed of the simulator.
static void run_mixture(struct smoke *mixture, uint64_t seed) {
    smoke_init(mixture, ops, seed, 2, 2);
    mixture->csr.adue = true;
    uint64_t random = 1;
    for (unsigned k = 0; k < 40; ++k) smoke_map(mixture, VA_3 + (k << 12), 0, k, 0x4F);
    for (unsigned k = 0; k < SMOKE_OFFERS; ++k) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
        const uint64_t va = VA_3 + ((random >> 40) % 42 << 12);  // two are not mapped
        smoke_offer(mixture, MMU_PORT_DATA, 20 * k, va, MMU_LOAD + (random >> 60) % 3);
        smoke_offer(mixture, MMU_PORT_FETCH, 23 * k, va ^ 0x1000, MMU_FETCH);
        if (k % 40 == 35) smoke_fence(mixture, 20 * k + 7, fence_all);
    }
    smoke_run(mixture, SMOKE_CYCLES);
}

static void seed_of_the_initial_values_changes_nothing_visible(void **state) {
    (void)state;
    static struct smoke other;
    run_mixture(&s, 0);
    assert_true(smoke_counter(&s, MMU_COUNT_EVICTIONS) > 0);
    for (unsigned k = 0; k < 4; ++k) {
        run_mixture(&other, k == 3 ? UINT64_MAX : k);
        for (uint64_t c = 0; c < SMOKE_CYCLES; ++c) assert_true(smoke_same_cycle(&s, &other, c));
        smoke_free(&other);
    }
}

static void units_side_by_side_do_not_disturb_each_other(void **state) {
    (void)state;
    static struct smoke other;
    begin(1, 1);
    smoke_init(&other, ops, 5, 1, 1);
    smoke_offer(&s, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    for (uint64_t c = 1; c <= 20; ++c) {
        smoke_run(&s, c);
        smoke_run(&other, c);
    }
    smoke_expect(&s, D_RSP, 0, "_______1_");
    for (uint64_t c = 0; c < 20; ++c) assert_false(other.wire[MEM_REQ][c]);
    smoke_free(&other);
}

static void wave_is_refused_where_it_cannot_be_a_file(void **state) {
    (void)state;
    static const char *const paths[] = {"/dev/null", "/", "/nonexistent/folder/wave.fst"};
    for (unsigned k = 0; k < 3; ++k) {
        char error[200] = "";
        const struct dut_options options = {.wave_path = paths[k]};
        assert_null(ops->create(&options, error, sizeof error));
        assert_non_null(strstr(error, paths[k]));
    }
}

static void wave_begins_when_it_is_switched_on(void **state) {
    (void)state;
    char path[] = "/tmp/tandem-smoke-XXXXXX";
    const int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    const struct dut_options options = {.wave_path = path};
    char error[200] = "";
    struct dut *dut = ops->create(&options, error, sizeof error);
    assert_non_null(dut);
    for (unsigned phase = 0; phase < 2; ++phase) {
        ops->reset(dut);
        for (unsigned c = 0; c < 20; ++c) ops->tick(dut);
        if (phase == 0) {
            assert_int_equal(access(path, F_OK), 0);
            FILE *untouched = fopen(path, "rb");
            assert_int_equal(fgetc(untouched), EOF);
            fclose(untouched);
            assert_true(ops->knob(dut, "trace", 1));
        }
    }
    assert_true(ops->knob(dut, "trace", 0));
    assert_false(ops->knob(dut, "unknown", 1));
    ops->tick(dut);
    ops->destroy(dut);
    FILE *wave = fopen(path, "rb");
    fseek(wave, 0, SEEK_END);
    assert_true(ftell(wave) > 300);
    fclose(wave);
    unlink(path);
}

// --- loading ------------------------------------------------------------------------------

static int load(void **state) {
    (void)state;
    ops = smoke_load("dtlb=16x16xlru itlb=16x16xlru");
    return ops != NULL ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_teardown(name, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(reset_leaves_ports_ready_and_nothing_valid),
        TEST(reset_empties_the_tlb),
        TEST(hit_is_answered_in_the_next_cycle),
        TEST(hits_come_one_per_cycle_on_both_ports),
        TEST(response_not_taken_is_held_and_holds_up_its_port),
        TEST(answers_without_tlb_and_walk_take_one_cycle),
        TEST(walk_of_n_reads_takes_n_times_g_plus_l_plus_one),
        TEST(memory_request_is_held_until_granted),
        TEST(both_ports_miss_in_one_cycle_and_data_walks_first),
        TEST(every_page_size_gives_address_and_level_and_hits),
        TEST(full_tlb_evicts_the_least_recently_used),
        TEST(fault_record_stays_and_blocks_its_port_until_taken),
        TEST(faults_of_one_cycle_are_reported_data_first),
        TEST(permission_fault_comes_from_the_tlb_in_one_cycle),
        TEST(memory_error_is_an_access_fault_and_fills_nothing),
        TEST(svade_faults_where_a_or_d_is_missing),
        TEST(svadu_sets_a_and_d_by_one_more_transaction),
        TEST(conflict_reads_the_same_pte_again),
        TEST(fence_in_the_middle_of_a_walk_restarts_it),
        TEST(fence_at_any_moment_of_a_walk_restarts_from_the_root),
        TEST(fence_waits_for_a_compare_and_write_on_the_wires),
        TEST(fence_removes_what_it_names_and_spares_global_pages),
        TEST(counters_count_what_happened),
        TEST(seed_of_the_initial_values_changes_nothing_visible),
        TEST(units_side_by_side_do_not_disturb_each_other),
        TEST(wave_is_refused_where_it_cannot_be_a_file),
        TEST(wave_begins_when_it_is_switched_on),
    };
    return cmocka_run_group_tests_name("rtl.smoke", tests, load, NULL);
}
