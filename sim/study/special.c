// SPDX-License-Identifier: Apache-2.0
#include "special.h"

#include <stdio.h>
#include <string.h>

#include "mmu/engine.h"

struct report_figure *study_find_figure(struct study_report *report, const char *id) {
    for (unsigned f = 0; f < report->figure_count; f++)
        if (!strcmp(report->figures[f].id, id)) return &report->figures[f];
    return NULL;
}

struct report_figure *study_find_figure_of(struct study_report *report, const char *id,
                                           unsigned trace) {
    char own[64];
    snprintf(own, sizeof own, "%s-%u", id, trace + 1);
    struct report_figure *figure = trace ? study_find_figure(report, own) : NULL;
    return figure ? figure : study_find_figure(report, id);
}

int study_axis_of(const struct study_plan *plan, const char *path) {
    for (unsigned a = 0; a < plan->axis_count; a++)
        for (unsigned k = 0; k < plan->axes[a].key_count; k++)
            if (!strcmp(plan->axes[a].keys[k]->path, path)) return (int)a;
    return -1;
}

int study_value_of(const struct study_axis *axis, uint64_t value) {
    for (unsigned i = 0; i < axis->count; i++)
        if (axis->values[i] == value) return (int)i;
    return -1;
}

const struct study_row *study_sibling(const struct study_work *work, const struct study_row *row,
                                      int axis, int index) {
    unsigned value[STUDY_MOST_AXES];
    if (axis < 0 || index < 0) return NULL;
    memcpy(value, row->point.value, sizeof value);
    value[axis] = (unsigned)index;
    return study_find_row(work, row->point.trace, value);
}

// --- misses by cause ---------------------------------------------------------------------

enum cause { COMPULSORY, CAPACITY, CONFLICT, CAUSES };

static const char *const causes[] = {"compulsory", "capacity", "conflict"};

static enum study_ask classes_of(const struct study_row *row) {
    return row->query[ASK_DATA] != QUERY_NONE ? ASK_DATA : ASK_FETCH;
}

static bool asks_causes(const struct study_work *work, const struct study_row *row) {
    return (work->plan->measures & STUDY_CLASSES) && row->query[classes_of(row)] != QUERY_NONE;
}

static bool tells_causes(const struct study_work *work, const struct study_row *row) {
    return asks_causes(work, row) &&
           study_query_tells_causes(&work->queries[row->query[classes_of(row)]]);
}

static double by_cause(const struct study_work *work, const struct study_row *row,
                       enum cause cause) {
    static const enum study_value values[] = {VALUE_DISTINCT, VALUE_CAPACITY, VALUE_CONFLICT};
    uint64_t all = study_row_value(work, row, classes_of(row), VALUE_REFERENCES);
    uint64_t part = study_row_value(work, row, classes_of(row), values[cause]);
    return all ? (double)part / (double)all : 0;
}

static void add_cause(const struct study_work *work, const struct study_row *first, int axis,
                      enum cause cause, struct report_figure *figure, struct study_report *report) {
    char label[REPORT_LABEL_BYTES], full[REPORT_LABEL_BYTES + 16];
    study_row_label(work, first, axis, label, sizeof label);
    snprintf(full, sizeof full, "%s: %s", label, causes[cause]);
    struct report_curve *curve = report_add_curve(report, figure, full);
    for (unsigned i = 0; i < work->plan->axes[axis].count; i++) {
        const struct study_row *row = study_sibling(work, first, axis, (int)i);
        if (row && tells_causes(work, row))
            report_add_point(report, curve, (double)work->plan->axes[axis].values[i],
                             by_cause(work, row, cause), NULL);
    }
}

// Compulsory misses are a program's, whatever its TLB: one curve for all that have the same.
static bool same_compulsory(const struct study_work *work, const struct study_row *a,
                            const struct study_row *b, int axis) {
    for (int i = 0; i < (int)work->plan->axes[axis].count; i++) {
        const struct study_row *one = study_sibling(work, a, axis, i);
        const struct study_row *other = study_sibling(work, b, axis, i);
        if (other && !tells_causes(work, other)) continue;
        if (other && (!one || !tells_causes(work, one) ||
                      by_cause(work, one, COMPULSORY) != by_cause(work, other, COMPULSORY)))
            return false;
    }
    return true;
}

// A picture for each program: three curves for each TLB are many.
static struct report_figure *causes_of(const struct study_work *work, const struct study_row *row,
                                       int axis, struct study_report *report) {
    char id[32] = "causes", title[96], name[64];
    if (row->point.trace) snprintf(id, sizeof id, "causes-%u", row->point.trace + 1);
    snprintf(title, sizeof title, "Misses by cause, each reference by itself: %s",
             study_program_name(work->plan, row->point.trace, name));
    struct report_figure *figure = report_add_figure(report, id, title);
    study_set_scales(figure, &work->plan->axes[axis], "misses", "per reference", "linear");
    return figure;
}

// In words, where the curve stands in the middle of its range.
static void say_causes(const struct study_work *work, const struct study_row *first, int axis,
                       struct study_report *report) {
    const struct study_axis *x = &work->plan->axes[axis];
    const struct study_row *row = study_sibling(work, first, axis, (int)x->count / 2);
    char label[REPORT_LABEL_BYTES];
    if (!row || !tells_causes(work, row)) row = first;
    double misses = 0, part[CAUSES];
    for (unsigned c = 0; c < CAUSES; c++) misses += part[c] = by_cause(work, row, (enum cause)c);
    if (misses <= 0) return;
    study_row_label(work, row, -1, label, sizeof label);
    report_say(report,
               "%s: of the misses %.0f %% are compulsory, %.0f %% capacity, %.0f %% "
               "conflict misses.",
               label, 100 * part[COMPULSORY] / misses, 100 * part[CAPACITY] / misses,
               100 * part[CONFLICT] / misses);
}

