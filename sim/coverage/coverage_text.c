// SPDX-License-Identifier: Apache-2.0
// The report for people.
#include <inttypes.h>
#include <string.h>

#include "coverage_summary.h"

enum { NAME_BYTES = 256, SHOWN = 12 };

static void number(uint64_t value, char out[32]) {
    char plain[32];
    int length = snprintf(plain, sizeof plain, "%" PRIu64, value);
    unsigned n = 0;
    for (int k = 0; k < length; k++) {
        if (k && (length - k) % 3 == 0) out[n++] = ',';
        out[n++] = plain[k];
    }
    out[n] = '\0';
}

static void print_row(const char *key, const struct coverage_totals *totals, const char *text,
                      FILE *out) {
    fprintf(out, "  %-12s %6u of %6u %6.1f %% %11u %8u  %s\n", key, totals->bins[STATE_REACHED],
            coverage_aims(totals), coverage_percent(totals), totals->bins[STATE_UNREACHABLE],
            totals->bins[STATE_IGNORED], text);
}

static void print_list(const struct coverage_summary *summary, enum coverage_state state,
                       unsigned most, FILE *out) {
    char name[NAME_BYTES];
    for (unsigned bin = 0; bin < coverage_bins() && most > 0; bin++) {
        if (summary->state[bin] != state) continue;
        coverage_name(bin, name, sizeof name);
        fprintf(out, "  %s", name);
        if (summary->rule[bin]) {
            fprintf(out, " - %s", summary->rule[bin]->reason);
            if (summary->rule[bin]->property)
                fprintf(out, " (property %s)", summary->rule[bin]->property);
        }
        fputc('\n', out);
        most--;
    }
}

static void print_missing(const struct coverage_summary *summary, bool all, FILE *out) {
    unsigned missing = summary->all.bins[STATE_MISSING];
    if (missing == 0) return;
    if (all || missing <= SHOWN)
        fprintf(out, "\nMissing:\n");
    else
        fprintf(out, "\nMissing (the first %d of %u; --missing lists them all):\n", SHOWN, missing);
    print_list(summary, STATE_MISSING, all ? missing : SHOWN, out);
}

// # reached, . missing, - cannot be.
static void print_pairs(const struct coverage_summary *summary, FILE *out) {
    static const char mark[COVERAGE_STATES] = {'.', '#', '-', '-', ' '};
    fprintf(out,
            "\nDistances, cycles from the first event to the second: # reached, . missing, - "
            "unreachable\n  %-12s %-12s -8......0......+8\n",
            "first", "second");
    for (unsigned first = 0; first < COVERAGE_EVENTS; first++)
        for (unsigned second = 0; second < COVERAGE_EVENTS; second++) {
            fprintf(out, "  %-12s %-12s ", coverage_event_key(first), coverage_event_key(second));
            for (int cycles = -8; cycles <= 8; cycles++) {
                unsigned bin = coverage_distance_bin(first, second, cycles);
                fputc(bin == coverage_bins() ? '|' : mark[summary->state[bin]], out);
            }
            fputc('\n', out);
        }
}

static void print_contradictions(const struct coverage_set *set,
                                 const struct coverage_summary *summary, FILE *out) {
    char name[NAME_BYTES], config[NAME_BYTES];
    if (summary->contradictions == 0) return;
    fprintf(out, "\nREACHED, THOUGH IT CANNOT BE (%u):\n", summary->contradictions);
    for (unsigned k = 0; k < summary->contradictions && k < COVERAGE_MOST_CONTRADICTIONS; k++) {
        const struct coverage_contradiction *at = &summary->contradiction[k];
        const struct coverage_section *section = &set->section[at->section];
        coverage_name(at->bin, name, sizeof name);
        coverage_config_text(&section->config, config, sizeof config);
        fprintf(out, "  %s, %" PRIu64 " times, in %s\n    %s\n", name, section->count[at->bin],
                config, coverage_rule_of(at->bin, &section->config)->reason);
    }
}

static void print_classes(const struct coverage_set *set, FILE *out) {
    char config[NAME_BYTES], answers[32];
    for (unsigned k = 0; k < set->sections; k++) {
        coverage_config_text(&set->section[k].config, config, sizeof config);
        number(set->section[k].answers, answers);
        fprintf(out, "  %" PRIu64 " runs, %s translations: %s\n", set->section[k].runs, answers,
                config);
    }
}

void coverage_print(const struct coverage_set *set, const struct coverage_summary *summary,
                    const struct coverage_report_options *options, FILE *out) {
    char answers[32], cycles[32];
    number(summary->answers, answers);
    number(summary->cycles, cycles);
    fprintf(out, "Coverage of %" PRIu64 " runs: %s translations, %s cycles\n\n", summary->runs,
            answers, cycles);
    print_classes(set, out);
    fprintf(out, "\n  %-12s %7s  %7s %8s %11s %8s\n", "item", "reached", "aims", "", "unreachable",
            "ignored");
    for (unsigned i = 0; i < COVERAGE_ITEMS; i++)
        print_row(coverage_item(i)->key, &summary->item[i], coverage_item(i)->text, out);
    print_row("all", &summary->all, "", out);
    print_missing(summary, options->missing, out);
    if (options->unreachable) {
        fprintf(out, "\nUnreachable:\n");
        print_list(summary, STATE_UNREACHABLE, coverage_bins(), out);
        fprintf(out, "\nIgnored:\n");
        print_list(summary, STATE_IGNORED, coverage_bins(), out);
    }
    if (options->pairs) print_pairs(summary, out);
    print_contradictions(set, summary, out);
}

static void print_rule(const char *what, const struct coverage_rule *rule, FILE *out) {
    static const char *const kinds[] = {"unreachable", "ignored", "no bin"};
    fprintf(out, "| `%s` | %s | %s | ", what, kinds[rule->kind], rule->reason);
    if (rule->property)
        fprintf(out, "`%s` |\n", rule->property);
    else
        fputs("|\n", out);
}

// As rows of a table in Markdown (docs/coverage.md).
void coverage_print_rules(FILE *out) {
    char what[NAME_BYTES];
    unsigned count;
    const struct coverage_rule *rule = coverage_rules(&count);
    for (unsigned k = 0; k < count; k++)
        print_rule(coverage_item(rule[k].item)->key, &rule[k], out);
    enum coverage_event first, second;
    for (unsigned k = 0; (rule = coverage_distance_row(k, &first, &second)); k++) {
        snprintf(what, sizeof what, "distance %s, %s", coverage_event_key(first),
                 coverage_event_key(second));
        print_rule(what, rule, out);
    }
}
