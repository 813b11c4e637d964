// SPDX-License-Identifier: Apache-2.0
// A translation lookaside buffer as docs/microarchitecture.md section 5 describes
// it: set-associative, every page size, ASID and global tags, four policies.
#ifndef MMU_TLB_H
#define MMU_TLB_H

#include <stddef.h>

#include "mmu/types.h"

enum mmu_policy { MMU_LRU = 0, MMU_PLRU = 1, MMU_FIFO = 2, MMU_RANDOM = 3 };

struct mmu_tlb_config {
    uint32_t entries;  // 1 .. 4096
    uint32_t ways;     // 1 .. 128, divides entries; entries/ways is a power of two
    uint8_t policy;    // enum mmu_policy; PLRU needs ways to be a power of two
};

struct mmu_tlb_entry {
    uint64_t vpn;  // va[56:12] (XLEN = 32: va[31:12]), its low page_bits - 12 bits 0
    uint64_t ppn;  // 44 or 22 bits, as in the PTE
    uint16_t asid;
    uint8_t level;
    uint8_t page_bits;  // log2 of the page's bytes (16: NAPOT)
    uint8_t pbmt;
    uint8_t perm;  // D A G U X W R V; G: the or over the path
    bool valid;
};

struct mmu_tlb;

struct mmu_tlb_fill {
    uint32_t set, way;
    bool evict;                   // the policy chose a valid entry
    struct mmu_tlb_entry victim;  // meaningful if evict
};

// Returns NULL if config is legal, otherwise a static sentence saying what is not.
const char *mmu_tlb_config_check(const struct mmu_tlb_config *config);

// Returns a TLB with every entry invalid, owned by the caller, or NULL (no memory).
// Asserts that config and arch are legal.
struct mmu_tlb *mmu_tlb_create(const struct mmu_tlb_config *config, const struct mmu_arch *arch);
void mmu_tlb_destroy(struct mmu_tlb *tlb);
void mmu_tlb_reset(struct mmu_tlb *tlb);

// Returns the matching entry or NULL. Does not touch the policy; the pointer is
// valid until the next call that changes the TLB.
const struct mmu_tlb_entry *mmu_tlb_lookup(const struct mmu_tlb *tlb, uint64_t va, uint16_t asid);

// Record a use of an entry that lookup returned.
void mmu_tlb_touch(struct mmu_tlb *tlb, const struct mmu_tlb_entry *entry);

// Install an entry (overlap rule, way choice, touch of section 5).
struct mmu_tlb_fill mmu_tlb_fill(struct mmu_tlb *tlb, const struct mmu_tlb_entry *entry);

// Invalidate what the fence covers (section 9).
void mmu_tlb_fence(struct mmu_tlb *tlb, const struct mmu_fence *fence);

// Returns the entry at (set, way), valid or not.
const struct mmu_tlb_entry *mmu_tlb_at(const struct mmu_tlb *tlb, uint32_t set, uint32_t way);

#endif
