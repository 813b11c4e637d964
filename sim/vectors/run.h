// SPDX-License-Identifier: Apache-2.0
// The files of one `tandem vectors`: each query asked of everybody, compared, counted.
#ifndef VECTORS_RUN_H
#define VECTORS_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "scenario.h"
#include "sim/error.h"
#include "verif/bench.h"

enum { VECTORS_FILE_BYTES = 256 };

struct vectors_options {
    struct vectors_choices choices;
    bool dut;
    const char *dut_path;  // NULL: built for what the scenarios need
    bool hierarchy;        // units with a second level, page-walk caches, several walks, prefetch
    uint64_t seed, max_errors;
    const char *command;  // that repeats the run
};

// file: its name in what is printed.
struct vectors_tally {
    char file[VECTORS_FILE_BYTES];
    uint64_t scenarios, queries;
    uint64_t failed;                   // queries on which the walk or the timed model is wrong
    uint64_t dut_queries, dut_failed;  // of one stage, and of the given DUT's hart
};

// What was compared on DUTs beside the file's expectation.
struct vectors_lockstep {
    uint64_t cycles;
    uint64_t compared[BENCH_CHECKS];
};

enum vectors_who { VECTORS_WALK, VECTORS_ENGINE, VECTORS_DUT };

// A wrong answer. Pointers are valid during the call.
struct vectors_failure {
    const char *file;
    const struct vectors_scenario *scenario;
    const struct vectors_query *query;  // NULL: the scenario's beginning (PMP registers)
    enum vectors_who who;
    unsigned differences;                    // 0: DUT and model disagree, see page
    const struct vectors_outcome *observed;  // NULL: no answer
    const struct mmu_walk_trace *trace;      // of the pure walk; NULL without query
    const char *page;                        // what the bench says of a disagreement, or NULL
};

typedef void vectors_report_fn(void *user, const struct vectors_failure *failure);

struct vectors_run;

// Failures are told to report as they come, max_errors at most (the rest is counted).
enum sim_status vectors_run_create(const struct vectors_options *options, vectors_report_fn *report,
                                   void *user, struct vectors_run **run, struct sim_error *error);
void vectors_run_destroy(struct vectors_run *run);

// What was compared on DUTs so far.
struct vectors_lockstep vectors_run_lockstep(const struct vectors_run *run);

// Returns why the given DUT was not asked some queries; "" if it was always of their hart.
const char *vectors_run_misfit(const struct vectors_run *run);

// Run one file. A status is a failure of the file or the environment.
enum sim_status vectors_run_file(struct vectors_run *run, const char *path,
                                 struct vectors_tally *tally, struct sim_error *error);

#endif
