// SPDX-License-Identifier: Apache-2.0
// Linear probing; a removed entry's successors move up, so that no marks of the dead are left.
#include "page_index.h"

#include <stdlib.h>

static size_t page_index_home(const struct page_index *index, uint64_t page) {
    return (size_t)(page * UINT64_C(0x9E3779B97F4A7C15) >> 24) & index->mask;
}

bool page_index_create(struct page_index *index, uint32_t count) {
    size_t capacity = 8;
    while (capacity < 2 * (size_t)count) capacity *= 2;
    index->mask = capacity - 1;
    index->entries = calloc(capacity, sizeof *index->entries);
    return index->entries != NULL;
}

void page_index_release(struct page_index *index) {
    free(index->entries);
    *index = (struct page_index){0};
}

static size_t page_index_place(const struct page_index *index, uint64_t page) {
    size_t at = page_index_home(index, page);
    while (index->entries[at].value && index->entries[at].page != page) at = (at + 1) & index->mask;
    return at;
}

uint32_t page_index_find(const struct page_index *index, uint64_t page) {
    return index->entries[page_index_place(index, page)].value - 1;
}

void page_index_add(struct page_index *index, uint64_t page, uint32_t value) {
    index->entries[page_index_place(index, page)] =
        (struct page_index_entry){.page = page, .value = value + 1};
}

void page_index_remove(struct page_index *index, uint64_t page) {
    size_t hole = page_index_place(index, page);
    for (size_t at = (hole + 1) & index->mask; index->entries[at].value;
         at = (at + 1) & index->mask) {
        // An entry may move to the hole if that lies between its home and its place.
        size_t home = page_index_home(index, index->entries[at].page);
        if (((at - home) & index->mask) < ((at - hole) & index->mask)) continue;
        index->entries[hole] = index->entries[at];
        hole = at;
    }
    index->entries[hole].value = 0;
}
