// SPDX-License-Identifier: Apache-2.0
// Plans: values of a sweep, what is refused and where, the points.
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "plan_yaml.h"
#include "presets.h"

static void check_values(const char *keys, const char *text, const uint64_t *expected,
                         unsigned count) {
    struct study_plan plan;
    struct sim_error error = {""};
    study_plan_init(&plan);
    if (study_plan_sweep(&plan, "test", keys, text, &error)) fail_msg("%s: %s", text, error.text);
    assert_int_equal(plan.axis_count, 1);
    assert_int_equal(plan.axes[0].count, count);
    for (unsigned i = 0; i < count; i++) assert_int_equal(plan.axes[0].values[i], expected[i]);
}

static void sweep_takes_lists_steps_and_factors(void **state) {
    (void)state;
    check_values("os.frames", "7", (const uint64_t[]){7}, 1);
    check_values("os.frames", "16,32,64", (const uint64_t[]){16, 32, 64}, 3);
    check_values("os.frames", "3..6", (const uint64_t[]){3, 4, 5, 6}, 4);
    check_values("os.frames", "10..35+10", (const uint64_t[]){10, 20, 30}, 3);
    check_values("os.frames", "16..100*2", (const uint64_t[]){16, 32, 64}, 3);
    check_values("os.frames", "0x10..32*2, 5", (const uint64_t[]){16, 32, 5}, 3);
    check_values("tlb.data.ways", "1,full", (const uint64_t[]){1, STUDY_FULL}, 2);
    check_values("os.policy", "opt,fifo", (const uint64_t[]){POLICY_OPT, POLICY_FIFO}, 2);
    // The end of the numbers is no overflow.
    check_values("os.quantum", "4611686018427387904..9223372036854775807*2",
                 (const uint64_t[]){UINT64_C(1) << 62}, 1);
    check_values("os.quantum", "9223372036854775806..9223372036854775807",
                 (const uint64_t[]){INT64_MAX - 1, INT64_MAX}, 2);
}

static void sweep_refuses_what_it_cannot_mean(void **state) {
    static const char *const wrong[][2] = {{"os.frames", ""},
                                           {"os.frames", "0"},
                                           {"os.frames", "1,,2"},
                                           {"os.frames", "8..4"},
                                           {"os.frames", "1..8*1"},
                                           {"os.frames", "1..8*0"},
                                           {"os.frames", "1..8+0"},
                                           {"os.frames", "1..8*x"},
                                           {"os.frames", "1..8-1"},
                                           {"os.frames", "..8"},
                                           {"os.frames", "1.."},
                                           {"os.frames", "1...8"},
                                           {"os.frames", "4,4"},
                                           {"os.frames", "1..4,3"},
                                           {"os.frames", "full"},
                                           {"os.frames", "1..1000"},
                                           {"os.policy", "best"},
                                           {"os.policy", "lru..opt"},
                                           {"os.frame", "4"},
                                           {"", "4"},
                                           {"os.frames,", "4"},
                                           {"tlb.data.ways", "1..full"},
                                           {"os.frames,os.policy", "4"},
                                           {"os.quantum", "0..9*2"},
                                           {"tlb.data.entries,mmu.pmp_entries", "32"}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct study_plan plan;
        struct sim_error error = {""};
        study_plan_init(&plan);
        if (study_plan_sweep(&plan, "place", wrong[i][0], wrong[i][1], &error) != SIM_ERROR_USAGE)
            fail_msg("%s=%s is accepted", wrong[i][0], wrong[i][1]);
        assert_memory_equal(error.text, "place: ", 7);
        assert_int_equal(plan.axis_count, 0);
    }
}

static void later_sweep_of_a_key_takes_the_place_of_the_earlier(void **state) {
    struct study_plan plan;
    struct sim_error error;
    (void)state;
    study_plan_init(&plan);
    assert_int_equal(study_plan_sweep(&plan, "t", "os.frames", "1,2", &error), SIM_OK);
    assert_int_equal(study_plan_sweep(&plan, "t", "os.policy", "lru", &error), SIM_OK);
    assert_int_equal(study_plan_sweep(&plan, "t", "os.frames", "9", &error), SIM_OK);
    assert_int_equal(plan.axis_count, 2);
    assert_int_equal(plan.axes[0].count, 1);
    assert_int_equal(plan.axes[0].values[0], 9);
}

