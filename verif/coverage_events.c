// SPDX-License-Identifier: Apache-2.0
// Distances between events.
//
//   cycle          open_from  open_from + 1
//   may grow     [ open[0]    open[1]     ]
//   closed       closed[c % RING], c = open_from - 9 .. open_from - 1
//
// When a cycle is closed, each of its events is paired with every event of the eight cycles before
// it, and with the others of its own.
#include <assert.h>

#include "coverage_internal.h"

static void count_pairs(struct coverage *coverage, unsigned second, unsigned mask,
                        unsigned cycles) {
    for (; mask; mask &= mask - 1) {
        unsigned first = (unsigned)__builtin_ctz(mask);
        ++coverage->distance[(first * COVERAGE_EVENTS + second) * COVERAGE_DISTANCES + cycles];
    }
}

// The mask of the cycle that is closed becomes the latest one.
static void close_one(struct coverage *coverage) {
    unsigned mask = coverage->open[0];
    uint64_t cycle = coverage->open_from++;
    coverage->closed[cycle % RING] = mask;
    coverage->open[0] = coverage->open[1];
    coverage->open[1] = 0;
    for (unsigned rest = mask; rest; rest &= rest - 1) {
        unsigned second = (unsigned)__builtin_ctz(rest);
        // In one cycle each pair once, in the order of the list.
        count_pairs(coverage, second, mask & ((1u << second) - 1), 0);
        for (unsigned k = 1; k < COVERAGE_DISTANCES; k++)
            count_pairs(coverage, second, coverage->closed[(cycle - k) % RING], k);
    }
}

void coverage_event(struct coverage *coverage, enum coverage_event event, uint64_t cycle) {
    assert(cycle >= coverage->open_from && cycle < coverage->open_from + OPEN_CYCLES);
    coverage->open[cycle - coverage->open_from] |= 1u << event;
}

void coverage_close(struct coverage *coverage, uint64_t cycle) {
    // After so many cycles without an event the ring is empty.
    enum { ALL = RING + OPEN_CYCLES };
    uint64_t count = cycle + 1 > coverage->open_from ? cycle + 1 - coverage->open_from : 0;
    for (uint64_t k = 0; k < count && k < ALL; k++) close_one(coverage);
    if (count > ALL) coverage->open_from = cycle + 1;
}

void coverage_forget(struct coverage *coverage, uint64_t cycle) {
    coverage->open_from = cycle;
    for (unsigned k = 0; k < RING; k++) coverage->closed[k] = 0;
    coverage->open[0] = coverage->open[1] = 0;
}

unsigned coverage_events(const struct coverage *coverage, uint64_t cycle) {
    uint64_t from = coverage->open_from;
    if (cycle >= from) return cycle - from < OPEN_CYCLES ? coverage->open[cycle - from] : 0;
    return from - cycle <= COVERAGE_DISTANCES ? coverage->closed[cycle % RING] : 0;
}

// fence_va[63:57] must equal bit 56.
static bool is_canonical(const struct coverage *coverage, uint64_t va) {
    uint64_t top = va >> 57;
    return coverage->arch.xlen == 32 || top == (va >> 56 & 1 ? UINT64_MAX >> 57 : 0);
}

void coverage_fence(struct coverage *coverage, const struct mmu_fence *fence, unsigned walks) {
    bool has = fence->op <= MMU_SINVAL_VMA, has_va = has && fence->has_va;
    const unsigned value[] = {fence->op & 3u, has_va, has && fence->has_asid,
                              !has_va || is_canonical(coverage, fence->va), walks > 1 ? 2 : walks};
    coverage_count(coverage, COVERAGE_FENCE, value);
}
