// SPDX-License-Identifier: Apache-2.0
// Starts tandem_cost.py.
#ifndef COST_TOOL_H
#define COST_TOOL_H

#include "sim/error.h"

// Give it `task` (JSON) on its standard input and wait; it prints for itself. *result: its exit
// status. SIM_ERROR_TOOL: Python or the source tree are missing.
enum sim_status cost_tool_run(const char *task, int *result, struct sim_error *error);

#endif
