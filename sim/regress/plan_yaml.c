// SPDX-License-Identifier: Apache-2.0
// YAML to a plan. Configurations are read before tests, wherever they stand, since tests name them.
#define _POSIX_C_SOURCE 200809L
#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "plan.h"
#include "plan_test.h"
#include "plan_walk.h"

enum { MOST_DEPTH = 7, STANDARD_SECONDS = 600 };

// --- configurations ----------------------------------------------------------------------

// One key may be spelled nested and with dots.
static bool is_given(const struct words *settings, const char *path) {
    size_t length = strlen(path);
    for (unsigned i = 0; i < settings->count; i++)
        if (!strncmp(settings->word[i], path, length) && settings->word[i][length] == '=')
            return true;
    return false;
}

static enum sim_status add_setting(struct plan_walk *walk, const yaml_node_t *node,
                                   struct words *settings, const char *path) {
    char text[PLAN_PATH_BYTES + 256];
    struct run_config scratch = config_default();
    const char *value = plan_walk_text(node);
    if (!value) return plan_walk_fail(walk, node, "expected a value");
    if (!strcmp(path, "seed"))
        return plan_walk_fail(walk, node, "a configuration has no seed: jobs have one each");
    if (is_given(settings, path))
        return sim_fail(walk->error, SIM_ERROR_USAGE, "%s: %.80s was already given",
                        plan_walk_at(walk, node), path);
    enum sim_status status = plan_walk_printable(walk, node, value);
    if (status) return status;
    status = config_assign(plan_walk_at(walk, node), path, value, &scratch, walk->error);
    if (status) return status;
    int n = snprintf(text, sizeof text, "%s=%s", path, value);
    if (n < 0 || (size_t)n >= sizeof text) return plan_walk_fail(walk, node, "this is too long");
    return words_add(settings, text) ? SIM_OK : plan_walk_no_memory(walk);
}

static enum sim_status visit_settings(struct plan_walk *walk, yaml_node_t *node,
                                      struct words *settings, const char *path) {
    enum sim_status status = SIM_OK;
    if (node->type != YAML_MAPPING_NODE) {
        if (!path[0]) return plan_walk_fail(walk, node, "expected a mapping of keys to values");
        return add_setting(walk, node, settings, path);
    }
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         !status && pair < node->data.mapping.pairs.top; pair++) {
        char longer[PLAN_PATH_BYTES];
        yaml_node_t *key = yaml_document_get_node(walk->document, pair->key);
        status = plan_walk_count(walk, key);
        if (status) return status;
        if (!plan_walk_text(key)) return plan_walk_fail(walk, key, "a key must be a plain word");
        status = plan_walk_once(walk, node, pair);
        if (status) return status;
        int n = snprintf(longer, sizeof longer, "%s%s%s", path, path[0] ? "." : "",
                         plan_walk_text(key));
        if (n < 0 || (size_t)n >= sizeof longer)
            return plan_walk_fail(walk, key, "this key is too long");
        status = visit_settings(walk, yaml_document_get_node(walk->document, pair->value), settings,
                                longer);
    }
    return status;
}

static enum sim_status visit_configuration_key(struct plan_walk *walk, void *user, const char *key,
                                               yaml_node_t *value) {
    struct plan_configuration *configuration = user;
    if (!strcmp(key, "set")) return visit_settings(walk, value, &configuration->settings, "");
    if (!strcmp(key, "weight")) return plan_walk_weight(walk, value, &configuration->weight);
    if (strcmp(key, "config"))
        return sim_fail(walk->error, SIM_ERROR_USAGE,
                        "%s: a configuration has no '%.40s'; it has config, set, weight",
                        plan_walk_at(walk, value), key);
    const char *text = plan_walk_text(value);
    if (!text || !text[0]) return plan_walk_fail(walk, value, "expected the name of a file");
    enum sim_status status = plan_walk_printable(walk, value, text);
    if (status) return status;
    configuration->file = strdup(text);
    return configuration->file ? SIM_OK : plan_walk_no_memory(walk);
}

static enum sim_status visit_configuration(struct plan_walk *walk, void *user, const char *key,
                                           yaml_node_t *value) {
    struct plan *plan = user;
    enum sim_status status = plan_walk_name(walk, value, key);
    if (status) return status;
    if (plan->configuration_count == PLAN_MOST)
        return plan_walk_fail(walk, value, "more than 256 configurations");
    struct plan_configuration *configuration = &plan->configurations[plan->configuration_count++];
    strcpy(configuration->name, key);
    configuration->weight = 1;
    if (plan_walk_text(value) && !plan_walk_text(value)[0]) return SIM_OK;  // "default:" alone
    return plan_walk_pairs(walk, value, visit_configuration_key, configuration);
}

// --- tests, limits -----------------------------------------------------------------------

static enum sim_status visit_test(struct plan_walk *walk, void *user, const char *key,
                                  yaml_node_t *value) {
    struct plan *plan = user;
    enum sim_status status = plan_walk_name(walk, value, key);
    if (status) return status;
    if (plan->test_count == PLAN_MOST) return plan_walk_fail(walk, value, "more than 256 tests");
    struct plan_test *test = &plan->tests[plan->test_count++];
    strcpy(test->name, key);
    return plan_test_read(walk, plan, value, test);
}

