// SPDX-License-Identifier: Apache-2.0
// tandem cost: which units are measured. Synthesis, placement and the table are sim/cost's Python.
#define _GNU_SOURCE
#include <argp.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cost_tool.h"
#include "dut_loader.h"
#include "plan.h"
#include "sim/cost.h"

enum { OPTION_SET = 256, OPTION_SWEEP, OPTION_JSON, OPTION_NO_TIMING, MOST_UNITS = 500 };

struct cost_arguments {
    struct study_plan plan;
    const char *device, *json;
    bool timing;
    unsigned jobs;
    json_t *command;  // the options that repeat it, one string each
    struct sim_error error;
    enum sim_status status;
};

static const struct argp_option help[] = {
    {"set", OPTION_SET, "KEY=VALUE", 0, "set one key of the unit (mmu.*, tlb.*), as tandem run", 0},
    {"sweep", OPTION_SWEEP, "KEY=VALUES", 0,
     "values of a key, as tandem study: 16,32,64 or 16..1024*2; KEY,KEY=VALUES: together", 0},
    {"device", 'd', "NAME", 0, "ecp5 (the default) or ice40", 0},
    {"no-timing", OPTION_NO_TIMING, 0, 0, "count cells only: no placement, no clock", 0},
    {"jobs", 'j', "N", 0, "so many units at a time (1)", 0},
    {"json", OPTION_JSON, "FILE", 0, "write the result (tandem report --cost)", 0},
    {0}};

static const char doc[] =
    "Measure what the unit costs in an FPGA: LUTs, flip-flops, block RAMs by Yosys, the clock "
    "estimated by nextpnr.\v"
    "A unit takes some minutes; it is measured once, and kept under build/cost until the RTL, its "
    "parameters or the tools change. docs/cost.md tells what the figures mean.\n\n"
    "Examples:\n"
    "  tandem cost --no-timing --sweep tlb.data.entries,tlb.fetch.entries=4,8,16\n"
    "  tandem cost --set tlb.data.ways=4 --set tlb.fetch.ways=4 --json cost.json\n"
    "  tandem report study.json --cost cost.json -o study.html\n\n"
    "Exit status: 0 measured; 2 usage or environment.";

// Keys of the unit: mmu.mode is one of the page tables of traces.
static bool of_unit(const char *path) {
    return (!strncmp(path, "mmu.", 4) || !strncmp(path, "tlb.", 4)) && strcmp(path, "mmu.mode");
}

static enum sim_status check_keys(const char *place, const char *keys, struct sim_error *error) {
    while (*keys) {
        char key[96];
        size_t length = strcspn(keys, ", ");
        snprintf(key, sizeof key, "%.*s", (int)(length < 95 ? length : 95), keys);
        if (length && !of_unit(key))
            return sim_fail(error, SIM_ERROR_USAGE,
                            "%s: '%s' is no key of the unit; those begin with mmu. or tlb.", place,
                            key);
        keys += length;
        keys += strspn(keys, ", ");
    }
    return SIM_OK;
}

// KEY=VALUE of --set and --sweep.
static enum sim_status assign(struct cost_arguments *arguments, const char *option,
                              const char *text, bool sweep) {
    struct sim_error *error = &arguments->error;
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return sim_fail(error, SIM_ERROR_USAGE, "%s takes KEY=%s, not '%.80s'", option,
                        sweep ? "VALUES" : "VALUE", text);
    char *key = strndup(text, (size_t)(equals - text));
    if (!key) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    enum sim_status status = check_keys(option, key, error);
    if (!status)
        status = sweep ? study_plan_sweep(&arguments->plan, option, key, equals + 1, error)
                       : study_plan_set(&arguments->plan, option, key, equals + 1, error);
    free(key);
    json_array_append_new(arguments->command, json_sprintf("%s %s", option, text));
    return status;
}

static unsigned job_count(struct argp_state *state, const char *text) {
    uint64_t value = 0;
    if (!config_number(text, &value) || value == 0 || value > 64)
        argp_error(state, "--jobs takes a whole number from 1 to 64, not '%s'", text);
    return (unsigned)value;
}

