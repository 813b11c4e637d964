// SPDX-License-Identifier: Apache-2.0
// The fault handler: what each fault does, to whom, and what it leaves alone.
#include "fixture.h"

static const struct pager_config two_frames = {
    .frames = 2, .policy = POLICY_LRU, .swap_slots = 16, .adue = false};

static void pager_brings_a_page_in_zeroed_and_maps_it_for_the_user(void **state) {
    (void)state;
    struct sim_test_machine m;
    struct pager_work work;
    sim_test_machine_open(&m, two_frames);
    assert_int_equal(sim_test_begin(&m, 0, 5, MMU_CAUSE_LOAD_PAGE, &work), SIM_OK);
    assert_int_equal(work.outcome, PAGER_MAPPED);
    assert_false(work.evicts);
    assert_int_equal(sim_test_pte(&m, 0, 5), 0);
    assert_int_equal(pager_fault_finish(m.pager, &work, &m.error), SIM_OK);
    assert_true(work.zero_filled && !work.from_swap && !work.written_back);
    assert_true(work.fence.has_va && work.fence.has_asid);
    assert_int_equal(work.fence.va, 5 << 12);
    assert_int_equal(work.fence.asid, 1);
    uint64_t frame_pa = SIM_TEST_BASE + (64 << 20) - 2 * 4096 + work.frame * 4096;
    assert_int_equal(sim_test_pte(&m, 0, 5), frame_pa >> 12 << 10 | 0x5F);  // A U X W R V
    assert_int_equal(pager_space_satp(m.pager, 0) >> 44, 8 << 16 | 1);
    sim_test_machine_close(&m);
}

static void pager_keeps_two_spaces_apart(void **state) {
    (void)state;
    struct sim_test_machine m;
    uint32_t other;
    sim_test_machine_open(&m, (struct pager_config){.frames = 4, .swap_slots = 4});
    assert_int_equal(pager_space_create(m.pager, &other, &m.error), SIM_OK);
    assert_int_equal(other, 1);
    assert_true(sim_test_reference(&m, 0, 7, true));
    assert_true(sim_test_reference(&m, other, 7, true));
    assert_false(sim_test_reference(&m, 0, 7, false));
    assert_true(sim_test_pte(&m, 0, 7) != sim_test_pte(&m, other, 7));
    assert_true(pager_space_satp(m.pager, 0) != pager_space_satp(m.pager, 1));
    sim_test_machine_close(&m);
}

static uint8_t *pager_content(struct sim_test_machine *m, uint64_t vpn) {
    uint64_t pa = sim_test_pte(m, 0, vpn) >> 10 << 12;
    return sim_memory_page_writable(m->memory, pa);
}

static void pager_dirty_page_survives_eviction_byte_for_byte(void **state) {
    (void)state;
    for (unsigned adue = 0; adue < 2; adue++) {
        struct sim_test_machine m;
        struct pager_config config = two_frames;
        config.adue = adue;
        sim_test_machine_open(&m, config);
        sim_test_reference(&m, 0, 1, true);
        for (unsigned i = 24; i < 4088; i++) pager_content(&m, 1)[i] = (uint8_t)(i * 7);
        sim_test_reference(&m, 0, 2, false);
        sim_test_reference(&m, 0, 3, false);
        assert_int_equal(sim_test_pte(&m, 0, 1), 1 << 10);  // slot 0
        assert_true(sim_test_reference(&m, 0, 1, false));
        for (unsigned i = 24; i < 4088; i++) {
            assert_int_equal(pager_content(&m, 1)[i], (uint8_t)(i * 7));
        }
        assert_int_equal(pager_counts(m.pager)->swap_writes, 1);
        assert_int_equal(pager_counts(m.pager)->swap_reads, 1);
        sim_test_machine_close(&m);
    }
}

