// SPDX-License-Identifier: Apache-2.0
// The timed engine against the drawings and the latency table of the specification. Cycle
// numbers are written as in the drawings: t is where the drawing begins.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bench.h"

// One page of each depth: a walk of VA_n reads n PTEs.
#define VA_1 UINT64_C(0x0000000040001000)  // 1 GiB page
#define VA_1B UINT64_C(0x0000000140001000)
#define VA_2 UINT64_C(0x0000000080201000)  // 2 MiB page
#define VA_3 UINT64_C(0x00000000C0403000)  // 4 KiB page
#define VA_3B UINT64_C(0x00000000C0404000)
#define VA_NONE UINT64_C(0x0000000100000000)  // invalid root PTE: a fault after one read

static struct bench bench;

static const uint64_t va_of_reads[4] = {0, VA_1, VA_2, VA_3};

static void begin(uint32_t grant_cycles, uint32_t data_cycles) {
    bench_init(&bench);
    fixture_map(&bench.memory, VA_1, 2, UINT64_C(1) << 18, RWX_AD_S);
    fixture_map(&bench.memory, VA_1B, 2, UINT64_C(5) << 18, RWX_AD_S);
    fixture_map(&bench.memory, VA_2, 1, UINT64_C(1) << 9, RWX_AD_S);
    fixture_map(&bench.memory, VA_3, 0, 0x33, RWX_AD_S);
    fixture_map(&bench.memory, VA_3B, 0, 0x44, RWX_AD_S);
    bench.memory.grant_cycles = grant_cycles;
    bench.memory.data_cycles = data_cycles;
}

static int end(void **state) {
    (void)state;
    bench_free(&bench);
    return 0;
}

// --- reset, hits, walks -------------------------------------------------------------------

static void reset_shows_ready_ports_and_nothing_valid(void **state) {
    (void)state;
    begin(1, 1);
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    bench_offer(&bench, MMU_PORT_FETCH, 0, VA_NONE, MMU_FETCH);
    bench_run(&bench, 5);
    mmu_engine_reset(bench.engine);
    bench.memory.latencies = 0;
    bench_run(&bench, 1);
    for (unsigned wire = 0; wire < BENCH_WIRES; ++wire) {
        bool ready = wire == D_READY || wire == F_READY || wire == FENCE_READY || wire == PMP_READY;
        assert_int_equal(bench.wire[wire][0], ready);
    }
    for (unsigned k = 0; k < MMU_COUNTERS; ++k) assert_true(bench.counter[k][0] == 0);
}

static void drawing_of_hits_under_a_miss(void **state) {
    (void)state;
    begin(1, 1);
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_1, MMU_LOAD);  // so that B and C hit
    bench_offer(&bench, MMU_PORT_DATA, 20, VA_2, MMU_LOAD);
    const uint64_t t = 40;
    bench_offer(&bench, MMU_PORT_DATA, t, VA_3, MMU_LOAD);
    bench_offer(&bench, MMU_PORT_DATA, t + 1, VA_1, MMU_LOAD);
    bench_offer(&bench, MMU_PORT_DATA, t + 2, VA_2, MMU_LOAD);
    bench_offer(&bench, MMU_PORT_DATA, t + 6, VA_1, MMU_LOAD);
    bench_run(&bench, 60);
    bench_expect(&bench, D_READY, t, "111111_11");
    bench_expect(&bench, D_RSP, t, "__11___11");
    bench_expect(&bench, MEM_REQ, t, "_1_1_1___");
    bench_expect(&bench, D_FILL, t, "_______1_");
    static const unsigned tags[9] = {[2] = 3, [3] = 4, [7] = 2, [8] = 5};
    for (unsigned c = 0; c < 9; ++c) {
        if (tags[c] != 0) assert_int_equal(bench.answer[0][t + c].tag, tags[c]);
    }
    assert_true(bench.answer[0][t + 7].pa == 0x33000);
    assert_int_equal(bench.answer[0][t + 7].source, MMU_SOURCE_WALK);
    assert_int_equal(bench.answer[0][t + 8].source, MMU_SOURCE_TLB);
}

