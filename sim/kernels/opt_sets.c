// SPDX-License-Identifier: Apache-2.0
// A stack per set of every number of sets, and the same way out as for LRU: a page that is on
// top in its set is on top in every smaller set. The top is kept as a page, whose next use is
// looked up when it leaves; so nothing has to be written where a reference stops.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "opt_stack.h"
#include "sim/kernels/lru_sets.h"
#include "sim/kernels/opt.h"

enum { LEVELS_MAX = KERNEL_SETS_BITS_MAX + 1 };
#define NO_PAGE UINT32_MAX

struct kernel_opt_sets {
    unsigned levels, ways, stride;
    uint32_t *top;    // page, by set; sets of level l begin at (1 << l) - 1
    int64_t *stacks;  // the places below the top, `stride` a set; place 0 is not used
    int64_t *next;    // by page: its next use as of its last one
    uint32_t pages;
    int64_t position;
    uint64_t refs;
    uint64_t newest[LEVELS_MAX + 1];
    uint64_t found[LEVELS_MAX][KERNEL_WAYS_MAX + 1];
};

static enum sim_status allocate(struct kernel_opt_sets *k, size_t sets, struct sim_error *error) {
    size_t bytes = (sets * k->stride * sizeof *k->stacks + 63) / 64 * 64;
    k->top = malloc(sets * sizeof *k->top);
    k->stacks = aligned_alloc(64, bytes);
    if (!k->top || !k->stacks) return kernel_no_memory(error);
    memset(k->top, 0xFF, sets * sizeof *k->top);
    for (size_t i = 0; i < sets * k->stride; i++) k->stacks[i] = KERNEL_NEVER;
    return SIM_OK;
}

enum sim_status kernel_opt_sets_create(unsigned max_set_bits, unsigned max_ways,
                                       struct kernel_opt_sets **kernel, struct sim_error *error) {
    if (max_set_bits > KERNEL_SETS_BITS_MAX || max_ways == 0 || max_ways > KERNEL_WAYS_MAX) {
        return sim_fail(error, SIM_ERROR_USAGE, "2^%u sets of %u ways: at most 2^%d of 1 to %d",
                        max_set_bits, max_ways, KERNEL_SETS_BITS_MAX, KERNEL_WAYS_MAX);
    }
    struct kernel_opt_sets *k = calloc(1, sizeof *k);
    if (!k) return kernel_no_memory(error);
    k->levels = max_set_bits + 1;
    k->ways = max_ways;
    k->stride = 1;
    while (k->stride < max_ways) k->stride *= 2;
    enum sim_status status = allocate(k, ((size_t)2 << max_set_bits) - 1, error);
    if (status != SIM_OK) {
        kernel_opt_sets_destroy(k);
        return status;
    }
    *kernel = k;
    return SIM_OK;
}

void kernel_opt_sets_destroy(struct kernel_opt_sets *kernel) {
    if (!kernel) return;
    free(kernel->top);
    free(kernel->stacks);
    free(kernel->next);
    free(kernel);
}

static inline void touch(struct kernel_opt_sets *k, uint32_t page, uint64_t vpn, int64_t now) {
    unsigned level = 0;
    for (; level < k->levels; level++) {
        size_t set = (((size_t)1 << level) - 1) + (size_t)(vpn & (((uint64_t)1 << level) - 1));
        uint32_t top = k->top[set], place = k->ways;
        if (top == page) break;
        k->top[set] = page;
        if (top != NO_PAGE) {
            int64_t held = k->next[top];
            place = opt_stack_sink(k->stacks + set * k->stride, 1, k->ways, now, &held);
        }
        k->found[level][place]++;
    }
    k->newest[level]++;
}

enum sim_status kernel_opt_sets_feed(struct kernel_opt_sets *kernel, const struct page_chunk *chunk,
                                     const int64_t *next, struct sim_error *error) {
    struct kernel_opt_sets *k = kernel;
    enum sim_status status = kernel_grow(&k->next, &k->pages, chunk->pages, sizeof *k->next, error);
    if (status != SIM_OK) return status;
    for (size_t i = 0; i < chunk->count; i++) {
        uint32_t page = chunk->runs[i].page;
        touch(k, page, chunk->vpn[page], k->position++);
        k->next[page] = next[i];
    }
    k->newest[0] += chunk->refs - chunk->count;  // the rest of each run
    k->refs += chunk->refs;
    return SIM_OK;
}

uint64_t kernel_opt_sets_refs(const struct kernel_opt_sets *kernel) {
    return kernel->refs;
}

uint64_t kernel_opt_sets_misses(const struct kernel_opt_sets *kernel, unsigned set_bits,
                                unsigned ways) {
    assert(set_bits < kernel->levels && ways >= 1 && ways <= kernel->ways);
    uint64_t hits = 0;
    for (unsigned level = 0; level <= set_bits; level++) hits += kernel->newest[level];
    for (unsigned at = 0; at < ways; at++) hits += kernel->found[set_bits][at];
    return kernel->refs - hits;
}
