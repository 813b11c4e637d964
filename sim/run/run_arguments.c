// SPDX-License-Identifier: Apache-2.0
#include "run_arguments.h"

#include <argp.h>
#include <string.h>

#include "folder.h"
#include "outputs.h"
#include "result.h"

enum option_key {
    OPTION_CONFIG = 'c',
    OPTION_TRACE = 't',
    OPTION_RANDOM = 'r',
    OPTION_FRAMES = 'f',
    OPTION_POLICY = 'p',
    OPTION_SEED = 's',
    OPTION_JSON = 'j',
    OPTION_WAVE = 'w',
    OPTION_REFERENCES = 'n',
    OPTION_MODEL_ONLY = 256,
    OPTION_DUT_ONLY,
    OPTION_SET,
    OPTION_MAX_ERRORS,
    OPTION_WINDOW,
    OPTION_DUT,
    OPTION_SWAP,
    OPTION_ORACLE,
    OPTION_COVERAGE,
    OPTION_KEEP,
    OPTION_EXPLAIN,
    OPTION_QUIET
};

static const struct argp_option options_help[] = {
    {0, 0, 0, 0, "What runs:", 1},
    {"trace", OPTION_TRACE, "FILE", 0, "a recorded program; repeat it for several", 1},
    {"random", OPTION_RANDOM, "N", 0, "N random translations instead of programs", 1},
    {"references", OPTION_REFERENCES, "N", 0, "at most N references of each program (0: all)", 1},
    {0, 0, 0, 0, "How:", 2},
    {"config", OPTION_CONFIG, "FILE", 0, "configuration (YAML) with the keys that every run prints",
     2},
    {"set", OPTION_SET, "KEY=VALUE", 0, "set one key (tlb.data.ways=4) after --config", 2},
    {"frames", OPTION_FRAMES, "N", 0, "page frames (os.frames, 256)", 2},
    {"policy", OPTION_POLICY, "P", 0,
     "page replacement (os.policy); a kernel's: fifo random clock-bits aging wsclock; told of each "
     "reference: lru clock 2q arc lirs s3-fifo sieve, or of the future: opt",
     2},
    {"seed", OPTION_SEED, "S", 0, "seed of everything random (1); 0 is a seed", 2},
    {"model-only", OPTION_MODEL_ONLY, 0, 0, "the model alone: fast, nothing is compared", 2},
    {"dut-only", OPTION_DUT_ONLY, 0, 0, "the RTL alone: nothing is compared", 2},
    {"oracle", OPTION_ORACLE, "O", 0, "who judges (check.oracle, shadow): shadow legal both", 2},
    {"max-errors", OPTION_MAX_ERRORS, "N", 0, "end after N mismatches (1)", 2},
    {"dut", OPTION_DUT, "FILE", 0, "this DUT instead of the one built for the configuration", 2},
    {"swap", OPTION_SWAP, "FILE", 0, "keep swap in FILE (else a temporary file)", 2},
    {0, 0, 0, 0, "What comes out:", 3},
    {"json", OPTION_JSON, "FILE", 0, "the result as JSON", 3},
    {"coverage", OPTION_COVERAGE, "FILE", 0,
     "functional coverage, for tandem coverage to add up and report", 3},
    {"wave", OPTION_WAVE, "FILE", 0, "waveform of the RTL (FST, for GTKWave)", 3},
    {"wave-window", OPTION_WINDOW, "FROM:TO", 0, "cycles of the waveform (all)", 3},
    {"explain", OPTION_EXPLAIN, "FILE", 0,
     "the page about the first mismatch, if there is one, as HTML with the walk drawn", 3},
    {"keep", OPTION_KEEP, "DIR", 0,
     "on failure leave DIR: the DUT, the failure, a scenario and the smallest one that shows it; "
     "tandem replay DIR repeats it",
     3},
    {"quiet", OPTION_QUIET, 0, 0, "do not print the configuration", 3},
    {0}};

