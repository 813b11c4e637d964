// SPDX-License-Identifier: Apache-2.0
// The fake, a third reading of the specification, agrees with the model in every cycle of random
// streams over the architecture's parameters; what the streams are there to reach, they reach.
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "stream.h"

enum { CYCLES = 12000, LONG = 60000 };

static uint64_t first_seed;

static void complain(const struct stream *s, uint64_t seed) {
    char *page = bench_explain(s->scene->bench, "unit.stream");
    print_message("seed %llu\n%s", (unsigned long long)seed, page ? page : "no memory");
    free(page);
}

static void begin(struct stream *s) {
    scene_begin(s->scene, FAKE_RIGHT);
}

static void expect_agreement(struct stream *s, uint64_t seed) {
    if (!s->scene->failed) return;
    complain(s, seed);
    fail();
}

// --- agreement ---------------------------------------------------------------------------------

static void agree(const struct mmu_arch *arch, const struct mmu_config *shape, uint64_t seed,
                  uint32_t error_permille) {
    struct stream s = stream_create(arch, seed);
    s.scene->config.timing.error_permille = error_permille;
    memcpy(s.scene->config.mmu.tlb, shape->tlb, sizeof shape->tlb);
    s.scene->config.mmu.walks = shape->walks;
    begin(&s);
    stream_run(&s, CYCLES);
    expect_agreement(&s, seed);
    stream_destroy(&s);
}

