// SPDX-License-Identifier: Apache-2.0
// A growing hash map from page to dense number, at most half full.
#include "page_map.h"

#include <stdlib.h>

static struct page_map_entry *page_map_place(const struct page_map *map, uint32_t space,
                                             uint64_t vpn) {
    uint64_t hash = (vpn ^ (uint64_t)space << 40) * UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (size_t)(hash >> 20) & (map->capacity - 1);
    while (map->entries[at].number &&
           (map->entries[at].vpn != vpn || map->entries[at].space != space)) {
        at = (at + 1) & (map->capacity - 1);
    }
    return &map->entries[at];
}

static bool page_map_grow(struct page_map *map) {
    struct page_map larger = {.capacity = map->capacity ? map->capacity * 2 : 1024,
                              .count = map->count};
    larger.entries = calloc(larger.capacity, sizeof *larger.entries);
    if (!larger.entries) return false;
    for (size_t i = 0; i < map->capacity; i++) {
        const struct page_map_entry *entry = &map->entries[i];
        if (entry->number) *page_map_place(&larger, entry->space, entry->vpn) = *entry;
    }
    free(map->entries);
    *map = larger;
    return true;
}

bool page_map_number(struct page_map *map, uint32_t space, uint64_t vpn, uint32_t *number) {
    if ((size_t)map->count * 2 >= map->capacity && !page_map_grow(map)) return false;
    struct page_map_entry *entry = page_map_place(map, space, vpn);
    if (!entry->number) {
        if (map->count == UINT32_MAX) return false;
        *entry = (struct page_map_entry){.vpn = vpn, .space = space, .number = ++map->count};
    }
    *number = entry->number - 1;
    return true;
}

void page_map_release(struct page_map *map) {
    free(map->entries);
    *map = (struct page_map){0};
}
