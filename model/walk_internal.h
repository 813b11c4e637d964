// SPDX-License-Identifier: Apache-2.0
// Pieces of the architecture that the plain walk and the timed engine share: how an
// answer is composed, and which requests need no page table at all.
#ifndef MMU_WALK_INTERNAL_H
#define MMU_WALK_INTERNAL_H

#include "mmu/walk.h"

// Returns the answer of a fault; every other field is 0.
static inline struct mmu_answer mmu_answer_fault(uint8_t cause, enum mmu_source source) {
    return (struct mmu_answer){.fault = true, .cause = cause, .source = (uint8_t)source};
}

// Returns the answer of a translation with the leaf's ppn and its perm byte.
static inline struct mmu_answer mmu_answer_leaf(const struct mmu_mode *mode, uint64_t ppn,
                                                uint8_t perm, uint64_t va, unsigned level,
                                                enum mmu_source source) {
    return (struct mmu_answer){.pa = mmu_leaf_pa(mode, ppn, va, level),
                               .level = (uint8_t)level,
                               .source = (uint8_t)source,
                               .perm = perm};
}

static inline bool mmu_is_store(uint8_t access) {
    return access == MMU_STORE || access == MMU_AMO;
}

// Returns whether section 6, steps 1 and 2, answer: not translated, not canonical.
static inline bool mmu_needs_no_table(const struct mmu_mode *mode,
                                      const struct mmu_context *context,
                                      const struct mmu_request *request) {
    return !context->translated || !mmu_is_canonical(mode, request->va);
}

// Returns that answer.
struct mmu_answer mmu_answer_without_table(const struct mmu_context *context,
                                           const struct mmu_request *request);

// Returns the 44-bit ppn of a PTE.
uint64_t mmu_pte_ppn(uint64_t pte);

#endif
