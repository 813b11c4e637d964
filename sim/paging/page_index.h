// SPDX-License-Identifier: Apache-2.0
// From page number to a number below 2^32 - 1: open addressing with room for a fixed count, at most
// half full.
#ifndef PAGING_PAGE_INDEX_H
#define PAGING_PAGE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_INDEX_NONE UINT32_MAX

struct page_index_entry {
    uint64_t page;
    uint32_t value;  // + 1; 0: empty
};

struct page_index {
    struct page_index_entry *entries;
    size_t mask;
};

// Room for `count` pages. false: no memory. All zero may be released.
bool page_index_create(struct page_index *index, uint32_t count);
void page_index_release(struct page_index *index);

// Returns the page's number, PAGE_INDEX_NONE if it has none.
uint32_t page_index_find(const struct page_index *index, uint64_t page);
// The page must have no number.
void page_index_add(struct page_index *index, uint64_t page, uint32_t value);
// The page must have a number.
void page_index_remove(struct page_index *index, uint64_t page);

#endif
