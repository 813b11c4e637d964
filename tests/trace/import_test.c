// SPDX-License-Identifier: Apache-2.0
// Foreign recordings other than lackey's, and how formats and packings are told apart.
#include "fixture.h"

#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "import.h"

enum { CAPACITY = 64, PACKED_BYTES = 4096 };

struct imported {
    enum sim_status status;
    struct trace_ref refs[CAPACITY];
    size_t count;
    struct sim_error error;
};

// `step` references at a time.
static struct imported import_bytes(enum trace_format format, const void *bytes, size_t size,
                                    size_t step) {
    struct imported result = {.error = {"unset"}};
    struct trace_input *input = NULL;
    struct trace_import *import = NULL;
    fixture_write_file(fixture_path("input"), bytes, size);
    result.status = trace_input_open(fixture_path("input"), NULL, NULL, &input, &result.error);
    if (result.status == SIM_OK) {
        result.status = trace_import_open(input, format, &import, &result.error);
    }
    while (result.status == SIM_OK) {
        size_t count = 0;
        assert_true(result.count + step <= CAPACITY);
        result.status =
            trace_import_next(import, result.refs + result.count, step, &count, &result.error);
        if (result.status != SIM_OK) break;
        assert_in_range(count, 1, step);
        result.count += count;
    }
    trace_import_close(import);
    return result;
}

static void assert_refs(const struct imported *found, const struct trace_ref *refs, size_t count) {
    if (found->status != SIM_END) fail_msg("%s", found->error.text);
    assert_int_equal(found->count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(found->refs[i].va, refs[i].va);
        assert_int_equal(found->refs[i].kind, refs[i].kind);
        assert_int_equal(found->refs[i].size, refs[i].size);
    }
}

static void assert_error(const struct imported *found, const char *part) {
    assert_int_equal(found->status, SIM_ERROR_FORMAT);
    fixture_assert_contains(found->error.text, "/input: ");
    fixture_assert_contains(found->error.text, part);
}

static const struct text_case {
    enum trace_format format;
    const char *text;
    size_t count;
    struct trace_ref refs[8];
} texts[] = {
    {TRACE_FORMAT_COURSE,
     "0041f7a0 R\r\n13f5e2c0 W\n\n0x10 w\nffffffffffffffff r",
     4,
     {{0x41f7a0, TRACE_LOAD, 0},
      {0x13f5e2c0, TRACE_STORE, 0},
      {0x10, TRACE_STORE, 0},
      {UINT64_MAX, TRACE_LOAD, 0}}},
    // Words of four bytes; 4 and 5 are no references of a program.
    {TRACE_FORMAT_DIN,
     "2 408ed7 a comment\n0 0x1000\n 1\t7ffffff3\n3 8\n4 10\n5 14\n\n",
     4,
     {{0x408ed4, TRACE_FETCH, 4},
      {0x1000, TRACE_LOAD, 4},
      {0x7ffffff0, TRACE_STORE, 4},
      {8, TRACE_LOAD, 4}}},
    // Sizes are hexadecimal: 10 is 16 bytes.
    {TRACE_FORMAT_XDIN,
     "r 1000 4\nW 0x2002 10 more words\ni 408ed7 3\nm 8 1\nc 10 4\nv 14 4\nR 5 1000\n",
     5,
     {{0x1000, TRACE_LOAD, 4},
      {0x2002, TRACE_STORE, 16},
      {0x408ed7, TRACE_FETCH, 3},
      {8, TRACE_LOAD, 1},
      {5, TRACE_LOAD, 63}}},
    {TRACE_FORMAT_CSV,
     "L,0x1000,4\nstore, 4096 ,8\nI,0X401000,2\nmodify,1,100\n",
     4,
     {{0x1000, TRACE_LOAD, 4},
      {4096, TRACE_STORE, 8},
      {0x401000, TRACE_FETCH, 2},
      {1, TRACE_MODIFY, 63}}},
    {TRACE_FORMAT_CSV,
     "Time,Size,Addr,Op\r\n17,4,0x1000,W\n18,2,8,read\n",
     2,
     {{0x1000, TRACE_STORE, 4}, {8, TRACE_LOAD, 2}}},
    {TRACE_FORMAT_CSV, "address\n16\n0x20\n", 2, {{16, TRACE_LOAD, 0}, {32, TRACE_LOAD, 0}}},
};

