// SPDX-License-Identifier: Apache-2.0
// Plans: what they mean, and what is refused with the line.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "suites.h"

static enum sim_status parse(const char *text, struct plan *plan, struct sim_error *error) {
    return plan_parse("p.yaml", (const unsigned char *)text, strlen(text), plan, error);
}

static void plan_without_configurations_has_the_default_one(void **state) {
    struct plan plan;
    struct suites suites;
    (void)state;
    assert_int_equal(parse("tests: {t: {run: --random 5}}", &plan, NULL), SIM_OK);
    assert_string_equal(plan.title, "p");
    assert_false(plan.has_seed);
    assert_int_equal(plan.seconds, 600);
    assert_int_equal(suites_create(&plan, &suites, NULL), SIM_OK);
    assert_int_equal(suites.count, 1);
    assert_string_equal(suites.suite[0].command, "tandem run --random 5");
    assert_string_equal(suites.suite[0].configuration, "default");
    assert_int_equal(suites.unit_count, 1);
    suites_destroy(&suites);
    plan_destroy(&plan);
}

static void plan_makes_a_suite_of_each_configuration_a_test_uses(void **state) {
    static const char text[] =
        "configurations:\n"
        "  a: {set: {tlb: {data: {ways: 4}}}}\n"
        "  b: {set: {tlb.data.ways: 4, memory.data.most: 9}, weight: 3}\n"
        "  c:\n"
        "tests:\n"
        "  all: {run: [--random, 7], weight: 2}\n"
        "  one: {run: \"--trace 'a b.tdt' --set tlb.data.ways=4\", configurations: c}\n"
        "  file: {vectors: --dut x.vec}\n";
    struct plan plan;
    struct suites suites;
    (void)state;
    assert_int_equal(parse(text, &plan, NULL), SIM_OK);
    assert_int_equal(suites_create(&plan, &suites, NULL), SIM_OK);
    assert_int_equal(suites.count, 5);
    assert_string_equal(suites.suite[1].command,
                        "tandem run --set tlb.data.ways=4 --set memory.data.most=9 --random 7");
    assert_int_equal(suites.suite[1].weight, 6);
    assert_string_equal(suites.suite[3].command,
                        "tandem run --trace 'a b.tdt' --set tlb.data.ways=4");
    assert_string_equal(suites.suite[4].configuration, SUITE_NO_CONFIGURATION);
    assert_int_equal(suites.suite[4].unit, -1);
    // Memory's latency makes no other unit, and the test's own --set counts: a, b, c.one are one.
    assert_int_equal(suites.unit_count, 2);
    assert_int_equal(suites.suite[0].unit, suites.suite[1].unit);
    assert_int_equal(suites.suite[0].unit, suites.suite[3].unit);
    assert_int_not_equal(suites.suite[0].unit, suites.suite[2].unit);
    assert_int_equal(suites_find(&suites, "b", "all"), 1);
    assert_int_equal(suites_find(&suites, "a", "one"), -1);
    suites_destroy(&suites);
    plan_destroy(&plan);
}

static void plan_seeds_are_a_number_a_list_or_a_range(void **state) {
    static const char text[] =
        "seed: 0\n"
        "limits: {jobs: 9, minutes: 2, seconds: 5}\n"
        "tests:\n"
        "  n: {run: x, seeds: 12}\n"
        "  l: {run: x, seeds: [0, 5..7, 0x10], seconds: 3}\n"
        "  r: {run: x, seeds: 1..100}\n";
    struct plan plan;
    (void)state;
    assert_int_equal(parse(text, &plan, NULL), SIM_OK);
    assert_true(plan.has_seed);
    assert_int_equal(plan.seed, 0);
    assert_int_equal(plan.most_jobs, 9);
    assert_int_equal(plan.most_minutes, 2);
    assert_int_equal(plan_seed_count(&plan.tests[0].seeds), 12);
    assert_int_equal(plan_seed_count(&plan.tests[1].seeds), 5);
    assert_int_equal(plan_seed_count(&plan.tests[2].seeds), 100);
    assert_int_equal(plan.tests[0].seconds, 5);
    assert_int_equal(plan.tests[1].seconds, 3);
    plan_destroy(&plan);
}

