// SPDX-License-Identifier: Apache-2.0
// A TLB's state, for its policies and for the three kinds of misses.
#ifndef KERNELS_TLB_PRIVATE_H
#define KERNELS_TLB_PRIVATE_H

#include "lru_log.h"
#include "sim/kernels/tlb.h"

// Pages know whether they are resident, so that a hit is one look at an array whatever the
// ways are; a set's entries are only read when it has to give one away.
struct kernel_tlb {
    struct kernel_tlb_config config;
    struct lru_log lru;  // instead of all below: one set of many ways, LRU
    uint32_t *entry;     // sets * ways pages
    uint32_t *used;      // by set: valid ways, the lower ones
    uint32_t *next;      // FIFO, by set: way that came first
    uint64_t *tree;      // PLRU, by set: bit n = node n points to the upper half; root 1
    uint64_t keep[64];   // PLRU, by way: nodes that are not on its path
    uint64_t point[64];  // PLRU, by way: nodes of its path that must point up
    uint64_t *stamp;     // LRU, by entry: number of its page's last run
    uint32_t *where;     // by page: its entry + 1; 0 = not resident
    uint32_t pages;      // elements of where
    uint64_t now;
    uint64_t random;
    struct kernel_counts counts;
};

// missed: NULL, or chunk->count flags, of which those of misses are set to 1.
enum sim_status kernel_tlb_feed_marked(struct kernel_tlb *tlb, const struct page_chunk *chunk,
                                       uint8_t *missed, struct sim_error *error);

#endif
