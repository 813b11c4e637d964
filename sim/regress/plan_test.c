// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include "plan_test.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"

struct reading {
    const struct plan *plan;
    struct plan_test *test;
    bool has_command, has_configurations;
};

// --- arguments ---------------------------------------------------------------------------

// What the runner gives itself. `run` only: those from --wave on.
static const char *const reserved[] = {"--seed",     "--json", "--quiet",
                                       "--config",   "--wave", "--wave-window",
                                       "--coverage", "--keep", "--explain"};
static const char *const reserved_short[] = {"-s", "-j", "-c", "-w"};

// argp takes any beginning of an option's name for it, if there is no other.
static bool is_option(const char *word, const char *option) {
    size_t name = strcspn(word, "=");
    return name > 2 && name <= strlen(option) && !strncmp(word, option, name);
}

static enum sim_status check_word(struct plan_walk *walk, const yaml_node_t *node,
                                  struct plan_test *test, const char *word) {
    enum sim_status status = plan_walk_printable(walk, node, word);
    if (status) return status;
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        if (is_option(word, reserved[i]))
            return sim_fail(walk->error, SIM_ERROR_USAGE,
                            "%s: %.80s is given by the runner (or spell another option out)",
                            plan_walk_at(walk, node), word);
    for (size_t i = 0; i < sizeof reserved_short / sizeof reserved_short[0]; i++)
        if (word[0] == '-' && word[1] != '-' && !strncmp(word, reserved_short[i], 2))
            return sim_fail(walk->error, SIM_ERROR_USAGE,
                            "%s: %.80s is given by the runner (use the long name of another "
                            "option)",
                            plan_walk_at(walk, node), word);
    if (is_option(word, "--dut") || is_option(word, "--model-only")) test->has_dut = true;
    return SIM_OK;
}

static enum sim_status read_list(struct plan_walk *walk, const yaml_node_t *node,
                                 struct words *words) {
    for (const yaml_node_item_t *item = node->data.sequence.items.start;
         item < node->data.sequence.items.top; item++) {
        const yaml_node_t *word = yaml_document_get_node(walk->document, *item);
        enum sim_status status = plan_walk_count(walk, word);
        if (status) return status;
        if (!plan_walk_text(word)) return plan_walk_fail(walk, word, "expected a word");
        if (!words_add(words, plan_walk_text(word))) return plan_walk_no_memory(walk);
    }
    return SIM_OK;
}

static enum sim_status read_arguments(struct plan_walk *walk, const yaml_node_t *node,
                                      struct plan_test *test) {
    const char *text = plan_walk_text(node);
    enum sim_status status = SIM_OK;
    bool open = false;
    if (text && !words_split(&test->arguments, text, &open))
        return open ? plan_walk_fail(walk, node, "a quote does not end")
                    : plan_walk_no_memory(walk);
    if (!text && node->type != YAML_SEQUENCE_NODE)
        return plan_walk_fail(walk, node, "expected arguments: words, or a list of words");
    if (!text) status = read_list(walk, node, &test->arguments);
    for (unsigned i = 0; i < test->arguments.count && !status; i++)
        status = check_word(walk, node, test, test->arguments.word[i]);
    return status;
}

// --- seeds -------------------------------------------------------------------------------

// "7" or "1..100".
static bool read_range(const char *text, struct plan_range *range) {
    char first[32];
    const char *dots = strstr(text, "..");
    size_t length = dots ? (size_t)(dots - text) : strlen(text);
    if (length >= sizeof first) return false;
    memcpy(first, text, length);
    first[length] = '\0';
    if (!config_number(first, &range->first)) return false;
    range->last = range->first;
    if (dots && !config_number(dots + 2, &range->last)) return false;
    return range->first <= range->last && range->last <= PLAN_MOST_SEED;
}

static enum sim_status add_range(struct plan_walk *walk, const yaml_node_t *node,
                                 struct plan_seeds *seeds) {
    struct plan_range range;
    const char *text = plan_walk_text(node);
    if (!text || !read_range(text, &range))
        return plan_walk_fail(walk, node, "expected a seed, or a range of seeds as 1..100");
    for (unsigned i = 0; i < seeds->range_count; i++)
        if (range.first <= seeds->ranges[i].last && seeds->ranges[i].first <= range.last)
            return plan_walk_fail(walk, node, "a seed is given twice");
    if (seeds->range_count == PLAN_MOST)
        return plan_walk_fail(walk, node, "more than 256 seeds and ranges in this list");
    seeds->ranges[seeds->range_count++] = range;
    if (plan_seed_count(seeds) > PLAN_MOST_JOBS)
        return plan_walk_fail(walk, node, "more than 1000000 seeds");
    return plan_walk_count(walk, node);
}

