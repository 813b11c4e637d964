// SPDX-License-Identifier: Apache-2.0
// The walker: one walk at a time, as a sequence of memory transactions. Each has two
// events, known when its request is put on the wires:
//
//   request_cycle ... grant_cycle ......... data_cycle
//   |<------ g ----------->|<------ L -------->|
//                          memory is called    the answer is judged
//
// or, if the request is not allowed, one: the cycle in which it would have been on the wires.
#include <assert.h>

#include "engine_internal.h"

void walker_reset(struct walker *walker) {
    *walker = (struct walker){.phase = WALKER_IDLE, .event = MMU_NEVER};
}

// The access under way, in the history of the request that the walk serves.
static struct mmu_walk_access *present_access(struct mmu_engine *engine) {
    struct mmu_history *history = &engine->port[engine->walker.port].history;
    return &history->access[(history->accesses - 1) % MMU_WALK_LOG];
}

static void log_access(struct mmu_engine *engine, const struct mmu_walk_access *access) {
    ++engine->port[engine->walker.port].history.accesses;
    *present_access(engine) = *access;
}

// Returns whether the walker may make this request: judged with the registers as they stand
// in its first cycle, which is after the open one.
static bool is_allowed(const struct mmu_engine *engine, const struct mmu_memory_request *request) {
    const struct mmu_mode *mode = engine->port[engine->walker.port].context.mode;
    unsigned kind = request->write ? MMU_PMP_WRITE : MMU_PMP_READ;
    return physical_allowed(&engine->arch, &engine->pmp_next, request->pa, mode->pte_bytes, kind,
                            MMU_PRIV_S);
}

// Put a transaction on the wires from `request_cycle` on, or be denied in that cycle.
static void issue(struct mmu_engine *engine, const struct mmu_memory_request *request,
                  uint64_t request_cycle) {
    struct walker *w = &engine->walker;
    assert(request_cycle > engine->now && !w->killed);
    struct mmu_walk_access access = {.pa = request->pa,
                                     .request_cycle = request_cycle,
                                     .level = w->level,
                                     .write = request->write};
    if (!is_allowed(engine, request)) {
        w->phase = WALKER_DENIED;
        w->event = request_cycle;
        access.denied = true;
        log_access(engine, &access);
        return;
    }
    uint32_t grant_cycles = 0, data_cycles = 0;
    engine->bus.latency(engine->bus.memory.user, w->ordinal++, &grant_cycles, &data_cycles);
    assert(grant_cycles >= 1 && data_cycles >= 1);
    w->request = *request;
    w->phase = WALKER_REQUEST;
    w->event = request_cycle + grant_cycles - 1;
    w->data_cycle = w->event + data_cycles;
    access.grant_cycle = w->event;
    access.data_cycle = w->data_cycle;
    log_access(engine, &access);
}

static void issue_read(struct mmu_engine *engine, uint64_t request_cycle) {
    const struct walker *w = &engine->walker;
    const struct port_state *p = &engine->port[w->port];
    uint64_t va = p->history.request.va;
    struct mmu_memory_request request = {.pa =
                                             pte_address(p->context.mode, w->table, va, w->level)};
    issue(engine, &request, request_cycle);
}

static void begin_at_root(struct mmu_engine *engine, uint64_t request_cycle) {
    struct walker *w = &engine->walker;
    const struct mmu_context *context = &engine->port[w->port].context;
    w->level = (uint8_t)(context->mode->levels - 1u);
    w->table = context->root_ppn << MMU_PAGE_BITS;
    w->global = 0;
    issue_read(engine, request_cycle);
}

void walker_arbitrate(struct mmu_engine *engine, uint64_t cycle) {
    struct walker *w = &engine->walker;
    assert(w->phase == WALKER_IDLE);
    for (unsigned port = 0; port < MMU_PORTS; ++port) {  // data goes before fetch
        struct port_state *p = &engine->port[port];
        if (!p->waiting) continue;
        p->waiting = false;
        p->walking = true;
        p->history.start_cycle = cycle;
        engine->counter[8u * port + MMU_COUNT_WAIT_CYCLES] += cycle - p->history.accept_cycle;
        w->port = (uint8_t)port;
        w->start_cycle = cycle;
        w->ignored = false;
        w->killed = false;
        w->pte_bytes = p->context.mode->pte_bytes;
        begin_at_root(engine, cycle + 1);
        return;
    }
}

