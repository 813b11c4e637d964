// SPDX-License-Identifier: Apache-2.0
// valgrind as a child process, its log through a pipe.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "import.h"
#include "recorder_private.h"

enum { BATCH = 4096, LOG_OPTION_BYTES = 32 };

// valgrind's own arguments, then the program's.
static char **valgrind_argv(char **program, char *log_option) {
    static char name[] = "valgrind", tool[] = "--tool=lackey", memory[] = "--trace-mem=yes";
    // A forked child would write its own lines into the middle of ours.
    static char silent[] = "--child-silent-after-fork=yes", end[] = "--";
    char *const head[] = {name, tool, memory, silent, log_option, end};
    return recorder_join(head, sizeof head / sizeof head[0], program);
}

// *log_fd: where the child's log can be read.
static enum sim_status start(char **program, struct trace_signals *signals, pid_t *child,
                             int *log_fd, struct sim_error *error) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return sim_fail(error, SIM_ERROR_IO, "cannot create a pipe: %s", strerror(errno));
    }
    char log_option[LOG_OPTION_BYTES];
    snprintf(log_option, sizeof log_option, "--log-fd=%d", ends[1]);
    char **argv = valgrind_argv(program, log_option);
    int failure = argv ? recorder_spawn(argv, ends[1], signals, child) : ENOMEM;
    free(argv);
    close(ends[1]);
    if (failure == 0) {
        *log_fd = ends[0];
        return SIM_OK;
    }
    close(ends[0]);
    if (failure == ENOENT) {
        return sim_fail(error, SIM_ERROR_TOOL,
                        "valgrind was not found on the PATH; install it to record programs");
    }
    return sim_fail(error, SIM_ERROR_TOOL, "valgrind cannot be started: %s", strerror(failure));
}

static enum sim_status copy_refs(struct trace_import *import,
                                 const struct recorder_options *options,
                                 struct trace_writer *writer, struct recorder_outcome *outcome,
                                 struct sim_error *error) {
    struct trace_ref refs[BATCH];
    struct recorder_progress progress = {.shown = options->progress};
    enum sim_status status = SIM_OK;
    while (status == SIM_OK && outcome->refs < options->max_refs) {
        uint64_t left = options->max_refs - outcome->refs;
        size_t count = 0;
        status =
            trace_import_next(import, refs, left < BATCH ? (size_t)left : BATCH, &count, error);
        if (status == SIM_OK) status = trace_writer_add(writer, refs, count, error);
        if (status == SIM_OK) outcome->refs += count;
        recorder_progress_show(&progress, outcome->refs);
    }
    recorder_progress_end(&progress);
    outcome->limited = status == SIM_OK;
    return status == SIM_END ? SIM_OK : status;
}

enum sim_status recorder_run_lackey(const struct recorder_options *options,
                                    struct trace_signals *signals, struct trace_writer *writer,
                                    struct recorder_outcome *outcome, struct sim_error *error) {
    pid_t child = -1;
    int log_fd = -1;
    outcome->tool_name = "valgrind";
    enum sim_status status = start(options->argv, signals, &child, &log_fd, error);
    if (status != SIM_OK) return status;
    struct trace_input *input = NULL;
    struct trace_import *import = NULL;
    status =
        trace_input_open_fd(log_fd, "lackey's output", trace_signals_wait, signals, &input, error);
    if (status == SIM_OK) status = trace_import_open(input, TRACE_FORMAT_LACKEY, &import, error);
    if (status == SIM_OK) status = copy_refs(import, options, writer, outcome, error);
    trace_import_close(import);
    // lackey does not mind that nobody reads its log any more.
    recorder_reap(child, status != SIM_OK || outcome->limited, signals, &outcome->wait_status);
    return status;
}
