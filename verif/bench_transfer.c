// SPDX-License-Identifier: Apache-2.0
// The transfers of one cycle: answers and fault records taken, kills, requests, fences and PMP
// writes accepted; each counted, and told to the model.
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "bench_internal.h"

void bench_no_transfers(struct bench_outputs *outputs) {
    outputs->accepted[0] = outputs->accepted[1] = false;
    outputs->answered[0] = outputs->answered[1] = false;
    outputs->killed[0] = outputs->killed[1] = 0;
    outputs->fault_taken = outputs->fence_accepted = outputs->pmp_write_accepted = false;
}

static void digest(struct bench *bench, uint64_t a, uint64_t b) {
    uint64_t x = (bench->stats.digest ^ a) * 0x9E3779B97F4A7C15u;
    bench->stats.digest = ((x ^ (x >> 29)) + b) * 0xBF58476D1CE4E5B9u;
}

// The bytes of an answer after pa, and of the registers after satp, each as one number.
static uint64_t answer_fields(const struct mmu_answer *answer) {
    enum { FROM = offsetof(struct mmu_answer, fault), BYTES = 8 };
    _Static_assert(offsetof(struct mmu_answer, tag) == FROM + BYTES - 1, "bytes without gaps");
    uint64_t fields = 0;
    memcpy(&fields, (const unsigned char *)answer + FROM, BYTES);
    return fields;
}

static uint64_t csr_fields(const struct mmu_csr *csr) {
    enum { FROM = offsetof(struct mmu_csr, priv), BYTES = 7 };
    _Static_assert(offsetof(struct mmu_csr, pbmte) == FROM + BYTES - 1, "bytes without gaps");
    uint64_t fields = 0;
    memcpy(&fields, (const unsigned char *)csr + FROM, BYTES);
    return fields;
}

// --- answers -----------------------------------------------------------------------------

unsigned bench_oldest(const struct port_state *state) {
    unsigned pending = state->pending, oldest = 0;
    while (!(pending >> oldest & 1)) oldest++;
    pending >>= oldest + 1;
    for (unsigned tag = oldest + 1; pending; tag++, pending >>= 1)
        if ((pending & 1) && state->asked[tag].accept_cycle < state->asked[oldest].accept_cycle)
            oldest = tag;
    return oldest;
}

// A unit without tags answers a port's requests in their order.
static void give_tag(const struct port_state *state, struct mmu_answer *answer) {
    answer->tag = state->about;
    if (!state->standing && state->pending) answer->tag = (uint8_t)bench_oldest(state);
}

// The payload of a response that stands: before anything is done to the model, whose pointers do
// not outlive it.
static void read_answer(struct bench *bench, unsigned port, struct mmu_answer *answer) {
    if (bench->shadow)
        *answer = bench->observed[port];
    else if (bench->engine)
        *answer = *bench->expected.response[port];
    else
        bench->config.ops->response(bench->config.dut, (enum mmu_port)port, answer);
    if (!bench->has_tags) give_tag(&bench->ports[port], answer);
}

static void count_answer(struct bench *bench, unsigned port, const struct mmu_answer *answer) {
    struct port_state *state = &bench->ports[port];
    struct bench_stats *stats = &bench->stats;
    uint64_t latency = bench->now - state->asked[answer->tag].accept_cycle;
    stats->answers[port]++;
    stats->latency_sum[port] += latency;
    stats->latencies[port][answer->source & 3]
                    [latency < BENCH_LATENCIES ? latency : BENCH_LATENCIES - 1]++;
    if (latency > stats->latency_max[port]) stats->latency_max[port] = latency;
    if (answer->source == MMU_SOURCE_WALK) {
        stats->walk_answers[port]++;
        stats->walk_latency_sum[port] += latency;
    }
    if (answer->source >= MMU_SOURCE_WALK) bench->watch.progress_cycle = bench->now;
    state->pending &= (uint16_t) ~(1u << answer->tag);
    state->about = answer->tag;
}

// In the first cycle of an answer to a request that is unanswered.
static void first_seen(struct bench *bench, unsigned port, const struct mmu_answer *answer) {
    const struct port_state *state = &bench->ports[port];
    if (state->standing || answer->tag >= MMU_TAGS || !(state->pending >> answer->tag & 1)) return;
    bool agreed = !bench->engine || bench_judge_terms(bench, port, answer);
    if (!agreed) bench->illegal = true;
    count_answer(bench, port, answer);
}

