// SPDX-License-Identifier: Apache-2.0
// Kills: in every cycle of a walk, of a wait, with fences, with the next request behind.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bench.h"

#define VA_1 UINT64_C(0x0000000040001000)   // 1 GiB page: a walk of one read
#define VA_1B UINT64_C(0x0000000140001000)  // another
#define VA_3 UINT64_C(0x00000000C0403000)   // 4 KiB page: three reads

static struct bench bench;

static void begin(uint32_t grant_cycles, uint32_t data_cycles) {
    bench_init(&bench);
    fixture_map(&bench.memory, VA_1, 2, UINT64_C(1) << 18, RWX_AD_S);
    fixture_map(&bench.memory, VA_1B, 2, UINT64_C(5) << 18, RWX_AD_S);
    fixture_map(&bench.memory, VA_3, 0, 0x33, RWX_AD_S);
    bench.memory.grant_cycles = grant_cycles;
    bench.memory.data_cycles = data_cycles;
}

static int end(void **state) {
    (void)state;
    bench_free(&bench);
    return 0;
}

static uint64_t final(unsigned counter) {
    return mmu_engine_counter(bench.engine, counter);
}

// Walk of 3 reads, g = 2, L = 3, accepted in 0: transaction k has its request in 5k+1, 5k+2 and
// its answer in 5k+5. A kill in c lets the transaction of c be completed, and no other.
static void kill_in_each_cycle_of_a_walk_ends_it_with_the_present_answer(void **state) {
    (void)state;
    for (uint64_t c = 0; c <= 17; ++c) {
        begin(2, 3);
        bench_offer(&bench, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
        bench_kill(&bench, MMU_PORT_DATA, c);
        bench_run(&bench, 40);
        bool in_flight = c >= 1 && c <= 15;
        uint64_t reads = in_flight ? (c - 1) / 5 + 1 : 3;
        assert_int_equal(bench.killed[0], in_flight);
        assert_true(final(MMU_COUNT_KILLS) == in_flight);
        assert_int_equal(bench.memory.reads, reads);
        assert_true(final(MMU_COUNT_PTE_READS) == reads);
        assert_true(final(MMU_COUNT_WALKS) == 1);
        assert_true(final(MMU_COUNT_FILLS) == !in_flight);
        assert_true(final(MMU_COUNT_WALKER_BUSY_CYCLES) == 5 * reads);
        assert_true(final(MMU_COUNT_WALK_RESTARTS) == 0);
        for (uint64_t look = 0; look < 40; ++look) {
            assert_int_equal(bench.wire[D_RSP][look], !in_flight && look == 16);
            // Finished in 15, killed in that very cycle or not.
            bool finished = look == 15 && !(in_flight && c < 15);
            assert_int_equal(bench.wire[D_READY][look], !finished);
            bool on_wires = look >= 1 && look <= 5 * reads && (look - 1) % 5 < 2;
            assert_int_equal(bench.wire[MEM_REQ][look], on_wires);
            if (in_flight) assert_int_equal(bench.counter[MMU_COUNT_WALKS][look], look > 5 * reads);
        }
        bench_free(&bench);
    }
    begin(1, 1);
}

static void kill_of_an_idle_port_has_no_effect(void **state) {
    (void)state;
    begin(1, 1);
    bench_kill(&bench, MMU_PORT_DATA, 0);   // with nothing
    bench_kill(&bench, MMU_PORT_DATA, 4);   // of a request accepted in this very cycle
    bench_kill(&bench, MMU_PORT_FETCH, 5);  // of the other port
    bench_offer(&bench, MMU_PORT_DATA, 4, VA_1, MMU_LOAD);
    bench.response_ready_from[MMU_PORT_DATA] = 12;
    bench_kill(&bench, MMU_PORT_DATA, 9);  // of a response in its register
    bench_run(&bench, 20);
    bench_expect(&bench, D_RSP, 4, "___111111_");
    assert_int_equal(bench.killed[0] + bench.killed[1], 0);
    assert_true(final(MMU_COUNT_KILLS) == 0);
}

static void kill_leaves_a_fault_record_alone(void **state) {
    (void)state;
    begin(1, 1);
    bench.fault_ready_from = 10;
    bench_offer(&bench, MMU_PORT_DATA, 0, UINT64_C(1) << 38, MMU_LOAD);
    bench_kill(&bench, MMU_PORT_DATA, 1);
    bench_run(&bench, 20);
    bench_expect(&bench, FAULT, 0, "_1111111111__");
}

static void kill_of_a_walk_that_would_fault_makes_no_record(void **state) {
    (void)state;
    begin(1, 2);
    bench_offer(&bench, MMU_PORT_DATA, 0, UINT64_C(7) << 30, MMU_LOAD);  // no such page; ends in 3
    bench_kill(&bench, MMU_PORT_DATA, 3);
    bench_run(&bench, 10);
    bench_expect(&bench, FAULT, 0, "__________");
    bench_expect(&bench, D_RSP, 0, "__________");
    assert_true(final(MMU_COUNT_FAULTS) == 0);
    assert_true(final(MMU_COUNT_WALKS) == 1);
}

static void next_request_waits_for_the_killed_walk_to_end(void **state) {
    (void)state;
    begin(1, 6);
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    bench_kill(&bench, MMU_PORT_DATA, 2);
    bench_offer(&bench, MMU_PORT_DATA, 3, VA_1, MMU_LOAD);  // s = 7
    bench_run(&bench, 30);
    bench_expect(&bench, MEM_REQ, 0, "_1_____ _1______");
    bench_expect(&bench, D_READY, 0, "1111___ _111111_ 11");
    bench_expect(&bench, D_RSP, 0, "_______ ________1__");
    const struct mmu_history *history = bench_history(&bench, MMU_PORT_DATA, 1);
    assert_true(history->accept_cycle == 3 && history->start_cycle == 7);
    // The killed walk's answer did not slip into the next one's history.
    assert_int_equal(history->accesses, 1);
    assert_true(history->access[0].request_cycle == 8 && !history->access[0].ignored);
    assert_true(final(MMU_COUNT_WAIT_CYCLES) == 4);
    assert_true(final(MMU_COUNT_WALKS) == 2);
    assert_true(final(MMU_COUNT_WALKER_BUSY_CYCLES) == 14);
}

static void next_request_hits_while_the_killed_walk_ends(void **state) {
    (void)state;
    begin(1, 2);
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_1, MMU_LOAD);  // fills
    bench_offer(&bench, MMU_PORT_DATA, 10, VA_3, MMU_LOAD);
    bench_kill(&bench, MMU_PORT_DATA, 11);
    bench_offer(&bench, MMU_PORT_DATA, 12, VA_1, MMU_LOAD);
    bench_run(&bench, 20);
    bench_expect(&bench, D_RSP, 10, "___1____");
    assert_int_equal(bench.answer[0][13].source, MMU_SOURCE_TLB);
}

