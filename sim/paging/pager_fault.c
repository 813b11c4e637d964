// SPDX-License-Identifier: Apache-2.0
// The fault handler: what a page fault is, which frame serves it, victim out, page in.
#include <assert.h>

#include "pager_private.h"

#define PAGER_RWXU ((uint64_t)(MMU_PTE_R | MMU_PTE_W | MMU_PTE_X | MMU_PTE_U))

static enum sim_status pager_pte_damaged(uint32_t space, uint64_t vpn, uint64_t pte,
                                         const char *why, struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_FORMAT,
                    "damaged page table: space %lu page 0x%llx: PTE 0x%llx %s",
                    (unsigned long)space, (unsigned long long)vpn, (unsigned long long)pte, why);
}

struct mmu_fence pager_fence(const struct pager *pager, uint32_t space, uint64_t vpn) {
    return (struct mmu_fence){.has_va = true,
                              .has_asid = true,
                              .va = vpn << MMU_PAGE_BITS,
                              .asid = pager_space_asid(pager, space)};
}

static uint64_t pager_slot_pte(uint64_t slot) {
    return (slot + 1) << MMU_PTE_PPN_SHIFT;
}

// Returns the slot that an unmapped, not empty PTE names, SWAP_NO_SLOT if it is of no such form.
static uint64_t pager_pte_slot(uint64_t pte) {
    uint64_t slot = (pte >> MMU_PTE_PPN_SHIFT) - 1;
    return pager_slot_pte(slot) == pte && slot < SWAP_SLOTS_LIMIT ? slot : SWAP_NO_SLOT;
}

static uint64_t pager_saved_version(const struct pager *pager, const struct pager_frame *frame) {
    const struct swap_page *page =
        frame->slot == SWAP_NO_SLOT ? NULL : swap_holds(pager->swap, frame->slot);
    return page ? page->version : 0;
}

static bool pager_wants_d(const struct mmu_fault *fault) {
    return fault->cause == MMU_CAUSE_STORE_PAGE;
}

// A fault on a mapped page: A or D is missing, or the translation was older than the PTE.
static enum sim_status pager_minor(struct pager *pager, const struct mmu_fault *fault,
                                   uint64_t pte_pa, uint64_t pte, struct pager_work *work,
                                   struct sim_error *error) {
    uint32_t index = pager_pte_frame(pager, pte);
    struct pager_frame *frame = index == PAGER_NO_FRAME ? NULL : &pager->frames[index];
    if (!frame || frame->state != PAGER_FRAME_RESIDENT || frame->space != work->space ||
        frame->vpn != work->vpn || ((pte ^ frame->left_pte) & ~PAGER_AD)) {
        return pager_pte_damaged(work->space, work->vpn, pte, "is not what was written", error);
    }
    uint64_t need = pager_wants_d(fault) ? PAGER_AD : MMU_PTE_A;
    work->frame = index;
    work->fence = pager_fence(pager, work->space, work->vpn);
    if ((pte & need) == need) {
        work->outcome = PAGER_SPURIOUS;
        pager->counts.spurious_faults++;
        return SIM_OK;
    }
    frame->left_pte = pte | need;
    pager_pte_write(pager, pte_pa, frame->left_pte);
    work->outcome = PAGER_ACCESSED;
    pager->counts.minor_faults++;
    return SIM_OK;
}

// Whether the victim's PTE is what the handler wrote, but for what hardware may set, and tells of
// every write.
static enum sim_status pager_victim_check(const struct pager *pager, uint32_t index,
                                          struct sim_error *error) {
    const struct pager_frame *frame = &pager->frames[index];
    uint64_t pte = pager_load(pager, frame);
    if ((pte ^ frame->left_pte) & ~PAGER_AD) {
        return pager_pte_damaged(frame->space, frame->vpn, pte, "is not what was written", error);
    }
    uint64_t saved = pager_saved_version(pager, frame);
    if (!(pte & MMU_PTE_D) && frame->version != saved) {
        return sim_fail(error, SIM_ERROR_FORMAT,
                        "lost update: space %lu page 0x%llx: frame %lu is evicted with D = 0, but "
                        "holds version %llu, and version %llu is saved",
                        (unsigned long)frame->space, (unsigned long long)frame->vpn,
                        (unsigned long)index, (unsigned long long)frame->version,
                        (unsigned long long)saved);
    }
    return SIM_OK;
}

// Returns a resident frame whose slot is outdated, because its page was written since.
static struct pager_frame *pager_outdated(struct pager *pager) {
    for (uint32_t i = 0; i < pager->frame_count; i++) {
        uint32_t at = pager->reclaim_at++;
        if (pager->reclaim_at == pager->frame_count) pager->reclaim_at = 0;
        struct pager_frame *frame = &pager->frames[at];
        if (frame->state == PAGER_FRAME_RESIDENT && frame->slot != SWAP_NO_SLOT &&
            (pager_load(pager, frame) & MMU_PTE_D)) {
            return frame;
        }
    }
    return NULL;
}

