// SPDX-License-Identifier: Apache-2.0
// What the model says of a probe, in the terms of what QEMU shows: the trap or the datum, and
// every word of memory that changed.
#ifndef QEMU_PREDICT_H
#define QEMU_PREDICT_H

#include "mmu/pmp.h"
#include "mmu/walk.h"
#include "scenario.h"

#define OUTCOME_CHANGES 8u

struct outcome_change {
    uint64_t pa, value;
};

struct outcome {
    bool fault;
    bool elsewhere;  // a fetch's trap came from another instruction than the one at va
    uint8_t cause;
    uint64_t tval;
    uint64_t datum;    // load, amo, fetch without fault; else 0
    unsigned changes;  // by increasing pa; those beyond OUTCOME_CHANGES are counted, not kept
    struct outcome_change change[OUTCOME_CHANGES];
};

// The rules in which QEMU departs from the specification, each with its name in docs/qemu.md, and
// the exception that the specification has where the rule makes a difference.
#define DEVIATIONS(X)                                                                         \
    X(RESERVED_BITS_ACCEPTED, "reserved_bits_accepted", mmu_page_fault)                       \
    X(PBMT_3_ACCEPTED, "pbmt_3_accepted", mmu_page_fault)                                     \
    X(PBMT_ACCEPTED_WITHOUT_PBMTE, "pbmt_accepted_without_pbmte", mmu_page_fault)             \
    X(NAPOT_CHECKED_AFTER_UPDATE, "napot_checked_after_update", mmu_page_fault)               \
    X(PTE_WITHOUT_MEMORY_IS_PAGE_FAULT, "pte_without_memory_is_page_fault", mmu_access_fault) \
    X(PTE_UPDATE_IGNORES_PMP, "pte_update_ignores_pmp", mmu_access_fault)                     \
    X(AMO_WITHOUT_MEMORY_IS_LOAD_FAULT, "amo_without_memory_is_load_fault", mmu_access_fault) \
    X(MRET_ILLEGAL_WITHOUT_PMP_ENTRY, "mret_illegal_without_pmp_entry", mmu_access_fault)     \
    X(PA_TRUNCATED_TO_32_BITS, "pa_truncated_to_32_bits", mmu_access_fault)

enum deviation {
#define X(name, text, exception) DEVIATION_##name,
    DEVIATIONS(X)
#undef X
        DEVIATION_COUNT
};
#define DEVIATION_BIT(name) (1u << DEVIATION_##name)

// One scenario as a machine: memory, PMP. An opaque value to all but predict.c.
struct predict {
    const struct scenario *scenario;
    struct mmu_arch arch;
    struct mmu_pmp pmp;
    uint8_t memory[LAYOUT_BYTES];
};

void predict_start(struct predict *predict, const struct scenario_set *set,
                   const struct scenario *scenario);

// Returns the outcome with these deviations in force (bits; 0: the model alone). `trace` may be
// NULL. predict's memory is the same after it.
struct outcome predict_probe(struct predict *predict, const struct scenario_probe *probe,
                             unsigned deviations, struct mmu_walk_trace *trace);

bool outcome_equal(const struct outcome *a, const struct outcome *b);

#endif
