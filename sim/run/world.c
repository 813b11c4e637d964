// SPDX-License-Identifier: Apache-2.0
// Building a run's world, taking it down, and its single cycle.
#include "world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "dut_loader.h"
#include "progress.h"

// The waveform that the repeating command records around the mismatch.
enum { WAVE_BEFORE = 2000, WAVE_AFTER = 20 };

static bool memory_read(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    return sim_memory_read(user, pa, bytes, value);
}

static bool memory_write(void *user, uint64_t pa, unsigned bytes, uint64_t value) {
    return sim_memory_write(user, pa, bytes, value);
}

struct bench_memory world_memory(struct world *world) {
    return (struct bench_memory){.user = world->memory, .read = memory_read, .write = memory_write};
}

static void note_pte(void *user, uint64_t pa, uint64_t before, uint64_t after) {
    bench_note_write(user, pa, before, after);
}

// No operating system outlives page tables that cannot be read.
static uint32_t random_errors(const struct run_options *options) {
    return options->trace_count ? 0 : (uint32_t)options->config.random_error;
}

static uint32_t random_phase(const struct run_options *options) {
    enum { TRANSACTIONS = 512 };
    return options->trace_count == 0 && options->config.random_phase ? TRANSACTIONS : 0;
}

struct coverage_config world_coverage_config(const struct run_config *config) {
    struct mmu_config mmu = config_mmu(config);
    return coverage_config_of(&mmu, (uint32_t)config->grant_min, (uint32_t)config->data_min);
}

// Steering looks at coverage, whether anybody else does or not.
static enum sim_status create_coverage(struct world *world, struct sim_error *error) {
    const struct run_options *options = world->options;
    world->coverage = options->coverage;
    if (world->coverage || options->trace_count || options->config.random_steer == 0) return SIM_OK;
    struct coverage_config covered = world_coverage_config(&options->config);
    world->coverage = world->own_coverage = coverage_create(&covered);
    return world->coverage ? SIM_OK : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
}

static enum sim_status create_bench(struct world *world, const struct loaded_dut *dut,
                                    struct sim_error *error) {
    const struct run_options *options = world->options;
    const struct run_config *config = &options->config;
    struct bench_config bench = {.mode = options->mode,
                                 .oracle = (unsigned)config->oracle + 1,
                                 .mmu = config_mmu(config),
                                 .ops = dut ? dut->ops : NULL,
                                 .dut = dut ? dut->dut : NULL,
                                 .memory = world_memory(world),
                                 .timing = {.grant_min = (uint32_t)config->grant_min,
                                            .grant_max = (uint32_t)config->grant_max,
                                            .data_min = (uint32_t)config->data_min,
                                            .data_max = (uint32_t)config->data_max,
                                            .seed = config->seed,
                                            .error_permille = random_errors(options),
                                            .phase = random_phase(options)},
                                 .watchdog_cycles = config->watchdog_cycles,
                                 .counter_interval = config->counter_interval,
                                 .wave_from = options->wave_path ? options->wave_from : 1,
                                 .wave_to = options->wave_path ? options->wave_to : 0,
                                 .coverage = world->coverage};
    world->bench = bench_create(&bench);
    return world->bench ? SIM_OK : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
}

// Pass 1 of OPT: the same schedule, looked at only.
static enum sim_status look_ahead(struct world *world, struct sim_error *error) {
    struct future_builder *builder;
    struct schedule schedule = {0};
    enum sim_status status = future_builder_create(&builder, error);
    if (status) return status;
    status = schedule_create(world->options, &schedule, error);
    while (!status) {
        struct trace_ref ref;
        unsigned process;
        status = schedule_next(&schedule, &ref, &process, error);
        if (!status) status = future_builder_add(builder, process, ref.va >> MMU_PAGE_BITS, error);
        if (!status && run_interrupted())
            status = sim_fail(error, SIM_ERROR_INTERRUPTED, "interrupted before the first cycle");
    }
    schedule_destroy(&schedule);
    if (status == SIM_END) return future_builder_finish(builder, &world->future, error);
    future_builder_abandon(builder);
    return status;
}

static uint64_t expected_references(const struct world *world) {
    uint64_t sum = 0, limit = world->schedule.limit;
    for (unsigned i = 0; i < world->schedule.count; i++) {
        uint64_t refs = trace_reader_info(world->schedule.processes[i].reader)->refs;
        sum += limit && limit < refs ? limit : refs;
    }
    return sum;
}

static enum sim_status create_pager(struct world *world, struct sim_error *error) {
    const struct run_config *config = &world->options->config;
    struct policy_parameters parameters = config_policy_parameters(config);
    struct pager_config pager = {.frames = (uint32_t)config->frames,
                                 .policy = (uint8_t)config->policy,
                                 .fence = (uint8_t)config->scan_fence,
                                 .parameters = &parameters,
                                 .seed = config->seed,
                                 .swap_slots = config->swap_mib << 8,
                                 .swap_path = world->options->swap_path,
                                 .adue = config->adue != 0,
                                 .mode = (uint8_t)config_satp_mode(config),
                                 .asid_bits = (uint8_t)config->asid_bits};
    enum sim_status status = pager_create(&pager, world->memory, &world->pager, error);
    bool ticks = config->scan_interval && policy_scans((unsigned)config->policy);
    world->next_tick = ticks ? config->scan_interval : UINT64_MAX;
    if (!status) pager_watch_ptes(world->pager, note_pte, world->bench);
    for (unsigned i = 0; !status && i < world->schedule.count; i++)
        status = pager_space_create(world->pager, &world->schedule.processes[i].space, error);
    return status;
}

