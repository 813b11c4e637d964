// SPDX-License-Identifier: Apache-2.0
// Causes of the misses of a TLB that somebody else runs: a fully associative LRU TLB of as many
// entries goes beside it.
#include <stdlib.h>

#include "lru_log.h"
#include "numbering.h"
#include "sim/kernels/tlb.h"

struct kernel_causes {
    struct numbering pages;
    struct lru_log full;
    struct kernel_three_c_counts counts;
};

enum sim_status kernel_causes_create(uint32_t entries, struct kernel_causes **causes,
                                     struct sim_error *error) {
    if (entries < 1 || entries > KERNEL_ENTRIES_MAX)
        return sim_fail(error, SIM_ERROR_USAGE, "a TLB of %u entries: 1 to %d are possible",
                        entries, KERNEL_ENTRIES_MAX);
    struct kernel_causes *c = calloc(1, sizeof *c);
    if (!c) return kernel_no_memory(error);
    enum sim_status status = lru_log_create(&c->full, entries, error);
    if (status != SIM_OK) {
        free(c);
        return status;
    }
    *causes = c;
    return SIM_OK;
}

void kernel_causes_destroy(struct kernel_causes *causes) {
    if (!causes) return;
    numbering_release(&causes->pages);
    lru_log_release(&causes->full);
    free(causes);
}

// One run of one reference: the one who tells is so much slower that runs are not worth collecting.
enum sim_status kernel_causes_add(struct kernel_causes *causes, uint64_t vpn, bool missed,
                                  struct sim_error *error) {
    struct kernel_three_c_counts *counts = &causes->counts;
    uint32_t before = causes->pages.count, page = numbering_of(&causes->pages, vpn);
    if (page == NUMBERING_NONE) return kernel_no_memory(error);
    const struct page_run run = {.page = page, .weight = 1u << 1};
    const struct page_chunk chunk = {
        .runs = &run, .count = 1, .refs = 1, .pages = causes->pages.count};
    uint8_t full_missed = 0;
    enum sim_status status = lru_log_feed(&causes->full, &chunk, &full_missed, error);
    if (status != SIM_OK) return status;
    counts->tlb.refs++;
    counts->tlb.misses += missed;
    counts->tlb.cold_misses = causes->pages.count;
    if (!missed)
        counts->spared += full_missed;
    else if (page >= before)
        counts->compulsory++;
    else if (full_missed)
        counts->capacity++;
    else
        counts->conflict++;
    return SIM_OK;
}

struct kernel_three_c_counts kernel_causes_counts(const struct kernel_causes *causes) {
    return causes->counts;
}
