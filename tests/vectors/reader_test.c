// SPDX-License-Identifier: Apache-2.0
// The reader of vector files: what each field becomes, and what is refused with which sentence.
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "reader.h"

enum { MOST_LINES = 32 };

static const char *const plain[] = {"V 1",
                                    "S plain 64 9abcd00000080123 nbd 1",
                                    "R 80000000 100000",
                                    "R ffffffffff0000 10000",
                                    "P 1f 3fffffffffffff",
                                    "P 0 0",
                                    "M 80000ff8 ffffffffffffffff",
                                    "M 80001000 c7 10",
                                    "Q r 3 a0800 8 fffffffffffffff8 = 80000ff8 16 2",
                                    "U 80000ff8 1",
                                    "U 80000000 2",
                                    "Q x 0 0 2 ffe ! 1 p 80000ffe",
                                    "E",
                                    NULL};

static const char *const guest[] = {"V 1",
                                    "S guest 32 80000001 d 0",
                                    "H 80400002 80000004 d",
                                    "R 3ffff0000 10000",
                                    "M 3ffff0004 ffffffff",
                                    "G h 3 0 8000020800 80000 100 4 fffffffc = 3fffffffc 22 12 0 0",
                                    "G w 0 1 0 40000 0 1 3 ! 23 w 0 1 2020",
                                    "E",
                                    NULL};

// Open the lines with one of them (from 1) replaced, or left out if the replacement is NULL.
static struct vectors_reader *open_lines(const char *const *lines, unsigned line,
                                         const char *replacement) {
    struct vectors_reader *reader = NULL;
    int fd = memfd_create("vectors", MFD_CLOEXEC);
    assert_true(fd >= 0);
    for (unsigned i = 0; lines[i]; i++) {
        const char *text = i + 1 == line ? replacement : lines[i];
        if (text) assert_true(dprintf(fd, "%s\n", text) > 0);
    }
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    assert_int_equal(vectors_reader_open_fd(fd, "vectors", &reader, NULL), SIM_OK);
    return reader;
}

// Read to the end or the first failure; items beyond MOST_LINES are not kept.
static enum sim_status read_all(struct vectors_reader *reader, struct vectors_item *items,
                                unsigned *count, struct sim_error *error) {
    struct vectors_item spare;
    enum sim_status status;
    *count = 0;
    do status = vectors_reader_next(reader, *count < MOST_LINES ? &items[*count] : &spare, error);
    while (!status && ++*count);
    return status;
}

static void reader_gives_every_field_of_a_scenario(void **state) {
    struct vectors_item items[MOST_LINES];
    unsigned count;
    struct vectors_reader *reader = open_lines(plain, 0, NULL);
    (void)state;
    assert_int_equal(read_all(reader, items, &count, NULL), SIM_END);
    assert_int_equal(count, 6);  // scenario, 2 words, 2 queries, end
    const struct vectors_scenario *scenario = items[0].scenario;
    assert_int_equal(items[0].kind, VECTORS_SCENARIO);
    assert_string_equal(scenario->name, "plain");
    assert_int_equal(scenario->line, 2);
    assert_int_equal(scenario->xlen, 64);
    assert_int_equal(scenario->satp, 0x9abcd00000080123);
    assert_true(scenario->keep && scenario->svnapot && scenario->pbmte && scenario->adue);
    assert_false(scenario->guest);
    assert_int_equal(scenario->regions, 2);
    assert_int_equal(scenario->region[1].base, 0xffffffffff0000);
    assert_int_equal(scenario->region[1].bytes, 0x10000);
    assert_int_equal(scenario->pmp_entries, 2);
    assert_int_equal(scenario->pmp[0].cfg, 0x1f);
    assert_int_equal(scenario->pmp[0].addr, 0x3fffffffffffff);
    assert_int_equal(items[1].kind, VECTORS_WORDS);
    assert_int_equal(items[1].words.count, 1);
    assert_int_equal(items[1].words.value, UINT64_MAX);
    assert_int_equal(items[2].words.count, 16);
    assert_int_equal(items[5].kind, VECTORS_END_OF_SCENARIO);
    vectors_reader_close(reader);
}

