// SPDX-License-Identifier: Apache-2.0
// Fully associative LRU of every size at once: stack distances, exact (Mattson et al.,
// "Evaluation techniques for storage hierarchies", 1970) or sampled (SHARDS).
#ifndef SIM_KERNELS_STACK_H
#define SIM_KERNELS_STACK_H

#include "sim/kernels/pages.h"

struct kernel_stack;

// SIM_ERROR_MEMORY. Memory: about 40 bytes a distinct page.
enum sim_status kernel_stack_create(struct kernel_stack **stack, struct sim_error *error);
void kernel_stack_destroy(struct kernel_stack *stack);
// SIM_ERROR_MEMORY.
enum sim_status kernel_stack_feed(struct kernel_stack *stack, const struct page_chunk *chunk,
                                  struct sim_error *error);
uint64_t kernel_stack_refs(const struct kernel_stack *stack);
// Distinct pages: the misses of every size from this one on.
uint32_t kernel_stack_pages(const struct kernel_stack *stack);
// misses[c] for c = 0 .. max: misses with c entries (misses[0] = all references), cold ones
// included. The caller's array has max + 1 elements; sizes above the distinct pages are legal.
void kernel_stack_misses(const struct kernel_stack *stack, uint32_t max, uint64_t *misses);

// ---- SHARDS: the same curve from a sample of the pages (Waldspurger, Park, Garthwaite, Ahmad,
// "Efficient MRC Construction with SHARDS", FAST 2015), with the correction that the paper
// calls SHARDS-adj. A page is sampled if the hash of its page number is below a threshold.

struct kernel_shards_config {
    double rate;         // share of pages sampled, > 0 .. 1; with max_pages the first rate
    uint32_t max_pages;  // 0: fixed rate; else fixed size: at most so many pages, >= 64, and
                         // the rate sinks as needed
    uint64_t seed;       // another seed, another sample
};

struct kernel_shards_point {
    double miss_ratio;  // estimated
    double error;       // standard error, estimated from KERNEL_SHARDS_GROUPS parts of the sample
};

enum { KERNEL_SHARDS_GROUPS = 8 };

struct kernel_shards;

// SIM_ERROR_USAGE, SIM_ERROR_MEMORY. Memory: 8 bytes a distinct page, about 80 a sampled one, and
// 150 KiB of histograms.
enum sim_status kernel_shards_create(const struct kernel_shards_config *config,
                                     struct kernel_shards **shards, struct sim_error *error);
void kernel_shards_destroy(struct kernel_shards *shards);
// SIM_ERROR_MEMORY.
enum sim_status kernel_shards_feed(struct kernel_shards *shards, const struct page_chunk *chunk,
                                   struct sim_error *error);
// Present rate: constant with a fixed rate.
double kernel_shards_rate(const struct kernel_shards *shards);
// Pages in the sample now.
uint32_t kernel_shards_pages(const struct kernel_shards *shards);
uint64_t kernel_shards_sampled_refs(const struct kernel_shards *shards);
// The point of the curve at `entries`; 1 where that is 0. Costs one pass over the histograms: not
// for hot loops. The histogram's steps are 1/64 of an octave, interpolated inside.
struct kernel_shards_point kernel_shards_at(const struct kernel_shards *shards, uint32_t entries);

#endif