static void text_formats_give_their_references(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct text_case *text = &texts[i];
        for (size_t step = 1; step < 8; step += 3) {
            struct imported found =
                import_bytes(text->format, text->text, strlen(text->text), step);
            assert_refs(&found, text->refs, text->count);
        }
    }
}

static void text_formats_are_known_by_their_lines(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct text_case *text = &texts[i];
        struct imported found =
            import_bytes(TRACE_FORMAT_AUTO, text->text, strlen(text->text), CAPACITY / 2);
        assert_refs(&found, text->refs, text->count);
    }
}

static void unknown_and_binary_contents_ask_for_the_format(void **state) {
    (void)state;
    static const char *const contents[] = {"hello\nworld\n", "I\n", "0041f7a0\n",
                                           "\x01\x02\x03\x04\x05\x06\x07\x08", "\n\n\n"};
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        struct imported found =
            import_bytes(TRACE_FORMAT_AUTO, contents[i], strlen(contents[i]), CAPACITY);
        assert_error(&found, "name the format with --format");
    }
    struct imported empty = import_bytes(TRACE_FORMAT_AUTO, "", 0, CAPACITY);
    assert_error(&empty, "it is empty");
    struct imported trace = import_bytes(TRACE_FORMAT_AUTO, "\x89TDT\r\n\x1a\n", 8, CAPACITY);
    assert_error(&trace, "it is a trace already");
}

