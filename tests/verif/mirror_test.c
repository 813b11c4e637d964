// SPDX-License-Identifier: Apache-2.0
// What the bench sees of second level, page-walk caches, prefetch and several walks: a unit that is
// wrong in one output, or of another configuration, is found under random stimulus.
#include "mirror.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "verif/stimulus.h"

enum { CYCLES = 100000 };

struct tables {
    uint64_t base;
    uint8_t bytes[STIMULUS_TABLE_BYTES];
};

static struct tables tables;

static bool read_bytes(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    (void)user;
    *value = 0;
    if (pa < tables.base || pa - tables.base >= sizeof tables.bytes) return false;
    memcpy(value, tables.bytes + (pa - tables.base), bytes);
    return true;
}

static bool write_bytes(void *user, uint64_t pa, unsigned bytes, uint64_t value) {
    (void)user;
    if (pa < tables.base || pa - tables.base >= sizeof tables.bytes) return false;
    memcpy(tables.bytes + (pa - tables.base), &value, bytes);
    return true;
}

static uint64_t seed(void) {
    const char *text = getenv("TANDEM_SEED");
    return text ? strtoull(text, NULL, 0) : 1;
}

// Everything on, small enough to overflow.
static struct mmu_config whole(void) {
    struct mmu_config config = mmu_config_default();
    config.arch.pmp_entries = 8;
    config.tlb[0] = config.tlb[1] = (struct mmu_tlb_config){2, 2, MMU_LRU};
    config.l2 = (struct mmu_l2_config){16, 4, MMU_LRU};
    config.pwc_entries = 3;
    config.walks = 4;
    config.prefetch = true;
    return config;
}

// Returns the check that found the unit out, BENCH_CHECKS if none did.
static enum bench_check found_by(const struct mmu_config *built, unsigned fault, char *what) {
    struct bench_config config = {
        .mode = BENCH_LOCKSTEP,
        .oracle = BENCH_SHADOW,
        .mmu = whole(),
        .ops = mirror_ops(),
        .memory = {.read = read_bytes, .write = write_bytes},
        .timing = {.grant_min = 1, .grant_max = 3, .data_min = 1, .data_max = 5, .seed = seed()},
        .watchdog_cycles = 4000,
        .counter_interval = 1,
        .wave_from = 1};
    struct stimulus_config asked = stimulus_default();
    asked.arch = config.mmu.arch;
    asked.seed = seed();
    asked.reset = 0;
    asked.poison = 200;
    memset(&tables, 0, sizeof tables);
    tables.base = asked.table_base;
    config.dut = mirror_create(&config, built, fault);
    struct bench *bench = bench_create(&config);
    struct stimulus *stimulus = stimulus_create(&asked, &config.memory);
    assert_true(config.dut && bench && stimulus);
    struct bench_inputs in;
    struct bench_outputs out;
    bool ok = true;
    for (unsigned c = 0; ok && c < CYCLES; c++)
        ok = stimulus_next(stimulus, bench, c ? &out : NULL, &in) && bench_cycle(bench, &in, &out);
    enum bench_check check = ok ? BENCH_CHECKS : bench_mismatch(bench)->check;
    snprintf(what, LEGAL_REASON_BYTES, "%s", ok ? "nothing" : bench_mismatch(bench)->what);
    stimulus_destroy(stimulus);
    bench_destroy(bench);
    mirror_ops()->destroy(config.dut);
    return check;
}

static void unaltered_unit_agrees(void **state) {
    (void)state;
    struct mmu_config config = whole();
    char what[LEGAL_REASON_BYTES];
    assert_int_equal(found_by(&config, MIRROR_RIGHT, what), BENCH_CHECKS);
}

