// SPDX-License-Identifier: Apache-2.0
// Coverage files: sums in any order give the same bytes; what is damaged is refused with a
// sentence.
#define _POSIX_C_SOURCE 200809L
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "coverage_set.h"
#include "coverage_summary.h"

static struct coverage_config config_of(unsigned pmp_entries) {
    struct mmu_config mmu = mmu_config_default();
    mmu.arch.pmp_entries = (uint8_t)pmp_entries;
    return coverage_config_of(&mmu, 1, 8);
}

static uint32_t next(uint64_t *random) {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return (uint32_t)(*random >> 32);
}

// Counts of every length of a varint, the largest too.
static struct coverage_section make(unsigned pmp_entries, uint64_t seed) {
    uint64_t random = seed * 0x9E3779B97F4A7C15u | 1;
    struct coverage_section section = {.config = config_of(pmp_entries),
                                       .runs = seed,
                                       .answers = next(&random),
                                       .cycles = next(&random),
                                       .count = calloc(coverage_bins(), sizeof(uint64_t))};
    assert_non_null(section.count);
    for (unsigned bin = 0; bin < coverage_bins(); bin++)
        if (next(&random) % 5 == 0)
            section.count[bin] = (UINT64_C(1) << 63 | next(&random)) >> (next(&random) % 64);
    section.count[7] = UINT64_MAX;
    return section;
}

static uint8_t *sum_in_order(const struct coverage_section *const *order, unsigned n,
                             size_t *size) {
    struct coverage_set set = coverage_set_empty();
    struct sim_error error;
    for (unsigned k = 0; k < n; k++)
        assert_int_equal(coverage_set_add(&set, order[k], &error), SIM_OK);
    uint8_t *bytes = coverage_set_bytes(&set, size);
    assert_non_null(bytes);
    coverage_set_free(&set);
    return bytes;
}

static void merge_is_the_same_in_any_order(void **state) {
    (void)state;
    struct coverage_section a = make(0, 1), b = make(8, 2), c = make(0, 3);
    const struct coverage_section *const orders[6][3] = {{&a, &b, &c}, {&a, &c, &b}, {&b, &a, &c},
                                                         {&b, &c, &a}, {&c, &a, &b}, {&c, &b, &a}};
    size_t size, other;
    uint8_t *first = sum_in_order(orders[0], 3, &size);
    for (unsigned k = 1; k < 6; k++) {
        uint8_t *bytes = sum_in_order(orders[k], 3, &other);
        assert_int_equal(size, other);
        assert_memory_equal(first, bytes, size);
        free(bytes);
    }
    free(first);
    free(a.count);
    free(b.count);
    free(c.count);
}

// Of two halves merged first, too.
static void merge_of_files_is_the_merge_of_runs(void **state) {
    (void)state;
    struct coverage_section a = make(0, 1), b = make(8, 2), c = make(0, 3);
    const struct coverage_section *const all[] = {&a, &b, &c};
    size_t size, left, right, both;
    struct sim_error error;
    uint8_t *whole = sum_in_order(all, 3, &size), *x = sum_in_order(all, 2, &left),
            *y = sum_in_order(all + 2, 1, &right);
    struct coverage_set set = coverage_set_empty();
    assert_int_equal(coverage_set_parse(&set, "y", y, right, &error), SIM_OK);
    assert_int_equal(coverage_set_parse(&set, "x", x, left, &error), SIM_OK);
    assert_int_equal(set.sections, 2);
    assert_int_equal(set.section[0].runs, 4);
    assert_true(set.section[0].count[7] == UINT64_MAX);
    uint8_t *merged = coverage_set_bytes(&set, &both);
    assert_int_equal(size, both);
    assert_memory_equal(whole, merged, size);
    coverage_set_free(&set);
    free(whole);
    free(x);
    free(y);
    free(merged);
    free(a.count);
    free(b.count);
    free(c.count);
}

static enum sim_status parse(const uint8_t *bytes, size_t size, struct sim_error *error) {
    struct coverage_set set = coverage_set_empty();
    enum sim_status status = coverage_set_parse(&set, "a.cov", bytes, size, error);
    coverage_set_free(&set);
    return status;
}

