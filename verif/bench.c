// SPDX-License-Identifier: Apache-2.0
// The cycle: stage, tick, expect, compare, act, close.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bench_internal.h"

void bench_clear_mismatch(struct bench *bench) {
    struct mismatch *m = &bench->mismatch;
    m->has_answer = m->expected_request_valid = m->observed_request_valid = m->has_verdict = false;
    m->observed_response_cycle = MMU_NEVER;
}

static void reset_dut(struct bench *bench) {
    const struct dut_ops *ops = bench->config.ops;
    struct dut *dut = bench->config.dut;
    ops->reset(dut);
    for (unsigned p = 0; p < MMU_PORTS; p++) ops->request(dut, (enum mmu_port)p, NULL);
    ops->fence(dut, NULL);
    if (bench->staged.pmp_write) ops->pmp_write(dut, NULL);
    if (bench->staged.kill) ops->kill(dut, 0);
    if (bench->staged.poison) ops->poison(dut, false);
    bench->staged = (struct staged){0};
}

static void reset_sides(struct bench *bench) {
    bench_clear_mismatch(bench);
    bench->ordinal_base += bench->port.ordinal;
    bench->port = (struct memory_port){0};
    memset(bench->ports, 0, sizeof bench->ports);
    bench_watch_reset(bench);
    if (bench_has_dut(bench)) reset_dut(bench);
    if (bench->engine) mmu_engine_reset(bench->engine);
    bench->pmp = mmu_pmp_reset(&bench->config.mmu.arch);
    if (bench->legal) legal_reset(bench->legal, bench->now);
    bench->illegal = false;
    bench->base = bench->disturbed = bench->now;
    if (bench->config.coverage) bench_cover_reset(bench);
}

static void check_config(const struct bench_config *config) {
    const struct bench_timing *timing = &config->timing;
    assert(timing->grant_min >= 1 && timing->grant_min <= timing->grant_max);
    assert(timing->data_min >= 1 && timing->data_min <= timing->data_max);
    assert(timing->error_permille <= 1000);
    assert(config->mode != BENCH_LOCKSTEP || config->oracle);
    assert(!mmu_config_check(&config->mmu));
    (void)timing;
}

static void know_unit(struct bench *bench) {
    const struct dut_profile *profile = bench_has_dut(bench) ? bench->config.ops->profile() : NULL;
    bench->has_tags = !profile || profile->has_tags;
    bench->many = profile && profile->config.walks > 1;
}

static bool create_oracles(struct bench *bench) {
    bool lockstep = bench->config.mode == BENCH_LOCKSTEP;
    bench->shadow = lockstep && (bench->config.oracle & BENCH_SHADOW);
    if (bench->shadow || bench->config.mode == BENCH_MODEL_ONLY) {
        struct mmu_bus bus = bench_model_bus(bench);
        bench->engine = mmu_engine_create(&bench->config.mmu, &bus);
        if (!bench->engine) return false;
    }
    assert(!bench->config.coverage || bench->engine);
    return !lockstep || !(bench->config.oracle & BENCH_LEGAL) || bench_legal_create(bench);
}

struct bench *bench_create(const struct bench_config *config) {
    check_config(config);
    struct bench *bench = calloc(1, sizeof *bench);
    if (!bench) return NULL;
    bench->config = *config;
    know_unit(bench);
    if (!create_oracles(bench)) {
        bench_destroy(bench);
        return NULL;
    }
    reset_sides(bench);
    return bench;
}

void bench_destroy(struct bench *bench) {
    if (!bench) return;
    if (bench->engine) mmu_engine_destroy(bench->engine);
    legal_destroy(bench->legal);
    free(bench);
}

// --- one cycle -------------------------------------------------------------------------

static bool csr_equal(const struct mmu_csr *a, const struct mmu_csr *b) {
    return a->satp == b->satp && a->priv == b->priv && a->mpp == b->mpp && a->mprv == b->mprv &&
           a->sum == b->sum && a->mxr == b->mxr && a->adue == b->adue && a->pbmte == b->pbmte;
}

static void wave_window(struct bench *bench) {
    bool want = bench->now >= bench->config.wave_from && bench->now <= bench->config.wave_to;
    if (want == bench->waving) return;
    bench->config.ops->knob(bench->config.dut, "trace", want);
    bench->waving = want;
}

