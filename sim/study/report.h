// SPDX-License-Identifier: Apache-2.0
// What a study found, in the form in which it is shown: figures, tables, sentences. JSON, CSV, the
// terminal's summary and the HTML page are made from this alone.
#ifndef STUDY_REPORT_H
#define STUDY_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "query.h"

enum { REPORT_LABEL_BYTES = 160, REPORT_SENTENCE_BYTES = 400 };

struct report_point {
    double x, y;
    double error;   // standard error of y; 0: y is exact
    char text[96];  // "": none
};

struct report_curve {
    char label[REPORT_LABEL_BYTES];
    const char *known_to;  // "kernel", "simulator" or NULL: does not apply
    bool aside;            // for comparison: its x does not stand for values of the swept key
    bool at_floor;         // at its last point y is as little as any x can make it
    struct report_point *points;
    unsigned count;
};

struct report_mark {
    double x;
    char label[REPORT_LABEL_BYTES];
};

struct report_scale {
    char label[64], unit[32];
    const char *scale;  // "linear", "log2", "log10"
};

// What a page can show.
enum { REPORT_MOST_MARKS = 16, REPORT_MOST_CURVES = 64, REPORT_MOST_SENTENCES = 96 };

struct report_figure {
    char id[64], title[REPORT_LABEL_BYTES];
    struct report_scale x, y;
    struct report_curve *curves;
    unsigned count, left_out;  // left_out: curves beyond REPORT_MOST_CURVES
    struct report_mark marks[REPORT_MOST_MARKS];
    unsigned mark_count;
};

// A cell is a text, or a number if the text is "". REPORT_MISSING: neither; null in JSON, nothing
// in CSV.
#define REPORT_MISSING "-"
struct report_cell {
    char text[64];
    double number;
    bool whole;
};

struct report_column {
    char name[64], unit[32];
};

struct report_table {
    char id[64], title[REPORT_LABEL_BYTES];
    struct report_column *columns;
    unsigned column_count;
    struct report_cell *cells;  // rows one after the other
    unsigned cell_count;
};

struct study_report {
    struct report_figure *figures;
    unsigned figure_count;
    struct report_table *tables;
    unsigned table_count;
    char (*summary)[REPORT_SENTENCE_BYTES];
    unsigned summary_count;
    bool exhausted;  // memory ran out while it was made
};

void report_destroy(struct study_report *report);

// A new figure, curve, point; what is returned is valid until the next of its kind is added. NULL:
// out of memory, and report->exhausted is set; or the figure is full, and counts what it leaves
// out. NULL as an argument is passed on.
struct report_figure *report_add_figure(struct study_report *report, const char *id,
                                        const char *title);
struct report_curve *report_add_curve(struct study_report *report, struct report_figure *figure,
                                      const char *label);
void report_add_point(struct study_report *report, struct report_curve *curve, double x, double y,
                      const char *text);
// The same with the standard error of an estimate.
void report_add_estimate(struct study_report *report, struct report_curve *curve, double x,
                         double y, double standard_error, const char *text);
void report_add_mark(struct report_figure *figure, double x, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// Labels of both axes. x_scale, y_scale: "linear", "log2", "log10".
void report_set_scales(struct report_figure *figure, const char *x_label, const char *x_unit,
                       const char *x_scale, const char *y_label, const char *y_unit,
                       const char *y_scale);

struct report_table *report_add_table(struct study_report *report, const char *id,
                                      const char *title);
void report_add_column(struct study_report *report, struct report_table *table, const char *name,
                       const char *unit);
// The next cell, row by row; all columns must have been added.
void report_add_number(struct study_report *report, struct report_table *table, double value,
                       bool whole);
void report_add_text(struct study_report *report, struct report_table *table, const char *text);

void report_say(struct study_report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
