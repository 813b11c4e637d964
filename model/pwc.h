// SPDX-License-Identifier: Apache-2.0
// The page-walk caches' storage (docs/microarchitecture.md section 5): pointers by level.
#ifndef MMU_PWC_H
#define MMU_PWC_H

#include "mmu/engine.h"

#define PWC_LEVELS 4u  // levels 1 .. 4
#define PWC_NONE UINT32_MAX

struct pwc_pointer {
    uint64_t table;  // address
    bool global;
};

struct pwc;

// Returns NULL without memory. entries: per level, 1 .. MMU_PWC_ENTRIES.
struct pwc *pwc_create(uint32_t entries, const struct mmu_arch *arch);
void pwc_destroy(struct pwc *pwc);
void pwc_reset(struct pwc *pwc);

// Returns the way of the entry of that level which matches, PWC_NONE.
uint32_t pwc_find(const struct pwc *pwc, unsigned level, uint64_t va, uint16_t asid);
struct pwc_pointer pwc_pointer_at(const struct pwc *pwc, unsigned level, uint32_t way);
void pwc_touch(struct pwc *pwc, unsigned level, uint32_t way);
// Returns the way of that level which was used least recently.
uint32_t pwc_oldest(const struct pwc *pwc, unsigned level);
// Write a pointer read at that level. `oldest`: pwc_oldest as the cycle began.
void pwc_fill(struct pwc *pwc, unsigned level, uint64_t va, uint16_t asid,
              struct pwc_pointer pointer, uint32_t oldest);
// An invalidating fence.
void pwc_fence(struct pwc *pwc, const struct mmu_fence *fence);

#endif