static void drawing_of_the_memory_port(void **state) {
    (void)state;
    begin(2, 2);
    const uint64_t t = 7;
    bench_offer(&bench, MMU_PORT_DATA, t, VA_2, MMU_LOAD);
    bench_run(&bench, 20);
    bench_expect(&bench, MEM_REQ, t, "_11__11__");
    bench_expect(&bench, D_RSP, t, "_________1_");
}

static void drawing_of_a_fetch_that_waits_for_a_data_walk(void **state) {
    (void)state;
    begin(1, 2);
    const uint64_t t = 3;
    bench_offer(&bench, MMU_PORT_DATA, t, VA_2, MMU_LOAD);
    bench_offer(&bench, MMU_PORT_FETCH, t, VA_1, MMU_FETCH);
    bench_run(&bench, 30);
    bench_expect(&bench, MEM_REQ, t, "_1__1__1___");
    bench_expect(&bench, D_RSP, t, "_______1___");
    bench_expect(&bench, F_RSP, t, "__________1");
    bench_expect(&bench, D_FILL, t, "_______1____");
    bench_expect(&bench, F_FILL, t, "__________1_");
    const struct mmu_history *fetch = bench_history(&bench, MMU_PORT_FETCH, 0);
    assert_true(fetch->accept_cycle == t && fetch->start_cycle == t + 6);
    assert_true(fetch->response_cycle == t + 10);
}

static void drawing_of_a_fence_in_the_middle_of_a_walk(void **state) {
    (void)state;
    begin(1, 3);
    const uint64_t t = 5;
    bench_offer(&bench, MMU_PORT_DATA, t, VA_1, MMU_LOAD);
    bench_fence(&bench, t + 2);
    bench_run(&bench, 30);
    bench_expect(&bench, MEM_REQ, t, "_1___1____");
    bench_expect(&bench, D_RSP, t, "_________1");  // t+5: request again, t+8: answer
    const struct mmu_history *history = bench_history(&bench, MMU_PORT_DATA, 0);
    assert_int_equal(history->accesses, 2);
    assert_true(history->access[0].ignored && !history->access[1].ignored);
    assert_true(history->access[0].data_cycle == t + 4);
    assert_true(history->access[1].request_cycle == t + 5);
}

static void outcomes_without_a_walk_take_one_cycle(void **state) {
    (void)state;
    begin(1, 1);
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    bench_offer(&bench, MMU_PORT_DATA, 20, VA_3, MMU_STORE);               // hit
    bench_offer(&bench, MMU_PORT_DATA, 30, UINT64_C(1) << 40, MMU_STORE);  // not canonical
    bench_run(&bench, 40);
    bench_expect(&bench, D_RSP, 20, "_1_");
    bench_expect(&bench, D_RSP, 30, "_1_");
    assert_int_equal(bench.answer[0][31].cause, MMU_CAUSE_STORE_PAGE);
    bench.csr.priv = MMU_PRIV_U;  // permission fault from the TLB
    struct mmu_request request = {.va = VA_3, .access = MMU_LOAD};
    mmu_engine_accept(bench.engine, MMU_PORT_DATA, &request, &bench.csr);
    mmu_engine_advance(bench.engine, 40);
    const struct mmu_answer *answer = mmu_engine_response(bench.engine, MMU_PORT_DATA);
    assert_true(answer->fault && answer->source == MMU_SOURCE_TLB && answer->cause == 13);
    mmu_engine_take_response(bench.engine, MMU_PORT_DATA);
    mmu_engine_take_fault(bench.engine);
    mmu_engine_advance(bench.engine, 41);
    bench.csr.priv = MMU_PRIV_M;  // not translated
    mmu_engine_accept(bench.engine, MMU_PORT_DATA, &request, &bench.csr);
    mmu_engine_advance(bench.engine, 42);
    answer = mmu_engine_response(bench.engine, MMU_PORT_DATA);
    assert_true(answer->pa == VA_3 && answer->level == MMU_LEVEL_NONE &&
                answer->source == MMU_SOURCE_NONE);
}

