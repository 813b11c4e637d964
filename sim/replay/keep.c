// SPDX-License-Identifier: Apache-2.0
// Writing the folder of a failure.
#define _GNU_SOURCE
#include "keep.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"

static const char *const names[] = {"run.json",    "config.yaml",     "dut.so",
                                    "digests.txt", "page.txt",        "scenario.txt",
                                    "shrunk.txt",  "shrunk.c",        "shrunk-page.txt",
                                    "page.html",   "shrunk-page.html"};
enum { NAMES = sizeof names / sizeof names[0] };

static enum sim_status out_of_memory(struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
}

// The last line's end is added by who writes.
static enum sim_status put(const char *folder, const char *name, const char *text,
                           struct sim_error *error) {
    char path[RUN_PATH_BYTES];
    if (!text) return SIM_OK;
    if (!folder_path(path, folder, name))
        return sim_fail(error, SIM_ERROR_USAGE, "%.200s: the name is too long", folder);
    size_t bytes = strlen(text);
    char *copy = strndup(text, bytes && text[bytes - 1] == '\n' ? bytes - 1 : bytes);
    enum sim_status status = copy ? result_write_text(path, copy, error) : out_of_memory(error);
    free(copy);
    return status;
}

static enum sim_status put_config(const char *folder, const struct run_options *options,
                                  struct sim_error *error) {
    char *text = NULL;
    size_t bytes = 0;
    FILE *memory = open_memstream(&text, &bytes);
    if (!memory) return out_of_memory(error);
    config_print(&options->config, memory);
    enum sim_status status = fclose(memory) ? out_of_memory(error) : SIM_OK;
    if (!status) status = put(folder, "config.yaml", text, error);
    free(text);
    return status;
}

static enum sim_status put_digests(const char *folder, const struct replay_record *record,
                                   struct sim_error *error) {
    enum { LINE = 17 };
    char *text = malloc(record->digest_count * LINE + 1);
    if (!text) return out_of_memory(error);
    text[0] = '\0';
    for (size_t i = 0; i < record->digest_count; i++)
        snprintf(text + i * LINE, LINE + 1, "%016" PRIx64 "\n", record->digests[i]);
    if (record->digest_count)
        text[record->digest_count * LINE - 1] = '\0';  // a line's end is added
    enum sim_status status = put(folder, "digests.txt", text, error);
    free(text);
    return status;
}

static enum sim_status put_scenario(const char *folder, const char *name,
                                    const struct scenario *scenario, struct sim_error *error) {
    char *text = scenario_write(scenario);
    enum sim_status status = text ? put(folder, name, text, error) : out_of_memory(error);
    free(text);
    return status;
}

// --- run.json --------------------------------------------------------------------------------

static enum sim_status add_hash(json_t *object, const char *key, const char *path,
                                struct sim_error *error) {
    char hash[FOLDER_HASH_BYTES];
    enum sim_status status = folder_hash(path, hash, error);
    if (!status) json_object_set_new(object, key, json_string(hash));
    return status;
}

static enum sim_status add_traces(json_t *root, const struct run_options *options,
                                  struct sim_error *error) {
    enum sim_status status = SIM_OK;
    json_t *list = json_array();
    for (unsigned i = 0; i < options->trace_count && !status; i++) {
        json_t *trace = json_object();
        char *path = realpath(options->traces[i], NULL);
        json_object_set_new(trace, "path", json_string(path ? path : options->traces[i]));
        status = add_hash(trace, "xxh128", options->traces[i], error);
        json_array_append_new(list, trace);
        free(path);
    }
    json_object_set_new(root, "traces", list);
    return status;
}

static json_t *number(uint64_t value) {
    return json_integer((json_int_t)value);
}

static json_t *failure(const struct run_result *result, const struct replay_record *record) {
    const struct scenario_failure *f = &record->failure;
    json_t *object = json_object();
    json_object_set_new(object, "sentence", json_string(result->failure.text));
    if (!f->failed) return object;
    json_object_set_new(object, "check", json_string(bench_check_key((enum bench_check)f->check)));
    json_object_set_new(object, "what", json_string(f->what));
    json_object_set_new(object, "port", number(f->port));
    json_object_set_new(object, "expected_cause", number(f->cause[0]));
    json_object_set_new(object, "observed_cause", number(f->cause[1]));
    json_object_set_new(object, "late", json_integer(f->late));
    json_object_set_new(object, "cycle", number(f->cycle));
    return object;
}

static const char *why_no_scenario(const struct replay_record *record) {
    if (record->has_scenario) return "";
    if (!record->failure.failed)
        return "the failure is not one of the bench: only the run repeats it";
    return "no window of the events that were kept shows the failure: only the run repeats it";
}

