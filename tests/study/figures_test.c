// SPDX-License-Identifier: Apache-2.0
// Figures: no curve twice, a figure for each program where curves are many; OPT of few large sizes.
#include "fixture.h"

#include <stdio.h>
#include <string.h>

static void keys_that_a_metric_does_not_depend_on_draw_no_curves(void **state) {
    struct program program = program_create(FIXTURE_SEED, 2000, 80);
    struct made made;
    (void)state;
    made_create(&made, &program, 1,
                (const char *const[]){"sweep study.page_bytes=4096,65536,2097152",
                                      "sweep tlb.data.entries,tlb.data.ways=8,16",
                                      "sweep os.frames=4,8", "measure misses,pages", NULL});
    // Neither depends on frames; memory in pages not on the TLB, its reach does.
    assert_int_equal(made_figure(&made, "data-miss-ratio")->count, 2);
    assert_int_equal(made_figure(&made, "fragmentation")->count, 1);
    assert_int_equal(made_figure(&made, "memory")->count, 1);
    assert_int_equal(made_figure(&made, "reach")->count, 2);
    const struct report_curve *curve = &made_figure(&made, "memory")->curves[0];
    assert_int_equal(curve->count, 3);
    assert_null(strstr(curve->label, "entries"));
    assert_null(strstr(curve->label, "frames"));
    made_destroy(&made);
    // The seed is RANDOM's: FIFO has one curve for all.
    made_create(&made, &program, 1,
                (const char *const[]){"sweep os.frames=4,8,16", "sweep os.policy=fifo,random",
                                      "sweep seed=1,2,3", "measure faults", NULL});
    assert_int_equal(made_figure(&made, "fault-ratio")->count, 1 + 3);
    made_destroy(&made);
    program_destroy(&program);
}

// A TLB of 4 entries has no 8 ways: the curve takes each point from the combinations that there
// are.
static void illegal_combinations_leave_no_gap_in_what_does_not_depend_on_them(void **state) {
    struct program program = program_create(FIXTURE_SEED, 500, 20);
    struct made made;
    (void)state;
    made_create(&made, &program, 1,
                (const char *const[]){"sweep os.frames=2,4,8", "sweep tlb.data.ways=8,4",
                                      "sweep tlb.data.entries=4,8", "set os.policy=fifo",
                                      "measure faults", NULL});
    assert_true(made.work.skipped > 0);
    assert_int_equal(made_figure(&made, "fault-ratio")->count, 1);
    assert_int_equal(made_figure(&made, "fault-ratio")->curves[0].count, 3);
    made_destroy(&made);
    program_destroy(&program);
}

static void many_policies_of_two_programs_are_two_figures(void **state) {
    struct program programs[2] = {program_create(FIXTURE_SEED, 1500, 60),
                                  program_create(FIXTURE_SEED + 1, 1500, 60)};
    struct made made;
    (void)state;
    made_create(&made, programs, 2,
                (const char *const[]){"sweep os.frames=4,8,16",
                                      "sweep os.policy=opt,lru,fifo,clock,random,arc",
                                      "measure faults", NULL});
    static const char *const ids[] = {"fault-ratio", "fault-ratio-2", "distance", "distance-2"};
    for (unsigned i = 0; i < 4; i++) {
        const struct report_figure *figure = made_figure(&made, ids[i]);
        assert_non_null(figure);
        assert_int_equal(figure->count, i < 2 ? 6 : 5);
    }
    // Of both programs it is said what a kernel can do best.
    assert_int_equal(made_says(&made, "nearest to OPT of what a kernel can run"), 2);
    made_destroy(&made);
    // Few curves stay together: programs are compared.
    made_create(&made, programs, 2,
                (const char *const[]){"sweep os.frames=4,8,16", "sweep os.policy=opt,lru",
                                      "measure faults", NULL});
    assert_int_equal(made_figure(&made, "fault-ratio")->count, 4);
    assert_null(made_figure(&made, "fault-ratio-2"));
    made_destroy(&made);
    for (unsigned i = 0; i < 2; i++) program_destroy(&programs[i]);
}

// Three sizes beyond 16384 pages are simulated one by one, 300 by OPT's stack, which says so.
static void few_large_sizes_of_opt_have_the_faults_of_its_stack(void **state) {
    struct program program = program_create(FIXTURE_SEED, 150000, 40000);
    struct made few, many;
    (void)state;
    printf("seed %d\n", FIXTURE_SEED);
    made_create(&few, &program, 1,
                (const char *const[]){"sweep os.frames=300,3000,16384,60000", "set os.policy=opt",
                                      "measure faults", NULL});
    made_create(&many, &program, 1,
                (const char *const[]){"sweep os.frames=1..300,3000,16384,60000",
                                      "set os.policy=opt", "measure faults", NULL});
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
    made_destroy(&few);
    made_destroy(&many);
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
