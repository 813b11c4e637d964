// SPDX-License-Identifier: Apache-2.0
// Queries about page frames that the simulator of policies answers.
#include "sim/frames.h"

#include <stdlib.h>

#include "feed.h"

enum { BATCH = 4096 };

// Twice the cycles of an average walk: it reads a PTE for each level of the mode's tables, each in
// g + L cycles, which are drawn from .least to .most.
static uint64_t twice_walk_cycles(const struct run_config *run) {
    static const uint64_t levels[] = {
        [CONFIG_SV39] = 3, [CONFIG_SV48] = 4, [CONFIG_SV57] = 5, [CONFIG_SV32] = 2};
    return levels[run->mode & 3] *
           (run->grant_min + run->grant_max + run->data_min + run->data_max);
}

static struct frames_config config_of(const struct study_query *query) {
    static const unsigned fences[] = {[PAGER_FENCE_PAGE] = FRAMES_FENCE_PAGE,
                                      [PAGER_FENCE_ALL] = FRAMES_FENCE_ALL,
                                      [PAGER_FENCE_NONE] = FRAMES_FENCE_NONE};
    const struct run_config *run = &query->input.config.run;
    struct frames_config config = frames_config_default();
    config.frames = (uint32_t)run->frames;
    config.policy = (unsigned)run->policy;
    config.parameters = config_policy_parameters(run);
    config.seed = run->seed;
    if (policy_find(config.policy)->knows != POLICY_KNOWS_BITS) return config;
    config.tlb_entries = (uint32_t)run->data_entries;
    config.tlb_ways = (uint32_t)run->data_ways;
    config.scan_interval = run->scan_interval;
    config.costs.scan_cycles = run->scan_cycles;
    config.fence = fences[run->scan_fence];
    config.costs.access_cycles = run->access_cycles;
    config.costs.walk_cycles = 0;  // by twice_walk_cycles
    config.costs.fault_cycles = run->trap_cycles + run->handler_cycles;
    config.costs.swap_read_cycles = run->swap_read_cycles;
    config.costs.swap_write_cycles = run->swap_write_cycles;
    return config;
}

static void collect(struct study_query *query, const struct frames *frames) {
    const struct frames_counts *counts = frames_counts(frames);
    struct frames_config config = config_of(query);
    uint64_t *value = query->value;
    value[VALUE_REFERENCES] = counts->references;
    value[VALUE_FAULTS] = counts->faults;
    value[VALUE_DISTINCT] = counts->cold_faults;
    value[VALUE_WRITES] = counts->write_backs;
    if (policy_find(config.policy)->knows != POLICY_KNOWS_BITS) return;
    value[VALUE_SCAN_PTES] = counts->ptes_scanned;
    value[VALUE_SCAN_FENCES] = counts->scan_fences;
    value[VALUE_HIDDEN] = counts->hidden_accesses;
    uint64_t walks = counts->tlb_misses + counts->dirty_walks;
    value[VALUE_ACCESS_CYCLES] = frames_cycles(counts, &config.costs) +
                                 (walks * twice_walk_cycles(&query->input.config.run) + 1) / 2;
}

static enum sim_status feed_all(struct frames **frames, unsigned count,
                                const struct study_input *input, struct sim_error *error) {
    struct frames_reference *batch = malloc(BATCH * sizeof *batch);
    struct study_stream *stream = NULL;
    unsigned page_bits = study_page_bits(&input->config);
    enum sim_status status = batch ? study_stream_open(input, &stream, error)
                                   : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    while (!status) {
        size_t n = 0;
        struct study_ref ref;
        while (n < BATCH && !(status = study_stream_next(stream, &ref, error)))
            batch[n++] = (struct frames_reference){
                .vpn = ref.va >> page_bits, .process = ref.space, .write = ref.kind >= TRACE_STORE};
        enum sim_status fed = SIM_OK;
        if (status && status != SIM_END) break;
        for (unsigned i = 0; i < count && !fed; i++)
            fed = frames_feed(frames[i], batch, NULL, n, error);
        if (fed) status = fed;
    }
    study_stream_close(stream);
    free(batch);
    return status == SIM_END ? SIM_OK : status;
}

enum sim_status study_simulate_frames(struct study_query *const *queries, unsigned count,
                                      struct sim_error *error) {
    struct frames **frames = calloc(count, sizeof(struct frames *));
    enum sim_status status = frames ? SIM_OK : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    for (unsigned i = 0; i < count && !status; i++) {
        struct frames_config config = config_of(queries[i]);
        status = frames_create(&config, &frames[i], error);
    }
    if (!status) status = feed_all(frames, count, &queries[0]->input, error);
    for (unsigned i = 0; frames && i < count; i++) {
        if (!status) collect(queries[i], frames[i]);
        frames_destroy(frames[i]);
    }
    free(frames);
    return status;
}
