// SPDX-License-Identifier: Apache-2.0
// Shrinking: what is left shows the same failure, nothing of it can be left out, and it is small.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "recorded.h"
#include "verif/shrink.h"

static uint64_t first_seed;

// How many operations show a fault at most: counted by hand from what the fault is, and from the
// check that finds it first with this seed.
enum { SEED_OF_ROWS = 1 };
static const struct row {
    enum fake_fault fault;
    unsigned walks, most;
    const char *why;
} rows[] = {
    {FAKE_PA_BIT, 1, 1, "any translation"},
    {FAKE_ANSWER_LATE, 1, 2, "a walk, and another that is granted before the late answer"},
    {FAKE_REQUEST_LATE, 1, 1, "any walk of two levels"},
    {FAKE_PTE_EXTRA, 1, 1, "any walk"},
    {FAKE_UPDATE_DATA, 1, 1, "a load that sets A"},
    {FAKE_RECORD_TVAL, 1, 1, "a fault inside a page"},
    {FAKE_FILL_WAY, 1, 1, "any fill"},
    {FAKE_FENCE_NOTHING, 1, 3, "a page, a fence, the page"},
    {FAKE_FENCE_ASID, 1, 3, "a page, a fence of its space, and the page, or the next"},
    {FAKE_FENCE_VA, 1, 4, "two pages, a fence of one, the other"},
    {FAKE_FENCE_NO_RESTART, 1, 2, "a walk and a fence under it"},
    {FAKE_ASID_IGNORED, 1, 4, "a page, a walk, and the page in another space, which overtakes"},
    {FAKE_SUM_OF_FILL, 1, 3, "a page, other registers, the page"},
    {FAKE_KILL_IGNORED, 1, 2, "a walk and a kill under it"},
    {FAKE_ANSWER_CHANGES, 1, 2, "a page, and a stall when its answer is there"},
    {FAKE_SLOT_ID, 4, 1, "any walk"},
    {FAKE_FETCH_FIRST, 1, 2, "a walk of each port"},
    {FAKE_KILL_ONE, 4, 6, "a walk in each slot, one that waits, a kill: not ready"},
    {FAKE_MERGE_MISSING, 4, 4, "a page twice, and two walks, so that only the answer is late"},
    {FAKE_COUNTER + MMU_COUNT_FENCES, 1, 1, "any fence"},
    {FAKE_COUNTER + MMU_COUNT_HITS, 1, 2, "a page twice"},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static const struct shrink_limits limits = {.most_tries = 20000};

static struct recorded *failed_run(const struct row *row, uint64_t seed,
                                   struct scenario *scenario) {
    struct recorded *r = recorded_create(64, 0, row->walks, row->fault, seed);
    recorded_run(r);
    if (!r->failed) fail_msg("fault %u is not met", row->fault);
    if (!scenario_capture_shortest(r->recorder, &r->unit, scenario))
        fail_msg("fault %u: no scenario", row->fault);
    return r;
}

static bool shows(const struct recorded *r, const struct scenario *scenario,
                  const struct scenario_failure *failure) {
    struct scenario_play play = {.unit = &r->unit, .most_cycles = 100000};
    struct scenario_result result = scenario_play(scenario, &play);
    bool same = scenario_same_failure(&result.failure, failure);
    assert_true(result.ok);
    scenario_result_clear(&result);
    return same;
}

static void assert_minimal(const struct recorded *r, const struct scenario *smallest,
                           const struct scenario_failure *failure) {
    for (size_t i = 0; i < smallest->op_count; i++) {
        struct scenario less;
        assert_true(scenario_copy(&less, smallest));
        memmove(&less.ops[i], &less.ops[i + 1], (less.op_count - i - 1) * sizeof *less.ops);
        less.op_count--;
        assert_false(shows(r, &less, failure));
        scenario_clear(&less);
    }
    for (size_t i = 0; i < smallest->word_count; i++) {
        struct scenario less;
        if (!smallest->words[i].value) continue;
        assert_true(scenario_copy(&less, smallest));
        less.words[i].value = 0;
        assert_false(shows(r, &less, failure));
        scenario_clear(&less);
    }
}

static void assert_small(const struct row *row, const struct scenario *smallest) {
    size_t operations = scenario_operations(smallest);
    char *text = scenario_write(smallest);
    if (operations > row->most)
        fail_msg("fault %u (%s): %zu operations\n%s", row->fault, row->why, operations, text);
    free(text);
}

static void assert_right_unit_passes(struct recorded *r, const struct scenario *smallest) {
    r->fault = FAKE_RIGHT;
    struct scenario_play play = {.unit = &r->unit, .most_cycles = 100000};
    struct scenario_result played = scenario_play(smallest, &play);
    assert_true(played.ok);
    assert_false(played.failure.failed);
    scenario_result_clear(&played);
}

static void planted_fault_shrinks_to_what_it_needs(uint64_t seed, bool rows_seed) {
    for (unsigned k = 0; k < ROWS; k++) {
        struct scenario scenario;
        struct recorded *r = failed_run(&rows[k], seed, &scenario);
        struct shrink_result result = shrink(&scenario, &r->unit, &limits);
        assert_true(result.ok && result.complete);
        if (rows_seed) assert_small(&rows[k], &result.scenario);
        assert_true(shows(r, &result.scenario, &scenario.expect));
        assert_minimal(r, &result.scenario, &scenario.expect);
        assert_right_unit_passes(r, &result.scenario);
        scenario_clear(&result.scenario);
        scenario_clear(&scenario);
        recorded_destroy(r);
    }
}

static void each_planted_fault_shrinks_to_what_it_needs_and_no_more(void **state) {
    (void)state;
    planted_fault_shrinks_to_what_it_needs(SEED_OF_ROWS, true);
    if (first_seed != SEED_OF_ROWS) planted_fault_shrinks_to_what_it_needs(first_seed, false);
}

static void shrinking_twice_gives_the_same_text(void **state) {
    (void)state;
    struct scenario scenario;
    struct recorded *r = failed_run(&rows[7], first_seed, &scenario);
    struct shrink_result a = shrink(&scenario, &r->unit, &limits),
                         b = shrink(&scenario, &r->unit, &limits);
    char *x = scenario_write(&a.scenario), *y = scenario_write(&b.scenario);
    assert_string_equal(x, y);
    assert_int_equal(a.tries, b.tries);
    free(x);
    free(y);
    scenario_clear(&a.scenario);
    scenario_clear(&b.scenario);
    scenario_clear(&scenario);
    recorded_destroy(r);
}

static bool stop_at_once(void *user) {
    ++*(unsigned *)user;
    return true;
}

static void limits_end_it_with_what_was_found(void **state) {
    (void)state;
    struct scenario scenario;
    struct recorded *r = failed_run(&rows[7], first_seed, &scenario);
    unsigned asked = 0;
    const struct shrink_limits few = {.most_tries = 10},
                               stopped = {.most_tries = 1000, .stop = stop_at_once, .user = &asked};
    struct shrink_result a = shrink(&scenario, &r->unit, &few),
                         b = shrink(&scenario, &r->unit, &stopped);
    assert_true(a.ok && b.ok && !a.complete && !b.complete);
    assert_int_equal(a.tries, 10);
    assert_int_equal(b.tries, 1);
    assert_int_equal(asked, 1);
    assert_true(shows(r, &a.scenario, &scenario.expect));
    assert_true(shows(r, &b.scenario, &scenario.expect));
    scenario_clear(&a.scenario);
    scenario_clear(&b.scenario);
    scenario_clear(&scenario);
    recorded_destroy(r);
}

static void scenario_that_does_not_fail_is_not_shrunk(void **state) {
    (void)state;
    struct scenario scenario;
    struct recorded *r = failed_run(&rows[0], first_seed, &scenario);
    r->fault = FAKE_RIGHT;
    struct shrink_result result = shrink(&scenario, &r->unit, &limits);
    assert_false(result.ok);
    assert_int_equal(result.scenario.op_count, 0);
    scenario_clear(&result.scenario);
    scenario_clear(&scenario);
    recorded_destroy(r);
}

int main(void) {
    const char *seed = getenv("TANDEM_SEED");
    first_seed = seed ? strtoull(seed, NULL, 0) : 1;
    printf("TANDEM_SEED=%llu\n", (unsigned long long)first_seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_planted_fault_shrinks_to_what_it_needs_and_no_more),
        cmocka_unit_test(shrinking_twice_gives_the_same_text),
        cmocka_unit_test(limits_end_it_with_what_was_found),
        cmocka_unit_test(scenario_that_does_not_fail_is_not_shrunk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
