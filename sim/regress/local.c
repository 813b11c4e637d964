// SPDX-License-Identifier: Apache-2.0
// Jobs on this machine.
#define _GNU_SOURCE
#include <stdlib.h>
#include <unistd.h>

#include "regression.h"

enum { MOST_ATTEMPTS = 3, ROOM_SECONDS = 10 };

struct crew {
    struct regression *regression;
    struct pool *pool;
    size_t next;              // number of the job to look at next
    size_t again[POOL_MOST];  // numbers of those that were killed
    unsigned again_count;
    uint8_t *attempts;  // by number: started so often
    bool full;          // the disk, as a job has found; nothing is started then
};

static bool json_path(const struct regression *regression, size_t number, char *out,
                      size_t capacity) {
    int n = snprintf(out, capacity, "%s/%zu.json", regression->scratch, number);
    return n > 0 && (size_t)n < capacity;
}

static bool next_job(struct crew *crew, size_t *number) {
    const struct regression *regression = crew->regression;
    if (crew->again_count) {
        *number = crew->again[--crew->again_count];
        return true;
    }
    while (crew->next < regression->jobs.count && regression->done[crew->next]) crew->next++;
    *number = crew->next;
    return crew->next++ < regression->jobs.count;
}

static enum sim_status start(struct crew *crew, size_t number, struct sim_error *error) {
    struct regression *regression = crew->regression;
    const struct job *job = &regression->jobs.job[number];
    const struct execution *execution = &regression->executions[job->suite];
    struct words words = {0};
    char json[4096];
    enum sim_status status = SIM_OK;
    if (!json_path(regression, number, json, sizeof json) ||
        !execute_words(execution, regression->program, job->seed, json, &words))
        status = sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    struct pool_task task = {
        .argv = words.word, .seconds = (double)execution->seconds, .tag = number};
    // An attempt that was killed is not to speak for the next one.
    execute_drop(json);
    if (!status) status = pool_start(crew->pool, &task, error);
    if (!status) crew->attempts[number]++;
    words_destroy(&words);
    return status;
}

static void finish(struct crew *crew, struct pool_end *end) {
    struct regression *regression = crew->regression;
    size_t number = (size_t)end->tag;
    struct result result;
    char json[4096];
    if (execute_was_killed(end) && crew->attempts[number] < MOST_ATTEMPTS) {
        crew->again[crew->again_count++] = number;
        free(end->output);
        return;
    }
    json_path(regression, number, json, sizeof json);
    if (execute_lacks_room(end, json)) {
        crew->full = true;
        crew->attempts[number]--;
        crew->again[crew->again_count++] = number;
        free(end->output);
        return;
    }
    execute_judge(&regression->executions[regression->jobs.job[number].suite], end, json, &result);
    result.attempts = crew->attempts[number];
    collect(regression, number, &result, json);
    execute_drop(json);
}

static enum sim_status fill(struct crew *crew, struct sim_error *error) {
    enum sim_status status = SIM_OK;
    size_t number;
    while (!status && !crew->full && !pool_is_full(crew->pool) &&
           collect_may_start(crew->regression) && next_job(crew, &number))
        status = start(crew, number, error);
    return status;
}

// When what ran has ended: as long as results wait for room.
static enum sim_status wait_for_room(struct crew *crew, struct sim_error *error) {
    struct regression *regression = crew->regression;
    double until = pool_clock() + ROOM_SECONDS;
    char json[4096];
    json_path(regression, crew->again[0], json, sizeof json);
    while (!execute_has_room(json)) {
        if (run_interrupted()) return SIM_OK;
        if (pool_clock() > until)
            return sim_fail(error, SIM_ERROR_IO,
                            "%.300s: the disk is full; %zu jobs have no result: free some space, "
                            "then --resume runs these jobs",
                            regression->scratch, regression->jobs.count - regression->finished);
        usleep(200000);
    }
    crew->full = false;
    return SIM_OK;
}

// Full disks: results wait and nothing new is started, but there may be jobs left.
static bool is_over(const struct crew *crew) {
    const struct regression *regression = crew->regression;
    if (pool_busy(crew->pool)) return false;
    return regression->stopping || regression->out_of_time || regression->pending_count ||
           (crew->next >= regression->jobs.count && !crew->again_count);
}

static enum sim_status run(struct crew *crew, struct sim_error *error) {
    struct regression *regression = crew->regression;
    enum sim_status status = SIM_OK;
    do {
        struct pool_end end;
        status = fill(crew, error);
        progress_draw(regression);
        if (pool_busy(crew->pool) && pool_wait(crew->pool, 200, &end)) finish(crew, &end);
        collect_sync(regression);
        if (regression->stopping) pool_stop(crew->pool);
        if (!status && crew->full && !pool_busy(crew->pool) && !regression->stopping)
            status = wait_for_room(crew, error);
        if (!status && run_interrupted())
            status = sim_fail(error, SIM_ERROR_INTERRUPTED,
                              "interrupted after %zu of %zu jobs; --resume goes on",
                              regression->finished, regression->jobs.count);
    } while (!status && !is_over(crew));
    return status;
}

enum sim_status run_local(struct regression *regression, struct sim_error *error) {
    struct crew *crew = calloc(1, sizeof *crew);
    enum sim_status status = SIM_OK;
    if (crew) {
        crew->regression = regression;
        crew->pool = pool_create(regression->options->workers);
        crew->attempts = calloc(regression->jobs.count + 1, sizeof *crew->attempts);
    }
    status = crew && crew->pool && crew->attempts
                 ? run(crew, error)
                 : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    progress_clear(regression);
    if (crew) {
        pool_destroy(crew->pool);
        free(crew->attempts);
    }
    free(crew);
    return status;
}
