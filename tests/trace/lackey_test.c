// SPDX-License-Identifier: Apache-2.0
// lackey's text as a foreign recording.
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "import.h"
#include "lackey.h"

enum { CAPACITY = 64 };

static enum sim_status import_bytes(const void *bytes, size_t size, struct trace_ref *refs,
                                    size_t *count, struct sim_error *error) {
    struct trace_input *input = NULL;
    struct trace_import *import = NULL;
    size_t got = 0;
    *count = 0;
    strcpy(error->text, "unset");
    fixture_write_file(fixture_path("input"), bytes, size);
    enum sim_status status = trace_input_open(fixture_path("input"), NULL, NULL, &input, error);
    if (status == SIM_OK) status = trace_import_open(input, TRACE_FORMAT_LACKEY, &import, error);
    while (status == SIM_OK) {
        status = trace_import_next(import, refs + *count, CAPACITY - *count, &got, error);
        if (status == SIM_OK) *count += got;
    }
    trace_import_close(import);
    return status;
}

static void assert_ref(const struct trace_ref *ref, uint64_t va, unsigned kind, unsigned size) {
    assert_int_equal(ref->va, va);
    assert_int_equal(ref->kind, kind);
    assert_int_equal(ref->size, size);
}

static const char text[] =
    "==12== Lackey, an example Valgrind tool\n"
    "I  0401ab70,3\n"
    " S 1fff0006c8,8\n"
    "--12-- a message\n"
    "\n"
    " L ffffffffffffffff,64\r\n"
    " M 0,123456789\n"
    "I  4,15";

static void assert_text_imported(const void *bytes, size_t size) {
    struct trace_ref refs[CAPACITY];
    size_t count = 0;
    struct sim_error error;
    assert_int_equal(import_bytes(bytes, size, refs, &count, &error), SIM_END);
    assert_int_equal(count, 5);
    assert_ref(&refs[0], 0x401ab70, TRACE_FETCH, 3);
    assert_ref(&refs[1], 0x1fff0006c8, TRACE_STORE, 8);
    assert_ref(&refs[2], UINT64_MAX, TRACE_LOAD, 63);
    assert_ref(&refs[3], 0, TRACE_MODIFY, 63);
    assert_ref(&refs[4], 4, TRACE_FETCH, 15);
}

static void lackey_text_gives_its_references(void **state) {
    (void)state;
    assert_text_imported(text, sizeof text - 1);
}

static void lackey_text_is_unpacked_if_it_is_zstd(void **state) {
    (void)state;
    char packed[1024];
    size_t size = ZSTD_compress(packed, sizeof packed, text, sizeof text - 1, 3);
    assert_false(ZSTD_isError(size));
    assert_text_imported(packed, size);
    struct trace_ref refs[CAPACITY];
    size_t count = 0;
    struct sim_error error;
    for (size_t cut = 5; cut < size; cut++) {
        assert_int_equal(import_bytes(packed, cut, refs, &count, &error), SIM_ERROR_FORMAT);
        fixture_assert_contains(error.text, "input: the compressed data are cut off");
    }
    packed[4] ^= 0x08;  // a reserved bit of the frame
    assert_int_equal(import_bytes(packed, size, refs, &count, &error), SIM_ERROR_FORMAT);
    fixture_assert_contains(error.text, "the compressed data are damaged");
}