static void file_cut_short_or_changed_is_refused(void **state) {
    (void)state;
    struct coverage_section a = make(0, 5);
    const struct coverage_section *const one[] = {&a};
    size_t size;
    struct sim_error error;
    uint8_t *bytes = sum_in_order(one, 1, &size);
    for (size_t k = 0; k < size; k++) {
        uint8_t *cut = malloc(k + 1);
        memcpy(cut, bytes, k);
        assert_int_equal(parse(cut, k, &error), SIM_ERROR_FORMAT);
        assert_memory_equal(error.text, "a.cov: ", 7);
        free(cut);
        bytes[k] ^= 1;
        assert_int_equal(parse(bytes, size, &error), SIM_ERROR_FORMAT);
        bytes[k] ^= 1;
    }
    assert_int_equal(parse(bytes, size, &error), SIM_OK);
    free(bytes);
    free(a.count);
}

static void seal(uint8_t *bytes, size_t size) {
    uint64_t sum = XXH64(bytes, size - 8, 0);
    for (unsigned k = 0; k < 8; k++) bytes[size - 8 + k] = (uint8_t)(sum >> (8 * k));
}

// With a right checksum: refused, or it says what its bytes say, in the only form that says so -
// but for the order of sections.
static void hostile_file_is_refused_or_read_as_it_is(void **state) {
    (void)state;
    const char *text = getenv("TANDEM_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 0) : 1, random = seed * 0x9E3779B97F4A7C15u | 1;
    printf("seed %llu\n", (unsigned long long)seed);
    struct coverage_section a = make(8, 9);
    const struct coverage_section *const one[] = {&a};
    size_t size, again;
    unsigned accepted = 0, refused = 0;
    struct sim_error error;
    uint8_t *bytes = sum_in_order(one, 1, &size), *copy = malloc(size);
    for (unsigned n = 0; n < 3000; n++) {
        struct coverage_set set = coverage_set_empty();
        memcpy(copy, bytes, size);
        for (unsigned k = next(&random) % 3; k < 3; k++)
            copy[16 + next(&random) % (n % 2 ? 96 : size - 16)] = (uint8_t)next(&random);
        seal(copy, size);
        bool ok = !coverage_set_parse(&set, "a.cov", copy, size, &error);
        if (ok) {
            uint8_t *back = coverage_set_bytes(&set, &again);
            assert_int_equal(again, size);
            assert_memory_equal(back, copy, size);
            free(back);
        }
        accepted += ok;
        refused += !ok;
        coverage_set_free(&set);
    }
    assert_true(accepted > 0 && refused > 0);
    free(bytes);
    free(copy);
    free(a.count);
}

static void summary_counts_aims_of_any_config(void **state) {
    (void)state;
    struct coverage_set set = coverage_set_empty();
    struct coverage_summary summary;
    struct sim_error error;
    struct coverage_section plain = {.config = config_of(0),
                                     .runs = 1,
                                     .answers = 10,
                                     .count = calloc(coverage_bins(), sizeof(uint64_t))};
    struct coverage_section pmp = {.config = config_of(8),
                                   .runs = 1,
                                   .answers = 10,
                                   .count = calloc(coverage_bins(), sizeof(uint64_t))};
    // kind=r privilege=u match=tor locked=0 verdict=allowed: with a PMP only.
    const unsigned value[] = {1, 0, 1, 0, 0};
    unsigned bin = coverage_bin(COVERAGE_PMP, value);
    assert_int_equal(coverage_set_add(&set, &plain, &error), SIM_OK);
    assert_int_equal(coverage_summarize(&set, &summary, &error), SIM_OK);
    assert_int_equal(coverage_aims(&summary.item[COVERAGE_PMP]), 9);
    assert_int_equal(summary.state[bin], STATE_UNREACHABLE);
    coverage_summary_free(&summary);
    pmp.count[bin] = 3;
    assert_int_equal(coverage_set_add(&set, &pmp, &error), SIM_OK);
    assert_int_equal(coverage_summarize(&set, &summary, &error), SIM_OK);
    assert_int_equal(summary.state[bin], STATE_REACHED);
    assert_int_equal(summary.contradictions, 0);
    coverage_summary_free(&summary);
    plain.count[bin] = 1;  // by a unit without one
    assert_int_equal(coverage_set_add(&set, &plain, &error), SIM_OK);
    assert_int_equal(coverage_summarize(&set, &summary, &error), SIM_OK);
    assert_int_equal(summary.contradictions, 1);
    assert_int_equal(summary.contradiction[0].bin, bin);
    coverage_summary_free(&summary);
    coverage_set_free(&set);
    free(plain.count);
    free(pmp.count);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merge_is_the_same_in_any_order),
        cmocka_unit_test(merge_of_files_is_the_merge_of_runs),
        cmocka_unit_test(file_cut_short_or_changed_is_refused),
        cmocka_unit_test(hostile_file_is_refused_or_read_as_it_is),
        cmocka_unit_test(summary_counts_aims_of_any_config),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
