// SPDX-License-Identifier: Apache-2.0
// The cycle: stage, tick, expect, compare, act, close.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bench_internal.h"

static const char *const check_keys[] = {
#define X(id, key, text) key,
    BENCH_CHECK_LIST(X)
#undef X
};
static const char *const check_texts[] = {
#define X(id, key, text) text,
    BENCH_CHECK_LIST(X)
#undef X
};

static const char *const counter_names[MMU_COUNTERS] = {
    "data_requests",  "data_hits",       "data_misses",        "data_faults",
    "data_fills",     "data_evictions",  "data_untranslated",  "data_wait_cycles",
    "fetch_requests", "fetch_hits",      "fetch_misses",       "fetch_faults",
    "fetch_fills",    "fetch_evictions", "fetch_untranslated", "fetch_wait_cycles",
    "walks",          "pte_reads",       "pte_writes",         "pte_write_conflicts",
    "walk_restarts",  "fences",          "walker_busy_cycles", "cycles"};

const char *bench_counter_name(unsigned counter) {
    return counter < MMU_COUNTERS ? counter_names[counter] : "unknown";
}

const char *bench_check_key(enum bench_check check) {
    return check_keys[check];
}
const char *bench_check_text(enum bench_check check) {
    return check_texts[check];
}

static bool has_dut(const struct bench *bench) {
    return bench->config.mode != BENCH_MODEL_ONLY;
}

void bench_clear_mismatch(struct bench *bench) {
    struct mismatch *m = &bench->mismatch;
    m->has_answer = m->expected_request_valid = m->observed_request_valid = false;
    m->observed_response_cycle = MMU_NEVER;
}

static void reset_sides(struct bench *bench) {
    bench_clear_mismatch(bench);
    bench->ordinal_base += bench->port.ordinal;
    bench->port = (struct memory_port){0};
    memset(bench->ports, 0, sizeof bench->ports);
    bench->fence_wait = bench->request_wait[0] = bench->request_wait[1] = 0;
    bench->progress_cycle = bench->now;
    bench->csr_staged = false;
    if (has_dut(bench)) bench->config.ops->reset(bench->config.dut);
    if (bench->engine) mmu_engine_reset(bench->engine);
    bench->base = bench->now;
}

struct bench *bench_create(const struct bench_config *config) {
    assert(config->timing.grant_min >= 1 && config->timing.grant_min <= config->timing.grant_max);
    assert(config->timing.data_min >= 1 && config->timing.data_min <= config->timing.data_max);
    struct bench *bench = calloc(1, sizeof *bench);
    if (!bench) return NULL;
    bench->config = *config;
    if (config->mode != BENCH_DUT_ONLY) {
        struct mmu_bus bus = bench_model_bus(bench);
        bench->engine = mmu_engine_create(&config->mmu, &bus);
        if (!bench->engine) {
            free(bench);
            return NULL;
        }
    }
    reset_sides(bench);
    return bench;
}

void bench_destroy(struct bench *bench) {
    if (!bench) return;
    if (bench->engine) mmu_engine_destroy(bench->engine);
    free(bench);
}

// --- one cycle -------------------------------------------------------------------------

static bool csr_equal(const struct mmu_csr *a, const struct mmu_csr *b) {
    return a->satp == b->satp && a->priv == b->priv && a->mpp == b->mpp && a->mprv == b->mprv &&
           a->sum == b->sum && a->mxr == b->mxr && a->adue == b->adue;
}

static void wave_window(struct bench *bench) {
    bool want = bench->now >= bench->config.wave_from && bench->now <= bench->config.wave_to;
    if (want == bench->waving) return;
    bench->config.ops->knob(bench->config.dut, "trace", want);
    bench->waving = want;
}

static void stage(struct bench *bench, const struct bench_inputs *inputs) {
    const struct dut_ops *ops = bench->config.ops;
    struct dut *dut = bench->config.dut;
    wave_window(bench);
    if (!bench->csr_staged || !csr_equal(&bench->staged_csr, &inputs->csr)) {
        ops->set_csr(dut, &inputs->csr);
        bench->staged_csr = inputs->csr;
        bench->csr_staged = true;
    }
    for (unsigned p = 0; p < MMU_PORTS; p++)
        ops->request(dut, (enum mmu_port)p, inputs->request_valid[p] ? &inputs->request[p] : NULL);
    ops->fence(dut, inputs->fence_valid ? &inputs->fence : NULL);
    ops->take(dut, inputs->take);
    bench_memory_stage(bench);
}

