// SPDX-License-Identifier: Apache-2.0
// Counters. Events are counted when they happen; what counts cycles is completed here with
// the cycles closed so far of whatever is still under way.
#include "engine_internal.h"

// Closed cycles c with since < c < now.
static uint64_t cycles_after(const struct mmu_engine *engine, uint64_t since) {
    return engine->now > since ? engine->now - 1 - since : 0;
}

uint64_t mmu_engine_counter(const struct mmu_engine *engine, unsigned counter) {
    if (counter >= MMU_COUNTERS) return 0;
    if (counter == MMU_COUNT_CYCLES) return engine->now;
    uint64_t value = engine->counter[counter];
    if (counter == MMU_COUNT_WALKER_BUSY_CYCLES && engine->walker.phase != WALKER_IDLE)
        value += cycles_after(engine, engine->walker.start_cycle);
    if (counter % 8 == MMU_COUNT_WAIT_CYCLES && counter / 8 < MMU_PORTS) {
        const struct port_state *p = &engine->port[counter / 8];
        if (p->waiting) value += cycles_after(engine, p->history.accept_cycle);
    }
    return value;
}
