// SPDX-License-Identifier: Apache-2.0
// The bench itself: watchdog, going on after a mismatch, what it counts, skipping of idle
// cycles.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "checker.h"

static struct scene *begin(enum fake_fault fault) {
    struct scene *s = scene_create();
    checker_map(s);
    scene_begin(s, fault);
    return s;
}

static void expect(const struct scene *s, enum bench_check check, const char *what,
                   uint64_t expected, uint64_t observed) {
    const struct mismatch *m = bench_mismatch(s->bench);
    assert_true(s->failed);
    assert_string_equal(m->what, what);
    assert_int_equal(m->check, check);
    assert_int_equal(m->expected, expected);
    assert_int_equal(m->observed, observed);
}

// --- watchdog ----------------------------------------------------------------------------------

static void response_later_than_the_limit_fails_in_every_mode(void **state) {
    (void)state;
    static const enum bench_mode modes[] = {BENCH_LOCKSTEP, BENCH_DUT_ONLY, BENCH_MODEL_ONLY};
    for (unsigned k = 0; k < 3; k++) {
        struct scene *s = scene_create();
        s->config.mode = modes[k];
        s->config.watchdog_cycles = 20;
        s->config.timing.data_min = s->config.timing.data_max = 100;
        checker_map(s);
        scene_begin(s, FAKE_RIGHT);
        scene_ask(s, MMU_PORT_FETCH, PAGE_A, MMU_FETCH);
        expect(s, CHECK_WATCHDOG, "no response to an accepted request within the limit", 20, 21);
        assert_int_equal(bench_mismatch(s->bench)->port, MMU_PORT_FETCH);
        assert_int_equal(bench_mismatch(s->bench)->cycle, 21);
        scene_destroy(s);
    }
}

static void response_within_the_limit_passes(void **state) {
    (void)state;
    struct scene *s = scene_create();
    s->config.watchdog_cycles = 10;  // just what the walk takes
    checker_map(s);
    scene_begin(s, FAKE_RIGHT);
    scene_load(s, PAGE_A);
    assert_false(s->failed);
    scene_destroy(s);
}

static void lost_response_fails_without_the_model_too(void **state) {
    (void)state;
    struct scene *s = scene_create();
    s->config.mode = BENCH_DUT_ONLY;
    s->config.watchdog_cycles = 30;
    checker_map(s);
    scene_begin(s, FAKE_ANSWER_NEVER);
    scene_load(s, PAGE_A);
    expect(s, CHECK_WATCHDOG, "no response to an accepted request within the limit", 30, 31);
    scene_destroy(s);
}

static void fence_that_waits_longer_than_the_limit_fails(void **state) {
    (void)state;
    struct scene *s = scene_create();
    s->config.mode = BENCH_DUT_ONLY;
    s->config.watchdog_cycles = 40;
    checker_map(s);
    scene_begin(s, FAKE_FENCE_NEVER);
    scene_fence(s, SCENE_ALL, SCENE_ALL);
    expect(s, CHECK_WATCHDOG, "fence not accepted within the limit", 40, 41);
    scene_destroy(s);
}

// A read that is slow to be granted holds the PMP back, long after its request was killed.
static void pmp_write_that_waits_longer_than_the_limit_fails(void **state) {
    (void)state;
    struct scene *s = scene_create();
    s->config.mode = BENCH_MODEL_ONLY;
    s->config.watchdog_cycles = 40;
    s->config.timing.grant_min = s->config.timing.grant_max = 100;
    s->config.mmu.arch.pmp_entries = 0;
    checker_map(s);
    scene_begin(s, FAKE_RIGHT);
    scene_present(s, MMU_PORT_DATA, PAGE_A, MMU_LOAD);
    scene_idle(s, 2);
    scene_kill(s, 1);
    scene_pmp_open(s);
    expect(s, CHECK_WATCHDOG, "PMP write not accepted within the limit", 40, 41);
    scene_destroy(s);
}

