// SPDX-License-Identifier: Apache-2.0
// The fake's ports and clock: in each cycle first what stands on the wires, then the next state.
#include <stdlib.h>

#include "fake_internal.h"

void fake_count(struct dut *dut, unsigned counter, uint64_t by) {
    if (dut->fault == FAKE_COUNTER + counter) return;
    dut->counter[counter] += by;
}

// --- answers -----------------------------------------------------------------------------------

struct mmu_answer fake_answer(const struct dut *dut, uint64_t va, const struct fake_entry *entry,
                              unsigned source) {
    unsigned kept = MMU_PTE_D | MMU_PTE_U | MMU_PTE_X | MMU_PTE_W | MMU_PTE_R;
    struct mmu_answer a = {.pa = fake_pa(entry->ppn, entry->level, va),
                           .level = entry->level,
                           .source = (uint8_t)source};
    a.perm = (uint8_t)((entry->perm & kept) | MMU_PTE_A | MMU_PTE_V);
    if (entry->global) a.perm |= MMU_PTE_G;
    if (dut->fault == FAKE_PA_BIT) a.pa ^= 1u << 12;
    if (dut->fault == FAKE_LEVEL) a.level ^= 1;
    if (dut->fault == FAKE_PERM_BIT) a.perm ^= MMU_PTE_G;
    if (dut->fault == FAKE_HIT_AS_WALK) a.source = MMU_SOURCE_WALK;
    return a;
}

struct mmu_answer fake_fault_answer(const struct dut *dut, uint8_t cause, unsigned source) {
    if (dut->fault == FAKE_CAUSE && cause == MMU_CAUSE_LOAD_PAGE) cause = MMU_CAUSE_STORE_PAGE;
    return (struct mmu_answer){.fault = true, .cause = cause, .source = (uint8_t)source};
}

// --- lookup (section 6) ------------------------------------------------------------------------

static struct mmu_answer untranslated(const struct dut *dut, const struct mmu_request *request) {
    if (request->va >> 56)
        return fake_fault_answer(dut, fake_access_fault(request->access), MMU_SOURCE_NONE);
    return (struct mmu_answer){.pa = request->va, .level = MMU_LEVEL_NONE};
}

static bool hit_permitted(const struct dut *dut, unsigned p, const struct fake_entry *e) {
    const struct fake_port *port = &dut->port[p];
    bool sum = dut->fault == FAKE_SUM_OF_FILL ? e->filled_sum : port->csr.sum;
    bool mxr = dut->fault == FAKE_MXR_OF_FILL ? e->filled_mxr : port->csr.mxr;
    if (dut->fault == FAKE_FAULT_MISSING) return true;
    if (dut->fault == FAKE_FAULT_ADDED && port->request.access == MMU_LOAD) return false;
    return fake_permitted(e->perm, port->request.access, fake_privilege(&port->csr, p), sum, mxr);
}

// Returns false for a miss.
static bool lookup_tlb(struct dut *dut, unsigned p, struct mmu_answer *answer) {
    const struct fake_port *port = &dut->port[p];
    struct fake_tlb *tlb = &dut->tlb[p];
    int k = fake_tlb_lookup(tlb, port->request.va, (uint16_t)(port->csr.satp >> 44));
    if (k < 0) return false;
    const struct fake_entry *e = &tlb->entry[k];
    bool store = port->request.access >= MMU_STORE;
    if (!hit_permitted(dut, p, e))
        *answer = fake_fault_answer(dut, fake_page_fault(port->request.access), MMU_SOURCE_TLB);
    else if (store && !(e->perm & MMU_PTE_D))
        return false;
    else
        *answer = fake_answer(dut, port->request.va, e, MMU_SOURCE_TLB);
    fake_tlb_hit(tlb, (unsigned)k);
    return true;
}

static void lookup(struct dut *dut, unsigned p) {
    struct fake_port *port = &dut->port[p];
    bool translated = port->csr.satp >> 60 == 8 && fake_privilege(&port->csr, p) != MMU_PRIV_M;
    fake_count(dut, MMU_COUNT_REQUESTS + 8 * p, 1);
    port->coming_valid = true;
    if (!translated || !fake_canonical(port->request.va)) {
        uint8_t page_fault = fake_page_fault(port->request.access);
        port->coming = translated ? fake_fault_answer(dut, page_fault, MMU_SOURCE_NONE)
                                  : untranslated(dut, &port->request);
        fake_count(dut, MMU_COUNT_UNTRANSLATED + 8 * p, 1);
    } else if (lookup_tlb(dut, p, &port->coming)) {
        fake_count(dut, MMU_COUNT_HITS + 8 * p, 1);
    } else {
        port->coming_valid = false;
        port->waiting = true;
        fake_count(dut, MMU_COUNT_MISSES + 8 * p, 1);
    }
}