// What a major fault takes, found before anything is changed.
struct pager_plan {
    uint32_t frame;
    bool evicts;
    bool needs_slot;
    struct pager_frame *outdated;  // its slot is taken when none is free
    uint64_t pte_pa;
};

// Find everything the fault needs; *enough tells whether it is there.
static enum sim_status pager_plan(struct pager *pager, uint32_t space, uint64_t vpn,
                                  struct pager_plan *plan, bool *enough, struct sim_error *error) {
    *plan = (struct pager_plan){.evicts = pager->free_count == 0};
    plan->frame = plan->evicts ? pager->ops->victim(pager->policy, policy_page(space, vpn))
                               : pager->free_frames[pager->free_count - 1];
    struct pager_frame *frame = &pager->frames[plan->frame];
    *enough = true;
    if (pager->scan_status != SIM_OK) {
        return sim_fail(error, pager->scan_status, "%s", pager->scan_error.text);
    }
    if (plan->evicts) {
        enum sim_status status = pager_victim_check(pager, plan->frame, error);
        if (status != SIM_OK) return status;
        plan->needs_slot = frame->slot == SWAP_NO_SLOT && (pager_load(pager, frame) & MMU_PTE_D);
    }
    if (plan->needs_slot && swap_free_slots(pager->swap) == 0) {
        plan->outdated = pager_outdated(pager);
        *enough = plan->outdated != NULL;
        if (!*enough) return SIM_OK;
    }
    if (!frame->content) {
        frame->content =
            sim_memory_page_writable(pager->memory, pager_frame_pa(pager, plan->frame));
    }
    if (!frame->content) return sim_fail(error, SIM_ERROR_MEMORY, "no memory for a page frame");
    switch (space_pte_make(pager->spaces[space], vpn, &plan->pte_pa)) {
        case SPACE_OK:
            return SIM_OK;
        case SPACE_NO_TABLES:
            *enough = false;
            return SIM_OK;
        case SPACE_DAMAGED:
            break;
        case SPACE_NO_HOST_MEMORY:
            return sim_fail(error, SIM_ERROR_MEMORY, "no memory for a page table");
    }
    return sim_fail(error, SIM_ERROR_FORMAT,
                    "damaged page table: space %lu page 0x%llx: a pointer on its path is not what "
                    "was written",
                    (unsigned long)space, (unsigned long long)vpn);
}

// Unmap the victim. Its content stays the page's until finish.
static void pager_unmap(struct pager *pager, const struct pager_plan *plan,
                        struct pager_work *work) {
    struct pager_frame *frame = &pager->frames[plan->frame];
    if (plan->needs_slot) {
        if (plan->outdated) {
            swap_release(pager->swap, plan->outdated->slot);
            plan->outdated->slot = SWAP_NO_SLOT;
        }
        frame->slot = swap_take(pager->swap, frame->space);
    }
    pager->ops->evict(pager->policy, plan->frame, policy_page(work->space, work->vpn));
    frame->state = PAGER_FRAME_LEAVING;
    frame->left_pte = pager_load(pager, frame);
    pager_pte_write(pager, frame->pte_pa,
                    frame->slot == SWAP_NO_SLOT ? 0 : pager_slot_pte(frame->slot));
    pager->counts.evictions++;
    work->evicts = true;
    work->victim_space = frame->space;
    work->victim_vpn = frame->vpn;
    work->fence = pager_fence(pager, frame->space, frame->vpn);
}

static enum sim_status pager_major(struct pager *pager, const struct mmu_fault *fault,
                                   struct pager_work *work, struct sim_error *error) {
    struct pager_plan plan;
    bool enough;
    enum sim_status status = pager_plan(pager, work->space, work->vpn, &plan, &enough, error);
    if (status != SIM_OK) return status;
    if (!enough) {
        work->outcome = PAGER_OUT_OF_MEMORY;
        pager->counts.out_of_memory++;
        return SIM_OK;
    }
    if (plan.evicts) {
        pager_unmap(pager, &plan, work);
    } else {
        pager->free_count--;
    }
    work->outcome = PAGER_MAPPED;
    work->frame = plan.frame;
    pager->counts.major_faults++;
    pager->pending = (struct pager_pending){.open = true,
                                            .write = pager_wants_d(fault),
                                            .space = work->space,
                                            .vpn = work->vpn,
                                            .frame = plan.frame,
                                            .pte_pa = plan.pte_pa};
    return SIM_OK;
}

