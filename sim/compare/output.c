// SPDX-License-Identifier: Apache-2.0
// What a comparison found: for people, for a pull request, for programs.
#define _GNU_SOURCE
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

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

static const char *sentence(enum compare_verdict verdict) {
    static const char *const sentences[] = {
        "HEAD behaves as BASE does, to the cycle.",
        "HEAD is faster. Merging it makes a new baseline: say so in the change's description.",
        ("HEAD's time differs from BASE's, neither better nor worse. Merging it makes a new "
         "baseline: say so in the change's description."),
        "HEAD is slower than BASE.",
        "A revision translates wrongly.",
    };
    return sentences[verdict];
}

// A name from the command line, where it may hold a table's bar or a line's end.
static void put_cell(FILE *out, const char *text) {
    for (; *text; text++)
        if (*text == '|')
            fputs("\\|", out);
        else
            fputc(*text == '\n' || *text == '`' ? ' ' : *text, out);
}

static void markdown_rows(FILE *out, const struct compare_job *job) {
    for (unsigned r = 0; r < job->rows; r++) {
        const struct compare_row *row = &job->row[r];
        if (row->base == row->head) continue;
        fputs("| ", out);
        put_cell(out, job->name);
        fprintf(out, " | %s | ", row->name);
        print_number(out, row->base, row->whole);
        fputs(" | ", out);
        print_number(out, row->head, row->whole);
        fprintf(out, " | %+.*f |\n", row->whole ? 0 : 4, row->head - row->base);
    }
}

char *compare_markdown(const struct compare_options *options, const struct compare_result *result) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NULL;
    fprintf(out, "## RTL gate: %s\n\n%s\n\n", compare_verdict_name(result->verdict),
            sentence(result->verdict));
    fputs("BASE `", out);
    put_cell(out, options->base);
    fputs("`, HEAD `", out);
    put_cell(out, options->head);
    fputs("`\n\n| verdict | job | what differs |\n|---|---|---|\n", out);
    unsigned differ = 0;
    for (unsigned j = 0; j < result->jobs; j++) {
        const struct compare_job *job = &result->job[j];
        fprintf(out, "| %s | ", compare_verdict_name(job->verdict));
        put_cell(out, job->name);
        fputs(" | ", out);
        put_cell(out, job->why);
        fputs(" |\n", out);
        for (unsigned r = 0; r < job->rows; r++) differ += job->row[r].base != job->row[r].head;
    }
    if (differ) fputs("\n| job | value | BASE | HEAD | |\n|---|---|---:|---:|---:|\n", out);
    for (unsigned j = 0; j < result->jobs && differ; j++) markdown_rows(out, &result->job[j]);
    if (result->costs)
        fprintf(out, "\n| cost of the first unit | BASE | HEAD | |\n|---|---:|---:|---:|\n");
    for (unsigned k = 0; k < result->costs; k++) {
        const struct compare_row *row = &result->cost[k];
        fprintf(out, "| %s | %.0f | %.0f | %+.0f |\n", row->name, row->base, row->head,
                row->head - row->base);
    }
    fclose(out);
    return text;
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

static json_t *json_job(const struct compare_job *job) {
    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "kind", kind_name(job->kind), "job", job->name,
                     "verdict", compare_verdict_name(job->verdict), "why", job->why, "values",
                     json_rows(job->row, job->rows));
}

char *compare_json(const struct compare_options *options, const struct compare_result *result) {
    json_t *jobs = json_array();
    for (unsigned j = 0; j < result->jobs; j++)
        json_array_append_new(jobs, json_job(&result->job[j]));
    json_t *root = json_pack(
        "{s:i, s:s, s:s, s:s, s:I, s:o, s:o}", "schema_version", 1, "base", options->base, "head",
        options->head, "verdict", compare_verdict_name(result->verdict), "seed",
        (json_int_t)options->seed, "jobs", jobs, "cost", json_rows(result->cost, result->costs));
    char *text = root ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) : NULL;
    json_decref(root);
    return text;
}