static void killed_request_is_not_waited_for(void **state) {
    (void)state;
    static const enum bench_mode modes[] = {BENCH_LOCKSTEP, BENCH_DUT_ONLY, BENCH_MODEL_ONLY};
    for (unsigned k = 0; k < 3; k++) {
        struct scene *s = scene_create();
        s->config.mode = modes[k];
        s->config.watchdog_cycles = 20;
        checker_map(s);
        scene_begin(s, FAKE_RIGHT);
        scene_present(s, MMU_PORT_DATA, PAGE_A, MMU_LOAD);
        scene_idle(s, 4);
        scene_kill(s, 3);
        assert_true(s->out.killed[MMU_PORT_DATA]);
        assert_false(s->out.killed[MMU_PORT_FETCH]);
        scene_idle(s, 60);
        scene_load(s, PAGE_A);
        assert_false(s->failed);
        assert_int_equal(bench_stats(s->bench)->answers[MMU_PORT_DATA], 1);
        assert_int_equal(bench_counter(s->bench, MMU_COUNT_KILLS), 1);
        scene_destroy(s);
    }
}

// --- after a mismatch --------------------------------------------------------------------------

static void bench_goes_on_after_a_mismatch(void **state) {
    (void)state;
    struct scene *s = begin(FAKE_PA_BIT);
    scene_load(s, PAGE_A);
    expect(s, CHECK_PA, "d_rsp_pa", (uint64_t)PPN_A << 12, ((uint64_t)PPN_A ^ 1) << 12);
    uint64_t cycle = bench_now(s->bench), reads = bench_counter(s->bench, MMU_COUNT_PTE_READS);
    assert_int_equal(cycle, 11);
    assert_int_equal(reads, 3);

    fake_dut_ops()->knob(s->config.dut, "fault", FAKE_RIGHT);
    bench_resynchronise(s->bench);
    s->failed = false;
    assert_int_equal(bench_now(s->bench), cycle);
    scene_load(s, PAGE_A);
    scene_counters(s);
    assert_false(s->failed);
    assert_int_equal(s->answer[0].pa, (uint64_t)PPN_A << 12);
    assert_int_equal(s->answer[0].source, MMU_SOURCE_WALK);  // the TLBs were reset
    assert_int_equal(bench_stats(s->bench)->mismatches, 1);
    assert_int_equal(bench_counter(s->bench, MMU_COUNT_PTE_READS), reads + 3);
    assert_int_equal(bench_now(s->bench), cycle + 11);
    scene_destroy(s);
}

// Before and after a reset; the model's are told beside them.
static void counters_of_the_dut_are_its_own(void **state) {
    (void)state;
    struct scene *s = begin((enum fake_fault)(FAKE_COUNTER + MMU_COUNT_PTE_READS));
    for (unsigned round = 1; round <= 2; round++) {
        scene_load(s, PAGE_A);
        assert_false(s->failed);
        assert_int_equal(bench_counter(s->bench, MMU_COUNT_PTE_READS), 3 * round);
        assert_int_equal(bench_dut_counter(s->bench, MMU_COUNT_PTE_READS), 0);
        assert_int_equal(bench_dut_counter(s->bench, MMU_COUNT_WALKS), round);
        bench_resynchronise(s->bench);
    }
    scene_destroy(s);
}

static void second_mismatch_shows_nothing_of_the_first(void **state) {
    (void)state;
    struct scene *s = begin(FAKE_PTE_ADDRESS);
    scene_load(s, PAGE_A);
    assert_true(bench_mismatch(s->bench)->expected_request_valid);
    fake_dut_ops()->knob(s->config.dut, "fault", FAKE_LEVEL);
    bench_resynchronise(s->bench);
    s->failed = false;
    scene_load(s, PAGE_A);
    const struct mismatch *m = bench_mismatch(s->bench);
    assert_int_equal(m->check, CHECK_LEVEL);
    assert_true(m->has_answer);
    assert_false(m->expected_request_valid);
    assert_false(m->observed_request_valid);
    assert_int_equal(m->base + m->history.accept_cycle + 10, m->cycle);
    scene_destroy(s);
}

// --- counts ------------------------------------------------------------------------------------

