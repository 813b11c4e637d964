// SPDX-License-Identifier: Apache-2.0
// What is told of page frames, comparisons and programs: sentences and marks against what lists and
// queues say.
#include "fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"

// --- the knee ----------------------------------------------------------------------------

// Returns the number of frames at which frames x faults of FIFO is least.
static uint64_t least_product(const struct program *program, uint64_t from, uint64_t to) {
    uint64_t best = from, least = UINT64_MAX;
    for (uint64_t frames = from; frames <= to; frames++) {
        uint64_t product = frames * slow_fifo_faults(program, frames);
        if (product < least) {
            least = product;
            best = frames;
        }
    }
    return best;
}

// A loop over pages, in the second half over others: FIFO faults at each reference of a loop until
// all of its pages fit.
static struct program loop_create(uint64_t pages, uint64_t later) {
    struct program program = program_create(FIXTURE_SEED, 2000, 2), loop = program;
    struct trace_writer *writer;
    struct sim_error error = {""};
    for (size_t i = 0; i < program.count; i++) {
        uint64_t page = i % (2 * i < program.count ? pages : later);
        loop.refs[i] =
            (struct trace_ref){.va = 0x10000000 + (page << 12), .kind = TRACE_LOAD, .size = 8};
    }
    assert_int_equal(trace_writer_create(program.path, "", &writer, &error), SIM_OK);
    assert_int_equal(trace_writer_add(writer, loop.refs, loop.count, &error), SIM_OK);
    assert_int_equal(trace_writer_commit(writer, &error), SIM_OK);
    return loop;
}

static void knee_at_an_edge_of_the_sweep_is_said_to_lie_outside(void **state) {
    static const struct {
        const char *sweep, *said;
        uint64_t from, to;
        bool mark;
    } cases[] = {
        // The loop's knee is at its 20 pages.
        {"sweep os.frames=10..30", "thrashing begins below 20 frames", 10, 30, true},
        {"sweep os.frames=20..30", "lies at 20 frames or below, outside the sweep", 20, 30, false},
        // Nothing more is to be gained behind it, though the sweep ends there.
        {"sweep os.frames=10..20", "thrashing begins below 20 frames", 10, 20, true},
    };
    struct program program = loop_create(20, 20);
    struct made made;
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        made_create(
            &made, &program, 1,
            (const char *const[]){cases[i].sweep, "set os.policy=fifo", "measure faults", NULL});
        assert_int_equal(least_product(&program, cases[i].from, cases[i].to), 20);
        assert_int_equal(made_says(&made, cases[i].said), 1);
        assert_int_equal(made_figure(&made, "fault-ratio")->mark_count, cases[i].mark);
        made_destroy(&made);
    }
    program_destroy(&program);
}

// 20 frames hold the first loop, but not the second one of 40: its knee lies beyond the sweep.
static void knee_at_the_upper_edge_is_no_mark(void **state) {
    struct program program = loop_create(20, 40);
    struct made made;
    (void)state;
    assert_int_equal(least_product(&program, 15, 20), 20);
    assert_int_equal(least_product(&program, 15, 50), 40);
    made_create(&made, &program, 1,
                (const char *const[]){"sweep os.frames=15..20", "set os.policy=fifo",
                                      "measure faults", NULL});
    assert_int_equal(made_says(&made, "lies at 20 frames or beyond, outside the sweep"), 1);
    assert_int_equal(made_says(&made, "thrashing begins"), 0);
    assert_int_equal(made_figure(&made, "fault-ratio")->mark_count, 0);
    made_destroy(&made);
    made_create(&made, &program, 1,
                (const char *const[]){"sweep os.frames=15..50", "set os.policy=fifo",
                                      "measure faults", NULL});
    assert_int_equal(made_says(&made, "thrashing begins below 40 frames"), 1);
    made_destroy(&made);
    program_destroy(&program);
}

// --- order -------------------------------------------------------------------------------

static void values_in_any_order_make_the_same_report(void **state) {
    struct program program = program_create(FIXTURE_SEED, 2000, 60);
    struct made up, mixed;
    (void)state;
    made_create(&up, &program, 1,
                (const char *const[]){"sweep os.frames=4,8,16,32", "set os.policy=fifo",
                                      "measure faults", NULL});
    made_create(&mixed, &program, 1,
                (const char *const[]){"sweep os.frames=16,4,32,8", "set os.policy=fifo",
                                      "measure faults", NULL});
    const struct report_curve *curve = &made_figure(&mixed, "fault-ratio")->curves[0];
    for (unsigned i = 0; i < 4; i++) {
        assert_true(curve->points[i].x == 4u << i);
        assert_true(curve->points[i].y ==
                    (double)slow_fifo_faults(&program, 4u << i) / (double)program.count);
    }
    assert_int_equal(up.report.summary_count, mixed.report.summary_count);
    for (unsigned i = 0; i < up.report.summary_count; i++)
        assert_string_equal(up.report.summary[i], mixed.report.summary[i]);
    made_destroy(&up);
    made_destroy(&mixed);
    program_destroy(&program);
}

