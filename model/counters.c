// SPDX-License-Identifier: Apache-2.0
// Counters. Events are counted when they happen. What sums cycles is constant between two
// closed cycles, and brought up to date when one of them comes, or when it is looked at.
#include "engine_internal.h"

static unsigned count_slots(uint8_t slots) {
    return (unsigned)__builtin_popcount(slots);
}

// Returns what a counter gains in each cycle in which nothing happens.
static unsigned rate_of(const struct mmu_engine *engine, unsigned counter) {
    switch (counter) {
        case MMU_COUNT_WAIT_CYCLES:
        case 8 + MMU_COUNT_WAIT_CYCLES:
            return engine->port[counter / 8].miss.state == MISS_WAIT;
        case MMU_COUNT_WALKER_BUSY_CYCLES:
            return engine->busy != 0;
        case MMU_COUNT_SLOT_CYCLES:
            return count_slots(engine->busy);
        case MMU_COUNT_COMPLETION_WAIT_CYCLES:
            return count_slots(engine->finished);
        case MMU_COUNT_WIRE_WAIT_CYCLES:
            return count_slots(engine->ready);
        default:
            return 0;
    }
}

void counters_account(struct mmu_engine *engine, uint64_t cycle) {
    uint64_t cycles = cycle - engine->accounted;
    if (cycles == 0) return;
    engine->accounted = cycle;
    static const uint8_t sums[] = {
        MMU_COUNT_WAIT_CYCLES, 8 + MMU_COUNT_WAIT_CYCLES,        MMU_COUNT_WALKER_BUSY_CYCLES,
        MMU_COUNT_SLOT_CYCLES, MMU_COUNT_COMPLETION_WAIT_CYCLES, MMU_COUNT_WIRE_WAIT_CYCLES};
    for (unsigned k = 0; k < sizeof sums; ++k)
        engine->counter[sums[k]] += cycles * rate_of(engine, sums[k]);
}

uint64_t mmu_engine_counter(const struct mmu_engine *engine, unsigned counter) {
    if (counter >= MMU_COUNTERS) return 0;
    if (counter == MMU_COUNT_CYCLES) return engine->now;
    return engine->counter[counter] + (engine->now - engine->accounted) * rate_of(engine, counter);
}
