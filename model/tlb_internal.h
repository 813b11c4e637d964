// SPDX-License-Identifier: Apache-2.0
// Replacement policies of the TLB: which way of a full set goes. Each policy has the
// same two functions, used and victim (docs/microarchitecture.md section 5).
#ifndef MMU_TLB_INTERNAL_H
#define MMU_TLB_INTERNAL_H

#include "mmu/tlb.h"

#define PLRU_WORDS 2u  // 64-bit words that hold the up to 127 tree bits of one set

struct mmu_tlb_policy {
    uint8_t kind;     // enum mmu_policy
    uint32_t ways;    // per set
    uint64_t clock;   // LRU, FIFO: the last stamp given
    uint64_t *stamp;  // LRU, FIFO: per entry (set * ways + way), time of last use or of fill
    uint64_t *tree;   // PLRU: PLRU_WORDS per set, bit n of them is node n
    // PLRU with at most 64 ways: the nodes on the path to each way, and those of them that are set
    // by its touch.
    uint64_t path[64], away[64];
    uint16_t random;  // RANDOM: the Galois register
};

// Allocates for this many sets. Returns false without memory (destroy is still due).
bool mmu_tlb_policy_create(struct mmu_tlb_policy *policy, const struct mmu_tlb_config *config);
void mmu_tlb_policy_destroy(struct mmu_tlb_policy *policy);
void mmu_tlb_policy_reset(struct mmu_tlb_policy *policy, uint32_t sets);

// Record a use of a way: a hit, or (filled) its fill.
void mmu_tlb_policy_used(struct mmu_tlb_policy *policy, uint32_t set, uint32_t way, bool filled);

// Returns the victim among the ways of a set in which all ways are valid.
uint32_t mmu_tlb_policy_victim(struct mmu_tlb_policy *policy, uint32_t set);

#endif
