// SPDX-License-Identifier: Apache-2.0
// The fake's ports and clock: in each cycle first what stands on the wires, then the next state.
#include <stdlib.h>

#include "fake_internal.h"

void fake_count(struct dut *dut, unsigned counter, uint64_t by) {
    if (dut->fault == FAKE_COUNTER + counter) return;
    dut->counter[counter] += by;
}

// --- what stands on the wires ------------------------------------------------------------------

bool fake_has_record(const struct dut *dut, unsigned p) {
    return dut->had_record[p];
}

bool fake_register_free(const struct dut *dut, unsigned p) {
    return !dut->port[p].response_valid && !dut->port[p].coming.valid;
}

static void note_records(struct dut *dut) {
    dut->had_record[0] = dut->had_record[1] = false;
    for (unsigned k = 0; k < dut->records; k++) dut->had_record[dut->record[k].port & 1] = true;
}

// Whether a walk of the port stands in the way of its requests.
static bool walk_in_the_way(const struct dut *dut, unsigned p) {
    for (unsigned k = 0; k < dut->config.walks; k++) {
        const struct fake_walk *walk = &dut->walk[k];
        if (walk->phase == FAKE_IDLE || walk->port != p) continue;
        if (dut->fault == FAKE_BLOCKING) return true;
        if (fake_slot_finished(dut, k) && dut->fault != FAKE_READY_BUSY) return true;
    }
    return false;
}

static bool ready(const struct dut *dut, unsigned p) {
    const struct fake_port *port = &dut->port[p];
    bool full = port->miss != FAKE_MISS_NONE && dut->fault != FAKE_READY_FULL;
    bool taken = (dut->in.take >> p) & 1;
    return !full && !port->stalled && !dut->had_record[p] && (!port->response_valid || taken) &&
           !walk_in_the_way(dut, p);
}

// What the end of a walk will say, a cycle before it is due.
static bool show_future(struct dut *dut, unsigned p, struct mmu_answer *shown) {
    struct dut *future = malloc(sizeof *future);
    if (!future) abort();
    *future = *dut;
    fake_slots_clock(future, false);
    *shown = future->port[p].coming.answer;
    bool ends = future->port[p].coming.valid;
    free(future);
    return ends;
}

static bool show_response(struct dut *dut, unsigned p) {
    const struct fake_port *port = &dut->port[p];
    struct mmu_answer *shown = &dut->out.response[p];
    *shown = port->response;
    if (dut->fault == FAKE_ANSWER_CHANGES && port->response_seen) shown->pa ^= 1;
    if (dut->fault == FAKE_ANSWER_WITHDRAWN && port->response_seen) return false;
    if (dut->fault == FAKE_TAG) shown->tag ^= 1;
    bool early = dut->fault == FAKE_ANSWER_EARLY && fake_slot_answered(dut) >= 0;
    return early && !port->response_valid ? show_future(dut, p, shown) : port->response_valid;
}

static bool show_request(struct dut *dut) {
    int slot = dut->out.wires;
    if (dut->fault == FAKE_REQUEST_WITHDRAWN && slot >= 0 && dut->walk[slot].waited > 0)
        return false;
    return slot >= 0 || dut->idle_request;
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
    if (dut->fault == FAKE_RECORD_TAG) shown->tag ^= 1;
    return true;
}

// Returns the sample bit.
static unsigned show_fill(struct dut *dut, unsigned p) {
    const struct fake_fill *fill = &dut->fill[dut->fault == FAKE_FILL_PORT ? 1 - p : p];
    struct dut_event *shown = &dut->out.event[p];
    *shown = (struct dut_event){.set = fill->set, .way = fill->way, .evict = fill->evict};
    if (dut->fault == FAKE_FILL_WAY) shown->way ^= 1;
    if (dut->fault == FAKE_FILL_SET) shown->set ^= 1;
    if (dut->fault == FAKE_FILL_EVICT) shown->evict = !shown->evict;
    return fill->valid && dut->fault != FAKE_FILL_SILENT ? (unsigned)DUT_FILL_DATA << p : 0;
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
    note_records(dut);
    fake_slots_show(dut);
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        if (ready(dut, p)) sample |= 1u << p;
        if (show_response(dut, p)) sample |= (unsigned)DUT_RESPONSE_DATA << p;
        sample |= show_fill(dut, p);
    }
    if (show_record(dut)) sample |= DUT_FAULT;
    if (show_request(dut)) sample |= DUT_MEMORY_REQUEST;
    return sample | show_ready(dut, sample);
}