static void plan_that_is_wrong_is_refused_with_its_line(void **state) {
    static const struct {
        const char *text, *sentence;
    } wrong[] = {
        {"", "p.yaml:1: this plan is empty"},
        {"title: x", "p.yaml: this plan has no tests"},
        {"tests: {}", "p.yaml: this plan has no tests"},
        {"test: {t: {run: x}}", "p.yaml:1: a plan has no 'test'"},
        {"tests:\n  t: {seeds: 1}", "p.yaml:2: this test says nothing to run"},
        {"tests:\n  t: {run: x, vectors: y}", "p.yaml:2: a test is one command"},
        {"tests:\n  t: {walk: x}", "p.yaml:2: a test has no 'walk'"},
        {"tests:\n  t: {run: x}\n  t: {run: y}", "p.yaml:3: t was already given in line 2"},
        {"tests:\n  t: {run: --seed 5}", "p.yaml:2: --seed is given by the runner"},
        {"tests:\n  t: {run: --js x}", "p.yaml:2: --js is given by the runner"},
        {"tests:\n  t: {run: -cfile}", "p.yaml:2: -cfile is given by the runner"},
        {"tests:\n  t: {run: \"--trace 'x\"}", "p.yaml:2: a quote does not end"},
        {"tests:\n  t: {run: x, seeds: 0}", "p.yaml:2: expected a whole number from 1 to 1000000"},
        {"tests:\n  t: {run: x, seeds: []}", "p.yaml:2: expected a number of seeds"},
        {"tests:\n  t: {run: x, seeds: [3, 1..9]}", "p.yaml:2: a seed is given twice"},
        {"tests:\n  t: {run: x, seeds: 9..3}", "p.yaml:2: expected a seed, or a range"},
        {"tests:\n  t: {run: x, seeds: 0..1000000}", "p.yaml:2: more than 1000000 seeds"},
        {"tests:\n  t: {run: x, seeds: 0..9223372036854775808}", "p.yaml:2: expected a seed"},
        {"tests:\n  t: {run: x, weight: 0}", "p.yaml:2: expected a whole number from 1 to 1000"},
        {"tests:\n  t: {run: x, configurations: [b]}", "p.yaml:2: there is no configuration 'b'"},
        {"tests:\n  t: {vectors: x, configurations: default}", "p.yaml:2: only tests of `run`"},
        {"tests:\n  a/b: {run: x}", "p.yaml:2: 'a/b' is no name"},
        {"tests:\n  -x: {run: x}", "p.yaml:2: '-x' is no name"},
        {"configurations:\n  a: {set: {tlb.data.way: 4}}\ntests: {t: {run: x}}", "p.yaml:2: "},
        {"configurations:\n  a: {set: {seed: 4}}\ntests: {t: {run: x}}",
         "p.yaml:2: a configuration has no seed"},
        {"configurations:\n  a: {sets: 1}\ntests: {t: {run: x}}",
         "p.yaml:2: a configuration has no 'sets'"},
        {"configurations:\n  a:\n    set:\n      tlb.data.ways: 4\n      tlb.data.ways: 8\n"
         "tests: {t: {run: x}}",
         "p.yaml:5: tlb.data.ways was already given in line 4"},
        {"configurations:\n  a:\n    set:\n      tlb: {data: {ways: 4}}\n"
         "      tlb: {data: {entries: 8}}\ntests: {t: {run: x}}",
         "p.yaml:5: tlb was already given in line 4"},
        {"configurations:\n  a:\n    set:\n      tlb.data.ways: 4\n"
         "      tlb: {data: {ways: 8}}\ntests: {t: {run: x}}",
         "p.yaml:5: tlb.data.ways was already given"},
        {"tests:\n  t: {run: [--trace, \"a\\n...\"]}", "p.yaml:2: a control character"},
        {"tests:\n  t:\n    run: \"--trace 'a\\x1b'\"", "p.yaml:3: a control character"},
        {"tests:\n  t: {run: [\"a\\x7f\"]}", "p.yaml:2: a control character"},
        {"tests:\n  t: {vectors: [\"a\\x85\"]}", "p.yaml:2: a control character"},
        {"configurations:\n  a: {config: \"a\\tb\"}\ntests: {t: {run: x}}",
         "p.yaml:2: a control character"},
        {"limits: {hours: 1}\ntests: {t: {run: x}}", "p.yaml:1: there is no limit 'hours'"},
        {"seed: -1\ntests: {t: {run: x}}", "p.yaml:1: expected a whole number from 0 to 9223"},
        {"tests: ]", "p.yaml:1: this is not YAML"},
        {"--- {}\n--- {}\n", "p.yaml:2: a second document begins; one file is one plan"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct plan plan;
        struct sim_error error = {""};
        assert_int_equal(parse(wrong[i].text, &plan, &error), SIM_ERROR_USAGE);
        if (strncmp(error.text, wrong[i].sentence, strlen(wrong[i].sentence)))
            fail_msg("said '%s' instead of '%s'", error.text, wrong[i].sentence);
    }
}

// Lines and tabs between words are blanks; other letters than ASCII are no control characters.
static void arguments_may_stand_in_several_lines_and_alphabets(void **state) {
    static const char text[] =
        "tests:\n  t:\n    run: |\n      --trace\t\"\xc3\xa9 \xc2\xa0\"\n      -n 5\n";
    struct plan plan;
    (void)state;
    assert_int_equal(parse(text, &plan, NULL), SIM_OK);
    assert_int_equal(plan.tests[0].arguments.count, 4);
    assert_string_equal(plan.tests[0].arguments.word[1], "\xc3\xa9 \xc2\xa0");
    assert_string_equal(plan.tests[0].arguments.word[3], "5");
    plan_destroy(&plan);
}

static void words_are_split_and_printed_as_a_shell_does(void **state) {
    static const char line[] = " a  'b c' d\\ e \"f'g\" '' x\"y z\"w ";
    static const char *const parts[] = {"a", "b c", "d e", "f'g", "", "xy zw"};
    struct words words = {0}, again = {0};
    bool open;
    (void)state;
    assert_true(words_split(&words, line, &open));
    assert_int_equal(words.count, 6);
    for (unsigned i = 0; i < 6; i++) assert_string_equal(words.word[i], parts[i]);
    assert_null(words.word[6]);
    char *text = words_text(&words);
    assert_true(words_split(&again, text, &open));
    assert_int_equal(again.count, 6);
    for (unsigned i = 0; i < 6; i++) assert_string_equal(again.word[i], parts[i]);
    free(text);
    words_destroy(&words);
    words_destroy(&again);
    assert_false(words_split(&words, "a \"b", &open));
    assert_true(open);
    words_destroy(&words);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plan_without_configurations_has_the_default_one),
        cmocka_unit_test(plan_makes_a_suite_of_each_configuration_a_test_uses),
        cmocka_unit_test(plan_seeds_are_a_number_a_list_or_a_range),
        cmocka_unit_test(plan_that_is_wrong_is_refused_with_its_line),
        cmocka_unit_test(arguments_may_stand_in_several_lines_and_alphabets),
        cmocka_unit_test(words_are_split_and_printed_as_a_shell_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
