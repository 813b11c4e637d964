// SPDX-License-Identifier: Apache-2.0
// A cache of pages driven by a policy, with the bits that a kernel's policy looks at; and lists
// that are searched and moved by hand, from which the second implementations are made.
#ifndef TESTS_SIM_CACHE_H
#define TESTS_SIM_CACHE_H

#include "fixture.h"

#define CACHE_FRAMES_MOST 16u
#define CACHE_PAGES 64u
#define CACHE_NO_PAGE UINT32_MAX

struct cache {
    const struct policy_ops *ops;
    struct policy *policy;
    uint32_t frames, count;
    uint32_t page_of[CACHE_FRAMES_MOST];
    bool accessed[CACHE_FRAMES_MOST], dirty[CACHE_FRAMES_MOST];  // A and D, no TLB
    uint64_t time;
    uint64_t looked, cleaned;
    uint64_t misses;
};

// parameters NULL: the defaults.
void cache_open(struct cache *cache, unsigned kind, uint32_t frames, uint64_t seed,
                const struct policy_parameters *parameters);
void cache_close(struct cache *cache);
// Returns the page that went, CACHE_NO_PAGE if none.
uint32_t cache_reference(struct cache *cache, uint32_t page, bool write, uint64_t next_use);
bool cache_holds(const struct cache *cache, uint32_t page);

// `count` references with locality: mostly one of the last few pages.
void cache_references_make(uint8_t *pages, unsigned count, uint64_t *random);
void cache_next_uses_make(const uint8_t *pages, uint64_t *next_use, unsigned count);

// Pages in order, the oldest first.
struct list {
    uint32_t count;
    uint32_t page[8 * CACHE_PAGES];
};

// Returns the place of the page, the count if it is not there.
uint32_t list_find(const struct list *list, uint32_t page);
bool list_has(const struct list *list, uint32_t page);
void list_append(struct list *list, uint32_t page);
uint32_t list_remove_at(struct list *list, uint32_t at);
// Returns whether it was there.
bool list_remove(struct list *list, uint32_t page);

#endif