static void pager_clean_page_is_not_rewritten_and_an_unwritten_one_never_written(void **state) {
    (void)state;
    struct sim_test_machine m;
    sim_test_machine_open(&m, two_frames);
    sim_test_reference(&m, 0, 1, true);
    for (unsigned round = 0; round < 5; round++) {
        sim_test_reference(&m, 0, 2, false);
        sim_test_reference(&m, 0, 3, false);
        assert_int_equal(sim_test_pte(&m, 0, 1), 1 << 10);
        assert_true(sim_test_reference(&m, 0, 1, false));
        assert_int_equal(sim_test_pte(&m, 0, 2), 0);
    }
    assert_int_equal(pager_counts(m.pager)->swap_writes, 1);
    assert_int_equal(pager_counts(m.pager)->swap_reads, 5);
    sim_test_reference(&m, 0, 1, true);
    sim_test_reference(&m, 0, 2, false);
    sim_test_reference(&m, 0, 3, false);
    assert_int_equal(pager_counts(m.pager)->swap_writes, 2);
    assert_int_equal(sim_test_pte(&m, 0, 1), 1 << 10);  // the same slot again
    sim_test_machine_close(&m);
}

static void pager_sets_a_and_d_by_faults_unless_hardware_does(void **state) {
    (void)state;
    struct sim_test_machine m;
    struct pager_work work;
    struct pager_config config = two_frames;
    sim_test_machine_open(&m, config);
    sim_test_reference(&m, 0, 1, false);
    assert_int_equal(sim_test_pte(&m, 0, 1) & 0xC0, 0x40);
    assert_int_equal(sim_test_begin(&m, 0, 1, MMU_CAUSE_STORE_PAGE, &work), SIM_OK);
    assert_int_equal(work.outcome, PAGER_ACCESSED);
    assert_int_equal(work.fence.va, 1 << 12);
    assert_int_equal(sim_test_pte(&m, 0, 1) & 0xC0, 0xC0);
    assert_int_equal(pager_counts(m.pager)->minor_faults, 1);
    sim_test_machine_close(&m);

    config.adue = true;
    sim_test_machine_open(&m, config);
    assert_int_equal(sim_test_begin(&m, 0, 1, MMU_CAUSE_STORE_PAGE, &work), SIM_OK);
    assert_int_equal(pager_fault_finish(m.pager, &work, &m.error), SIM_OK);
    assert_int_equal(sim_test_pte(&m, 0, 1) & 0xC0, 0);
    sim_test_reference(&m, 0, 1, false);
    assert_int_equal(sim_test_pte(&m, 0, 1) & 0xC0, 0x40);
    sim_test_reference(&m, 0, 1, true);
    assert_int_equal(sim_test_pte(&m, 0, 1) & 0xC0, 0xC0);
    assert_int_equal(pager_counts(m.pager)->minor_faults, 0);
    sim_test_machine_close(&m);
}

static void pager_fault_on_what_is_there_already_is_spurious(void **state) {
    (void)state;
    struct sim_test_machine m;
    struct pager_work work;
    sim_test_machine_open(&m, two_frames);
    sim_test_reference(&m, 0, 1, true);
    uint64_t pte = sim_test_pte(&m, 0, 1);
    const uint8_t causes[] = {12, 13, 15};
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(sim_test_begin(&m, 0, 1, causes[i], &work), SIM_OK);
        assert_int_equal(work.outcome, PAGER_SPURIOUS);
    }
    assert_int_equal(sim_test_pte(&m, 0, 1), pte);
    assert_int_equal(pager_counts(m.pager)->spurious_faults, 3);
    sim_test_machine_close(&m);
}

static void pager_access_fault_or_an_address_beyond_the_user_half_is_a_violation(void **state) {
    (void)state;
    struct sim_test_machine m;
    struct pager_work work;
    sim_test_machine_open(&m, two_frames);
    const uint8_t causes[] = {1, 5, 7, 0, 8};
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(sim_test_begin(&m, 0, 1, causes[i], &work), SIM_OK);
        assert_int_equal(work.outcome, PAGER_VIOLATION);
    }
    assert_int_equal(sim_test_begin(&m, 0, 1 << 26, MMU_CAUSE_LOAD_PAGE, &work), SIM_OK);
    assert_int_equal(work.outcome, PAGER_VIOLATION);
    assert_int_equal(sim_test_begin(&m, 0, (1 << 26) - 1, MMU_CAUSE_LOAD_PAGE, &work), SIM_OK);
    assert_int_equal(work.outcome, PAGER_MAPPED);
    bool major;
    assert_int_equal(pager_fault_finish(m.pager, &work, &m.error), SIM_OK);
    assert_int_equal(pager_reference(m.pager, 0, UINT64_C(1) << 38, false, 0, &major, &m.error),
                     SIM_ERROR_USAGE);
    sim_test_machine_close(&m);
}

