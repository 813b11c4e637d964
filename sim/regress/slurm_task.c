// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "slurm_task.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "dut_loader.h"
#include "folders.h"
#include "regression.h"
#include "result_line.h"
#include "slurm_manifest.h"

enum { MOST_ATTEMPTS = 3 };

struct task {
    struct manifest manifest;
    struct pool *pool;
    size_t first, end;               // of the manifest's jobs
    bool *done;                      // from `first` on
    int lines;                       // file descriptor
    char scratch[RUN_PATH_BYTES];    // folder; "": not made
    char json[RUN_PATH_BYTES + 16];  // there, of the job that runs
    char stop[RUN_PATH_BYTES];       // once it is there nothing more is started
    unsigned kept;                   // failures of which something was kept
    double synced;
};

// --- what is done already ----------------------------------------------------------------

static void mark_done(void *user, size_t number, struct result *result) {
    struct task *task = user;
    const struct manifest_job *jobs = task->manifest.jobs;
    size_t low = task->first, high = task->end;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (jobs[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < task->end && jobs[low].number == number) task->done[low - task->first] = true;
    free(result->output);
}

// A lost node may have left half a line: what comes then begins on a new one.
static enum sim_status open_lines(struct task *task, const char *path, struct sim_error *error) {
    uint64_t offset = 0;
    char last = '\n';
    struct stat status;
    result_line_each(path, task->manifest.id, &offset, mark_done, task);
    task->lines = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    bool ok = task->lines >= 0 && !fstat(task->lines, &status);
    if (ok && status.st_size > 0)
        ok = pread(task->lines, &last, 1, status.st_size - 1) == 1 &&
             (last == '\n' || write(task->lines, "\n", 1) == 1);
    if (ok) return SIM_OK;
    return sim_fail(error, SIM_ERROR_IO, "%.300s: cannot be written: %s", path, strerror(errno));
}

// --- jobs --------------------------------------------------------------------------------

static void keep(struct task *task, const struct manifest_job *job, const struct result *result) {
    char folder[RUN_PATH_BYTES], *text = NULL, *command = NULL;
    const struct execution *execution = &task->manifest.executions[job->suite];
    int n = snprintf(folder, sizeof folder, "%s/%s.%" PRIu64, task->manifest.folder,
                     execution->suite, job->seed);
    if (n < 0 || (size_t)n >= sizeof folder || task->kept++ >= STORE_OUTPUTS) return;
    text = words_text(execution->words);
    if (text && asprintf(&command, "%s --seed %" PRIu64, text, job->seed) >= 0)
        collect_keep(folder, command, result->output, task->json);
    free(command);
    free(text);
}

// One write a line: appended as a whole.
static enum sim_status hand_over(struct task *task, const struct manifest_job *job,
                                 const struct result *result, struct sim_error *error) {
    char *line = result_line_write(task->manifest.id, job->number, result);
    size_t length = line ? strlen(line) : 0;
    if (!line) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    ssize_t n = write(task->lines, line, length);
    free(line);
    if (n < 0 || (size_t)n != length)
        return sim_fail(error, SIM_ERROR_IO, "a result cannot be written: %s",
                        n < 0 ? strerror(errno) : "the disk is full");
    if (pool_clock() - task->synced > 1) {
        fdatasync(task->lines);
        task->synced = pool_clock();
    }
    return SIM_OK;
}

static enum sim_status run_once(struct task *task, const struct manifest_job *job,
                                struct pool_end *end, struct sim_error *error) {
    const struct execution *execution = &task->manifest.executions[job->suite];
    struct words words = {0};
    enum sim_status status = SIM_OK;
    if (!execute_words(execution, task->manifest.program, job->seed, task->json, &words))
        status = sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    struct pool_task one = {.argv = words.word, .seconds = (double)execution->seconds};
    execute_drop(task->json);
    if (!status) status = pool_start(task->pool, &one, error);
    words_destroy(&words);
    while (!status && !pool_wait(task->pool, 500, end))
        if (run_interrupted()) status = sim_fail(error, SIM_ERROR_INTERRUPTED, "interrupted");
    return status;
}

// Who cancels a task signals all its processes, one by one: a job's end may be seen before the
// task's own signal. What ends a job is SIGTERM, or exit status 2, as `tandem run` answers to it.
static bool was_cancelled(const struct pool_end *end) {
    enum { TRIES = 20 };
    const struct timespec pause = {.tv_nsec = 10000000};
    bool may_be =
        WIFSIGNALED(end->ended) ? WTERMSIG(end->ended) != SIGKILL : WEXITSTATUS(end->ended) == 2;
    if (end->timed_out || !may_be) return false;
    for (unsigned k = 0; k < TRIES && !run_interrupted(); k++) nanosleep(&pause, NULL);
    return run_interrupted();
}

static enum sim_status run_job(struct task *task, const struct manifest_job *job,
                               struct sim_error *error) {
    struct pool_end end = {0};
    struct result result;
    enum sim_status status;
    unsigned attempts = 0;
    do {
        free(end.output);
        end.output = NULL;
        status = run_once(task, job, &end, error);
    } while (!status && ++attempts < MOST_ATTEMPTS && execute_was_killed(&end));
    if (!status && was_cancelled(&end))
        status = sim_fail(error, SIM_ERROR_INTERRUPTED, "interrupted");
    if (!status && execute_lacks_room(&end, task->json))
        status = sim_fail(error, SIM_ERROR_IO, "%.300s: the disk is full", task->scratch);
    if (status) {
        free(end.output);
        return status;
    }
    execute_judge(&task->manifest.executions[job->suite], &end, task->json, &result);
    result.attempts = attempts;
    if (result.outcome != OUTCOME_PASSED) keep(task, job, &result);
    status = hand_over(task, job, &result, error);
    execute_drop(task->json);
    free(result.output);
    return status;
}

// --- the task ----------------------------------------------------------------------------

static enum sim_status find_share(struct task *task, uint64_t index, struct sim_error *error) {
    const struct manifest *manifest = &task->manifest;
    if (index > manifest->job_count / manifest->chunk)
        return sim_fail(error, SIM_ERROR_USAGE, "there is no task %" PRIu64, index);
    task->first = (size_t)index * manifest->chunk;
    task->end = task->first + manifest->chunk;
    if (task->end > manifest->job_count) task->end = manifest->job_count;
    task->done = calloc(manifest->chunk + 1, sizeof *task->done);
    task->pool = pool_create(1);
    return task->done && task->pool ? SIM_OK : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
}

// $TMPDIR came with the job from another machine: it need not be on this one.
static enum sim_status make_scratch(struct task *task, struct sim_error *error) {
    const char *given = getenv("TMPDIR");
    const char *const bases[] = {given && given[0] ? given : "/tmp", "/tmp"};
    for (unsigned i = 0; i < 2; i++) {
        int n = snprintf(task->scratch, sizeof task->scratch, "%s/tandem-task.XXXXXX", bases[i]);
        if (n < 0 || (size_t)n >= sizeof task->scratch || !mkdtemp(task->scratch)) continue;
        snprintf(task->json, sizeof task->json, "%s/job.json", task->scratch);
        return SIM_OK;
    }
    task->scratch[0] = '\0';
    return sim_fail(error, SIM_ERROR_IO, "%.300s: no folder can be made there: %s", bases[0],
                    strerror(errno));
}

static enum sim_status run_share(struct task *task, const char *path, uint64_t index,
                                 struct sim_error *error) {
    char lines[RUN_PATH_BYTES];
    enum sim_status status = find_share(task, index, error);
    if (!status && (!manifest_lines_path(path, (unsigned)index, lines, sizeof lines) ||
                    !manifest_stop_path(path, task->stop, sizeof task->stop)))
        status = sim_fail(error, SIM_ERROR_USAGE, "%.300s: the name is too long", path);
    if (!status) status = open_lines(task, lines, error);
    if (!status) status = make_scratch(task, error);
    for (size_t j = task->first; j < task->end && !status && access(task->stop, F_OK); j++)
        if (!task->done[j - task->first]) status = run_job(task, &task->manifest.jobs[j], error);
    return status;
}

enum sim_status slurm_task_run(const char *manifest_path, struct sim_error *error) {
    struct task task = {.lines = -1};
    const char *given = getenv("SLURM_ARRAY_TASK_ID");
    uint64_t index;
    if (!given || !config_number(given, &index))
        return sim_fail(error, SIM_ERROR_USAGE, "SLURM_ARRAY_TASK_ID is not the number of a task");
    enum sim_status status = manifest_read(manifest_path, &task.manifest, error);
    if (!status) status = run_share(&task, manifest_path, index, error);
    pool_destroy(task.pool);
    if (task.scratch[0]) folders_remove(task.scratch);
    free(task.done);
    if (task.lines >= 0) {
        fdatasync(task.lines);
        close(task.lines);
    }
    manifest_destroy(&task.manifest);
    return status;
}
