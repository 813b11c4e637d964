// SPDX-License-Identifier: Apache-2.0
// Random stimulus: the fake, a third reading of the specification, agrees with the model in every
// cycle, and both with what the privileged specification allows; the stimulus is a function of its
// seed; what it is there to reach, it reaches; what is wrong in one way, it finds.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "scene.h"
#include "stimulus_bench.h"

enum {
    CYCLES_PER_RUN = 16000,
    CYCLES_TO_FIND = 3000000,
    CYCLES_OF_MODES = 30000,
    CYCLES_OF_STATISTICS = 2000000
};

static uint64_t first_seed;

// --- agreement ---------------------------------------------------------------------------------

static void assert_agrees(struct random_run run) {
    for (unsigned n = 0; n < 2; n++, run.seed++) {
        struct random_result result = random_run_do(&run);
        if (!result.ok) fail_msg("seed %llu", (unsigned long long)run.seed);
        assert_true(result.quiet);
        assert_true(99 * result.stats.legal.unjudged <= result.stats.legal.judged);
        assert_true(result.stats.answers[0] > 100 && result.stats.answers[1] > 100);
    }
}

static void right_fake_agrees_with_the_model_for_every_tlb_shape(void **state) {
    (void)state;
    static const struct mmu_tlb_config shapes[][2] = {
        {{16, 16, MMU_LRU}, {16, 16, MMU_LRU}}, {{1, 1, MMU_LRU}, {1, 1, MMU_RANDOM}},
        {{16, 1, MMU_FIFO}, {8, 1, MMU_PLRU}},  {{12, 3, MMU_LRU}, {12, 3, MMU_FIFO}},
        {{16, 4, MMU_PLRU}, {8, 8, MMU_PLRU}},  {{8, 4, MMU_RANDOM}, {12, 3, MMU_RANDOM}},
        {{16, 8, MMU_FIFO}, {6, 6, MMU_FIFO}},  {{128, 128, MMU_PLRU}, {128, 1, MMU_LRU}},
        {{2, 2, MMU_PLRU}, {2, 2, MMU_LRU}},    {{7, 7, MMU_RANDOM}, {96, 3, MMU_LRU}}};
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        struct mmu_arch arch = random_arch(k % 3 == 2 ? 32 : 64, k % 2 * 8);
        struct random_run run = random_run_of(&arch, first_seed, CYCLES_PER_RUN);
        memcpy(run.mmu.tlb, shapes[k], sizeof run.mmu.tlb);
        assert_agrees(run);
    }
}

static void right_fake_agrees_with_the_model_for_every_architecture(void **state) {
    (void)state;
    for (unsigned k = 0; k < 12; k++) {
        static const uint8_t pa_bits[] = {56, 32, 40, 55}, narrow_pa_bits[] = {34, 32, 33, 34};
        static const uint8_t asid_bits[] = {16, 0, 1, 9};
        struct mmu_arch arch = random_arch(k % 3 == 1 ? 32 : 64, k % 3 * 8);
        arch.pa_bits = (arch.xlen == 32 ? narrow_pa_bits : pa_bits)[k % 4];
        arch.asid_bits = asid_bits[(k + 1) % 4];
        if (arch.xlen == 32 && arch.asid_bits > 9) arch.asid_bits = 9;
        arch.svnapot = arch.xlen == 64 && k % 5 != 0;
        arch.update_first = k % 2;
        assert_agrees(random_run_of(&arch, first_seed + k, CYCLES_PER_RUN));
    }
}

static void fences_may_overtake_requests_of_older_registers_where_the_model_judges_alone(
    void **state) {
    (void)state;
    for (unsigned xlen = 32; xlen <= 64; xlen += 32) {
        struct mmu_arch arch = random_arch(xlen, 8);
        struct random_run run = random_run_of(&arch, first_seed, CYCLES_PER_RUN);
        run.oracle = BENCH_SHADOW;
        run.stimulus.overtake = 1000;
        run.stimulus.fence = 30;
        run.stimulus.csr = 30;
        assert_agrees(run);
    }
}

