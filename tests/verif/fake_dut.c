// SPDX-License-Identifier: Apache-2.0
// The fake's ports and clock: in each cycle first what stands on the wires, then the next state.
#include <stdlib.h>

#include "fake_internal.h"

void fake_count(struct dut *dut, unsigned counter, uint64_t by) {
    if (dut->fault == FAKE_COUNTER + counter) return;
    dut->counter[counter] += by;
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
        if (fake_walk_answer(dut, &walk, &dut->in.answer).ends) return false;
    if (dut->fault == FAKE_REQUEST_WITHDRAWN && walk.waited > 0) return false;
    dut->out.memory_request = fake_walk_request(&walk, dut->fault);
    return (walk.phase == FAKE_REQUEST && !dut->out.denied) || dut->idle_request;
}

static bool show_record(struct dut *dut) {
    struct mmu_fault *shown = &dut->out.fault;
    if (dut->records == 0) return false;
    *shown = dut->record[0];
    if (dut->fault == FAKE_RECORD_TVAL) shown->tval &= ~UINT64_C(4095);
    if (dut->fault == FAKE_RECORD_CAUSE) shown->cause ^= 1;
    if (dut->fault == FAKE_RECORD_PORT) shown->port ^= 1;
    if (dut->fault == FAKE_RECORD_ASID)
        shown->asid = fake_asid(&dut->config.arch, dut->in.csr.satp);
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

// What may be accepted besides requests, given what else stands.
static unsigned show_ready(const struct dut *dut, unsigned sample) {
    bool request = sample & DUT_MEMORY_REQUEST;
    bool fence = !request || !dut->out.memory_request.write;
    if (dut->fault == FAKE_FENCE_READY && request) fence = false;
    if (dut->fault == FAKE_FENCE_NEVER) fence = false;
    bool pmp = !request || dut->fault == FAKE_PMP_READY;
    return (fence ? DUT_READY_FENCE : 0u) | (pmp ? DUT_READY_PMP : 0u);
}

static unsigned show(struct dut *dut) {
    unsigned sample = dut->property_failed ? DUT_ASSERTION : 0;
    dut->out.denied = fake_walk_denied(dut);
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        if (ready(dut, p)) sample |= 1u << p;
        if (show_response(dut, p)) sample |= (unsigned)DUT_RESPONSE_DATA << p;
    }
    if (show_record(dut)) sample |= DUT_FAULT;
    if (show_request(dut)) sample |= DUT_MEMORY_REQUEST;
    if (show_fill(dut)) sample |= DUT_EVENT;
    return sample | show_ready(dut, sample);
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

static void kill(struct dut *dut) {
    struct fake_walk *walk = &dut->walk;
    if (dut->fault == FAKE_KILL_IGNORED) return;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        struct fake_port *port = &dut->port[p];
        if (!(dut->in.kill >> p & 1) || (!port->waiting && !port->walking)) continue;
        fake_count(dut, MMU_COUNT_KILLS, 1);
        if (port->walking) walk->killed = true;
        port->waiting = port->walking = false;
    }
}

static void accept(struct dut *dut) {
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        if (!dut->in.request_valid[p] || !(dut->out.sample & (1u << p))) continue;
        dut->port[p].request = dut->in.request[p];
        dut->port[p].csr = dut->in.csr;
        fake_lookup(dut, p);
    }
}

static void fence(struct dut *dut) {
    if (!dut->in.fence_valid || !(dut->out.sample & DUT_READY_FENCE)) return;
    fake_count(dut, MMU_COUNT_FENCES, 1);
    bool removes = dut->in.fence.op == MMU_SFENCE_VMA || dut->in.fence.op == MMU_SINVAL_VMA;
    if (!removes && dut->fault != FAKE_INVAL_IR_REMOVES) return;
    for (unsigned p = 0; p < MMU_PORTS; p++) fake_tlb_fence(&dut->tlb[p], &dut->in.fence);
    if (dut->walk.phase == FAKE_IDLE || dut->fault == FAKE_FENCE_NO_RESTART) return;
    dut->walk.ignoring = true;
    if (dut->fault == FAKE_KILL_RESTARTS) dut->walk.killed = false;
}

static void write_pmp(struct dut *dut) {
    if (dut->in.pmp_valid && (dut->out.sample & DUT_READY_PMP))
        fake_pmp_register(&dut->pmp, &dut->in.pmp);
}

static void start_walk(struct dut *dut) {
    if (dut->walk.phase != FAKE_IDLE) return;
    for (unsigned k = 0; k < MMU_PORTS; k++) {
        unsigned p = dut->fault == FAKE_FETCH_FIRST ? 1 - k : k;
        struct fake_port *port = &dut->port[p];
        if (!port->waiting) continue;
        port->waiting = false;
        port->walking = true;
        fake_walk_start(dut, p);
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
    uint16_t asid = fake_asid(&dut->config.arch, port->csr.satp);
    uint64_t tval = dut->config.arch.xlen == 32 ? port->request.va & UINT32_MAX : port->request.va;
    dut->record[dut->records++] = (struct mmu_fault){.tval = tval,
                                                     .asid = asid,
                                                     .port = (uint8_t)p,
                                                     .access = port->request.access,
                                                     .cause = port->response.cause};
}

unsigned fake_tick(struct dut *dut) {
    dut->out.sample = show(dut);
    dut->fill.valid = dut->idle_request = false;
    count_cycle(dut);
    dut->property_failed = false;
    take(dut);
    kill(dut);
    accept(dut);
    fence(dut);
    fake_walk_clock(dut);
    start_walk(dut);
    write_pmp(dut);
    for (unsigned k = 0; k < MMU_PORTS; k++)
        deliver(dut, dut->fault == FAKE_RECORD_ORDER ? 1 - k : k);
    return dut->out.sample;
}
