// SPDX-License-Identifier: Apache-2.0
// The same answers the trivially right way: entry by entry, reference by reference, no runs, no
// page numbering, no structure that could be wrong.
#ifndef TEST_KERNELS_NAIVE_H
#define TEST_KERNELS_NAIVE_H

#include "sim/kernels/frames.h"
#include "stream.h"

enum { NAIVE_OPT = 100 };  // a policy beside enum kernel_policy

struct naive_counts {
    uint64_t misses, cold, evictions, dirty;
    uint8_t *missed;  // by reference; the caller frees it
};

// One cache of sets x ways (set = vpn mod sets) under any policy.
struct naive_counts naive_cache(const struct stream *stream, uint32_t sets, uint32_t ways,
                                uint8_t policy, uint64_t seed);
// Different pages referenced since the last reference to the page of reference `at`; -1: first.
int64_t naive_distance(const struct stream *stream, size_t at);

#endif
