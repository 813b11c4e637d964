// SPDX-License-Identifier: Apache-2.0
// Kernels that answer many sizes at once, each size against the naive cache of that size.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "naive.h"
#include "sim/kernels/lru_sets.h"
#include "sim/kernels/opt.h"
#include "sim/kernels/stack.h"
#include "sim/kernels/working_set.h"

enum { REFS = 1200, LONG_REFS = 60000 };

static uint64_t naive_misses(const struct stream *stream, uint32_t sets, uint32_t ways,
                             uint8_t policy) {
    struct naive_counts counts = naive_cache(stream, sets, ways, policy, 0);
    free(counts.missed);
    return counts.misses;
}

static void lru_of_all_sets_and_ways_is_that_of_each(void **state) {
    (void)state;
    uint64_t seed = stream_seed();
    static const unsigned shapes[][2] = {{5, 16}, {0, 1}, {3, 5}, {2, 64}};
    for (unsigned i = 0; i < 8; i++) {
        unsigned bits = shapes[i % 4][0], ways = shapes[i % 4][1];
        struct stream stream = stream_create(seed + i, REFS, 20 + 40 * i);
        struct feeder feeder = feeder_of_stream(&stream);
        struct kernel_lru_sets *kernel;
        struct page_chunk chunk;
        struct sim_error error;
        assert_int_equal(kernel_lru_sets_create(bits, ways, &kernel, &error), SIM_OK);
        while (feeder_next(&feeder, &chunk)) kernel_lru_sets_feed(kernel, &chunk, &error);
        assert_int_equal(kernel_lru_sets_refs(kernel), REFS);
        for (unsigned b = 0; b <= bits; b++) {
            for (unsigned w = 1; w <= ways; w++) {
                assert_int_equal(kernel_lru_sets_misses(kernel, b, w),
                                 naive_misses(&stream, 1u << b, w, KERNEL_LRU));
            }
        }
        kernel_lru_sets_destroy(kernel);
        feeder_close(&feeder);
        stream_free(&stream);
    }
}

static void stack_distances_are_those_of_counting(void **state) {
    (void)state;
    uint64_t seed = stream_seed();
    for (unsigned i = 0; i < 8; i++) {
        struct stream stream = stream_create(seed + i, REFS, 4 + 50 * i);
        struct feeder feeder = feeder_of_stream(&stream);
        struct kernel_stack *stack;
        struct page_chunk chunk;
        struct sim_error error;
        uint64_t misses[REFS + 1], expected[REFS + 1] = {0};
        for (size_t at = 0; at < REFS; at++) {
            int64_t distance = naive_distance(&stream, at);
            for (int64_t c = 0; c <= (distance < 0 ? REFS : distance); c++) expected[c]++;
        }
        assert_int_equal(kernel_stack_create(&stack, &error), SIM_OK);
        while (feeder_next(&feeder, &chunk)) kernel_stack_feed(stack, &chunk, &error);
        kernel_stack_misses(stack, REFS, misses);
        assert_memory_equal(misses, expected, sizeof misses);
        assert_int_equal(kernel_stack_pages(stack), expected[REFS]);
        assert_int_equal(kernel_stack_refs(stack), REFS);
        kernel_stack_destroy(stack);
        feeder_close(&feeder);
        stream_free(&stream);
    }
}

// Many pages and many references: slots run out, are compacted and grow.
static void stack_distances_of_a_long_stream_are_those_of_lru(void **state) {
    (void)state;
    struct stream stream = stream_create(stream_seed(), LONG_REFS, 3000);
    struct feeder feeder = feeder_of_stream(&stream);
    struct kernel_stack *stack;
    struct page_chunk chunk;
    struct sim_error error;
    uint64_t misses[3001];
    assert_int_equal(kernel_stack_create(&stack, &error), SIM_OK);
    while (feeder_next(&feeder, &chunk)) kernel_stack_feed(stack, &chunk, &error);
    kernel_stack_misses(stack, 3000, misses);
    for (uint32_t frames = 1; frames <= 3000; frames = frames * 3 / 2 + 1) {
        struct kernel_frames *lru;
        struct kernel_frames_config config = {frames, KERNEL_LRU, 0};
        assert_int_equal(kernel_frames_create(&config, &lru, &error), SIM_OK);
        feeder_rewind(&feeder);
        while (feeder_next(&feeder, &chunk)) kernel_frames_feed(lru, &chunk, &error);
        assert_int_equal(kernel_frames_counts(lru).misses, misses[frames]);
        kernel_frames_destroy(lru);
    }
    kernel_stack_destroy(stack);
    feeder_close(&feeder);
    stream_free(&stream);
}

