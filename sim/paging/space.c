// SPDX-License-Identifier: Apache-2.0
// Page tables: a pool of pages, the path of a vpn, the tables that a space owns.
#include "space.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SPACE_MOST_LEVELS 5u

static const struct space_shape space_shapes[] = {
    {MMU_SATP_MODE_SV32, 2, 10, 4, 22, 32},
    {MMU_SATP_MODE_SV39, 3, 9, 8, 44, 38},
    {MMU_SATP_MODE_SV48, 4, 9, 8, 44, 47},
    {MMU_SATP_MODE_SV57, 5, 9, 8, 44, 56},
};

const struct space_shape *space_shape_of(unsigned mode) {
    for (size_t i = 0; i < sizeof space_shapes / sizeof *space_shapes; i++) {
        if (space_shapes[i].mode == mode) return &space_shapes[i];
    }
    return NULL;
}

struct space_pool {
    struct sim_memory *memory;
    const struct space_shape *shape;
    uint64_t base;
    uint64_t pages;
    uint64_t fresh;   // pages below this number were taken at least once
    uint64_t *freed;  // stack of pages given back; has room for all the fresh ones
    size_t freed_count;
    size_t capacity;
    space_watch_fn *watch;  // NULL: nobody
    void *watch_user;
};

struct space_table {
    uint64_t pa;
    uint64_t first_vpn;
    unsigned level;
};

struct space {
    struct space_pool *pool;
    struct space_table *tables;  // [0] is the root
    size_t count;
    size_t capacity;
};

struct space_pool *space_pool_create(struct sim_memory *memory, const struct space_shape *shape,
                                     uint64_t base, uint64_t pages) {
    struct space_pool *pool = calloc(1, sizeof *pool);
    if (!pool) return NULL;
    pool->memory = memory;
    pool->shape = shape;
    pool->base = base;
    pool->pages = pages;
    return pool;
}

void space_pool_destroy(struct space_pool *pool) {
    if (!pool) return;
    assert(pool->freed_count == pool->fresh);
    free(pool->freed);
    free(pool);
}

uint64_t space_pool_free(const struct space_pool *pool) {
    return pool->pages - pool->fresh + pool->freed_count;
}

static bool space_pool_room(struct space_pool *pool) {
    if (pool->capacity > pool->fresh) return true;
    size_t capacity = pool->capacity ? pool->capacity * 2 : 64;
    uint64_t *freed = realloc(pool->freed, capacity * sizeof *freed);
    if (!freed) return false;
    pool->freed = freed;
    pool->capacity = capacity;
    return true;
}

void space_pool_watch(struct space_pool *pool, space_watch_fn *watch, void *user) {
    pool->watch = watch;
    pool->watch_user = user;
}

static void space_tell_wiped(const struct space_pool *pool, uint64_t table) {
    unsigned bytes = pool->shape->pte_bytes;
    for (uint64_t pa = table; pa < table + MMU_PAGE_BYTES; pa += bytes) {
        uint64_t pte = 0;
        sim_memory_read(pool->memory, pa, bytes, &pte);
        if (pte != 0) pool->watch(pool->watch_user, pa, pte, 0);
    }
}

static void space_pool_give(struct space_pool *pool, uint64_t pa) {
    if (pool->watch) space_tell_wiped(pool, pa);
    sim_memory_page_discard(pool->memory, pa);
    pool->freed[pool->freed_count++] = pa;
}

static enum space_status space_pool_take(struct space_pool *pool, uint64_t *pa) {
    if (space_pool_free(pool) == 0) return SPACE_NO_TABLES;
    if (pool->freed_count > 0) {
        *pa = pool->freed[--pool->freed_count];
    } else {
        if (!space_pool_room(pool)) return SPACE_NO_HOST_MEMORY;
        *pa = pool->base + pool->fresh++ * MMU_PAGE_BYTES;
    }
    uint8_t *page = sim_memory_page_writable(pool->memory, *pa);
    if (!page) {
        space_pool_give(pool, *pa);
        return SPACE_NO_HOST_MEMORY;
    }
    memset(page, 0, MMU_PAGE_BYTES);
    return SPACE_OK;
}

static bool space_room(struct space *space, size_t more) {
    if (space->count + more <= space->capacity) return true;
    size_t capacity = space->capacity * 2 + more + 8;
    struct space_table *tables = realloc(space->tables, capacity * sizeof *tables);
    if (!tables) return false;
    space->tables = tables;
    space->capacity = capacity;
    return true;
}