// What the model says of this cycle, as sample bits and pointers to the payloads.
static void expect(struct bench *bench, const struct bench_inputs *inputs) {
    const struct mmu_engine *engine = bench->engine;
    struct expected *e = &bench->expected;
    unsigned sample = 0;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        enum mmu_port port = (enum mmu_port)p;
        if (mmu_engine_ready(engine, port, (inputs->take >> p) & 1)) sample |= 1u << p;
        e->response[p] = mmu_engine_response(engine, port);
        if (e->response[p]) sample |= (unsigned)DUT_RESPONSE_DATA << p;
    }
    if (mmu_engine_fence_ready(engine)) sample |= DUT_READY_FENCE;
    if ((e->fault = mmu_engine_fault(engine))) sample |= DUT_FAULT;
    if ((e->memory_request = mmu_engine_memory_request(engine))) sample |= DUT_MEMORY_REQUEST;
    if ((e->fill = mmu_engine_fill(engine))) sample |= DUT_EVENT;
    e->sample = sample;
}

static void digest(struct bench *bench, uint64_t a, uint64_t b) {
    uint64_t x = (bench->stats.digest ^ a) * 0x9E3779B97F4A7C15u;
    bench->stats.digest = ((x ^ (x >> 29)) + b) * 0xBF58476D1CE4E5B9u;
}

static void digest_request(struct bench *bench, unsigned port, const struct bench_inputs *inputs) {
    const struct mmu_csr *csr = &inputs->csr;
    uint64_t flags = (uint64_t)csr->priv | (uint64_t)csr->mpp << 2 | (uint64_t)csr->mprv << 4 |
                     (uint64_t)csr->sum << 5 | (uint64_t)csr->mxr << 6 | (uint64_t)csr->adue << 7 |
                     (uint64_t)inputs->request[port].access << 8 | (uint64_t)port << 10;
    digest(bench, inputs->request[port].va ^ bench->now, csr->satp ^ flags << 50);
}

static void take_response(struct bench *bench, unsigned port, const struct bench_inputs *inputs,
                          struct bench_outputs *outputs) {
    struct mmu_answer *answer = &outputs->answer[port];
    switch (bench->config.mode) {
        case BENCH_LOCKSTEP:
            *answer = bench->observed[port];
            break;
        case BENCH_MODEL_ONLY:
            *answer = *bench->expected.response[port];
            break;
        case BENCH_DUT_ONLY:
            bench->config.ops->response(bench->config.dut, (enum mmu_port)port, answer);
            break;
    }
    struct port_state *state = &bench->ports[port];
    if (state->pending) {
        uint64_t latency = bench->now - state->accept_cycle;
        bench->stats.answers[port]++;
        bench->stats.latency_sum[port] += latency;
        if (latency > bench->stats.latency_max[port]) bench->stats.latency_max[port] = latency;
        if (answer->source == MMU_SOURCE_WALK) {
            bench->stats.walk_answers[port]++;
            bench->stats.walk_latency_sum[port] += latency;
        }
        state->pending = false;
    }
    if (!((inputs->take >> port) & 1)) return;
    outputs->answered[port] = true;
    digest(bench, answer->pa ^ bench->now,
           (uint64_t)answer->cause | (uint64_t)answer->level << 8 | (uint64_t)answer->perm << 16);
    if (bench->engine) mmu_engine_take_response(bench->engine, (enum mmu_port)port);
}

static void transfer_port(struct bench *bench, unsigned port, const struct bench_inputs *inputs,
                          struct bench_outputs *outputs, unsigned sample) {
    if (sample & ((unsigned)DUT_RESPONSE_DATA << port)) take_response(bench, port, inputs, outputs);
    if (!inputs->request_valid[port] || !(sample & (1u << port))) return;
    outputs->accepted[port] = true;
    bench->ports[port] = (struct port_state){.pending = true, .accept_cycle = bench->now};
    digest_request(bench, port, inputs);
    if (bench->engine)
        mmu_engine_accept(bench->engine, (enum mmu_port)port, &inputs->request[port], &inputs->csr);
}

