// SPDX-License-Identifier: Apache-2.0
// What answers mean (section 7), and what kills (section 4) and fences (section 9) make of walks.
#include "engine_internal.h"

// Returns the translation that the walk has found in this leaf PTE.
static struct mmu_tlb_entry entry_of_leaf(const struct slot *slot, uint64_t pte) {
    const struct mmu_mode *mode = slot->held.context.mode;
    unsigned page_bits = leaf_page_bits(mode, slot->level, pte_is_napot(mode, pte));
    uint64_t page = slot->held.request.va >> page_bits << page_bits;
    // va[56:12]: addresses above that are copies of bit 56, or of one below it.
    uint64_t va_bits = (UINT64_C(1) << 57) - 1;
    return (struct mmu_tlb_entry){.vpn = (page & va_bits) >> MMU_PAGE_BITS,
                                  .ppn = pte_ppn(mode, pte),
                                  .asid = slot->held.context.asid,
                                  .level = slot->level,
                                  .page_bits = (uint8_t)page_bits,
                                  .pbmt = pte_pbmt(mode, pte),
                                  .perm = (uint8_t)pte | slot->global,
                                  .valid = true};
}

static enum verdict fault(struct slot *slot, uint8_t cause) {
    slot->cause = cause;
    return VERDICT_FAULT;
}

static enum verdict leaf(struct slot *slot, uint64_t pte) {
    slot->entry = entry_of_leaf(slot, pte);
    return VERDICT_LEAF;
}

// READ, step 7.
static enum verdict judge_update(const struct mmu_engine *engine, struct slot *slot,
                                 uint64_t desired) {
    const struct mmu_request *request = &slot->held.request;
    if (!engine->arch.update_first) {
        struct mmu_tlb_entry entry = entry_of_leaf(slot, desired);
        uint64_t pa = leaf_pa(entry.ppn, request->va, entry.page_bits);
        if (!engine_final_allowed(engine, request, slot->held.context.priv, pa))
            return fault(slot, mmu_access_fault(request->access));
    }
    slot->expected = slot->value;
    slot->update = desired;
    return VERDICT_UPDATE;
}

static enum verdict judge(const struct mmu_engine *engine, struct slot *slot) {
    const struct captured *held = &slot->held;
    uint8_t access = held->request.access;
    if (slot->error) return fault(slot, mmu_access_fault(access));
    if (slot->write) {
        if (slot->value != slot->expected) return VERDICT_AGAIN;
        return leaf(slot, slot->update);
    }
    struct mmu_step_result result = pte_step(&engine->arch, held->context.mode, slot->value,
                                             slot->level, access, &held->context);
    switch (result.step) {
        case MMU_STEP_POINTER:
            return VERDICT_POINTER;
        case MMU_STEP_LEAF:
            return leaf(slot, slot->value);
        case MMU_STEP_UPDATE:
            return judge_update(engine, slot, result.pte_update);
        default:
            return fault(slot, mmu_page_fault(access));
    }
}

void walker_open(struct mmu_engine *engine, struct slot *slot) {
    if (slot->killed || slot->ignored) return;
    slot->verdict = judge(engine, slot);
    if (slot->verdict == VERDICT_LEAF || slot->verdict == VERDICT_FAULT)
        engine->finishing |= (uint8_t)(1u << (slot - engine->slot));
}

static uint8_t bit_of(const struct mmu_engine *engine, const struct slot *slot) {
    return (uint8_t)(1u << (slot - engine->slot));
}

void walker_free(struct mmu_engine *engine, struct slot *slot) {
    uint8_t others = (uint8_t)~bit_of(engine, slot);
    slot->phase = SLOT_IDLE;
    engine->busy &= others;
    engine->ready &= others;
    engine->finished &= others;
    engine->killed &= others;
    if (slot->port < MMU_PORTS) engine->port[slot->port].slots &= others;
    ++engine->counter[MMU_COUNT_WALKS];
}

// The terms of a transaction whose answer has come.
static void account_transaction(struct slot *slot) {
    if (slot->history == NULL) return;
    struct mmu_terms *terms = &slot->history->terms;
    uint64_t wire = slot->put_cycle - slot->mark;
    uint64_t grant = slot->grant_cycle + 1 - slot->put_cycle;
    uint64_t memory = slot->data_cycle - slot->grant_cycle;
    terms->wire += wire;
    terms->grant += grant;
    terms->memory += memory;
    if (slot->write) {
        terms->update_wire += wire;
        terms->update_grant += grant;
        terms->update_memory += memory;
    }
    slot->mark = slot->data_cycle + 1;
    struct mmu_walk_access *access = slot_access(slot);
    access->value = slot->value;
    access->error = slot->error;
}

static void make_ready(struct mmu_engine *engine, struct slot *slot, uint64_t from) {
    slot->phase = SLOT_READY;
    slot->mark = from;
    engine->ready |= bit_of(engine, slot);
}

// A fence undoes a denial that ended the walk: its wait and its cycle are the restart's.
static void undo_denial(struct slot *slot) {
    struct mmu_terms *terms = &slot->history->terms;
    if (slot->phase != SLOT_FINISHED || terms->denied == 0) return;
    struct mmu_walk_access *access = slot_access(slot);
    uint64_t wire = access->request_cycle - access->ready_cycle;
    terms->denied = 0;
    terms->wire -= wire;
    if (access->write) terms->update_wire -= wire;
    slot->mark = access->ready_cycle;
    access->ignored = true;
}

