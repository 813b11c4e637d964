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
        if ((int)a == except || axis->count == 1) continue;
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

static const char *known_to(const struct study_work *work, const struct study_row *row) {
    if (row->query[ASK_FRAMES] == QUERY_NONE) return NULL;
    (void)work;
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

// The points of one curve: x runs, everything else stands as in `first`.
static void add_points(const struct study_work *work, const struct study_metric *metric,
                       unsigned axis, const struct study_row *first, struct study_report *report,
                       struct report_curve *curve) {
    unsigned value[STUDY_MOST_AXES];
    memcpy(value, first->point.value, sizeof value);
    for (value[axis] = 0; value[axis] < work->plan->axes[axis].count; value[axis]++) {
        const struct study_row *row = study_find_row(work, first->point.trace, value);
        if (row && metric->has(row))
            report_add_point(report, curve, (double)work->plan->axes[axis].values[value[axis]],
                             metric->value(work, row), NULL);
    }
}

bool study_begins_curve(const struct study_work *work, const struct study_row *row, int axis) {
    unsigned value[STUDY_MOST_AXES];
    memcpy(value, row->point.value, sizeof value);
    for (value[axis] = 0; value[axis] < row->point.value[axis]; value[axis]++)
        if (study_find_row(work, row->point.trace, value)) return false;
    return true;
}

struct report_figure *study_add_figure(const struct study_work *work,
                                       const struct study_metric *metric,
                                       struct study_report *report) {
    int axis = study_x_axis(work->plan);
    struct report_figure *figure = NULL;
    if (axis < 0) return NULL;
    const struct study_axis *x = &work->plan->axes[axis];
    for (unsigned r = 0; r < work->row_count; r++) {
        const struct study_row *row = &work->rows[r];
        char label[REPORT_LABEL_BYTES];
        if (!metric->has(row) || !study_begins_curve(work, row, axis)) continue;
        if (!figure) {
            figure = report_add_figure(report, metric->id, metric->title);
            study_set_scales(figure, x, metric->label, metric->unit, metric->scale);
        }
        study_row_label(work, row, axis, label, sizeof label);
        struct report_curve *curve = report_add_curve(report, figure, label);
        if (curve) curve->known_to = known_to(work, row);
        add_points(work, metric, (unsigned)axis, row, report, curve);
    }
    return figure;
}

// --- the table of points -----------------------------------------------------------------

// What some row has; counts that are 0 in every row are left out.
struct shown {
    bool metric[32], value[STUDY_ASKS][STUDY_VALUES];
};

static const char *const ask_names[STUDY_ASKS] = {"data", "fetch",       "frames",
                                                  "run",  "working_set", "pages"};

static struct shown what_is_shown(const struct study_work *work) {
    struct shown shown = {0};
    for (unsigned r = 0; r < work->row_count; r++) {
        for (unsigned m = 0; m < study_metric_count; m++)
            shown.metric[m] |= study_metrics[m].has(&work->rows[r]);
        for (unsigned i = 0; i < STUDY_ASKS; i++)
            for (unsigned v = 0; v < STUDY_VALUES; v++)
                shown.value[i][v] |= study_row_value(work, &work->rows[r], (enum study_ask)i,
                                                     (enum study_value)v) != 0;
    }
    return shown;
}

static void add_columns(const struct study_work *work, const struct shown *shown,
                        struct study_report *report, struct report_table *table) {
    report_add_column(report, table, "trace", "");
    for (unsigned a = 0; a < work->plan->axis_count; a++)
        report_add_column(report, table, work->plan->axes[a].keys[0]->path, "");
    for (unsigned m = 0; m < study_metric_count; m++)
        if (shown->metric[m])
            report_add_column(report, table, study_metrics[m].id, study_metrics[m].unit);
    for (unsigned i = 0; i < STUDY_ASKS; i++)
        for (unsigned v = 0; v < STUDY_VALUES; v++) {
            char name[64];
            if (!shown->value[i][v]) continue;
            snprintf(name, sizeof name, "%s.%s", ask_names[i],
                     study_value_name((enum study_value)v));
            report_add_column(report, table, name, "");
        }
}

// What nobody counted is no 0: the passes that give LRU's and OPT's faults of all sizes at once do
// not see what is written back, and without scans there is no time of scans.
static bool is_counted(const struct study_row *row, enum study_ask ask, enum study_value value) {
    uint64_t policy = row->point.config.run.policy;
    if (row->query[ask] == QUERY_NONE) return false;
    if (ask != ASK_FRAMES) return true;
    if (value == VALUE_WRITES) return policy != POLICY_LRU && policy != POLICY_OPT;
    if (value == VALUE_ACCESS_CYCLES || value == VALUE_HIDDEN)
        return policy_find((unsigned)policy)->knows == POLICY_KNOWS_BITS;
    return true;
}

static void add_count(const struct study_work *work, const struct study_row *row,
                      enum study_ask ask, enum study_value value, struct study_report *report,
                      struct report_table *table) {
    if (is_counted(row, ask, value))
        report_add_number(report, table, (double)study_row_value(work, row, ask, value), true);
    else
        report_add_text(report, table, REPORT_MISSING);
}

static void add_row(const struct study_work *work, const struct shown *shown,
                    const struct study_row *row, struct study_report *report,
                    struct report_table *table) {
    char text[64];
    report_add_text(report, table,
                    work->plan->mix ? "mix" : study_trace_name(work->plan, row->point.trace, text));
    for (unsigned a = 0; a < work->plan->axis_count; a++) {
        const struct config_key *key = work->plan->axes[a].keys[0];
        uint64_t value = study_key_value(&row->point.config, key);
        study_key_print(key, value, text);
        if (key->kind == CONFIG_CHOICE)
            report_add_text(report, table, text);
        else
            report_add_number(report, table, (double)value, true);
    }
    for (unsigned m = 0; m < study_metric_count; m++) {
        if (!shown->metric[m]) continue;
        if (study_metrics[m].has(row))
            report_add_number(report, table, study_metrics[m].value(work, row), false);
        else
            report_add_text(report, table, REPORT_MISSING);
    }
    for (unsigned i = 0; i < STUDY_ASKS; i++)
        for (unsigned v = 0; v < STUDY_VALUES; v++)
            if (shown->value[i][v])
                add_count(work, row, (enum study_ask)i, (enum study_value)v, report, table);
}

enum sim_status study_report_make(const struct study_work *work, struct study_report *report,
                                  struct sim_error *error) {
    *report = (struct study_report){0};
    struct report_table *table = report_add_table(report, "points", "All points");
    const struct shown shown = what_is_shown(work);
    add_columns(work, &shown, report, table);
    for (unsigned r = 0; r < work->row_count; r++)
        add_row(work, &shown, &work->rows[r], report, table);
    for (unsigned m = 0; m < study_metric_count; m++)
        study_add_figure(work, &study_metrics[m], report);
    study_add_special(work, report);
    study_add_summary(work, report);
    study_say_causes(work, report);
    return report->exhausted ? sim_fail(error, SIM_ERROR_MEMORY, "out of memory") : SIM_OK;
}