void walker_restart(struct walker *walker) {
    if (walker->phase != WALKER_IDLE) walker->ignored = true;
}

void walker_kill(struct mmu_engine *engine, unsigned port) {
    struct port_state *p = &engine->port[port];
    assert(p->waiting != p->walking);
    ++engine->counter[MMU_COUNT_KILLS];
    if (p->waiting) {
        // The cycle of the kill is the last one in which it waited.
        engine->counter[8u * port + MMU_COUNT_WAIT_CYCLES] += engine->now - p->history.accept_cycle;
        p->waiting = false;
        return;
    }
    p->walking = false;
    engine->walker.killed = true;
    present_access(engine)->ignored = true;
}

static void end_walk(struct mmu_engine *engine, uint64_t cycle) {
    struct walker *w = &engine->walker;
    ++engine->counter[MMU_COUNT_WALKS];
    engine->counter[MMU_COUNT_WALKER_BUSY_CYCLES] += cycle - w->start_cycle;
    w->phase = WALKER_IDLE;
    w->event = MMU_NEVER;
    walker_arbitrate(engine, cycle);
}

static void finish(struct mmu_engine *engine, struct mmu_answer answer, uint64_t cycle) {
    unsigned port = engine->walker.port;
    engine->port[port].walking = false;
    engine_respond(engine, port, answer, cycle);
    end_walk(engine, cycle);
}

static void finish_with_page_fault(struct mmu_engine *engine, uint64_t cycle) {
    uint8_t access = engine->port[engine->walker.port].history.request.access;
    finish(engine, answer_fault(mmu_page_fault(access), MMU_SOURCE_WALK), cycle);
}

static void finish_with_access_fault(struct mmu_engine *engine, uint64_t cycle) {
    uint8_t access = engine->port[engine->walker.port].history.request.access;
    finish(engine, answer_fault(mmu_access_fault(access), MMU_SOURCE_WALK), cycle);
}

// Returns the translation that the walk has found in this leaf PTE.
static struct mmu_tlb_entry entry_of_leaf(const struct mmu_engine *engine, uint64_t pte) {
    const struct walker *w = &engine->walker;
    const struct port_state *p = &engine->port[w->port];
    const struct mmu_mode *mode = p->context.mode;
    unsigned page_bits = leaf_page_bits(mode, w->level, pte_is_napot(mode, pte));
    uint64_t page = p->history.request.va >> page_bits << page_bits;
    // va[56:12]: addresses above that are copies of bit 56, or of one below it.
    uint64_t va_bits = (UINT64_C(1) << 57) - 1;
    return (struct mmu_tlb_entry){.vpn = (page & va_bits) >> MMU_PAGE_BITS,
                                  .ppn = pte_ppn(mode, pte),
                                  .asid = p->context.asid,
                                  .level = w->level,
                                  .page_bits = (uint8_t)page_bits,
                                  .pbmt = pte_pbmt(mode, pte),
                                  .perm = (uint8_t)pte | w->global,
                                  .valid = true};
}

static bool leaf_is_allowed(const struct mmu_engine *engine, const struct mmu_tlb_entry *entry) {
    unsigned port = engine->walker.port;
    uint64_t va = engine->port[port].history.request.va;
    return engine_final_allowed(engine, port, leaf_pa(entry->ppn, va, entry->page_bits));
}

// Success, if the final check allows it or has been made.
static void finish_with_leaf(struct mmu_engine *engine, uint64_t pte, bool checked,
                             uint64_t cycle) {
    unsigned port = engine->walker.port;
    struct port_state *p = &engine->port[port];
    struct mmu_tlb_entry entry = entry_of_leaf(engine, pte);
    if (!checked && !leaf_is_allowed(engine, &entry)) {
        finish_with_access_fault(engine, cycle);
        return;
    }
    engine->fill.port = (uint8_t)port;
    engine->fill.fill = mmu_tlb_fill(p->tlb, &entry);
    engine->fill_cycle = cycle;
    engine_count(engine, port, MMU_COUNT_FILLS);
    if (engine->fill.fill.evict) engine_count(engine, port, MMU_COUNT_EVICTIONS);
    finish(engine, engine_answer_of_entry(&entry, p->history.request.va, MMU_SOURCE_WALK), cycle);
}

