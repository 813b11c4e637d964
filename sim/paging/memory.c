// SPDX-License-Identifier: Apache-2.0
// Simulated physical memory as a sparse table of three levels:
//
//   root[GiB] -> 512 x 2 MiB -> 512 x page of 4 KiB
//
// Only what is written exists.
#include "sim/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_PAGE_BYTES 4096u
#define MEMORY_FAN_BITS 9
#define MEMORY_FAN (1u << MEMORY_FAN_BITS)
#define MEMORY_PA_LIMIT (UINT64_C(1) << 56)

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "values lie in memory as the host has them");

struct memory_leaf {
    uint8_t *pages[MEMORY_FAN];
};

struct memory_branch {
    struct memory_leaf *leaves[MEMORY_FAN];
};

struct sim_memory {
    uint64_t base;
    uint64_t bytes;
    uint64_t roots;
    uint64_t resident_pages;
    bool exhausted;
    struct memory_branch **root;
};

enum sim_status sim_memory_create(uint64_t base, uint64_t bytes, struct sim_memory **memory,
                                  struct sim_error *error) {
    if (base % MEMORY_PAGE_BYTES || bytes % MEMORY_PAGE_BYTES || bytes == 0) {
        return sim_fail(error, SIM_ERROR_USAGE,
                        "memory of %llu bytes at 0x%llx: both must be multiples of 4096, and the "
                        "size not 0",
                        (unsigned long long)bytes, (unsigned long long)base);
    }
    if (base >= MEMORY_PA_LIMIT || bytes > MEMORY_PA_LIMIT - base) {
        return sim_fail(error, SIM_ERROR_USAGE,
                        "memory of %llu bytes at 0x%llx ends beyond the 56 bits of an address",
                        (unsigned long long)bytes, (unsigned long long)base);
    }
    struct sim_memory *made = calloc(1, sizeof *made);
    if (!made) return sim_fail(error, SIM_ERROR_MEMORY, "no memory for the simulated memory");
    made->base = base;
    made->bytes = bytes;
    made->roots = (bytes + (UINT64_C(1) << 30) - 1) >> 30;
    made->root = calloc(made->roots, sizeof *made->root);
    if (!made->root) {
        free(made);
        return sim_fail(error, SIM_ERROR_MEMORY, "no memory for the simulated memory's table");
    }
    *memory = made;
    return SIM_OK;
}

static void memory_leaf_destroy(struct memory_leaf *leaf) {
    for (unsigned i = 0; i < MEMORY_FAN; i++) free(leaf->pages[i]);
    free(leaf);
}

void sim_memory_destroy(struct sim_memory *memory) {
    if (!memory) return;
    for (uint64_t i = 0; i < memory->roots; i++) {
        struct memory_branch *branch = memory->root[i];
        if (!branch) continue;
        for (unsigned j = 0; j < MEMORY_FAN; j++) {
            if (branch->leaves[j]) memory_leaf_destroy(branch->leaves[j]);
        }
        free(branch);
    }
    free(memory->root);
    free(memory);
}

uint64_t sim_memory_base(const struct sim_memory *memory) {
    return memory->base;
}

uint64_t sim_memory_bytes(const struct sim_memory *memory) {
    return memory->bytes;
}

bool sim_memory_exists(const struct sim_memory *memory, uint64_t pa) {
    return pa - memory->base < memory->bytes;
}

// Returns the place of the page's pointer, NULL if its tables do not exist.
static uint8_t **memory_place(const struct sim_memory *memory, uint64_t pa) {
    uint64_t page = (pa - memory->base) / MEMORY_PAGE_BYTES;
    struct memory_branch *branch = memory->root[page >> (2 * MEMORY_FAN_BITS)];
    if (!branch) return NULL;
    struct memory_leaf *leaf = branch->leaves[page >> MEMORY_FAN_BITS & (MEMORY_FAN - 1)];
    return leaf ? &leaf->pages[page & (MEMORY_FAN - 1)] : NULL;
}

// The same, making the tables; NULL if the host has no memory.
static uint8_t **memory_place_make(struct sim_memory *memory, uint64_t pa) {
    uint64_t page = (pa - memory->base) / MEMORY_PAGE_BYTES;
    struct memory_branch **branch = &memory->root[page >> (2 * MEMORY_FAN_BITS)];
    if (!*branch) *branch = calloc(1, sizeof **branch);
    if (!*branch) return NULL;
    struct memory_leaf **leaf = &(*branch)->leaves[page >> MEMORY_FAN_BITS & (MEMORY_FAN - 1)];
    if (!*leaf) *leaf = calloc(1, sizeof **leaf);
    return *leaf ? &(*leaf)->pages[page & (MEMORY_FAN - 1)] : NULL;
}

const uint8_t *sim_memory_page(const struct sim_memory *memory, uint64_t pa) {
    if (!sim_memory_exists(memory, pa)) return NULL;
    uint8_t **place = memory_place(memory, pa);
    return place ? *place : NULL;
}

uint8_t *sim_memory_page_writable(struct sim_memory *memory, uint64_t pa) {
    if (!sim_memory_exists(memory, pa)) return NULL;
    uint8_t **place = memory_place_make(memory, pa);
    if (place && *place) return *place;
    if (place) *place = calloc(1, MEMORY_PAGE_BYTES);
    if (!place || !*place) {
        memory->exhausted = true;
        return NULL;
    }
    memory->resident_pages++;
    return *place;
}

void sim_memory_page_discard(struct sim_memory *memory, uint64_t pa) {
    if (!sim_memory_exists(memory, pa)) return;
    uint8_t **place = memory_place(memory, pa);
    if (!place || !*place) return;
    free(*place);
    *place = NULL;
    memory->resident_pages--;
}

bool sim_memory_read(const struct sim_memory *memory, uint64_t pa, unsigned bytes,
                     uint64_t *value) {
    assert((bytes == 4 || bytes == 8) && pa % bytes == 0);
    if (!sim_memory_exists(memory, pa)) return false;
    const uint8_t *page = sim_memory_page(memory, pa);
    *value = 0;
    if (page) memcpy(value, page + pa % MEMORY_PAGE_BYTES, bytes);
    return true;
}

bool sim_memory_write(struct sim_memory *memory, uint64_t pa, unsigned bytes, uint64_t value) {
    assert((bytes == 4 || bytes == 8) && pa % bytes == 0);
    uint8_t *page = sim_memory_page_writable(memory, pa);
    if (!page) return false;
    memcpy(page + pa % MEMORY_PAGE_BYTES, &value, bytes);
    return true;
}

bool sim_memory_exhausted(const struct sim_memory *memory) {
    return memory->exhausted;
}

uint64_t sim_memory_resident_bytes(const struct sim_memory *memory) {
    return memory->resident_pages * MEMORY_PAGE_BYTES;
}
