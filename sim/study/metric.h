// SPDX-License-Identifier: Apache-2.0
// Quantities of a row that are shown, each derived from what was counted.
#ifndef STUDY_METRIC_H
#define STUDY_METRIC_H

#include "query.h"

struct study_metric {
    const char *id, *title;
    const char *label, *unit;  // of the axis
    const char *scale;         // NULL: no figure and no sentence, a column alone
    const char *noun;          // in sentences: "misses of the data TLB"
    bool less_is_better;
    // Returns whether the row has it.
    bool (*has)(const struct study_row *row);
    double (*value)(const struct study_work *work, const struct study_row *row);
    // Returns who was asked for it, of a row that has it.
    enum study_ask (*ask)(const struct study_row *row);
    const char *direct;  // key on which it depends beside what was asked; NULL: none
    // Returns its standard error, 0 if it is exact; NULL: always exact.
    double (*error)(const struct study_work *work, const struct study_row *row);
};

extern const struct study_metric study_metrics[];
extern const unsigned study_metric_count;

// Returns whether one of the keys of the axis can change the metric of some row.
bool study_metric_depends(const struct study_work *work, const struct study_metric *metric,
                          unsigned axis);

// Returns whether a swept key can change the metric: else it is a number, and no curve.
bool study_metric_varies(const struct study_work *work, const struct study_metric *metric);

// Misses and references of a port, from whoever counted them.
uint64_t study_row_misses(const struct study_work *work, const struct study_row *row,
                          unsigned port);
uint64_t study_row_references(const struct study_work *work, const struct study_row *row,
                              unsigned port);

// Returns the file's name without folder and ".tdt", in `out`; with so many of its folders that it
// differs from the plan's other traces, "cc1 (2)" where no short one does.
const char *study_trace_name(const struct study_plan *plan, unsigned trace, char out[64]);

// The same of what a row is about: "mix" where the plan's traces run together.
const char *study_program_name(const struct study_plan *plan, unsigned trace, char out[64]);

#endif