static uint64_t next_attention(const struct bench *bench) {
    const struct bench_config *config = &bench->config;
    if (bench->tap || bench->waving) return 0;
    bool past = config->wave_from > config->wave_to || bench->now > config->wave_to;
    return past ? MMU_NEVER : config->wave_from;
}

// What is rare costs one comparison in a cycle in which it is not.
static void attend(struct bench *bench, const struct bench_inputs *inputs) {
    wave_window(bench);
    bench->attention = next_attention(bench);
    if (bench->tap) bench->tap->cycle(bench->tap->user, bench, inputs);
}

void bench_set_tap(struct bench *bench, const struct bench_tap *tap) {
    bench->tap = tap;
    bench->attention = next_attention(bench);
}

// Kills and PMP writes are rare: nothing is staged while nothing changes.
static void stage_rare(struct bench *bench, const struct bench_inputs *inputs) {
    const struct dut_ops *ops = bench->config.ops;
    struct dut *dut = bench->config.dut;
    if (inputs->pmp_write_valid || bench->staged.pmp_write) {
        ops->pmp_write(dut, inputs->pmp_write_valid ? &inputs->pmp_write : NULL);
        bench->staged.pmp_write = inputs->pmp_write_valid;
    }
    if (inputs->kill != bench->staged.kill) {
        ops->kill(dut, inputs->kill);
        bench->staged.kill = inputs->kill;
    }
    if (inputs->poison != bench->staged.poison && ops->poison) {
        ops->poison(dut, inputs->poison);
        bench->staged.poison = inputs->poison;
    }
}

static void stage(struct bench *bench, const struct bench_inputs *inputs) {
    const struct dut_ops *ops = bench->config.ops;
    struct dut *dut = bench->config.dut;
    struct staged *staged = &bench->staged;
    if (bench->now >= bench->attention) attend(bench, inputs);
    if (!staged->csr_valid || !csr_equal(&staged->csr, &inputs->csr)) {
        ops->set_csr(dut, &inputs->csr);
        staged->csr = inputs->csr;
        staged->csr_valid = true;
        if (bench->legal) legal_registers(bench->legal, bench->now, &inputs->csr);
    }
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        if (!inputs->request_valid[p] && !staged->request[p]) continue;
        ops->request(dut, (enum mmu_port)p, inputs->request_valid[p] ? &inputs->request[p] : NULL);
        staged->request[p] = inputs->request_valid[p];
    }
    if (inputs->fence_valid || staged->fence) {
        ops->fence(dut, inputs->fence_valid ? &inputs->fence : NULL);
        staged->fence = inputs->fence_valid;
    }
    stage_rare(bench, inputs);
    ops->take(dut, inputs->take);
    bench_memory_stage(bench);
}

// Returns their sample bits.
static unsigned expect_fills(struct bench *bench) {
    const struct mmu_engine *engine = bench->engine;
    struct dut_event *event = bench->expected.fill;
    unsigned sample = 0;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        const struct mmu_tlb_fill *fill = mmu_engine_fill(engine, (enum mmu_port)p);
        if (!fill) continue;
        event[p] = (struct dut_event){(uint16_t)fill->set, (uint16_t)fill->way, fill->evict};
        sample |= (unsigned)DUT_FILL_DATA << p;
    }
    const struct mmu_l2_fill *fill = mmu_engine_l2_fill(engine);
    if (!fill) return sample;
    event[DUT_ARRAY_L2] = (struct dut_event){(uint16_t)fill->set, (uint16_t)fill->way, fill->evict};
    return sample | DUT_FILL_L2;
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
    if (mmu_engine_pmp_ready(engine)) sample |= DUT_READY_PMP;
    if ((e->fault = mmu_engine_fault(engine))) sample |= DUT_FAULT;
    if ((e->memory_request = mmu_engine_memory_request(engine))) sample |= DUT_MEMORY_REQUEST;
    e->sample = sample | expect_fills(bench);
}

static bool assertion_failed(struct bench *bench) {
    const struct dut_ops *ops = bench->config.ops;
    const char *name = ops->assertion ? ops->assertion(bench->config.dut) : NULL;
    bench_clear_mismatch(bench);
    return bench_fail(bench, CHECK_ASSERTION, bench_walking_port(bench, 0),
                      name ? name : "without a name", 0, 1);
}

// At the multiples of the interval, without a division in each cycle.
static bool counters_due(struct bench *bench) {
    uint64_t interval = bench->config.counter_interval;
    if (bench->now < bench->counters_due || interval == 0) return false;
    bool due = bench->now % interval == 0;
    bench->counters_due = bench->now - bench->now % interval + interval;
    return due && bench->now > 0;
}

