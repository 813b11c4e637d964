// SPDX-License-Identifier: Apache-2.0
// The writer's promises about the file system, and its arguments.
#include "fixture.h"

#include "writer.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct trace_writer *create(const char *path, const char *program) {
    struct trace_writer *writer = NULL;
    struct sim_error error;
    if (trace_writer_create(path, program, &writer, &error) != SIM_OK) fail_msg("%s", error.text);
    return writer;
}

static void writer_shows_nothing_at_the_path_before_commit(void **state) {
    (void)state;
    struct sim_error error;
    struct trace_writer *writer = create(fixture_path("w1.tdt"), "");
    assert_int_not_equal(access(fixture_path("w1.tdt"), F_OK), 0);
    assert_int_equal(trace_writer_commit(writer, &error), SIM_OK);
    assert_int_equal(access(fixture_path("w1.tdt"), R_OK), 0);
    assert_int_equal(fixture_folder_entries(), 1);
    unlink(fixture_path("w1.tdt"));
}

static void writer_abandoned_leaves_nothing_and_an_old_trace_untouched(void **state) {
    (void)state;
    fixture_write_file(fixture_path("w2.tdt"), "old", 3);
    struct trace_ref *refs = fixture_refs(1, 200000);
    struct sim_error error;
    struct trace_writer *writer = create(fixture_path("w2.tdt"), "");
    assert_int_equal(trace_writer_add(writer, refs, 200000, &error), SIM_OK);
    trace_writer_abandon(writer);
    assert_int_equal(fixture_folder_entries(), 1);
    size_t size = 0;
    free(fixture_read_file(fixture_path("w2.tdt"), &size));
    assert_int_equal(size, 3);
    unlink(fixture_path("w2.tdt"));
    free(refs);
}

static void writer_on_a_full_disk_fails_and_leaves_nothing(void **state) {
    (void)state;
    struct rlimit before, small;
    struct sim_error error = {"unset"};
    struct trace_ref *refs = fixture_refs(1, 200000);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    // Too small for the header, for the blocks, and for the index alone.
    size_t size = 0;
    fixture_write_trace(fixture_path("w3.tdt"), refs, 200000);
    free(fixture_read_file(fixture_path("w3.tdt"), &size));
    unlink(fixture_path("w3.tdt"));
    const rlim_t limits[] = {100, 1000, size - 1};
    for (size_t i = 0; i < 3; i++) {
        small = before;
        small.rlim_cur = limits[i];
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        struct trace_writer *writer = NULL;
        enum sim_status status = trace_writer_create(fixture_path("w3.tdt"), "", &writer, &error);
        if (status == SIM_OK) {
            status = trace_writer_add(writer, refs, 200000, &error);
            if (status == SIM_OK) {
                status = trace_writer_commit(writer, &error);
            } else {
                trace_writer_abandon(writer);
            }
        }
        setrlimit(RLIMIT_FSIZE, &before);
        assert_int_equal(status, SIM_ERROR_IO);
        fixture_assert_contains(error.text, "w3.tdt: cannot write at byte offset");
        assert_int_equal(fixture_folder_entries(), 0);
    }
    free(refs);
}

static void assert_refused(const char *path, const char *part) {
    struct trace_writer *writer = NULL;
    struct sim_error error = {"unset"};
    assert_int_equal(trace_writer_create(path, "", &writer, &error), SIM_ERROR_IO);
    fixture_assert_contains(error.text, path);
    fixture_assert_contains(error.text, part);
}

static void writer_never_replaces_a_device_or_a_folder(void **state) {
    (void)state;
    assert_refused("/dev/null", "not a regular file");
    assert_refused("/", "not a regular file");
    assert_refused("/nonexistent/folder/x.tdt", "No such file or directory");
    assert_refused("", "No such file or directory");
}

static void writer_follows_a_symbolic_link_to_the_trace_it_names(void **state) {
    (void)state;
    struct sim_error error;
    struct stat status;
    fixture_write_file(fixture_path("real.tdt"), "old", 3);
    assert_int_equal(symlink(fixture_path("real.tdt"), fixture_path("link.tdt")), 0);
    assert_int_equal(trace_writer_commit(create(fixture_path("link.tdt"), ""), &error), SIM_OK);
    assert_int_equal(lstat(fixture_path("link.tdt"), &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(fixture_read_all(fixture_path("real.tdt"), &error), SIM_END);
    unlink(fixture_path("link.tdt"));
    unlink(fixture_path("real.tdt"));
}

static void writer_cuts_a_long_program_text_between_characters(void **state) {
    (void)state;
    char text[400];
    memset(text, 'a', sizeof text);
    text[399] = '\0';
    memcpy(text + 254, "\xC3\xA4", 2);  // its second byte would be the 256th
    struct sim_error error;
    struct trace_reader *reader = NULL;
    assert_int_equal(trace_writer_commit(create(fixture_path("w4.tdt"), text), &error), SIM_OK);
    assert_int_equal(trace_reader_open(fixture_path("w4.tdt"), &reader, &error), SIM_OK);
    assert_int_equal(strlen(trace_reader_info(reader)->program), 254);
    trace_reader_close(reader);
    unlink(fixture_path("w4.tdt"));
}

static void writer_records_large_sizes_as_63_and_refuses_illegal_kinds(void **state) {
    (void)state;
    struct sim_error error;
    struct trace_ref ref = {1, TRACE_LOAD, 200}, bad = {1, 4, 1};
    size_t count = 0;
    struct trace_writer *writer = create(fixture_path("w5.tdt"), "");
    assert_int_equal(trace_writer_add(writer, &bad, 1, &error), SIM_ERROR_USAGE);
    assert_int_equal(trace_writer_add(writer, &ref, 1, &error), SIM_OK);
    assert_int_equal(trace_writer_commit(writer, &error), SIM_OK);
    struct trace_reader *reader = NULL;
    assert_int_equal(trace_reader_open(fixture_path("w5.tdt"), &reader, &error), SIM_OK);
    assert_int_equal(trace_reader_next(reader, &ref, 1, &count, &error), SIM_OK);
    assert_int_equal(ref.size, 63);
    trace_reader_close(reader);
    unlink(fixture_path("w5.tdt"));
}

static void writer_takes_levels_from_1_to_19(void **state) {
    (void)state;
    struct sim_error error;
    struct trace_writer *writer = create(fixture_path("w6.tdt"), "");
    assert_int_equal(trace_writer_set_level(writer, 0, &error), SIM_ERROR_USAGE);
    assert_int_equal(trace_writer_set_level(writer, 20, &error), SIM_ERROR_USAGE);
    assert_int_equal(trace_writer_set_level(writer, 1, &error), SIM_OK);
    assert_int_equal(trace_writer_set_level(writer, 19, &error), SIM_OK);
    trace_writer_abandon(writer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writer_shows_nothing_at_the_path_before_commit),
        cmocka_unit_test(writer_abandoned_leaves_nothing_and_an_old_trace_untouched),
        cmocka_unit_test(writer_on_a_full_disk_fails_and_leaves_nothing),
        cmocka_unit_test(writer_never_replaces_a_device_or_a_folder),
        cmocka_unit_test(writer_follows_a_symbolic_link_to_the_trace_it_names),
        cmocka_unit_test(writer_cuts_a_long_program_text_between_characters),
        cmocka_unit_test(writer_records_large_sizes_as_63_and_refuses_illegal_kinds),
        cmocka_unit_test(writer_takes_levels_from_1_to_19),
    };
    return cmocka_run_group_tests_name("trace_writer", tests, fixture_folder_create,
                                       fixture_folder_remove) != 0;
}
