// SPDX-License-Identifier: Apache-2.0
#include "cycles.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "command_line.h"
#include "dut_loader.h"
#include "stream_client.h"

enum { MOST_FRAMES = 1 << 22 };

// A store's page fault maps the page; a second one finds A and D missing and sets them.
static enum sim_status map_page(struct world *world, uint64_t key, struct sim_error *error) {
    struct mmu_fault fault = {
        .tval = key >> 16 << MMU_PAGE_BITS, .access = MMU_STORE, .cause = MMU_CAUSE_STORE_PAGE};
    uint32_t space = world->schedule.processes[key & 0xFFFF].space;
    struct pager_work work = {.outcome = PAGER_MAPPED};
    fault.asid = pager_space_asid(world->pager, space);
    for (unsigned pass = 0; pass < 2; pass++) {
        enum sim_status status = pager_fault_begin(world->pager, space, &fault, &work, error);
        if (!status && work.outcome == PAGER_MAPPED)
            status = pager_fault_finish(world->pager, &work, error);
        if (status) return status;
        if (work.outcome == PAGER_OUT_OF_MEMORY || work.outcome == PAGER_VIOLATION)
            return sim_fail(error, SIM_ERROR_MEMORY, "page 0x%" PRIx64 " of process %u: %s",
                            key >> 16, (unsigned)(key & 0xFFFF),
                            work.outcome == PAGER_VIOLATION ? "not an address of a program"
                                                            : "no room for page tables");
    }
    return SIM_OK;
}

static enum sim_status map_all(struct world *world, const struct study_pages *pages,
                               struct sim_error *error) {
    enum sim_status status = SIM_OK;
    for (size_t i = 0; i < pages->count && !status; i++)
        status = map_page(world, pages->keys[i], error);
    return status;
}

// With an RTL, what the RTL counted. What was mapped before the first reference is no fault of it.
static void collect(const struct world *world, const struct pager_counts *mapped,
                    struct run_result *result) {
    bool has_dut = world->options->mode != BENCH_MODEL_ONLY;
    result->stats = *bench_stats(world->bench);
    result->counts = world->counts;
    for (unsigned c = 0; c < MMU_COUNTERS; c++)
        result->counters[c] =
            has_dut ? bench_dut_counter(world->bench, c) : bench_counter(world->bench, c);
    result->paging = *pager_counts(world->pager);
    result->paging.references -= mapped->references;
    result->paging.major_faults -= mapped->major_faults;
    result->paging.minor_faults -= mapped->minor_faults;
    result->paging.zero_fills -= mapped->zero_fills;
}

static enum sim_status run(struct run_options *options, const struct study_pages *pages,
                           const struct run_report *report, struct run_result *result,
                           struct sim_error *error) {
    struct mmu_config mmu = config_mmu(&options->config);
    struct loaded_dut dut = {0};
    struct world *world = NULL;
    bool has_dut = options->mode != BENCH_MODEL_ONLY;
    enum sim_status status = SIM_OK;
    struct pager_counts mapped = {0};
    if (has_dut)
        status = dut_load(&mmu, options->dut_path, options->config.seed,
                          options->config.properties != 0, NULL, &dut, error);
    if (!status) status = world_create(options, has_dut ? &dut : NULL, &world, error);
    if (!status) status = map_all(world, pages, error);
    if (!status) mapped = *pager_counts(world->pager);
    if (!status) {
        status = world_run(world, report, &result->verdict, &result->failure);
        if (status) *error = result->failure;
        collect(world, &mapped, result);
        if (options->seen)
            atomic_store_explicit(options->seen, world->counts.references, memory_order_relaxed);
    }
    world_destroy(world);
    if (has_dut) dut_unload(&dut);
    return status;
}

static enum sim_status prepare(const struct study_input *input, struct run_options *options,
                               struct study_pages *pages, struct sim_error *error) {
    study_run_options(input, options);
    if (input->config.paging == STUDY_DEMAND) return SIM_OK;
    enum sim_status status = study_pages_of(input, pages, error);
    if (status) return status;
    if (pages->count > MOST_FRAMES)
        return sim_fail(error, SIM_ERROR_USAGE,
                        "the programs touch %zu pages, more than %d: study.paging = resident is "
                        "too large for the timed model",
                        pages->count, MOST_FRAMES);
    options->config.frames = pages->count ? pages->count : 1;
    options->config.policy = POLICY_FIFO;  // never asked: nothing is evicted
    return SIM_OK;
}

static void no_page(void *user, const char *page) {
    (void)user;
    (void)page;
}

// `tandem run` repeats a run with page faults; one with its pages mapped only a study repeats,
// which writes no waveform: what a page adds for one is a comment.
static void write_command(const struct study_input *input, const struct study_rtl *rtl,
                          struct run_options *options) {
    command_line_write(options);
    if (!rtl || input->config.paging == STUDY_DEMAND) return;
    int n = snprintf(options->command, sizeof options->command, "%s  # no waveform:", rtl->command);
    if (n < 0 || (size_t)n >= sizeof options->command)
        snprintf(options->command, sizeof options->command,
                 "the command of this study (too long to be printed here), without");
}

enum sim_status study_cycles_point(const struct study_input *input, const struct study_rtl *rtl,
                                   struct run_result *result, struct sim_error *error) {
    if (input->config.client == STUDY_STREAM) return study_stream_client(input, rtl, result, error);
    const struct run_report silent = {.mismatch = no_page};
    struct run_options *options = malloc(sizeof *options);
    struct study_pages pages = {0};
    if (!options) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    *result = (struct run_result){0};
    enum sim_status status = prepare(input, options, &pages, error);
    options->seen = input->seen;
    options->observer = input->observer;
    options->mode = rtl ? BENCH_LOCKSTEP : BENCH_MODEL_ONLY;
    options->dut_path = rtl ? rtl->dut_path : NULL;
    write_command(input, rtl, options);
    if (!status) status = run(options, &pages, rtl ? rtl->report : &silent, result, error);
    study_pages_destroy(&pages);
    free(options);
    return status;
}
