// SPDX-License-Identifier: Apache-2.0
// A run on random stimulus: until so many translations have been answered.
#include "progress.h"
#include "world.h"

static uint64_t answers(const struct world *world) {
    const struct bench_stats *stats = bench_stats(world->bench);
    return stats->answers[0] + stats->answers[1];
}

static bool outstanding(const struct world *world) {
    const struct bench *bench = world->bench;
    uint64_t accepted =
        bench_counter(bench, MMU_COUNT_REQUESTS) + bench_counter(bench, MMU_COUNT_REQUESTS + 8);
    return accepted > answers(world) + world->lost_requests;
}

static enum sim_status drive(struct world *world, struct stimulus *stimulus,
                             const struct run_report *report, enum run_verdict *verdict,
                             struct sim_error *error) {
    const struct bench_outputs *last = NULL;
    enum sim_status status = SIM_OK;
    while (!status) {
        if (answers(world) >= world->options->random_count) {
            stimulus_drain(stimulus);
            if (stimulus_quiet(stimulus) && !outstanding(world)) break;
        }
        bool lost = false;
        stimulus_next(stimulus, world->bench, last, &world->inputs);
        if (!world_cycle(world, report, &lost)) {
            *verdict = RUN_FAILED;
            break;
        }
        last = lost ? NULL : &world->outputs;
        status = run_progress_check(world, error);
    }
    world->counts.references = answers(world);
    return status;
}

enum sim_status random_run(struct world *world, const struct run_report *report,
                           enum run_verdict *verdict, struct sim_error *error) {
    const struct run_config *config = &world->options->config;
    struct stimulus_config random = stimulus_default();
    random.seed = config->seed;
    random.pages = (uint32_t)config->random_pages;
    random.idle = (uint32_t)config->random_idle;
    random.stall = (uint32_t)config->random_stall;
    random.fence = (uint32_t)config->random_fence;
    random.csr_change = (uint32_t)config->random_csr;
    random.pte_write = (uint32_t)config->random_pte;
    struct bench_memory memory = world_memory(world);
    struct stimulus *stimulus = stimulus_create(&random, &memory);
    if (!stimulus) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    enum sim_status status = drive(world, stimulus, report, verdict, error);
    stimulus_destroy(stimulus);
    return status;
}
