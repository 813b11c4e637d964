// SPDX-License-Identifier: Apache-2.0
// Distances of events: against a list written down by hand, and against a second implementation
// that looks at every pair of a whole stream.
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

#include "verif/coverage.h"

static struct coverage *create(void) {
    struct mmu_config mmu = mmu_config_default();
    mmu.arch.pmp_entries = 8;
    struct coverage_config config = coverage_config_of(&mmu, 1, 1);
    struct coverage *coverage = coverage_create(&config);
    assert_non_null(coverage);
    return coverage;
}

static uint64_t count_of(const struct coverage *coverage, unsigned first, unsigned second,
                         unsigned cycles) {
    const unsigned value[] = {first, second, cycles};
    return coverage_counts(coverage)[coverage_bin(COVERAGE_DISTANCE, value)];
}

static uint64_t sum_of(const struct coverage *coverage) {
    const struct coverage_item *item = coverage_item(COVERAGE_DISTANCE);
    uint64_t sum = 0;
    for (unsigned k = 0; k < item->bins; k++) sum += coverage_counts(coverage)[item->first + k];
    return sum;
}

// fence 10, data_miss 11, refill and eviction 13, fault 21.
static void distance_of_five_events_as_written_down(void **state) {
    (void)state;
    struct coverage *coverage = create();
    coverage_close(coverage, 9);
    coverage_event(coverage, EVENT_FENCE_DONE, 10);
    coverage_close(coverage, 10);
    coverage_event(coverage, EVENT_DATA_MISS, 11);
    coverage_close(coverage, 11);
    coverage_close(coverage, 12);
    coverage_event(coverage, EVENT_EVICTION, 13);
    coverage_event(coverage, EVENT_REFILL, 13);
    coverage_close(coverage, 13);
    coverage_close(coverage, 20);
    coverage_event(coverage, EVENT_FAULT_SEEN, 21);
    coverage_close(coverage, 21);
    static const struct {
        unsigned first, second, cycles;
    } expected[] = {
        {EVENT_FENCE_DONE, EVENT_DATA_MISS, 1}, {EVENT_FENCE_DONE, EVENT_REFILL, 3},
        {EVENT_FENCE_DONE, EVENT_EVICTION, 3},  {EVENT_DATA_MISS, EVENT_REFILL, 2},
        {EVENT_DATA_MISS, EVENT_EVICTION, 2},   {EVENT_REFILL, EVENT_EVICTION, 0},
        {EVENT_REFILL, EVENT_FAULT_SEEN, 8},    {EVENT_EVICTION, EVENT_FAULT_SEEN, 8},
    };
    for (unsigned k = 0; k < sizeof expected / sizeof *expected; k++)
        assert_int_equal(
            count_of(coverage, expected[k].first, expected[k].second, expected[k].cycles), 1);
    assert_int_equal(sum_of(coverage), sizeof expected / sizeof *expected);
    coverage_destroy(coverage);
}

static void distance_of_nine_cycles_is_none(void **state) {
    (void)state;
    struct coverage *coverage = create();
    coverage_event(coverage, EVENT_SATP, 0);
    coverage_close(coverage, 8);
    coverage_event(coverage, EVENT_STALL, 9);
    coverage_close(coverage, 9);
    assert_int_equal(sum_of(coverage), 0);
    coverage_destroy(coverage);
}

// However long nothing happens, what was before is no neighbour, and what comes after has its own.
static void distance_after_a_long_time_is_none(void **state) {
    (void)state;
    for (unsigned gap = COVERAGE_DISTANCES; gap < 100; gap++) {
        struct coverage *coverage = create();
        coverage_close(coverage, 4);
        coverage_event(coverage, EVENT_SATP, 5);
        coverage_close(coverage, 5);
        coverage_close(coverage, 4 + gap);
        coverage_event(coverage, EVENT_STALL, 5 + gap);
        coverage_close(coverage, 5 + gap);
        assert_int_equal(sum_of(coverage), 0);
        coverage_event(coverage, EVENT_KILL_DONE, 6 + gap);
        coverage_close(coverage, 40 + gap);
        assert_int_equal(sum_of(coverage), 1);
        assert_int_equal(count_of(coverage, EVENT_STALL, EVENT_KILL_DONE, 1), 1);
        coverage_destroy(coverage);
    }
}

