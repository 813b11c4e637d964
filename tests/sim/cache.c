// SPDX-License-Identifier: Apache-2.0
#include "cache.h"

#include <string.h>

static bool cache_test_accessed(void *user, uint32_t frame) {
    struct cache *cache = user;
    bool accessed = cache->accessed[frame];
    cache->accessed[frame] = false;
    cache->looked++;
    return accessed;
}

static bool cache_dirty(void *user, uint32_t frame) {
    const struct cache *cache = user;
    return cache->dirty[frame];
}

static bool cache_clean(void *user, uint32_t frame) {
    struct cache *cache = user;
    assert_true(cache->dirty[frame]);
    cache->dirty[frame] = false;
    cache->cleaned++;
    return true;
}

static uint64_t cache_time(void *user, uint32_t frame) {
    const struct cache *cache = user;
    (void)frame;
    return cache->time;
}

void cache_open(struct cache *cache, unsigned kind, uint32_t frames, uint64_t seed,
                const struct policy_parameters *parameters) {
    static const struct policy_view view = {cache_test_accessed, cache_dirty, cache_clean,
                                            cache_time};
    *cache = (struct cache){.ops = policy_find(kind), .frames = frames};
    struct policy_setup setup = {.frames = frames, .seed = seed, .view = &view, .user = cache};
    setup.parameters = parameters ? *parameters : policy_parameters_default();
    assert_null(policy_parameters_check(&setup.parameters));
    cache->policy = cache->ops->create(&setup);
    assert_non_null(cache->policy);
}

void cache_close(struct cache *cache) {
    cache->ops->destroy(cache->policy);
}

static uint32_t cache_make_room(struct cache *cache, uint32_t page) {
    if (cache->count < cache->frames) return cache->count++;
    uint32_t frame = cache->ops->victim(cache->policy, page);
    assert_true(frame < cache->frames);
    assert_int_equal(cache->ops->victim(cache->policy, page), frame);  // the answer stays
    cache->ops->evict(cache->policy, frame, page);
    return frame;
}

uint32_t cache_reference(struct cache *cache, uint32_t page, bool write, uint64_t next_use) {
    uint32_t frame = 0, gone = CACHE_NO_PAGE;
    while (frame < cache->count && cache->page_of[frame] != page) frame++;
    if (frame == cache->count) {
        bool full = cache->count == cache->frames;
        cache->misses++;
        frame = cache_make_room(cache, page);
        if (full) gone = cache->page_of[frame];
        cache->page_of[frame] = page;
        cache->accessed[frame] = cache->dirty[frame] = false;
        cache->ops->insert(cache->policy, frame, page);
    }
    cache->accessed[frame] = true;
    cache->dirty[frame] |= write;
    cache->ops->touch(cache->policy, frame, next_use);
    cache->time++;
    return gone;
}

bool cache_holds(const struct cache *cache, uint32_t page) {
    for (uint32_t i = 0; i < cache->count; i++) {
        if (cache->page_of[i] == page) return true;
    }
    return false;
}

void cache_references_make(uint8_t *pages, unsigned count, uint64_t *random) {
    for (unsigned i = 0; i < count; i++) {
        uint64_t draw = sim_test_random(random);
        pages[i] =
            i > 8 && draw % 4 ? pages[i - 1 - draw / 4 % 8] : (uint8_t)(draw / 64 % CACHE_PAGES);
    }
}

void cache_next_uses_make(const uint8_t *pages, uint64_t *next_use, unsigned count) {
    uint64_t last[CACHE_PAGES];
    for (unsigned i = 0; i < CACHE_PAGES; i++) last[i] = UINT64_MAX;
    for (unsigned i = count; i-- > 0;) {
        next_use[i] = last[pages[i]];
        last[pages[i]] = i;
    }
}

uint32_t list_find(const struct list *list, uint32_t page) {
    uint32_t at = 0;
    while (at < list->count && list->page[at] != page) at++;
    return at;
}

bool list_has(const struct list *list, uint32_t page) {
    return list_find(list, page) < list->count;
}

void list_append(struct list *list, uint32_t page) {
    assert_true(list->count < sizeof list->page / sizeof *list->page);
    list->page[list->count++] = page;
}

uint32_t list_remove_at(struct list *list, uint32_t at) {
    assert_true(at < list->count);
    uint32_t page = list->page[at];
    list->count--;
    memmove(&list->page[at], &list->page[at + 1], (list->count - at) * sizeof *list->page);
    return page;
}

bool list_remove(struct list *list, uint32_t page) {
    uint32_t at = list_find(list, page);
    if (at == list->count) return false;
    list_remove_at(list, at);
    return true;
}
