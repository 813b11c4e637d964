// SPDX-License-Identifier: Apache-2.0
// The summary for a pull request: what a reviewer needs to act, the worst first.
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "compare.h"

enum { SHOWN_BINS = 12 };  // of a job; the JSON has all

static const char *sentence(enum compare_verdict verdict) {
    static const char *const sentences[] = {
        "HEAD behaves as BASE does, to the cycle.",
        "HEAD is faster. Merging it makes a new baseline: say so in the change's description.",
        "HEAD's time differs from BASE's, neither better nor worse, or it mends translations. "
        "Merging it makes a new baseline: say so in the change's description.",
        "HEAD is slower than BASE: the jobs below that say `slower` name what takes longer. Mend "
        "it, or give the reason and merge without the gate.",
        "HEAD translates wrongly, or differs from the model in more than time: no figure of time "
        "counts before that is mended.",
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

static void put_number(FILE *out, double value, bool whole) {
    fprintf(out, "%.*f", whole ? 0 : 2, value);
}

static void put_row(FILE *out, const struct compare_row *row) {
    fprintf(out, "| %s | ", row->name);
    put_number(out, row->base, row->whole);
    fputs(" | ", out);
    put_number(out, row->head, row->whole);
    fprintf(out, " | %+.*f", row->whole ? 0 : 2, row->head - row->base);
    if (row->base > 0) fprintf(out, " (%+.2f %%)", 100.0 * (row->head - row->base) / row->base);
    fputs(" |\n", out);
}

static int64_t change_of(const struct compare_bin *bin) {
    return (int64_t)(bin->head - bin->base);
}

// Whether fewer than SHOWN_BINS others of the job change more.
static bool among_largest(const struct compare_job *job, unsigned index) {
    unsigned larger = 0;
    int64_t mine = llabs(change_of(&job->bin[index]));
    for (unsigned k = 0; k < job->bins; k++) {
        int64_t other = llabs(change_of(&job->bin[k]));
        larger += other > mine || (other == mine && k < index);
    }
    return larger < SHOWN_BINS;
}

static void put_bins(FILE *out, const struct compare_job *job) {
    if (!job->bins) return;
    fputs("\n| answers of | cycles | BASE | HEAD | |\n|---|---:|---:|---:|---:|\n", out);
    unsigned left_out = job->bins_left_out;
    for (unsigned k = 0; k < job->bins; k++) {
        const struct compare_bin *bin = &job->bin[k];
        if (!among_largest(job, k)) {
            left_out++;
            continue;
        }
        char name[40];
        compare_histogram_name(bin->port, bin->source, name);
        fprintf(out, "| %s | %u%s | %" PRIu64 " | %" PRIu64 " | %+" PRId64 " |\n", name,
                bin->latency, bin->latency == BENCH_LATENCIES - 1 ? " or more" : "", bin->base,
                bin->head, change_of(bin));
    }
    if (left_out) fprintf(out, "\n%u smaller changes of histograms: see the JSON.\n", left_out);
}

static void put_job(FILE *out, const struct compare_job *job) {
    unsigned differ = 0;
    for (unsigned r = 0; r < job->rows; r++) differ += job->row[r].base != job->row[r].head;
    fprintf(out, "\n### %s: ", compare_verdict_name(job->verdict));
    put_cell(out, job->name);
    fputs("\n\n", out);
    put_cell(out, job->why);
    fputs("\n", out);
    // Random stimulus answers to the unit: after the first difference it is another one.
    if (job->kind == COMPARE_RANDOM && differ)
        fputs("\nWhat follows that cycle is other stimulus: totals are for orientation.\n", out);
    if (differ) fputs("\n| | BASE | HEAD | |\n|---|---:|---:|---:|\n", out);
    for (unsigned r = 0; r < job->rows; r++)
        if (job->row[r].base != job->row[r].head) put_row(out, &job->row[r]);
    if (job->kind == COMPARE_TRACE) put_bins(out, job);
}

static void put_jobs(FILE *out, const struct compare_result *result) {
    fputs("\n| verdict | job | |\n|---|---|---|\n", out);
    for (int verdict = COMPARE_WRONG; verdict >= COMPARE_SAME; verdict--)
        for (unsigned j = 0; j < result->jobs; j++) {
            const struct compare_job *job = &result->job[j];
            if ((int)job->verdict != verdict) continue;
            fprintf(out, "| %s | ", compare_verdict_name(job->verdict));
            put_cell(out, job->name);
            fputs(" | ", out);
            put_cell(out, job->why);
            fputs(" |\n", out);
        }
    for (int verdict = COMPARE_WRONG; verdict > COMPARE_SAME; verdict--)
        for (unsigned j = 0; j < result->jobs; j++)
            if ((int)result->job[j].verdict == verdict) put_job(out, &result->job[j]);
}

static void put_cost(FILE *out, const struct compare_options *options,
                     const struct compare_result *result) {
    if (!result->costs) return;
    fputs("\n### Cost of unit ", out);
    put_cell(out, options->unit[0].name);
    fputs("\n\n| | BASE | HEAD | |\n|---|---:|---:|---:|\n", out);
    for (unsigned k = 0; k < result->costs; k++) put_row(out, &result->cost[k]);
}

// In a shell's quotes.
static void put_word(FILE *out, const char *word) {
    fputc('\'', out);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", out);
        else
            fputc(*word, out);
    fputc('\'', out);
}

static void put_command(FILE *out, const struct compare_options *options) {
    fputs("\n### Repeat\n\n```\ntandem compare ", out);
    put_word(out, options->base);
    fputc(' ', out);
    put_word(out, options->head);
    for (unsigned u = 0; u < options->units; u++) {
        if (!options->unit[u].file) continue;
        fputs(" --config ", out);
        put_word(out, options->unit[u].file);
    }
    for (unsigned t = 0; t < options->traces && !options->standard_trace; t++) {
        fputs(" --trace ", out);
        put_word(out, options->trace[t]);
    }
    if (!options->traces) fputs(" --no-trace", out);
    fprintf(out,
            " --random %" PRIu64 " --seeds %" PRIu64 " --seed %" PRIu64 " --references %" PRIu64
            "%s%s\n```\n\n| unit | parameters of the RTL |\n|---|---|\n",
            options->random, options->seeds, options->seed, options->references,
            options->cost ? " --cost" : "", options->strict ? " --strict" : "");
    for (unsigned u = 0; u < options->units; u++) {
        const struct mmu_config mmu = config_mmu(&options->unit[u].config);
        char parameters[256];
        dut_unit_options(&mmu, parameters, sizeof parameters);
        fputs("| ", out);
        put_cell(out, options->unit[u].name);
        fprintf(out, " | %s |\n", parameters);
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
    fputs("`\n", out);
    put_jobs(out, result);
    put_cost(out, options, result);
    put_command(out, options);
    fclose(out);
    return text;
}
