// SPDX-License-Identifier: Apache-2.0
// All jobs of a comparison.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"

static enum sim_status build_all(const struct compare_options *options, struct compare_side side[2],
                                 struct sim_error *error) {
    enum sim_status status = SIM_OK;
    for (unsigned u = 0; u < options->units && !status; u++) {
        struct mmu_config mmu = config_mmu(&options->unit[u].config);
        for (unsigned s = 0; s < 2 && !status; s++)
            status = compare_side_build(&side[s], &mmu, side[s].dut[u], error);
    }
    return status;
}

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static struct compare_job *new_job(struct compare_result *result, enum compare_kind kind,
                                   unsigned unit) {
    struct compare_job *job = &result->job[result->jobs++];
    memset(job, 0, sizeof *job);
    job->kind = kind;
    job->unit = unit;
    return job;
}

static void finish(struct compare_result *result, const struct compare_options *options,
                   const struct compare_job *job) {
    if (job->undirected)
        result->undirected = true;
    else if (job->verdict > result->verdict)
        result->verdict = job->verdict;
    if (!options->quiet) compare_print(job);
}

static enum sim_status run_probes(const struct compare_options *options,
                                  const struct compare_side side[2], unsigned unit,
                                  struct compare_result *result, struct sim_error *error) {
    struct mmu_config mmu = config_mmu(&options->unit[unit].config);
    struct compare_probes probes[2] = {0};
    enum sim_status status = SIM_OK;
    for (unsigned s = 0; s < 2 && !status; s++)
        status = compare_probe(&mmu, side[s].dut[unit], &probes[s], error);
    if (status) return status;
    if (!compare_probes_answered(&probes[0]) && !compare_probes_answered(&probes[1]))
        return sim_fail(
            error, SIM_ERROR_USAGE,
            "%s: neither BASE nor HEAD answers a single access: nothing can be compared",
            options->unit[unit].name);
    struct compare_job *job = new_job(result, COMPARE_PROBE, unit);
    snprintf(job->name, sizeof job->name, "%s, single accesses", options->unit[unit].name);
    compare_judge_probes(job, &probes[0], &probes[1]);
    finish(result, options, job);
    return SIM_OK;
}

static bool retimed(const struct compare_result *result, unsigned unit) {
    for (unsigned j = 0; j < result->jobs; j++) {
        const struct compare_job *job = &result->job[j];
        if (job->unit == unit && job->kind == COMPARE_PROBE) return job->verdict != COMPARE_SAME;
    }
    return false;
}

// A side that does not keep the model's time is measured by the other oracle: then both are.
static enum sim_status run_job(const struct run_options *run, const struct compare_side side[2],
                               unsigned unit, struct compare_sample sample[2],
                               struct sim_error *error) {
    enum sim_status status = SIM_OK;
    for (unsigned s = 0; s < 2 && !status; s++)
        status = compare_measure(run, side[s].dut[unit], false, &sample[s], error);
    if (status || sample[0].exact == sample[1].exact || !sample[0].right || !sample[1].right)
        return status;
    unsigned exact = sample[0].exact ? 0 : 1;
    return compare_measure(run, side[exact].dut[unit], true, &sample[exact], error);
}

static enum sim_status run_both(const struct compare_options *options,
                                const struct compare_side side[2], unsigned unit, const char *trace,
                                uint64_t seed, struct compare_result *result,
                                struct sim_error *error) {
    struct run_options *run = calloc(1, sizeof *run);
    struct compare_sample *sample = calloc(2, sizeof *sample);
    if (!run || !sample) {
        free(run);
        free(sample);
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    run->config = options->unit[unit].config;
    run->config.seed = seed;
    run->mode = BENCH_LOCKSTEP;
    run->max_errors = 1;
    run->wave_to = UINT64_MAX;
    if (trace) {
        run->traces[run->trace_count++] = trace;
        run->config.references = options->references;
    } else {
        run->random_count = options->random;
    }
    enum sim_status status = run_job(run, side, unit, sample, error);
    if (!status) {
        struct compare_job *job = new_job(result, trace ? COMPARE_TRACE : COMPARE_RANDOM, unit);
        if (trace)
            snprintf(job->name, sizeof job->name, "%s, %.80s", options->unit[unit].name,
                     file_name(trace));
        else
            snprintf(job->name, sizeof job->name, "%s, random, seed %llu", options->unit[unit].name,
                     (unsigned long long)seed);
        job->retimed = retimed(result, unit);
        compare_judge(job, &sample[0], &sample[1]);
        finish(result, options, job);
    }
    free(run);
    free(sample);
    return status;
}

static enum sim_status run_unit(const struct compare_options *options,
                                const struct compare_side side[2], unsigned unit,
                                struct compare_result *result, struct sim_error *error) {
    enum sim_status status = run_probes(options, side, unit, result, error);
    for (uint64_t k = 0; k < options->seeds && options->random && !status; k++)
        status = run_both(options, side, unit, NULL, options->seed + k, result, error);
    for (unsigned t = 0; t < options->traces && !status; t++)
        status = run_both(options, side, unit, options->trace[t], options->seed, result, error);
    return status;
}

enum sim_status compare_run(const struct compare_options *options, struct compare_result *result,
                            struct sim_error *error) {
    struct compare_side *side = calloc(2, sizeof *side);
    size_t most = (size_t)options->units * (1 + options->seeds + options->traces);
    *result = (struct compare_result){.job = calloc(most, sizeof *result->job)};
    enum sim_status status =
        side && result->job ? SIM_OK : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    if (!status) status = compare_side_open(&side[0], options->base, error);
    if (!status) status = compare_side_open(&side[1], options->head, error);
    if (!status) status = build_all(options, side, error);
    for (unsigned u = 0; u < options->units && !status; u++)
        status = run_unit(options, side, u, result, error);
    if (result->undirected && result->verdict == COMPARE_SAME) result->verdict = COMPARE_CHANGED;
    if (!status && options->cost)
        status = compare_cost(&options->unit[0].config, side, result, error);
    for (unsigned s = 0; side && s < 2; s++) compare_side_close(&side[s]);
    free(side);
    return status;
}
