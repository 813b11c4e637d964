// SPDX-License-Identifier: Apache-2.0
// Kills, wire by wire, and what the adapter itself promises about failed assertions: what
// these tests expect is derived in them from the specification. Cycle numbers count from
// reset.
#define _POSIX_C_SOURCE 200809L  // mkdtemp, setenv
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "smoke_bench.h"

#define ROOT (SMOKE_BASE_PPN * MMU_PAGE_BYTES)
#define VA UINT64_C(0x00000000C0403000)     // 4 KiB: three reads
#define VA_1G UINT64_C(0x0000000140000000)  // one read
#define DATA (1u << MMU_PORT_DATA)
#define FETCH (1u << MMU_PORT_FETCH)

static const struct dut_ops *ops, *planted;
static struct smoke s;
static const struct mmu_fence fence_all;

static int end(void **state) {
    (void)state;
    smoke_free(&s);
    return 0;
}

static void begin(uint32_t g, uint32_t l) {
    smoke_init(&s, ops, 0, g, l);
    smoke_map(&s, VA, 0, 0x33, RWX_AD);
    smoke_map(&s, VA_1G, 2, UINT64_C(5) << 18, RWX_AD);
}

static void expect_silence(uint64_t from, uint64_t to) {
    for (uint64_t c = from; c < to; ++c) {
        assert_false(s.wire[D_RSP][c] || s.wire[FAULT][c] || s.wire[FILL][c]);
    }
}

// g = 2, L = 3: requests in 6, 7; 11, 12; 16, 17, answers in 10, 15, 20.
static void kill_at_any_cycle_of_a_walk_drops_it(void **state) {
    (void)state;
    for (unsigned fence = 0; fence < 2; ++fence) {
        for (uint64_t at = 6; at <= 20; ++at) {
            begin(2, 3);
            smoke_offer(&s, MMU_PORT_DATA, 5, VA, MMU_LOAD);
            smoke_offer(&s, MMU_PORT_FETCH, 5, VA_1G, MMU_FETCH);
            smoke_kill(&s, at, DATA);
            if (fence) smoke_fence(&s, at, fence_all);
            smoke_run(&s, 50);
            const uint64_t ended = 10 + (at - 6) / 5 * 5;  // the answer in or after it
            expect_silence(0, ended + 6);
            for (uint64_t c = 6; c < 50; ++c) {  // not while a walk has finished: 20
                assert_int_equal(s.wire[D_READY][c], c != 20 || at != 20);
            }
            for (uint64_t c = at + 1; c <= ended; ++c) {  // what is on the wires stays there
                const uint64_t request = (c - 6) / 5 * 5 + 6;
                assert_int_equal(s.wire[MEM_REQ][c], c < request + 2);
            }
            smoke_expect(&s, MEM_REQ, ended + 1, "11_____");  // the fetch walk, of one read
            assert_true(smoke_first(&s, F_RSP, 0) == ended + 6);
            assert_true(smoke_counter(&s, MMU_COUNT_KILLS) == 1);
            assert_true(smoke_counter(&s, MMU_COUNT_WALKS) == 2);
            assert_true(smoke_counter(&s, MMU_COUNT_WALK_RESTARTS) == 0);
            assert_true(smoke_counter(&s, MMU_COUNT_FILLS) == 0);
            assert_true(smoke_counter(&s, MMU_COUNT_PTE_READS) == (ended - 10) / 5 + 2);
            assert_true(smoke_counter(&s, 8 + MMU_COUNT_WAIT_CYCLES) == ended - 5);
            smoke_free(&s);
        }
    }
}

static void kill_without_a_waiting_request_has_no_effect(void **state) {
    (void)state;
    begin(1, 1);
    s.take_from[CHANNEL_DATA] = 20;
    smoke_kill(&s, 4, DATA | FETCH);
    smoke_offer(&s, MMU_PORT_DATA, 5, VA, MMU_LOAD);
    smoke_kill(&s, 5, DATA | FETCH);   // accepted in this cycle
    smoke_kill(&s, 8, FETCH);          // the other port
    smoke_kill(&s, 12, DATA | FETCH);  // the response is in its register from 12 on
    smoke_kill(&s, 13, DATA | FETCH);
    smoke_run(&s, 30);
    assert_true(smoke_first(&s, D_RSP, 0) == 12);
    for (uint64_t c = 12; c <= 20; ++c) assert_true(s.wire[D_RSP][c]);
    assert_true(smoke_counter(&s, MMU_COUNT_KILLS) == 0);
    assert_true(smoke_counter(&s, MMU_COUNT_FILLS) == 1);
}

