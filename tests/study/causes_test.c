// SPDX-License-Identifier: Apache-2.0
// Misses by cause where the timed model counts them: against the kernels, against lists searched
// from the front; where there are none.
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "evaluate.h"
#include "mmu/engine.h"

static const enum study_value causes[] = {VALUE_REFERENCES, VALUE_MISSES,   VALUE_DISTINCT,
                                          VALUE_CAPACITY,   VALUE_CONFLICT, VALUE_SPARED};
enum { CAUSES = sizeof causes / sizeof causes[0] };

static void make(const struct program *programs, unsigned count, const char *const *lines,
                 struct study_plan **plan, struct study_work *work) {
    *plan = plan_create(programs, count, lines);
    work_create(work, *plan);
    for (unsigned t = 0; t < work->task_count; t++) {
        struct sim_error error = {""};
        if (study_evaluate(work, &work->tasks[t], &error)) fail_msg("%s", error.text);
    }
}

static void done(struct study_plan *plan, struct study_work *work) {
    study_work_destroy(work);
    plan_destroy(plan);
}

static void causes_by_the_timed_model_are_those_of_the_kernels(void **state) {
    struct program programs[2] = {program_create(FIXTURE_SEED, 4000, 100),
                                  program_create(FIXTURE_SEED + 1, 2500, 60)};
    struct study_plan *plan;
    struct study_work work;
    unsigned compared = 0;
    (void)state;
    printf("seed %d\n", FIXTURE_SEED);
    make(programs, 2,
         (const char *const[]){"mix", "sweep tlb.data.entries=8,32", "sweep tlb.data.ways=2,4",
                               "sweep tlb.data.policy=lru,fifo,plru", "set os.quantum=100",
                               "measure classes", NULL},
         &plan, &work);
    for (unsigned q = 0; q < work.query_count; q++) {
        struct study_query by_model = work.queries[q];
        struct sim_error error = {""};
        if (by_model.kind != QUERY_TLB) continue;
        assert_true(by_model.kernel);
        by_model.kernel = false;
        memset(by_model.value, 0, sizeof by_model.value);
        if (study_evaluate_query(&by_model, &error)) fail_msg("%s", error.text);
        for (unsigned c = 0; c < CAUSES; c++)
            assert_int_equal(by_model.value[causes[c]], work.queries[q].value[causes[c]]);
        compared++;
    }
    assert_int_equal(compared, 12);
    done(plan, &work);
    for (unsigned i = 0; i < 2; i++) program_destroy(&programs[i]);
}

// Random victims, and a second level behind: what no kernel counts.
static void causes_that_no_kernel_knows_add_up_to_both_tlbs(void **state) {
    struct program program = program_create(FIXTURE_SEED + 2, 4000, 200);
    (void)state;
    for (unsigned port = 0; port < MMU_PORTS; port++) {
        bool data = port == MMU_PORT_DATA;
        struct study_plan *plan;
        struct study_work work;
        make(&program, 1,
             (const char *const[]){
                 data ? "sweep tlb.data.entries=8,32" : "sweep tlb.fetch.entries=8,32",
                 data ? "set tlb.data.ways=4" : "set tlb.fetch.ways=4",
                 data ? "sweep tlb.data.policy=random,lru" : "sweep tlb.fetch.policy=random,lru",
                 "set tlb.l2.entries=64", "measure misses,classes", NULL},
             &plan, &work);
        for (unsigned r = 0; r < work.row_count; r++) {
            const struct study_row *row = &work.rows[r];
            const struct run_config *run = &row->point.config.run;
            uint64_t entries = data ? run->data_entries : run->fetch_entries, value[CAUSES];
            bool lru = (data ? run->data_policy : run->fetch_policy) == MMU_LRU;
            assert_false(work.queries[row->query[data ? ASK_DATA : ASK_FETCH]].kernel);
            for (unsigned c = 0; c < CAUSES; c++)
                value[c] = study_row_value(&work, row, data ? ASK_DATA : ASK_FETCH, causes[c]);
            assert_int_equal(value[2], slow_lru_misses(&program, port, 1, 4096, 12));
            assert_int_equal(value[1], value[2] + value[3] + value[4]);
            assert_int_equal(value[2] + value[3] + value[5],
                             slow_lru_misses(&program, port, 1, entries, 12));
            if (lru)
                assert_int_equal(value[1], slow_lru_misses(&program, port, entries / 4, 4, 12));
        }
        done(plan, &work);
    }
    program_destroy(&program);
}

static const struct report_cell *cell_of(const struct report_table *table, unsigned row,
                                         const char *column) {
    for (unsigned c = 0; c < table->column_count; c++)
        if (!strcmp(table->columns[c].name, column))
            return &table->cells[row * table->column_count + c];
    return NULL;
}

static void misses_that_fences_make_have_no_cause_and_no_figure(void **state) {
    struct program programs[2] = {program_create(FIXTURE_SEED, 1500, 40),
                                  program_create(FIXTURE_SEED + 1, 1500, 40)};
    // None tells causes; only those of 4 bits do.
    static const char *const asids[] = {"set mmu.asid_bits=0", "sweep mmu.asid_bits=0,4"};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct made made;
        made_create(
            &made, programs, 2,
            (const char *const[]){"mix", "sweep tlb.data.entries,tlb.data.ways=8,16", asids[i],
                                  "set os.quantum=100", "measure misses,classes", NULL});
        const struct report_figure *figure = made_figure(&made, "causes");
        const struct report_table *table = &made.report.tables[0];
        assert_int_equal(made_says(&made, "Misses by cause are not told of 2 of"), 1);
        assert_int_equal(made_says(&made, "are compulsory"), i);
        assert_int_equal(figure != NULL, i);
        const struct report_cell *capacity = cell_of(table, 0, "data.capacity_misses");
        assert_true(capacity ? !strcmp(capacity->text, REPORT_MISSING) : i == 0);
        for (unsigned c = 0; figure && c < figure->count; c++) {
            assert_non_null(strstr(figure->curves[c].label, "asid_bits 4"));
            assert_int_equal(figure->curves[c].count, 2);
        }
        if (i) assert_string_equal(cell_of(table, 1, "data.capacity_misses")->text, "");
        made_destroy(&made);
    }
    for (unsigned i = 0; i < 2; i++) program_destroy(&programs[i]);
}

// The timed model's program client maps pages of 4 KiB: other sizes are not silently those.
static void page_sizes_that_the_timed_model_does_not_map_are_refused(void **state) {
    struct program program = program_create(FIXTURE_SEED, 500, 40);
    struct study_plan *plan;
    struct study_work work;
    (void)state;
    make(&program, 1,
         (const char *const[]){"sweep study.page_bytes=4096,65536", "measure misses",
                               "sweep tlb.data.policy=random,lru", NULL},
         &plan, &work);
    assert_int_equal(work.row_count, 3);
    assert_int_equal(work.skipped, 1);
    assert_non_null(strstr(work.skipped_text, "pages of 4096 bytes only"));
    done(plan, &work);
    program_destroy(&program);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(causes_by_the_timed_model_are_those_of_the_kernels),
        cmocka_unit_test(causes_that_no_kernel_knows_add_up_to_both_tlbs),
        cmocka_unit_test(misses_that_fences_make_have_no_cause_and_no_figure),
        cmocka_unit_test(page_sizes_that_the_timed_model_does_not_map_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
