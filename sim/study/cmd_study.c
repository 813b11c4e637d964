// SPDX-License-Identifier: Apache-2.0
// tandem study
#define _GNU_SOURCE
#include <argp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "outputs.h"
#include "plan_yaml.h"
#include "presets.h"
#include "sim/report.h"
#include "sim/study.h"
#include "study.h"

enum option_key {
    OPTION_PLAN = 'c',
    OPTION_TRACE = 't',
    OPTION_SWEEP = 'w',
    OPTION_MEASURE = 'm',
    OPTION_REFERENCES = 'n',
    OPTION_SEED = 's',
    OPTION_JOBS = 'j',
    OPTION_SET = 256,
    OPTION_MIX,
    OPTION_TITLE,
    OPTION_JSON,
    OPTION_CSV,
    OPTION_HTML,
    OPTION_COST,
    OPTION_JOURNAL,
    OPTION_RESUME,
    OPTION_VERIFY,
    OPTION_VERIFY_REFERENCES,
    OPTION_DUT,
    OPTION_QUIET
};

static const struct argp_option options_help[] = {
    {0, 0, 0, 0, "What is studied:", 1},
    {"trace", OPTION_TRACE, "FILE", 0, "a recorded program; repeat it for several", 1},
    {"plan", OPTION_PLAN, "FILE", 0, "a plan (YAML, docs/study.md); options come after it", 1},
    {"sweep", OPTION_SWEEP, "KEY=VALUES", 0,
     "values of a key: 16,32,64 or 16..1024*2 or 8..64+8; KEY,KEY=VALUES: together", 1},
    {"set", OPTION_SET, "KEY=VALUE", 0,
     "set one key; the keys are those of tandem run, and study.*", 1},
    {"measure", OPTION_MEASURE, "M,M", 0,
     "misses classes faults cycles hierarchy working-set pages", 1},
    {"references", OPTION_REFERENCES, "N", 0, "at most N references of each program (0: all)", 1},
    {"mix", OPTION_MIX, 0, 0, "the programs together, as processes, instead of one by one", 1},
    {"title", OPTION_TITLE, "TEXT", 0, "title of the report", 1},
    {0, 0, 0, 0, "How:", 2},
    {"jobs", OPTION_JOBS, "N", 0, "so many processes at a time (all cores)", 2},
    {"seed", OPTION_SEED, "S", 0, "seed of everything random (1); 0 is a seed", 2},
    {"verify", OPTION_VERIFY, "N", 0, "run N points through the RTL, in lockstep; they must agree",
     2},
    {"verify-references", OPTION_VERIFY_REFERENCES, "N", 0,
     "of each program, for --verify (200000; 0: as many as the study)", 2},
    {"dut", OPTION_DUT, "FILE", 0, "this DUT for --verify instead of one built for each point", 2},
    {"resume", OPTION_RESUME, 0, 0, "go on from the journal of an interrupted study", 2},
    {"journal", OPTION_JOURNAL, "FILE", 0, "the journal (beside the first output)", 2},
    {0, 0, 0, 0, "What comes out:", 3},
    {"json", OPTION_JSON, "FILE", 0, "everything, as JSON", 3},
    {"csv", OPTION_CSV, "FILE", 0, "a line for each point", 3},
    {"html", OPTION_HTML, "FILE", 0, "one page with curves", 3},
    {"cost", OPTION_COST, "FILE", 0, "the hardware's cost for that page (tandem cost --json)", 3},
    {"quiet", OPTION_QUIET, 0, 0, "no summary", 3},
    {0}};

static const char doc[] =
    "Study recorded programs: sweep TLB sizes, ways, policies, page sizes, frames, latencies.\n\n"
    "Ready-made studies: miss-ratio cycles hierarchy frames page-size scanning asid belady "
    "tlb-policies policies. Without one, give --sweep, or a plan.\v"
    "Exit status: 0 the study was made, and what was verified agreed; 1 a verified point "
    "disagreed; 2 usage, environment or an interrupt (--resume goes on).\n\n"
    "Examples:\n"
    "  tandem study miss-ratio --trace traces/cc1.tdt --json cc1.json\n"
    "  tandem study --trace traces/cc1.tdt --sweep tlb.data.entries=16..1024*2 --verify 3\n"
    "  tandem study --plan examples/study-tlb.yaml --html tlb.html\n";

enum { MOST_SETTINGS = 128 };

struct arguments {
    struct study_request request;
    const char *name, *title;
    struct setting {
        int option;
        const char *text;
    } settings[MOST_SETTINGS];  // applied in order, after the plan's
    unsigned setting_count;
    bool has_traces;
};

static uint64_t number(struct argp_state *state, const char *name, const char *text, uint64_t least,
                       uint64_t most) {
    uint64_t value = 0;
    if (!config_number(text, &value) || value < least || value > most)
        argp_error(state, "--%s takes a whole number from %llu to %llu, not '%s'", name,
                   (unsigned long long)least, (unsigned long long)most, text);
    return value;
}

static void defer(struct argp_state *state, int option, const char *text) {
    struct arguments *arguments = state->input;
    if (arguments->setting_count == MOST_SETTINGS)
        argp_error(state, "more than %d settings; write a plan", MOST_SETTINGS);
    else
        arguments->settings[arguments->setting_count++] = (struct setting){option, text};
}