enum space_status space_create(struct space_pool *pool, struct space **space) {
    struct space *made = calloc(1, sizeof *made);
    if (!made) return SPACE_NO_HOST_MEMORY;
    made->pool = pool;
    uint64_t root = 0;
    enum space_status status =
        space_room(made, pool->shape->levels) ? space_pool_take(pool, &root) : SPACE_NO_HOST_MEMORY;
    if (status != SPACE_OK) {
        free(made->tables);
        free(made);
        return status;
    }
    made->tables[made->count++] =
        (struct space_table){.pa = root, .level = pool->shape->levels - 1u};
    *space = made;
    return SPACE_OK;
}

void space_destroy(struct space *space) {
    if (!space) return;
    for (size_t i = 0; i < space->count; i++) space_pool_give(space->pool, space->tables[i].pa);
    free(space->tables);
    free(space);
}

uint64_t space_root(const struct space *space) {
    return space->tables[0].pa;
}

static uint64_t space_entry(const struct space_shape *shape, uint64_t table, uint64_t vpn,
                            unsigned level) {
    uint64_t fan = UINT64_C(1) << shape->vpn_bits;
    return table + (vpn >> (shape->vpn_bits * level) & (fan - 1)) * shape->pte_bytes;
}

// Follow the path of vpn as far as it exists: *pa is the PTE of *level where it ends, at best that
// of the page (level 0).
static enum space_status space_descend(const struct space *space, uint64_t vpn, unsigned *level,
                                       uint64_t *pa) {
    const struct space_pool *pool = space->pool;
    const struct space_shape *shape = pool->shape;
    *level = shape->levels - 1u;
    *pa = space_entry(shape, space_root(space), vpn, *level);
    while (*level > 0) {
        uint64_t pte = 0;
        sim_memory_read(pool->memory, *pa, shape->pte_bytes, &pte);
        if (pte == 0) return SPACE_OK;
        uint64_t table = pte >> MMU_PTE_PPN_SHIFT << MMU_PAGE_BITS;
        bool inside = table - pool->base < pool->fresh * MMU_PAGE_BYTES;
        if ((pte & 0x3FFu) != MMU_PTE_V || pte >> 54 || !inside) return SPACE_DAMAGED;
        --*level;
        *pa = space_entry(shape, table, vpn, *level);
    }
    return SPACE_OK;
}

uint64_t space_pte_find(const struct space *space, uint64_t vpn) {
    unsigned level;
    uint64_t pa;
    enum space_status status = space_descend(space, vpn, &level, &pa);
    return status == SPACE_OK && level == 0 ? pa : SPACE_NO_PTE;
}

// Take the `count` tables of a path, or none.
static enum space_status space_take(struct space *space, unsigned count, uint64_t *tables) {
    if (count > space_pool_free(space->pool)) return SPACE_NO_TABLES;
    if (!space_room(space, count)) return SPACE_NO_HOST_MEMORY;
    for (unsigned i = 0; i < count; i++) {
        enum space_status status = space_pool_take(space->pool, &tables[i]);
        if (status == SPACE_OK) continue;
        while (i-- > 0) space_pool_give(space->pool, tables[i]);
        return status;
    }
    return SPACE_OK;
}

enum space_status space_pte_make(struct space *space, uint64_t vpn, uint64_t *pte_pa) {
    const struct space_shape *shape = space->pool->shape;
    unsigned level;
    uint64_t pa;
    uint64_t tables[SPACE_MOST_LEVELS] = {0};
    enum space_status status = space_descend(space, vpn, &level, &pa);
    if (status == SPACE_OK) status = space_take(space, level, tables);
    if (status != SPACE_OK) return status;
    for (unsigned i = 0; level > 0; i++) {
        uint64_t pte = tables[i] >> MMU_PAGE_BITS << MMU_PTE_PPN_SHIFT | MMU_PTE_V;
        sim_memory_write(space->pool->memory, pa, shape->pte_bytes, pte);
        if (space->pool->watch) space->pool->watch(space->pool->watch_user, pa, 0, pte);
        unsigned shift = shape->vpn_bits * level--;
        space->tables[space->count++] = (struct space_table){
            .pa = tables[i], .first_vpn = vpn >> shift << shift, .level = level};
        pa = space_entry(shape, tables[i], vpn, level);
    }
    *pte_pa = pa;
    return SPACE_OK;
}

void space_walk(const struct space *space, space_walk_fn *visit, void *user) {
    unsigned bytes = space->pool->shape->pte_bytes;
    for (size_t i = 0; i < space->count; i++) {
        const struct space_table *table = &space->tables[i];
        if (table->level != 0) continue;
        for (unsigned entry = 0; entry < MMU_PAGE_BYTES / bytes; entry++) {
            uint64_t pte = 0, pa = table->pa + entry * bytes;
            sim_memory_read(space->pool->memory, pa, bytes, &pte);
            if (pte != 0) visit(user, table->first_vpn + entry, pa, pte);
        }
    }
}
