// SPDX-License-Identifier: Apache-2.0
#include "recency.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { WORD = 64, SLOTS_MIN = 4096, SLOTS_PER_PAGE = 4 };

void recency_release(struct recency *recency) {
    free(recency->page);
    free(recency->taken);
    free(recency->tree);
    free(recency->slot);
    *recency = (struct recency){0};
}

// After a compaction at least half the slots are free.
enum sim_status recency_reserve(struct recency *r, uint32_t pages, struct sim_error *error) {
    enum sim_status status = kernel_grow(&r->slot, &r->slots, pages, sizeof *r->slot, error);
    if (status != SIM_OK) return status;
    if (pages > UINT32_MAX / 8) return kernel_no_memory(error);
    if (r->capacity && r->capacity >= 2 * pages) return SIM_OK;
    uint32_t capacity = SLOTS_PER_PAGE * pages > SLOTS_MIN ? SLOTS_PER_PAGE * pages : SLOTS_MIN;
    capacity = (capacity + WORD - 1) / WORD * WORD;
    uint32_t words = capacity / WORD, old_words = r->capacity / WORD;
    uint32_t *page = realloc(r->page, capacity * sizeof *page);
    if (page) r->page = page;
    uint64_t *taken = realloc(r->taken, words * sizeof *taken);
    if (taken) r->taken = taken;
    uint32_t *tree = realloc(r->tree, (words + 1) * sizeof *tree);
    if (tree) r->tree = tree;
    if (!page || !taken || !tree) return kernel_no_memory(error);
    memset(taken + old_words, 0, (words - old_words) * sizeof *taken);
    r->capacity = capacity;
    // A Fenwick node's range depends on its index only: rebuilt from the words.
    memset(tree, 0, (words + 1) * sizeof *tree);
    for (uint32_t i = 1; i <= words; i++) {
        tree[i] += (uint32_t)__builtin_popcountll(taken[i - 1]);
        uint32_t parent = i + (i & (0 - i));
        if (parent <= words) tree[parent] += tree[i];
    }
    return SIM_OK;
}

static void add(struct recency *r, uint32_t slot, uint32_t change) {
    uint32_t words = r->capacity / WORD;
    for (uint32_t i = slot / WORD + 1; i <= words; i += i & (0 - i)) r->tree[i] += change;
    r->taken[slot / WORD] ^= UINT64_C(1) << slot % WORD;
}

// Taken slots behind `slot`.
static uint32_t newer(const struct recency *r, uint32_t slot) {
    uint64_t upto = r->taken[slot / WORD] & (UINT64_MAX >> (WORD - 1 - slot % WORD));
    uint32_t older = (uint32_t)__builtin_popcountll(upto);
    for (uint32_t i = slot / WORD; i; i -= i & (0 - i)) older += r->tree[i];
    return r->deep - older;
}

static void compact(struct recency *r) {
    uint32_t kept = 0;
    for (uint32_t slot = 0; slot < r->next; slot++) {
        if (!(r->taken[slot / WORD] >> slot % WORD & 1)) continue;
        r->page[kept] = r->page[slot];
        r->slot[r->page[kept]] = kept + 1;
        kept++;
    }
    assert(kept == r->deep && kept < r->capacity);
    uint32_t words = r->capacity / WORD;
    for (uint32_t i = 0; i < words; i++) {
        uint32_t first = i * WORD, full = kept > first ? kept - first : 0;
        r->taken[i] = full >= WORD ? UINT64_MAX : (UINT64_C(1) << full) - 1;
    }
    for (uint32_t i = 1; i <= words; i++) {
        // Node i stands for words (i - lowest bit) .. i - 1.
        uint32_t from = (i - (i & (0 - i))) * WORD, to = i * WORD;
        r->tree[i] = (kept < to ? kept : to) - (kept < from ? kept : from);
    }
    r->next = kept;
}

static void push_deep(struct recency *r, uint32_t page) {
    if (r->next == r->capacity) compact(r);
    r->page[r->next] = page;
    r->slot[page] = r->next + 1;
    add(r, r->next, 1);
    r->next++;
    r->deep++;
}

uint32_t recency_touch(struct recency *r, uint32_t page) {
    uint32_t carried = page, listed = r->listed;
    for (uint32_t at = 0; at < listed; at++) {
        uint32_t here = r->list[at];
        r->list[at] = carried;
        if (here == page) return at;
        carried = here;
    }
    uint32_t distance = RECENCY_NEVER, slot = r->slot[page];
    if (slot) {
        distance = listed + newer(r, slot - 1);
        add(r, slot - 1, 0u - 1u);
        r->deep--;
    } else {
        r->slot[page] = 1;
    }
    if (listed < RECENCY_LIST) {
        r->list[r->listed++] = carried;
    } else {
        push_deep(r, carried);
    }
    return distance;
}

void recency_remove(struct recency *r, uint32_t page) {
    uint32_t at = 0;
    while (at < r->listed && r->list[at] != page) at++;
    if (at < r->listed) {
        // The list may be short from now on: what is deep is older all the same.
        r->listed--;
        memmove(r->list + at, r->list + at + 1, (r->listed - at) * sizeof *r->list);
    } else if (r->slot[page]) {
        add(r, r->slot[page] - 1, 0u - 1u);
        r->deep--;
    }
    r->slot[page] = 0;
}
