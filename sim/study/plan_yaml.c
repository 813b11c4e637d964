// SPDX-License-Identifier: Apache-2.0
// YAML to a plan.
#include "plan_yaml.h"

#include <stdlib.h>
#include <string.h>

#include "presets.h"
#include "yaml_file.h"

enum { MOST_DEPTH = 6, MOST_NODES = 10000 };
enum { PATH_BYTES = 256, PLACE_BYTES = 256, LIST_BYTES = 8192 };

struct walk {
    const char *name;
    yaml_document_t *document;
    struct study_plan *plan;
    struct sim_error *error;
    unsigned nodes;  // visited so far: aliases can multiply them
    char place[PLACE_BYTES];
};

typedef enum sim_status visit_fn(struct walk *walk, const char *key, yaml_node_t *value);

static const char *at(struct walk *walk, const yaml_node_t *node) {
    snprintf(walk->place, sizeof walk->place, "%.200s:%zu", walk->name, node->start_mark.line + 1);
    return walk->place;
}

static enum sim_status fail_at(struct walk *walk, const yaml_node_t *node, const char *text) {
    return sim_fail(walk->error, SIM_ERROR_USAGE, "%s: %s", at(walk, node), text);
}

// Returns the scalar's text; NULL: it is none, or holds a NUL, which would hide the rest of it.
static const char *text_of(const yaml_node_t *node) {
    if (node->type != YAML_SCALAR_NODE) return NULL;
    const char *text = (const char *)node->data.scalar.value;
    return strlen(text) == node->data.scalar.length ? text : NULL;
}

// Call `visit` for each pair of a mapping; a key that stands there twice is refused.
static enum sim_status each_pair(struct walk *walk, yaml_node_t *node, visit_fn *visit) {
    const yaml_node_pair_t *first = node->data.mapping.pairs.start;
    enum sim_status status = SIM_OK;
    if (node->type != YAML_MAPPING_NODE)
        return fail_at(walk, node, "expected a mapping of keys to values");
    for (const yaml_node_pair_t *pair = first; !status && pair < node->data.mapping.pairs.top;
         pair++) {
        yaml_node_t *key = yaml_document_get_node(walk->document, pair->key);
        yaml_node_t *value = yaml_document_get_node(walk->document, pair->value);
        const char *name = text_of(key);
        if (++walk->nodes > MOST_NODES) return fail_at(walk, key, "too many keys");
        if (!name) return fail_at(walk, key, "a key must be a plain word");
        for (const yaml_node_pair_t *other = first; other < pair; other++) {
            yaml_node_t *before = yaml_document_get_node(walk->document, other->key);
            if (text_of(before) && !strcmp(text_of(before), name))
                return sim_fail(walk->error, SIM_ERROR_USAGE,
                                "%s: %.80s was already given in line %zu", at(walk, key), name,
                                before->start_mark.line + 1);
        }
        status = visit(walk, name, value);
    }
    return status;
}

// A scalar, or the scalars of a sequence with commas between them.
static enum sim_status list_of(struct walk *walk, const yaml_node_t *node, char out[LIST_BYTES]) {
    const char *text = text_of(node);
    size_t used = 0;
    if (text) {
        if (strlen(text) >= LIST_BYTES) return fail_at(walk, node, "this value is too long");
        strcpy(out, text);
        return SIM_OK;
    }
    if (node->type != YAML_SEQUENCE_NODE ||
        node->data.sequence.items.start == node->data.sequence.items.top)
        return fail_at(walk, node, "expected a value, or a list of values");
    for (const yaml_node_item_t *item = node->data.sequence.items.start;
         item < node->data.sequence.items.top; item++) {
        const yaml_node_t *value = yaml_document_get_node(walk->document, *item);
        text = text_of(value);
        if (!text) return fail_at(walk, value, "expected a value in this list");
        int n = snprintf(out + used, LIST_BYTES - used, "%s%s", used ? "," : "", text);
        if (n < 0 || (size_t)n >= LIST_BYTES - used)
            return fail_at(walk, value, "this list is too long");
        used += (size_t)n;
    }
    return SIM_OK;
}

// --- set and sweep: nested mappings or dotted keys ---------------------------------------