static void reader_gives_every_field_of_a_query(void **state) {
    struct vectors_item items[MOST_LINES];
    unsigned count;
    struct vectors_reader *reader = open_lines(plain, 0, NULL);
    (void)state;
    assert_int_equal(read_all(reader, items, &count, NULL), SIM_END);
    const struct vectors_query *load = &items[3].query, *fetch = &items[4].query;
    assert_int_equal(items[3].kind, VECTORS_QUERY);
    assert_int_equal(load->line, 9);
    assert_int_equal(load->type, 'r');
    assert_int_equal(load->priv, 3);
    assert_int_equal(vectors_mpp(load), 1);
    assert_int_equal(load->mstatus, 0xa0800);
    assert_int_equal(load->bytes, 8);
    assert_int_equal(load->va, 0xfffffffffffffff8);
    assert_false(load->expected.fault);
    assert_int_equal(load->expected.pa, 0x80000ff8);
    assert_int_equal(load->expected.page_bits[0], 16);
    assert_int_equal(load->expected.pbmt[0], 2);
    assert_int_equal(load->expected.updates, 2);
    assert_int_equal(load->expected.update[0].pa, 0x80000ff8);
    assert_int_equal(load->expected.update[1].value, 2);
    assert_true(fetch->expected.fault);
    assert_int_equal(fetch->expected.cause, 1);
    assert_int_equal(fetch->expected.where, VECTORS_IN_PROTECTION);
    assert_int_equal(fetch->expected.pa, 0x80000ffe);
    assert_int_equal(fetch->expected.tval, 0xffe);
    assert_int_equal(fetch->expected.updates, 0);
    vectors_reader_close(reader);
}

static void reader_gives_every_field_of_two_stages(void **state) {
    struct vectors_item items[MOST_LINES];
    unsigned count;
    struct vectors_reader *reader = open_lines(guest, 0, NULL);
    (void)state;
    assert_int_equal(read_all(reader, items, &count, NULL), SIM_END);
    const struct vectors_scenario *scenario = items[0].scenario;
    assert_true(scenario->guest && scenario->vs_adue && !scenario->vs_pbmte);
    assert_int_equal(scenario->vsatp, 0x80400002);
    assert_int_equal(scenario->hgatp, 0x80000004);
    const struct vectors_query *load = &items[2].query, *store = &items[3].query;
    assert_int_equal(load->type, 'h');
    assert_false(load->v);
    assert_true(load->mstatus & VECTORS_STATUS_MPV);
    assert_int_equal(load->vsstatus, 0x80000);
    assert_int_equal(load->hstatus, 0x100);
    assert_int_equal(load->expected.page_bits[0], 22);
    assert_int_equal(load->expected.page_bits[1], 12);
    assert_true(store->v);
    assert_int_equal(store->expected.cause, 23);
    assert_int_equal(store->expected.htval, 1);
    assert_int_equal(store->expected.htinst, 0x2020);
    vectors_reader_close(reader);
}

static void reader_passes_over_comments(void **state) {
    struct vectors_item items[MOST_LINES];
    unsigned count;
    struct vectors_reader *reader = open_lines(plain, 10, "# in the middle of a query's updates");
    (void)state;
    assert_int_equal(read_all(reader, items, &count, NULL), SIM_END);
    assert_int_equal(count, 6);
    assert_int_equal(items[3].query.expected.updates, 1);
    vectors_reader_close(reader);
}

struct refusal {
    unsigned line;  // that is replaced, and that the sentence names
    const char *text, *sentence;
};

static void refuse(const char *const *lines, const struct refusal *refusals, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct vectors_item items[MOST_LINES];
        struct sim_error error = {""};
        char wanted[256];
        unsigned given;
        struct vectors_reader *reader = open_lines(lines, refusals[i].line, refusals[i].text);
        assert_int_equal(read_all(reader, items, &given, &error), SIM_ERROR_FORMAT);
        snprintf(wanted, sizeof wanted, "vectors:%u: %s", refusals[i].line, refusals[i].sentence);
        assert_string_equal(error.text, wanted);
        vectors_reader_close(reader);
    }
}

