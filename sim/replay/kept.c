// SPDX-License-Identifier: Apache-2.0
// Reading the folder of a failure.
#define _GNU_SOURCE
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "keep.h"

enum { MOST_JSON = 1 << 22, MOST_DIGESTS = 1 << 28, LINE = 17 };

struct reading {
    const char *path;  // of run.json
    const json_t *root;
    struct sim_error *error;
    enum sim_status status;
};

static void wrong(struct reading *r, const char *key) {
    if (r->status) return;
    r->status = sim_fail(r->error, SIM_ERROR_FORMAT,
                         "%.300s: '%s' is missing or not what it must be", r->path, key);
}

static const char *words(struct reading *r, const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    if (!text) wrong(r, key);
    return text ? text : "";
}

static uint64_t number(struct reading *r, const json_t *object, const char *key, uint64_t most) {
    const json_t *value = json_object_get(object, key);
    json_int_t n = json_integer_value(value);
    if (!json_is_integer(value) || n < 0 || (uint64_t)n > most) {
        wrong(r, key);
        return 0;
    }
    return (uint64_t)n;
}

static unsigned choice(struct reading *r, const char *key, const char *text,
                       const char *const *names, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        if (!strcmp(names[i], text)) return i;
    wrong(r, key);
    return 0;
}

static void read_failure(struct reading *r, struct kept *kept) {
    const json_t *object = json_object_get(r->root, "failure");
    struct scenario_failure *f = &kept->failure;
    snprintf(kept->sentence, sizeof kept->sentence, "%s", words(r, object, "sentence"));
    if (!json_object_get(object, "check")) return;
    const char *check = words(r, object, "check");
    unsigned c = 0;
    while (c < BENCH_CHECKS && strcmp(check, bench_check_key((enum bench_check)c))) c++;
    if (c == BENCH_CHECKS) wrong(r, "check");
    *f = (struct scenario_failure){.failed = true, .check = (uint8_t)(c % BENCH_CHECKS)};
    snprintf(f->what, sizeof f->what, "%s", words(r, object, "what"));
    f->port = (uint8_t)number(r, object, "port", MMU_PORTS - 1);
    f->cause[0] = (uint8_t)number(r, object, "expected_cause", 63);
    f->cause[1] = (uint8_t)number(r, object, "observed_cause", 63);
    json_int_t late = json_integer_value(json_object_get(object, "late"));
    if (late < -1 || late > 2) wrong(r, "late");
    f->late = (int8_t)(late < -1 || late > 2 ? 0 : late);
    f->cycle = number(r, object, "cycle", INT64_MAX);
}

// --- what must be the same -------------------------------------------------------------------

static void same_file(struct reading *r, const char *path, const char *expected, const char *what) {
    char hash[FOLDER_HASH_BYTES];
    if (r->status) return;
    r->status = folder_hash(path, hash, r->error);
    if (r->status || !strcmp(hash, expected)) return;
    r->status = sim_fail(r->error, SIM_ERROR_USAGE,
                         "%.300s: is not the %s of the run (its XXH128 is %s, not %.40s)", path,
                         what, hash, expected);
}

static void read_traces(struct reading *r, struct kept *kept) {
    const json_t *list = json_object_get(r->root, "traces");
    size_t count = json_array_size(list);
    if (!json_is_array(list) || count > MOST_TRACES) wrong(r, "traces");
    for (size_t i = 0; i < count && !r->status; i++) {
        const json_t *trace = json_array_get(list, i);
        char *path = strdup(words(r, trace, "path"));
        if (!path) {
            r->status = sim_fail(r->error, SIM_ERROR_MEMORY, "out of memory");
            return;
        }
        kept->paths[i] = path;
        kept->options.traces[i] = path;
        kept->options.trace_count = (unsigned)i + 1;
        same_file(r, path, words(r, trace, "xxh128"), "trace");
    }
}

static bool read_scenario(struct reading *r, const char *folder, const char *key,
                          const char *name) {
    char path[RUN_PATH_BYTES];
    const char *hash = words(r, r->root, key);
    if (!hash[0]) return false;
    folder_path(path, folder, name);
    same_file(r, path, hash, "scenario");
    return true;
}

// The scenarios are what was kept: a play of another one proves nothing of the run.
static void read_scenarios(struct reading *r, const char *folder, struct kept *kept) {
    const json_t *object = json_object_get(r->root, "scenario");
    bool is_missing = words(r, object, "missing")[0] != '\0';
    kept->has_scenario = read_scenario(r, folder, "scenario_xxh128", "scenario.txt");
    kept->has_shrunk = read_scenario(r, folder, "shrunk_xxh128", "shrunk.txt");
    if (is_missing == kept->has_scenario) wrong(r, "missing");
    if (kept->has_scenario && !kept->failure.failed) wrong(r, "check");
    if (!json_is_boolean(json_object_get(object, "whole_run"))) wrong(r, "whole_run");
    kept->whole_run = json_is_true(json_object_get(object, "whole_run"));
}