// --- OPT ---------------------------------------------------------------------------------

static void distance_is_told_wherever_opt_is(void **state) {
    static const struct {
        const char *policies;
        bool opt;
    } cases[] = {{"sweep os.policy=opt,fifo", true},
                 {"sweep os.policy=fifo,lru,clock", false},
                 {"sweep os.policy=opt,fifo,lru,clock,random", true}};
    struct program program = program_create(FIXTURE_SEED, 1500, 60);
    (void)state;
    for (unsigned i = 0; i < 3; i++)
        for (unsigned preset = 0; preset < 2; preset++) {
            struct made made;
            made_create(&made, &program, 1,
                        (const char *const[]){preset ? "study policies" : "measure faults",
                                              "sweep os.frames=4,8,16", cases[i].policies, NULL});
            const struct report_figure *figure = made_figure(&made, "distance");
            assert_int_equal(figure != NULL, cases[i].opt);
            assert_int_equal(made_says(&made, "nearest to OPT") > 0, cases[i].opt);
            assert_int_equal(made_says(&made, "distance to OPT is not told"),
                             preset && !cases[i].opt);
            for (unsigned p = 0; figure && p < 3; p++) {
                uint64_t frames = UINT64_C(4) << p;
                double opt = (double)slow_opt_faults(&program, frames);
                double fifo = (double)slow_fifo_faults(&program, frames);
                // FIFO's curve is the first beside OPT's own.
                assert_true(fabs(figure->curves[0].points[p].y - (fifo / opt - 1)) < 1e-12);
            }
            made_destroy(&made);
        }
    program_destroy(&program);
}

// One size is no curve, but can be compared.
static void distance_of_one_size_is_a_sentence(void **state) {
    struct program program = program_create(FIXTURE_SEED, 1500, 60);
    struct made made;
    char said[96];
    (void)state;
    double distance = (double)slow_fifo_faults(&program, 8) / (double)slow_opt_faults(&program, 8);
    snprintf(said, sizeof said, "is fifo, on average %.1f %% more faults", 100 * (distance - 1));
    made_create(&made, &program, 1,
                (const char *const[]){"study policies", "sweep os.frames=8",
                                      "sweep os.policy=opt,fifo", NULL});
    assert_int_equal(made_says(&made, said), 1);
    made_destroy(&made);
    program_destroy(&program);
}

// --- comparisons -------------------------------------------------------------------------

static void set_misses(struct study_work *work, uint64_t asids, uint64_t quantum, uint64_t misses) {
    for (unsigned r = 0; r < work->row_count; r++) {
        const struct run_config *run = &work->rows[r].point.config.run;
        if (run->asid_bits != asids || run->quantum != quantum) continue;
        uint64_t *value = work->queries[work->rows[r].query[ASK_DATA]].value;
        value[VALUE_REFERENCES] = 1000;
        value[VALUE_MISSES] = misses;
        return;
    }
    fail();
}

// What is said of data misses with and without ASIDs at three quanta.
static void compare(const uint64_t with[3], const uint64_t without[3], struct made *made,
                    const struct program *program) {
    struct sim_error error = {""};
    *made = (struct made){0};
    made->plan =
        plan_create(program, 1,
                    (const char *const[]){"sweep os.quantum=10,20,40", "set os.processes=2",
                                          "sweep mmu.asid_bits=16,0", "measure misses", NULL});
    work_create(&made->work, made->plan);
    for (unsigned i = 0; i < 3; i++) {
        set_misses(&made->work, 16, UINT64_C(10) << i, with[i]);
        set_misses(&made->work, 0, UINT64_C(10) << i, without[i]);
    }
    assert_int_equal(study_report_make(&made->work, &made->report, &error), SIM_OK);
}

