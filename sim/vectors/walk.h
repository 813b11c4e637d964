// SPDX-License-Identifier: Apache-2.0
// Queries on the model's pure walk, with one stage or two.
#ifndef VECTORS_WALK_H
#define VECTORS_WALK_H

#include "memory.h"
#include "scenario.h"

// The hart of one scenario.
struct vectors_hart {
    struct vectors_scenario scenario;
    struct vectors_choices choices;
    struct mmu_arch arch;  // 16 PMP entries if the scenario has P lines, else none
    struct mmu_pmp pmp;
    struct vectors_memory *memory;  // borrowed
};

struct vectors_hart vectors_hart_of(const struct vectors_scenario *scenario,
                                    const struct vectors_choices *choices,
                                    struct vectors_memory *memory);

// Walk. Updates reach memory. *trace is filled.
void vectors_walk(const struct vectors_hart *hart, const struct vectors_query *query,
                  struct mmu_walk_trace *trace, struct vectors_outcome *outcome);

// What the unit does not know, its client adds: an allowed access of an address where no memory is
// becomes an access fault.
void vectors_final_memory(const struct vectors_hart *hart, const struct vectors_query *query,
                          struct vectors_outcome *outcome);

// Where a denied final access went wrong: PMP, or no memory beyond pa_bits.
enum vectors_where vectors_where_denied(const struct vectors_hart *hart,
                                        const struct vectors_query *query, uint64_t pa);

// What differs between what was expected and what came: bits, in the order of a comparison.
enum vectors_difference {
    VECTORS_DIFFERS_FAULT = 1,  // fault or none, cause
    VECTORS_DIFFERS_WHERE = 2,  // where the fault arose
    VECTORS_DIFFERS_PA = 4,
    VECTORS_DIFFERS_PAGE_SIZE = 8,
    VECTORS_DIFFERS_PBMT = 16,
    VECTORS_DIFFERS_TVAL = 32,
    VECTORS_DIFFERS_HTVAL = 64,
    VECTORS_DIFFERS_HTINST = 128,
    VECTORS_DIFFERS_UPDATES = 256
};

// whole: the observer sees pa of a faulting final access (the pure walk; a unit does not show it).
unsigned vectors_compare(const struct vectors_outcome *expected,
                         const struct vectors_outcome *observed, bool whole);

#endif
