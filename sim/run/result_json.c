// SPDX-License-Identifier: Apache-2.0
// The JSON document: documented in docs/run-json.md, written with jansson. Nothing in it
// depends on the machine or the moment, so equal runs give equal bytes.
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dut_loader.h"
#include "outputs.h"
#include "result.h"

static json_t *number(uint64_t value) {
    return json_integer((json_int_t)value);
}

// JSON is UTF-8; a file's name need not be.
static json_t *words(const char *text) {
    char copy[RUN_PATH_BYTES];
    json_t *string = json_string(text);
    if (string) return string;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *c = copy; *c; c++)
        if ((unsigned char)*c >= 128) *c = '?';
    return json_string(copy);
}

static double ratio(uint64_t part, uint64_t whole) {
    return whole ? (double)part / (double)whole : 0.0;
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static json_t *configuration(const struct run_config *config) {
    json_t *object = json_object();
    for (unsigned i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        uint64_t value = config_value(config, key);
        json_object_set_new(
            object, key->path,
            key->kind == CONFIG_CHOICE ? json_string(key->choices[value]) : number(value));
    }
    return object;
}

static json_t *input(const struct run_options *options) {
    json_t *object = json_object(), *traces = json_array();
    for (unsigned i = 0; i < options->trace_count; i++)
        json_array_append_new(traces, words(base_name(options->traces[i])));
    json_object_set_new(object, "traces", traces);
    json_object_set_new(object, "random_translations", number(options->random_count));
    return object;
}

static json_t *port(const struct run_result *result, unsigned p) {
    const struct bench_stats *stats = &result->stats;
    json_t *object = json_object();
    json_object_set_new(object, "translations", number(stats->answers[p]));
    json_object_set_new(object, "latency_average_cycles",
                        json_real(ratio(stats->latency_sum[p], stats->answers[p])));
    json_object_set_new(object, "latency_worst_cycles", number(stats->latency_max[p]));
    json_object_set_new(object, "walk_latency_average_cycles",
                        json_real(ratio(stats->walk_latency_sum[p], stats->walk_answers[p])));
    return object;
}

static json_t *counters(const struct run_result *result) {
    json_t *object = json_object();
    for (unsigned c = 0; c < MMU_COUNTERS; c++)
        if (bench_counter_name(c))
            json_object_set_new(object, bench_counter_name(c), number(result->counters[c]));
    return object;
}

// By the model: all 0 where it is not run.
static json_t *terms_of_port(const struct bench_stats *stats, unsigned p) {
    json_t *object = json_object(), *cycles = json_object();
    for (unsigned k = 0; k < CONTRACT_OUTCOMES; k++) {
        json_t *outcome = json_object();
        json_object_set_new(outcome, "answers", number(stats->outcome[p][k]));
        json_object_set_new(outcome, "worst_cycles", number(stats->outcome_latency_max[p][k]));
        json_object_set_new(object, contract_outcome_key((enum contract_outcome)k), outcome);
    }
    for (unsigned k = 0; k < CONTRACT_TERMS; k++)
        json_object_set_new(cycles, contract_term_key((enum contract_term)k),
                            number(contract_term_value(&stats->terms[p], (enum contract_term)k)));
    json_object_set_new(cycles, "write_back",
                        number(stats->terms[p].update_wire + stats->terms[p].update_grant +
                               stats->terms[p].update_memory));
    json_object_set_new(object, "cycles", cycles);
    return object;
}

static json_t *latency_terms(const struct run_result *result) {
    json_t *object = json_object();
    json_object_set_new(object, "data", terms_of_port(&result->stats, MMU_PORT_DATA));
    json_object_set_new(object, "fetch", terms_of_port(&result->stats, MMU_PORT_FETCH));
    return object;
}

static json_t *covers(const struct run_result *result) {
    json_t *object = json_object();
    for (unsigned k = 0; k < BENCH_COVERS; k++)
        json_object_set_new(object, bench_cover_key((enum bench_cover)k),
                            number(result->stats.cover[k]));
    return object;
}

static json_t *paging(const struct run_options *options, const struct run_result *result) {
    const struct pager_counts *p = &result->paging;
    const struct {
        const char *name;
        uint64_t value;
    } fields[] = {{"major_faults", p->major_faults},
                  {"minor_faults", p->minor_faults},
                  {"spurious_faults", p->spurious_faults},
                  {"zero_fills", p->zero_fills},
                  {"swap_reads", p->swap_reads},
                  {"swap_writes", p->swap_writes},
                  {"evictions", p->evictions},
                  {"scans", p->scans},
                  {"ptes_scanned", p->ptes_scanned},
                  {"scan_fences", p->scan_fences},
                  {"cleaned", p->cleaned},
                  {"context_switches", result->counts.switches},
                  {"ended_out_of_memory", result->counts.killed},
                  {"ended_by_violation", result->counts.violations}};
    const struct policy_ops *ops = policy_find((unsigned)options->config.policy);
    json_t *object = json_object();
    json_object_set_new(object, "policy_knows", json_string(policy_knows_name(ops->knows)));
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        json_object_set_new(object, fields[i].name, number(fields[i].value));
    return object;
}

static json_t *timing(const struct run_options *options, const struct run_result *result) {
    json_t *object = json_object();
    json_object_set_new(object, "cycles", number(result->stats.cycles));
    json_object_set_new(object, "fault_service_cycles", number(result->counts.fault_cycles));
    json_object_set_new(object, "scan_cycles", number(result->counts.scan_cycles));
    json_object_set_new(object, "context_switch_cycles", number(result->counts.switch_cycles));
    json_object_set_new(object, "effective_access_cycles",
                        json_real(result_effective_access_cycles(options, result)));
    return object;
}

static json_t *comparisons(const struct run_result *result) {
    json_t *object = json_object();
    for (unsigned c = 0; c < BENCH_CHECKS; c++)
        json_object_set_new(object, bench_check_key((enum bench_check)c),
                            number(result->stats.compared[c]));
    return object;
}

// What the stimulus reached; all 0 with traces.
static json_t *stimulus(const struct run_result *result) {
    json_t *object = json_object();
    for (unsigned c = 0; c < STIMULUS_COUNTS; c++)
        json_object_set_new(object, stimulus_count_key((enum stimulus_count)c),
                            number(result->stimulus.count[c]));
    return object;
}

static json_t *legal(const struct run_result *result) {
    const struct legal_stats *stats = &result->stats.legal;
    json_t *object = json_object(), *levels = json_array();
    for (unsigned level = 0; level < LEGAL_MOST_LEVELS; level++)
        json_array_append_new(levels, number(stats->stale_by_level[level]));
    json_object_set_new(object, "judged", number(stats->judged));
    json_object_set_new(object, "unjudged", number(stats->unjudged));
    json_object_set_new(object, "illegal", number(stats->illegal));
    json_object_set_new(object, "stale_answers", number(stats->stale_answers));
    json_object_set_new(object, "stale_by_level", levels);
    json_object_set_new(object, "spurious_faults", number(stats->spurious_faults));
    json_object_set_new(object, "searched", number(stats->searched));
    json_object_set_new(object, "forgotten", number(stats->forgotten));
    return object;
}

static json_t *hexadecimal(uint64_t value) {
    char text[17];
    snprintf(text, sizeof text, "%016" PRIx64, value);
    return json_string(text);
}

// Level of the last PTE that the model's walk read for the request; "" without a walk.
static json_t *level_of(const struct mmu_history *history) {
    char text[4] = "";
    if (history->accesses)
        snprintf(text, sizeof text, "%u",
                 history->access[(history->accesses - 1) % MMU_WALK_LOG].level & 7u);
    return json_string(text);
}

// All empty without a mismatch.
static json_t *first_mismatch(const struct run_result *result) {
    static const struct mismatch none;
    bool any = result->stats.mismatches > 0;
    const struct mismatch *m = any ? &result->first : &none;
    json_t *object = json_object();
    json_object_set_new(object, "check", json_string(any ? bench_check_key(m->check) : ""));
    json_object_set_new(object, "what", json_string(m->what));
    json_object_set_new(object, "port",
                        json_string(!any                       ? ""
                                    : m->port == MMU_PORT_DATA ? "data"
                                                               : "fetch"));
    json_object_set_new(object, "level", level_of(&m->history));
    json_object_set_new(object, "cycle", number(m->cycle));
    json_object_set_new(object, "expected", hexadecimal(m->expected));
    json_object_set_new(object, "observed", hexadecimal(m->observed));
    json_object_set_new(object, "page", words(result->page ? result->page : ""));
    return object;
}

static json_t *document(const struct run_options *options, const struct run_result *result) {
    static const char *const modes[] = {"lockstep", "dut_only", "model_only"};
    json_t *root = json_object();
    json_object_set_new(root, "schema", json_string("tandem-run"));
    json_object_set_new(root, "schema_version", json_integer(RESULT_SCHEMA_VERSION));
    json_object_set_new(root, "verdict",
                        json_string(result->verdict == RUN_PASSED ? "passed" : "failed"));
    json_object_set_new(root, "failure", words(result->failure.text));
    json_object_set_new(root, "mode", json_string(modes[options->mode]));
    json_object_set_new(root, "configuration", configuration(&options->config));
    json_object_set_new(root, "input", input(options));
    json_object_set_new(root, "references", number(result->counts.references));
    json_object_set_new(root, "writes", number(result->counts.writes));
    json_object_set_new(root, "data", port(result, MMU_PORT_DATA));
    json_object_set_new(root, "fetch", port(result, MMU_PORT_FETCH));
    json_object_set_new(root, "counters", counters(result));
    json_object_set_new(root, "latency_terms", latency_terms(result));
    json_object_set_new(root, "covers", covers(result));
    json_object_set_new(root, "paging", paging(options, result));
    json_object_set_new(root, "time", timing(options, result));
    json_object_set_new(root, "compared", comparisons(result));
    json_object_set_new(root, "mismatches", number(result->stats.mismatches));
    json_object_set_new(root, "mismatch", first_mismatch(result));
    json_object_set_new(root, "legal", legal(result));
    json_object_set_new(root, "stimulus", stimulus(result));
    json_object_set_new(root, "digest", hexadecimal(result->stats.digest));
    json_object_set_new(root, "fingerprint", hexadecimal(result->stats.fingerprint));
    return root;
}

enum sim_status result_check_json(const char *path, struct sim_error *error) {
    if (!path[0]) return sim_fail(error, SIM_ERROR_USAGE, "--json takes the name of a file");
    return outputs_check_place(path, "a result", error);
}

enum sim_status result_write_text(const char *path, const char *text, struct sim_error *error) {
    char temporary[RUN_PATH_BYTES];
    enum sim_status status = outputs_check_place(path, "a result", error);
    if (status) return status;
    int n = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    if (n < 0 || (size_t)n >= sizeof temporary)
        return sim_fail(error, SIM_ERROR_USAGE, "%.200s: the name is too long", path);
    int fd = mkstemp(temporary);
    if (fd < 0)
        return sim_fail(error, SIM_ERROR_IO, "%s: cannot be created: %s", path, strerror(errno));
    FILE *file = fdopen(fd, "w");
    bool ok = file && fputs(text, file) >= 0 && fputc('\n', file) >= 0 && !fflush(file) &&
              !fchmod(fd, 0644) && !fsync(fd);
    int why = errno;
    if (file ? fclose(file) : close(fd)) ok = false;
    if (ok && !rename(temporary, path)) return SIM_OK;
    if (ok) why = errno;
    unlink(temporary);
    return sim_fail(error, SIM_ERROR_IO, "%s: cannot be written: %s", path, strerror(why));
}

enum sim_status result_write_json(const struct run_options *options,
                                  const struct run_result *result, const char *path,
                                  struct sim_error *error) {
    json_t *root = document(options, result);
    char *text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    enum sim_status status = text ? result_write_text(path, text, error)
                                  : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    free(text);
    json_decref(root);
    return status;
}
