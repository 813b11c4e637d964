// SPDX-License-Identifier: Apache-2.0
#include "keys.h"

#include <inttypes.h>
#include <string.h>

#include "sim/kernels/working_set.h"

static const char *const pagings[] = {"resident", "demand", NULL};
static const char *const clients[] = {"program", "stream", NULL};
#define FIELD(name) offsetof(struct study_config, name)

const struct config_key study_keys[] = {
    {"study.page_bytes", FIELD(page_bytes), CONFIG_NUMBER, 4096, UINT64_C(1) << 30, NULL, 4096,
     "bytes of a page, a power of two"},
    {"study.paging", FIELD(paging), CONFIG_CHOICE, 0, 0, pagings, STUDY_RESIDENT,
     "resident: every page is mapped beforehand; demand: page faults, os.frames"},
    {"study.client", FIELD(client), CONFIG_CHOICE, 0, 0, clients, STUDY_PROGRAM,
     "of cycles; program: as tandem run; stream: one reference a cycle, fast, pages of any size"},
    {"study.window", FIELD(window), CONFIG_NUMBER, 1, INT64_MAX, NULL, 131072,
     "references: window of the working set"},
    {"study.sample", FIELD(sample), CONFIG_NUMBER, 1, 1 << 20, NULL, 1,
     "LRU's page faults by a sample of one page in N, with a standard error; 1: exactly"},
};
const unsigned study_key_count = sizeof study_keys / sizeof study_keys[0];

struct study_config study_config_default(void) {
    struct study_config config = {.run = config_default()};
    for (unsigned i = 0; i < study_key_count; i++)
        study_key_set(&config, &study_keys[i], study_keys[i].standard);
    return config;
}

const struct config_key *study_key_find(const char *path) {
    for (unsigned i = 0; i < config_key_count; i++)
        if (!strcmp(config_keys[i].path, path)) return &config_keys[i];
    for (unsigned i = 0; i < study_key_count; i++)
        if (!strcmp(study_keys[i].path, path)) return &study_keys[i];
    return NULL;
}

uint64_t study_key_value(const struct study_config *config, const struct config_key *key) {
    uint64_t value;
    memcpy(&value, (const char *)config + key->offset, sizeof value);
    return value;
}

void study_key_set(struct study_config *config, const struct config_key *key, uint64_t value) {
    memcpy((char *)config + key->offset, &value, sizeof value);
}

unsigned study_page_bits(const struct study_config *config) {
    unsigned bits = 0;
    while (UINT64_C(1) << bits < config->page_bytes) bits++;
    return bits;
}

static bool is_ways(const struct config_key *key) {
    const char *dot = strrchr(key->path, '.');
    return dot && !strcmp(dot, ".ways");
}

static enum sim_status read_choice(const char *place, const struct config_key *key,
                                   const char *text, uint64_t *value, struct sim_error *error) {
    char names[128] = "";
    for (uint64_t i = 0; key->choices[i]; i++) {
        size_t used = strlen(names);
        if (!strcmp(key->choices[i], text)) {
            *value = i;
            return SIM_OK;
        }
        snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", key->choices[i]);
    }
    return sim_fail(error, SIM_ERROR_USAGE, "%s: %s must be one of %s, not '%.40s'", place,
                    key->path, names, text);
}

enum sim_status study_key_read(const char *place, const struct config_key *key, const char *text,
                               uint64_t *value, struct sim_error *error) {
    if (key->kind == CONFIG_CHOICE) return read_choice(place, key, text, value, error);
    if (is_ways(key) && !strcmp(text, "full")) {
        *value = STUDY_FULL;
        return SIM_OK;
    }
    if (config_number(text, value) && *value >= key->least && *value <= key->most) return SIM_OK;
    return sim_fail(error, SIM_ERROR_USAGE,
                    "%s: %s must be a whole number from %" PRIu64 " to %" PRIu64 "%s, not '%.40s'",
                    place, key->path, key->least, key->most, is_ways(key) ? " or full" : "", text);
}

void study_key_print(const struct config_key *key, uint64_t value, char out[24]) {
    if (key->kind == CONFIG_CHOICE)
        snprintf(out, 24, "%s", key->choices[value]);
    else if (value == STUDY_FULL)
        snprintf(out, 24, "full");
    else
        snprintf(out, 24, "%" PRIu64, value);
}

// "tlb.data.ways" = full: the value of "tlb.data.entries".
static void settle_ways(struct study_config *config) {
    for (unsigned i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        char path[96];
        if (study_key_value(config, key) != STUDY_FULL || !is_ways(key)) continue;
        snprintf(path, sizeof path, "%.*s.entries", (int)(strlen(key->path) - strlen(".ways")),
                 key->path);
        const struct config_key *entries = study_key_find(path);
        study_key_set(config, key, entries ? study_key_value(config, entries) : key->most);
    }
}

void study_windows_around(uint64_t window, uint64_t *below, uint64_t *above) {
    *below = *above = 1;
    for (unsigned i = 0; i < KERNEL_WORKING_SET_WINDOWS && *above < window; i++) {
        *above = kernel_working_set_window(i);
        if (*above <= window) *below = *above;
    }
}

static enum sim_status check_study(const struct study_config *config, struct sim_error *error) {
    uint64_t below, above;
    if (config->page_bytes & (config->page_bytes - 1))
        return sim_fail(error, SIM_ERROR_USAGE,
                        "study.page_bytes must be a power of two, not %" PRIu64,
                        config->page_bytes);
    study_windows_around(config->window, &below, &above);
    if (below != config->window && above != config->window)
        return sim_fail(error, SIM_ERROR_USAGE,
                        "study.window: of %" PRIu64
                        " references no working set is measured "
                        "exactly, but of %" PRIu64 " and %" PRIu64,
                        config->window, below, above);
    // Shapes are legal with OPT where they are with LRU.
    struct run_config run = config->run;
    if (run.data_policy == CONFIG_OPT) run.data_policy = MMU_LRU;
    if (run.fetch_policy == CONFIG_OPT) run.fetch_policy = MMU_LRU;
    return config_check(&run, error);
}

enum sim_status study_config_finish(struct study_config *config, struct sim_error *error) {
    settle_ways(config);
    config_settle(&config->run);
    return check_study(config, error);
}
