// SPDX-License-Identifier: Apache-2.0
// The timed model: handle, what the ports show, transfers.
#include "mmu/engine.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "engine_internal.h"

struct mmu_config mmu_config_default(void) {
    const struct mmu_tlb_config tlb = {.entries = 16, .ways = 16, .policy = MMU_LRU};
    return (struct mmu_config){.arch = mmu_arch_default(),
                               .tlb = {tlb, tlb},
                               .l2 = {.entries = 0, .ways = 4, .policy = MMU_PLRU},
                               .walks = 1};
}

const char *mmu_config_check(const struct mmu_config *config) {
    const char *sentence = mmu_arch_check(&config->arch);
    for (unsigned port = 0; port < MMU_PORTS && sentence == NULL; ++port)
        sentence = mmu_tlb_config_check(&config->tlb[port]);
    if (sentence == NULL) sentence = l2_config_check(&config->l2);
    if (sentence != NULL) return sentence;
    if (config->pwc_entries > MMU_PWC_ENTRIES) return "page-walk cache entries must be 0 .. 64";
    if (config->walks < 1 || config->walks > MMU_WALKS) return "walks must be 1 .. 8";
    if (config->prefetch && config->l2.entries == 0) return "prefetch needs a second level";
    return NULL;
}

// Returns whether there was memory for all of them.
static bool create_caches(struct mmu_engine *engine, const struct mmu_config *config) {
    bool created = true;
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        engine->port[port].tlb = mmu_tlb_create(&config->tlb[port], &config->arch);
        created = created && engine->port[port].tlb != NULL;
    }
    if (config->l2.entries > 0) {
        engine->l2 = l2_create(&config->l2, &config->arch);
        created = created && engine->l2 != NULL;
    }
    if (config->pwc_entries > 0) {
        engine->pwc = pwc_create(config->pwc_entries, &config->arch);
        created = created && engine->pwc != NULL;
    }
    return created;
}

struct mmu_engine *mmu_engine_create(const struct mmu_config *config, const struct mmu_bus *bus) {
    assert(mmu_config_check(config) == NULL);
    assert(bus->memory.read && bus->memory.compare_and_write && bus->latency);
    struct mmu_engine *engine = calloc(1, sizeof *engine);
    if (engine == NULL) return NULL;
    engine->arch = config->arch;
    engine->walks = (uint8_t)config->walks;
    engine->has_prefetch = config->prefetch;
    engine->bus = *bus;
    if (!create_caches(engine, config)) {
        mmu_engine_destroy(engine);
        return NULL;
    }
    mmu_engine_reset(engine);
    return engine;
}

void mmu_engine_destroy(struct mmu_engine *engine) {
    if (engine == NULL) return;
    for (unsigned port = 0; port < MMU_PORTS; ++port) mmu_tlb_destroy(engine->port[port].tlb);
    l2_destroy(engine->l2);
    pwc_destroy(engine->pwc);
    free(engine);
}

static void reset_port(struct mmu_engine *engine, unsigned port) {
    struct port_state *p = &engine->port[port];
    struct mmu_tlb *tlb = p->tlb;
    mmu_tlb_reset(tlb);
    memset(p, 0, sizeof *p);
    p->tlb = tlb;
    p->fill_cycle = MMU_NEVER;
    for (unsigned tag = 0; tag < MMU_TAGS; ++tag) p->history[tag].response_cycle = MMU_NEVER;
    p->context =
        mmu_context_capture(&engine->arch, &p->captured_csr, (enum mmu_port)port);  // registers 0
}

void mmu_engine_reset(struct mmu_engine *engine) {
    for (unsigned port = 0; port < MMU_PORTS; ++port) reset_port(engine, port);
    if (engine->l2 != NULL) l2_reset(engine->l2);
    if (engine->pwc != NULL) pwc_reset(engine->pwc);
    memset(engine->slot, 0, sizeof engine->slot);
    memset(engine->counter, 0, sizeof engine->counter);
    engine->busy = engine->ready = engine->finished = engine->killed = engine->finishing = 0;
    engine->wire = NO_SLOT;
    engine->last_wire = engine->last_completed = (uint8_t)(engine->walks - 1u);
    engine->last_port = MMU_PORT_FETCH;                     // so that data goes first
    memset(&engine->prefetch, 0, sizeof engine->prefetch);  // empty; registers 0: not active
    engine->pwc_use.valid = false;
    engine->l2_fill_cycle = MMU_NEVER;
    engine->ordinal = 0;
    engine->pmp = engine->pmp_next = mmu_pmp_reset(&engine->arch);
    cycle_reset(engine);
}

// --- look ----------------------------------------------------------------------------

uint64_t mmu_engine_cycle(const struct mmu_engine *engine) {
    return engine->now;
}

bool mmu_engine_ready(const struct mmu_engine *engine, enum mmu_port port, bool response_ready) {
    const struct port_state *p = &engine->port[port];
    bool finished = p->slots & (engine->finished | engine->finishing);
    return p->miss.state == MISS_EMPTY && !p->fault_valid &&
           (!p->response_valid || response_ready) && !finished;
}

bool mmu_engine_fence_ready(const struct mmu_engine *engine) {
    return !(engine->wire != NO_SLOT && engine->request.write);
}

