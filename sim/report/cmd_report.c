// SPDX-License-Identifier: Apache-2.0
// tandem report: the page of a study's result.
#define _GNU_SOURCE
#include <argp.h>
#include <stdio.h>

#include "sim/report.h"

struct report_arguments {
    const char *study, *cost, *page;
};

static const struct argp_option help[] = {
    {"output", 'o', "PAGE.html", 0, "the page to write", 0},
    {"cost", 'c', "COST.json", 0, "put the hardware's cost beside it (tandem cost --json)", 0},
    {0}};

static const char doc[] =
    "Make one HTML page of a study's result: curves with their values, tables, the configuration "
    "and the command that repeats it.\v"
    "The page needs nothing else: no network, no scripts. STUDY.json is what tandem study --json "
    "writes (docs/report.md).\n\n"
    "Examples:\n"
    "  tandem report study.json -o study.html\n"
    "  tandem report study.json --cost cost.json -o study.html\n\n"
    "Exit status: 0 the page is written; 2 usage or environment, and nothing is written.";

static error_t parse(int key, char *text, struct argp_state *state) {
    struct report_arguments *arguments = state->input;
    switch (key) {
        case 'o':
            arguments->page = text;
            break;
        case 'c':
            arguments->cost = text;
            break;
        case ARGP_KEY_ARG:
            if (arguments->study) argp_error(state, "more than one STUDY.json is given");
            arguments->study = text;
            break;
        case ARGP_KEY_END:
            if (!arguments->study) argp_error(state, "STUDY.json is missing");
            if (!arguments->page) argp_error(state, "-o PAGE.html is missing");
            break;
        default:
            return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {help, parse, "STUDY.json -o PAGE.html", doc, 0, 0, 0};

int tandem_report(int argc, char **argv) {
    struct report_arguments arguments = {0};
    struct sim_error error;
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if (report_write_with(arguments.study, arguments.cost, arguments.page, &error)) {
        fprintf(stderr, "tandem report: %s\n", error.text);
        return 2;
    }
    return 0;
}