static void reader_refuses_fields_of_a_scenario_out_of_range(void **state) {
    static const struct refusal refusals[] = {
        {2, "S plain 48 0 - 0", "xlen must be 32 or 64"},
        {2, "S plain 64 b000000000000000 - 0", "satp has the mode 11, which is not defined"},
        {2, "S plain 64 10000000000000000 - 0", "satp is above ffffffffffffffff"},
        {2, "S plain 32 100000000 - 0", "satp is above ffffffff"},
        {2, "S plain 64 0 nn 0", "flags must be '-' or letters of 'dnb', each once, not 'nn'"},
        {2, "S plain 64 0 x 0", "flags must be '-' or letters of 'dnb', each once, not 'x'"},
        {2, "S plain 32 0 n 0", "flags must be '-' or letters of 'd', each once, not 'n'"},
        {2, "S plain 64 0 - 2", "seq is above 1"},
        {2, "S plain 64 0 -", "seq is missing"},
        {2, "S plain 64 0 - 0 0", "more fields than the line has"},
        {2, "S plain 64 0 - 0 ", "a space too many after seq"},
        {2, "S  64 0 - 0", "the name is missing"},
        {2, "S aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 64 0 - 0",
         "the name has more than 63 characters"},
        {3, "R 80000001 1000", "memory must be one page or more, page aligned"},
        {3, "R 80000000 0", "memory must be one page or more, page aligned"},
        {3, "R 80000000 1800", "memory must be one page or more, page aligned"},
        {3, "R 100000000000000 1000", "base is above ffffffffffffff"},
        {3, "R fffffffffff000 2000", "memory ends above physical address ffffffffffffff"},
        {4, "R 80000000 1000", "two pieces of memory overlap"},
        {5, "P 80 0", "cfg is above 1f"},
        {5, "P 1f 40000000000000", "addr is above 3fffffffffffff"},
        {7, "M 80000ffc 0", "addr is no multiple of 8"},
        {7, "M 7ffffff8 0", "there is no memory at 7ffffff8"},
        {7, "M 800ffff8 0 2", "there is no memory at 800ffff8"},
        {7, "M 80000ff8 0 0", "count must be at least 1"},
        {7, "M 80000ff8 0 100001", "count is above 100000"},
        {7, "M 80000ff8 A", "value must be a hexadecimal number, not 'A'"}};
    (void)state;
    refuse(plain, refusals, sizeof refusals / sizeof refusals[0]);
}

static void reader_refuses_fields_of_a_query_out_of_range(void **state) {
    static const struct refusal refusals[] = {
        {9, "Q l 1 0 8 0 ! 13 w 0", "type must be one of 'rwx', not 'l'"},
        {9, "Q rr 1 0 8 0 ! 13 w 0", "type must be one of 'rwx', not 'rr'"},
        {9, "Q r 2 0 8 0 ! 13 w 0", "prv must be 0, 1 or 3"},
        {9, "Q r 1 20000 8 0 ! 13 w 0", "mstatus.MPRV is set and prv is not 3"},
        {9, "Q r 3 1000 8 0 ! 13 w 0", "mstatus.MPP is 2"},
        {9, "Q r 3 1 8 0 ! 13 w 0", "mstatus has bits that a query cannot set"},
        {9, "Q r 3 8000000000 8 0 ! 13 w 0", "mstatus has bits that a query cannot set"},
        {9, "Q r 1 0 3 0 ! 13 w 0", "len must be 1, 2, 4 or 8"},
        {9, "Q r 1 0 0 0 ! 13 w 0", "len must be 1, 2, 4 or 8"},
        {9, "Q x 1 0 4 0 ! 12 w 0", "the len of a fetch must be 2"},
        {9, "Q r 1 0 8 4 ! 13 w 0", "va is no multiple of len"},
        {9, "Q r 1 0 8 0 ? 13 w 0", "the result must be one of '=!', not '?'"},
        {9, "Q r 1 0 8 0", "the result is missing"},
        {9, "Q r 1 0 8 0 = 100000000000000 12 0", "pa is above ffffffffffffff"},
        {9, "Q r 1 0 8 0 = 0 22 0", "lg is no page size of this XLEN"},
        {9, "Q r 1 0 8 0 = 0 12 3", "pbmt is above 2"},
        {9, "Q r 1 0 8 0 = 0 0 1", "pbmt is set where there is none"},
        {9, "Q r 1 0 8 0 ! 15 w 0", "cause is none of this type of access"},
        {9, "Q w 1 0 8 0 ! 5 w 0", "cause is none of this type of access"},
        {9, "Q r 1 0 8 0 ! 21 w 0", "cause is none of this type of access"},
        {9, "Q r 1 0 8 0 ! 13 q 0", "where must be one of 'wpm', not 'q'"},
        {9, "Q r 1 0 8 0 ! 13 p 0", "where does not fit cause and pa"},
        {9, "Q r 1 0 8 0 ! 5 w 8", "where does not fit cause and pa"},
        {10, "U 7ffffff8 1", "there is no memory at 7ffffff8"},
        {11, "U 80000ff8 1", "the query updates 80000ff8 twice"}};
    (void)state;
    refuse(plain, refusals, sizeof refusals / sizeof refusals[0]);
}

