// SPDX-License-Identifier: Apache-2.0
// (space, region of 2 MiB) -> versions of its pages; open addressing.
#define _DEFAULT_SOURCE
#include "oracle.h"

#include <endian.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PAGES = 512, PAGE_BITS = 12, FIRST_CAPACITY = 256 };

struct region {
    uint64_t number;  // vpn / PAGES
    uint32_t space;
    uint64_t version[PAGES];
};

struct oracle {
    struct region **regions;
    size_t capacity, count;  // capacity: a power of two
    struct region *last;
};

struct oracle *oracle_create(void) {
    return calloc(1, sizeof(struct oracle));
}

void oracle_destroy(struct oracle *oracle) {
    if (!oracle) return;
    for (size_t i = 0; i < oracle->capacity; i++) free(oracle->regions[i]);
    free(oracle->regions);
    free(oracle);
}

static struct region **place(struct region **regions, size_t capacity, uint32_t space,
                             uint64_t number) {
    size_t at = (size_t)(((number ^ (uint64_t)space << 45) * 0x9E3779B97F4A7C15u) >> 32);
    for (at &= capacity - 1; regions[at]; at = (at + 1) & (capacity - 1))
        if (regions[at]->number == number && regions[at]->space == space) break;
    return &regions[at];
}

static bool grow(struct oracle *oracle) {
    size_t capacity = oracle->capacity ? 2 * oracle->capacity : FIRST_CAPACITY;
    struct region **regions = calloc(capacity, sizeof *regions);
    if (!regions) return false;
    for (size_t i = 0; i < oracle->capacity; i++) {
        struct region *region = oracle->regions[i];
        if (region) *place(regions, capacity, region->space, region->number) = region;
    }
    free(oracle->regions);
    oracle->regions = regions;
    oracle->capacity = capacity;
    return true;
}

static struct region *region_of(struct oracle *oracle, uint32_t space, uint64_t number) {
    struct region *last = oracle->last;
    if (last && last->number == number && last->space == space) return last;
    if (2 * oracle->count >= oracle->capacity && !grow(oracle)) return NULL;
    struct region **at = place(oracle->regions, oracle->capacity, space, number);
    if (!*at) {
        if (!(*at = calloc(1, sizeof **at))) return NULL;
        (*at)->number = number;
        (*at)->space = space;
        oracle->count++;
    }
    return oracle->last = *at;
}

static uint64_t little_endian(const uint8_t *bytes) {
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return le64toh(value);
}

enum sim_status oracle_check(struct oracle *oracle, const struct sim_memory *memory, uint32_t space,
                             uint64_t va, uint64_t pa, bool write, struct sim_error *error) {
    uint64_t vpn = va >> PAGE_BITS, tag[3] = {UINT64_MAX, UINT64_MAX, UINT64_MAX};
    struct region *region = region_of(oracle, space, vpn / PAGES);
    if (!region) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    uint64_t *latest = &region->version[vpn % PAGES];
    const uint8_t *page = sim_memory_page(memory, pa >> PAGE_BITS << PAGE_BITS);
    if (page)
        for (unsigned i = 0; i < 3; i++) tag[i] = little_endian(page + 8 * i);
    if (tag[0] != space || tag[1] != vpn)
        return sim_fail(error, SIM_ERROR_FORMAT,
                        "wrong page: space %" PRIu32 " page 0x%" PRIx64
                        " was translated to physical address 0x%" PRIx64
                        ", which holds space %" PRIu64 " page 0x%" PRIx64,
                        space, vpn, pa, tag[0], tag[1]);
    if (tag[2] != *latest)
        return sim_fail(error, SIM_ERROR_FORMAT,
                        "lost update: space %" PRIu32 " page 0x%" PRIx64
                        " at physical address 0x%" PRIx64 ": expected version %" PRIu64
                        " (as many writes have retired), found version %" PRIu64,
                        space, vpn, pa, *latest, tag[2]);
    *latest += write;
    return SIM_OK;
}