// Updates of stores that are dropped happen all the same: D is set, and legal.
static void stores_may_be_killed_during_their_updates(void **state) {
    (void)state;
    for (unsigned k = 0; k < 8; k++) {
        struct mmu_arch arch = random_arch(k % 2 ? 32 : 64, k / 2 % 2 * 8);
        struct random_run run = random_run_of(&arch, first_seed + 100 * k, CYCLES_PER_RUN);
        run.oracle = k < 4 ? BENCH_SHADOW | BENCH_LEGAL : BENCH_LEGAL;
        run.stimulus.kill = 60;
        run.stimulus.kill_stores = 1000;
        run.stimulus.unset = 700;
        assert_agrees(run);
    }
}

// --- units without tags --------------------------------------------------------------------------

static struct random_run run_untagged(enum fake_fault fault, uint64_t seed) {
    struct mmu_arch arch = random_arch(64, 8);
    struct random_run run = random_run_of(&arch, seed, 4 * CYCLES_PER_RUN);
    run.mmu.walks = 1;
    run.oracle = BENCH_LEGAL;
    run.untagged = true;
    run.fault = fault;
    return run;
}

// One unanswered request a port, judged by the legal-set oracle alone: no false alarm.
static void blocking_unit_without_tags_passes(void **state) {
    (void)state;
    for (uint64_t seed = first_seed; seed < first_seed + 4; seed++) {
        struct random_run run = run_untagged(FAKE_BLOCKING, seed);
        struct random_result result = random_run_do(&run);
        if (!result.ok) fail_msg("seed %u: %s", (unsigned)seed, bench_check_key(result.check));
        assert_true(result.quiet);
        assert_true(result.stats.answers[0] > 500 && result.stats.answers[1] > 500);
        assert_true(99 * result.stats.legal.unjudged <= result.stats.legal.judged);
        assert_int_equal(result.stats.most_transactions, 1);
    }
}

static void wrong_answer_of_a_unit_without_tags_is_caught(void **state) {
    (void)state;
    static const enum fake_fault faults[] = {FAKE_PA_BIT, FAKE_CAUSE, FAKE_PERM_BIT,
                                             FAKE_RECORD_TVAL};
    for (unsigned k = 0; k < sizeof faults / sizeof *faults; k++) {
        struct random_run run = run_untagged(faults[k], first_seed);
        assert_false(random_run_do(&run).ok);
    }
}

// --- faults ------------------------------------------------------------------------------------

static struct random_run run_to_find(enum fake_fault fault) {
    struct mmu_arch arch = random_arch(64, 8);
    // Some faults are only seen where physical addresses end early.
    if (fault == FAKE_PA_WIDTH || fault == FAKE_UPDATE_ORDER) arch.pa_bits = 40;
    enum mmu_policy policy = fault == FAKE_PLRU   ? MMU_PLRU
                             : fault == FAKE_LFSR ? MMU_RANDOM
                                                  : MMU_LRU;
    struct random_run run = random_run_of(&arch, first_seed, CYCLES_TO_FIND);
    run.mmu.tlb[0] = run.mmu.tlb[1] = (struct mmu_tlb_config){16, 4, (uint8_t)policy};
    run.mmu.walks = 4;
    run.oracle = BENCH_SHADOW;
    run.fault = fault;
    return run;
}

static void random_stimulus_finds_every_fault(void **state) {
    (void)state;
    for (unsigned fault = FAKE_RIGHT + 1; fault < FAKE_FAULTS; fault++) {
        if (fault >= FAKE_COUNTER && !scene_counts(fault - FAKE_COUNTER)) continue;
        struct random_run run = run_to_find((enum fake_fault)fault);
        if (random_run_do(&run).ok) fail_msg("fault %u is not found", fault);
    }
}

