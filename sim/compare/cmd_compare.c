// SPDX-License-Identifier: Apache-2.0
// tandem compare
#define _GNU_SOURCE
#include <argp.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "outputs.h"
#include "sim/compare.h"
#include "sim/files.h"

enum option_key {
    OPTION_SEEDS = 256,
    OPTION_MARKDOWN,
    OPTION_STRICT,
    OPTION_NO_TRACE,
    OPTION_COST
};

static const struct argp_option help[] = {
    {"config", 'c', "FILE", 0, "a unit (YAML as for tandem run); repeat it for several", 0},
    {"random", 'r', "N", 0, "random translations a seed (50000); 0: none", 0},
    {"seeds", OPTION_SEEDS, "K", 0, "seeds (2)", 0},
    {"seed", 's', "S", 0, "the first one (1)", 0},
    {"trace", 't', "FILE", 0, "recorded program (traces/cc1.tdt); repeat it for several", 0},
    {"no-trace", OPTION_NO_TRACE, 0, 0, "no recorded program", 0},
    {"references", 'n', "N", 0, "at most N references of each program (100000; 0: all)", 0},
    {"cost", OPTION_COST, 0, 0, "LUTs, flip-flops and RAMs of the first unit beside it", 0},
    {"strict", OPTION_STRICT, 0, 0, "any difference of time fails", 0},
    {"markdown", OPTION_MARKDOWN, "FILE", 0, "summary for a pull request", 0},
    {"json", 'j', "FILE", 0, "the result as JSON", 0},
    {"quiet", 'q', 0, 0, "print the verdict only", 0},
    {0}};

static const char doc[] =
    "Run the same stimulus on two revisions of the RTL: translations must be right on both, and "
    "HEAD must not be slower by a cycle (docs/gate.md). BASE and HEAD are git revisions of the "
    "source tree, or folders with an rtl.f.\v"
    "Exit status: 0 HEAD may replace BASE; 1 it is slower or wrong; 2 usage, environment, or an "
    "interrupt.\n\n"
    "Example:\n  tandem compare origin/main HEAD --markdown gate.md\n";

struct arguments {
    struct compare_options options;
    struct sim_error error;
    bool failed, no_trace;
};

static uint64_t whole(struct argp_state *state, const char *option, const char *text,
                      uint64_t most) {
    uint64_t value = 0;
    if (!config_number(text, &value) || value > most)
        argp_error(state, "%s takes a whole number up to %" PRIu64 ", not '%s'", option, most,
                   text);
    return value;
}

static void add_config(struct argp_state *state, const char *path) {
    struct arguments *arguments = state->input;
    struct compare_options *options = &arguments->options;
    if (options->units == COMPARE_UNITS) argp_error(state, "more than %d units", COMPARE_UNITS);
    if (arguments->failed || options->units == COMPARE_UNITS) return;
    const char *slash = strrchr(path, '/');
    struct run_config *config = &options->unit[options->units].config;
    snprintf(options->unit[options->units].name, COMPARE_NAME_BYTES, "%.80s",
             slash ? slash + 1 : path);
    options->unit[options->units].file = path;
    options->units++;
    *config = config_default();
    enum sim_status status = config_load(path, config, &arguments->error);
    if (!status) config_settle(config);
    if (!status) status = config_check(config, &arguments->error);
    arguments->failed = status != SIM_OK;
}

