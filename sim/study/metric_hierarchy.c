// SPDX-License-Identifier: Apache-2.0
#include "metric_hierarchy.h"

#include <string.h>

#include "figures.h"

static double per_reference(const struct study_work *work, const struct study_row *row,
                            enum study_value value) {
    uint64_t references = study_row_value(work, row, ASK_CYCLES, VALUE_REFERENCES);
    uint64_t events = study_row_value(work, row, ASK_CYCLES, value);
    return references ? (double)events / (double)references : 0;
}

bool study_has_hierarchy(const struct study_row *row) {
    return row->hierarchy;
}

bool study_has_second_level(const struct study_row *row) {
    return row->hierarchy && row->point.config.run.l2_entries > 0;
}

double study_second_level_miss_ratio(const struct study_work *work, const struct study_row *row) {
    uint64_t misses = study_row_value(work, row, ASK_CYCLES, VALUE_L2_MISSES);
    uint64_t lookups = misses + study_row_value(work, row, ASK_CYCLES, VALUE_L2_HITS);
    return lookups ? (double)misses / (double)lookups : 0;
}

double study_second_level_misses_per_kilo(const struct study_work *work,
                                          const struct study_row *row) {
    return 1000 * per_reference(work, row, VALUE_L2_MISSES);
}

double study_misses_per_kilo(const struct study_work *work, const struct study_row *row) {
    return 1000 * (per_reference(work, row, VALUE_DATA_MISSES) +
                   per_reference(work, row, VALUE_FETCH_MISSES));
}

double study_walks_per_reference(const struct study_work *work, const struct study_row *row) {
    return per_reference(work, row, VALUE_WALKS);
}

double study_pte_reads_per_reference(const struct study_work *work, const struct study_row *row) {
    return per_reference(work, row, VALUE_PTE_READS);
}

double study_second_level_hits(const struct study_work *work, const struct study_row *row) {
    return per_reference(work, row, VALUE_L2_HITS);
}

double study_walk_cache_hits(const struct study_work *work, const struct study_row *row) {
    return per_reference(work, row, VALUE_PWC_HITS);
}

double study_merges(const struct study_work *work, const struct study_row *row) {
    return per_reference(work, row, VALUE_MERGES);
}

double study_prefetches(const struct study_work *work, const struct study_row *row) {
    return per_reference(work, row, VALUE_PREFETCHES);
}

// --- what may be said --------------------------------------------------------------------

bool study_key_of_hierarchy(const char *path) {
    return !strncmp(path, "tlb.l2.", 7) || !strcmp(path, "mmu.pwc_entries") ||
           !strcmp(path, "mmu.walks") || !strcmp(path, "mmu.prefetch");
}

static bool is_behind(const struct study_axis *axis) {
    for (unsigned k = 0; k < axis->key_count; k++)
        if (!study_key_of_hierarchy(axis->keys[k]->path)) return false;
    return true;
}

bool study_metric_silent(const struct study_work *work, const struct study_metric *metric) {
    static const char *const first_level[] = {"data-miss-ratio", "fetch-miss-ratio",
                                              "misses-per-kilo-reference"};
    const struct study_plan *plan = work->plan;
    int x = study_x_axis(plan);
    bool of_first_level = false, behind = plan->axis_count > 0;
    if (!metric->scale) return true;
    for (unsigned i = 0; i < sizeof first_level / sizeof *first_level; i++)
        of_first_level |= !strcmp(metric->id, first_level[i]);
    for (unsigned a = 0; a < plan->axis_count; a++)
        if (x < 0 || (int)a == x) behind &= is_behind(&plan->axes[a]);
    return of_first_level && behind;
}
