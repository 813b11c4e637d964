// SPDX-License-Identifier: Apache-2.0
// space -> table of regions of 32 MiB -> versions of their pages.
#define _DEFAULT_SOURCE
#include "oracle.h"

#include <endian.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SPACES = 65536, REGIONS = 8192, PAGES = 8192, PAGE_BITS = 12 };

struct region {
    uint64_t version[PAGES];
};

struct space {
    struct region *region[REGIONS];
};

struct oracle {
    struct space *space[SPACES];
};

struct oracle *oracle_create(void) {
    return calloc(1, sizeof(struct oracle));
}

void oracle_destroy(struct oracle *oracle) {
    if (!oracle) return;
    for (unsigned s = 0; s < SPACES; s++) {
        if (!oracle->space[s]) continue;
        for (unsigned r = 0; r < REGIONS; r++) free(oracle->space[s]->region[r]);
        free(oracle->space[s]);
    }
    free(oracle);
}

static uint64_t *version_of(struct oracle *oracle, uint32_t space, uint64_t vpn) {
    struct space **s = &oracle->space[space % SPACES];
    if (!*s && !(*s = calloc(1, sizeof **s))) return NULL;
    struct region **r = &(*s)->region[vpn / PAGES % REGIONS];
    if (!*r && !(*r = calloc(1, sizeof **r))) return NULL;
    return &(*r)->version[vpn % PAGES];
}

static uint64_t little_endian(const uint8_t *bytes) {
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return le64toh(value);
}

enum sim_status oracle_check(struct oracle *oracle, const struct sim_memory *memory, uint32_t space,
                             uint64_t va, uint64_t pa, bool write, struct sim_error *error) {
    uint64_t vpn = va >> PAGE_BITS, tag[3] = {UINT64_MAX, UINT64_MAX, UINT64_MAX};
    uint64_t *latest = version_of(oracle, space, vpn);
    if (!latest) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
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
