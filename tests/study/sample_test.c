// SPDX-License-Identifier: Apache-2.0
// LRU's page faults from a sample of the pages: against the exact ones, and what is told of it.
#include "fixture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "evaluate.h"
#include "figures.h"
#include "verify.h"

static const struct program cc1 = {.path = "traces/cc1.tdt"};

static void evaluate_all(struct study_work *work) {
    for (unsigned t = 0; t < work->task_count; t++) {
        struct sim_error error = {""};
        if (study_evaluate(work, &work->tasks[t], &error)) fail_msg("%s", error.text);
    }
}

static double faults(const struct study_work *work, const struct study_row *row) {
    return (double)study_row_value(work, row, ASK_FRAMES, VALUE_FAULTS);
}

// How far estimates are from the truth, in parts of it.
struct quality {
    double error, told;  // sums of squares
    unsigned count, within;
};

// One row whose second axis is study.sample, exact at its first value.
static void judge(const struct study_work *work, const struct study_row *row,
                  struct quality *quality) {
    unsigned values[STUDY_MOST_AXES];
    memcpy(values, row->point.value, sizeof values);
    if (values[1] == 0) return;
    values[1] = 0;
    const struct study_row *exact = study_find_row(work, 0, values);
    assert_non_null(exact);
    assert_false(study_row_sampled(work, exact));
    assert_true(study_row_sampled(work, row));
    double truth = faults(work, exact), error = faults(work, row) - truth;
    double told = (double)study_row_value(work, row, ASK_FRAMES, VALUE_FAULTS_ERROR);
    assert_true(told > 0);
    assert_true(fabs(error) <= 6 * told);
    quality->within += fabs(error) <= 2 * told;
    quality->count++;
    // With fewer frames a part of an eighth follows only a handful of them: its spread says more
    // than it should.
    if (row->point.config.run.frames < 64 * row->point.config.sample) return;
    quality->error += error * error / (truth * truth);
    quality->told += told * told / (truth * truth);
}

static void estimates_of_a_program_err_by_what_they_say(void **state) {
    static const char *const rates[] = {"sweep study.sample=1,2", "sweep study.sample=1,8"};
    (void)state;
    for (unsigned n = 0; n < 2; n++) {
        struct study_plan *plan =
            plan_create(&cc1, 1,
                        (const char *const[]){"set os.policy=lru", "sweep os.frames=64..1024*2",
                                              rates[n], "set os.references=2000000",
                                              "sweep seed=1..12", "measure faults", NULL});
        struct study_work work;
        struct quality quality = {0};
        work_create(&work, plan);
        evaluate_all(&work);
        for (unsigned r = 0; r < work.row_count; r++) judge(&work, &work.rows[r], &quality);
        printf(
            "%s: seeds 1 to 12: %u of %u within two standard errors; root of the sum of squares "
            "%.3g, "
            "told %.3g\n",
            rates[n], quality.within, quality.count, sqrt(quality.error), sqrt(quality.told));
        // 91 % of Student's t with seven degrees of freedom lie within two.
        assert_true(quality.within >= 0.85 * quality.count);
        assert_true(quality.told > quality.error / 9 && quality.told < quality.error * 25);
        study_work_destroy(&work);
        plan_destroy(plan);
    }
}

static void only_lru_is_sampled_and_only_where_it_is_asked_for(void **state) {
    struct program program = program_create(FIXTURE_SEED, 400, 30);
    struct study_plan *plan = plan_create(
        &program, 1,
        (const char *const[]){"sweep os.policy=lru,fifo,opt,clock", "sweep study.sample=1,4",
                              "sweep seed=1,2", "set os.frames=10", "measure faults", NULL});
    struct study_work work;
    (void)state;
    work_create(&work, plan);
    for (unsigned r = 0; r < work.row_count; r++) {
        const struct study_row *row = &work.rows[r];
        const struct study_config *config = &row->point.config;
        bool sampled = config->run.policy == POLICY_LRU && config->sample == 4;
        assert_int_equal(study_row_sampled(&work, row), sampled);
    }
    // LRU exactly and by two samples, the others once each; and the program's pages.
    assert_int_equal(work.query_count, 3 + 3 + 1);
    study_work_destroy(&work);
    plan_destroy(plan);
    program_destroy(&program);
}

static void a_sample_is_told_of_where_it_is_shown(void **state) {
    struct program program = program_create(FIXTURE_SEED, 5000, 300);
    struct study_plan *plan = plan_create(
        &program, 1,
        (const char *const[]){"sweep os.frames=16,32,64,128", "sweep os.policy=lru,fifo",
                              "set study.sample=2", "measure faults", NULL});
    struct study_work work;
    struct study_report report;
    struct sim_error error = {""};
    (void)state;
    work_create(&work, plan);
    evaluate_all(&work);
    assert_int_equal(study_report_make(&work, &report, &error), SIM_OK);
    const struct report_figure *figure = &report.figures[0];
    assert_int_equal(figure->count, 2);
    assert_non_null(strstr(figure->curves[0].label, "1 page in 2 sampled"));
    assert_null(strstr(figure->curves[1].label, "sampled"));
    for (unsigned p = 0; p < 4; p++) {
        assert_true(figure->curves[0].points[p].error > 0);
        assert_non_null(strstr(figure->curves[0].points[p].text, "standard error"));
        assert_true(figure->curves[1].points[p].error == 0);
    }
    bool said = false, column = false;
    for (unsigned i = 0; i < report.summary_count; i++)
        said |= strstr(report.summary[i], "are estimated from") &&
                strstr(report.summary[i], "--verify leaves them out");
    assert_true(said);
    for (unsigned c = 0; c < report.tables[0].column_count; c++) {
        if (strcmp(report.tables[0].columns[c].name, "frames.page_faults_error")) continue;
        column = true;
        // The second row is FIFO's: nothing is estimated there, so that it has no error of 0.
        assert_string_equal(report.tables[0].cells[report.tables[0].column_count + c].text,
                            REPORT_MISSING);
    }
    assert_true(column);
    report_destroy(&report);
    study_work_destroy(&work);
    plan_destroy(plan);
    program_destroy(&program);
}

