// SPDX-License-Identifier: Apache-2.0
// What a run found: one struct, one summary for people, one JSON document for programs
// (docs/run-json.md). Both say the same.
#ifndef RUN_RESULT_H
#define RUN_RESULT_H

#include <stdio.h>

#include "world.h"

#define RESULT_SCHEMA_VERSION 1

struct run_result {
    enum run_verdict verdict;
    struct sim_error failure;  // "" or a sentence
    struct bench_stats stats;
    struct mismatch first;  // meaningful with stats.mismatches
    const char *page;       // about it, without a command, borrowed; NULL: none, or not asked for
    uint64_t counters[MMU_COUNTERS];
    struct pager_counts paging;
    struct run_counts counts;
    struct stimulus_stats stimulus;            // 0 with traces
    unsigned coverage_reached, coverage_aims;  // 0 without coverage
    double cpu_seconds;                        // of the loop; for people, not part of the JSON
};

// Run once: load the DUT (if the mode has one), build the world, run, collect. Mismatches go to
// report as they come. The verdict is in *result; a status is a failure of the environment.
enum sim_status run_once(const struct run_options *options, const struct run_report *report,
                         struct run_result *result, struct sim_error *error);

// Average translation + access + faults + context switches + scans of A and D bits, in cycles per
// reference.
double result_effective_access_cycles(const struct run_options *options,
                                      const struct run_result *result);

// Returns whether the run reached the window of its waveform: only then is there a file.
bool result_reached_wave(const struct run_options *options, const struct run_result *result);

void result_print(const struct run_options *options, const struct run_result *result, FILE *out);

// Tell before a long run that its JSON could not be written there. SIM_ERROR_IO, SIM_ERROR_USAGE.
enum sim_status result_check_json(const char *path, struct sim_error *error);

// Write the JSON under a temporary name, then rename. SIM_ERROR_IO, SIM_ERROR_MEMORY.
enum sim_status result_write_json(const struct run_options *options,
                                  const struct run_result *result, const char *path,
                                  struct sim_error *error);
// The same for any text, to which a line's end is added. SIM_ERROR_IO, SIM_ERROR_USAGE.
enum sim_status result_write_text(const char *path, const char *text, struct sim_error *error);

#endif
