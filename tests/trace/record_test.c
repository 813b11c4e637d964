// SPDX-License-Identifier: Apache-2.0
// The commands as a user runs them, each in a process of its own.
#include "command.h"
#include "fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sim/commands_trace.h"

static bool has_valgrind(void) {
    if (system("valgrind --version > /dev/null 2>&1") == 0) return true;
    print_message("valgrind is not installed: recording is not tested\n");
    return false;
}

static uint64_t refs_in(const char *path) {
    struct trace_reader *reader = NULL;
    struct sim_error error;
    if (trace_reader_open(path, &reader, &error) != SIM_OK) fail_msg("%s", error.text);
    uint64_t refs = trace_reader_info(reader)->refs;
    trace_reader_close(reader);
    assert_int_equal(fixture_read_all(path, &error), SIM_END);
    return refs;
}

static void record_keeps_the_programs_output_and_all_references(void **state) {
    (void)state;
    if (!has_valgrind()) skip();
    const char *trace = fixture_path("echo.tdt");
    assert_int_equal(COMMAND_RUN(tandem_record, "-o", trace, "--", "echo", "-n", "hello"), 0);
    size_t size = 0;
    free(fixture_read_file(fixture_path("out"), &size));
    assert_int_equal(size, 5);
    assert_true(refs_in(trace) > 10000);
    assert_int_equal(COMMAND_RUN(tandem_show, trace, "--count", "2"), 0);
    command_assert_file_contains("out", "echo -n hello\n");
    command_assert_file_contains("out", "all match");
}

static void record_ends_a_long_program_at_its_limit(void **state) {
    (void)state;
    if (!has_valgrind()) skip();
    const char *trace = fixture_path("limit.tdt");
    assert_int_equal(COMMAND_RUN(tandem_record, "-n", "1000", "-o", trace, "sleep", "600"), 0);
    assert_int_equal(refs_in(trace), 1000);
}

static void record_reports_a_failing_program_and_keeps_its_trace(void **state) {
    (void)state;
    if (!has_valgrind()) skip();
    const char *trace = fixture_path("false.tdt");
    assert_int_equal(COMMAND_RUN(tandem_record, "-o", trace, "false"), 0);
    command_assert_file_contains("err", "false ended with exit status 1; the trace is kept");
    assert_true(refs_in(trace) > 1000);
}

static void record_reports_a_program_that_does_not_exist(void **state) {
    (void)state;
    if (!has_valgrind()) skip();
    const char *trace = fixture_path("nothing.tdt");
    assert_int_equal(COMMAND_RUN(tandem_record, "-o", trace, "/nonexistent/program"), 2);
    command_assert_file_contains("err", "/nonexistent/program: nothing was recorded");
    assert_int_not_equal(access(trace, F_OK), 0);
}

static void record_interrupted_by_a_signal_leaves_nothing(void **state) {
    (void)state;
    if (!has_valgrind()) skip();
    static const int signals[] = {SIGINT, SIGTERM};
    const char *trace = fixture_path("stopped.tdt");
    fixture_path("out");
    fixture_path("err");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(COMMAND_RUN(tandem_show, "/nonexistent"), 2);  // "out" and "err" exist
        unsigned before = fixture_folder_entries();
        pid_t child = command_start(tandem_record,
                                    (const char *const[]){"t", "-o", trace, "sleep", "600", NULL});
        // Its temporary file shows that it waits for the signal by then.
        for (int tries = 0; tries < 1000 && fixture_folder_entries() == before; tries++) {
            nanosleep(&(struct timespec){0, 10000000}, NULL);
        }
        kill(child, signals[i]);
        assert_int_equal(command_finish(child), 2);
        command_assert_file_contains("err", "interrupted by a signal");
        assert_int_equal(fixture_folder_entries(), before);
    }
}

