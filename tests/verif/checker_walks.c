// SPDX-License-Identifier: Apache-2.0
// The scenes of several walks: slots and their ids, merging, tags, fences and kills of several.
// With g = 1 and L = 2 the first walk's requests stand in 1, 4 and 7, those of one that starts k
// cycles later k cycles later.
#include "checker.h"

static void two(struct scene *s) {
    s->config.mmu.walks = 2;
}

static void three(struct scene *s) {
    s->config.mmu.walks = 3;
}

// Answers in another order than their requests.
static void two_of_any_time(struct scene *s) {
    two(s);
    s->config.timing.data_max = 9;
}

static void load(struct scene *s, uint64_t va) {
    scene_present(s, MMU_PORT_DATA, va, MMU_LOAD);
}

static void fetch(struct scene *s, uint64_t va) {
    scene_present(s, MMU_PORT_FETCH, va, MMU_FETCH);
}

// Data in slot 0, fetch in slot 1.
static void both_ports_walk(struct scene *s) {
    load(s, PAGE_A);
    fetch(s, PAGE_FAR);
    scene_idle(s, 20);
}

static void pages_one_after_the_other(struct scene *s) {
    for (uint64_t va = PAGE_A; va <= PAGE_F; va += 0x1000) {
        load(s, va);
        fetch(s, PAGE_FAR + va);
        scene_idle(s, 40);
    }
}

// Slots 0, 1, 2 in this order; with g = 2 slots 2 and 0 want the wires in cycle 5, 1 had them last.
static void three_walks(struct scene *s) {
    load(s, PAGE_A);
    fetch(s, PAGE_FAR);
    scene_cycle(s);
    load(s, PAGE_B);
    scene_idle(s, 40);
}

// Slot 0 is taken a second time, after slots 1 and 2; 1 has completed, 2 and 0 wait for the port.
static void two_finished_walks_wait(struct scene *s) {
    fetch(s, PAGE_FAR);
    scene_cycle(s);
    load(s, PAGE_A);
    scene_cycle(s);
    load(s, PAGE_B);
    scene_idle(s, 7);
    load(s, PAGE_C);
    scene_cycle(s);
    s->in.take &= ~(unsigned)DUT_TAKE_DATA;
    scene_idle(s, 20);
    s->in.take |= DUT_TAKE_DATA;
    scene_idle(s, 10);
}

static void fence_of_two_walks(struct scene *s) {
    load(s, PAGE_A);
    fetch(s, PAGE_FAR);
    scene_idle(s, 5);
    scene_fence(s, SCENE_ALL, SCENE_ALL);
    scene_idle(s, 20);
}

static void kill_of_two_walks(struct scene *s) {
    load(s, PAGE_A);
    scene_cycle(s);
    load(s, PAGE_B);
    scene_idle(s, 3);
    scene_kill(s, 1);
    scene_idle(s, 20);
}

static void load_a(struct scene *s) {
    scene_load(s, PAGE_A);
    scene_idle(s, 3);
}

static void load_absent(struct scene *s) {
    scene_load(s, PAGE_ABSENT);
    scene_idle(s, 3);
}

static void load_a_again_during_its_walk(struct scene *s) {
    load(s, PAGE_A);
    scene_cycle(s);
    load(s, PAGE_A + 8);
    scene_idle(s, 20);
}

static void load_a_of_two_spaces(struct scene *s) {
    load(s, PAGE_A);
    scene_cycle(s);
    s->in.csr.satp = scene_satp(2);
    load(s, PAGE_A);
    scene_idle(s, 20);
}

static void sum_falls_between_two_loads(struct scene *s) {
    s->in.csr.sum = true;
    load(s, PAGE_USER);
    scene_cycle(s);
    s->in.csr.sum = false;
    load(s, PAGE_USER);
    scene_idle(s, 20);
}

static void store_to_a_page_being_loaded(struct scene *s) {
    load(s, PAGE_CLEAN);
    scene_cycle(s);
    scene_present(s, MMU_PORT_DATA, PAGE_CLEAN, MMU_STORE);
    scene_idle(s, 40);
}

static void load_of_a_page_being_fetched(struct scene *s) {
    fetch(s, PAGE_A);
    scene_cycle(s);
    load(s, PAGE_A);
    scene_idle(s, 20);
}

// Longer than the watchdog's patience.
static void three_loads_with_one_slot(struct scene *s) {
    load(s, PAGE_A);
    scene_cycle(s);
    load(s, PAGE_B);
    scene_cycle(s);
    load(s, PAGE_C);
    scene_idle(s, 150);
}