static enum sim_status read_seeds(struct plan_walk *walk, const yaml_node_t *node,
                                  struct plan_seeds *seeds) {
    enum sim_status status = SIM_OK;
    const char *text = plan_walk_text(node);
    if (text && !strstr(text, ".."))
        return plan_walk_number(walk, node, 1, PLAN_MOST_JOBS, &seeds->new_count);
    seeds->ranges = calloc(PLAN_MOST, sizeof *seeds->ranges);
    if (!seeds->ranges) return plan_walk_no_memory(walk);
    if (text) return add_range(walk, node, seeds);
    if (node->type != YAML_SEQUENCE_NODE ||
        node->data.sequence.items.start == node->data.sequence.items.top)
        return plan_walk_fail(walk, node, "expected a number of seeds, a range, or a list");
    for (const yaml_node_item_t *item = node->data.sequence.items.start;
         !status && item < node->data.sequence.items.top; item++)
        status = add_range(walk, yaml_document_get_node(walk->document, *item), seeds);
    return status;
}

// --- configurations ----------------------------------------------------------------------

static enum sim_status use_configuration(struct plan_walk *walk, const yaml_node_t *node,
                                         const struct plan *plan, struct plan_test *test) {
    const char *name = plan_walk_text(node);
    for (unsigned c = 0; name && c < plan->configuration_count; c++) {
        if (strcmp(plan->configurations[c].name, name)) continue;
        test->uses[c] = true;
        return plan_walk_count(walk, node);
    }
    return sim_fail(walk->error, SIM_ERROR_USAGE, "%s: there is no configuration '%.80s'",
                    plan_walk_at(walk, node), name ? name : "");
}

static enum sim_status read_configurations(struct plan_walk *walk, const yaml_node_t *node,
                                           struct reading *reading) {
    enum sim_status status = SIM_OK;
    reading->has_configurations = true;
    if (plan_walk_text(node)) return use_configuration(walk, node, reading->plan, reading->test);
    if (node->type != YAML_SEQUENCE_NODE ||
        node->data.sequence.items.start == node->data.sequence.items.top)
        return plan_walk_fail(walk, node, "expected names of configurations");
    for (const yaml_node_item_t *item = node->data.sequence.items.start;
         !status && item < node->data.sequence.items.top; item++)
        status = use_configuration(walk, yaml_document_get_node(walk->document, *item),
                                   reading->plan, reading->test);
    return status;
}

// --- the test ----------------------------------------------------------------------------

static enum sim_status visit_key(struct plan_walk *walk, void *user, const char *key,
                                 yaml_node_t *value) {
    struct reading *reading = user;
    struct plan_test *test = reading->test;
    if (!strcmp(key, "seeds")) return read_seeds(walk, value, &test->seeds);
    if (!strcmp(key, "weight")) return plan_walk_weight(walk, value, &test->weight);
    if (!strcmp(key, "seconds"))
        return plan_walk_number(walk, value, 1, PLAN_MOST_SECONDS, &test->seconds);
    if (!strcmp(key, "configurations")) return read_configurations(walk, value, reading);
    for (unsigned c = 0; c < PLAN_COMMANDS; c++) {
        if (strcmp(key, plan_command_name((enum plan_command)c))) continue;
        if (reading->has_command) return plan_walk_fail(walk, value, "a test is one command");
        reading->has_command = true;
        test->command = (enum plan_command)c;
        return read_arguments(walk, value, test);
    }
    return sim_fail(walk->error, SIM_ERROR_USAGE,
                    "%s: a test has no '%.40s'; it has run, vectors or study, and "
                    "configurations, seeds, weight, seconds",
                    plan_walk_at(walk, value), key);
}

enum sim_status plan_test_read(struct plan_walk *walk, const struct plan *plan, yaml_node_t *node,
                               struct plan_test *test) {
    struct reading reading = {.plan = plan, .test = test};
    test->weight = 1;
    test->seeds.new_count = 1;
    test->seconds = plan->seconds;
    enum sim_status status = plan_walk_pairs(walk, node, visit_key, &reading);
    if (status) return status;
    if (!reading.has_command)
        return plan_walk_fail(walk, node, "this test says nothing to run: run, vectors or study");
    if (reading.has_configurations && test->command != PLAN_RUN)
        return plan_walk_fail(walk, node, "only tests of `run` have configurations");
    for (unsigned c = 0; c < plan->configuration_count && !reading.has_configurations; c++)
        test->uses[c] = true;
    return SIM_OK;
}
