// SPDX-License-Identifier: Apache-2.0
// What is known of every page that was ever referenced: the frame it is in, and whether swap has a
// copy. Open addressing, at most half full; grows with distinct pages.
#ifndef FRAMES_PAGES_H
#define FRAMES_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGES_NOT_RESIDENT UINT32_MAX

struct pages_entry {
    uint64_t page;
    uint32_t frame;  // PAGES_NOT_RESIDENT if in none
    bool known;      // false: the entry is empty
    bool in_swap;
};

struct pages {
    struct pages_entry *entries;
    size_t mask;
    size_t count;
};

// false: no memory. All zero may be released.
bool pages_create(struct pages *pages);
void pages_release(struct pages *pages);

// Returns the page's entry, or the empty one where it belongs.
static inline struct pages_entry *pages_find(const struct pages *pages, uint64_t page) {
    size_t at = (size_t)(page * UINT64_C(0x9E3779B97F4A7C15) >> 24) & pages->mask;
    while (pages->entries[at].page != page && pages->entries[at].known) at = (at + 1) & pages->mask;
    return &pages->entries[at];
}

// Make the page known, if it is not: its entry in *entry, valid until the next call. false: no
// memory.
bool pages_add(struct pages *pages, uint64_t page, struct pages_entry **entry);

#endif
