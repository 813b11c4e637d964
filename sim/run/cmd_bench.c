// SPDX-License-Identifier: Apache-2.0
// tandem bench: speeds as ratios within one run on one machine, and walk latencies measured on
// the RTL.
#define _GNU_SOURCE
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench_latency.h"
#include "command_line.h"
#include "commands.h"
#include "dut_loader.h"
#include "result.h"

enum { MOST_REPEATS = 15 };

struct bench_arguments {
    uint64_t references, repeats;
    const char *trace, *dut_path;
};

static const struct argp_option help[] = {
    {"references", 'n', "N", 0, "references of the trace and random translations (1000000)", 0},
    {"repeats", 'r', "N", 0, "repeat each measurement, take the median (5)", 0},
    {"trace", 't', "FILE", 0, "recorded program (traces/cc1.tdt)", 0},
    {"dut", 'd', "FILE", 0, "this DUT instead of the one built for the default configuration", 0},
    {0}};

static const char doc[] =
    "Measure lockstep, without and with functional coverage, against the DUT alone and the model "
    "alone, on the same stimulus in one run; and the RTL's walk latency against the contract "
    "n(g + L) + 2.\v"
    "Times are CPU times; medians. Machines differ: compare ratios, not seconds. The DUT alone is "
    "driven by the same driver, handler and memory; only the model and the comparison are "
    "missing.\n\n"
    "Exit status: 0 everything agreed; 1 a check failed; 2 usage or environment.";

static uint64_t whole(struct argp_state *state, const char *option, const char *text,
                      uint64_t most) {
    uint64_t value = 0;
    if (!config_number(text, &value) || value == 0 || value > most)
        argp_error(state, "%s takes a whole number from 1 to %" PRIu64 ", not '%s'", option, most,
                   text);
    return value;
}

