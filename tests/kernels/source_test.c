// SPDX-License-Identifier: Apache-2.0
// Runs of numbered pages against the references of a trace, one by one.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/trace.h"
#include "stream.h"

#define TRACE_PATH "traces/gzip.tdt"

enum { BATCH = 4096, PAGES = 4096 };

// The studied references of a trace, one at a time.
struct walk {
    struct trace_reader *reader;
    unsigned page_bits, filter;
    struct trace_ref refs[BATCH];
    size_t count, at;
};

static bool walk_next(struct walk *walk, uint64_t *vpn, bool *written) {
    struct sim_error error;
    for (;;) {
        if (walk->at == walk->count) {
            walk->at = walk->count = 0;
            if (trace_reader_next(walk->reader, walk->refs, BATCH, &walk->count, &error) !=
                SIM_OK) {
                return false;
            }
        }
        struct trace_ref ref = walk->refs[walk->at++];
        bool fetch = ref.kind == TRACE_FETCH;
        if (!(walk->filter & (fetch ? PAGE_FETCHES : PAGE_DATA))) continue;
        *vpn = ref.va >> walk->page_bits;
        *written = ref.kind == TRACE_STORE || ref.kind == TRACE_MODIFY;
        return true;
    }
}

// Pages in the order in which they appear.
struct order {
    uint64_t vpn[PAGES];
    uint32_t count;
};

static void compare_run(struct walk *walk, const struct page_chunk *chunk, struct page_run run,
                        struct order *order) {
    bool any = false;
    for (uint32_t i = 0; i < page_run_refs(run); i++) {
        uint64_t vpn = 0;
        bool written = false;
        assert_true(walk_next(walk, &vpn, &written));
        if (vpn != chunk->vpn[run.page]) fail_msg("another page");
        any |= written;
    }
    assert_true(page_run_refs(run) > 0);
    assert_int_equal(any, page_run_written(run));
    if (run.page == order->count) {
        for (uint32_t i = 0; i < order->count; i++) {
            assert_true(order->vpn[i] != chunk->vpn[run.page]);
        }
        assert_true(order->count < PAGES);
        order->vpn[order->count++] = chunk->vpn[run.page];
    }
    assert_true(run.page < order->count && order->vpn[run.page] == chunk->vpn[run.page]);
}

static void compare(struct feeder *feeder, struct walk *walk) {
    static struct order order;
    struct page_chunk chunk = {0};
    bool last = false;
    order.count = 0;
    while (feeder_next(feeder, &chunk)) {
        uint64_t refs = 0;
        assert_false(last);
        last = chunk.count < PAGE_CHUNK_RUNS;
        for (size_t i = 0; i < chunk.count; i++) {
            compare_run(walk, &chunk, chunk.runs[i], &order);
            refs += page_run_refs(chunk.runs[i]);
            // All possible runs are made: this trace has none of 2^29 references.
            if (i) assert_int_not_equal(chunk.runs[i].page, chunk.runs[i - 1].page);
        }
        assert_int_equal(refs, chunk.refs);
        assert_int_equal(order.count, chunk.pages);
    }
    uint64_t vpn;
    bool written;
    assert_false(walk_next(walk, &vpn, &written));
}

static void compare_study(const char *path, unsigned page_bits, unsigned filter) {
    static struct walk walk;
    struct sim_error error;
    walk = (struct walk){.page_bits = page_bits, .filter = filter};
    assert_int_equal(trace_reader_open(path, &walk.reader, &error), SIM_OK);
    struct feeder feeder = feeder_of_trace(path, page_bits, filter);
    compare(&feeder, &walk);
    // A second pass gives the same.
    feeder_rewind(&feeder);
    assert_int_equal(trace_reader_seek(walk.reader, 0, &error), SIM_OK);
    compare(&feeder, &walk);
    feeder_close(&feeder);
    trace_reader_close(walk.reader);
}

static void runs_are_the_references_of_the_trace_for_every_filter(void **state) {
    (void)state;
    for (unsigned filter = PAGE_FETCHES; filter <= PAGE_ALL; filter++) {
        compare_study(TRACE_PATH, 12, filter);
    }
}

static void runs_are_the_references_of_the_trace_for_every_page_size(void **state) {
    (void)state;
    const unsigned bits[] = {13, 16, 21, 30};
    for (int i = 0; i < 4; i++) compare_study(TRACE_PATH, bits[i], PAGE_ALL);
}

