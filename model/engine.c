// SPDX-License-Identifier: Apache-2.0
// The timed model: handle, what the ports show, transfers, and the closing of cycles.
#include "mmu/engine.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine_internal.h"

struct mmu_config mmu_config_default(void) {
    const struct mmu_tlb_config tlb = {.entries = 16, .ways = 16, .policy = MMU_LRU};
    return (struct mmu_config){.arch = mmu_arch_default(), .tlb = {tlb, tlb}};
}

const char *mmu_config_check(const struct mmu_config *config) {
    const char *arch_sentence = mmu_arch_check(&config->arch);
    if (arch_sentence != NULL) return arch_sentence;
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        const char *sentence = mmu_tlb_config_check(&config->tlb[port]);
        if (sentence != NULL) return sentence;
    }
    return NULL;
}

struct mmu_engine *mmu_engine_create(const struct mmu_config *config, const struct mmu_bus *bus) {
    assert(mmu_config_check(config) == NULL);
    assert(bus->memory.read && bus->memory.compare_and_write && bus->latency);
    struct mmu_engine *engine = calloc(1, sizeof *engine);
    if (engine == NULL) return NULL;
    engine->arch = config->arch;
    engine->bus = *bus;
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        engine->port[port].tlb = mmu_tlb_create(&config->tlb[port], &config->arch);
        if (engine->port[port].tlb == NULL) {
            mmu_engine_destroy(engine);
            return NULL;
        }
    }
    mmu_engine_reset(engine);
    return engine;
}

void mmu_engine_destroy(struct mmu_engine *engine) {
    if (engine == NULL) return;
    for (unsigned port = 0; port < MMU_PORTS; ++port) mmu_tlb_destroy(engine->port[port].tlb);
    free(engine);
}

void mmu_engine_reset(struct mmu_engine *engine) {
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        struct port_state *p = &engine->port[port];
        struct mmu_tlb *tlb = p->tlb;
        mmu_tlb_reset(tlb);
        memset(p, 0, sizeof *p);
        p->tlb = tlb;
        p->history.response_cycle = MMU_NEVER;
    }
    walker_reset(&engine->walker);
    engine->pmp = engine->pmp_next = mmu_pmp_reset(&engine->arch);
    memset(engine->counter, 0, sizeof engine->counter);
    engine->now = 0;
    engine->acts = 0;
    engine->fill_cycle = MMU_NEVER;
}

// --- look ----------------------------------------------------------------------------

uint64_t mmu_engine_cycle(const struct mmu_engine *engine) {
    return engine->now;
}

static bool is_busy(const struct port_state *p) {
    return p->waiting || p->walking;
}

bool mmu_engine_ready(const struct mmu_engine *engine, enum mmu_port port, bool response_ready) {
    const struct port_state *p = &engine->port[port];
    return !is_busy(p) && !p->fault_valid && (!p->response_valid || response_ready);
}

bool mmu_engine_fence_ready(const struct mmu_engine *engine) {
    const struct walker *walker = &engine->walker;
    return !(walker->phase == WALKER_REQUEST && walker->request.write);
}

bool mmu_engine_pmp_ready(const struct mmu_engine *engine) {
    return engine->walker.phase != WALKER_REQUEST;
}

const struct mmu_answer *mmu_engine_response(const struct mmu_engine *engine, enum mmu_port port) {
    const struct port_state *p = &engine->port[port];
    return p->response_valid ? &p->response : NULL;
}

const struct mmu_fault *mmu_engine_fault(const struct mmu_engine *engine) {
    unsigned port = fault_unit_shown(engine);
    return port < MMU_PORTS ? &engine->port[port].fault : NULL;
}

const struct mmu_memory_request *mmu_engine_memory_request(const struct mmu_engine *engine) {
    const struct walker *walker = &engine->walker;
    return walker->phase == WALKER_REQUEST ? &walker->request : NULL;
}

static bool fill_is_shown(const struct mmu_engine *engine) {
    return engine->fill_cycle != MMU_NEVER && engine->fill_cycle + 1 == engine->now;
}

const struct mmu_fill_event *mmu_engine_fill(const struct mmu_engine *engine) {
    return fill_is_shown(engine) ? &engine->fill : NULL;
}

uint64_t mmu_engine_next_event(const struct mmu_engine *engine) {
    if (engine->acts != 0 || fill_is_shown(engine)) return engine->now + 1;
    // A grant takes the request off the wires; an answer brings the next one, or the end; so
    // does a denial.
    return engine->walker.event == MMU_NEVER ? MMU_NEVER : engine->walker.event + 1;
}

const struct mmu_history *mmu_engine_history(const struct mmu_engine *engine, enum mmu_port port) {
    return &engine->port[port].history;
}

const struct mmu_pmp *mmu_engine_pmp(const struct mmu_engine *engine) {
    return &engine->pmp;
}

const struct mmu_tlb *mmu_engine_tlb(const struct mmu_engine *engine, enum mmu_port port) {
    return engine->port[port].tlb;
}

