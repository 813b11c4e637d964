// SPDX-License-Identifier: Apache-2.0
// Reads what the bare-metal program printed (target/program.c).
#ifndef QEMU_OBSERVED_H
#define QEMU_OBSERVED_H

#include <stdio.h>

#include "predict.h"

struct observed {
    FILE *file;
    unsigned long line;  // of the text that was read last
    char text[512];
};

struct observed_scenario {
    uint64_t menvcfg, satp;
};

// Each returns NULL, or a sentence (static storage): what is not as it must be.
const char *observed_scenario(struct observed *observed, uint64_t number,
                              struct observed_scenario *scenario);
// The outcome in the comparer's terms: a fetch that reached its tag is one without fault.
const char *observed_probe(struct observed *observed, uint64_t number,
                           const struct scenario_probe *probe, struct outcome *outcome);
const char *observed_end(struct observed *observed, uint64_t count);

#endif
