// SPDX-License-Identifier: Apache-2.0
// The JSON document of a study. Nothing in it depends on the machine, the moment or the number of
// workers.
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "output.h"

#ifndef TANDEM_VERSION
#error "TANDEM_VERSION is not defined"
#endif

// JSON is UTF-8; a file's name need not be.
static json_t *words(const char *text) {
    json_t *string = json_string(text);
    if (string) return string;
    char *copy = strdup(text);
    for (char *c = copy; c && *c; c++)
        if ((unsigned char)*c >= 128) *c = '?';
    string = copy ? json_string(copy) : NULL;
    free(copy);
    return string;
}

static json_t *number(double value) {
    return value >= -9e15 && value <= 9e15 && value == (double)(int64_t)value
               ? json_integer((json_int_t)value)
               : json_real(value);
}

static void set_key(json_t *object, const struct study_config *config,
                    const struct config_key *key) {
    char text[24];
    uint64_t value = study_key_value(config, key);
    study_key_print(key, value, text);
    json_object_set_new(object, key->path,
                        key->kind == CONFIG_CHOICE || value == STUDY_FULL
                            ? json_string(text)
                            : json_integer((json_int_t)value));
}

static json_t *configuration(const struct study_plan *plan) {
    json_t *object = json_object();
    for (unsigned i = 0; i < config_key_count; i++) set_key(object, &plan->base, &config_keys[i]);
    for (unsigned i = 0; i < study_key_count; i++) set_key(object, &plan->base, &study_keys[i]);
    return object;
}

