// SPDX-License-Identifier: Apache-2.0
// tandem coverage
#define _GNU_SOURCE
#include <argp.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coverage_summary.h"
#include "sim/coverage.h"
#include "sim/files.h"

enum option_key {
    OPTION_OUT = 'o',
    OPTION_JSON = 'j',
    OPTION_MISSING = 'm',
    OPTION_UNREACHABLE = 'u',
    OPTION_PAIRS = 'p',
    OPTION_HTML = 256,
    OPTION_ITEMS,
    OPTION_RULES,
    OPTION_THRESHOLD
};

static const struct argp_option options_help[] = {
    {"output", OPTION_OUT, "FILE", 0, "write the sum as a coverage file", 1},
    {"json", OPTION_JSON, "FILE", 0, "the report as JSON", 1},
    {"html", OPTION_HTML, "FILE", 0, "the report as one HTML page", 1},
    {"missing", OPTION_MISSING, 0, 0, "list every bin that is missing", 2},
    {"unreachable", OPTION_UNREACHABLE, 0, 0, "list what cannot be reached, with the reasons", 2},
    {"pairs", OPTION_PAIRS, 0, 0, "print the distances of each pair of events", 2},
    {"items", OPTION_ITEMS, 0, 0, "list the items, their dimensions and values, and exit", 2},
    {"rules", OPTION_RULES, 0, 0,
     "list why bins cannot be reached, and which properties check it, and exit", 2},
    {"threshold", OPTION_THRESHOLD, "[ITEM=]PERCENT", 0,
     "fail with less coverage, of everything or of an item; repeat it for several", 3},
    {0}};

static const char doc[] =
    "Add up the functional coverage of runs (tandem run --coverage FILE) and report it.\v"
    "Exit status: 0 as good as asked; 1 below a threshold, or a bin is reached that cannot be; 2 "
    "usage, damaged files, or nothing to add.\n\n"
    "Examples:\n"
    "  tandem run --random 100000 --seed 1 --coverage 1.cov\n"
    "  tandem run --random 100000 --seed 2 --coverage 2.cov\n"
    "  tandem coverage 1.cov 2.cov --html coverage.html --threshold 60\n";

enum { MOST_THRESHOLDS = 32 };

struct threshold {
    int item;  // -1: everything
    double percent;
};

struct arguments {
    char **files;
    unsigned file_count;
    const char *out, *json, *html;
    struct coverage_report_options report;
    struct threshold thresholds[MOST_THRESHOLDS];
    unsigned threshold_count;
};

static int item_named(const char *name, size_t length) {
    for (unsigned i = 0; i < COVERAGE_ITEMS; i++) {
        const char *key = coverage_item(i)->key;
        if (strlen(key) == length && !memcmp(key, name, length)) return (int)i;
    }
    return -1;
}

static void add_threshold(struct argp_state *state, const char *text) {
    struct arguments *arguments = state->input;
    const char *equals = strchr(text, '='), *percent = equals ? equals + 1 : text;
    char *end;
    double value = strtod(percent, &end);
    int item = equals ? item_named(text, (size_t)(equals - text)) : -1;
    if (equals && item < 0)
        argp_error(state, "--threshold %s: there is no item '%.*s'", text, (int)(equals - text),
                   text);
    else if (!*percent || percent[strspn(percent, "0123456789.")] || *end || !isfinite(value) ||
             value > 100)
        argp_error(state, "--threshold takes [ITEM=]PERCENT from 0 to 100, not '%s'", text);
    else if (arguments->threshold_count == MOST_THRESHOLDS)
        argp_error(state, "more than %d thresholds", MOST_THRESHOLDS);
    else
        arguments->thresholds[arguments->threshold_count++] = (struct threshold){item, value};
}

static void list_items(void) {
    for (unsigned i = 0; i < COVERAGE_ITEMS; i++)
        for (unsigned d = 0; d < coverage_item(i)->dimensions; d++) {
            const struct coverage_dimension *dimension = coverage_item(i)->dimension[d];
            printf("%s %s", coverage_item(i)->key, dimension->key);
            for (unsigned k = 0; k < dimension->count; k++) printf(" %s", dimension->values[k]);
            putchar('\n');
        }
}