static json_t *scenarios(const struct replay_record *record) {
    json_t *object = json_object();
    bool has = record->has_scenario;
    json_object_set_new(object, "missing", json_string(why_no_scenario(record)));
    json_object_set_new(object, "operations",
                        number(has ? scenario_operations(&record->scenario) : 0));
    json_object_set_new(object, "whole_run", json_boolean(record->whole));
    json_object_set_new(
        object, "shrunk_operations",
        number(record->shrunk.ok ? scenario_operations(&record->shrunk.scenario) : 0));
    json_object_set_new(object, "tries", number(record->shrunk.tries));
    json_object_set_new(object, "complete", json_boolean(record->shrunk.complete));
    return object;
}

static enum sim_status add_scenario_hash(json_t *root, const char *key, const char *folder,
                                         const char *name, bool is_there, struct sim_error *error) {
    char path[RUN_PATH_BYTES];
    if (is_there && folder_path(path, folder, name)) return add_hash(root, key, path, error);
    json_object_set_new(root, key, json_string(""));
    return SIM_OK;
}

static enum sim_status add_hashes(json_t *root, const char *folder,
                                  const struct run_options *options,
                                  const struct replay_record *record, struct sim_error *error) {
    enum sim_status status = add_traces(root, options, error);
    if (!status) status = add_hash(root, "program_xxh128", "/proc/self/exe", error);
    if (!status) status = add_hash(root, "dut_xxh128", record->dut_path, error);
    if (!status)
        status = add_scenario_hash(root, "scenario_xxh128", folder, "scenario.txt",
                                   record->has_scenario, error);
    if (!status)
        status = add_scenario_hash(root, "shrunk_xxh128", folder, "shrunk.txt", record->shrunk.ok,
                                   error);
    return status;
}

// The folder's other files are there.
static enum sim_status put_run(const char *folder, const struct run_options *options,
                               const struct run_result *result, const struct replay_record *record,
                               struct sim_error *error) {
    static const char *const modes[] = {"lockstep", "dut_only", "model_only"};
    const char *initial = getenv("TANDEM_X_SEED");
    json_t *root = json_object();
    json_object_set_new(root, "schema", json_string("tandem-kept"));
    json_object_set_new(root, "schema_version", json_integer(1));
    json_object_set_new(root, "command", json_string(options->command));
    json_object_set_new(root, "mode", json_string(modes[options->mode]));
    json_object_set_new(root, "random", number(options->random_count));
    json_object_set_new(root, "max_errors", number(options->max_errors));
    json_object_set_new(root, "x_seed", json_string(initial ? initial : ""));
    json_object_set_new(root, "cycles", number(result->stats.cycles));
    json_object_set_new(root, "digests", number(record->digest_count));
    json_object_set_new(root, "failure", failure(result, record));
    json_object_set_new(root, "scenario", scenarios(record));
    enum sim_status status = add_hashes(root, folder, options, record, error);
    char *text = status ? NULL : json_dumps(root, JSON_INDENT(2));
    if (!status) status = text ? put(folder, "run.json", text, error) : out_of_memory(error);
    free(text);
    json_decref(root);
    return status;
}

// --- all -------------------------------------------------------------------------------------

static enum sim_status put_dut(const char *folder, const struct replay_record *record,
                               struct sim_error *error) {
    char path[RUN_PATH_BYTES];
    if (!folder_path(path, folder, "dut.so"))
        return sim_fail(error, SIM_ERROR_USAGE, "%.200s: the name is too long", folder);
    return folder_copy(record->dut_path, path, error);
}

static enum sim_status put_all(const char *folder, const struct run_options *options,
                               const struct run_result *result, const struct replay_record *record,
                               struct sim_error *error) {
    enum sim_status status = put_dut(folder, record, error);
    if (!status) status = put_config(folder, options, error);
    if (!status) status = put_digests(folder, record, error);
    if (!status) status = put(folder, "page.txt", record->page, error);
    if (!status) status = put(folder, "page.html", record->html, error);
    if (!status && record->has_scenario)
        status = put_scenario(folder, "scenario.txt", &record->scenario, error);
    if (!status && record->shrunk.ok)
        status = put_scenario(folder, "shrunk.txt", &record->shrunk.scenario, error);
    if (!status) status = put(folder, "shrunk-page.txt", record->shrunk_page, error);
    if (!status) status = put(folder, "shrunk-page.html", record->shrunk_html, error);
    if (!status) status = put(folder, "shrunk.c", record->shrunk_test, error);
    return status ? status : put_run(folder, options, result, record, error);
}

enum sim_status keep_write(const char *folder, const struct run_options *options,
                           const struct run_result *result, const struct replay_record *record,
                           struct sim_error *error) {
    char temporary[RUN_PATH_BYTES];
    if (record->no_memory) return out_of_memory(error);
    enum sim_status status = folder_begin(folder, temporary, error);
    if (status) return status;
    status = put_all(temporary, options, result, record, error);
    if (!status) status = folder_finish(temporary, folder, error);
    if (status) folder_abandon(temporary, names, NAMES);
    return status;
}
