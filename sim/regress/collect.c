// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dut_loader.h"
#include "regression.h"
#include "result.h"

enum { SYNC_SECONDS = 2, RETRY_SECONDS = 10 };

// --- what is kept ------------------------------------------------------------------------

bool collect_folder(const struct regression *regression, size_t number, char *out,
                    size_t capacity) {
    const struct job *job = &regression->jobs.job[number];
    int n = snprintf(out, capacity, "%s/%s.%" PRIu64, regression->folder,
                     regression->names[job->suite], job->seed);
    return n > 0 && (size_t)n < capacity;
}

static char *read_text(const char *path) {
    char *text = NULL;
    size_t size = 0;
    FILE *file = fopen(path, "r");
    if (!file) return NULL;
    if (getdelim(&text, &size, '\0', file) < 0) {
        free(text);
        text = NULL;
    }
    fclose(file);
    if (text && text[0] && text[strlen(text) - 1] == '\n') text[strlen(text) - 1] = '\0';
    return text;
}

static void keep_text(const char *folder, const char *name, const char *text) {
    char path[RUN_PATH_BYTES];
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (text && n > 0 && (size_t)n < sizeof path) result_write_text(path, text, NULL);
}

void collect_keep(const char *folder, const char *command, const char *output, const char *json) {
    if (mkdir(folder, 0777) && errno != EEXIST) return;
    char page[RUN_PATH_BYTES];
    char *text = json ? read_text(json) : NULL;
    char *html = json && execute_page_path(json, page, sizeof page) ? read_text(page) : NULL;
    keep_text(folder, "command.txt", command);
    keep_text(folder, "output.txt", output);
    keep_text(folder, "result.json", text);
    keep_text(folder, "page.html", html);
    free(text);
    free(html);
}

static void keep(struct regression *regression, size_t number, const struct result *result,
                 const char *json) {
    char folder[RUN_PATH_BYTES], *command = NULL;
    const struct job *job = &regression->jobs.job[number];
    if (!collect_folder(regression, number, folder, sizeof folder) ||
        asprintf(&command, "%s --seed %" PRIu64, regression->suites.suite[job->suite].command,
                 job->seed) < 0)
        return;
    if (!mkdir(regression->folder, 0777) || errno == EEXIST)
        collect_keep(folder, command, result->output, json);
    free(command);
}

// --- telling -----------------------------------------------------------------------------

static void tell(struct regression *regression, size_t number, const struct result *result) {
    const struct job *job = &regression->jobs.job[number];
    progress_clear(regression);
    printf("%-8s %s seed %" PRIu64 ": %s\n", outcome_name(result->outcome),
           regression->names[job->suite], job->seed, result->sentence);
    fflush(stdout);
}

// --- storing -----------------------------------------------------------------------------

static bool add(struct regression *regression, size_t number, const struct result *result) {
    bool added = false;
    if (store_add(regression->store, regression->run, number, result, &added, NULL)) return false;
    // One that is there already was committed by an attempt that was told of a failure.
    if (!added && regression->done[number]) return true;
    regression->done[number] = true;
    regression->counts[result->outcome]++;
    regression->finished++;
    return true;
}

// Without memory for it the job simply has no result, as if it had not been run.
static void wait_for_room(struct regression *regression, size_t number, struct result *result) {
    if (regression->pending_count == regression->pending_capacity) {
        size_t capacity = regression->pending_capacity ? 2 * regression->pending_capacity : 64;
        struct pending *larger =
            realloc(regression->pending, capacity * sizeof *regression->pending);
        if (!larger) {
            free(result->output);
            return;
        }
        regression->pending = larger;
        regression->pending_capacity = capacity;
    }
    regression->pending_tried = pool_clock();
    regression->pending[regression->pending_count++] = (struct pending){number, *result};
}

void collect(struct regression *regression, size_t number, struct result *result,
             const char *json) {
    if (result->outcome != OUTCOME_PASSED) {
        unsigned before =
            store_count(regression->store, regression->run, result->signature, STORE_OUTPUTS);
        if (before == 0) tell(regression, number, result);
        if (before < STORE_OUTPUTS ||
            store_is_smallest(regression->store, regression->run, result->signature,
                              regression->jobs.job[number].seed)) {
            keep(regression, number, result, json);
        } else {
            free(result->output);
            result->output = NULL;
        }
        if (regression->options->fail_fast) regression->stopping = true;
    }
    // Behind others that wait: the database may let each attempt wait for seconds.
    if (regression->pending_count || !add(regression, number, result)) {
        wait_for_room(regression, number, result);
        return;
    }
    free(result->output);
    result->output = NULL;
}

bool collect_pending(struct regression *regression) {
    size_t left = 0;
    double now = pool_clock();
    if (!regression->pending_count || now - regression->pending_tried < 0.5)
        return !regression->pending_count;
    regression->pending_tried = now;
    for (size_t i = 0; i < regression->pending_count; i++) {
        struct pending *pending = &regression->pending[i];
        if (left || !add(regression, pending->number, &pending->result))
            regression->pending[left++] = *pending;
        else
            free(pending->result.output);
    }
    regression->pending_count = left;
    return left == 0;
}

enum sim_status collect_rest(struct regression *regression, struct sim_error *error) {
    double until = pool_clock() + RETRY_SECONDS;
    while (!collect_pending(regression) && pool_clock() < until) usleep(100000);
    if (!regression->pending_count) return SIM_OK;
    struct sim_error why = {""};
    bool added;
    store_add(regression->store, regression->run, regression->pending[0].number,
              &regression->pending[0].result, &added, &why);
    return sim_fail(error, SIM_ERROR_IO,
                    "%.300s; %zu results are not stored: free some space, then --resume runs these "
                    "jobs again",
                    why.text, regression->pending_count);
}

void collect_sync(struct regression *regression) {
    double now = pool_clock();
    if (now - regression->synced < SYNC_SECONDS) return;
    store_sync(regression->store, NULL);
    regression->synced = pool_clock();
}

bool collect_may_start(struct regression *regression) {
    double minutes = (pool_clock() - regression->began) / 60;
    if (regression->plan.most_minutes && minutes >= (double)regression->plan.most_minutes)
        regression->out_of_time = true;
    return !regression->stopping && !regression->out_of_time && !run_interrupted() &&
           collect_pending(regression);
}
