// SPDX-License-Identifier: Apache-2.0
// Run a program under QEMU's user-mode emulation or Valgrind's lackey and put its references
// into a trace as they come.
#ifndef TRACE_RECORDER_H
#define TRACE_RECORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "signals.h"
#include "sim/trace.h"

enum recorder_tool {
    RECORDER_AUTO,   // QEMU if it is there for the program's architecture, else lackey
    RECORDER_QEMU,   // x86-64, RV64, RV32
    RECORDER_LACKEY  // what Valgrind runs
};

struct recorder_options {
    char **argv;        // the program and its arguments, NULL at the end
    uint64_t max_refs;  // end the program after so many
    bool progress;      // count on standard error
    enum recorder_tool tool;
};

struct recorder_outcome {
    uint64_t refs;
    bool limited;     // ended because of max_refs
    int wait_status;  // of waitpid, if not limited
    const char *tool_name;
};

// The program keeps our standard streams. The child is reaped in every case.
// SIM_ERROR_TOOL: no recorder, or the program did not run; SIM_ERROR_INTERRUPTED: a signal.
enum sim_status recorder_run(const struct recorder_options *options, struct trace_signals *signals,
                             struct trace_writer *writer, struct recorder_outcome *outcome,
                             struct sim_error *error);

#endif
