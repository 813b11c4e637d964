// SPDX-License-Identifier: Apache-2.0
#include "stimulus_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { CYCLES_TO_DRAIN = 400 };

// What the stimulus says it needs, and nothing else.
struct tables {
    uint64_t base;
    uint8_t bytes[STIMULUS_TABLE_BYTES];
};

static bool tables_read(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    const struct tables *tables = user;
    assert_true((bytes == 4 || bytes == 8) && pa % bytes == 0);
    *value = 0;
    if (pa < tables->base || pa - tables->base >= sizeof tables->bytes) return false;
    memcpy(value, tables->bytes + (pa - tables->base), bytes);
    return true;
}

static bool tables_write(void *user, uint64_t pa, unsigned bytes, uint64_t value) {
    struct tables *tables = user;
    assert_true((bytes == 4 || bytes == 8) && pa % bytes == 0);
    if (pa < tables->base || pa - tables->base >= sizeof tables->bytes) return false;
    memcpy(tables->bytes + (pa - tables->base), &value, bytes);
    return true;
}

struct mmu_arch random_arch(unsigned xlen, unsigned pmp_entries) {
    struct mmu_arch arch = mmu_arch_default();
    arch.pmp_entries = (uint8_t)pmp_entries;
    if (xlen == 64) return arch;
    arch.xlen = 32;
    arch.pa_bits = 34;
    arch.asid_bits = 9;
    arch.svnapot = false;
    return arch;
}

struct random_run random_run_of(const struct mmu_arch *arch, uint64_t seed, unsigned cycles) {
    struct mmu_config mmu = mmu_config_default();
    mmu.arch = *arch;
    mmu.walks = 1 + seed % MMU_WALKS;
    return (struct random_run){.mode = BENCH_LOCKSTEP,
                               .oracle = BENCH_SHADOW | BENCH_LEGAL,
                               .mmu = mmu,
                               .stimulus = stimulus_default(),
                               .seed = seed,
                               .cycles = cycles,
                               .error_permille = 2};
}

static struct bench_config bench_of(const struct random_run *run, struct tables *tables) {
    bool alone = run->mode == BENCH_MODEL_ONLY;
    return (struct bench_config){
        .mode = run->mode,
        .oracle = run->oracle,
        .mmu = run->mmu,
        .ops = alone           ? NULL
               : run->untagged ? fake_untagged_ops()
                               : fake_dut_ops(),
        .dut = alone ? NULL : fake_dut_create(&run->mmu, run->fault),
        .memory = {.user = tables, .read = tables_read, .write = tables_write},
        .timing = {.grant_min = 1,
                   .grant_max = 3,
                   .data_min = 1,
                   .data_max = 5,
                   .seed = run->seed,
                   .error_permille = run->error_permille,
                   .phase = 100},
        .watchdog_cycles = 4000,
        .counter_interval = 500,
        .wave_from = 1};
}

static void complain(const struct bench *bench) {
    char *page = bench_explain(bench, "unit.stimulus");
    printf("%s", page ? page : "no memory");
    free(page);
}

static bool drive(struct bench *bench, struct stimulus *stimulus, const struct random_run *run) {
    struct bench_inputs in;
    struct bench_outputs out;
    for (unsigned c = 0; c < run->cycles; c++) {
        if (c + CYCLES_TO_DRAIN == run->cycles) stimulus_drain(stimulus);
        if (!stimulus_next(stimulus, bench, c ? &out : NULL, &in)) return false;
        if (!bench_cycle(bench, &in, &out)) return false;
        if (run->see) run->see(run->user, &in, &out);
    }
    // The last cycle's outputs are settled.
    return stimulus_next(stimulus, bench, &out, &in) && bench_compare_counters(bench);
}

struct random_result random_run_do(const struct random_run *run) {
    struct random_result result = {.ok = true};
    struct stimulus_config asked = run->stimulus;
    struct tables *tables = calloc(1, sizeof *tables);
    assert_non_null(tables);
    asked.arch = run->mmu.arch;
    asked.seed = run->seed;
    tables->base = asked.table_base;
    struct bench_config config = bench_of(run, tables);
    struct bench *bench = bench_create(&config);
    struct stimulus *stimulus = stimulus_create(&asked, &config.memory);
    assert_non_null(bench);
    assert_non_null(stimulus);
    result.ok = drive(bench, stimulus, run);
    if (!result.ok) result.check = bench_mismatch(bench)->check;
    if (!result.ok && run->fault == FAKE_RIGHT) complain(bench);
    result.quiet = stimulus_quiet(stimulus);
    result.stats = *bench_stats(bench);
    result.reached = *stimulus_stats(stimulus);
    for (unsigned k = 0; k < MMU_COUNTERS; k++) result.counter[k] = bench_counter(bench, k);
    stimulus_destroy(stimulus);
    bench_destroy(bench);
    if (config.dut) fake_dut_ops()->destroy(config.dut);
    free(tables);
    return result;
}
