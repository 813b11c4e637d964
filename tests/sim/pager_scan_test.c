// SPDX-License-Identifier: Apache-2.0
// Kernels' policies inside the pager: what they clear in PTEs, which fences are owed for it, and
// that no page is lost by cleaning.
#include "fixture.h"

static void machine_open(struct sim_test_machine *m, uint8_t policy, uint8_t fence, uint64_t window,
                         bool adue) {
    struct policy_parameters parameters = policy_parameters_default();
    parameters.wsclock_window = window;
    sim_test_machine_open(m, (struct pager_config){.frames = 3,
                                                   .policy = policy,
                                                   .fence = fence,
                                                   .parameters = &parameters,
                                                   .swap_slots = 16,
                                                   .adue = adue});
}

static unsigned fences_taken(struct sim_test_machine *m) {
    struct mmu_fence fence;
    unsigned count = 0;
    while (pager_next_fence(m->pager, &fence)) count++;
    return count;
}

// Begin a load fault on page 9: three pages are in three frames, all with A.
static struct pager_work full_fault(struct sim_test_machine *m) {
    struct pager_work work;
    for (uint64_t vpn = 0; vpn < 3; vpn++) sim_test_reference(m, m->space, vpn, false);
    assert_int_equal(sim_test_begin(m, m->space, 9, MMU_CAUSE_LOAD_PAGE, &work), SIM_OK);
    assert_true(work.evicts);
    return work;
}

static void pager_clock_on_bits_clears_a_and_owes_a_fence_for_each_page(void **state) {
    (void)state;
    struct sim_test_machine m;
    struct mmu_fence fence;
    uint64_t fenced = 0;
    machine_open(&m, POLICY_CLOCK_BITS, PAGER_FENCE_PAGE, 3, true);
    struct pager_work work = full_fault(&m);
    assert_int_equal(work.victim_vpn, 0);  // all had A: the hand came round
    for (uint64_t vpn = 1; vpn < 3; vpn++) {
        assert_int_equal(sim_test_pte(&m, m.space, vpn) & MMU_PTE_A, 0);
    }
    while (pager_next_fence(m.pager, &fence)) {
        assert_true(fence.has_va && fence.has_asid);
        assert_int_equal(fence.asid, pager_space_asid(m.pager, m.space));
        fenced |= UINT64_C(1) << (fence.va >> MMU_PAGE_BITS);
    }
    assert_int_equal(fenced, 7);
    assert_int_equal(pager_counts(m.pager)->ptes_scanned, 4);
    assert_int_equal(pager_counts(m.pager)->scan_fences, 3);
    assert_int_equal(pager_fault_finish(m.pager, &work, &m.error), SIM_OK);
    sim_test_machine_close(&m);
}

static void pager_owes_one_fence_of_everything_or_none_if_told_so(void **state) {
    (void)state;
    struct sim_test_machine m;
    struct mmu_fence fence;
    machine_open(&m, POLICY_CLOCK_BITS, PAGER_FENCE_ALL, 3, true);
    full_fault(&m);
    assert_true(pager_next_fence(m.pager, &fence));
    assert_false(fence.has_va || fence.has_asid);
    assert_false(pager_next_fence(m.pager, &fence));
    sim_test_machine_close(&m);
    machine_open(&m, POLICY_CLOCK_BITS, PAGER_FENCE_NONE, 3, true);
    full_fault(&m);
    assert_int_equal(fences_taken(&m), 0);
    sim_test_machine_close(&m);
}

static uint64_t page_pa(const struct sim_test_machine *m, uint64_t vpn) {
    return sim_test_pte(m, m->space, vpn) >> MMU_PTE_PPN_SHIFT << MMU_PAGE_BITS;
}

