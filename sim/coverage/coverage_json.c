// SPDX-License-Identifier: Apache-2.0
// The report as JSON (docs/coverage.md, "JSON").
#include <jansson.h>
#include <string.h>

#include "coverage_summary.h"

enum { NAME_BYTES = 256 };

// jansson's integers are signed.
static json_t *number(uint64_t value) {
    return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

static json_t *configs(const struct coverage_set *set) {
    json_t *list = json_array();
    for (unsigned k = 0; k < set->sections; k++) {
        const struct coverage_section *section = &set->section[k];
        json_t *one = json_object(), *config = json_object();
#define X(field, least, most) \
    json_object_set_new(config, #field, json_integer(section->config.field));
        COVERAGE_CONFIG_LIST(X)
#undef X
        json_object_set_new(one, "configuration", config);
        json_object_set_new(one, "runs", number(section->runs));
        json_object_set_new(one, "translations", number(section->answers));
        json_object_set_new(one, "cycles", number(section->cycles));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *totals(const struct coverage_totals *from) {
    json_t *one = json_object();
    json_object_set_new(one, "aims", json_integer(coverage_aims(from)));
    json_object_set_new(one, "reached", json_integer(from->bins[STATE_REACHED]));
    json_object_set_new(one, "percent", json_real(coverage_percent(from)));
    json_object_set_new(one, "unreachable", json_integer(from->bins[STATE_UNREACHABLE]));
    json_object_set_new(one, "ignored", json_integer(from->bins[STATE_IGNORED]));
    return one;
}

static json_t *missing(const struct coverage_summary *summary, const struct coverage_item *item) {
    char name[NAME_BYTES];
    json_t *list = json_array();
    for (unsigned bin = item->first; bin < item->first + item->bins; bin++) {
        if (summary->state[bin] != STATE_MISSING) continue;
        coverage_name(bin, name, sizeof name);
        json_array_append_new(list, json_string(name));
    }
    return list;
}

// Returns the entry of a rule, which may be new.
static json_t *entry_of(json_t *list, const struct coverage_rule *rule) {
    size_t k;
    json_t *one;
    json_array_foreach(list, k, one) {
        if (!strcmp(json_string_value(json_object_get(one, "reason")), rule->reason)) return one;
    }
    one = json_object();
    json_object_set_new(one, "reason", json_string(rule->reason));
    if (rule->property) json_object_set_new(one, "property", json_string(rule->property));
    json_object_set_new(one, "bins", json_integer(0));
    json_array_append_new(list, one);
    return one;
}

// Why bins are in this state: each reason, the property that checks it, and how many they are.
static json_t *reasons(const struct coverage_summary *summary, const struct coverage_item *item,
                       enum coverage_state state) {
    json_t *list = json_array();
    for (unsigned bin = item->first; bin < item->first + item->bins; bin++) {
        if (summary->state[bin] != state) continue;
        json_t *bins = json_object_get(entry_of(list, summary->rule[bin]), "bins");
        json_integer_set(bins, json_integer_value(bins) + 1);
    }
    return list;
}

static json_t *items(const struct coverage_summary *summary) {
    json_t *all = json_object();
    for (unsigned i = 0; i < COVERAGE_ITEMS; i++) {
        json_t *one = totals(&summary->item[i]);
        json_object_set_new(one, "missing", missing(summary, coverage_item(i)));
        json_object_set_new(one, "unreachable_reasons",
                            reasons(summary, coverage_item(i), STATE_UNREACHABLE));
        json_object_set_new(one, "ignored_reasons",
                            reasons(summary, coverage_item(i), STATE_IGNORED));
        json_object_set_new(all, coverage_item(i)->key, one);
    }
    return all;
}

static json_t *contradictions(const struct coverage_summary *summary) {
    char name[NAME_BYTES];
    json_t *list = json_array();
    for (unsigned k = 0; k < summary->contradictions && k < COVERAGE_MOST_CONTRADICTIONS; k++) {
        coverage_name(summary->contradiction[k].bin, name, sizeof name);
        json_array_append_new(list, json_string(name));
    }
    return list;
}

char *coverage_json(const struct coverage_set *set, const struct coverage_summary *summary) {
    json_t *root = json_object();
    json_object_set_new(root, "schema_version", json_integer(1));
    json_object_set_new(root, "runs", number(summary->runs));
    json_object_set_new(root, "translations", number(summary->answers));
    json_object_set_new(root, "cycles", number(summary->cycles));
    json_object_set_new(root, "all", totals(&summary->all));
    json_object_set_new(root, "items", items(summary));
    json_object_set_new(root, "contradictions", contradictions(summary));
    json_object_set_new(root, "configurations", configs(set));
    char *text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    json_decref(root);
    return text;
}
