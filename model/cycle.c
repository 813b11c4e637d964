// SPDX-License-Identifier: Apache-2.0
// Opening and closing of cycles.
#include "engine_internal.h"

static bool is_floor_event(const struct mmu_engine *engine) {
    return (engine->ready != 0 && engine->wire == NO_SLOT) || engine->finishing != 0 ||
           engine->pwc_use.valid;
}

static bool port_moves(const struct mmu_engine *engine, unsigned port) {
    const struct port_state *p = &engine->port[port];
    if (p->miss.state == MISS_RESOLVE) return resolve_possible(engine, port, p->fault_valid);
    if (p->miss.state != MISS_WAIT || !slots_have_space(engine)) return false;
    return slots_walking(engine, &p->miss.held, NO_SLOT) == NO_SLOT;
}

static bool prefetch_moves(const struct mmu_engine *engine) {
    const struct prefetch *prefetch = &engine->prefetch;
    switch (prefetch->state) {
        case PREFETCH_EMPTY:
            return false;
        case PREFETCH_CANDIDATE:
            return slots_have_space(engine) ||
                   slots_walking(engine, &prefetch->held, NO_SLOT) != NO_SLOT;
        default:
            return true;
    }
}

static bool completes(const struct mmu_engine *engine) {
    for (unsigned slots = engine->finished; slots != 0; slots &= slots - 1) {
        const struct slot *slot = &engine->slot[__builtin_ctz(slots)];
        if (slot->port == MMU_PORTS) return true;
        const struct port_state *p = &engine->port[slot->port];
        if (completion_possible(engine, slot, p->miss.state, p->fault_valid)) return true;
    }
    return false;
}

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

// Returns the first cycle >= floor that must be opened or closed, without acts.
static uint64_t event_from(const struct mmu_engine *engine, uint64_t floor) {
    if (is_floor_event(engine) || completes(engine) || prefetch_moves(engine)) return floor;
    uint64_t event = MMU_NEVER;
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        const struct miss_register *miss = &engine->port[port].miss;
        if (miss->state == MISS_EMPTY) continue;
        if (miss->state == MISS_LOOKUP) event = earlier(event, miss->compare_cycle);
        if (miss->state != MISS_LOOKUP && port_moves(engine, port)) return floor;
    }
    for (unsigned slots = engine->busy; slots != 0; slots &= slots - 1) {
        const struct slot *slot = &engine->slot[__builtin_ctz(slots)];
        if (slot->phase == SLOT_WIRES) event = earlier(event, slot->grant_cycle);
        if (slot->phase == SLOT_ANSWER) event = earlier(event, slot->data_cycle);
    }
    return event;
}

void cycle_reset(struct mmu_engine *engine) {
    engine->now = engine->accounted = 0;
    engine->event = MMU_NEVER;
    engine->acts = 0;
    engine->held = false;
}

static void find_next(struct mmu_engine *engine, uint64_t floor) {
    engine->event = event_from(engine, floor);
    engine->held = engine->finished != 0 || engine->port[0].miss.state == MISS_RESOLVE ||
                   engine->port[1].miss.state == MISS_RESOLVE;
}

void cycle_open(struct mmu_engine *engine) {
    uint64_t now = engine->now;
    counters_account(engine, now);
    for (unsigned slots = engine->busy; slots != 0; slots &= slots - 1) {
        struct slot *slot = &engine->slot[__builtin_ctz(slots)];
        if (slot->phase != SLOT_ANSWER || slot->data_cycle != now) continue;
        walker_open(engine, slot);
        break;  // no other answer comes in this cycle
    }
    wires_open(engine, now);
    find_next(engine, now);
}

// The port's request in the miss register is dropped.
static void kill_miss(struct mmu_engine *engine, unsigned port) {
    struct port_state *p = &engine->port[port];
    if (p->miss.state == MISS_EMPTY) return;
    p->miss.state = MISS_EMPTY;
    ++engine->counter[MMU_COUNT_KILLS];
}

static struct cycle begin_close(const struct mmu_engine *engine, unsigned acts) {
    struct cycle cycle = {.now = engine->now, .completed = NO_SLOT};
    cycle.kills = acts / ACT_KILL & 3u;
    cycle.poison = acts & ACT_POISON;
    cycle.fence = (acts & ACT_FENCE) && engine->fence.op <= MMU_SINVAL_VMA;
    cycle.prefetch_empty = engine->prefetch.state == PREFETCH_EMPTY;
    cycle.prefetch_stale =
        !cycle.prefetch_empty && !prefetch_is_current(engine, &engine->prefetch.held.context);
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        cycle.miss[port] = engine->port[port].miss.state;
        cycle.fault_pending |= (unsigned)engine->port[port].fault_valid << port;
    }
    return cycle;
}

