// SPDX-License-Identifier: Apache-2.0
// The bench's memory port: timing, errors, and the fingerprint of what was applied.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "checker.h"

// --- memory timing -----------------------------------------------------------------------------

static void latency_is_a_function_of_seed_and_ordinal(void **state) {
    (void)state;
    struct bench_timing a = {
        .grant_min = 1, .grant_max = 100, .data_min = 1, .data_max = 100, .seed = 0};
    struct bench_timing b = a;
    b.seed = 1;
    unsigned same = 0;
    for (uint64_t ordinal = 1000; ordinal-- > 0;) {
        uint32_t g[3], l[3];
        bench_latency(&a, ordinal, &g[0], &l[0]);
        bench_latency(&b, ordinal, &g[1], &l[1]);
        bench_latency(&a, ordinal, &g[2], &l[2]);
        assert_int_equal(g[0], g[2]);
        assert_int_equal(l[0], l[2]);
        same += g[0] == g[1] && l[0] == l[1];
    }
    assert_true(same < 10);  // seed 0 is another one than seed 1
}

static void latency_covers_its_whole_range_and_no_more(void **state) {
    (void)state;
    struct bench_timing timing = {
        .grant_min = 3, .grant_max = 7, .data_min = 1, .data_max = 16, .seed = 0};
    bool grant[32] = {false}, data[32] = {false};
    for (uint64_t ordinal = 0; ordinal < 4000; ordinal++) {
        uint32_t g, l;
        bench_latency(&timing, ordinal, &g, &l);
        assert_in_range(g, 3, 7);
        assert_in_range(l, 1, 16);
        grant[g] = data[l] = true;
    }
    for (unsigned k = 3; k <= 7; k++) assert_true(grant[k]);
    for (unsigned k = 1; k <= 16; k++) assert_true(data[k]);
}

static void latency_of_the_widest_range_stays_inside(void **state) {
    (void)state;
    struct bench_timing timing = {
        .grant_min = 1, .grant_max = UINT32_MAX, .data_min = 5, .data_max = 5, .seed = 9};
    uint64_t high = 0;
    for (uint64_t ordinal = 0; ordinal < 1000; ordinal++) {
        uint32_t g, l;
        bench_latency(&timing, ordinal, &g, &l);
        assert_true(g >= 1);
        assert_int_equal(l, 5);
        high += g > UINT32_MAX / 2;
    }
    assert_in_range(high, 400, 600);
}

// --- several transactions ------------------------------------------------------------------------

// Many misses of both ports, with four walks.
static struct scene *busy_memory(unsigned walks) {
    struct scene *s = scene_create();
    s->config.mmu.walks = walks;
    s->config.mmu.tlb[0] = s->config.mmu.tlb[1] = (struct mmu_tlb_config){1, 1, MMU_LRU};
    s->config.timing = (struct bench_timing){
        .grant_min = 1, .grant_max = 2, .data_min = 1, .data_max = 12, .seed = 3};
    checker_map(s);
    scene_begin(s, FAKE_RIGHT);
    for (unsigned k = 0; k < 3000 && bench_access_log(s->bench, BENCH_ACCESS_LOG - 1) == NULL;
         k++) {
        for (unsigned p = 0; p < MMU_PORTS; p++)
            if (!s->in.request_valid[p])
                scene_present(s, (enum mmu_port)p, PAGE_A + 0x1000 * ((k + 2 * p) % 6),
                              p ? MMU_FETCH : MMU_LOAD);
        scene_cycle(s);
    }
    assert_false(s->failed);
    return s;
}

// "Memory port": at grant + L, or in the first cycle after it that no earlier grant has taken.
static void answers_that_would_collide_give_way_to_earlier_grants(void **state) {
    (void)state;
    struct scene *s = busy_memory(4);
    uint64_t taken[BENCH_ACCESS_LOG];
    unsigned later = 0, overtaken = 0;
    for (unsigned k = 0; k < BENCH_ACCESS_LOG; k++) {
        const struct bench_access *access = bench_access_log(s->bench, BENCH_ACCESS_LOG - 1 - k);
        uint32_t g, l;
        bench_latency(&s->config.timing, k, &g, &l);
        uint64_t cycle = access->grant_cycle + l;
        for (unsigned i = 0; i < k; i++)
            if (taken[i] == cycle) {
                cycle++;
                i = UINT32_MAX;  // from the beginning
            }
        assert_int_equal(access->grant_cycle - access->request_cycle + 1, g);
        assert_int_equal(access->data_cycle, cycle);
        later += cycle > access->grant_cycle + l;
        overtaken += k > 0 && cycle < taken[k - 1];
        taken[k] = cycle;
    }
    assert_true(later > 0 && overtaken > 0);
    assert_true(bench_stats(s->bench)->most_transactions > 2);
    assert_true(bench_stats(s->bench)->most_unanswered > 2);
    scene_destroy(s);
}

static void each_slot_has_one_transaction_at_a_time(void **state) {
    (void)state;
    for (unsigned walks = 1; walks <= MMU_WALKS; walks++) {
        struct scene *s = busy_memory(walks);
        uint64_t answered[MMU_WALKS] = {0};
        for (unsigned k = BENCH_ACCESS_LOG; k-- > 0;) {
            const struct bench_access *access = bench_access_log(s->bench, k);
            assert_true(access->id < walks);
            assert_true(access->request_cycle > answered[access->id]);
            answered[access->id] = access->data_cycle;
        }
        assert_true(bench_stats(s->bench)->most_transactions <= walks);
        scene_destroy(s);
    }
}

// --- errors --------------------------------------------------------------------------------------

