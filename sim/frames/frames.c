// SPDX-License-Identifier: Apache-2.0
// The simulator's life and its results.
#include "sim/frames.h"

#include <stdlib.h>

#include "private.h"

#define FRAMES_MOST (1u << 28)

struct frames_config frames_config_default(void) {
    return (struct frames_config){.frames = 256,
                                  .policy = POLICY_LRU,
                                  .seed = 1,
                                  .parameters = policy_parameters_default(),
                                  .tlb_ways = 1,
                                  .scan_interval = 2000,
                                  .fence = FRAMES_FENCE_PAGE,
                                  .costs = {.access_cycles = 4,
                                            .walk_cycles = 27,
                                            .fault_cycles = 1100,
                                            .swap_read_cycles = 100000,
                                            .swap_write_cycles = 100000,
                                            .scan_cycles = 10,
                                            .fence_cycles = 10}};
}

static enum sim_status frames_check(const struct frames_config *config, struct sim_error *error) {
    const char *wrong = policy_parameters_check(&config->parameters);
    if (config->frames < 1 || config->frames > FRAMES_MOST) {
        return sim_fail(error, SIM_ERROR_USAGE, "%lu frames: 1 to %lu are possible",
                        (unsigned long)config->frames, (unsigned long)FRAMES_MOST);
    }
    if (!policy_find(config->policy)) {
        return sim_fail(error, SIM_ERROR_USAGE, "there is no replacement policy %u",
                        config->policy);
    }
    if (wrong) return sim_fail(error, SIM_ERROR_USAGE, "%s", wrong);
    if (config->tlb_entries > FRAMES_MOST ||
        (config->tlb_entries &&
         (config->tlb_ways == 0 || config->tlb_entries % config->tlb_ways != 0))) {
        return sim_fail(error, SIM_ERROR_USAGE, "a TLB of %lu entries cannot have %lu ways",
                        (unsigned long)config->tlb_entries, (unsigned long)config->tlb_ways);
    }
    if (config->fence >= FRAMES_FENCES) {
        return sim_fail(error, SIM_ERROR_USAGE, "there is no kind of fence %u", config->fence);
    }
    return SIM_OK;
}

static bool frames_allocate(struct frames *frames) {
    const struct frames_config *config = &frames->config;
    struct policy_setup setup = {.frames = config->frames,
                                 .seed = config->seed,
                                 .parameters = config->parameters,
                                 .view = &frames_view,
                                 .user = frames};
    frames->tlb_sets = config->tlb_entries ? config->tlb_entries / config->tlb_ways : 0;
    frames->policy = frames->ops->create(&setup);
    frames->frame = calloc(config->frames, sizeof *frames->frame);
    frames->tlb_count = calloc((size_t)frames->tlb_sets + 1, sizeof *frames->tlb_count);
    frames->tlb = calloc((size_t)config->frames + frames->tlb_sets, sizeof *frames->tlb);
    if (!pages_create(&frames->pages) || !frames->policy || !frames->frame || !frames->tlb_count ||
        !frames->tlb) {
        return false;
    }
    for (uint32_t set = 0; set < frames->tlb_sets; set++) {
        links_empty(frames->tlb, config->frames + set);
    }
    return true;
}

enum sim_status frames_create(const struct frames_config *config, struct frames **frames,
                              struct sim_error *error) {
    enum sim_status status = frames_check(config, error);
    if (status != SIM_OK) return status;
    struct frames *made = calloc(1, sizeof *made);
    if (!made) return sim_fail(error, SIM_ERROR_MEMORY, "no memory for page frames");
    made->config = *config;
    made->ops = policy_find(config->policy);
    made->last_page = FRAMES_NO_PAGE;
    bool ticks = config->scan_interval && policy_scans(config->policy);
    made->tick_at = ticks ? config->scan_interval : UINT64_MAX;
    if (!frames_allocate(made)) {
        frames_destroy(made);
        return sim_fail(error, SIM_ERROR_MEMORY, "no memory for %lu page frames",
                        (unsigned long)config->frames);
    }
    *frames = made;
    return SIM_OK;
}

void frames_destroy(struct frames *frames) {
    if (!frames) return;
    if (frames->policy) frames->ops->destroy(frames->policy);
    pages_release(&frames->pages);
    free(frames->frame);
    free(frames->tlb_count);
    free(frames->tlb);
    free(frames->time);
    free(frames);
}

const struct frames_counts *frames_counts(const struct frames *frames) {
    return &frames->counts;
}

uint64_t frames_cycles(const struct frames_counts *counts, const struct frames_costs *costs) {
    return counts->references * costs->access_cycles +
           (counts->tlb_misses + counts->dirty_walks) * costs->walk_cycles +
           counts->faults * costs->fault_cycles + counts->swap_reads * costs->swap_read_cycles +
           counts->write_backs * costs->swap_write_cycles +
           counts->ptes_scanned * costs->scan_cycles +
           (counts->scan_fences + counts->unmap_fences) * costs->fence_cycles;
}

double frames_effective_access(const struct frames_counts *counts,
                               const struct frames_costs *costs) {
    if (counts->references == 0) return 0;
    return (double)frames_cycles(counts, costs) / (double)counts->references;
}

double frames_distance(const struct frames_counts *counts, const struct frames_counts *opt) {
    return opt->faults ? (double)counts->faults / (double)opt->faults - 1 : 0;
}

const char *frames_fence_name(unsigned fence) {
    static const char *const names[FRAMES_FENCES] = {"none", "page", "all"};
    return fence < FRAMES_FENCES ? names[fence] : NULL;
}