static error_t parse(int key, char *text, struct argp_state *state) {
    struct cost_arguments *arguments = state->input;
    if (arguments->status) return 0;  // the first sentence counts
    switch (key) {
        case OPTION_SET:
            arguments->status = assign(arguments, "--set", text, false);
            break;
        case OPTION_SWEEP:
            arguments->status = assign(arguments, "--sweep", text, true);
            break;
        case OPTION_JSON:
            arguments->json = text;
            break;
        case OPTION_NO_TIMING:
            arguments->timing = false;
            break;
        case 'd':
            if (strcmp(text, "ecp5") && strcmp(text, "ice40"))
                argp_error(state, "--device is ecp5 or ice40, not '%s'", text);
            arguments->device = text;
            break;
        case 'j':
            arguments->jobs = job_count(state, text);
            break;
        case ARGP_KEY_ARG:
            argp_error(state, "'%s' is not an option", text);
            break;
        default:
            return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {help, parse, 0, doc, 0, 0, 0};

static json_t *unit(const struct run_config *config) {
    struct mmu_config mmu = config_mmu(config);
    json_t *object = json_object(), *keys = json_object();
    char options[256];
    dut_unit_options(&mmu, options, sizeof options);
    for (unsigned i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        uint64_t value = config_value(config, key);
        if (!of_unit(key->path)) continue;
        json_object_set_new(keys, key->path,
                            key->kind == CONFIG_CHOICE ? json_string(key->choices[value])
                                                       : json_integer((json_int_t)value));
    }
    json_object_set_new(object, "configuration", keys);
    json_object_set_new(object, "options", json_string(options));
    return object;
}

// All combinations; one that is not legal stops it, with a sentence.
static enum sim_status list_units(struct study_plan *plan, json_t *units, struct sim_error *error) {
    plan->mix = true;  // no programs: one combination of no trace
    uint64_t count = study_plan_combinations(plan);
    if (count > MOST_UNITS)
        return sim_fail(error, SIM_ERROR_USAGE, "the sweeps have more than %d combinations",
                        MOST_UNITS);
    enum sim_status status = SIM_OK;
    for (uint64_t i = 0; i < count && !status; i++) {
        struct study_point *point = malloc(sizeof *point);
        if (!point) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
        status = study_plan_point(plan, i, point, error);
        if (!status) status = config_check(&point->config.run, error);
        if (!status) json_array_append_new(units, unit(&point->config.run));
        free(point);
    }
    return status;
}

// The command that repeats it, as a shell reads it: keys and values hold no quotes.
static json_t *command(const struct cost_arguments *arguments) {
    json_t *line = json_string("tandem cost"), *option;
    size_t i;
    json_array_foreach(arguments->command, i, option) {
        json_t *longer = json_sprintf("%s %s", json_string_value(line), json_string_value(option));
        json_decref(line);
        line = longer;
    }
    json_t *whole = json_sprintf("%s --device %s%s", json_string_value(line), arguments->device,
                                 arguments->timing ? "" : " --no-timing");
    json_decref(line);
    return whole;
}

static int measure(struct cost_arguments *arguments) {
    json_t *task = json_object(), *units = json_array();
    enum sim_status status = list_units(&arguments->plan, units, &arguments->error);
    int result = 2;
    json_object_set_new(task, "tandem", json_string(TANDEM_VERSION));
    json_object_set_new(task, "command", command(arguments));
    json_object_set_new(task, "device", json_string(arguments->device));
    json_object_set_new(task, "timing", json_boolean(arguments->timing));
    json_object_set_new(task, "jobs", json_integer(arguments->jobs));
    json_object_set_new(task, "json", arguments->json ? json_string(arguments->json) : json_null());
    json_object_set_new(task, "units", units);
    if (!status && !json_object_get(task, "json"))
        status = sim_fail(&arguments->error, SIM_ERROR_USAGE, "--json: the name is not UTF-8");
    char *text = json_dumps(task, JSON_COMPACT);
    if (!status && !text) status = sim_fail(&arguments->error, SIM_ERROR_MEMORY, "out of memory");
    if (!status) status = cost_tool_run(text, &result, &arguments->error);
    if (status) fprintf(stderr, "tandem cost: %s\n", arguments->error.text);
    free(text);
    json_decref(task);
    return status ? 2 : result;
}

int tandem_cost(int argc, char **argv) {
    struct cost_arguments *arguments = calloc(1, sizeof *arguments);
    int result = 2;
    if (!arguments) return 2;
    study_plan_init(&arguments->plan);
    arguments->device = "ecp5";
    arguments->timing = true;
    arguments->jobs = 1;
    arguments->command = json_array();
    argp_parse(&argp, argc, argv, 0, NULL, arguments);
    if (arguments->status)
        fprintf(stderr, "tandem cost: %s\n", arguments->error.text);
    else
        result = measure(arguments);
    json_decref(arguments->command);
    study_plan_destroy(&arguments->plan);
    free(arguments);
    return result;
}
