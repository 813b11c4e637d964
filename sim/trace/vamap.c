// SPDX-License-Identifier: Apache-2.0
// Regions of 1 GiB, in order of first appearance, onto those of a user's address range.
#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "sim/trace.h"
#include "survey.h"

struct trace_vamap {
    uint64_t last_region;  // the answer of last time; UINT64_MAX is no region
    uint64_t last_base;
    struct trace_set regions;  // in order of appearance
    uint64_t *given;           // the number of each, in that order
    size_t capacity;
    uint8_t *taken;  // a bit for each number
    uint64_t numbers;
    uint64_t highest;  // all numbers from here on are taken
};

enum sim_status trace_vamap_create(unsigned user_bits, struct trace_vamap **map,
                                   struct sim_error *error) {
    assert(user_bits >= 32 && user_bits <= 56);
    struct trace_vamap *created = calloc(1, sizeof *created);
    uint64_t numbers = UINT64_C(1) << (user_bits - TRACE_REGION_BITS);
    if (created) created->taken = calloc(1, (size_t)(numbers + 7) / 8);
    if (!created || !created->taken) {
        free(created);
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory for a map of regions");
    }
    created->last_region = UINT64_MAX;
    created->numbers = created->highest = numbers;
    *map = created;
    return SIM_OK;
}

void trace_vamap_destroy(struct trace_vamap *map) {
    if (!map) return;
    trace_set_destroy(&map->regions);
    free(map->given);
    free(map->taken);
    free(map);
}

static bool is_taken(const struct trace_vamap *map, uint64_t number) {
    return map->taken[number / 8] >> number % 8 & 1;
}

static uint64_t take_number(struct trace_vamap *map, uint64_t region) {
    uint64_t number = region;
    if (region >= map->numbers || is_taken(map, region)) {
        while (is_taken(map, map->highest - 1)) map->highest--;
        number = map->highest - 1;
    }
    map->taken[number / 8] |= (uint8_t)(1u << number % 8);
    return number;
}

static bool room(struct trace_vamap *map) {
    if (map->regions.count < map->capacity) return true;
    size_t capacity = map->capacity ? 2 * map->capacity : 64;
    uint64_t *given = realloc(map->given, capacity * sizeof *given);
    if (!given) return false;
    map->given = given;
    map->capacity = capacity;
    return true;
}

// The region's number, a new one if it is the region's first appearance.
static enum sim_status find_number(struct trace_vamap *map, uint64_t va, uint64_t *number,
                                   struct sim_error *error) {
    uint64_t region = va >> TRACE_REGION_BITS;
    size_t before = map->regions.count;
    struct trace_set_entry *entry = room(map) ? trace_set_add(&map->regions, region) : NULL;
    if (!entry) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory for a map of regions");
    if (entry->number > map->numbers) {
        return sim_fail(error, SIM_ERROR_USAGE,
                        "the trace touches more than %" PRIu64
                        " regions of 1 GiB; the one of address 0x%" PRIx64
                        " finds no place among the addresses that the mode gives to programs",
                        map->numbers, va);
    }
    if (map->regions.count > before) map->given[before] = take_number(map, region);
    *number = map->given[entry->number - 1];
    return SIM_OK;
}

enum sim_status trace_vamap_apply(struct trace_vamap *map, uint64_t va, uint64_t *mapped,
                                  struct sim_error *error) {
    uint64_t region = va >> TRACE_REGION_BITS;
    if (region != map->last_region) {
        uint64_t number = 0;
        enum sim_status status = find_number(map, va, &number, error);
        if (status != SIM_OK) return status;
        map->last_region = region;
        map->last_base = number << TRACE_REGION_BITS;
    }
    *mapped = map->last_base | (va & ((UINT64_C(1) << TRACE_REGION_BITS) - 1));
    return SIM_OK;
}