static void transfer_response(struct bench *bench, unsigned port, const struct bench_inputs *inputs,
                              struct bench_outputs *outputs) {
    const struct mmu_answer *answer = &outputs->answer[port];
    bool taken = (inputs->take >> port) & 1;
    if (bench->legal) bench_legal_response(bench, port, answer);
    first_seen(bench, port, answer);
    bench->ports[port].standing = !taken;
    if (!taken) bench->disturbed = bench->now;
    if (!taken) return;
    outputs->answered[port] = true;
    digest(bench, answer->pa ^ bench->now, answer_fields(answer));
    if (bench->engine) mmu_engine_take_response(bench->engine, (enum mmu_port)port);
}

static void transfer_fault(struct bench *bench, struct bench_outputs *outputs) {
    outputs->fault_taken = true;
    if (bench->shadow) bench->stats.compared[CHECK_FAULT_RECORD]++;
    if (bench->legal) bench_legal_record(bench, &outputs->fault);
    if (bench->engine) mmu_engine_take_fault(bench->engine);
}

// --- requests ----------------------------------------------------------------------------

// A response that stands is past killing. A request that is accepted in this very cycle too: the
// kill comes before it.
static void transfer_kill(struct bench *bench, unsigned port, struct bench_outputs *outputs) {
    struct port_state *state = &bench->ports[port];
    if (bench->engine) bench_cover_kill(bench, port);
    if (bench->engine) mmu_engine_kill(bench->engine, (enum mmu_port)port);
    bench->disturbed = bench->now;
    if (!state->pending) return;
    if (bench->legal) legal_kill(bench->legal, bench->now, (enum mmu_port)port);
    outputs->killed[port] = state->pending;
    state->killed |= state->pending;
    bench->watch.progress_cycle = bench->watch.restart_cycle = bench->now;
    state->pending = 0;
}

static void count_unanswered(struct bench *bench) {
    unsigned count = 0;
    for (unsigned p = 0; p < MMU_PORTS; p++)
        for (unsigned pending = bench->ports[p].pending; pending; pending &= pending - 1) count++;
    if (count > bench->stats.most_unanswered) bench->stats.most_unanswered = count;
}

static void transfer_request(struct bench *bench, unsigned port, const struct bench_inputs *inputs,
                             struct bench_outputs *outputs) {
    const struct mmu_request *request = &inputs->request[port];
    const struct mmu_csr *csr = &inputs->csr;
    uint64_t fields = csr_fields(csr) |
                      (uint64_t)(request->access | request->size << 2 | request->tag << 4) << 56;
    struct port_state *state = &bench->ports[port];
    uint16_t bit = (uint16_t)(1u << request->tag);
    outputs->accepted[port] = state->accepted = true;
    state->pending |= bit;
    state->killed &= (uint16_t)~bit;
    state->about = request->tag;
    state->asked[request->tag] =
        (struct asked){.accept_cycle = bench->now, .request = *request, .csr = *csr};
    count_unanswered(bench);
    digest(bench,
           bench_applied(bench, APPLIED_REQUEST + port, bench->now, request->va, csr->satp, fields),
           0);
    if (bench->legal) legal_request(bench->legal, bench->now, (enum mmu_port)port, request, csr);
    if (bench->engine) mmu_engine_accept(bench->engine, (enum mmu_port)port, request, csr);
}

// --- fences, PMP -------------------------------------------------------------------------

static void transfer_fence(struct bench *bench, const struct mmu_fence *fence,
                           struct bench_outputs *outputs) {
    uint64_t operands = (uint64_t)fence->asid | (uint64_t)fence->has_va << 16 |
                        (uint64_t)fence->has_asid << 17 | (uint64_t)fence->op << 18;
    outputs->fence_accepted = true;
    bench->watch.progress_cycle = bench->watch.restart_cycle = bench->disturbed = bench->now;
    bench->fences[bench->fence_count++ % BENCH_FENCE_LOG] =
        (struct bench_fence_record){.fence = *fence, .cycle = bench->now};
    bench_log_event(
        bench, &(struct bench_event){.cycle = bench->now, .kind = EVENT_FENCE, .fence = *fence});
    digest(bench, bench_applied(bench, APPLIED_FENCE, bench->now, fence->va, operands, 0), 0);
    if (bench->legal) legal_fence(bench->legal, bench->now, fence);
    if (bench->engine) bench_cover_fence(bench, fence);
    if (bench->engine) mmu_engine_fence(bench->engine, fence);
}

