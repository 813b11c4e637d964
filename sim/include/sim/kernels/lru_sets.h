// SPDX-License-Identifier: Apache-2.0
// LRU of every associativity and every power-of-two number of sets, in one pass: a list per
// set in order of recency; a page at position d of its set's list hits in all TLBs of that
// many sets with more than d ways (Hill and Smith 1989, "forest simulation").
#ifndef SIM_KERNELS_LRU_SETS_H
#define SIM_KERNELS_LRU_SETS_H

#include "sim/kernels/pages.h"

enum { KERNEL_SETS_BITS_MAX = 16, KERNEL_WAYS_MAX = 64 };

struct kernel_lru_sets;

// Sets 1, 2, 4 .. 2^max_set_bits (<= KERNEL_SETS_BITS_MAX), ways 1 .. max_ways (<=
// KERNEL_WAYS_MAX). The study of 1..2048 sets x 1..16 ways is (11, 16). SIM_ERROR_USAGE,
// SIM_ERROR_MEMORY. Memory: 8 bytes for each entry of the largest configuration.
enum sim_status kernel_lru_sets_create(unsigned max_set_bits, unsigned max_ways,
                                       struct kernel_lru_sets **kernel, struct sim_error *error);
void kernel_lru_sets_destroy(struct kernel_lru_sets *kernel);
// SIM_ERROR_MEMORY.
enum sim_status kernel_lru_sets_feed(struct kernel_lru_sets *kernel, const struct page_chunk *chunk,
                                     struct sim_error *error);

uint64_t kernel_lru_sets_refs(const struct kernel_lru_sets *kernel);
// Misses of 2^set_bits sets x ways, cold ones included. Asserts that both are in range.
uint64_t kernel_lru_sets_misses(const struct kernel_lru_sets *kernel, unsigned set_bits,
                                unsigned ways);

#endif
