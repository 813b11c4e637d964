// SPDX-License-Identifier: Apache-2.0
// Sampled curves against the exact ones.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/kernels/stack.h"
#include "stream.h"

enum { REFS = 400000, PAGES = 20000, SEEDS = 5 };

struct curves {
    struct kernel_shards *shards;
    uint64_t exact[PAGES + 1];
};

static void curves_of(struct curves *curves, const struct stream *stream,
                      struct kernel_shards_config config) {
    struct feeder feeder = feeder_of_stream(stream);
    struct kernel_stack *stack;
    struct page_chunk chunk;
    struct sim_error error;
    assert_int_equal(kernel_stack_create(&stack, &error), SIM_OK);
    assert_int_equal(kernel_shards_create(&config, &curves->shards, &error), SIM_OK);
    while (feeder_next(&feeder, &chunk)) {
        assert_int_equal(kernel_stack_feed(stack, &chunk, &error), SIM_OK);
        assert_int_equal(kernel_shards_feed(curves->shards, &chunk, &error), SIM_OK);
    }
    kernel_stack_misses(stack, PAGES, curves->exact);
    kernel_stack_destroy(stack);
    feeder_close(&feeder);
}

struct quality {
    double mean_error, largest_error, mean_estimate;
};

static struct quality quality_of(const struct curves *curves) {
    struct quality quality = {0, 0, 0};
    int points = 0;
    for (uint32_t entries = 1; entries <= PAGES; entries += 1 + entries / 64, points++) {
        struct kernel_shards_point point = kernel_shards_at(curves->shards, entries);
        double error = fabs(point.miss_ratio - (double)curves->exact[entries] / REFS);
        quality.mean_error += error;
        quality.mean_estimate += point.error;
        if (error > quality.largest_error) quality.largest_error = error;
    }
    quality.mean_error /= points;
    quality.mean_estimate /= points;
    return quality;
}

static void all_pages_as_the_sample_give_the_exact_curve(void **state) {
    (void)state;
    static struct curves curves;
    struct stream stream = stream_create(stream_seed(), REFS, PAGES);
    curves_of(&curves, &stream, (struct kernel_shards_config){.rate = 1, .seed = 3});
    assert_int_equal(kernel_shards_sampled_refs(curves.shards), REFS);
    assert_true(kernel_shards_rate(curves.shards) > 0.999999);
    assert_true(kernel_shards_at(curves.shards, 0).miss_ratio == 1);
    for (uint32_t entries = 1; entries <= 64; entries++) {
        double exact = (double)curves.exact[entries] / REFS;
        assert_true(fabs(kernel_shards_at(curves.shards, entries).miss_ratio - exact) < 1e-9);
    }
    // Above 64 the histogram's steps are wider than one page.
    assert_true(quality_of(&curves).largest_error < 1e-3);
    kernel_shards_destroy(curves.shards);
    stream_free(&stream);
}

// The paper's figure for R = 0.001 on large traces is a mean error of 0.02 or less; a tenth of
// 20,000 pages is a sample of 2000, with about the same error.
static void samples_are_close_and_their_error_is_told(void **state) {
    (void)state;
    static struct curves curves;
    uint64_t seed = stream_seed();
    static const struct kernel_shards_config configs[] = {
        {.rate = 0.1}, {.rate = 1, .max_pages = 2000}, {.rate = 0.5, .max_pages = 1024}};
    struct stream stream = stream_create(seed, REFS, PAGES);
    for (int c = 0; c < 3; c++) {
        double mean = 0, estimate = 0;
        for (uint64_t s = 0; s < SEEDS; s++) {
            struct kernel_shards_config config = configs[c];
            config.seed = seed + s;
            curves_of(&curves, &stream, config);
            struct quality quality = quality_of(&curves);
            mean += quality.mean_error / SEEDS;
            estimate += quality.mean_estimate / SEEDS;
            printf(
                "rate %g size %u seed %llu: mean absolute error %.4f (largest %.4f), mean "
                "estimate %.4f, final rate %.3f\n",
                config.rate, config.max_pages, (unsigned long long)config.seed, quality.mean_error,
                quality.largest_error, quality.mean_estimate, kernel_shards_rate(curves.shards));
            kernel_shards_destroy(curves.shards);
        }
        assert_true(mean < 0.02);
        // What the user is told is of the right size: neither flattering nor useless.
        assert_true(estimate > mean / 3 && estimate < mean * 5);
    }
    stream_free(&stream);
}

static void a_sample_of_fixed_size_keeps_its_size(void **state) {
    (void)state;
    static struct curves curves;
    struct stream stream = stream_create(stream_seed(), REFS, PAGES);
    curves_of(&curves, &stream, (struct kernel_shards_config){.rate = 1, .max_pages = 500});
    // 500 of about 20,000 pages.
    double rate = kernel_shards_rate(curves.shards), pages = (double)curves.exact[PAGES];
    assert_true(rate > 400 / pages && rate < 620 / pages);
    kernel_shards_destroy(curves.shards);
    stream_free(&stream);
}

static void impossible_samples_are_refused_with_a_sentence(void **state) {
    (void)state;
    static const struct kernel_shards_config bad[] = {
        {.rate = 0}, {.rate = -1}, {.rate = 1.5}, {.rate = NAN}, {.rate = 1, .max_pages = 63}};
    for (int i = 0; i < 5; i++) {
        struct kernel_shards *shards;
        struct sim_error error = {""};
        assert_int_equal(kernel_shards_create(&bad[i], &shards, &error), SIM_ERROR_USAGE);
        assert_true(error.text[0] != '\0');
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_pages_as_the_sample_give_the_exact_curve),
        cmocka_unit_test(samples_are_close_and_their_error_is_told),
        cmocka_unit_test(a_sample_of_fixed_size_keeps_its_size),
        cmocka_unit_test(impossible_samples_are_refused_with_a_sentence),
    };
    return cmocka_run_group_tests_name("kernels_shards", tests, NULL, NULL) != 0;
}