bool mmu_engine_pmp_ready(const struct mmu_engine *engine) {
    return engine->wire == NO_SLOT;
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
    return engine->wire != NO_SLOT ? &engine->request : NULL;
}

static bool is_shown(const struct mmu_engine *engine, uint64_t fill_cycle) {
    return fill_cycle != MMU_NEVER && fill_cycle + 1 == engine->now;
}

const struct mmu_tlb_fill *mmu_engine_fill(const struct mmu_engine *engine, enum mmu_port port) {
    const struct port_state *p = &engine->port[port];
    return is_shown(engine, p->fill_cycle) ? &p->fill : NULL;
}

const struct mmu_l2_fill *mmu_engine_l2_fill(const struct mmu_engine *engine) {
    return is_shown(engine, engine->l2_fill_cycle) ? &engine->l2_fill : NULL;
}

static bool answer_comes(const struct mmu_engine *engine, uint64_t cycle) {
    for (unsigned slots = engine->busy; slots != 0; slots &= slots - 1) {
        const struct slot *slot = &engine->slot[__builtin_ctz(slots)];
        if (slot->phase == SLOT_ANSWER && slot->data_cycle == cycle) return true;
    }
    return false;
}

uint64_t mmu_engine_next_event(const struct mmu_engine *engine) {
    bool filled = is_shown(engine, engine->port[MMU_PORT_DATA].fill_cycle) ||
                  is_shown(engine, engine->port[MMU_PORT_FETCH].fill_cycle) ||
                  is_shown(engine, engine->l2_fill_cycle);
    if (engine->acts != 0 || filled || engine->event <= engine->now) return engine->now + 1;
    if (engine->event == MMU_NEVER) return MMU_NEVER;
    // A port may cease to be ready in the very cycle of an answer; everything else waits for the
    // edge.
    return answer_comes(engine, engine->event) ? engine->event : engine->event + 1;
}

const struct mmu_history *mmu_engine_history(const struct mmu_engine *engine, enum mmu_port port,
                                             unsigned tag) {
    assert(tag < MMU_TAGS);
    return &engine->port[port].history[tag];
}

uint16_t mmu_engine_unanswered(const struct mmu_engine *engine, enum mmu_port port) {
    return engine->port[port].unanswered;
}

const struct mmu_pmp *mmu_engine_pmp(const struct mmu_engine *engine) {
    return &engine->pmp;
}

const struct mmu_tlb *mmu_engine_tlb(const struct mmu_engine *engine, enum mmu_port port) {
    return engine->port[port].tlb;
}

const struct mmu_l2_entry *mmu_engine_l2_at(const struct mmu_engine *engine, uint32_t set,
                                            uint32_t way) {
    assert(engine->l2 != NULL);
    return l2_at(engine->l2, l2_index(engine->l2, set, way));
}

// --- act -----------------------------------------------------------------------------

// Compared as bytes, up to the last member: there is no padding before it.
static inline bool same_csr(const struct mmu_csr *a, const struct mmu_csr *b) {
    static_assert(offsetof(struct mmu_csr, pbmte) == sizeof(uint64_t) + 6, "no padding");
    return memcmp(a, b, offsetof(struct mmu_csr, pbmte) + sizeof a->pbmte) == 0;
}

void mmu_engine_accept(struct mmu_engine *engine, enum mmu_port port,
                       const struct mmu_request *request, const struct mmu_csr *csr) {
    struct port_state *p = &engine->port[port];
    assert(!(engine->acts & (ACT_ACCEPT << port)));
    assert(mmu_engine_ready(engine, port, engine->acts & (ACT_TAKE_RESPONSE << port)));
    assert(request->access <= MMU_AMO && request->tag < MMU_TAGS);
    assert((request->access == MMU_FETCH) == (port == MMU_PORT_FETCH));
    assert(request->size <= 3 && (request->va & ((1u << request->size) - 1)) == 0);
    struct mmu_history *history = &p->history[request->tag];
    p->accepted_tag = request->tag;
    // By field: the caller has just written them so, and a wider load would wait for that.
    history->request.va = va_of_xlen(&engine->arch, request->va);
    history->request.access = request->access;
    history->request.size = request->size;
    history->request.tag = request->tag;
    history->csr = *csr;
    history->accept_cycle = engine->now;
    history->start_cycle = engine->now;
    history->merged = false;
    history->pwc_hit = false;
    history->response_cycle = MMU_NEVER;
    history->terms = (struct mmu_terms){.lookup = 1};
    history->accesses = 0;
    if (!same_csr(csr, &p->captured_csr)) {  // they seldom change from one request to the next
        p->captured_csr = *csr;
        p->context = mmu_context_capture(&engine->arch, csr, port);
    }
    mmu_engine_set_csr(engine, csr);
    engine->acts |= ACT_ACCEPT << port;
}

void mmu_engine_set_csr(struct mmu_engine *engine, const struct mmu_csr *csr) {
    if (engine->has_prefetch && prefetch_registers(engine, csr)) engine->acts |= ACT_REGISTERS;
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

uint16_t mmu_engine_kill(struct mmu_engine *engine, enum mmu_port port) {
    assert(!(engine->acts & (ACT_KILL << port)));
    engine->acts |= ACT_KILL << port;
    return engine->port[port].unanswered;
}

void mmu_engine_poison(struct mmu_engine *engine) {
    assert(!(engine->acts & ACT_POISON));
    engine->acts |= ACT_POISON;
}
