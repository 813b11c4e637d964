// SPDX-License-Identifier: Apache-2.0
// The page column against the references it stands for, in the present version and in
// version 2, whose files have none.
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#include "fixture.h"
#include "format.h"
#include "survey.h"

enum { LONG_REFS = 2 * TRACE_BLOCK_REFS + 777 };

static uint32_t place(const struct trace_pages *pages, uint32_t run) {
    uint32_t at = pages->low[run];
    if (pages->high) at |= (uint32_t)pages->high[run] << 8;
    if (pages->top) at |= (uint32_t)pages->top[run] << 16;
    return at;
}

// Every reference of the trace at `path` has the page and kind of its run, and runs are as long
// as they can be.
static void assert_pages_are(const char *path, const struct trace_ref *refs, size_t count) {
    struct trace_reader *reader = NULL;
    struct trace_pages pages;
    struct sim_error error;
    size_t at = 0;
    if (trace_reader_open(path, &reader, &error) != SIM_OK) fail_msg("%s", error.text);
    while (trace_reader_next_pages(reader, &pages, &error) == SIM_OK) {
        assert_int_equal(pages.first_ref, at);
        for (uint32_t run = 0; run < pages.runs; run++) {
            uint32_t length = (pages.weight[run] >> 2) + 1u;
            assert_true(place(&pages, run) < pages.pages && at + length <= count);
            for (uint32_t i = 0; i < length; i++, at++) {
                assert_int_equal(refs[at].va >> 12, pages.vpn[place(&pages, run)]);
                assert_int_equal(refs[at].kind, pages.weight[run] & 3);
            }
            if (run + 1 < pages.runs && place(&pages, run) == place(&pages, run + 1) &&
                (pages.weight[run] & 3) == (pages.weight[run + 1] & 3)) {
                assert_int_equal(length, 64);
            }
        }
        assert_int_equal(at, pages.first_ref + pages.refs);
    }
    assert_int_equal(at, count);
    assert_int_equal(trace_reader_next_pages(reader, &pages, &error), SIM_END);
    trace_reader_close(reader);
}

// The same trace as version 2: no column in the blocks, no fields for it in their headers.
static void write_version_2(const char *from, const char *to) {
    size_t size = 0, end = TRACE_HEADER_BYTES;
    uint8_t *old = fixture_read_file(from, &size), *bytes = calloc(1, size);
    struct trace_header header = trace_header_get(old);
    struct trace_footer footer = trace_footer_get(old + size - TRACE_FOOTER_BYTES);
    uint8_t *index = calloc(footer.blocks + 1, TRACE_INDEX_ENTRY_BYTES);
    for (uint64_t i = 0; i < footer.blocks; i++) {
        const uint8_t *entry = old + footer.index_offset + i * TRACE_INDEX_ENTRY_BYTES;
        const uint8_t *from_block = old + trace_index_entry_get(entry).offset;
        struct trace_block block = trace_block_get(from_block, TRACE_VERSION);
        struct trace_index_entry moved = {end, block.first_ref};
        trace_index_entry_put(index + i * TRACE_INDEX_ENTRY_BYTES, &moved);
        memcpy(bytes + end + TRACE_BLOCK_HEADER_BYTES_V2, from_block + TRACE_BLOCK_HEADER_BYTES,
               block.packed_bytes);
        block.page_packed_bytes = 0;
        trace_block_put(bytes + end, &block, 2);
        end += TRACE_BLOCK_HEADER_BYTES_V2 + block.packed_bytes;
    }
    header.version = 2;
    trace_header_put(bytes, &header);
    footer.header_checksum = trace_header_checksum(bytes);
    footer.index_offset = end;
    footer.index_checksum = XXH3_64bits(index, footer.blocks * TRACE_INDEX_ENTRY_BYTES);
    memcpy(bytes + end, index, footer.blocks * TRACE_INDEX_ENTRY_BYTES);
    end += footer.blocks * TRACE_INDEX_ENTRY_BYTES;
    trace_footer_put(bytes + end, &footer);
    fixture_write_file(to, bytes, end + TRACE_FOOTER_BYTES);
    free(index);
    free(bytes);
    free(old);
}

static void both_versions(const struct trace_ref *refs, size_t count) {
    const char *three = fixture_path("three.tdt"), *two = fixture_path("two.tdt");
    fixture_write_trace(three, refs, count);
    assert_pages_are(three, refs, count);
    write_version_2(three, two);
    assert_pages_are(two, refs, count);
}

