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

enum first { FIRST_MISS, FIRST_HIT, FIRST_UNTRANSLATED };

// Steps 1 to 3, without any effect. *entry is what a hit touches.
MMU_INLINE enum first first_level(const struct mmu_engine *engine, const struct port_state *p,
                                  const struct mmu_request *request,
                                  const struct mmu_context *context,
                                  const struct mmu_tlb_entry **entry, struct mmu_answer *answer) {
    if (context->mode == NULL || !is_canonical(context->mode, request->va)) {
        *answer = answer_without_table(engine, request, context);
        return FIRST_UNTRANSLATED;
    }
    *entry = mmu_tlb_lookup(p->tlb, request->va, context->asid);
    if (*entry == NULL) return FIRST_MISS;
    bool answered =
        engine_translation_answers(engine, request, context, *entry, MMU_SOURCE_TLB, answer);
    return answered ? FIRST_HIT : FIRST_MISS;
}

static void record_fault(struct mmu_engine *engine, unsigned port,
                         const struct mmu_request *request) {
    const struct port_state *p = &engine->port[port];
    fault_unit_record(engine, port, request, p->context.asid, p->response.cause, engine->now);
}

bool engine_lookup(struct mmu_engine *engine, unsigned port) {
    struct port_state *p = &engine->port[port];
    struct mmu_history *history = &p->history[p->accepted_tag];
    const struct mmu_request *request = &history->request;
    const struct mmu_tlb_entry *entry;
    assert(!p->response_valid);
    assert(!(p->unanswered >> request->tag & 1u));  // tags of unanswered requests differ
    engine_count(engine, port, MMU_COUNT_REQUESTS);
    enum first first = first_level(engine, p, request, &p->context, &entry, &p->response);
    if (first == FIRST_MISS) {  // step 4
        engine_count(engine, port, MMU_COUNT_MISSES);
        p->unanswered |= (uint16_t)(1u << request->tag);
        return true;
    }
    if (first == FIRST_HIT) {
        engine_count(engine, port, MMU_COUNT_HITS);
        mmu_tlb_touch(p->tlb, entry);
    } else {
        engine_count(engine, port, MMU_COUNT_UNTRANSLATED);
    }
    p->response.tag = request->tag;
    p->response_valid = true;
    history->response_cycle = engine->now + 1;
    if (p->response.fault) record_fault(engine, port, request);
    return false;
}

// --- many at once -------------------------------------------------------------------------------

// What stays the same while hits are made.
struct run {
    struct mmu_context context[MMU_PORTS];
    bool clear[MMU_PORTS];  // the port accepts if its response is taken
    uint64_t hits[MMU_PORTS], untranslated[MMU_PORTS];
};

static struct run begin_run(const struct mmu_engine *engine, const struct mmu_csr *csr) {
    struct run run = {.hits = {0, 0}};
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        const struct port_state *p = &engine->port[port];
        run.clear[port] = p->miss.state == MISS_EMPTY && !p->fault_valid;
        run.context[port] = mmu_context_capture(&engine->arch, csr, (enum mmu_port)port);
    }
    return run;
}

static void end_run(struct mmu_engine *engine, const struct run *run) {
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        uint64_t *counter = &engine->counter[8u * port];
        counter[MMU_COUNT_REQUESTS] += run->hits[port] + run->untranslated[port];
        counter[MMU_COUNT_HITS] += run->hits[port];
        counter[MMU_COUNT_UNTRANSLATED] += run->untranslated[port];
    }
}

// Returns whether the request is answered at once without fault; does nothing if it is not.
static inline bool make_hit(struct mmu_engine *engine, struct run *run, struct mmu_request request,
                            uint64_t *pa) {
    unsigned port = request.access == MMU_FETCH ? MMU_PORT_FETCH : MMU_PORT_DATA;
    struct port_state *p = &engine->port[port];
    const struct mmu_tlb_entry *entry;
    struct mmu_answer answer;
    request.va = va_of_xlen(&engine->arch, request.va);
    if (!run->clear[port] || (p->unanswered >> request.tag & 1u)) return false;
    enum first first = first_level(engine, p, &request, &run->context[port], &entry, &answer);
    if (first == FIRST_MISS || answer.fault) return false;
    if (first == FIRST_HIT) {
        mmu_tlb_touch(p->tlb, entry);
        ++run->hits[port];
    } else {
        ++run->untranslated[port];
    }
    engine->port[!port].response_valid = false;  // taken in this cycle
    p->response = answer;
    p->response.tag = request.tag;
    p->response_valid = true;
    *pa = answer.pa;
    return true;
}

uint32_t mmu_engine_run_hits(struct mmu_engine *engine, const struct mmu_request *requests,
                             uint32_t count, const struct mmu_csr *csr, uint64_t *pas) {
    assert(engine->acts == 0);
    // Nothing behind the first level happens before `event`; what is held up there could go on
    // when a response is taken.
    if (engine->held || engine->event <= engine->now) return 0;
    bool prefetches = engine->has_prefetch;
    if (prefetches && engine->prefetch.state != PREFETCH_EMPTY) return 0;  // which may be dropped
    uint64_t space = engine->event - engine->now, pa = 0;
    uint32_t limit = space < count ? (uint32_t)space : count, k = 0;
    struct run run = begin_run(engine, csr);
    while (k < limit && make_hit(engine, &run, requests[k], pas != NULL ? &pas[k] : &pa)) ++k;
    end_run(engine, &run);
    engine->now += k;
    if (k > 0 && prefetches) prefetch_registers(engine, csr);
    if (k > 0 && engine->event <= engine->now) cycle_open(engine);
    return k;
}

// --- answers and fills behind the first level --------------------------------------------------

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
