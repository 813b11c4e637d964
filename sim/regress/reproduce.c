// SPDX-License-Identifier: Apache-2.0
// --keep: one failed run of each cause, that with the smallest seed, is repeated with `tandem run
// --keep`, which leaves a folder for `tandem replay`. The repetition is no job.
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dut_loader.h"
#include "repeat.h"
#include "report.h"

enum { KEEP_SECONDS = 900, MOST_KEPT = 50 };

// An earlier part of a resumed run may have left its folder.
static bool is_there(const char *replay) {
    char path[RUN_PATH_BYTES];
    int n = snprintf(path, sizeof path, "%s/run.json", replay);
    return n > 0 && (size_t)n < sizeof path && !access(path, F_OK);
}

static bool make_folder(const char *path) {
    return !mkdir(path, 0777) || errno == EEXIST;
}

static enum sim_status start(struct repeats *repeats, size_t number, struct sim_error *error) {
    const struct regression *regression = repeats->regression;
    char folder[RUN_PATH_BYTES], replay[RUN_PATH_BYTES];
    struct words words = {0};
    bool ok = collect_folder(regression, number, folder, sizeof folder) &&
              snprintf(replay, sizeof replay, "%s/replay", folder) < (int)sizeof replay;
    if (ok && is_there(replay)) return SIM_OK;
    if (!ok || !make_folder(regression->folder) || !make_folder(folder)) {
        repeat_lose(repeats, number, "its folder cannot be made");
        return SIM_OK;
    }
    ok = words_add(&words, "--keep") && words_add(&words, replay);
    enum sim_status status = ok ? repeat_start(repeats, number, KEEP_SECONDS, &words, error)
                                : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    words_destroy(&words);
    return status;
}

// Of the causes that `tandem run` has found, the first by their count of failures.
static enum sim_status keep_all(struct repeats *repeats, const struct report *report,
                                struct sim_error *error) {
    const struct regression *regression = repeats->regression;
    enum sim_status status = SIM_OK;
    size_t next = 0, chosen = 0, over = 0;
    while (!status && (next < report->bucket_count || pool_busy(repeats->pool))) {
        while (!status && next < report->bucket_count && !pool_is_full(repeats->pool)) {
            const struct report_bucket *bucket = &report->buckets[next++];
            uint32_t suite = report->jobs[bucket->example].suite;
            if (bucket->outcome != OUTCOME_FAILED ||
                regression->suites.suite[suite].from->command != PLAN_RUN)
                continue;
            if (chosen == MOST_KEPT)
                over++;
            else if (++chosen)
                status = start(repeats, bucket->example, error);
        }
        if (!status) status = repeat_wait(repeats, error);
    }
    if (!status && over)
        printf("%zu causes beyond the first %d have no folder for replay\n", over, MOST_KEPT);
    return status;
}

enum sim_status keep_reproductions(struct regression *regression, struct sim_error *error) {
    struct report report;
    struct repeats repeats = {
        .regression = regression, .file = "replay/run.json", .purpose = "for replay"};
    enum sim_status status =
        regress_report_read(regression->store, regression->run, &report, error);
    if (status) return status;
    repeats.pool = pool_create(regression->options->here);
    status = repeats.pool ? keep_all(&repeats, &report, error)
                          : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    if (!status) repeat_tell(&repeats);
    pool_destroy(repeats.pool);
    regress_report_destroy(&report);
    return status;
}
