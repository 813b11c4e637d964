// SPDX-License-Identifier: Apache-2.0
// Curves in words.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "figures.h"
#include "metric_hierarchy.h"
#include "query_private.h"

enum { MOST_SENTENCES = 8 };  // of a figure

// A gain below this part of where the curve begins is nothing.
static const double NOTHING = 0.01;

// Returns the step (from point i to i + 1) that removes most of what is there, -1: none removes
// any.
static int best_step(const struct report_curve *curve, double *part) {
    int best = -1;
    *part = 0;
    for (unsigned i = 0; i + 1 < curve->count; i++) {
        double from = curve->points[i].y, to = curve->points[i + 1].y;
        // What is little already does not count: 3 misses to 1 is no finding.
        if (from <= NOTHING * curve->points[0].y) break;
        double gain = from > 0 ? (from - to) / from : 0;
        if (gain > *part) {
            *part = gain;
            best = (int)i;
        }
    }
    return best;
}

// Returns the first point from which on nothing is gained any more.
static unsigned saturation(const struct report_curve *curve) {
    unsigned at = curve->count - 1;
    double least = curve->points[at].y;
    for (unsigned i = curve->count; i-- > 0;) {
        if (curve->points[i].y < least) least = curve->points[i].y;
        if (curve->points[i].y - least > NOTHING * curve->points[0].y) break;
        at = i;
    }
    return at;
}

static const char *plain(double value, char out[32]) {
    bool whole = value == floor(value) && fabs(value) < 1e15;
    snprintf(out, 32, whole ? "%.0f" : "%.5g", value);
    return out;
}

const char *study_percent(double part, char out[32]) {
    snprintf(out, 32, part < 1 && part >= 0.995 ? "more than 99 %%" : "%.0f %%", 100 * part);
    return out;
}

static double curve_range(const struct report_curve *curve) {
    double least = curve->points[0].y, most = least;
    for (unsigned p = 1; p < curve->count; p++) {
        least = fmin(least, curve->points[p].y);
        most = fmax(most, curve->points[p].y);
    }
    return most - least;
}

static void say_flat(const struct report_figure *figure, const struct study_metric *metric,
                     const struct report_curve *curve, struct study_report *report) {
    const struct report_point *first = curve->points, *last = curve->points + curve->count - 1;
    char a[32], b[32];
    if (first->y == 0 && last->y == 0) return;  // nothing to be told of
    if (last->y - first->y > NOTHING * first->y)
        report_say(report, "%s: raising %s from %s to %s raises the %s from %.4g to %.4g.",
                   curve->label, figure->x.label, plain(first->x, a), plain(last->x, b),
                   metric->noun, first->y, last->y);
    else if (curve_range(curve) > NOTHING * first->y)
        report_say(report, "%s: over %s from %s to %s the %s vary by %.3g.", curve->label,
                   figure->x.label, plain(first->x, a), plain(last->x, b), metric->noun,
                   curve_range(curve));
    else
        report_say(report, "%s: %s from %s to %s changes the %s by less than 1 %% (%.4g).",
                   curve->label, figure->x.label, plain(first->x, a), plain(last->x, b),
                   metric->noun, first->y);
}

// What comes behind the best step: nothing more, or a rise. "" if neither.
static void tell_rest(const struct report_curve *curve, char out[128]) {
    const struct report_point *points = curve->points;
    unsigned end = saturation(curve), low = 0;
    char at[32];
    out[0] = '\0';
    for (unsigned i = 1; i < curve->count; i++)
        if (points[i].y < points[low].y) low = i;
    unsigned high = low;
    for (unsigned i = low; i < curve->count; i++)
        if (points[i].y > points[high].y) high = i;
    if (points[high].y - points[low].y > NOTHING * points[0].y)
        snprintf(out, 128, "; beyond %s they rise, from %.4g to %.4g", plain(points[low].x, at),
                 points[low].y, points[high].y);
    else if (end + 1 < curve->count)
        snprintf(out, 128, "; beyond %s nothing (less than 1 %% of the first)",
                 plain(points[end].x, at));
}

