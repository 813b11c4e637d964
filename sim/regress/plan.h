// SPDX-License-Identifier: Apache-2.0
// A plan: configurations x tests x seeds, weights, limits (docs/regress.md).
#ifndef REGRESS_PLAN_H
#define REGRESS_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/error.h"
#include "words.h"

enum {
    PLAN_NAME_BYTES = 64,
    PLAN_TITLE_BYTES = 128,
    PLAN_MOST = 256,  // configurations; tests; ranges of seeds of a test
    PLAN_MOST_JOBS = 1000000,
    PLAN_MOST_WEIGHT = 1000
};
#define PLAN_MOST_SEED ((uint64_t)INT64_MAX)

// A command of the program that can be a test. Only the first is combined with configurations.
enum plan_command { PLAN_RUN, PLAN_VECTORS, PLAN_STUDY, PLAN_COMMANDS };

// Returns "run", "vectors", "study".
const char *plan_command_name(enum plan_command command);

struct plan_configuration {
    char name[PLAN_NAME_BYTES];
    char *file;             // as --config; NULL: none
    struct words settings;  // key=value
    unsigned weight;
};

struct plan_range {
    uint64_t first, last;
};

// Either so many new ones each time, or these.
struct plan_seeds {
    uint64_t new_count;
    struct plan_range *ranges;
    unsigned range_count;  // 0: new ones
};

struct plan_test {
    char name[PLAN_NAME_BYTES];
    enum plan_command command;
    struct words arguments;
    bool uses[PLAN_MOST];  // of the configurations; meaningful for PLAN_RUN
    bool has_dut;          // it names a DUT of its own, or needs none
    struct plan_seeds seeds;
    unsigned weight;
    uint64_t seconds;
};

struct plan {
    char title[PLAN_TITLE_BYTES];
    bool has_seed;
    uint64_t seed;
    struct plan_configuration *configurations;
    struct plan_test *tests;
    unsigned configuration_count, test_count;
    uint64_t seconds, most_jobs, most_minutes;  // 0 of the last two: no limit
};

// Read a plan. On success the caller owns what *plan holds (plan_destroy); on failure there is
// nothing to destroy. SIM_ERROR_USAGE with name and line, SIM_ERROR_IO, SIM_ERROR_MEMORY.
enum sim_status plan_load(const char *path, struct plan *plan, struct sim_error *error);
// The same from bytes in memory; `name` stands for the file.
enum sim_status plan_parse(const char *name, const unsigned char *bytes, size_t size,
                           struct plan *plan, struct sim_error *error);
void plan_destroy(struct plan *plan);

// Returns how many jobs of listed or new seeds the test has for each configuration.
uint64_t plan_seed_count(const struct plan_seeds *seeds);

#endif
