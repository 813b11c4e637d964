// SPDX-License-Identifier: Apache-2.0
// The table of points, and the report as a whole.
#include <stdio.h>
#include <string.h>

#include "figures.h"

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
static bool is_counted(const struct study_work *work, const struct study_row *row,
                       enum study_ask ask, enum study_value value) {
    uint64_t policy = row->point.config.run.policy;
    if (row->query[ask] == QUERY_NONE) return false;
    if (ask == ASK_DATA || ask == ASK_FETCH) {
        const struct study_query *query = &work->queries[row->query[ask]];
        bool of_causes =
            value == VALUE_CAPACITY || value == VALUE_CONFLICT || value == VALUE_SPARED;
        if (of_causes || (value == VALUE_DISTINCT && !query->kernel))
            return study_query_tells_causes(query);
    }
    if (ask != ASK_FRAMES) return true;
    if (value == VALUE_FAULTS_ERROR || value == VALUE_SAMPLED) return study_row_sampled(work, row);
    if (value == VALUE_WRITES) return policy != POLICY_LRU && policy != POLICY_OPT;
    if (value == VALUE_ACCESS_CYCLES || value == VALUE_HIDDEN)
        return policy_find((unsigned)policy)->knows == POLICY_KNOWS_BITS;
    return true;
}

static void add_count(const struct study_work *work, const struct study_row *row,
                      enum study_ask ask, enum study_value value, struct study_report *report,
                      struct report_table *table) {
    if (is_counted(work, row, ask, value))
        report_add_number(report, table, (double)study_row_value(work, row, ask, value), true);
    else
        report_add_text(report, table, REPORT_MISSING);
}

static void add_row(const struct study_work *work, const struct shown *shown,
                    const struct study_row *row, struct study_report *report,
                    struct report_table *table) {
    char text[64];
    report_add_text(report, table, study_program_name(work->plan, row->point.trace, text));
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
        study_add_figures(work, &study_metrics[m], report);
    study_add_special(work, report);
    study_add_summary(work, report);
    study_say_causes(work, report);
    return report->exhausted ? sim_fail(error, SIM_ERROR_MEMORY, "out of memory") : SIM_OK;
}
