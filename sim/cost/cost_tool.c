// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include "cost_tool.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "python_script.h"

enum sim_status cost_tool_run(const char *task, int *result, struct sim_error *error) {
    static const char *const no_arguments[] = {NULL};
    struct python_script script;
    enum sim_status status =
        python_script_start("sim/cost/tandem_cost.py", no_arguments, STDIN_FILENO, &script, error);
    if (status) return status;
    // An interrupt is for the child, which tells what it has kept.
    signal(SIGINT, SIG_IGN);
    for (size_t left = strlen(task); left;) {
        ssize_t n = write(script.pipe, task, left);
        if (n < 0 && errno != EINTR) break;  // it has ended, and says why
        if (n > 0) task += n, left -= (size_t)n;
    }
    close(script.pipe);
    *result = python_script_wait(&script) == 0 ? 0 : 2;
    return SIM_OK;
}
