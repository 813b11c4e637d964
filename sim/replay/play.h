// SPDX-License-Identifier: Apache-2.0
// Scenarios from files, on DUTs that are built or given.
#ifndef REPLAY_PLAY_H
#define REPLAY_PLAY_H

#include <time.h>

#include "dut_loader.h"
#include "sim/error.h"
#include "verif/shrink.h"

// A loaded DUT that makes more of its kind. Plain; load, use as scenario, unload.
struct play_unit {
    struct loaded_dut loaded;
    struct dut_options options;
    struct scenario_unit scenario;
};

// Read a scenario from a text file. SIM_ERROR_FORMAT with file and line.
enum sim_status play_read(const char *path, struct scenario *scenario, struct sim_error *error);

// A unit that makes DUTs as `loaded` is; borrowed.
void play_unit_of(struct play_unit *unit, const struct loaded_dut *loaded, uint64_t seed);
// Load the DUT of the scenario: `path`, or the one built for its parameters. wave may be NULL.
enum sim_status play_unit_load(struct play_unit *unit, const struct scenario *scenario,
                               const char *path, const char *wave, struct sim_error *error);
void play_unit_unload(struct play_unit *unit);

// Limits by number of plays and by time.
struct play_limits {
    struct shrink_limits shrink;
    struct timespec end;
    bool late;  // the time was over
};
// `seconds` of processor time.
void play_limits_begin(struct play_limits *limits, uint64_t tries, uint64_t seconds);

#endif
