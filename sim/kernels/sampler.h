// SPDX-License-Identifier: Apache-2.0
// One SHARDS sample: the pages whose hash is below a threshold, and the histogram of their stack
// distances. With a fixed size the page of the largest hash leaves when there are too many,
// and its hash becomes the threshold.
#ifndef KERNELS_SAMPLER_H
#define KERNELS_SAMPLER_H

#include <stdbool.h>

#include "recency.h"

enum { SAMPLER_BUCKETS = 64 * 28 };

struct sampler_page {
    uint64_t hash;
    uint32_t page;  // of the program
    uint32_t number;
};

struct sampler {
    uint64_t threshold;
    double share;               // of all pages that this sampler may see: 1 or 1 / groups
    uint32_t max_pages;         // 0: fixed rate
    uint32_t count;             // pages sampled now
    uint32_t *number;           // by page of the program: its number in the sample + 1; 0 = not
                                // sampled. The caller's: samplers without a common page share it
    struct sampler_page *heap;  // fixed size: the largest hash on top
    struct recency recency;     // by number
    uint64_t refs;              // sampled
    double refs_weight;         // references that they stand for: 1 / rate each
    double cold_weight;
    double hits[SAMPLER_BUCKETS];  // weights by distance in the whole program
};

// rate > 0 .. 1. SIM_ERROR_MEMORY. `sampler` is all zeros before; release is legal after failure.
enum sim_status sampler_create(struct sampler *sampler, double rate, double share,
                               uint32_t max_pages, struct sim_error *error);
void sampler_release(struct sampler *sampler);
// `page` appears for the first time; its hash was given to this sampler.
enum sim_status sampler_add(struct sampler *sampler, uint32_t page, uint64_t hash,
                            struct sim_error *error);
// A run of `refs` references to a sampled page.
void sampler_touch(struct sampler *sampler, uint32_t page, uint32_t refs);
// Pages sampled of all.
double sampler_rate(const struct sampler *sampler);
// Estimated miss ratio with `entries` >= 1, of a program with `refs` references.
double sampler_miss_ratio(const struct sampler *sampler, uint32_t entries, uint64_t refs);

#endif
