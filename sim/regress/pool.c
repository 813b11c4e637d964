// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"

struct worker {
    pid_t pid;
    int pidfd, pipe;  // pipe: -1 at the end of its output
    uint64_t tag;
    double start, limit, deadline;  // deadline: of what comes next; 0: none
    bool timed_out, killed;
    struct capture *capture;
};

struct pool {
    unsigned workers, busy;
    int null;
    struct worker worker[POOL_MOST];  // the first `busy` run
    struct capture *captures;         // as many as workers; the first `busy` are taken
};

double pool_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

struct pool *pool_create(unsigned workers) {
    struct pool *pool = calloc(1, sizeof *pool);
    if (!pool) return NULL;
    pool->workers = workers;
    pool->captures = calloc(workers, sizeof *pool->captures);
    pool->null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    for (unsigned w = 0; pool->captures && w < workers; w++)
        pool->worker[w].capture = &pool->captures[w];
    if (pool->captures && pool->null >= 0) return pool;
    if (pool->null >= 0) close(pool->null);
    free(pool->captures);
    free(pool);
    return NULL;
}

void pool_destroy(struct pool *pool) {
    if (!pool) return;
    pool_stop(pool);
    close(pool->null);
    free(pool->captures);
    free(pool);
}

unsigned pool_busy(const struct pool *pool) {
    return pool->busy;
}

bool pool_is_full(const struct pool *pool) {
    return pool->busy == pool->workers;
}

// --- start -------------------------------------------------------------------------------

// In the child, which borrows the parent's memory until execvp: system calls only.
static _Noreturn void become(char *const *argv, int null, int pipe, pid_t parent,
                             volatile int *why) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    if (dup2(null, STDIN_FILENO) >= 0 && dup2(pipe, STDOUT_FILENO) >= 0 &&
        dup2(pipe, STDERR_FILENO) >= 0)
        execvp(argv[0], argv);
    *why = errno;
    _exit(127);
}

// vfork and not fork: its cost does not grow with the memory of a runner that holds a million jobs.
static pid_t spawn(char *const *argv, int null, int pipe, volatile int *why) {
    pid_t parent = getpid();
    *why = 0;
    pid_t pid = vfork();
    if (pid == 0) become(argv, null, pipe, parent, why);
    if (pid < 0) *why = errno;
    return pid;
}

static enum sim_status fail_start(const char *program, int why, struct sim_error *error) {
    bool missing = why == ENOENT || why == EACCES || why == ENOEXEC || why == ENOTDIR;
    return sim_fail(error, missing ? SIM_ERROR_TOOL : SIM_ERROR_IO, "%.300s cannot be started: %s",
                    program, strerror(why));
}

enum sim_status pool_start(struct pool *pool, const struct pool_task *task,
                           struct sim_error *error) {
    struct worker *worker = &pool->worker[pool->busy];
    volatile int why = 0;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC)) return fail_start(task->argv[0], errno, error);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    pid_t pid = spawn(task->argv, pool->null, ends[1], &why);
    close(ends[1]);
    if (pid > 0 && why) waitpid(pid, NULL, 0);
    if (why) {
        close(ends[0]);
        return fail_start(task->argv[0], why, error);
    }
    int pidfd = pidfd_open(pid, 0);
    if (pidfd < 0) {
        why = errno;
        kill(-pid, SIGKILL);
        waitpid(pid, NULL, 0);
        close(ends[0]);
        return fail_start(task->argv[0], why, error);
    }
    struct capture *capture = worker->capture;
    capture_reset(capture);
    *worker = (struct worker){.pid = pid,
                              .pidfd = pidfd,
                              .pipe = ends[0],
                              .tag = task->tag,
                              .start = pool_clock(),
                              .limit = task->seconds,
                              .capture = capture};
    if (task->seconds > 0) worker->deadline = worker->start + task->seconds;
    pool->busy++;
    return SIM_OK;
}

// --- wait --------------------------------------------------------------------------------

