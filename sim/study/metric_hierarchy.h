// SPDX-License-Identifier: Apache-2.0
// Quantities of what stands behind the first level: second-level TLB, page-walk caches, walks.
#ifndef STUDY_METRIC_HIERARCHY_H
#define STUDY_METRIC_HIERARCHY_H

#include "metric.h"

// Whether the row was asked for them; whether it has a second level, too.
bool study_has_hierarchy(const struct study_row *row);
bool study_has_second_level(const struct study_row *row);

// Of both ports together. The first over the second level's lookups, the rest over references.
double study_second_level_miss_ratio(const struct study_work *work, const struct study_row *row);
double study_second_level_misses_per_kilo(const struct study_work *work,
                                          const struct study_row *row);
double study_misses_per_kilo(const struct study_work *work, const struct study_row *row);
double study_walks_per_reference(const struct study_work *work, const struct study_row *row);
double study_pte_reads_per_reference(const struct study_work *work, const struct study_row *row);
double study_second_level_hits(const struct study_work *work, const struct study_row *row);
double study_walk_cache_hits(const struct study_work *work, const struct study_row *row);
double study_merges(const struct study_work *work, const struct study_row *row);
double study_prefetches(const struct study_work *work, const struct study_row *row);

// Returns whether the key is one of what stands behind the first level.
bool study_key_of_hierarchy(const char *path);

// Returns whether no sentence may be made of the metric: it has no figure, or it is one of the
// first level, which what runs along x can at most disturb.
bool study_metric_silent(const struct study_work *work, const struct study_metric *metric);

#endif
