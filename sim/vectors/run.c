// SPDX-License-Identifier: Apache-2.0
// For each query: the walk, the timed model, the DUT, in this order, all on the same memory. What
// each of them changes is undone, and at the end, if the scenario keeps updates, what the file says
// is done: so that one failure does not make the next.
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"
#include "units.h"

struct vectors_run {
    struct vectors_options options;
    vectors_report_fn *report;
    void *user;
    uint64_t reported;
    const char *file;
    struct vectors_memory *memory;
    struct vectors_units engines, duts;
    struct vectors_hart hart;
    struct vectors_unit *engine, *dut;  // of this scenario; NULL: not asked
    bool engine_ready, dut_ready;       // reset, with this scenario's PMP registers
    struct mmu_walk_trace trace;
};

enum sim_status vectors_run_create(const struct vectors_options *options, vectors_report_fn *report,
                                   void *user, struct vectors_run **run, struct sim_error *error) {
    struct vectors_run *made = calloc(1, sizeof *made);
    if (made) made->memory = vectors_memory_create();
    if (!made || !made->memory) {
        free(made);
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    made->options = *options;
    made->report = report;
    made->user = user;
    made->engines = (struct vectors_units){
        .hierarchy = options->hierarchy, .seed = options->seed, .memory = made->memory};
    made->duts = (struct vectors_units){.dut = true,
                                        .dut_path = options->dut_path,
                                        .hierarchy = options->hierarchy,
                                        .seed = options->seed,
                                        .memory = made->memory};
    *run = made;
    return SIM_OK;
}

void vectors_run_destroy(struct vectors_run *run) {
    if (!run) return;
    vectors_units_destroy(&run->engines);
    vectors_units_destroy(&run->duts);
    vectors_memory_destroy(run->memory);
    free(run);
}

struct vectors_lockstep vectors_run_lockstep(const struct vectors_run *run) {
    struct vectors_lockstep lockstep = {0};
    for (unsigned i = 0; i < run->duts.count; i++) {
        if (!run->duts.entry[i].unit) continue;
        const struct bench_stats *stats = vectors_unit_stats(run->duts.entry[i].unit);
        lockstep.cycles += stats->cycles;
        for (unsigned c = 0; c < BENCH_CHECKS; c++) lockstep.compared[c] += stats->compared[c];
    }
    return lockstep;
}

static void report(struct vectors_run *run, struct vectors_failure *failure) {
    if (run->reported++ >= run->options.max_errors) return;
    failure->file = run->file;
    failure->scenario = &run->hart.scenario;
    if (failure->query) failure->trace = &run->trace;
    run->report(run->user, failure);
}

static bool judge(struct vectors_run *run, const struct vectors_query *query, enum vectors_who who,
                  const struct vectors_outcome *observed) {
    unsigned differences = vectors_compare(&query->expected, observed, who == VECTORS_WALK);
    struct vectors_failure failure = {
        .query = query, .who = who, .differences = differences, .observed = observed};
    if (differences) report(run, &failure);
    return !differences;
}

// --- a unit ------------------------------------------------------------------------------

// The bench disagreed, or no answer came.
static void report_page(struct vectors_run *run, const struct vectors_query *query,
                        enum vectors_who who, const struct vectors_unit *unit) {
    bool wanted = run->reported < run->options.max_errors;
    char *page = wanted ? vectors_unit_page(unit, run->options.command) : NULL;
    struct vectors_failure failure = {.query = query, .who = who, .page = page};
    report(run, &failure);
    free(page);
}

// After a failure the unit is reset, and what it has cached forgotten. *ready tells whether it has
// this scenario's PMP registers.
static bool ask_unit(struct vectors_run *run, const struct vectors_query *query,
                     enum vectors_who who, struct vectors_unit *unit, bool *ready) {
    struct vectors_outcome observed;
    if (!*ready) *ready = vectors_unit_begin(unit, &run->hart);
    if (!*ready) {
        report_page(run, NULL, who, unit);
        return false;
    }
    *ready = vectors_unit_query(unit, &run->hart, query, &observed);
    if (!*ready)
        report_page(run, query, who, unit);
    else
        *ready = judge(run, query, who, &observed);
    bool passed = *ready;
    // What a scenario keeps is the file's business: it is written again below, with equal values.
    if (!run->hart.scenario.keep) vectors_unit_undoing(unit);
    vectors_memory_undo(run->memory);
    return passed;
}

// --- queries -----------------------------------------------------------------------------

static bool ask_walk(struct vectors_run *run, const struct vectors_query *query) {
    struct vectors_outcome observed;
    vectors_walk(&run->hart, query, &run->trace, &observed);
    bool passed = judge(run, query, VECTORS_WALK, &observed);
    vectors_memory_undo(run->memory);
    return passed;
}

static void keep_updates(struct vectors_run *run, const struct vectors_query *query) {
    unsigned bytes = vectors_word_bytes(&run->hart.scenario);
    for (unsigned i = 0; i < query->expected.updates; i++)
        vectors_memory_write(run->memory, query->expected.update[i].pa, bytes,
                             query->expected.update[i].value);
    vectors_memory_keep(run->memory);
}

static void ask_all(struct vectors_run *run, const struct vectors_query *query,
                    struct vectors_tally *tally) {
    bool passed = ask_walk(run, query);
    if (run->engine)
        passed &= ask_unit(run, query, VECTORS_ENGINE, run->engine, &run->engine_ready);
    tally->queries++;
    tally->failed += !passed;
    if (run->dut) {
        tally->dut_queries++;
        tally->dut_failed += !ask_unit(run, query, VECTORS_DUT, run->dut, &run->dut_ready);
    }
    if (run->hart.scenario.keep) keep_updates(run, query);
}

static enum sim_status begin(struct vectors_run *run, const struct vectors_scenario *scenario,
                             struct vectors_tally *tally, struct sim_error *error) {
    const struct vectors_options *options = &run->options;
    enum sim_status status = SIM_OK;
    tally->scenarios++;
    vectors_memory_begin(run->memory, scenario, options->choices.no_memory_zero);
    run->hart = vectors_hart_of(scenario, &options->choices, run->memory);
    run->engine = run->dut = NULL;
    run->engine_ready = run->dut_ready = false;
    if (scenario->guest) return SIM_OK;  // two stages are beyond the unit
    status = vectors_units_find(&run->engines, &run->hart, &run->engine, error);
    if (!status && options->dut)
        status = vectors_units_find(&run->duts, &run->hart, &run->dut, error);
    return status;
}

static enum sim_status take(struct vectors_run *run, const struct vectors_item *item,
                            struct vectors_tally *tally, struct sim_error *error) {
    switch (item->kind) {
        case VECTORS_SCENARIO:
            return begin(run, item->scenario, tally, error);
        case VECTORS_WORDS:
            return vectors_memory_fill(run->memory, &item->words, error);
        case VECTORS_QUERY:
            ask_all(run, &item->query, tally);
            return SIM_OK;
        case VECTORS_END_OF_SCENARIO:
            return SIM_OK;
    }
    return SIM_OK;
}

const char *vectors_run_misfit(const struct vectors_run *run) {
    return run->duts.misfit.text;
}

enum sim_status vectors_run_file(struct vectors_run *run, const char *path,
                                 struct vectors_tally *tally, struct sim_error *error) {
    struct vectors_reader *reader;
    struct vectors_item item;
    *tally = (struct vectors_tally){0};
    enum sim_status status = vectors_reader_open(path, &reader, error);
    if (status) return status;
    run->file = vectors_reader_name(reader);
    const char *slash = strrchr(run->file, '/');
    snprintf(tally->file, sizeof tally->file, "%s", slash ? slash + 1 : run->file);
    while (!status) {
        status = vectors_reader_next(reader, &item, error);
        if (!status) status = take(run, &item, tally, error);
    }
    if (status == SIM_END && tally->queries == 0)
        status = sim_fail(error, SIM_ERROR_FORMAT, "%.200s: holds no queries: checked nothing",
                          run->file);
    run->file = NULL;
    vectors_reader_close(reader);
    return status == SIM_END ? SIM_OK : status;
}
