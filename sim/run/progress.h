// SPDX-License-Identifier: Apache-2.0
// Progress on a terminal every so many cycles, and the check for an interrupt in each.
#ifndef RUN_PROGRESS_H
#define RUN_PROGRESS_H

#include "world.h"

// SIM_ERROR_INTERRUPTED after a signal.
enum sim_status run_progress_check(struct world *world, struct sim_error *error);
void run_progress_end(const struct world *world);

#endif
