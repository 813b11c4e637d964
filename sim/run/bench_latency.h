// SPDX-License-Identifier: Apache-2.0
// The latency of one uncontended walk, measured on a DUT in lockstep.
#ifndef RUN_BENCH_LATENCY_H
#define RUN_BENCH_LATENCY_H

#include <stdint.h>

#include "dut_loader.h"

// Returns the cycles from acceptance to answer of a load whose walk reads `reads` PTEs (1 .. 3),
// each with g = grant and L = data; 0 if the walk failed or model and DUT disagreed.
uint64_t bench_walk_latency(const struct loaded_dut *dut, unsigned reads, uint32_t grant,
                            uint32_t data);

#endif