static void transfer_pmp_write(struct bench *bench, const struct mmu_pmp_write *write,
                               struct bench_outputs *outputs) {
    uint64_t fields = (uint64_t)write->cfg | (uint64_t)write->index << 8 |
                      (uint64_t)write->write_cfg << 16 | (uint64_t)write->write_addr << 17;
    outputs->pmp_write_accepted = true;
    bench_log_event(bench, &(struct bench_event){
                               .cycle = bench->now, .kind = EVENT_PMP_WRITE, .pmp_write = *write});
    digest(bench, bench_applied(bench, APPLIED_PMP_WRITE, bench->now, write->addr, fields, 0), 0);
    mmu_pmp_write(&bench->pmp, write);
    if (bench->legal) legal_pmp(bench->legal, bench->now, &bench->pmp);
    if (bench->engine) mmu_engine_pmp_write(bench->engine, write);
}

// --- all ---------------------------------------------------------------------------------

static void read_payloads(struct bench *bench, const struct bench_inputs *inputs,
                          struct bench_outputs *outputs, unsigned sample) {
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (sample & ((unsigned)DUT_RESPONSE_DATA << p)) read_answer(bench, p, &outputs->answer[p]);
    if (!(sample & DUT_FAULT) || !(inputs->take & DUT_TAKE_FAULT)) return;
    if (bench_has_dut(bench))
        bench->config.ops->fault(bench->config.dut, &outputs->fault);
    else
        outputs->fault = *bench->expected.fault;
}

// A DUT may answer in the cycle of the request: nothing of an earlier one stands.
static bool answers_at_once(const struct bench *bench, unsigned port) {
    const struct port_state *state = &bench->ports[port];
    return !bench->engine && !state->pending && !state->standing;
}

static void transfer_port(struct bench *bench, unsigned port, const struct bench_inputs *inputs,
                          struct bench_outputs *outputs, unsigned sample) {
    bool answer = sample & ((unsigned)DUT_RESPONSE_DATA << port);
    bool request = inputs->request_valid[port] && (sample & (1u << port));
    assert(!request || !(bench->ports[port].pending >> inputs->request[port].tag & 1) || answer);
    if (answer && request && answers_at_once(bench, port)) {
        transfer_request(bench, port, inputs, outputs);
        request = false;
    }
    if (answer) transfer_response(bench, port, inputs, outputs);
    if (!answer && bench->legal) bench_legal_no_response(bench, port);
    if (inputs->kill && (inputs->kill >> port) & 1) transfer_kill(bench, port, outputs);
    if (request) transfer_request(bench, port, inputs, outputs);
}

static void apply_kill(struct bench *bench, unsigned mask) {
    bench_log_event(bench,
                    &(struct bench_event){.cycle = bench->now, .kind = EVENT_KILL, .kill = mask});
    digest(bench, bench_applied(bench, APPLIED_KILL, bench->now, mask, 0, 0), 0);
}

void bench_transfers(struct bench *bench, const struct bench_inputs *inputs,
                     struct bench_outputs *outputs, unsigned sample) {
    bench_no_transfers(outputs);
    read_payloads(bench, inputs, outputs, sample);
    if (inputs->kill) apply_kill(bench, inputs->kill);
    if (inputs->poison) bench_applied(bench, APPLIED_POISON, bench->now, 0, 0, 0);
    if (inputs->poison && bench->engine) mmu_engine_poison(bench->engine);
    for (unsigned p = 0; p < MMU_PORTS; p++) transfer_port(bench, p, inputs, outputs, sample);
    if ((sample & DUT_FAULT) && (inputs->take & DUT_TAKE_FAULT))
        transfer_fault(bench, outputs);
    else if (sample & DUT_FAULT)
        bench->disturbed = bench->now;
    if (bench->legal) bench_legal_await_records(bench, sample & DUT_FAULT);
    if (inputs->fence_valid && (sample & DUT_READY_FENCE))
        transfer_fence(bench, &inputs->fence, outputs);
    if (inputs->pmp_write_valid && (sample & DUT_READY_PMP))
        transfer_pmp_write(bench, &inputs->pmp_write, outputs);
}