static void distance_across_a_reset_is_none(void **state) {
    (void)state;
    struct coverage *coverage = create();
    coverage_event(coverage, EVENT_SATP, 0);
    coverage_close(coverage, 0);
    coverage_event(coverage, EVENT_KILL_DONE, 1);
    coverage_forget(coverage, 2);
    coverage_event(coverage, EVENT_STALL, 2);
    coverage_close(coverage, 2);
    assert_int_equal(sum_of(coverage), 0);
    coverage_destroy(coverage);
}

static void distance_event_may_be_told_a_cycle_later(void **state) {
    (void)state;
    struct coverage *coverage = create();
    coverage_event(coverage, EVENT_KILL_DONE, 1);
    coverage_event(coverage, EVENT_REFILL, 0);
    coverage_close(coverage, 1);
    assert_int_equal(count_of(coverage, EVENT_REFILL, EVENT_KILL_DONE, 1), 1);
    assert_int_equal(sum_of(coverage), 1);
    coverage_destroy(coverage);
}

static void events_of_past_cycles_can_be_asked(void **state) {
    (void)state;
    struct coverage *coverage = create();
    coverage_event(coverage, EVENT_SATP, 3 - 3);
    coverage_close(coverage, 2);
    coverage_event(coverage, EVENT_STALL, 3);
    assert_int_equal(coverage_events(coverage, 0), 1u << EVENT_SATP);
    assert_int_equal(coverage_events(coverage, 1), 0);
    assert_int_equal(coverage_events(coverage, 3), 1u << EVENT_STALL);
    coverage_close(coverage, 9);
    assert_int_equal(coverage_events(coverage, 3), 1u << EVENT_STALL);
    assert_int_equal(coverage_events(coverage, 0), 0);
    coverage_destroy(coverage);
}

// --- a second implementation
// --------------------------------------------------------------------------

enum { CYCLES = 3000 };

static uint32_t next(uint64_t *random) {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return (uint32_t)(*random >> 32);
}

// Every pair of the stream, by its definition.
static void brute(const unsigned *mask, uint64_t *expected) {
    for (unsigned t = 0; t < CYCLES; t++)
        for (unsigned u = t; u < CYCLES && u - t < COVERAGE_DISTANCES; u++)
            for (unsigned a = 0; a < COVERAGE_EVENTS; a++)
                for (unsigned b = 0; b < COVERAGE_EVENTS; b++) {
                    bool both = (mask[t] >> a & 1) && (mask[u] >> b & 1);
                    if (both && (t < u || a < b))
                        expected[(a * COVERAGE_EVENTS + b) * COVERAGE_DISTANCES + u - t]++;
                }
}

static void stream(struct coverage *coverage, const unsigned *mask, uint64_t *random) {
    for (unsigned t = 0; t < CYCLES; t++) {
        for (unsigned e = 0; e < COVERAGE_EVENTS; e++)
            if (mask[t] >> e & 1) coverage_event(coverage, (enum coverage_event)e, t);
        // A cycle without an event need not be told by itself.
        if (mask[t] || t + 1 == CYCLES || (t + 1 < CYCLES && mask[t + 1]) || next(random) % 2)
            coverage_close(coverage, t);
    }
}

static void distance_as_a_second_implementation_counts(void **state) {
    (void)state;
    const char *text = getenv("TANDEM_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 0) : 1;
    uint64_t random = seed * 0x9E3779B97F4A7C15u | 1;
    printf("seed %llu\n", (unsigned long long)seed);
    const struct coverage_item *item = coverage_item(COVERAGE_DISTANCE);
    uint64_t *expected = calloc(item->bins, sizeof *expected);
    unsigned *mask = calloc(CYCLES, sizeof *mask);
    struct coverage *coverage = create();
    for (unsigned t = 0; t < CYCLES; t++)
        if (next(&random) % 4 == 0)
            mask[t] = next(&random) & next(&random) & ((1u << COVERAGE_EVENTS) - 1);
    brute(mask, expected);
    stream(coverage, mask, &random);
    assert_memory_equal(coverage_counts(coverage) + item->first, expected,
                        item->bins * sizeof *expected);
    assert_true(sum_of(coverage) > CYCLES);
    coverage_destroy(coverage);
    free(expected);
    free(mask);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distance_of_five_events_as_written_down),
        cmocka_unit_test(distance_of_nine_cycles_is_none),
        cmocka_unit_test(distance_after_a_long_time_is_none),
        cmocka_unit_test(distance_across_a_reset_is_none),
        cmocka_unit_test(distance_event_may_be_told_a_cycle_later),
        cmocka_unit_test(events_of_past_cycles_can_be_asked),
        cmocka_unit_test(distance_as_a_second_implementation_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
