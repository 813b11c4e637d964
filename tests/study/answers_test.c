// SPDX-License-Identifier: Apache-2.0
// Answers: kernels against lists searched from the front, and against the timed model, which knows
// nothing of kernels.
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate.h"
#include "mmu/engine.h"

static void evaluate_all(struct study_work *work) {
    for (unsigned t = 0; t < work->task_count; t++) {
        struct sim_error error = {""};
        if (study_evaluate(work, &work->tasks[t], &error)) fail_msg("%s", error.text);
    }
}

static void misses_are_those_of_lists_in_order_of_recency(void **state) {
    struct program program = program_create(FIXTURE_SEED, 6000, 300);
    (void)state;
    printf("seed %d\n", FIXTURE_SEED);
    for (unsigned port = 0; port < MMU_PORTS; port++) {
        bool data = port == MMU_PORT_DATA;
        struct study_plan *plan = plan_create(
            &program, 1,
            (const char *const[]){
                data ? "sweep tlb.data.entries=4..128*2" : "sweep tlb.fetch.entries=4..128*2",
                data ? "sweep tlb.data.ways=1,2,4,full" : "sweep tlb.fetch.ways=1,2,4,full",
                "sweep study.page_bytes=4096,65536", "measure misses", NULL});
        struct study_work work;
        work_create(&work, plan);
        evaluate_all(&work);
        for (unsigned r = 0; r < work.row_count; r++) {
            const struct study_config *config = &work.rows[r].point.config;
            uint64_t entries = data ? config->run.data_entries : config->run.fetch_entries;
            uint64_t ways = data ? config->run.data_ways : config->run.fetch_ways;
            assert_int_equal(
                study_row_value(&work, &work.rows[r], data ? ASK_DATA : ASK_FETCH, VALUE_MISSES),
                slow_lru_misses(&program, port, entries / ways, ways,
                                config->page_bytes == 4096 ? 12 : 16));
        }
        study_work_destroy(&work);
        plan_destroy(plan);
    }
    program_destroy(&program);
}

// Every TLB query that a kernel answers, answered again by the timed model.
static void compare_with_model(const struct program *programs, unsigned count,
                               const char *const *lines) {
    struct study_plan *plan = plan_create(programs, count, lines);
    struct study_work work;
    unsigned compared = 0;
    work_create(&work, plan);
    evaluate_all(&work);
    for (unsigned q = 0; q < work.query_count; q++) {
        struct study_query by_kernel = work.queries[q], by_model = by_kernel;
        struct sim_error error = {""};
        if (by_kernel.kind != QUERY_TLB || !by_kernel.kernel) continue;
        by_model.kernel = false;
        memset(by_model.value, 0, sizeof by_model.value);
        if (study_evaluate_query(&by_model, &error)) fail_msg("%s", error.text);
        assert_int_equal(by_model.value[VALUE_MISSES], by_kernel.value[VALUE_MISSES]);
        assert_int_equal(by_model.value[VALUE_REFERENCES], by_kernel.value[VALUE_REFERENCES]);
        compared++;
    }
    assert_true(compared > 0);
    study_work_destroy(&work);
    plan_destroy(plan);
}

static void kernels_count_what_the_timed_model_counts(void **state) {
    struct program programs[2] = {program_create(FIXTURE_SEED, 5000, 100),
                                  program_create(FIXTURE_SEED + 1, 3000, 60)};
    (void)state;
    compare_with_model(programs, 1,
                       (const char *const[]){
                           "sweep tlb.data.entries=4,16,64", "sweep tlb.data.ways=1,4,full",
                           "sweep tlb.data.policy=lru,fifo,plru", "measure misses,classes", NULL});
    compare_with_model(
        programs, 2,
        (const char *const[]){"mix", "sweep tlb.data.entries=16,64",
                              "sweep tlb.data.policy=lru,fifo", "set tlb.data.ways=4",
                              "sweep os.quantum=7,500", "measure misses", NULL});
    compare_with_model(programs, 2,
                       (const char *const[]){"sweep tlb.fetch.entries,tlb.fetch.ways=8,32",
                                             "set os.references=1000", "set mmu.mode=sv48",
                                             "measure misses", NULL});
    for (unsigned i = 0; i < 2; i++) program_destroy(&programs[i]);
}

