// SPDX-License-Identifier: Apache-2.0
// Random stimulus: the fake, a third reading of the specification, agrees with the model in every
// cycle; the stimulus is a function of its seed; what it is there to reach, it reaches.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "scene.h"
#include "verif/stimulus.h"

enum {
    CYCLES_PER_RUN = 16000,
    CYCLES_TO_FIND = 2000000,
    CYCLES_OF_MODES = 30000,
    CYCLES_OF_STATISTICS = 200000
};

static uint64_t first_seed;

struct totals {
    uint64_t cause[16];
    uint64_t fences[4];  // has_va + 2 * has_asid
    uint64_t digest;
    struct bench_stats stats;
    uint64_t counter[MMU_COUNTERS];
    bool ok;
};

static struct bench_config random_config(enum bench_mode mode, const struct mmu_config *mmu,
                                         struct memory *memory, uint64_t seed,
                                         enum fake_fault fault) {
    return (struct bench_config){
        .mode = mode,
        .mmu = *mmu,
        .ops = mode == BENCH_MODEL_ONLY ? NULL : fake_dut_ops(),
        .dut = mode == BENCH_MODEL_ONLY ? NULL : fake_dut_create(mmu, fault),
        .memory = memory_port(memory),
        .timing = {.grant_min = 1, .grant_max = 3, .data_min = 1, .data_max = 5, .seed = seed},
        .watchdog_cycles = 2000,
        .counter_interval = 500,
        .wave_from = 1};
}

static void note(struct totals *totals, const struct bench_inputs *in,
                 const struct bench_outputs *out) {
    for (unsigned p = 0; p < MMU_PORTS; p++)
        if (out->answered[p]) totals->cause[out->answer[p].cause & 15]++;
    if (out->fence_accepted) totals->fences[in->fence.has_va + 2 * in->fence.has_asid]++;
}

static void complain(const struct bench *bench) {
    char *page = bench_explain(bench, "unit.stimulus");
    print_message("%s", page ? page : "no memory");
    free(page);
}

static void drive(struct bench *bench, struct stimulus *stimulus, unsigned cycles,
                  struct totals *totals) {
    struct bench_inputs in;
    struct bench_outputs out;
    for (unsigned c = 0; c < cycles && totals->ok; c++) {
        if (c + 400 == cycles) stimulus_drain(stimulus);
        stimulus_next(stimulus, bench, c ? &out : NULL, &in);
        totals->ok = bench_cycle(bench, &in, &out);
        note(totals, &in, &out);
    }
    if (totals->ok) totals->ok = bench_compare_counters(bench);
}

static struct totals run_fault(enum bench_mode mode, const struct mmu_config *mmu, uint64_t seed,
                               unsigned cycles, enum fake_fault fault) {
    struct totals totals = {.ok = true};
    struct memory *memory = calloc(1, sizeof *memory);
    assert_non_null(memory);
    struct bench_config config = random_config(mode, mmu, memory, seed, fault);
    struct bench *bench = bench_create(&config);
    struct stimulus_config asked = stimulus_default();
    asked.seed = seed;
    struct stimulus *stimulus = stimulus_create(&asked, &config.memory);
    assert_non_null(bench);
    assert_non_null(stimulus);
    drive(bench, stimulus, cycles, &totals);
    if (!totals.ok && fault == FAKE_RIGHT) complain(bench);
    assert_true(!totals.ok || stimulus_quiet(stimulus));
    totals.stats = *bench_stats(bench);
    totals.digest = totals.stats.digest;
    for (unsigned k = 0; k < MMU_COUNTERS; k++) totals.counter[k] = bench_counter(bench, k);
    stimulus_destroy(stimulus);
    bench_destroy(bench);
    fake_dut_ops()->destroy(config.dut);
    free(memory);
    return totals;
}

static struct totals run(enum bench_mode mode, const struct mmu_config *mmu, uint64_t seed,
                         unsigned cycles) {
    return run_fault(mode, mmu, seed, cycles, FAKE_RIGHT);
}

static const struct mmu_config default_shape = {.tlb = {{16, 16, MMU_LRU}, {16, 16, MMU_LRU}}};

// --- agreement ---------------------------------------------------------------------------------

static void right_fake_agrees_with_the_model_in_every_cycle(void **state) {
    (void)state;
    static const struct mmu_config shapes[] = {
        {{{16, 16, MMU_LRU}, {16, 16, MMU_LRU}}}, {{{1, 1, MMU_LRU}, {1, 1, MMU_RANDOM}}},
        {{{16, 1, MMU_FIFO}, {8, 1, MMU_PLRU}}},  {{{12, 3, MMU_LRU}, {12, 3, MMU_FIFO}}},
        {{{16, 4, MMU_PLRU}, {8, 8, MMU_PLRU}}},  {{{8, 4, MMU_RANDOM}, {12, 3, MMU_RANDOM}}},
        {{{16, 8, MMU_FIFO}, {6, 6, MMU_FIFO}}},  {{{128, 128, MMU_PLRU}, {128, 1, MMU_LRU}}},
        {{{2, 2, MMU_PLRU}, {2, 2, MMU_LRU}}},    {{{7, 7, MMU_RANDOM}, {96, 3, MMU_LRU}}}};
    uint64_t cycles = 0;
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++)
        for (unsigned n = 0; n < 2; n++) {
            uint64_t seed = first_seed + n;
            struct totals totals = run(BENCH_LOCKSTEP, &shapes[k], seed, CYCLES_PER_RUN);
            if (!totals.ok) fail_msg("shape %zu, seed %llu", k, (unsigned long long)seed);
            cycles += totals.stats.cycles;
        }
    assert_true(cycles >= 300000);
}