static void pager_eviction_unmaps_before_finish_and_asks_for_the_victims_fence(void **state) {
    (void)state;
    struct sim_test_machine m;
    struct pager_work work;
    sim_test_machine_open(&m, two_frames);
    sim_test_reference(&m, 0, 1, true);
    uint64_t pa = sim_test_pte(&m, 0, 1) >> 10 << 12;
    sim_test_reference(&m, 0, 2, true);
    assert_int_equal(sim_test_begin(&m, 0, 3, MMU_CAUSE_FETCH_PAGE, &work), SIM_OK);
    assert_true(work.evicts);
    assert_int_equal(work.victim_vpn, 1);
    assert_int_equal(work.fence.va, 1 << 12);
    assert_int_equal(sim_test_pte(&m, 0, 1) & MMU_PTE_V, 0);
    // The old translation is in force until the fence: a store by it must not be lost.
    assert_int_equal(pager_touch(m.pager, 0, 1 << 12, pa, true, UINT64_MAX, &m.error), SIM_OK);
    assert_int_equal(pager_fault_finish(m.pager, &work, &m.error), SIM_OK);
    assert_true(work.written_back);
    assert_int_equal(work.fence.va, 3 << 12);
    sim_test_reference(&m, 0, 1, false);
    sim_test_machine_close(&m);
}

static void pager_out_of_memory_changes_nothing_and_spares_the_other_space(void **state) {
    (void)state;
    struct sim_test_machine m;
    struct pager_work work;
    uint32_t other;
    sim_test_machine_open(
        &m, (struct pager_config){.frames = 2, .policy = POLICY_FIFO, .swap_slots = 2});
    assert_int_equal(pager_space_create(m.pager, &other, &m.error), SIM_OK);
    sim_test_reference(&m, other, 1, true);
    for (uint64_t vpn = 1; vpn <= 3; vpn++) sim_test_reference(&m, 0, vpn, true);
    uint64_t first = sim_test_pte(&m, 0, 2), second = sim_test_pte(&m, 0, 3);
    uint64_t tables = space_pool_free(m.pager->pool);
    assert_int_equal(sim_test_begin(&m, 0, 1 << 20, MMU_CAUSE_STORE_PAGE, &work), SIM_OK);
    assert_int_equal(work.outcome, PAGER_OUT_OF_MEMORY);
    assert_int_equal(sim_test_pte(&m, 0, 2), first);
    assert_int_equal(sim_test_pte(&m, 0, 3), second);
    assert_int_equal(space_pool_free(m.pager->pool), tables);
    bool major;
    assert_int_equal(pager_reference(m.pager, 0, 9 << 12, false, 0, &major, &m.error),
                     SIM_ERROR_MEMORY);
    assert_int_equal(pager_counts(m.pager)->out_of_memory, 2);
    pager_space_end(m.pager, 0);
    assert_true(sim_test_reference(&m, other, 1, false));  // what it wrote is still there
    for (uint64_t vpn = 2; vpn <= 4; vpn++) sim_test_reference(&m, other, vpn, true);
    sim_test_machine_close(&m);
}

static void pager_full_swap_takes_the_slot_of_a_page_written_since(void **state) {
    (void)state;
    struct sim_test_machine m;
    sim_test_machine_open(
        &m, (struct pager_config){.frames = 2, .policy = POLICY_FIFO, .swap_slots = 1});
    sim_test_reference(&m, 0, 1, true);
    sim_test_reference(&m, 0, 2, true);
    sim_test_reference(&m, 0, 3, false);  // 1 to slot 0
    sim_test_reference(&m, 0, 3, false);
    bool major;
    assert_int_equal(pager_reference(m.pager, 0, 1 << 12, true, 0, &major, &m.error),
                     SIM_ERROR_MEMORY);  // 2 has no slot to go to
    pager_space_end(m.pager, 0);
    assert_int_equal(pager_space_create(m.pager, &m.space, &m.error), SIM_OK);
    sim_test_reference(&m, m.space, 1, true);
    sim_test_reference(&m, m.space, 2, false);
    sim_test_reference(&m, m.space, 3, false);  // 1 to slot 0
    sim_test_reference(&m, m.space, 1, true);   // back, and written: slot 0 is outdated; 2 gone
    sim_test_reference(&m, m.space, 3, true);
    sim_test_reference(&m, m.space, 4, false);  // 3 takes slot 0 from 1
    assert_false(sim_test_reference(&m, m.space, 1, false));
    sim_test_machine_close(&m);
}

