// SPDX-License-Identifier: Apache-2.0
// What a cycle tells functional coverage: read off before anything of it is told to the model,
// whose view it is. Only called with coverage, and with the model.
#include "bench_internal.h"
#include "mmu/walk.h"

// Returns whether the response is in its first cycle.
static bool is_first(const struct bench *bench, unsigned port, unsigned sample) {
    const struct port_state *state = &bench->ports[port];
    const struct mmu_answer *answer = bench->expected.response[port];
    return (sample & ((unsigned)DUT_RESPONSE_DATA << port)) && answer && !state->standing &&
           (state->pending >> answer->tag & 1);
}

static void answers(struct bench *bench, unsigned sample, const struct bench_inputs *inputs) {
    struct coverage *coverage = bench->config.coverage;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        const struct mmu_answer *answer = bench->expected.response[p];
        if (!(sample & ((unsigned)DUT_RESPONSE_DATA << p))) continue;
        if (!(inputs->take >> p & 1)) coverage_event(coverage, EVENT_STALL, bench->now);
        if (!is_first(bench, p, sample)) continue;
        const struct mmu_history *history =
            mmu_engine_history(bench->engine, (enum mmu_port)p, answer->tag);
        bool hit = answer->source == MMU_SOURCE_TLB && bench->covering.hit_valid[p];
        const struct coverage_sample one = {.port = (enum mmu_port)p,
                                            .history = history,
                                            .answer = answer,
                                            .entry = hit ? &bench->covering.hit[p] : NULL,
                                            .pmp = &bench->covering.pmp};
        coverage_answer(coverage, &one);
        if (answer->fault) coverage_event(coverage, EVENT_FAULT_SEEN, bench->now);
    }
    if ((sample & DUT_FAULT) && !(inputs->take & DUT_TAKE_FAULT))
        coverage_event(coverage, EVENT_STALL, bench->now);
}

// A fill that is seen now was made at the end of the cycle before.
static void fills(struct bench *bench, unsigned sample) {
    for (unsigned p = 0; p < MMU_PORTS && bench->now > bench->base; p++) {
        if (!(sample & ((unsigned)DUT_FILL_DATA << p))) continue;
        coverage_event(bench->config.coverage, EVENT_REFILL, bench->now - 1);
        if (bench->expected.fill[p].evict)
            coverage_event(bench->config.coverage, EVENT_EVICTION, bench->now - 1);
    }
}

// An accepted request: what the first level has for it, and whether that answers it.
static bool misses(struct bench *bench, unsigned port, const struct bench_inputs *inputs) {
    struct bench_coverage *state = &bench->covering;
    const struct mmu_arch *arch = &bench->config.mmu.arch;
    const struct mmu_request *request = &inputs->request[port];
    struct mmu_context context = mmu_context_capture(arch, &inputs->csr, (enum mmu_port)port);
    uint64_t va = arch->xlen == 32 ? request->va & UINT32_MAX : request->va;
    state->hit_valid[port] = false;
    if (!context.mode || !mmu_is_canonical(context.mode, va)) return false;
    const struct mmu_tlb_entry *entry =
        mmu_tlb_lookup(mmu_engine_tlb(bench->engine, (enum mmu_port)port), va, context.asid);
    if (!entry) return true;
    state->hit[port] = *entry;
    state->hit_valid[port] = true;
    return mmu_permitted(entry->perm, request->access, &context) && request->access >= MMU_STORE &&
           !(entry->perm & MMU_PTE_D);
}

static void requests(struct bench *bench, unsigned sample, const struct bench_inputs *inputs) {
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        if (!inputs->request_valid[p] || !(sample & (1u << p))) continue;
        if (misses(bench, p, inputs) && p == MMU_PORT_DATA)
            coverage_event(bench->config.coverage, EVENT_DATA_MISS, bench->now);
    }
}

// The transaction that came onto the wires in this cycle, if it is the first of a fetch's walk.
static void fetch_walks(struct bench *bench) {
    const struct mmu_memory_request *request = bench->expected.memory_request;
    uint64_t cycle = bench->now - bench->base;
    if (!request || request->write) return;
    for (unsigned tags = bench->ports[MMU_PORT_FETCH].pending; tags; tags &= tags - 1) {
        const struct mmu_history *history =
            mmu_engine_history(bench->engine, MMU_PORT_FETCH, (unsigned)__builtin_ctz(tags));
        if (history->accesses == 1 && history->slot == request->id &&
            history->access[0].request_cycle == cycle && !history->access[0].denied)
            coverage_event(bench->config.coverage, EVENT_FETCH_WALK, bench->now);
    }
}

// Tags that the answers of this cycle leave to be killed.
static unsigned killed_by(const struct bench *bench, unsigned sample, unsigned port) {
    unsigned pending = bench->ports[port].pending;
    if (is_first(bench, port, sample)) pending &= ~(1u << bench->expected.response[port]->tag);
    return pending;
}

static void rest(struct bench *bench, unsigned sample, const struct bench_inputs *inputs) {
    struct coverage *coverage = bench->config.coverage;
    struct bench_coverage *state = &bench->covering;
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if ((inputs->kill >> p & 1) && killed_by(bench, sample, p))
            coverage_event(coverage, EVENT_KILL_DONE, bench->now);
    if (inputs->csr.satp != state->satp && state->satp_valid)
        coverage_event(coverage, EVENT_SATP, bench->now);
    state->satp = inputs->csr.satp;
    state->satp_valid = true;
    if (inputs->fence_valid && (sample & DUT_READY_FENCE)) {
        coverage_fence(coverage, &inputs->fence, bench_walks_under_way(bench));
        if (inputs->fence.op <= MMU_SINVAL_VMA)
            coverage_event(coverage, EVENT_FENCE_DONE, bench->now);
    }
}

// bench->covering.pmp are the registers of the cycle before: those that the answers of this cycle
// were checked with.
static void pmp(struct bench *bench, unsigned sample, const struct bench_inputs *inputs) {
    struct bench_coverage *state = &bench->covering;
    if (state->pmp_written) mmu_pmp_write(&state->pmp, &state->pmp_write);
    state->pmp_written = inputs->pmp_write_valid && (sample & DUT_READY_PMP);
    if (!state->pmp_written) return;
    state->pmp_write = inputs->pmp_write;
    coverage_event(bench->config.coverage, EVENT_PMP, bench->now);
}

void bench_cover_cycle(struct bench *bench, unsigned sample, const struct bench_inputs *inputs) {
    fills(bench, sample);
    if (bench->now > bench->base) coverage_close(bench->config.coverage, bench->now - 1);
    answers(bench, sample, inputs);
    requests(bench, sample, inputs);
    fetch_walks(bench);
    rest(bench, sample, inputs);
    pmp(bench, sample, inputs);
}

void bench_cover_reset(struct bench *bench) {
    bench->covering = (struct bench_coverage){.pmp = mmu_pmp_reset(&bench->config.mmu.arch)};
    coverage_forget(bench->config.coverage, bench->now);
}

void bench_cover_write(struct bench *bench, enum bench_writer writer) {
    bool software = writer == BENCH_WRITER_SOFTWARE;
    coverage_event(bench->config.coverage, software ? EVENT_SOFTWARE_WRITE : EVENT_UPDATE_DONE,
                   bench->now);
}
