// SPDX-License-Identifier: Apache-2.0
// Several walks in flight: slots, wires, answers out of order, merging, RESOLVE, completion, kills
// and fences of several (sections 4, 7, 9, 11, 12).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bench.h"

// Pages of one, two and three reads; those of one kind differ in their root PTE.
#define VA_1(k) (UINT64_C(0x0000001000000000) + ((uint64_t)(k) << 30))
#define VA_2(k) (UINT64_C(0x0000000800200000) + ((uint64_t)(k) << 30))
#define VA_3(k) (UINT64_C(0x00000000C0403000) + ((uint64_t)(k) << 30))
#define VA_NONE UINT64_C(0x0000003000000000)

static struct bench bench;

static void begin(uint32_t walks, uint32_t grant_cycles, uint32_t data_cycles) {
    struct mmu_config config = mmu_config_default();
    config.walks = walks;
    bench_init_config(&bench, &config);
    for (uint64_t k = 0; k < 4; ++k) {
        fixture_map(&bench.memory, VA_1(k), 2, (k + 1) << 18, RWX_AD_S);
        fixture_map(&bench.memory, VA_2(k), 1, (k + 1) << 9, RWX_AD_S);
        fixture_map(&bench.memory, VA_3(k), 0, 0x30 + k, RWX_AD_S);
    }
    bench.memory.grant_cycles = grant_cycles;
    bench.memory.data_cycles = data_cycles;
}

static int end(void **state) {
    (void)state;
    bench_free(&bench);
    return 0;
}

static void load(uint64_t cycle, uint64_t va) {
    bench_offer(&bench, MMU_PORT_DATA, cycle, va, MMU_LOAD);
}

static void fetch(uint64_t cycle, uint64_t va) {
    bench_offer(&bench, MMU_PORT_FETCH, cycle, va, MMU_FETCH);
}

static uint64_t response_cycle(enum mmu_port port, unsigned k) {
    return bench_history(&bench, port, k)->response_cycle;
}

// --- slots and wires -----------------------------------------------------------------------------

static void drawing_of_two_walks_in_flight(void **state) {
    (void)state;
    begin(2, 1, 2);
    const uint64_t t = 5;
    load(t, VA_2(0));
    fetch(t, VA_2(1));
    bench_run(&bench, 30);
    bench_expect_ids(&bench, t, "_01_01__");
    bench_expect(&bench, D_RSP, t, "_______1_");
    bench_expect(&bench, F_RSP, t, "________1");
    const struct mmu_history *history = bench_history(&bench, MMU_PORT_FETCH, 0);
    assert_true(history->start_cycle == t + 1 && history->slot == 1);
    assert_true(history->terms.wait == 1 && history->terms.wire == 0);
    for (uint64_t c = 0; c <= 9; ++c) {  // slots are held in t+1 .. t+6 and t+2 .. t+7
        uint64_t first = c < 1 ? 0 : c > 7 ? 6 : c - 1, second = c < 2 ? 0 : c > 8 ? 6 : c - 2;
        assert_true(bench.counter[MMU_COUNT_SLOT_CYCLES][t + c] == first + second);
        uint64_t busy = c < 1 ? 0 : c > 8 ? 7 : c - 1;
        assert_true(bench.counter[MMU_COUNT_WALKER_BUSY_CYCLES][t + c] == busy);
        assert_int_equal(bench.counter[MMU_COUNT_WALKS][t + c], (c > 6) + (c > 7));
    }
}

static void wires_are_given_to_the_slots_in_turn(void **state) {
    (void)state;
    begin(3, 3, 1);  // the wires are never idle: each transaction needs them for 3 cycles
    load(0, VA_2(0));
    load(1, VA_2(1));
    load(2, VA_2(2));
    bench_run(&bench, 40);
    bench_expect_ids(&bench, 0, "_000111222000111222_");
    // Ready in 1, 2 and 3, on the wires in 1, 4 and 7; then in 5, 8, 11, on the wires in 10,
    // 13, 16.
    for (unsigned k = 0; k < 3; ++k) {
        const struct mmu_history *history = bench_history(&bench, MMU_PORT_DATA, k);
        assert_true(history->access[0].ready_cycle == k + 1);
        assert_true(history->access[0].request_cycle == 3 * k + 1);
        assert_true(history->access[1].ready_cycle == 3 * k + 5);
        assert_true(history->access[1].request_cycle == 3 * k + 10);
        assert_true(history->terms.wire == 2 * k + 5 && history->terms.grant == 6);
        assert_true(history->response_cycle == 3 * k + 14);
    }
    assert_true(bench_counter(&bench, MMU_COUNT_WIRE_WAIT_CYCLES) == 5 + 7 + 9);
}

