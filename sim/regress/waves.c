// SPDX-License-Identifier: Apache-2.0
// WAVES=1: a failed run is repeated, once, with a waveform of the cycles around its mismatch. The
// repetition is no job: its result is not stored.
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "dut_loader.h"
#include "regression.h"

enum { CYCLES_BEFORE = 500, CYCLES_AFTER = 20 };

// Cycle of the first mismatch, from what is kept of the job. False: nothing is, or there is none.
static bool mismatch_cycle(const char *folder, uint64_t *cycle) {
    char path[RUN_PATH_BYTES];
    json_error_t error;
    int n = snprintf(path, sizeof path, "%s/result.json", folder);
    if (n < 0 || (size_t)n >= sizeof path) return false;
    json_t *root = json_load_file(path, 0, &error);
    const json_t *mismatch = json_object_get(root, "mismatch");
    const char *check = json_string_value(json_object_get(mismatch, "check"));
    bool found = check && check[0];
    *cycle = (uint64_t)json_integer_value(json_object_get(mismatch, "cycle"));
    json_decref(root);
    return found;
}

static bool wave_words(const struct regression *regression, const struct job *job,
                       const char *folder, uint64_t cycle, struct words *words) {
    char path[RUN_PATH_BYTES], window[64];
    uint64_t from = cycle > CYCLES_BEFORE ? cycle - CYCLES_BEFORE : 0;
    int n = snprintf(path, sizeof path, "%s/wave.fst", folder);
    snprintf(window, sizeof window, "%" PRIu64 ":%" PRIu64, from, cycle + CYCLES_AFTER);
    return n > 0 && (size_t)n < sizeof path &&
           execute_words(&regression->executions[job->suite], regression->program, job->seed, NULL,
                         words) &&
           words_add(words, "--wave") && words_add(words, path) &&
           words_add(words, "--wave-window") && words_add(words, window);
}

static enum sim_status start(struct regression *regression, struct pool *pool, size_t number,
                             struct sim_error *error) {
    const struct job *job = &regression->jobs.job[number];
    struct words words = {0};
    char folder[RUN_PATH_BYTES];
    uint64_t cycle;
    enum sim_status status = SIM_OK;
    if (regression->suites.suite[job->suite].from->command != PLAN_RUN ||
        !collect_folder(regression, number, folder, sizeof folder) ||
        !mismatch_cycle(folder, &cycle))
        return SIM_OK;
    if (!wave_words(regression, job, folder, cycle, &words))
        status = sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    struct pool_task task = {.argv = words.word,
                             .seconds = (double)regression->executions[job->suite].seconds,
                             .tag = number};
    if (!status) status = pool_start(pool, &task, error);
    words_destroy(&words);
    return status;
}

enum sim_status record_waves(struct regression *regression, struct sim_error *error) {
    struct pool *pool = pool_create(regression->options->here);
    enum sim_status status = SIM_OK;
    size_t next = 0;
    if (!pool) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    while (!status && (next < regression->jobs.count || pool_busy(pool))) {
        struct pool_end end;
        while (!status && next < regression->jobs.count && !pool_is_full(pool))
            status = regression->done[next++] ? start(regression, pool, next - 1, error) : SIM_OK;
        if (run_interrupted())
            status = sim_fail(error, SIM_ERROR_INTERRUPTED, "interrupted while waves were made");
        if (!status && pool_busy(pool) && pool_wait(pool, 200, &end)) free(end.output);
    }
    pool_destroy(pool);
    return status;
}
