// SPDX-License-Identifier: Apache-2.0
// Each sentence of the pager's oracle, provoked by the mistake that it names.
#include "fixture.h"

static void oracle_open(struct sim_test_machine *m, uint32_t frames) {
    sim_test_machine_open(
        m, (struct pager_config){.frames = frames, .policy = POLICY_LRU, .swap_slots = 8});
}

static uint64_t oracle_pa(const struct sim_test_machine *m, uint64_t vpn) {
    return sim_test_pte(m, 0, vpn) >> 10 << 12;
}

static void oracle_touch_fails(struct sim_test_machine *m, uint64_t vpn, uint64_t pa, bool write,
                               const char *sentence) {
    uint64_t before = pager_counts(m->pager)->references;
    assert_int_equal(pager_touch(m->pager, 0, vpn << 12, pa, write, UINT64_MAX, &m->error),
                     SIM_ERROR_FORMAT);
    sim_test_begins(&m->error, sentence);
    assert_int_equal(pager_counts(m->pager)->references, before);
}

static void oracle_reference_fails(struct sim_test_machine *m, uint64_t vpn, bool write,
                                   const char *sentence) {
    bool major;
    assert_int_equal(pager_reference(m->pager, 0, vpn << 12, write, UINT64_MAX, &major, &m->error),
                     SIM_ERROR_FORMAT);
    sim_test_begins(&m->error, sentence);
}

static void oracle_names_a_wrong_translation(void **state) {
    (void)state;
    struct sim_test_machine m;
    oracle_open(&m, 2);
    sim_test_reference(&m, 0, 1, false);
    uint64_t pa = oracle_pa(&m, 1);
    const uint64_t wrong[] = {pa + 8, SIM_TEST_BASE, 0, SIM_TEST_BASE + (64 << 20), UINT64_MAX};
    for (unsigned i = 0; i < 5; i++) {
        oracle_touch_fails(&m, 1, wrong[i], false,
                           "wrong translation: space 0 address 0x1000: found physical address 0x");
    }
    sim_test_machine_close(&m);
}

static void oracle_names_a_stale_translation_and_where_the_page_is(void **state) {
    (void)state;
    struct sim_test_machine m;
    oracle_open(&m, 2);
    sim_test_reference(&m, 0, 1, true);
    sim_test_reference(&m, 0, 2, false);
    uint64_t first = oracle_pa(&m, 1), second = oracle_pa(&m, 2);
    oracle_touch_fails(&m, 1, second, false,
                       "stale translation: space 0 page 0x1: expected in frame 0, found frame 1, "
                       "which belongs to space 0 page 0x2");
    oracle_touch_fails(
        &m, 9, second, false,
        "stale translation: space 0 page 0x9: expected not in memory, found frame 1");
    sim_test_reference(&m, 0, 3, false);
    oracle_touch_fails(&m, 1, first, false,
                       "stale translation: space 0 page 0x1: expected in swap slot 0, found frame "
                       "0, which belongs to space 0 page 0x3");
    pager_space_end(m.pager, 0);
    oracle_touch_fails(&m, 3, first, false,
                       "stale translation: space 0 page 0x3: expected not in memory, found frame "
                       "0, which is free");
    sim_test_machine_close(&m);
}

static void oracle_names_a_page_whose_end_is_older_than_its_beginning(void **state) {
    (void)state;
    struct sim_test_machine m;
    oracle_open(&m, 2);
    for (unsigned i = 0; i < 3; i++) sim_test_reference(&m, 0, 1, true);
    uint64_t pa = oracle_pa(&m, 1);
    assert_true(sim_memory_write(m.memory, pa + MMU_PAGE_BYTES - 8, 8, 2));
    oracle_touch_fails(
        &m, 1, pa, false,
        "torn page: space 0 page 0x1: frame 0 begins with version 3 and ends with 2");
    sim_test_machine_close(&m);
}

