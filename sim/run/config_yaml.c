// SPDX-License-Identifier: Apache-2.0
// YAML to keys: mappings nest, scalars are values, nothing else is legal.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "yaml_file.h"

enum { PATH_BYTES = 96, MOST_DEPTH = 4 };
enum { MOST_NODES = 10000, MOST_KEYS = 128 };

struct yaml_walk {
    const char *name;
    yaml_document_t *document;
    struct run_config *config;
    struct sim_error *error;
    unsigned nodes;           // visited so far: aliases can multiply them
    size_t given[MOST_KEYS];  // line at which a key was given; 0: not yet
};

static enum sim_status fail_at(struct yaml_walk *walk, const yaml_node_t *node, const char *text) {
    return sim_fail(walk->error, SIM_ERROR_USAGE, "%s:%zu: %s", walk->name,
                    node->start_mark.line + 1, text);
}

// No scalar of ours holds a NUL, which would hide the rest of it.
static bool is_text(const yaml_node_t *node) {
    return strlen((const char *)node->data.scalar.value) == node->data.scalar.length;
}

static enum sim_status visit(struct yaml_walk *walk, yaml_node_t *node, const char *path,
                             unsigned depth);

static enum sim_status visit_pair(struct yaml_walk *walk, const yaml_node_pair_t *pair,
                                  const char *path, unsigned depth) {
    yaml_node_t *key = yaml_document_get_node(walk->document, pair->key);
    yaml_node_t *value = yaml_document_get_node(walk->document, pair->value);
    char longer[PATH_BYTES];
    if (key->type != YAML_SCALAR_NODE || !is_text(key))
        return fail_at(walk, key, "a key must be a plain word");
    int n = snprintf(longer, sizeof longer, "%s%s%s", path, path[0] ? "." : "",
                     (const char *)key->data.scalar.value);
    if (n < 0 || (size_t)n >= sizeof longer) return fail_at(walk, key, "this key is too long");
    return visit(walk, value, longer, depth + 1);
}

static enum sim_status assign(struct yaml_walk *walk, const yaml_node_t *node, const char *path) {
    char place[256];
    size_t line = node->start_mark.line + 1;
    snprintf(place, sizeof place, "%.200s:%zu", walk->name, line);
    if (!is_text(node)) return fail_at(walk, node, "a value must not hold a NUL character");
    for (unsigned i = 0; i < config_key_count; i++) {
        if (strcmp(config_keys[i].path, path)) continue;
        if (walk->given[i])
            return sim_fail(walk->error, SIM_ERROR_USAGE, "%s: %s was already given in line %zu",
                            place, path, walk->given[i]);
        walk->given[i] = line;
    }
    return config_assign(place, path, (const char *)node->data.scalar.value, walk->config,
                         walk->error);
}

static enum sim_status visit(struct yaml_walk *walk, yaml_node_t *node, const char *path,
                             unsigned depth) {
    if (++walk->nodes > MOST_NODES) return fail_at(walk, node, "too many keys");
    if (depth > MOST_DEPTH) return fail_at(walk, node, "mappings are nested too deeply");
    if (node->type == YAML_MAPPING_NODE) {
        enum sim_status status = SIM_OK;
        const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
        for (; !status && pair < node->data.mapping.pairs.top; pair++)
            status = visit_pair(walk, pair, path, depth);
        return status;
    }
    if (node->type != YAML_SCALAR_NODE || depth == 0)
        return fail_at(walk, node, "expected a mapping of keys to values");
    return assign(walk, node, path);
}

static const struct yaml_file_kind configuration = {"configuration", MOST_DEPTH};

enum sim_status config_parse(const char *name, const unsigned char *bytes, size_t size,
                             struct run_config *config, struct sim_error *error) {
    struct run_config result = *config;
    yaml_document_t document;
    assert(config_key_count <= MOST_KEYS);
    enum sim_status status =
        yaml_file_document(name, bytes, size, &configuration, &document, error);
    if (status) return status;
    struct yaml_walk walk = {
        .name = name, .document = &document, .config = &result, .error = error};
    yaml_node_t *root = yaml_document_get_root_node(&document);
    if (root) status = visit(&walk, root, "", 0);
    yaml_document_delete(&document);
    if (!status) *config = result;
    return status;
}

enum sim_status config_load(const char *path, struct run_config *config, struct sim_error *error) {
    unsigned char *bytes;
    size_t size;
    enum sim_status status = yaml_file_read(path, &bytes, &size, error);
    if (status) return status;
    status = config_parse(path, bytes, size, config, error);
    free(bytes);
    return status;
}
