// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One more element of an array that grows by doubling: its room is known from its count. Returns
// the zeroed element; NULL: out of memory.
static void *extend(struct study_report *report, void *array, unsigned *count, size_t size) {
    void *items;
    memcpy(&items, array, sizeof items);
    if ((*count & (*count - 1)) == 0) {
        void *larger = realloc(items, (*count ? 2 * (size_t)*count : 1) * size);
        if (!larger) {
            report->exhausted = true;
            return NULL;
        }
        items = larger;
        memcpy(array, &items, sizeof items);
    }
    return memset((char *)items + size * (*count)++, 0, size);
}

void report_destroy(struct study_report *report) {
    for (unsigned f = 0; f < report->figure_count; f++) {
        for (unsigned c = 0; c < report->figures[f].count; c++)
            free(report->figures[f].curves[c].points);
        free(report->figures[f].curves);
    }
    for (unsigned t = 0; t < report->table_count; t++) {
        free(report->tables[t].columns);
        free(report->tables[t].cells);
    }
    free(report->figures);
    free(report->tables);
    free(report->summary);
    *report = (struct study_report){0};
}

struct report_figure *report_add_figure(struct study_report *report, const char *id,
                                        const char *title) {
    struct report_figure *figure =
        extend(report, &report->figures, &report->figure_count, sizeof *figure);
    if (!figure) return NULL;
    snprintf(figure->id, sizeof figure->id, "%s", id);
    snprintf(figure->title, sizeof figure->title, "%s", title);
    figure->x.scale = figure->y.scale = "linear";
    return figure;
}

struct report_curve *report_add_curve(struct study_report *report, struct report_figure *figure,
                                      const char *label) {
    if (figure && figure->count == REPORT_MOST_CURVES) {
        figure->left_out++;
        return NULL;
    }
    struct report_curve *curve =
        figure ? extend(report, &figure->curves, &figure->count, sizeof *curve) : NULL;
    if (curve) snprintf(curve->label, sizeof curve->label, "%s", label);
    return curve;
}

void report_add_estimate(struct study_report *report, struct report_curve *curve, double x,
                         double y, double standard_error, const char *text) {
    struct report_point *point =
        curve ? extend(report, &curve->points, &curve->count, sizeof *point) : NULL;
    if (!point) return;
    point->x = x;
    point->y = y;
    point->error = standard_error;
    snprintf(point->text, sizeof point->text, "%s", text ? text : "");
}

void report_add_point(struct study_report *report, struct report_curve *curve, double x, double y,
                      const char *text) {
    report_add_estimate(report, curve, x, y, 0, text);
}

void report_add_mark(struct report_figure *figure, double x, const char *format, ...) {
    va_list arguments;
    if (!figure || figure->mark_count == REPORT_MOST_MARKS) return;
    struct report_mark *mark = &figure->marks[figure->mark_count++];
    mark->x = x;
    va_start(arguments, format);
    vsnprintf(mark->label, sizeof mark->label, format, arguments);
    va_end(arguments);
}

void report_set_scales(struct report_figure *figure, const char *x_label, const char *x_unit,
                       const char *x_scale, const char *y_label, const char *y_unit,
                       const char *y_scale) {
    if (!figure) return;
    snprintf(figure->x.label, sizeof figure->x.label, "%s", x_label);
    snprintf(figure->x.unit, sizeof figure->x.unit, "%s", x_unit);
    snprintf(figure->y.label, sizeof figure->y.label, "%s", y_label);
    snprintf(figure->y.unit, sizeof figure->y.unit, "%s", y_unit);
    figure->x.scale = x_scale;
    figure->y.scale = y_scale;
}

struct report_table *report_add_table(struct study_report *report, const char *id,
                                      const char *title) {
    struct report_table *table =
        extend(report, &report->tables, &report->table_count, sizeof *table);
    if (!table) return NULL;
    snprintf(table->id, sizeof table->id, "%s", id);
    snprintf(table->title, sizeof table->title, "%s", title);
    return table;
}

void report_add_column(struct study_report *report, struct report_table *table, const char *name,
                       const char *unit) {
    struct report_column *column =
        table ? extend(report, &table->columns, &table->column_count, sizeof *column) : NULL;
    if (!column) return;
    snprintf(column->name, sizeof column->name, "%s", name);
    snprintf(column->unit, sizeof column->unit, "%s", unit);
}

static struct report_cell *add_cell(struct study_report *report, struct report_table *table) {
    return table ? extend(report, &table->cells, &table->cell_count, sizeof *table->cells) : NULL;
}

void report_add_number(struct study_report *report, struct report_table *table, double value,
                       bool whole) {
    struct report_cell *cell = add_cell(report, table);
    if (!cell) return;
    cell->number = value;
    cell->whole = whole;
}

void report_add_text(struct study_report *report, struct report_table *table, const char *text) {
    struct report_cell *cell = add_cell(report, table);
    // "" would be a number.
    if (cell) snprintf(cell->text, sizeof cell->text, "%s", text[0] ? text : REPORT_MISSING);
}

void report_say(struct study_report *report, const char *format, ...) {
    if (report->summary_count == REPORT_MOST_SENTENCES) return;
    char *sentence =
        extend(report, &report->summary, &report->summary_count, REPORT_SENTENCE_BYTES);
    va_list arguments;
    if (!sentence) return;
    va_start(arguments, format);
    vsnprintf(sentence, REPORT_SENTENCE_BYTES, format, arguments);
    va_end(arguments);
}