static void grant(struct mmu_engine *engine) {
    struct walker *w = &engine->walker;
    const struct mmu_memory *memory = &engine->bus.memory;
    const struct mmu_memory_request *request = &w->request;
    unsigned bytes = w->pte_bytes;
    w->value = 0;
    if (request->write) {
        w->error = !memory->compare_and_write(memory->user, request->pa, bytes, request->expected,
                                              request->data, &w->value);
        ++engine->counter[MMU_COUNT_PTE_WRITES];
    } else {
        w->error = !memory->read(memory->user, request->pa, bytes, &w->value);
        ++engine->counter[MMU_COUNT_PTE_READS];
    }
    w->phase = WALKER_ANSWER;
    w->event = w->data_cycle;
}

// READ, step 7: an A/D update of the PTE just read.
static void request_update(struct mmu_engine *engine, uint64_t desired, uint64_t cycle) {
    const struct walker *w = &engine->walker;
    if (!engine->arch.update_first) {
        struct mmu_tlb_entry entry = entry_of_leaf(engine, desired);
        if (!leaf_is_allowed(engine, &entry)) {
            finish_with_access_fault(engine, cycle);
            return;
        }
    }
    struct mmu_memory_request update = {
        .pa = w->request.pa, .expected = w->value, .data = desired, .write = true};
    issue(engine, &update, cycle + 1);
}

// READ, steps 2 to 8.
static void judge_read(struct mmu_engine *engine, uint64_t cycle) {
    struct walker *w = &engine->walker;
    const struct port_state *p = &engine->port[w->port];
    const struct mmu_mode *mode = p->context.mode;
    uint64_t pte = w->value;
    struct mmu_step_result result =
        pte_step(&engine->arch, mode, pte, w->level, p->history.request.access, &p->context);
    switch (result.step) {
        case MMU_STEP_PAGE_FAULT:
            finish_with_page_fault(engine, cycle);
            break;
        case MMU_STEP_POINTER:
            w->global |= (uint8_t)pte & MMU_PTE_G;
            w->table = pte_table(mode, pte);
            --w->level;
            issue_read(engine, cycle + 1);
            break;
        case MMU_STEP_UPDATE:
            request_update(engine, result.pte_update, cycle);
            break;
        case MMU_STEP_LEAF:
            finish_with_leaf(engine, pte, false, cycle);
            break;
    }
}

// UPDATE: success if memory held what was expected, otherwise the PTE is read again.
static void judge_update(struct mmu_engine *engine, uint64_t cycle) {
    const struct walker *w = &engine->walker;
    if (w->value == w->request.expected) {
        finish_with_leaf(engine, w->request.data, !engine->arch.update_first, cycle);
        return;
    }
    ++engine->counter[MMU_COUNT_PTE_WRITE_CONFLICTS];
    issue_read(engine, cycle + 1);
}

static void log_answer(struct mmu_engine *engine) {
    const struct walker *w = &engine->walker;
    if (w->killed) return;  // the history may be the next request's by now
    struct mmu_walk_access *access = present_access(engine);
    access->ignored = w->ignored;
    if (w->phase == WALKER_DENIED) return;
    access->value = w->value;
    access->error = w->error;
}

// The end of a transaction: its answer, or its denial.
static void answer(struct mmu_engine *engine, uint64_t cycle) {
    struct walker *w = &engine->walker;
    log_answer(engine);
    if (w->killed) {  // before a fence: what was killed does not begin again
        end_walk(engine, cycle);
    } else if (w->ignored) {
        w->ignored = false;
        ++engine->counter[MMU_COUNT_WALK_RESTARTS];
        begin_at_root(engine, cycle + 1);
    } else if (w->phase == WALKER_DENIED || w->error) {
        finish_with_access_fault(engine, cycle);
    } else if (w->request.write) {
        judge_update(engine, cycle);
    } else {
        judge_read(engine, cycle);
    }
}

void walker_run(struct mmu_engine *engine, uint64_t cycle) {
    struct walker *w = &engine->walker;
    while (w->event <= cycle) {
        if (w->phase == WALKER_REQUEST) {
            grant(engine);
        } else {
            answer(engine, w->event);
        }
    }
}