static void pages_are_those_of_a_program_like_stream(void **state) {
    (void)state;
    struct trace_ref *refs = fixture_refs(fixture_seed(), LONG_REFS);
    both_versions(refs, LONG_REFS);
    both_versions(refs, 1);
    both_versions(refs, 0);
    free(refs);
}

// Tables of each width: one byte, two, three; and the highest page there is.
static void pages_are_right_with_tables_of_every_width(void **state) {
    (void)state;
    const uint64_t widths[] = {1, 256, 257, 65536, 65537, TRACE_BLOCK_REFS};
    uint64_t seed = fixture_seed();
    struct trace_ref *refs = fixture_refs(seed, TRACE_BLOCK_REFS);
    for (size_t w = 0; w < sizeof widths / sizeof widths[0]; w++) {
        for (size_t i = 0; i < TRACE_BLOCK_REFS; i++) {
            uint64_t page = i < widths[w] ? i : fixture_random(&seed) % widths[w];
            refs[i].va = 0 - ((page + 1) << 12) + (i & 4095);
            refs[i].kind = (uint8_t)(fixture_random(&seed) % 4);
        }
        both_versions(refs, TRACE_BLOCK_REFS);
    }
    free(refs);
}

static void runs_longer_than_64_references_are_several(void **state) {
    (void)state;
    struct trace_ref *refs = fixture_refs(0, 1000);
    for (size_t i = 0; i < 1000; i++) {
        refs[i] =
            (struct trace_ref){i < 500 ? 4096 + i : i, i < 700 ? TRACE_FETCH : TRACE_STORE, 4};
    }
    both_versions(refs, 1000);
    free(refs);
}

static void pages_begin_at_blocks_only(void **state) {
    (void)state;
    struct trace_ref *refs = fixture_refs(fixture_seed(), LONG_REFS);
    struct trace_reader *reader = NULL;
    struct trace_pages pages;
    struct sim_error error;
    fixture_write_trace(fixture_path("three.tdt"), refs, LONG_REFS);
    assert_int_equal(trace_reader_open(fixture_path("three.tdt"), &reader, &error), SIM_OK);
    assert_int_equal(trace_reader_seek(reader, 5, &error), SIM_OK);
    assert_int_equal(trace_reader_next_pages(reader, &pages, &error), SIM_ERROR_USAGE);
    fixture_assert_contains(error.text, "reference 5 is not the first one of a block");
    assert_int_equal(trace_reader_seek(reader, TRACE_BLOCK_REFS, &error), SIM_OK);
    assert_int_equal(trace_reader_next_pages(reader, &pages, &error), SIM_OK);
    struct trace_ref next;
    size_t count = 0;
    assert_int_equal(trace_reader_next(reader, &next, 1, &count, &error), SIM_OK);
    assert_int_equal(next.va, refs[2 * TRACE_BLOCK_REFS].va);
    trace_reader_close(reader);
    free(refs);
}

static void files_of_version_2_can_still_be_read(void **state) {
    (void)state;
    struct sim_error error;
    assert_int_equal(fixture_read_all("tests/fuzz/corpus_trace/1-refs", &error), SIM_END);
    assert_int_equal(fixture_read_all("tests/fuzz/corpus_trace/300-refs", &error), SIM_END);
}

