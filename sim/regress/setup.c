// SPDX-License-Identifier: Apache-2.0
// From a command line to a regression that can begin, and its end.
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "folders.h"
#include "regression.h"
#include "revision.h"

static enum sim_status no_memory(struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
}

// --- plan, suites, jobs ------------------------------------------------------------------

static enum sim_status name_suites(struct regression *regression, struct sim_error *error) {
    unsigned count = regression->suites.count;
    regression->names = calloc(count + 1, sizeof *regression->names);
    regression->executions = calloc(count + 1, sizeof *regression->executions);
    if (!regression->names || !regression->executions) return no_memory(error);
    for (unsigned s = 0; s < count; s++) {
        const struct suite *suite = &regression->suites.suite[s];
        if (asprintf(&regression->names[s], "%s.%s", suite->configuration, suite->test) < 0) {
            regression->names[s] = NULL;
            return no_memory(error);
        }
        regression->executions[s] =
            (struct execution){.suite = regression->names[s],
                               .words = &suite->words,
                               .seconds = suite->from->seconds,
                               .quiet = suite->from->command != PLAN_VECTORS};
    }
    return SIM_OK;
}

// The option before the plan; without either another one each time, which is printed.
static void choose_seed(struct regression *regression) {
    uint64_t drawn = 0;
    regression->seed = regression->plan.seed;
    if (regression->options->has_seed) {
        regression->seed = regression->options->seed;
    } else if (!regression->plan.has_seed) {
        if (getrandom(&drawn, sizeof drawn, 0) != sizeof drawn) drawn = (uint64_t)getpid();
        regression->seed = drawn >> 32;
    }
}

static enum sim_status choose_jobs(struct regression *regression, struct sim_error *error) {
    struct jobs_options options = {.seed = regression->seed,
                                   .only_again = regression->options->rerun_failed,
                                   .most = regression->plan.most_jobs};
    struct job *again = NULL;
    enum sim_status status = SIM_OK;
    if (regression->store)
        status = store_failing(regression->store, regression->plan.title, &regression->suites,
                               &again, &options.again_count, error);
    options.again = again;
    if (!status) status = jobs_create(&regression->suites, &options, &regression->jobs, error);
    free(again);
    if (!status && !regression->jobs.count)
        status = sim_fail(error, SIM_ERROR_USAGE,
                          "nothing to run: every job of '%s' passed when it last ran",
                          regression->plan.title);
    return status;
}

static char *database_path(const struct regress_options *options) {
    char *path = NULL;
    if (options->db) return strdup(options->db);
    return asprintf(&path, "%s/results.db", options->dir) < 0 ? NULL : path;
}

static enum sim_status open_store(struct regression *regression, bool to_read,
                                  struct sim_error *error) {
    char *path = database_path(regression->options);
    enum sim_status status = path ? SIM_OK : no_memory(error);
    if (path && !to_read) status = store_open(path, &regression->store, error);
    if (path && to_read && !access(path, F_OK))
        status = store_open_to_read(path, &regression->store, error);
    free(path);
    return status;
}

static enum sim_status read_plan(const struct regress_options *options,
                                 struct regression *regression, struct sim_error *error) {
    *regression = (struct regression){.options = options, .lock = -1, .store_lock = -1};
    enum sim_status status = plan_load(options->plan_path, &regression->plan, error);
    if (!status) status = suites_create(&regression->plan, &regression->suites, error);
    if (!status) status = name_suites(regression, error);
    if (!status) choose_seed(regression);
    return status;
}

enum sim_status regression_plan(const struct regress_options *options,
                                struct regression *regression, struct sim_error *error) {
    enum sim_status status = read_plan(options, regression, error);
    if (!status) status = open_store(regression, true, error);
    return status ? status : choose_jobs(regression, error);
}

// --- folders -----------------------------------------------------------------------------

static enum sim_status make_coverage_folder(struct regression *regression,
                                            struct sim_error *error) {
    char *path = NULL;
    if (asprintf(&path, "%s/coverage", regression->folder) < 0) return no_memory(error);
    enum sim_status status = folders_make(path, error);
    if (!status) regression->coverage = realpath(path, NULL);
    free(path);
    if (!status && !regression->coverage) status = no_memory(error);
    for (unsigned s = 0; s < regression->suites.count && !status; s++)
        if (regression->suites.suite[s].covers)
            regression->executions[s].coverage = regression->coverage;
    return status;
}

