// SPDX-License-Identifier: Apache-2.0
// The launcher for a Slurm cluster. Results come through files that the tasks append to; what the
// queue says only decides when to stop waiting for them.
#define _GNU_SOURCE
#include "slurm.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dut_loader.h"
#include "result.h"
#include "result_line.h"
#include "slurm_manifest.h"

enum {
    MOST_IN_VAIN = 3,
    MOST_TASKS = 1000,
    TASKS_EACH = 4,
    TOOL_SECONDS = 60,
    UNKNOWN_SECONDS = 180
};

struct cluster {
    struct regression *regression;
    char folder[PATH_MAX];  // DIR/run-R/slurm, absolute
    char manifest[PATH_MAX + 64];
    char id[32];  // of the array; "" if none is under way
    bool held;    // nothing more of it is started
    unsigned tasks;
    uint64_t *offsets;    // by task: so much of its lines was read
    double asked, known;  // the queue was asked / answered last
};

static enum sim_status no_memory(struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
}

// Run a program of Slurm's. *output is the caller's to free, also on failure.
static enum sim_status run_tool(const char **argv, char **output, int *exit_status,
                                struct sim_error *error) {
    struct pool *pool = pool_create(1);
    struct pool_task task = {.argv = (char *const *)(void *)argv, .seconds = TOOL_SECONDS};
    struct pool_end end = {0};
    *output = NULL;
    enum sim_status status = pool ? pool_start(pool, &task, error) : no_memory(error);
    if (!status) {
        while (!pool_wait(pool, 1000, &end)) continue;
        *output = end.output ? end.output : strdup("");
        *exit_status = end.ended ? 2 : 0;
    }
    pool_destroy(pool);
    return status;
}

// --- results -----------------------------------------------------------------------------

static void take_line(void *user, size_t number, struct result *result) {
    struct regression *regression = user;
    if (number < regression->jobs.count && !regression->done[number])
        collect(regression, number, result, NULL);
    else
        free(result->output);
}

static void take_lines(struct cluster *cluster) {
    char path[PATH_MAX + 128];
    for (unsigned t = 0; t < cluster->tasks; t++)
        if (manifest_lines_path(cluster->manifest, t, path, sizeof path))
            result_line_each(path, cluster->regression->id, &cluster->offsets[t], take_line,
                             cluster->regression);
}

static void name_manifest(struct cluster *cluster, unsigned round) {
    snprintf(cluster->manifest, sizeof cluster->manifest, "%s/round-%u.json", cluster->folder,
             round);
}

// What tasks have left of a run that was interrupted, or that could not store results.
static enum sim_status take_earlier(struct cluster *cluster, unsigned *rounds,
                                    struct sim_error *error) {
    for (;; ++*rounds) {
        name_manifest(cluster, *rounds);
        if (access(cluster->manifest, F_OK)) return SIM_OK;
        memset(cluster->offsets, 0, MOST_TASKS * sizeof *cluster->offsets);
        cluster->tasks = MOST_TASKS;
        take_lines(cluster);
        if (*rounds > 10000) return sim_fail(error, SIM_ERROR_IO, "too many rounds");
    }
}

// --- an array ----------------------------------------------------------------------------

static size_t list_rest(const struct regression *regression, struct manifest_job *jobs) {
    size_t count = 0;
    for (size_t n = 0; n < regression->jobs.count; n++) {
        const struct job *job = &regression->jobs.job[n];
        if (!regression->done[n]) jobs[count++] = (struct manifest_job){n, job->suite, job->seed};
    }
    return count;
}

static size_t choose_chunk(const struct regression *regression, size_t jobs) {
    size_t tasks = (size_t)regression->options->workers * TASKS_EACH;
    size_t chunk = regression->options->chunk;
    if (!chunk) chunk = (jobs + tasks - 1) / tasks;
    size_t least = (jobs + MOST_TASKS - 1) / MOST_TASKS;
    return chunk < least ? least : chunk;
}

