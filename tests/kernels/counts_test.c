// SPDX-License-Identifier: Apache-2.0
// Counts on which independent simulators agree for the program in traces/cc1.tdt: libCacheSim for
// fully associative page frames, Dinero IV for sets, Cheetah for all sets and ways of LRU.
#include <stdlib.h>

#include "sim/kernels/lru_sets.h"
#include "sim/kernels/stack.h"
#include "sim/kernels/tlb.h"
#include "stream.h"

#define TRACE_PATH "traces/cc1.tdt"

enum { REFS = 10000000, PAGES = 1452, PAGES_WRITTEN = 357 };

static const struct {
    uint32_t frames;
    uint64_t lru, fifo, clock, opt;
} by_frames[] = {
    {64, 28866, 41400, 29727, 11477},
    {256, 2193, 2813, 2290, 1611},
    {512, 1711, 1943, 1728, 1452},
    {1024, 1460, 1568, 1473, 1452},
};

static const uint32_t table_ways[6] = {1, 2, 4, 8, 12, 16};
static const struct {
    unsigned set_bits;
    double miss_ratio[6];  // six decimals
} by_sets[] = {
    {0, {0.461221, 0.140788, 0.091296, 0.042428, 0.027757, 0.022081}},
    {2, {0.209533, 0.064709, 0.023944, 0.010506, 0.006166, 0.003348}},
    {4, {0.123160, 0.018015, 0.006375, 0.001062, 0.000301, 0.000228}},
    {6, {0.023066, 0.003405, 0.000336, 0.000175, 0.000156, 0.000147}},
    {8, {0.008035, 0.000541, 0.000154, 0.000145, 0.000145, 0.000145}},
    {10, {0.000589, 0.000157, 0.000145, 0.000145, 0.000145, 0.000145}},
};

static uint64_t frame_misses(uint32_t frames, uint8_t policy) {
    struct feeder feeder = feeder_of_trace(TRACE_PATH, 12, PAGE_ALL);
    struct kernel_frames *kernel;
    struct page_chunk chunk;
    struct sim_error error;
    struct kernel_frames_config config = {frames, policy, 0};
    assert_int_equal(kernel_frames_create(&config, &kernel, &error), SIM_OK);
    while (feeder_next(&feeder, &chunk)) kernel_frames_feed(kernel, &chunk, &error);
    struct kernel_frames_counts counts = kernel_frames_counts(kernel);
    assert_int_equal(counts.refs, REFS);
    assert_int_equal(counts.cold_misses, PAGES);
    assert_int_equal(counts.evictions, counts.misses - (frames < PAGES ? frames : PAGES));
    kernel_frames_destroy(kernel);
    feeder_close(&feeder);
    return counts.misses;
}

static void frames_miss_as_often_as_independent_simulators_say(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof by_frames / sizeof by_frames[0]; i++) {
        uint32_t frames = by_frames[i].frames;
        assert_int_equal(frame_misses(frames, KERNEL_LRU), by_frames[i].lru);
        assert_int_equal(frame_misses(frames, KERNEL_FIFO), by_frames[i].fifo);
        assert_int_equal(frame_misses(frames, KERNEL_CLOCK), by_frames[i].clock);
    }
}

static void the_programs_pages_are_those_that_are_known(void **state) {
    (void)state;
    struct feeder feeder = feeder_of_trace(TRACE_PATH, 12, PAGE_ALL);
    struct page_chunk chunk;
    uint32_t written = 0;
    uint64_t refs = 0;
    bool marked[PAGES] = {false};
    while (feeder_next(&feeder, &chunk)) {
        refs += chunk.refs;
        for (size_t i = 0; i < chunk.count; i++) {
            bool *mark = &marked[chunk.runs[i].page];
            written += page_run_written(chunk.runs[i]) && !*mark;
            *mark |= page_run_written(chunk.runs[i]);
        }
    }
    assert_int_equal(refs, REFS);
    assert_int_equal(chunk.pages, PAGES);
    assert_int_equal(written, PAGES_WRITTEN);
    feeder_close(&feeder);
}

static uint64_t tlb_misses(struct kernel_tlb_config config) {
    struct feeder feeder = feeder_of_trace(TRACE_PATH, 12, PAGE_ALL);
    struct kernel_tlb *tlb;
    struct page_chunk chunk;
    struct sim_error error;
    assert_int_equal(kernel_tlb_create(&config, &tlb, &error), SIM_OK);
    while (feeder_next(&feeder, &chunk)) kernel_tlb_feed(tlb, &chunk, &error);
    struct kernel_counts counts = kernel_tlb_counts(tlb);
    assert_int_equal(counts.refs, REFS);
    assert_int_equal(counts.cold_misses, PAGES);
    kernel_tlb_destroy(tlb);
    feeder_close(&feeder);
    return counts.misses;
}

