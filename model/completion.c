// SPDX-License-Identifier: Apache-2.0
// Completion of walks (section 7), and requests in RESOLVE (section 4).
#include "engine_internal.h"

// Returns the cause of the walk's outcome with the PMP of the open cycle, 0: success.
static uint8_t cause_of(const struct mmu_engine *engine, const struct slot *slot) {
    if (slot->cause != 0 || slot->port == MMU_PORTS) return slot->cause;
    const struct mmu_request *request = &slot->held.request;
    uint64_t pa = leaf_pa(slot->entry.ppn, request->va, slot->entry.page_bits);
    bool allowed = engine_final_allowed(engine, request, slot->held.context.priv, pa);
    return allowed ? 0 : mmu_access_fault(request->access);
}

bool completion_possible(const struct mmu_engine *engine, const struct slot *slot,
                         enum miss_state miss, bool fault_pending) {
    if (slot->port == MMU_PORTS) return true;
    if (miss == MISS_LOOKUP || miss == MISS_RESOLVE) return false;
    if (engine->port[slot->port].response_valid) return false;  // not taken in this cycle
    return !fault_pending || cause_of(engine, slot) == 0;
}

static void succeed(struct mmu_engine *engine, struct cycle *cycle, const struct slot *slot) {
    cycle->success = true;
    if (engine->l2 != NULL) {
        cycle->write = l2_choose(engine->l2, slot->held.request.va, &slot->entry);
        cycle->writes = true;
    }
    if (slot->port == MMU_PORTS) {
        ++engine->counter[MMU_COUNT_PREFETCH_FILLS];
        return;
    }
    engine_fill(engine, slot->port, &slot->entry, cycle->now);
    if (engine->has_prefetch) prefetch_enter(engine, cycle, slot);
}

static void complete(struct mmu_engine *engine, struct cycle *cycle, struct slot *slot) {
    uint8_t cause = cause_of(engine, slot);
    cycle->completed = engine->last_completed = (uint8_t)(slot - engine->slot);
    if (cause == 0) succeed(engine, cycle, slot);
    if (slot->history != NULL) {
        slot->history->terms.completion += cycle->now + 1 - slot->mark;
        uint64_t va = slot->held.request.va;
        struct mmu_answer answer = cause != 0
                                       ? answer_fault(cause, MMU_SOURCE_WALK)
                                       : engine_answer_of_entry(&slot->entry, va, MMU_SOURCE_WALK);
        engine_answer(engine, slot->port, &slot->held, answer, cycle->now);
    }
    walker_free(engine, slot);
}

void completion_close(struct mmu_engine *engine, struct cycle *cycle) {
    if (engine->finished == 0 || cycle->fence) return;  // a fence leaves none but what it restarts
    for (unsigned k = 1; k <= engine->walks; ++k) {
        unsigned number = (engine->last_completed + k) % engine->walks;
        struct slot *slot = &engine->slot[number];
        if (!(engine->finished >> number & 1u)) continue;
        bool is_prefetch = slot->port == MMU_PORTS;
        enum miss_state miss = is_prefetch ? MISS_EMPTY : cycle->miss[slot->port];
        bool pending = !is_prefetch && (cycle->fault_pending >> slot->port & 1u);
        if (!completion_possible(engine, slot, miss, pending)) continue;
        complete(engine, cycle, slot);
        break;
    }
    engine->counter[MMU_COUNT_COMPLETION_WAIT_CYCLES] +=
        (unsigned)__builtin_popcount(engine->finished);
}

// Returns whether the translation answers the request in RESOLVE (false: a store with D = 0).
static bool resolve_outcome(const struct mmu_engine *engine, unsigned port,
                            struct mmu_answer *answer) {
    const struct miss_register *miss = &engine->port[port].miss;
    return engine_translation_answers(engine, &miss->held.request, &miss->held.context, &miss->page,
                                      MMU_SOURCE_WALK, answer);
}

bool resolve_possible(const struct mmu_engine *engine, unsigned port, bool fault_pending) {
    struct mmu_answer answer;
    if (!resolve_outcome(engine, port, &answer)) return true;
    return !engine->port[port].response_valid && !(answer.fault && fault_pending);
}

void resolve_close(struct mmu_engine *engine, struct cycle *cycle, unsigned port) {
    struct port_state *p = &engine->port[port];
    if (cycle->miss[port] != MISS_RESOLVE || (cycle->kills >> port & 1u)) return;
    struct mmu_answer answer;
    if (cycle->fence || !resolve_outcome(engine, port, &answer)) {
        engine_miss_to(engine, port, MISS_WAIT, cycle->now);
        return;
    }
    bool pending = cycle->fault_pending >> port & 1u;
    if (p->response_valid || (answer.fault && pending)) return;
    if (!answer.fault && p->miss.foreign) engine_fill(engine, port, &p->miss.page, cycle->now);
    engine_miss_to(engine, port, MISS_EMPTY, cycle->now);
    p->history[p->miss.held.request.tag].merged = true;
    engine_answer(engine, port, &p->miss.held, answer, cycle->now);
}
