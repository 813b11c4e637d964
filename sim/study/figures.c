// SPDX-License-Identifier: Apache-2.0
#include "figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int study_x_axis(const struct study_plan *plan) {
    int best = -1;
    for (unsigned a = 0; plan->x_key && a < plan->axis_count; a++)
        if (!strcmp(plan->axes[a].keys[0]->path, plan->x_key) && plan->axes[a].count > 1)
            return (int)a;
    for (unsigned a = 0; a < plan->axis_count; a++) {
        const struct study_axis *axis = &plan->axes[a];
        // A seed is a number, but no quantity.
        bool numbers = axis->keys[0]->kind == CONFIG_NUMBER && axis->count > 1 &&
                       strcmp(axis->keys[0]->path, "seed");
        for (unsigned i = 0; i < axis->count; i++)
            if (axis->values[i] == STUDY_FULL) numbers = false;
        if (numbers && (best < 0 || axis->count > plan->axes[best].count)) best = (int)a;
    }
    return best;
}

// Rows stand in the order of their combinations.
static int compare_rows(const struct study_work *work, const struct study_row *row, unsigned trace,
                        const unsigned *value) {
    if (row->point.trace != trace) return row->point.trace < trace ? -1 : 1;
    for (unsigned a = 0; a < work->plan->axis_count; a++)
        if (row->point.value[a] != value[a]) return row->point.value[a] < value[a] ? -1 : 1;
    return 0;
}

