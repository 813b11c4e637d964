// SPDX-License-Identifier: Apache-2.0
// An accepted request meets its first level: answered at once, or a miss (sections 4 and 6).
#include "engine_internal.h"

// Steps 1 and 2: returns the answer of a request that needs no table.
static struct mmu_answer answer_without_table(const struct mmu_engine *engine,
                                              const struct mmu_request *request,
                                              const struct mmu_context *context) {
    if (context->mode != NULL)  // not canonical
        return answer_fault(mmu_page_fault(request->access), MMU_SOURCE_NONE);
    if (!engine_final_allowed(engine, request, context->priv, request->va))
        return answer_fault(mmu_access_fault(request->access), MMU_SOURCE_NONE);
    return (struct mmu_answer){.pa = request->va, .level = MMU_LEVEL_NONE};
}

static bool same_csr(const struct mmu_csr *a, const struct mmu_csr *b) {
    return a->satp == b->satp && a->priv == b->priv && a->mpp == b->mpp && a->mprv == b->mprv &&
           a->sum == b->sum && a->mxr == b->mxr && a->adue == b->adue && a->pbmte == b->pbmte;
}

// Registers seldom change from one request to the next.
static void capture(struct mmu_engine *engine, unsigned port, const struct mmu_csr *csr) {
    struct port_state *p = &engine->port[port];
    if (same_csr(csr, &p->captured_csr)) return;
    p->captured_csr = *csr;
    p->context = mmu_context_capture(&engine->arch, csr, (enum mmu_port)port);
}

static inline void respond_at_once(struct mmu_engine *engine, unsigned port,
                                   struct mmu_history *history, struct mmu_answer answer) {
    struct port_state *p = &engine->port[port];
    assert(!p->response_valid);
    answer.tag = history->request.tag;
    p->response = answer;
    p->response_valid = true;
    history->response_cycle = engine->now + 1;
    if (answer.fault)
        fault_unit_record(engine, port, &history->request, p->context.asid, answer.cause,
                          engine->now);
}

bool engine_lookup(struct mmu_engine *engine, unsigned port) {
    struct port_state *p = &engine->port[port];
    struct mmu_history *history = &p->history[p->accepted_tag];
    const struct mmu_request *request = &history->request;
    assert(!(p->unanswered >> request->tag & 1u));  // tags of unanswered requests differ
    engine_count(engine, port, MMU_COUNT_REQUESTS);
    capture(engine, port, &history->csr);

    if (p->context.mode == NULL || !is_canonical(p->context.mode, request->va)) {
        engine_count(engine, port, MMU_COUNT_UNTRANSLATED);
        respond_at_once(engine, port, history, answer_without_table(engine, request, &p->context));
        return false;
    }
    const struct mmu_tlb_entry *entry = mmu_tlb_lookup(p->tlb, request->va, p->context.asid);
    struct mmu_answer answer;
    if (entry != NULL &&
        engine_translation_answers(engine, request, &p->context, entry, MMU_SOURCE_TLB, &answer)) {
        engine_count(engine, port, MMU_COUNT_HITS);
        mmu_tlb_touch(p->tlb, entry);
        respond_at_once(engine, port, history, answer);
        return false;
    }
    // Step 4.
    engine_count(engine, port, MMU_COUNT_MISSES);
    p->unanswered |= (uint16_t)(1u << request->tag);
    return true;
}

static inline uint64_t sum_of(const struct mmu_terms *terms) {
    return terms->lookup + terms->l2 + terms->wait + terms->resolve + terms->wire + terms->grant +
           terms->memory + terms->denied + terms->completion + terms->restart;
}

void engine_answer(struct mmu_engine *engine, unsigned port, const struct captured *held,
                   struct mmu_answer answer, uint64_t cycle) {
    struct port_state *p = &engine->port[port];
    uint8_t tag = held->request.tag;
    struct mmu_history *history = &p->history[tag];
    assert(!p->response_valid);
    answer.tag = tag;
    p->response = answer;
    p->response_valid = true;
    p->unanswered &= (uint16_t) ~(1u << tag);
    history->response_cycle = cycle + 1;
    assert(sum_of(&history->terms) == history->response_cycle - history->accept_cycle);
    if (answer.fault)
        fault_unit_record(engine, port, &held->request, held->context.asid, answer.cause, cycle);
}

void engine_fill(struct mmu_engine *engine, unsigned port, const struct mmu_tlb_entry *entry,
                 uint64_t cycle) {
    struct port_state *p = &engine->port[port];
    p->fill = mmu_tlb_fill(p->tlb, entry);
    p->fill_cycle = cycle;
    engine_count(engine, port, MMU_COUNT_FILLS);
    if (p->fill.evict) engine_count(engine, port, MMU_COUNT_EVICTIONS);
}

void engine_miss_to(struct mmu_engine *engine, unsigned port, enum miss_state state,
                    uint64_t cycle) {
    struct port_state *p = &engine->port[port];
    struct miss_register *miss = &p->miss;
    struct mmu_terms *terms = &p->history[miss->held.request.tag].terms;
    uint64_t cycles = cycle + 1 - miss->since;
    switch (miss->state) {
        case MISS_LOOKUP:
            terms->l2 += cycles;
            break;
        case MISS_WAIT:
            terms->wait += cycles;
            break;
        case MISS_RESOLVE:
            terms->resolve += cycles;
            break;
        case MISS_EMPTY:  // a miss of this cycle, which is counted as its lookup
            break;
    }
    miss->state = state;
    miss->since = cycle + 1;
}