static enum sim_status visit_keys(struct walk *walk, yaml_node_t *node, const char *path,
                                  unsigned depth, bool sweep) {
    enum sim_status status = SIM_OK;
    char list[LIST_BYTES];
    if (++walk->nodes > MOST_NODES) return fail_at(walk, node, "too many keys");
    if (node->type != YAML_MAPPING_NODE) {
        if (depth == 0) return fail_at(walk, node, "expected a mapping of keys to values");
        if (!sweep && !text_of(node)) return fail_at(walk, node, "expected a value");
        status = list_of(walk, node, list);
        if (status) return status;
        return sweep ? study_plan_sweep(walk->plan, at(walk, node), path, list, walk->error)
                     : study_plan_set(walk->plan, at(walk, node), path, list, walk->error);
    }
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         !status && pair < node->data.mapping.pairs.top; pair++) {
        char longer[PATH_BYTES];
        yaml_node_t *key = yaml_document_get_node(walk->document, pair->key);
        if (!text_of(key)) return fail_at(walk, key, "a key must be a plain word");
        int n = snprintf(longer, sizeof longer, "%s%s%s", path, path[0] ? "." : "", text_of(key));
        if (n < 0 || (size_t)n >= sizeof longer) return fail_at(walk, key, "this key is too long");
        status = visit_keys(walk, yaml_document_get_node(walk->document, pair->value), longer,
                            depth + 1, sweep);
    }
    return status;
}

// --- the plan's own keys -----------------------------------------------------------------

static enum sim_status visit_traces(struct walk *walk, yaml_node_t *value) {
    enum sim_status status = SIM_OK;
    if (text_of(value))
        return study_plan_add_trace(walk->plan, at(walk, value), text_of(value), walk->error);
    if (value->type != YAML_SEQUENCE_NODE)
        return fail_at(walk, value, "expected the name of a trace, or a list of names");
    for (const yaml_node_item_t *item = value->data.sequence.items.start;
         !status && item < value->data.sequence.items.top; item++) {
        const yaml_node_t *name = yaml_document_get_node(walk->document, *item);
        if (!text_of(name)) return fail_at(walk, name, "expected the name of a trace");
        status = study_plan_add_trace(walk->plan, at(walk, name), text_of(name), walk->error);
    }
    return status;
}

static enum sim_status visit_title(struct walk *walk, const yaml_node_t *value) {
    const char *text = text_of(value);
    if (!text || strlen(text) >= sizeof walk->plan->title)
        return fail_at(walk, value, "a title is one text of at most 255 bytes");
    strcpy(walk->plan->title, text);
    return SIM_OK;
}

static enum sim_status visit_mix(struct walk *walk, const yaml_node_t *value) {
    const char *text = text_of(value);
    if (!text || (strcmp(text, "yes") && strcmp(text, "no")))
        return fail_at(walk, value, "mix must be yes or no");
    walk->plan->mix = !strcmp(text, "yes");
    return SIM_OK;
}

// The ready-made study comes before everything else, wherever it stands.
static enum sim_status visit_study(struct walk *walk, const char *key, yaml_node_t *value) {
    if (strcmp(key, "study")) return SIM_OK;
    if (!text_of(value)) return fail_at(walk, value, "expected the name of a study");
    return study_preset_apply(walk->plan, at(walk, value), text_of(value), walk->error);
}

static enum sim_status visit_plan(struct walk *walk, const char *key, yaml_node_t *value) {
    char list[LIST_BYTES];
    if (!strcmp(key, "study")) return SIM_OK;
    if (!strcmp(key, "title")) return visit_title(walk, value);
    if (!strcmp(key, "traces")) return visit_traces(walk, value);
    if (!strcmp(key, "mix")) return visit_mix(walk, value);
    if (!strcmp(key, "set")) return visit_keys(walk, value, "", 0, false);
    if (!strcmp(key, "sweep")) return visit_keys(walk, value, "", 0, true);
    if (!strcmp(key, "measure")) {
        enum sim_status status = list_of(walk, value, list);
        return status ? status : study_plan_measure(walk->plan, at(walk, value), list, walk->error);
    }
    return sim_fail(walk->error, SIM_ERROR_USAGE,
                    "%s: a plan has no '%.40s'; it has study, title, traces, mix, measure, set, "
                    "sweep",
                    at(walk, value), key);
}

// --- the file ----------------------------------------------------------------------------

static const struct yaml_file_kind plan_file = {"plan", MOST_DEPTH};

enum sim_status study_plan_parse(const char *name, const unsigned char *bytes, size_t size,
                                 struct study_plan *plan, struct sim_error *error) {
    yaml_document_t document;
    enum sim_status status = yaml_file_document(name, bytes, size, &plan_file, &document, error);
    if (status) return status;
    struct walk walk = {.name = name, .document = &document, .plan = plan, .error = error};
    yaml_node_t *root = yaml_document_get_root_node(&document);
    if (!root)
        status = sim_fail(error, SIM_ERROR_USAGE, "%s:1: this plan is empty", name);
    else
        status = each_pair(&walk, root, visit_study);
    if (!status) status = each_pair(&walk, root, visit_plan);
    yaml_document_delete(&document);
    return status;
}

enum sim_status study_plan_load(const char *path, struct study_plan *plan,
                                struct sim_error *error) {
    unsigned char *bytes;
    size_t size;
    enum sim_status status = yaml_file_read(path, &bytes, &size, error);
    if (status) return status;
    status = study_plan_parse(path, bytes, size, plan, error);
    free(bytes);
    return status;
}
