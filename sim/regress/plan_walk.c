// SPDX-License-Identifier: Apache-2.0
#include "plan_walk.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "config.h"
#include "plan.h"

enum { MOST_NODES = 20000 };

const char *plan_walk_at(struct plan_walk *walk, const yaml_node_t *node) {
    snprintf(walk->place, sizeof walk->place, "%.200s:%zu", walk->name, node->start_mark.line + 1);
    return walk->place;
}

enum sim_status plan_walk_fail(struct plan_walk *walk, const yaml_node_t *node, const char *text) {
    return sim_fail(walk->error, SIM_ERROR_USAGE, "%s: %s", plan_walk_at(walk, node), text);
}

enum sim_status plan_walk_no_memory(struct plan_walk *walk) {
    return sim_fail(walk->error, SIM_ERROR_MEMORY, "%s: out of memory", walk->name);
}

enum sim_status plan_walk_count(struct plan_walk *walk, const yaml_node_t *node) {
    return ++walk->nodes > MOST_NODES ? plan_walk_fail(walk, node, "too many keys and values")
                                      : SIM_OK;
}

const char *plan_walk_text(const yaml_node_t *node) {
    if (node->type != YAML_SCALAR_NODE) return NULL;
    const char *text = (const char *)node->data.scalar.value;
    return strlen(text) == node->data.scalar.length ? text : NULL;
}

// In UTF-8, which the YAML reader has checked.
static bool is_control(const char *c) {
    unsigned char first = (unsigned char)c[0], second = (unsigned char)c[1];
    return first < 0x20 || first == 0x7F || (first == 0xC2 && second < 0xA0);
}

enum sim_status plan_walk_printable(struct plan_walk *walk, const yaml_node_t *node,
                                    const char *text) {
    for (const char *c = text; *c; c++)
        if (is_control(c)) return plan_walk_fail(walk, node, "a control character in this text");
    return SIM_OK;
}

enum sim_status plan_walk_once(struct plan_walk *walk, const yaml_node_t *mapping,
                               const yaml_node_pair_t *pair) {
    const yaml_node_t *key = yaml_document_get_node(walk->document, pair->key);
    const char *name = plan_walk_text(key);
    for (const yaml_node_pair_t *other = mapping->data.mapping.pairs.start; other < pair; other++) {
        const yaml_node_t *before = yaml_document_get_node(walk->document, other->key);
        if (plan_walk_text(before) && !strcmp(plan_walk_text(before), name))
            return sim_fail(walk->error, SIM_ERROR_USAGE, "%s: %.80s was already given in line %zu",
                            plan_walk_at(walk, key), name, before->start_mark.line + 1);
    }
    return SIM_OK;
}

enum sim_status plan_walk_pairs(struct plan_walk *walk, yaml_node_t *node, plan_visit_fn *visit,
                                void *user) {
    enum sim_status status = SIM_OK;
    if (node->type != YAML_MAPPING_NODE)
        return plan_walk_fail(walk, node, "expected a mapping of keys to values");
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         !status && pair < node->data.mapping.pairs.top; pair++) {
        yaml_node_t *key = yaml_document_get_node(walk->document, pair->key);
        const char *name = plan_walk_text(key);
        status = plan_walk_count(walk, key);
        if (!status && !name) status = plan_walk_fail(walk, key, "a key must be a plain word");
        if (!status) status = plan_walk_once(walk, node, pair);
        if (!status)
            status = visit(walk, user, name, yaml_document_get_node(walk->document, pair->value));
    }
    return status;
}

enum sim_status plan_walk_number(struct plan_walk *walk, const yaml_node_t *node, uint64_t least,
                                 uint64_t most, uint64_t *value) {
    const char *text = plan_walk_text(node);
    if (text && config_number(text, value) && *value >= least && *value <= most) return SIM_OK;
    return sim_fail(walk->error, SIM_ERROR_USAGE,
                    "%s: expected a whole number from %" PRIu64 " to %" PRIu64,
                    plan_walk_at(walk, node), least, most);
}

enum sim_status plan_walk_weight(struct plan_walk *walk, const yaml_node_t *node,
                                 unsigned *weight) {
    uint64_t value = 0;
    enum sim_status status = plan_walk_number(walk, node, 1, PLAN_MOST_WEIGHT, &value);
    *weight = (unsigned)value;
    return status;
}

enum sim_status plan_walk_name(struct plan_walk *walk, const yaml_node_t *node, const char *name) {
    static const char legal[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    size_t length = strlen(name);
    // A name is part of the names of files: it does not begin as a hidden one, or an option, does.
    if (length >= 1 && length < PLAN_NAME_BYTES && strspn(name, legal) == length &&
        name[0] != '.' && name[0] != '-')
        return SIM_OK;
    return sim_fail(walk->error, SIM_ERROR_USAGE,
                    "%s: '%.80s' is no name: 1 to 63 letters, digits, _ - . and neither . nor - "
                    "in front",
                    plan_walk_at(walk, node), name);
}