static void pager_that_gave_its_slot_away_has_none_and_a_clean_page_keeps_its_own(void **state) {
    (void)state;
    const struct pager_config config = {.frames = 2, .policy = POLICY_FIFO, .swap_slots = 1};
    struct sim_test_machine m;
    bool major;
    sim_test_machine_open(&m, config);
    for (uint64_t vpn = 1; vpn <= 3; vpn++) sim_test_reference(&m, 0, vpn, vpn == 1);
    sim_test_reference(&m, 0, 1, true);  // slot 0 is outdated
    sim_test_reference(&m, 0, 3, true);
    sim_test_reference(&m, 0, 4, false);  // 3 takes slot 0 from 1
    assert_int_equal(pager_reference(m.pager, 0, 3 << 12, false, 0, &major, &m.error),
                     SIM_ERROR_MEMORY);  // 1 must go and has no slot any more
    sim_test_machine_close(&m);

    sim_test_machine_open(&m, config);
    for (uint64_t vpn = 1; vpn <= 3; vpn++) sim_test_reference(&m, 0, vpn, vpn == 1);
    sim_test_reference(&m, 0, 4, true);
    sim_test_reference(&m, 0, 1, false);  // clean: slot 0 is all that is saved of it
    assert_int_equal(pager_reference(m.pager, 0, 5 << 12, false, 0, &major, &m.error),
                     SIM_ERROR_MEMORY);
    sim_test_machine_close(&m);
}

static void pager_new_page_in_a_used_frame_is_zero(void **state) {
    (void)state;
    struct sim_test_machine m;
    sim_test_machine_open(&m, (struct pager_config){.frames = 1, .swap_slots = 4});
    sim_test_reference(&m, 0, 1, true);
    memset(pager_content(&m, 1) + 24, 0xEE, 4088 - 24);  // between the tag and its end
    sim_test_reference(&m, 0, 2, false);
    for (unsigned i = 24; i < 4096; i++) assert_int_equal(pager_content(&m, 2)[i], 0);
    sim_test_machine_close(&m);
}

static void pager_load_fault_never_sets_d(void **state) {
    (void)state;
    struct sim_test_machine m;
    struct pager_work work;
    sim_test_machine_open(&m, two_frames);
    sim_test_reference(&m, 0, 1, false);
    uint64_t pte = sim_test_pte(&m, 0, 1);
    assert_int_equal(sim_test_begin(&m, 0, 1, MMU_CAUSE_LOAD_PAGE, &work), SIM_OK);
    assert_int_equal(work.outcome, PAGER_SPURIOUS);
    sim_test_pte_set(&m, 0, 1, pte & ~UINT64_C(0x40));
    assert_int_equal(sim_test_begin(&m, 0, 1, MMU_CAUSE_FETCH_PAGE, &work), SIM_OK);
    assert_int_equal(work.outcome, PAGER_ACCESSED);
    assert_int_equal(sim_test_pte(&m, 0, 1), pte);
    sim_test_machine_close(&m);
}

static void pager_space_that_ends_gives_back_frames_slots_and_tables(void **state) {
    (void)state;
    struct sim_test_machine m;
    sim_test_machine_open(&m, (struct pager_config){.frames = 3, .swap_slots = 4});
    uint64_t tables = space_pool_free(m.pager->pool);
    for (unsigned round = 0; round < 50; round++) {
        uint32_t space;
        assert_int_equal(pager_space_create(m.pager, &space, &m.error), SIM_OK);
        for (uint64_t vpn = 0; vpn < 6; vpn++) sim_test_reference(&m, space, vpn << 9, true);
        pager_space_end(m.pager, space);
        assert_int_equal(space_pool_free(m.pager->pool), tables);
        assert_int_equal(swap_free_slots(m.pager->swap), 4);
        assert_int_equal(m.pager->free_count, 3);
    }
    sim_test_machine_close(&m);
}

struct watched {
    struct sim_memory *memory;
    unsigned changes;
};

static void pager_watch_one(void *user, uint64_t pa, uint64_t before, uint64_t after) {
    struct watched *watched = user;
    uint64_t now;
    assert_true(sim_memory_read(watched->memory, pa, 8, &now));
    assert_int_equal(now, after);
    assert_true(before != after);
    watched->changes++;
}