static void history_of_a_killed_request_says_so_until_the_next_one(void **state) {
    (void)state;
    begin(1, 3);
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    bench_kill(&bench, MMU_PORT_DATA, 6);
    bench_run(&bench, 20);
    const struct mmu_history *history = bench_history(&bench, MMU_PORT_DATA, 0);
    assert_int_equal(history->accesses, 2);
    assert_false(history->access[0].ignored);
    assert_true(history->access[1].ignored);
    assert_true(history->response_cycle == MMU_NEVER);
}

// --- waiting requests ------------------------------------------------------------------------

static void kill_of_a_waiting_request_takes_it_out_in_that_cycle(void **state) {
    (void)state;
    // Data walk: 1 read, s = 0, e = 5; the fetch waits 1 .. 5 and would be taken at the end of 5.
    for (uint64_t c = 1; c <= 5; ++c) {
        begin(2, 3);
        bench_offer(&bench, MMU_PORT_DATA, 0, VA_1, MMU_LOAD);
        bench_offer(&bench, MMU_PORT_FETCH, 0, VA_1B, MMU_FETCH);
        bench_kill(&bench, MMU_PORT_FETCH, c);
        bench_run(&bench, 30);
        assert_int_equal(bench.memory.reads, 1);
        assert_true(final(8 + MMU_COUNT_WAIT_CYCLES) == c);  // the kill's cycle included
        assert_true(final(MMU_COUNT_WALKS) == 1);
        assert_true(final(MMU_COUNT_KILLS) == 1);
        for (uint64_t look = 1; look < 30; ++look)
            assert_int_equal(bench.wire[F_READY][look], look > c);
        bench_free(&bench);
    }
    begin(2, 3);
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_1, MMU_LOAD);
    bench_offer(&bench, MMU_PORT_FETCH, 0, VA_1B, MMU_FETCH);
    bench_kill(&bench, MMU_PORT_FETCH, 6);  // its request is on the wires
    bench_run(&bench, 30);
    assert_int_equal(bench.memory.reads, 2);
    assert_true(final(8 + MMU_COUNT_WAIT_CYCLES) == 5);
    assert_true(final(MMU_COUNT_WALKS) == 2);
}

