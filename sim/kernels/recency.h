// SPDX-License-Identifier: Apache-2.0
// The LRU stack: how many different pages were referenced since a page's last reference.
//
// The most recent pages stand in a short list that is searched from the front: most distances
// are small. What falls off its end enters the deep part, where each page holds one of many
// slots in order of entry; the distance is the number of taken slots behind the page's own: a
// bit per slot, and a Fenwick tree (Fenwick 1994) over words of 64 bits.
//
//   list, newest first            deep: slots, oldest first
//   [p3][p7][p1] ... [p4]   <--   [p9][ ][p2][p6][ ][ ][p8]|<- next slot
#ifndef KERNELS_RECENCY_H
#define KERNELS_RECENCY_H

#include "grow.h"

enum { RECENCY_LIST = 16 };
#define RECENCY_NEVER UINT32_MAX  // distance of a first reference

struct recency {
    uint32_t list[RECENCY_LIST];
    uint32_t listed;
    uint32_t deep;      // pages in slots
    uint32_t next;      // slot
    uint32_t capacity;  // slots, a multiple of 64
    uint32_t *page;     // by slot
    uint64_t *taken;    // a bit per slot
    uint32_t *tree;     // Fenwick tree of taken slots by word, from 1
    uint32_t *slot;     // by page: 0 = never seen, else slot + 1 (stale while in the list)
    uint32_t slots;     // elements of slot
};

// All zeros is an empty stack; release is legal for it.
void recency_release(struct recency *recency);
// Room for pages 0 .. pages - 1. SIM_ERROR_MEMORY.
enum sim_status recency_reserve(struct recency *recency, uint32_t pages, struct sim_error *error);
// The page's distance (0: referenced last), RECENCY_NEVER if it is new; then it is the newest.
// recency_reserve must have made room for it.
uint32_t recency_touch(struct recency *recency, uint32_t page);
// Forget a page, as if it had never been referenced.
void recency_remove(struct recency *recency, uint32_t page);

#endif
