// SPDX-License-Identifier: Apache-2.0
// Page faults against frames: knees, working sets, Belady's anomaly, the distance to OPT.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "special.h"

enum { MOST_KNEES = 4 };

// --- the knee ----------------------------------------------------------------------------

// Denning's lifetime curve is L(m) = references / faults with m frames; its knee is where a ray
// from the origin touches it highest (Denning and Kahn, "A study of program locality and lifetime
// functions", 1975): where L(m) / m is largest, and so m * faults least. Below it each frame taken
// away costs more than its share: thrashing.
static unsigned knee_of(const struct report_curve *curve) {
    unsigned knee = 0;
    for (unsigned p = 1; p < curve->count; p++)
        if (curve->points[p].x * curve->points[p].y < curve->points[knee].x * curve->points[knee].y)
            knee = p;
    return knee;
}

// Returns the point at half the knee's frames, or the nearest below it.
static unsigned half_of(const struct report_curve *curve, unsigned knee) {
    unsigned half = knee;
    while (half > 0 && curve->points[half].x > curve->points[knee].x / 2) half--;
    return half;
}

// At the edge of what was swept the least value is no knee: beyond it may be less. It is one where
// all faults left are first references, as then more frames can only make the product larger.
static void add_knee(struct report_figure *figure, const struct report_curve *curve,
                     struct study_report *report) {
    unsigned knee = knee_of(curve), half = half_of(curve, knee);
    const struct report_point *at = &curve->points[knee];
    bool above = knee + 1 == curve->count && !curve->at_floor;
    if (at->y <= 0 || (knee == 0 && at->x <= 1)) return;
    if (knee == 0 || above) {
        report_say(report,
                   "%s: the knee of the lifetime curve (where frames x faults is least) lies at "
                   "%.6g frames or %s, outside the sweep.",
                   curve->label, at->x, above ? "beyond" : "below");
        return;
    }
    report_add_mark(figure, at->x, "%s: knee", curve->label);
    report_say(report,
               "%s: thrashing begins below %.6g frames, the knee of the lifetime curve (where "
               "frames x faults is least): %.3g faults per reference there, %.3g times as many "
               "with %.6g.",
               curve->label, at->x, at->y, curve->points[half].y / at->y, curve->points[half].x);
}

static void add_knees(struct report_figure *figure, struct study_report *report) {
    for (unsigned c = 0; c < figure->count; c++)
        if (figure->curves[c].count >= 3) add_knee(figure, &figure->curves[c], report);
}

// --- the working set ---------------------------------------------------------------------

static void add_window(const struct study_work *work, unsigned trace, unsigned window,
                       struct report_curve *faults, struct report_curve *pages,
                       struct study_report *report) {
    const uint64_t *value = work->queries[work->window_query[trace][window]].value;
    double references = (double)value[VALUE_REFERENCES];
    double bytes = (double)(UINT64_C(1) << (STUDY_FIRST_WINDOW_BITS + window));
    char text[96];
    if (references <= 0 || bytes > references) return;
    double mean = (double)value[VALUE_WINDOW_PAGES] / references;
    snprintf(text, sizeof text, "window of %.0f references", bytes);
    if (faults)
        report_add_point(report, faults, mean, (double)value[VALUE_FAULTS] / references, text);
    if (pages) report_add_point(report, pages, bytes, mean, NULL);
}

// Beside the fault curves: what a policy that keeps exactly the working set would have, at its
// average size; and that size against the window.
static void add_working_sets(const struct study_work *work, struct study_report *report) {
    unsigned programs = work->plan->mix ? 1 : work->plan->trace_count;
    if (work->window_query[0][0] == QUERY_NONE) return;
    bool frames = study_find_figure(report, "fault-ratio") &&
                  study_x_axis(work->plan) == study_axis_of(work->plan, "os.frames");
    struct report_figure *figure =
        report_add_figure(report, "working-set-window", "Average working set");
    report_set_scales(figure, "window", "references", "log2", "working set", "pages", "log2");
    for (unsigned t = 0; t < programs; t++) {
        char name[64], label[96];
        struct report_figure *beside =
            frames ? study_find_figure_of(report, "fault-ratio", t) : NULL;
        snprintf(label, sizeof label, "%s, working set", study_program_name(work->plan, t, name));
        struct report_curve *faults = report_add_curve(report, beside, label);
        struct report_curve *pages =
            report_add_curve(report, study_find_figure(report, "working-set-window"),
                             study_program_name(work->plan, t, name));
        if (faults) {
            faults->known_to = "simulator";
            faults->aside = true;
        }
        for (unsigned w = 0; w < STUDY_WINDOWS; w++) add_window(work, t, w, faults, pages, report);
    }
}