// Returns whether the row is the first of its curve that tells causes.
static bool begins_causes(const struct study_work *work, const struct study_row *row, int axis) {
    if (axis < 0 || !tells_causes(work, row)) return false;
    for (unsigned i = 0; i < row->point.value[axis]; i++) {
        const struct study_row *before = study_sibling(work, row, axis, (int)i);
        if (before && tells_causes(work, before)) return false;
    }
    return true;
}

static void say_untold_causes(const struct study_work *work, struct study_report *report) {
    const struct study_row *first = NULL;
    unsigned count = 0;
    char label[REPORT_LABEL_BYTES];
    for (unsigned r = 0; r < work->row_count; r++) {
        if (!asks_causes(work, &work->rows[r]) || tells_causes(work, &work->rows[r])) continue;
        if (count++ == 0) first = &work->rows[r];
    }
    if (!first) return;
    study_row_label(work, first, -1, label, sizeof label);
    report_say(report,
               "Misses by cause are not told of %u of %u points (the first: %s): processes share "
               "ASIDs there, and a miss that a fence makes has none of the three causes.",
               count, work->row_count, label);
}

static void add_classes(const struct study_work *work, struct study_report *report) {
    int axis = study_x_axis(work->plan);
    struct report_figure *figure = NULL;
    const struct study_row *before = NULL;  // the figure's first
    for (unsigned r = 0; r < work->row_count; r++) {
        const struct study_row *row = &work->rows[r];
        if (!begins_causes(work, row, axis)) continue;
        if (!before || before->point.trace != row->point.trace) {
            figure = causes_of(work, row, axis, report);
            before = row;
        }
        for (unsigned c = 0; c < CAUSES; c++)
            if (c != COMPULSORY || row == before || !same_compulsory(work, before, row, axis))
                add_cause(work, row, axis, (enum cause)c, figure, report);
    }
}

void study_say_causes(const struct study_work *work, struct study_report *report) {
    int axis = study_x_axis(work->plan);
    for (unsigned r = 0; r < work->row_count; r++)
        if (begins_causes(work, &work->rows[r], axis))
            say_causes(work, &work->rows[r], axis, report);
    say_untold_causes(work, report);
}

// --- page sizes --------------------------------------------------------------------------

static void say_page_sizes(const struct study_work *work, struct study_report *report) {
    int axis = study_axis_of(work->plan, "study.page_bytes");
    if (axis < 0 || !(work->plan->measures & STUDY_PAGES)) return;
    for (unsigned r = 0; r < work->row_count; r++) {
        const struct study_row *row = &work->rows[r];
        char name[64];
        bool first = r == 0 || work->rows[r - 1].point.trace != row->point.trace ||
                     work->rows[r - 1].point.value[axis] != row->point.value[axis];
        double pages = (double)study_row_value(work, row, ASK_PAGES, VALUE_DISTINCT);
        double used = (double)study_row_value(work, row, ASK_PAGES, VALUE_USED_BYTES);
        double bytes = pages * (double)row->point.config.page_bytes;
        if (!first || bytes <= 0) continue;
        report_say(report,
                   "%s: pages of %.0f KiB take %.0f KiB, of which %.1f %% is never used; %.0f TLB "
                   "entries reach %.0f KiB.",
                   study_program_name(work->plan, row->point.trace, name),
                   (double)row->point.config.page_bytes / 1024, bytes / 1024,
                   100 * (1 - used / bytes), (double)row->point.config.run.data_entries,
                   (double)row->point.config.run.data_entries *
                       (double)row->point.config.page_bytes / 1024);
    }
}

// --- scans of A bits ---------------------------------------------------------------------

static bool any_scans(const struct study_work *work) {
    for (unsigned r = 0; r < work->row_count; r++) {
        const struct study_row *row = &work->rows[r];
        if (row->query[ASK_FRAMES] != QUERY_NONE &&
            policy_find((unsigned)row->point.config.run.policy)->knows == POLICY_KNOWS_BITS)
            return true;
    }
    return false;
}

// What hides references from a scan is not the unit that `cycles` runs.
static void say_simulated_tlb(const struct study_work *work, struct study_report *report) {
    const struct run_config *run = &work->plan->base.run;
    if (!any_scans(work)) return;
    if (study_plan_sweeps(work->plan, "tlb.data.entries") ||
        study_plan_sweeps(work->plan, "tlb.data.ways"))
        report_say(report,
                   "The TLB that hides references from the scans is one for data and fetch, LRU, "
                   "of tlb.data.entries and tlb.data.ways.");
    else
        report_say(report,
                   "The TLB that hides references from the scans is one for data and fetch, LRU, "
                   "of tlb.data.entries = %.0f and tlb.data.ways = %.0f.",
                   (double)run->data_entries, (double)work->rows[0].point.config.run.data_ways);
}

void study_add_special(const struct study_work *work, struct study_report *report) {
    add_classes(work, report);
    say_page_sizes(work, report);
    study_add_frames(work, report);
    say_simulated_tlb(work, report);
    study_compare(work, report);
}
