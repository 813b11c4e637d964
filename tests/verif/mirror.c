// SPDX-License-Identifier: Apache-2.0
#include "mirror.h"

#include <stdlib.h>
#include <string.h>

struct dut {
    struct bench_memory memory;
    struct bench_timing timing;
    struct mmu_engine *engine;
    unsigned fault;
    struct bench_inputs in;
    // What stood on the wires.
    struct mmu_answer answer[MMU_PORTS];
    struct mmu_fault record;
    struct mmu_memory_request request;
    struct dut_event event[DUT_ARRAYS];
    uint64_t counter_before[MMU_COUNTERS];
};

// --- the engine's memory -----------------------------------------------------------------------

static bool read_pte(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    const struct dut *dut = user;
    return dut->memory.read(dut->memory.user, pa, bytes, value);
}

// The bench writes.
static bool compare_pte(void *user, uint64_t pa, unsigned bytes, uint64_t expected,
                        uint64_t desired, uint64_t *old) {
    (void)expected;
    (void)desired;
    return read_pte(user, pa, bytes, old);
}

static void latency(void *user, uint64_t ordinal, uint32_t *grant_cycles, uint32_t *data_cycles) {
    const struct dut *dut = user;
    bench_latency(&dut->timing, ordinal, grant_cycles, data_cycles);
}

// --- creation ----------------------------------------------------------------------------------

static const struct dut_profile *profile(void) {
    static const struct dut_profile mirror = {.name = "mirror",
                                              .revision = "the model",
                                              .config = {.walks = MMU_WALKS},
                                              .has_kill = true,
                                              .has_fault_records = true,
                                              .has_tags = true};
    return &mirror;
}

struct dut *mirror_create(const struct bench_config *bench, const struct mmu_config *config,
                          unsigned fault) {
    struct dut *dut = calloc(1, sizeof *dut);
    if (!dut) return NULL;
    dut->memory = bench->memory;
    dut->timing = bench->timing;
    dut->fault = fault;
    struct mmu_bus bus = {
        .memory = {.user = dut, .read = read_pte, .compare_and_write = compare_pte},
        .latency = latency};
    dut->engine = mmu_engine_create(config, &bus);
    if (dut->engine) return dut;
    free(dut);
    return NULL;
}

static void destroy(struct dut *dut) {
    mmu_engine_destroy(dut->engine);
    free(dut);
}

static void reset(struct dut *dut) {
    mmu_engine_reset(dut->engine);
}

// --- inputs ------------------------------------------------------------------------------------

static void set_csr(struct dut *dut, const struct mmu_csr *csr) {
    dut->in.csr = *csr;
}

static void request(struct dut *dut, enum mmu_port port, const struct mmu_request *asked) {
    dut->in.request_valid[port] = asked != NULL;
    if (asked) dut->in.request[port] = *asked;
}

static void kill_requests(struct dut *dut, unsigned port_mask) {
    dut->in.kill = port_mask;
}

static void pmp_write(struct dut *dut, const struct mmu_pmp_write *write) {
    dut->in.pmp_write_valid = write != NULL;
    if (write) dut->in.pmp_write = *write;
}

static void fence(struct dut *dut, const struct mmu_fence *asked) {
    dut->in.fence_valid = asked != NULL;
    if (asked) dut->in.fence = *asked;
}

static void take(struct dut *dut, unsigned take_mask) {
    dut->in.take = take_mask;
}

static void poison(struct dut *dut, bool wanted) {
    dut->in.poison = wanted;
}

// Memory is read by the engine itself, in the cycles that it knows.
static void memory_response(struct dut *dut, bool grant, const struct dut_memory_response *answer) {
    (void)dut;
    (void)grant;
    (void)answer;
}

// --- one cycle ---------------------------------------------------------------------------------

static unsigned show_fills(struct dut *dut) {
    const struct mmu_l2_fill *l2 = mmu_engine_l2_fill(dut->engine);
    unsigned sample = 0;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        const struct mmu_tlb_fill *fill = mmu_engine_fill(dut->engine, (enum mmu_port)p);
        if (!fill) continue;
        sample |= (unsigned)DUT_FILL_DATA << p;
        dut->event[p] = (struct dut_event){(uint16_t)fill->set, (uint16_t)fill->way, fill->evict};
    }
    struct dut_event *event = &dut->event[DUT_ARRAY_L2];
    if (l2) *event = (struct dut_event){(uint16_t)l2->set, (uint16_t)l2->way, l2->evict};
    if (l2 && dut->fault != MIRROR_L2_FILL_SILENT) sample |= DUT_FILL_L2;
    if ((sample & DUT_FILL_DATA) && dut->fault == MIRROR_L2_FILL_UNASKED) sample |= DUT_FILL_L2;
    event->set ^= dut->fault == MIRROR_L2_FILL_SET;
    event->way ^= dut->fault == MIRROR_L2_FILL_WAY;
    event->evict ^= dut->fault == MIRROR_L2_FILL_EVICT;
    return sample;
}

