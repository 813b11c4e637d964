// SPDX-License-Identifier: Apache-2.0
// Bins over all configurations.
#include "coverage_summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void contradict(struct coverage_summary *summary, unsigned bin, unsigned section) {
    if (summary->contradictions++ < COVERAGE_MOST_CONTRADICTIONS)
        summary->contradiction[summary->contradictions - 1] =
            (struct coverage_contradiction){bin, section};
}

static uint8_t state_of(const struct coverage_rule *rule) {
    static const uint8_t states[] = {[COVERAGE_UNREACHABLE] = STATE_UNREACHABLE,
                                     [COVERAGE_IGNORED] = STATE_IGNORED,
                                     [COVERAGE_NO_BIN] = STATE_NO_BIN};
    return states[rule->kind];
}

// One configuration's word about one bin; an aim anywhere is an aim.
static void add_bin(struct coverage_summary *summary, const struct coverage_set *set,
                    unsigned section, unsigned bin) {
    const struct coverage_section *from = &set->section[section];
    const struct coverage_rule *rule = coverage_rule_of(bin, &from->config);
    uint64_t count = from->count[bin], *sum = &summary->count[bin];
    uint8_t *state = &summary->state[bin];
    *sum = *sum + count < count ? UINT64_MAX : *sum + count;
    if (rule && rule->kind == COVERAGE_UNREACHABLE && count) contradict(summary, bin, section);
    if (!rule) {
        if (*state != STATE_REACHED) *state = count ? STATE_REACHED : STATE_MISSING;
        summary->rule[bin] = NULL;
    } else if (section == 0 || (summary->rule[bin] && *state > state_of(rule))) {
        *state = state_of(rule);
        summary->rule[bin] = rule;
    }
}

static void count_states(struct coverage_summary *summary) {
    for (unsigned i = 0; i < COVERAGE_ITEMS; i++) {
        const struct coverage_item *item = coverage_item(i);
        for (unsigned bin = item->first; bin < item->first + item->bins; bin++) {
            summary->item[i].bins[summary->state[bin]]++;
            summary->all.bins[summary->state[bin]]++;
        }
    }
}

enum sim_status coverage_summarize(const struct coverage_set *set, struct coverage_summary *summary,
                                   struct sim_error *error) {
    unsigned bins = coverage_bins();
    *summary = (struct coverage_summary){.state = calloc(bins, sizeof *summary->state),
                                         .count = calloc(bins, sizeof *summary->count),
                                         .rule = calloc(bins, sizeof *summary->rule)};
    if (!summary->state || !summary->count || !summary->rule) {
        coverage_summary_free(summary);
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    for (unsigned k = 0; k < set->sections; k++) {
        summary->runs += set->section[k].runs;
        summary->answers += set->section[k].answers;
        summary->cycles += set->section[k].cycles;
        for (unsigned bin = 0; bin < bins; bin++) add_bin(summary, set, k, bin);
    }
    count_states(summary);
    return SIM_OK;
}

void coverage_summary_free(struct coverage_summary *summary) {
    free(summary->state);
    free(summary->count);
    free(summary->rule);
    *summary = (struct coverage_summary){0};
}

unsigned coverage_aims(const struct coverage_totals *totals) {
    return totals->bins[STATE_REACHED] + totals->bins[STATE_MISSING];
}

double coverage_percent(const struct coverage_totals *totals) {
    unsigned aims = coverage_aims(totals);
    return aims ? 100.0 * totals->bins[STATE_REACHED] / aims : 100.0;
}

unsigned coverage_distance_bin(unsigned first, unsigned second, int cycles) {
    bool swap = cycles < 0 || (cycles == 0 && first > second);
    const unsigned value[] = {swap ? second : first, swap ? first : second,
                              (unsigned)(cycles < 0 ? -cycles : cycles)};
    if (cycles == 0 && first == second) return coverage_bins();
    return coverage_bin(COVERAGE_DISTANCE, value);
}

void coverage_config_text(const struct coverage_config *config, char *out, size_t capacity) {
    int used = 0;
#define X(field, least, most)                                                          \
    if (used >= 0 && (size_t)used < capacity)                                          \
        used += snprintf(out + used, capacity - (size_t)used, "%s" #field "=%" PRIu32, \
                         used ? " " : "", config->field);
    COVERAGE_CONFIG_LIST(X)
#undef X
}