static void malformed_lines_are_named(void **state) {
    (void)state;
    static const struct {
        enum trace_format format;
        const char *good, *bad, *part;
    } cases[] = {
        {TRACE_FORMAT_COURSE, "10 R", "10", "the address"},
        {TRACE_FORMAT_COURSE, "10 R", "10 X", "the access"},
        {TRACE_FORMAT_COURSE, "10 R", "10 R 4", "the access"},
        {TRACE_FORMAT_COURSE, "10 R", "10  ", "the access"},
        {TRACE_FORMAT_COURSE, "10 R", "g0 R", "the address"},
        {TRACE_FORMAT_COURSE, "10 R", "00112233445566778 R", "the address"},
        {TRACE_FORMAT_DIN, "0 10", "6 10", "the label"},
        {TRACE_FORMAT_DIN, "0 10", "r 10", "the label"},
        {TRACE_FORMAT_DIN, "0 10", "0", "the label"},
        {TRACE_FORMAT_DIN, "0 10", "0 ", "the address"},
        {TRACE_FORMAT_DIN, "0 10", "0 10x", "the address"},
        {TRACE_FORMAT_XDIN, "r 10 4", "x 10 4", "the access"},
        {TRACE_FORMAT_XDIN, "r 10 4", "r", "the access"},
        {TRACE_FORMAT_XDIN, "r 10 4", "r 10", "the address"},
        {TRACE_FORMAT_XDIN, "r 10 4", "r 10 ", "the size"},
        {TRACE_FORMAT_XDIN, "r 10 4", "r 10 4g", "the size"},
        {TRACE_FORMAT_CSV, "L,1,4", "L,1", "number of fields"},
        {TRACE_FORMAT_CSV, "L,1,4", "L,1,4,5", "number of fields"},
        {TRACE_FORMAT_CSV, "L,1,4", "Q,1,4", "the kind"},
        {TRACE_FORMAT_CSV, "L,1,4", "L,1f,4", "the address"},
        {TRACE_FORMAT_CSV, "L,1,4", "L,0x,4", "the address"},
        {TRACE_FORMAT_CSV, "L,1,4", "L,1,-4", "the size"},
        {TRACE_FORMAT_CSV, "L,1,4", "\"L\",1,4", "the kind"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char bytes[256], place[64];
        int size = snprintf(bytes, sizeof bytes, "%s\n\n%s\n%s\n%s\n", cases[i].good, cases[i].good,
                            cases[i].bad, cases[i].good);
        struct imported found = import_bytes(cases[i].format, bytes, (size_t)size, 8);
        snprintf(place, sizeof place, "/input: line 4 is not ");
        assert_error(&found, place);
        assert_error(&found, cases[i].part);
    }
    struct imported wide =
        import_bytes(TRACE_FORMAT_CSV,
                     ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,", 64, 8);
    assert_error(&wide, "line 1 is not a reference's: it has more than 64 fields");
}

static void put_u64(uint8_t *bytes, uint64_t value) {
    for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)(value >> 8 * i);
}

static void champsim_records_are_fetch_loads_stores(void **state) {
    (void)state;
    uint8_t bytes[3 * 64] = {0};
    put_u64(bytes, 0x401000);
    bytes[8] = bytes[9] = 1;
    memset(bytes + 10, 0xFF, 6);  // register numbers
    put_u64(bytes + 64, 0xFFFFFFFF81000000);
    put_u64(bytes + 64 + 16, 0x3000);
    put_u64(bytes + 64 + 24, 0x3008);
    for (unsigned i = 0; i < 4; i++) put_u64(bytes + 64 + 32 + 8 * i, 0x2000 + 8 * i);
    put_u64(bytes + 128, 0x401008);
    put_u64(bytes + 128 + 24, 0x5000);  // slots are used in any order
    put_u64(bytes + 128 + 48, 0x4000);
    static const struct trace_ref refs[] = {
        {0x401000, TRACE_FETCH, 0}, {0xFFFFFFFF81000000, TRACE_FETCH, 0},
        {0x2000, TRACE_LOAD, 0},    {0x2008, TRACE_LOAD, 0},
        {0x2010, TRACE_LOAD, 0},    {0x2018, TRACE_LOAD, 0},
        {0x3000, TRACE_STORE, 0},   {0x3008, TRACE_STORE, 0},
        {0x401008, TRACE_FETCH, 0}, {0x4000, TRACE_LOAD, 0},
        {0x5000, TRACE_STORE, 0}};
    for (size_t step = 1; step <= 16; step++) {
        struct imported found = import_bytes(TRACE_FORMAT_CHAMPSIM, bytes, sizeof bytes, step);
        assert_refs(&found, refs, sizeof refs / sizeof refs[0]);
    }
    struct imported cut = import_bytes(TRACE_FORMAT_CHAMPSIM, bytes, 130, 16);
    assert_error(&cut, "record 2 at byte offset 128 has 2 of its 64 bytes");
    bytes[128 + 9] = 2;
    struct imported bad = import_bytes(TRACE_FORMAT_CHAMPSIM, bytes, sizeof bytes, 16);
    assert_error(&bad, "record 2 at byte offset 128 is malformed: its branch fields");
}

static void raw64_records_are_loads(void **state) {
    (void)state;
    uint8_t bytes[16];
    put_u64(bytes, 0x123456789abcdef0);
    put_u64(bytes + 8, UINT64_MAX);
    static const struct trace_ref refs[] = {{0x123456789abcdef0, TRACE_LOAD, 0},
                                            {UINT64_MAX, TRACE_LOAD, 0}};
    struct imported found = import_bytes(TRACE_FORMAT_RAW64, bytes, 16, 8);
    assert_refs(&found, refs, 2);
    struct imported cut = import_bytes(TRACE_FORMAT_RAW64, bytes, 13, 8);
    assert_error(&cut, "record 1 at byte offset 8 has 5 of its 8 bytes");
}

static void ref8_gives_its_references_with_the_sign_from_bit_55(void **state) {
    (void)state;
    uint8_t bytes[24];
    put_u64(bytes, 0x401ab70ULL << 8 | 3 << 2);
    put_u64(bytes + 8, 0x80000000000000ULL << 8 | 2);
    put_u64(bytes + 16, 0x7FFFFFFFFFFFFFULL << 8 | 63 << 2 | 3);
    static const struct trace_ref refs[] = {{0x401ab70, TRACE_FETCH, 3},
                                            {0xFF80000000000000, TRACE_STORE, 0},
                                            {0x007FFFFFFFFFFFFF, TRACE_MODIFY, 63}};
    struct imported found = import_bytes(TRACE_FORMAT_REF8, bytes, sizeof bytes, 8);
    assert_refs(&found, refs, 3);
    for (size_t cut = 17; cut < 24; cut++) {
        struct imported part = import_bytes(TRACE_FORMAT_REF8, bytes, cut, 8);
        assert_error(&part, "record 2 at byte offset 16 has ");
    }
}

static size_t pack_zstd(const void *bytes, size_t size, uint8_t packed[PACKED_BYTES]) {
    size_t made = ZSTD_compress(packed, PACKED_BYTES, bytes, size, 3);
    assert_false(ZSTD_isError(made));
    return made;
}

static size_t pack_gzip(const void *bytes, size_t size, uint8_t packed[PACKED_BYTES]) {
    z_stream stream = {0};
    uint8_t copy[PACKED_BYTES];
    memcpy(copy, bytes, size);
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = copy;
    stream.avail_in = (uInt)size;
    stream.next_out = packed;
    stream.avail_out = PACKED_BYTES;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return PACKED_BYTES - stream.avail_out;
}

static size_t pack_xz(const void *bytes, size_t size, uint8_t packed[PACKED_BYTES]) {
    size_t made = 0;
    assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, NULL, bytes, size, packed, &made,
                                             PACKED_BYTES),
                     LZMA_OK);
    return made;
}