// What the DUT shows is compared, but nothing has happened yet.
static bool judge(struct bench *bench, unsigned sample) {
    if (sample & DUT_ASSERTION) return assertion_failed(bench);
    return !bench->shadow || bench_compare(bench, sample);
}

static bool close_cycle(struct bench *bench, bool ok) {
    bench->now++;
    bench->stats.cycles++;
    return ok;
}

bool bench_cycle(struct bench *bench, const struct bench_inputs *inputs,
                 struct bench_outputs *outputs) {
    bool dut = bench_has_dut(bench);
    unsigned sample = 0;
    if (dut) {
        stage(bench, inputs);
        sample = bench->config.ops->tick(bench->config.dut);
    }
    if (bench->engine) {
        mmu_engine_set_csr(bench->engine, &inputs->csr);
        expect(bench, inputs);
    }
    if (!dut) sample = bench->expected.sample;
    if (dut && !judge(bench, sample)) {
        bench_no_transfers(outputs);
        return close_cycle(bench, false);
    }
    if (bench->config.coverage) bench_cover_cycle(bench, sample, inputs);
    bench_transfers(bench, inputs, outputs, sample);
    if (bench->engine) mmu_engine_advance(bench->engine, bench->now - bench->base);
    if (dut) bench_memory_serve(bench, sample);
    bool ok = close_cycle(bench, !bench->illegal && bench_watchdog(bench, inputs, outputs));
    if (ok && counters_due(bench)) ok = bench_compare_counters(bench);
    return ok;
}

unsigned bench_probe_cycle(struct bench *bench, uint64_t cycle) {
    const struct dut_ops *ops = bench->config.ops;
    static const struct bench_inputs none;
    bench->now = cycle;
    for (unsigned p = 0; p < MMU_PORTS; p++)
        ops->request(bench->config.dut, (enum mmu_port)p, NULL);
    ops->fence(bench->config.dut, NULL);
    ops->take(bench->config.dut, 0);
    stage_rare(bench, &none);
    bench_memory_stage(bench);
    return ops->tick(bench->config.dut);
}

// --- idle cycles -----------------------------------------------------------------------

// Something is presented that would be accepted, or stands on the ports and would be seen or taken
// in the coming cycle.
static bool anything_to_do(const struct bench *bench, const struct bench_inputs *inputs) {
    if (inputs->fence_valid || inputs->pmp_write_valid || inputs->kill) return true;
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (inputs->request_valid[p] &&
            mmu_engine_ready(bench->engine, (enum mmu_port)p, (inputs->take >> p & 1) != 0))
            return true;
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if ((bench->ports[p].pending || (inputs->take >> p & 1)) &&
            mmu_engine_response(bench->engine, (enum mmu_port)p))
            return true;
    return (inputs->take & DUT_TAKE_FAULT) && mmu_engine_fault(bench->engine);
}

void bench_skip_idle(struct bench *bench, const struct bench_inputs *inputs) {
    // Coverage looks at each cycle.
    if (bench_has_dut(bench) || bench->config.coverage || anything_to_do(bench, inputs)) return;
    mmu_engine_set_csr(bench->engine, &inputs->csr);
    uint64_t next = mmu_engine_next_event(bench->engine);
    uint64_t cycle = bench->now - bench->base;
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        const struct port_state *state = &bench->ports[p];
        if (!state->pending) continue;
        uint64_t patience = state->asked[bench_oldest(state)].accept_cycle - bench->base;
        patience += bench->config.watchdog_cycles + 1;
        if (patience > cycle && patience < next) next = patience;
    }
    if (next == MMU_NEVER || next <= cycle) return;
    // What happens, happens in the last cycle skipped: a grant shows in the one after it.
    bench->now += next - cycle - 1;
    mmu_engine_advance(bench->engine, next - 1);
    bench->stats.cycles += next - cycle;
    bench->now++;
    bench_watch_nothing_presented(bench);
}

void bench_resynchronise(struct bench *bench) {
    for (unsigned c = 0; c < MMU_COUNTERS; c++) {
        bench->counter_base[c] = bench_counter(bench, c);
        bench->dut_counter_base[c] = bench_dut_counter(bench, c);
    }
    if (bench->tap) bench->tap->reset(bench->tap->user, bench);
    reset_sides(bench);
}
