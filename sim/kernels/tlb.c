// SPDX-License-Identifier: Apache-2.0
#include <stdbool.h>
#include <stdlib.h>

#include "sim/random.h"
#include "tlb_private.h"

enum { PLRU_WAYS_MAX = 64, SCANNED_WAYS_MAX = 32, PREFETCH = 12 };

static bool power_of_two(uint32_t n) {
    return n && !(n & (n - 1));
}

const char *kernel_tlb_config_check(const struct kernel_tlb_config *config) {
    if (config->sets == 0 || config->ways == 0 ||
        (uint64_t)config->sets * config->ways > KERNEL_ENTRIES_MAX) {
        return "sets times ways is not in 1 .. 16777216";
    }
    switch (config->policy) {
        case KERNEL_LRU:
        case KERNEL_FIFO:
        case KERNEL_RANDOM:
            return NULL;
        case KERNEL_PLRU:
            return power_of_two(config->ways) && config->ways <= PLRU_WAYS_MAX
                       ? NULL
                       : "tree-PLRU needs ways that are a power of two, at most 64";
        default:
            return "TLBs have the policies LRU, FIFO, PLRU and random";
    }
}

// The path of `way` from the root: at each node, away from the half that holds it.
static void draw_paths(struct kernel_tlb *tlb) {
    for (uint32_t way = 0; way < tlb->config.ways; way++) {
        uint64_t path = 0, up = 0;
        for (uint32_t node = tlb->config.ways + way; node > 1; node /= 2) {
            path |= UINT64_C(1) << node / 2;
            if (node % 2 == 0) up |= UINT64_C(1) << node / 2;
        }
        tlb->keep[way] = ~path;
        tlb->point[way] = up;
    }
}

static bool uses_log(const struct kernel_tlb_config *config) {
    return config->policy == KERNEL_LRU && config->sets == 1 && config->ways > SCANNED_WAYS_MAX;
}

static enum sim_status allocate(struct kernel_tlb *tlb, struct sim_error *error) {
    const struct kernel_tlb_config *config = &tlb->config;
    if (uses_log(config)) return lru_log_create(&tlb->lru, config->ways, error);
    tlb->entry = malloc((size_t)config->sets * config->ways * sizeof *tlb->entry);
    tlb->used = calloc(config->sets, sizeof *tlb->used);
    tlb->next = calloc(config->sets, sizeof *tlb->next);
    tlb->tree = calloc(config->sets, sizeof *tlb->tree);
    if (config->policy == KERNEL_PLRU) draw_paths(tlb);
    tlb->stamp = calloc((size_t)config->sets * config->ways, sizeof *tlb->stamp);
    return tlb->entry && tlb->used && tlb->next && tlb->tree && tlb->stamp
               ? SIM_OK
               : kernel_no_memory(error);
}

enum sim_status kernel_tlb_create(const struct kernel_tlb_config *config, struct kernel_tlb **tlb,
                                  struct sim_error *error) {
    const char *fault = kernel_tlb_config_check(config);
    if (fault) return sim_fail(error, SIM_ERROR_USAGE, "%s", fault);
    struct kernel_tlb *t = calloc(1, sizeof *t);
    if (!t) return kernel_no_memory(error);
    t->config = *config;
    t->random = config->seed;
    enum sim_status status = allocate(t, error);
    if (status != SIM_OK) {
        kernel_tlb_destroy(t);
        return status;
    }
    *tlb = t;
    return SIM_OK;
}

void kernel_tlb_destroy(struct kernel_tlb *tlb) {
    if (!tlb) return;
    lru_log_release(&tlb->lru);
    free(tlb->entry);
    free(tlb->used);
    free(tlb->next);
    free(tlb->tree);
    free(tlb->stamp);
    free(tlb->where);
    free(tlb);
}

static uint32_t oldest_way(const uint64_t *stamp, uint32_t ways) {
    uint32_t oldest = 0;
    for (uint32_t way = 1; way < ways; way++) {
        if (stamp[way] < stamp[oldest]) oldest = way;
    }
    return oldest;
}

static uint32_t tree_way(const struct kernel_tlb *tlb, uint32_t set) {
    uint32_t node = 1;
    while (node < tlb->config.ways) node = 2 * node + (uint32_t)(tlb->tree[set] >> node & 1);
    return node - tlb->config.ways;
}