static void comparison_tells_its_range_and_where_it_turns(void **state) {
    static const struct {
        uint64_t with[3], without[3];
        const char *said, *also;
    } cases[] = {
        {{50, 80, 90},
         {100, 100, 100},
         "quantum 10: ASIDs save 50 % of the misses of the data TLB (0.1 without them), where it "
         "is "
         "most; 10 % (",
         "quantum 40), where it is least"},
        {{150, 120, 110},
         {100, 100, 100},
         "quantum 10: ASIDs add 50 % of the misses of the data TLB (0.1 without them), where it is "
         "most; 10 % (",
         "quantum 40), where it is least"},
        {{150, 100, 20},
         {100, 100, 100},
         "quantum 40: ASIDs save 80 % of the misses of the data TLB (0.1 without them), where it "
         "is "
         "most; but add 50 % (",
         ": ASIDs add up to os.quantum = 10, and save from 40 on."},
        {{100, 100, 100},
         {100, 100, 100},
         "ASIDs change the misses of the data TLB by less than 1 % everywhere.",
         "everywhere"},
        {{50, 50, 50},
         {100, 100, 100},
         "ASIDs save 50 % of the misses of the data TLB (0.1 without them), and so everywhere.",
         "everywhere"},
    };
    struct program program = program_create(FIXTURE_SEED, 100, 5);
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct made made;
        compare(cases[i].with, cases[i].without, &made, &program);
        assert_int_equal(made_says(&made, cases[i].said), 1);
        assert_true(made_says(&made, cases[i].also) >= 1);
        assert_int_equal(made_says(&made, "save -") + made_says(&made, "add -"), 0);
        made_destroy(&made);
    }
    program_destroy(&program);
}

// --- names -------------------------------------------------------------------------------

static void page_sizes_of_a_mix_are_said_of_the_mix(void **state) {
    struct program programs[2] = {program_create(FIXTURE_SEED, 500, 20),
                                  program_create(FIXTURE_SEED + 1, 500, 20)};
    struct made made;
    (void)state;
    made_create(
        &made, programs, 2,
        (const char *const[]){"mix", "sweep study.page_bytes=4096,65536", "measure pages", NULL});
    assert_int_equal(made_says(&made, "mix: pages of 4 KiB take"), 1);
    assert_int_equal(made_says(&made, "mix: pages of 64 KiB take"), 1);
    made_destroy(&made);
    for (unsigned i = 0; i < 2; i++) program_destroy(&programs[i]);
}

static void traces_of_one_name_are_told_apart_by_their_folders(void **state) {
    static const struct {
        const char *paths[3], *names[3];
    } cases[] = {
        {{"x/cc1.tdt", "y/gzip.tdt", "gcc.tdt"}, {"cc1", "gzip", "gcc"}},
        {{"x/cc1.tdt", "y/cc1.tdt", "gcc.tdt"}, {"x/cc1", "y/cc1", "gcc"}},
        {{"a/x/cc1.tdt", "b/x/cc1.tdt", "b/y/cc1"}, {"a/x/cc1", "b/x/cc1", "y/cc1"}},
        {{"x/cc1.tdt", "x/cc1.tdt", "cc1"}, {"cc1 (1)", "cc1 (2)", "cc1"}},
        {{"/cc1.tdt", "cc1.tdt", "x/cc1.tdt"}, {"/cc1", "cc1", "x/cc1"}},
    };
    struct study_plan *plan = malloc(sizeof *plan);
    struct sim_error error = {""};
    char name[64];
    (void)state;
    assert_non_null(plan);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        study_plan_init(plan);
        for (unsigned t = 0; t < 3; t++)
            assert_int_equal(study_plan_add_trace(plan, "test", cases[i].paths[t], &error), SIM_OK);
        for (unsigned t = 0; t < 3; t++)
            assert_string_equal(study_trace_name(plan, t, name), cases[i].names[t]);
        study_plan_destroy(plan);
    }
    free(plan);
}

static void names_that_are_too_long_or_foreign_still_differ(void **state) {
    static const char folder[] = "a-folder-of-a-name-that-is-far-too-long-for-any-label-of-a-curve";
    struct study_plan *plan = malloc(sizeof *plan);
    struct sim_error error = {""};
    char path[256], names[4][64];
    (void)state;
    assert_non_null(plan);
    study_plan_init(plan);
    for (unsigned t = 0; t < 2; t++) {
        snprintf(path, sizeof path, "%u/%s/cc1.tdt", t, folder);
        assert_int_equal(study_plan_add_trace(plan, "test", path, &error), SIM_OK);
    }
    assert_int_equal(study_plan_add_trace(plan, "test", "\303\251.tdt", &error), SIM_OK);
    assert_int_equal(study_plan_add_trace(plan, "test", "\303\250.tdt", &error), SIM_OK);
    for (unsigned t = 0; t < 4; t++) study_trace_name(plan, t, names[t]);
    for (unsigned t = 0; t < 4; t++)
        for (unsigned u = 0; u < t; u++) assert_string_not_equal(names[t], names[u]);
    study_plan_destroy(plan);
    free(plan);
}

