// SPDX-License-Identifier: Apache-2.0
// Miss counts of a recorded program that independent simulators agree on, to the last miss:
// libCacheSim for fully associative page frames, Dinero IV for sets.
#include <stdlib.h>

#include "fixture.h"
#include "mmu/tlb.h"
#include "mmu/walk.h"
#include "program.h"

static void program_has_the_pages_and_writes_that_are_known(void **state) {
    const struct program *program = *state;
    uint64_t writes = 0;
    for (size_t i = 0; i < PROGRAM_REFERENCES; i++) writes += program->references[i] & 1;
    assert_int_equal(future_pages(program->future), PROGRAM_PAGES);
    assert_int_equal(future_references(program->future), PROGRAM_REFERENCES);
    assert_int_equal(writes, 846465);
}

static uint64_t program_page_misses(struct program *program, uint8_t policy, uint32_t frames) {
    struct sim_test_machine m;
    struct sim_error error;
    uint64_t misses = 0;
    sim_test_machine_open(
        &m, (struct pager_config){.frames = frames, .policy = policy, .swap_slots = PROGRAM_PAGES});
    future_rewind(program->future);
    for (size_t i = 0; i < PROGRAM_REFERENCES; i++) {
        uint64_t next_use;
        bool major = false;
        uint64_t va = (uint64_t)(program->references[i] >> 1) << 12;
        if (future_next(program->future, &next_use, &error) != SIM_OK ||
            pager_reference(m.pager, 0, va, program->references[i] & 1, next_use, &major, &error) !=
                SIM_OK) {
            fail_msg("reference %zu: %s", i, error.text);
        }
        misses += major;
    }
    assert_int_equal(pager_counts(m.pager)->references, PROGRAM_REFERENCES);
    assert_int_equal(pager_counts(m.pager)->major_faults, misses);
    assert_int_equal(pager_counts(m.pager)->evictions, misses - frames + m.pager->free_count);
    sim_test_machine_close(&m);
    return misses;
}

static void program_page_misses_are(void **state, uint8_t policy, const uint64_t expected[4]) {
    const uint32_t frames[] = {64, 256, 512, 1024};
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(program_page_misses(*state, policy, frames[i]), expected[i]);
    }
}

static void pager_lru_misses_equal_the_table(void **state) {
    program_page_misses_are(state, POLICY_LRU, (const uint64_t[]){28866, 2193, 1711, 1460});
}

static void pager_fifo_misses_equal_the_table(void **state) {
    program_page_misses_are(state, POLICY_FIFO, (const uint64_t[]){41400, 2813, 1943, 1568});
}

static void pager_clock_misses_equal_the_table(void **state) {
    program_page_misses_are(state, POLICY_CLOCK, (const uint64_t[]){29727, 2290, 1728, 1473});
}

static void pager_opt_misses_equal_the_table(void **state) {
    program_page_misses_are(state, POLICY_OPT, (const uint64_t[]){11477, 1611, 1452, 1452});
}

static uint64_t program_tlb_misses(const struct program *program, uint8_t policy, uint32_t sets,
                                   uint32_t ways) {
    struct mmu_tlb_config config = {.entries = sets * ways, .ways = ways, .policy = policy};
    assert_null(mmu_tlb_config_check(&config));
    struct mmu_arch arch = mmu_arch_default();
    struct mmu_tlb *tlb = mmu_tlb_create(&config, &arch);
    assert_non_null(tlb);
    uint64_t misses = 0;
    for (size_t i = 0; i < PROGRAM_REFERENCES; i++) {
        uint64_t vpn = program->references[i] >> 1;
        const struct mmu_tlb_entry *hit = mmu_tlb_lookup(tlb, vpn << 12, 1);
        if (hit) {
            mmu_tlb_touch(tlb, hit);
            continue;
        }
        misses++;
        mmu_tlb_fill(
            tlb,
            &(struct mmu_tlb_entry){
                .vpn = vpn, .ppn = vpn, .asid = 1, .page_bits = 12, .perm = 0xDF, .valid = true});
    }
    mmu_tlb_destroy(tlb);
    return misses;
}

static void tlb_misses_equal_the_table(void **state) {
    assert_int_equal(program_tlb_misses(*state, MMU_LRU, 16, 4), 63753);
    assert_int_equal(program_tlb_misses(*state, MMU_FIFO, 16, 4), 76381);
    assert_int_equal(program_tlb_misses(*state, MMU_PLRU, 16, 4), 68144);
    assert_int_equal(program_tlb_misses(*state, MMU_LRU, 128, 12), 1453);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program_has_the_pages_and_writes_that_are_known),
        cmocka_unit_test(pager_lru_misses_equal_the_table),
        cmocka_unit_test(pager_fifo_misses_equal_the_table),
        cmocka_unit_test(pager_clock_misses_equal_the_table),
        cmocka_unit_test(pager_opt_misses_equal_the_table),
        cmocka_unit_test(tlb_misses_equal_the_table),
    };
    return cmocka_run_group_tests(tests, program_open, program_close) ? 1 : 0;
}