static void read_identities(struct reading *r, bool any_program, struct kept *kept) {
    const char *program = words(r, r->root, "program_xxh128");
    const char *dut = words(r, r->root, "dut_xxh128");
    if (!any_program) same_file(r, "/proc/self/exe", program, "program");
    same_file(r, kept->dut, dut, "DUT");
    read_traces(r, kept);
}

static void read_run(struct reading *r, const char *folder, bool any_program, struct kept *kept) {
    static const char *const modes[] = {"lockstep", "dut_only"};
    struct run_options *options = &kept->options;
    if (strcmp(words(r, r->root, "schema"), "tandem-kept")) wrong(r, "schema");
    if (number(r, r->root, "schema_version", INT32_MAX) != 1) wrong(r, "schema_version");
    options->mode =
        choice(r, "mode", words(r, r->root, "mode"), modes, 2) ? BENCH_DUT_ONLY : BENCH_LOCKSTEP;
    options->random_count = number(r, r->root, "random", INT64_MAX);
    options->max_errors = number(r, r->root, "max_errors", INT64_MAX);
    if (options->max_errors == 0) wrong(r, "max_errors");
    snprintf(options->command, sizeof options->command, "%s", words(r, r->root, "command"));
    snprintf(kept->x_seed, sizeof kept->x_seed, "%s", words(r, r->root, "x_seed"));
    kept->cycles = number(r, r->root, "cycles", INT64_MAX);
    kept->digest_count = (size_t)number(r, r->root, "digests", MOST_DIGESTS / LINE);
    read_failure(r, kept);
    read_identities(r, any_program, kept);
    read_scenarios(r, folder, kept);
    if ((options->random_count == 0) == (options->trace_count == 0)) wrong(r, "random");
}

// --- files -----------------------------------------------------------------------------------

static enum sim_status read_json(const char *folder, bool any_program, struct kept *kept,
                                 struct sim_error *error) {
    char *text, path[RUN_PATH_BYTES];
    size_t bytes;
    json_error_t place;
    folder_path(path, folder, "run.json");
    enum sim_status status = folder_read(path, MOST_JSON, &text, &bytes, error);
    if (status) return status;
    json_t *root = json_loadb(text, bytes, 0, &place);
    free(text);
    if (!root)
        return sim_fail(error, SIM_ERROR_FORMAT, "%.250s:%d: %.160s", path, place.line, place.text);
    struct reading reading = {.path = path, .root = root, .error = error};
    read_run(&reading, folder, any_program, kept);
    json_decref(root);
    return reading.status;
}

static bool read_digest(const char *line, uint64_t *digest) {
    char *end;
    if (strspn(line, "0123456789abcdef") != LINE - 1) return false;
    *digest = strtoull(line, &end, 16);
    return *end == '\n';
}

static enum sim_status read_digests(const char *path, struct kept *kept, struct sim_error *error) {
    char *text;
    size_t bytes;
    enum sim_status status = folder_read(path, MOST_DIGESTS, &text, &bytes, error);
    if (status) return status;
    kept->digests = malloc((kept->digest_count + 1) * sizeof *kept->digests);
    if (!kept->digests) status = sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    bool whole = bytes == kept->digest_count * LINE;
    for (size_t i = 0; !status && i < kept->digest_count; i++)
        if ((i + 1) * LINE > bytes || !read_digest(text + i * LINE, &kept->digests[i]))
            status = sim_fail(error, SIM_ERROR_FORMAT,
                              "%.300s:%zu: is not one of %zu digests of 16 hexadecimal digits",
                              path, i + 1, kept->digest_count);
    if (!status && !whole)
        status = sim_fail(error, SIM_ERROR_FORMAT, "%.300s: holds more than %zu digests", path,
                          kept->digest_count);
    free(text);
    return status;
}

enum sim_status keep_read(const char *folder, bool any_program, struct kept *kept,
                          struct sim_error *error) {
    char path[RUN_PATH_BYTES];
    *kept = (struct kept){.options = {.config = config_default(), .wave_to = UINT64_MAX}};
    if (strlen(folder) > RUN_PATH_BYTES - 64)
        return sim_fail(error, SIM_ERROR_USAGE, "%.200s: the name is too long", folder);
    folder_path(kept->dut, folder, "dut.so");
    kept->options.dut_path = kept->dut;
    enum sim_status status = read_json(folder, any_program, kept, error);
    folder_path(path, folder, "digests.txt");
    if (!status) status = read_digests(path, kept, error);
    folder_path(path, folder, "config.yaml");
    if (!status) status = config_load(path, &kept->options.config, error);
    if (!status) config_settle(&kept->options.config);
    if (!status) status = config_check(&kept->options.config, error);
    if (status) keep_clear(kept);
    return status;
}

void keep_clear(struct kept *kept) {
    for (unsigned i = 0; i < MOST_TRACES; i++) free(kept->paths[i]);
    free(kept->digests);
    kept->digests = NULL;
    memset(kept->paths, 0, sizeof kept->paths);
}