static error_t parse(int key, char *text, struct argp_state *state) {
    struct arguments *arguments = state->input;
    struct compare_options *options = &arguments->options;
    switch (key) {
        case 'c':
            add_config(state, text);
            break;
        case 'r':
            options->random = whole(state, "--random", text, INT64_MAX);
            break;
        case OPTION_SEEDS:
            options->seeds = whole(state, "--seeds", text, COMPARE_SEEDS);
            break;
        case 's':
            options->seed = whole(state, "--seed", text, INT64_MAX);
            break;
        case 't':
            if (options->traces == COMPARE_TRACES)
                argp_error(state, "more than %d traces", COMPARE_TRACES);
            else
                options->trace[options->traces++] = text;
            break;
        case OPTION_NO_TRACE:
            arguments->no_trace = true;
            break;
        case 'n':
            options->references = whole(state, "--references", text, INT64_MAX);
            break;
        case OPTION_COST:
            options->cost = true;
            break;
        case OPTION_STRICT:
            options->strict = true;
            break;
        case OPTION_MARKDOWN:
            options->markdown = text;
            break;
        case 'j':
            options->json = text;
            break;
        case 'q':
            options->quiet = true;
            break;
        case ARGP_KEY_ARG:
            if (state->arg_num >= 2) argp_error(state, "two revisions are compared: BASE HEAD");
            if (state->arg_num == 0)
                options->base = text;
            else
                options->head = text;
            break;
        case ARGP_KEY_END:
            if (state->arg_num < 2) argp_error(state, "two revisions are compared: BASE HEAD");
            break;
        default:
            return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {help, parse, "BASE HEAD", doc, 0, 0, 0};

static enum sim_status add_standard(struct compare_options *options, const char *name,
                                    const char *const *settings, struct sim_error *error) {
    struct run_config *config = &options->unit[options->units].config;
    snprintf(options->unit[options->units].name, COMPARE_NAME_BYTES, "%s", name);
    options->units++;
    *config = config_default();
    enum sim_status status = SIM_OK;
    for (; *settings && !status; settings++) status = config_set(*settings, config, error);
    config_settle(config);
    return status ? status : config_check(config, error);
}

static enum sim_status add_standards(struct compare_options *options, struct sim_error *error) {
    static const char *const plain[] = {"memory.data.least=1", "memory.grant.most=3", NULL};
    static const char *const deep[] = {
        "tlb.l2.entries=64",    "mmu.walks=4",         "mmu.pwc_entries=4",   "mmu.prefetch=yes",
        "driver.outstanding=8", "memory.data.least=1", "memory.grant.most=3", NULL};
    static const char *const narrow[] = {"mmu.xlen=32", "mmu.pmp_entries=8", "memory.data.least=1",
                                         NULL};
    enum sim_status status = add_standard(options, "plain", plain, error);
    if (!status) status = add_standard(options, "deep", deep, error);
    if (!status) status = add_standard(options, "sv32", narrow, error);
    return status;
}

// An output must not replace what is read, nor the other output.
static enum sim_status check_output(const struct compare_options *options, const char *output,
                                    struct sim_error *error) {
    for (unsigned u = 0; u < options->units; u++)
        if (options->unit[u].file && sim_same_file(output, options->unit[u].file))
            return sim_fail(error, SIM_ERROR_USAGE, "%s: is both read and written", output);
    for (unsigned t = 0; t < options->traces; t++)
        if (sim_same_file(output, options->trace[t]))
            return sim_fail(error, SIM_ERROR_USAGE, "%s: is both read and written", output);
    return SIM_OK;
}

static enum sim_status check_outputs(const struct compare_options *options,
                                     struct sim_error *error) {
    enum sim_status status = SIM_OK;
    if (options->json) status = result_check_json(options->json, error);
    if (!status && options->markdown)
        status = outputs_check_place(options->markdown, "a summary", error);
    if (!status && options->json) status = check_output(options, options->json, error);
    if (!status && options->markdown) status = check_output(options, options->markdown, error);
    if (!status && options->json && options->markdown &&
        sim_same_file(options->json, options->markdown))
        status =
            sim_fail(error, SIM_ERROR_USAGE, "%s: is both --json and --markdown", options->json);
    return status;
}

static enum sim_status finish(struct arguments *arguments, char trace[RUN_PATH_BYTES + 32]) {
    struct compare_options *options = &arguments->options;
    struct sim_error *error = &arguments->error;
    char home[RUN_PATH_BYTES];
    if (arguments->failed) return SIM_ERROR_USAGE;
    enum sim_status status = options->units ? SIM_OK : add_standards(options, error);
    if (!status && !options->traces && !arguments->no_trace) {
        if (!tandem_home(home))
            return sim_fail(error, SIM_ERROR_TOOL,
                            "the source tree was not found; give --trace FILE");
        snprintf(trace, RUN_PATH_BYTES + 32, "%s/traces/cc1.tdt", home);
        options->trace[options->traces++] = trace;
        options->standard_trace = true;
    }
    return status ? status : check_outputs(options, error);
}

static void on_signal(int signal) {
    (void)signal;
    run_interrupt();
}

static enum sim_status write_text(char *text, const char *path, struct sim_error *error) {
    enum sim_status status = text ? result_write_text(path, text, error)
                                  : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    free(text);
    return status;
}

static int failed(const struct sim_error *error) {
    fflush(stdout);
    fprintf(stderr, "tandem compare: %s\n", error->text);
    return 2;
}

static int conclude(const struct compare_options *options, const struct compare_result *result) {
    bool renew = result->verdict == COMPARE_FASTER || result->verdict == COMPARE_CHANGED;
    for (unsigned k = 0; k < result->costs; k++)
        printf("%-12s %.0f -> %.0f\n", result->cost[k].name, result->cost[k].base,
               result->cost[k].head);
    bool passed = result->verdict < COMPARE_SLOWER && !(options->strict && renew);
    printf("%u jobs: %s%s\n%s\n", result->jobs, compare_verdict_name(result->verdict),
           renew ? "; merging HEAD makes a new baseline" : "", passed ? "PASSED" : "FAILED");
    if (fflush(stdout)) return 2;
    return passed ? 0 : 1;
}

static enum sim_status compare_and_write(struct arguments *arguments,
                                         struct compare_result *result) {
    struct compare_options *options = &arguments->options;
    struct sim_error *error = &arguments->error;
    enum sim_status status = compare_run(options, result, error);
    if (!status && options->markdown)
        status = write_text(compare_markdown(options, result), options->markdown, error);
    if (!status && options->json)
        status = write_text(compare_json(options, result), options->json, error);
    return status;
}

int tandem_compare(int argc, char **argv) {
    char trace[RUN_PATH_BYTES + 32];
    struct compare_result result = {0};
    struct sigaction action = {.sa_handler = on_signal};
    struct arguments *arguments = calloc(1, sizeof *arguments);
    if (!arguments) return 2;
    struct compare_options *options = &arguments->options;
    options->random = 50000;
    options->references = 100000;
    options->seeds = 2;
    options->seed = 1;
    argp_parse(&argp, argc, argv, 0, NULL, arguments);
    enum sim_status status = finish(arguments, trace);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (!status) status = compare_and_write(arguments, &result);
    int ended = status ? failed(&arguments->error) : conclude(options, &result);
    free(result.job);
    free(arguments);
    return ended;
}
