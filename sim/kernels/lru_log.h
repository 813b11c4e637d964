// SPDX-License-Identifier: Apache-2.0
// Fully associative LRU without a list. Every reference appends its page to a log; a page's
// entry counts only if it is the page's last one. The victim is the first entry, from the log's
// old end, that counts. A full log is compacted: the entries that count move to its front.
//
//        tail                             head
//   .....[ A ][ B ][ A ][ C ][ B ][ C ]......      order of recency: A, B, C
//          -    -    *    -    *    *              * = counts
//
// A hit touches two places of memory, one of them in sequence; a linked list touches five.
#ifndef KERNELS_LRU_LOG_H
#define KERNELS_LRU_LOG_H

#include "grow.h"
#include "sim/kernels/frames.h"

struct lru_log {
    uint32_t frames, resident;
    uint32_t head, tail, capacity;
    uint32_t *log;    // pages
    uint32_t *where;  // by page: (index of its last entry + 1) << 1 | dirty; 0 = not resident
    uint32_t pages;   // elements of where
    struct kernel_frames_counts counts;
};

enum sim_status lru_log_create(struct lru_log *lru, uint32_t frames, struct sim_error *error);
// Legal for all zeros, too.
void lru_log_release(struct lru_log *lru);
// missed: NULL, or chunk->count flags, of which those of misses are set to 1.
enum sim_status lru_log_feed(struct lru_log *lru, const struct page_chunk *chunk, uint8_t *missed,
                             struct sim_error *error);

#endif