// In fewer cycles than lie between two comparisons; a unit that is reset begins to count anew.
static void counters_are_compared_before_each_reset(void **state) {
    (void)state;
    struct random_run run = run_to_find((enum fake_fault)(FAKE_COUNTER + MMU_COUNT_CYCLES));
    run.stimulus.reset = 100000;
    run.cycles = 490;
    struct random_result result = random_run_do(&run);
    assert_false(result.ok);
    assert_int_equal(result.check, CHECK_COUNTER);
    assert_int_equal(result.reached.count[STIMULUS_RESET], 0);
}

// What a TLB answers must be what a walk answers; a stalled answer stays what it was.
static void invariance_check_finds_faults_without_a_model(void **state) {
    (void)state;
    static const enum fake_fault faults[] = {FAKE_PBMT_OF_WALKS, FAKE_ANSWER_CHANGES};
    for (size_t k = 0; k < sizeof faults / sizeof *faults; k++) {
        struct random_run run = run_to_find(faults[k]);
        run.mode = BENCH_DUT_ONLY;
        struct random_result result = random_run_do(&run);
        if (result.ok) fail_msg("fault %u is not found", faults[k]);
        assert_int_equal(result.check, CHECK_INVARIANCE);
    }
}

static void invariance_check_is_silent_about_the_right_fake(void **state) {
    (void)state;
    for (unsigned k = 0; k < 4; k++) {
        struct mmu_arch arch = random_arch(k % 2 ? 32 : 64, k / 2 * 8);
        struct random_run run = random_run_of(&arch, first_seed, 200000);
        run.mode = BENCH_DUT_ONLY;
        run.stimulus.ask_twice = 20000;
        run.stimulus.phase = 0;
        struct random_result result = random_run_do(&run);
        assert_true(result.ok);
        assert_true(result.reached.count[STIMULUS_ASKED] > 500);
        assert_true(result.reached.count[STIMULUS_ASKED_HIT] > 100);
        assert_int_equal(result.stats.compared[CHECK_INVARIANCE],
                         2 * result.reached.count[STIMULUS_ASKED]);
    }
}

// --- a function of the seed -------------------------------------------------------------------

static void all_modes_give_the_same_digest_counters_and_statistics(void **state) {
    (void)state;
    struct mmu_arch arch = random_arch(64, 16);
    struct random_run run = random_run_of(&arch, first_seed, CYCLES_OF_MODES);
    run.mmu.tlb[0] = run.mmu.tlb[1] = (struct mmu_tlb_config){8, 4, MMU_PLRU};
    struct random_result both = random_run_do(&run);
    for (unsigned k = 0; k < 4; k++) {
        static const enum bench_mode modes[] = {BENCH_DUT_ONLY, BENCH_MODEL_ONLY, BENCH_LOCKSTEP,
                                                BENCH_LOCKSTEP};
        run.mode = modes[k];
        run.oracle = k == 3 ? BENCH_LEGAL : BENCH_SHADOW;
        struct random_result other = random_run_do(&run);
        assert_true(both.ok && other.ok);
        assert_int_equal(both.stats.digest, other.stats.digest);
        assert_int_equal(both.stats.fingerprint, other.stats.fingerprint);
        assert_memory_equal(both.counter, other.counter, sizeof both.counter);
        assert_memory_equal(&both.reached, &other.reached, sizeof both.reached);
        assert_memory_equal(both.stats.latency_sum, other.stats.latency_sum,
                            sizeof both.stats.latency_sum);
    }
}

static uint64_t fingerprint(unsigned xlen, uint64_t seed, unsigned cycles) {
    struct mmu_arch arch = random_arch(xlen, 8);
    struct random_run run = random_run_of(&arch, seed, cycles);
    run.mode = BENCH_MODEL_ONLY;
    return random_run_do(&run).stats.fingerprint;
}

static void same_seed_applies_the_same_inputs(void **state) {
    (void)state;
    for (unsigned xlen = 32; xlen <= 64; xlen += 32)
        assert_int_equal(fingerprint(xlen, first_seed, 5000), fingerprint(xlen, first_seed, 5000));
}

