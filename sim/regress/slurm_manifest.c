// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include "slurm_manifest.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "result.h"

bool manifest_lines_path(const char *manifest, unsigned task, char *out, size_t capacity) {
    size_t length = strlen(manifest);
    if (length < 5) return false;
    int n = snprintf(out, capacity, "%.*s-%u.lines", (int)(length - 5), manifest, task);
    return n > 0 && (size_t)n < capacity;
}

bool manifest_stop_path(const char *manifest, char *out, size_t capacity) {
    size_t length = strlen(manifest);
    if (length < 5) return false;
    int n = snprintf(out, capacity, "%.*s.stop", (int)(length - 5), manifest);
    return n > 0 && (size_t)n < capacity;
}

// --- write -------------------------------------------------------------------------------

static json_t *suite_of(const struct execution *execution) {
    json_t *words = json_array();
    for (unsigned i = 0; i < execution->words->count; i++)
        if (json_array_append_new(words, json_string(execution->words->word[i]))) {
            json_decref(words);
            return NULL;
        }
    return json_pack("{s:s, s:o, s:s?, s:s?, s:I, s:b}", "name", execution->suite, "words", words,
                     "dut", execution->dut, "coverage", execution->coverage, "seconds",
                     (json_int_t)execution->seconds, "quiet", execution->quiet);
}

static json_t *document_of(const struct manifest *manifest) {
    json_t *suites = json_array(), *jobs = json_array();
    bool ok = true;
    for (unsigned s = 0; s < manifest->suite_count && ok; s++)
        ok = !json_array_append_new(suites, suite_of(&manifest->executions[s]));
    for (size_t j = 0; j < manifest->job_count && ok; j++) {
        const struct manifest_job *job = &manifest->jobs[j];
        ok = !json_array_append_new(jobs, json_pack("[I, I, I]", (json_int_t)job->number,
                                                    (json_int_t)job->suite, (json_int_t)job->seed));
    }
    json_t *root = json_pack("{s:s, s:s, s:s, s:I, s:o, s:o}", "run", manifest->id, "program",
                             manifest->program, "folder", manifest->folder, "chunk",
                             (json_int_t)manifest->chunk, "suites", suites, "jobs", jobs);
    if (ok) return root;
    json_decref(root);
    return NULL;
}

enum sim_status manifest_write(const struct manifest *manifest, const char *path,
                               struct sim_error *error) {
    json_t *root = document_of(manifest);
    char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;
    json_decref(root);
    if (!text)
        return sim_fail(error, SIM_ERROR_USAGE,
                        "%.300s: cannot be written: no memory, or a word of the plan is not UTF-8",
                        path);
    enum sim_status status = result_write_text(path, text, error);
    free(text);
    return status;
}

// --- read --------------------------------------------------------------------------------

static char *copy_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? strdup(text) : NULL;
}

static bool read_suite(const json_t *object, struct manifest *manifest, unsigned s) {
    const json_t *words = json_object_get(object, "words");
    manifest->names[s] = copy_of(object, "name");
    manifest->duts[s] = copy_of(object, "dut");
    manifest->coverages[s] = copy_of(object, "coverage");
    for (size_t i = 0; i < json_array_size(words); i++) {
        const char *word = json_string_value(json_array_get(words, i));
        if (!word || !words_add(&manifest->words[s], word)) return false;
    }
    manifest->executions[s] = (struct execution){
        .suite = manifest->names[s],
        .words = &manifest->words[s],
        .dut = manifest->duts[s],
        .coverage = manifest->coverages[s],
        .seconds = (uint64_t)json_integer_value(json_object_get(object, "seconds")),
        .quiet = json_is_true(json_object_get(object, "quiet"))};
    return manifest->names[s] != NULL;
}

static bool read_job(const json_t *array, const struct manifest *manifest,
                     struct manifest_job *job) {
    *job = (struct manifest_job){(size_t)json_integer_value(json_array_get(array, 0)),
                                 (uint32_t)json_integer_value(json_array_get(array, 1)),
                                 (uint64_t)json_integer_value(json_array_get(array, 2))};
    return json_array_size(array) == 3 && job->suite < manifest->suite_count;
}

static bool read_document(const json_t *root, struct manifest *manifest) {
    const json_t *suites = json_object_get(root, "suites"), *jobs = json_object_get(root, "jobs");
    json_int_t chunk = json_integer_value(json_object_get(root, "chunk"));
    unsigned count = (unsigned)json_array_size(suites);
    bool ok = true;
    manifest->id = copy_of(root, "run");
    manifest->program = copy_of(root, "program");
    manifest->folder = copy_of(root, "folder");
    manifest->executions = calloc(count + 1u, sizeof *manifest->executions);
    manifest->words = calloc(count + 1u, sizeof *manifest->words);
    manifest->names = calloc(count + 1u, sizeof *manifest->names);
    manifest->duts = calloc(count + 1u, sizeof *manifest->duts);
    manifest->coverages = calloc(count + 1u, sizeof *manifest->coverages);
    manifest->jobs = calloc(json_array_size(jobs) + 1, sizeof *manifest->jobs);
    if (!manifest->id || !manifest->program || !manifest->folder || !manifest->executions ||
        !manifest->words || !manifest->names || !manifest->duts || !manifest->coverages ||
        !manifest->jobs || chunk < 1)
        return false;
    manifest->chunk = (size_t)chunk;
    manifest->suite_count = count;
    for (unsigned s = 0; s < count && ok; s++)
        ok = read_suite(json_array_get(suites, s), manifest, s);
    manifest->job_count = json_array_size(jobs);
    for (size_t j = 0; j < manifest->job_count && ok; j++)
        ok = read_job(json_array_get(jobs, j), manifest, &manifest->jobs[j]);
    return ok;
}

enum sim_status manifest_read(const char *path, struct manifest *manifest,
                              struct sim_error *error) {
    json_error_t why;
    json_t *root = json_load_file(path, 0, &why);
    *manifest = (struct manifest){0};
    if (!root)
        return sim_fail(error, SIM_ERROR_IO, "%.300s:%d: cannot be read: %.120s", path, why.line,
                        why.text);
    bool ok = read_document(root, manifest);
    json_decref(root);
    if (ok) return SIM_OK;
    manifest_destroy(manifest);
    return sim_fail(error, SIM_ERROR_FORMAT, "%.300s: is not a list of jobs for tasks", path);
}

void manifest_destroy(struct manifest *manifest) {
    for (unsigned s = 0; s < manifest->suite_count; s++) {
        words_destroy(&manifest->words[s]);
        free(manifest->names[s]);
        free(manifest->duts[s]);
        free(manifest->coverages[s]);
    }
    free(manifest->id);
    free(manifest->program);
    free(manifest->folder);
    free(manifest->executions);
    free(manifest->words);
    free(manifest->names);
    free(manifest->duts);
    free(manifest->coverages);
    free(manifest->jobs);
    *manifest = (struct manifest){0};
}
