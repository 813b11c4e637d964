// SPDX-License-Identifier: Apache-2.0
// Open addressing over numbers; the keys stand in the array that everybody needs anyway.
#include "numbering.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 4096 };

void numbering_release(struct numbering *numbering) {
    free(numbering->slots);
    free(numbering->vpn);
    *numbering = (struct numbering){0};
}

static size_t home(const struct numbering *n, uint64_t vpn) {
    return (size_t)((vpn * UINT64_C(0x9E3779B97F4A7C15)) >> 24) & (n->capacity - 1);
}

static uint32_t *find(const struct numbering *n, uint64_t vpn) {
    size_t at = home(n, vpn);
    while (n->slots[at] != NUMBERING_NONE && n->vpn[n->slots[at]] != vpn) {
        at = (at + 1) & (n->capacity - 1);
    }
    return &n->slots[at];
}

static bool grow_slots(struct numbering *n) {
    size_t capacity = n->capacity ? 2 * n->capacity : FIRST_CAPACITY;
    uint32_t *slots = malloc(capacity * sizeof *slots);
    if (!slots) return false;
    memset(slots, 0xFF, capacity * sizeof *slots);
    free(n->slots);
    n->slots = slots;
    n->capacity = capacity;
    for (uint32_t i = 0; i < n->count; i++) *find(n, n->vpn[i]) = i;
    return true;
}

static bool grow_vpn(struct numbering *n) {
    size_t capacity = n->vpn_capacity ? 2 * (size_t)n->vpn_capacity : FIRST_CAPACITY / 2;
    if (capacity > NUMBERING_NONE) capacity = NUMBERING_NONE;
    if (capacity == n->vpn_capacity) return false;
    uint64_t *vpn = realloc(n->vpn, capacity * sizeof *vpn);
    if (!vpn) return false;
    n->vpn = vpn;
    n->vpn_capacity = (uint32_t)capacity;
    return true;
}

uint32_t numbering_of(struct numbering *n, uint64_t vpn) {
    if (2 * (size_t)n->count >= n->capacity && !grow_slots(n)) return NUMBERING_NONE;
    uint32_t *slot = find(n, vpn);
    if (*slot != NUMBERING_NONE) return *slot;
    if (n->count == n->vpn_capacity && !grow_vpn(n)) return NUMBERING_NONE;
    n->vpn[n->count] = vpn;
    *slot = n->count++;
    return *slot;
}

uint32_t numbering_known(const struct numbering *n, uint64_t vpn) {
    return n->capacity ? *find(n, vpn) : NUMBERING_NONE;
}

void numbering_prefetch_slot(const struct numbering *n, uint64_t vpn) {
    if (n->capacity) __builtin_prefetch(&n->slots[home(n, vpn)]);
}

void numbering_prefetch_key(const struct numbering *n, uint64_t vpn) {
    if (!n->capacity) return;
    uint32_t number = n->slots[home(n, vpn)];
    if (number != NUMBERING_NONE) __builtin_prefetch(&n->vpn[number]);
}
