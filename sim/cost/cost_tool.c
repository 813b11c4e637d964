// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "cost_tool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dut_loader.h"

extern char **environ;

static enum sim_status find_script(char *script, size_t capacity, struct sim_error *error) {
    char home[RUN_PATH_BYTES];
    if (tandem_home(home)) {
        snprintf(script, capacity, "%s/sim/cost/tandem_cost.py", home);
        if (!access(script, R_OK)) return SIM_OK;
    }
    return sim_fail(error, SIM_ERROR_TOOL,
                    "sim/cost/tandem_cost.py was not found; set TANDEM_HOME to the source tree");
}

// Start it with a pipe as its standard input. Returns an error number.
static int start(char *const arguments[], pid_t *child, int *writing) {
    posix_spawn_file_actions_t actions;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC)) return errno;
    int failed = posix_spawn_file_actions_init(&actions);
    if (!failed) {
        failed = posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
        if (!failed) failed = posix_spawnp(child, arguments[0], &actions, NULL, arguments, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    close(ends[0]);
    if (failed) close(ends[1]);
    *writing = ends[1];
    return failed;
}

enum sim_status cost_tool_run(const char *task, int *result, struct sim_error *error) {
    char script[RUN_PATH_BYTES + 64];
    const char *given = getenv("TANDEM_PYTHON");
    const char *python = given && given[0]                  ? given
                         : access("/usr/bin/python3", X_OK) ? "python3"
                                                            : "/usr/bin/python3";
    const char *arguments[] = {python, "-Bs", script, NULL};
    pid_t child;
    int writing = -1, ended = 0;
    enum sim_status status = find_script(script, sizeof script, error);
    if (status) return status;
    int failed = start((char *const *)(void *)arguments, &child, &writing);
    if (failed)
        return sim_fail(error, SIM_ERROR_TOOL, "%s cannot be started (%s); package python3", python,
                        strerror(failed));
    // An interrupt is for the child, which tells what it has kept.
    signal(SIGINT, SIG_IGN);
    for (size_t left = strlen(task); left;) {
        ssize_t n = write(writing, task, left);
        if (n < 0 && errno != EINTR) break;  // it has ended, and says why
        if (n > 0) task += n, left -= (size_t)n;
    }
    close(writing);
    while (waitpid(child, &ended, 0) < 0)
        if (errno != EINTR)
            return sim_fail(error, SIM_ERROR_TOOL, "the measuring program was lost");
    *result = WIFEXITED(ended) && WEXITSTATUS(ended) == 0 ? 0 : 2;
    return SIM_OK;
}