static void reader_refuses_fields_of_two_stages_out_of_range(void **state) {
    static const struct refusal refusals[] = {
        {3, "H 80400002 80000006 d", "hgatp's root is not 16 KiB aligned"},
        {3, "H 80400002 80000004 b", "flags must be '-' or letters of 'd', each once, not 'b'"},
        {4, "R 400000000 1000", "base is above 3ffffffff"},
        {5, "M 3ffff0002 0", "addr is no multiple of 4"},
        {5, "M 3ffff0004 100000000", "value is above ffffffff"},
        {6, "G r 3 1 0 0 0 4 0 ! 13 w 0 0 0", "v is 1 in M-mode"},
        {6, "G l 0 0 0 0 0 4 0 ! 13 w 0 0 0", "HLV, HSV and HLVX are for HS- and M-mode"},
        {6, "G l 1 1 0 0 0 4 0 ! 13 w 0 0 0", "HLV, HSV and HLVX are for HS- and M-mode"},
        {6, "G r 1 2 0 0 0 4 0 ! 13 w 0 0 0", "v is above 1"},
        {6, "G r 1 0 0 20000 0 4 0 ! 13 w 0 0 0", "vsstatus has bits that a query cannot set"},
        {6, "G r 1 0 0 0 80 4 0 ! 13 w 0 0 0", "hstatus has bits that a query cannot set"},
        {6, "G r 1 0 0 0 0 8 0 ! 13 w 0 0 0", "len is above 4"},
        {6, "G r 1 0 0 0 0 4 0 = 0 21 0 0 0", "lg1 is no page size of this XLEN"},
        {6, "G r 1 0 0 0 0 4 100000000 ! 13 w 0 0 0", "va is above ffffffff"},
        {6, "G r 1 0 0 0 0 4 0 ! 13 w 0 4 0", "htval and htinst belong to guest-page faults"},
        {6, "G r 1 0 0 0 0 4 0 ! 13 w 0 0", "htinst is missing"}};
    (void)state;
    refuse(guest, refusals, sizeof refusals / sizeof refusals[0]);
}

static void reader_refuses_lines_out_of_order(void **state) {
    static const struct refusal one_stage[] = {
        {1, "V 2", "'V 1' must stand here, not 'V 2'"},
        {2, "R 80000000 100000", "a scenario's S must stand here, not 'R 80000000 100000'"},
        {3, "M 80000000 0", "an R line must stand here, not 'M 80000000 0'"},
        {5, "S again 64 0 - 0", "M, Q or E must stand here, not 'S again 64 0 - 0'"},
        {7, "R 0 1000", "M, Q or E must stand here, not 'R 0 1000'"},
        {7, "U 80000000 1", "M, Q or E must stand here, not 'U 80000000 1'"},
        {10, "M 80000000 0", "Q, U or E must stand here, not 'M 80000000 0'"},
        {13, "E E", "more fields than the line has"},
        {13, "E ", "a space too many"},
        {13, "EE", "Q, U or E must stand here, not 'EE'"},
        {13, "e", "Q, U or E must stand here, not 'e'"}};
    static const struct refusal two_stages[] = {
        {4, "H 0 0 -", "an R line must stand here, not 'H 0 0 -'"},
        {6, "Q r 1 0 4 0 ! 13 w 0", "M, G or E must stand here, not 'Q r 1 0 4 0 ! 13 w 0'"}};
    (void)state;
    refuse(plain, one_stage, sizeof one_stage / sizeof one_stage[0]);
    refuse(guest, two_stages, sizeof two_stages / sizeof two_stages[0]);
}

static void reader_refuses_more_pieces_than_the_format_has(void **state) {
    static const char *const regions[] = {"V 1",         "S a 64 0 - 0", "R 0 1000", "R 1000 1000",
                                          "R 2000 1000", "R 3000 1000",  "E",        NULL};
    static const struct refusal fourth[] = {{6, "R 4000 1000", "more than 3 pieces of memory"}};
    (void)state;
    refuse(regions, fourth, 1);
}

static void reader_refuses_a_file_without_the_last_end(void **state) {
    struct vectors_item items[MOST_LINES];
    struct sim_error error;
    unsigned count;
    struct vectors_reader *reader = open_lines(plain, 13, NULL);
    (void)state;
    assert_int_equal(read_all(reader, items, &count, &error), SIM_ERROR_FORMAT);
    assert_string_equal(error.text, "vectors:13: the file ends where Q, U or E must stand");
    vectors_reader_close(reader);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader_gives_every_field_of_a_scenario),
        cmocka_unit_test(reader_gives_every_field_of_a_query),
        cmocka_unit_test(reader_gives_every_field_of_two_stages),
        cmocka_unit_test(reader_passes_over_comments),
        cmocka_unit_test(reader_refuses_fields_of_a_scenario_out_of_range),
        cmocka_unit_test(reader_refuses_fields_of_a_query_out_of_range),
        cmocka_unit_test(reader_refuses_fields_of_two_stages_out_of_range),
        cmocka_unit_test(reader_refuses_lines_out_of_order),
        cmocka_unit_test(reader_refuses_more_pieces_than_the_format_has),
        cmocka_unit_test(reader_refuses_a_file_without_the_last_end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