static void random_stimulus_finds_every_fault(void **state) {
    (void)state;
    for (unsigned fault = FAKE_RIGHT + 1; fault < FAKE_FAULTS; fault++) {
        enum mmu_policy policy = fault == FAKE_PLRU   ? MMU_PLRU
                                 : fault == FAKE_LFSR ? MMU_RANDOM
                                                      : MMU_LRU;
        struct mmu_config mmu = scene_shape(16, 4, policy);
        struct totals totals =
            run_fault(BENCH_LOCKSTEP, &mmu, first_seed, CYCLES_TO_FIND, (enum fake_fault)fault);
        if (totals.ok) fail_msg("fault %u is not found", fault);
    }
}

static void all_modes_give_the_same_digest_and_counters(void **state) {
    (void)state;
    struct mmu_config mmu = scene_shape(8, 4, MMU_PLRU);
    struct totals both = run(BENCH_LOCKSTEP, &mmu, first_seed, CYCLES_OF_MODES);
    struct totals dut = run(BENCH_DUT_ONLY, &mmu, first_seed, CYCLES_OF_MODES);
    struct totals model = run(BENCH_MODEL_ONLY, &mmu, first_seed, CYCLES_OF_MODES);
    assert_true(both.ok && dut.ok && model.ok);
    assert_int_equal(both.digest, dut.digest);
    assert_int_equal(both.digest, model.digest);
    assert_memory_equal(both.counter, dut.counter, sizeof both.counter);
    assert_memory_equal(both.counter, model.counter, sizeof both.counter);
    assert_memory_equal(both.stats.latency_sum, dut.stats.latency_sum,
                        sizeof both.stats.latency_sum);
    assert_memory_equal(both.stats.latency_sum, model.stats.latency_sum,
                        sizeof both.stats.latency_sum);
}

// --- seeds -------------------------------------------------------------------------------------

static void same_seed_gives_the_same_digest(void **state) {
    (void)state;
    struct totals one = run(BENCH_MODEL_ONLY, &default_shape, first_seed, 5000);
    struct totals two = run(BENCH_MODEL_ONLY, &default_shape, first_seed, 5000);
    assert_int_equal(one.digest, two.digest);
}

static void different_seeds_give_different_digests(void **state) {
    (void)state;
    uint64_t digest[8];
    for (uint64_t k = 0; k < 8; k++) {
        digest[k] = run(BENCH_MODEL_ONLY, &default_shape, first_seed + k, 2000).digest;
        for (uint64_t other = 0; other < k; other++) assert_int_not_equal(digest[k], digest[other]);
    }
}

static void seeds_0_and_all_ones_are_seeds(void **state) {
    (void)state;
    struct totals zero = run(BENCH_LOCKSTEP, &default_shape, 0, 5000);
    struct totals ones = run(BENCH_LOCKSTEP, &default_shape, UINT64_MAX, 5000);
    assert_true(zero.ok && ones.ok);
    assert_true(zero.stats.answers[0] > 100 && ones.stats.answers[0] > 100);
    assert_int_not_equal(zero.digest, ones.digest);
}

// --- statistics --------------------------------------------------------------------------------

static void every_counter_and_cause_and_fence_occurs_in_200000_cycles(void **state) {
    (void)state;
    static const uint8_t causes[] = {1, 5, 7, 12, 13, 15};
    struct totals totals = run(BENCH_MODEL_ONLY, &default_shape, first_seed, CYCLES_OF_STATISTICS);
    assert_true(totals.ok);
    for (unsigned k = 0; k < MMU_COUNTERS; k++)
        if (totals.counter[k] == 0) fail_msg("%s stays 0", bench_counter_name(k));
    for (size_t k = 0; k < sizeof causes; k++)
        if (totals.cause[causes[k]] == 0) fail_msg("cause %u never occurs", causes[k]);
    for (unsigned k = 0; k < 4; k++)
        if (totals.fences[k] == 0) fail_msg("fence form %u never occurs", k);
}

static void hits_walks_and_evictions_are_common_with_four_entries(void **state) {
    (void)state;
    struct mmu_config mmu = scene_shape(4, 4, MMU_LRU);
    struct totals totals = run(BENCH_MODEL_ONLY, &mmu, first_seed, 100000);
    for (unsigned port = 0; port < MMU_PORTS; port++) {
        const uint64_t *counter = &totals.counter[8 * port];
        uint64_t requests = counter[MMU_COUNT_REQUESTS];
        assert_true(requests > 2000);
        assert_true(counter[MMU_COUNT_HITS] * 10 > requests);
        assert_true(counter[MMU_COUNT_MISSES] * 10 > requests);
        assert_true(counter[MMU_COUNT_EVICTIONS] * 50 > requests);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_fake_agrees_with_the_model_in_every_cycle),
        cmocka_unit_test(random_stimulus_finds_every_fault),
        cmocka_unit_test(all_modes_give_the_same_digest_and_counters),
        cmocka_unit_test(same_seed_gives_the_same_digest),
        cmocka_unit_test(different_seeds_give_different_digests),
        cmocka_unit_test(seeds_0_and_all_ones_are_seeds),
        cmocka_unit_test(every_counter_and_cause_and_fence_occurs_in_200000_cycles),
        cmocka_unit_test(hits_walks_and_evictions_are_common_with_four_entries),
    };
    const char *seed = getenv("TANDEM_SEED");
    first_seed = seed ? strtoull(seed, NULL, 0) : 1;
    print_message("seed %llu (TANDEM_SEED)\n", (unsigned long long)first_seed);
    return cmocka_run_group_tests_name("unit.stimulus", tests, NULL, NULL) == 0 ? 0 : 1;
}
