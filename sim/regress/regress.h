// SPDX-License-Identifier: Apache-2.0
// tandem regress, as the command line asks for it.
#ifndef REGRESS_REGRESS_H
#define REGRESS_REGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/error.h"

enum regress_launcher { LAUNCH_LOCAL, LAUNCH_SLURM };

struct regress_options {
    const char *plan_path, *dir, *db;  // db NULL: DIR/results.db
    const char *task;                  // on a node: the list of jobs; NULL: not one
    const char *junit, *tap, *json, *html;
    enum regress_launcher launcher;
    unsigned workers, here;  // at a time: jobs; what this machine does beside them
    unsigned chunk;          // jobs to a Slurm task; 0: by itself
    bool has_seed, fail_fast, rerun_failed, resume, list, history, waves, coverage, keep;
    bool progress;  // stderr is a terminal
    uint64_t seed;
};

// Do what was asked. Returns the exit status; on 2 by a status, *error says why and `failed` is
// true.
int regress_run(const struct regress_options *options, bool *failed, struct sim_error *error);

#endif