const struct study_row *study_find_row(const struct study_work *work, unsigned trace,
                                       const unsigned value[STUDY_MOST_AXES]) {
    unsigned low = 0, high = work->row_count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        int order = compare_rows(work, &work->rows[middle], trace, value);
        if (order == 0) return &work->rows[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool ends(const char *path, const char *with) {
    size_t length = strlen(path), part = strlen(with);
    return length >= part && !strcmp(path + length - part, with);
}

// "memory.data.least" and "memory.data.most", set together.
static bool is_range(const struct study_axis *axis) {
    return axis->key_count == 2 && ends(axis->keys[0]->path, ".least") &&
           ends(axis->keys[1]->path, ".most");
}

// "tlb.data.entries" -> "entries"; the whole path where two axes would read the same; ranges by
// what they are ranges of ("memory.data.least" and ".most" -> "memory.data").
static void short_name(const struct study_plan *plan, unsigned axis, char out[96]) {
    const char *path = plan->axes[axis].keys[0]->path;
    const char *dot = strrchr(path, '.');
    bool shared = !dot;
    for (unsigned a = 0; a < plan->axis_count; a++) {
        const char *other = strrchr(plan->axes[a].keys[0]->path, '.');
        if (a != axis && dot && other && !strcmp(dot, other)) shared = true;
    }
    if (is_range(&plan->axes[axis]))
        snprintf(out, 96, "%.*s", (int)(dot - path), path);
    else
        snprintf(out, 96, "%s", shared ? path : dot + 1);
}

// All keys that the axis sets.
static void axis_name(const struct study_axis *axis, char out[64]) {
    size_t used = 0;
    if (is_range(axis)) {
        snprintf(out, 64, "%.*s", (int)(strlen(axis->keys[0]->path) - strlen(".least")),
                 axis->keys[0]->path);
        return;
    }
    for (unsigned k = 0; k < axis->key_count && used < 64; k++)
        used += (size_t)snprintf(out + used, 64 - used, "%s%s", k ? ", " : "", axis->keys[k]->path);
}

static const char *axis_unit(const struct study_axis *axis) {
    static const struct {
        const char *end, *unit;
    } units[] = {{"_bytes", "bytes"},   {".quantum", "references"},      {".window", "references"},
                 {".frames", "frames"}, {"scan_interval", "references"}, {".least", "cycles"},
                 {".most", "cycles"},   {"wsclock_window", "references"}};
    for (unsigned i = 0; i < sizeof units / sizeof units[0]; i++)
        if (ends(axis->keys[0]->path, units[i].end)) return units[i].unit;
    return strncmp(axis->keys[0]->path, "cost.", 5) ? "" : "cycles";
}

void study_row_label(const struct study_work *work, const struct study_row *row, int except,
                     char *out, size_t capacity) {
    study_row_label_without(work, row, except < 0 ? 0 : 1u << except, out, capacity);
}

void study_row_label_without(const struct study_work *work, const struct study_row *row,
                             unsigned without, char *out, size_t capacity) {
    const struct study_plan *plan = work->plan;
    char name[64], text[24];
    size_t used = 0;
    out[0] = '\0';
    if (plan->mix)
        used = (size_t)snprintf(out, capacity, "mix of %u programs", plan->trace_count);
    else
        used =
            (size_t)snprintf(out, capacity, "%s", study_trace_name(plan, row->point.trace, name));
    for (unsigned a = 0; a < plan->axis_count && used < capacity; a++) {
        const struct study_axis *axis = &plan->axes[a];
        if (without >> a & 1 || axis->count == 1) continue;
        uint64_t value = axis->values[row->point.value[a]];
        study_key_print(axis->keys[0], value, text);
        bool says_all = axis->keys[0]->kind == CONFIG_CHOICE && strcmp(text, "no") &&
                        strcmp(text, "yes") && strcmp(text, "none");
        char shown[96];
        short_name(plan, a, shown);
        used += (size_t)snprintf(out + used, capacity - used, ", %s%s%s", says_all ? "" : shown,
                                 says_all ? "" : " ", text);
    }
}

static const char *known_to(const struct study_row *row) {
    if (row->query[ASK_FRAMES] == QUERY_NONE) return NULL;
    return policy_is_kernels(policy_find((unsigned)row->point.config.run.policy)) ? "kernel"
                                                                                  : "simulator";
}

static const char *x_scale(const struct study_axis *axis) {
    uint64_t least = UINT64_MAX, most = 0;
    for (unsigned i = 0; i < axis->count; i++) {
        if (axis->values[i] < least) least = axis->values[i];
        if (axis->values[i] > most) most = axis->values[i];
    }
    return least > 0 && most / least >= 8 ? "log2" : "linear";
}

void study_set_scales(struct report_figure *figure, const struct study_axis *x, const char *label,
                      const char *unit, const char *scale) {
    char name[64];
    axis_name(x, name);
    report_set_scales(figure, name, axis_unit(x), x_scale(x), label, unit, scale);
}

bool study_begins_curve(const struct study_work *work, const struct study_row *row, int axis) {
    unsigned value[STUDY_MOST_AXES];
    memcpy(value, row->point.value, sizeof value);
    for (value[axis] = 0; value[axis] < row->point.value[axis]; value[axis]++)
        if (study_find_row(work, row->point.trace, value)) return false;
    return true;
}

// --- a metric's curves -------------------------------------------------------------------

// What one metric's figures are made of.
struct drawing {
    const struct study_work *work;
    const struct study_metric *metric;
    unsigned x;                       // axis
    unsigned idle;                    // bits: axes on which the metric does not depend, but for x
    const struct study_row **curves;  // a row of each
    unsigned count;
};

// Advance the values of the idle axes to their next combination. Returns false after the last.
static bool next_idle(const struct drawing *drawing, unsigned value[STUDY_MOST_AXES]) {
    const struct study_plan *plan = drawing->work->plan;
    for (unsigned a = plan->axis_count; a-- > 0;) {
        if (!(drawing->idle >> a & 1)) continue;
        if (++value[a] < plan->axes[a].count) return true;
        value[a] = 0;
    }
    return false;
}

// Returns the curve's row at the x axis' value `at`, whatever the idle axes are: not all of their
// combinations are legal. NULL: there is none.
static const struct study_row *row_at(const struct drawing *drawing, const struct study_row *curve,
                                      unsigned at) {
    unsigned value[STUDY_MOST_AXES];
    memcpy(value, curve->point.value, sizeof value);
    value[drawing->x] = at;
    for (unsigned a = 0; a < drawing->work->plan->axis_count; a++)
        if (drawing->idle >> a & 1) value[a] = 0;
    do {
        const struct study_row *row = study_find_row(drawing->work, curve->point.trace, value);
        if (row && drawing->metric->has(row)) return row;
    } while (next_idle(drawing, value));
    return NULL;
}

// Returns whether both curves are the same answers to the same questions at every x.
static bool same_curve(const struct drawing *drawing, const struct study_row *one,
                       const struct study_row *other) {
    const struct study_metric *metric = drawing->metric;
    for (unsigned i = 0; i < drawing->work->plan->axes[drawing->x].count; i++) {
        const struct study_row *a = row_at(drawing, one, i), *b = row_at(drawing, other, i);
        if (!a != !b) return false;
        if (a && (a->query[metric->ask(a)] != b->query[metric->ask(b)] ||
                  metric->value(drawing->work, a) != metric->value(drawing->work, b)))
            return false;
    }
    return true;
}

static bool drawn_before(const struct drawing *drawing, const struct study_row *row) {
    unsigned first = drawing->count > REPORT_MOST_CURVES ? drawing->count - REPORT_MOST_CURVES : 0;
    for (unsigned c = first; c < drawing->count; c++)
        if (drawing->curves[c]->point.trace == row->point.trace &&
            same_curve(drawing, drawing->curves[c], row))
            return true;
    return false;
}

// Returns whether the row is the first of its curve.
static bool is_first(const struct drawing *drawing, const struct study_row *row) {
    for (unsigned i = 0; i < drawing->work->plan->axes[drawing->x].count; i++) {
        const struct study_row *at = row_at(drawing, row, i);
        if (at) return at == row;
    }
    return false;
}

static bool find_curves(struct drawing *drawing) {
    const struct study_work *work = drawing->work;
    for (unsigned a = 0; a < work->plan->axis_count; a++)
        if (a != drawing->x && !study_metric_depends(work, drawing->metric, a))
            drawing->idle |= 1u << a;
    drawing->curves = calloc(work->row_count, sizeof(struct study_row *));
    if (!drawing->curves) return false;
    for (unsigned r = 0; r < work->row_count; r++) {
        const struct study_row *row = &work->rows[r];
        if (drawing->metric->has(row) && is_first(drawing, row) && !drawn_before(drawing, row))
            drawing->curves[drawing->count++] = row;
    }
    return true;
}

// Returns whether no more frames could spare the row a fault: only first references do.
static bool at_floor(const struct study_work *work, const struct study_row *row) {
    return row->query[ASK_FRAMES] != QUERY_NONE && !study_row_sampled(work, row) &&
           study_row_value(work, row, ASK_FRAMES, VALUE_FAULTS) ==
               study_row_value(work, row, ASK_FRAMES, VALUE_DISTINCT);
}

static void add_points(const struct drawing *drawing, const struct study_row *first,
                       struct study_report *report, struct report_curve *curve) {
    const struct study_work *work = drawing->work;
    const struct study_axis *x = &work->plan->axes[drawing->x];
    for (unsigned i = 0; i < x->count; i++) {
        const struct study_row *row = row_at(drawing, first, i);
        char text[96] = "";
        if (!row) continue;
        double error = drawing->metric->error ? drawing->metric->error(work, row) : 0;
        if (drawing->metric->error && study_row_sampled(work, row))
            snprintf(text, sizeof text, "sample of %.0f pages, standard error %.2g",
                     (double)study_row_value(work, row, ASK_FRAMES, VALUE_SAMPLED), error);
        report_add_estimate(report, curve, (double)x->values[i], drawing->metric->value(work, row),
                            error, text);
        if (curve) curve->at_floor = drawing->metric->error && at_floor(work, row);
    }
}

void study_say_sampled(const struct study_work *work, const struct study_row *row, char *out,
                       size_t capacity) {
    size_t used = strlen(out);
    if (study_row_sampled(work, row) && !study_plan_sweeps(work->plan, "study.sample"))
        snprintf(out + used, capacity - used, ", 1 page in %.0f sampled",
                 (double)row->point.config.sample);
}

static void add_curve(const struct drawing *drawing, const struct study_row *row,
                      struct report_figure *figure, struct study_report *report) {
    char label[REPORT_LABEL_BYTES];
    study_row_label_without(drawing->work, row, drawing->idle | 1u << drawing->x, label,
                            sizeof label);
    if (drawing->metric->error) study_say_sampled(drawing->work, row, label, sizeof label);
    struct report_curve *curve = report_add_curve(report, figure, label);
    if (curve) curve->known_to = known_to(row);
    add_points(drawing, row, report, curve);
}

struct report_figure *study_figure_of(const struct study_work *work, const char *id,
                                      const char *title, unsigned trace, bool split,
                                      struct study_report *report) {
    char own_id[64], own_title[REPORT_LABEL_BYTES], name[64];
    if (!split) return report_add_figure(report, id, title);
    snprintf(own_id, sizeof own_id, trace ? "%s-%u" : "%s", id, trace + 1);
    snprintf(own_title, sizeof own_title, "%s: %s", title,
             study_trace_name(work->plan, trace, name));
    return report_add_figure(report, own_id, own_title);
}

// Many curves of several programs: a figure for each program.
static void draw_figures(const struct drawing *drawing, struct study_report *report) {
    const struct study_work *work = drawing->work;
    const struct study_metric *metric = drawing->metric;
    bool split = study_splits(work, drawing->count);
    struct report_figure *figure = NULL;
    for (unsigned c = 0; c < drawing->count; c++) {
        unsigned trace = drawing->curves[c]->point.trace;
        if (!c || (split && trace != drawing->curves[c - 1]->point.trace)) {
            figure = study_figure_of(work, metric->id, metric->title, trace, split, report);
            study_set_scales(figure, &work->plan->axes[drawing->x], metric->label, metric->unit,
                             metric->scale);
        }
        add_curve(drawing, drawing->curves[c], figure, report);
    }
}

bool study_splits(const struct study_work *work, unsigned curves) {
    enum { COLOURS = 8 };  // that a page has
    return !work->plan->mix && work->plan->trace_count > 1 && curves > COLOURS;
}

void study_add_figures(const struct study_work *work, const struct study_metric *metric,
                       struct study_report *report) {
    int axis = study_x_axis(work->plan);
    if (axis < 0 || !metric->scale || !study_metric_varies(work, metric)) return;
    struct drawing drawing = {.work = work, .metric = metric, .x = (unsigned)axis};
    if (find_curves(&drawing))
        draw_figures(&drawing, report);
    else
        report->exhausted = true;
    free(drawing.curves);
}