static enum sim_status visit_limit(struct plan_walk *walk, void *user, const char *key,
                                   yaml_node_t *value) {
    struct plan *plan = user;
    if (!strcmp(key, "seconds"))
        return plan_walk_number(walk, value, 1, PLAN_MOST_SECONDS, &plan->seconds);
    if (!strcmp(key, "jobs"))
        return plan_walk_number(walk, value, 1, PLAN_MOST_JOBS, &plan->most_jobs);
    if (!strcmp(key, "minutes"))
        return plan_walk_number(walk, value, 1, PLAN_MOST_SECONDS / 60, &plan->most_minutes);
    return sim_fail(walk->error, SIM_ERROR_USAGE,
                    "%s: there is no limit '%.40s'; there are seconds, jobs, minutes",
                    plan_walk_at(walk, value), key);
}

// --- the plan ----------------------------------------------------------------------------

static enum sim_status visit_title(struct plan_walk *walk, const yaml_node_t *value,
                                   struct plan *plan) {
    const char *text = plan_walk_text(value);
    bool ok = text && text[0] && strlen(text) < sizeof plan->title;
    for (const char *c = text; ok && *c; c++) ok = (unsigned char)*c >= ' ' && *c != 127;
    if (!ok)
        return plan_walk_fail(walk, value, "a title is one line of at most 127 bytes, not empty");
    strcpy(plan->title, text);
    return SIM_OK;
}

static enum sim_status visit_first(struct plan_walk *walk, void *user, const char *key,
                                   yaml_node_t *value) {
    struct plan *plan = user;
    if (!strcmp(key, "title")) return visit_title(walk, value, plan);
    if (!strcmp(key, "limits")) return plan_walk_pairs(walk, value, visit_limit, plan);
    if (!strcmp(key, "configurations"))
        return plan_walk_pairs(walk, value, visit_configuration, plan);
    if (!strcmp(key, "seed")) {
        plan->has_seed = true;
        return plan_walk_number(walk, value, 0, PLAN_MOST_SEED, &plan->seed);
    }
    if (!strcmp(key, "tests")) return SIM_OK;
    return sim_fail(walk->error, SIM_ERROR_USAGE,
                    "%s: a plan has no '%.40s'; it has title, seed, configurations, tests, limits",
                    plan_walk_at(walk, value), key);
}

static enum sim_status visit_second(struct plan_walk *walk, void *user, const char *key,
                                    yaml_node_t *value) {
    return strcmp(key, "tests") ? SIM_OK : plan_walk_pairs(walk, value, visit_test, user);
}

static enum sim_status visit_document(struct plan_walk *walk, struct plan *plan) {
    yaml_node_t *root = yaml_document_get_root_node(walk->document);
    if (!root)
        return sim_fail(walk->error, SIM_ERROR_USAGE, "%s:1: this plan is empty", walk->name);
    enum sim_status status = plan_walk_pairs(walk, root, visit_first, plan);
    if (!status && plan->configuration_count == 0) {
        strcpy(plan->configurations[0].name, "default");
        plan->configurations[0].weight = 1;
        plan->configuration_count = 1;
    }
    if (!status) status = plan_walk_pairs(walk, root, visit_second, plan);
    if (!status && plan->test_count == 0)
        status = sim_fail(walk->error, SIM_ERROR_USAGE, "%s: this plan has no tests", walk->name);
    return status;
}

// The file's name without folder and ending, for a plan without a title.
static void title_of(const char *name, struct plan *plan) {
    const char *slash = strrchr(name, '/');
    snprintf(plan->title, sizeof plan->title, "%s", slash ? slash + 1 : name);
    char *dot = strrchr(plan->title, '.');
    if (dot && dot != plan->title) *dot = '\0';
    for (char *c = plan->title; *c; c++)
        if ((unsigned char)*c < ' ' || (unsigned char)*c >= 127) *c = '_';
    if (!plan->title[0]) strcpy(plan->title, "plan");
}

enum sim_status plan_parse(const char *name, const unsigned char *bytes, size_t size,
                           struct plan *plan, struct sim_error *error) {
    static const struct yaml_file_kind kind = {"plan", MOST_DEPTH};
    yaml_document_t document;
    *plan = (struct plan){.seconds = STANDARD_SECONDS};
    enum sim_status status = yaml_file_document(name, bytes, size, &kind, &document, error);
    if (status) return status;
    struct plan_walk walk = {.name = name, .document = &document, .error = error};
    title_of(name, plan);
    plan->configurations = calloc(PLAN_MOST, sizeof *plan->configurations);
    plan->tests = calloc(PLAN_MOST, sizeof *plan->tests);
    status = plan->configurations && plan->tests ? visit_document(&walk, plan)
                                                 : plan_walk_no_memory(&walk);
    yaml_document_delete(&document);
    if (status) plan_destroy(plan);
    return status;
}

enum sim_status plan_load(const char *path, struct plan *plan, struct sim_error *error) {
    unsigned char *bytes;
    size_t size;
    enum sim_status status = yaml_file_read(path, &bytes, &size, error);
    if (status) return status;
    status = plan_parse(path, bytes, size, plan, error);
    free(bytes);
    return status;
}
