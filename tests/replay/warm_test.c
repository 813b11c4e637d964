// SPDX-License-Identifier: Apache-2.0
// A failure that needs a TLB entry which is older than anything that the recorder holds.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "checker.h"
#include "verif/scenario.h"

static const enum fake_fault fault = FAKE_FENCE_NOTHING;

static struct dut *create_wrong(void *user) {
    return fake_dut_create(user, fault);
}

static struct dut *create_right(void *user) {
    return fake_dut_create(user, FAKE_RIGHT);
}

// Page A is loaded; then page B so often that nothing of A is left among `most` events, and A's
// entry stays in the TLB of 16; A is mapped elsewhere, and the fence that a right unit obeys comes.
static struct scene *late_failure(size_t most, struct scenario_recorder **recorder) {
    struct scene *s = scene_create();
    checker_map(s);
    scene_begin(s, fault);
    *recorder = scenario_recorder_create(s->bench, most);
    assert_non_null(*recorder);
    scene_load(s, PAGE_A);
    for (size_t k = 0; k < most + 100; k++) scene_load(s, PAGE_B);
    assert_false(s->failed);
    scene_rewrite(s, PAGE_A, 0, leaf_pte(PPN_OTHER, LEAF_S));
    scene_fence(s, PAGE_A, 1);
    scene_load(s, PAGE_A);
    assert_true(s->failed);
    assert_int_equal(bench_mismatch(s->bench)->check, CHECK_PA);
    return s;
}

static void expect_played(const struct scenario *scenario, struct scene *s, bool fails) {
    struct scenario_unit unit = {&s->config.mmu, fake_dut_ops(),
                                 fails ? create_wrong : create_right};
    struct scenario_play play = {.unit = &unit};
    struct scenario_result result = scenario_play(scenario, &play);
    struct scenario_failure failure = scenario_failure_of(bench_mismatch(s->bench));
    assert_true(result.ok);
    assert_int_equal(result.failure.failed, fails);
    if (fails) assert_true(scenario_same_failure(&result.failure, &failure));
    scenario_result_clear(&result);
}

static void entry_older_than_the_ring_is_installed_before_the_window(void **state) {
    (void)state;
    struct scenario_recorder *recorder;
    struct scene *s = late_failure(SCENARIO_EVENTS, &recorder);
    struct scenario_unit unit = {&s->config.mmu, fake_dut_ops(), create_wrong};
    struct scenario scenario;
    bool all;
    assert_int_equal(scenario_recorder_events(recorder, &all), SCENARIO_EVENTS);
    assert_false(all);
    // All that it holds does not show it: the entry is not there.
    assert_false(scenario_capture(recorder, &unit, SCENARIO_EVENTS, &scenario));
    assert_true(scenario_capture_shortest(recorder, &unit, &scenario));
    assert_true(scenario_operations(&scenario) < 100);
    expect_played(&scenario, s, true);
    expect_played(&scenario, s, false);
    scenario_clear(&scenario);
    scenario_recorder_destroy(recorder);
    scene_destroy(s);
}

// As text it is the same: it is kept that way.
static void scenario_with_entries_installed_first_is_read_as_it_was_written(void **state) {
    (void)state;
    struct scenario_recorder *recorder;
    struct scene *s = late_failure(256, &recorder);
    struct scenario_unit unit = {&s->config.mmu, fake_dut_ops(), create_wrong};
    struct scenario scenario, again;
    char sentence[SCENARIO_SENTENCE_BYTES];
    assert_true(scenario_capture_shortest(recorder, &unit, &scenario));
    char *text = scenario_write(&scenario);
    assert_non_null(text);
    unsigned line = scenario_parse(text, strlen(text), &again, sentence);
    if (line) fail_msg("line %u: %s", line, sentence);
    expect_played(&again, s, true);
    scenario_clear(&scenario);
    scenario_clear(&again);
    free(text);
    scenario_recorder_destroy(recorder);
    scene_destroy(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entry_older_than_the_ring_is_installed_before_the_window),
        cmocka_unit_test(scenario_with_entries_installed_first_is_read_as_it_was_written),
    };
    return cmocka_run_group_tests_name("unit.warm", tests, NULL, NULL) == 0 ? 0 : 1;
}
