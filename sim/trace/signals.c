// SPDX-License-Identifier: Apache-2.0
// signalfd rather than handlers: no state at file scope.
#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum sim_status trace_signals_begin(struct trace_signals *signals, struct sim_error *error) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sigaction action;
        if (sigaction(numbers[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN) {
            sigaddset(&set, numbers[i]);
        }
    }
    signals->child_fd = -1;
    signals->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals->fd < 0 || sigprocmask(SIG_BLOCK, &set, &signals->before) != 0) {
        if (signals->fd >= 0) close(signals->fd);
        return sim_fail(error, SIM_ERROR_IO, "cannot wait for signals: %s", strerror(errno));
    }
    return SIM_OK;
}

void trace_signals_end(struct trace_signals *signals) {
    struct signalfd_siginfo pending;
    while (read(signals->fd, &pending, sizeof pending) == (ssize_t)sizeof pending) continue;
    close(signals->fd);
    sigprocmask(SIG_SETMASK, &signals->before, NULL);
}

static enum sim_status interrupted(struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_INTERRUPTED, "interrupted by a signal; no trace is left");
}

enum sim_status trace_signals_sleep(const struct trace_signals *signals, int milliseconds,
                                    struct sim_error *error) {
    struct pollfd fds[2] = {{signals->fd, POLLIN, 0}, {signals->child_fd, POLLIN, 0}};
    // A signal that is not ours only shortens the sleep.
    if (poll(fds, 2, milliseconds) > 0 && fds[0].revents) return interrupted(error);
    return SIM_OK;
}

enum sim_status trace_signals_wait(void *context, int fd, struct sim_error *error) {
    const struct trace_signals *signals = context;
    struct pollfd fds[3] = {
        {fd, POLLIN, 0}, {signals->fd, POLLIN, 0}, {signals->child_fd, POLLIN, 0}};
    while (poll(fds, 3, -1) < 0) {
        if (errno != EINTR) {
            return sim_fail(error, SIM_ERROR_IO, "cannot wait for data: %s", strerror(errno));
        }
    }
    if (fds[1].revents) return interrupted(error);
    if (fds[0].revents) return SIM_OK;
    // The child may have written between the look at its pipe and its end.
    return poll(fds, 1, 0) == 1 ? SIM_OK : SIM_END;
}