static void say_curve(const struct report_figure *figure, const struct study_metric *metric,
                      const struct report_curve *curve, struct study_report *report) {
    double part;
    char rest[128], a[32], b[32], removed[32];
    int step = best_step(curve, &part);
    const struct report_point *points = curve->points;
    if (step < 0 || part < NOTHING) {
        say_flat(figure, metric, curve, report);
        return;
    }
    double from = points[step].x, to = points[step + 1].x;
    tell_rest(curve, rest);
    report_say(report, "%s: %s %s from %s to %s removes %s of the %s%s.", curve->label,
               to == 2 * from ? "doubling" : "raising", figure->x.label, plain(from, a),
               plain(to, b), study_percent(part, removed), metric->noun, rest);
}

static const struct study_metric *metric_of(const struct report_figure *figure) {
    for (unsigned m = 0; m < study_metric_count; m++) {
        size_t length = strlen(study_metrics[m].id);
        const char *rest = figure->id + length;
        // "fault-ratio", or "fault-ratio-2" of the second program alone.
        if (!strncmp(study_metrics[m].id, figure->id, length) &&
            (!*rest || (rest[0] == '-' && rest[1] >= '0' && rest[1] <= '9')))
            return &study_metrics[m];
    }
    return NULL;
}

// Curves that some swept key does not change are told of once.
static bool said_before(const struct report_figure *figure, unsigned curve) {
    const struct report_curve *this_one = &figure->curves[curve];
    for (unsigned c = 0; c < curve; c++) {
        const struct report_curve *other = &figure->curves[c];
        if (other->count == this_one->count && other->known_to == this_one->known_to &&
            !memcmp(other->points, this_one->points, other->count * sizeof *other->points))
            return true;
    }
    return false;
}

static void say_figure(const struct study_work *work, const struct report_figure *figure,
                       struct study_report *report) {
    const struct study_metric *metric = metric_of(figure);
    unsigned said = 0, unsaid = 0;
    if (!metric || !metric->less_is_better || study_metric_silent(work, metric)) return;
    for (unsigned c = 0; c < figure->count; c++) {
        if (figure->curves[c].count < 2 || figure->curves[c].aside || said_before(figure, c))
            continue;
        if (said == MOST_SENTENCES) {
            unsaid++;
            continue;
        }
        say_curve(figure, metric, &figure->curves[c], report);
        said++;
    }
    if (unsaid) report_say(report, "%s: of %u more curves see the figure.", figure->title, unsaid);
}

// "(window of 131072 references)" of a working set whose window no axis tells.
static void tell_window(const struct study_work *work, const struct study_metric *metric,
                        const struct study_row *row, char out[64]) {
    out[0] = '\0';
    if (!strcmp(metric->id, "working-set") && !study_plan_sweeps(work->plan, "study.window"))
        snprintf(out, 64, " (window of %.0f references)", (double)row->point.config.window);
}

// Without an x axis: the best and the worst row of each metric.
static void say_extremes(const struct study_work *work, const struct study_metric *metric,
                         struct study_report *report) {
    const struct study_row *best = NULL, *worst = NULL;
    for (unsigned r = 0; r < work->row_count; r++) {
        const struct study_row *row = &work->rows[r];
        if (!metric->has(row)) continue;
        if (!best || metric->value(work, row) < metric->value(work, best)) best = row;
        if (!worst || metric->value(work, row) > metric->value(work, worst)) worst = row;
    }
    if (!best || study_metric_silent(work, metric)) return;
    char low[REPORT_LABEL_BYTES], high[REPORT_LABEL_BYTES], window[64];
    bool idle = !study_metric_varies(work, metric);
    study_row_label_without(work, best, idle ? ~0u : 0, low, sizeof low);
    study_row_label_without(work, worst, idle ? ~0u : 0, high, sizeof high);
    tell_window(work, metric, best, window);
    if (best == worst)
        report_say(report, "%s: %s%s: %.4g %s%s.", low, metric->title, window,
                   metric->value(work, best), metric->unit,
                   idle || work->row_count == 1 ? "" : " at every point");
    else
        report_say(report, "%s%s: least %.4g %s (%s), most %.4g (%s).", metric->title, window,
                   metric->value(work, best), metric->unit, low, metric->value(work, worst), high);
}

