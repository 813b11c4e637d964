// SPDX-License-Identifier: Apache-2.0
// Sections in order, and their sums.
#include "coverage_set.h"

#include <stdlib.h>
#include <string.h>

struct coverage_set coverage_set_empty(void) {
    return (struct coverage_set){0};
}

void coverage_set_free(struct coverage_set *set) {
    for (unsigned k = 0; k < set->sections; k++) free(set->section[k].count);
    free(set->section);
    *set = coverage_set_empty();
}

static int compare(const struct coverage_config *a, const struct coverage_config *b) {
#define X(field, least, most) \
    if (a->field != b->field) return a->field < b->field ? -1 : 1;
    COVERAGE_CONFIG_LIST(X)
#undef X
    return 0;
}

static void add(uint64_t *sum, uint64_t more) {
    *sum = *sum + more < more ? UINT64_MAX : *sum + more;
}

static void add_section(struct coverage_section *sum, const struct coverage_section *more) {
    add(&sum->runs, more->runs);
    add(&sum->answers, more->answers);
    add(&sum->cycles, more->cycles);
    for (unsigned bin = 0; bin < coverage_bins(); bin++) add(&sum->count[bin], more->count[bin]);
}

// A section without counts, at its place.
static enum sim_status insert(struct coverage_set *set, unsigned place,
                              const struct coverage_config *config, struct sim_error *error) {
    if (set->sections == COVERAGE_MOST_SECTIONS)
        return sim_fail(error, SIM_ERROR_FORMAT, "more than %u configurations in one merge",
                        COVERAGE_MOST_SECTIONS);
    uint64_t *count = calloc(coverage_bins(), sizeof *count);
    struct coverage_section *grown =
        count ? realloc(set->section, (set->sections + 1) * sizeof *grown) : NULL;
    if (!grown) {
        free(count);
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    memmove(grown + place + 1, grown + place, (set->sections - place) * sizeof *grown);
    grown[place] = (struct coverage_section){.config = *config, .count = count};
    set->section = grown;
    set->sections++;
    return SIM_OK;
}

enum sim_status coverage_set_add(struct coverage_set *set, const struct coverage_section *section,
                                 struct sim_error *error) {
    unsigned place = 0;
    while (place < set->sections && compare(&set->section[place].config, &section->config) < 0)
        place++;
    bool there = place < set->sections && !compare(&set->section[place].config, &section->config);
    enum sim_status status = there ? SIM_OK : insert(set, place, &section->config, error);
    if (!status) add_section(&set->section[place], section);
    return status;
}

enum sim_status coverage_set_add_run(struct coverage_set *set, const struct coverage *run,
                                     uint64_t answers, uint64_t cycles, struct sim_error *error) {
    size_t bytes = coverage_bins() * sizeof(uint64_t);
    struct coverage_section section = {.config = *coverage_config(run),
                                       .runs = 1,
                                       .answers = answers,
                                       .cycles = cycles,
                                       .count = malloc(bytes)};
    if (!section.count) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    memcpy(section.count, coverage_counts(run), bytes);
    enum sim_status status = coverage_set_add(set, &section, error);
    free(section.count);
    return status;
}
