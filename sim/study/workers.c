// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "workers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "evaluate.h"

// A process that answers one task. What it writes is either the task's line or an error's: "E",
// the status, the sentence.
struct worker {
    pid_t pid;
    int fd;
    struct study_task *task;
    _Atomic uint64_t *seen;  // references that it has looked at; NULL: it does not say
    char *text;
    size_t used, capacity;
};

struct crew {
    const struct study_workers *options;
    struct study_work *work;
    struct worker workers[STUDY_MOST_WORKERS];
    struct study_task **order;  // the longest first, so that none begins when others have ended
    unsigned busy, next;        // next: place in the order
    _Atomic uint64_t *seen;     // STUDY_MOST_WORKERS, shared with the workers; NULL: none
    double cost, cost_done, cost_at_start;
    struct timespec start;
};

unsigned study_cores(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set)) return 1;
    int count = CPU_COUNT(&set);
    return count < 1 ? 1 : (unsigned)(count > STUDY_MOST_WORKERS ? STUDY_MOST_WORKERS : count);
}

// --- in the worker -----------------------------------------------------------------------

static bool send_all(int fd, const char *text) {
    size_t size = strlen(text);
    while (size > 0) {
        ssize_t n = write(fd, text, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        text += n;
        size -= (size_t)n;
    }
    return true;
}

static _Noreturn void work_and_exit(const struct crew *crew, const struct study_task *task,
                                    _Atomic uint64_t *seen, int fd, pid_t parent) {
    char text[SIM_ERROR_BYTES + 16];
    struct sim_error error = {""};
    // Ctrl-C reaches the whole group: whoever started this process decides.
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(2);
    study_journal_leave(crew->options->journal);
    for (unsigned i = 0; i < task->count; i++)
        crew->work->queries[crew->work->order[task->first + i]].input.seen = seen;
    enum sim_status status = study_evaluate(crew->work, task, &error);
    char *line = status ? NULL : study_task_line(crew->work, task);
    if (!status && !line) status = sim_fail(&error, SIM_ERROR_MEMORY, "out of memory");
    snprintf(text, sizeof text, "E%d %s\n", (int)status, error.text);
    bool sent = send_all(fd, status ? text : line);
    _exit(sent ? 0 : 2);
}

// --- in the crew's process ---------------------------------------------------------------

// Returns a counter that no worker has, at 0.
static _Atomic uint64_t *free_counter(struct crew *crew) {
    for (unsigned i = 0; crew->seen && i < STUDY_MOST_WORKERS; i++) {
        bool taken = false;
        for (unsigned w = 0; w < crew->busy; w++) taken |= crew->workers[w].seen == &crew->seen[i];
        if (taken) continue;
        atomic_store(&crew->seen[i], 0);
        return &crew->seen[i];
    }
    return NULL;
}

static enum sim_status start(struct crew *crew, struct study_task *task, struct sim_error *error) {
    int ends[2];
    pid_t parent = getpid();
    if (pipe2(ends, O_CLOEXEC))
        return sim_fail(error, SIM_ERROR_IO, "a pipe cannot be made: %s", strerror(errno));
    _Atomic uint64_t *seen = free_counter(crew);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        work_and_exit(crew, task, seen, ends[1], parent);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return sim_fail(error, SIM_ERROR_IO, "a worker cannot be started: %s", strerror(errno));
    }
    crew->workers[crew->busy++] =
        (struct worker){.pid = pid, .fd = ends[0], .task = task, .seen = seen};
    return SIM_OK;
}

static enum sim_status start_next(struct crew *crew, struct sim_error *error) {
    enum sim_status status = SIM_OK;
    while (!status && crew->busy < crew->options->count && crew->next < crew->work->task_count) {
        struct study_task *task = crew->order[crew->next++];
        if (!task->done) status = start(crew, task, error);
    }
    return status;
}

// Returns false at the end of what the worker has to say.
static bool receive(struct worker *worker, bool *memory) {
    if (worker->capacity - worker->used < 4096) {
        size_t capacity = worker->capacity ? 2 * worker->capacity : 16384;
        char *text = realloc(worker->text, capacity);
        if (!text) {
            *memory = false;
            return false;
        }
        worker->text = text;
        worker->capacity = capacity;
    }
    ssize_t n = read(worker->fd, worker->text + worker->used, worker->capacity - worker->used - 1);
    if (n < 0) return errno == EINTR || errno == EAGAIN;
    worker->used += (size_t)n;
    worker->text[worker->used] = '\0';
    return n > 0;
}

static enum sim_status judge(struct crew *crew, struct worker *worker, int ended,
                             struct sim_error *error) {
    unsigned number = (unsigned)(worker->task - crew->work->tasks) + 1;
    const char *text = worker->text ? worker->text : "";
    if (WIFSIGNALED(ended))
        return sim_fail(error, SIM_ERROR_TOOL, "the worker of task %u was killed by signal %d (%s)",
                        number, WTERMSIG(ended), strsignal(WTERMSIG(ended)));
    if (text[0] == 'E') {
        char *sentence;
        long status = strtol(text + 1, &sentence, 10);
        sentence[strcspn(sentence, "\n")] = '\0';
        return sim_fail(error, status > 0 ? (enum sim_status)status : SIM_ERROR_TOOL, "%s",
                        sentence + (*sentence == ' '));
    }
    if (WEXITSTATUS(ended) || study_task_read(crew->work, text) != worker->task)
        return sim_fail(error, SIM_ERROR_TOOL,
                        "the worker of task %u ended without an answer (exit status %d)", number,
                        WEXITSTATUS(ended));
    worker->task->done = true;
    crew->cost_done += worker->task->cost;
    return study_journal_add(crew->options->journal, crew->work, worker->task, error);
}