static void different_seeds_apply_different_inputs(void **state) {
    (void)state;
    uint64_t prints[8];
    for (uint64_t k = 0; k < 8; k++) {
        prints[k] = fingerprint(64, first_seed + k, 2000);
        for (uint64_t other = 0; other < k; other++) assert_true(prints[k] != prints[other]);
    }
}

static void seeds_0_and_all_ones_are_seeds(void **state) {
    (void)state;
    struct mmu_arch arch = random_arch(64, 0);
    struct random_run zero = random_run_of(&arch, 0, 5000);
    struct random_run ones = random_run_of(&arch, UINT64_MAX, 5000);
    struct random_result a = random_run_do(&zero), b = random_run_do(&ones);
    assert_true(a.ok && b.ok);
    assert_true(a.stats.answers[0] > 100 && b.stats.answers[0] > 100);
    assert_true(a.stats.digest != b.stats.digest);
}

static void memory_is_fast_slow_or_mixed_from_phase_to_phase(void **state) {
    (void)state;
    enum { PHASES = 400, LENGTH = 50 };
    struct bench_timing timing = {.grant_min = 2,
                                  .grant_max = 6,
                                  .data_min = 1,
                                  .data_max = 9,
                                  .seed = first_seed,
                                  .phase = LENGTH};
    unsigned fast = 0, slow = 0, mixed = 0;
    for (uint64_t phase = 0; phase < PHASES; phase++) {
        uint32_t least = UINT32_MAX, most = 0;
        for (uint64_t k = 0; k < LENGTH; k++) {
            uint32_t g, l;
            bench_latency(&timing, phase * LENGTH + k, &g, &l);
            assert_true(g >= 2 && g <= 6 && l >= 1 && l <= 9);
            if (g < least) least = g;
            if (g > most) most = g;
        }
        fast += most == 2;
        slow += least == 4;
        mixed += least == 2 && most == 6;
    }
    assert_true(fast > PHASES / 8 && slow > PHASES / 8 && mixed > PHASES / 4);
}

// --- what is reached --------------------------------------------------------------------------

static void assert_reaches_all(const struct random_run *run) {
    struct random_result result = random_run_do(run);
    struct stimulus_config config = run->stimulus;
    config.arch = run->mmu.arch;
    assert_true(result.ok);
    for (unsigned k = 0; k < STIMULUS_COUNTS; k++)
        if (stimulus_reaches(&config, (enum stimulus_count)k) && result.reached.count[k] == 0)
            fail_msg("XLEN %u, %u PMP entries: %s stays 0", config.arch.xlen,
                     config.arch.pmp_entries, stimulus_count_key((enum stimulus_count)k));
    for (unsigned k = 0; k < MMU_COUNTERS; k++)
        if (scene_counts(k) && result.counter[k] == 0)
            fail_msg("%s stays 0", bench_counter_name(k));
}

static void every_class_of_event_and_every_counter_is_reached(void **state) {
    (void)state;
    const struct mmu_arch wide = random_arch(64, 0), narrow = random_arch(32, 16);
    struct mmu_arch small = random_arch(64, 8);
    small.pa_bits = 40;
    small.svnapot = false;
    small.update_first = false;
    const struct mmu_arch *archs[] = {&wide, &narrow, &small};
    for (unsigned k = 0; k < 3; k++) {
        struct random_run run = random_run_of(archs[k], first_seed, CYCLES_OF_STATISTICS);
        run.mode = BENCH_MODEL_ONLY;
        assert_reaches_all(&run);
    }
}

