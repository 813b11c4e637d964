// SPDX-License-Identifier: Apache-2.0
// Two values of one key against each other, over everything else that is swept: what the one saves
// or costs, from where to where, and where that turns.
#include <stdio.h>
#include <string.h>

#include "sim/pager.h"
#include "special.h"

// Less than this part is no difference.
static const double NOTHING = 0.005;

struct pairing {
    const char *key;
    uint64_t this_one, other;  // values of the key
    const char *metric;
    const char *subject, *less, *more;  // "ASIDs" "save" "add"
    const char *otherwise;              // with the other value: "without them"
};

static const struct pairing pairings[] = {
    {"mmu.asid_bits", 16, 0, "data-miss-ratio", "ASIDs", "save", "add", "without them"},
    {"mmu.asid_bits", 16, 0, "fetch-miss-ratio", "ASIDs", "save", "add", "without them"},
    {"mmu.asid_bits", 16, 0, "translation-cycles", "ASIDs", "save", "add", "without them"},
    {"tlb.data.policy", CONFIG_OPT, MMU_LRU, "data-miss-ratio", "victims chosen with the future",
     "save", "add", "with LRU"},
    {"tlb.fetch.policy", CONFIG_OPT, MMU_LRU, "fetch-miss-ratio", "victims chosen with the future",
     "save", "add", "with LRU"},
    {"replacement.scan_fence", PAGER_FENCE_NONE, PAGER_FENCE_PAGE, "scan-access",
     "scans without fences", "save", "add", "with a fence per page"},
    {"replacement.scan_fence", PAGER_FENCE_PAGE, PAGER_FENCE_NONE, "hidden-accesses",
     "fences per page", "uncover", "add", "without them"},
};

struct comparison {
    const struct study_work *work;
    const struct pairing *pairing;
    const struct study_metric *metric;
    int axis, this_one, other;
};

// Returns whether the row has the pairing's first value and there is one with the second; *part:
// what the first saves of the second's.
static bool part_of(const struct comparison *comparison, const struct study_row *row, double *part,
                    double *than) {
    const struct study_work *work = comparison->work;
    const struct study_metric *metric = comparison->metric;
    if (!row || (int)row->point.value[comparison->axis] != comparison->this_one) return false;
    const struct study_row *other = study_sibling(work, row, comparison->axis, comparison->other);
    if (!other || !metric->has(row) || !metric->has(other)) return false;
    double a = metric->value(work, row);
    *than = metric->value(work, other);
    *part = *than > 0 ? (*than - a) / *than : a > 0 ? -1 : 0;
    return true;
}

static int sign_of(double part) {
    return part > NOTHING ? 1 : part < -NOTHING ? -1 : 0;
}

struct extremes {
    const struct study_row *least, *most;
    double low, high, low_than, high_than;  // parts, and the other value's metric there
    unsigned count;
};

static struct extremes extremes_of(const struct comparison *comparison) {
    struct extremes found = {0};
    for (unsigned r = 0; r < comparison->work->row_count; r++) {
        const struct study_row *row = &comparison->work->rows[r];
        double part, than;
        if (!part_of(comparison, row, &part, &than)) continue;
        if (found.count++ == 0 || part > found.high) {
            found.most = row;
            found.high = part;
            found.high_than = than;
        }
        if (found.count == 1 || part < found.low) {
            found.least = row;
            found.low = part;
            found.low_than = than;
        }
    }
    return found;
}

// "save", and the ends of the range: the smaller first.
static void say_range(const struct comparison *comparison, const struct extremes *found,
                      struct study_report *report) {
    const struct pairing *pairing = comparison->pairing;
    bool saves = sign_of(found->high) > 0;
    char near[REPORT_LABEL_BYTES], far[REPORT_LABEL_BYTES];
    const struct study_row *less = saves ? found->least : found->most;
    const struct study_row *more = saves ? found->most : found->least;
    double low = saves ? found->low : -found->high, high = saves ? found->high : -found->low;
    char most[32], least[32];
    study_percent(high, most);
    study_percent(low > 0 ? low : 0, least);
    double than = saves ? found->high_than : found->low_than;
    study_row_label(comparison->work, less, comparison->axis, near, sizeof near);
    study_row_label(comparison->work, more, comparison->axis, far, sizeof far);
    if (found->count == 1 || !strcmp(most, least))
        report_say(report, "%s: %s %s %s of the %s (%.4g %s)%s.", far, pairing->subject,
                   saves ? pairing->less : pairing->more, most, comparison->metric->noun, than,
                   pairing->otherwise, found->count == 1 ? "" : ", and so everywhere");
    else
        report_say(
            report,
            "%s: %s %s %s of the %s (%.4g %s), where it is most; %s (%s), where it is least.", far,
            pairing->subject, saves ? pairing->less : pairing->more, most, comparison->metric->noun,
            than, pairing->otherwise, least, near);
}