// What runs jobs: this program. Tests of the scheduler put another one in its place.
static enum sim_status find_program(struct regression *regression, struct sim_error *error) {
    const char *given = getenv("TANDEM_REGRESS_JOB");
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n > 0) self[n] = '\0';
    if (!given && n <= 0)
        return sim_fail(error, SIM_ERROR_TOOL, "this program cannot be found by itself");
    regression->program = strdup(given ? given : self);
    return regression->program ? SIM_OK : no_memory(error);
}

// --- begin, resume, end ------------------------------------------------------------------

static enum sim_status begin(struct regression *regression, struct sim_error *error) {
    struct store_run about = {.program = TANDEM_VERSION,
                              .seed = regression->seed,
                              .workers = regression->options->workers};
    about.launcher = regression->options->launcher == LAUNCH_SLURM ? "slurm" : "local";
    enum sim_status status = choose_jobs(regression, error);
    if (status) return status;
    snprintf(about.title, sizeof about.title, "%s", regression->plan.title);
    revision_find(&about);
    regression->done = calloc(regression->jobs.count + 1, sizeof *regression->done);
    if (!regression->done) return no_memory(error);
    status = folders_next_run(regression, &about.least, error);
    if (status) return status;
    return store_begin(regression->store, &about, &regression->suites, &regression->jobs,
                       &regression->run, error);
}

static enum sim_status resume(struct regression *regression, struct sim_error *error) {
    const char *title = regression->plan.title;
    enum sim_status status = store_unfinished(regression->store, title, &regression->run, error);
    if (!status && !regression->run)
        status =
            sim_fail(error, SIM_ERROR_USAGE, "there is no unfinished run of '%s' to resume", title);
    if (!status)
        status = store_resume(regression->store, regression->run, &regression->suites,
                              &regression->jobs, &regression->done, &regression->seed, error);
    if (!status)
        status = store_outcomes(regression->store, regression->run, regression->counts, error);
    for (size_t n = 0; !status && n < regression->jobs.count; n++)
        regression->finished += regression->done[n];
    regression->finished_at_start = regression->finished;
    regression->resumed = true;
    return status;
}

// The folder of the run, once its number is known.
static enum sim_status open_run(struct regression *regression, struct sim_error *error) {
    enum sim_status status =
        store_identity(regression->store, regression->run, regression->id, error);
    if (status) return status;
    if (asprintf(&regression->folder, "%s/run-%" PRId64, regression->options->dir,
                 regression->run) < 0) {
        regression->folder = NULL;
        return no_memory(error);
    }
    status = folders_claim(regression, error);
    return status || !regression->options->coverage ? status
                                                    : make_coverage_folder(regression, error);
}

// The database, too, is one regression's at a time, whatever --dir the others have.
static enum sim_status open_own_store(struct regression *regression, struct sim_error *error) {
    enum sim_status status = open_store(regression, false, error);
    if (status) return status;
    char *path = database_path(regression->options);
    status = path ? folders_lock_store(regression, path, error) : no_memory(error);
    free(path);
    return status;
}

enum sim_status regression_create(const struct regress_options *options,
                                  struct regression *regression, struct sim_error *error) {
    enum sim_status status = read_plan(options, regression, error);
    if (!status) status = folders_open(regression, error);
    if (!status) status = open_own_store(regression, error);
    if (!status) status = find_program(regression, error);
    if (!status) status = options->resume ? resume(regression, error) : begin(regression, error);
    if (status) return status;
    status = open_run(regression, error);
    if (status) store_end(regression->store, regression->run, "interrupted", 0, NULL);
    regression->began = regression->start = regression->synced = pool_clock();
    return status;
}

void regression_destroy(struct regression *regression) {
    for (unsigned s = 0; regression->names && s < regression->suites.count; s++)
        free(regression->names[s]);
    for (size_t i = 0; i < regression->pending_count; i++)
        free(regression->pending[i].result.output);
    store_close(regression->store);
    folders_close(regression);
    free(regression->pending);
    free(regression->names);
    free(regression->executions);
    free(regression->jobs.job);
    free(regression->done);
    free(regression->program);
    free(regression->folder);
    free(regression->coverage);
    suites_destroy(&regression->suites);
    plan_destroy(&regression->plan);
}
