// SPDX-License-Identifier: Apache-2.0
// A study's cycles against the run of the same configuration, term by term.
#define _POSIX_C_SOURCE 200809L
#include "fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate.h"
#include "metric.h"
#include "mmu/engine.h"
#include "result.h"

static double metric_value(const struct study_work *work, const char *id) {
    for (unsigned m = 0; m < study_metric_count; m++)
        if (!strcmp(study_metrics[m].id, id)) {
            assert_true(study_metrics[m].has(&work->rows[0]));
            return study_metrics[m].value(work, &work->rows[0]);
        }
    fail_msg("there is no metric %s", id);
    return 0;
}

static void evaluate_all(struct study_work *work) {
    for (unsigned t = 0; t < work->task_count; t++) {
        struct sim_error error = {""};
        if (study_evaluate(work, &work->tasks[t], &error)) fail_msg("%s", error.text);
    }
}

// "effective access  12.345 cycles per reference: translation 1.0, access 4, faults 3.2, ...": the
// whole, and the sum of what follows the colon.
static void read_line(const struct run_options *options, const struct run_result *result,
                      double *whole, double *sum) {
    char *text = NULL, *line, *rest;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    result_print(options, result, out);
    fclose(out);
    line = strstr(text, "effective access");
    assert_non_null(line);
    *strchr(line, '\n') = '\0';
    *whole = strtod(line + strlen("effective access"), NULL);
    rest = strchr(line, ':') + 1;
    *sum = 0;
    for (char *term = strtok(rest, ","); term; term = strtok(NULL, ","))
        *sum += strtod(strrchr(term, ' '), NULL);
    free(text);
}

static void compare_with_run(const struct program *program, unsigned policy) {
    char set_policy[64];
    snprintf(set_policy, sizeof set_policy, "set os.policy=%s", policy_name(policy));
    struct study_plan *plan = plan_create(
        program, 1,
        (const char *const[]){"set os.frames=16", "set study.paging=demand", set_policy,
                              "set replacement.scan_interval=100", "measure cycles", NULL});
    struct study_work work;
    struct run_result result;
    struct run_options *options = calloc(1, sizeof *options);
    struct sim_error error = {""};
    const struct run_report report = {0};
    double whole, sum;
    assert_non_null(options);
    work_create(&work, plan);
    evaluate_all(&work);
    options->config = plan->base.run;
    config_settle(&options->config);
    options->mode = BENCH_MODEL_ONLY;
    options->max_errors = 1;
    options->traces[0] = program->path;
    options->trace_count = 1;
    if (run_once(options, &report, &result, &error)) fail_msg("%s", error.text);
    assert_int_equal(result.counts.scan_cycles > 0, policy_scans(policy));
    // Both add the same terms in another order.
    assert_true(fabs(metric_value(&work, "effective-access") -
                     result_effective_access_cycles(options, &result)) < 1e-9);
    read_line(options, &result, &whole, &sum);
    assert_true(fabs(whole - result_effective_access_cycles(options, &result)) < 0.0006);
    assert_true(fabs(sum - whole) < 0.003);  // five terms of three digits behind the point
    free(options);
    study_work_destroy(&work);
    plan_destroy(plan);
}

static void effective_access_is_that_of_a_run_with_each_policy_that_looks_at_bits(void **state) {
    struct program program = program_create(FIXTURE_SEED + 7, 6000, 60);
    unsigned scanning = 0;
    (void)state;
    printf("seed %d\n", FIXTURE_SEED + 7);
    for (unsigned p = 0; policy_name(p); p++) {
        if (policy_find(p)->knows != POLICY_KNOWS_BITS) continue;
        compare_with_run(&program, p);
        scanning += policy_scans(p);
    }
    assert_true(scanning > 0);
    program_destroy(&program);
}

// Pages are mapped beforehand, or at their first reference: with a frame for each, one fault each.
static void pages_that_are_resident_do_not_fault(void **state) {
    struct program program = program_create(FIXTURE_SEED + 8, 3000, 47);
    (void)state;
    for (unsigned demand = 0; demand < 2; demand++) {
        struct study_plan *plan = plan_create(
            &program, 1,
            (const char *const[]){demand ? "set study.paging=demand" : "set study.paging=resident",
                                  "set os.frames=64", "measure cycles", NULL});
        struct study_work work;
        work_create(&work, plan);
        evaluate_all(&work);
        uint64_t pages = slow_fifo_faults(&program, 64);
        assert_int_equal(study_row_value(&work, &work.rows[0], ASK_CYCLES, VALUE_FAULTS),
                         demand ? pages : 0);
        study_work_destroy(&work);
        plan_destroy(plan);
    }
    program_destroy(&program);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effective_access_is_that_of_a_run_with_each_policy_that_looks_at_bits),
        cmocka_unit_test(pages_that_are_resident_do_not_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