static void next_uses_are_those_of_looking_ahead(void **state) {
    (void)state;
    // Several chunks, few and many pages a chunk.
    for (uint32_t pages = 3; pages < 40000; pages *= 100) {
        struct stream stream = stream_create(stream_seed(), 2 * LONG_REFS, pages);
        struct feeder feeder = feeder_of_stream(&stream);
        static struct future_feeder future;
        static uint64_t vpn[2 * LONG_REFS];
        static int64_t next[2 * LONG_REFS];
        struct page_chunk chunk;
        size_t runs = 0;
        future_open(&future, &feeder);
        while (future_chunk(&future, &chunk)) {
            for (size_t i = 0; i < chunk.count; i++) {
                vpn[runs] = chunk.vpn[chunk.runs[i].page];
                next[runs++] = future.next[i];
            }
        }
        assert_true(runs > 2 * PAGE_CHUNK_RUNS);
        for (size_t i = 0; i < runs; i += 1 + i / 500) {
            size_t at = i + 1;
            while (at < runs && vpn[at] != vpn[i]) at++;
            assert_int_equal(next[i], at < runs ? (int64_t)at : KERNEL_NEVER);
        }
        future_close(&future);
        feeder_close(&feeder);
        stream_free(&stream);
    }
}

static void compare_opt_sets(const struct stream *stream, struct future_feeder *future) {
    struct kernel_opt_sets *sets;
    struct page_chunk chunk;
    struct sim_error error;
    assert_int_equal(kernel_opt_sets_create(4, 9, &sets, &error), SIM_OK);
    while (future_chunk(future, &chunk)) kernel_opt_sets_feed(sets, &chunk, future->next, &error);
    assert_int_equal(kernel_opt_sets_refs(sets), stream->count);
    for (unsigned bits = 0; bits <= 4; bits++) {
        for (unsigned ways = 1; ways <= 9; ways++) {
            assert_int_equal(kernel_opt_sets_misses(sets, bits, ways),
                             naive_misses(stream, 1u << bits, ways, NAIVE_OPT));
        }
    }
    kernel_opt_sets_destroy(sets);
}

static void compare_opt_curve(const struct stream *stream, struct future_feeder *future,
                              uint32_t max) {
    struct kernel_opt_curve *curve;
    struct page_chunk chunk;
    struct sim_error error;
    uint64_t misses[301];
    assert_int_equal(kernel_opt_curve_create(max, &curve, &error), SIM_OK);
    while (future_chunk(future, &chunk)) kernel_opt_curve_feed(curve, &chunk, future->next, &error);
    kernel_opt_curve_misses(curve, max, misses);
    assert_int_equal(kernel_opt_curve_refs(curve), stream->count);
    assert_int_equal(misses[0], stream->count);
    for (uint32_t frames = 1; frames <= max; frames += 1 + frames / 8) {
        assert_int_equal(misses[frames], naive_misses(stream, 1, frames, NAIVE_OPT));
    }
    kernel_opt_curve_destroy(curve);
}

static void compare_opt_frames(const struct stream *stream, struct future_feeder *future,
                               uint32_t frames) {
    struct kernel_opt_frames *opt;
    struct page_chunk chunk;
    struct sim_error error;
    assert_int_equal(kernel_opt_frames_create(frames, &opt, &error), SIM_OK);
    while (future_chunk(future, &chunk)) kernel_opt_frames_feed(opt, &chunk, future->next, &error);
    struct naive_counts naive = naive_cache(stream, 1, frames, NAIVE_OPT, 0);
    struct kernel_frames_counts counts = kernel_opt_frames_counts(opt);
    assert_int_equal(counts.refs, stream->count);
    assert_int_equal(counts.misses, naive.misses);
    assert_int_equal(counts.cold_misses, naive.cold);
    assert_int_equal(counts.evictions, naive.evictions);
    // Which of several dead pages goes first is free, so a write-back may be saved or not.
    assert_true(counts.dirty_evictions <= counts.evictions);
    free(naive.missed);
    kernel_opt_frames_destroy(opt);
}

static void again(struct future_feeder *future) {
    feeder_rewind(future->feeder);
    kernel_next_use_rewind(future->uses);
}

static void opt_of_all_sizes_and_sets_is_that_of_each(void **state) {
    (void)state;
    uint64_t seed = stream_seed();
    for (unsigned i = 0; i < 6; i++) {
        struct stream stream = stream_create(seed + i, REFS, 4 + 50 * i);
        struct feeder feeder = feeder_of_stream(&stream);
        static struct future_feeder future;
        future_open(&future, &feeder);
        compare_opt_sets(&stream, &future);
        const uint32_t sizes[] = {1, 2, 17, 100, 300};
        for (int s = 0; s < 5; s++) {
            again(&future);
            compare_opt_curve(&stream, &future, sizes[s]);
            again(&future);
            compare_opt_frames(&stream, &future, sizes[s]);
        }
        future_close(&future);
        feeder_close(&feeder);
        stream_free(&stream);
    }
}