static void two_answers_never_come_in_one_cycle(void **state) {
    (void)state;
    begin(3, 1, 1);
    bench.memory.data_of[0] = 6;  // granted in 1: answer in 7
    bench.memory.data_of[1] = 5;  // granted in 2: 7 is taken: 8
    bench.memory.data_of[2] = 4;  // granted in 3: 7 and 8 are taken: 9
    load(0, VA_1(0));
    load(1, VA_1(1));
    load(2, VA_1(2));
    bench_run(&bench, 30);
    for (unsigned k = 0; k < 3; ++k) {
        const struct mmu_history *history = bench_history(&bench, MMU_PORT_DATA, k);
        assert_true(history->access[0].data_cycle == 7u + k);
        assert_true(history->response_cycle == 8 + k && history->terms.memory == 6);
    }
}

static void shorter_walk_answers_first(void **state) {
    (void)state;
    begin(2, 1, 3);
    load(0, VA_3(0));  // 3 reads
    load(1, VA_1(0));  // 1 read: 1 + 1(1+3) + 1
    load(2, VA_1(0));  // the page being walked: waits for that
    bench_run(&bench, 40);
    assert_true(response_cycle(MMU_PORT_DATA, 1) == 6);
    assert_int_equal(bench.answer[0][6].tag, 1);
    assert_int_equal(bench.answer[0][7].tag, 2);
    assert_true(response_cycle(MMU_PORT_DATA, 0) == 13);
    assert_int_equal(bench.answer[0][13].tag, 0);
}

static void miss_waits_for_a_slot_and_takes_it_in_the_cycle_in_which_it_is_free(void **state) {
    (void)state;
    begin(2, 1, 2);
    load(0, VA_1(0));  // slot 0: completes in 3
    load(1, VA_1(1));  // slot 1: completes in 4
    load(2, VA_1(2));  // waits in 3, taken by slot 0 at its end
    bench_run(&bench, 20);
    bench_expect(&bench, D_READY, 0, "111__1_11");  // finished in 3, 4 and 6
    bench_expect_ids(&bench, 0, "_01_0___");
    assert_true(bench_history(&bench, MMU_PORT_DATA, 2)->start_cycle == 3);
    assert_int_equal(bench_history(&bench, MMU_PORT_DATA, 2)->slot, 0);
    assert_true(bench_counter(&bench, MMU_COUNT_WAIT_CYCLES) == 1);
}

// --- merging
// -----------------------------------------------------------------------------------------

static void request_for_a_page_being_walked_takes_its_translation(void **state) {
    (void)state;
    for (unsigned word = 0; word < 2 * 6; ++word) {
        unsigned other = word / 6;
        uint64_t t = word % 6 + 1;
        begin(4, 1, 1);
        load(0, VA_3(0));  // walk in 1 .. 6, response in 7
        if (other) fetch(t, VA_3(0) + 8);
        if (!other) load(t, VA_3(0) + 8);
        bench_run(&bench, 30);
        enum mmu_port port = other ? MMU_PORT_FETCH : MMU_PORT_DATA;
        unsigned k = !other;
        const struct mmu_history *history = bench_history(&bench, port, k);
        // Its own port is not ready in 6: accepted in 7, it hits.
        bool hit = !other && t == 6;
        assert_int_equal(bench.memory.reads, 3);
        assert_int_equal(history->merged, !hit);
        assert_true(history->response_cycle == 8);
        assert_int_equal(bench.answer[port][8].source, hit ? MMU_SOURCE_TLB : MMU_SOURCE_WALK);
        assert_true(bench.answer[port][8].pa == 0x30008);
        if (!hit) assert_true(history->terms.wait == 6 - t && history->terms.resolve == 1);
        assert_true(bench.counter[MMU_COUNT_MERGES + 8 * other][6] == 0);
        assert_true(bench.counter[MMU_COUNT_MERGES + 8 * other][7] == !hit);
        // Filled once on each port that asked.
        assert_true(bench_counter(&bench, MMU_COUNT_FILLS) == 1);
        assert_true(bench_counter(&bench, 8 + MMU_COUNT_FILLS) == other);
        assert_true(bench_counter(&bench, MMU_COUNT_WALKS) == 1);
        bench_free(&bench);
    }
    begin(1, 1, 1);
}

