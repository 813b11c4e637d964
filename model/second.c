// SPDX-License-Identifier: Apache-2.0
// Second-level lookups (section 6): one is read in each cycle, and compared in the next.
#include "engine_internal.h"

// The index written at the end of the cycle before.
static uint32_t written_before(const struct mmu_engine *engine, uint64_t now) {
    if (engine->l2_fill_cycle == MMU_NEVER || engine->l2_fill_cycle + 1 != now) return L2_NONE;
    return l2_index(engine->l2, engine->l2_fill.set, engine->l2_fill.way);
}

static void count_parity(struct mmu_engine *engine, const struct l2_found *found) {
    if (l2_drop_bad(engine->l2, found)) ++engine->counter[MMU_COUNT_L2_PARITY_ERRORS];
}

// Returns whether the lookup answers.
static bool compare_and_answer(struct mmu_engine *engine, unsigned port, uint64_t now) {
    const struct captured *held = &engine->port[port].miss.held;
    const struct mmu_request *request = &held->request;
    struct l2_found found =
        l2_look(engine->l2, request->va, held->context.asid, written_before(engine, now));
    count_parity(engine, &found);
    if (found.index == L2_NONE) return false;
    struct mmu_tlb_entry page = l2_at(engine->l2, found.index)->page;
    struct mmu_answer answer;
    if (!engine_translation_answers(engine, request, &held->context, &page, MMU_SOURCE_L2,
                                    &answer)) {
        l2_drop_matches(engine->l2, &found);
        return false;
    }
    l2_touch(engine->l2, &found);
    if (!answer.fault) engine_fill(engine, port, &page, now);
    engine_miss_to(engine, port, MISS_EMPTY, now);
    engine_answer(engine, port, held, answer, now);
    return true;
}

static void compare_port(struct mmu_engine *engine, struct cycle *cycle, unsigned port) {
    const struct miss_register *miss = &engine->port[port].miss;
    if (cycle->miss[port] != MISS_LOOKUP || (cycle->kills >> port & 1u)) return;
    if (miss->compare_cycle != cycle->now) return;
    if (!cycle->fence && compare_and_answer(engine, port, cycle->now)) {
        engine_count(engine, port, MMU_COUNT_L2_HITS);
        return;
    }
    engine_count(engine, port, MMU_COUNT_L2_MISSES);
    cycle->seeking |= 1u << port;
}

static void compare_prefetch(struct mmu_engine *engine, const struct cycle *cycle) {
    struct prefetch *prefetch = &engine->prefetch;
    if (prefetch->state != PREFETCH_COMPARE || cycle->fence) return;
    assert(prefetch->compare_cycle == cycle->now);
    const struct captured *held = &prefetch->held;
    struct l2_found found = l2_look(engine->l2, held->request.va, held->context.asid,
                                    written_before(engine, cycle->now));
    count_parity(engine, &found);
    prefetch->state = found.index == L2_NONE ? PREFETCH_CANDIDATE : PREFETCH_EMPTY;
}

void second_compare(struct mmu_engine *engine, struct cycle *cycle) {
    for (unsigned port = 0; port < MMU_PORTS; ++port) compare_port(engine, cycle, port);
    compare_prefetch(engine, cycle);
}

// The fetch port's miss that gave way to a data miss is read in this cycle.
static bool reads_late(const struct mmu_engine *engine, const struct cycle *cycle) {
    return cycle->miss[MMU_PORT_FETCH] == MISS_LOOKUP &&
           engine->port[MMU_PORT_FETCH].miss.compare_cycle == cycle->now + 1;
}

void second_read(struct mmu_engine *engine, struct cycle *cycle) {
    bool busy = reads_late(engine, cycle);
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (!(cycle->missed >> port & 1u)) continue;
        engine_miss_to(engine, port, MISS_LOOKUP, cycle->now);
        engine->port[port].miss.compare_cycle = cycle->now + 1 + busy;
        busy = true;
    }
    if (engine->prefetch.state == PREFETCH_HELD && !busy && !cycle->prefetch_empty) {
        engine->prefetch.state = PREFETCH_COMPARE;
        engine->prefetch.compare_cycle = cycle->now + 1;
    }
}
