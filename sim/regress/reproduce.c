// SPDX-License-Identifier: Apache-2.0
// --keep: one failed run of each cause, that with the smallest seed, is repeated with `tandem run
// --keep`, which leaves a folder for `tandem replay`. The repetition is no job.
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "dut_loader.h"
#include "regression.h"
#include "report.h"

enum { KEEP_SECONDS = 900, MOST_KEPT = 50 };

// Returns whether a process was started.
static bool start(struct regression *regression, struct pool *pool, size_t number,
                  enum sim_status *status, struct sim_error *error) {
    const struct job *job = &regression->jobs.job[number];
    char folder[RUN_PATH_BYTES], replay[RUN_PATH_BYTES];
    struct words words = {0};
    if (regression->suites.suite[job->suite].from->command != PLAN_RUN ||
        !collect_folder(regression, number, folder, sizeof folder) ||
        (mkdir(folder, 0777) && errno != EEXIST))
        return false;
    int n = snprintf(replay, sizeof replay, "%s/replay", folder);
    bool ok = n > 0 && (size_t)n < sizeof replay &&
              execute_words(&regression->executions[job->suite], regression->program, job->seed,
                            NULL, &words) &&
              words_add(&words, "--keep") && words_add(&words, replay);
    struct pool_task task = {.argv = words.word, .seconds = KEEP_SECONDS, .tag = number};
    *status =
        ok ? pool_start(pool, &task, error) : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    words_destroy(&words);
    return *status == SIM_OK;
}

static enum sim_status keep_all(struct regression *regression, const struct report *report,
                                struct pool *pool, struct sim_error *error) {
    enum sim_status status = SIM_OK;
    size_t next = 0, most = report->bucket_count < MOST_KEPT ? report->bucket_count : MOST_KEPT;
    while (!status && (next < most || pool_busy(pool))) {
        struct pool_end end;
        while (!status && next < most && !pool_is_full(pool)) {
            const struct report_bucket *bucket = &report->buckets[next++];
            if (bucket->outcome == OUTCOME_FAILED)
                start(regression, pool, bucket->example, &status, error);
        }
        if (run_interrupted())
            status = sim_fail(error, SIM_ERROR_INTERRUPTED, "interrupted while failures were kept");
        if (!status && pool_busy(pool) && pool_wait(pool, 200, &end)) free(end.output);
    }
    return status;
}

enum sim_status keep_reproductions(struct regression *regression, struct sim_error *error) {
    struct report report;
    enum sim_status status =
        regress_report_read(regression->store, regression->run, &report, error);
    if (status) return status;
    struct pool *pool = pool_create(regression->options->here);
    status = pool ? keep_all(regression, &report, pool, error)
                  : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    pool_destroy(pool);
    regress_report_destroy(&report);
    return status;
}