static void a_sample_alone_cannot_be_verified(void **state) {
    struct program program = program_create(FIXTURE_SEED, 400, 30);
    struct study_plan *plan =
        plan_create(&program, 1,
                    (const char *const[]){"sweep os.frames=4,8", "set os.policy=lru",
                                          "set study.sample=2", "measure faults", NULL});
    struct study_work work;
    static struct study_verdict verdict;
    const struct study_rtl rtl = {0};
    struct sim_error error = {""};
    (void)state;
    work_create(&work, plan);
    evaluate_all(&work);
    assert_int_equal(study_verify(&work, 1, 0, &rtl, &verdict, &error), SIM_ERROR_USAGE);
    assert_non_null(strstr(error.text, "study.sample"));
    study_work_destroy(&work);
    plan_destroy(plan);
    program_destroy(&program);
}

// Of so few pages one in 2^20 is in no sample: nothing is estimated, rather than 0 faults.
static void a_sample_of_no_page_is_refused(void **state) {
    struct program program = program_create(FIXTURE_SEED, 400, 30);
    struct study_plan *plan =
        plan_create(&program, 1,
                    (const char *const[]){"sweep os.frames=4,8", "set os.policy=lru",
                                          "set study.sample=1048576", "measure faults", NULL});
    struct study_work work;
    enum sim_status status = SIM_OK;
    struct sim_error error = {""};
    char said[96];
    (void)state;
    work_create(&work, plan);
    for (unsigned t = 0; t < work.task_count && !status; t++)
        status = study_evaluate(&work, &work.tasks[t], &error);
    assert_int_equal(status, SIM_ERROR_USAGE);
    snprintf(said, sizeof said, "study.sample = 1048576: none of %u pages is in the sample",
             (unsigned)slow_fifo_faults(&program, 400));
    assert_non_null(strstr(error.text, said));
    study_work_destroy(&work);
    plan_destroy(plan);
    program_destroy(&program);
}

// Each page faults at its first reference, and no reference twice, whatever a sample says; with a
// frame for each page there is nothing else.
static void estimates_keep_to_what_is_known_exactly(void **state) {
    struct program program = program_create(FIXTURE_SEED, 3000, 200);
    struct study_plan *plan = plan_create(
        &program, 1,
        (const char *const[]){"sweep os.frames=1,16,64,100,150,199,200,1000", "set os.policy=lru",
                              "set study.sample=8", "sweep seed=1..40", "measure faults", NULL});
    struct study_work work;
    uint64_t pages = slow_fifo_faults(&program, 200);
    unsigned at_least = 0;
    (void)state;
    work_create(&work, plan);
    evaluate_all(&work);
    for (unsigned r = 0; r < work.row_count; r++) {
        uint64_t estimate = study_row_value(&work, &work.rows[r], ASK_FRAMES, VALUE_FAULTS);
        assert_in_range(estimate, pages, program.count);
        at_least += estimate == pages;
    }
    assert_true(at_least > 0);
    study_work_destroy(&work);
    plan_destroy(plan);
    program_destroy(&program);
}

static void an_estimate_is_neither_ranked_nor_below_opt(void **state) {
    struct program program = program_create(FIXTURE_SEED, 3000, 200);
    (void)state;
    for (unsigned seed = 1; seed <= 10; seed++) {
        struct made made;
        char set_seed[32];
        snprintf(set_seed, sizeof set_seed, "set seed=%u", seed);
        made_create(&made, &program, 1,
                    (const char *const[]){"sweep os.frames=8,16,64,128", "set study.sample=8",
                                          "sweep os.policy=opt,lru,fifo", set_seed,
                                          "measure faults", NULL});
        const struct report_figure *figure = made_figure(&made, "distance");
        assert_non_null(figure);
        for (unsigned c = 0; c < figure->count; c++)
            for (unsigned p = 0; p < figure->curves[c].count; p++)
                assert_true(figure->curves[c].points[p].y >= 0);
        // LRU is what needs every reference.
        assert_int_equal(made_says(&made, "nearest to OPT of what a kernel can run is fifo"), 1);
        assert_int_equal(made_says(&made, "nearest to OPT"), 1);
        made_destroy(&made);
    }
    program_destroy(&program);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(estimates_of_a_program_err_by_what_they_say),
        cmocka_unit_test(only_lru_is_sampled_and_only_where_it_is_asked_for),
        cmocka_unit_test(a_sample_is_told_of_where_it_is_shown),
        cmocka_unit_test(a_sample_alone_cannot_be_verified),
        cmocka_unit_test(a_sample_of_no_page_is_refused),
        cmocka_unit_test(estimates_keep_to_what_is_known_exactly),
        cmocka_unit_test(an_estimate_is_neither_ranked_nor_below_opt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
