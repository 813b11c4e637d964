// SPDX-License-Identifier: Apache-2.0
// Dense numbers for pages: the first page asked for is 0, the next new one 1, ...
#ifndef PAGING_PAGE_MAP_H
#define PAGING_PAGE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct page_map_entry {
    uint64_t vpn;
    uint32_t space;
    uint32_t number;  // + 1; 0: empty
};

struct page_map {
    struct page_map_entry *entries;  // open addressing
    size_t capacity;                 // a power of two
    uint32_t count;
};

// All zero is an empty map. Release frees what it grew to.
void page_map_release(struct page_map *map);

// The number of the page, a new one if it is new. false: no memory, or 2^32 - 1 pages.
bool page_map_number(struct page_map *map, uint32_t space, uint64_t vpn, uint32_t *number);

#endif
