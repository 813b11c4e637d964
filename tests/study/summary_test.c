// SPDX-License-Identifier: Apache-2.0
// Curves in words: hand-made curves, and the sentence that is true of each; the table of points.
#include <string.h>

#include "figures.h"
#include "fixture.h"

// What is said of a study that sweeps `key` when its figure of misses has this one curve.
static void say(const char *key, const double *y, unsigned count, char out[REPORT_SENTENCE_BYTES]) {
    const char *const lines[] = {"measure misses", key, NULL};
    struct program program = program_create(FIXTURE_SEED, 100, 5);
    struct study_plan *plan = plan_create(&program, 1, lines);
    struct study_work work;
    struct study_report report = {0};
    work_create(&work, plan);
    struct report_figure *figure = report_add_figure(&report, "data-miss-ratio", "Misses");
    report_set_scales(figure, "entries", "", "log2", "misses", "", "log10");
    struct report_curve *curve = report_add_curve(&report, figure, "p");
    for (unsigned i = 0; i < count; i++)
        report_add_point(&report, curve, (double)(8u << i), y[i], NULL);
    study_add_summary(&work, &report);
    assert_true(report.summary_count >= 1);
    snprintf(out, REPORT_SENTENCE_BYTES, "%s", report.summary[0]);
    report_destroy(&report);
    study_work_destroy(&work);
    plan_destroy(plan);
    program_destroy(&program);
}

static const char entries[] = "sweep tlb.data.entries,tlb.data.ways=8,16,32,64";

static void best_step_and_the_size_beyond_which_nothing_is_gained_are_named(void **state) {
    static const double y[] = {1, 0.8, 0.2, 0.199};  // 20 %, 75 %, then 0.1 % of the first value
    char said[REPORT_SENTENCE_BYTES];
    (void)state;
    say(entries, y, 4, said);
    assert_string_equal(said,
                        "p: doubling entries from 16 to 32 removes 75 % of the misses of the data "
                        "TLB; beyond 32 nothing (less than 1 % of the first).");
}

static void curve_that_rises_behind_its_least_value_is_not_said_to_gain_nothing(void **state) {
    static const double y[] = {10, 8, 8, 2000};
    char said[REPORT_SENTENCE_BYTES];
    (void)state;
    say(entries, y, 4, said);
    assert_string_equal(said,
                        "p: doubling entries from 8 to 16 removes 20 % of the misses of the data "
                        "TLB; beyond 16 they rise, from 8 to 2000.");
}

static void part_that_is_not_all_is_not_called_100_percent(void **state) {
    static const double most[] = {1, 0.001}, all[] = {1, 0};
    char said[REPORT_SENTENCE_BYTES];
    (void)state;
    say(entries, most, 2, said);
    assert_non_null(strstr(said, " removes more than 99 % of "));
    say(entries, all, 2, said);
    assert_non_null(strstr(said, " removes 100 % of "));
}

static void sweep_of_a_key_that_nothing_depends_on_is_said_first(void **state) {
    static const double y[] = {1, 1};
    static const char *const keys[] = {"os.frames", "check.watchdog", "memory.data.most"};
    char said[REPORT_SENTENCE_BYTES], line[64], start[64];
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        snprintf(line, sizeof line, "sweep %s=100,200", keys[i]);
        snprintf(start, sizeof start, "%s is swept, but nothing", keys[i]);
        say(line, y, 2, said);
        assert_memory_equal(said, start, strlen(start));
    }
}

static void count_that_nobody_made_is_missing_rather_than_0(void **state) {
    static const char *const lines[] = {"measure faults", "sweep os.policy=lru,fifo", NULL};
    struct program program = program_create(FIXTURE_SEED, 100, 5);
    struct study_plan *plan = plan_create(&program, 1, lines);
    struct study_work work;
    struct study_report report;
    struct sim_error error;
    unsigned column = 0;
    (void)state;
    work_create(&work, plan);
    work.queries[work.rows[1].query[ASK_FRAMES]].value[VALUE_WRITES] = 5;
    assert_int_equal(study_report_make(&work, &report, &error), SIM_OK);
    const struct report_table *table = &report.tables[0];
    while (strcmp(table->columns[column].name, "frames.page_writes")) column++;
    assert_string_equal(table->cells[column].text, REPORT_MISSING);
    assert_string_equal(table->cells[table->column_count + column].text, "");
    assert_true(table->cells[table->column_count + column].number == 5);
    report_destroy(&report);
    study_work_destroy(&work);
    plan_destroy(plan);
    program_destroy(&program);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_step_and_the_size_beyond_which_nothing_is_gained_are_named),
        cmocka_unit_test(curve_that_rises_behind_its_least_value_is_not_said_to_gain_nothing),
        cmocka_unit_test(part_that_is_not_all_is_not_called_100_percent),
        cmocka_unit_test(sweep_of_a_key_that_nothing_depends_on_is_said_first),
        cmocka_unit_test(count_that_nobody_made_is_missing_rather_than_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