static void walk_alone_takes_n_times_g_plus_l_plus_1(void **state) {
    (void)state;
    const uint32_t gs[] = {1, 2, 5}, ls[] = {1, 8, 50};
    for (unsigned k = 0; k < 27; ++k) {
        uint32_t n = 1 + k % 3, g = gs[k / 3 % 3], l = ls[k / 9];
        begin(g, l);
        const uint64_t t = 4;
        bench_offer(&bench, MMU_PORT_FETCH, t, va_of_reads[n], MMU_FETCH);
        bench_run(&bench, 200);
        assert_true(bench_first(&bench, F_RSP, 0) == t + n * (g + l) + 1);
        assert_true(bench_first(&bench, F_FILL, 0) == t + n * (g + l) + 1);
        const struct mmu_history *history = bench_history(&bench, MMU_PORT_FETCH, 0);
        assert_int_equal(history->accesses, n);
        for (uint32_t i = 0; i < n; ++i) {
            uint64_t request_cycle = t + 1 + i * (g + l);
            for (uint32_t c = 0; c < g + l; ++c)
                assert_int_equal(bench.wire[MEM_REQ][request_cycle + c], c < g);
            assert_true(history->access[i].request_cycle == request_cycle);
            assert_true(history->access[i].grant_cycle == request_cycle + g - 1);
            assert_true(history->access[i].data_cycle == request_cycle + g - 1 + l);
            assert_int_equal(history->access[i].level, 2 - i);
        }
        bench_free(&bench);
    }
    begin(1, 1);
}

static void walk_that_faults_takes_as_long_and_fills_nothing(void **state) {
    (void)state;
    begin(2, 3);
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_NONE, MMU_STORE);
    bench_run(&bench, 12);
    bench_expect(&bench, D_RSP, 0, "______1_");
    bench_expect(&bench, D_FILL, 0, "__________");
    assert_int_equal(bench.answer[0][6].cause, MMU_CAUSE_STORE_PAGE);
    assert_int_equal(bench.answer[0][6].source, MMU_SOURCE_WALK);
}

// --- two ports ----------------------------------------------------------------------------

static void walker_serves_a_fetch_that_came_first_then_data_without_a_bubble(void **state) {
    (void)state;
    begin(1, 3);
    bench_offer(&bench, MMU_PORT_FETCH, 0, VA_1, MMU_FETCH);
    bench_offer(&bench, MMU_PORT_DATA, 1, VA_1B, MMU_LOAD);
    bench_run(&bench, 20);
    bench_expect(&bench, MEM_REQ, 0, "_1___1_____");  // answer in 4, next request in 5
    bench_expect(&bench, F_RSP, 0, "_____1_____");
    bench_expect(&bench, D_RSP, 0, "_________1_");
}

static void slots_are_given_to_the_ports_in_turn(void **state) {
    (void)state;
    for (unsigned first = 0; first < 2; ++first) {
        begin(1, 3);
        enum mmu_port port = first, other = 1 - first;
        uint8_t access[2] = {MMU_LOAD, MMU_FETCH};
        bench_offer(&bench, port, 0, VA_1, access[port]);     // ends in 4
        bench_offer(&bench, port, 1, VA_2, access[port]);     // waits longer, but
        bench_offer(&bench, other, 2, VA_1B, access[other]);  // it is the other's turn
        bench_run(&bench, 40);
        assert_true(bench_history(&bench, other, 0)->start_cycle == 4);
        assert_true(bench_history(&bench, other, 0)->response_cycle == 9);
        assert_true(bench_history(&bench, port, 1)->start_cycle == 8);
        assert_true(bench_history(&bench, port, 1)->terms.wait == 7);
        bench_free(&bench);
    }
    begin(1, 3);  // data, if none has taken one
    bench_offer(&bench, MMU_PORT_FETCH, 0, VA_1, MMU_FETCH);
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_1B, MMU_LOAD);
    bench_run(&bench, 40);
    assert_true(bench_history(&bench, MMU_PORT_DATA, 0)->start_cycle == 0);
    assert_true(bench_history(&bench, MMU_PORT_FETCH, 0)->start_cycle == 4);
}

