// SPDX-License-Identifier: Apache-2.0
// The page is made by Python (tandem_report.py); this finds it, starts it, and hands on what it
// says.
#define _GNU_SOURCE
#include "sim/report.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dut_loader.h"

enum { MOST_SAID = 4096 };

extern char **environ;

// Debian's modules belong to Debian's Python, whatever else stands first in PATH.
static const char *python(void) {
    const char *given = getenv("TANDEM_PYTHON");
    if (given && given[0]) return given;
    return access("/usr/bin/python3", X_OK) ? "python3" : "/usr/bin/python3";
}

static enum sim_status find_script(char *script, size_t capacity, struct sim_error *error) {
    char home[RUN_PATH_BYTES];
    if (tandem_home(home)) {
        snprintf(script, capacity, "%s/sim/report/tandem_report.py", home);
        if (!access(script, R_OK)) return SIM_OK;
    }
    return sim_fail(
        error, SIM_ERROR_TOOL,
        "sim/report/tandem_report.py was not found; set TANDEM_HOME to the source tree");
}

// Start it with standard error into a pipe. Returns an error number of posix_spawnp or pipe.
static int start(char *const arguments[], pid_t *child, int *reading) {
    posix_spawn_file_actions_t actions;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC)) return errno;
    int failed = posix_spawn_file_actions_init(&actions);
    if (!failed) {
        failed = posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
        if (!failed) failed = posix_spawnp(child, arguments[0], &actions, NULL, arguments, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    close(ends[1]);
    if (failed) close(ends[0]);
    *reading = ends[0];
    return failed;
}

// All it says, of which the last line stays: an exception's is the one that tells.
static void listen_to(int reading, char said[MOST_SAID]) {
    FILE *stream = fdopen(reading, "r");
    char line[MOST_SAID];
    said[0] = '\0';
    if (!stream) {
        close(reading);
        return;
    }
    while (fgets(line, sizeof line, stream)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0]) memcpy(said, line, sizeof line);
    }
    fclose(stream);
}

enum sim_status report_write_with(const char *json_path, const char *cost_path,
                                  const char *html_path, struct sim_error *error) {
    char script[RUN_PATH_BYTES + 64], output[RUN_PATH_BYTES + 16], cost[RUN_PATH_BYTES + 16];
    char said[MOST_SAID];
    pid_t child;
    int reading = -1, ended = 0;
    enum sim_status status = find_script(script, sizeof script, error);
    if (status) return status;
    // One word each, so that a name that begins with a minus stays a name.
    snprintf(output, sizeof output, "--output=%s", html_path);
    // -B: nothing is written into the source tree; -s: no modules of the user's own.
    const char *arguments[8] = {python(), "-Bs", script, output};
    unsigned count = 4;
    if (cost_path) {
        snprintf(cost, sizeof cost, "--cost=%s", cost_path);
        arguments[count++] = cost;
    }
    arguments[count++] = "--";
    arguments[count] = json_path;
    int failed = start((char *const *)(void *)arguments, &child, &reading);
    if (failed)
        return sim_fail(error, SIM_ERROR_TOOL,
                        "%s cannot be started (%s); the page is made by Python (package python3)",
                        arguments[0], strerror(failed));
    listen_to(reading, said);
    while (waitpid(child, &ended, 0) < 0)
        if (errno != EINTR) return sim_fail(error, SIM_ERROR_TOOL, "the page's maker was lost");
    if (WIFEXITED(ended) && WEXITSTATUS(ended) == 0) return SIM_OK;
    if (WIFEXITED(ended) && WEXITSTATUS(ended) == 2 && said[0])
        return sim_fail(error, SIM_ERROR_USAGE, "%.500s", said);
    return sim_fail(error, SIM_ERROR_TOOL, "%.200s: the page could not be made%s%.200s", json_path,
                    said[0] ? ": " : "", said);
}

enum sim_status report_write(const char *json_path, const char *html_path,
                             struct sim_error *error) {
    return report_write_with(json_path, NULL, html_path, error);
}