static void causes_add_up_and_a_fully_associative_tlb_has_no_conflicts(void **state) {
    struct program program = program_create(FIXTURE_SEED + 2, 4000, 200);
    struct study_plan *plan =
        plan_create(&program, 1,
                    (const char *const[]){"sweep tlb.data.entries=8,32", "measure classes",
                                          "sweep tlb.data.ways=1,2,full", NULL});
    struct study_work work;
    (void)state;
    work_create(&work, plan);
    evaluate_all(&work);
    for (unsigned r = 0; r < work.row_count; r++) {
        const struct study_row *row = &work.rows[r];
        uint64_t conflict = study_row_value(&work, row, ASK_DATA, VALUE_CONFLICT);
        const struct run_config *run = &row->point.config.run;
        assert_int_equal(study_row_value(&work, row, ASK_DATA, VALUE_MISSES),
                         study_row_value(&work, row, ASK_DATA, VALUE_DISTINCT) +
                             study_row_value(&work, row, ASK_DATA, VALUE_CAPACITY) + conflict);
        assert_int_equal(conflict == 0, run->data_ways == run->data_entries);
        // Compulsory: a TLB for every page there is.
        assert_int_equal(study_row_value(&work, row, ASK_DATA, VALUE_DISTINCT),
                         slow_lru_misses(&program, MMU_PORT_DATA, 1, 4096, 12));
    }
    study_work_destroy(&work);
    plan_destroy(plan);
    program_destroy(&program);
}

static void faults_are_those_of_a_queue_and_of_looking_ahead(void **state) {
    struct program program = program_create(FIXTURE_SEED + 3, 2500, 60);
    struct study_plan *plan =
        plan_create(&program, 1,
                    (const char *const[]){"sweep os.frames=1,2,7,20,59,60,100",
                                          "sweep os.policy=fifo,opt", NULL});
    struct study_work work;
    (void)state;
    work_create(&work, plan);
    evaluate_all(&work);
    for (unsigned r = 0; r < work.row_count; r++) {
        const struct run_config *run = &work.rows[r].point.config.run;
        assert_int_equal(study_row_value(&work, &work.rows[r], ASK_FRAMES, VALUE_FAULTS),
                         run->policy == POLICY_FIFO ? slow_fifo_faults(&program, run->frames)
                                                    : slow_opt_faults(&program, run->frames));
    }
    study_work_destroy(&work);
    plan_destroy(plan);
    program_destroy(&program);
}

// Used bytes and pages, counted once more with a mark for every byte there is.
static void pages_and_used_bytes_are_those_of_a_map_of_all_bytes(void **state) {
    enum { PAGES = 40, BASE = 0x10000000 };
    struct program program = program_create(FIXTURE_SEED + 4, 900, PAGES);
    struct study_plan *plan = plan_create(
        &program, 1,
        (const char *const[]){"sweep study.page_bytes=4096,65536", "measure pages", NULL});
    static uint8_t used[PAGES << 12];
    struct study_work work;
    uint64_t bytes = 0;
    (void)state;
    for (size_t i = 0; i < program.count; i++)
        memset(used + (program.refs[i].va - BASE), 1, program.refs[i].size);
    for (size_t i = 0; i < sizeof used; i++) bytes += used[i];
    work_create(&work, plan);
    evaluate_all(&work);
    for (unsigned r = 0; r < work.row_count; r++) {
        uint64_t size = work.rows[r].point.config.page_bytes, pages = 0;
        for (uint64_t at = 0; at < sizeof used; at += size) {
            uint64_t end = at + size < sizeof used ? at + size : sizeof used;
            pages += memchr(used + at, 1, end - at) != NULL;
        }
        assert_int_equal(study_row_value(&work, &work.rows[r], ASK_PAGES, VALUE_DISTINCT), pages);
        assert_int_equal(study_row_value(&work, &work.rows[r], ASK_PAGES, VALUE_USED_BYTES), bytes);
    }
    study_work_destroy(&work);
    plan_destroy(plan);
    program_destroy(&program);
}