// An access through a translation that a fence should have ended is found; without fences it is
// what is to be expected.
static void pager_finds_an_access_without_a_unless_clearing_a_is_not_fenced(void **state) {
    (void)state;
    struct sim_test_machine m;
    machine_open(&m, POLICY_AGING, PAGER_FENCE_PAGE, 3, true);
    sim_test_reference(&m, m.space, 1, false);
    pager_scan(m.pager);
    assert_int_equal(fences_taken(&m), 1);
    assert_int_equal(
        pager_touch(m.pager, m.space, 1 << MMU_PAGE_BITS, page_pa(&m, 1), false, 0, &m.error),
        SIM_ERROR_FORMAT);
    sim_test_begins(&m.error, "access without A");
    sim_test_machine_close(&m);
    machine_open(&m, POLICY_AGING, PAGER_FENCE_NONE, 3, true);
    sim_test_reference(&m, m.space, 1, false);
    pager_scan(m.pager);
    assert_int_equal(
        pager_touch(m.pager, m.space, 1 << MMU_PAGE_BITS, page_pa(&m, 1), false, 0, &m.error),
        SIM_OK);
    assert_int_equal(
        pager_touch(m.pager, m.space, 1 << MMU_PAGE_BITS, page_pa(&m, 1), true, 0, &m.error),
        SIM_ERROR_FORMAT);  // a store still needs D
    sim_test_begins(&m.error, "store without D");
    sim_test_machine_close(&m);
}

// Under Svade a page whose A was cleared faults at its next reference, and has A again.
static void pager_scan_makes_pages_fault_again_under_svade(void **state) {
    (void)state;
    struct sim_test_machine m;
    machine_open(&m, POLICY_AGING, PAGER_FENCE_PAGE, 3, false);
    sim_test_reference(&m, m.space, 1, false);
    for (unsigned i = 1; i < 4; i++) {
        pager_scan(m.pager);
        assert_false(sim_test_reference(&m, m.space, 1, false));
        assert_int_equal(pager_counts(m.pager)->minor_faults, i);
        assert_true(sim_test_pte(&m, m.space, 1) & MMU_PTE_A);
    }
    assert_int_equal(pager_counts(m.pager)->scans, 3);
    assert_int_equal(pager_counts(m.pager)->major_faults, 1);
    sim_test_machine_close(&m);
}

// Make page 0 old and dirty, then fault until the hand has cleaned it.
static struct pager_work clean_page(struct sim_test_machine *m) {
    struct pager_work work;
    sim_test_reference(m, m->space, 0, true);
    sim_test_reference(m, m->space, 1, false);
    sim_test_reference(m, m->space, 2, false);
    sim_test_reference(m, m->space, 3, false);  // the hand clears A of all
    for (unsigned i = 0; i < 8; i++) sim_test_reference(m, m->space, 3, false);
    assert_int_equal(sim_test_begin(m, m->space, 4, MMU_CAUSE_LOAD_PAGE, &work), SIM_OK);
    return work;
}

static void pager_wsclock_cleans_a_page_that_stays_and_its_next_store_is_not_lost(void **state) {
    (void)state;
    struct sim_test_machine m;
    machine_open(&m, POLICY_WSCLOCK, PAGER_FENCE_NONE, 3, true);
    struct pager_work work = clean_page(&m);
    assert_int_equal(pager_counts(m.pager)->cleaned, 1);
    assert_int_equal(pager_counts(m.pager)->swap_writes, 1);
    assert_int_equal(fences_taken(&m), 1);  // D was cleared: a must
    assert_int_equal(pager_fault_finish(m.pager, &work, &m.error), SIM_OK);
    assert_int_equal(sim_test_pte(&m, m.space, 0) & MMU_PTE_V, MMU_PTE_V);
    assert_int_equal(sim_test_pte(&m, m.space, 0) & MMU_PTE_D, 0);
    // A store through what the TLB still had is found.
    assert_int_equal(pager_touch(m.pager, m.space, 0, page_pa(&m, 0), true, 0, &m.error),
                     SIM_ERROR_FORMAT);
    sim_test_begins(&m.error, "store without D");
    // One that walks is saved again: the oracle proves its version after the page has gone and
    // come.
    sim_test_reference(&m, m.space, 0, true);
    for (uint64_t vpn = 10; vpn < 40; vpn++) sim_test_reference(&m, m.space, vpn, false);
    assert_int_equal(sim_test_pte(&m, m.space, 0) & MMU_PTE_V, 0);
    assert_true(sim_test_reference(&m, m.space, 0, false));
    assert_int_equal(pager_counts(m.pager)->swap_reads, 1);
    sim_test_machine_close(&m);
}

