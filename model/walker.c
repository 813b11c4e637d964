// SPDX-License-Identifier: Apache-2.0
// The walker: one walk at a time, as a sequence of memory transactions. Each has two
// events, known when its request is put on the wires:
//
//   request_cycle ... grant_cycle ......... data_cycle
//   |<------ g ----------->|<------ L -------->|
//                          memory is called    the answer is judged
#include <assert.h>

#include "engine_internal.h"
#include "walk_internal.h"

void walker_reset(struct walker *walker) {
    *walker = (struct walker){.phase = WALKER_IDLE, .event = MMU_NEVER};
}

static struct mmu_walk_access *present_access(struct mmu_history *history) {
    return &history->access[(history->accesses - 1) % MMU_WALK_LOG];
}

// Put a transaction on the wires from `request_cycle` on.
static void issue(struct mmu_engine *engine, const struct mmu_memory_request *request,
                  uint64_t request_cycle) {
    struct walker *w = &engine->walker;
    uint32_t grant_cycles = 0, data_cycles = 0;
    engine->bus.latency(engine->bus.memory.user, w->ordinal++, &grant_cycles, &data_cycles);
    assert(grant_cycles >= 1 && data_cycles >= 1);
    w->request = *request;
    w->phase = WALKER_REQUEST;
    w->event = request_cycle + grant_cycles - 1;
    w->data_cycle = w->event + data_cycles;

    struct mmu_history *history = &engine->port[w->port].history;
    ++history->accesses;
    *present_access(history) = (struct mmu_walk_access){.pa = request->pa,
                                                        .request_cycle = request_cycle,
                                                        .grant_cycle = w->event,
                                                        .data_cycle = w->data_cycle,
                                                        .level = w->level,
                                                        .write = request->write};
}

static void issue_read(struct mmu_engine *engine, uint64_t request_cycle) {
    const struct walker *w = &engine->walker;
    uint64_t va = engine->port[w->port].history.request.va;
    struct mmu_memory_request request = {
        .pa = mmu_pte_address(engine->mode, w->table_ppn, va, w->level)};
    issue(engine, &request, request_cycle);
}

static void begin_at_root(struct mmu_engine *engine, uint64_t request_cycle) {
    struct walker *w = &engine->walker;
    w->level = (uint8_t)(engine->mode->levels - 1u);
    w->table_ppn = engine->port[w->port].context.root_ppn;
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
        begin_at_root(engine, cycle + 1);
        return;
    }
}

void walker_restart(struct walker *walker) {
    if (walker->phase != WALKER_IDLE) walker->ignored = true;
}

static void finish(struct mmu_engine *engine, struct mmu_answer answer, uint64_t cycle) {
    struct walker *w = &engine->walker;
    unsigned port = w->port;
    engine->port[port].walking = false;
    engine_respond(engine, port, answer, cycle);
    ++engine->counter[MMU_COUNT_WALKS];
    engine->counter[MMU_COUNT_WALKER_BUSY_CYCLES] += cycle - w->start_cycle;
    w->phase = WALKER_IDLE;
    w->event = MMU_NEVER;
    walker_arbitrate(engine, cycle);
}

static void finish_with_fault(struct mmu_engine *engine, uint8_t cause, uint64_t cycle) {
    finish(engine, mmu_answer_fault(cause, MMU_SOURCE_WALK), cycle);
}

static void finish_with_leaf(struct mmu_engine *engine, uint64_t pte, uint64_t cycle) {
    const struct walker *w = &engine->walker;
    unsigned port = w->port;
    struct port_state *p = &engine->port[port];
    uint64_t va = p->history.request.va;
    uint64_t vpn = (va << (64 - 39)) >> (64 - 39 + MMU_PAGE_BITS);
    unsigned low_bits = w->level * MMU_VPN_BITS_PER_LEVEL;
    struct mmu_tlb_entry entry = {.vpn = vpn >> low_bits << low_bits,
                                  .ppn = mmu_pte_ppn(pte),
                                  .asid = p->context.asid,
                                  .level = w->level,
                                  .perm = (uint8_t)pte | w->global,
                                  .valid = true};
    engine->fill.port = (uint8_t)port;
    engine->fill.fill = mmu_tlb_fill(p->tlb, &entry);
    engine->fill_cycle = cycle;
    engine_count(engine, port, MMU_COUNT_FILLS);
    if (engine->fill.fill.evict) engine_count(engine, port, MMU_COUNT_EVICTIONS);

    finish(engine,
           mmu_answer_leaf(engine->mode, entry.ppn, entry.perm, va, entry.level, MMU_SOURCE_WALK),
           cycle);
}

static void grant(struct mmu_engine *engine) {
    struct walker *w = &engine->walker;
    const struct mmu_memory *memory = &engine->bus.memory;
    const struct mmu_memory_request *request = &w->request;
    w->value = 0;
    if (request->write) {
        w->error = !memory->compare_and_write(memory->user, request->pa, request->expected,
                                              request->data, &w->value);
        ++engine->counter[MMU_COUNT_PTE_WRITES];
    } else {
        w->error = !memory->read(memory->user, request->pa, &w->value);
        ++engine->counter[MMU_COUNT_PTE_READS];
    }
    w->phase = WALKER_ANSWER;
    w->event = w->data_cycle;
}

// READ, steps 2 to 7.
static void judge_read(struct mmu_engine *engine, uint64_t cycle) {
    struct walker *w = &engine->walker;
    const struct port_state *p = &engine->port[w->port];
    uint8_t access = p->history.request.access;
    uint64_t pte = w->value;
    struct mmu_step_result result = mmu_pte_step(engine->mode, pte, w->level, access, &p->context);
    switch (result.step) {
        case MMU_STEP_PAGE_FAULT:
            finish_with_fault(engine, mmu_page_fault(access), cycle);
            break;
        case MMU_STEP_POINTER:
            w->global |= (uint8_t)pte & MMU_PTE_G;
            w->table_ppn = mmu_pte_ppn(pte);
            --w->level;
            issue_read(engine, cycle + 1);
            break;
        case MMU_STEP_UPDATE: {
            struct mmu_memory_request update = {
                .pa = w->request.pa, .expected = pte, .data = result.pte_update, .write = true};
            issue(engine, &update, cycle + 1);
            break;
        }
        case MMU_STEP_LEAF:
            finish_with_leaf(engine, pte, cycle);
            break;
    }
}

// UPDATE: success if memory held what was expected, otherwise the PTE is read again.
static void judge_update(struct mmu_engine *engine, uint64_t cycle) {
    const struct walker *w = &engine->walker;
    if (w->value == w->request.expected) {
        finish_with_leaf(engine, w->request.data, cycle);
        return;
    }
    ++engine->counter[MMU_COUNT_PTE_WRITE_CONFLICTS];
    issue_read(engine, cycle + 1);
}

static void answer(struct mmu_engine *engine, uint64_t cycle) {
    struct walker *w = &engine->walker;
    struct mmu_history *history = &engine->port[w->port].history;
    struct mmu_walk_access *access = present_access(history);
    access->value = w->value;
    access->error = w->error;
    access->ignored = w->ignored;
    if (w->ignored) {
        w->ignored = false;
        ++engine->counter[MMU_COUNT_WALK_RESTARTS];
        begin_at_root(engine, cycle + 1);
    } else if (w->error) {
        finish_with_fault(engine, mmu_access_fault(history->request.access), cycle);
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
