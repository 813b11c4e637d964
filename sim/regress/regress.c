// SPDX-License-Identifier: Apache-2.0
// A regression from beginning to end.
#define _POSIX_C_SOURCE 200809L
#include "regress.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "history.h"
#include "regression.h"
#include "report.h"
#include "slurm.h"

static int fail(bool *failed) {
    *failed = true;
    return 2;
}

// --- -l, --history -----------------------------------------------------------------------

static int list_jobs(const struct regress_options *options, bool *failed, struct sim_error *error) {
    struct regression regression;
    enum sim_status status = regression_plan(options, &regression, error);
    if (!status) printf("# %s, seed %" PRIu64 "\n", regression.plan.title, regression.seed);
    for (size_t n = 0; !status && n < regression.jobs.count; n++) {
        const struct job *job = &regression.jobs.job[n];
        printf("%-6zu %-5s %-32s %s --seed %" PRIu64 "\n", n, job->again ? "again" : "new",
               regression.names[job->suite], regression.suites.suite[job->suite].command,
               job->seed);
    }
    regression_destroy(&regression);
    return status ? fail(failed) : 0;
}

static int print_history(const struct regress_options *options, bool *failed,
                         struct sim_error *error) {
    struct plan plan;
    struct store *store = NULL;
    char path[4096];
    enum sim_status status = plan_load(options->plan_path, &plan, error);
    if (status) return fail(failed);
    snprintf(path, sizeof path, "%s%s", options->db ? options->db : options->dir,
             options->db ? "" : "/results.db");
    if (access(path, F_OK))
        status = sim_fail(error, SIM_ERROR_IO, "%.300s: there are no results yet", path);
    if (!status) status = store_open_to_read(path, &store, error);
    if (!status) status = history_print(store, plan.title, stdout, error);
    store_close(store);
    plan_destroy(&plan);
    return status ? fail(failed) : 0;
}

// --- the regression ----------------------------------------------------------------------

static void print_head(const struct regression *regression) {
    size_t again = 0;
    for (size_t n = 0; n < regression->jobs.count; n++) again += regression->jobs.job[n].again;
    printf("%s: run %" PRId64 ", seed %" PRIu64 ", %zu jobs (%zu that did not pass last time)",
           regression->plan.title, regression->run, regression->seed, regression->jobs.count,
           again);
    if (regression->resumed) printf(", %zu of them done", regression->finished_at_start);
    printf(", %u at a time\n", regression->options->workers);
    fflush(stdout);
}

static enum sim_status write_reports(const struct regress_options *options,
                                     const struct report *report, struct sim_error *error) {
    const struct {
        const char *path;
        regress_report_writer *writer;
    } kinds[] = {{options->junit, regress_report_junit},
                 {options->tap, regress_report_tap},
                 {options->json, regress_report_json},
                 {options->html, regress_report_html}};
    enum sim_status status = SIM_OK;
    for (unsigned i = 0; i < 4; i++) {
        struct sim_error why;
        if (!kinds[i].path) continue;
        enum sim_status one = regress_report_write(report, kinds[i].writer, kinds[i].path, &why);
        if (one && !status) *error = why;
        if (one && !status) status = one;
    }
    return status;
}

static enum sim_status finish_jobs(struct regression *regression, struct sim_error *error) {
    const struct regress_options *options = regression->options;
    enum sim_status status = options->waves ? record_waves(regression, error) : SIM_OK;
    if (!status && options->keep) status = keep_reproductions(regression, error);
    if (!status && options->coverage) status = merge_coverage(regression, error);
    return status;
}

// Jobs without a result although nobody asked for fewer.
static size_t count_left(const struct regression *regression) {
    if (regression->stopping || regression->out_of_time) return 0;
    return regression->jobs.count - regression->finished;
}

// A launcher returns early when a result cannot be stored; what waits is stored then, or the run
// ends.
static enum sim_status launch(struct regression *regression, struct sim_error *error) {
    enum sim_status status = regression->options->launcher == LAUNCH_SLURM
                                 ? run_slurm(regression, error)
                                 : run_local(regression, error);
    struct sim_error why;
    enum sim_status rest = collect_rest(regression, &why);
    if (rest) *error = why;
    return rest ? rest : status;
}

// As long as jobs are left and results come.
static enum sim_status launch_all(struct regression *regression, struct sim_error *error) {
    enum sim_status status;
    size_t before;
    do {
        before = regression->finished;
        status = launch(regression, error);
    } while (!status && count_left(regression) && regression->finished > before);
    if (!status && count_left(regression))
        status = sim_fail(error, SIM_ERROR_MEMORY,
                          "%zu jobs were not run: there is no memory for their results; --resume "
                          "goes on",
                          count_left(regression));
    return status;
}

// The jobs, whatever ends them; then what they have left is made safe.
static enum sim_status run_jobs(struct regression *regression, struct sim_error *error) {
    enum sim_status status = build_units(regression, error);
    regression->start = pool_clock();
    if (status)
        collect_rest(regression, NULL);
    else
        status = launch_all(regression, error);
    regression->spent = pool_clock() - regression->start;
    return status ? status : finish_jobs(regression, error);
}

static enum sim_status end_run(struct regression *regression, enum sim_status status,
                               struct sim_error *error) {
    bool finished = !status && !regression->stopping;
    const char *state = status ? "interrupted" : finished ? "finished" : "stopped";
    status = store_end(regression->store, regression->run, state, regression->spent, error);
    if (!status && finished && regression->coverage) drop_coverage(regression);
    return status;
}

static int tell(struct regression *regression, enum sim_status status, bool *failed,
                struct sim_error *error) {
    struct report report;
    struct sim_error why;
    if (regress_report_read(regression->store, regression->run, &report, status ? &why : error))
        return fail(failed);
    report.folder = regression->folder;
    regress_report_text(&report, stdout);
    if (regression->out_of_time && report.counts[OUTCOME_NONE])
        printf("the plan's %" PRIu64 " minutes were over\n", regression->plan.most_minutes);
    int result = regress_report_exit_status(&report);
    fflush(stdout);
    enum sim_status written = write_reports(regression->options, &report, status ? &why : error);
    regress_report_destroy(&report);
    if (status || written) return fail(failed);
    if (result == 0) printf("PASSED\n");
    if (result == 1) printf("FAILED\n");
    if (result == 2) printf("NOT PASSED\n");
    return result;
}

int regress_run(const struct regress_options *options, bool *failed, struct sim_error *error) {
    struct regression regression;
    struct sim_error why;
    *failed = false;
    if (options->list) return list_jobs(options, failed, error);
    if (options->history) return print_history(options, failed, error);
    enum sim_status status = regression_create(options, &regression, error);
    if (status) {
        regression_destroy(&regression);
        return fail(failed);
    }
    print_head(&regression);
    status = run_jobs(&regression, error);
    enum sim_status ended = end_run(&regression, status, status ? &why : error);
    int result = tell(&regression, status ? status : ended, failed, error);
    regression_destroy(&regression);
    return result;
}
