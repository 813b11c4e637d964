// SPDX-License-Identifier: Apache-2.0
// valgrind as a child process, its log through a pipe.
#include "recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "import.h"

extern char **environ;

enum { BATCH = 4096, LOG_OPTION_BYTES = 32 };

// valgrind's own arguments, then the program's. The caller frees the array only.
static char **valgrind_argv(char **program, char *log_option) {
    static char name[] = "valgrind", tool[] = "--tool=lackey", memory[] = "--trace-mem=yes";
    // A forked child would write its own lines into the middle of ours.
    static char silent[] = "--child-silent-after-fork=yes", end[] = "--";
    char *const fixed[] = {name, tool, memory, silent, log_option, end};
    size_t count = 0, head = sizeof fixed / sizeof fixed[0];
    while (program[count]) count++;
    char **argv = calloc(head + count + 1, sizeof *argv);
    if (!argv) return NULL;
    memcpy(argv, fixed, sizeof fixed);
    memcpy(argv + head, program, count * sizeof *argv);
    return argv;
}

static int spawn(char **argv, int log_fd, const sigset_t *mask, pid_t *child) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGXFSZ);  // the command ignores it
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    // Onto itself: the child's copy loses close-on-exec.
    posix_spawn_file_actions_adddup2(&actions, log_fd, log_fd);
    posix_spawnattr_setsigmask(&attributes, mask);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int failure = posix_spawnp(child, argv[0], &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

// *log_fd: where the child's log can be read.
static enum sim_status start(char **program, const struct trace_signals *signals, pid_t *child,
                             int *log_fd, struct sim_error *error) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return sim_fail(error, SIM_ERROR_IO, "cannot create a pipe: %s", strerror(errno));
    }
    char log_option[LOG_OPTION_BYTES];
    snprintf(log_option, sizeof log_option, "--log-fd=%d", ends[1]);
    char **argv = valgrind_argv(program, log_option);
    int failure = argv ? spawn(argv, ends[1], &signals->before, child) : ENOMEM;
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

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void show_progress(const struct recorder_options *options, uint64_t refs, double *next) {
    enum { TWICE_A_SECOND_MS = 500 };
    if (!options->progress || seconds() < *next) return;
    *next = seconds() + TWICE_A_SECOND_MS / 1000.0;
    fprintf(stderr, "\r%" PRIu64 " references", refs);
    fflush(stderr);
}

static enum sim_status copy_refs(struct trace_import *import,
                                 const struct recorder_options *options,
                                 struct trace_writer *writer, struct recorder_outcome *outcome,
                                 struct sim_error *error) {
    struct trace_ref refs[BATCH];
    double next = seconds();
    enum sim_status status = SIM_OK;
    while (status == SIM_OK && outcome->refs < options->max_refs) {
        uint64_t left = options->max_refs - outcome->refs;
        size_t count = 0;
        status =
            trace_import_next(import, refs, left < BATCH ? (size_t)left : BATCH, &count, error);
        if (status == SIM_OK) status = trace_writer_add(writer, refs, count, error);
        if (status == SIM_OK) outcome->refs += count;
        show_progress(options, outcome->refs, &next);
    }
    if (options->progress) fprintf(stderr, "\r\033[K");
    outcome->limited = status == SIM_OK;
    return status == SIM_END ? SIM_OK : status;
}

static enum sim_status check_outcome(const struct recorder_options *options,
                                     const struct recorder_outcome *outcome,
                                     struct sim_error *error) {
    if (outcome->refs) return SIM_OK;
    if (WIFEXITED(outcome->wait_status)) {
        return sim_fail(error, SIM_ERROR_TOOL,
                        "%s: nothing was recorded: valgrind could not run it and ended with "
                        "exit status %d",
                        options->argv[0], WEXITSTATUS(outcome->wait_status));
    }
    return sim_fail(error, SIM_ERROR_TOOL,
                    "%s: nothing was recorded: valgrind was ended by signal %d", options->argv[0],
                    WTERMSIG(outcome->wait_status));
}

enum sim_status recorder_run(const struct recorder_options *options, struct trace_signals *signals,
                             struct trace_writer *writer, struct recorder_outcome *outcome,
                             struct sim_error *error) {
    *outcome = (struct recorder_outcome){0};
    pid_t child = -1;
    int log_fd = -1;
    enum sim_status status = start(options->argv, signals, &child, &log_fd, error);
    if (status != SIM_OK) return status;
    // Not in every kernel; without it the pipe's end is the child's end.
    signals->child_fd = (int)syscall(SYS_pidfd_open, child, 0);
    struct trace_input *input = NULL;
    struct trace_import *import = NULL;
    status =
        trace_input_open_fd(log_fd, "lackey's output", trace_signals_wait, signals, &input, error);
    if (status == SIM_OK) status = trace_import_open(input, true, &import, error);
    if (status == SIM_OK) status = copy_refs(import, options, writer, outcome, error);
    // lackey does not mind that nobody reads its log any more.
    if (status != SIM_OK || outcome->limited) kill(child, SIGKILL);
    trace_import_close(import);
    while (waitpid(child, &outcome->wait_status, 0) < 0 && errno == EINTR) continue;
    if (signals->child_fd >= 0) close(signals->child_fd);
    signals->child_fd = -1;
    return status == SIM_OK ? check_outcome(options, outcome, error) : status;
}
