// SPDX-License-Identifier: Apache-2.0
// Candidates, merging, and the start of walks (section 7).
#include "engine_internal.h"

bool slots_same_space(const struct mmu_context *a, const struct mmu_context *b) {
    return a->mode == b->mode && a->asid == b->asid && a->root_ppn == b->root_ppn;
}

static bool same_page(const struct captured *a, const struct captured *b) {
    return a->request.va >> MMU_PAGE_BITS == b->request.va >> MMU_PAGE_BITS &&
           slots_same_space(&a->context, &b->context);
}

unsigned slots_walking(const struct mmu_engine *engine, const struct captured *held,
                       unsigned completed) {
    unsigned slots = engine->busy & ~(unsigned)engine->killed;
    if (completed != NO_SLOT) slots |= 1u << completed;  // free in this cycle, but holds its page
    for (; slots != 0; slots &= slots - 1) {
        unsigned slot = (unsigned)__builtin_ctz(slots);
        if (same_page(&engine->slot[slot].held, held)) return slot;
    }
    return NO_SLOT;
}

static struct slot *begin_walk(struct mmu_engine *engine, const struct captured *held,
                               unsigned port, uint64_t now) {
    unsigned number = (unsigned)__builtin_ctz(~(unsigned)engine->busy);
    assert(number < engine->walks);
    struct slot *slot = &engine->slot[number];
    slot->phase = SLOT_READY;
    slot->held = *held;
    slot->history = NULL;
    slot->port = (uint8_t)port;
    slot->killed = slot->ignored = slot->write = false;
    slot->first = true;
    slot->cause = 0;
    slot->mark = now + 1;
    engine->busy |= (uint8_t)(1u << number);
    engine->ready |= (uint8_t)(1u << number);
    return slot;
}

static void take_port(struct mmu_engine *engine, unsigned port, uint64_t now) {
    struct port_state *p = &engine->port[port];
    engine_miss_to(engine, port, MISS_EMPTY, now);
    struct slot *slot = begin_walk(engine, &p->miss.held, port, now);
    unsigned number = (unsigned)(slot - engine->slot);
    p->slots |= (uint8_t)(1u << number);
    engine->last_port = (uint8_t)port;
    slot->history = &p->history[slot->held.request.tag];
    slot->history->start_cycle = now;
    slot->history->slot = (uint8_t)number;
}

static void take_prefetch(struct mmu_engine *engine, uint64_t now) {
    struct slot *slot = begin_walk(engine, &engine->prefetch.held, MMU_PORTS, now);
    // As a load that every leaf permits, and that finds A = 0 to be a fault (Svade).
    slot->held.context.priv = MMU_PRIV_S;
    slot->held.context.sum = slot->held.context.mxr = true;
    slot->held.context.adue = false;
    engine->prefetch.state = PREFETCH_EMPTY;
    ++engine->counter[MMU_COUNT_PREFETCHES];
}

// The port's request waits for the walk of its page, or has its translation.
static void merge(struct mmu_engine *engine, struct cycle *cycle, unsigned port, unsigned walking) {
    struct miss_register *miss = &engine->port[port].miss;
    if (walking != cycle->completed || !cycle->success) {
        if (miss->state != MISS_WAIT) engine_miss_to(engine, port, MISS_WAIT, cycle->now);
        return;
    }
    engine_miss_to(engine, port, MISS_RESOLVE, cycle->now);
    miss->page = engine->slot[walking].entry;
    miss->foreign = engine->slot[walking].port != port;
    engine_count(engine, port, MMU_COUNT_MERGES);
}

static unsigned candidate_to_take(const struct mmu_engine *engine, unsigned candidates) {
    if (candidates == 3u) return engine->last_port == MMU_PORT_DATA;
    return candidates == 1u ? MMU_PORT_DATA : MMU_PORT_FETCH;
}

void slots_start(struct mmu_engine *engine, struct cycle *cycle) {
    unsigned candidates = 0;
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (!(cycle->seeking >> port & 1u)) continue;
        unsigned walking = slots_walking(engine, &engine->port[port].miss.held, cycle->completed);
        if (walking == NO_SLOT) {
            candidates |= 1u << port;
        } else {
            merge(engine, cycle, port, walking);
        }
    }
    bool prefetch = engine->has_prefetch && prefetch_seeks(engine, cycle);
    bool space = slots_have_space(engine);
    if (space && candidates != 0) {
        unsigned port = candidate_to_take(engine, candidates);
        candidates &= ~(1u << port);
        take_port(engine, port, cycle->now);
    } else if (space && prefetch) {
        take_prefetch(engine, cycle->now);
    }
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        bool waits = (candidates >> port & 1u) && engine->port[port].miss.state != MISS_WAIT;
        if (waits) engine_miss_to(engine, port, MISS_WAIT, cycle->now);
    }
}