static void each_altered_output_is_named(void **state) {
    (void)state;
    static const struct {
        enum mirror_fault fault;
        enum bench_check check;
        const char *what;
    } rows[] = {{MIRROR_L2_FILL_SET, CHECK_VICTIM, "l2_fill_set"},
                {MIRROR_L2_FILL_WAY, CHECK_VICTIM, "l2_fill_way"},
                {MIRROR_L2_FILL_EVICT, CHECK_VICTIM, "l2_fill_evict"},
                {MIRROR_L2_FILL_SILENT, CHECK_VICTIM, "l2_fill_valid"},
                {MIRROR_L2_FILL_UNASKED, CHECK_VICTIM, "l2_fill_valid"},
                {MIRROR_L2_AS_L1, CHECK_SOURCE, "_rsp_source"},
                {MIRROR_TAG, CHECK_TAG, "_rsp_tag"},
                {MIRROR_FAULT_TAG, CHECK_FAULT_RECORD, "fault_tag"},
                {MIRROR_ID, CHECK_PTE_ACCESS, "mem_req_id"},
                {MIRROR_PMP_READY, CHECK_READY, "pmp_ready"}};
    struct mmu_config config = whole();
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        char what[LEGAL_REASON_BYTES];
        enum bench_check check = found_by(&config, rows[k].fault, what);
        if (check != rows[k].check || !strstr(what, rows[k].what))
            fail_msg("instead of %s: %s", rows[k].what, what);
    }
}

// Under one name; in any cycle: one that counts a cycle late is right whenever nothing happens.
static void each_counter_is_compared_in_every_cycle(void **state) {
    (void)state;
    struct mmu_config config = whole();
    for (unsigned c = 0; c < MMU_COUNTERS; c++) {
        if (!bench_counter_name(c)) continue;
        for (unsigned late = 0; late < 2; late++) {
            char what[LEGAL_REASON_BYTES];
            unsigned fault = (late ? MIRROR_LATE : MIRROR_COUNTERS) + c;
            if (found_by(&config, fault, what) != CHECK_COUNTER)
                fail_msg("%s (%s): %s", bench_counter_name(c), late ? "late" : "never", what);
            assert_string_equal(what + strlen("counter "), bench_counter_name(c));
        }
    }
}

static void expect_found(const struct mmu_config *config, unsigned fault, const char *name) {
    char what[LEGAL_REASON_BYTES];
    if (found_by(config, fault, what) == BENCH_CHECKS) fail_msg("%s is not noticed", name);
}

static void other_second_level_is_noticed(void **state) {
    (void)state;
    struct mmu_config config = whole();
    expect_found(&config, MIRROR_POISON, "poison that is ignored");
    config.l2.entries = 32;
    expect_found(&config, MIRROR_RIGHT, "more entries");
    config = whole();
    config.l2.ways = 2;
    expect_found(&config, MIRROR_RIGHT, "fewer ways");
    for (unsigned policy = MMU_PLRU; policy <= MMU_RANDOM; policy++) {
        config = whole();
        config.l2.policy = (uint8_t)policy;
        expect_found(&config, MIRROR_RIGHT, "another policy");
    }
    config = whole();
    config.prefetch = false;
    expect_found(&config, MIRROR_RIGHT, "no prefetch");
    config.l2.entries = 0;
    expect_found(&config, MIRROR_RIGHT, "no second level");
}

static void other_walk_caches_and_slots_are_noticed(void **state) {
    (void)state;
    for (unsigned entries = 0; entries <= 4; entries++) {
        struct mmu_config config = whole();
        config.pwc_entries = entries;
        if (entries != whole().pwc_entries) expect_found(&config, MIRROR_RIGHT, "walk caches");
    }
    for (unsigned walks = 1; walks <= MMU_WALKS; walks++) {
        struct mmu_config config = whole();
        config.walks = walks;
        if (walks != whole().walks) expect_found(&config, MIRROR_RIGHT, "walks");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unaltered_unit_agrees),
        cmocka_unit_test(each_altered_output_is_named),
        cmocka_unit_test(each_counter_is_compared_in_every_cycle),
        cmocka_unit_test(other_second_level_is_noticed),
        cmocka_unit_test(other_walk_caches_and_slots_are_noticed),
    };
    printf("TANDEM_SEED=%llu\n", (unsigned long long)seed());
    return cmocka_run_group_tests_name("unit.mirror", tests, NULL, NULL) == 0 ? 0 : 1;
}