static void restart(struct mmu_engine *engine, struct slot *slot, uint64_t now) {
    uint8_t others = (uint8_t)~bit_of(engine, slot);
    undo_denial(slot);
    bool transaction = slot->phase == SLOT_ANSWER || slot->phase == SLOT_DENIED;
    if (transaction) slot_access(slot)->ignored = true;
    slot->history->terms.restart += now + 1 - slot->mark;
    engine->finished &= others;
    slot->ignored = slot->write = false;
    slot->first = true;
    slot->cause = 0;
    make_ready(engine, slot, now + 1);
    ++engine->counter[MMU_COUNT_WALK_RESTARTS];
}

// A request is dropped by its port's kill, a prefetch by a fence.
static void drop(struct mmu_engine *engine, struct slot *slot, bool awaited) {
    if (slot->history != NULL) {
        bool transaction = slot->phase != SLOT_READY && slot->phase != SLOT_FINISHED;
        // Unless the history is that of a new request with the same tag.
        bool mine = slot->history->accept_cycle != engine->now;
        if (transaction && mine) slot_access(slot)->ignored = true;
        slot->history = NULL;
        ++engine->counter[MMU_COUNT_KILLS];
    }
    if (!awaited) {
        walker_free(engine, slot);
        return;
    }
    slot->killed = true;
    slot->ignored = false;
    engine->killed |= bit_of(engine, slot);
}

static void touch_pwc(struct mmu_engine *engine) {
    if (!engine->pwc_use.valid) return;
    pwc_touch(engine->pwc, engine->pwc_use.level, engine->pwc_use.way);
    engine->pwc_use.valid = false;
}

static void follow_pointer(struct mmu_engine *engine, struct slot *slot, uint64_t now) {
    const struct captured *held = &slot->held;
    slot->global |= (uint8_t)slot->value & MMU_PTE_G;
    slot->table = pte_table(held->context.mode, slot->value);
    if (engine->pwc != NULL) {
        struct pwc_pointer pointer = {.table = slot->table, .global = slot->global != 0};
        uint32_t oldest = pwc_oldest(engine->pwc, slot->level);
        touch_pwc(engine);  // before the fill's touch
        pwc_fill(engine->pwc, slot->level, held->request.va, held->context.asid, pointer, oldest);
        ++engine->counter[MMU_COUNT_PWC_FILLS + slot->level - 1u];
    }
    --slot->level;
    make_ready(engine, slot, now + 1);
}

static void finish(struct mmu_engine *engine, struct slot *slot) {
    slot->phase = SLOT_FINISHED;
    engine->finished |= bit_of(engine, slot);
}

static void apply_verdict(struct mmu_engine *engine, struct slot *slot, uint64_t now) {
    switch (slot->verdict) {
        case VERDICT_POINTER:
            follow_pointer(engine, slot, now);
            return;
        case VERDICT_AGAIN:
            ++engine->counter[MMU_COUNT_PTE_WRITE_CONFLICTS];
            slot->write = false;
            make_ready(engine, slot, now + 1);
            return;
        case VERDICT_UPDATE:
            slot->write = true;
            make_ready(engine, slot, now + 1);
            return;
        default:
            finish(engine, slot);
    }
}

static void finish_denied(struct mmu_engine *engine, struct slot *slot, uint64_t now) {
    slot->cause = mmu_access_fault(slot->held.request.access);
    if (slot->history != NULL) {
        slot->history->terms.wire += now - slot->mark;
        if (slot->write) slot->history->terms.update_wire += now - slot->mark;
        ++slot->history->terms.denied;
    }
    slot->mark = now + 1;
    finish(engine, slot);
}

static bool is_dropped(const struct cycle *cycle, const struct slot *slot) {
    return slot->port == MMU_PORTS ? cycle->fence : (cycle->kills >> slot->port & 1u) != 0;
}

static void close_slot(struct mmu_engine *engine, const struct cycle *cycle, struct slot *slot) {
    bool arrives = slot->phase == SLOT_ANSWER && slot->data_cycle == cycle->now;
    bool awaited = slot->phase == SLOT_WIRES || (slot->phase == SLOT_ANSWER && !arrives);
    if (slot->killed) {
        if (arrives) walker_free(engine, slot);
        return;
    }
    if (is_dropped(cycle, slot)) {
        drop(engine, slot, awaited);
        return;
    }
    if (cycle->fence && awaited) slot->ignored = true;
    if (arrives) account_transaction(slot);
    if (!awaited && (cycle->fence || slot->ignored)) {
        restart(engine, slot, cycle->now);
    } else if (arrives) {
        apply_verdict(engine, slot, cycle->now);
    } else if (slot->phase == SLOT_DENIED) {
        finish_denied(engine, slot, cycle->now);
    }
}

// A page-walk cache gave a first pointer. What is dropped in this very cycle touches nothing.
static void count_pwc_use(struct mmu_engine *engine, const struct cycle *cycle) {
    if (!engine->pwc_use.valid) return;
    ++engine->counter[MMU_COUNT_PWC_HITS + engine->pwc_use.level - 1u];
    engine->pwc_use.valid = !is_dropped(cycle, &engine->slot[engine->pwc_use.slot]);
}

void walker_close(struct mmu_engine *engine, struct cycle *cycle) {
    count_pwc_use(engine, cycle);
    for (unsigned slots = engine->busy; slots != 0; slots &= slots - 1)
        close_slot(engine, cycle, &engine->slot[__builtin_ctz(slots)]);
    touch_pwc(engine);
    wires_grant(engine, cycle->now);
    engine->finishing = 0;
}
