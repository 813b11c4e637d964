// SPDX-License-Identifier: Apache-2.0
// TLBs, page frames and the kinds of misses against the naive caches.
#include <stdio.h>
#include <stdlib.h>

#include "naive.h"

enum { STREAMS = 12, REFS = 3000 };

static struct stream stream_number(uint64_t seed, int i) {
    const uint32_t pages[] = {5, 20, 60, 200};
    return stream_create(seed + (uint64_t)i, REFS, pages[i % 4]);
}

static void compare_tlb(const struct stream *stream, struct kernel_tlb_config config) {
    struct kernel_tlb *tlb;
    struct sim_error error;
    struct page_chunk chunk;
    struct feeder feeder = feeder_of_stream(stream);
    assert_int_equal(kernel_tlb_create(&config, &tlb, &error), SIM_OK);
    while (feeder_next(&feeder, &chunk)) {
        assert_int_equal(kernel_tlb_feed(tlb, &chunk, &error), SIM_OK);
    }
    struct naive_counts naive =
        naive_cache(stream, config.sets, config.ways, config.policy, config.seed);
    struct kernel_counts counts = kernel_tlb_counts(tlb);
    if (counts.misses != naive.misses) {
        fail_msg("%u sets x %u ways, policy %u: %llu misses, not %llu", config.sets, config.ways,
                 config.policy, (unsigned long long)counts.misses,
                 (unsigned long long)naive.misses);
    }
    assert_int_equal(counts.refs, stream->count);
    assert_int_equal(counts.cold_misses, naive.cold);
    free(naive.missed);
    kernel_tlb_destroy(tlb);
    feeder_close(&feeder);
}

static void tlb_of_any_shape_and_policy_misses_as_the_naive_one(void **state) {
    (void)state;
    static const uint32_t shapes[][2] = {{1, 1}, {16, 1}, {7, 1},  {1, 2},  {4, 4},
                                         {3, 5}, {8, 8},  {1, 16}, {1, 64}, {1, 33},
                                         {5, 3}, {2, 32}, {64, 2}, {2, 40}, {1, 100}};
    uint64_t seed = stream_seed();
    for (int i = 0; i < STREAMS; i++) {
        struct stream stream = stream_number(seed, i);
        for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
            for (uint8_t policy = KERNEL_LRU; policy <= KERNEL_RANDOM; policy++) {
                struct kernel_tlb_config config = {shapes[s][0], shapes[s][1], policy, seed};
                if (!kernel_tlb_config_check(&config)) compare_tlb(&stream, config);
            }
        }
        stream_free(&stream);
    }
}

static void compare_frames(const struct stream *stream, struct kernel_frames_config config) {
    struct kernel_frames *frames;
    struct sim_error error;
    struct page_chunk chunk;
    struct feeder feeder = feeder_of_stream(stream);
    assert_int_equal(kernel_frames_create(&config, &frames, &error), SIM_OK);
    while (feeder_next(&feeder, &chunk)) {
        assert_int_equal(kernel_frames_feed(frames, &chunk, &error), SIM_OK);
    }
    struct naive_counts naive = naive_cache(stream, 1, config.frames, config.policy, config.seed);
    struct kernel_frames_counts counts = kernel_frames_counts(frames);
    assert_int_equal(counts.refs, stream->count);
    assert_int_equal(counts.misses, naive.misses);
    assert_int_equal(counts.cold_misses, naive.cold);
    assert_int_equal(counts.evictions, naive.evictions);
    assert_int_equal(counts.dirty_evictions, naive.dirty);
    free(naive.missed);
    kernel_frames_destroy(frames);
    feeder_close(&feeder);
}

static void frames_miss_and_write_back_as_the_naive_ones(void **state) {
    (void)state;
    static const uint32_t sizes[] = {1, 2, 3, 7, 16, 50, 150, 1000};
    static const uint8_t policies[] = {KERNEL_LRU, KERNEL_FIFO, KERNEL_CLOCK, KERNEL_RANDOM};
    uint64_t seed = stream_seed();
    for (int i = 0; i < STREAMS; i++) {
        struct stream stream = stream_number(seed, i);
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            for (int p = 0; p < 4; p++) {
                compare_frames(&stream, (struct kernel_frames_config){sizes[s], policies[p], seed});
            }
        }
        stream_free(&stream);
    }
}

