// SPDX-License-Identifier: Apache-2.0
// One function per kernel: create, feed the whole input, destroy.
#include "bench.h"
#include "sim/kernels/frames.h"
#include "sim/kernels/lru_sets.h"
#include "sim/kernels/opt.h"
#include "sim/kernels/stack.h"
#include "sim/kernels/tlb.h"
#include "sim/kernels/working_set.h"
#include "sim/trace.h"

enum { REFS_BATCH = 4096 };

static void require(enum sim_status status, const struct sim_error *error) {
    if (status != SIM_OK) bench_fail(error->text);
}

// The pieces of an input, from a file or from memory.
struct feed {
    const struct bench_input *input;
    struct page_source *source;
    size_t at;
    uint64_t refs;
};

static struct feed feed_open(const struct bench_input *input, unsigned filter) {
    struct feed feed = {.input = input};
    struct sim_error error;
    if (input->path) {
        require(page_source_open(input->path, 12, filter, &feed.source, &error), &error);
    }
    return feed;
}

static int feed_next(struct feed *feed, struct page_chunk *chunk) {
    struct sim_error error;
    if (feed->source) {
        enum sim_status status = page_source_next(feed->source, chunk, &error);
        if (status == SIM_END) return 0;
        require(status, &error);
    } else {
        if (feed->at == feed->input->count) return 0;
        *chunk = feed->input->chunks[feed->at++];
    }
    feed->refs += chunk->refs;
    return 1;
}

static void feed_rewind(struct feed *feed) {
    if (feed->source) page_source_rewind(feed->source);
    feed->at = 0;
    feed->refs = 0;
}

static uint64_t feed_close(struct feed *feed) {
    page_source_close(feed->source);
    return feed->refs;
}

static uint64_t references(const struct bench_input *input, uint32_t argument) {
    struct trace_reader *reader;
    struct trace_ref refs[REFS_BATCH];
    struct sim_error error;
    uint64_t total = 0;
    size_t count = 0;
    (void)argument;
    require(trace_reader_open(input->path, &reader, &error), &error);
    while (trace_reader_next(reader, refs, REFS_BATCH, &count, &error) == SIM_OK) total += count;
    trace_reader_close(reader);
    return total;
}

static uint64_t pages(const struct bench_input *input, uint32_t filter) {
    struct feed feed = feed_open(input, filter);
    struct page_chunk chunk;
    while (feed_next(&feed, &chunk)) continue;
    return feed_close(&feed);
}

// argument: sets << 16 | ways << 8 | policy
static uint64_t tlb(const struct bench_input *input, uint32_t argument) {
    struct kernel_tlb_config config = {argument >> 16, argument >> 8 & 255,
                                       (uint8_t)(argument & 255), 1};
    struct feed feed = feed_open(input, PAGE_ALL);
    struct kernel_tlb *kernel;
    struct page_chunk chunk;
    struct sim_error error;
    require(kernel_tlb_create(&config, &kernel, &error), &error);
    while (feed_next(&feed, &chunk)) require(kernel_tlb_feed(kernel, &chunk, &error), &error);
    kernel_tlb_destroy(kernel);
    return feed_close(&feed);
}

static uint64_t three_c(const struct bench_input *input, uint32_t argument) {
    struct kernel_tlb_config config = {argument >> 16, argument >> 8 & 255,
                                       (uint8_t)(argument & 255), 1};
    struct feed feed = feed_open(input, PAGE_ALL);
    struct kernel_three_c *kernel;
    struct page_chunk chunk;
    struct sim_error error;
    require(kernel_three_c_create(&config, &kernel, &error), &error);
    while (feed_next(&feed, &chunk)) require(kernel_three_c_feed(kernel, &chunk, &error), &error);
    kernel_three_c_destroy(kernel);
    return feed_close(&feed);
}

// argument: frames << 8 | policy
static uint64_t frames(const struct bench_input *input, uint32_t argument) {
    struct kernel_frames_config config = {argument >> 8, (uint8_t)(argument & 255), 1};
    struct feed feed = feed_open(input, PAGE_ALL);
    struct kernel_frames *kernel;
    struct page_chunk chunk;
    struct sim_error error;
    require(kernel_frames_create(&config, &kernel, &error), &error);
    while (feed_next(&feed, &chunk)) require(kernel_frames_feed(kernel, &chunk, &error), &error);
    kernel_frames_destroy(kernel);
    return feed_close(&feed);
}