// --- Belady's anomaly --------------------------------------------------------------------

struct anomaly {
    unsigned steps;                    // of one value to the next at which faults rise
    uint64_t from, to, before, after;  // the largest rise
};

static struct anomaly anomaly_of(const struct study_work *work, const struct study_row *first,
                                 int axis) {
    struct anomaly found = {0};
    const struct study_axis *x = &work->plan->axes[axis];
    for (unsigned i = 0; i + 1 < x->count; i++) {
        const struct study_row *a = study_sibling(work, first, axis, (int)i);
        const struct study_row *b = study_sibling(work, first, axis, (int)i + 1);
        if (!a || !b || x->values[i] >= x->values[i + 1]) continue;
        uint64_t before = study_row_value(work, a, ASK_FRAMES, VALUE_FAULTS);
        uint64_t after = study_row_value(work, b, ASK_FRAMES, VALUE_FAULTS);
        if (after <= before) continue;
        found.steps++;
        if (after - before > found.after - found.before)
            found = (struct anomaly){found.steps, x->values[i], x->values[i + 1], before, after};
    }
    return found;
}

// LRU and OPT are stack algorithms and cannot show it (Mattson et al. 1970).
static void add_anomalies(const struct study_work *work, int axis, struct study_report *report) {
    struct report_table *table = report_add_table(report, "belady", "Belady's anomaly");
    static const char *const columns[] = {
        "program", "steps with more faults", "frames", "next frames", "faults", "next faults"};
    for (unsigned c = 0; c < 6; c++) report_add_column(report, table, columns[c], "");
    for (unsigned r = 0; r < work->row_count; r++) {
        const struct study_row *row = &work->rows[r];
        if (row->query[ASK_FRAMES] == QUERY_NONE || !study_begins_curve(work, row, axis)) continue;
        struct anomaly found = anomaly_of(work, row, axis);
        const uint64_t cells[] = {found.steps, found.from, found.to, found.before, found.after};
        char label[REPORT_LABEL_BYTES];
        study_row_label(work, row, axis, label, sizeof label);
        report_add_text(report, table, label);
        for (unsigned c = 0; c < 5; c++) report_add_number(report, table, (double)cells[c], true);
        if (!found.steps) {
            report_say(report, "%s: never do more frames give more faults.", label);
            continue;
        }
        struct report_figure *figure =
            study_find_figure_of(report, "fault-ratio", row->point.trace);
        report_add_mark(figure, (double)found.to, "%s: more faults than with %" PRIu64, label,
                        found.from);
        report_say(report,
                   "%s: Belady's anomaly at %u size%s; the largest from %" PRIu64 " to %" PRIu64
                   " frames: %" PRIu64 " faults become %" PRIu64 ".",
                   label, found.steps, found.steps == 1 ? "" : "s", found.from, found.to,
                   found.before, found.after);
    }
}

// --- the distance to OPT -----------------------------------------------------------------

static double distance(const struct study_work *work, const struct study_row *row,
                       const struct study_row *opt) {
    double best = (double)study_row_value(work, opt, ASK_FRAMES, VALUE_FAULTS);
    double faults = (double)study_row_value(work, row, ASK_FRAMES, VALUE_FAULTS);
    return best > 0 ? faults / best - 1 : 0;
}

static bool kernel_can(const struct study_row *row) {
    return policy_is_kernels(policy_find((unsigned)row->point.config.run.policy));
}

// Sum over all sizes of one program, so that one size does not decide. What a sample estimates is
// not ranked: it may err by more than policies differ.
static void say_nearest(const struct study_work *work, int policy_axis, int opt, unsigned trace,
                        bool kernel, struct study_report *report) {
    const struct study_axis *axis = &work->plan->axes[policy_axis];
    double least = 0;
    int best = -1;
    char name[64], text[24];
    for (unsigned i = 0; i < axis->count; i++) {
        double sum = 0;
        unsigned rows = 0;
        for (unsigned r = 0; r < work->row_count; r++) {
            const struct study_row *row = &work->rows[r];
            const struct study_row *opt_row = study_sibling(work, row, policy_axis, opt);
            if (row->point.trace != trace || row->point.value[policy_axis] != i || !opt_row ||
                (int)i == opt || kernel_can(row) != kernel || study_row_sampled(work, row))
                continue;
            sum += distance(work, row, opt_row);
            rows++;
        }
        if (rows && (best < 0 || sum / rows < least)) {
            best = (int)i;
            least = sum / rows;
        }
    }
    if (best < 0) return;
    study_key_print(axis->keys[0], axis->values[best], text);
    report_say(report, "%s: nearest to OPT of what %s is %s, on average %.1f %% more faults.",
               study_program_name(work->plan, trace, name),
               kernel ? "a kernel can run" : "needs every reference", text, 100 * least);
}

