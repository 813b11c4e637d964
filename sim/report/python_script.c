// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "python_script.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dut_loader.h"

enum { MOST_WORDS = 6 };

extern char **environ;

static const char *python(void) {
    const char *given = getenv("TANDEM_PYTHON");
    if (given && given[0]) return given;
    return access("/usr/bin/python3", X_OK) ? "python3" : "/usr/bin/python3";
}

static enum sim_status find(const char *path, char *out, size_t capacity, struct sim_error *error) {
    char home[RUN_PATH_BYTES];
    if (tandem_home(home)) {
        snprintf(out, capacity, "%s/%s", home, path);
        if (!access(out, R_OK)) return SIM_OK;
    }
    return sim_fail(error, SIM_ERROR_TOOL, "%s was not found; set TANDEM_HOME to the source tree",
                    path);
}

// Returns an error number of pipe or posix_spawnp.
static int start(char *const words[], int piped, struct python_script *script) {
    posix_spawn_file_actions_t actions;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC)) return errno;
    int theirs = piped == STDIN_FILENO ? 0 : 1;
    int failed = posix_spawn_file_actions_init(&actions);
    if (!failed) {
        failed = posix_spawn_file_actions_adddup2(&actions, ends[theirs], piped);
        if (!failed)
            failed = posix_spawnp(&script->child, words[0], &actions, NULL, words, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    close(ends[theirs]);
    if (failed) close(ends[1 - theirs]);
    script->pipe = ends[1 - theirs];
    return failed;
}

enum sim_status python_script_start(const char *path, const char *const *arguments, int piped,
                                    struct python_script *script, struct sim_error *error) {
    char found[RUN_PATH_BYTES + 64];
    enum sim_status status = find(path, found, sizeof found, error);
    if (status) return status;
    // -B: nothing is written into the source tree; -s: no modules of the user's own.
    const char *words[MOST_WORDS + 4] = {python(), "-Bs", found};
    for (unsigned i = 0; i < MOST_WORDS && arguments[i]; i++) words[3 + i] = arguments[i];
    int failed = start((char *const *)(void *)words, piped, script);
    if (!failed) return SIM_OK;
    return sim_fail(error, SIM_ERROR_TOOL, "%s cannot be started (%s); package python3", words[0],
                    strerror(failed));
}

int python_script_wait(const struct python_script *script) {
    int ended;
    while (waitpid(script->child, &ended, 0) < 0)
        if (errno != EINTR) return -1;
    return WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
}
