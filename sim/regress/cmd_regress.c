// SPDX-License-Identifier: Apache-2.0
// tandem regress
#define _GNU_SOURCE
#include "cmd_regress.h"

#include <argp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "plan.h"
#include "pool.h"
#include "regress.h"
#include "result.h"
#include "slurm_task.h"

enum option_key {
    OPTION_JOBS = 'j',
    OPTION_LIST = 'l',
    OPTION_SEED = 's',
    OPTION_DIR = 'd',
    OPTION_DB = 256,
    OPTION_FAIL_FAST,
    OPTION_KEEP,
    OPTION_RERUN,
    OPTION_RESUME,
    OPTION_HISTORY,
    OPTION_LAUNCHER,
    OPTION_CHUNK,
    OPTION_JUNIT,
    OPTION_TAP,
    OPTION_JSON,
    OPTION_HTML,
    OPTION_TASK
};

static const struct argp_option help[] = {
    {0, 0, 0, 0, "What runs:", 1},
    {"list", OPTION_LIST, 0, 0, "list the jobs with their commands, run nothing", 1},
    {"seed", OPTION_SEED, "S", 0, "seed of new seeds (variable SEED; the plan's; else drawn)", 1},
    {"rerun-failed", OPTION_RERUN, 0, 0, "only what did not pass when it last ran", 1},
    {"resume", OPTION_RESUME, 0, 0, "go on with the last run, which has not finished", 1},
    {"history", OPTION_HISTORY, 0, 0, "print the last runs, and what fails since when", 1},
    {0, 0, 0, 0, "How:", 2},
    {"jobs", OPTION_JOBS, "N", 0, "so many at a time (all cores; on Slurm 2)", 2},
    {"fail-fast", OPTION_FAIL_FAST, 0, 0, "stop at the first job that does not pass", 2},
    {"keep", OPTION_KEEP, 0, 0, "leave a folder for tandem replay for each cause of failure", 2},
    {"launcher", OPTION_LAUNCHER, "L", 0, "local (this machine) or slurm", 2},
    {"chunk", OPTION_CHUNK, "N", 0, "jobs to a Slurm task (four tasks for each of --jobs)", 2},
    {"dir", OPTION_DIR, "DIR", 0, "folder for results and for what failed (tandem-regress)", 2},
    {"db", OPTION_DB, "FILE", 0, "the SQLite file with all results (DIR/results.db)", 2},
    {0, 0, 0, 0, "What comes out:", 3},
    {"junit", OPTION_JUNIT, "FILE", 0, "JUnit XML, as googletest writes it", 3},
    {"tap", OPTION_TAP, "FILE", 0, "TAP version 13", 3},
    {"json", OPTION_JSON, "FILE", 0, "everything, as JSON", 3},
    {"html", OPTION_HTML, "FILE", 0, "one page", 3},
    {"task", OPTION_TASK, "FILE", OPTION_HIDDEN, "on a node: a task of this list", 3},
    {0}};

static const char doc[] =
    "Run a regression: the configurations, tests and seeds of a plan (YAML, docs/regress.md), what "
    "failed last time first.\v"
    "Exit status: 0 every job that ran passed; 1 a check failed; 2 usage, environment, a time "
    "limit, an interrupt (--resume goes on), or nothing ran.\n\n"
    "Variables: SEED=S as --seed; WAVES=1 makes a waveform of each mismatch; COV=1 collects "
    "coverage.\n\n"
    "Examples:\n"
    "  tandem regress examples/regress.yaml -j 2 --junit junit.xml\n"
    "  tandem regress examples/regress.yaml --rerun-failed\n"
    "  tandem regress examples/regress.yaml --history\n";

static uint64_t number(struct argp_state *state, const char *name, const char *text, uint64_t least,
                       uint64_t most) {
    uint64_t value = 0;
    if (!config_number(text, &value) || value < least || value > most)
        argp_error(state, "%s takes a whole number from %llu to %llu, not '%s'", name,
                   (unsigned long long)least, (unsigned long long)most, text);
    return value;
}