static enum sim_status write_manifest(struct cluster *cluster, struct sim_error *error) {
    struct regression *regression = cluster->regression;
    char *kept = realpath(regression->folder, NULL);
    struct manifest manifest = {.id = regression->id,
                                .program = regression->program,
                                .folder = kept,
                                .executions = regression->executions,
                                .suite_count = regression->suites.count};
    manifest.jobs = calloc(regression->jobs.count + 1, sizeof *manifest.jobs);
    enum sim_status status = manifest.jobs && kept ? SIM_OK : no_memory(error);
    if (!status) {
        manifest.job_count = list_rest(regression, manifest.jobs);
        manifest.chunk = choose_chunk(regression, manifest.job_count);
        cluster->tasks = (unsigned)((manifest.job_count + manifest.chunk - 1) / manifest.chunk);
        memset(cluster->offsets, 0, MOST_TASKS * sizeof *cluster->offsets);
        status = manifest_write(&manifest, cluster->manifest, error);
    }
    free(manifest.jobs);
    free(kept);
    return status;
}

static enum sim_status write_script(const struct cluster *cluster, const char *path,
                                    struct sim_error *error) {
    char self[PATH_MAX], *text = NULL, *command;
    struct words words = {0};
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) return sim_fail(error, SIM_ERROR_TOOL, "this program cannot be found by itself");
    self[n] = '\0';
    bool ok = words_add(&words, self) && words_add(&words, "regress") &&
              words_add(&words, "--task") && words_add(&words, cluster->manifest);
    command = ok ? words_text(&words) : NULL;
    words_destroy(&words);
    ok = command && asprintf(&text, "#!/bin/sh\nexec %s", command) >= 0;
    free(command);
    if (!ok) return no_memory(error);
    enum sim_status status = result_write_text(path, text, error);
    free(text);
    return status;
}

static enum sim_status submit(struct cluster *cluster, struct sim_error *error) {
    char array[64], output[PATH_MAX + 64], script[PATH_MAX + 64], *said;
    int exit_status = 2;
    snprintf(array, sizeof array, "--array=0-%u%%%u", cluster->tasks - 1,
             cluster->regression->options->workers);
    snprintf(output, sizeof output, "--output=%s/%%A-%%a.out", cluster->folder);
    snprintf(script, sizeof script, "%s/task.sh", cluster->folder);
    enum sim_status status = write_script(cluster, script, error);
    if (status) return status;
    // A task whose node is lost is not requeued: Slurm lets it wait for minutes, and not every
    // cluster does it at all. What it leaves is submitted again, with what others leave.
    const char *argv[] = {"sbatch",
                          "--parsable",
                          "--no-requeue",
                          "--open-mode=append",
                          "--job-name=tandem-regress",
                          array,
                          output,
                          script,
                          NULL};
    status = run_tool(argv, &said, &exit_status, error);
    if (!status) said[strcspn(said, "\n")] = '\0';
    size_t digits = status ? 0 : strspn(said, "0123456789");
    if (!status && (exit_status || !digits || digits >= sizeof cluster->id))
        status = sim_fail(error, SIM_ERROR_TOOL, "sbatch failed: %.300s", said);
    if (!status) snprintf(cluster->id, sizeof cluster->id, "%.*s", (int)digits, said);
    free(said);
    cluster->known = pool_clock();
    cluster->held = false;
    return status;
}

static void cancel(struct cluster *cluster) {
    const char *argv[] = {"scancel", cluster->id, NULL};
    char *said = NULL;
    int exit_status;
    if (cluster->id[0]) run_tool(argv, &said, &exit_status, NULL);
    free(said);
    cluster->id[0] = '\0';
}

// Start nothing more: neither tasks, nor jobs of the tasks that run. What runs is let finish, and
// the array ends.
static void hold(struct cluster *cluster) {
    const char *argv[] = {"scancel", "--state=PENDING", cluster->id, NULL};
    char path[PATH_MAX + 128], *said = NULL;
    int exit_status;
    int file = manifest_stop_path(cluster->manifest, path, sizeof path)
                   ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666)
                   : -1;
    if (file >= 0) close(file);
    run_tool(argv, &said, &exit_status, NULL);
    free(said);
    cluster->held = true;
}

