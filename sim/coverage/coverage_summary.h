// SPDX-License-Identifier: Apache-2.0
// What a set of runs reached, bin by bin, over all configurations. A bin is an aim if it is one in
// some configuration, and reached if it was in such a one.
#ifndef COVERAGE_SUMMARY_H
#define COVERAGE_SUMMARY_H

#include <stdio.h>

#include "coverage_set.h"

enum coverage_state {
    STATE_MISSING,
    STATE_REACHED,
    STATE_IGNORED,
    STATE_UNREACHABLE,
    STATE_NO_BIN,
    COVERAGE_STATES
};

struct coverage_totals {
    unsigned bins[COVERAGE_STATES];
};

// A bin that was reached in a configuration in which it cannot be.
struct coverage_contradiction {
    unsigned bin, section;
};
#define COVERAGE_MOST_CONTRADICTIONS 64u

struct coverage_summary {
    uint64_t runs, answers, cycles;
    uint8_t *state;   // enum coverage_state of each bin
    uint64_t *count;  // of all configurations
    const struct coverage_rule *
        *rule;  // why it is no aim: the first configuration's; NULL: it is one
    struct coverage_totals item[COVERAGE_ITEMS], all;
    unsigned contradictions;  // all of them; the first ones are kept
    struct coverage_contradiction contradiction[COVERAGE_MOST_CONTRADICTIONS];
};

// Returns the summary in *summary, to be given back with coverage_summary_free. SIM_ERROR_MEMORY.
enum sim_status coverage_summarize(const struct coverage_set *set, struct coverage_summary *summary,
                                   struct sim_error *error);
void coverage_summary_free(struct coverage_summary *summary);

// Returns the aims, and the percentage of them that was reached; 100 without an aim.
unsigned coverage_aims(const struct coverage_totals *totals);
double coverage_percent(const struct coverage_totals *totals);

// Returns the bin of (first, second) at a distance of -8 .. 8 cycles; coverage_bins(): an event
// and itself in the same cycle.
unsigned coverage_distance_bin(unsigned first, unsigned second, int cycles);

// Write "xlen=64 pa_bits=56 ...".
void coverage_config_text(const struct coverage_config *config, char *out, size_t capacity);

struct coverage_report_options {
    bool missing, unreachable, pairs;  // list them
};
// The report for people.
// Print why bins cannot be reached: rows of a table in Markdown, item, kind, reason, property.
void coverage_print_rules(FILE *out);
void coverage_print(const struct coverage_set *set, const struct coverage_summary *summary,
                    const struct coverage_report_options *options, FILE *out);
// Returns JSON / an HTML page of its own, owned by the caller (free); NULL without memory.
char *coverage_json(const struct coverage_set *set, const struct coverage_summary *summary);
char *coverage_html(const struct coverage_set *set, const struct coverage_summary *summary);

#endif
