// SPDX-License-Identifier: Apache-2.0
// The summary for people: sentences, and each curve in one line.
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "figures.h"
#include "output.h"

enum { MOST_CURVES = 24, MOST_CELLS = 48 };

static double scaled(double y, bool logarithm, double least) {
    return logarithm ? log(y > least ? y : least) : y;
}

// Each point as a block of one of eight heights; 0 stands on the floor of a logarithmic scale.
static void sparkline(const struct report_curve *curve, bool logarithm, double low, double high,
                      FILE *out) {
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    unsigned cells = curve->count < MOST_CELLS ? curve->count : MOST_CELLS;
    for (unsigned i = 0; i < cells; i++) {
        const struct report_point *point = &curve->points[(uint64_t)i * curve->count / cells];
        double span = scaled(high, logarithm, low) - scaled(low, logarithm, low);
        double part =
            span > 0 ? (scaled(point->y, logarithm, low) - scaled(low, logarithm, low)) / span : 0;
        int level = (int)(part * 7.999);
        fputs(blocks[level < 0 ? 0 : level > 7 ? 7 : level], out);
    }
}

static void bounds(const struct report_figure *figure, bool logarithm, double *low, double *high) {
    *low = INFINITY;
    *high = 0;
    for (unsigned c = 0; c < figure->count; c++)
        for (unsigned p = 0; p < figure->curves[c].count; p++) {
            double y = figure->curves[c].points[p].y;
            if (y < *low && (!logarithm || y > 0)) *low = y;
            if (y > *high) *high = y;
        }
}

// Whole numbers in full: a size of 2097152, not of 2.09715e+06.
static int digits(double x) {
    return x == floor(x) && fabs(x) < 1e15 ? 15 : 6;
}

static void print_point(const struct report_point *point, FILE *out) {
    fprintf(out, "%.4g", point->y);
    if (point->error > 0) fprintf(out, " ± %.2g", point->error);
    fprintf(out, " at %.*g", digits(point->x), point->x);
}

static const char *who(const char *known_to) {
    return strcmp(known_to, "kernel") ? "  (only a simulator can know)" : "  (a kernel can know)";
}

static void print_figure(const struct report_figure *figure, bool terminal, FILE *out) {
    bool logarithm = strcmp(figure->y.scale, "linear") != 0;
    double low, high;
    int width = 0;
    bounds(figure, logarithm, &low, &high);
    unsigned shown = figure->count < MOST_CURVES ? figure->count : MOST_CURVES;
    for (unsigned c = 0; c < shown; c++)
        if ((int)strlen(figure->curves[c].label) > width)
            width = (int)strlen(figure->curves[c].label);
    fprintf(out, "\n%s (%s%s%s) against %s%s%s\n", figure->title, figure->y.label,
            figure->y.unit[0] ? ", " : "", figure->y.unit, figure->x.label,
            figure->x.unit[0] ? ", " : "", figure->x.unit);
    for (unsigned c = 0; c < shown; c++) {
        const struct report_curve *curve = &figure->curves[c];
        if (curve->count == 0) continue;
        const struct report_point *first = &curve->points[0],
                                  *last = curve->points + curve->count - 1;
        fprintf(out, "  %-*s  ", width, curve->label);
        if (terminal) {
            sparkline(curve, logarithm, low, high, out);
            fputs("  ", out);
        }
        print_point(first, out);
        if (curve->count > 1) {
            fputs(", ", out);
            print_point(last, out);
        }
        if (curve->known_to) fputs(who(curve->known_to), out);
        fputc('\n', out);
    }
    if (shown < figure->count) fprintf(out, "  and %u more curves\n", figure->count - shown);
    for (unsigned m = 0; m < figure->mark_count; m++)
        fprintf(out, "  at %.6g: %s\n", figure->marks[m].x, figure->marks[m].label);
}

static void print_small_table(const struct report_table *table, FILE *out) {
    enum { MOST_ROWS = 24, MOST_COLUMNS = 8 };
    unsigned columns = table->column_count;
    if (columns == 0 || columns > MOST_COLUMNS || table->cell_count / columns > MOST_ROWS) return;
    fprintf(out, "\n%s\n", table->title);
    for (unsigned c = 0; c < columns; c++)
        fprintf(out, c ? "  %18.18s" : "  %-18.18s", table->columns[c].name);
    for (unsigned i = 0; i < table->cell_count; i++) {
        const struct report_cell *cell = &table->cells[i];
        if (i % columns == 0) fputc('\n', out);
        if (cell->text[0])
            fprintf(out, i % columns ? "  %18.18s" : "  %-18.18s", cell->text);
        else if (cell->whole)
            fprintf(out, i % columns ? "  %18.0f" : "  %-18.0f", cell->number);
        else
            fprintf(out, i % columns ? "  %18.6g" : "  %-18.6g", cell->number);
    }
    fputc('\n', out);
}

static void print_verdict(const struct study_outcome *outcome, FILE *out) {
    const struct study_verdict *verdict = outcome->verdict;
    fprintf(out, "\nVerified with the RTL (seed %" PRIu64 ")\n", verdict->seed);
    for (unsigned i = 0; i < verdict->check_count; i++) {
        const struct study_check *check = &verdict->checks[i];
        char label[REPORT_LABEL_BYTES];
        study_row_label(outcome->work, &outcome->work->rows[check->row], -1, label, sizeof label);
        fprintf(out, "  %-10s %s: %s %" PRIu64 " by the study, %" PRIu64 " by the RTL%s\n",
                check->agree ? "agree" : "DISAGREE", label, check->what, check->study, check->rtl,
                check->lockstep ? "" : "; RTL and model disagreed");
    }
}

void study_print(const struct study_outcome *outcome, bool terminal, FILE *out) {
    const struct study_work *work = outcome->work;
    const struct study_report *report = outcome->report;
    fprintf(out, "%s\n\n", work->plan->title);
    for (unsigned i = 0; i < report->summary_count; i++)
        fprintf(out, "  * %s\n", report->summary[i]);
    for (unsigned f = 0; f < report->figure_count; f++)
        print_figure(&report->figures[f], terminal, out);
    for (unsigned t = 0; t < report->table_count; t++) print_small_table(&report->tables[t], out);
    if (outcome->verdict) print_verdict(outcome, out);
    fprintf(out, "\n%u points", work->row_count);
    if (work->skipped)
        fprintf(out, "; %u combinations are not legal and were passed over (the first: %s)",
                work->skipped, work->skipped_text);
    fprintf(out, "\nRepeat: %s\n", outcome->command);
}
