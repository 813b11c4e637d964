// SPDX-License-Identifier: Apache-2.0
// A recorded program in memory: the first ten million references of traces/cc1.tdt as the machine
// sees them.
#ifndef TESTS_SIM_PROGRAM_H
#define TESTS_SIM_PROGRAM_H

#include <stdint.h>

#include "sim/future.h"

#define PROGRAM_REFERENCES 10000000u
#define PROGRAM_PAGES 1452u

struct program {
    uint32_t *references;  // page << 1 | write
    struct future *future;
};

// As cmocka's group setup and teardown: *state is the struct program.
int program_open(void **state);
int program_close(void **state);

#endif