static void comparisons_of_a_walk_and_a_fault_are_counted(void **state) {
    (void)state;
    struct scene *s = begin(FAKE_RIGHT);
    scene_ask(s, MMU_PORT_DATA, PAGE_CLEAN, MMU_STORE);  // 3 reads, an update, a fill
    scene_load(s, PAGE_CLEAN);                           // a hit
    scene_load(s, UINT64_C(1) << 40);                    // a fault and its record
    scene_idle(s, 2);
    scene_counters(s);
    assert_false(s->failed);
    const struct bench_stats *stats = bench_stats(s->bench);
    const uint64_t *compared = stats->compared;
    static const enum bench_check of_answers[] = {CHECK_FAULT,       CHECK_PA,   CHECK_LEVEL,
                                                  CHECK_MEMORY_TYPE, CHECK_PERM, CHECK_SOURCE,
                                                  CHECK_LATENCY};
    for (size_t k = 0; k < sizeof of_answers / sizeof *of_answers; k++)
        assert_int_equal(compared[of_answers[k]], 3);
    assert_int_equal(compared[CHECK_PTE_ACCESS], 4);
    assert_int_equal(compared[CHECK_PTE_WRITE], 1);
    assert_int_equal(compared[CHECK_VICTIM], 1);
    assert_int_equal(compared[CHECK_FAULT_RECORD], 1);
    assert_int_equal(compared[CHECK_READY], 3 * stats->cycles);
    assert_int_equal(compared[CHECK_FENCE], stats->cycles);
    assert_int_equal(compared[CHECK_COUNTER], MMU_COUNTERS);
    assert_int_equal(stats->answers[0], 3);
    assert_int_equal(stats->answers[1], 0);
    assert_int_equal(stats->latency_sum[0], 4 * (1 + 2) + 1 + 1 + 1);
    assert_int_equal(stats->latency_max[0], 4 * (1 + 2) + 1);
    assert_int_equal(stats->walk_answers[0], 1);
    assert_int_equal(stats->walk_latency_sum[0], 4 * (1 + 2) + 1);
    scene_destroy(s);
}

static void logs_tell_the_newest_first(void **state) {
    (void)state;
    struct scene *s = begin(FAKE_RIGHT);
    scene_ask(s, MMU_PORT_DATA, PAGE_CLEAN, MMU_STORE);
    scene_fence(s, PAGE_CLEAN, SCENE_ALL);
    const struct bench_access *update = bench_access_log(s->bench, 0);
    assert_true(update->write);
    assert_int_equal(update->pa, PTE_0(PAGE_CLEAN));
    assert_int_equal(update->request_cycle, 10);
    assert_int_equal(update->grant_cycle, 10);
    assert_int_equal(update->data_cycle, 12);
    assert_int_equal(bench_access_log(s->bench, 3)->pa, MEMORY_BASE);
    assert_null(bench_access_log(s->bench, 4));
    const struct bench_write *write = bench_write_log(s->bench, 0);
    assert_int_equal(write->writer, BENCH_WRITER_HARDWARE);
    assert_int_equal(write->after, write->before | MMU_PTE_A | MMU_PTE_D);
    assert_null(bench_write_log(s->bench, 1));
    assert_int_equal(bench_fence_log(s->bench, 0)->cycle, 14);
    assert_null(bench_fence_log(s->bench, 1));
    scene_destroy(s);
}

static void counter_names_are_those_of_the_specification(void **state) {
    (void)state;
    assert_string_equal(bench_counter_name(MMU_COUNT_HITS), "data_hits");
    assert_string_equal(bench_counter_name(MMU_COUNT_HITS + 8), "fetch_hits");
    assert_string_equal(bench_counter_name(MMU_COUNT_WALK_RESTARTS), "walk_restarts");
    assert_string_equal(bench_counter_name(MMU_COUNT_CYCLES), "cycles");
    assert_string_equal(bench_counter_name(MMU_COUNT_WIRE_WAIT_CYCLES), "wire_wait_cycles");
    assert_string_equal(bench_counter_name(MMU_COUNT_MERGES + 8), "fetch_merges");
    assert_string_equal(bench_counter_name(MMU_COUNT_PREFETCH_FILLS), "prefetch_fills");
    assert_string_equal(bench_counter_name(MMU_COUNT_PWC_FILLS + 3), "pwc_fills_level_4");
    assert_null(bench_counter_name(28));
    assert_null(bench_counter_name(35));
    assert_null(bench_counter_name(MMU_COUNTERS));
}

// --- idle cycles -------------------------------------------------------------------------------

