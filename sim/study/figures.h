// SPDX-License-Identifier: Apache-2.0
// From counts to figures, tables and sentences.
#ifndef STUDY_FIGURES_H
#define STUDY_FIGURES_H

#include "metric.h"
#include "report.h"

// Returns the axis that runs along x: the longest one of numbers; -1: there is none.
int study_x_axis(const struct study_plan *plan);

// A figure of the metric over the x axis, a curve for each combination of the other axes on which
// the metric depends; none if there is no x axis, or no row has the metric. Many curves of several
// programs become a figure for each program.
void study_add_figures(const struct study_work *work, const struct study_metric *metric,
                       struct study_report *report);

// Returns whether so many curves of all programs are more than one figure should show.
bool study_splits(const struct study_work *work, unsigned curves);

// A new figure: of that program alone if `split` ("ID" of the first, "ID-2" of the second).
struct report_figure *study_figure_of(const struct study_work *work, const char *id,
                                      const char *title, unsigned trace, bool split,
                                      struct study_report *report);

// Make the whole report: the table of points, a figure for each metric, what the ready-made study
// of that name adds, the summary in words. SIM_ERROR_MEMORY. *report is the caller's to destroy, on
// failure too.
enum sim_status study_report_make(const struct study_work *work, struct study_report *report,
                                  struct sim_error *error);

// What belongs to one ready-made study (special.c).
void study_add_special(const struct study_work *work, struct study_report *report);

// The summary's sentences (summary.c).
void study_add_summary(const struct study_work *work, struct study_report *report);

// Name, unit and scale of x from the swept keys; those of y as given. A figure of NULL is left.
void study_set_scales(struct report_figure *figure, const struct study_axis *x, const char *label,
                      const char *unit, const char *scale);

// The causes of misses in words; after the summary, which says what matters more.
void study_say_causes(const struct study_work *work, struct study_report *report);

// Write a part in percent: "100 %" is all of it, and nothing less.
const char *study_percent(double part, char out[32]);

// Returns the row with these values of the axes and this trace; NULL: not a legal combination.
const struct study_row *study_find_row(const struct study_work *work, unsigned trace,
                                       const unsigned value[STUDY_MOST_AXES]);

// Returns whether no row before this one lies on the same curve, along that axis.
bool study_begins_curve(const struct study_work *work, const struct study_row *row, int axis);

// Write what tells the row from the others, but for the axis `except`: "cc1, ways 4, plru".
void study_row_label(const struct study_work *work, const struct study_row *row, int except,
                     char *out, size_t capacity);

// The same without the axes of the bits.
void study_row_label_without(const struct study_work *work, const struct study_row *row,
                             unsigned without, char *out, size_t capacity);

// Append to the label of a curve of page faults that they are estimated from a sample.
void study_say_sampled(const struct study_work *work, const struct study_row *row, char *out,
                       size_t capacity);

#endif
