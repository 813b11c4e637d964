// SPDX-License-Identifier: Apache-2.0
// tandem: one program, one command per word.
#define _POSIX_C_SOURCE 200809L
#include <argp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmd_regress.h"
#include "cmd_vectors.h"
#include "commands.h"
#include "sim/commands_trace.h"
#include "sim/compare.h"
#include "sim/cost.h"
#include "sim/coverage.h"
#include "sim/report.h"
#include "sim/study.h"

static const struct command {
    const char *name, *title;
    int (*run)(int argc, char **argv);
    const char *text;
} commands[] = {
    {"run", "tandem run", tandem_run, "run programs or random stimulus, RTL and model in lockstep"},
    {"replay", "tandem replay", tandem_replay, "repeat a failure that tandem run --keep left"},
    {"shrink", "tandem shrink", tandem_shrink, "make a failing scenario smaller"},
    {"record", "tandem record", tandem_record, "record a program, or import a recording"},
    {"show", "tandem show", tandem_show, "tell what is in a recording"},
    {"bench", "tandem bench", tandem_bench, "measure speed and walk latency"},
    {"contract", "tandem contract", tandem_contract, "print the latency contract"},
    {"vectors", "tandem vectors", tandem_vectors, "check expected translations from files"},
    {"study", "tandem study", tandem_study, "sweep sizes, ways, policies, frames over programs"},
    {"coverage", "tandem coverage", tandem_coverage, "add up and report what runs have reached"},
    {"regress", "tandem regress", tandem_regress, "run a plan: configurations, tests, seeds"},
    {"compare", "tandem compare", tandem_compare, "may a revision of the RTL replace another"},
    {"report", "tandem report", tandem_report, "make a page of a study's result"},
    {"cost", "tandem cost", tandem_cost, "measure LUTs, flip-flops, RAMs and clock in an FPGA"},
};

static void usage(FILE *out) {
    fprintf(out,
            "Usage: tandem COMMAND [OPTION...]\n\n"
            "Checks memory-management hardware against a reference model, in lockstep.\n\n");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].text);
    fprintf(out,
            "\nFirst steps:\n"
            "  tandem run --random 100000\n"
            "  tandem run --trace traces/cc1.tdt\n"
            "  tandem record -o ls.tdt -- ls -l\n"
            "\n`tandem COMMAND --help` tells more; `tandem --version` the version.\n"
            "Exit status: 0 passed, 1 a check failed, 2 usage or environment.\n");
}

static bool is_help(const char *word) {
    return !strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help");
}

int main(int argc, char **argv) {
    static char title[32];
    argp_err_exit_status = 2;
    // A file-size limit or a closed pipe is an error to report, not the end.
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    if (argc >= 2 && is_help(argv[1])) {
        usage(stdout);
        return fflush(stdout) ? 2 : 0;
    }
    if (argc >= 2 && !strcmp(argv[1], "--version")) {
        printf("tandem " TANDEM_VERSION "\n");
        return fflush(stdout) ? 2 : 0;
    }
    for (size_t i = 0; argc >= 2 && i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(argv[1], commands[i].name)) continue;
        snprintf(title, sizeof title, "%s", commands[i].title);
        argv[1] = title;
        return commands[i].run(argc - 1, argv + 1);
    }
    if (argc >= 2)
        fprintf(stderr, "tandem: there is no command '%s'; see tandem --help\n", argv[1]);
    else
        usage(stderr);
    return 2;
}
