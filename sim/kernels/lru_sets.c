// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "mtf.h"
#include "mtf_avx2.h"
#include "sim/kernels/lru_sets.h"

enum { LEVELS_MAX = KERNEL_SETS_BITS_MAX + 1 };
#define NO_PAGE UINT32_MAX

// The list of set s of level l, which has 2^l sets, begins at
// lists[((1 << l) - 1 + s) * stride]: level 0 first, then the two sets of level 1 ...
struct kernel_lru_sets {
    unsigned levels, ways;
    unsigned length, stride;  // of a list: elements used, and to the next list
    uint32_t *lists;
    void (*feed)(struct kernel_lru_sets *kernel, const struct page_chunk *chunk);
    uint64_t refs;
    uint64_t newest[LEVELS_MAX + 1];  // runs that stopped at the level: newest there and below
    uint64_t found[LEVELS_MAX][KERNEL_WAYS_MAX + 1];  // by level and position; last = absent
};

static inline uint32_t *list_of(struct kernel_lru_sets *k, unsigned level, uint64_t vpn) {
    size_t first = ((size_t)1 << level) - 1;
    return k->lists + (first + (size_t)(vpn & first)) * k->stride;
}

// A page that is the newest one of its set is the newest one of every smaller set, too.
static void feed_any(struct kernel_lru_sets *k, const struct page_chunk *chunk) {
    for (size_t i = 0; i < chunk->count; i++) {
        uint32_t page = chunk->runs[i].page;
        uint64_t vpn = chunk->vpn[page];
        unsigned level = 0;
        for (; level < k->levels; level++) {
            uint32_t *list = list_of(k, level, vpn);
            if (list[0] == page) break;
            k->found[level][mtf_touch(list, k->length, page)]++;
        }
        k->newest[level]++;
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void feed_16(struct kernel_lru_sets *k,
                                                    const struct page_chunk *chunk) {
    for (size_t i = 0; i < chunk->count; i++) {
        uint32_t page = chunk->runs[i].page;
        uint64_t vpn = chunk->vpn[page];
        unsigned level = 0;
        for (; level < k->levels; level++) {
            uint32_t *list = list_of(k, level, vpn);
            if (list[0] == page) break;
            if (list[1] == page) {
                // Most of those that are not first are second: a branch is cheaper than vectors.
                list[1] = list[0];
                list[0] = page;
                k->found[level][1]++;
                continue;
            }
            k->found[level][mtf_touch_avx2(list, page)]++;
        }
        k->newest[level]++;
    }
}
#endif

// Lists of 16 have vector code; shorter ones are made 16 long for it, which changes no hit.
static void choose_feed(struct kernel_lru_sets *k) {
    k->feed = feed_any;
    k->length = k->ways;
#if defined(__x86_64__)
    if (k->ways <= MTF_AVX2_LENGTH && __builtin_cpu_supports("avx2")) {
        k->feed = feed_16;
        k->length = MTF_AVX2_LENGTH;
    }
#endif
}

enum sim_status kernel_lru_sets_create(unsigned max_set_bits, unsigned max_ways,
                                       struct kernel_lru_sets **kernel, struct sim_error *error) {
    if (max_set_bits > KERNEL_SETS_BITS_MAX || max_ways == 0 || max_ways > KERNEL_WAYS_MAX) {
        return sim_fail(error, SIM_ERROR_USAGE, "2^%u sets of %u ways: at most 2^%d of 1 to %d",
                        max_set_bits, max_ways, KERNEL_SETS_BITS_MAX, KERNEL_WAYS_MAX);
    }
    struct kernel_lru_sets *k = calloc(1, sizeof *k);
    if (!k) return kernel_no_memory(error);
    k->levels = max_set_bits + 1;
    k->ways = max_ways;
    choose_feed(k);
    k->stride = 1;
    while (k->stride < k->length) k->stride *= 2;  // no list on two cache lines needlessly
    size_t bytes =
        ((((size_t)2 << max_set_bits) - 1) * k->stride * sizeof *k->lists + 63) / 64 * 64;
    k->lists = aligned_alloc(64, bytes);
    if (!k->lists) {
        free(k);
        return kernel_no_memory(error);
    }
    memset(k->lists, 0xFF, bytes);
    *kernel = k;
    return SIM_OK;
}

void kernel_lru_sets_destroy(struct kernel_lru_sets *kernel) {
    if (!kernel) return;
    free(kernel->lists);
    free(kernel);
}

enum sim_status kernel_lru_sets_feed(struct kernel_lru_sets *kernel, const struct page_chunk *chunk,
                                     struct sim_error *error) {
    (void)error;
    kernel->feed(kernel, chunk);
    kernel->newest[0] += chunk->refs - chunk->count;  // the rest of each run
    kernel->refs += chunk->refs;
    return SIM_OK;
}

uint64_t kernel_lru_sets_refs(const struct kernel_lru_sets *kernel) {
    return kernel->refs;
}

uint64_t kernel_lru_sets_misses(const struct kernel_lru_sets *kernel, unsigned set_bits,
                                unsigned ways) {
    assert(set_bits < kernel->levels && ways >= 1 && ways <= kernel->ways);
    uint64_t hits = 0;
    for (unsigned level = 0; level <= set_bits; level++) hits += kernel->newest[level];
    for (unsigned at = 0; at < ways; at++) hits += kernel->found[set_bits][at];
    return kernel->refs - hits;
}
