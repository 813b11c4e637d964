// SPDX-License-Identifier: Apache-2.0
// Regions of 1 GiB, in order of first appearance, onto the 256 of Sv39's lower half.
#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "sim/trace.h"

enum { REGIONS = 256, REGION_BITS = 30, BUCKETS = 1024 };

// Open addressing with linear probing; at most a quarter of the buckets is ever in use.
struct trace_vamap {
    uint64_t last_region;  // the answer of last time; UINT64_MAX is no region
    uint64_t last_base;
    uint64_t regions[BUCKETS];
    uint16_t numbers[BUCKETS];  // given number + 1, 0 = bucket is free
    bool taken[REGIONS];
    unsigned count;
};

enum sim_status trace_vamap_create(struct trace_vamap **map, struct sim_error *error) {
    struct trace_vamap *created = calloc(1, sizeof *created);
    if (!created) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory for a map of regions");
    created->last_region = UINT64_MAX;
    *map = created;
    return SIM_OK;
}

void trace_vamap_destroy(struct trace_vamap *map) {
    free(map);
}

static unsigned bucket_of(const struct trace_vamap *map, uint64_t region) {
    unsigned bucket = (unsigned)((region * UINT64_C(0x9E3779B97F4A7C15)) >> 54);
    while (map->numbers[bucket] && map->regions[bucket] != region) {
        bucket = (bucket + 1) % BUCKETS;
    }
    return bucket;
}

static unsigned free_number(const struct trace_vamap *map, uint64_t region) {
    if (region < REGIONS && !map->taken[region]) return (unsigned)region;
    unsigned number = REGIONS - 1;
    while (map->taken[number]) number--;
    return number;
}

enum sim_status trace_vamap_apply(struct trace_vamap *map, uint64_t va, uint64_t *mapped,
                                  struct sim_error *error) {
    uint64_t region = va >> REGION_BITS;
    if (region != map->last_region) {
        unsigned bucket = bucket_of(map, region);
        if (!map->numbers[bucket]) {
            if (map->count == REGIONS) {
                return sim_fail(error, SIM_ERROR_USAGE,
                                "the trace touches more than %d regions of 1 GiB; the one of "
                                "address 0x%" PRIx64 " finds no place in Sv39's lower half",
                                REGIONS, va);
            }
            unsigned number = free_number(map, region);
            map->taken[number] = true;
            map->count++;
            map->regions[bucket] = region;
            map->numbers[bucket] = (uint16_t)(number + 1);
        }
        map->last_region = region;
        map->last_base = (uint64_t)(map->numbers[bucket] - 1U) << REGION_BITS;
    }
    *mapped = map->last_base | (va & ((UINT64_C(1) << REGION_BITS) - 1));
    return SIM_OK;
}