static void hits_of_one_port_flow_during_a_walk_of_the_other(void **state) {
    (void)state;
    begin(1, 10);
    bench_offer(&bench, MMU_PORT_FETCH, 0, VA_1, MMU_FETCH);
    for (uint64_t c = 20; c < 24; ++c) bench_offer(&bench, MMU_PORT_FETCH, c, VA_1, MMU_FETCH);
    bench_offer(&bench, MMU_PORT_DATA, 19, VA_3, MMU_LOAD);
    bench_run(&bench, 60);
    bench_expect(&bench, F_RSP, 20, "_1111_");
    bench_expect(&bench, D_READY, 19, "1111111");  // its own walk does not stop the port
}

// --- back-pressure, fault records -----------------------------------------------------------

static void response_is_held_until_taken_and_blocks_its_port_only(void **state) {
    (void)state;
    begin(1, 1);
    bench.response_ready_from[MMU_PORT_DATA] = 12;
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_1, MMU_LOAD);  // response in 3
    bench_offer(&bench, MMU_PORT_DATA, 3, VA_1, MMU_LOAD);  // accepted in 12
    bench_offer(&bench, MMU_PORT_FETCH, 5, VA_1, MMU_FETCH);
    bench_run(&bench, 20);
    bench_expect(&bench, D_RSP, 0, "___111 111111 11__");
    bench_expect(&bench, D_READY, 0, "11____ ______ 1111");
    bench_expect(&bench, F_RSP, 5, "___1_");
    assert_int_equal(bench.answer[0][12].source, MMU_SOURCE_WALK);
    assert_int_equal(bench.answer[0][13].source, MMU_SOURCE_TLB);
}

static void fault_record_blocks_its_port_until_the_cycle_after_it_is_taken(void **state) {
    (void)state;
    begin(1, 1);
    bench.fault_ready_from = 6;
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_NONE + 0x123, MMU_AMO);  // response in 3
    bench_offer(&bench, MMU_PORT_DATA, 3, VA_1, MMU_LOAD);
    bench_run(&bench, 20);
    bench_expect(&bench, D_RSP, 0, "___1___ ___1");
    bench_expect(&bench, FAULT, 0, "___1111 ___");
    bench_expect(&bench, D_READY, 0, "11_____ 11_1");
    const struct mmu_fault *fault = &bench.fault[3];
    assert_true(fault->tval == VA_NONE + 0x123);
    assert_int_equal(fault->asid, 1);
    assert_int_equal(fault->port, 0);
    assert_int_equal(fault->access, MMU_AMO);
    assert_int_equal(fault->cause, MMU_CAUSE_STORE_PAGE);
}

static void fault_records_of_one_cycle_are_shown_data_first(void **state) {
    (void)state;
    begin(1, 1);
    bench.fault_ready_from = 4;
    bench_offer(&bench, MMU_PORT_DATA, 1, UINT64_C(1) << 38, MMU_LOAD);
    bench_offer(&bench, MMU_PORT_FETCH, 1, UINT64_C(1) << 38, MMU_FETCH);
    bench_run(&bench, 10);
    bench_expect(&bench, FAULT, 0, "__1111__");
    for (unsigned c = 2; c < 6; ++c) assert_int_equal(bench.fault[c].port, c == 5);
    bench_expect(&bench, D_READY, 0, "11___111");
    bench_expect(&bench, F_READY, 0, "11____11");
}

static void fault_records_are_shown_in_the_order_in_which_they_became_valid(void **state) {
    (void)state;
    begin(1, 1);
    bench.fault_ready_from = 6;
    bench_offer(&bench, MMU_PORT_FETCH, 1, UINT64_C(1) << 38, MMU_FETCH);
    bench_offer(&bench, MMU_PORT_DATA, 2, UINT64_C(1) << 38, MMU_LOAD);
    bench_run(&bench, 10);
    for (unsigned c = 2; c < 8; ++c) assert_int_equal(bench.fault[c].port, c < 7);
    bench_expect(&bench, FAULT, 0, "__111111__");
}

// --- fences ---------------------------------------------------------------------------------