// Where the sign turns along the curve that begins with the row.
static void say_turns(const struct comparison *comparison, const struct study_row *first, int x,
                      struct study_report *report) {
    const struct study_axis *axis = &comparison->work->plan->axes[x];
    char label[REPORT_LABEL_BYTES];
    int before = 0;
    uint64_t at = 0;
    study_row_label_without(comparison->work, first, 1u << x | 1u << comparison->axis, label,
                            sizeof label);
    for (unsigned i = 0; i < axis->count; i++) {
        double part, than;
        const struct study_row *row = study_sibling(comparison->work, first, x, (int)i);
        if (!part_of(comparison, row, &part, &than) || sign_of(part) == 0) continue;
        if (before && sign_of(part) != before)
            report_say(report, "%s: %s %s up to %s = %.0f, and %s from %.0f on.", label,
                       comparison->pairing->subject,
                       before > 0 ? comparison->pairing->less : comparison->pairing->more,
                       axis->keys[0]->path, (double)at,
                       before > 0 ? comparison->pairing->more : comparison->pairing->less,
                       (double)axis->values[i]);
        before = sign_of(part);
        at = axis->values[i];
    }
}

static void say_both(const struct comparison *comparison, const struct extremes *found,
                     struct study_report *report) {
    enum { MOST_CURVES = 8 };
    const struct pairing *pairing = comparison->pairing;
    int x = study_x_axis(comparison->work->plan);
    char save[REPORT_LABEL_BYTES], add[REPORT_LABEL_BYTES], most[32], least[32];
    study_row_label(comparison->work, found->most, comparison->axis, save, sizeof save);
    study_row_label(comparison->work, found->least, comparison->axis, add, sizeof add);
    report_say(report, "%s: %s %s %s of the %s (%.4g %s), where it is most; but %s %s (%s).", save,
               pairing->subject, pairing->less, study_percent(found->high, most),
               comparison->metric->noun, found->high_than, pairing->otherwise, pairing->more,
               study_percent(-found->low, least), add);
    if (x < 0 || x == comparison->axis) return;
    for (unsigned r = 0, curves = 0; r < comparison->work->row_count && curves < MOST_CURVES; r++) {
        const struct study_row *row = &comparison->work->rows[r];
        if ((int)row->point.value[comparison->axis] != comparison->this_one ||
            !study_begins_curve(comparison->work, row, x))
            continue;
        say_turns(comparison, row, x, report);
        curves++;
    }
}

static void compare(const struct study_work *work, const struct pairing *pairing,
                    struct study_report *report) {
    struct comparison comparison = {.work = work, .pairing = pairing, .metric = study_metrics};
    comparison.axis = study_axis_of(work->plan, pairing->key);
    if (comparison.axis < 0) return;
    const struct study_axis *values = &work->plan->axes[comparison.axis];
    comparison.this_one = study_value_of(values, pairing->this_one);
    comparison.other = study_value_of(values, pairing->other);
    if (comparison.this_one < 0 || comparison.other < 0) return;
    while (strcmp(comparison.metric->id, pairing->metric)) comparison.metric++;
    struct extremes found = extremes_of(&comparison);
    if (found.count == 0) return;
    if (sign_of(found.high) <= 0 && sign_of(found.low) >= 0)
        report_say(report, "%s change the %s by less than 1 %% everywhere.", pairing->subject,
                   comparison.metric->noun);
    else if (sign_of(found.high) > 0 && sign_of(found.low) < 0)
        say_both(&comparison, &found, report);
    else
        say_range(&comparison, &found, report);
}

void study_compare(const struct study_work *work, struct study_report *report) {
    for (unsigned i = 0; i < sizeof pairings / sizeof pairings[0]; i++)
        compare(work, &pairings[i], report);
}