// --- one point ---------------------------------------------------------------------------

static void one_point_names_what_it_measured(void **state) {
    struct program program = program_create(FIXTURE_SEED, 1000, 40);
    struct made made;
    char said[128];
    uint64_t data = 0;
    (void)state;
    made_create(&made, &program, 1,
                (const char *const[]){"measure misses", "set tlb.data.ways=16", NULL});
    for (size_t i = 0; i < program.count; i++) data += program.refs[i].kind != TRACE_FETCH;
    snprintf(said, sizeof said, "Miss ratio of the data TLB: %.4g misses per reference",
             (double)slow_lru_misses(&program, 0, 1, 16, 12) / (double)data);
    assert_int_equal(made_says(&made, said), 1);
    assert_int_equal(made_says(&made, "Miss ratio of the fetch TLB: "), 1);
    made_destroy(&made);
    program_destroy(&program);
}

// Without a sweep, and beside sweeps that it does not depend on.
static void working_set_of_one_window_is_measured_and_said(void **state) {
    static const char *const others[] = {"set os.frames=4", "sweep os.frames=4,8"};
    struct program program = program_create(FIXTURE_SEED, 1000, 40);
    uint64_t sum = 0;
    (void)state;
    for (size_t t = 0; t < program.count; t++)
        for (size_t i = t > 63 ? t - 63 : 0; i <= t; i++) {
            bool again = false;
            for (size_t j = i + 1; j <= t && !again; j++)
                again = program.refs[i].va >> 12 == program.refs[j].va >> 12;
            sum += !again;
        }
    for (unsigned i = 0; i < 2; i++) {
        struct made made;
        char said[128];
        made_create(
            &made, &program, 1,
            (const char *const[]){"measure working-set", "set study.window=64", others[i], NULL});
        snprintf(said, sizeof said, ": Average working set (window of 64 references): %.4g pages",
                 (double)sum / (double)program.count);
        assert_int_equal(made_says(&made, said), 1);
        assert_int_equal(
            study_row_value(&made.work, &made.work.rows[0], ASK_WORKING_SET, VALUE_WINDOW_PAGES),
            sum);
        assert_null(made_figure(&made, "working-set"));
        made_destroy(&made);
    }
    program_destroy(&program);
}

// --- scans -------------------------------------------------------------------------------

// An average walk of .least to .most takes half of both, and half a cycle counts.
static void walk_of_an_odd_range_of_cycles_is_not_rounded_down(void **state) {
    static const char *const latencies[] = {"set memory.data.most=1", "set memory.data.most=2",
                                            "set memory.data.most=3"};
    struct program program = program_create(FIXTURE_SEED, 3000, 60);
    uint64_t cycles[3];
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct made made;
        made_create(
            &made, &program, 1,
            (const char *const[]){"set os.policy=aging", "set os.frames=16",
                                  "set memory.data.least=1", latencies[i], "measure faults", NULL});
        cycles[i] =
            study_row_value(&made.work, &made.work.rows[0], ASK_FRAMES, VALUE_ACCESS_CYCLES);
        assert_int_equal(made_says(&made, "one for data and fetch, LRU, of tlb.data.entries = "),
                         1);
        made_destroy(&made);
    }
    assert_true(cycles[2] > cycles[0]);
    assert_true(2 * cycles[1] - (cycles[0] + cycles[2]) <= 1);
    program_destroy(&program);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knee_at_an_edge_of_the_sweep_is_said_to_lie_outside),
        cmocka_unit_test(knee_at_the_upper_edge_is_no_mark),
        cmocka_unit_test(values_in_any_order_make_the_same_report),
        cmocka_unit_test(distance_is_told_wherever_opt_is),
        cmocka_unit_test(distance_of_one_size_is_a_sentence),
        cmocka_unit_test(comparison_tells_its_range_and_where_it_turns),
        cmocka_unit_test(page_sizes_of_a_mix_are_said_of_the_mix),
        cmocka_unit_test(traces_of_one_name_are_told_apart_by_their_folders),
        cmocka_unit_test(names_that_are_too_long_or_foreign_still_differ),
        cmocka_unit_test(one_point_names_what_it_measured),
        cmocka_unit_test(working_set_of_one_window_is_measured_and_said),
        cmocka_unit_test(walk_of_an_odd_range_of_cycles_is_not_rounded_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
