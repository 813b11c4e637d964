// SPDX-License-Identifier: Apache-2.0
// The prefetcher in the timed engine: the rules of section 7, one by one.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "caches.h"

// Walk of page 0: completes in 7. The register holds page 1 in 8, read in 8, compared in 9, taken
// at the end of 9; reads in 10, 12, 14; completes in 15.
static void page_after_a_walked_one_is_prefetched_into_the_second_level(void **state) {
    (void)state;
    begin(16, 0, true, 1);
    load(0, PAGE(0));
    load(30, PAGE(1));
    bench_run(&bench, 60);
    bench_expect(&bench, MEM_REQ, 8, "__1_1_1____");
    bench_expect(&bench, L2_FILL, 8, "1_______1__");
    bench_expect(&bench, D_FILL, 8, "1__________");
    assert_true(bench.counter[MMU_COUNT_PREFETCHES][9] == 0);
    assert_true(bench.counter[MMU_COUNT_PREFETCHES][10] == 1);
    assert_true(bench.counter[MMU_COUNT_PREFETCH_FILLS][15] == 0);
    assert_true(bench.counter[MMU_COUNT_PREFETCH_FILLS][16] == 1);
    expect_source(MMU_PORT_DATA, 32, MMU_SOURCE_L2);
    assert_int_equal(bench.memory.reads, 6);  // neither a prefetch nor an L2 answer begins another
}

static void prefetch_sets_no_bits_and_faults_without_a_trace(void **state) {
    (void)state;
    const uint64_t flags[3] = {RWX_AD_S & ~MMU_PTE_A, 0, MMU_PTE_V | MMU_PTE_W};
    for (unsigned k = 0; k < 3; ++k) {
        begin(16, 0, true, 1);
        bench.csr.adue = true;
        fixture_map(&bench.memory, PAGE(1), 0, 0x31, flags[k]);
        load(0, PAGE(0));
        bench_run(&bench, 40);
        assert_int_equal(bench.memory.reads, 6);
        assert_int_equal(bench.memory.writes, 0);
        assert_true(bench_counter(&bench, MMU_COUNT_PREFETCHES) == 1);
        assert_true(bench_counter(&bench, MMU_COUNT_PREFETCH_FILLS) == 0);
        assert_true(bench_counter(&bench, MMU_COUNT_WALKS) == 2);
        assert_true(bench_counter(&bench, MMU_COUNT_FAULTS) == 0);
        assert_true(bench_counter(&bench, MMU_COUNT_L2_FILLS) == 1);
        bench_free(&bench);
    }
    begin(16, 0, true, 1);
}

static void prefetch_needs_no_permission(void **state) {
    (void)state;
    begin(16, 0, true, 1);
    fixture_map(&bench.memory, PAGE(1), 0, 0x31,
                MMU_PTE_V | MMU_PTE_X | MMU_PTE_U | MMU_PTE_A);  // no load of S may use it
    load(0, PAGE(0));
    bench_run(&bench, 40);
    assert_true(bench_counter(&bench, MMU_COUNT_PREFETCH_FILLS) == 1);
}

static void page_in_the_second_level_or_beyond_the_table_is_not_prefetched(void **state) {
    (void)state;
    begin(16, 0, true, 1);
    load(0, PAGE(1));   // page 2 follows by prefetch
    load(30, PAGE(0));  // page 1 is there
    fixture_map(&bench.memory, PAGE(511), 0, 0x99, RWX_AD_S);
    load(60, PAGE(511));
    load(90, VA_2M);
    bench_run(&bench, 120);
    assert_true(bench_counter(&bench, MMU_COUNT_PREFETCHES) == 1);
}

static void request_for_a_page_being_prefetched_takes_its_translation(void **state) {
    (void)state;
    begin(16, 0, true, 1);
    load(0, PAGE(0));
    load(10, PAGE(1));  // LOOKUP in 11, WAIT in 12 .. 15, RESOLVE in 16
    bench_run(&bench, 40);
    expect_source(MMU_PORT_DATA, 17, MMU_SOURCE_WALK);
    bench_expect(&bench, D_FILL, 16, "_1_");
    const struct mmu_history *history = bench_history(&bench, MMU_PORT_DATA, 1);
    assert_true(history->merged && history->terms.wait == 4 && history->terms.resolve == 1);
    assert_true(bench_counter(&bench, MMU_COUNT_MERGES) == 1);
    assert_int_equal(bench.memory.reads, 6);
}

