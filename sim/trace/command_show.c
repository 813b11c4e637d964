// SPDX-License-Identifier: Apache-2.0
// tandem show: what a trace holds; reads all of it, so that every checksum is verified.
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "export.h"
#include "sim/commands_trace.h"
#include "sim/files.h"
#include "survey.h"

enum { EXIT_USAGE = 2, PREVIEW_REFS = 8, NUMBER_BYTES = 32 };

struct show_options {
    const char *path, *output;
    bool export;
    uint64_t from, count;
};

static uint64_t parse_number(struct argp_state *state, const char *name, const char *text) {
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno) {
        argp_error(state, "%s: \"%s\" is not a number", name, text);
    }
    return value;
}

static error_t parse_option(int key, char *argument, struct argp_state *state) {
    struct show_options *options = state->input;
    switch (key) {
        case 'f':
            options->from = parse_number(state, "--from", argument);
            return 0;
        case 'c':
            options->count = parse_number(state, "--count", argument);
            return 0;
        case ARGP_KEY_ARG:
            if (options->path) argp_error(state, "more than one FILE is given");
            options->path = argument;
            return 0;
        case 'e':
            if (strcmp(argument, "oracleGeneral") != 0) {
                argp_error(state, "--export: there is no \"%s\"", argument);
            }
            options->export = true;
            return 0;
        case 'o':
            options->output = argument;
            return 0;
        case ARGP_KEY_END:
            if (!options->path) argp_error(state, "FILE is missing");
            if (options->export && !options->output) argp_error(state, "-o OUT is missing");
            if (options->output && !options->export) argp_error(state, "-o belongs to --export");
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

// 1234567 as "1,234,567".
static const char *group(uint64_t value, char text[NUMBER_BYTES]) {
    char digits[NUMBER_BYTES];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, value);
    char *at = text;
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0) *at++ = ',';
        *at++ = digits[i];
    }
    *at = '\0';
    return text;
}

static void print_number(const char *name, uint64_t value) {
    char text[NUMBER_BYTES];
    printf("%-16s %s\n", name, group(value, text));
}

// The text comes from a file: no control characters to the terminal.
static void print_program(const char *text) {
    printf("%-16s ", "program");
    if (!*text) printf("unknown");
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        putchar(c < ' ' || c == 0x7F ? '?' : c);
    }
    putchar('\n');
}

static void print_sv39(const struct trace_survey *survey) {
    if (survey->regions.count <= TRACE_SV39_REGIONS) {
        printf("%-16s fits: %zu of its %d regions of 1 GiB\n", "Sv39", survey->regions.count,
               TRACE_SV39_REGIONS);
    } else {
        printf("%-16s does not fit: %zu regions of 1 GiB, it has %d\n", "Sv39",
               survey->regions.count, TRACE_SV39_REGIONS);
    }
}

static void print_summary(const struct trace_info *info, const struct trace_survey *survey,
                          uint64_t file_bytes) {
    static const char *const kinds[4] = {"  fetches", "  loads", "  stores", "  modifies"};
    print_program(info->program);
    print_number("references", info->refs);
    for (int kind = 0; kind < 4; kind++) print_number(kinds[kind], info->kinds[kind]);
    print_number("distinct pages", survey->pages.count);
    print_number("pages written", survey->pages_written);
    print_number("regions", survey->regions.count);
    print_sv39(survey);
    print_number("blocks", info->blocks);
    print_number("bytes", file_bytes);
    if (info->refs) {
        printf("%-16s %.3f\n", "bits/reference", 8.0 * (double)file_bytes / (double)info->refs);
    }
    printf("%-16s all match\n", "checksums");
}

static enum sim_status print_row(struct trace_survey *survey, uint64_t number,
                                 const struct trace_ref *ref, struct sim_error *error) {
    static const char *const kinds[4] = {"fetch", "load", "store", "modify"};
    // Every page and region is known by now: nothing is added.
    const struct trace_set_entry *page = trace_set_add(&survey->pages, ref->va >> TRACE_PAGE_BITS);
    const struct trace_set_entry *region =
        trace_set_add(&survey->regions, ref->va >> TRACE_REGION_BITS);
    if (!page || !region) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    printf("%12" PRIu64 "  %-6s  %5u  %8" PRIu64 "  %6" PRIu64 "  %6" PRIu64 "\n", number,
           kinds[ref->kind], ref->size, page->number - 1, region->number - 1,
           ref->va & ((UINT64_C(1) << TRACE_PAGE_BITS) - 1));
    return SIM_OK;
}