static enum sim_status create_system(struct world *world, struct sim_error *error) {
    const struct run_config *config = &world->options->config;
    enum sim_status status = schedule_create(world->options, &world->schedule, error);
    if (!status) status = create_pager(world, error);
    if (!status && !(world->oracle = oracle_create()))
        status = sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    if (!status && config->policy == POLICY_OPT) status = look_ahead(world, error);
    if (!status) world->expected_references = expected_references(world);
    world->inputs.csr =
        (struct mmu_csr){.priv = MMU_PRIV_U, .mpp = MMU_PRIV_U, .adue = config->adue != 0};
    return status;
}

enum sim_status world_create(const struct run_options *options, const struct loaded_dut *dut,
                             struct world **world, struct sim_error *error) {
    struct world *w = calloc(1, sizeof *w);
    if (!w) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    w->options = options;
    w->dut = dut;
    // Any seed gives a generator state that is not 0.
    w->random = (options->config.seed + 1) * 0x9E3779B97F4A7C15u | 1;
    w->expected_references = options->random_count;
    uint64_t bytes = config_memory_bytes(&options->config);
    enum sim_status status = sim_memory_create(CONFIG_MEMORY_BASE, bytes, &w->memory, error);
    if (!status) status = create_coverage(w, error);
    if (!status) status = create_bench(w, dut, error);
    if (!status && options->trace_count) status = create_system(w, error);
    if (status)
        world_destroy(w);
    else
        *world = w;
    return status;
}

void world_destroy(struct world *world) {
    if (!world) return;
    schedule_destroy(&world->schedule);
    if (world->future) future_destroy(world->future);
    oracle_destroy(world->oracle);
    if (world->pager) pager_destroy(world->pager);
    if (world->bench) bench_destroy(world->bench);
    coverage_destroy(world->own_coverage);
    if (world->memory) sim_memory_destroy(world->memory);
    free(world);
}

// To those who want the page in other forms.
static void report_page(struct world *world, const struct run_report *report, const char *text,
                        const char *command) {
    char *body = bench_explain(world->bench, NULL);
    char *html = bench_explain_html(world->bench, command);
    const struct run_page page = {text ? text : "", body ? body : "", html ? html : ""};
    if (report->explained) report->explained(report->user, &page);
    if (report->failed) report->failed(report->record, world, &page);
    free(body);
    free(html);
}

bool world_report(struct world *world, const struct run_report *report, bool *lost) {
    char command[sizeof world->options->command + 128], wave[128] = "";
    uint64_t cycle = bench_mismatch(world->bench)->cycle;
    if (world->options->mode != BENCH_MODEL_ONLY)
        snprintf(wave, sizeof wave, " --wave mismatch.fst --wave-window %" PRIu64 ":%" PRIu64,
                 cycle > WAVE_BEFORE ? cycle - WAVE_BEFORE : 0, cycle + WAVE_AFTER);
    snprintf(command, sizeof command, "%s%s", world->options->command, wave);
    char *page = bench_explain(world->bench, command);
    report->mismatch(report->user, page ? page : "out of memory while explaining a mismatch");
    if (report->explained || report->failed) report_page(world, report, page, command);
    free(page);
    if (!world->errors) world->first = *bench_mismatch(world->bench);
    if (++world->errors >= world->options->max_errors) return false;
    bench_resynchronise(world->bench);
    world->pmp_open = false;
    *lost = true;
    return true;
}

bool world_cycle(struct world *world, const struct run_report *report, bool *lost) {
    if (bench_cycle(world->bench, &world->inputs, &world->outputs)) return true;
    return world_report(world, report, lost);
}

enum sim_status world_run(struct world *world, const struct run_report *report,
                          enum run_verdict *verdict, struct sim_error *error) {
    *verdict = RUN_PASSED;
    error->text[0] = '\0';
    enum sim_status status = world->options->trace_count
                                 ? driver_run(world, report, verdict, error)
                                 : random_run(world, report, verdict, error);
    if (!status && *verdict == RUN_PASSED && !bench_compare_counters(world->bench)) {
        bool lost;
        world_report(world, report, &lost);
    }
    run_progress_end(world);
    if (world->errors) *verdict = RUN_FAILED;
    const struct bench_stats *stats = bench_stats(world->bench);
    if (!status && *verdict == RUN_PASSED && stats->answers[0] + stats->answers[1] == 0) {
        *verdict = RUN_FAILED;
        sim_fail(error, SIM_OK, "nothing was translated, so nothing was checked");
    }
    return status;
}
