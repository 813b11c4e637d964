// SPDX-License-Identifier: Apache-2.0
// The order of jobs.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "jobs.h"

struct fixture {
    struct plan plan;
    struct suites suites;
};

static void make(struct fixture *fixture, const char *text) {
    assert_int_equal(
        plan_parse("p", (const unsigned char *)text, strlen(text), &fixture->plan, NULL), SIM_OK);
    assert_int_equal(suites_create(&fixture->plan, &fixture->suites, NULL), SIM_OK);
}

static void destroy(struct fixture *fixture) {
    suites_destroy(&fixture->suites);
    plan_destroy(&fixture->plan);
}

static void jobs_are_all_there_and_none_twice(void **state) {
    struct fixture f;
    struct jobs jobs;
    struct jobs_options options = {.seed = 0};
    (void)state;
    make(&f, "tests: {a: {run: --model-only, seeds: 3000}, b: {run: --model-only, seeds: 5..9}}");
    assert_int_equal(jobs_create(&f.suites, &options, &jobs, NULL), SIM_OK);
    assert_int_equal(jobs.count, 3005);
    unsigned listed = 0;
    for (size_t i = 0; i < jobs.count; i++) {
        listed += jobs.job[i].suite == 1 && jobs.job[i].seed >= 5 && jobs.job[i].seed <= 9;
        assert_true(jobs.job[i].seed <= UINT32_MAX);
        for (size_t k = 0; k < i; k++)
            assert_true(jobs.job[i].suite != jobs.job[k].suite ||
                        jobs.job[i].seed != jobs.job[k].seed);
    }
    assert_int_equal(listed, 5);
    free(jobs.job);
    destroy(&f);
}

static void seeds_depend_on_the_plans_seed_and_on_no_other_suite(void **state) {
    struct fixture one, two;
    unsigned equal = 0;
    (void)state;
    make(&one, "tests: {a: {run: --model-only}}");
    make(&two, "tests: {x: {run: --model-only}, a: {run: --random 9 --model-only}}");
    for (uint32_t k = 0; k < 100; k++) {
        uint64_t seed = jobs_new_seed(&one.suites.suite[0], 7, k);
        assert_int_equal(seed, jobs_new_seed(&two.suites.suite[1], 7, k));
        equal += seed == jobs_new_seed(&two.suites.suite[0], 7, k);
        equal += seed == jobs_new_seed(&one.suites.suite[0], 8, k);
        equal += seed == jobs_new_seed(&one.suites.suite[0], 0, k);
    }
    assert_int_equal(equal, 0);
    destroy(&one);
    destroy(&two);
}

// Every beginning of the list has the proportions of the weights, to within one job a suite.
static void suites_take_turns_by_weight(void **state) {
    struct fixture f;
    struct jobs jobs;
    struct jobs_options options = {.seed = 1};
    (void)state;
    make(
        &f,
        "tests: {a: {run: --model-only, seeds: 600, weight: 6}, b: {run: --model-only, seeds: 600, "
        "weight: 3}, c: {run: --model-only, seeds: 600}}");
    assert_int_equal(jobs_create(&f.suites, &options, &jobs, NULL), SIM_OK);
    size_t count[3] = {0};
    for (size_t i = 0; i < 900; i++) {
        static const double share[3] = {0.6, 0.3, 0.1};
        count[jobs.job[i].suite]++;
        for (unsigned s = 0; s < 3; s++) {
            double off = (double)count[s] - share[s] * (double)(i + 1);
            assert_true(off > -2 && off < 2);
        }
    }
    free(jobs.job);
    destroy(&f);
}

static void what_failed_comes_first_once_and_limits_keep_the_beginning(void **state) {
    struct fixture f;
    struct jobs jobs;
    (void)state;
    make(&f, "tests: {a: {run: --model-only, seeds: 1..4}, b: {run: --model-only, seeds: 2}}");
    const struct job again[] = {
        {.suite = 1, .seed = 77}, {.suite = 0, .seed = 3}, {.suite = 1, .seed = 77}};
    struct jobs_options options = {.again = again, .again_count = 3};
    assert_int_equal(jobs_create(&f.suites, &options, &jobs, NULL), SIM_OK);
    assert_int_equal(jobs.count, 2 + 3 + 2);
    assert_int_equal(jobs.job[0].seed, 3);
    assert_int_equal(jobs.job[1].seed, 77);
    for (size_t i = 0; i < jobs.count; i++) {
        assert_int_equal(jobs.job[i].again, i < 2);
        assert_true(i < 2 || jobs.job[i].suite != 0 || jobs.job[i].seed != 3);
    }
    free(jobs.job);
    options.most = 3;
    assert_int_equal(jobs_create(&f.suites, &options, &jobs, NULL), SIM_OK);
    assert_int_equal(jobs.count, 3);
    assert_false(jobs.job[2].again);
    free(jobs.job);
    options = (struct jobs_options){.again = again, .again_count = 3, .only_again = true};
    assert_int_equal(jobs_create(&f.suites, &options, &jobs, NULL), SIM_OK);
    assert_int_equal(jobs.count, 2);
    free(jobs.job);
    destroy(&f);
}

static void more_than_a_million_jobs_are_refused(void **state) {
    struct fixture f;
    struct jobs jobs;
    struct jobs_options options = {.seed = 1};
    (void)state;
    make(&f, "tests: {a: {run: --model-only, seeds: 1000000}, b: {run: --model-only, seeds: 1}}");
    assert_int_equal(jobs_create(&f.suites, &options, &jobs, NULL), SIM_ERROR_USAGE);
    destroy(&f);
}

// The plan's own jobs are bounded; what failed earlier comes before them, or is one of them.
static void failures_do_not_make_a_plan_too_large(void **state) {
    struct fixture f;
    struct jobs jobs;
    const struct job again[] = {{.suite = 0, .seed = 5}, {.suite = 0, .seed = 2000000}};
    struct jobs_options options = {.again = again, .again_count = 2};
    (void)state;
    make(&f, "tests: {a: {run: --model-only, seeds: 1..1000000}}");
    assert_int_equal(jobs_create(&f.suites, &options, &jobs, NULL), SIM_OK);
    assert_int_equal(jobs.count, 1000001);
    assert_int_equal(jobs.job[0].seed, 5);
    assert_int_equal(jobs.job[1].seed, 2000000);
    assert_int_equal(jobs.job[1000000].seed, 1000000);
    free(jobs.job);
    options.most = 2;
    assert_int_equal(jobs_create(&f.suites, &options, &jobs, NULL), SIM_OK);
    assert_int_equal(jobs.count, 2);
    free(jobs.job);
    destroy(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_are_all_there_and_none_twice),
        cmocka_unit_test(seeds_depend_on_the_plans_seed_and_on_no_other_suite),
        cmocka_unit_test(suites_take_turns_by_weight),
        cmocka_unit_test(what_failed_comes_first_once_and_limits_keep_the_beginning),
        cmocka_unit_test(more_than_a_million_jobs_are_refused),
        cmocka_unit_test(failures_do_not_make_a_plan_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