static uint32_t victim_way(struct kernel_tlb *tlb, uint32_t set, uint8_t policy) {
    uint32_t ways = tlb->config.ways;
    switch (policy) {
        case KERNEL_LRU:
            return oldest_way(tlb->stamp + (size_t)set * ways, ways);
        case KERNEL_FIFO: {
            uint32_t way = tlb->next[set];
            tlb->next[set] = way + 1 == ways ? 0 : way + 1;
            return way;
        }
        case KERNEL_PLRU:
            return tree_way(tlb, set);
        default:
            return sim_random_below(&tlb->random, ways);
    }
}

// Bring `page` in. Returns its entry; its victim is not resident any more.
static uint32_t fill(struct kernel_tlb *tlb, uint32_t page, uint64_t vpn, uint8_t policy) {
    uint32_t sets = tlb->config.sets, ways = tlb->config.ways;
    uint32_t set = (uint32_t)(power_of_two(sets) ? vpn & (sets - 1) : vpn % sets);
    uint32_t way = tlb->used[set];
    uint32_t *entry = tlb->entry + (size_t)set * ways;
    tlb->counts.misses++;
    if (way < ways) {
        tlb->used[set]++;
    } else {
        way = victim_way(tlb, set, policy);
        tlb->where[entry[way]] = 0;
    }
    entry[way] = page;
    return set * ways + way;
}

static inline __attribute__((always_inline)) void feed(struct kernel_tlb *tlb,
                                                       const struct page_chunk *chunk,
                                                       uint8_t *missed, uint8_t policy) {
    const struct page_run *runs = chunk->runs;
    uint32_t *where = tlb->where;
    uint64_t *stamp = tlb->stamp, now = tlb->now;
    unsigned shift = (unsigned)__builtin_ctz(tlb->config.ways);  // PLRU: a power of two
    for (size_t i = 0; i < chunk->count; i++) {
        __builtin_prefetch(&where[runs[i + PREFETCH < chunk->count ? i + PREFETCH : i].page]);
        uint32_t page = runs[i].page, at = where[page];
        if (__builtin_expect(!at, 0)) {
            at = where[page] = fill(tlb, page, chunk->vpn[page], policy) + 1;
            if (missed) missed[i] = 1;
        }
        if (policy == KERNEL_LRU) stamp[at - 1] = ++now;
        if (policy == KERNEL_PLRU) {
            uint64_t *tree = &tlb->tree[(at - 1) >> shift];
            uint32_t way = (at - 1) & ((1u << shift) - 1);
            *tree = (*tree & tlb->keep[way]) | tlb->point[way];
        }
    }
    tlb->now = now;
}

enum sim_status kernel_tlb_feed_marked(struct kernel_tlb *tlb, const struct page_chunk *chunk,
                                       uint8_t *missed, struct sim_error *error) {
    uint8_t policy = tlb->config.policy;
    if (uses_log(&tlb->config)) return lru_log_feed(&tlb->lru, chunk, missed, error);
    enum sim_status status =
        kernel_grow(&tlb->where, &tlb->pages, chunk->pages, sizeof *tlb->where, error);
    if (status != SIM_OK) return status;
    if (policy == KERNEL_LRU) feed(tlb, chunk, missed, KERNEL_LRU);
    if (policy == KERNEL_FIFO) feed(tlb, chunk, missed, KERNEL_FIFO);
    if (policy == KERNEL_PLRU) feed(tlb, chunk, missed, KERNEL_PLRU);
    if (policy == KERNEL_RANDOM) feed(tlb, chunk, missed, KERNEL_RANDOM);
    tlb->counts.refs += chunk->refs;
    if (chunk->pages > tlb->counts.cold_misses) tlb->counts.cold_misses = chunk->pages;
    return SIM_OK;
}

enum sim_status kernel_tlb_feed(struct kernel_tlb *tlb, const struct page_chunk *chunk,
                                struct sim_error *error) {
    return kernel_tlb_feed_marked(tlb, chunk, NULL, error);
}

struct kernel_counts kernel_tlb_counts(const struct kernel_tlb *tlb) {
    if (!uses_log(&tlb->config)) return tlb->counts;
    return (struct kernel_counts){.refs = tlb->lru.counts.refs,
                                  .misses = tlb->lru.counts.misses,
                                  .cold_misses = tlb->lru.counts.cold_misses};
}