static uint64_t lru_sets(const struct bench_input *input, uint32_t argument) {
    struct feed feed = feed_open(input, PAGE_ALL);
    struct kernel_lru_sets *kernel;
    struct page_chunk chunk;
    struct sim_error error;
    require(kernel_lru_sets_create(argument, 16, &kernel, &error), &error);
    while (feed_next(&feed, &chunk)) require(kernel_lru_sets_feed(kernel, &chunk, &error), &error);
    kernel_lru_sets_destroy(kernel);
    return feed_close(&feed);
}

static uint64_t stack(const struct bench_input *input, uint32_t argument) {
    struct feed feed = feed_open(input, PAGE_ALL);
    struct kernel_stack *kernel;
    struct page_chunk chunk;
    struct sim_error error;
    (void)argument;
    require(kernel_stack_create(&kernel, &error), &error);
    while (feed_next(&feed, &chunk)) require(kernel_stack_feed(kernel, &chunk, &error), &error);
    kernel_stack_destroy(kernel);
    return feed_close(&feed);
}

// argument: pages in a sample of fixed size, 0 = a tenth of all
static uint64_t shards(const struct bench_input *input, uint32_t argument) {
    struct kernel_shards_config config = {argument ? 1 : 0.1, argument, 1};
    struct feed feed = feed_open(input, PAGE_ALL);
    struct kernel_shards *kernel;
    struct page_chunk chunk;
    struct sim_error error;
    require(kernel_shards_create(&config, &kernel, &error), &error);
    while (feed_next(&feed, &chunk)) require(kernel_shards_feed(kernel, &chunk, &error), &error);
    kernel_shards_destroy(kernel);
    return feed_close(&feed);
}

static uint64_t working_set(const struct bench_input *input, uint32_t argument) {
    struct feed feed = feed_open(input, PAGE_ALL);
    struct kernel_working_set *kernel;
    struct page_chunk chunk;
    struct sim_error error;
    (void)argument;
    require(kernel_working_set_create(&kernel, &error), &error);
    while (feed_next(&feed, &chunk)) {
        require(kernel_working_set_feed(kernel, &chunk, &error), &error);
    }
    kernel_working_set_destroy(kernel);
    return feed_close(&feed);
}

// Pass 1 of OPT; the feed stands at its beginning again.
static struct kernel_next_use *look_ahead(struct feed *feed) {
    struct kernel_next_use *uses;
    struct page_chunk chunk;
    struct sim_error error;
    require(kernel_next_use_create(&uses, &error), &error);
    while (feed_next(feed, &chunk)) require(kernel_next_use_add(uses, &chunk, &error), &error);
    require(kernel_next_use_finish(uses, &error), &error);
    feed_rewind(feed);
    return uses;
}

static uint64_t opt_frames(const struct bench_input *input, uint32_t argument) {
    int64_t next[PAGE_CHUNK_RUNS];
    struct feed feed = feed_open(input, PAGE_ALL);
    struct kernel_next_use *uses = look_ahead(&feed);
    struct kernel_opt_frames *kernel;
    struct page_chunk chunk;
    struct sim_error error;
    require(kernel_opt_frames_create(argument, &kernel, &error), &error);
    while (feed_next(&feed, &chunk)) {
        require(kernel_next_use_get(uses, &chunk, next, &error), &error);
        require(kernel_opt_frames_feed(kernel, &chunk, next, &error), &error);
    }
    kernel_opt_frames_destroy(kernel);
    kernel_next_use_destroy(uses);
    return feed_close(&feed);
}

static uint64_t opt_curve(const struct bench_input *input, uint32_t argument) {
    int64_t next[PAGE_CHUNK_RUNS];
    struct feed feed = feed_open(input, PAGE_ALL);
    struct kernel_next_use *uses = look_ahead(&feed);
    struct kernel_opt_curve *kernel;
    struct page_chunk chunk;
    struct sim_error error;
    require(kernel_opt_curve_create(argument, &kernel, &error), &error);
    while (feed_next(&feed, &chunk)) {
        require(kernel_next_use_get(uses, &chunk, next, &error), &error);
        require(kernel_opt_curve_feed(kernel, &chunk, next, &error), &error);
    }
    kernel_opt_curve_destroy(kernel);
    kernel_next_use_destroy(uses);
    return feed_close(&feed);
}

