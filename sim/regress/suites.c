// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "dut_loader.h"

static enum sim_status no_memory(struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
}

static bool write_words(const struct plan_configuration *configuration, struct suite *suite) {
    struct words *words = &suite->words;
    bool ok =
        words_add(words, "tandem") && words_add(words, plan_command_name(suite->from->command));
    if (ok && configuration && configuration->file)
        ok = words_add(words, "--config") && words_add(words, configuration->file);
    for (unsigned i = 0; ok && configuration && i < configuration->settings.count; i++)
        ok = words_add(words, "--set") && words_add(words, configuration->settings.word[i]);
    ok = ok && words_add_all(words, &suite->from->arguments);
    suite->command = ok ? words_text(words) : NULL;
    return suite->command != NULL;
}

// --- units -------------------------------------------------------------------------------

// What the arguments of a test set: --set KEY=VALUE, or --set=KEY=VALUE.
static enum sim_status apply_arguments(const struct plan_test *test, struct run_config *config,
                                       struct sim_error *error) {
    enum sim_status status = SIM_OK;
    for (unsigned i = 0; i < test->arguments.count && !status; i++) {
        const char *word = test->arguments.word[i];
        if (!strncmp(word, "--set=", 6))
            status = config_set(word + 6, config, error);
        else if (!strcmp(word, "--set") && i + 1 < test->arguments.count)
            status = config_set(test->arguments.word[++i], config, error);
    }
    return status;
}

static enum sim_status effective_config(const struct plan_configuration *configuration,
                                        const struct plan_test *test, struct run_config *config,
                                        struct sim_error *error) {
    enum sim_status status = SIM_OK;
    *config = config_default();
    if (configuration->file) status = config_load(configuration->file, config, error);
    for (unsigned i = 0; i < configuration->settings.count && !status; i++)
        status = config_set(configuration->settings.word[i], config, error);
    if (!status) status = apply_arguments(test, config, error);
    config_settle(config);
    return status;
}

static enum sim_status find_unit(struct suites *suites, const struct run_config *config,
                                 struct suite *suite, struct sim_error *error) {
    char unit_words[256], options[288];
    struct mmu_config mmu = config_mmu(config);
    // The RTL has no larger ones: the job says so itself.
    if (mmu.tlb[0].entries > 128 || mmu.tlb[1].entries > 128) return SIM_OK;
    dut_unit_options(&mmu, unit_words, sizeof unit_words);
    snprintf(options, sizeof options, "%s%s", config->properties ? "" : "--no-properties ",
             unit_words);
    for (unsigned u = 0; u < suites->unit_count; u++)
        if (!strcmp(suites->units[u].options, options)) suite->unit = (int)u;
    if (suite->unit >= 0) return SIM_OK;
    struct unit *unit = &suites->units[suites->unit_count];
    unit->options = strdup(options);
    if (!unit->options) return no_memory(error);
    suite->unit = (int)suites->unit_count++;
    return SIM_OK;
}

// --- suites ------------------------------------------------------------------------------

// Coverage is sampled from the model.
static bool without_model(const struct words *arguments) {
    for (unsigned i = 0; i < arguments->count; i++) {
        const char *word = arguments->word[i];
        if (!strcmp(word, "--dut-only") || !strcmp(word, "--oracle=legal")) return true;
        if (!strcmp(word, "--oracle") && i + 1 < arguments->count &&
            !strcmp(arguments->word[i + 1], "legal"))
            return true;
    }
    return false;
}

static enum sim_status add_suite(struct suites *suites,
                                 const struct plan_configuration *configuration,
                                 const struct plan_test *test, struct sim_error *error) {
    struct suite *suite = &suites->suite[suites->count++];
    struct run_config config;
    *suite = (struct suite){
        .configuration = configuration ? configuration->name : SUITE_NO_CONFIGURATION,
        .test = test->name,
        .from = test,
        .weight = test->weight * (configuration ? configuration->weight : 1),
        .unit = -1};
    if (!write_words(configuration, suite)) return no_memory(error);
    if (!configuration) return SIM_OK;
    enum sim_status status = effective_config(configuration, test, &config, error);
    suite->covers = config.oracle != CONFIG_LEGAL && !without_model(&test->arguments);
    if (!status && !test->has_dut) status = find_unit(suites, &config, suite, error);
    return status;
}

static unsigned most_suites(const struct plan *plan) {
    unsigned count = 0;
    for (unsigned t = 0; t < plan->test_count; t++)
        for (unsigned c = 0; c < plan->configuration_count; c++)
            count += plan->tests[t].uses[c] || c == 0;
    return count;
}

static enum sim_status add_suites(const struct plan *plan, struct suites *suites,
                                  struct sim_error *error) {
    enum sim_status status = SIM_OK;
    for (unsigned t = 0; t < plan->test_count && !status; t++) {
        const struct plan_test *test = &plan->tests[t];
        if (test->command != PLAN_RUN) {
            status = add_suite(suites, NULL, test, error);
            continue;
        }
        for (unsigned c = 0; c < plan->configuration_count && !status; c++)
            if (test->uses[c]) status = add_suite(suites, &plan->configurations[c], test, error);
    }
    return status;
}

enum sim_status suites_create(const struct plan *plan, struct suites *suites,
                              struct sim_error *error) {
    unsigned most = most_suites(plan);
    *suites = (struct suites){.suite = calloc(most + 1, sizeof *suites->suite),
                              .units = calloc(most + 1, sizeof *suites->units)};
    enum sim_status status =
        suites->suite && suites->units ? add_suites(plan, suites, error) : no_memory(error);
    if (status) suites_destroy(suites);
    return status;
}

void suites_destroy(struct suites *suites) {
    for (unsigned i = 0; i < suites->count; i++) {
        words_destroy(&suites->suite[i].words);
        free(suites->suite[i].command);
    }
    for (unsigned i = 0; i < suites->unit_count; i++) {
        free(suites->units[i].options);
        free(suites->units[i].path);
    }
    free(suites->suite);
    free(suites->units);
    *suites = (struct suites){0};
}

int suites_find(const struct suites *suites, const char *configuration, const char *test) {
    for (unsigned i = 0; i < suites->count; i++)
        if (!strcmp(suites->suite[i].configuration, configuration) &&
            !strcmp(suites->suite[i].test, test))
            return (int)i;
    return -1;
}