static void oracle_names_a_frame_with_two_owners_and_a_version_that_is_not_the_last(void **state) {
    (void)state;
    struct sim_test_machine m;
    oracle_open(&m, 2);
    for (unsigned i = 0; i < 3; i++) sim_test_reference(&m, 0, 1, true);
    uint64_t pa = oracle_pa(&m, 1);
    assert_true(sim_memory_write(m.memory, pa + 16, 8, 2));
    oracle_touch_fails(&m, 1, pa, false,
                       "lost update: space 0 page 0x1: frame 0 holds version 2, expected 3");
    assert_true(sim_memory_write(m.memory, pa + 16, 8, 4));
    oracle_touch_fails(&m, 1, pa, false,
                       "wrong version: space 0 page 0x1: frame 0 holds version 4, expected 3");
    assert_true(sim_memory_write(m.memory, pa + 8, 8, 7));
    oracle_touch_fails(&m, 1, pa, false,
                       "frame with two owners: frame 0 belongs to space 0 page 0x1, its content to "
                       "space 0 page 0x7");
    assert_true(sim_memory_write(m.memory, pa + 8, 8, 1));
    assert_true(sim_memory_write(m.memory, pa, 8, 3));
    oracle_touch_fails(&m, 1, pa, false, "frame with two owners: ");
    sim_test_machine_close(&m);
}

static void oracle_names_an_access_without_a_and_a_store_without_d(void **state) {
    (void)state;
    struct sim_test_machine m;
    oracle_open(&m, 2);
    sim_test_reference(&m, 0, 1, false);
    uint64_t pa = oracle_pa(&m, 1), pte = sim_test_pte(&m, 0, 1);
    oracle_touch_fails(&m, 1, pa, true, "store without D: space 0 page 0x1: ");
    sim_test_pte_set(&m, 0, 1, pte & ~UINT64_C(0x40));
    oracle_touch_fails(&m, 1, pa, false, "access without A: space 0 page 0x1: ");
    sim_test_machine_close(&m);
}

static void oracle_names_a_damaged_pte_whoever_meets_it(void **state) {
    (void)state;
    struct sim_test_machine m;
    struct pager_work work;
    oracle_open(&m, 1);
    sim_test_reference(&m, 0, 1, true);
    uint64_t pa = oracle_pa(&m, 1), pte = sim_test_pte(&m, 0, 1);
    for (unsigned bit = 0; bit < 64; bit++) {
        if (bit == 6 || bit == 7) continue;
        sim_test_pte_set(&m, 0, 1, pte ^ UINT64_C(1) << bit);
        oracle_touch_fails(&m, 1, pa, false, "damaged page table: space 0 page 0x1: ");
        assert_int_equal(sim_test_begin(&m, 0, 2, MMU_CAUSE_LOAD_PAGE, &work), SIM_ERROR_FORMAT);
        sim_test_begins(&m.error, "damaged page table: space 0 page 0x1: ");  // as victim
        if (bit == 0) continue;
        assert_int_equal(sim_test_begin(&m, 0, 1, MMU_CAUSE_LOAD_PAGE, &work), SIM_ERROR_FORMAT);
        sim_test_begins(&m.error, "damaged page table: space 0 page 0x1: ");  // as page
    }
    sim_test_pte_set(&m, 0, 1, pte);
    assert_false(sim_test_reference(&m, 0, 1, true));
    sim_test_machine_close(&m);
}

static void oracle_names_a_pte_of_another_pages_slot(void **state) {
    (void)state;
    const uint64_t damages[] = {2 << 10, 7 << 10, 100 << 10, 1 << 10 | 2, UINT64_MAX << 1};
    for (unsigned i = 0; i < 5; i++) {
        struct sim_test_machine m;
        oracle_open(&m, 1);
        for (uint64_t vpn = 1; vpn <= 3; vpn++) sim_test_reference(&m, 0, vpn, true);
        assert_int_equal(sim_test_pte(&m, 0, 1), 1 << 10);
        sim_test_pte_set(&m, 0, 1, damages[i]);
        oracle_reference_fails(&m, 1, false, "damaged page table: space 0 page 0x1: PTE 0x");
        sim_test_contains(&m.error, "names no swap slot that holds this page");
        sim_test_machine_close(&m);
    }
}

static void oracle_tells_the_same_page_of_two_spaces_apart(void **state) {
    (void)state;
    struct sim_test_machine m;
    uint32_t other;
    oracle_open(&m, 2);
    assert_int_equal(pager_space_create(m.pager, &other, &m.error), SIM_OK);
    sim_test_reference(&m, 0, 1, true);
    sim_test_reference(&m, other, 1, true);
    oracle_touch_fails(&m, 1, sim_test_pte(&m, other, 1) >> 10 << 12, false,
                       "stale translation: space 0 page 0x1: expected in frame 0, found frame 1, "
                       "which belongs to space 1 page 0x1");
    for (uint64_t vpn = 2; vpn <= 3; vpn++) sim_test_reference(&m, 0, vpn, false);
    sim_test_pte_set(&m, 0, 1, sim_test_pte(&m, other, 1));  // its slot
    oracle_reference_fails(&m, 1, false, "damaged page table: space 0 page 0x1: ");
    sim_test_machine_close(&m);
}