static unsigned show_answers(struct dut *dut) {
    unsigned sample = 0;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        enum mmu_port port = (enum mmu_port)p;
        const struct mmu_answer *answer = mmu_engine_response(dut->engine, port);
        if (mmu_engine_ready(dut->engine, port, dut->in.take >> p & 1)) sample |= 1u << p;
        if (!answer) continue;
        sample |= (unsigned)DUT_RESPONSE_DATA << p;
        dut->answer[p] = *answer;
        dut->answer[p].tag ^= dut->fault == MIRROR_TAG;
        if (answer->source == MMU_SOURCE_L2 && dut->fault == MIRROR_L2_AS_L1)
            dut->answer[p].source = MMU_SOURCE_TLB;
    }
    return sample;
}

static unsigned show(struct dut *dut) {
    const struct mmu_fault *record = mmu_engine_fault(dut->engine);
    const struct mmu_memory_request *wires = mmu_engine_memory_request(dut->engine);
    unsigned sample = show_answers(dut) | show_fills(dut);
    if (mmu_engine_fence_ready(dut->engine)) sample |= DUT_READY_FENCE;
    if (mmu_engine_pmp_ready(dut->engine) || dut->fault == MIRROR_PMP_READY)
        sample |= DUT_READY_PMP;
    if (record) sample |= DUT_FAULT;
    if (record) dut->record = *record;
    dut->record.tag ^= record && dut->fault == MIRROR_FAULT_TAG;
    if (wires) sample |= DUT_MEMORY_REQUEST;
    if (wires) dut->request = *wires;
    dut->request.id ^= wires && dut->fault == MIRROR_ID;
    return sample;
}

static void act(struct dut *dut, unsigned sample) {
    const struct bench_inputs *in = &dut->in;
    struct mmu_engine *engine = dut->engine;
    if ((sample & DUT_FAULT) && (in->take & DUT_TAKE_FAULT)) mmu_engine_take_fault(engine);
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if ((sample & (unsigned)DUT_RESPONSE_DATA << p) && (in->take >> p & 1))
            mmu_engine_take_response(engine, (enum mmu_port)p);
    mmu_engine_set_csr(engine, &in->csr);
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        if (in->kill >> p & 1) mmu_engine_kill(engine, (enum mmu_port)p);
        if (in->request_valid[p] && (sample >> p & 1))
            mmu_engine_accept(engine, (enum mmu_port)p, &in->request[p], &in->csr);
    }
    if (in->fence_valid && (sample & DUT_READY_FENCE)) mmu_engine_fence(engine, &in->fence);
    if (in->pmp_write_valid && mmu_engine_pmp_ready(engine))
        mmu_engine_pmp_write(engine, &in->pmp_write);
    if (in->poison && dut->fault != MIRROR_POISON) mmu_engine_poison(engine);
}

static unsigned tick(struct dut *dut) {
    unsigned sample = show(dut);
    for (unsigned c = 0; c < MMU_COUNTERS && dut->fault >= MIRROR_LATE; c++)
        dut->counter_before[c] = mmu_engine_counter(dut->engine, c);
    act(dut, sample);
    mmu_engine_advance(dut->engine, mmu_engine_cycle(dut->engine));
    return sample;
}

// --- outputs -----------------------------------------------------------------------------------

static bool fence_busy(struct dut *dut) {
    return !mmu_engine_fence_ready(dut->engine);
}

static void response(struct dut *dut, enum mmu_port port, struct mmu_answer *answer) {
    *answer = dut->answer[port];
}

static void fault(struct dut *dut, struct mmu_fault *record) {
    *record = dut->record;
}

static void memory_request(struct dut *dut, struct mmu_memory_request *wires) {
    *wires = dut->request;
}

static void event(struct dut *dut, enum dut_array array, struct dut_event *shown) {
    *shown = dut->event[array];
}

static uint64_t counter(struct dut *dut, unsigned number) {
    if (dut->fault == MIRROR_COUNTERS + number) return 0;
    if (dut->fault == MIRROR_LATE + number) return dut->counter_before[number];
    return mmu_engine_counter(dut->engine, number);
}

static bool knob(struct dut *dut, const char *name, uint64_t value) {
    (void)dut;
    (void)value;
    return strcmp(name, "trace") == 0;
}

const struct dut_ops *mirror_ops(void) {
    static const struct dut_ops ops = {.abi = DUT_ABI,
                                       .profile = profile,
                                       .destroy = destroy,
                                       .reset = reset,
                                       .set_csr = set_csr,
                                       .request = request,
                                       .kill = kill_requests,
                                       .pmp_write = pmp_write,
                                       .fence = fence,
                                       .take = take,
                                       .poison = poison,
                                       .memory_response = memory_response,
                                       .tick = tick,
                                       .fence_busy = fence_busy,
                                       .response = response,
                                       .fault = fault,
                                       .memory_request = memory_request,
                                       .event = event,
                                       .counter = counter,
                                       .knob = knob};
    return &ops;
}
