// SPDX-License-Identifier: Apache-2.0
// The cycle model's client in front of an RTL, in lockstep with the model.
#ifndef SIM_CYCLES_LOCKSTEP_H
#define SIM_CYCLES_LOCKSTEP_H

#include "sim/cycles.h"
#include "verif/bench.h"

// As cycles_create, with the bench in place of the model alone: `ops` and `dut` are borrowed, their
// profile's configuration is config->mmu. ops = NULL: the bench with the model alone. cycles_read
// gives the DUT's counters. A disagreement is an error of cycles_feed and cycles_drain, which
// compares the counters last: SIM_ERROR_FORMAT with the name of the check and the cycle.
enum sim_status cycles_create_lockstep(const struct cycles_config *config,
                                       const struct dut_ops *ops, struct dut *dut,
                                       struct cycles **cycles, struct sim_error *error);

#endif