static struct scene *slow_model(void) {
    struct scene *s = scene_create();
    s->config.mode = BENCH_MODEL_ONLY;
    s->config.timing = (struct bench_timing){
        .grant_min = 3, .grant_max = 40, .data_min = 10, .data_max = 200, .seed = 5};
    checker_map(s);
    scene_begin(s, FAKE_RIGHT);
    return s;
}

static void load_slowly(struct scene *s, uint64_t va, enum mmu_access access, bool skip) {
    scene_present(s, MMU_PORT_DATA, va, access);
    do {
        if (skip) bench_skip_idle(s->bench, &s->in);
        scene_cycle(s);
    } while (!s->out.answered[MMU_PORT_DATA] && !s->failed);
    if (skip) bench_skip_idle(s->bench, &s->in);
    scene_cycle(s);
}

static struct scene *play_slowly(bool skip) {
    struct scene *s = slow_model();
    static const uint64_t va[] = {PAGE_A, PAGE_CLEAN, PAGE_A, PAGE_ABSENT, PAGE_BIG, PAGE_FAR};
    for (size_t k = 0; k < sizeof va / sizeof *va; k++)
        load_slowly(s, va[k], k % 2 ? MMU_STORE : MMU_LOAD, skip);
    assert_false(s->failed);
    return s;
}

static void skipping_idle_cycles_equals_stepping(void **state) {
    (void)state;
    struct scene *stepped = play_slowly(false), *skipped = play_slowly(true);
    assert_int_equal(bench_now(stepped->bench), bench_now(skipped->bench));
    const struct bench_stats *a = bench_stats(stepped->bench), *b = bench_stats(skipped->bench);
    assert_true(a->cycles > 1000);
    assert_memory_equal(a, b, sizeof *a);
    for (unsigned k = 0; k < MMU_COUNTERS; k++)
        assert_int_equal(bench_counter(stepped->bench, k), bench_counter(skipped->bench, k));
    assert_memory_equal(&stepped->memory, &skipped->memory, sizeof stepped->memory);
    scene_destroy(stepped);
    scene_destroy(skipped);
}

static void skipping_keeps_the_times_of_transactions_and_updates(void **state) {
    (void)state;
    struct scene *stepped = play_slowly(false), *skipped = play_slowly(true);
    for (unsigned k = 0; k < 8; k++) {
        const struct bench_access *a = bench_access_log(stepped->bench, k);
        const struct bench_access *b = bench_access_log(skipped->bench, k);
        assert_int_equal(a->pa, b->pa);
        assert_int_equal(a->grant_cycle, b->grant_cycle);
    }
    assert_int_equal(bench_write_log(stepped->bench, 0)->cycle,
                     bench_write_log(skipped->bench, 0)->cycle);
    scene_destroy(stepped);
    scene_destroy(skipped);
}

static void nothing_is_skipped_with_a_unit(void **state) {
    (void)state;
    struct scene *s = begin(FAKE_RIGHT);
    scene_present(s, MMU_PORT_DATA, PAGE_A, MMU_LOAD);
    scene_cycle(s);
    bench_skip_idle(s->bench, &s->in);
    assert_int_equal(bench_now(s->bench), 1);
    scene_destroy(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(response_later_than_the_limit_fails_in_every_mode),
        cmocka_unit_test(response_within_the_limit_passes),
        cmocka_unit_test(lost_response_fails_without_the_model_too),
        cmocka_unit_test(fence_that_waits_longer_than_the_limit_fails),
        cmocka_unit_test(pmp_write_that_waits_longer_than_the_limit_fails),
        cmocka_unit_test(killed_request_is_not_waited_for),
        cmocka_unit_test(bench_goes_on_after_a_mismatch),
        cmocka_unit_test(counters_of_the_dut_are_its_own),
        cmocka_unit_test(second_mismatch_shows_nothing_of_the_first),
        cmocka_unit_test(comparisons_of_a_walk_and_a_fault_are_counted),
        cmocka_unit_test(logs_tell_the_newest_first),
        cmocka_unit_test(counter_names_are_those_of_the_specification),
        cmocka_unit_test(skipping_idle_cycles_equals_stepping),
        cmocka_unit_test(skipping_keeps_the_times_of_transactions_and_updates),
        cmocka_unit_test(nothing_is_skipped_with_a_unit),
    };
    return cmocka_run_group_tests_name("unit.bench", tests, NULL, NULL) == 0 ? 0 : 1;
}
