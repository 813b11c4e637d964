// SPDX-License-Identifier: Apache-2.0
// Jobs on a Slurm cluster: one array, many seeds to a task.
#ifndef REGRESS_SLURM_H
#define REGRESS_SLURM_H

#include "regression.h"

// Run what has no result. As run_local.
enum sim_status run_slurm(struct regression *regression, struct sim_error *error);

#endif