static void request_that_waits_is_gone_at_once(void **state) {
    (void)state;
    for (uint64_t at = 6; at <= 11; ++at) {  // data walks in 6 .. 11, the last answer in 11
        begin(1, 1);
        smoke_offer(&s, MMU_PORT_DATA, 5, VA, MMU_LOAD);
        smoke_offer(&s, MMU_PORT_FETCH, 5, VA, MMU_FETCH);
        smoke_kill(&s, at, FETCH);
        smoke_run(&s, 30);
        smoke_expect(&s, MEM_REQ, 5, "_1_1_1_________");
        smoke_expect(&s, D_RSP, 5, "_______1___");
        for (uint64_t c = 0; c < 30; ++c) assert_int_equal(s.wire[F_READY][c], c <= 5 || c > at);
        for (uint64_t c = 0; c < 30; ++c) assert_false(s.wire[F_RSP][c]);
        assert_true(smoke_counter(&s, 8 + MMU_COUNT_WAIT_CYCLES) == at - 5);
        assert_true(smoke_counter(&s, MMU_COUNT_WALKS) == 1);
        smoke_free(&s);
    }
}

static void both_ports_are_killed_in_one_cycle(void **state) {
    (void)state;
    begin(1, 4);
    smoke_offer(&s, MMU_PORT_DATA, 5, VA, MMU_LOAD);
    smoke_offer(&s, MMU_PORT_FETCH, 5, VA, MMU_FETCH);
    smoke_kill(&s, 8, DATA | FETCH);
    smoke_run(&s, 40);
    expect_silence(0, 40);
    smoke_expect(&s, MEM_REQ, 5, "_1__________");
    smoke_expect(&s, D_READY, 8, "111");
    smoke_expect(&s, F_READY, 8, "_11");  // waits for the page that data walks
    assert_true(smoke_counter(&s, MMU_COUNT_KILLS) == 2);
    assert_true(smoke_counter(&s, MMU_COUNT_WALKER_BUSY_CYCLES) == 5);  // 6 .. 10
}

// The port takes another request, with another root table, while the old one's is still on
// the wires.
static void request_on_the_wires_stays_as_it_is_under_a_new_request(void **state) {
    (void)state;
    static const uint64_t kills[3] = {6, 14, 22};  // g = 6, L = 2: requests in 6, 14, 22
    for (unsigned k = 0; k < 3; ++k) {
        begin(6, 2);
        smoke_offer(&s, MMU_PORT_DATA, 5, VA, MMU_LOAD);
        smoke_kill(&s, kills[k], DATA);
        smoke_offer(&s, MMU_PORT_DATA, kills[k] + 1, VA_1G, MMU_STORE);
        smoke_run(&s, kills[k] + 1);
        s.csr.satp += 8;  // an empty table
        smoke_run(&s, 60);
        for (uint64_t c = kills[k]; c < kills[k] + 6; ++c) {
            assert_true(s.wire[MEM_REQ][c] && !s.wire[MEM_WRITE][c]);
            assert_true(s.memory_request[c].pa == s.memory_request[kills[k]].pa);
        }
        const uint64_t ended = kills[k] + 7;
        assert_true(s.memory_request[ended + 1].pa == ROOT + 8 * MMU_PAGE_BYTES + 8 * 5);
        assert_true(smoke_first(&s, D_RSP, 0) == ended + 8 + 1);
        smoke_expect_fault(&s.answer[0][ended + 9], MMU_CAUSE_STORE_PAGE, MMU_SOURCE_WALK);
        smoke_free(&s);
    }
}

static void compare_and_write_on_the_wires_happens_all_the_same(void **state) {
    (void)state;
    for (unsigned access = MMU_LOAD; access <= MMU_STORE; ++access) {
        begin(4, 2);
        s.csr.adue = true;
        const uint64_t flags = RWX_AD & ~(MMU_PTE_A | MMU_PTE_D);
        smoke_map(&s, VA_1G, 2, UINT64_C(5) << 18, flags);
        smoke_offer(&s, MMU_PORT_DATA, 0, VA_1G, access);  // read 1 .. 6, write 7 .. 12
        smoke_kill(&s, 7, DATA);
        // The next request's kind is the other one: it must not change what is written.
        smoke_offer(&s, MMU_PORT_DATA, 8, VA, access ^ 3);
        smoke_run(&s, 60);
        smoke_expect(&s, MEM_WRITE, 6, "_1111__");
        for (uint64_t c = 7; c <= 10; ++c) {
            assert_true(smoke_same_request(&s.memory_request[c], &s.memory_request[7]));
        }
        const uint64_t set = MMU_PTE_A | (access == MMU_STORE ? MMU_PTE_D : 0);
        assert_true((smoke_pte(&s, VA_1G, 2) & 0xFF) == (flags | set));
        assert_true(smoke_first(&s, D_RSP, 0) == 12 + 3 * 6 + 1);
        assert_true(smoke_first(&s, FILL, 0) == 31);
        smoke_free(&s);
    }
}

