// SPDX-License-Identifier: Apache-2.0
// The files of a run must be different ones: no output may replace an input or another output.
#ifndef RUN_OUTPUTS_H
#define RUN_OUTPUTS_H

#include "world.h"

// Files that are not named in the run's options; NULL: not given.
struct outputs_others {
    const char *config, *json, *coverage, *page;
};

// SIM_ERROR_USAGE with a sentence that names both.
enum sim_status outputs_check(const struct run_options *options,
                              const struct outputs_others *others, struct sim_error *error);

// An output must be a regular file or not exist yet: a device, a folder, a pipe or a link of that
// name would be replaced; and its folder must let files be made. `content` names what it cannot
// hold ("a result"). SIM_ERROR_USAGE, SIM_ERROR_IO.
enum sim_status outputs_check_place(const char *path, const char *content, struct sim_error *error);

#endif