static void lackey_errors_name_file_and_line(void **state) {
    (void)state;
    static const struct {
        const char *line, *part;
    } cases[] = {
        {"X  04,3", "begins with none of"}, {"I 04,3", "begins with none of"},
        {"I", "begins with none of"},       {" L ", "the address"},
        {" L ,3", "the address"},           {" L 12345678123456781,3", "the address"},
        {" L 12x4,3", "the address"},       {" L 1234", "the address"},
        {" L 1234,", "the size"},           {" L 1234,3x", "the size"},
        {" L 1234,-3", "the size"},         {" L 1234,1234567890", "the size"},
        {" L 1234,3 ", "the size"},         {" L 1234,3,4", "the size"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char bytes[256];
        int size =
            snprintf(bytes, sizeof bytes, "==1== x\nI  4,4\nI  8,4\n%s\n L 4,4\n", cases[i].line);
        struct trace_ref refs[CAPACITY];
        size_t count = 0;
        struct sim_error error;
        assert_int_equal(import_bytes(bytes, (size_t)size, refs, &count, &error), SIM_ERROR_FORMAT);
        fixture_assert_contains(error.text, "/input: line 4 ");
        fixture_assert_contains(error.text, cases[i].part);
    }
}

static void lackey_messages_may_be_longer_than_the_buffer_but_not_references(void **state) {
    (void)state;
    enum { LONG = 300000 };
    char *bytes = malloc(LONG + 64);
    memset(bytes, '=', LONG);
    memcpy(bytes + LONG, "\nI  4,4\nbad\n", 12);
    struct trace_ref refs[CAPACITY];
    size_t count = 0;
    struct sim_error error;
    assert_int_equal(import_bytes(bytes, LONG + 8, refs, &count, &error), SIM_END);
    assert_int_equal(count, 1);
    assert_int_equal(import_bytes(bytes, LONG + 12, refs, &count, &error), SIM_ERROR_FORMAT);
    fixture_assert_contains(error.text, "line 3 ");
    memset(bytes, '0', LONG);
    memcpy(bytes, "I  ", 3);
    assert_int_equal(import_bytes(bytes, LONG, refs, &count, &error), SIM_ERROR_FORMAT);
    fixture_assert_contains(error.text, "line 1 is not lackey's: it is too long");
    free(bytes);
}

// The fast parser against the plain one, on lines of every shape.
static void lackey_parsers_agree_on_any_line(void **state) {
    (void)state;
    enum { LINES = 200000, LINE_BYTES = 64 };
    static const char *const prefixes[] = {"I  ", " L ", " S ", " M ", "I  ",   " L ",
                                           "   ", "I L", "L  ", " I ", "==1== "};
    static const char addresses[] = "0123456789abcdefABCDEFgG/:@`x,";
    uint64_t seed = fixture_seed();
    for (int i = 0; i < LINES; i++) {
        uint64_t dice = fixture_random(&seed);
        char line[2 * LINE_BYTES];
        int length = snprintf(line, sizeof line, "%s", prefixes[dice % 11]);
        // Mostly digits only, now and then one of the others.
        unsigned characters = dice >> 8 & 31 ? 22 : sizeof addresses - 1;
        for (uint64_t digits = dice >> 16 & 31; digits; digits--) {
            line[length++] = addresses[fixture_random(&seed) % characters];
        }
        length += snprintf(line + length, LINE_BYTES, dice >> 24 & 7 ? ",%u" : "%u,",
                           (unsigned)(dice >> 32) % (dice >> 27 & 1 ? 120 : 12));
        if ((dice >> 30 & 15) == 0) line[length++] = (char)(' ' + (dice >> 40) % 95);
        struct trace_ref plain, fast;
        const char *why = NULL, *at = line;
        enum text_line kind = lackey_parse_line(line, (size_t)length, &plain, &why);
        memset(line + length, '\n', LINE_BYTES);
        size_t count = lackey_parse_many(&at, line + length + LINE_BYTES, &fast, 1);
        if (count == 0) {
            assert_ptr_equal(at, line);
            // It may leave unusual ones to the plain parser, but none of the usual.
            const char *comma = strchr(line, ',');
            if (kind == TEXT_REF && line + length - comma <= 3) fail_msg("not taken: %s", line);
            continue;
        }
        if (kind != TEXT_REF) fail_msg("taken: %.*s", length, line);
        assert_ptr_equal(at, line + length + 1);
        assert_ref(&fast, plain.va, plain.kind, plain.size);
    }
}

static void import_of_nothing_is_an_error(void **state) {
    (void)state;
    struct trace_ref refs[CAPACITY];
    size_t count = 0;
    struct sim_error error;
    assert_int_equal(import_bytes("", 0, refs, &count, &error), SIM_END);
    assert_int_equal(count, 0);
    struct trace_writer *writer = NULL;
    assert_int_equal(trace_writer_create(fixture_path("none.tdt"), "", &writer, &error), SIM_OK);
    fixture_write_file(fixture_path("messages"), "==1== x\n", 8);
    assert_int_equal(trace_import_file(fixture_path("messages"), TRACE_FORMAT_AUTO, writer,
                                       UINT64_MAX, NULL, NULL, &error),
                     SIM_ERROR_FORMAT);
    fixture_assert_contains(error.text, "messages: no references");
    trace_writer_abandon(writer);
}

static void import_stops_after_the_references_asked_for(void **state) {
    (void)state;
    struct sim_error error;
    struct trace_writer *writer = NULL;
    struct trace_reader *reader = NULL;
    fixture_write_file(fixture_path("some"), "I  4,4\nI  8,4\nI  c,4\nbad\n", 25);
    assert_int_equal(trace_writer_create(fixture_path("some.tdt"), "", &writer, &error), SIM_OK);
    assert_int_equal(
        trace_import_file(fixture_path("some"), TRACE_FORMAT_AUTO, writer, 2, NULL, NULL, &error),
        SIM_OK);
    assert_int_equal(trace_writer_commit(writer, &error), SIM_OK);
    assert_int_equal(trace_reader_open(fixture_path("some.tdt"), &reader, &error), SIM_OK);
    assert_int_equal(trace_reader_info(reader)->refs, 2);
    trace_reader_close(reader);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lackey_text_gives_its_references),
        cmocka_unit_test(lackey_text_is_unpacked_if_it_is_zstd),
        cmocka_unit_test(lackey_errors_name_file_and_line),
        cmocka_unit_test(lackey_messages_may_be_longer_than_the_buffer_but_not_references),
        cmocka_unit_test(lackey_parsers_agree_on_any_line),
        cmocka_unit_test(import_of_nothing_is_an_error),
        cmocka_unit_test(import_stops_after_the_references_asked_for),
    };
    return cmocka_run_group_tests_name("lackey", tests, fixture_folder_create,
                                       fixture_folder_remove) != 0;
}