// Trees of several levels and long searches: the two kernels have nothing in common.
static void opt_of_one_size_is_on_the_curve_of_a_long_stream(void **state) {
    (void)state;
    struct stream stream = stream_create(stream_seed(), 4 * LONG_REFS, 9000);
    struct feeder feeder = feeder_of_stream(&stream);
    static struct future_feeder future;
    static uint64_t misses[5001];
    struct kernel_opt_curve *curve;
    struct page_chunk chunk;
    struct sim_error error;
    future_open(&future, &feeder);
    assert_int_equal(kernel_opt_curve_create(5000, &curve, &error), SIM_OK);
    while (future_chunk(&future, &chunk)) kernel_opt_curve_feed(curve, &chunk, future.next, &error);
    kernel_opt_curve_misses(curve, 5000, misses);
    for (uint32_t frames = 1; frames <= 5000; frames = 2 * frames + 1) {
        struct kernel_opt_frames *opt;
        assert_int_equal(kernel_opt_frames_create(frames, &opt, &error), SIM_OK);
        again(&future);
        while (future_chunk(&future, &chunk)) {
            kernel_opt_frames_feed(opt, &chunk, future.next, &error);
        }
        assert_int_equal(kernel_opt_frames_counts(opt).misses, misses[frames]);
        kernel_opt_frames_destroy(opt);
    }
    kernel_opt_curve_destroy(curve);
    future_close(&future);
    feeder_close(&feeder);
    stream_free(&stream);
}

// Averages and faults by looking at each window of the stream.
static void compare_working_set(const struct stream *stream, const struct kernel_working_set *k,
                                unsigned index) {
    struct kernel_working_set_point point = kernel_working_set_at(k, index);
    uint64_t window = point.window, total = 0, faults = 0;
    for (size_t t = 0; t < stream->count; t++) {
        size_t begin = t + 1 > window ? t + 1 - (size_t)window : 0;
        for (size_t i = begin; i <= t; i++) {
            bool later = false;
            for (size_t j = i + 1; j <= t && !later; j++) later = stream->vpn[j] == stream->vpn[i];
            total += !later;
        }
        bool inside = false;
        for (size_t i = t > window ? t - (size_t)window : 0; i < t && !inside; i++) {
            inside = stream->vpn[i] == stream->vpn[t];
        }
        faults += !inside;
    }
    assert_int_equal(point.faults, faults);
    assert_true(fabs(point.mean_pages - (double)total / (double)stream->count) < 1e-9);
}

static void working_sets_are_those_of_counting(void **state) {
    (void)state;
    uint64_t seed = stream_seed();
    assert_int_equal(kernel_working_set_window(0), 1);
    assert_int_equal(kernel_working_set_window(7), 8);
    assert_int_equal(kernel_working_set_window(8), 9);
    assert_int_equal(kernel_working_set_window(16), 18);
    for (unsigned i = 0; i < 3; i++) {
        struct stream stream = stream_create(seed + i, 300, 4 + 30 * i);
        struct feeder feeder = feeder_of_stream(&stream);
        struct kernel_working_set *kernel;
        struct page_chunk chunk;
        struct sim_error error;
        assert_int_equal(kernel_working_set_create(&kernel, &error), SIM_OK);
        while (feeder_next(&feeder, &chunk)) kernel_working_set_feed(kernel, &chunk, &error);
        for (unsigned index = 0; index < 60; index++) compare_working_set(&stream, kernel, index);
        compare_working_set(&stream, kernel, KERNEL_WORKING_SET_WINDOWS - 1);
        kernel_working_set_destroy(kernel);
        feeder_close(&feeder);
        stream_free(&stream);
    }
}

static void limits_of_sets_and_sizes_are_refused_with_a_sentence(void **state) {
    (void)state;
    struct sim_error error = {""};
    struct kernel_lru_sets *lru;
    struct kernel_opt_sets *opt;
    struct kernel_opt_frames *frames;
    struct kernel_opt_curve *curve;
    static const unsigned bad[][2] = {{17, 4}, {3, 0}, {3, 65}};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(kernel_lru_sets_create(bad[i][0], bad[i][1], &lru, &error),
                         SIM_ERROR_USAGE);
        assert_int_equal(kernel_opt_sets_create(bad[i][0], bad[i][1], &opt, &error),
                         SIM_ERROR_USAGE);
    }
    assert_int_equal(kernel_opt_frames_create(0, &frames, &error), SIM_ERROR_USAGE);
    assert_int_equal(kernel_opt_frames_create((1u << 24) + 1, &frames, &error), SIM_ERROR_USAGE);
    assert_int_equal(kernel_opt_curve_create(0, &curve, &error), SIM_ERROR_USAGE);
    assert_true(error.text[0] != '\0');
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lru_of_all_sets_and_ways_is_that_of_each),
        cmocka_unit_test(stack_distances_are_those_of_counting),
        cmocka_unit_test(stack_distances_of_a_long_stream_are_those_of_lru),
        cmocka_unit_test(next_uses_are_those_of_looking_ahead),
        cmocka_unit_test(opt_of_all_sizes_and_sets_is_that_of_each),
        cmocka_unit_test(opt_of_one_size_is_on_the_curve_of_a_long_stream),
        cmocka_unit_test(working_sets_are_those_of_counting),
        cmocka_unit_test(limits_of_sets_and_sizes_are_refused_with_a_sentence),
    };
    return cmocka_run_group_tests_name("kernels_curves", tests, NULL, NULL) != 0;
}