// Walk of 3 reads, g = 2, L = 3, accepted in 0. Transaction k (0, 1, 2) has its request in
// 5k+1 and its answer in 5k+5.
static void fence_in_each_cycle_of_a_walk_restarts_it_after_the_present_answer(void **state) {
    (void)state;
    for (uint64_t f = 0; f <= 16; ++f) {
        begin(2, 3);
        bench_offer(&bench, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
        bench_fence(&bench, f);
        bench_run(&bench, 60);
        bool in_flight = f >= 1 && f <= 15;
        uint64_t lost = in_flight ? (f - 1) / 5 + 1 : 0;  // transactions
        assert_true(bench_first(&bench, D_RSP, 0) == 5 * (lost + 3) + 1);
        assert_int_equal(bench.memory.reads, lost + 3);
        assert_true(bench.counter[MMU_COUNT_WALK_RESTARTS][59] == in_flight);
        assert_true(bench.counter[MMU_COUNT_WALKS][59] == 1);
        assert_true(bench.counter[MMU_COUNT_FILLS][59] == 1);
        assert_true(bench.counter[MMU_COUNT_WALKER_BUSY_CYCLES][59] == 5 * (lost + 3));
        // One that came in 16 has removed the entry, an earlier one has not.
        assert_int_equal(mmu_engine_tlb(bench.engine, 0) != NULL &&
                             mmu_tlb_at(mmu_engine_tlb(bench.engine, 0), 0, 0)->valid,
                         f != 16);
        bench_free(&bench);
    }
    begin(1, 1);
}

static void fences_while_an_ignored_answer_is_awaited_change_nothing_more(void **state) {
    (void)state;
    begin(1, 4);
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_1, MMU_LOAD);
    for (uint64_t f = 1; f <= 5; ++f) bench_fence(&bench, f);  // 5: the answer's cycle
    bench_fence(&bench, 6);                                    // the new request's first
    bench_run(&bench, 40);
    bench_expect(&bench, MEM_REQ, 0, "_1____1____1____");
    bench_expect(&bench, D_RSP, 0, "________________1");
    assert_true(bench.counter[MMU_COUNT_WALK_RESTARTS][39] == 2);
    assert_true(bench.counter[MMU_COUNT_FENCES][39] == 6);
}

static void fence_leaves_a_waiting_request_alone(void **state) {
    (void)state;
    begin(1, 2);
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_1, MMU_LOAD);
    bench_offer(&bench, MMU_PORT_FETCH, 0, VA_1B, MMU_FETCH);
    bench_fence(&bench, 3);  // the last answer of the data walk: again from 4, until 6
    bench_run(&bench, 20);
    bench_expect(&bench, MEM_REQ, 0, "_1__1__1__");
    bench_expect(&bench, D_RSP, 0, "_______1___");
    bench_expect(&bench, F_RSP, 0, "__________1");
}

static void fence_lets_an_ignored_error_pass(void **state) {
    (void)state;
    begin(1, 2);
    uint64_t *root = fixture_slot(&bench.memory, VA_2, 2);
    uint64_t pointer = *root;
    *root = fixture_pte(0x1, MMU_PTE_V);  // no memory there
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_2, MMU_LOAD);
    bench_fence(&bench, 5);  // the erroneous read is granted in 4, answered in 6
    bench_run(&bench, 6);
    *root = pointer;
    struct mmu_engine *engine = bench.engine;
    mmu_engine_advance(engine, 12);
    assert_non_null(mmu_engine_response(engine, MMU_PORT_DATA));
    assert_false(mmu_engine_response(engine, MMU_PORT_DATA)->fault);
    const struct mmu_history *history = bench_history(&bench, MMU_PORT_DATA, 0);
    assert_true(history->access[1].error && history->access[1].ignored);
}

static void fence_sees_requests_of_its_cycle_hit_and_later_ones_miss(void **state) {
    (void)state;
    begin(1, 1);
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_1, MMU_LOAD);
    bench_offer(&bench, MMU_PORT_DATA, 10, VA_1, MMU_LOAD);
    bench_offer(&bench, MMU_PORT_DATA, 11, VA_1, MMU_LOAD);
    bench_fence(&bench, 10);
    bench_run(&bench, 20);
    bench_expect(&bench, D_RSP, 10, "_1__1__");
    assert_int_equal(bench.answer[0][11].source, MMU_SOURCE_TLB);
    assert_int_equal(bench.answer[0][14].source, MMU_SOURCE_WALK);
}

// --- updates ----------------------------------------------------------------------------------

