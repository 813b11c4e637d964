// SPDX-License-Identifier: Apache-2.0
// What fences cover: the time of the last one, of everything, by ASID, by page at each page size,
// and by page and ASID ("Supervisor Memory-Management Fence Instruction", "Svinval").
//
// SFENCE.VMA orders the writes before it for the requests after it. SINVAL.VMA orders the writes
// before the last SFENCE.W.INVAL that precedes it, for the requests after the next SFENCE.INVAL.IR.
#include <assert.h>
#include <stddef.h>

#include "legal_internal.h"

#define ANY_ASID 0x10000u

static uint64_t key_of(unsigned shift, uint64_t va, unsigned asid) {
    // va >> shift has at most 52 bits: 12 are free for the shift; the ASID is mixed in.
    uint64_t page = (va >> shift << 6) | shift;
    return page ^ ((uint64_t)asid * UINT64_C(0xD1342543DE82EF95));
}

static uint32_t fence_set(uint64_t key) {
    return (uint32_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 40) & (LEGAL_FENCE_SETS - 1);
}

static uint64_t lookup(const struct legal *legal, uint64_t key, uint64_t *lost) {
    uint32_t set = fence_set(key);
    const struct legal_page_fence *fence = &legal->page_fence[set * LEGAL_WAYS];
    *lost = legal->page_fence_lost[set];
    for (unsigned way = 0; way < LEGAL_WAYS; way++) {
        if (fence[way].stamp != 0 && fence[way].key == key) {
            return fence[way].stamp;
        }
    }
    return 0;
}

static void remember(struct legal *legal, uint64_t key, uint64_t stamp) {
    uint32_t set = fence_set(key);
    struct legal_page_fence *first = &legal->page_fence[set * LEGAL_WAYS], *oldest = first;
    for (struct legal_page_fence *fence = first; fence < first + LEGAL_WAYS; fence++) {
        if (fence->stamp != 0 && fence->key == key) {
            fence->stamp = legal_later(fence->stamp, stamp);
            return;
        }
        if (fence->stamp < oldest->stamp) {
            oldest = fence;
        }
    }
    if (oldest->stamp > legal->all) {
        legal->page_fence_lost[set] = legal_later(legal->page_fence_lost[set], oldest->stamp);
        legal->stats.forgotten++;
    }
    *oldest = (struct legal_page_fence){key, stamp};
}

static unsigned most_levels(const struct legal *legal) {
    return legal->pte_bytes == 8 ? 5 : 2;
}

static uint64_t width_of(const struct legal *legal, uint64_t va) {
    return legal->pte_bytes == 8 ? va : va & UINT32_MAX;
}

// What a request may use is fixed by the fences before it: kept when the first later one comes.
static void keep_view(const struct legal *legal, struct legal_flight *flight) {
    if (!flight->has_view) {
        legal_make_view(legal, flight, &flight->view);
        flight->has_view = true;
    }
}

static void keep_views(struct legal *legal) {
    for (unsigned port = 0; port < MMU_PORTS; port++) {
        struct legal_queue *queue = &legal->queue[port];
        for (unsigned i = 0; i < queue->count; i++) {
            keep_view(legal, &queue->flight[i]);
        }
        for (unsigned i = 0; i < queue->killed_count; i++) {
            keep_view(legal, &queue->killed[i].flight);
        }
    }
}

void legal_make_view(const struct legal *legal, const struct legal_flight *flight,
                     struct legal_view *view) {
    *view = (struct legal_view){.all = legal->all, .asid = legal->asid_fence[flight->asid]};
    uint64_t va = width_of(legal, flight->request.va);
    for (unsigned level = 0; level < most_levels(legal); level++) {
        unsigned shift = 12 + legal->level_bits * level;
        view->page[level] = lookup(legal, key_of(shift, va, ANY_ASID), &view->page_lost[level]);
        view->page_asid[level] =
            lookup(legal, key_of(shift, va, flight->asid), &view->page_asid_lost[level]);
    }
}

// The fence is in force for requests after `force`; it covers what was replaced before `stamp`.
static void apply(struct legal *legal, const struct mmu_fence *fence, uint64_t stamp,
                  uint64_t force) {
    uint16_t asid = (uint16_t)(fence->asid & ((1u << legal->config.arch.asid_bits) - 1u));
    if (fence->has_va) {
        uint64_t va = width_of(legal, fence->va);
        for (unsigned level = 0; level < most_levels(legal); level++) {
            unsigned shift = 12 + legal->level_bits * level;
            remember(legal, key_of(shift, va, fence->has_asid ? asid : ANY_ASID), stamp);
        }
    } else if (fence->has_asid) {
        legal->asid_fence[asid] = legal_later(legal->asid_fence[asid], stamp);
        legal_close_spans(legal, stamp, force, false, asid);
    } else {
        legal->all = legal_later(legal->all, stamp);
        legal_forget_killed(legal);
        legal_close_spans(legal, stamp, force, true, 0);
    }
}

// "If the value held in rs1 is not a valid virtual address, then the SFENCE.VMA instruction has no
// effect": valid by the mode that satp selects, or, with Bare, by the widest mode.
static bool valid_va(const struct legal *legal, const struct mmu_fence *fence) {
    if (!fence->has_va || legal->pte_bytes == 4) {
        return true;
    }
    const struct legal_mode *mode =
        legal->has_csr ? legal_mode_of(&legal->config.arch, legal->csr.satp) : NULL;
    return legal_canonical(mode ? mode : legal_widest(legal), fence->va);
}

static void sinval(struct legal *legal, const struct mmu_fence *fence) {
    if (legal->w_inval == 0) {
        return;  // it orders no write
    }
    if (legal->sinvals == LEGAL_SINVALS) {
        legal->sinval_lost = legal->w_inval;
        legal->stats.forgotten++;
        return;
    }
    legal->sinval[legal->sinvals++] = (struct legal_sinval){*fence, legal->w_inval};
}

static void apply_one(struct legal *legal, const struct legal_pending *pending) {
    if (pending->fence.op == MMU_SFENCE_INVAL_IR) {
        for (unsigned i = 0; i < legal->sinvals; i++) {
            apply(legal, &legal->sinval[i].fence, legal->sinval[i].stamp, pending->stamp);
        }
        legal->sinvals = 0;
        legal->fences_lost = legal_later(legal->fences_lost, legal->sinval_lost);
    } else if (pending->fence.op == MMU_SFENCE_W_INVAL) {
        legal->w_inval = pending->stamp;
    } else if (!pending->valid_va) {
        return;
    } else if (pending->fence.op == MMU_SINVAL_VMA) {
        sinval(legal, &pending->fence);
    } else {
        apply(legal, &pending->fence, pending->stamp, pending->stamp);
    }
}

void legal_apply_pending(struct legal *legal) {
    if (legal->pendings == 0) {
        return;
    }
    keep_views(legal);
    for (unsigned i = 0; i < legal->pendings; i++) {
        apply_one(legal, &legal->pending[i]);
    }
    legal->pendings = 0;
}

void legal_fence(struct legal *legal, uint64_t now, const struct mmu_fence *fence) {
    uint64_t stamp = legal_stamp(legal, now);
    legal->fence_cycle = now;
    if (legal->pendings == LEGAL_PENDING) {
        legal_apply_pending(legal);
    }
    legal->pending[legal->pendings++] =
        (struct legal_pending){*fence, stamp, valid_va(legal, fence)};
}