// --- what stands on the wires ------------------------------------------------------------------

static bool has_record(const struct dut *dut, unsigned p) {
    for (unsigned k = 0; k < dut->records; k++)
        if (dut->record[k].port == p) return true;
    return false;
}

static bool ready(const struct dut *dut, unsigned p) {
    const struct fake_port *port = &dut->port[p];
    bool busy = (port->waiting || port->walking) && dut->fault != FAKE_READY_BUSY;
    bool taken = (dut->in.take >> p) & 1;
    return !busy && !port->stalled && !has_record(dut, p) && (!port->response_valid || taken);
}

static bool show_response(struct dut *dut, unsigned p) {
    const struct fake_port *port = &dut->port[p];
    const struct fake_walk *walk = &dut->walk;
    struct mmu_answer *shown = &dut->out.response[p];
    *shown = port->response;
    if (dut->fault == FAKE_ANSWER_CHANGES && port->response_seen) shown->pa ^= 1;
    if (dut->fault == FAKE_ANSWER_WITHDRAWN && port->response_seen) return false;
    if (dut->fault != FAKE_ANSWER_EARLY || walk->phase != FAKE_WAIT || walk->port != p ||
        !dut->in.answer_valid)
        return port->response_valid;
    // What the walk's end will say, a cycle before it is due.
    struct dut *future = malloc(sizeof *future);
    if (!future) abort();
    *future = *dut;
    fake_walk_clock(future);
    *shown = future->port[p].coming;
    bool ends = future->port[p].coming_valid;
    free(future);
    return ends || port->response_valid;
}

static bool show_request(struct dut *dut) {
    struct fake_walk walk = dut->walk;
    if (dut->fault == FAKE_REQUEST_EARLY && walk.phase == FAKE_WAIT && dut->in.answer_valid)
        if (fake_walk_answer(&walk, dut->fault, &dut->in.csr, &dut->in.answer).ends) return false;
    if (dut->fault == FAKE_REQUEST_WITHDRAWN && walk.waited > 0) return false;
    dut->out.memory_request = fake_walk_request(&walk, dut->fault);
    return walk.phase == FAKE_REQUEST || dut->idle_request;
}

static bool show_record(struct dut *dut) {
    struct mmu_fault *shown = &dut->out.fault;
    if (dut->records == 0) return false;
    *shown = dut->record[0];
    if (dut->fault == FAKE_RECORD_TVAL) shown->tval &= ~UINT64_C(4095);
    if (dut->fault == FAKE_RECORD_CAUSE) shown->cause ^= 1;
    if (dut->fault == FAKE_RECORD_PORT) shown->port ^= 1;
    if (dut->fault == FAKE_RECORD_ASID) shown->asid = (uint16_t)(dut->in.csr.satp >> 44);
    if (dut->fault == FAKE_RECORD_ACCESS) shown->access ^= 1;
    return true;
}

static bool show_fill(struct dut *dut) {
    const struct fake_fill *fill = &dut->fill;
    struct dut_event *shown = &dut->out.event;
    *shown = (struct dut_event){
        .port = fill->port, .set = fill->set, .way = fill->way, .evict = fill->evict};
    if (dut->fault == FAKE_FILL_WAY) shown->way ^= 1;
    if (dut->fault == FAKE_FILL_SET) shown->set ^= 1;
    if (dut->fault == FAKE_FILL_PORT) shown->port ^= 1;
    if (dut->fault == FAKE_FILL_EVICT) shown->evict = !shown->evict;
    return fill->valid && dut->fault != FAKE_FILL_SILENT;
}

