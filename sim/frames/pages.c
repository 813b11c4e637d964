// SPDX-License-Identifier: Apache-2.0
#include "pages.h"

#include <stdlib.h>

static bool pages_allocate(struct pages *pages, size_t capacity) {
    struct pages_entry *entries = malloc(capacity * sizeof *entries);
    if (!entries) return false;
    for (size_t i = 0; i < capacity; i++) {
        entries[i] = (struct pages_entry){.frame = PAGES_NOT_RESIDENT};
    }
    pages->entries = entries;
    pages->mask = capacity - 1;
    return true;
}

bool pages_create(struct pages *pages) {
    pages->count = 0;
    return pages_allocate(pages, 4096);
}

void pages_release(struct pages *pages) {
    free(pages->entries);
    *pages = (struct pages){0};
}

static bool pages_grow(struct pages *pages) {
    struct pages larger = {.count = pages->count};
    if (!pages_allocate(&larger, 2 * (pages->mask + 1))) return false;
    for (size_t i = 0; i <= pages->mask; i++) {
        const struct pages_entry *entry = &pages->entries[i];
        if (entry->known) *pages_find(&larger, entry->page) = *entry;
    }
    free(pages->entries);
    *pages = larger;
    return true;
}

bool pages_add(struct pages *pages, uint64_t page, struct pages_entry **entry) {
    *entry = pages_find(pages, page);
    if ((*entry)->known) return true;
    if (2 * (pages->count + 1) > pages->mask + 1) {
        if (!pages_grow(pages)) return false;
        *entry = pages_find(pages, page);
    }
    **entry = (struct pages_entry){.page = page, .frame = PAGES_NOT_RESIDENT, .known = true};
    pages->count++;
    return true;
}
