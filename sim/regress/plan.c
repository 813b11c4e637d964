// SPDX-License-Identifier: Apache-2.0
#include "plan.h"

#include <stdlib.h>

const char *plan_command_name(enum plan_command command) {
    static const char *const names[PLAN_COMMANDS] = {"run", "vectors", "study"};
    return names[command];
}

void plan_destroy(struct plan *plan) {
    for (unsigned i = 0; i < plan->configuration_count; i++) {
        free(plan->configurations[i].file);
        words_destroy(&plan->configurations[i].settings);
    }
    for (unsigned i = 0; i < plan->test_count; i++) {
        words_destroy(&plan->tests[i].arguments);
        free(plan->tests[i].seeds.ranges);
    }
    free(plan->configurations);
    free(plan->tests);
    *plan = (struct plan){0};
}

uint64_t plan_seed_count(const struct plan_seeds *seeds) {
    uint64_t count = 0;
    if (!seeds->range_count) return seeds->new_count;
    for (unsigned i = 0; i < seeds->range_count; i++) {
        uint64_t span = seeds->ranges[i].last - seeds->ranges[i].first;
        if (span >= PLAN_MOST_JOBS || count > PLAN_MOST_JOBS) return PLAN_MOST_JOBS + 1;
        count += span + 1;
    }
    return count;
}