static const struct mmu_config shapes[] = {
    {.tlb = {{16, 16, MMU_LRU}, {16, 16, MMU_LRU}}, .walks = 1},
    {.tlb = {{1, 1, MMU_LRU}, {1, 1, MMU_RANDOM}}, .walks = 8},
    {.tlb = {{16, 1, MMU_FIFO}, {8, 1, MMU_PLRU}}, .walks = 2},
    {.tlb = {{12, 3, MMU_LRU}, {12, 3, MMU_FIFO}}, .walks = 3},
    {.tlb = {{16, 4, MMU_PLRU}, {8, 8, MMU_PLRU}}, .walks = 4},
    {.tlb = {{8, 4, MMU_RANDOM}, {6, 3, MMU_LRU}}, .walks = 5}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static void agree_with_every_shape(const struct mmu_arch *arch, uint32_t error_permille) {
    for (unsigned k = 0; k < SHAPES; k++) agree(arch, &shapes[k], first_seed + k, error_permille);
}

static struct mmu_arch arch_64(uint8_t pmp_entries) {
    struct mmu_arch arch = mmu_arch_default();
    arch.pmp_entries = pmp_entries;
    return arch;
}

static struct mmu_arch arch_32(uint8_t pmp_entries) {
    return (struct mmu_arch){.xlen = 32,
                             .pa_bits = 34,
                             .asid_bits = 9,
                             .pmp_entries = pmp_entries,
                             .update_first = true};
}

static void modes_of_64_bits_without_pmp_agree(void **state) {
    (void)state;
    struct mmu_arch arch = arch_64(0);
    agree_with_every_shape(&arch, 0);
}

static void modes_of_64_bits_with_pmp_agree(void **state) {
    (void)state;
    struct mmu_arch arch = arch_64(16);
    agree_with_every_shape(&arch, 0);
}

static void errors_of_memory_agree(void **state) {
    (void)state;
    struct mmu_arch arch = arch_64(8);
    agree_with_every_shape(&arch, 100);
}

static void sv32_without_pmp_agrees(void **state) {
    (void)state;
    struct mmu_arch arch = arch_32(0);
    agree_with_every_shape(&arch, 20);
}

static void sv32_with_pmp_agrees(void **state) {
    (void)state;
    struct mmu_arch arch = arch_32(16);
    agree_with_every_shape(&arch, 0);
}

// Few ASID bits, narrow physical addresses, no Svnapot, the check before the update.
static void narrow_architectures_agree(void **state) {
    (void)state;
    for (uint8_t asid_bits = 0; asid_bits <= 2; asid_bits++) {
        struct mmu_arch arch = arch_64(asid_bits ? 8 : 0);
        arch.asid_bits = asid_bits;
        arch.pa_bits = (uint8_t)(32 + 3 * asid_bits);
        arch.svnapot = asid_bits == 1;
        arch.update_first = false;
        agree_with_every_shape(&arch, 10);
        struct mmu_arch narrow = arch_32(arch.pmp_entries);
        narrow.asid_bits = asid_bits;
        narrow.pa_bits = 32;
        narrow.update_first = false;
        agree_with_every_shape(&narrow, 10);
    }
}

// --- the legal oracle --------------------------------------------------------------------------

// The fake, which is right, never does what the specification forbids; with the model beside it or
// alone. Memory changes without fences: some answers are explained by the past alone.
static struct bench_stats judged(const struct mmu_arch *arch, unsigned oracle, uint64_t seed,
                                 uint32_t error_permille) {
    struct stream s = stream_create(arch, seed);
    s.scene->config.oracle = oracle;
    s.scene->config.timing.error_permille = error_permille;
    begin(&s);
    stream_run(&s, LONG);
    expect_agreement(&s, seed);
    struct bench_stats stats = *bench_stats(s.scene->bench);
    assert_int_equal(stats.legal.illegal, 0);
    assert_int_equal(stats.legal.judged + stats.legal.unjudged, stats.compared[CHECK_LEGAL]);
    assert_true(stats.legal.judged > 1000);
    assert_true(99 * stats.legal.unjudged <= stats.legal.judged);
    assert_true(stats.legal.stale_answers > 0);
    stream_destroy(&s);
    return stats;
}

static void right_answers_are_legal(void **state) {
    (void)state;
    struct mmu_arch archs[] = {arch_64(0), arch_64(16), arch_32(0), arch_32(16)};
    for (unsigned k = 0; k < 4; k++) {
        struct bench_stats both = judged(&archs[k], BENCH_SHADOW | BENCH_LEGAL, first_seed, 10);
        struct bench_stats alone = judged(&archs[k], BENCH_LEGAL, first_seed, 10);
        assert_int_equal(both.fingerprint, alone.fingerprint);
        assert_int_equal(both.digest, alone.digest);
        assert_memory_equal(&both.legal, &alone.legal, sizeof both.legal);
    }
}

// --- reach -------------------------------------------------------------------------------------

static void expect_reached(const struct stream *s, unsigned levels) {
    static const unsigned causes[] = {0, 1, 5, 7, 12, 13, 15};
    for (size_t k = 0; k < sizeof causes / sizeof *causes; k++)
        if (!s->causes[causes[k]]) fail_msg("cause %u never occurs", causes[k]);
    for (unsigned k = 0; k < levels; k++)
        if (!s->levels[k]) fail_msg("level %u never occurs", k);
    for (unsigned k = 0; k < 4; k++)
        if (!s->fences[k]) fail_msg("fence operation %u never occurs", k);
    for (unsigned c = 0; c < MMU_COUNTERS; c++)
        if (scene_counts(c) && !bench_counter(s->scene->bench, c))
            fail_msg("%s stays 0", bench_counter_name(c));
    assert_true(s->levels[MMU_LEVEL_NONE] > 0);
    assert_true(s->kills > 0 && s->pmp_writes > 0);
}

static void every_outcome_occurs_in_a_long_stream(void **state) {
    (void)state;
    struct mmu_arch archs[] = {arch_64(16), arch_32(8)};
    for (unsigned k = 0; k < 2; k++) {
        struct stream s = stream_create(&archs[k], first_seed);
        struct mmu_tlb_config four = {4, 4, MMU_LRU};
        s.scene->config.mmu.tlb[0] = s.scene->config.mmu.tlb[1] = four;
        s.scene->config.mmu.walks = 3;
        begin(&s);
        stream_run(&s, LONG);
        expect_agreement(&s, first_seed);
        expect_reached(&s, k ? 2 : 4);
        assert_true(k || (s.napot > 0 && s.pbmt > 0));
        stream_destroy(&s);
    }
}

// --- fingerprint -------------------------------------------------------------------------------

static struct bench_stats stats_of(enum bench_mode mode, uint64_t seed, uint32_t error_permille) {
    struct mmu_arch arch = arch_64(8);
    struct stream s = stream_create(&arch, seed);
    s.scene->config.mode = mode;
    s.scene->config.timing.error_permille = error_permille;
    begin(&s);
    stream_run(&s, CYCLES);
    expect_agreement(&s, seed);
    struct bench_stats stats = *bench_stats(s.scene->bench);
    stream_destroy(&s);
    return stats;
}

static void all_modes_give_the_same_fingerprint_and_digest(void **state) {
    (void)state;
    struct bench_stats both = stats_of(BENCH_LOCKSTEP, first_seed, 30);
    struct bench_stats dut = stats_of(BENCH_DUT_ONLY, first_seed, 30);
    struct bench_stats model = stats_of(BENCH_MODEL_ONLY, first_seed, 30);
    assert_int_equal(both.fingerprint, dut.fingerprint);
    assert_int_equal(both.fingerprint, model.fingerprint);
    assert_int_equal(both.digest, dut.digest);
    assert_int_equal(both.digest, model.digest);
}

static void fingerprint_tells_seeds_and_errors_apart(void **state) {
    (void)state;
    uint64_t one = stats_of(BENCH_MODEL_ONLY, first_seed, 0).fingerprint;
    assert_int_not_equal(one, stats_of(BENCH_MODEL_ONLY, first_seed + 1, 0).fingerprint);
    assert_int_not_equal(one, stats_of(BENCH_MODEL_ONLY, first_seed, 30).fingerprint);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes_of_64_bits_without_pmp_agree),
        cmocka_unit_test(modes_of_64_bits_with_pmp_agree),
        cmocka_unit_test(errors_of_memory_agree),
        cmocka_unit_test(sv32_without_pmp_agrees),
        cmocka_unit_test(sv32_with_pmp_agrees),
        cmocka_unit_test(narrow_architectures_agree),
        cmocka_unit_test(right_answers_are_legal),
        cmocka_unit_test(every_outcome_occurs_in_a_long_stream),
        cmocka_unit_test(all_modes_give_the_same_fingerprint_and_digest),
        cmocka_unit_test(fingerprint_tells_seeds_and_errors_apart),
    };
    const char *seed = getenv("TANDEM_SEED");
    first_seed = seed ? strtoull(seed, NULL, 0) : 1;
    print_message("seed %llu (TANDEM_SEED)\n", (unsigned long long)first_seed);
    return cmocka_run_group_tests_name("unit.stream", tests, NULL, NULL) == 0 ? 0 : 1;
}
