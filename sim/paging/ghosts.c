// SPDX-License-Identifier: Apache-2.0
#include "ghosts.h"

#include <stdlib.h>

bool ghosts_create(struct ghosts *ghosts, uint32_t capacity) {
    ghosts->capacity = capacity;
    ghosts->count = 0;
    ghosts->spare = 0;
    ghosts->links = calloc((size_t)capacity + 1, sizeof *ghosts->links);
    ghosts->pages = calloc((size_t)capacity + 1, sizeof *ghosts->pages);
    if (!page_index_create(&ghosts->index, capacity) || !ghosts->links || !ghosts->pages) {
        ghosts_release(ghosts);
        return false;
    }
    for (uint32_t i = 0; i < capacity; i++) ghosts->links[i].newer = i + 1;
    links_empty(ghosts->links, capacity);
    return true;
}

void ghosts_release(struct ghosts *ghosts) {
    page_index_release(&ghosts->index);
    free(ghosts->links);
    free(ghosts->pages);
    *ghosts = (struct ghosts){0};
}

bool ghosts_has(const struct ghosts *ghosts, uint64_t page) {
    return page_index_find(&ghosts->index, page) != PAGE_INDEX_NONE;
}

static void ghosts_forget(struct ghosts *ghosts, uint32_t node) {
    page_index_remove(&ghosts->index, ghosts->pages[node]);
    links_remove(ghosts->links, node);
    ghosts->links[node].newer = ghosts->spare;
    ghosts->spare = node;
    ghosts->count--;
}

void ghosts_drop_oldest(struct ghosts *ghosts) {
    if (ghosts->count) ghosts_forget(ghosts, links_oldest(ghosts->links, ghosts->capacity));
}

void ghosts_add(struct ghosts *ghosts, uint64_t page) {
    if (ghosts->capacity == 0) return;
    if (ghosts->count == ghosts->capacity) ghosts_drop_oldest(ghosts);
    uint32_t node = ghosts->spare;
    ghosts->spare = ghosts->links[node].newer;
    ghosts->pages[node] = page;
    ghosts->count++;
    links_push(ghosts->links, ghosts->capacity, node);
    page_index_add(&ghosts->index, page, node);
}

bool ghosts_take(struct ghosts *ghosts, uint64_t page) {
    uint32_t node = page_index_find(&ghosts->index, page);
    if (node == PAGE_INDEX_NONE) return false;
    ghosts_forget(ghosts, node);
    return true;
}