static void pager_tells_the_watcher_of_each_change_of_a_pte(void **state) {
    (void)state;
    struct sim_test_machine m;
    sim_test_machine_open(&m, (struct pager_config){.frames = 1, .swap_slots = 4});
    struct watched watched = {.memory = m.memory};
    pager_watch_ptes(m.pager, pager_watch_one, &watched);
    sim_test_reference(&m, 0, 1, false);
    assert_int_equal(watched.changes, 1);  // mapped
    sim_test_reference(&m, 0, 1, true);
    assert_int_equal(watched.changes, 2);  // D
    sim_test_reference(&m, 0, 2, false);
    assert_int_equal(watched.changes, 4);  // out, in
    pager_space_end(m.pager, 0);
    assert_int_equal(watched.changes, 6);  // two entries
    sim_test_machine_close(&m);
}

static void pager_configuration_that_cannot_work_is_refused(void **state) {
    (void)state;
    const struct pager_config configs[] = {
        {.frames = 0}, {.frames = 1 << 14}, {.frames = 1, .policy = POLICIES}};
    struct sim_memory *memory;
    struct sim_error error;
    assert_int_equal(sim_memory_create(0, 64 << 20, &memory, &error), SIM_OK);
    for (unsigned i = 0; i < 3; i++) {
        struct pager *pager;
        assert_int_equal(pager_create(&configs[i], memory, &pager, &error), SIM_ERROR_USAGE);
    }
    sim_memory_destroy(memory);
}

// Random references of several spaces that come and go: the tags prove every one.
static void pager_survives_random_spaces_under_every_policy(void **state) {
    (void)state;
    uint64_t random = sim_test_seed();
    for (unsigned run = 0; run < 2 * POLICIES; run++) {
        struct sim_test_machine m;
        sim_test_machine_open(
            &m, (struct pager_config){
                    .frames = 7, .policy = (uint8_t)(run / 2), .swap_slots = 300, .adue = run % 2});
        uint32_t spaces[4] = {0};
        for (unsigned i = 1; i < 4; i++) {
            assert_int_equal(pager_space_create(m.pager, &spaces[i], &m.error), SIM_OK);
        }
        for (unsigned i = 0; i < 10000; i++) {
            uint32_t *space = &spaces[sim_test_random(&random) % 4];
            sim_test_reference(&m, *space, sim_test_random(&random) % 20 * 300,
                               sim_test_random(&random) % 3 == 0);
            if (i % 500 != 499) continue;
            pager_space_end(m.pager, *space);
            assert_int_equal(pager_space_create(m.pager, space, &m.error), SIM_OK);
        }
        assert_int_equal(pager_counts(m.pager)->references, 10000);
        sim_test_machine_close(&m);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pager_brings_a_page_in_zeroed_and_maps_it_for_the_user),
        cmocka_unit_test(pager_keeps_two_spaces_apart),
        cmocka_unit_test(pager_dirty_page_survives_eviction_byte_for_byte),
        cmocka_unit_test(pager_clean_page_is_not_rewritten_and_an_unwritten_one_never_written),
        cmocka_unit_test(pager_sets_a_and_d_by_faults_unless_hardware_does),
        cmocka_unit_test(pager_fault_on_what_is_there_already_is_spurious),
        cmocka_unit_test(pager_access_fault_or_an_address_beyond_the_user_half_is_a_violation),
        cmocka_unit_test(pager_eviction_unmaps_before_finish_and_asks_for_the_victims_fence),
        cmocka_unit_test(pager_out_of_memory_changes_nothing_and_spares_the_other_space),
        cmocka_unit_test(pager_full_swap_takes_the_slot_of_a_page_written_since),
        cmocka_unit_test(pager_that_gave_its_slot_away_has_none_and_a_clean_page_keeps_its_own),
        cmocka_unit_test(pager_new_page_in_a_used_frame_is_zero),
        cmocka_unit_test(pager_load_fault_never_sets_d),
        cmocka_unit_test(pager_space_that_ends_gives_back_frames_slots_and_tables),
        cmocka_unit_test(pager_tells_the_watcher_of_each_change_of_a_pte),
        cmocka_unit_test(pager_configuration_that_cannot_work_is_refused),
        cmocka_unit_test(pager_survives_random_spaces_under_every_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