static void oracle_names_a_damaged_pointer(void **state) {
    (void)state;
    struct sim_test_machine m;
    oracle_open(&m, 2);
    sim_test_reference(&m, 0, 1, true);
    assert_true(sim_memory_write(m.memory, space_root(m.pager->spaces[0]), 8, 0xF));
    oracle_reference_fails(&m, 2, false, "damaged page table: space 0 page 0x2: a pointer");
    sim_test_machine_close(&m);
}

static void oracle_names_a_victim_whose_d_was_forgotten(void **state) {
    (void)state;
    struct sim_test_machine m;
    oracle_open(&m, 1);
    sim_test_reference(&m, 0, 1, true);
    sim_test_pte_set(&m, 0, 1, sim_test_pte(&m, 0, 1) & ~UINT64_C(0x80));
    oracle_reference_fails(&m, 2, false,
                           "lost update: space 0 page 0x1: frame 0 is evicted with D = 0, but "
                           "holds version 1, and version 0 is saved");
    sim_test_machine_close(&m);
}

static void oracle_names_a_victim_whose_content_is_not_its_own(void **state) {
    (void)state;
    struct sim_test_machine m;
    oracle_open(&m, 1);
    sim_test_reference(&m, 0, 1, true);
    assert_true(sim_memory_write(m.memory, oracle_pa(&m, 1) + 16, 8, 0));
    oracle_reference_fails(&m, 2, false,
                           "lost update: space 0 page 0x1: frame 0 holds version 0, expected 1");
    sim_test_machine_close(&m);
}

static void oracle_names_what_the_storage_did_to_a_page(void **state) {
    (void)state;
    const struct {
        enum sim_test_write mode;
        const char *sentence;
    } cases[] = {{STORAGE_LOSES, "lost write: "}, {STORAGE_TEARS, "torn write: "}};
    for (unsigned i = 0; i < 2; i++) {
        struct sim_test_machine m;
        oracle_open(&m, 1);
        sim_test_reference(&m, 0, 1, true);
        sim_test_reference(&m, 0, 2, false);
        sim_test_reference(&m, 0, 1, true);
        m.storage.next_write = cases[i].mode;
        m.storage.tear_bytes = 1024;
        sim_test_reference(&m, 0, 2, false);
        oracle_reference_fails(&m, 1, false, cases[i].sentence);
        sim_test_contains(&m.error, "slot 0, space 0 page 0x1: expected version 2");
        sim_test_machine_close(&m);
    }
}

static void oracle_leaves_a_full_disk_to_the_operating_system(void **state) {
    (void)state;
    struct sim_test_machine m;
    bool major;
    oracle_open(&m, 1);
    sim_test_reference(&m, 0, 1, true);
    m.storage.next_write = STORAGE_FULL;
    assert_int_equal(pager_reference(m.pager, 0, 2 << 12, false, 0, &major, &m.error),
                     SIM_ERROR_IO);
    sim_test_contains(&m.error, "No space left on device");
    sim_test_machine_close(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(oracle_names_a_wrong_translation),
        cmocka_unit_test(oracle_names_a_stale_translation_and_where_the_page_is),
        cmocka_unit_test(oracle_names_a_page_whose_end_is_older_than_its_beginning),
        cmocka_unit_test(oracle_names_a_frame_with_two_owners_and_a_version_that_is_not_the_last),
        cmocka_unit_test(oracle_names_an_access_without_a_and_a_store_without_d),
        cmocka_unit_test(oracle_names_a_damaged_pte_whoever_meets_it),
        cmocka_unit_test(oracle_names_a_pte_of_another_pages_slot),
        cmocka_unit_test(oracle_tells_the_same_page_of_two_spaces_apart),
        cmocka_unit_test(oracle_names_a_damaged_pointer),
        cmocka_unit_test(oracle_names_a_victim_whose_d_was_forgotten),
        cmocka_unit_test(oracle_names_a_victim_whose_content_is_not_its_own),
        cmocka_unit_test(oracle_names_what_the_storage_did_to_a_page),
        cmocka_unit_test(oracle_leaves_a_full_disk_to_the_operating_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
