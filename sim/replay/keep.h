// SPDX-License-Identifier: Apache-2.0
// The folder that a failed run leaves (docs/replay.md).
#ifndef REPLAY_KEEP_H
#define REPLAY_KEEP_H

#include "record.h"
#include "result.h"

// Write the folder. SIM_ERROR_IO, SIM_ERROR_MEMORY.
enum sim_status keep_write(const char *folder, const struct run_options *options,
                           const struct run_result *result, const struct replay_record *record,
                           struct sim_error *error);

// What a folder says of its run.
struct kept {
    struct run_options options;  // its paths lie in `paths`
    char *paths[MOST_TRACES];    // owned
    char dut[RUN_PATH_BYTES];
    struct scenario_failure failure;  // not failed: the failure is a sentence
    char sentence[SIM_ERROR_BYTES];
    uint64_t cycles;
    uint64_t *digests;  // owned
    size_t digest_count;
    bool has_scenario, whole_run;  // whole_run: the scenario's cycles are the run's
    bool has_shrunk;
    char x_seed[32];  // TANDEM_X_SEED, "" where it was not set
};

// Read a folder, and prove that program (unless any_program), DUT, traces and scenarios are those
// of the run. SIM_ERROR_IO, SIM_ERROR_FORMAT, SIM_ERROR_USAGE.
enum sim_status keep_read(const char *folder, bool any_program, struct kept *kept,
                          struct sim_error *error);
void keep_clear(struct kept *kept);

#endif
