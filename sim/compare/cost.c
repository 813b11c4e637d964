// SPDX-License-Identifier: Apache-2.0
// What a unit costs on both sides, by tandem cost.
#define _GNU_SOURCE
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compare.h"

static const char *const keys[] = {"luts", "ffs", "brams"};
static const char *const names[] = {"LUTs", "flip-flops", "block RAMs"};
enum { KEYS = 3 };

// " --set key=value" of the unit alone: tandem cost takes no others.
static void unit_settings(const struct run_config *config, char *out, size_t capacity) {
    char all[2048];
    size_t used = 0;
    config_arguments(config, all, sizeof all);
    out[0] = '\0';
    char *rest = NULL;
    for (char *word = strtok_r(all, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        bool unit = !strncmp(word, "mmu.", 4) || !strncmp(word, "tlb.", 4);
        if (!unit || !strncmp(word, "mmu.mode=", 9) || used + strlen(word) + 8 > capacity) continue;
        used += (size_t)snprintf(out + used, capacity - used, " --set %s", word);
    }
}

static enum sim_status read_counts(FILE *file, const char *given, double counts[KEYS],
                                   struct sim_error *error) {
    json_t *root = json_loadf(file, 0, NULL);
    json_t *unit = json_array_get(json_object_get(root, "cost"), 0);
    bool whole = unit != NULL;
    for (unsigned k = 0; k < KEYS && whole; k++) {
        json_t *value = json_object_get(unit, keys[k]);
        whole = json_is_integer(value);
        if (whole) counts[k] = (double)json_integer_value(value);
    }
    json_decref(root);
    return whole ? SIM_OK
                 : sim_fail(error, SIM_ERROR_TOOL, "tandem cost has no counts of the RTL of %.200s",
                            given);
}

static enum sim_status measure(const struct compare_side *side, const struct run_config *config,
                               double counts[KEYS], struct sim_error *error) {
    char settings[2048], command[2400], place[] = "/tmp/tandem-cost-XXXXXX";
    int fd = mkstemp(place);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
    if (!file) return sim_fail(error, SIM_ERROR_IO, "%s: cannot be made", place);
    unit_settings(config, settings, sizeof settings);
    snprintf(command, sizeof command,
             "exec \"$TANDEM_COMPARE_SELF\" cost --no-timing --json \"$TANDEM_COMPARE_JSON\"%s "
             ">/dev/null",
             settings);
    char self[RUN_PATH_BYTES];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    enum sim_status status = SIM_OK;
    fflush(NULL);
    if (setenv("TANDEM_COMPARE_SELF", self, 1) || setenv("TANDEM_COMPARE_JSON", place, 1) ||
        setenv("TANDEM_RTL", side->rtl, 1) || system(command))
        status = sim_fail(error, SIM_ERROR_TOOL,
                          "tandem cost failed on the RTL of %.200s; the reason stands above",
                          side->given);
    unsetenv("TANDEM_RTL");
    // It was replaced, not rewritten.
    file = freopen(place, "r", file);
    if (!status)
        status = file ? read_counts(file, side->given, counts, error)
                      : sim_fail(error, SIM_ERROR_IO, "%s: cannot be read", place);
    if (file) fclose(file);
    unlink(place);
    return status;
}

enum sim_status compare_cost(const struct run_config *config, const struct compare_side side[2],
                             struct compare_result *result, struct sim_error *error) {
    double counts[2][KEYS];
    for (unsigned s = 0; s < 2; s++) {
        enum sim_status status = measure(&side[s], config, counts[s], error);
        if (status) return status;
    }
    for (unsigned k = 0; k < KEYS; k++) {
        struct compare_row *row = &result->cost[result->costs++];
        *row = (struct compare_row){.base = counts[0][k], .head = counts[1][k], .whole = true};
        snprintf(row->name, sizeof row->name, "%s", names[k]);
    }
    return SIM_OK;
}