enum sim_status pager_fault_begin(struct pager *pager, uint32_t space,
                                  const struct mmu_fault *fault, struct pager_work *work,
                                  struct sim_error *error) {
    assert(!pager->pending.open && pager_space(pager, space));
    *work = (struct pager_work){
        .outcome = PAGER_VIOLATION, .space = space, .vpn = fault->tval >> MMU_PAGE_BITS};
    bool page_fault = fault->cause == MMU_CAUSE_FETCH_PAGE || fault->cause == MMU_CAUSE_LOAD_PAGE ||
                      fault->cause == MMU_CAUSE_STORE_PAGE;
    if (!page_fault || work->vpn >= pager->vpn_limit) return SIM_OK;
    uint64_t pte_pa;
    uint64_t pte = pager_pte_read(pager, space, work->vpn, &pte_pa);
    if (pte & MMU_PTE_V) return pager_minor(pager, fault, pte_pa, pte, work, error);
    return pager_major(pager, fault, work, error);
}

enum sim_status pager_save(struct pager *pager, struct pager_frame *frame,
                           struct sim_error *error) {
    if (!pager_tag_right(frame)) return pager_tag_wrong(pager, frame, error);
    struct swap_page page = {.space = frame->space, .vpn = frame->vpn, .version = frame->version};
    enum sim_status status = swap_write(pager->swap, frame->slot, &page, frame->content, error);
    if (status == SIM_OK) pager->counts.swap_writes++;
    return status;
}

// The victim's content to its slot, if it was written since it was read.
static enum sim_status pager_write_back(struct pager *pager, struct pager_frame *frame,
                                        struct pager_work *work, struct sim_error *error) {
    if (!(frame->left_pte & MMU_PTE_D)) return SIM_OK;
    enum sim_status status = pager_save(pager, frame, error);
    work->written_back = status == SIM_OK;
    return status;
}

static void pager_zero(struct pager *pager, struct pager_frame *frame, struct pager_work *work) {
    struct pager_tag tag = {.space = frame->space, .vpn = frame->vpn};
    memset(frame->content, 0, MMU_PAGE_BYTES);
    memcpy(frame->content, &tag, sizeof tag);
    pager->counts.zero_fills++;
    work->zero_filled = true;
}

// The page's content into the frame, from the slot that its PTE names.
static enum sim_status pager_fill(struct pager *pager, struct pager_frame *frame, uint64_t pte,
                                  struct pager_work *work, struct sim_error *error) {
    frame->version = 0;
    frame->slot = SWAP_NO_SLOT;
    if (pte == 0) {
        pager_zero(pager, frame, work);
        return SIM_OK;
    }
    uint64_t slot = pager_pte_slot(pte);
    const struct swap_page *page = swap_holds(pager->swap, slot);
    if (!page || page->space != frame->space || page->vpn != frame->vpn) {
        return pager_pte_damaged(frame->space, frame->vpn, pte,
                                 "names no swap slot that holds this page", error);
    }
    enum sim_status status = swap_read(pager->swap, slot, frame->content, error);
    if (status != SIM_OK) return status;
    frame->version = page->version;
    frame->slot = slot;
    pager->counts.swap_reads++;
    work->from_swap = true;
    return SIM_OK;
}

static void pager_map(struct pager *pager, struct pager_frame *frame, struct pager_work *work) {
    const struct pager_pending *pending = &pager->pending;
    uint64_t bits = MMU_PTE_V | PAGER_RWXU;
    if (!pager->adue) bits |= pending->write ? PAGER_AD : MMU_PTE_A;
    frame->left_pte =
        pager_frame_pa(pager, pending->frame) >> MMU_PAGE_BITS << MMU_PTE_PPN_SHIFT | bits;
    frame->state = PAGER_FRAME_RESIDENT;
    frame->unfenced = false;
    pager_pte_write(pager, pending->pte_pa, frame->left_pte);
    pager->ops->insert(pager->policy, pending->frame, policy_page(frame->space, frame->vpn));
    work->fence = pager_fence(pager, pending->space, pending->vpn);
}

enum sim_status pager_fault_finish(struct pager *pager, struct pager_work *work,
                                   struct sim_error *error) {
    struct pager_pending *pending = &pager->pending;
    assert(pending->open && work->outcome == PAGER_MAPPED && work->frame == pending->frame);
    struct pager_frame *frame = &pager->frames[pending->frame];
    enum sim_status status = SIM_OK;
    if (work->evicts) status = pager_write_back(pager, frame, work, error);
    if (status != SIM_OK) return status;
    frame->state = PAGER_FRAME_LEAVING;
    frame->space = pending->space;
    frame->vpn = pending->vpn;
    frame->pte_pa = pending->pte_pa;
    frame->pte = sim_memory_page_writable(pager->memory, pending->pte_pa);
    if (!frame->pte) return sim_fail(error, SIM_ERROR_MEMORY, "no memory for a page table");
    frame->pte += pending->pte_pa % MMU_PAGE_BYTES;
    status = pager_fill(pager, frame, pager_load(pager, frame), work, error);
    if (status != SIM_OK) return status;
    pager_map(pager, frame, work);
    pending->open = false;
    return SIM_OK;
}
