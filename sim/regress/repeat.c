// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include "repeat.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bucket.h"
#include "dut_loader.h"

enum sim_status repeat_start(struct repeats *repeats, size_t number, double seconds,
                             const struct words *more, struct sim_error *error) {
    const struct regression *regression = repeats->regression;
    const struct job *job = &regression->jobs.job[number];
    struct words words = {0};
    enum sim_status status = SIM_OK;
    if (!execute_words(&regression->executions[job->suite], regression->program, job->seed, NULL,
                       &words) ||
        !words_add_all(&words, more))
        status = sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    struct pool_task task = {.argv = words.word, .seconds = seconds, .tag = number};
    if (!status) status = pool_start(repeats->pool, &task, error);
    if (!status) repeats->asked++;
    words_destroy(&words);
    return status;
}

static bool has_left_file(const struct repeats *repeats, size_t number) {
    char folder[RUN_PATH_BYTES], path[RUN_PATH_BYTES];
    if (!collect_folder(repeats->regression, number, folder, sizeof folder)) return false;
    int n = snprintf(path, sizeof path, "%s/%s", folder, repeats->file);
    return n > 0 && (size_t)n < sizeof path && !access(path, F_OK);
}

static void lose(struct repeats *repeats, size_t number, const char *why) {
    if (repeats->lost++) return;
    repeats->example = number;
    snprintf(repeats->why, sizeof repeats->why, "%.255s", why);
}

void repeat_lose(struct repeats *repeats, size_t number, const char *why) {
    repeats->asked++;
    lose(repeats, number, why);
}

// A repetition fails as the job did, and leaves its file.
static void judge(struct repeats *repeats, const struct pool_end *end) {
    struct result result = {0};
    size_t number = (size_t)end->tag;
    int status = WIFEXITED(end->ended) ? WEXITSTATUS(end->ended) : -1;
    if (status == 1 && !end->timed_out && has_left_file(repeats, number)) return;
    bucket_of_error(end->output ? end->output : "", &result);
    lose(repeats, number,
         end->timed_out ? "its time limit was over"
         : status == 0  ? "it passed"
                        : result.sentence);
}

enum sim_status repeat_wait(struct repeats *repeats, struct sim_error *error) {
    struct pool_end end;
    if (run_interrupted())
        return sim_fail(error, SIM_ERROR_INTERRUPTED, "interrupted while failures were repeated %s",
                        repeats->purpose);
    if (!pool_busy(repeats->pool) || !pool_wait(repeats->pool, 200, &end)) return SIM_OK;
    judge(repeats, &end);
    free(end.output);
    return SIM_OK;
}

void repeat_tell(const struct repeats *repeats) {
    const struct regression *regression = repeats->regression;
    if (!repeats->lost) return;
    const struct job *job = &regression->jobs.job[repeats->example];
    printf("%zu of %zu failures could not be repeated %s; %s seed %" PRIu64 ": %s\n", repeats->lost,
           repeats->asked, repeats->purpose, regression->names[job->suite], job->seed,
           repeats->why);
    fflush(stdout);
}