// Take what is in the pipe. A job that writes without end is read without end, but not kept, and in
// portions, so that others have their turn.
static void take_output(struct worker *worker) {
    char bytes[16384];
    for (unsigned portion = 0; worker->pipe >= 0 && portion < 64; portion++) {
        ssize_t n = read(worker->pipe, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) return;
        if (n > 0) {
            capture_add(worker->capture, bytes, (size_t)n);
            continue;
        }
        close(worker->pipe);
        worker->pipe = -1;
    }
}

static void reap(struct pool *pool, unsigned index, struct pool_end *end) {
    struct worker *worker = &pool->worker[index], *last = &pool->worker[pool->busy - 1];
    // What it has started and left behind ends with it; while it is not reaped the group is its.
    kill(-worker->pid, SIGKILL);
    take_output(worker);
    int ended = 0;
    while (waitpid(worker->pid, &ended, 0) < 0 && errno == EINTR) continue;
    if (worker->pipe >= 0) close(worker->pipe);
    close(worker->pidfd);
    if (end)
        *end = (struct pool_end){.tag = worker->tag,
                                 .ended = ended,
                                 .timed_out = worker->timed_out,
                                 .seconds = pool_clock() - worker->start,
                                 .output = capture_text(worker->capture)};
    struct capture *capture = worker->capture;
    *worker = *last;
    last->capture = capture;
    pool->busy--;
}

// A limit that is over: SIGTERM, then SIGKILL. Returns seconds until the next one is, at most
// `most`.
static double enforce_limits(struct pool *pool, double most) {
    double now = pool_clock();
    for (unsigned w = 0; w < pool->busy; w++) {
        struct worker *worker = &pool->worker[w];
        if (worker->deadline <= 0 || worker->killed) continue;
        if (now >= worker->deadline) {
            kill(-worker->pid, worker->timed_out ? SIGKILL : SIGTERM);
            worker->killed = worker->timed_out;
            worker->timed_out = true;
            worker->deadline = now + POOL_GRACE_SECONDS;
        }
        if (!worker->killed && worker->deadline - now < most) most = worker->deadline - now;
    }
    return most;
}

static unsigned list_files(const struct pool *pool, struct pollfd *files) {
    unsigned count = 0;
    for (unsigned w = 0; w < pool->busy; w++) {
        files[count++] = (struct pollfd){.fd = pool->worker[w].pidfd, .events = POLLIN};
        files[count++] = (struct pollfd){.fd = pool->worker[w].pipe, .events = POLLIN};
    }
    return count;
}

bool pool_wait(struct pool *pool, int milliseconds, struct pool_end *end) {
    struct pollfd files[2 * POOL_MOST];
    double until = pool_clock() + milliseconds / 1000.0;
    for (;;) {
        double left = enforce_limits(pool, until - pool_clock());
        unsigned count = list_files(pool, files);
        int ready = poll(files, count, left > 0 ? (int)(left * 1000) + 1 : 0);
        if (ready < 0) return false;
        for (unsigned w = 0; w < pool->busy; w++)
            if (files[2 * w + 1].revents) take_output(&pool->worker[w]);
        for (unsigned w = 0; w < pool->busy; w++) {
            if (!files[2 * w].revents) continue;
            reap(pool, w, end);
            return true;
        }
        if (pool_clock() >= until) return false;
    }
}

void pool_stop(struct pool *pool) {
    double now = pool_clock();
    for (unsigned w = 0; w < pool->busy; w++) {
        struct worker *worker = &pool->worker[w];
        kill(-worker->pid, SIGTERM);
        worker->timed_out = true;
        worker->killed = false;
        worker->deadline = now + POOL_GRACE_SECONDS;
    }
    while (pool->busy) {
        struct pollfd files[2 * POOL_MOST];
        double left = enforce_limits(pool, 1);
        unsigned count = list_files(pool, files);
        if (poll(files, count, left > 0 ? (int)(left * 1000) + 1 : 0) < 0) continue;
        for (unsigned w = pool->busy; w-- > 0;) {
            if (files[2 * w + 1].revents) take_output(&pool->worker[w]);
            if (files[2 * w].revents) reap(pool, w, NULL);
        }
    }
}
