// SPDX-License-Identifier: Apache-2.0
// A run on random stimulus: until so many translations have been answered.
#include "dut_loader.h"
#include "progress.h"
#include "world.h"

static uint64_t answers(const struct world *world) {
    const struct bench_stats *stats = bench_stats(world->bench);
    return stats->answers[0] + stats->answers[1];
}

static enum sim_status drive(struct world *world, struct stimulus *stimulus,
                             const struct run_report *report, enum run_verdict *verdict,
                             struct sim_error *error) {
    const struct bench_outputs *last = NULL;
    enum sim_status status = SIM_OK;
    while (!status) {
        if (answers(world) >= world->options->random_count) {
            stimulus_drain(stimulus);
            if (stimulus_quiet(stimulus)) break;
        }
        bool lost = false;
        bool agreed = stimulus_next(stimulus, world->bench, last, &world->inputs)
                          ? world_cycle(world, report, &lost)
                          : world_report(world, report, &lost);
        if (!agreed) {
            *verdict = RUN_FAILED;
            break;
        }
        last = lost ? NULL : &world->outputs;
        status = run_progress_check(world, error);
    }
    world->counts.references = answers(world);
    return status;
}

struct stimulus_config random_stimulus(const struct run_config *config) {
    struct stimulus_config random = stimulus_default();
    random.seed = config->seed;
    random.arch = config_mmu(config).arch;
    random.table_base = CONFIG_MEMORY_BASE;
#define X(field, least, most, standard, text) random.field = (uint32_t)config->random_##field;
    STIMULUS_WEIGHT_LIST(X)
#undef X
    return random;
}

enum sim_status random_run(struct world *world, const struct run_report *report,
                           enum run_verdict *verdict, struct sim_error *error) {
    struct stimulus_config random = random_stimulus(&world->options->config);
    if (world->dut && !world->dut->ops->profile()->has_kill) random.kill = 0;
    struct bench_memory memory = world_memory(world);
    struct stimulus *stimulus = stimulus_create(&random, &memory);
    if (!stimulus) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    if (random.steer) stimulus_steer(stimulus, world->coverage);
    enum sim_status status = drive(world, stimulus, report, verdict, error);
    world->stimulus = *stimulus_stats(stimulus);
    stimulus_destroy(stimulus);
    return status;
}
