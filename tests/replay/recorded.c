// SPDX-License-Identifier: Apache-2.0
#include "recorded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static bool tables_read(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    const struct tables *tables = user;
    *value = 0;
    if (pa < tables->base || pa - tables->base >= sizeof tables->bytes) return false;
    memcpy(value, tables->bytes + (pa - tables->base), bytes);
    return true;
}

static bool tables_write(void *user, uint64_t pa, unsigned bytes, uint64_t value) {
    struct tables *tables = user;
    if (pa < tables->base || pa - tables->base >= sizeof tables->bytes) return false;
    memcpy(tables->bytes + (pa - tables->base), &value, bytes);
    return true;
}

static struct dut *create(void *user) {
    struct recorded *recorded = user;
    return fake_dut_create(&recorded->mmu, recorded->fault);
}

struct recorded *recorded_create(unsigned xlen, unsigned pmp_entries, unsigned walks,
                                 enum fake_fault fault, uint64_t seed) {
    struct recorded *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->mmu = mmu_config_default();
    r->mmu.walks = walks;
    r->mmu.arch.pmp_entries = (uint8_t)pmp_entries;
    if (xlen == 32) {
        r->mmu.arch.xlen = 32;
        r->mmu.arch.pa_bits = 34;
        r->mmu.arch.asid_bits = 9;
        r->mmu.arch.svnapot = false;
    }
    r->fault = fault;
    r->oracle = BENCH_SHADOW;
    r->stimulus = stimulus_default();
    r->stimulus.arch = r->mmu.arch;
    r->stimulus.seed = seed;
    r->most_events = SCENARIO_EVENTS;
    r->most_cycles = 400000;
    r->unit = (struct scenario_unit){.user = r, .ops = fake_dut_ops(), .create = create};
    return r;
}

static void build(struct recorded *r) {
    r->tables.base = r->stimulus.table_base;
    r->dut = create(r);
    struct bench_config config = {
        .mode = BENCH_LOCKSTEP,
        .oracle = r->oracle,
        .mmu = r->mmu,
        .ops = fake_dut_ops(),
        .dut = r->dut,
        .memory = {.user = &r->tables, .read = tables_read, .write = tables_write},
        .timing = {.grant_min = 1,
                   .grant_max = 3,
                   .data_min = 1,
                   .data_max = 5,
                   .seed = r->stimulus.seed,
                   .error_permille = 2,
                   .phase = 100},
        .watchdog_cycles = 4000,
        .counter_interval = 500,
        .wave_from = 1};
    r->bench = bench_create(&config);
    assert_non_null(r->bench);
    r->source = stimulus_create(&r->stimulus, &config.memory);
    r->recorder = scenario_recorder_create(r->bench, r->most_events);
    assert_non_null(r->source);
    assert_non_null(r->recorder);
}

void recorded_run(struct recorded *r) {
    struct bench_inputs in;
    struct bench_outputs out;
    build(r);
    for (unsigned c = 0; c < r->most_cycles && !r->failed; c++)
        r->failed = !stimulus_next(r->source, r->bench, c ? &out : NULL, &in) ||
                    !bench_cycle(r->bench, &in, &out);
}

void recorded_destroy(struct recorded *r) {
    scenario_recorder_destroy(r->recorder);
    stimulus_destroy(r->source);
    bench_destroy(r->bench);
    fake_dut_ops()->destroy(r->dut);
    free(r);
}