static void every_packing_is_unpacked_and_its_damage_found(void **state) {
    (void)state;
    static size_t (*const packers[])(const void *, size_t, uint8_t *) = {pack_zstd, pack_gzip,
                                                                         pack_xz};
    const struct text_case *text = &texts[2];
    size_t size = strlen(text->text);
    for (size_t i = 0; i < sizeof packers / sizeof packers[0]; i++) {
        uint8_t packed[2 * PACKED_BYTES];
        size_t made = packers[i](text->text, size, packed);
        struct imported found = import_bytes(TRACE_FORMAT_AUTO, packed, made, 8);
        assert_refs(&found, text->refs, text->count);
        for (size_t cut = 7; cut < made; cut++) {
            struct imported part = import_bytes(TRACE_FORMAT_XDIN, packed, cut, 8);
            assert_error(&part, "the compressed data are cut off");
        }
        // Two frames one after the other are one input.
        size_t second = packers[i]("r 77 1\n", 7, packed + made);
        struct imported both = import_bytes(TRACE_FORMAT_XDIN, packed, made + second, 8);
        assert_int_equal(both.status, SIM_END);
        assert_int_equal(both.count, text->count + 1);
        assert_int_equal(both.refs[text->count].va, 0x77);
        // What follows the last frame is no frame.
        memset(packed + made, 'x', 16);
        struct imported more = import_bytes(TRACE_FORMAT_XDIN, packed, made + 16, 8);
        assert_error(&more, "the compressed data are ");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_formats_give_their_references),
        cmocka_unit_test(text_formats_are_known_by_their_lines),
        cmocka_unit_test(unknown_and_binary_contents_ask_for_the_format),
        cmocka_unit_test(malformed_lines_are_named),
        cmocka_unit_test(champsim_records_are_fetch_loads_stores),
        cmocka_unit_test(raw64_records_are_loads),
        cmocka_unit_test(ref8_gives_its_references_with_the_sign_from_bit_55),
        cmocka_unit_test(every_packing_is_unpacked_and_its_damage_found),
    };
    return cmocka_run_group_tests_name("import", tests, fixture_folder_create,
                                       fixture_folder_remove) != 0;
}
