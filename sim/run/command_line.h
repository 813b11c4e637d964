// SPDX-License-Identifier: Apache-2.0
// The command that repeats a run, whatever configuration file it came from.
#ifndef RUN_COMMAND_LINE_H
#define RUN_COMMAND_LINE_H

#include "world.h"

// Fill options->command.
void command_line_write(struct run_options *options);

#endif
