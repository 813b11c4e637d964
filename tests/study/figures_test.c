// SPDX-License-Identifier: Apache-2.0
// Figures: no curve twice, a figure for each program where curves are many; OPT of few large sizes.
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "evaluate.h"
#include "figures.h"

struct made {
    struct study_plan *plan;
    struct study_work work;
    struct study_report report;
};

static void make(struct made *made, const struct program *programs, unsigned count,
                 const char *const *lines) {
    struct sim_error error = {""};
    made->plan = plan_create(programs, count, lines);
    work_create(&made->work, made->plan);
    for (unsigned t = 0; t < made->work.task_count; t++)
        if (study_evaluate(&made->work, &made->work.tasks[t], &error)) fail_msg("%s", error.text);
    assert_int_equal(study_report_make(&made->work, &made->report, &error), SIM_OK);
}

static void done(struct made *made) {
    report_destroy(&made->report);
    study_work_destroy(&made->work);
    plan_destroy(made->plan);
}

static const struct report_figure *figure_of(const struct made *made, const char *id) {
    for (unsigned f = 0; f < made->report.figure_count; f++)
        if (!strcmp(made->report.figures[f].id, id)) return &made->report.figures[f];
    return NULL;
}

static void keys_that_a_metric_does_not_depend_on_draw_no_curves(void **state) {
    struct program program = program_create(FIXTURE_SEED, 2000, 80);
    struct made made;
    (void)state;
    make(&made, &program, 1,
         (const char *const[]){"sweep study.page_bytes=4096,65536,2097152",
                               "sweep tlb.data.entries,tlb.data.ways=8,16", "sweep os.frames=4,8",
                               "measure misses,pages", NULL});
    // Neither depends on frames; memory in pages not on the TLB, its reach does.
    assert_int_equal(figure_of(&made, "data-miss-ratio")->count, 2);
    assert_int_equal(figure_of(&made, "fragmentation")->count, 1);
    assert_int_equal(figure_of(&made, "memory")->count, 1);
    assert_int_equal(figure_of(&made, "reach")->count, 2);
    const struct report_curve *curve = &figure_of(&made, "memory")->curves[0];
    assert_int_equal(curve->count, 3);
    assert_null(strstr(curve->label, "entries"));
    assert_null(strstr(curve->label, "frames"));
    done(&made);
    // The seed is RANDOM's: FIFO has one curve for all.
    make(&made, &program, 1,
         (const char *const[]){"sweep os.frames=4,8,16", "sweep os.policy=fifo,random",
                               "sweep seed=1,2,3", "measure faults", NULL});
    assert_int_equal(figure_of(&made, "fault-ratio")->count, 1 + 3);
    done(&made);
    program_destroy(&program);
}

// A TLB of 4 entries has no 8 ways: the curve takes each point from the combinations that there
// are.
static void illegal_combinations_leave_no_gap_in_what_does_not_depend_on_them(void **state) {
    struct program program = program_create(FIXTURE_SEED, 500, 20);
    struct made made;
    (void)state;
    make(&made, &program, 1,
         (const char *const[]){"sweep os.frames=2,4,8", "sweep tlb.data.ways=8,4",
                               "sweep tlb.data.entries=4,8", "set os.policy=fifo", "measure faults",
                               NULL});
    assert_true(made.work.skipped > 0);
    assert_int_equal(figure_of(&made, "fault-ratio")->count, 1);
    assert_int_equal(figure_of(&made, "fault-ratio")->curves[0].count, 3);
    done(&made);
    program_destroy(&program);
}

static void many_policies_of_two_programs_are_two_figures(void **state) {
    struct program programs[2] = {program_create(FIXTURE_SEED, 1500, 60),
                                  program_create(FIXTURE_SEED + 1, 1500, 60)};
    struct made made;
    (void)state;
    make(&made, programs, 2,
         (const char *const[]){"sweep os.frames=4,8,16",
                               "sweep os.policy=opt,lru,fifo,clock,random,arc", "measure faults",
                               NULL});
    static const char *const ids[] = {"fault-ratio", "fault-ratio-2", "distance", "distance-2"};
    for (unsigned i = 0; i < 4; i++) {
        const struct report_figure *figure = figure_of(&made, ids[i]);
        assert_non_null(figure);
        assert_int_equal(figure->count, i < 2 ? 6 : 5);
    }
    // Of both programs it is said what a kernel can do best.
    unsigned nearest = 0;
    for (unsigned i = 0; i < made.report.summary_count; i++)
        nearest +=
            strstr(made.report.summary[i], "nearest to OPT of what a kernel can run") != NULL;
    assert_int_equal(nearest, 2);
    done(&made);
    // Few curves stay together: programs are compared.
    make(&made, programs, 2,
         (const char *const[]){"sweep os.frames=4,8,16", "sweep os.policy=opt,lru",
                               "measure faults", NULL});
    assert_int_equal(figure_of(&made, "fault-ratio")->count, 4);
    assert_null(figure_of(&made, "fault-ratio-2"));
    done(&made);
    for (unsigned i = 0; i < 2; i++) program_destroy(&programs[i]);
}

// Three sizes beyond 16384 pages are simulated one by one, 300 by OPT's stack, which says so.
static void few_large_sizes_of_opt_have_the_faults_of_its_stack(void **state) {
    struct program program = program_create(FIXTURE_SEED, 150000, 40000);
    struct made few, many;
    (void)state;
    printf("seed %d\n", FIXTURE_SEED);
    make(&few, &program, 1,
         (const char *const[]){"sweep os.frames=300,3000,16384,60000", "set os.policy=opt",
                               "measure faults", NULL});
    make(&many, &program, 1,
         (const char *const[]){"sweep os.frames=1..300,3000,16384,60000", "set os.policy=opt",
                               "measure faults", NULL});
    const uint64_t pages = few.work.queries[few.work.trace_query[0]].value[VALUE_DISTINCT];
    assert_true(pages > 16384 && pages < 60000);  // so that both ways are gone
    for (unsigned i = 0; i < 4; i++)
        for (unsigned v = 0; v < STUDY_VALUES; v++)
            assert_int_equal(
                study_row_value(&few.work, &few.work.rows[i], ASK_FRAMES, (enum study_value)v),
                study_row_value(&many.work, &many.work.rows[299 + i], ASK_FRAMES,
                                (enum study_value)v));
    assert_int_equal(study_row_value(&few.work, &few.work.rows[3], ASK_FRAMES, VALUE_FAULTS),
                     pages);
    done(&few);
    done(&many);
    program_destroy(&program);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_that_a_metric_does_not_depend_on_draw_no_curves),
        cmocka_unit_test(illegal_combinations_leave_no_gap_in_what_does_not_depend_on_them),
        cmocka_unit_test(many_policies_of_two_programs_are_two_figures),
        cmocka_unit_test(few_large_sizes_of_opt_have_the_faults_of_its_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