static void key_in_two_sweeps_is_refused(void **state) {
    struct study_plan plan;
    struct sim_error error;
    (void)state;
    study_plan_init(&plan);
    assert_int_equal(study_plan_add_trace(&plan, "t", "x", &error), SIM_OK);
    assert_int_equal(study_plan_sweep(&plan, "t", "os.frames", "1,2", &error), SIM_OK);
    assert_int_equal(study_plan_sweep(&plan, "t", "os.quantum,os.frames", "1,2", &error), SIM_OK);
    assert_int_equal(study_plan_finish(&plan, &error), SIM_ERROR_USAGE);
    assert_string_equal(error.text, "os.frames is swept twice");
    study_plan_destroy(&plan);
}

static void points_are_all_combinations_and_full_ways_are_the_entries(void **state) {
    struct program programs[2] = {program_create(1, 10, 4), program_create(2, 10, 4)};
    struct study_plan *plan =
        plan_create(programs, 2,
                    (const char *const[]){"sweep tlb.data.entries=8,16",
                                          "sweep tlb.data.ways=2,full", "set seed=5", NULL});
    (void)state;
    assert_int_equal(study_plan_combinations(plan), 8);
    for (uint64_t n = 0; n < 8; n++) {
        struct study_point point;
        struct sim_error error;
        assert_int_equal(study_plan_point(plan, n, &point, &error), SIM_OK);
        uint64_t entries = n / 2 % 2 ? 16 : 8;
        assert_int_equal(point.trace, n / 4);
        assert_int_equal(point.config.run.data_entries, entries);
        assert_int_equal(point.config.run.data_ways, n % 2 ? entries : 2);
        assert_int_equal(point.config.run.seed, 5);
    }
    plan_destroy(plan);
    for (unsigned i = 0; i < 2; i++) program_destroy(&programs[i]);
}

static void every_key_of_a_run_can_be_swept(void **state) {
    (void)state;
    for (unsigned i = 0; i < config_key_count; i++) {
        struct study_plan plan;
        struct sim_error error = {""};
        char text[24];
        study_plan_init(&plan);
        study_key_print(&config_keys[i], config_keys[i].standard, text);
        if (study_plan_sweep(&plan, "test", config_keys[i].path, text, &error))
            fail_msg("%s", error.text);
    }
}

static void every_ready_made_study_is_a_legal_plan(void **state) {
    struct program program = program_create(3, 100, 9);
    (void)state;
    for (unsigned i = 0; i < study_preset_count; i++) {
        char line[64];
        struct study_work work;
        snprintf(line, sizeof line, "study %s", study_presets[i].name);
        struct study_plan *plan = plan_create(&program, 1, (const char *const[]){line, NULL});
        work_create(&work, plan);
        assert_true(work.row_count > 1);
        study_work_destroy(&work);
        plan_destroy(plan);
    }
    program_destroy(&program);
}

// --- files -------------------------------------------------------------------------------

static enum sim_status parse(const char *text, struct study_plan *plan, struct sim_error *error) {
    study_plan_init(plan);
    return study_plan_parse("f.yaml", (const unsigned char *)text, strlen(text), plan, error);
}

static void file_says_what_the_command_line_says(void **state) {
    struct study_plan plan;
    struct sim_error error = {""};
    (void)state;
    const char *text =
        "title: A title\n"
        "traces: [a.tdt, b.tdt]\n"
        "mix: yes\n"
        "measure: [misses, cycles]\n"
        "set: {seed: 9, os: {frames: 77}, tlb.data.policy: fifo}\n"
        "sweep:\n"
        "  tlb.data.entries: 16..64*2\n"
        "  tlb: {data: {ways: [1, full]}}\n"
        "  memory.data.least, memory.data.most: [8, 50]\n";
    if (parse(text, &plan, &error)) fail_msg("%s", error.text);
    assert_string_equal(plan.title, "A title");
    assert_int_equal(plan.trace_count, 2);
    assert_string_equal(plan.traces[1], "b.tdt");
    assert_true(plan.mix);
    assert_int_equal(plan.measures, STUDY_MISSES | STUDY_CYCLES);
    assert_int_equal(plan.base.run.seed, 9);
    assert_int_equal(plan.base.run.frames, 77);
    assert_int_equal(plan.axis_count, 3);
    assert_int_equal(plan.axes[0].count, 3);
    assert_int_equal(plan.axes[1].values[1], STUDY_FULL);
    assert_int_equal(plan.axes[2].key_count, 2);
    study_plan_destroy(&plan);
}

