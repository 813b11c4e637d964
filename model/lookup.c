// SPDX-License-Identifier: Apache-2.0
// Lookup of an accepted request: answered at once, or a miss.
#include "engine_internal.h"

// Steps 1 and 2: returns the answer of a request that needs no table.
static struct mmu_answer answer_without_table(const struct mmu_engine *engine, unsigned port) {
    const struct port_state *p = &engine->port[port];
    const struct mmu_request *request = &p->history.request;
    if (p->context.mode != NULL)  // not canonical
        return answer_fault(mmu_page_fault(request->access), MMU_SOURCE_NONE);
    if (!engine_final_allowed(engine, port, request->va))
        return answer_fault(mmu_access_fault(request->access), MMU_SOURCE_NONE);
    return (struct mmu_answer){.pa = request->va, .level = MMU_LEVEL_NONE};
}

// Step 3: returns whether a match answers. The walk decides a store to a page not yet dirty.
static bool match_answers(const struct mmu_engine *engine, unsigned port,
                          const struct mmu_tlb_entry *entry, struct mmu_answer *answer) {
    const struct port_state *p = &engine->port[port];
    const struct mmu_request *request = &p->history.request;
    if (!is_permitted(entry->perm, request->access, &p->context)) {
        *answer = answer_fault(mmu_page_fault(request->access), MMU_SOURCE_TLB);
        return true;
    }
    if (is_store(request->access) && !(entry->perm & MMU_PTE_D)) return false;
    *answer = engine_answer_of_entry(entry, request->va, MMU_SOURCE_TLB);
    if (!engine_final_allowed(engine, port, answer->pa))
        *answer = answer_fault(mmu_access_fault(request->access), MMU_SOURCE_TLB);
    return true;
}

void engine_lookup(struct mmu_engine *engine, unsigned port) {
    struct port_state *p = &engine->port[port];
    const struct mmu_request *request = &p->history.request;
    engine_count(engine, port, MMU_COUNT_REQUESTS);
    p->context = mmu_context_capture(&engine->arch, &p->history.csr, (enum mmu_port)port);

    if (p->context.mode == NULL || !is_canonical(p->context.mode, request->va)) {
        engine_count(engine, port, MMU_COUNT_UNTRANSLATED);
        engine_respond(engine, port, answer_without_table(engine, port), engine->now);
        return;
    }
    const struct mmu_tlb_entry *entry = mmu_tlb_lookup(p->tlb, request->va, p->context.asid);
    struct mmu_answer answer;
    if (entry != NULL && match_answers(engine, port, entry, &answer)) {
        engine_count(engine, port, MMU_COUNT_HITS);
        mmu_tlb_touch(p->tlb, entry);
        engine_respond(engine, port, answer, engine->now);
        return;
    }
    // Step 4: a miss.
    engine_count(engine, port, MMU_COUNT_MISSES);
    p->waiting = true;
}