static void add_distance(const struct study_work *work, const struct study_row *row, int axis,
                         int policy, int opt, struct report_figure *figure,
                         struct study_report *report) {
    char label[REPORT_LABEL_BYTES];
    study_row_label(work, row, axis, label, sizeof label);
    study_say_sampled(work, row, label, sizeof label);
    struct report_curve *curve = report_add_curve(report, figure, label);
    if (curve) curve->known_to = kernel_can(row) ? "kernel" : "simulator";
    for (unsigned i = 0; i < work->plan->axes[axis].count; i++) {
        const struct study_row *at = study_sibling(work, row, axis, (int)i);
        const struct study_row *best = at ? study_sibling(work, at, policy, opt) : NULL;
        if (!best) continue;
        double least = (double)study_row_value(work, best, ASK_FRAMES, VALUE_FAULTS);
        double error = (double)study_row_value(work, at, ASK_FRAMES, VALUE_FAULTS_ERROR);
        double beyond = distance(work, at, best);
        // No policy has fewer than OPT, whatever a sample says.
        report_add_estimate(report, curve, (double)work->plan->axes[axis].values[i],
                            beyond > 0 ? beyond : 0, least > 0 ? error / least : 0, NULL);
    }
}

static void draw_distances(const struct study_work *work, int axis, int policy, int opt,
                           struct study_report *report) {
    struct report_figure *figure = NULL;
    unsigned trace = 0;
    bool split = study_find_figure(report, "fault-ratio-2") != NULL;
    for (unsigned r = 0; r < work->row_count; r++) {
        const struct study_row *row = &work->rows[r];
        if ((int)row->point.value[policy] == opt || !study_begins_curve(work, row, axis)) continue;
        if (!figure || (split && row->point.trace != trace)) {
            trace = row->point.trace;
            figure = study_figure_of(work, "distance", "Distance to OPT", trace, split, report);
            report_set_scales(figure, "os.frames", "frames", "log2", "faults beyond those of OPT",
                              "faults / OPT's faults - 1", "linear");
        }
        add_distance(work, row, axis, policy, opt, figure, report);
    }
}

// Wherever OPT is among the policies that are swept; the figure only over frames.
static void add_distances(const struct study_work *work, bool over_frames,
                          struct study_report *report) {
    int policy = study_axis_of(work->plan, "os.policy");
    int opt = policy < 0 ? -1 : study_value_of(&work->plan->axes[policy], POLICY_OPT);
    if (work->rows[0].query[ASK_FRAMES] == QUERY_NONE) return;
    if (opt < 0 && !strcmp(work->plan->name, "policies"))
        report_say(report, "The distance to OPT is not told: opt is not among os.policy's values.");
    if (opt < 0 || work->plan->axes[policy].count < 2) return;
    if (over_frames)
        draw_distances(work, study_axis_of(work->plan, "os.frames"), policy, opt, report);
    for (unsigned t = 0; t < (work->plan->mix ? 1 : work->plan->trace_count); t++) {
        say_nearest(work, policy, opt, t, true, report);
        say_nearest(work, policy, opt, t, false, report);
    }
}

void study_add_frames(const struct study_work *work, struct study_report *report) {
    int axis = study_axis_of(work->plan, "os.frames");
    struct report_figure *figure = study_find_figure(report, "fault-ratio");
    bool over_frames = axis >= 0 && axis == study_x_axis(work->plan) && figure &&
                       work->rows[0].query[ASK_FRAMES] != QUERY_NONE;
    // Of few policies each is looked at by itself.
    int policy = study_axis_of(work->plan, "os.policy");
    bool few_curves = policy < 0 || work->plan->axes[policy].count <= MOST_KNEES;
    if (over_frames && !strcmp(work->plan->name, "belady")) {
        add_anomalies(work, axis, report);
    } else if (over_frames && few_curves) {
        for (unsigned t = 0; t < work->plan->trace_count; t++) {
            struct report_figure *own = study_find_figure_of(report, "fault-ratio", t);
            if (t == 0 || own != figure) add_knees(own, report);
        }
    }
    add_working_sets(work, report);
    add_distances(work, over_frames, report);
}
