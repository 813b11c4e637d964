// SPDX-License-Identifier: Apache-2.0
// Traces for libCacheSim: parsed back, with the next references found a second way.
#include "fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "export.h"

struct record {
    uint32_t time;
    uint64_t object;
    uint32_t size;
    int64_t next;
};

static uint64_t take(const uint8_t *bytes, int count) {
    uint64_t value = 0;
    for (int i = count; i-- > 0;) value = value << 8 | bytes[i];
    return value;
}

static struct record take_record(const uint8_t *bytes) {
    return (struct record){(uint32_t)take(bytes, 4), take(bytes + 4, 8),
                           (uint32_t)take(bytes + 12, 4), (int64_t)take(bytes + 16, 8)};
}

static enum sim_status export_file(const char *trace, const char *out, struct sim_error *error) {
    struct trace_reader *reader = NULL;
    struct trace_signals signals;
    enum sim_status status = trace_reader_open(trace, &reader, error);
    if (status != SIM_OK) return status;
    assert_int_equal(trace_signals_begin(&signals, error), SIM_OK);
    status = trace_export_oracle(reader, trace, out, &signals, error);
    trace_signals_end(&signals);
    trace_reader_close(reader);
    return status;
}

struct use {
    uint64_t page;
    size_t index;
};

static int by_page_then_index(const void *left, const void *right) {
    const struct use *a = left, *b = right;
    if (a->page != b->page) return a->page < b->page ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

// The next use of a page is its neighbour once uses are sorted by page.
static int64_t *next_uses(const struct trace_ref *refs, size_t count) {
    struct use *uses = malloc((count + 1) * sizeof *uses);
    int64_t *next = malloc((count + 1) * sizeof *next);
    assert_true(uses && next);
    for (size_t i = 0; i < count; i++) uses[i] = (struct use){refs[i].va / 4096, i};
    qsort(uses, count, sizeof *uses, by_page_then_index);
    for (size_t i = 0; i < count; i++) {
        bool again = i + 1 < count && uses[i + 1].page == uses[i].page;
        next[uses[i].index] = again ? (int64_t)uses[i + 1].index + 1 : -1;
    }
    free(uses);
    return next;
}

static void assert_exported(uint64_t seed, size_t count) {
    struct sim_error error = {""};
    struct trace_ref *refs = fixture_refs(seed, count);
    fixture_write_trace(fixture_path("some.tdt"), refs, count);
    if (export_file(fixture_path("some.tdt"), fixture_path("some.og"), &error) != SIM_OK) {
        fail_msg("%s", error.text);
    }
    size_t size = 0;
    uint8_t *bytes = fixture_read_file(fixture_path("some.og"), &size);
    int64_t *next = next_uses(refs, count);
    assert_int_equal(size, 24 * count);
    for (size_t i = 0; i < count; i++) {
        struct record record = take_record(bytes + 24 * i);
        assert_int_equal(record.object, refs[i].va / 4096);
        assert_int_equal(record.size, 4096);
        assert_int_equal(record.time, i / 1048576);
        if (record.next != next[i]) {
            fail_msg("reference %zu: next is %lld, not %lld", i, (long long)record.next,
                     (long long)next[i]);
        }
    }
    free(next);
    free(bytes);
    free(refs);
}

static void export_gives_each_reference_its_page_and_the_next_use(void **state) {
    (void)state;
    // Around the size of a chunk and of a block, 131,072, and past one step of the time.
    static const size_t counts[] = {1, 2, 1000, 131071, 131072, 131073, 400000, 1100000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        assert_exported(fixture_seed() + i, counts[i]);
    }
}

static void export_that_fails_leaves_the_older_file_and_nothing_else(void **state) {
    (void)state;
    struct sim_error error = {""};
    struct trace_ref *refs = fixture_refs(1, 300000);
    fixture_write_trace(fixture_path("bad.tdt"), refs, 300000);
    free(refs);
    size_t size = 0;
    uint8_t *bytes = fixture_read_file(fixture_path("bad.tdt"), &size);
    bytes[400] ^= 1;  // in the first block, which comes last
    fixture_write_file(fixture_path("bad.tdt"), bytes, size);
    free(bytes);
    fixture_write_file(fixture_path("old.og"), "older", 5);
    unsigned before = fixture_folder_entries();
    assert_int_equal(export_file(fixture_path("bad.tdt"), fixture_path("old.og"), &error),
                     SIM_ERROR_FORMAT);
    fixture_assert_contains(error.text, "bad.tdt: block 0");
    assert_int_equal(fixture_folder_entries(), before);
    bytes = fixture_read_file(fixture_path("old.og"), &size);
    assert_int_equal(size, 5);
    free(bytes);
    assert_int_equal(export_file(fixture_path("bad.tdt"), "/nonexistent/x.og", &error),
                     SIM_ERROR_IO);
    fixture_assert_contains(error.text, "/nonexistent/x.og: cannot create it");
    assert_int_equal(export_file(fixture_path("bad.tdt"), "/dev/null", &error), SIM_ERROR_IO);
    fixture_assert_contains(error.text, "/dev/null: not a regular file");
}

static void export_to_a_full_disk_says_so(void **state) {
    (void)state;
    struct sim_error error = {""};
    struct rlimit before, small;
    struct trace_ref *refs = fixture_refs(1, 10000);
    fixture_write_trace(fixture_path("good.tdt"), refs, 10000);
    free(refs);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 100000;
    unsigned entries = fixture_folder_entries();
    setrlimit(RLIMIT_FSIZE, &small);
    enum sim_status status = export_file(fixture_path("good.tdt"), fixture_path("good.og"), &error);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(status, SIM_ERROR_IO);
    fixture_assert_contains(error.text, "good.og: cannot write at byte offset 100000");
    assert_int_equal(fixture_folder_entries(), entries);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(export_gives_each_reference_its_page_and_the_next_use),
        cmocka_unit_test(export_that_fails_leaves_the_older_file_and_nothing_else),
        cmocka_unit_test(export_to_a_full_disk_says_so),
    };
    return cmocka_run_group_tests_name("export", tests, fixture_folder_create,
                                       fixture_folder_remove) != 0;
}