static error_t parse_output(int key, char *text, struct study_request *request) {
    switch (key) {
        case OPTION_JSON:
            request->json = text;
            return 0;
        case OPTION_CSV:
            request->csv = text;
            return 0;
        case OPTION_HTML:
            request->html = text;
            return 0;
        case OPTION_COST:
            request->cost = text;
            return 0;
        case OPTION_JOURNAL:
            request->journal = text;
            return 0;
        case OPTION_DUT:
            request->dut_path = text;
            return 0;
        case OPTION_RESUME:
            request->resume = true;
            return 0;
        case OPTION_QUIET:
            request->quiet = true;
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse(int key, char *text, struct argp_state *state) {
    struct arguments *arguments = state->input;
    struct study_request *request = &arguments->request;
    switch (key) {
        case OPTION_PLAN:
            if (request->plan_path) argp_error(state, "one --plan, not several");
            request->plan_path = text;
            break;
        case OPTION_TRACE:
        case OPTION_SWEEP:
        case OPTION_SET:
        case OPTION_MEASURE:
        case OPTION_REFERENCES:
        case OPTION_SEED:
        case OPTION_MIX:
            defer(state, key, text);
            break;
        case OPTION_TITLE:
            arguments->title = text;
            break;
        case OPTION_JOBS:
            request->workers = (unsigned)number(state, "jobs", text, 1, STUDY_MOST_WORKERS);
            break;
        case OPTION_VERIFY:
            request->verify_points = number(state, "verify", text, 1, VERIFY_MOST_POINTS);
            break;
        case OPTION_VERIFY_REFERENCES:
            request->verify_references = number(state, "verify-references", text, 0, INT64_MAX);
            break;
        case ARGP_KEY_ARG:
            if (arguments->name) argp_error(state, "one study by name, not '%s' as well", text);
            arguments->name = text;
            break;
        default:
            return parse_output(key, text, request);
    }
    return 0;
}

static const struct argp argp = {options_help, parse, "[STUDY]", doc, 0, 0, 0};

// "KEY=VALUE" in two.
static enum sim_status split(const char *option, const char *text, char key[256],
                             const char **value, struct sim_error *error) {
    const char *equals = strchr(text, '=');
    if (!equals || equals - text >= 256)
        return sim_fail(error, SIM_ERROR_USAGE, "%s takes KEY=VALUE, not '%.80s'", option, text);
    memcpy(key, text, (size_t)(equals - text));
    key[equals - text] = '\0';
    *value = equals + 1;
    return SIM_OK;
}

static enum sim_status apply(struct arguments *arguments, const struct setting *setting,
                             struct sim_error *error) {
    struct study_plan *plan = &arguments->request.plan;
    const char *text = setting->text, *value = NULL;
    char key[256];
    enum sim_status status;
    switch (setting->option) {
        case OPTION_TRACE:
            // Programs of the command line take the place of the plan's.
            if (!arguments->has_traces) study_plan_destroy(plan);
            arguments->has_traces = true;
            return study_plan_add_trace(plan, "--trace", text, error);
        case OPTION_SWEEP:
            status = split("--sweep", text, key, &value, error);
            return status ? status : study_plan_sweep(plan, "--sweep", key, value, error);
        case OPTION_SET:
            status = split("--set", text, key, &value, error);
            return status ? status : study_plan_set(plan, "--set", key, value, error);
        case OPTION_MEASURE:
            return study_plan_measure(plan, "--measure", text, error);
        case OPTION_REFERENCES:
            return study_plan_set(plan, "--references", "os.references", text, error);
        case OPTION_SEED:
            return study_plan_set(plan, "--seed", "seed", text, error);
        default:
            plan->mix = true;
            return SIM_OK;
    }
}

static enum sim_status finish_plan(struct arguments *arguments, struct sim_error *error) {
    struct study_request *request = &arguments->request;
    struct study_plan *plan = &request->plan;
    enum sim_status status = SIM_OK;
    if (arguments->name) status = study_preset_apply(plan, "", arguments->name, error);
    if (!status && request->plan_path) status = study_plan_load(request->plan_path, plan, error);
    for (unsigned i = 0; i < arguments->setting_count && !status; i++)
        status = apply(arguments, &arguments->settings[i], error);
    if (arguments->title) snprintf(plan->title, sizeof plan->title, "%s", arguments->title);
    return status ? status : study_plan_finish(plan, error);
}

static enum sim_status check_outputs(struct arguments *arguments, struct sim_error *error) {
    struct study_request *request = &arguments->request;
    if (request->cost && !request->html)
        return sim_fail(error, SIM_ERROR_USAGE,
                        "--cost needs --html FILE, the page it is shown on");
    enum sim_status status = study_choose_journal(request, error);
    const char *outputs[] = {request->json, request->csv, request->html, request->journal};
    for (unsigned i = 0; i < 4 && !status; i++)
        if (outputs[i]) status = result_check_json(outputs[i], error);
    if (!status) status = study_check_files(request, error);
    return status || !request->html ? status : report_check(request->cost, request->html, error);
}

static void on_signal(int signal) {
    (void)signal;
    run_interrupt();
}

static int failed(const struct sim_error *error) {
    fflush(stdout);
    fprintf(stderr, "tandem study: %s\n", error->text);
    return 2;
}

int tandem_study(int argc, char **argv) {
    struct arguments *arguments = calloc(1, sizeof *arguments);
    struct sim_error error = {"out of memory"};
    struct sigaction action = {.sa_handler = on_signal};
    bool passed = false;
    if (!arguments) return failed(&error);
    struct study_request *request = &arguments->request;
    study_plan_init(&request->plan);
    request->workers = study_cores();
    request->verify_references = 200000;
    argp_parse(&argp, argc, argv, 0, NULL, arguments);
    enum sim_status status = finish_plan(arguments, &error);
    if (!status) status = check_outputs(arguments, &error);
    if (!status) {
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGTERM, &action, NULL);
        study_command_write(request);
        status = study_make(request, &passed, &error);
    }
    study_plan_destroy(&request->plan);
    free(request->journal_chosen);
    free(arguments);
    return status ? failed(&error) : passed ? 0 : 1;
}
