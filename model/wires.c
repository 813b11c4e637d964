// SPDX-License-Identifier: Apache-2.0
// The memory wires: one request at a time, the slots in turn (sections 3, 5 and 7).
//
//   put_cycle ....... grant_cycle ......... data_cycle
//   |<------ g ----------->|<------ L -------->|
//                          memory is called    the answer is judged
#include "engine_internal.h"

// Returns whether the slot may make its request, by the registers of its first cycle.
static bool is_allowed(const struct mmu_engine *engine, const struct slot *slot) {
    unsigned kind = slot->write ? MMU_PMP_WRITE : MMU_PMP_READ;
    return physical_allowed(&engine->arch, &engine->pmp, slot->pa,
                            slot->held.context.mode->pte_bytes, kind, MMU_PRIV_S);
}

// The walk begins at the root, or where a page-walk cache lets it.
static void find_beginning(struct mmu_engine *engine, struct slot *slot) {
    const struct captured *held = &slot->held;
    unsigned levels = held->context.mode->levels;
    slot->first = false;
    slot->level = (uint8_t)(levels - 1u);
    slot->table = held->context.root_ppn << MMU_PAGE_BITS;
    slot->global = 0;
    if (slot->history != NULL) slot->history->pwc_hit = false;
    for (unsigned level = 1; level < levels && engine->pwc != NULL; ++level) {
        uint32_t way = pwc_find(engine->pwc, level, held->request.va, held->context.asid);
        if (way == PWC_NONE) continue;
        struct pwc_pointer pointer = pwc_pointer_at(engine->pwc, level, way);
        slot->level = (uint8_t)(level - 1);
        slot->table = pointer.table;
        slot->global = pointer.global ? MMU_PTE_G : 0;
        engine->pwc_use =
            (struct pwc_use){true, (uint8_t)(slot - engine->slot), (uint8_t)level, way};
        if (slot->history != NULL) slot->history->pwc_hit = true;
        if (slot->history != NULL) slot->history->pwc_level = (uint8_t)level;
        return;
    }
}

static void log_request(struct slot *slot, uint64_t now, bool denied) {
    if (slot->history == NULL) return;
    ++slot->history->accesses;
    *slot_access(slot) = (struct mmu_walk_access){.pa = slot->pa,
                                                  .ready_cycle = slot->mark,
                                                  .request_cycle = now,
                                                  .grant_cycle = denied ? 0 : slot->grant_cycle,
                                                  .data_cycle = denied ? 0 : slot->data_cycle,
                                                  .level = slot->level,
                                                  .write = slot->write,
                                                  .denied = denied};
}

// Each answer has a cycle of its own; transactions granted earlier go first.
static uint64_t own_cycle(const struct mmu_engine *engine, uint64_t cycle) {
    for (unsigned slots = engine->busy; slots != 0;) {
        const struct slot *slot = &engine->slot[__builtin_ctz(slots)];
        slots &= slots - 1;
        if (slot->phase != SLOT_ANSWER || slot->data_cycle != cycle) continue;
        ++cycle;
        slots = engine->busy;  // look at all of them again
    }
    return cycle;
}

static void put(struct mmu_engine *engine, struct slot *slot, uint64_t now) {
    uint32_t grant_cycles = 0, data_cycles = 0;
    engine->bus.latency(engine->bus.memory.user, engine->ordinal++, &grant_cycles, &data_cycles);
    assert(grant_cycles >= 1 && data_cycles >= 1);
    slot->phase = SLOT_WIRES;
    slot->put_cycle = now;
    slot->grant_cycle = now + grant_cycles - 1;
    slot->data_cycle = own_cycle(engine, slot->grant_cycle + data_cycles);
    engine->wire = (uint8_t)(slot - engine->slot);
    engine->request = (struct mmu_memory_request){.pa = slot->pa,
                                                  .expected = slot->write ? slot->expected : 0,
                                                  .data = slot->write ? slot->update : 0,
                                                  .write = slot->write,
                                                  .id = engine->wire};
}

static unsigned next_in_turn(unsigned slots, unsigned last) {
    unsigned after = slots & ~((2u << last) - 1);
    return (unsigned)__builtin_ctz(after != 0 ? after : slots);
}

void wires_open(struct mmu_engine *engine, uint64_t now) {
    if (engine->wire != NO_SLOT || engine->ready == 0) return;
    unsigned number = next_in_turn(engine->ready, engine->last_wire);
    struct slot *slot = &engine->slot[number];
    engine->last_wire = (uint8_t)number;
    engine->ready &= (uint8_t) ~(1u << number);
    if (slot->first) find_beginning(engine, slot);
    if (!slot->write)
        slot->pa =
            pte_address(slot->held.context.mode, slot->table, slot->held.request.va, slot->level);
    bool denied = !is_allowed(engine, slot);
    if (denied) {
        slot->phase = SLOT_DENIED;
        engine->finishing |= (uint8_t)(1u << number);
    } else {
        put(engine, slot, now);
    }
    log_request(slot, now, denied);
}

void wires_grant(struct mmu_engine *engine, uint64_t now) {
    if (engine->wire == NO_SLOT || engine->slot[engine->wire].grant_cycle != now) return;
    struct slot *slot = &engine->slot[engine->wire];
    const struct mmu_memory *memory = &engine->bus.memory;
    unsigned bytes = slot->held.context.mode->pte_bytes;
    slot->value = 0;
    if (slot->write) {
        slot->error = !memory->compare_and_write(memory->user, slot->pa, bytes, slot->expected,
                                                 slot->update, &slot->value);
        ++engine->counter[MMU_COUNT_PTE_WRITES];
    } else {
        slot->error = !memory->read(memory->user, slot->pa, bytes, &slot->value);
        ++engine->counter[MMU_COUNT_PTE_READS];
    }
    slot->phase = SLOT_ANSWER;
    engine->wire = NO_SLOT;
}
