// SPDX-License-Identifier: Apache-2.0
// On a node: one task of the array.
#ifndef REGRESS_SLURM_TASK_H
#define REGRESS_SLURM_TASK_H

#include "sim/error.h"

// Run the jobs of task $SLURM_ARRAY_TASK_ID of the manifest that its file of lines does not hold
// yet. SIM_OK when all have a result, whichever.
enum sim_status slurm_task_run(const char *manifest_path, struct sim_error *error);

#endif