// More runs than the log of a small LRU has entries: compactions with dirty pages in it.
static void frames_with_lru_survive_many_compactions(void **state) {
    (void)state;
    struct stream stream = stream_create(stream_seed(), 40000, 30);
    for (uint32_t frames = 1; frames < 30; frames += 7) {
        compare_frames(&stream, (struct kernel_frames_config){frames, KERNEL_LRU, 0});
    }
    stream_free(&stream);
}

static void compare_three_c(const struct stream *stream, struct kernel_tlb_config config) {
    struct kernel_three_c *kernel;
    struct sim_error error;
    struct page_chunk chunk;
    struct feeder feeder = feeder_of_stream(stream);
    assert_int_equal(kernel_three_c_create(&config, &kernel, &error), SIM_OK);
    while (feeder_next(&feeder, &chunk)) {
        assert_int_equal(kernel_three_c_feed(kernel, &chunk, &error), SIM_OK);
    }
    struct naive_counts tlb =
        naive_cache(stream, config.sets, config.ways, config.policy, config.seed);
    struct naive_counts full = naive_cache(stream, 1, config.sets * config.ways, KERNEL_LRU, 0);
    uint64_t compulsory = 0, capacity = 0, conflict = 0, spared = 0;
    for (size_t i = 0; i < stream->count; i++) {
        bool first = naive_distance(stream, i) < 0;
        compulsory += first;
        capacity += !first && tlb.missed[i] && full.missed[i];
        conflict += tlb.missed[i] && !full.missed[i];
        spared += !tlb.missed[i] && full.missed[i];
    }
    struct kernel_three_c_counts counts = kernel_three_c_counts(kernel);
    assert_int_equal(counts.tlb.misses, tlb.misses);
    assert_int_equal(counts.compulsory, compulsory);
    assert_int_equal(counts.capacity, capacity);
    assert_int_equal(counts.conflict, conflict);
    assert_int_equal(counts.spared, spared);
    assert_int_equal(full.misses, compulsory + capacity + spared);
    free(tlb.missed);
    free(full.missed);
    kernel_three_c_destroy(kernel);
    feeder_close(&feeder);
}

static void misses_are_split_as_the_definitions_say(void **state) {
    (void)state;
    uint64_t seed = stream_seed();
    for (int i = 0; i < 4; i++) {
        struct stream stream = stream_number(seed, i);
        compare_three_c(&stream, (struct kernel_tlb_config){16, 1, KERNEL_LRU, 0});
        compare_three_c(&stream, (struct kernel_tlb_config){4, 4, KERNEL_PLRU, 0});
        compare_three_c(&stream, (struct kernel_tlb_config){5, 3, KERNEL_RANDOM, seed});
        stream_free(&stream);
    }
}

static void impossible_configurations_are_refused_with_a_sentence(void **state) {
    (void)state;
    static const struct kernel_tlb_config bad[] = {
        {0, 4, KERNEL_LRU, 0},          {4, 0, KERNEL_LRU, 0},  {1u << 20, 32, KERNEL_LRU, 0},
        {UINT32_MAX, 2, KERNEL_LRU, 0}, {4, 3, KERNEL_PLRU, 0}, {1, 128, KERNEL_PLRU, 0},
        {4, 4, KERNEL_CLOCK, 0},        {4, 4, 77, 0},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct kernel_tlb *tlb;
        struct sim_error error = {""};
        assert_non_null(kernel_tlb_config_check(&bad[i]));
        assert_int_equal(kernel_tlb_create(&bad[i], &tlb, &error), SIM_ERROR_USAGE);
        assert_string_equal(error.text, kernel_tlb_config_check(&bad[i]));
    }
    static const struct kernel_frames_config frames[] = {
        {0, KERNEL_LRU, 0}, {(1u << 24) + 1, KERNEL_LRU, 0}, {4, KERNEL_PLRU, 0}, {4, 9, 0}};
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        struct kernel_frames *made;
        struct sim_error error = {""};
        assert_int_equal(kernel_frames_create(&frames[i], &made, &error), SIM_ERROR_USAGE);
        assert_true(error.text[0] != '\0');
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tlb_of_any_shape_and_policy_misses_as_the_naive_one),
        cmocka_unit_test(frames_miss_and_write_back_as_the_naive_ones),
        cmocka_unit_test(frames_with_lru_survive_many_compactions),
        cmocka_unit_test(misses_are_split_as_the_definitions_say),
        cmocka_unit_test(impossible_configurations_are_refused_with_a_sentence),
    };
    return cmocka_run_group_tests_name("kernels_tlb", tests, NULL, NULL) != 0;
}