static unsigned show(struct dut *dut) {
    unsigned sample = 0;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        if (ready(dut, p)) sample |= 1u << p;
        if (show_response(dut, p)) sample |= (unsigned)DUT_RESPONSE_DATA << p;
    }
    if (show_record(dut)) sample |= DUT_FAULT;
    if (show_request(dut)) sample |= DUT_MEMORY_REQUEST;
    if (show_fill(dut)) sample |= DUT_EVENT;
    bool blocks = (sample & DUT_MEMORY_REQUEST) &&
                  (dut->out.memory_request.write || dut->fault == FAKE_FENCE_READY);
    if (dut->fault == FAKE_FENCE_NEVER) blocks = true;
    return blocks ? sample : sample | DUT_READY_FENCE;
}

// --- next state --------------------------------------------------------------------------------

static void count_cycle(struct dut *dut) {
    fake_count(dut, MMU_COUNT_CYCLES, 1);
    fake_count(dut, MMU_COUNT_WALKER_BUSY_CYCLES, dut->walk.phase != FAKE_IDLE);
    for (unsigned p = 0; p < MMU_PORTS; p++)
        fake_count(dut, MMU_COUNT_WAIT_CYCLES + 8 * p, dut->port[p].waiting);
}

static void take(struct dut *dut) {
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        struct fake_port *port = &dut->port[p];
        bool taken = (dut->in.take >> p) & 1, again = false;
        port->stalled = false;
        if (dut->fault == FAKE_ANSWER_UNASKED) again = !port->response_seen;
        port->response_seen = port->response_valid;
        if (taken && !again) port->response_valid = false;
    }
    if (!(dut->out.sample & DUT_FAULT) || !(dut->in.take & DUT_TAKE_FAULT)) return;
    dut->record[0] = dut->record[1];
    dut->records--;
}

static void accept(struct dut *dut) {
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        if (!dut->in.request_valid[p] || !(dut->out.sample & (1u << p))) continue;
        dut->port[p].request = dut->in.request[p];
        dut->port[p].csr = dut->in.csr;
        lookup(dut, p);
    }
}

static void fence(struct dut *dut) {
    if (!dut->in.fence_valid || !(dut->out.sample & DUT_READY_FENCE)) return;
    fake_count(dut, MMU_COUNT_FENCES, 1);
    for (unsigned p = 0; p < MMU_PORTS; p++) fake_tlb_fence(&dut->tlb[p], &dut->in.fence);
    if (dut->walk.phase != FAKE_IDLE && dut->fault != FAKE_FENCE_NO_RESTART)
        dut->walk.ignoring = true;
}

static void start_walk(struct dut *dut) {
    if (dut->walk.phase != FAKE_IDLE) return;
    for (unsigned k = 0; k < MMU_PORTS; k++) {
        unsigned p = dut->fault == FAKE_FETCH_FIRST ? 1 - k : k;
        struct fake_port *port = &dut->port[p];
        if (!port->waiting) continue;
        port->waiting = false;
        port->walking = true;
        fake_walk_start(&dut->walk, p, &port->request, &port->csr);
        return;
    }
}

static void deliver(struct dut *dut, unsigned p) {
    struct fake_port *port = &dut->port[p];
    if (!port->coming_valid) return;
    bool walked = port->coming.source == MMU_SOURCE_WALK;
    if (dut->fault == FAKE_ANSWER_LATE && walked && !port->coming_held) {
        port->coming_held = true;
        return;
    }
    port->coming_valid = port->coming_held = false;
    if (dut->fault == FAKE_ANSWER_NEVER && walked) return;
    port->response = port->coming;
    port->response_valid = true;
    port->response_seen = false;
    fake_count(dut, MMU_COUNT_FAULTS + 8 * p, port->response.fault);
    bool record =
        port->response.fault ? dut->fault != FAKE_RECORD_MISSING : dut->fault == FAKE_RECORD_EXTRA;
    if (!record || dut->records == MMU_PORTS) return;
    dut->record[dut->records++] = (struct mmu_fault){.tval = port->request.va,
                                                     .asid = (uint16_t)(port->csr.satp >> 44),
                                                     .port = (uint8_t)p,
                                                     .access = port->request.access,
                                                     .cause = port->response.cause};
}

unsigned fake_tick(struct dut *dut) {
    dut->out.sample = show(dut);
    dut->fill.valid = dut->idle_request = false;
    count_cycle(dut);
    take(dut);
    accept(dut);
    fence(dut);
    fake_walk_clock(dut);
    start_walk(dut);
    for (unsigned k = 0; k < MMU_PORTS; k++)
        deliver(dut, dut->fault == FAKE_RECORD_ORDER ? 1 - k : k);
    return dut->out.sample;
}