// The reach is no query, but the entries and the page size.
static bool matters(const struct study_work *work, const struct config_key *key) {
    if ((work->plan->measures & STUDY_PAGES) && !strcmp(key->path, "tlb.data.entries")) return true;
    for (unsigned r = 0; r < work->row_count; r++)
        for (unsigned a = 0; a < STUDY_ASKS; a++) {
            uint32_t query = work->rows[r].query[a];
            if (query != QUERY_NONE && study_query_keeps(&work->queries[query], key)) return true;
        }
    return false;
}

static bool varies(const struct study_work *work, unsigned axis) {
    for (unsigned r = 1; r < work->row_count; r++)
        if (work->rows[r].point.value[axis] != work->rows[0].point.value[axis]) return true;
    return false;
}

// A sweep of what the measures do not depend on shows equal points; nobody is to conclude from it.
static void say_idle_keys(const struct study_work *work, struct study_report *report) {
    for (unsigned a = 0; a < work->plan->axis_count; a++)
        for (unsigned k = 0; k < work->plan->axes[a].key_count; k++) {
            const struct config_key *key = work->plan->axes[a].keys[k];
            if (!varies(work, a) || matters(work, key)) continue;
            report_say(report,
                       "%s is swept, but nothing that is measured here depends on it; see "
                       "--measure and study.paging.",
                       key->path);
        }
}

// Returns whether the row's sample is that of an earlier row.
static bool sample_said(const struct study_work *work, const struct study_row *row) {
    for (const struct study_row *other = work->rows; other < row; other++)
        if (other->point.trace == row->point.trace && study_row_sampled(work, other) &&
            other->point.config.sample == row->point.config.sample)
            return true;
    return false;
}

static void say_sample(const struct study_work *work, const struct study_row *first,
                       struct study_report *report) {
    enum { FEW = 64 };  // eight for each part whose spread gives the error
    const struct study_metric *metric = study_metrics;
    const struct study_row *worst = first;
    char name[64];
    while (strcmp(metric->id, "fault-ratio")) metric++;
    for (const struct study_row *row = first; row < work->rows + work->row_count; row++)
        if (row->point.trace == first->point.trace && study_row_sampled(work, row) &&
            row->point.config.sample == first->point.config.sample &&
            metric->error(work, row) > metric->error(work, worst))
            worst = row;
    uint64_t sampled = study_row_value(work, worst, ASK_FRAMES, VALUE_SAMPLED);
    report_say(report,
               "%s: LRU's page faults are estimated from %.0f of %.0f pages (1 in %.0f); the "
               "standard error is at most %.2g faults per reference (%.0f frames)%s. --verify "
               "leaves them out.",
               study_program_name(work->plan, first->point.trace, name), (double)sampled,
               (double)study_row_value(work, worst, ASK_FRAMES, VALUE_DISTINCT),
               (double)first->point.config.sample, metric->error(work, worst),
               (double)worst->point.config.run.frames,
               sampled < FEW ? ", itself uncertain with so few pages: sample more" : "");
}

// What is estimated is said first.
static void say_samples(const struct study_work *work, struct study_report *report) {
    bool any = false;
    for (unsigned r = 0; r < work->row_count; r++) {
        const struct study_row *row = &work->rows[r];
        if (!study_row_sampled(work, row)) continue;
        any = true;
        if (!sample_said(work, row)) say_sample(work, row, report);
    }
    if (!any && work->plan->base.sample > 1)
        report_say(report, "study.sample: nothing here is sampled; only LRU's page faults are.");
}

void study_add_summary(const struct study_work *work, struct study_report *report) {
    say_samples(work, report);
    say_idle_keys(work, report);
    for (unsigned m = 0; m < study_metric_count; m++)
        if (study_x_axis(work->plan) < 0 || !study_metric_varies(work, &study_metrics[m]))
            say_extremes(work, &study_metrics[m], report);
    if (study_x_axis(work->plan) < 0) return;
    unsigned figures = report->figure_count;
    for (unsigned f = 0; f < figures; f++)
        if (report->figures[f].left_out)
            report_say(
                report, "%s: the figure shows %u curves; %u more are in the table of points.",
                report->figures[f].title, report->figures[f].count, report->figures[f].left_out);
    for (unsigned f = 0; f < figures; f++) say_figure(work, &report->figures[f], report);
}
