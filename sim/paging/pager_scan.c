// SPDX-License-Identifier: Apache-2.0
// What a kernel's policy sees: A and D of resident pages' PTEs, and what it may do with them.
#include "pager_private.h"

static void pager_owe(struct pager *pager, const struct pager_frame *frame) {
    if (pager->owed_count == 2 * pager->frame_count) {
        pager->owed_all = true;  // no caller took them: one stands for all
        return;
    }
    pager->owed[pager->owed_count++] = pager_fence(pager, frame->space, frame->vpn);
}

static void pager_clear_bit(struct pager *pager, struct pager_frame *frame, uint64_t bit) {
    pager_pte_write(pager, frame->pte_pa, pager_load(pager, frame) & ~bit);
}

// A search clears the A of a frame once at most: it goes round until it finds one that is clear.
static bool pager_test_accessed(void *user, uint32_t index) {
    struct pager *pager = user;
    struct pager_frame *frame = &pager->frames[index];
    pager->counts.ptes_scanned++;
    if (!(pager_load(pager, frame) & MMU_PTE_A)) return false;
    pager_clear_bit(pager, frame, MMU_PTE_A);
    if (pager->fence == PAGER_FENCE_PAGE) pager_owe(pager, frame);
    if (pager->fence == PAGER_FENCE_ALL) pager->owed_all = true;
    if (pager->fence == PAGER_FENCE_NONE) frame->unfenced = true;
    return true;
}

static bool pager_dirty(void *user, uint32_t index) {
    struct pager *pager = user;
    return pager_load(pager, &pager->frames[index]) & MMU_PTE_D;
}

// Nothing is in flight, so that the write may come before the fence: no store is between the two.
static bool pager_clean(void *user, uint32_t index) {
    struct pager *pager = user;
    struct pager_frame *frame = &pager->frames[index];
    if (pager->scan_status != SIM_OK) return false;
    if (frame->slot == SWAP_NO_SLOT) frame->slot = swap_take(pager->swap, frame->space);
    if (frame->slot == SWAP_NO_SLOT) return false;
    pager->scan_status = pager_save(pager, frame, &pager->scan_error);
    if (pager->scan_status != SIM_OK) return false;
    pager->counts.cleaned++;
    pager_clear_bit(pager, frame, MMU_PTE_D);
    pager_owe(pager, frame);
    return true;
}

static uint64_t pager_time(void *user, uint32_t index) {
    const struct pager *pager = user;
    return pager->space_time[pager->frames[index].space];
}

const struct policy_view pager_view = {pager_test_accessed, pager_dirty, pager_clean, pager_time};

void pager_scan(struct pager *pager) {
    pager->counts.scans++;
    pager->ops->scan(pager->policy);
}

bool pager_next_fence(struct pager *pager, struct mmu_fence *fence) {
    bool all = pager->owed_all;
    pager->owed_all = false;
    // One fence of everything stands for all others.
    if (all) pager->owed_count = 0;
    if (!all && pager->owed_count == 0) return false;
    *fence = all ? (struct mmu_fence){0} : pager->owed[--pager->owed_count];
    pager->counts.scan_fences++;
    return true;
}
