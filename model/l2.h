// SPDX-License-Identifier: Apache-2.0
// The second-level TLB's storage (docs/microarchitecture.md section 5): what a lookup finds, what
// a fill writes, what a fence leaves. When these happen is not its business.
#ifndef MMU_L2_H
#define MMU_L2_H

#include "mmu/engine.h"

struct l2;

#define L2_NONE UINT32_MAX

// What a lookup found in its two sets; way w of the small or large set is bit w.
struct l2_found {
    uint32_t small_base, large_base;  // index of way 0
    uint16_t small_match, large_match;
    uint16_t small_bad, large_bad;  // wrong parity
    uint32_t index;                 // of the match that counts, L2_NONE
};

// Where a fill will be written.
struct l2_choice {
    uint32_t index;
    struct mmu_l2_fill fill;
    struct mmu_l2_entry entry;
};

const char *l2_config_check(const struct mmu_l2_config *config);
// Returns NULL without memory. Asserts legal arguments.
struct l2 *l2_create(const struct mmu_l2_config *config, const struct mmu_arch *arch);
void l2_destroy(struct l2 *l2);
void l2_reset(struct l2 *l2);
const struct mmu_l2_entry *l2_at(const struct l2 *l2, uint32_t index);
uint32_t l2_index(const struct l2 *l2, uint32_t set, uint32_t way);

// Returns what a compare cycle finds. `written`: index written at the end of the read cycle,
// L2_NONE.
struct l2_found l2_look(const struct l2 *l2, uint64_t va, uint16_t asid, uint32_t written);
// Invalidate the entries of wrong parity. Returns whether there were any.
bool l2_drop_bad(struct l2 *l2, const struct l2_found *found);
void l2_drop_matches(struct l2 *l2, const struct l2_found *found);
void l2_touch(struct l2 *l2, const struct l2_found *found);
// Choose the place of a walk's translation for the granule of va.
struct l2_choice l2_choose(struct l2 *l2, uint64_t va, const struct mmu_tlb_entry *page);
void l2_write(struct l2 *l2, const struct l2_choice *choice, bool poisoned);
// An invalidating fence.
void l2_fence(struct l2 *l2, const struct mmu_fence *fence);

#endif