static void killed_data_request_lets_a_fetch_of_the_same_cycle_start(void **state) {
    (void)state;
    begin(1, 3);
    bench_offer(&bench, MMU_PORT_FETCH, 0, VA_1, MMU_FETCH);  // ends in 4
    bench_offer(&bench, MMU_PORT_DATA, 1, VA_1B, MMU_LOAD);   // waits
    bench_kill(&bench, MMU_PORT_DATA, 4);
    bench_offer(&bench, MMU_PORT_FETCH, 4, VA_3, MMU_FETCH);  // accepted in 5
    bench_run(&bench, 30);
    bench_expect(&bench, MEM_REQ, 0, "_1____1___1");
    assert_true(bench_history(&bench, MMU_PORT_FETCH, 1)->start_cycle == 5);
}

static void two_kills_in_one_cycle_count_two(void **state) {
    (void)state;
    begin(1, 3);
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    bench_offer(&bench, MMU_PORT_FETCH, 0, VA_1, MMU_FETCH);
    bench_kill(&bench, MMU_PORT_DATA, 4);  // the answer of its first read
    bench_kill(&bench, MMU_PORT_FETCH, 4);
    bench_run(&bench, 20);
    assert_true(bench.counter[MMU_COUNT_KILLS][4] == 0 && bench.counter[MMU_COUNT_KILLS][5] == 2);
    assert_int_equal(bench.memory.reads, 1);
    assert_true(final(MMU_COUNT_WALKS) == 1);
    bench_expect(&bench, MEM_REQ, 0, "_1_________");
}

// --- with fences --------------------------------------------------------------------------------