static void study_of_a_file_comes_before_its_other_keys(void **state) {
    struct study_plan plan;
    struct sim_error error = {""};
    (void)state;
    const char *text = "sweep: {os.frames: [3, 4]}\ntraces: x\nstudy: belady\n";
    if (parse(text, &plan, &error)) fail_msg("%s", error.text);
    assert_string_equal(plan.name, "belady");
    assert_int_equal(plan.axis_count, 2);
    assert_int_equal(plan.axes[0].count, 2);
    study_plan_destroy(&plan);
}

static void bad_files_are_refused_with_file_and_line(void **state) {
    static const char *const wrong[][2] = {
        {"", "f.yaml:1: this plan is empty"},
        {"7\n", "f.yaml:1: expected a mapping"},
        {"a: 1\n", "f.yaml:1: a plan has no 'a'"},
        {"title: x\ntitle: y\n", "f.yaml:2: title was already given in line 1"},
        {"set: 3\n", "f.yaml:1: expected a mapping"},
        {"set:\n  os:\n    frame: 3\n", "f.yaml:3: there is no key 'os.frame'"},
        {"set:\n  os.frames: [3]\n", "f.yaml:2: expected a value"},
        {"set:\n  os.frames: -1\n", "f.yaml:2: os.frames must be a whole number"},
        {"sweep:\n  os.frames: {a: 1}\n", "f.yaml:2: there is no key 'os.frames.a'"},
        {"sweep:\n  os.frames: []\n", "f.yaml:2: expected a value, or a list of values"},
        {"sweep:\n  os.frames: [1, [2]]\n", "f.yaml:2: expected a value in this list"},
        {"sweep:\n\n  os.frames: 9..3\n", "f.yaml:3: a range of os.frames is"},
        {"traces: {a: b}\n", "f.yaml:1: expected the name of a trace"},
        {"traces: ['']\n", "f.yaml:1: a trace without a name"},
        {"measure: fun\n", "f.yaml:1: there is no measure 'fun'"},
        {"study: fun\n", "f.yaml:1: there is no study 'fun'"},
        {"mix: maybe\n", "f.yaml:1: mix must be yes or no"},
        {"title: x\n---\ntitle: y\n", "f.yaml:2: a second document begins"},
        {"title: [\n", "f.yaml:2: this is not YAML"},
        {"{{{{{{{{{{{{{{{{a: 1}: 2}: 3}: 4}}}}}}}}}}}}}}: 1}", "f.yaml:1: mappings are nested"},
        {"? [a]\n: b\n", "f.yaml:1: a key must be a plain word"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct study_plan plan;
        struct sim_error error = {""};
        if (parse(wrong[i][0], &plan, &error) != SIM_ERROR_USAGE)
            fail_msg("accepted: %s", wrong[i][0]);
        if (strncmp(error.text, wrong[i][1], strlen(wrong[i][1])))
            fail_msg("says '%s', not '%s'", error.text, wrong[i][1]);
        study_plan_destroy(&plan);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sweep_takes_lists_steps_and_factors),
        cmocka_unit_test(sweep_refuses_what_it_cannot_mean),
        cmocka_unit_test(later_sweep_of_a_key_takes_the_place_of_the_earlier),
        cmocka_unit_test(key_in_two_sweeps_is_refused),
        cmocka_unit_test(points_are_all_combinations_and_full_ways_are_the_entries),
        cmocka_unit_test(every_key_of_a_run_can_be_swept),
        cmocka_unit_test(every_ready_made_study_is_a_legal_plan),
        cmocka_unit_test(file_says_what_the_command_line_says),
        cmocka_unit_test(study_of_a_file_comes_before_its_other_keys),
        cmocka_unit_test(bad_files_are_refused_with_file_and_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