// A conflict, an error, a fault in the killed walk's last answer: nobody hears of it.
static void what_the_answer_says_does_not_matter_after_a_kill(void **state) {
    (void)state;
    for (unsigned what = 0; what < 3; ++what) {
        for (uint64_t at = 1; at <= 4; ++at) {
            begin(1, 1);
            s.csr.adue = true;
            s.conflicts = what == 0;
            smoke_map(&s, VA_1G, 2, UINT64_C(5) << 18, what == 2 ? 0 : RWX_AD & ~MMU_PTE_A);
            if (what == 1) s.errors = 1;
            smoke_offer(&s, MMU_PORT_DATA, 0, VA_1G, MMU_LOAD);
            if (what == 0 || at <= 2) smoke_kill(&s, at, DATA);
            smoke_run(&s, 20);
            if (what == 0 || at <= 2) {
                expect_silence(0, 20);
                assert_true(smoke_counter(&s, MMU_COUNT_PTE_WRITE_CONFLICTS) == 0);
                assert_true(smoke_counter(&s, MMU_COUNT_FAULTS) == 0);
                assert_true(smoke_counter(&s, MMU_COUNT_WALKS) == 1);
                assert_true(smoke_counter(&s, MMU_COUNT_WALKER_BUSY_CYCLES) == (at <= 2 ? 2 : 4));
            } else {
                assert_true(s.answer[0][3].fault);  // so there was something to hear
            }
            smoke_free(&s);
        }
    }
}

static void fence_before_the_kill_does_not_bring_the_walk_back(void **state) {
    (void)state;
    begin(2, 3);
    smoke_offer(&s, MMU_PORT_DATA, 5, VA, MMU_LOAD);
    smoke_fence(&s, 7, fence_all);
    smoke_kill(&s, 9, DATA);
    smoke_fence(&s, 10, fence_all);
    smoke_run(&s, 30);
    expect_silence(0, 30);
    smoke_expect(&s, MEM_REQ, 5, "_11____________");
    assert_true(smoke_counter(&s, MMU_COUNT_WALK_RESTARTS) == 0);
}

// --- assertions of the RTL --------------------------------------------------------------------

// A copy of the design with an assertion that is wrong: no A/D update is ever decided.
static const struct dut_ops *plant(void) {
    static const char make[] =
        "mkdir \"$dir/rtl\" && cp rtl/*.sv rtl/rtl.f \"$dir/rtl\" && "
        "sed -i 's/^endmodule$/always @(posedge clk_i) if (rst_ni) no_update: assert "
        "(!update);\\n&/' "
        "\"$dir/rtl/tandem_mmu_walker.sv\"";
    char dir[] = "/tmp/tandem-planted-XXXXXX", options[64];
    if (mkdtemp(dir) == NULL || setenv("dir", dir, 1) != 0 || system(make) != 0) return NULL;
    snprintf(options, sizeof options, "--rtl %s/rtl", dir);
    const struct dut_ops *found = smoke_load(options);
    return system("rm -r -- \"${dir:?}\"") == 0 ? found : NULL;
}

static void store(uint64_t cycle) {
    smoke_offer(&s, MMU_PORT_DATA, cycle, VA_1G, MMU_STORE);
}

static void begin_planted(struct smoke *smoke) {
    smoke_init(smoke, planted, 0, 1, 1);
    smoke->assertions_expected = true;
    smoke->csr.adue = true;
    smoke_map(smoke, VA_1G, 2, 0, RWX_AD & ~MMU_PTE_D);
}

static void failed_assertion_is_named_from_its_cycle_until_reset(void **state) {
    (void)state;
    begin_planted(&s);
    smoke_offer(&s, MMU_PORT_FETCH, 0, VA_1G, MMU_FETCH);  // no update
    store(10);                                             // read in 11, decided in 12
    smoke_run(&s, 20);
    smoke_expect(&s, ASSERTION, 0, "____________11111111");
    assert_string_equal(ops->assertion(s.dut), "u_mmu.u_walker.no_update");
    assert_false(s.answer[0][smoke_first(&s, D_RSP, 0)].fault);  // the run goes on
    smoke_reset(&s);
    smoke_run(&s, 20);
    for (uint64_t c = 0; c < 20; ++c) assert_false(s.wire[ASSERTION][c]);
    assert_string_equal(ops->assertion(s.dut), "");
}

static void failed_assertion_belongs_to_its_unit(void **state) {
    (void)state;
    static struct smoke other, third;
    begin_planted(&s);
    begin_planted(&other);
    begin_planted(&third);
    smoke_free(&third);
    store(0);
    for (uint64_t c = 1; c <= 20; ++c) {
        smoke_run(&s, c);
        smoke_run(&other, c);
    }
    assert_true(s.wire[ASSERTION][19]);
    for (uint64_t c = 0; c < 20; ++c) assert_false(other.wire[ASSERTION][c]);
    smoke_free(&other);
}

static int load(void **state) {
    (void)state;
    ops = smoke_load("");
    planted = plant();
    return ops && planted ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_teardown(name, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(kill_at_any_cycle_of_a_walk_drops_it),
        TEST(kill_without_a_waiting_request_has_no_effect),
        TEST(request_that_waits_is_gone_at_once),
        TEST(both_ports_are_killed_in_one_cycle),
        TEST(request_on_the_wires_stays_as_it_is_under_a_new_request),
        TEST(compare_and_write_on_the_wires_happens_all_the_same),
        TEST(what_the_answer_says_does_not_matter_after_a_kill),
        TEST(fence_before_the_kill_does_not_bring_the_walk_back),
        TEST(failed_assertion_is_named_from_its_cycle_until_reset),
        TEST(failed_assertion_belongs_to_its_unit),
    };
    return cmocka_run_group_tests_name("rtl.smoke_kill", tests, load, NULL);
}