static error_t parse(int key, char *text, struct argp_state *state) {
    struct arguments *arguments = state->input;
    switch (key) {
        case OPTION_OUT:
            arguments->out = text;
            break;
        case OPTION_JSON:
            arguments->json = text;
            break;
        case OPTION_HTML:
            arguments->html = text;
            break;
        case OPTION_MISSING:
            arguments->report.missing = true;
            break;
        case OPTION_UNREACHABLE:
            arguments->report.unreachable = true;
            break;
        case OPTION_PAIRS:
            arguments->report.pairs = true;
            break;
        case OPTION_ITEMS:
            list_items();
            exit(fflush(stdout) ? 2 : 0);
        case OPTION_RULES:
            coverage_print_rules(stdout);
            exit(fflush(stdout) ? 2 : 0);
        case OPTION_THRESHOLD:
            add_threshold(state, text);
            break;
        case ARGP_KEY_ARGS:
            arguments->files = state->argv + state->next;
            arguments->file_count = (unsigned)(state->argc - state->next);
            break;
        case ARGP_KEY_NO_ARGS:
            argp_error(state, "nothing to add: name one coverage file at least");
            break;
        default:
            return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp argp = {options_help, parse, "FILE...", doc, 0, 0, 0};

// --- outputs -----------------------------------------------------------------------------------

// An output must not replace an input or another output.
static enum sim_status check_outputs(const struct arguments *arguments, struct sim_error *error) {
    const char *outputs[] = {arguments->out, arguments->json, arguments->html};
    for (unsigned i = 0; i < 3; i++) {
        if (!outputs[i]) continue;
        for (unsigned k = 0; k < arguments->file_count; k++)
            if (sim_same_file(outputs[i], arguments->files[k]))
                return sim_fail(error, SIM_ERROR_USAGE, "%s: is both read and written", outputs[i]);
        for (unsigned j = 0; j < i; j++)
            if (outputs[j] && sim_same_file(outputs[i], outputs[j]))
                return sim_fail(error, SIM_ERROR_USAGE, "%s: is to be written twice", outputs[i]);
    }
    return SIM_OK;
}

static enum sim_status write_text(char *text, const char *path, struct sim_error *error) {
    enum sim_status status = text ? coverage_write_file(path, text, strlen(text), "a report", error)
                                  : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    free(text);
    return status;
}

static enum sim_status write_outputs(const struct arguments *arguments,
                                     const struct coverage_set *set,
                                     const struct coverage_summary *summary,
                                     struct sim_error *error) {
    enum sim_status status = SIM_OK;
    if (arguments->out) status = coverage_set_save(set, arguments->out, error);
    if (!status && arguments->json)
        status = write_text(coverage_json(set, summary), arguments->json, error);
    if (!status && arguments->html)
        status = write_text(coverage_html(set, summary), arguments->html, error);
    return status;
}

// --- judgement ---------------------------------------------------------------------------------

static bool good_enough(const struct arguments *arguments, const struct coverage_summary *summary) {
    bool good = summary->contradictions == 0;
    for (unsigned k = 0; k < arguments->threshold_count; k++) {
        const struct threshold *wanted = &arguments->thresholds[k];
        double percent =
            coverage_percent(wanted->item < 0 ? &summary->all : &summary->item[wanted->item]);
        if (percent >= wanted->percent) continue;
        printf("\nBELOW THE THRESHOLD: %s %.2f %%, asked for %.2f %%\n",
               wanted->item < 0 ? "all" : coverage_item((unsigned)wanted->item)->key, percent,
               wanted->percent);
        good = false;
    }
    return good;
}

static enum sim_status load(const struct arguments *arguments, struct coverage_set *set,
                            struct sim_error *error) {
    enum sim_status status = check_outputs(arguments, error);
    for (unsigned k = 0; k < arguments->file_count && !status; k++)
        status = coverage_set_load(set, arguments->files[k], error);
    return status;
}

static enum sim_status run(const struct arguments *arguments, int *exit_status,
                           struct sim_error *error) {
    struct coverage_set set = coverage_set_empty();
    struct coverage_summary summary = {0};
    enum sim_status status = load(arguments, &set, error);
    if (!status) status = coverage_summarize(&set, &summary, error);
    if (!status && summary.answers == 0)
        status = sim_fail(error, SIM_ERROR_FORMAT, "%s: nothing was translated in these runs",
                          arguments->files[0]);
    if (!status) status = write_outputs(arguments, &set, &summary, error);
    if (!status) {
        coverage_print(&set, &summary, &arguments->report, stdout);
        *exit_status = good_enough(arguments, &summary) ? 0 : 1;
    }
    coverage_summary_free(&summary);
    coverage_set_free(&set);
    return status;
}

int tandem_coverage(int argc, char **argv) {
    struct arguments arguments = {0};
    struct sim_error error;
    int exit_status = 2;
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    if (run(&arguments, &exit_status, &error)) {
        fflush(stdout);
        fprintf(stderr, "tandem coverage: %s\n", error.text);
        return 2;
    }
    if (fflush(stdout) || ferror(stdout)) {
        fprintf(stderr, "tandem coverage: standard output cannot be written\n");
        return 2;
    }
    return exit_status;
}
