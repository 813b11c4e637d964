// SPDX-License-Identifier: Apache-2.0
// Queries on a unit with ports, cycle by cycle: the timed model alone, or a DUT in lockstep with
// it.
#ifndef VECTORS_UNIT_H
#define VECTORS_UNIT_H

#include "verif/bench.h"
#include "walk.h"

struct vectors_unit;

// Returns a unit of these parameters on this memory, owned by the caller; NULL without host
// memory. ops and dut NULL: the model alone. seed: of the memory's latencies.
struct vectors_unit *vectors_unit_create(const struct mmu_config *config, const struct dut_ops *ops,
                                         struct dut *dut, struct vectors_memory *memory,
                                         uint64_t seed);
void vectors_unit_destroy(struct vectors_unit *unit);

// Reset, and write the PMP registers of the scenario (without P lines, on a unit with PMP: an
// entry that allows everything). False: as vectors_unit_query.
bool vectors_unit_begin(struct vectors_unit *unit, const struct vectors_hart *hart);

// Ask; fence everything before, unless the scenario keeps its TLBs. Updates reach memory; after an
// undo the caller tells by vectors_unit_undoing. False: DUT and model disagree, or no answer came;
// vectors_unit_page tells, and the unit needs a vectors_unit_begin.
bool vectors_unit_query(struct vectors_unit *unit, const struct vectors_hart *hart,
                        const struct vectors_query *query, struct vectors_outcome *outcome);

// The memory's changes are about to be undone: for the history of PTEs.
void vectors_unit_undoing(struct vectors_unit *unit);

// Returns one page on the disagreement, owned by the caller (free); NULL without host memory.
char *vectors_unit_page(const struct vectors_unit *unit, const char *command);
const struct bench_stats *vectors_unit_stats(const struct vectors_unit *unit);

#endif