static void begin_update(uint32_t grant_cycles, uint32_t data_cycles) {
    begin(grant_cycles, data_cycles);
    bench.csr.adue = true;
    fixture_map(&bench.memory, VA_1, 2, UINT64_C(1) << 18, MMU_PTE_V | MMU_PTE_R | MMU_PTE_W);
}

// g = 3, L = 2: read 1..3, answer 5; compare-and-write 6..8, answer 10.
static void fence_waits_while_a_compare_and_write_is_on_the_wires(void **state) {
    (void)state;
    begin_update(3, 2);
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_1, MMU_STORE);
    bench_fence(&bench, 6);  // accepted in 9, before the answer
    bench_run(&bench, 30);
    bench_expect(&bench, MEM_REQ, 0, "_111__ 111__ 111__");
    bench_expect(&bench, MEM_WRITE, 0, "______ 111__ _____");
    bench_expect(&bench, FENCE_READY, 0, "111111 ___11 11111");
    assert_true(bench.counter[MMU_COUNT_FENCES][9] == 0);
    assert_true(bench.counter[MMU_COUNT_FENCES][10] == 1);
    // The write stood; the walk reads again from the root and finds A and D set.
    bench_expect(&bench, D_RSP, 0, "______ _____ _____1");
    assert_true(bench.counter[MMU_COUNT_PTE_WRITES][29] == 1);
    assert_true(bench.counter[MMU_COUNT_WALK_RESTARTS][29] == 1);
}

static void update_conflict_reads_the_same_pte_again(void **state) {
    (void)state;
    begin_update(1, 2);
    bench.memory.conflicts = 1;
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_1, MMU_STORE);
    bench_run(&bench, 30);
    bench_expect(&bench, MEM_REQ, 0, "_1__1__1__1___");
    bench_expect(&bench, MEM_WRITE, 0, "____1_____1___");
    bench_expect(&bench, D_RSP, 0, "_____________1");
    assert_int_equal(bench.answer[0][13].perm,
                     MMU_PTE_V | MMU_PTE_R | MMU_PTE_W | MMU_PTE_A | MMU_PTE_D);
    assert_true(bench.counter[MMU_COUNT_PTE_WRITE_CONFLICTS][6] == 0);
    assert_true(bench.counter[MMU_COUNT_PTE_WRITE_CONFLICTS][7] == 1);
}

static void update_conflict_that_a_fence_hides_is_not_counted(void **state) {
    (void)state;
    begin_update(1, 2);
    bench.memory.conflicts = 1;
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_1, MMU_STORE);
    bench_fence(&bench, 6);  // the answer of the compare-and-write
    bench_run(&bench, 30);
    bench_expect(&bench, D_RSP, 0, "_____________1");
    assert_true(bench.counter[MMU_COUNT_PTE_WRITE_CONFLICTS][29] == 0);
    assert_true(bench.counter[MMU_COUNT_WALK_RESTARTS][29] == 1);
}

static void store_to_a_clean_page_in_the_tlb_is_a_miss_that_replaces_the_entry(void **state) {
    (void)state;
    begin_update(1, 1);
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_1, MMU_LOAD);
    bench_offer(&bench, MMU_PORT_DATA, 10, VA_1, MMU_STORE);
    bench_run(&bench, 30);
    assert_true(bench_first(&bench, D_RSP, 0) == 5);
    assert_true(bench_first(&bench, D_RSP, 10) == 15);
    assert_true(bench.counter[MMU_COUNT_MISSES][29] == 2);
    assert_true(bench.counter[MMU_COUNT_EVICTIONS][29] == 0);
    assert_false(mmu_tlb_at(mmu_engine_tlb(bench.engine, 0), 0, 1)->valid);
    assert_true(mmu_tlb_at(mmu_engine_tlb(bench.engine, 0), 0, 0)->perm & MMU_PTE_D);
}

// --- counters at intermediate cycles ------------------------------------------------------------