static const char doc[] =
    "Run recorded programs, or random stimulus, through the RTL MMU in lockstep with the "
    "reference model, and serve the page faults from swap.\v"
    "Exit status: 0 everything agreed; 1 a check failed; 2 usage, environment or an "
    "interrupt. A mismatch prints one page and the command that repeats it with a waveform.\n\n"
    "Examples:\n"
    "  tandem run --trace traces/cc1.tdt --frames 256 --policy clock\n"
    "  tandem run --random 1000000 --seed 7 --set tlb.data.ways=4\n";

static void number(struct argp_state *state, const char *name, const char *text, uint64_t *value) {
    if (!config_number(text, value) || *value > INT64_MAX)
        argp_error(state, "--%s takes a whole number, not '%s'", name, text);
}

// Remember a setting until the configuration file has been read.
static void defer(struct argp_state *state, const char *option, const char *key,
                  const char *value) {
    struct run_arguments *arguments = state->input;
    if (arguments->setting_count == MOST_SETTINGS)
        argp_error(state, "more than %d settings; write a --config file", MOST_SETTINGS);
    else
        arguments->settings[arguments->setting_count++] = (struct setting){option, key, value};
}

static void set_mode(struct argp_state *state, enum bench_mode mode) {
    struct run_arguments *arguments = state->input;
    if (arguments->has_mode && arguments->run.mode != mode)
        argp_error(state, "either --model-only or --dut-only, not both");
    arguments->has_mode = true;
    arguments->run.mode = mode;
}

static void add_trace(struct argp_state *state, const char *path) {
    struct run_options *run = &((struct run_arguments *)state->input)->run;
    if (run->trace_count == MOST_TRACES)
        argp_error(state, "more than %d traces", MOST_TRACES);
    else
        run->traces[run->trace_count++] = path;
}

static void window(struct argp_state *state, const char *text, struct run_options *run) {
    char from[32] = "";
    const char *colon = strchr(text, ':');
    if (!colon || (size_t)(colon - text) >= sizeof from) {
        argp_error(state, "--wave-window takes FROM:TO, not '%s'", text);
        return;
    }
    memcpy(from, text, (size_t)(colon - text));
    number(state, "wave-window", from, &run->wave_from);
    number(state, "wave-window", colon + 1, &run->wave_to);
    if (run->wave_from > run->wave_to)
        argp_error(state, "--wave-window %s ends before it begins", text);
    ((struct run_arguments *)state->input)->has_window = true;
}

