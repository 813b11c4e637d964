// SPDX-License-Identifier: Apache-2.0
// SIGINT, SIGTERM and SIGHUP as events to wait for instead of sudden ends, so that no
// half-written file stays.
#ifndef TRACE_SIGNALS_H
#define TRACE_SIGNALS_H

#include <signal.h>

#include "sim/error.h"

struct trace_signals {
    int fd;        // readable when a signal has come
    int child_fd;  // readable when the child has ended; -1 = no child
    sigset_t before;
};

// From here on the signals wait, except those that are ignored anyway.
enum sim_status trace_signals_begin(struct trace_signals *signals, struct sim_error *error);
// As before; signals that came meanwhile are dropped, their work is done.
void trace_signals_end(struct trace_signals *signals);

// A trace_input_wait: SIM_ERROR_INTERRUPTED if a signal came, SIM_END if the child ended
// and fd is empty, else SIM_OK once fd is readable. context is a struct trace_signals.
enum sim_status trace_signals_wait(void *context, int fd, struct sim_error *error);
// Until milliseconds have passed or the child has ended; SIM_ERROR_INTERRUPTED if a signal came.
enum sim_status trace_signals_sleep(const struct trace_signals *signals, int milliseconds,
                                    struct sim_error *error);

#endif