static void other_space_or_page_is_not_merged(void **state) {
    (void)state;
    begin(2, 1, 1);
    fixture_map(&bench.memory, VA_3(0) + 4096, 0, 0x99, RWX_AD_S);
    load(0, VA_3(0));
    fetch(1, VA_3(0) + 4096);
    bench_run(&bench, 30);
    assert_int_equal(bench.memory.reads, 6);
    bench_free(&bench);

    begin(2, 1, 1);
    struct mmu_request request = {.va = VA_3(0), .access = MMU_LOAD};
    for (uint16_t asid = 1; asid <= 2; ++asid) {
        bench.csr.satp = FIXTURE_SATP_ASID(asid);
        request.tag = (uint8_t)asid;
        mmu_engine_accept(bench.engine, MMU_PORT_DATA, &request, &bench.csr);
        mmu_engine_advance(bench.engine, mmu_engine_cycle(bench.engine));
    }
    mmu_engine_advance(bench.engine, 30);
    assert_int_equal(bench.memory.reads, 6);
}

static void walk_that_faults_resolves_nothing(void **state) {
    (void)state;
    begin(4, 1, 1);
    load(0, VA_NONE);   // one read: completes in 2
    fetch(0, VA_NONE);  // candidate again in 3
    bench_run(&bench, 20);
    assert_true(response_cycle(MMU_PORT_DATA, 0) == 3);
    assert_true(bench_history(&bench, MMU_PORT_FETCH, 0)->start_cycle == 3);
    assert_true(response_cycle(MMU_PORT_FETCH, 0) == 6);
    assert_int_equal(bench.answer[1][6].cause, MMU_CAUSE_FETCH_PAGE);
    assert_int_equal(bench.memory.reads, 2);
    assert_true(bench_counter(&bench, 8 + MMU_COUNT_MERGES) == 0);
}

static void killed_walk_resolves_nothing_and_is_not_waited_for(void **state) {
    (void)state;
    begin(2, 1, 2);
    load(0, VA_3(0));
    fetch(1, VA_3(0));
    bench_kill(&bench, MMU_PORT_DATA, 4);  // its second read is on the wires: answer in 6
    bench_run(&bench, 30);
    const struct mmu_history *history = bench_history(&bench, MMU_PORT_FETCH, 0);
    assert_true(history->start_cycle == 4 && history->slot == 1 && !history->merged);
    assert_true(history->response_cycle == 4 + 9 + 1);
    assert_int_equal(bench.memory.reads, 2 + 3);
    bench_expect(&bench, D_RSP, 0, "____________________");
}

static void store_goes_on_to_its_own_walk_if_the_page_is_clean(void **state) {
    (void)state;
    begin(2, 1, 1);
    bench.csr.adue = true;
    fixture_map(&bench.memory, VA_3(0), 0, 0x30, RWX_AD_S & ~MMU_PTE_D);
    load(0, VA_3(0));  // response in 7
    bench_offer(&bench, MMU_PORT_DATA, 1, VA_3(0), MMU_STORE);
    bench_run(&bench, 40);
    const struct mmu_history *history = bench_history(&bench, MMU_PORT_DATA, 1);
    // WAIT in 2 .. 6, RESOLVE in 7, WAIT in 8, and taken; three reads and a write.
    assert_true(history->terms.wait == 6 && history->terms.resolve == 1);
    assert_true(history->start_cycle == 8 && !history->merged);
    assert_true(history->response_cycle == 8 + 4 * 2 + 1);
    assert_true(history->terms.update_grant == 1 && history->terms.update_memory == 1);
    assert_int_equal(bench.memory.writes, 1);
}