// clang-format off
const struct checker_row checker_walks_rows[] = {
    {"wrong_tag_is_named_tag", FAKE_TAG, load_a, CHECK_TAG, "d_rsp_tag", 0, 1, .legal = LEGAL_CATCHES},
    {"wrong_tag_of_a_record_is_named", FAKE_RECORD_TAG, load_absent, CHECK_FAULT_RECORD, "fault_tag", 0, 1, .legal = LEGAL_CATCHES},
    {"wrong_id_of_a_request_is_named", FAKE_SLOT_ID, both_ports_walk, CHECK_PTE_ACCESS, "mem_req_id", 0, 1, .setup = two, .legal = LEGAL_PASSES},
    {"answer_taken_by_another_slot_is_noticed", FAKE_SLOT_OF_ANSWER, pages_one_after_the_other, CHECK_PTE_ACCESS, .any_value = true, .setup = two_of_any_time, .legal = LEGAL_CATCHES},
    {"highest_slot_taken_is_named_by_its_id", FAKE_SLOT_HIGHEST, both_ports_walk, CHECK_PTE_ACCESS, "mem_req_id", 0, 1, .setup = two, .legal = LEGAL_PASSES},
    {"wires_in_the_order_of_slots_are_named_by_the_id", FAKE_WIRES_IN_ORDER, three_walks, CHECK_PTE_ACCESS, "mem_req_id", 2, 0, .grant_cycles = 2, .setup = three, .legal = LEGAL_PASSES},
    {"completion_in_the_order_of_slots_is_named_tag", FAKE_COMPLETE_IN_ORDER, two_finished_walks_wait, CHECK_TAG, "d_rsp_tag", 1, 2, .setup = three, .legal = LEGAL_PASSES},
    {"fence_that_restarts_one_of_two_walks_is_noticed", FAKE_FENCE_ONE, fence_of_two_walks, CHECK_PTE_ACCESS, "mem_req_addr", MEMORY_BASE + 8, MEMORY_BASE + 4 * 4096 + 8, .setup = two, .legal = LEGAL_PASSES},
    {"kill_that_drops_one_of_two_walks_is_noticed", FAKE_KILL_ONE, kill_of_two_walks, CHECK_PTE_ACCESS, "mem_req_valid extra", 0, 1, .setup = two, .legal = LEGAL_CATCHES},
    {"port_that_a_walk_blocks_is_named_ready", FAKE_BLOCKING, load_a, CHECK_READY, "d_req_ready", 1, 0, .legal = LEGAL_PASSES},
    {"ready_with_a_full_miss_register_is_named", FAKE_READY_FULL, three_loads_with_one_slot, CHECK_READY, "d_req_ready", 0, 1, .legal = LEGAL_CATCHES},
    {"second_walk_of_one_page_is_named_extra", FAKE_MERGE_MISSING, load_a_again_during_its_walk, CHECK_PTE_ACCESS, "mem_req_valid extra", 0, 1, .setup = two, .legal = LEGAL_PASSES},
    {"walk_of_another_space_taken_over_is_named_missing", FAKE_MERGE_SATP, load_a_of_two_spaces, CHECK_PTE_ACCESS, "mem_req_valid missing", 1, 0, .setup = two, .legal = LEGAL_PASSES},
    {"permission_not_judged_after_merging_is_named_fault", FAKE_MERGE_PERMISSION, sum_falls_between_two_loads, CHECK_FAULT, "d_rsp_fault", 1, 0, .setup = two, .legal = LEGAL_CATCHES},
    {"store_that_takes_over_a_clean_translation_is_named_perm", FAKE_MERGE_CLEAN, store_to_a_page_being_loaded, CHECK_PERM, "d_rsp_perm", FLAGS_CLEAN | MMU_PTE_A | MMU_PTE_D, FLAGS_CLEAN | MMU_PTE_A, .setup = two, .legal = LEGAL_CATCHES},
    {"translation_of_another_ports_walk_not_filled_is_named", FAKE_MERGE_UNFILLED, load_of_a_page_being_fetched, CHECK_VICTIM, "d_fill_valid", 1, 0, .setup = two, .legal = LEGAL_PASSES},
};
// clang-format on
const unsigned checker_walks_row_count = sizeof checker_walks_rows / sizeof *checker_walks_rows;
