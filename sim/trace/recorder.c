// SPDX-License-Identifier: Apache-2.0
// The choice between the recorders; the outcome of both.
#include "recorder.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "recorder_private.h"

static enum sim_status check_outcome(const struct recorder_options *options,
                                     const struct recorder_outcome *outcome,
                                     struct sim_error *error) {
    if (outcome->refs) return SIM_OK;
    if (WIFEXITED(outcome->wait_status)) {
        return sim_fail(error, SIM_ERROR_TOOL,
                        "%s: nothing was recorded: %s could not run it and ended with "
                        "exit status %d",
                        options->argv[0], outcome->tool_name, WEXITSTATUS(outcome->wait_status));
    }
    return sim_fail(error, SIM_ERROR_TOOL, "%s: nothing was recorded: %s was ended by signal %d",
                    options->argv[0], outcome->tool_name, WTERMSIG(outcome->wait_status));
}

// Whether the QEMU can be started; error says what is missing.
static bool qemu_is_there(const char *program, const char *file, const char *qemu,
                          struct sim_error *error) {
    if (!file) {
        sim_fail(error, SIM_ERROR_TOOL, "%s: nothing was recorded: no such program", program);
        return false;
    }
    if (!qemu) {
        sim_fail(error, SIM_ERROR_TOOL,
                 "%s: QEMU cannot record it: it is no ELF program for x86-64, RV64 or RV32",
                 program);
        return false;
    }
    char *found = recorder_find(qemu);
    free(found);
    if (found) return true;
    sim_fail(error, SIM_ERROR_TOOL,
             "%s was not found on the PATH; install qemu-user to record programs", qemu);
    return false;
}

enum sim_status recorder_run(const struct recorder_options *options, struct trace_signals *signals,
                             struct trace_writer *writer, struct recorder_outcome *outcome,
                             struct sim_error *error) {
    *outcome = (struct recorder_outcome){0};
    enum sim_status status = SIM_ERROR_TOOL;
    bool started = false, lackey = options->tool == RECORDER_LACKEY;
    if (!lackey) {
        char *file = recorder_find(options->argv[0]);
        const char *qemu = file ? recorder_qemu_for(file) : NULL;
        if (qemu_is_there(options->argv[0], file, qemu, error)) {
            status =
                recorder_run_qemu(options, file, qemu, signals, writer, outcome, &started, error);
        }
        free(file);
        // Nothing has run yet: the other recorder may know better.
        lackey = options->tool == RECORDER_AUTO && !started && status == SIM_ERROR_TOOL;
    }
    if (lackey) status = recorder_run_lackey(options, signals, writer, outcome, error);
    return status == SIM_OK ? check_outcome(options, outcome, error) : status;
}
