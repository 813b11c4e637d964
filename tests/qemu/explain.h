// SPDX-License-Identifier: Apache-2.0
// One page about a difference: the probe, both outcomes, the model's walk, the PMP.
#ifndef QEMU_EXPLAIN_H
#define QEMU_EXPLAIN_H

#include <stdio.h>

#include "predict.h"

struct explain_difference {
    const struct predict *predict;
    uint64_t scenario;
    unsigned probe;
    const struct outcome *expected, *observed;
    const struct mmu_walk_trace *trace;
};

void explain_difference(FILE *file, const struct explain_difference *difference);

#endif