static int reap(struct worker *worker) {
    int ended = 0;
    close(worker->fd);
    while (waitpid(worker->pid, &ended, 0) < 0 && errno == EINTR) continue;
    return ended;
}

static enum sim_status finish(struct crew *crew, unsigned index, struct sim_error *error) {
    struct worker worker = crew->workers[index];
    crew->workers[index] = crew->workers[--crew->busy];
    int ended = reap(&worker);
    enum sim_status status = judge(crew, &worker, ended, error);
    free(worker.text);
    return status;
}

static void stop_all(struct crew *crew) {
    for (unsigned i = 0; i < crew->busy; i++) kill(crew->workers[i].pid, SIGKILL);
    for (unsigned i = 0; i < crew->busy; i++) {
        reap(&crew->workers[i]);
        free(crew->workers[i].text);
    }
    crew->busy = 0;
}

// Cost of what is done, the workers' unfinished tasks by the references that they have seen.
static double cost_so_far(const struct crew *crew) {
    double cost = crew->cost_done;
    for (unsigned w = 0; w < crew->busy; w++) {
        const struct worker *worker = &crew->workers[w];
        if (!worker->seen || worker->task->references <= 0) continue;
        double part = (double)atomic_load_explicit(worker->seen, memory_order_relaxed) /
                      worker->task->references;
        cost += worker->task->cost * (part < 1 ? part : 1);
    }
    return cost;
}

static void draw(const struct crew *crew) {
    enum { BAR = 30 };
    struct timespec now;
    unsigned done = 0;
    char bar[BAR + 1], left[32] = "";
    if (!crew->options->progress) return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double seconds = (double)(now.tv_sec - crew->start.tv_sec) +
                     1e-9 * (double)(now.tv_nsec - crew->start.tv_nsec);
    double so_far = cost_so_far(crew), here = so_far - crew->cost_at_start;
    double part = crew->cost > 0 ? so_far / crew->cost : 1;
    for (unsigned t = 0; t < crew->work->task_count; t++) done += crew->work->tasks[t].done;
    for (unsigned i = 0; i < BAR; i++) bar[i] = (double)i < part * BAR ? '#' : '.';
    bar[BAR] = '\0';
    if (here > 0 && seconds > 0.5)
        snprintf(left, sizeof left, "  %.0f s left", seconds * (crew->cost - so_far) / here);
    fprintf(stderr, "\r[%s] %5.1f %%  %u of %u tasks%s\033[K", bar, 100 * part, done,
            crew->work->task_count, left);
}

static enum sim_status wait_some(struct crew *crew, struct sim_error *error) {
    struct pollfd ends[STUDY_MOST_WORKERS];
    enum sim_status status = SIM_OK;
    for (unsigned i = 0; i < crew->busy; i++)
        ends[i] = (struct pollfd){.fd = crew->workers[i].fd, .events = POLLIN};
    int ready = poll(ends, crew->busy, 500);
    // From the end, since the last one takes the place of one that is finished.
    for (unsigned i = crew->busy; ready > 0 && i-- > 0 && !status;) {
        bool memory = true;
        if (!ends[i].revents || receive(&crew->workers[i], &memory)) continue;
        status =
            memory ? finish(crew, i, error) : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    return status;
}

static enum sim_status run(struct crew *crew, struct sim_error *error) {
    enum sim_status status = start_next(crew, error);
    while (!status && crew->busy > 0) {
        draw(crew);
        status = wait_some(crew, error);
        if (!status && run_interrupted()) {
            unsigned done = 0;
            for (unsigned t = 0; t < crew->work->task_count; t++) done += crew->work->tasks[t].done;
            status = sim_fail(error, SIM_ERROR_INTERRUPTED, "interrupted after %u of %u tasks",
                              done, crew->work->task_count);
        }
        if (!status) status = start_next(crew, error);
    }
    stop_all(crew);
    if (crew->options->progress) fprintf(stderr, "\r\033[K");
    return status;
}

static int by_cost(const void *a, const void *b) {
    const struct study_task *x = *(struct study_task *const *)a;
    const struct study_task *y = *(struct study_task *const *)b;
    if (x->cost != y->cost) return x->cost < y->cost ? 1 : -1;
    return x < y ? -1 : x > y;
}

static bool put_in_order(struct crew *crew) {
    struct study_work *work = crew->work;
    crew->order = calloc(work->task_count + 1, sizeof(struct study_task *));
    if (!crew->order) return false;
    for (unsigned t = 0; t < work->task_count; t++) crew->order[t] = &work->tasks[t];
    qsort(crew->order, work->task_count, sizeof(struct study_task *), by_cost);
    return true;
}

enum sim_status study_workers_run(const struct study_workers *workers, struct study_work *work,
                                  struct sim_error *error) {
    struct crew *crew = calloc(1, sizeof *crew);
    if (!crew) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    crew->work = work;
    if (!put_in_order(crew)) {
        free(crew);
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    crew->options = workers;
    clock_gettime(CLOCK_MONOTONIC, &crew->start);
    for (unsigned t = 0; t < work->task_count; t++) {
        crew->cost += work->tasks[t].cost;
        if (work->tasks[t].done) crew->cost_done += work->tasks[t].cost;
    }
    crew->cost_at_start = crew->cost_done;
    // Without it progress moves when a task ends.
    size_t bytes = STUDY_MOST_WORKERS * sizeof *crew->seen;
    void *shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    crew->seen = shared == MAP_FAILED ? NULL : shared;
    enum sim_status status = run(crew, error);
    if (crew->seen) munmap(shared, bytes);
    free(crew->order);
    free(crew);
    return status;
}