static void transfer_fault(struct bench *bench, struct bench_outputs *outputs) {
    outputs->fault_taken = true;
    if (bench->config.mode == BENCH_LOCKSTEP) bench->stats.compared[CHECK_FAULT_RECORD]++;
    if (has_dut(bench))
        bench->config.ops->fault(bench->config.dut, &outputs->fault);
    else
        outputs->fault = *bench->expected.fault;
    if (bench->engine) mmu_engine_take_fault(bench->engine);
}

static void transfer_fence(struct bench *bench, const struct bench_inputs *inputs,
                           struct bench_outputs *outputs) {
    const struct mmu_fence *fence = &inputs->fence;
    outputs->fence_accepted = true;
    bench->fences[bench->fence_count++ % BENCH_FENCE_LOG] =
        (struct bench_fence_record){.fence = *fence, .cycle = bench->now};
    digest(bench, fence->va ^ bench->now,
           (uint64_t)fence->asid | (uint64_t)fence->has_va << 16 | (uint64_t)fence->has_asid << 17);
    if (bench->engine) mmu_engine_fence(bench->engine, fence);
}

static void transfers(struct bench *bench, const struct bench_inputs *inputs,
                      struct bench_outputs *outputs, unsigned sample) {
    for (unsigned p = 0; p < MMU_PORTS; p++) transfer_port(bench, p, inputs, outputs, sample);
    if ((sample & DUT_FAULT) && (inputs->take & DUT_TAKE_FAULT)) transfer_fault(bench, outputs);
    if (inputs->fence_valid && (sample & DUT_READY_FENCE)) transfer_fence(bench, inputs, outputs);
}

static bool watchdog_fail(struct bench *bench, unsigned port, const char *what, uint64_t waited) {
    bench_clear_mismatch(bench);
    return bench_fail(bench, CHECK_WATCHDOG, port, what, bench->config.watchdog_cycles, waited);
}

// Waiting counts from the last thing that may have caused it: acceptance, a fence (which
// restarts a walk), an answer of the other port (which held the walker).
static uint64_t waiting_since(const struct bench *bench, unsigned port) {
    uint64_t accepted = bench->ports[port].accept_cycle;
    return accepted > bench->progress_cycle ? accepted : bench->progress_cycle;
}

static bool watchdog(struct bench *bench, const struct bench_inputs *inputs,
                     const struct bench_outputs *outputs) {
    uint64_t limit = bench->config.watchdog_cycles;
    if (bench->config.mode == BENCH_LOCKSTEP) bench->stats.compared[CHECK_WATCHDOG]++;
    if (outputs->fence_accepted || outputs->answered[0] || outputs->answered[1])
        bench->progress_cycle = bench->now;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        bool refused = inputs->request_valid[p] && !outputs->accepted[p];
        bench->request_wait[p] = refused ? bench->request_wait[p] + 1 : 0;
        uint64_t waited = bench->now - waiting_since(bench, p);
        if (bench->ports[p].pending && waited > limit)
            return watchdog_fail(bench, p, "no response to an accepted request within the limit",
                                 waited);
        // A presented request waits for the one before it, which has the limit of its own.
        if (!bench->ports[p].pending && bench->request_wait[p] > limit)
            return watchdog_fail(bench, p, "request not accepted within the limit",
                                 bench->request_wait[p]);
    }
    bench->fence_wait = inputs->fence_valid && !outputs->fence_accepted ? bench->fence_wait + 1 : 0;
    if (bench->fence_wait > limit)
        return watchdog_fail(bench, 0, "fence not accepted within the limit", bench->fence_wait);
    return true;
}

static void clear_outputs(struct bench_outputs *outputs) {
    outputs->accepted[0] = outputs->accepted[1] = false;
    outputs->answered[0] = outputs->answered[1] = false;
    outputs->fault_taken = outputs->fence_accepted = false;
}

// At the multiples of the interval, without a division in each cycle.
static bool counters_due(struct bench *bench) {
    uint64_t interval = bench->config.counter_interval;
    if (bench->now < bench->counters_due || interval == 0) return false;
    bool due = bench->now % interval == 0;
    bench->counters_due = bench->now - bench->now % interval + interval;
    return due && bench->now > 0;
}