static void tlbs_miss_as_often_as_independent_simulators_say(void **state) {
    (void)state;
    assert_int_equal(tlb_misses((struct kernel_tlb_config){16, 4, KERNEL_LRU, 0}), 63753);
    assert_int_equal(tlb_misses((struct kernel_tlb_config){16, 4, KERNEL_FIFO, 0}), 76381);
    assert_int_equal(tlb_misses((struct kernel_tlb_config){16, 4, KERNEL_PLRU, 0}), 68144);
    assert_int_equal(tlb_misses((struct kernel_tlb_config){128, 12, KERNEL_LRU, 0}), 1453);
    assert_int_equal(tlb_misses((struct kernel_tlb_config){1, 64, KERNEL_LRU, 0}), 28866);
}

static void all_tlbs_of_lru_are_those_of_the_table(void **state) {
    (void)state;
    struct feeder feeder = feeder_of_trace(TRACE_PATH, 12, PAGE_ALL);
    struct kernel_lru_sets *kernel;
    struct page_chunk chunk;
    struct sim_error error;
    assert_int_equal(kernel_lru_sets_create(11, 16, &kernel, &error), SIM_OK);
    while (feeder_next(&feeder, &chunk)) kernel_lru_sets_feed(kernel, &chunk, &error);
    for (size_t i = 0; i < sizeof by_sets / sizeof by_sets[0]; i++) {
        for (int w = 0; w < 6; w++) {
            uint64_t misses = kernel_lru_sets_misses(kernel, by_sets[i].set_bits, table_ways[w]);
            // The table's ratios are rounded to 1e-6, ten references of these.
            double difference = (double)misses - by_sets[i].miss_ratio[w] * REFS;
            assert_true(difference > -5.001 && difference < 5.001);
        }
    }
    assert_int_equal(kernel_lru_sets_misses(kernel, 4, 4), 63753);
    assert_int_equal(kernel_lru_sets_misses(kernel, 7, 12), 1453);
    kernel_lru_sets_destroy(kernel);
    feeder_close(&feeder);
}

static void the_curve_of_lru_goes_through_the_table(void **state) {
    (void)state;
    static uint64_t misses[2001];
    struct feeder feeder = feeder_of_trace(TRACE_PATH, 12, PAGE_ALL);
    struct kernel_stack *stack;
    struct page_chunk chunk;
    struct sim_error error;
    assert_int_equal(kernel_stack_create(&stack, &error), SIM_OK);
    while (feeder_next(&feeder, &chunk)) kernel_stack_feed(stack, &chunk, &error);
    kernel_stack_misses(stack, 2000, misses);
    for (size_t i = 0; i < sizeof by_frames / sizeof by_frames[0]; i++) {
        assert_int_equal(misses[by_frames[i].frames], by_frames[i].lru);
    }
    assert_int_equal(misses[0], REFS);
    assert_int_equal(misses[PAGES], PAGES);
    assert_int_equal(misses[2000], PAGES);
    kernel_stack_destroy(stack);
    feeder_close(&feeder);
}

static void opt_misses_as_often_as_independent_simulators_say(void **state) {
    (void)state;
    static struct future_feeder future;
    static uint64_t misses[1025];
    struct feeder feeder = feeder_of_trace(TRACE_PATH, 12, PAGE_ALL);
    struct kernel_opt_frames *one[4];
    struct kernel_opt_curve *curve;
    struct page_chunk chunk;
    struct sim_error error;
    future_open(&future, &feeder);
    assert_int_equal(kernel_opt_curve_create(1024, &curve, &error), SIM_OK);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(kernel_opt_frames_create(by_frames[i].frames, &one[i], &error), SIM_OK);
    }
    while (future_chunk(&future, &chunk)) {
        kernel_opt_curve_feed(curve, &chunk, future.next, &error);
        for (int i = 0; i < 4; i++) kernel_opt_frames_feed(one[i], &chunk, future.next, &error);
    }
    kernel_opt_curve_misses(curve, 1024, misses);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(misses[by_frames[i].frames], by_frames[i].opt);
        assert_int_equal(kernel_opt_frames_counts(one[i]).misses, by_frames[i].opt);
        kernel_opt_frames_destroy(one[i]);
    }
    kernel_opt_curve_destroy(curve);
    future_close(&future);
    feeder_close(&feeder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_programs_pages_are_those_that_are_known),
        cmocka_unit_test(frames_miss_as_often_as_independent_simulators_say),
        cmocka_unit_test(tlbs_miss_as_often_as_independent_simulators_say),
        cmocka_unit_test(all_tlbs_of_lru_are_those_of_the_table),
        cmocka_unit_test(the_curve_of_lru_goes_through_the_table),
        cmocka_unit_test(opt_misses_as_often_as_independent_simulators_say),
    };
    return cmocka_run_group_tests_name("kernels_counts", tests, NULL, NULL) != 0;
}