static void store_without_permission_faults_in_resolve(void **state) {
    (void)state;
    begin(2, 1, 1);
    fixture_map(&bench.memory, VA_3(0), 0, 0x30, MMU_PTE_V | MMU_PTE_R | MMU_PTE_A);
    load(0, VA_3(0));
    bench_offer(&bench, MMU_PORT_DATA, 1, VA_3(0), MMU_STORE);  // neither W nor D
    bench_run(&bench, 20);
    assert_true(response_cycle(MMU_PORT_DATA, 1) == 8);
    assert_int_equal(bench.answer[0][8].cause, MMU_CAUSE_STORE_PAGE);
    assert_int_equal(bench.answer[0][8].source, MMU_SOURCE_WALK);
}

static void resolve_waits_for_the_response_register(void **state) {
    (void)state;
    begin(2, 1, 1);
    bench.response_ready_from[MMU_PORT_DATA] = 20;
    load(0, VA_3(0));  // response in 7 .. 20
    load(1, VA_3(0));  // RESOLVE in 7 .. 20
    bench_run(&bench, 40);
    const struct mmu_history *history = bench_history(&bench, MMU_PORT_DATA, 1);
    assert_true(history->response_cycle == 21 && history->terms.resolve == 14);
    bench_expect(&bench, D_READY, 6, "_ ______________ 1");
}

static void fence_or_kill_in_resolve(void **state) {
    (void)state;
    for (unsigned killed = 0; killed < 2; ++killed) {
        begin(2, 1, 1);
        bench.response_ready_from[MMU_PORT_DATA] = 20;
        load(0, VA_3(0));
        load(1, VA_3(0));
        if (killed) bench_kill(&bench, MMU_PORT_DATA, 10);
        if (!killed) bench_fence(&bench, 10);  // WAIT from 11 on, own walk in 12 .. 17
        bench_run(&bench, 40);
        assert_int_equal(bench.memory.reads, killed ? 3 : 6);
        const struct mmu_history *history = bench_history(&bench, MMU_PORT_DATA, 1);
        if (killed) {
            assert_true(history->response_cycle == MMU_NEVER);
        } else {
            assert_true(history->start_cycle == 11 && history->response_cycle == 21);
            assert_true(history->terms.resolve == 4 && history->terms.completion == 3);
        }
        bench_free(&bench);
    }
    begin(1, 1, 1);
}

// --- completion
// ---------------------------------------------------------------------------------------

static void finished_walks_complete_in_turn_once_the_response_is_taken(void **state) {
    (void)state;
    begin(4, 1, 1);
    bench.response_ready_from[MMU_PORT_DATA] = 20;
    bench.memory.data_of[1] = 5;  // slot 1 finishes last, in 7; slot 2 in 4, slot 3 in 5
    for (uint64_t k = 0; k < 2; ++k) load(k, VA_1(k));
    fetch(2, VA_1(2));
    fetch(3, VA_1(3));
    bench.response_ready_from[MMU_PORT_FETCH] = 30;
    bench_run(&bench, 50);
    // Slot 0's answer stands from 3 on, slot 2's from 5 on; 1 and 3 wait for theirs.
    assert_true(response_cycle(MMU_PORT_DATA, 0) == 3);
    assert_true(response_cycle(MMU_PORT_FETCH, 0) == 5);
    assert_true(response_cycle(MMU_PORT_DATA, 1) == 21);
    assert_true(response_cycle(MMU_PORT_FETCH, 1) == 31);
    assert_true(bench_history(&bench, MMU_PORT_DATA, 1)->terms.completion == 13);
    assert_true(bench_counter(&bench, MMU_COUNT_COMPLETION_WAIT_CYCLES) == 13 + 25);
    bench_expect(&bench, D_READY, 18, "___11");  // finished until 20
    bench_free(&bench);

    begin(3, 1, 4);  // all of one port: after the slot that completed last
    bench.response_ready_from[MMU_PORT_DATA] = 20;
    for (uint64_t k = 0; k < 3; ++k) load(k, VA_1(k));
    bench_run(&bench, 40);
    bench_expect(&bench, D_RSP, 18, "11111_");
    for (unsigned k = 0; k < 3; ++k) assert_int_equal(bench.answer[0][20 + k].tag, k);
    bench_free(&bench);

    begin(3, 1, 1);
    bench.memory.data_of[0] = 6;  // slot 0 finishes in 7, slot 1 in 3, slot 2 in 4
    bench.fault_ready_from = 20;
    for (uint64_t k = 0; k < 3; ++k) load(k, VA_NONE + (k << 30));
    bench_run(&bench, 40);  // faults need the port's record: slot 1 first, then 2, then 0
    static const uint64_t expected[3] = {24, 4, 22};
    for (unsigned k = 0; k < 3; ++k) assert_true(response_cycle(MMU_PORT_DATA, k) == expected[k]);
}

