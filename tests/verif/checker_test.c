// SPDX-License-Identifier: Apache-2.0
// The checker is checked: each fault of the fake is caught in its scene and called by its name,
// and the same scene passes on the right unit.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "checker.h"

static struct scene *play(const struct checker_row *row, enum fake_fault fault) {
    return checker_play(row, fault, BENCH_SHADOW);
}

static void expect_agreement(struct scene *s) {
    const struct mismatch *m = bench_mismatch(s->bench);
    if (s->failed) fail_msg("right unit: %s (%s)", bench_check_key(m->check), m->what);
    assert_int_equal(bench_stats(s->bench)->mismatches, 0);
}

static void expect_mismatch(struct scene *s, enum bench_check check, const char *what,
                            uint64_t expected, uint64_t observed) {
    assert_true(s->failed);
    const struct mismatch *m = bench_mismatch(s->bench);
    if (what) assert_string_equal(m->what, what);
    assert_string_equal(bench_check_key(m->check), bench_check_key(check));
    assert_int_equal(m->expected, expected);
    assert_int_equal(m->observed, observed);
    assert_int_equal(bench_stats(s->bench)->mismatches, 1);
}

static void fault_of_the_row_is_named(void **state) {
    const struct checker_row *row = *state;
    struct scene *right = play(row, FAKE_RIGHT);
    expect_agreement(right);
    scene_destroy(right);
    struct scene *wrong = play(row, row->fault);
    const struct mismatch *m = bench_mismatch(wrong->bench);
    expect_mismatch(wrong, row->check, row->what, row->any_value ? m->expected : row->expected,
                    row->any_value ? m->observed : row->observed);
    scene_destroy(wrong);
}

static void check_legal_alone(const struct checker_row *row) {
    struct scene *right = checker_play(row, FAKE_RIGHT, BENCH_LEGAL);
    expect_agreement(right);
    scene_destroy(right);
    struct scene *wrong = checker_play(row, row->fault, BENCH_LEGAL);
    const struct mismatch *m = bench_mismatch(wrong->bench);
    if (wrong->failed != (row->legal == LEGAL_CATCHES))
        fail_msg("%s: %s %s", row->name, wrong->failed ? bench_check_key(m->check) : "passes",
                 wrong->failed ? m->what : "");
    scene_destroy(wrong);
}

// What software cannot see passes; what the privileged specification forbids does not.
static void legal_oracle_alone_catches_what_the_specification_forbids(void **state) {
    (void)state;
    for (unsigned k = 0; k < checker_row_count; k++) check_legal_alone(&checker_rows[k]);
    for (unsigned k = 0; k < checker_wide_row_count; k++) check_legal_alone(&checker_wide_rows[k]);
    for (unsigned k = 0; k < checker_walks_row_count; k++)
        check_legal_alone(&checker_walks_rows[k]);
}

static void two_walks(struct scene *s) {
    s->config.mmu.walks = 2;
}

static const struct checker_row busy_row = {.scene = checker_busy_scene,
                                            .setup = two_walks,
                                            .tlb = {.entries = 1, .ways = 1, .policy = MMU_LRU}};

static void every_counter_that_does_not_count_is_named(void **state) {
    (void)state;
    struct scene *right = play(&busy_row, FAKE_RIGHT);
    expect_agreement(right);
    for (unsigned k = 0; k < MMU_COUNTERS; k++) {
        if (!scene_counts(k)) continue;
        struct scene *wrong = play(&busy_row, (enum fake_fault)(FAKE_COUNTER + k));
        char what[96];
        snprintf(what, sizeof what, "counter %s", bench_counter_name(k));
        uint64_t value = bench_counter(right->bench, k);
        if (value == 0) fail_msg("%s stays 0 in the scene", bench_counter_name(k));
        expect_mismatch(wrong, CHECK_COUNTER, what, value, 0);
        assert_int_equal(bench_mismatch(wrong->bench)->port, k / 8 == 1 || k / 8 == 5);
        scene_destroy(wrong);
    }
    scene_destroy(right);
}