static void what_has_no_weight_does_not_happen(void **state) {
    (void)state;
    struct mmu_arch arch = random_arch(64, 8);
    struct random_run run = random_run_of(&arch, first_seed, 100000);
    struct stimulus_config *c = &run.stimulus;
    run.mode = BENCH_MODEL_ONLY;
    run.error_permille = 0;
    c->fence = c->pte_write = c->kill = c->ask_twice = c->reset = c->lock = c->reserved = 0;
    c->napot = c->pbmt = c->global = c->unset = c->outside = c->bare = c->machine = 0;
    struct random_result result = random_run_do(&run);
    static const enum stimulus_count never[] = {
        STIMULUS_KILL_DATA,    STIMULUS_KILL_IDLE,       STIMULUS_RESET,
        STIMULUS_PTE_WRITE,    STIMULUS_ASKED,           STIMULUS_PMP_LOCK,
        STIMULUS_PMP_REFUSED,  STIMULUS_WHY_W_WITHOUT_R, STIMULUS_WHY_PBMT_3,
        STIMULUS_PBMT_NC,      STIMULUS_NAPOT_WALK,      STIMULUS_GLOBAL_HIT,
        STIMULUS_WHY_A,        STIMULUS_WHY_D,           STIMULUS_PRIV_M,
        STIMULUS_UNTRANSLATED, STIMULUS_SFENCE_VA,       STIMULUS_SINVAL_VA,
        STIMULUS_SFENCE_ALL,   STIMULUS_WHY_MISALIGNED,  STIMULUS_WHY_POINTER_AT_0,
        STIMULUS_NEAR_MISS};
    assert_true(result.ok);
    for (size_t k = 0; k < sizeof never / sizeof *never; k++)
        if (result.reached.count[never[k]])
            fail_msg("%s: %llu", stimulus_count_key(never[k]),
                     (unsigned long long)result.reached.count[never[k]]);
}

static void hits_walks_and_evictions_are_common_with_four_entries(void **state) {
    (void)state;
    struct mmu_arch arch = random_arch(64, 0);
    struct random_run run = random_run_of(&arch, first_seed, 100000);
    run.mode = BENCH_MODEL_ONLY;
    run.mmu.tlb[0] = run.mmu.tlb[1] = (struct mmu_tlb_config){4, 4, MMU_LRU};
    struct random_result result = random_run_do(&run);
    for (unsigned port = 0; port < MMU_PORTS; port++) {
        const uint64_t *counter = &result.counter[8 * port];
        uint64_t requests = counter[MMU_COUNT_REQUESTS];
        assert_true(requests > 2000);
        assert_true(counter[MMU_COUNT_HITS] * 10 > requests);
        assert_true(counter[MMU_COUNT_MISSES] * 10 > requests);
        assert_true(counter[MMU_COUNT_EVICTIONS] * 50 > requests);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_fake_agrees_with_the_model_for_every_tlb_shape),
        cmocka_unit_test(right_fake_agrees_with_the_model_for_every_architecture),
        cmocka_unit_test(
            fences_may_overtake_requests_of_older_registers_where_the_model_judges_alone),
        cmocka_unit_test(stores_may_be_killed_during_their_updates),
        cmocka_unit_test(blocking_unit_without_tags_passes),
        cmocka_unit_test(wrong_answer_of_a_unit_without_tags_is_caught),
        cmocka_unit_test(random_stimulus_finds_every_fault),
        cmocka_unit_test(counters_are_compared_before_each_reset),
        cmocka_unit_test(invariance_check_finds_faults_without_a_model),
        cmocka_unit_test(invariance_check_is_silent_about_the_right_fake),
        cmocka_unit_test(all_modes_give_the_same_digest_counters_and_statistics),
        cmocka_unit_test(same_seed_applies_the_same_inputs),
        cmocka_unit_test(different_seeds_apply_different_inputs),
        cmocka_unit_test(seeds_0_and_all_ones_are_seeds),
        cmocka_unit_test(memory_is_fast_slow_or_mixed_from_phase_to_phase),
        cmocka_unit_test(every_class_of_event_and_every_counter_is_reached),
        cmocka_unit_test(what_has_no_weight_does_not_happen),
        cmocka_unit_test(hits_walks_and_evictions_are_common_with_four_entries),
    };
    const char *seed = getenv("TANDEM_SEED");
    first_seed = seed ? strtoull(seed, NULL, 0) : 1;
    print_message("seed %llu (TANDEM_SEED)\n", (unsigned long long)first_seed);
    return cmocka_run_group_tests_name("unit.stimulus", tests, NULL, NULL) == 0 ? 0 : 1;
}
