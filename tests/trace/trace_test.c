// SPDX-License-Identifier: Apache-2.0
// What is written is read: the same references, from any place on.
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "codec.h"
#include "survey.h"

enum { LONG_REFS = 2 * TRACE_BLOCK_REFS + 12345, SHORT_REFS = 500, SEEKS = 300 };

static void assert_same(const struct trace_ref *a, const struct trace_ref *b, size_t count) {
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(a[i].va, b[i].va);
        assert_int_equal(a[i].kind, b[i].kind);
        assert_int_equal(a[i].size, b[i].size);
    }
}

static struct trace_reader *open_trace(const char *path) {
    struct trace_reader *reader = NULL;
    struct sim_error error;
    if (trace_reader_open(path, &reader, &error) != SIM_OK) fail_msg("%s", error.text);
    return reader;
}

// Write in pieces of random length, read in pieces of random length.
static void roundtrip(const struct trace_ref *refs, size_t total, uint64_t seed) {
    const char *path = fixture_path("roundtrip.tdt");
    struct trace_writer *writer = NULL;
    struct sim_error error;
    assert_int_equal(trace_writer_create(path, "a b", &writer, &error), SIM_OK);
    for (size_t at = 0, piece; at < total; at += piece) {
        piece = 1 + fixture_random(&seed) % 5000;
        if (piece > total - at) piece = total - at;
        assert_int_equal(trace_writer_add(writer, refs + at, piece, &error), SIM_OK);
    }
    assert_int_equal(trace_writer_commit(writer, &error), SIM_OK);
    struct trace_reader *reader = open_trace(path);
    assert_int_equal(trace_reader_info(reader)->refs, total);
    assert_string_equal(trace_reader_info(reader)->program, "a b");
    struct trace_ref got[4096];
    size_t count = 0;
    for (size_t at = 0; at < total; at += count) {
        size_t capacity = 1 + fixture_random(&seed) % 4096;
        assert_int_equal(trace_reader_next(reader, got, capacity, &count, &error), SIM_OK);
        assert_in_range(count, 1, capacity);
        assert_same(got, refs + at, count);
    }
    assert_int_equal(trace_reader_next(reader, got, 1, &count, &error), SIM_END);
    trace_reader_close(reader);
}

static void trace_gives_back_the_references_written(void **state) {
    (void)state;
    struct trace_ref *refs = fixture_refs(fixture_seed(), LONG_REFS);
    roundtrip(refs, LONG_REFS, fixture_seed());
    free(refs);
}

static void trace_gives_back_references_without_any_pattern(void **state) {
    (void)state;
    uint64_t seed = fixture_seed();
    struct trace_ref *refs = fixture_refs(0, TRACE_BLOCK_REFS);
    for (size_t i = 0; i < TRACE_BLOCK_REFS; i++) {
        uint64_t tag = fixture_random(&seed);
        refs[i] = (struct trace_ref){fixture_random(&seed), tag & 3, (uint8_t)(tag >> 2 & 63)};
    }
    roundtrip(refs, TRACE_BLOCK_REFS, seed);
    free(refs);
}

static void trace_keeps_every_kind_size_and_extreme_address(void **state) {
    (void)state;
    static const uint64_t vas[] = {0, UINT64_MAX, UINT64_C(1) << 63, 1, INT64_MAX, 0};
    struct trace_ref refs[6 * 4 * 64];
    size_t count = 0;
    for (size_t i = 0; i < 6; i++) {
        for (int tag = 0; tag < 256; tag++) {
            refs[count++] = (struct trace_ref){vas[i], tag & 3, (uint8_t)(tag >> 2)};
        }
    }
    roundtrip(refs, count, 1);
}

static void trace_holds_blocks_of_131072_references(void **state) {
    (void)state;
    static const struct {
        size_t refs;
        uint64_t blocks;
    } cases[] = {{0, 0}, {1, 1}, {131071, 1}, {131072, 1}, {131073, 2}, {262144, 2}};
    struct trace_ref *refs = fixture_refs(fixture_seed(), 262144);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture_write_trace(fixture_path("blocks.tdt"), refs, cases[i].refs);
        struct trace_reader *reader = open_trace(fixture_path("blocks.tdt"));
        assert_int_equal(trace_reader_info(reader)->blocks, cases[i].blocks);
        assert_int_equal(trace_reader_info(reader)->block_refs, 131072);
        assert_int_equal(trace_reader_info(reader)->refs, cases[i].refs);
        trace_reader_close(reader);
    }
    free(refs);
}

static void trace_without_references_ends_at_once(void **state) {
    (void)state;
    struct sim_error error;
    fixture_write_trace(fixture_path("empty.tdt"), NULL, 0);
    assert_int_equal(fixture_read_all(fixture_path("empty.tdt"), &error), SIM_END);
    struct trace_reader *reader = open_trace(fixture_path("empty.tdt"));
    assert_int_equal(trace_reader_seek(reader, 0, &error), SIM_OK);
    trace_reader_close(reader);
}

