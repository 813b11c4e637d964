// SPDX-License-Identifier: Apache-2.0
// Verification: a study that counts right agrees with the RTL, one that is wrong by one does not.
#include "fixture.h"

#include <stdlib.h>

#include "evaluate.h"
#include "verify.h"

static void no_page(void *user, const char *page) {
    (void)user;
    fail_msg("RTL and model disagree: %s", page);
}

static const struct run_report report = {.mismatch = no_page};
static const struct study_rtl rtl = {NULL, "none", &report};

static void prepare(const struct program *program, const char *const *lines,
                    struct study_plan **plan, struct study_work *work) {
    *plan = plan_create(program, 1, lines);
    work_create(work, *plan);
    for (unsigned t = 0; t < work->task_count; t++) {
        struct sim_error error = {""};
        if (study_evaluate(work, &work->tasks[t], &error)) fail_msg("%s", error.text);
    }
}

// Verify all rows; every check must agree or none, though RTL and model are in step.
static void check_all(const struct study_work *work, unsigned checks, bool agree) {
    struct study_verdict *verdict = malloc(sizeof *verdict);
    struct sim_error error = {""};
    assert_non_null(verdict);
    if (study_verify(work, work->row_count, 0, &rtl, verdict, &error)) fail_msg("%s", error.text);
    assert_int_equal(verdict->points, work->row_count);
    assert_int_equal(verdict->check_count, checks);
    assert_int_equal(verdict->passed, agree);
    for (unsigned i = 0; i < checks; i++) {
        assert_true(verdict->checks[i].lockstep);
        assert_int_equal(verdict->checks[i].agree, agree);
        assert_int_equal(verdict->checks[i].references, 3000);
    }
    free(verdict);
}

static void one_miss_fault_or_cycle_too_many_is_found(void **state) {
    static const struct {
        const char *lines[4];
        unsigned checks;  // of two rows
        enum study_value wrong[3];
    } cases[] = {{{"sweep seed=1,2", "measure misses", "set study.window=8"},
                  4,
                  {VALUE_MISSES, VALUE_MISSES, VALUE_MISSES}},
                 {{"sweep os.frames=5,20", "set os.policy=lru", NULL},
                  2,
                  {VALUE_FAULTS, VALUE_FAULTS, VALUE_FAULTS}},
                 {{"sweep memory.data.most=8,20", "measure cycles", NULL},
                  6,
                  {VALUE_DATA_MISSES, VALUE_FETCH_MISSES, VALUE_CYCLES}},
                 // And walks, PTE reads, misses of the second level.
                 {{"sweep memory.data.most=8,20", "measure hierarchy", NULL},
                  12,
                  {VALUE_DATA_MISSES, VALUE_FETCH_MISSES, VALUE_CYCLES}}};
    struct program program = program_create(FIXTURE_SEED, 3000, 60);
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct study_plan *plan;
        struct study_work work;
        prepare(&program, cases[c].lines, &plan, &work);
        check_all(&work, cases[c].checks, true);
        for (unsigned q = 0; q < work.query_count; q++) {
            uint64_t *value = work.queries[q].value;
            value[cases[c].wrong[0]]++;
            value[VALUE_WALKS]++;
            value[VALUE_PTE_READS]--;
            value[VALUE_L2_MISSES]++;
            if (cases[c].wrong[1] != cases[c].wrong[0]) {
                value[cases[c].wrong[1]]--;
                value[cases[c].wrong[2]]++;
            }
        }
        check_all(&work, cases[c].checks, false);
        study_work_destroy(&work);
        plan_destroy(plan);
    }
    program_destroy(&program);
}

static void points_that_no_rtl_has_are_never_chosen(void **state) {
    static const char *const lines[] = {"sweep tlb.data.entries=256", "set tlb.data.ways=4", NULL};
    struct program program = program_create(FIXTURE_SEED, 50, 6);
    struct study_plan *plan;
    struct study_work work;
    struct study_verdict verdict;
    struct sim_error error = {""};
    (void)state;
    prepare(&program, lines, &plan, &work);
    assert_int_equal(study_verify(&work, 1, 0, &rtl, &verdict, &error), SIM_ERROR_USAGE);
    assert_memory_equal(error.text, "--verify: no point of this study", 32);
    study_work_destroy(&work);
    plan_destroy(plan);
    program_destroy(&program);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_miss_fault_or_cycle_too_many_is_found),
        cmocka_unit_test(points_that_no_rtl_has_are_never_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
