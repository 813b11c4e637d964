// SPDX-License-Identifier: Apache-2.0
// One run from nothing to a result.
#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "dut_loader.h"
#include "result.h"
#include "wave.h"

static double cpu_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

bool result_reached_wave(const struct run_options *options, const struct run_result *result) {
    return result->stats.cycles > options->wave_from;
}

static void collect(const struct world *world, struct run_result *result) {
    result->stats = *bench_stats(world->bench);
    result->counts = world->counts;
    result->first = world->first;
    for (unsigned c = 0; c < MMU_COUNTERS; c++)
        result->counters[c] = bench_counter(world->bench, c);
    result->stimulus = world->stimulus;
    if (world->coverage)
        result->coverage_reached = coverage_reached(world->coverage, &result->coverage_aims);
    if (world->pager) result->paging = *pager_counts(world->pager);
}

// What no unit can show was seen: the model, the coverage or what is written about them is wrong.
static void judge_coverage(const struct world *world, struct run_result *result) {
    char name[256];
    if (!world->coverage || result->verdict != RUN_PASSED) return;
    unsigned bin = coverage_contradiction(world->coverage);
    if (bin == coverage_bins()) return;
    coverage_name(bin, name, sizeof name);
    result->verdict = RUN_FAILED;
    sim_fail(&result->failure, SIM_OK, "reached, though it cannot be (%s): %s",
             coverage_rule_of(bin, coverage_config(world->coverage))->reason, name);
}

// A trace that cannot be read ends the run before anything is built for it.
static enum sim_status check_traces(const struct run_options *options, struct sim_error *error) {
    for (unsigned i = 0; i < options->trace_count; i++) {
        struct trace_reader *reader;
        enum sim_status status = trace_reader_open(options->traces[i], &reader, error);
        if (status) return status;
        trace_reader_close(reader);
    }
    return SIM_OK;
}

enum sim_status run_once(const struct run_options *options, const struct run_report *report,
                         struct run_result *result, struct sim_error *error) {
    struct mmu_config mmu = config_mmu(&options->config);
    struct loaded_dut dut = {0};
    struct world *world = NULL;
    bool has_dut = options->mode != BENCH_MODEL_ONLY;
    *result = (struct run_result){0};
    // A unit is not built for a trace that cannot be read.
    enum sim_status status = has_dut ? check_traces(options, error) : SIM_OK;
    if (!status && has_dut)
        status = dut_load(&mmu, options->dut_path, options->config.seed,
                          options->config.properties != 0, options->wave_path, &dut, error);
    if (!status) status = world_create(options, has_dut ? &dut : NULL, &world, error);
    if (!status) {
        double start = cpu_seconds();
        if (report->begun) report->begun(report->record, world);
        status = world_run(world, report, &result->verdict, &result->failure);
        result->cpu_seconds = cpu_seconds() - start;
        if (report->ended) report->ended(report->record, world);
        if (status) *error = result->failure;
        collect(world, result);
        if (!status) judge_coverage(world, result);
    }
    world_destroy(world);
    if (has_dut) dut_unload(&dut);
    if (!status && options->wave_path && result_reached_wave(options, result))
        status = wave_check(options->wave_path, error);
    return status;
}
