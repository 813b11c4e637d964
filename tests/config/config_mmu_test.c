// SPDX-License-Identifier: Apache-2.0
// What the keys of the architecture mean together.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "config_test.h"
#include "mmu/engine.h"
#include "world.h"

static struct run_config config_of(const char *yaml) {
    struct run_config config = config_default();
    struct sim_error error;
    if (config_parse("f.yaml", (const unsigned char *)yaml, strlen(yaml), &config, &error))
        fail_msg("%s", error.text);
    config_settle(&config);
    return config;
}

static void assert_rule(const char *yaml, const char *part) {
    struct run_config config = config_of(yaml);
    struct sim_error error = {""};
    assert_int_equal(config_check(&config, &error), SIM_ERROR_USAGE);
    if (!strstr(error.text, part)) fail_msg("'%s' does not say '%s'", error.text, part);
}

static void assert_legal(const char *yaml) {
    struct run_config config = config_of(yaml);
    struct sim_error error = {""};
    if (config_check(&config, &error)) fail_msg("%s, in: %s", error.text, yaml);
}

void rules_of_the_architecture_are_checked(void **state) {
    (void)state;
    assert_rule("mmu: {xlen: 48}", "mmu: ");
    assert_rule("mmu: {pmp_entries: 4}", "mmu: ");
    assert_rule("mmu: {xlen: 32, pa_bits: 40}", "mmu: ");
    assert_rule("mmu: {xlen: 32, asid_bits: 10}", "mmu: ");
    assert_rule("mmu: {xlen: 32, mode: sv48}", "mmu.mode: ");
    assert_rule("mmu: {pa_bits: 32}\nos: {frames: 1000000}", "do not fit in 32 bits");
    assert_rule("mmu: {mode: sv32}\nos: {swap_mib: 16384}", "a PTE of Sv32 names");
    assert_rule("random: {overtake: 1}\ncheck: {oracle: both}", "random.overtake");
    assert_rule("random: {overtake: 1}\ncheck: {oracle: legal}", "random.overtake");
    assert_rule("mmu: {prefetch: yes}", "mmu.prefetch");
    assert_rule("tlb: {l2: {entries: 64, ways: 7}}", "tlb.l2 (64 entries, 7 ways, plru)");
    assert_rule("tlb: {l2: {entries: 48, ways: 3}}", "tlb.l2 (48 entries, 3 ways, plru)");
    assert_legal("tlb: {l2: {entries: 48, ways: 3, policy: random}}");
    assert_legal("tlb: {l2: {ways: 7}}");  // not looked at without entries
    assert_legal(
        "tlb: {l2: {entries: 4096, ways: 16}}\n"
        "mmu: {prefetch: yes, walks: 8, pwc_entries: 64}");
    assert_legal("random: {overtake: 1}");
    assert_legal("mmu: {mode: sv57, pa_bits: 32, asid_bits: 0, pmp_entries: 16, svnapot: no}");
    assert_legal("mmu: {xlen: 32, pa_bits: 32, asid_bits: 9, pmp_entries: 8}");
    assert_legal("mmu: {mode: sv32}\nos: {swap_mib: 16383}");
}

void xlen_32_brings_its_own_defaults(void **state) {
    (void)state;
    static const char *const ways[] = {"mmu: {xlen: 32}", "mmu: {mode: sv32}",
                                       "mmu: {mode: sv32, xlen: 32}"};
    for (unsigned i = 0; i < 3; i++) {
        struct run_config config = config_of(ways[i]);
        struct mmu_arch arch = config_mmu(&config).arch;
        assert_int_equal(config_satp_mode(&config), MMU_SATP_MODE_SV32);
        assert_int_equal(arch.xlen, 32);
        assert_int_equal(arch.pa_bits, 34);
        assert_int_equal(arch.asid_bits, 9);
        assert_false(arch.svnapot);
        assert_legal(ways[i]);
    }
    struct run_config given = config_of("mmu: {xlen: 32, pa_bits: 33, asid_bits: 3}");
    assert_int_equal(given.pa_bits, 33);
    assert_int_equal(given.asid_bits, 3);
}

// The command that repeats a run gives settled values: settling them again changes nothing.
void settling_twice_changes_nothing(void **state) {
    (void)state;
    static const char *const configs[] = {"", "mmu: {xlen: 32}", "mmu: {mode: sv57, pa_bits: 40}"};
    for (unsigned i = 0; i < 3; i++) {
        struct run_config once = config_of(configs[i]), twice = once;
        config_settle(&twice);
        assert_memory_equal(&once, &twice, sizeof once);
    }
}

void architecture_of_a_configuration_is_what_the_keys_say(void **state) {
    (void)state;
    struct run_config config = config_of(
        "mmu: {pa_bits: 40, asid_bits: 4, pmp_entries: 16, svnapot: no, update_first: no}\n"
        "tlb: {data: {entries: 8, ways: 2, policy: plru}}");
    struct mmu_config mmu = config_mmu(&config);
    assert_int_equal(mmu.arch.xlen, 64);
    assert_int_equal(mmu.arch.pa_bits, 40);
    assert_int_equal(mmu.arch.asid_bits, 4);
    assert_int_equal(mmu.arch.pmp_entries, 16);
    assert_false(mmu.arch.svnapot || mmu.arch.update_first);
    assert_int_equal(mmu.tlb[MMU_PORT_DATA].entries, 8);
    assert_int_equal(mmu.tlb[MMU_PORT_DATA].ways, 2);
    assert_int_equal(mmu.tlb[MMU_PORT_DATA].policy, MMU_PLRU);
    assert_int_equal(mmu.tlb[MMU_PORT_FETCH].entries, 16);
    assert_int_equal(mmu.l2.entries, 0);
    assert_int_equal(mmu.walks, 1);
    assert_int_equal(mmu.pwc_entries, 0);
    assert_false(mmu.prefetch);
}

void hierarchy_of_a_configuration_is_what_the_keys_say(void **state) {
    (void)state;
    struct run_config config = config_of(
        "tlb: {l2: {entries: 512, ways: 8, policy: fifo}}\n"
        "mmu: {walks: 6, pwc_entries: 12, prefetch: yes}\n"
        "driver: {outstanding: 7}");
    struct mmu_config mmu = config_mmu(&config);
    assert_int_equal(mmu.l2.entries, 512);
    assert_int_equal(mmu.l2.ways, 8);
    assert_int_equal(mmu.l2.policy, MMU_FIFO);
    assert_int_equal(mmu.walks, 6);
    assert_int_equal(mmu.pwc_entries, 12);
    assert_true(mmu.prefetch);
    assert_int_equal(config.outstanding, 7);
}

static void assert_same_weights(const struct stimulus_config *a, const struct stimulus_config *b) {
#define X(field, least, most, standard, text) assert_int_equal(a->field, b->field);
    STIMULUS_WEIGHT_LIST(X)
#undef X
}

// The keys of random.* are the weights of the stimulus, one by one.
void weights_reach_the_stimulus(void **state) {
    (void)state;
    const struct run_config standard_config = config_default();
#define X(field, least, most, standard, text)                              \
    {                                                                      \
        struct run_config config = standard_config;                        \
        struct stimulus_config expected = random_stimulus(&config), found; \
        assert_int_equal(expected.field, standard);                        \
        expected.field = expected.field == (most) ? (least) : (most);      \
        config.random_##field = expected.field;                            \
        found = random_stimulus(&config);                                  \
        assert_same_weights(&found, &expected);                            \
    }
    STIMULUS_WEIGHT_LIST(X)
#undef X
}
