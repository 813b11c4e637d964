// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "execute.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bucket.h"

enum { MOST_JSON_BYTES = 64 << 20, PROBE_BYTES = 1 << 16 };

bool execute_page_path(const char *json, char *out, size_t capacity) {
    int n = snprintf(out, capacity, "%s.html", json);
    return n > 0 && (size_t)n < capacity;
}

void execute_drop(const char *json) {
    char page[4096];
    unlink(json);
    if (execute_page_path(json, page, sizeof page)) unlink(page);
}

// Other commands than `tandem run` have no page.
static bool add_page(const struct execution *execution, const char *json, struct words *words) {
    char page[4096];
    if (execution->words->count < 2 || strcmp(execution->words->word[1], "run") != 0) return true;
    return execute_page_path(json, page, sizeof page) && words_add(words, "--explain") &&
           words_add(words, page);
}

bool execute_words(const struct execution *execution, const char *program, uint64_t seed,
                   const char *json, struct words *words) {
    char number[24];
    snprintf(number, sizeof number, "%" PRIu64, seed);
    bool ok = words_add(words, program);
    for (unsigned i = 1; ok && i < execution->words->count; i++)
        ok = words_add(words, execution->words->word[i]);
    ok = ok && words_add(words, "--seed") && words_add(words, number);
    if (ok && execution->dut) ok = words_add(words, "--dut") && words_add(words, execution->dut);
    if (ok && json)
        ok = words_add(words, "--json") && words_add(words, json) &&
             add_page(execution, json, words);
    if (ok && execution->coverage && json) {
        char path[4096];
        int n = snprintf(path, sizeof path, "%s/%s.%s.cov", execution->coverage, execution->suite,
                         number);
        ok = n > 0 && (size_t)n < sizeof path && words_add(words, "--coverage") &&
             words_add(words, path);
    }
    if (ok && execution->quiet) ok = words_add(words, "--quiet");
    return ok;
}

bool execute_was_killed(const struct pool_end *end) {
    return !end->timed_out && WIFSIGNALED(end->ended) && WTERMSIG(end->ended) == SIGKILL;
}

// By trying: quotas and limits are as good as a full disk.
bool execute_has_room(const char *json) {
    static const char zeros[PROBE_BYTES];
    char path[4096];
    int n = snprintf(path, sizeof path, "%s.room", json);
    if (n < 0 || (size_t)n >= sizeof path) return true;
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) return errno != ENOSPC && errno != EDQUOT;
    bool full = write(file, zeros, sizeof zeros) != (ssize_t)sizeof zeros;
    close(file);
    unlink(path);
    return !full;
}

static json_t *load(const char *path) {
    struct stat status;
    json_error_t error;
    if (!path || stat(path, &status) || status.st_size > MOST_JSON_BYTES) return NULL;
    return json_load_file(path, 0, &error);
}

bool execute_lacks_room(const struct pool_end *end, const char *json) {
    if (end->timed_out || !WIFEXITED(end->ended) || WEXITSTATUS(end->ended) != 2) return false;
    json_t *root = load(json);
    json_decref(root);
    return !root && !execute_has_room(json);
}

// What is stored and reported is text: other bytes came from a file's name, or are cut off.
static void make_ascii(char *text) {
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || (unsigned char)*text >= 127) *text = '?';
}

static void prepare(struct result *result) {
    const char *node = getenv("SLURMD_NODENAME");
    *result = (struct result){.attempts = 1};
    if (node)
        snprintf(result->node, sizeof result->node, "%s", node);
    else if (gethostname(result->node, sizeof result->node - 1))
        strcpy(result->node, "?");
}

static uint64_t cycles_of(const json_t *root) {
    const json_t *cycles = json_object_get(json_object_get(root, "time"), "cycles");
    if (!cycles) cycles = json_object_get(json_object_get(root, "lockstep"), "cycles");
    json_int_t value = json_integer_value(cycles);
    return value > 0 ? (uint64_t)value : 0;
}

// Exit status 0 alone proves nothing: its JSON must be there and say the same.
static void judge_pass(const json_t *root, struct result *result) {
    const char *verdict = json_string_value(json_object_get(root, "verdict"));
    if (json_is_object(root) && (!verdict || !strcmp(verdict, "passed"))) {
        result->outcome = OUTCOME_PASSED;
        return;
    }
    result->outcome = OUTCOME_ERROR;
    bucket_of_error(root ? "exit status 0, but its JSON does not say that it passed"
                         : "exit status 0, but it has left no JSON",
                    result);
}

// A sanitizer, a shell, an interpreter end with 1, too: only JSON says that a check failed.
static void judge_exit(int status, const json_t *root, const char *output, struct result *result) {
    result->status = status;
    if (status == 0) {
        judge_pass(root, result);
    } else if (status == 1 && json_is_object(root)) {
        result->outcome = OUTCOME_FAILED;
        bucket_of_failure(root, output, result);
    } else {
        result->outcome = OUTCOME_ERROR;
        bucket_of_error(output, result);
    }
}

void execute_judge(const struct execution *execution, struct pool_end *end, const char *json,
                   struct result *result) {
    const char *output = end->output ? end->output : "";
    json_t *root = load(json);
    prepare(result);
    result->seconds = end->seconds;
    result->cycles = cycles_of(root);
    if (WIFSIGNALED(end->ended)) result->status = -WTERMSIG(end->ended);
    if (end->timed_out) {
        result->outcome = OUTCOME_TIMEOUT;
        bucket_of_timeout(execution->suite, execution->seconds, result);
    } else if (WIFSIGNALED(end->ended)) {
        result->outcome = OUTCOME_ERROR;
        bucket_of_signal(WTERMSIG(end->ended), output, result);
    } else {
        judge_exit(WEXITSTATUS(end->ended), root, output, result);
    }
    json_decref(root);
    make_ascii(result->signature);
    make_ascii(result->sentence);
    result->output = end->output;
    end->output = NULL;
    if (result->outcome != OUTCOME_PASSED) return;
    free(result->output);
    result->output = NULL;
}

void execute_fail(const char *sentence, struct result *result) {
    prepare(result);
    result->outcome = OUTCOME_ERROR;
    result->status = 2;
    bucket_of_error(sentence, result);
    make_ascii(result->signature);
    make_ascii(result->sentence);
}