// --- act -----------------------------------------------------------------------------

void mmu_engine_accept(struct mmu_engine *engine, enum mmu_port port,
                       const struct mmu_request *request, const struct mmu_csr *csr) {
    struct port_state *p = &engine->port[port];
    assert(!(engine->acts & (ACT_ACCEPT << port)));
    assert(mmu_engine_ready(engine, port, engine->acts & (ACT_TAKE_RESPONSE << port)));
    assert(request->access <= MMU_AMO);
    assert((request->access == MMU_FETCH) == (port == MMU_PORT_FETCH));
    assert(request->size <= 3 && (request->va & ((1u << request->size) - 1)) == 0);
    // By field: the caller has just written them so, and a wider load would wait for that.
    p->history.request.va = va_of_xlen(&engine->arch, request->va);
    p->history.request.access = request->access;
    p->history.request.size = request->size;
    p->history.csr = *csr;
    p->history.accept_cycle = engine->now;
    p->history.start_cycle = engine->now;
    p->history.response_cycle = MMU_NEVER;
    p->history.accesses = 0;
    engine->acts |= ACT_ACCEPT << port;
}

void mmu_engine_take_response(struct mmu_engine *engine, enum mmu_port port) {
    assert(engine->port[port].response_valid);
    assert(!(engine->acts & (ACT_TAKE_RESPONSE << port)));
    engine->acts |= ACT_TAKE_RESPONSE << port;
}

void mmu_engine_take_fault(struct mmu_engine *engine) {
    assert(fault_unit_shown(engine) < MMU_PORTS);
    assert(!(engine->acts & ACT_TAKE_FAULT));
    engine->acts |= ACT_TAKE_FAULT;
}

void mmu_engine_fence(struct mmu_engine *engine, const struct mmu_fence *fence) {
    assert(mmu_engine_fence_ready(engine));
    assert(!(engine->acts & ACT_FENCE));
    engine->fence = *fence;
    engine->acts |= ACT_FENCE;
}

void mmu_engine_pmp_write(struct mmu_engine *engine, const struct mmu_pmp_write *write) {
    assert(mmu_engine_pmp_ready(engine));
    assert(!(engine->acts & ACT_PMP_WRITE));
    mmu_pmp_write(&engine->pmp_next, write);
    engine->acts |= ACT_PMP_WRITE;
}

bool mmu_engine_kill(struct mmu_engine *engine, enum mmu_port port) {
    assert(!(engine->acts & (ACT_KILL << port)));
    if (!is_busy(&engine->port[port])) return false;
    engine->acts |= ACT_KILL << port;
    return true;
}

// --- close ---------------------------------------------------------------------------

// A fence at the edge of the open cycle. No fill happens at the same edge: a walk in
// flight is restarted, or was killed, instead of ending.
static void close_fence(struct mmu_engine *engine) {
    ++engine->counter[MMU_COUNT_FENCES];
    uint8_t op = engine->fence.op;
    if (op != MMU_SFENCE_VMA && op != MMU_SINVAL_VMA) return;
    walker_restart(&engine->walker);
    for (unsigned port = 0; port < MMU_PORTS; ++port)
        mmu_tlb_fence(engine->port[port].tlb, &engine->fence);
}

static void close_kills(struct mmu_engine *engine, unsigned acts) {
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (acts & (ACT_KILL << port)) walker_kill(engine, port);
    }
}

// Perform the marked transfers: what leaves goes first, so that registers are free, and what is
// killed is neither restarted nor a candidate; the fence after the lookups, which still see
// what it removes; arbitration last, so that a request taken at this very edge is not in
// flight for the fence.
static void close_acts(struct mmu_engine *engine) {
    unsigned acts = engine->acts;
    engine->acts = 0;
    if (acts & ACT_KILLS) close_kills(engine, acts);
    if (acts & ACT_TAKE_FAULT) engine->port[fault_unit_shown(engine)].fault_valid = false;
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (acts & (ACT_TAKE_RESPONSE << port)) engine->port[port].response_valid = false;
        if (acts & (ACT_ACCEPT << port)) engine_lookup(engine, port);
    }
    if (acts & ACT_FENCE) close_fence(engine);
    bool candidates = engine->port[MMU_PORT_DATA].waiting || engine->port[MMU_PORT_FETCH].waiting;
    if (candidates && engine->walker.phase == WALKER_IDLE) walker_arbitrate(engine, engine->now);
}

void mmu_engine_advance(struct mmu_engine *engine, uint64_t cycle) {
    assert(cycle >= engine->now && cycle < MMU_NEVER);
    if (engine->acts != 0) {
        bool pmp_write = engine->acts & ACT_PMP_WRITE;
        close_acts(engine);
        if (pmp_write) {
            // Checks of the open cycle still see the old registers, those of later ones do not.
            walker_run(engine, engine->now);
            engine->pmp = engine->pmp_next;
        }
    }
    if (engine->walker.event <= cycle) walker_run(engine, cycle);
    engine->now = cycle + 1;
}