static void pager_reports_what_storage_refuses_while_cleaning(void **state) {
    (void)state;
    struct sim_test_machine m;
    struct pager_work work;
    machine_open(&m, POLICY_WSCLOCK, PAGER_FENCE_PAGE, 3, true);
    sim_test_reference(&m, m.space, 0, true);
    for (uint64_t vpn = 1; vpn < 4; vpn++) sim_test_reference(&m, m.space, vpn, false);
    for (unsigned i = 0; i < 8; i++) sim_test_reference(&m, m.space, 3, false);
    m.storage.next_write = STORAGE_FULL;
    assert_int_equal(sim_test_begin(&m, m.space, 4, MMU_CAUSE_LOAD_PAGE, &work), SIM_ERROR_IO);
    sim_test_contains(&m.error, "No space left");
    sim_test_machine_close(&m);
}

// Processes that come and go, a timer, a window so small that pages are cleaned all the time.
static void pager_loses_no_page_under_kernels_policies(void **state) {
    (void)state;
    const uint8_t policies[] = {POLICY_CLOCK_BITS, POLICY_AGING, POLICY_WSCLOCK};
    uint64_t random = sim_test_seed();
    for (unsigned run = 0; run < 3 * 3 * 2; run++) {
        struct sim_test_machine m;
        uint32_t spaces[3] = {0};
        machine_open(&m, policies[run % 3], (uint8_t)(run / 3 % 3), 0, run / 9);
        for (unsigned i = 1; i < 3; i++) {
            assert_int_equal(pager_space_create(m.pager, &spaces[i], &m.error), SIM_OK);
        }
        for (unsigned i = 0; i < 6000; i++) {
            uint32_t *space = &spaces[sim_test_random(&random) % 3];
            uint64_t vpn = sim_test_random(&random) % 5;
            sim_test_reference(&m, *space, vpn, sim_test_random(&random) % 3 == 0);
            if (i % 7 == 0) pager_scan(m.pager);
            while (fences_taken(&m)) continue;
            if (i % 500 != 499) continue;
            pager_space_end(m.pager, *space);
            assert_int_equal(pager_space_create(m.pager, space, &m.error), SIM_OK);
        }
        assert_int_equal(pager_counts(m.pager)->references, 6000);
        if (policies[run % 3] == POLICY_WSCLOCK) assert_true(pager_counts(m.pager)->cleaned > 100);
        sim_test_machine_close(&m);
    }
}

static void pager_refuses_parameters_that_are_out_of_range(void **state) {
    (void)state;
    struct sim_memory *memory;
    struct pager *pager;
    struct sim_error error;
    struct policy_parameters wrong = policy_parameters_default();
    wrong.s3_threshold = 4;
    struct pager_config config = {.frames = 4, .parameters = &wrong};
    assert_int_equal(sim_memory_create(SIM_TEST_BASE, 1 << 20, &memory, &error), SIM_OK);
    assert_int_equal(pager_create(&config, memory, &pager, &error), SIM_ERROR_USAGE);
    sim_test_contains(&error, "threshold is 1, 2 or 3");
    config = (struct pager_config){.frames = 4, .fence = PAGER_FENCES};
    assert_int_equal(pager_create(&config, memory, &pager, &error), SIM_ERROR_USAGE);
    sim_test_contains(&error, "no kind of fence");
    sim_memory_destroy(memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pager_clock_on_bits_clears_a_and_owes_a_fence_for_each_page),
        cmocka_unit_test(pager_owes_one_fence_of_everything_or_none_if_told_so),
        cmocka_unit_test(pager_finds_an_access_without_a_unless_clearing_a_is_not_fenced),
        cmocka_unit_test(pager_scan_makes_pages_fault_again_under_svade),
        cmocka_unit_test(pager_wsclock_cleans_a_page_that_stays_and_its_next_store_is_not_lost),
        cmocka_unit_test(pager_reports_what_storage_refuses_while_cleaning),
        cmocka_unit_test(pager_loses_no_page_under_kernels_policies),
        cmocka_unit_test(pager_refuses_parameters_that_are_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
