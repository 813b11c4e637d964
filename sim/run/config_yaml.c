// SPDX-License-Identifier: Apache-2.0
// YAML to keys, with libyaml: mappings nest, scalars are values, nothing else is legal. One pass
// over the events first: libyaml takes minutes for some thousand levels of nesting, and it would
// pass over a second document.
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "config.h"

enum { PATH_BYTES = 96, MOST_DEPTH = 4, MOST_KIB = 64, MOST_BYTES = MOST_KIB << 10 };
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

// The reader of characters knows an offset only, and counts no lines.
static size_t problem_line(const yaml_parser_t *parser, const unsigned char *bytes, size_t size) {
    size_t line = 1;
    if (parser->error != YAML_READER_ERROR) return parser->problem_mark.line + 1;
    for (size_t i = 0; i < size && i < parser->problem_offset; i++) line += bytes[i] == '\n';
    return line;
}

static enum sim_status fail_yaml(const char *name, const yaml_parser_t *parser,
                                 const unsigned char *bytes, size_t size, struct sim_error *error) {
    if (parser->error == YAML_MEMORY_ERROR)
        return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", name);
    return sim_fail(error, SIM_ERROR_USAGE, "%s:%zu: this is not YAML: %s", name,
                    problem_line(parser, bytes, size),
                    parser->problem ? parser->problem : "unknown problem");
}

// What the events must not show; NULL: go on.
static const char *event_problem(const yaml_event_t *event, unsigned *documents, unsigned *depth) {
    switch (event->type) {
        case YAML_DOCUMENT_START_EVENT:
            return ++*documents > 1 ? "a second document begins; one file is one configuration"
                                    : NULL;
        case YAML_MAPPING_START_EVENT:
        case YAML_SEQUENCE_START_EVENT:
            return ++*depth > MOST_DEPTH ? "mappings are nested too deeply" : NULL;
        case YAML_MAPPING_END_EVENT:
        case YAML_SEQUENCE_END_EVENT:
            --*depth;
            return NULL;
        default:
            return NULL;
    }
}

static enum sim_status look_at_events(const char *name, const unsigned char *bytes, size_t size,
                                      struct sim_error *error) {
    yaml_parser_t parser;
    enum sim_status status = SIM_OK;
    unsigned documents = 0, depth = 0;
    bool at_end = false;
    if (!yaml_parser_initialize(&parser))
        return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", name);
    yaml_parser_set_input_string(&parser, bytes, size);
    while (!status && !at_end) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            status = fail_yaml(name, &parser, bytes, size, error);
            break;
        }
        const char *problem = event_problem(&event, &documents, &depth);
        if (problem)
            status = sim_fail(error, SIM_ERROR_USAGE, "%s:%zu: %s", name, event.start_mark.line + 1,
                              problem);
        at_end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return status;
}

static enum sim_status read_document(const char *name, const unsigned char *bytes, size_t size,
                                     struct run_config *config, struct sim_error *error) {
    yaml_parser_t parser;
    yaml_document_t document;
    enum sim_status status = SIM_OK;
    if (!yaml_parser_initialize(&parser))
        return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", name);
    yaml_parser_set_input_string(&parser, bytes, size);
    if (!yaml_parser_load(&parser, &document)) {
        status = fail_yaml(name, &parser, bytes, size, error);
    } else {
        struct yaml_walk walk = {
            .name = name, .document = &document, .config = config, .error = error};
        yaml_node_t *root = yaml_document_get_root_node(&document);
        if (root) status = visit(&walk, root, "", 0);
        yaml_document_delete(&document);
    }
    yaml_parser_delete(&parser);
    return status;
}

enum sim_status config_parse(const char *name, const unsigned char *bytes, size_t size,
                             struct run_config *config, struct sim_error *error) {
    struct run_config result = *config;
    assert(config_key_count <= MOST_KEYS);
    if (size > MOST_BYTES)
        return sim_fail(error, SIM_ERROR_USAGE, "%s: larger than %d KiB, not a configuration", name,
                        MOST_KIB);
    enum sim_status status = look_at_events(name, bytes, size, error);
    if (!status) status = read_document(name, bytes, size, &result, error);
    if (!status) *config = result;
    return status;
}

enum sim_status config_load(const char *path, struct run_config *config, struct sim_error *error) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return sim_fail(error, SIM_ERROR_IO, "%s: cannot be opened: %s", path, strerror(errno));
    unsigned char *bytes = malloc(MOST_BYTES + 1);
    size_t size = bytes ? fread(bytes, 1, MOST_BYTES + 1, file) : 0;
    enum sim_status status;
    if (!bytes)
        status = sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", path);
    else if (ferror(file))
        status = sim_fail(error, SIM_ERROR_IO, "%s: cannot be read: %s", path, strerror(errno));
    else
        status = config_parse(path, bytes, size, config, error);
    free(bytes);
    fclose(file);
    return status;
}