static void success_overtakes_a_fault_that_waits_for_the_record(void **state) {
    (void)state;
    begin(3, 1, 4);
    bench.fault_ready_from = 20;
    load(0, VA_NONE);                        // finished in 5, record from 6 to 20
    load(1, VA_NONE + (UINT64_C(1) << 30));  // finished in 6
    load(2, VA_1(0));                        // finished in 7: the record is not its concern
    bench_run(&bench, 40);
    assert_true(response_cycle(MMU_PORT_DATA, 0) == 6);
    assert_true(response_cycle(MMU_PORT_DATA, 2) == 8);
    assert_true(response_cycle(MMU_PORT_DATA, 1) == 22);
}

// --- kills and fences of several
// ------------------------------------------------------------------------

static void kill_drops_everything_of_its_port_and_nothing_else(void **state) {
    (void)state;
    begin(3, 1, 4);
    load(0, VA_3(0));
    load(1, VA_3(1));
    fetch(1, VA_2(0));  // the third slot
    load(3, VA_3(2));   // waits
    bench_kill(&bench, MMU_PORT_DATA, 4);
    bench_run(&bench, 30);
    assert_int_equal(bench.killed[0], 3);
    assert_true(bench.counter[MMU_COUNT_KILLS][4] == 0 && bench.counter[MMU_COUNT_KILLS][5] == 3);
    assert_true(bench_first(&bench, F_RSP, 0) > 0);
    bench_expect(&bench, D_RSP, 0, "______________________");
    bench_expect(&bench, D_READY, 3, "1_1111");
    assert_true(bench_counter(&bench, MMU_COUNT_WALKS) == 3);
    assert_int_equal(bench.memory.reads, 2 + 2);  // one each that were granted, two of the fetch
}

static void tag_of_a_killed_request_may_be_used_in_the_cycle_of_the_kill(void **state) {
    (void)state;
    begin(2, 1, 4);
    struct mmu_request request = {.va = VA_3(0), .access = MMU_LOAD, .tag = 3};
    mmu_engine_accept(bench.engine, MMU_PORT_DATA, &request, &bench.csr);
    mmu_engine_advance(bench.engine, 2);
    request.va = VA_1(0);
    assert_int_equal(mmu_engine_kill(bench.engine, MMU_PORT_DATA), 1u << 3);
    mmu_engine_accept(bench.engine, MMU_PORT_DATA, &request, &bench.csr);
    mmu_engine_advance(bench.engine, 3);
    assert_int_equal(mmu_engine_unanswered(bench.engine, MMU_PORT_DATA), 1u << 3);
    mmu_engine_advance(bench.engine, 30);
    assert_true(response_cycle(MMU_PORT_DATA, 3) == 3 + 5 + 1);
    assert_int_equal(bench_history(&bench, MMU_PORT_DATA, 3)->accesses, 1);
}

