// SPDX-License-Identifier: Apache-2.0
// The suites of a plan, each a configuration with a test, and the units that they need.
#ifndef REGRESS_SUITES_H
#define REGRESS_SUITES_H

#include "plan.h"

#define SUITE_NO_CONFIGURATION "-"  // of a test that is not combined with configurations

struct suite {
    const char *configuration, *test;  // names
    const struct plan_test *from;
    struct words words;  // "tandem run ARGUMENT...", without the seed
    char *command;       // the same for a shell
    unsigned weight;     // of the configuration times that of the test
    bool covers;         // it runs the model, so that there is coverage
    int unit;            // index of its unit; -1: the job finds its own, or needs none
};

// A unit under test, as tb/build_dut.sh takes it.
struct unit {
    char *options;
    bool wanted;         // some job needs it
    char *path;          // once built
    char sentence[256];  // why it could not be built; else empty
};

struct suites {
    struct suite *suite;
    unsigned count;
    struct unit *units;
    unsigned unit_count;
};

// Lay out the suites of a plan, which must outlive them: configurations in the plan's order within
// tests in the plan's order. The files of configurations are read. On failure there is nothing to
// destroy. SIM_ERROR_USAGE, SIM_ERROR_IO, SIM_ERROR_MEMORY.
enum sim_status suites_create(const struct plan *plan, struct suites *suites,
                              struct sim_error *error);
void suites_destroy(struct suites *suites);

// Returns the index of the suite of these names, -1 if the plan has none.
int suites_find(const struct suites *suites, const char *configuration, const char *test);

#endif