static json_t *sweeps(const struct study_plan *plan) {
    json_t *list = json_array();
    for (unsigned a = 0; a < plan->axis_count; a++) {
        const struct study_axis *axis = &plan->axes[a];
        json_t *object = json_object(), *keys = json_array(), *values = json_array();
        for (unsigned k = 0; k < axis->key_count; k++)
            json_array_append_new(keys, json_string(axis->keys[k]->path));
        for (unsigned i = 0; i < axis->count; i++) {
            char text[24];
            study_key_print(axis->keys[0], axis->values[i], text);
            json_array_append_new(values, json_string(text));
        }
        json_object_set_new(object, "keys", keys);
        json_object_set_new(object, "values", values);
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *traces(const struct study_outcome *outcome) {
    const struct study_work *work = outcome->work;
    json_t *list = json_array();
    for (unsigned t = 0; t < work->plan->trace_count; t++) {
        const uint64_t *value = work->queries[work->trace_query[t]].value;
        json_t *object = json_object();
        char name[64], sum[17];
        snprintf(sum, sizeof sum, "%016" PRIx64, outcome->checksums[t]);
        json_object_set_new(object, "name", words(study_trace_name(work->plan, t, name)));
        json_object_set_new(object, "path", words(work->plan->traces[t]));
        json_object_set_new(object, "references",
                            json_integer((json_int_t)value[VALUE_REFERENCES]));
        json_object_set_new(object, "pages", json_integer((json_int_t)value[VALUE_DISTINCT]));
        json_object_set_new(object, "bytes_checksum", json_string(sum));
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *scale(const struct report_scale *axis) {
    json_t *object = json_object();
    json_object_set_new(object, "label", words(axis->label));
    json_object_set_new(object, "unit", words(axis->unit));
    json_object_set_new(object, "scale", json_string(axis->scale));
    return object;
}

static json_t *curve(const struct report_curve *from) {
    json_t *object = json_object(), *points = json_array();
    for (unsigned p = 0; p < from->count; p++) {
        json_t *point = json_object();
        json_object_set_new(point, "x", number(from->points[p].x));
        json_object_set_new(point, "y", number(from->points[p].y));
        if (from->points[p].error > 0)
            json_object_set_new(point, "error", number(from->points[p].error));
        if (from->points[p].text[0])
            json_object_set_new(point, "text", words(from->points[p].text));
        json_array_append_new(points, point);
    }
    json_object_set_new(object, "label", words(from->label));
    json_object_set_new(object, "known_to",
                        from->known_to ? json_string(from->known_to) : json_null());
    json_object_set_new(object, "points", points);
    return object;
}

static json_t *figure(const struct report_figure *from) {
    json_t *object = json_object(), *curves = json_array(), *marks = json_array();
    for (unsigned c = 0; c < from->count; c++)
        json_array_append_new(curves, curve(&from->curves[c]));
    for (unsigned m = 0; m < from->mark_count; m++) {
        json_t *mark = json_object();
        json_object_set_new(mark, "x", number(from->marks[m].x));
        json_object_set_new(mark, "label", words(from->marks[m].label));
        json_array_append_new(marks, mark);
    }
    json_object_set_new(object, "id", words(from->id));
    json_object_set_new(object, "title", words(from->title));
    json_object_set_new(object, "x", scale(&from->x));
    json_object_set_new(object, "y", scale(&from->y));
    json_object_set_new(object, "curves", curves);
    json_object_set_new(object, "marks", marks);
    return object;
}

static json_t *table(const struct report_table *from) {
    json_t *object = json_object(), *columns = json_array(), *rows = json_array();
    for (unsigned c = 0; c < from->column_count; c++) {
        json_t *column = json_object();
        json_object_set_new(column, "name", words(from->columns[c].name));
        json_object_set_new(column, "unit", words(from->columns[c].unit));
        json_array_append_new(columns, column);
    }
    for (unsigned i = 0; i + from->column_count <= from->cell_count; i += from->column_count) {
        json_t *row = json_array();
        for (unsigned c = 0; c < from->column_count; c++) {
            const struct report_cell *cell = &from->cells[i + c];
            bool missing = !strcmp(cell->text, REPORT_MISSING);
            json_array_append_new(row, missing         ? json_null()
                                       : cell->text[0] ? words(cell->text)
                                                       : number(cell->number));
        }
        json_array_append_new(rows, row);
    }
    json_object_set_new(object, "id", words(from->id));
    json_object_set_new(object, "title", words(from->title));
    json_object_set_new(object, "columns", columns);
    json_object_set_new(object, "rows", rows);
    return object;
}

static json_t *verify(const struct study_outcome *outcome) {
    const struct study_verdict *verdict = outcome->verdict;
    if (!verdict) return json_null();
    json_t *object = json_object(), *points = json_array();
    for (unsigned i = 0; i < verdict->check_count; i++) {
        const struct study_check *check = &verdict->checks[i];
        char label[REPORT_LABEL_BYTES];
        json_t *point = json_object();
        study_row_label(outcome->work, &outcome->work->rows[check->row], -1, label, sizeof label);
        json_object_set_new(point, "point", words(label));
        json_object_set_new(point, "count", json_string(check->what));
        json_object_set_new(point, "references", json_integer((json_int_t)check->references));
        json_object_set_new(point, "study", json_integer((json_int_t)check->study));
        json_object_set_new(point, "rtl", json_integer((json_int_t)check->rtl));
        json_object_set_new(point, "lockstep", json_boolean(check->lockstep));
        json_object_set_new(point, "agree", json_boolean(check->agree));
        json_array_append_new(points, point);
    }
    json_object_set_new(object, "points", points);
    json_object_set_new(object, "seed", json_integer((json_int_t)verdict->seed));
    return object;
}

static json_t *versions(void) {
    json_t *object = json_object();
    json_object_set_new(object, "tandem", json_string(TANDEM_VERSION));
    json_object_set_new(object, "trace_format", json_integer(1));
    return object;
}

static json_t *document(const struct study_outcome *outcome) {
    const struct study_plan *plan = outcome->work->plan;
    const struct study_report *report = outcome->report;
    json_t *root = json_object(), *summary = json_array(), *figures = json_array(),
           *tables = json_array();
    for (unsigned i = 0; i < report->summary_count; i++)
        json_array_append_new(summary, words(report->summary[i]));
    for (unsigned i = 0; i < report->figure_count; i++)
        json_array_append_new(figures, figure(&report->figures[i]));
    for (unsigned i = 0; i < report->table_count; i++)
        json_array_append_new(tables, table(&report->tables[i]));
    json_object_set_new(root, "tandem", json_string(TANDEM_VERSION));
    json_object_set_new(root, "kind", json_string("study"));
    json_object_set_new(root, "name", words(plan->name));
    json_object_set_new(root, "title", words(plan->title));
    json_object_set_new(root, "command", words(outcome->command));
    json_object_set_new(root, "seed", json_integer((json_int_t)plan->base.run.seed));
    json_object_set_new(root, "versions", versions());
    json_object_set_new(root, "configuration", configuration(plan));
    json_object_set_new(root, "sweeps", sweeps(plan));
    json_object_set_new(root, "traces", traces(outcome));
    json_object_set_new(root, "points", json_integer(outcome->work->row_count));
    json_object_set_new(root, "points_skipped", json_integer(outcome->work->skipped));
    json_object_set_new(root, "summary", summary);
    json_object_set_new(root, "figures", figures);
    json_object_set_new(root, "tables", tables);
    json_object_set_new(root, "verify", verify(outcome));
    json_object_set_new(root, "cost", json_null());
    return root;
}

enum sim_status study_write_json(const struct study_outcome *outcome, const char *path,
                                 struct sim_error *error) {
    json_t *root = document(outcome);
    char *text = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
    enum sim_status status = text ? result_write_text(path, text, error)
                                  : sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    free(text);
    json_decref(root);
    return status;
}