// Whether the array has left the queue. A controller that does not answer is waited for.
static enum sim_status has_ended(struct cluster *cluster, bool *ended, struct sim_error *error) {
    const char *argv[] = {"squeue", "--noheader", "--jobs", cluster->id, "--format=%T", NULL};
    char *said;
    int exit_status = 2;
    *ended = false;
    enum sim_status status = run_tool(argv, &said, &exit_status, error);
    if (status) return status;
    bool gone = strstr(said, "Invalid job id") != NULL;
    if (!exit_status || gone) cluster->known = pool_clock();
    *ended = gone || (!exit_status && !said[strspn(said, " \n")]);
    if (pool_clock() - cluster->known > UNKNOWN_SECONDS)
        status = sim_fail(error, SIM_ERROR_TOOL, "squeue has failed for %d seconds: %.300s",
                          UNKNOWN_SECONDS, said);
    free(said);
    return status;
}

static enum sim_status watch(struct cluster *cluster, struct sim_error *error) {
    struct regression *regression = cluster->regression;
    enum sim_status status = SIM_OK;
    bool ended = false;
    while (!status && !ended && regression->finished < regression->jobs.count) {
        usleep(200000);
        if (pool_clock() - cluster->asked > 1) {
            status = has_ended(cluster, &ended, error);
            cluster->asked = pool_clock();
        }
        if (!regression->pending_count) take_lines(cluster);
        collect_sync(regression);
        progress_draw(regression);
        if (!status && run_interrupted())
            status = sim_fail(error, SIM_ERROR_INTERRUPTED,
                              "interrupted after %zu of %zu jobs; --resume goes on",
                              regression->finished, regression->jobs.count);
        bool may_start = collect_may_start(regression);
        if (regression->stopping) break;
        if (!may_start && !status && !cluster->held) hold(cluster);
    }
    if (!ended) cancel(cluster);
    cluster->id[0] = '\0';
    return status;
}

// --- rounds ------------------------------------------------------------------------------

static enum sim_status prepare(struct cluster *cluster, struct sim_error *error) {
    struct regression *regression = cluster->regression;
    char *path = NULL;
    if (mkdir(regression->folder, 0777) && errno != EEXIST)
        return sim_fail(error, SIM_ERROR_IO, "%.300s: this folder cannot be made: %s",
                        regression->folder, strerror(errno));
    if (asprintf(&path, "%s/slurm", regression->folder) < 0) return no_memory(error);
    bool ok = (!mkdir(path, 0777) || errno == EEXIST) && realpath(path, cluster->folder);
    int why = errno;
    cluster->offsets = calloc(MOST_TASKS, sizeof *cluster->offsets);
    enum sim_status status =
        !ok ? sim_fail(error, SIM_ERROR_IO, "%.300s: this folder cannot be made: %s", path,
                       strerror(why))
        : cluster->offsets ? SIM_OK
                           : no_memory(error);
    free(path);
    return status;
}

static void give_up(struct regression *regression) {
    struct result result;
    for (size_t n = 0; n < regression->jobs.count; n++) {
        if (regression->done[n]) continue;
        execute_fail("its task was lost three times", &result);
        collect(regression, n, &result, NULL);
    }
}

// Round after round, as long as results come.
static enum sim_status run_rounds(struct cluster *cluster, struct sim_error *error) {
    struct regression *regression = cluster->regression;
    unsigned round = 0, in_vain = 0;
    enum sim_status status = take_earlier(cluster, &round, error);
    while (!status && in_vain < MOST_IN_VAIN) {
        size_t before = regression->finished + regression->pending_count;
        if (before == regression->jobs.count || !collect_may_start(regression)) return status;
        name_manifest(cluster, round++);
        status = write_manifest(cluster, error);
        if (!status) status = submit(cluster, error);
        if (!status) status = watch(cluster, error);
        take_lines(cluster);
        in_vain = regression->finished + regression->pending_count > before ? 0 : in_vain + 1;
    }
    if (!status && collect_may_start(regression)) give_up(regression);
    return status;
}

enum sim_status run_slurm(struct regression *regression, struct sim_error *error) {
    struct cluster *cluster = calloc(1, sizeof *cluster);
    if (!cluster) return no_memory(error);
    cluster->regression = regression;
    enum sim_status status = prepare(cluster, error);
    if (!status) status = run_rounds(cluster, error);
    progress_clear(regression);
    free(cluster->offsets);
    free(cluster);
    return status;
}
