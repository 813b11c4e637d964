// SPDX-License-Identifier: Apache-2.0
// The configuration and a fully associative LRU TLB of as many entries, side by side.
#include <stdlib.h>
#include <string.h>

#include "tlb_private.h"

struct kernel_three_c {
    struct kernel_tlb *tlb;
    struct lru_log full;
    uint32_t known;  // pages that have appeared
    struct kernel_three_c_counts counts;
    uint8_t tlb_missed[PAGE_CHUNK_RUNS], full_missed[PAGE_CHUNK_RUNS];
};

enum sim_status kernel_three_c_create(const struct kernel_tlb_config *config,
                                      struct kernel_three_c **kernel, struct sim_error *error) {
    struct kernel_three_c *k = calloc(1, sizeof *k);
    if (!k) return kernel_no_memory(error);
    enum sim_status status = kernel_tlb_create(config, &k->tlb, error);
    if (status == SIM_OK) status = lru_log_create(&k->full, config->sets * config->ways, error);
    if (status != SIM_OK) {
        kernel_three_c_destroy(k);
        return status;
    }
    *kernel = k;
    return SIM_OK;
}

void kernel_three_c_destroy(struct kernel_three_c *kernel) {
    if (!kernel) return;
    kernel_tlb_destroy(kernel->tlb);
    lru_log_release(&kernel->full);
    free(kernel);
}

static void judge(struct kernel_three_c *k, uint32_t page, uint8_t tlb_missed,
                  uint8_t full_missed) {
    if (page >= k->known) {
        k->known = page + 1;
        k->counts.compulsory++;
    } else if (!tlb_missed) {
        k->counts.spared++;
    } else if (full_missed) {
        k->counts.capacity++;
    } else {
        k->counts.conflict++;
    }
}

enum sim_status kernel_three_c_feed(struct kernel_three_c *kernel, const struct page_chunk *chunk,
                                    struct sim_error *error) {
    struct kernel_three_c *k = kernel;
    memset(k->tlb_missed, 0, chunk->count);
    memset(k->full_missed, 0, chunk->count);
    enum sim_status status = kernel_tlb_feed_marked(k->tlb, chunk, k->tlb_missed, error);
    if (status == SIM_OK) status = lru_log_feed(&k->full, chunk, k->full_missed, error);
    if (status != SIM_OK) return status;
    for (size_t i = 0; i < chunk->count; i++) {
        if (k->tlb_missed[i] | k->full_missed[i]) {
            judge(k, chunk->runs[i].page, k->tlb_missed[i], k->full_missed[i]);
        }
    }
    return SIM_OK;
}

struct kernel_three_c_counts kernel_three_c_counts(const struct kernel_three_c *kernel) {
    struct kernel_three_c_counts counts = kernel->counts;
    counts.tlb = kernel_tlb_counts(kernel->tlb);
    return counts;
}