static void errors_are_as_frequent_as_asked_and_a_function_of_the_seed(void **state) {
    (void)state;
    struct bench_timing timing = {
        .grant_min = 1, .grant_max = 1, .data_min = 1, .data_max = 1, .error_permille = 100};
    struct bench_timing other = timing;
    other.seed = 1;
    unsigned errors = 0, same = 0;
    for (uint64_t ordinal = 0; ordinal < 10000; ordinal++) {
        bool error = bench_error(&timing, ordinal);
        assert_int_equal(error, bench_error(&timing, ordinal));
        errors += error;
        same += error && bench_error(&other, ordinal);
    }
    assert_in_range(errors, 850, 1150);
    assert_in_range(same, 50, 150);
    timing.error_permille = 0;
    for (uint64_t ordinal = 0; ordinal < 1000; ordinal++)
        assert_false(bench_error(&timing, ordinal));
    timing.error_permille = 1000;
    for (uint64_t ordinal = 0; ordinal < 1000; ordinal++)
        assert_true(bench_error(&timing, ordinal));
}

static void error_on_a_pte_read_gives_an_access_fault_in_every_mode(void **state) {
    (void)state;
    static const enum bench_mode modes[] = {BENCH_LOCKSTEP, BENCH_DUT_ONLY, BENCH_MODEL_ONLY};
    for (unsigned k = 0; k < 3; k++) {
        struct scene *s = scene_create();
        s->config.mode = modes[k];
        s->config.oracle = BENCH_SHADOW | BENCH_LEGAL;
        s->config.timing.error_permille = 1000;
        checker_map(s);
        scene_begin(s, FAKE_RIGHT);
        scene_load(s, PAGE_A);
        assert_false(s->failed);
        assert_int_equal(s->answer[MMU_PORT_DATA].cause, MMU_CAUSE_LOAD_ACCESS);
        assert_true(bench_access_log(s->bench, 0)->error);
        assert_int_equal(bench_counter(s->bench, MMU_COUNT_PTE_READS), 1);
        scene_destroy(s);
    }
}

// An error keeps the update from memory.
static void error_on_an_update_leaves_the_pte_alone(void **state) {
    (void)state;
    struct scene *s = scene_create();
    s->config.timing.error_permille = 300;
    while (bench_error(&s->config.timing, 0) || bench_error(&s->config.timing, 1) ||
           bench_error(&s->config.timing, 2) || !bench_error(&s->config.timing, 3))
        s->config.timing.seed++;
    checker_map(s);
    scene_begin(s, FAKE_RIGHT);
    scene_ask(s, MMU_PORT_DATA, PAGE_CLEAN, MMU_STORE);
    assert_false(s->failed);
    assert_int_equal(s->answer[MMU_PORT_DATA].cause, MMU_CAUSE_STORE_ACCESS);
    assert_int_equal(scene_read(s, PTE_0(PAGE_CLEAN)), leaf_pte(0x30003, FLAGS_CLEAN));
    assert_null(bench_write_log(s->bench, 0));
    scene_destroy(s);
}

// --- fingerprint
// -----------------------------------------------------------------------------------

static uint64_t fingerprint_of(void (*change)(struct scene *), enum fake_fault fault) {
    struct scene *s = scene_create();
    s->config.mode = BENCH_DUT_ONLY;
    s->config.mmu.arch.pmp_entries = 8;
    checker_map(s);
    scene_begin(s, fault);
    scene_pmp_open(s);
    if (change) change(s);
    scene_present(s, MMU_PORT_DATA, PAGE_A, MMU_LOAD);
    scene_idle(s, 20);
    assert_false(s->failed);
    uint64_t fingerprint = bench_stats(s->bench)->fingerprint;
    scene_destroy(s);
    return fingerprint;
}

static void other_register(struct scene *s) {
    s->in.csr.sum = true;
}
static void pte_write(struct scene *s) {
    scene_rewrite(s, PAGE_B, 0, leaf_pte(PPN_OTHER, LEAF_S));
}
static void a_kill(struct scene *s) {
    s->in.kill = 2;
}

static void fingerprint_is_of_what_was_applied_not_of_answers(void **state) {
    (void)state;
    uint64_t right = fingerprint_of(NULL, FAKE_RIGHT);
    assert_int_equal(right, fingerprint_of(NULL, FAKE_PA_BIT));
    assert_int_equal(right, fingerprint_of(NULL, FAKE_PERM_BIT));
    assert_int_not_equal(right, fingerprint_of(other_register, FAKE_RIGHT));
    assert_int_not_equal(right, fingerprint_of(pte_write, FAKE_RIGHT));
    assert_int_not_equal(right, fingerprint_of(a_kill, FAKE_RIGHT));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latency_is_a_function_of_seed_and_ordinal),
        cmocka_unit_test(latency_covers_its_whole_range_and_no_more),
        cmocka_unit_test(latency_of_the_widest_range_stays_inside),
        cmocka_unit_test(answers_that_would_collide_give_way_to_earlier_grants),
        cmocka_unit_test(each_slot_has_one_transaction_at_a_time),
        cmocka_unit_test(errors_are_as_frequent_as_asked_and_a_function_of_the_seed),
        cmocka_unit_test(error_on_a_pte_read_gives_an_access_fault_in_every_mode),
        cmocka_unit_test(error_on_an_update_leaves_the_pte_alone),
        cmocka_unit_test(fingerprint_is_of_what_was_applied_not_of_answers),
    };
    return cmocka_run_group_tests_name("unit.bench_memory", tests, NULL, NULL) == 0 ? 0 : 1;
}