static void fence_ends_a_prefetch_in_every_cycle(void **state) {
    (void)state;
    for (uint64_t f = 8; f <= 15; ++f) {
        begin(16, 0, true, 1);
        load(0, PAGE(0));
        bench_fence_of(&bench, f, (struct mmu_fence){.has_va = true, .va = VA_2M});
        bench_run(&bench, 40);
        // Taken in 9 at the earliest; a request put on the wires by f is completed.
        assert_true(bench_counter(&bench, MMU_COUNT_PREFETCHES) == (f > 9));
        assert_int_equal(bench.memory.reads, f > 9 ? 3 + (f - 8) / 2 : 3);
        assert_true(bench_counter(&bench, MMU_COUNT_PREFETCH_FILLS) == 0);
        assert_true(bench_counter(&bench, MMU_COUNT_WALK_RESTARTS) == 0);
        assert_true(bench_counter(&bench, MMU_COUNT_KILLS) == 0);
        bench_free(&bench);
    }
    begin(16, 0, true, 1);
}

// The register holds page 1 in 8 (read) and 9 (compared, a candidate); the walk begins in 10.
static void begin_with_registers(uint64_t cycle, struct mmu_csr csr) {
    begin(16, 0, true, 1);
    load(0, PAGE(0));
    bench_registers(&bench, cycle, csr);
}

static void page_of_a_satp_that_is_not_current_is_forgotten(void **state) {
    (void)state;
    const struct mmu_csr s_mode = {.satp = FIXTURE_SATP_ASID(1), .priv = MMU_PRIV_S};
    struct mmu_csr others[4] = {s_mode, s_mode, s_mode, s_mode};
    others[0].satp = FIXTURE_SATP_ASID(2);
    others[1].satp = s_mode.satp + 1;
    others[2].satp = s_mode.satp ^ UINT64_C(1) << 60;  // Sv48
    others[3].priv = MMU_PRIV_M;
    for (unsigned k = 0; k < 16; ++k) {
        uint64_t x = 6 + k / 4;  // from here on, or in this cycle alone
        for (unsigned alone = 0; alone < 2; ++alone) {
            begin_with_registers(x, others[k % 4]);
            if (alone) bench_registers(&bench, x + 1, s_mode);
            bench_run(&bench, 40);
            // In 6 nothing is kept yet. From 7 on, when the walk completes: nothing enters.
            bool prefetches = alone && x == 6;
            assert_true(bench_counter(&bench, MMU_COUNT_PREFETCHES) == prefetches);
            assert_int_equal(bench.memory.reads, prefetches ? 6 : 3);
            bench_free(&bench);
        }
    }
    begin(16, 0, true, 1);
}

static void walk_of_a_prefetch_goes_on_under_another_satp(void **state) {
    (void)state;
    begin_with_registers(10, (struct mmu_csr){.satp = FIXTURE_SATP_ASID(2), .priv = MMU_PRIV_M});
    bench_run(&bench, 40);
    assert_true(bench_counter(&bench, MMU_COUNT_PREFETCH_FILLS) == 1);
}

static void satp_is_active_for_one_port_that_is_not_in_m_mode(void **state) {
    (void)state;
    for (unsigned mpp = MMU_PRIV_U; mpp <= MMU_PRIV_M; mpp += mpp == MMU_PRIV_S ? 2 : 1) {
        for (unsigned mprv = 0; mprv < 2; ++mprv) {
            begin_with_registers(4, (struct mmu_csr){.satp = FIXTURE_SATP_ASID(1),
                                                     .priv = MMU_PRIV_M,
                                                     .mpp = (uint8_t)mpp,
                                                     .mprv = mprv});
            bench_run(&bench, 40);
            bool active = mprv && mpp != MMU_PRIV_M;
            assert_true(bench_counter(&bench, MMU_COUNT_PREFETCHES) == active);
            bench_free(&bench);
        }
    }
    begin_with_registers(
        4, (struct mmu_csr){
               .satp = FIXTURE_SATP_ASID(1), .priv = MMU_PRIV_U, .mpp = MMU_PRIV_M, .mprv = true});
    bench_run(&bench, 40);
    assert_true(bench_counter(&bench, MMU_COUNT_PREFETCHES) == 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(page_after_a_walked_one_is_prefetched_into_the_second_level, end),
        cmocka_unit_test_teardown(prefetch_sets_no_bits_and_faults_without_a_trace, end),
        cmocka_unit_test_teardown(prefetch_needs_no_permission, end),
        cmocka_unit_test_teardown(page_in_the_second_level_or_beyond_the_table_is_not_prefetched,
                                  end),
        cmocka_unit_test_teardown(request_for_a_page_being_prefetched_takes_its_translation, end),
        cmocka_unit_test_teardown(fence_ends_a_prefetch_in_every_cycle, end),
        cmocka_unit_test_teardown(page_of_a_satp_that_is_not_current_is_forgotten, end),
        cmocka_unit_test_teardown(walk_of_a_prefetch_goes_on_under_another_satp, end),
        cmocka_unit_test_teardown(satp_is_active_for_one_port_that_is_not_in_m_mode, end),
    };
    return cmocka_run_group_tests_name("unit.prefetch", tests, NULL, NULL) == 0 ? 0 : 1;
}
