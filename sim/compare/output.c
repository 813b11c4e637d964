// SPDX-License-Identifier: Apache-2.0
// What a comparison found: for people, for programs. (For a pull request: markdown.c.)
#define _GNU_SOURCE
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"

static const char *kind_name(enum compare_kind kind) {
    static const char *const names[] = {"probe", "random", "recorded"};
    return names[kind];
}

static void print_number(FILE *out, double value, bool whole) {
    if (whole)
        fprintf(out, "%.0f", value);
    else
        fprintf(out, "%.4f", value);
}

void compare_print(const struct compare_job *job) {
    printf("%-8s %s%s%s\n", compare_verdict_name(job->verdict), job->name, job->why[0] ? ": " : "",
           job->why);
    for (unsigned r = 0; r < job->rows; r++) {
        const struct compare_row *row = &job->row[r];
        if (row->base == row->head) continue;
        printf("           %-40s ", row->name);
        print_number(stdout, row->base, row->whole);
        printf(" -> ");
        print_number(stdout, row->head, row->whole);
        printf("\n");
    }
    fflush(stdout);
}

// JSON is UTF-8; the name of a file, a folder or a revision need not be.
static json_t *words(const char *text) {
    json_t *string = json_string(text);
    char *copy = string ? NULL : strdup(text);
    if (!copy) return string;
    for (char *c = copy; *c; c++)
        if ((unsigned char)*c >= 128) *c = '?';
    string = json_string(copy);
    free(copy);
    return string;
}

static json_t *json_rows(const struct compare_row *list, unsigned count) {
    json_t *rows = json_array();
    for (unsigned r = 0; r < count; r++) {
        const struct compare_row *row = &list[r];
        json_t *base = row->whole ? json_integer((json_int_t)row->base) : json_real(row->base);
        json_t *head = row->whole ? json_integer((json_int_t)row->head) : json_real(row->head);
        json_array_append_new(
            rows, json_pack("{s:s, s:o, s:o}", "name", row->name, "base", base, "head", head));
    }
    return rows;
}

static json_t *json_bins(const struct compare_job *job) {
    json_t *bins = json_array();
    for (unsigned k = 0; k < job->bins; k++) {
        const struct compare_bin *bin = &job->bin[k];
        char name[40];
        compare_histogram_name(bin->port, bin->source, name);
        json_array_append_new(
            bins, json_pack("{s:s, s:i, s:I, s:I}", "histogram", name, "cycles", (int)bin->latency,
                            "base", (json_int_t)bin->base, "head", (json_int_t)bin->head));
    }
    return bins;
}

static json_t *json_job(const struct compare_job *job) {
    return json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:i}", "kind", kind_name(job->kind), "job",
                     words(job->name), "verdict", compare_verdict_name(job->verdict), "why",
                     words(job->why), "values", json_rows(job->row, job->rows), "latencies",
                     json_bins(job), "latencies_left_out", (int)job->bins_left_out);
}

char *compare_json(const struct compare_options *options, const struct compare_result *result) {
    json_t *jobs = json_array();
    for (unsigned j = 0; j < result->jobs; j++)
        json_array_append_new(jobs, json_job(&result->job[j]));
    json_t *root = json_pack(
        "{s:i, s:o, s:o, s:s, s:I, s:o, s:o}", "schema_version", 1, "base", words(options->base),
        "head", words(options->head), "verdict", compare_verdict_name(result->verdict), "seed",
        (json_int_t)options->seed, "jobs", jobs, "cost", json_rows(result->cost, result->costs));
    char *text = root ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) : NULL;
    json_decref(root);
    return text;
}
