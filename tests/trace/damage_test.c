// SPDX-License-Identifier: Apache-2.0
// Damaged and hostile files: every one is refused with a sentence that names the place.
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "format.h"

enum { REFS = 300 };

// A small good trace in memory, and the places of its parts.
struct file {
    uint8_t *bytes;
    size_t size;
    struct trace_header header;
    struct trace_block block;
    struct trace_footer footer;
};

static struct file good_file(void) {
    struct trace_ref *refs = fixture_refs(fixture_seed(), REFS);
    fixture_write_trace(fixture_path("good.tdt"), refs, REFS);
    free(refs);
    struct file file;
    file.bytes = fixture_read_file(fixture_path("good.tdt"), &file.size);
    file.header = trace_header_get(file.bytes);
    file.block = trace_block_get(file.bytes + TRACE_HEADER_BYTES, TRACE_VERSION);
    file.footer = trace_footer_get(file.bytes + file.size - TRACE_FOOTER_BYTES);
    return file;
}

// Put the parts back with checksums that match.
static void seal(struct file *file) {
    trace_header_put(file->bytes, &file->header);
    file->footer.header_checksum = trace_header_checksum(file->bytes);
    uint32_t room = (uint32_t)(file->size - TRACE_HEADER_BYTES - TRACE_BLOCK_HEADER_BYTES);
    if (file->block.packed_bytes > room) file->block.packed_bytes = room;
    room -= file->block.packed_bytes;
    if (file->block.page_packed_bytes > room) file->block.page_packed_bytes = room;
    trace_block_put(file->bytes + TRACE_HEADER_BYTES, &file->block, TRACE_VERSION);
    trace_footer_put(file->bytes + file->size - TRACE_FOOTER_BYTES, &file->footer);
}

static enum sim_status read_bytes(const uint8_t *bytes, size_t size, struct sim_error *error) {
    strcpy(error->text, "unset");
    fixture_write_file(fixture_path("bad.tdt"), bytes, size);
    return fixture_read_all(fixture_path("bad.tdt"), error);
}

static void assert_refused(const uint8_t *bytes, size_t size, const char *part) {
    struct sim_error error;
    enum sim_status status = read_bytes(bytes, size, &error);
    if (status != SIM_ERROR_FORMAT) fail_msg("%s: %s", part, sim_status_name(status));
    fixture_assert_contains(error.text, "bad.tdt: ");
    fixture_assert_contains(error.text, "byte offset ");
    fixture_assert_contains(error.text, part);
}

static void damage_by_truncation_is_found_at_every_byte(void **state) {
    (void)state;
    struct file file = good_file();
    for (size_t size = 0; size < file.size; size++) assert_refused(file.bytes, size, "bad.tdt");
    struct sim_error error;
    assert_int_equal(read_bytes(file.bytes, file.size, &error), SIM_END);
    free(file.bytes);
}

static void damage_of_any_single_byte_is_found(void **state) {
    (void)state;
    struct file file = good_file();
    uint64_t seed = fixture_seed();
    for (size_t at = 0; at < file.size; at++) {
        const uint8_t changes[] = {1, 0x80, (uint8_t)(1 + fixture_random(&seed) % 255)};
        for (int i = 0; i < 3; i++) {
            file.bytes[at] ^= changes[i];
            assert_refused(file.bytes, file.size, "bad.tdt");
            file.bytes[at] ^= changes[i];
        }
    }
    free(file.bytes);
}

static void damage_by_bytes_behind_the_end_is_found(void **state) {
    (void)state;
    struct file file = good_file();
    file.bytes = realloc(file.bytes, file.size + 100);
    memset(file.bytes + file.size, 0, 100);
    for (size_t more = 1; more <= 100; more++) {
        assert_refused(file.bytes, file.size + more, "continues behind its end");
    }
    free(file.bytes);
}

static void damage_in_a_block_is_named_with_block_and_offset(void **state) {
    (void)state;
    size_t size = 0;
    struct trace_ref *refs = fixture_refs(fixture_seed(), TRACE_BLOCK_REFS + 10);
    fixture_write_trace(fixture_path("two.tdt"), refs, TRACE_BLOCK_REFS + 10);
    free(refs);
    uint8_t *bytes = fixture_read_file(fixture_path("two.tdt"), &size);
    struct trace_block first = trace_block_get(bytes + TRACE_HEADER_BYTES, TRACE_VERSION);
    unsigned offset =
        (unsigned)(TRACE_HEADER_BYTES + TRACE_BLOCK_HEADER_BYTES + trace_block_frame_bytes(&first));
    bytes[offset + TRACE_BLOCK_HEADER_BYTES + 3] ^= 4;
    char place[64];
    snprintf(place, sizeof place, "block 1 at byte offset %u: the checksum does not match", offset);
    assert_refused(bytes, size, place);
    free(bytes);
}

static void foreign_files_and_versions_are_named(void **state) {
    (void)state;
    struct file file = good_file();
    assert_refused((const uint8_t *)"", 0, "this is not a trace");
    assert_refused((const uint8_t *)"I  0401ab70,3\n", 14, "this is not a trace");
    const uint32_t versions[] = {0, 1, 4, 77};
    for (int i = 0; i < 4; i++) {
        char words[64];
        snprintf(words, sizeof words, "the version is %u, this program reads versions 2 to 3",
                 versions[i]);
        file.header.version = versions[i];
        seal(&file);
        assert_refused(file.bytes, file.size, words);
    }
    free(file.bytes);
}