static void counters_show_an_event_in_the_cycle_after_it(void **state) {
    (void)state;
    begin(2, 3);
    bench_offer(&bench, MMU_PORT_DATA, 3, VA_1, MMU_LOAD);       // s = 3, e = 8
    bench_offer(&bench, MMU_PORT_FETCH, 4, VA_NONE, MMU_FETCH);  // s = 8, e = 13
    bench_offer(&bench, MMU_PORT_DATA, 10, VA_1, MMU_LOAD);      // hit
    bench_run(&bench, 20);
    const struct {
        unsigned counter, since;  // 0 up to and including `since`, 1 afterwards
    } single[] = {{MMU_COUNT_MISSES, 3},     {MMU_COUNT_FILLS, 8},
                  {MMU_COUNT_HITS, 10},      {8 + MMU_COUNT_REQUESTS, 4},
                  {8 + MMU_COUNT_MISSES, 4}, {8 + MMU_COUNT_FAULTS, 13}};
    for (size_t k = 0; k < sizeof single / sizeof *single; ++k) {
        for (unsigned c = 0; c < 20; ++c)
            assert_int_equal(bench.counter[single[k].counter][c], c > single[k].since);
    }
    for (unsigned c = 0; c < 20; ++c) {
        // wait cycles of fetch: 5 .. 8; walker busy: 4 .. 13; grants in 5 and 10
        unsigned waited = c <= 5 ? 0 : c >= 9 ? 4 : c - 5;
        unsigned busy = c <= 4 ? 0 : c >= 14 ? 10 : c - 4;
        assert_int_equal(bench.counter[8 + MMU_COUNT_WAIT_CYCLES][c], waited);
        assert_int_equal(bench.counter[MMU_COUNT_WAIT_CYCLES][c], 0);
        assert_int_equal(bench.counter[MMU_COUNT_WALKER_BUSY_CYCLES][c], busy);
        assert_int_equal(bench.counter[MMU_COUNT_PTE_READS][c], (c > 5) + (c > 10));
        assert_int_equal(bench.counter[MMU_COUNT_WALKS][c], (c > 8) + (c > 13));
        assert_int_equal(bench.counter[MMU_COUNT_CYCLES][c], c);
    }
    assert_true(mmu_engine_counter(bench.engine, 31) == 0);
}

#define TIMING(test) cmocka_unit_test_teardown(test, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TIMING(reset_shows_ready_ports_and_nothing_valid),
        TIMING(drawing_of_hits_under_a_miss),
        TIMING(drawing_of_the_memory_port),
        TIMING(drawing_of_a_fetch_that_waits_for_a_data_walk),
        TIMING(drawing_of_a_fence_in_the_middle_of_a_walk),
        TIMING(outcomes_without_a_walk_take_one_cycle),
        TIMING(walk_alone_takes_n_times_g_plus_l_plus_1),
        TIMING(walk_that_faults_takes_as_long_and_fills_nothing),
        TIMING(walker_serves_a_fetch_that_came_first_then_data_without_a_bubble),
        TIMING(slots_are_given_to_the_ports_in_turn),
        TIMING(hits_of_one_port_flow_during_a_walk_of_the_other),
        TIMING(response_is_held_until_taken_and_blocks_its_port_only),
        TIMING(fault_record_blocks_its_port_until_the_cycle_after_it_is_taken),
        TIMING(fault_records_of_one_cycle_are_shown_data_first),
        TIMING(fault_records_are_shown_in_the_order_in_which_they_became_valid),
        TIMING(fence_in_each_cycle_of_a_walk_restarts_it_after_the_present_answer),
        TIMING(fences_while_an_ignored_answer_is_awaited_change_nothing_more),
        TIMING(fence_leaves_a_waiting_request_alone),
        TIMING(fence_lets_an_ignored_error_pass),
        TIMING(fence_sees_requests_of_its_cycle_hit_and_later_ones_miss),
        TIMING(fence_waits_while_a_compare_and_write_is_on_the_wires),
        TIMING(update_conflict_reads_the_same_pte_again),
        TIMING(update_conflict_that_a_fence_hides_is_not_counted),
        TIMING(store_to_a_clean_page_in_the_tlb_is_a_miss_that_replaces_the_entry),
        TIMING(counters_show_an_event_in_the_cycle_after_it),
    };
    return cmocka_run_group_tests_name("unit.timing", tests, NULL, NULL) == 0 ? 0 : 1;
}