// The transfers of answers, fault records and requests. Returns the ports whose request missed.
static inline unsigned close_transfers(struct mmu_engine *engine, unsigned acts) {
    unsigned missed = 0;
    if (acts & ACT_TAKE_FAULT) engine->port[fault_unit_shown(engine)].fault_valid = false;
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (acts & (ACT_TAKE_RESPONSE << port)) engine->port[port].response_valid = false;
        if ((acts & (ACT_ACCEPT << port)) && engine_lookup(engine, port)) missed |= 1u << port;
    }
    return missed;
}

static void hold_misses(struct mmu_engine *engine, struct cycle *cycle) {
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (!(cycle->missed >> port & 1u)) continue;
        struct port_state *p = &engine->port[port];
        p->miss.held.request = p->history[p->accepted_tag].request;
        p->miss.held.context = p->context;
    }
}

static void close_fence(struct mmu_engine *engine) {
    for (unsigned port = 0; port < MMU_PORTS; ++port)
        mmu_tlb_fence(engine->port[port].tlb, &engine->fence);
    if (engine->l2 != NULL) l2_fence(engine->l2, &engine->fence);
    if (engine->pwc != NULL) pwc_fence(engine->pwc, &engine->fence);
    engine->prefetch.state = PREFETCH_EMPTY;
}

// Everything behind the first level, at the edge that ends the cycle.
static void close_behind(struct mmu_engine *engine, struct cycle *cycle) {
    counters_account(engine, cycle->now);
    uint64_t completion_waits = engine->counter[MMU_COUNT_COMPLETION_WAIT_CYCLES];
    counters_account(engine, cycle->now + 1);
    // Which of the finished ones wait in this cycle is not known yet.
    engine->counter[MMU_COUNT_COMPLETION_WAIT_CYCLES] = completion_waits;

    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (cycle->kills >> port & 1u) kill_miss(engine, port);
    }
    hold_misses(engine, cycle);
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (engine->port[port].miss.state == MISS_WAIT) cycle->seeking |= 1u << port;
    }
    walker_close(engine, cycle);
    completion_close(engine, cycle);
    second_compare(engine, cycle);
    for (unsigned port = 0; port < MMU_PORTS; ++port) resolve_close(engine, cycle, port);
    if (engine->l2 == NULL) cycle->seeking |= cycle->missed;
    slots_start(engine, cycle);
    if (engine->l2 != NULL) second_read(engine, cycle);
    if (cycle->prefetch_stale) engine->prefetch.state = PREFETCH_EMPTY;
    if (cycle->writes) {
        l2_write(engine->l2, &cycle->write, cycle->poison);
        engine->l2_fill = cycle->write.fill;
        engine->l2_fill_cycle = cycle->now;
        ++engine->counter[MMU_COUNT_L2_FILLS];
        engine->counter[MMU_COUNT_L2_EVICTIONS] += cycle->write.fill.evict;
    }
    if (cycle->fence) close_fence(engine);
}

// Transfers alone, with nothing behind them that could notice, are the common case.
static bool is_simple(const struct mmu_engine *engine, unsigned acts) {
    return (acts & ~(ACT_ACCEPTS | ACT_TAKE_RESPONSES)) == 0 && engine->event > engine->now &&
           !engine->held;
}

static void close_in_full(struct mmu_engine *engine, unsigned acts) {
    struct cycle cycle = begin_close(engine, acts);
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (cycle.kills >> port & 1u) engine->port[port].unanswered = 0;
    }
    cycle.missed = close_transfers(engine, acts);
    close_behind(engine, &cycle);
    if (acts & ACT_FENCE) ++engine->counter[MMU_COUNT_FENCES];
    if (acts & ACT_PMP_WRITE) engine->pmp = engine->pmp_next;
    find_next(engine, engine->now + 1);
}

static void close_misses(struct mmu_engine *engine, unsigned missed) {
    struct cycle cycle = begin_close(engine, 0);
    cycle.missed = missed;
    close_behind(engine, &cycle);
    find_next(engine, engine->now + 1);
}

// Close the open cycle with its acts.
static inline void close_cycle(struct mmu_engine *engine) {
    unsigned acts = engine->acts;
    engine->acts = 0;
    if (!is_simple(engine, acts)) {
        close_in_full(engine, acts);
        return;
    }
    unsigned missed = close_transfers(engine, acts);
    if (missed != 0) close_misses(engine, missed);
}

void mmu_engine_advance(struct mmu_engine *engine, uint64_t cycle) {
    assert(cycle >= engine->now && cycle < MMU_NEVER);
    if (engine->acts != 0 || engine->event <= engine->now) close_cycle(engine);
    ++engine->now;
    while (engine->event <= cycle) {
        engine->now = engine->event;
        cycle_open(engine);
        if (engine->event <= engine->now) close_cycle(engine);
    }
    engine->now = cycle + 1;
    if (engine->event <= engine->now) cycle_open(engine);
}