// The fetch port's signals have their own names.
static void fault_on_the_fetch_port_is_named_with_f(void **state) {
    (void)state;
    struct scene *s = scene_create();
    checker_map(s);
    scene_begin(s, FAKE_PA_BIT);
    scene_ask(s, MMU_PORT_FETCH, PAGE_A, MMU_FETCH);
    expect_mismatch(s, CHECK_PA, "f_rsp_pa", (uint64_t)PPN_A << 12, ((uint64_t)PPN_A ^ 1) << 12);
    assert_int_equal(bench_mismatch(s->bench)->port, MMU_PORT_FETCH);
    scene_destroy(s);
}

static void counters_are_compared_at_their_interval(void **state) {
    (void)state;
    struct scene *s = scene_create();
    s->config.counter_interval = 16;
    scene_begin(s, (enum fake_fault)(FAKE_COUNTER + MMU_COUNT_CYCLES));
    scene_idle(s, 40);
    expect_mismatch(s, CHECK_COUNTER, "counter cycles", 16, 0);
    scene_destroy(s);
}

static void every_fault_and_every_check_has_a_row(void **state) {
    (void)state;
    bool fault[FAKE_FAULTS] = {[FAKE_RIGHT] = true},
         check[BENCH_CHECKS] = {[CHECK_COUNTER] = true, [CHECK_TERMS] = true};
    for (unsigned k = 0; k < checker_row_count; k++)
        fault[checker_rows[k].fault] = check[checker_rows[k].check] = true;
    for (unsigned k = 0; k < checker_wide_row_count; k++)
        fault[checker_wide_rows[k].fault] = check[checker_wide_rows[k].check] = true;
    for (unsigned k = 0; k < checker_walks_row_count; k++)
        fault[checker_walks_rows[k].fault] = check[checker_walks_rows[k].check] = true;
    for (unsigned k = 0; k < FAKE_COUNTER; k++)
        if (!fault[k]) fail_msg("fault %u has no row", k);
    for (unsigned k = 0; k < BENCH_CHECKS; k++)
        if (!check[k]) fail_msg("%s has no row", bench_check_key((enum bench_check)k));
}

static void every_check_has_a_key_and_a_meaning(void **state) {
    (void)state;
    for (unsigned k = 0; k < BENCH_CHECKS; k++) {
        assert_true(bench_check_key((enum bench_check)k)[0] != '\0');
        assert_true(bench_check_text((enum bench_check)k)[0] != '\0');
    }
}

static struct CMUnitTest test_of(const struct checker_row *row) {
    union {
        const void *row;
        void *state;
    } unqualified = {.row = row};
    return (struct CMUnitTest){.name = row->name,
                               .test_func = fault_of_the_row_is_named,
                               .initial_state = unqualified.state};
}

int main(void) {
    static const struct CMUnitTest fixed[] = {
        cmocka_unit_test(legal_oracle_alone_catches_what_the_specification_forbids),
        cmocka_unit_test(every_counter_that_does_not_count_is_named),
        cmocka_unit_test(fault_on_the_fetch_port_is_named_with_f),
        cmocka_unit_test(counters_are_compared_at_their_interval),
        cmocka_unit_test(every_fault_and_every_check_has_a_row),
        cmocka_unit_test(every_check_has_a_key_and_a_meaning),
    };
    enum { FIXED = sizeof fixed / sizeof *fixed };
    unsigned count = 0;
    struct CMUnitTest *tests =
        calloc(checker_row_count + checker_wide_row_count + checker_walks_row_count + FIXED,
               sizeof *tests);
    if (!tests) return 2;
    for (unsigned k = 0; k < checker_row_count; k++) tests[count++] = test_of(&checker_rows[k]);
    for (unsigned k = 0; k < checker_wide_row_count; k++)
        tests[count++] = test_of(&checker_wide_rows[k]);
    for (unsigned k = 0; k < checker_walks_row_count; k++)
        tests[count++] = test_of(&checker_walks_rows[k]);
    for (unsigned k = 0; k < FIXED; k++) tests[count++] = fixed[k];
    int failed = _cmocka_run_group_tests("unit.checker", tests, count, NULL, NULL);
    free(tests);
    return failed == 0 ? 0 : 1;
}