bool bench_cycle(struct bench *bench, const struct bench_inputs *inputs,
                 struct bench_outputs *outputs) {
    unsigned sample = 0;
    clear_outputs(outputs);
    if (has_dut(bench)) {
        stage(bench, inputs);
        sample = bench->config.ops->tick(bench->config.dut);
    }
    if (bench->engine) expect(bench, inputs);
    if (!has_dut(bench)) sample = bench->expected.sample;
    if (bench->config.mode == BENCH_LOCKSTEP && !bench_compare(bench, sample)) {
        bench->now++;
        bench->stats.cycles++;
        return false;
    }
    transfers(bench, inputs, outputs, sample);
    if (bench->engine) mmu_engine_advance(bench->engine, bench->now - bench->base);
    if (has_dut(bench)) bench_memory_serve(bench, sample);
    bool ok = watchdog(bench, inputs, outputs);
    bench->now++;
    bench->stats.cycles++;
    if (ok && counters_due(bench)) ok = bench_compare_counters(bench);
    return ok;
}

unsigned bench_probe_cycle(struct bench *bench, uint64_t cycle) {
    const struct dut_ops *ops = bench->config.ops;
    bench->now = cycle;
    for (unsigned p = 0; p < MMU_PORTS; p++)
        ops->request(bench->config.dut, (enum mmu_port)p, NULL);
    ops->fence(bench->config.dut, NULL);
    ops->take(bench->config.dut, 0);
    bench_memory_stage(bench);
    return ops->tick(bench->config.dut);
}

// Something is presented, or stands on the ports and would be seen or taken in the coming cycle.
static bool anything_to_do(const struct bench *bench, const struct bench_inputs *inputs) {
    if (inputs->request_valid[0] || inputs->request_valid[1] || inputs->fence_valid) return true;
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if ((bench->ports[p].pending || (inputs->take >> p & 1)) &&
            mmu_engine_response(bench->engine, (enum mmu_port)p))
            return true;
    return (inputs->take & DUT_TAKE_FAULT) && mmu_engine_fault(bench->engine);
}

void bench_skip_idle(struct bench *bench, const struct bench_inputs *inputs) {
    if (has_dut(bench) || anything_to_do(bench, inputs)) return;
    uint64_t next = mmu_engine_next_event(bench->engine);
    uint64_t cycle = bench->now - bench->base;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        uint64_t patience = bench->ports[p].accept_cycle - bench->base;
        patience += bench->config.watchdog_cycles + 1;
        if (bench->ports[p].pending && patience < next) next = patience;
    }
    if (next == MMU_NEVER || next <= cycle) return;
    // What happens, happens in the last cycle skipped: a grant shows in the one after it.
    bench->now += next - cycle - 1;
    mmu_engine_advance(bench->engine, next - 1);
    bench->stats.cycles += next - cycle;
    bench->now++;
}

void bench_resynchronise(struct bench *bench) {
    for (unsigned c = 0; c < MMU_COUNTERS; c++) bench->counter_base[c] = bench_counter(bench, c);
    reset_sides(bench);
}

uint64_t bench_now(const struct bench *bench) {
    return bench->now;
}
const struct mismatch *bench_mismatch(const struct bench *bench) {
    return &bench->mismatch;
}
const struct bench_stats *bench_stats(const struct bench *bench) {
    return &bench->stats;
}
const struct mmu_engine *bench_engine(const struct bench *bench) {
    return bench->engine;
}

uint64_t bench_counter(const struct bench *bench, unsigned counter) {
    uint64_t value = bench->engine ? mmu_engine_counter(bench->engine, counter)
                                   : bench->config.ops->counter(bench->config.dut, counter);
    return bench->counter_base[counter] + value;
}

const struct bench_access *bench_access_log(const struct bench *bench, unsigned index) {
    if (index >= bench->access_count || index >= BENCH_ACCESS_LOG) return NULL;
    return &bench->accesses[(bench->access_count - 1 - index) % BENCH_ACCESS_LOG];
}

const struct bench_write *bench_write_log(const struct bench *bench, unsigned index) {
    if (index >= bench->write_count || index >= BENCH_WRITE_LOG) return NULL;
    return &bench->writes[(bench->write_count - 1 - index) % BENCH_WRITE_LOG];
}

const struct bench_fence_record *bench_fence_log(const struct bench *bench, unsigned index) {
    if (index >= bench->fence_count || index >= BENCH_FENCE_LOG) return NULL;
    return &bench->fences[(bench->fence_count - 1 - index) % BENCH_FENCE_LOG];
}
