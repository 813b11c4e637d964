// SPDX-License-Identifier: Apache-2.0
// Run a program under Valgrind's lackey and put its references into a trace as they come.
#ifndef TRACE_RECORDER_H
#define TRACE_RECORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "signals.h"
#include "sim/trace.h"

struct recorder_options {
    char **argv;        // the program and its arguments, NULL at the end
    uint64_t max_refs;  // end the program after so many
    bool progress;      // count on standard error
};

struct recorder_outcome {
    uint64_t refs;
    bool limited;     // ended because of max_refs
    int wait_status;  // of waitpid, if not limited
};

// The program keeps our standard streams. The child is reaped in every case.
// SIM_ERROR_TOOL: no valgrind, or the program did not run; SIM_ERROR_INTERRUPTED: a signal.
enum sim_status recorder_run(const struct recorder_options *options, struct trace_signals *signals,
                             struct trace_writer *writer, struct recorder_outcome *outcome,
                             struct sim_error *error);

#endif