static error_t parse(int key, char *text, struct argp_state *state) {
    struct bench_arguments *arguments = state->input;
    switch (key) {
        case 'n':
            arguments->references = whole(state, "--references", text, INT64_MAX);
            break;
        case 'r':
            arguments->repeats = whole(state, "--repeats", text, MOST_REPEATS);
            break;
        case 't':
            arguments->trace = text;
            break;
        case 'd':
            arguments->dut_path = text;
            break;
        case ARGP_KEY_ARG:
            argp_error(state, "'%s' is not an option; the program is given by --trace FILE", text);
            break;
        default:
            return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {help, parse, 0, doc, 0, 0, 0};

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, uint64_t count) {
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

static void print_page(void *user, const char *page) {
    (void)user;
    fputs(page, stderr);
}

struct speed {
    double seconds;
    uint64_t translations, cycles;
};

// What is measured, a row each.
static const struct way {
    const char *name;
    enum bench_mode mode;
    bool coverage;
} ways[] = {{"lockstep", BENCH_LOCKSTEP, false},
            {"lockstep, coverage", BENCH_LOCKSTEP, true},
            {"DUT alone", BENCH_DUT_ONLY, false},
            {"model alone", BENCH_MODEL_ONLY, false},
            {"model, coverage", BENCH_MODEL_ONLY, true}};
enum { WAYS = sizeof ways / sizeof *ways, DUT_ALONE = 2 };

// Run once; the seconds are those of the run alone, without its preparation.
static enum sim_status measure_one(struct run_options *options, struct coverage *coverage,
                                   unsigned way, struct speed *speed, bool *passed,
                                   struct sim_error *error) {
    struct run_report report = {.mismatch = print_page};
    struct run_result result;
    options->mode = ways[way].mode;
    options->coverage = ways[way].coverage ? coverage : NULL;
    command_line_write(options);
    enum sim_status status = run_once(options, &report, &result, error);
    if (status) return status;
    if (result.verdict != RUN_PASSED) *passed = false;
    *speed = (struct speed){.seconds = result.cpu_seconds,
                            .translations = result.stats.answers[0] + result.stats.answers[1],
                            .cycles = result.stats.cycles};
    return SIM_OK;
}

// One input in all ways, interleaved so that a busy machine hurts all alike.
static enum sim_status measure_all(struct run_options *options, struct coverage *coverage,
                                   uint64_t repeats, struct speed speeds[WAYS], bool *passed,
                                   struct sim_error *error) {
    double seconds[WAYS][MOST_REPEATS];
    for (uint64_t i = 0; i < WAYS * repeats; i++) {
        unsigned way = (unsigned)(i % WAYS);
        enum sim_status status = measure_one(options, coverage, way, &speeds[way], passed, error);
        if (status) return status;
        seconds[way][i / WAYS] = speeds[way].seconds;
    }
    for (unsigned way = 0; way < WAYS; way++) {
        speeds[way].seconds = median(seconds[way], repeats);
        // Whoever only looks on changes nothing.
        if (ways[way].coverage && speeds[way].cycles != speeds[way - 1].cycles) *passed = false;
    }
    return SIM_OK;
}

static enum sim_status measure(struct run_options *options, uint64_t repeats,
                               struct speed speeds[WAYS], bool *passed, struct sim_error *error) {
    struct coverage_config config = world_coverage_config(&options->config);
    struct coverage *coverage = coverage_create(&config);
    if (!coverage) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    enum sim_status status = measure_all(options, coverage, repeats, speeds, passed, error);
    options->coverage = NULL;
    coverage_destroy(coverage);
    return status;
}

static void print_speeds(const char *title, const struct speed speeds[WAYS]) {
    printf("\n%s\n  %-18s %16s %12s %16s\n", title, "", "M translations/s", "M cycles/s",
           "x DUT alone");
    for (unsigned way = 0; way < WAYS; way++)
        printf("  %-18s %16.2f %12.2f %16.2f\n", ways[way].name,
               1e-6 * (double)speeds[way].translations / speeds[way].seconds,
               1e-6 * (double)speeds[way].cycles / speeds[way].seconds,
               speeds[DUT_ALONE].seconds / speeds[way].seconds);
}

static enum sim_status speeds(const struct bench_arguments *arguments, bool *passed,
                              struct sim_error *error) {
    struct run_options options = {.config = config_default(),
                                  .max_errors = 1,
                                  .dut_path = arguments->dut_path,
                                  .traces = {arguments->trace},
                                  .trace_count = 1};
    struct speed measured[WAYS];
    options.config.references = arguments->references;
    options.config.properties = 0;  // their cost would flatter the ratio
    enum sim_status status = measure(&options, arguments->repeats, measured, passed, error);
    if (status) return status;
    print_speeds("Speed: recorded program, demand paging with 256 frames; RTL without properties",
                 measured);
    options.trace_count = 0;
    options.random_count = arguments->references;
    options.config.references = 0;
    options.config.data_min = 1;
    options.config.grant_max = 3;
    status = measure(&options, arguments->repeats, measured, passed, error);
    if (!status) print_speeds("Speed: random stimulus; RTL without properties", measured);
    return status;
}

static enum sim_status latencies(const struct bench_arguments *arguments, bool *passed,
                                 struct sim_error *error) {
    static const uint32_t datas[] = {1, 8, 50}, grants[] = {1, 3};
    struct run_config config = config_default();
    struct mmu_config mmu = config_mmu(&config);
    struct loaded_dut dut;
    enum sim_status status = dut_load(&mmu, arguments->dut_path, 1, false, NULL, &dut, error);
    if (status) return status;
    printf(
        "\nWalk latency on the RTL, cycles from acceptance to answer\n"
        "  PTEs read n   grant g    data L   measured   contract n(g + L) + 2\n");
    for (unsigned i = 0; i < 18; i++) {
        unsigned n = 1 + i / 6;
        uint32_t grant = grants[i / 3 % 2], data = datas[i % 3];
        uint64_t contract = n * (grant + data) + 2;
        uint64_t measured = bench_walk_latency(&dut, n, grant, data);
        bool kept = measured > 0 && measured <= contract;
        if (!kept) *passed = false;
        printf("  %11u %9u %9u %10" PRIu64 " %12" PRIu64 "  %s\n", n, grant, data, measured,
               contract, kept ? "kept" : "BROKEN");
    }
    dut_unload(&dut);
    return SIM_OK;
}

int tandem_bench(int argc, char **argv) {
    struct bench_arguments arguments = {.references = 1000000, .repeats = 5};
    char trace[RUN_PATH_BYTES + 32], home[RUN_PATH_BYTES];
    struct sim_error error;
    bool passed = true;
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if (!arguments.trace) {
        if (!tandem_home(home)) {
            fprintf(stderr, "tandem bench: the source tree was not found; give --trace FILE\n");
            return 2;
        }
        snprintf(trace, sizeof trace, "%s/traces/cc1.tdt", home);
        arguments.trace = trace;
    }
    if (speeds(&arguments, &passed, &error) || latencies(&arguments, &passed, &error)) {
        fprintf(stderr, "tandem bench: %s\n", error.text);
        return 2;
    }
    printf("\n%s\n", passed ? "PASSED" : "FAILED");
    return passed ? 0 : 1;
}