// A whole trace of one block whose page column is `column` instead of its own, all checksums
// made right.
static void write_other_column(const char *from, const char *to,
                               void (*change)(uint8_t *column, size_t size)) {
    size_t size = 0;
    uint8_t *old = fixture_read_file(from, &size);
    struct trace_footer footer = trace_footer_get(old + size - TRACE_FOOTER_BYTES);
    struct trace_block block = trace_block_get(old + TRACE_HEADER_BYTES, TRACE_VERSION);
    assert_int_equal(footer.blocks, 1);
    size_t column_bytes = (size_t)trace_page_bytes(&block.page),
           bound = ZSTD_compressBound(column_bytes);
    size_t frame = TRACE_HEADER_BYTES + TRACE_BLOCK_HEADER_BYTES + block.packed_bytes;
    uint8_t *column = malloc(column_bytes), *bytes = malloc(size + bound);
    memcpy(bytes, old, frame);
    assert_int_equal(ZSTD_decompress(column, column_bytes, old + frame, block.page_packed_bytes),
                     column_bytes);
    change(column, column_bytes);
    size_t packed = ZSTD_compress(bytes + frame, bound, column, column_bytes, 3);
    assert_false(ZSTD_isError(packed));
    block.page_packed_bytes = (uint32_t)packed;
    trace_block_put(bytes + TRACE_HEADER_BYTES, &block, TRACE_VERSION);
    memcpy(bytes + frame + packed, old + footer.index_offset, TRACE_INDEX_ENTRY_BYTES);
    footer.index_offset = frame + packed;
    uint8_t *end = bytes + frame + packed + TRACE_INDEX_ENTRY_BYTES;
    trace_footer_put(end, &footer);
    fixture_write_file(to, bytes, (size_t)(end - bytes) + TRACE_FOOTER_BYTES);
    free(column);
    free(bytes);
    free(old);
}

static void leave(uint8_t *column, size_t size) {
    (void)column;
    (void)size;
}

static void change_last_kind(uint8_t *column, size_t size) {
    column[size - 1] ^= 1;
}

static void change_first_page(uint8_t *column, size_t size) {
    (void)size;
    column[0] ^= 1;
}

static enum sim_status survey(const char *path, struct sim_error *error) {
    struct trace_reader *reader = NULL;
    struct trace_survey survey;
    assert_int_equal(trace_reader_open(path, &reader, error), SIM_OK);
    enum sim_status status = trace_survey_run(reader, path, &survey, error);
    trace_survey_destroy(&survey);
    trace_reader_close(reader);
    return status;
}

static void a_column_of_other_references_is_found_by_the_survey(void **state) {
    (void)state;
    const char *good = fixture_path("three.tdt"), *other = fixture_path("other.tdt");
    struct sim_error error = {""};
    struct trace_ref *refs = fixture_refs(fixture_seed(), 500);
    fixture_write_trace(good, refs, 500);
    write_other_column(good, other, leave);
    assert_int_equal(survey(other, &error), SIM_OK);
    write_other_column(good, other, change_last_kind);
    assert_int_equal(survey(other, &error), SIM_ERROR_FORMAT);
    fixture_assert_contains(error.text, "other.tdt: block 0: its page column is not that of its");
    write_other_column(good, other, change_first_page);
    assert_int_equal(survey(other, &error), SIM_ERROR_FORMAT);
    free(refs);
}

// A column that does not hold together is refused by the reader itself.
static void leave_no_references(uint8_t *column, size_t size) {
    column[size - 1] ^= 4;
}

static void name_a_page_behind_the_table(uint8_t *column, size_t size) {
    memset(column + size - 500, 0xFF, 100);
}

static void columns_that_do_not_hold_together_are_refused(void **state) {
    (void)state;
    const char *good = fixture_path("three.tdt"), *other = fixture_path("other.tdt");
    struct sim_error error = {""};
    struct trace_ref refs[250];
    for (size_t i = 0; i < 250; i++) refs[i] = (struct trace_ref){i % 7 << 12, TRACE_LOAD, 1};
    fixture_write_trace(good, refs, 250);
    assert_int_equal(fixture_read_all(good, &error), SIM_END);
    write_other_column(good, other, leave_no_references);
    assert_int_equal(fixture_read_all(other, &error), SIM_ERROR_FORMAT);
    fixture_assert_contains(error.text, "block 0 at byte offset 280: its page column is damaged");
    write_other_column(good, other, name_a_page_behind_the_table);
    assert_int_equal(fixture_read_all(other, &error), SIM_ERROR_FORMAT);
    fixture_assert_contains(error.text, "its page column is damaged");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_those_of_a_program_like_stream),
        cmocka_unit_test(pages_are_right_with_tables_of_every_width),
        cmocka_unit_test(runs_longer_than_64_references_are_several),
        cmocka_unit_test(pages_begin_at_blocks_only),
        cmocka_unit_test(files_of_version_2_can_still_be_read),
        cmocka_unit_test(a_column_of_other_references_is_found_by_the_survey),
        cmocka_unit_test(columns_that_do_not_hold_together_are_refused),
    };
    return cmocka_run_group_tests_name("trace_pages", tests, fixture_folder_create,
                                       fixture_folder_remove) != 0;
}
