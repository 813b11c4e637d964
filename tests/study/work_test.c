// SPDX-License-Identifier: Apache-2.0
// The planner: each thing is asked once, and what one pass answers is one task.
#include "fixture.h"

#include <string.h>

// The whole programs' pages are one more task each, whatever is studied.
enum { TRACE_TASKS = 1 };

static void lay_out(const char *const *lines, struct program *program, struct study_plan **plan,
                    struct study_work *work) {
    *program = program_create(FIXTURE_SEED, 50, 8);
    *plan = plan_create(program, 1, lines);
    work_create(work, *plan);
    // Every query is in exactly one task, which is its own.
    unsigned queries = 0;
    for (unsigned t = 0; t < work->task_count; t++) {
        assert_true(work->tasks[t].count > 0);
        for (unsigned i = 0; i < work->tasks[t].count; i++, queries++)
            assert_int_equal(work->queries[work->order[work->tasks[t].first + i]].task, t);
    }
    assert_int_equal(queries, work->query_count);
}

static void clear(struct program *program, struct study_plan *plan, struct study_work *work) {
    study_work_destroy(work);
    plan_destroy(plan);
    program_destroy(program);
}

static void lru_sizes_and_ways_of_a_program_are_one_pass(void **state) {
    struct program program;
    struct study_plan *plan;
    struct study_work work;
    (void)state;
    lay_out((const char *const[]){"sweep tlb.data.entries=8..1024*2", "sweep tlb.data.ways=1,2,4",
                                  NULL},
            &program, &plan, &work);
    assert_int_equal(work.row_count, 24);
    assert_int_equal(work.query_count, 24 + TRACE_TASKS);
    assert_int_equal(work.task_count, 1 + TRACE_TASKS);
    clear(&program, plan, &work);
}

static void lru_and_opt_frames_are_one_pass_each_of_all_sizes(void **state) {
    struct program program;
    struct study_plan *plan;
    struct study_work work;
    (void)state;
    lay_out((const char *const[]){"sweep os.frames=1..100", "sweep os.policy=lru,opt", NULL},
            &program, &plan, &work);
    assert_int_equal(work.row_count, 200);
    assert_int_equal(work.task_count, 2 + TRACE_TASKS);
    clear(&program, plan, &work);
}

static void points_of_the_timed_model_are_tasks_of_their_own(void **state) {
    struct program program;
    struct study_plan *plan;
    struct study_work work;
    (void)state;
    lay_out((const char *const[]){"sweep memory.data.most=8..12", NULL}, &program, &plan, &work);
    assert_int_equal(plan->measures, STUDY_MISSES | STUDY_CYCLES);
    // The timed model counts misses, too: nobody else is asked.
    assert_int_equal(work.task_count, 5 + TRACE_TASKS);
    for (unsigned r = 0; r < work.row_count; r++)
        assert_int_equal(work.rows[r].query[ASK_DATA], QUERY_NONE);
    clear(&program, plan, &work);
}

static void keys_that_cannot_change_an_answer_do_not_ask_again(void **state) {
    struct program program;
    struct study_plan *plan;
    struct study_work work;
    (void)state;
    lay_out((const char *const[]){"measure misses", "sweep tlb.data.entries=16,32",
                                  "set tlb.data.ways=4", "sweep memory.data.most=8,9,10",
                                  "sweep os.frames=3,4", "sweep seed=1,2", NULL},
            &program, &plan, &work);
    assert_int_equal(work.row_count, 24);
    assert_int_equal(work.query_count, 2 + TRACE_TASKS);
    clear(&program, plan, &work);
}

static void seed_changes_the_faults_of_random_replacement_only(void **state) {
    struct program program;
    struct study_plan *plan;
    struct study_work work;
    (void)state;
    lay_out((const char *const[]){"sweep os.policy=random,fifo", "sweep seed=1,2,3",
                                  "measure faults", NULL},
            &program, &plan, &work);
    assert_int_equal(work.query_count, 3 + 1 + TRACE_TASKS);
    clear(&program, plan, &work);
}

static unsigned kernel_queries(const struct study_work *work) {
    unsigned count = 0;
    for (unsigned r = 0; r < work->row_count; r++)
        if (work->rows[r].query[ASK_DATA] != QUERY_NONE)
            count += work->queries[work->rows[r].query[ASK_DATA]].kernel;
    return count;
}

static void kernel_is_asked_only_where_it_counts_what_the_hardware_does(void **state) {
    static const struct {
        const char *set;
        bool kernel;
    } cases[] = {{"set seed=1", true},
                 {"set tlb.data.policy=fifo", true},
                 {"set tlb.data.policy=plru", true},
                 {"set tlb.data.policy=random", false},  // another generator
                 {"set os.processes=2", true},
                 {"set mmu.asid_bits=0", true},  // one process: never fenced
                 {"set mmu.mode=sv57", true}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct program program;
        struct study_plan *plan;
        struct study_work work;
        lay_out((const char *const[]){"measure misses", "sweep tlb.data.entries=16,32",
                                      "set tlb.data.ways=4", cases[i].set, NULL},
                &program, &plan, &work);
        assert_int_equal(kernel_queries(&work), cases[i].kernel ? 2 : 0);
        clear(&program, plan, &work);
    }
    struct program program;
    struct study_plan *plan;
    struct study_work work;
    // Two processes share one ASID: every switch fences it, and kernels know no fences.
    lay_out((const char *const[]){"measure misses", "sweep mmu.asid_bits=0,1", "set os.processes=2",
                                  NULL},
            &program, &plan, &work);
    assert_int_equal(kernel_queries(&work), 1);
    clear(&program, plan, &work);
}

static void illegal_combinations_are_counted_and_the_first_is_explained(void **state) {
    struct program program;
    struct study_plan *plan;
    struct study_work work;
    (void)state;
    lay_out((const char *const[]){"sweep tlb.data.entries=4,8", "sweep tlb.data.ways=2,8", NULL},
            &program, &plan, &work);
    assert_int_equal(work.row_count, 3);
    assert_int_equal(work.skipped, 1);
    assert_non_null(strstr(work.skipped_text, "tlb.data (4 entries, 8 ways"));
    clear(&program, plan, &work);
}

static void plan_without_a_legal_combination_is_refused(void **state) {
    struct program program = program_create(1, 5, 2);
    struct study_plan *plan = plan_create(
        &program, 1,
        (const char *const[]){"sweep tlb.data.entries=4", "sweep tlb.data.ways=8", NULL});
    struct study_work work;
    struct sim_error error = {""};
    uint64_t references[STUDY_MOST_TRACES] = {5};
    (void)state;
    assert_int_equal(study_work_create(plan, references, &work, &error), SIM_ERROR_USAGE);
    assert_memory_equal(error.text, "no combination of the sweeps is legal: ", 39);
    clear(&program, plan, &work);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lru_sizes_and_ways_of_a_program_are_one_pass),
        cmocka_unit_test(lru_and_opt_frames_are_one_pass_each_of_all_sizes),
        cmocka_unit_test(points_of_the_timed_model_are_tasks_of_their_own),
        cmocka_unit_test(keys_that_cannot_change_an_answer_do_not_ask_again),
        cmocka_unit_test(seed_changes_the_faults_of_random_replacement_only),
        cmocka_unit_test(kernel_is_asked_only_where_it_counts_what_the_hardware_does),
        cmocka_unit_test(illegal_combinations_are_counted_and_the_first_is_explained),
        cmocka_unit_test(plan_without_a_legal_combination_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