// Two walks of 3 reads, g = 1, L = 2: slot 0 reads in 1, 4, 7, slot 1 in 2, 5, 8; each answer two
// cycles later; they complete in 9 and 10.
static void fence_in_each_cycle_of_two_walks_restarts_what_is_in_flight(void **state) {
    (void)state;
    for (uint64_t f = 0; f <= 12; ++f) {
        begin(2, 1, 2);
        load(0, VA_3(0));
        fetch(0, VA_3(1));
        bench_fence(&bench, f);
        bench_run(&bench, 60);
        uint64_t restarts = (f >= 1 && f <= 9 ? 1u : 0u) + (f >= 2 && f <= 10 ? 1u : 0u);
        assert_true(bench_counter(&bench, MMU_COUNT_WALK_RESTARTS) == restarts);
        // Every read that was on the wires by f is made again, and those before it.
        unsigned again = 0;
        for (uint64_t k = 0; k < 3; ++k) {
            again += f >= 1 && f <= 9 && 3 * k + 1 <= f;
            again += f >= 2 && f <= 10 && 3 * k + 2 <= f;
        }
        assert_int_equal(bench.memory.reads, 6 + again);
        assert_int_equal(bench.answer[0][response_cycle(MMU_PORT_DATA, 0)].pa, 0x30000);
        assert_int_equal(bench.answer[1][response_cycle(MMU_PORT_FETCH, 0)].pa, 0x31000);
        // Slot 0 begins again in the cycle after the answer of the read of f.
        uint64_t expected = 10;
        if (f >= 1 && f <= 9) expected = (f - 1) / 3 * 3 + 4 + 9;
        assert_true(response_cycle(MMU_PORT_DATA, 0) == expected);
        bench_free(&bench);
    }
    begin(1, 1, 1);
}

static void fence_undoes_cycles_that_become_the_term_restart(void **state) {
    (void)state;
    begin(2, 1, 1);
    bench.response_ready_from[MMU_PORT_DATA] = 20;
    load(0, VA_1(0));        // response from 3 on
    load(1, VA_1(1));        // finished in 3, waits until the fence
    bench_fence(&bench, 9);  // restarted: read in 10, finished in 11
    bench_run(&bench, 40);
    const struct mmu_terms *terms = &bench_history(&bench, MMU_PORT_DATA, 1)->terms;
    assert_true(response_cycle(MMU_PORT_DATA, 1) == 21);
    assert_true(terms->restart == 6 && terms->completion == 9);  // 4 .. 9; 12 .. 20
    assert_true(terms->grant == 2 && terms->memory == 2);
    assert_true(bench_counter(&bench, MMU_COUNT_COMPLETION_WAIT_CYCLES) ==
                6 + 9);  // 3 .. 8; 11 .. 19
}

#define WALKS(test) cmocka_unit_test_teardown(test, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        WALKS(drawing_of_two_walks_in_flight),
        WALKS(wires_are_given_to_the_slots_in_turn),
        WALKS(two_answers_never_come_in_one_cycle),
        WALKS(shorter_walk_answers_first),
        WALKS(miss_waits_for_a_slot_and_takes_it_in_the_cycle_in_which_it_is_free),
        WALKS(request_for_a_page_being_walked_takes_its_translation),
        WALKS(other_space_or_page_is_not_merged),
        WALKS(walk_that_faults_resolves_nothing),
        WALKS(killed_walk_resolves_nothing_and_is_not_waited_for),
        WALKS(store_goes_on_to_its_own_walk_if_the_page_is_clean),
        WALKS(store_without_permission_faults_in_resolve),
        WALKS(resolve_waits_for_the_response_register),
        WALKS(fence_or_kill_in_resolve),
        WALKS(finished_walks_complete_in_turn_once_the_response_is_taken),
        WALKS(success_overtakes_a_fault_that_waits_for_the_record),
        WALKS(kill_drops_everything_of_its_port_and_nothing_else),
        WALKS(tag_of_a_killed_request_may_be_used_in_the_cycle_of_the_kill),
        WALKS(fence_in_each_cycle_of_two_walks_restarts_what_is_in_flight),
        WALKS(fence_undoes_cycles_that_become_the_term_restart),
    };
    return cmocka_run_group_tests_name("unit.walks", tests, NULL, NULL) == 0 ? 0 : 1;
}