static void record_without_valgrind_says_so(void **state) {
    (void)state;
    const char *path = getenv("PATH");
    char *before = strdup(path ? path : "");
    setenv("PATH", "/nonexistent", 1);
    int status = COMMAND_RUN(tandem_record, "-o", fixture_path("none.tdt"), "true");
    setenv("PATH", before, 1);
    free(before);
    assert_int_equal(status, 2);
    command_assert_file_contains("err", "valgrind was not found");
}

static void record_refuses_bad_usage(void **state) {
    (void)state;
    const char *trace = fixture_path("usage.tdt");
    assert_int_equal(COMMAND_RUN(tandem_record, "true"), 2);
    assert_int_equal(COMMAND_RUN(tandem_record, "-o", trace), 2);
    assert_int_equal(COMMAND_RUN(tandem_record, "-o", trace, "-n", "0", "true"), 2);
    assert_int_equal(COMMAND_RUN(tandem_record, "-o", trace, "-l", "20", "true"), 2);
    assert_int_equal(COMMAND_RUN(tandem_record, "-o", trace, "-n", "12x", "true"), 2);
    assert_int_equal(COMMAND_RUN(tandem_record, "-o", trace, "--import", "x", "true"), 2);
    assert_int_equal(COMMAND_RUN(tandem_record, "-o", "/dev/null", "--import", "traces/cc1.tdt"),
                     2);
    command_assert_file_contains("err", "not a regular file");
    assert_int_not_equal(access(trace, F_OK), 0);
}

static void import_and_show_count_what_was_recorded(void **state) {
    (void)state;
    const char *trace = fixture_path("import.tdt");
    const char *lines = "I  1000,4\n L 40000ffc,8\nI  1004,2\n M 40000ffc,4\n S 2000,1\n";
    fixture_write_file(fixture_path("lines"), lines, strlen(lines));
    assert_int_equal(COMMAND_RUN(tandem_record, "-o", trace, "-p", "five lines", "--import",
                                 fixture_path("lines")),
                     0);
    assert_int_equal(COMMAND_RUN(tandem_show, trace, "--from", "3"), 0);
    static const char *const parts[] = {"program          five lines\n",
                                        "references       5\n",
                                        "distinct pages   3\n",
                                        "pages written    2\n",
                                        "regions          2\n",
                                        "fits: 2 of its 256 regions",
                                        "           3  modify      4         1       1    4092\n",
                                        "           4  store       1         2       0       0\n"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        command_assert_file_contains("out", parts[i]);
    }
}

static void show_of_a_damaged_trace_fails_with_exit_status_1(void **state) {
    (void)state;
    struct trace_ref *refs = fixture_refs(1, 100);
    fixture_write_trace(fixture_path("bad.tdt"), refs, 100);
    free(refs);
    size_t size = 0;
    uint8_t *bytes = fixture_read_file(fixture_path("bad.tdt"), &size);
    bytes[400] ^= 1;
    fixture_write_file(fixture_path("bad.tdt"), bytes, size);
    free(bytes);
    assert_int_equal(COMMAND_RUN(tandem_show, fixture_path("bad.tdt")), 2);
    command_assert_file_contains("err", "bad.tdt: block 0 at byte offset 280");
    assert_int_equal(COMMAND_RUN(tandem_show, fixture_path("missing.tdt")), 2);
    assert_int_equal(COMMAND_RUN(tandem_show, "traces/cc1.tdt", "--from", "10000001"), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record_keeps_the_programs_output_and_all_references),
        cmocka_unit_test(record_ends_a_long_program_at_its_limit),
        cmocka_unit_test(record_reports_a_failing_program_and_keeps_its_trace),
        cmocka_unit_test(record_reports_a_program_that_does_not_exist),
        cmocka_unit_test(record_interrupted_by_a_signal_leaves_nothing),
        cmocka_unit_test(record_without_valgrind_says_so),
        cmocka_unit_test(record_refuses_bad_usage),
        cmocka_unit_test(import_and_show_count_what_was_recorded),
        cmocka_unit_test(show_of_a_damaged_trace_fails_with_exit_status_1),
    };
    return cmocka_run_group_tests_name("record", tests, fixture_folder_create,
                                       fixture_folder_remove) != 0;
}
