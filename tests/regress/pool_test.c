// SPDX-License-Identifier: Apache-2.0
// Processes with limits.
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool.h"

static void start(struct pool *pool, const char *script, double seconds, uint64_t tag) {
    char shell[] = "/bin/sh", option[] = "-c", text[512];
    snprintf(text, sizeof text, "%s", script);
    char *const argv[] = {shell, option, text, NULL};
    struct pool_task task = {.argv = argv, .seconds = seconds, .tag = tag};
    assert_int_equal(pool_start(pool, &task, NULL), SIM_OK);
}

static struct pool_end wait_for(struct pool *pool) {
    struct pool_end end;
    assert_true(pool_wait(pool, 20000, &end));
    return end;
}

static void pool_gives_back_status_and_output_of_each(void **state) {
    struct pool *pool = pool_create(3);
    unsigned seen = 0;
    (void)state;
    for (unsigned i = 1; i <= 3; i++) {
        char script[64];
        snprintf(script, sizeof script, "echo out%u; echo err%u >&2; exit %u", i, i, i);
        start(pool, script, 0, i);
    }
    assert_true(pool_is_full(pool));
    for (unsigned i = 0; i < 3; i++) {
        struct pool_end end = wait_for(pool);
        char expected[32];
        snprintf(expected, sizeof expected, "out%u\nerr%u\n", (unsigned)end.tag, (unsigned)end.tag);
        assert_int_equal(WEXITSTATUS(end.ended), end.tag);
        assert_string_equal(end.output, expected);
        assert_false(end.timed_out);
        seen |= 1u << end.tag;
        free(end.output);
    }
    assert_int_equal(seen, 14);
    assert_int_equal(pool_busy(pool), 0);
    pool_destroy(pool);
}

static void a_limit_ends_the_whole_group_even_if_it_is_deaf(void **state) {
    struct pool *pool = pool_create(2);
    double begun = pool_clock();
    (void)state;
    start(pool, "sleep 60 & echo $!; wait", 0.3, 1);
    start(pool, "trap '' TERM; while :; do sleep 1; done", 0.3, 2);
    for (unsigned i = 0; i < 2; i++) {
        struct pool_end end = wait_for(pool);
        assert_true(end.timed_out);
        assert_true(WIFSIGNALED(end.ended));
        assert_int_equal(WTERMSIG(end.ended), end.tag == 1 ? SIGTERM : SIGKILL);
        if (end.tag == 1) {
            pid_t child = (pid_t)atoi(end.output);
            for (int k = 0; k < 100 && !kill(child, 0); k++) usleep(20000);
            assert_int_equal(kill(child, 0), -1);
        }
        free(end.output);
    }
    assert_true(pool_clock() - begun < 10);
    pool_destroy(pool);
}

static void what_a_task_leaves_behind_ends_with_it(void **state) {
    struct pool *pool = pool_create(1);
    double begun = pool_clock();
    (void)state;
    start(pool, "sleep 60 & echo done", 0, 1);
    struct pool_end end = wait_for(pool);
    assert_string_equal(end.output, "done\n");
    assert_true(pool_clock() - begun < 10);
    free(end.output);
    pool_destroy(pool);
}

static void endless_output_is_bounded(void **state) {
    struct pool *pool = pool_create(1);
    (void)state;
    start(pool, "yes", 0.5, 1);
    struct pool_end end = wait_for(pool);
    assert_true(end.timed_out);
    assert_true(strlen(end.output) < 40000);
    free(end.output);
    pool_destroy(pool);
}

static void a_program_that_is_not_there_is_an_error_with_its_name(void **state) {
    struct pool *pool = pool_create(1);
    char name[] = "/no/such/program";
    char *const argv[] = {name, NULL};
    struct pool_task task = {.argv = argv};
    struct sim_error error = {""};
    (void)state;
    assert_int_equal(pool_start(pool, &task, &error), SIM_ERROR_TOOL);
    assert_string_equal(error.text,
                        "/no/such/program cannot be started: No such file or directory");
    assert_int_equal(pool_busy(pool), 0);
    pool_destroy(pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pool_gives_back_status_and_output_of_each),
        cmocka_unit_test(a_limit_ends_the_whole_group_even_if_it_is_deaf),
        cmocka_unit_test(what_a_task_leaves_behind_ends_with_it),
        cmocka_unit_test(endless_output_is_bounded),
        cmocka_unit_test(a_program_that_is_not_there_is_an_error_with_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