static uint64_t slow_window_pages(const struct program *program, size_t window) {
    uint64_t sum = 0;
    for (size_t t = 0; t < program->count; t++)
        for (size_t i = t + 1 > window ? t + 1 - window : 0; i <= t; i++) {
            bool again = false;
            for (size_t j = i + 1; j <= t && !again; j++)
                again = program->refs[i].va >> 12 == program->refs[j].va >> 12;
            sum += !again;
        }
    return sum;
}

static void working_set_is_the_distinct_pages_of_each_window(void **state) {
    struct program program = program_create(FIXTURE_SEED + 5, 1500, 50);
    struct study_plan *plan = plan_create(
        &program, 1,
        (const char *const[]){"sweep study.window=1,8,64,120", "measure working-set", NULL});
    struct study_work work;
    (void)state;
    work_create(&work, plan);
    evaluate_all(&work);
    for (unsigned r = 0; r < work.row_count; r++)
        assert_int_equal(study_row_value(&work, &work.rows[r], ASK_WORKING_SET, VALUE_WINDOW_PAGES),
                         slow_window_pages(&program, work.rows[r].point.config.window));
    study_work_destroy(&work);
    plan_destroy(plan);
    program_destroy(&program);
}

// Who looks on sees every pass go by: as many references as the planner takes the task for.
static void references_are_counted_while_a_task_is_done(void **state) {
    static const char *const plans[][6] = {
        {"sweep tlb.data.entries,tlb.data.ways=4,8", "measure misses,classes", NULL},
        {"sweep os.frames=4,8", "sweep os.policy=lru,fifo,opt,clock,arc", NULL},
        {"sweep os.frames=4,8", "sweep os.policy=lru,opt", "set os.references=600", NULL},
        {"sweep study.page_bytes=4096,65536", "measure pages,misses", NULL},
        {"sweep memory.data.most=8,30", "measure cycles", NULL},
        {"set study.client=stream", "set memory.data.most=8", "set memory.data.least=8",
         "set memory.grant.most=1", "set memory.grant.least=1", "measure cycles"},
    };
    struct program program = program_create(FIXTURE_SEED + 6, 1000, 50);
    (void)state;
    for (unsigned p = 0; p < sizeof plans / sizeof plans[0]; p++) {
        const char *lines[7] = {0};
        memcpy(lines, plans[p], sizeof plans[p]);
        struct study_plan *plan = plan_create(&program, 1, lines);
        struct study_work work;
        work_create(&work, plan);
        for (unsigned t = 0; t < work.task_count; t++) {
            const struct study_task *task = &work.tasks[t];
            struct sim_error error = {""};
            _Atomic uint64_t seen = 0;
            for (unsigned i = 0; i < task->count; i++)
                work.queries[work.order[task->first + i]].input.seen = &seen;
            if (study_evaluate(&work, task, &error)) fail_msg("%s", error.text);
            assert_true((double)seen == task->references);
        }
        study_work_destroy(&work);
        plan_destroy(plan);
    }
    program_destroy(&program);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(misses_are_those_of_lists_in_order_of_recency),
        cmocka_unit_test(kernels_count_what_the_timed_model_counts),
        cmocka_unit_test(causes_add_up_and_a_fully_associative_tlb_has_no_conflicts),
        cmocka_unit_test(faults_are_those_of_a_queue_and_of_looking_ahead),
        cmocka_unit_test(pages_and_used_bytes_are_those_of_a_map_of_all_bytes),
        cmocka_unit_test(working_set_is_the_distinct_pages_of_each_window),
        cmocka_unit_test(references_are_counted_while_a_task_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