static enum sim_status print_preview(struct trace_reader *reader,
                                     const struct show_options *options,
                                     struct trace_survey *survey, struct sim_error *error) {
    if (options->count == 0) return SIM_OK;
    enum sim_status status = trace_reader_seek(reader, options->from, error);
    if (status != SIM_OK) return status;
    printf("\n%12s  %-6s  %5s  %8s  %6s  %6s\n", "reference", "kind", "bytes", "page", "region",
           "offset");
    for (uint64_t shown = 0; shown < options->count && status == SIM_OK; shown++) {
        struct trace_ref ref;
        size_t count = 0;
        status = trace_reader_next(reader, &ref, 1, &count, error);
        if (status == SIM_OK) status = print_row(survey, options->from + shown, &ref, error);
    }
    return status == SIM_END ? SIM_OK : status;
}

static enum sim_status show(struct trace_reader *reader, const struct show_options *options,
                            struct sim_error *error) {
    const struct trace_info *info = trace_reader_info(reader);
    // Before the long pass rather than after it.
    enum sim_status status = trace_reader_seek(reader, options->from, error);
    if (status != SIM_OK) return status;
    struct stat file;
    if (stat(options->path, &file) != 0) {
        return sim_fail(error, SIM_ERROR_IO, "%s: %s", options->path, strerror(errno));
    }
    struct trace_survey survey;
    status = trace_survey_run(reader, options->path, &survey, error);
    if (status == SIM_OK) {
        print_summary(info, &survey, (uint64_t)file.st_size);
        status = print_preview(reader, options, &survey, error);
    }
    trace_survey_destroy(&survey);
    if (status == SIM_OK && (fflush(stdout) != 0 || ferror(stdout))) {
        status = sim_fail(error, SIM_ERROR_IO, "cannot write to standard output");
    }
    return status;
}

static enum sim_status export(struct trace_reader *reader, const struct show_options *options,
                              struct sim_error *error) {
    struct trace_signals signals; char text[NUMBER_BYTES];
    enum sim_status status = trace_signals_begin(&signals, error);
    if (status != SIM_OK) return status;
    status = trace_export_oracle(reader, options->path, options->output, &signals, error);
    trace_signals_end(&signals);
    if (status == SIM_OK){printf("%s references are in %s\n",
                                 group(trace_reader_info(reader)->refs, text), options->output);}
return status;
}

int tandem_show(int argc, char **argv) {
    static const struct argp_option known[] = {
        {"from", 'f', "REF", 0, "Number of the first reference shown, 0 = the first", 0},
        {"count", 'c', "N", 0, "How many references are shown; 8 if not given", 0},
        {"export", 'e', "oracleGeneral", 0,
         "Write the trace, by page, for libCacheSim instead of showing it", 0},
        {"output", 'o', "OUT", 0, "The file that --export writes; an older one is replaced", 0},
        {0}};
    static const struct argp argp = {
        known,
        parse_option,
        "FILE",
        "Show what a trace holds and verify its checksums, or export it.\v"
        "Pages and regions (1 GiB) are numbered in the order of their first appearance, from 0.\n\n"
        "Exit status: 0 the trace is whole; 2 it is damaged or no trace, usage or environment.",
        NULL,
        NULL,
        NULL};
    struct show_options options = {.count = PREVIEW_REFS};
    argp_err_exit_status = EXIT_USAGE;
    signal(SIGXFSZ, SIG_IGN);  // a file that grows too large is an error with a sentence
    if (argp_parse(&argp, argc, argv, 0, NULL, &options) != 0) return EXIT_USAGE;
    struct trace_reader *reader = NULL;
    struct sim_error error;
    enum sim_status status = SIM_OK;
    if (options.export && sim_same_file(options.path, options.output))
        status =
            sim_fail(&error, SIM_ERROR_USAGE,
                     "%s: is given as the trace and as -o: it would be replaced", options.output);
    if (status == SIM_OK) status = trace_reader_open(options.path, &reader, &error);
    if (status == SIM_OK) {
        status = options.export ? export(reader, &options, &error) : show(reader, &options, &error);
    }
    trace_reader_close(reader);
    if (status == SIM_OK) return 0;
    fprintf(stderr, "%s: %s\n", argv[0], error.text);
    return EXIT_USAGE;
}