static error_t parse(int key, char *text, struct argp_state *state) {
    struct run_arguments *arguments = state->input;
    struct run_options *run = &arguments->run;
    switch (key) {
        case OPTION_CONFIG:
            arguments->config = text;
            if (config_load(text, &run->config, &arguments->error)) arguments->failed = true;
            break;
        case OPTION_TRACE:
            add_trace(state, text);
            break;
        case OPTION_RANDOM:
            number(state, "random", text, &run->random_count);
            break;
        case OPTION_REFERENCES:
            defer(state, "--references", "os.references", text);
            break;
        case OPTION_FRAMES:
            defer(state, "--frames", "os.frames", text);
            break;
        case OPTION_POLICY:
            defer(state, "--policy", "os.policy", text);
            break;
        case OPTION_SEED:
            defer(state, "--seed", "seed", text);
            break;
        case OPTION_ORACLE:
            defer(state, "--oracle", "check.oracle", text);
            break;
        case OPTION_SET:
            defer(state, "--set", NULL, text);
            break;
        case OPTION_MODEL_ONLY:
            set_mode(state, BENCH_MODEL_ONLY);
            break;
        case OPTION_DUT_ONLY:
            set_mode(state, BENCH_DUT_ONLY);
            break;
        case OPTION_MAX_ERRORS:
            number(state, "max-errors", text, &run->max_errors);
            break;
        case OPTION_JSON:
            arguments->json = text;
            break;
        case OPTION_COVERAGE:
            arguments->coverage = text;
            break;
        case OPTION_WAVE:
            run->wave_path = text;
            break;
        case OPTION_WINDOW:
            window(state, text, run);
            break;
        case OPTION_DUT:
            run->dut_path = text;
            break;
        case OPTION_SWAP:
            run->swap_path = text;
            break;
        case OPTION_KEEP:
            arguments->keep = text;
            break;
        case OPTION_EXPLAIN:
            arguments->explain = text;
            break;
        case OPTION_QUIET:
            arguments->quiet = true;
            break;
        case ARGP_KEY_ARG:
            argp_error(state, "'%s' is not an option; programs are given by --trace FILE", text);
            break;
        default:
            return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {options_help, parse, 0, doc, 0, 0, 0};

static enum sim_status finish_config(struct run_arguments *arguments) {
    struct run_config *config = &arguments->run.config;
    struct sim_error *error = &arguments->error;
    enum sim_status status = arguments->failed ? SIM_ERROR_USAGE : SIM_OK;
    for (unsigned i = 0; i < arguments->setting_count && !status; i++) {
        const struct setting *setting = &arguments->settings[i];
        status = setting->key
                     ? config_assign(setting->option, setting->key, setting->value, config, error)
                     : config_set(setting->value, config, error);
    }
    config_settle(config);
    // No trace that was given may be left out.
    if (config->processes < arguments->run.trace_count)
        config->processes = arguments->run.trace_count;
    return status ? status : config_check(config, error);
}

// Coverage is the model's view.
static enum sim_status check_model(const struct run_arguments *arguments, struct sim_error *error) {
    const struct run_options *run = &arguments->run;
    bool steers = run->random_count && run->config.random_steer;
    bool model = run->mode == BENCH_MODEL_ONLY ||
                 (run->mode == BENCH_LOCKSTEP && run->config.oracle != CONFIG_LEGAL);
    if (model || (!arguments->coverage && !steers)) return SIM_OK;
    return sim_fail(error, SIM_ERROR_USAGE,
                    "%s needs the model: not --dut-only, nor --oracle legal",
                    arguments->coverage ? "--coverage" : "random.steer");
}

static enum sim_status finish(struct run_arguments *arguments) {
    struct run_options *run = &arguments->run;
    struct sim_error *error = &arguments->error;
    enum sim_status status = finish_config(arguments);
    if (status) return status;
    if ((run->trace_count == 0) == (run->random_count == 0))
        return sim_fail(error, SIM_ERROR_USAGE,
                        "give either --trace FILE or --random N with N at least 1 (see --help)");
    if (run->max_errors == 0)
        return sim_fail(error, SIM_ERROR_USAGE, "--max-errors must be at least 1");
    if (run->wave_path && run->mode == BENCH_MODEL_ONLY)
        return sim_fail(error, SIM_ERROR_USAGE, "--wave needs the RTL, not --model-only");
    if (run->dut_path && run->mode == BENCH_MODEL_ONLY)
        return sim_fail(error, SIM_ERROR_USAGE, "either --dut or --model-only, not both");
    if (arguments->has_window && !run->wave_path)
        return sim_fail(error, SIM_ERROR_USAGE, "--wave-window needs --wave FILE");
    if (arguments->keep && run->mode == BENCH_MODEL_ONLY)
        return sim_fail(error, SIM_ERROR_USAGE, "--keep needs the RTL, not --model-only");
    status = check_model(arguments, error);
    if (!status)
        status = outputs_check(run,
                               &(struct outputs_others){arguments->config, arguments->json,
                                                        arguments->coverage, arguments->explain},
                               error);
    if (!status && arguments->explain)
        status = outputs_check_place(arguments->explain, "a page", error);
    if (!status && arguments->coverage)
        status = outputs_check_place(arguments->coverage, "coverage", error);
    if (!status && arguments->keep) status = folder_check(arguments->keep, error);
    if (status || !arguments->json) return status;
    return result_check_json(arguments->json, error);
}

enum sim_status run_arguments_read(int argc, char **argv, struct run_arguments *arguments) {
    *arguments = (struct run_arguments){.run = {.config = config_default(),
                                                .mode = BENCH_LOCKSTEP,
                                                .max_errors = 1,
                                                .wave_to = UINT64_MAX}};
    argp_parse(&argp, argc, argv, 0, NULL, arguments);
    return finish(arguments);
}