static uint64_t opt_sets(const struct bench_input *input, uint32_t argument) {
    int64_t next[PAGE_CHUNK_RUNS];
    struct feed feed = feed_open(input, PAGE_ALL);
    struct kernel_next_use *uses = look_ahead(&feed);
    struct kernel_opt_sets *kernel;
    struct page_chunk chunk;
    struct sim_error error;
    require(kernel_opt_sets_create(argument, 16, &kernel, &error), &error);
    while (feed_next(&feed, &chunk)) {
        require(kernel_next_use_get(uses, &chunk, next, &error), &error);
        require(kernel_opt_sets_feed(kernel, &chunk, next, &error), &error);
    }
    kernel_opt_sets_destroy(kernel);
    kernel_next_use_destroy(uses);
    return feed_close(&feed);
}

#define TLB(sets, ways, policy) ((uint32_t)(sets) << 16 | (uint32_t)(ways) << 8 | (policy))
#define FRAMES(frames, policy) ((uint32_t)(frames) << 8 | (policy))

const struct bench_case bench_program[] = {
    {"read references", 0, references, 0},
    {"read pages", 0, pages, PAGE_ALL},
    {"read pages of fetches", 0, pages, PAGE_FETCHES},
    {"read pages of data", 0, pages, PAGE_DATA},
    {"TLB 64 x 1", 0, tlb, TLB(64, 1, KERNEL_LRU)},
    {"TLB 16 x 4, LRU", 150, tlb, TLB(16, 4, KERNEL_LRU)},
    {"TLB 16 x 4, FIFO", 0, tlb, TLB(16, 4, KERNEL_FIFO)},
    {"TLB 16 x 4, tree-PLRU", 0, tlb, TLB(16, 4, KERNEL_PLRU)},
    {"TLB 16 x 4, random", 0, tlb, TLB(16, 4, KERNEL_RANDOM)},
    {"TLB 128 x 12, LRU", 0, tlb, TLB(128, 12, KERNEL_LRU)},
    {"TLB 1 x 64, LRU", 0, tlb, TLB(1, 64, KERNEL_LRU)},
    {"three kinds of misses, 16 x 4, LRU", 0, three_c, TLB(16, 4, KERNEL_LRU)},
    {"all of LRU: 1..2048 sets x 1..16 ways", 60, lru_sets, 11},
    {"LRU, all sizes (stack distances)", 0, stack, 0},
    {"LRU, all sizes, SHARDS 1/10", 0, shards, 0},
    {"LRU, all sizes, SHARDS 256 pages", 0, shards, 256},
    {"OPT: 1..2048 sets x 1..16 ways", 15, opt_sets, 11},
    {"OPT, all sizes to 4096", 0, opt_curve, 4096},
    {"OPT, 64 frames", 60, opt_frames, 64},
    {"OPT, 512 frames", 60, opt_frames, 512},
    {"LRU, 64 frames", 110, frames, FRAMES(64, KERNEL_LRU)},
    {"LRU, 512 frames", 110, frames, FRAMES(512, KERNEL_LRU)},
    {"FIFO, 64 frames", 130, frames, FRAMES(64, KERNEL_FIFO)},
    {"FIFO, 512 frames", 130, frames, FRAMES(512, KERNEL_FIFO)},
    {"CLOCK, 512 frames", 0, frames, FRAMES(512, KERNEL_CLOCK)},
    {"random, 512 frames", 0, frames, FRAMES(512, KERNEL_RANDOM)},
    {"working sets, all windows", 0, working_set, 0},
    {0},
};

const struct bench_case bench_large[] = {
    {"TLB 128 x 12, LRU", 0, tlb, TLB(128, 12, KERNEL_LRU)},
    {"all of LRU: 1..2048 sets x 1..16 ways", 0, lru_sets, 11},
    {"LRU, all sizes (stack distances)", 0, stack, 0},
    {"LRU, all sizes, SHARDS 8192 pages", 0, shards, 8192},
    {"LRU, 65536 frames", 10, frames, FRAMES(65536, KERNEL_LRU)},
    {"LRU, 524288 frames", 10, frames, FRAMES(524288, KERNEL_LRU)},
    {"FIFO, 65536 frames", 0, frames, FRAMES(65536, KERNEL_FIFO)},
    {"CLOCK, 65536 frames", 0, frames, FRAMES(65536, KERNEL_CLOCK)},
    {"random, 65536 frames", 0, frames, FRAMES(65536, KERNEL_RANDOM)},
    {"OPT, 65536 frames", 0, opt_frames, 65536},
    {"OPT: 1..2048 sets x 1..16 ways", 0, opt_sets, 11},
    {"working sets, all windows", 0, working_set, 0},
    {0},
};
