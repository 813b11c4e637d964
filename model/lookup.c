// SPDX-License-Identifier: Apache-2.0
// Lookup of an accepted request: answered at once, or a miss.
#include "engine_internal.h"
#include "walk_internal.h"

// Returns the outcome of a match in the TLB that answers.
static struct mmu_answer answer_from_entry(const struct mmu_engine *engine,
                                           const struct mmu_request *request,
                                           const struct mmu_tlb_entry *entry, bool permitted) {
    if (!permitted) return mmu_answer_fault(mmu_page_fault(request->access), MMU_SOURCE_TLB);
    return mmu_answer_leaf(engine->mode, entry->ppn, entry->perm, request->va, entry->level,
                           MMU_SOURCE_TLB);
}

void engine_lookup(struct mmu_engine *engine, unsigned port) {
    struct port_state *p = &engine->port[port];
    const struct mmu_request *request = &p->history.request;
    engine_count(engine, port, MMU_COUNT_REQUESTS);
    p->context = mmu_context_capture(&p->history.csr, (enum mmu_port)port);

    // Steps 1 and 2: not translated, not canonical.
    if (mmu_needs_no_table(engine->mode, &p->context, request)) {
        engine_count(engine, port, MMU_COUNT_UNTRANSLATED);
        engine_respond(engine, port, mmu_answer_without_table(&p->context, request), engine->now);
        return;
    }
    // Step 3: a match answers, except that the walk decides a store to a page not yet dirty.
    const struct mmu_tlb_entry *entry = mmu_tlb_lookup(p->tlb, request->va, p->context.asid);
    if (entry != NULL) {
        bool permitted = mmu_permitted(entry->perm, request->access, &p->context);
        bool dirty = entry->perm & MMU_PTE_D;
        if (!permitted || dirty || !mmu_is_store(request->access)) {
            engine_count(engine, port, MMU_COUNT_HITS);
            mmu_tlb_touch(p->tlb, entry);
            engine_respond(engine, port, answer_from_entry(engine, request, entry, permitted),
                           engine->now);
            return;
        }
    }
    // Step 4: a miss.
    engine_count(engine, port, MMU_COUNT_MISSES);
    p->waiting = true;
}