static void killed_walk_is_not_restarted_by_a_fence_of_any_later_cycle(void **state) {
    (void)state;
    for (uint64_t kill = 1; kill <= 5; ++kill) {
        for (uint64_t fence = kill; fence <= 6; ++fence) {
            begin(2, 3);
            bench_offer(&bench, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
            bench_kill(&bench, MMU_PORT_DATA, kill);
            bench_fence(&bench, fence);
            bench_run(&bench, 30);
            assert_int_equal(bench.memory.reads, 1);
            assert_true(final(MMU_COUNT_WALK_RESTARTS) == 0);
            assert_true(final(MMU_COUNT_WALKS) == 1);
            assert_true(final(MMU_COUNT_FENCES) == 1);
            assert_true(final(MMU_COUNT_FILLS) == 0);
            bench_free(&bench);
        }
    }
    begin(1, 1);
}

static void kill_after_a_fence_ends_the_walk_where_it_would_begin_again(void **state) {
    (void)state;
    for (uint64_t kill = 2; kill <= 5; ++kill) {  // the fence's transaction is answered in 5
        begin(2, 3);
        bench_offer(&bench, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
        bench_fence(&bench, 1);
        bench_kill(&bench, MMU_PORT_DATA, kill);
        bench_run(&bench, 30);
        assert_int_equal(bench.memory.reads, 1);
        assert_true(final(MMU_COUNT_WALK_RESTARTS) == 0);
        assert_true(final(MMU_COUNT_WALKER_BUSY_CYCLES) == 5);
        bench_free(&bench);
    }
    begin(2, 3);
    bench_offer(&bench, MMU_PORT_DATA, 0, VA_3, MMU_LOAD);
    bench_fence(&bench, 1);
    bench_kill(&bench, MMU_PORT_DATA, 6);  // it has begun again
    bench_run(&bench, 30);
    assert_int_equal(bench.memory.reads, 2);
    assert_true(final(MMU_COUNT_WALK_RESTARTS) == 1);
}

// --- updates
// --------------------------------------------------------------------------------------

static void compare_and_write_on_the_wires_happens_although_killed(void **state) {
    (void)state;
    // g = 3, L = 2: read 1..3, answer 5; compare-and-write 6..8, answer 10.
    for (uint64_t kill = 5; kill <= 10; ++kill) {
        begin(3, 2);
        bench.csr.adue = true;
        uint64_t flags = MMU_PTE_V | MMU_PTE_R | MMU_PTE_W;
        fixture_map(&bench.memory, VA_1, 2, UINT64_C(1) << 18, flags);
        bench.memory.conflicts = kill == 10;
        bench_offer(&bench, MMU_PORT_DATA, 0, VA_1, MMU_STORE);
        bench_kill(&bench, MMU_PORT_DATA, kill);
        bench_fence(&bench, 6);
        bench_run(&bench, 30);
        uint64_t written = kill > 5;  // in 5 the answer of the read ends the walk
        assert_int_equal(bench.memory.writes, written);
        assert_true(final(MMU_COUNT_PTE_WRITES) == written);
        // The fence waits for the grant, killed or not; it came too late to restart the walk.
        if (written && kill < 9) bench_expect(&bench, FENCE_READY, 0, "111111 ___11 11111");
        bool dirty = *fixture_slot(&bench.memory, VA_1, 2) & MMU_PTE_D;
        assert_int_equal(dirty, written && kill != 10);
        // An ignored conflict is not counted.
        assert_true(final(MMU_COUNT_PTE_WRITE_CONFLICTS) == 0);
        assert_true(final(MMU_COUNT_WALKS) == 1 && final(MMU_COUNT_FILLS) == 0);
        bench_free(&bench);
    }
    begin(1, 1);
}

#define KILL(test) cmocka_unit_test_teardown(test, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        KILL(kill_in_each_cycle_of_a_walk_ends_it_with_the_present_answer),
        KILL(kill_of_an_idle_port_has_no_effect),
        KILL(kill_leaves_a_fault_record_alone),
        KILL(kill_of_a_walk_that_would_fault_makes_no_record),
        KILL(next_request_waits_for_the_killed_walk_to_end),
        KILL(next_request_hits_while_the_killed_walk_ends),
        KILL(history_of_a_killed_request_says_so_until_the_next_one),
        KILL(kill_of_a_waiting_request_takes_it_out_in_that_cycle),
        KILL(killed_data_request_lets_a_fetch_of_the_same_cycle_start),
        KILL(two_kills_in_one_cycle_count_two),
        KILL(killed_walk_is_not_restarted_by_a_fence_of_any_later_cycle),
        KILL(kill_after_a_fence_ends_the_walk_where_it_would_begin_again),
        KILL(compare_and_write_on_the_wires_happens_although_killed),
    };
    return cmocka_run_group_tests_name("unit.kill", tests, NULL, NULL) == 0 ? 0 : 1;
}