static void read_at(struct trace_reader *reader, const struct trace_ref *refs, uint64_t total,
                    uint64_t at) {
    struct trace_ref got[3];
    size_t count = 0;
    struct sim_error error;
    assert_int_equal(trace_reader_seek(reader, at, &error), SIM_OK);
    enum sim_status status = trace_reader_next(reader, got, 3, &count, &error);
    assert_int_equal(status, at == total ? SIM_END : SIM_OK);
    if (status == SIM_OK) assert_same(got, refs + at, count);
}

static void seek_reaches_every_reference_of_a_short_trace(void **state) {
    (void)state;
    struct trace_ref *refs = fixture_refs(fixture_seed(), SHORT_REFS);
    fixture_write_trace(fixture_path("seek.tdt"), refs, SHORT_REFS);
    struct trace_reader *reader = open_trace(fixture_path("seek.tdt"));
    for (uint64_t at = 0; at <= SHORT_REFS; at++) read_at(reader, refs, SHORT_REFS, at);
    for (uint64_t at = SHORT_REFS + 1; at--;) read_at(reader, refs, SHORT_REFS, at);
    trace_reader_close(reader);
    free(refs);
}

static void seek_reaches_random_references_and_block_borders(void **state) {
    (void)state;
    uint64_t seed = fixture_seed();
    struct trace_ref *refs = fixture_refs(seed, LONG_REFS);
    fixture_write_trace(fixture_path("seek.tdt"), refs, LONG_REFS);
    struct trace_reader *reader = open_trace(fixture_path("seek.tdt"));
    for (int i = 0; i < SEEKS; i++) {
        read_at(reader, refs, LONG_REFS, fixture_random(&seed) % (LONG_REFS + 1));
    }
    for (uint64_t border = 0; border < LONG_REFS; border += TRACE_BLOCK_REFS) {
        if (border) read_at(reader, refs, LONG_REFS, border - 1);
        read_at(reader, refs, LONG_REFS, border);
        read_at(reader, refs, LONG_REFS, border + 1);
    }
    read_at(reader, refs, LONG_REFS, LONG_REFS);
    trace_reader_close(reader);
    free(refs);
}

static void seek_past_the_end_is_a_usage_error_and_changes_nothing(void **state) {
    (void)state;
    struct trace_ref *refs = fixture_refs(fixture_seed(), SHORT_REFS), got;
    fixture_write_trace(fixture_path("seek.tdt"), refs, SHORT_REFS);
    struct trace_reader *reader = open_trace(fixture_path("seek.tdt"));
    struct sim_error error;
    size_t count = 0;
    assert_int_equal(trace_reader_seek(reader, 7, &error), SIM_OK);
    assert_int_equal(trace_reader_seek(reader, SHORT_REFS + 1, &error), SIM_ERROR_USAGE);
    fixture_assert_contains(error.text, "reference 501 is past the end; the trace has 500");
    assert_int_equal(trace_reader_next(reader, &got, 1, &count, &error), SIM_OK);
    assert_same(&got, refs + 7, 1);
    trace_reader_close(reader);
    free(refs);
}

static void cc1_trace_has_the_references_and_pages_that_its_source_states(void **state) {
    (void)state;
    struct trace_reader *reader = open_trace("traces/cc1.tdt");
    struct trace_survey survey;
    struct sim_error error;
    assert_int_equal(trace_survey_run(reader, "cc1", &survey, &error), SIM_OK);
    assert_int_equal(survey.refs, 10000000);
    assert_int_equal(survey.pages.count, 1452);
    assert_int_equal(survey.kinds[TRACE_STORE] + survey.kinds[TRACE_MODIFY], 846465);
    assert_int_equal(survey.pages_written, 357);
    assert_string_equal(trace_reader_info(reader)->program,
                        "cc1 -O2 (GCC 12), its first 10,000,000 references");
    trace_survey_destroy(&survey);
    trace_reader_close(reader);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trace_gives_back_the_references_written),
        cmocka_unit_test(trace_gives_back_references_without_any_pattern),
        cmocka_unit_test(trace_keeps_every_kind_size_and_extreme_address),
        cmocka_unit_test(trace_holds_blocks_of_131072_references),
        cmocka_unit_test(trace_without_references_ends_at_once),
        cmocka_unit_test(seek_reaches_every_reference_of_a_short_trace),
        cmocka_unit_test(seek_reaches_random_references_and_block_borders),
        cmocka_unit_test(seek_past_the_end_is_a_usage_error_and_changes_nothing),
        cmocka_unit_test(cc1_trace_has_the_references_and_pages_that_its_source_states),
    };
    return cmocka_run_group_tests_name("trace", tests, fixture_folder_create,
                                       fixture_folder_remove) != 0;
}
