// SPDX-License-Identifier: Apache-2.0
// WAVES=1: a failed run is repeated, once, with a waveform of the cycles around its mismatch. The
// repetition is no job: its result is not stored.
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dut_loader.h"
#include "kept.h"
#include "repeat.h"

#define WAVE "wave.fst"  // in the folder of a job

enum { CYCLES_BEFORE = 500, CYCLES_AFTER = 20 };

// Cycle of the first mismatch, from what is kept of the job. False: nothing is, or there is none.
static bool mismatch_cycle(const char *folder, uint64_t *cycle) {
    char path[RUN_PATH_BYTES];
    int n = snprintf(path, sizeof path, "%s/result.json", folder);
    if (n < 0 || (size_t)n >= sizeof path) return false;
    json_t *root = kept_json(path);
    const json_t *mismatch = json_object_get(root, "mismatch");
    const char *check = json_string_value(json_object_get(mismatch, "check"));
    bool found = check && check[0];
    *cycle = (uint64_t)json_integer_value(json_object_get(mismatch, "cycle"));
    json_decref(root);
    return found;
}

static bool wave_words(const char *folder, uint64_t cycle, struct words *words) {
    char path[RUN_PATH_BYTES], window[64];
    uint64_t from = cycle > CYCLES_BEFORE ? cycle - CYCLES_BEFORE : 0;
    int n = snprintf(path, sizeof path, "%s/" WAVE, folder);
    snprintf(window, sizeof window, "%" PRIu64 ":%" PRIu64, from, cycle + CYCLES_AFTER);
    return n > 0 && (size_t)n < sizeof path && words_add(words, "--wave") &&
           words_add(words, path) && words_add(words, "--wave-window") && words_add(words, window);
}

static enum sim_status start(struct repeats *repeats, size_t number, struct sim_error *error) {
    const struct regression *regression = repeats->regression;
    const struct job *job = &regression->jobs.job[number];
    struct words words = {0};
    char folder[RUN_PATH_BYTES];
    uint64_t cycle;
    enum sim_status status = SIM_OK;
    if (regression->suites.suite[job->suite].from->command != PLAN_RUN ||
        !collect_folder(regression, number, folder, sizeof folder) ||
        !mismatch_cycle(folder, &cycle))
        return SIM_OK;
    double seconds = (double)regression->executions[job->suite].seconds;
    status = wave_words(folder, cycle, &words)
                 ? repeat_start(repeats, number, seconds, &words, error)
                 : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    words_destroy(&words);
    return status;
}

enum sim_status record_waves(struct regression *regression, struct sim_error *error) {
    struct repeats repeats = {.regression = regression, .file = WAVE, .purpose = "for a waveform"};
    enum sim_status status = SIM_OK;
    size_t next = 0;
    repeats.pool = pool_create(regression->options->here);
    if (!repeats.pool) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    while (!status && (next < regression->jobs.count || pool_busy(repeats.pool))) {
        while (!status && next < regression->jobs.count && !pool_is_full(repeats.pool))
            status = regression->done[next++] ? start(&repeats, next - 1, error) : SIM_OK;
        if (!status) status = repeat_wait(&repeats, error);
    }
    if (!status) repeat_tell(&repeats);
    pool_destroy(repeats.pool);
    return status;
}
