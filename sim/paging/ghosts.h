// SPDX-License-Identifier: Apache-2.0
// Pages that went and are remembered by number only, in the order in which they went.
#ifndef PAGING_GHOSTS_H
#define PAGING_GHOSTS_H

#include "links.h"
#include "page_index.h"

struct ghosts {
    struct page_index index;
    struct link *links;  // of capacity nodes and a guard; those not in the list form a chain
    uint64_t *pages;     // by node
    uint32_t capacity;
    uint32_t count;
    uint32_t spare;  // first of the chain
};

// false: no memory. All zero may be released. capacity 0 remembers nothing.
bool ghosts_create(struct ghosts *ghosts, uint32_t capacity);
void ghosts_release(struct ghosts *ghosts);

bool ghosts_has(const struct ghosts *ghosts, uint64_t page);
// Remember a page that is not remembered, if need be forgetting the oldest.
void ghosts_add(struct ghosts *ghosts, uint64_t page);
// Forget the page. Returns whether it was remembered.
bool ghosts_take(struct ghosts *ghosts, uint64_t page);
// Forget the oldest, if there is one.
void ghosts_drop_oldest(struct ghosts *ghosts);

#endif
