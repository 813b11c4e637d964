// SPDX-License-Identifier: Apache-2.0
// What particular measures add to the figures of every study.
#ifndef STUDY_SPECIAL_H
#define STUDY_SPECIAL_H

#include "figures.h"

// Returns the figure of that id, NULL: there is none.
struct report_figure *study_find_figure(struct study_report *report, const char *id);

// Page faults against frames: the knee of each curve, the working set beside them, Belady's
// anomaly, the distance to OPT (special_frames.c).
void study_add_frames(const struct study_work *work, struct study_report *report);

// Two values of a swept key against each other, in words (special_compare.c).
void study_compare(const struct study_work *work, struct study_report *report);

// Returns the figure of that id of the program: its own, or that of all; NULL: there is none.
struct report_figure *study_find_figure_of(struct study_report *report, const char *id,
                                           unsigned trace);

// Returns the index of the axis that sets the key, -1: none does.
int study_axis_of(const struct study_plan *plan, const char *path);

// Returns the index of the value on the axis, -1: it is not there.
int study_value_of(const struct study_axis *axis, uint64_t value);

// Returns the row that differs from `row` only in having value `index` of the axis; NULL: none.
const struct study_row *study_sibling(const struct study_work *work, const struct study_row *row,
                                      int axis, int index);

#endif
