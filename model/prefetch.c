// SPDX-License-Identifier: Apache-2.0
// The prefetch register (section 7): the page after one that was just walked.
#include "engine_internal.h"

static bool same_satp(const struct mmu_csr *a, const struct mmu_csr *b) {
    return a->satp == b->satp && a->priv == b->priv && a->mpp == b->mpp && a->mprv == b->mprv;
}

bool prefetch_registers(struct mmu_engine *engine, const struct mmu_csr *csr) {
    struct prefetch *prefetch = &engine->prefetch;
    if (same_satp(csr, &prefetch->csr)) return false;
    prefetch->csr = *csr;
    prefetch->active = mmu_context_capture(&engine->arch, csr, MMU_PORT_DATA);
    if (prefetch->active.mode == NULL)
        prefetch->active = mmu_context_capture(&engine->arch, csr, MMU_PORT_FETCH);
    return true;
}

bool prefetch_is_current(const struct mmu_engine *engine, const struct mmu_context *context) {
    return slots_same_space(context, &engine->prefetch.active);
}

void prefetch_enter(struct mmu_engine *engine, const struct cycle *cycle, const struct slot *slot) {
    if (!cycle->prefetch_empty || slot->entry.page_bits != MMU_PAGE_BITS) return;
    if (!prefetch_is_current(engine, &slot->held.context)) return;
    uint64_t va = slot->held.request.va, vpn = va >> MMU_PAGE_BITS;
    uint64_t last = (UINT64_C(1) << slot->held.context.mode->vpn_bits) - 1;
    if ((vpn & last) == last) return;  // the next PTE lies in another table
    struct prefetch *prefetch = &engine->prefetch;
    prefetch->state = PREFETCH_HELD;
    prefetch->held.request =
        (struct mmu_request){.va = (vpn + 1) << MMU_PAGE_BITS, .access = MMU_LOAD};
    prefetch->held.context = slot->held.context;
}

bool prefetch_seeks(struct mmu_engine *engine, const struct cycle *cycle) {
    struct prefetch *prefetch = &engine->prefetch;
    if (prefetch->state != PREFETCH_CANDIDATE || cycle->fence || cycle->prefetch_stale)
        return false;
    if (slots_walking(engine, &prefetch->held, cycle->completed) == NO_SLOT) return true;
    prefetch->state = PREFETCH_EMPTY;
    return false;
}