static error_t parse_output(int key, const char *text, struct regress_options *options) {
    switch (key) {
        case OPTION_JUNIT:
            options->junit = text;
            return 0;
        case OPTION_TAP:
            options->tap = text;
            return 0;
        case OPTION_JSON:
            options->json = text;
            return 0;
        case OPTION_HTML:
            options->html = text;
            return 0;
        case OPTION_DIR:
            options->dir = text;
            return 0;
        case OPTION_TASK:
            options->task = text;
            return 0;
        case OPTION_DB:
            options->db = text;
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

static void launcher(struct argp_state *state, const char *text, struct regress_options *options) {
    if (strcmp(text, "local") && strcmp(text, "slurm"))
        argp_error(state, "--launcher is local or slurm, not '%s'", text);
    options->launcher = strcmp(text, "slurm") ? LAUNCH_LOCAL : LAUNCH_SLURM;
}

static error_t parse(int key, char *text, struct argp_state *state) {
    struct regress_options *options = state->input;
    switch (key) {
        case OPTION_JOBS:
            options->workers = (unsigned)number(state, "--jobs", text, 1, POOL_MOST);
            break;
        case OPTION_CHUNK:
            options->chunk = (unsigned)number(state, "--chunk", text, 1, PLAN_MOST_JOBS);
            break;
        case OPTION_SEED:
            options->seed = number(state, "--seed", text, 0, PLAN_MOST_SEED);
            options->has_seed = true;
            break;
        case OPTION_LAUNCHER:
            launcher(state, text, options);
            break;
        case OPTION_LIST:
            options->list = true;
            break;
        case OPTION_FAIL_FAST:
            options->fail_fast = true;
            break;
        case OPTION_KEEP:
            options->keep = true;
            break;
        case OPTION_RERUN:
            options->rerun_failed = true;
            break;
        case OPTION_RESUME:
            options->resume = true;
            break;
        case OPTION_HISTORY:
            options->history = true;
            break;
        case ARGP_KEY_ARG:
            if (options->plan_path) argp_error(state, "one PLAN, not several");
            options->plan_path = text;
            break;
        case ARGP_KEY_NO_ARGS:
            if (!options->task) argp_error(state, "no PLAN");
            break;
        default:
            return parse_output(key, text, options);
    }
    return 0;
}

static const struct argp argp = {help, parse, "PLAN", doc, 0, 0, 0};

static unsigned cores(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set)) return 1;
    int count = CPU_COUNT(&set);
    return count < 1 ? 1 : count > POOL_MOST ? POOL_MOST : (unsigned)count;
}

static bool is_on(const char *name) {
    const char *value = getenv(name);
    return value && value[0] && strcmp(value, "0") != 0;
}

// SEED, WAVES, COV; an option comes before a variable.
static enum sim_status read_variables(struct regress_options *options, struct sim_error *error) {
    const char *seed = getenv("SEED");
    options->waves = is_on("WAVES");
    options->coverage = is_on("COV");
    if (options->has_seed || !seed || !seed[0]) return SIM_OK;
    if (!config_number(seed, &options->seed) || options->seed > PLAN_MOST_SEED)
        return sim_fail(error, SIM_ERROR_USAGE,
                        "SEED must be a whole number up to 2^63 - 1, not '%.40s'", seed);
    options->has_seed = true;
    return SIM_OK;
}

static enum sim_status check(const struct regress_options *options, struct sim_error *error) {
    const char *const files[] = {options->junit, options->tap, options->json, options->html};
    enum sim_status status = SIM_OK;
    if (options->resume && (options->rerun_failed || options->has_seed))
        return sim_fail(error, SIM_ERROR_USAGE,
                        "--resume goes on with the jobs and the seed of the last run: neither "
                        "--rerun-failed nor a seed");
    for (unsigned i = 0; i < 4 && !status; i++) {
        if (files[i]) status = result_check_json(files[i], error);
        for (unsigned k = 0; k < i && !status; k++)
            if (files[i] && files[k] && !strcmp(files[i], files[k]))
                status =
                    sim_fail(error, SIM_ERROR_USAGE, "%.300s: is given for two reports", files[i]);
    }
    return status;
}

static void on_signal(int signal) {
    (void)signal;
    run_interrupt();
}

int tandem_regress(int argc, char **argv) {
    struct regress_options options = {.dir = "tandem-regress"};
    struct sigaction action = {.sa_handler = on_signal};
    struct sim_error error = {""};
    bool failed = false;
    int result = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &options);
    bool cluster = options.launcher == LAUNCH_SLURM;
    if (!options.workers) options.workers = cluster ? 2 : cores();
    options.here = cluster && options.workers > cores() ? cores() : options.workers;
    options.progress = isatty(STDERR_FILENO);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (options.task) {
        failed = slurm_task_run(options.task, &error) != SIM_OK;
        result = 0;
    } else if (read_variables(&options, &error) || check(&options, &error)) {
        failed = true;
    } else {
        result = regress_run(&options, &failed, &error);
    }
    bool written = !fflush(stdout) && !ferror(stdout);
    if (failed) fprintf(stderr, "tandem regress: %s\n", error.text);
    if (!written) fprintf(stderr, "tandem regress: standard output cannot be written\n");
    return failed || !written ? 2 : result;
}