static void missing_files_folders_and_pipes_are_named(void **state) {
    (void)state;
    struct sim_error error;
    assert_int_equal(fixture_read_all(fixture_path("none.tdt"), &error), SIM_ERROR_IO);
    fixture_assert_contains(error.text, "none.tdt: cannot open: No such file");
    assert_int_equal(fixture_read_all("/", &error), SIM_ERROR_IO);
    fixture_assert_contains(error.text, "/: not a regular file");
    assert_int_equal(mkfifo(fixture_path("pipe"), 0600), 0);
    assert_int_equal(fixture_read_all(fixture_path("pipe"), &error), SIM_ERROR_IO);
    fixture_assert_contains(error.text, "not a regular file");
}

// Each field is set to each of these; the checksums are made right again.
static const uint64_t hostile[] = {0,          1,          2,          299,        301,
                                   0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, UINT64_MAX, INT64_MAX};
enum { HOSTILE = sizeof hostile / sizeof hostile[0] };

static void hostile_fields_of_the_footer_are_refused(void **state) {
    (void)state;
    struct file good = good_file();
    uint64_t *const fields[] = {&good.footer.refs,         &good.footer.kinds[0],
                                &good.footer.kinds[3],     &good.footer.blocks,
                                &good.footer.index_offset, &good.footer.index_checksum};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        uint64_t before = *fields[i];
        for (size_t j = 0; j < HOSTILE; j++) {
            if (hostile[j] == before) continue;
            *fields[i] = hostile[j];
            seal(&good);
            assert_refused(good.bytes, good.size, "bad.tdt");
        }
        *fields[i] = before;
    }
    free(good.bytes);
}

static void hostile_fields_of_a_block_are_refused(void **state) {
    (void)state;
    struct file good = good_file();
    uint32_t *fields[TRACE_STREAMS + 6] = {
        &good.block.refs,      &good.block.packed_bytes, &good.block.page_packed_bytes,
        &good.block.page.runs, &good.block.page.pages,   &good.block.page.table_bytes};
    for (int i = 0; i < TRACE_STREAMS; i++) fields[6 + i] = &good.block.stream_bytes[i];
    for (size_t i = 0; i < TRACE_STREAMS + 6; i++) {
        const struct trace_block before = good.block;  // seal may change the others
        uint32_t value = *fields[i];
        for (size_t j = 0; j < HOSTILE; j++) {
            if ((uint32_t)hostile[j] == value) continue;
            *fields[i] = (uint32_t)hostile[j];
            seal(&good);
            assert_refused(good.bytes, good.size, "block 0 at byte offset 280: its ");
            good.block = before;
        }
    }
    good.block.first_ref = 5;
    seal(&good);
    assert_refused(good.bytes, good.size, "block 0 at byte offset 280: its references");
    free(good.bytes);
}

static void hostile_streams_with_right_checksums_do_no_harm(void **state) {
    (void)state;
    struct file good = good_file();
    uint64_t seed = fixture_seed();
    uint8_t *frame = good.bytes + TRACE_HEADER_BYTES + TRACE_BLOCK_HEADER_BYTES;
    size_t frame_bytes = (size_t)trace_block_frame_bytes(&good.block);
    for (int i = 0; i < 4000; i++) {
        size_t at = fixture_random(&seed) % frame_bytes;
        uint8_t before = frame[at];
        frame[at] = (uint8_t)fixture_random(&seed);
        seal(&good);
        struct sim_error error;
        enum sim_status status = read_bytes(good.bytes, good.size, &error);
        assert_true(status == SIM_END || status == SIM_ERROR_FORMAT);
        frame[at] = before;
    }
    free(good.bytes);
}

static void hostile_headers_are_refused(void **state) {
    (void)state;
    struct file good = good_file();
    const uint32_t sizes[] = {0, TRACE_BLOCK_REFS + 1, UINT32_MAX};
    for (int i = 0; i < 3; i++) {
        good.header.block_refs = sizes[i];
        seal(&good);
        assert_refused(good.bytes, good.size, "references per block is not legal");
    }
    good.header.block_refs = REFS - 1;  // legal, but then there would be two blocks
    seal(&good);
    assert_refused(good.bytes, good.size, "does not fit the number of blocks");
    good.header.block_refs = TRACE_BLOCK_REFS;
    good.header.program[200] = 'x';  // behind the text's end
    seal(&good);
    assert_refused(good.bytes, good.size, "not terminated");
    memset(good.header.program, 'x', sizeof good.header.program);
    seal(&good);
    assert_refused(good.bytes, good.size, "not terminated");
    free(good.bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage_by_truncation_is_found_at_every_byte),
        cmocka_unit_test(damage_of_any_single_byte_is_found),
        cmocka_unit_test(damage_by_bytes_behind_the_end_is_found),
        cmocka_unit_test(damage_in_a_block_is_named_with_block_and_offset),
        cmocka_unit_test(foreign_files_and_versions_are_named),
        cmocka_unit_test(missing_files_folders_and_pipes_are_named),
        cmocka_unit_test(hostile_fields_of_the_footer_are_refused),
        cmocka_unit_test(hostile_fields_of_a_block_are_refused),
        cmocka_unit_test(hostile_streams_with_right_checksums_do_no_harm),
        cmocka_unit_test(hostile_headers_are_refused),
    };
    return cmocka_run_group_tests_name("trace_damage", tests, fixture_folder_create,
                                       fixture_folder_remove) != 0;
}