// --- next state --------------------------------------------------------------------------------

static void count_cycle(struct dut *dut) {
    fake_count(dut, MMU_COUNT_CYCLES, 1);
    unsigned busy = 0, waiting = 0;
    for (unsigned k = 0; k < dut->config.walks; k++) {
        busy += dut->walk[k].phase != FAKE_IDLE;
        waiting += dut->walk[k].phase == FAKE_REQUEST && dut->out.wires != (int)k &&
                   dut->out.denied != (int)k;
    }
    fake_count(dut, MMU_COUNT_WALKER_BUSY_CYCLES, busy > 0);
    fake_count(dut, MMU_COUNT_SLOT_CYCLES, busy);
    fake_count(dut, MMU_COUNT_WIRE_WAIT_CYCLES, waiting);
    for (unsigned p = 0; p < MMU_PORTS; p++)
        fake_count(dut, MMU_COUNT_WAIT_CYCLES + 8 * p, dut->port[p].miss == FAKE_MISS_WAIT);
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
    if (dut->fault == FAKE_KILL_IGNORED) return;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        if (!(dut->in.kill >> p & 1)) continue;
        fake_count(dut, MMU_COUNT_KILLS, dut->port[p].miss != FAKE_MISS_NONE);
        dut->port[p].miss = FAKE_MISS_NONE;
        fake_slots_kill(dut, p);
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

// Returns whether walks begin again.
static bool fence(struct dut *dut) {
    if (!dut->in.fence_valid || !(dut->out.sample & DUT_READY_FENCE)) return false;
    fake_count(dut, MMU_COUNT_FENCES, 1);
    bool removes = dut->in.fence.op == MMU_SFENCE_VMA || dut->in.fence.op == MMU_SINVAL_VMA;
    if (!removes && dut->fault != FAKE_INVAL_IR_REMOVES) return false;
    for (unsigned p = 0; p < MMU_PORTS; p++) fake_tlb_fence(&dut->tlb[p], &dut->in.fence);
    return true;
}

static void write_pmp(struct dut *dut) {
    if (dut->in.pmp_valid && (dut->out.sample & DUT_READY_PMP))
        fake_pmp_register(&dut->pmp, &dut->in.pmp);
}

static void deliver(struct dut *dut, unsigned p) {
    struct fake_port *port = &dut->port[p];
    struct fake_delivery *coming = &port->coming;
    if (!coming->valid) return;
    bool walked = coming->answer.source == MMU_SOURCE_WALK;
    if (dut->fault == FAKE_ANSWER_LATE && walked && !coming->held) {
        coming->held = true;
        return;
    }
    coming->valid = coming->held = false;
    if (dut->fault == FAKE_ANSWER_NEVER && walked) return;
    port->response = coming->answer;
    port->response.tag = coming->request.tag;
    port->response_valid = true;
    port->response_seen = false;
    fake_count(dut, MMU_COUNT_FAULTS + 8 * p, port->response.fault);
    bool record =
        port->response.fault ? dut->fault != FAKE_RECORD_MISSING : dut->fault == FAKE_RECORD_EXTRA;
    if (!record || dut->records == MMU_PORTS) return;
    uint64_t va = coming->request.va;
    dut->record[dut->records++] =
        (struct mmu_fault){.tval = dut->config.arch.xlen == 32 ? va & UINT32_MAX : va,
                           .asid = fake_asid(&dut->config.arch, coming->csr.satp),
                           .port = (uint8_t)p,
                           .access = coming->request.access,
                           .cause = port->response.cause,
                           .tag = coming->request.tag};
}

unsigned fake_tick(struct dut *dut) {
    bool resolving[MMU_PORTS];
    dut->out.sample = show(dut);
    dut->fill[0].valid = dut->fill[1].valid = dut->idle_request = false;
    count_cycle(dut);
    dut->property_failed = false;
    take(dut);
    kill(dut);
    for (unsigned p = 0; p < MMU_PORTS; p++) resolving[p] = dut->port[p].miss == FAKE_MISS_RESOLVE;
    accept(dut);
    bool fenced = fence(dut);
    fake_slots_clock(dut, fenced);
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (resolving[p]) fake_resolve(dut, p, fenced);
    write_pmp(dut);
    for (unsigned k = 0; k < MMU_PORTS; k++)
        deliver(dut, dut->fault == FAKE_RECORD_ORDER ? 1 - k : k);
    return dut->out.sample;
}
