// SPDX-License-Identifier: Apache-2.0
// Through the nodes of a plan's YAML: what its readers share. Failures name file and line.
#ifndef REGRESS_PLAN_WALK_H
#define REGRESS_PLAN_WALK_H

#include <stdint.h>

#include "yaml_file.h"

enum { PLAN_PATH_BYTES = 128, PLAN_MOST_SECONDS = 10000000 };

struct plan_walk {
    const char *name;
    yaml_document_t *document;
    struct sim_error *error;
    unsigned nodes;  // visited so far: aliases can multiply them
    char place[256];
};

typedef enum sim_status plan_visit_fn(struct plan_walk *walk, void *user, const char *key,
                                      yaml_node_t *value);

// Returns "FILE:LINE" in walk->place.
const char *plan_walk_at(struct plan_walk *walk, const yaml_node_t *node);
// SIM_ERROR_USAGE with place and sentence / SIM_ERROR_MEMORY.
enum sim_status plan_walk_fail(struct plan_walk *walk, const yaml_node_t *node, const char *text);
enum sim_status plan_walk_no_memory(struct plan_walk *walk);
// One node more; SIM_ERROR_USAGE when there are too many.
enum sim_status plan_walk_count(struct plan_walk *walk, const yaml_node_t *node);

// Returns a scalar's text; NULL: it is none, or holds a NUL, which would hide the rest of it.
const char *plan_walk_text(const yaml_node_t *node);

// Refuse a text with control characters (U+0001 to U+001F, U+007F to U+009F): it becomes part of
// commands, lines and reports.
enum sim_status plan_walk_printable(struct plan_walk *walk, const yaml_node_t *node,
                                    const char *text);

// Refuse the key of a pair of `mapping` that stands there before.
enum sim_status plan_walk_once(struct plan_walk *walk, const yaml_node_t *mapping,
                               const yaml_node_pair_t *pair);
// Call `visit` for each pair of a mapping; a key that stands there twice is refused.
enum sim_status plan_walk_pairs(struct plan_walk *walk, yaml_node_t *node, plan_visit_fn *visit,
                                void *user);
enum sim_status plan_walk_number(struct plan_walk *walk, const yaml_node_t *node, uint64_t least,
                                 uint64_t most, uint64_t *value);
enum sim_status plan_walk_weight(struct plan_walk *walk, const yaml_node_t *node, unsigned *weight);
// Check a name of a configuration or test.
enum sim_status plan_walk_name(struct plan_walk *walk, const yaml_node_t *node, const char *name);

#endif
