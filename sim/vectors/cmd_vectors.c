// SPDX-License-Identifier: Apache-2.0
// tandem vectors
#define _GNU_SOURCE
#include "cmd_vectors.h"

#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "choices.h"
#include "config.h"
#include "dut_loader.h"
#include "report.h"
#include "result.h"
#include "sim/files.h"

enum { OPTION_DUT = 256, OPTION_HIERARCHY, OPTION_CHOOSE, OPTION_MAX_ERRORS, STANDARD_ERRORS = 3 };

static const struct argp_option help[] = {
    {"dut", OPTION_DUT, "FILE", OPTION_ARG_OPTIONAL,
     "on the RTL, too, in lockstep with the model: built for what each scenario needs, or FILE", 0},
    {"hierarchy", OPTION_HIERARCHY, 0, 0,
     "units with a second-level TLB, page-walk caches, four walks and prefetch", 0},
    {"choose", OPTION_CHOOSE, "FIELD=VALUE", 0,
     "where the specification leaves the choice, what the file's author chose: update_first=0|1 "
     "(1), gpa_in_tval2=0|1 (1), no_memory=fault|zero (fault)",
     0},
    {"seed", 's', "S", 0, "seed of the memory's latencies and of the RTL's initial values (1)", 0},
    {"max-errors", OPTION_MAX_ERRORS, "N", 0, "show N failures (3); all are counted", 0},
    {"json", 'j', "FILE", 0, "the result as JSON", 0},
    {0}};

static const char doc[] =
    "Check the model, and with --dut the RTL, against files of expected translations "
    "(docs/vectors.md), plain or zstd; '-' is standard input.\v"
    "Exit status: 0 every query gave what the file says; 1 one did not; 2 usage, environment, a "
    "file that is not as the format says, or nothing to check.\n\n"
    "Examples:\n"
    "  tandem vectors tests/vectors/sv48.vec.zst\n"
    "  tandem vectors --dut tests/vectors/sv*.vec.zst --json result.json\n";

struct arguments {
    struct vectors_options options;
    const char *json;
    char **files;
    size_t count;
    char command[8192];
};

static void number(struct argp_state *state, const char *name, const char *text, uint64_t *value) {
    if (!config_number(text, value) || *value > INT64_MAX)
        argp_error(state, "--%s takes a whole number, not '%s'", name, text);
}

static error_t parse(int key, char *text, struct argp_state *state) {
    struct arguments *arguments = state->input;
    struct vectors_options *options = &arguments->options;
    struct sim_error error;
    switch (key) {
        case OPTION_DUT:
            options->dut = true;
            options->dut_path = text;
            break;
        case OPTION_HIERARCHY:
            options->hierarchy = true;
            break;
        case OPTION_CHOOSE:
            if (vectors_choose(text, &options->choices, &error))
                argp_error(state, "%s", error.text);
            break;
        case 's':
            number(state, "seed", text, &options->seed);
            break;
        case OPTION_MAX_ERRORS:
            number(state, "max-errors", text, &options->max_errors);
            break;
        case 'j':
            arguments->json = text;
            break;
        case ARGP_KEY_ARGS:
            arguments->files = state->argv + state->next;
            arguments->count = (size_t)(state->argc - state->next);
            break;
        case ARGP_KEY_NO_ARGS:
            argp_error(state, "no FILE to check");
            break;
        default:
            return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {help, parse, "FILE...", doc, 0, 0, 0};

static int failed(const struct sim_error *error) {
    fflush(stdout);
    fprintf(stderr, "tandem vectors: %s\n", error->text);
    return 2;
}

// The JSON must not replace what is read.
static enum sim_status check_json(const struct arguments *arguments, struct sim_error *error) {
    const struct vectors_options *options = &arguments->options;
    enum sim_status status = result_check_json(arguments->json, error);
    if (status) return status;
    for (size_t i = 0; i <= arguments->count; i++) {
        const char *path = i < arguments->count ? arguments->files[i] : options->dut_path;
        if (path && sim_same_file(path, arguments->json))
            return sim_fail(error, SIM_ERROR_USAGE, "%.200s: is given as --json and to be read",
                            arguments->json);
    }
    return SIM_OK;
}

// For the page of a disagreement: words of the shell that need no quotes stay as they are.
static void write_command(struct arguments *arguments, int argc, char **argv) {
    size_t used = (size_t)snprintf(arguments->command, sizeof arguments->command, "%s", argv[0]);
    for (int i = 1; i < argc; i++) {
        size_t left = sizeof arguments->command - used;
        int n = snprintf(arguments->command + used, left,
                         strpbrk(argv[i], " '\"$\\*?") ? " '%s'" : " %s", argv[i]);
        if (n < 0 || (size_t)n >= left) return;
        used += (size_t)n;
    }
}

static enum sim_status run_files(const struct arguments *arguments, struct vectors_report *report,
                                 struct sim_error *error) {
    struct vectors_run *run;
    enum sim_status status =
        vectors_run_create(&arguments->options, vectors_report_failure, report, &run, error);
    if (status) return status;
    for (size_t i = 0; i < arguments->count && !status; i++) {
        struct vectors_tally tally;
        status = vectors_run_file(run, arguments->files[i], &tally, error);
        if (!status) vectors_report_file(report, &tally);
    }
    report->lockstep = vectors_run_lockstep(run);
    if (!status && arguments->options.dut && report->total.dut_queries == 0) {
        const char *misfit = vectors_run_misfit(run);
        status = sim_fail(error, SIM_ERROR_USAGE, "--dut has nothing to check: %s",
                          *misfit ? misfit : "the unit has one stage, the files have two");
    }
    vectors_run_destroy(run);
    return status;
}

static int finish(const struct arguments *arguments, const struct vectors_report *report) {
    struct sim_error error;
    vectors_report_total(report);
    if (arguments->json && vectors_report_write(report, arguments->json, &error))
        return failed(&error);
    if (fflush(stdout) || ferror(stdout)) {
        fprintf(stderr, "tandem vectors: standard output cannot be written\n");
        return 2;
    }
    return vectors_report_passed(report) ? 0 : 1;
}

int tandem_vectors(int argc, char **argv) {
    struct arguments arguments = {0};
    struct vectors_report report;
    struct sim_error error;
    arguments.options = (struct vectors_options){.choices = vectors_choices_default(),
                                                 .seed = 1,
                                                 .max_errors = STANDARD_ERRORS,
                                                 .command = arguments.command};
    write_command(&arguments, argc, argv);
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if (arguments.json && check_json(&arguments, &error)) return failed(&error);
    if (vectors_report_begin(&report, &arguments.options, arguments.json != NULL, &error))
        return failed(&error);
    printf("seed %" PRIu64 "; update_first=%d gpa_in_tval2=%d no_memory=%s\n\n",
           arguments.options.seed, arguments.options.choices.update_first,
           arguments.options.choices.gpa_in_tval2,
           arguments.options.choices.no_memory_zero ? "zero" : "fault");
    int ended =
        run_files(&arguments, &report, &error) ? failed(&error) : finish(&arguments, &report);
    vectors_report_end(&report);
    return ended;
}