// A trace whose tables need one, two and three bytes a page.
static void runs_of_large_tables_are_the_references_of_the_trace(void **state) {
    (void)state;
    enum { REFS = 3 * 131072 + 5 };
    const char *folder = getenv("TMPDIR");
    char path[512];
    snprintf(path, sizeof path, "%s/tandem-kernels-XXXXXX", folder && *folder ? folder : P_tmpdir);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    uint64_t seed = stream_seed();
    struct trace_writer *writer;
    struct sim_error error;
    assert_int_equal(trace_writer_create(path, "", &writer, &error), SIM_OK);
    for (uint64_t i = 0; i < REFS; i++) {
        // Blocks with about 4000, 130 and 80,000 pages of 4 KiB, few of 64 MiB.
        const uint64_t pages[] = {4000, 130, 1u << 17, 4000};
        uint64_t dice = stream_random(&seed) >> 20;
        struct trace_ref ref = {(dice % pages[i / 131072]) << 12, (uint8_t)(dice >> 30 & 3), 8};
        assert_int_equal(trace_writer_add(writer, &ref, 1, &error), SIM_OK);
    }
    assert_int_equal(trace_writer_commit(writer, &error), SIM_OK);
    for (unsigned filter = PAGE_FETCHES; filter <= PAGE_ALL; filter++) {
        compare_study(path, 18, filter);
    }
    unlink(path);
}

static void builder_gives_runs_in_order_of_first_appearance(void **state) {
    (void)state;
    static const uint64_t vpn[] = {7, 7, 3, 7, 9, 9, 9, 3};
    static const bool written[] = {false, true, false, false, true, false, false, false};
    struct stream stream = {8, malloc(sizeof vpn), malloc(sizeof written)};
    memcpy(stream.vpn, vpn, sizeof vpn);
    memcpy(stream.written, written, sizeof written);
    struct feeder feeder = feeder_of_stream(&stream);
    for (int pass = 0; pass < 2; pass++) {
        struct page_chunk chunk;
        static const struct page_run expected[] = {
            {0, 2 << 1 | 1}, {1, 1 << 1}, {0, 1 << 1}, {2, 3 << 1 | 1}, {1, 1 << 1}};
        assert_true(feeder_next(&feeder, &chunk));
        assert_int_equal(chunk.count, 5);
        assert_memory_equal(chunk.runs, expected, sizeof expected);
        assert_int_equal(chunk.refs, 8);
        assert_int_equal(chunk.pages, 3);
        assert_memory_equal(chunk.vpn, ((uint64_t[]){7, 3, 9}), 24);
        assert_false(feeder_next(&feeder, &chunk));
        feeder_rewind(&feeder);
    }
    feeder_close(&feeder);
    stream_free(&stream);
}

static void bad_studies_and_files_are_refused_with_a_sentence(void **state) {
    (void)state;
    struct page_source *source;
    struct sim_error error = {""};
    assert_int_equal(page_source_open(TRACE_PATH, 11, PAGE_ALL, &source, &error), SIM_ERROR_USAGE);
    assert_int_equal(page_source_open(TRACE_PATH, 31, PAGE_ALL, &source, &error), SIM_ERROR_USAGE);
    assert_non_null(strstr(error.text, "2^12 to 2^30"));
    assert_int_equal(page_source_open(TRACE_PATH, 12, 0, &source, &error), SIM_ERROR_USAGE);
    assert_int_equal(page_source_open(TRACE_PATH, 12, 4, &source, &error), SIM_ERROR_USAGE);
    assert_int_equal(page_source_open("LICENSE", 12, PAGE_ALL, &source, &error), SIM_ERROR_FORMAT);
    assert_non_null(strstr(error.text, "LICENSE: header at byte offset 0"));
    assert_int_equal(page_source_open("none", 12, PAGE_ALL, &source, &error), SIM_ERROR_IO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_the_references_of_the_trace_for_every_filter),
        cmocka_unit_test(runs_are_the_references_of_the_trace_for_every_page_size),
        cmocka_unit_test(runs_of_large_tables_are_the_references_of_the_trace),
        cmocka_unit_test(builder_gives_runs_in_order_of_first_appearance),
        cmocka_unit_test(bad_studies_and_files_are_refused_with_a_sentence),
    };
    return cmocka_run_group_tests_name("kernels_source", tests, NULL, NULL) != 0;
}
