// SPDX-License-Identifier: Apache-2.0
// The scenes, and which fault each of them must show. Times: the first request is accepted in
// cycle 0; with g = 1 and L = 2 its PTE requests stand in 1, 4 and 7, its answer in 10.
#include "checker.h"

void checker_map(struct scene *s) {
    static const uint32_t plain[] = {PAGE_A, PAGE_B, PAGE_C, PAGE_D, PAGE_E, PAGE_F, PAGE_FAR};
    for (unsigned k = 0; k < sizeof plain / sizeof *plain; k++)
        scene_map(s, plain[k], 0, leaf_pte(PPN_A + k, LEAF_S));
    scene_map(s, PAGE_USER, 0, leaf_pte(0x30000, LEAF_U));
    scene_map(s, PAGE_EXECUTE_ONLY, 0, leaf_pte(0x30001, MMU_PTE_V | MMU_PTE_X | MMU_PTE_A));
    scene_map(s, PAGE_GLOBAL, 0, leaf_pte(0x30002, LEAF_S | MMU_PTE_G));
    scene_map(s, PAGE_CLEAN, 0, leaf_pte(0x30003, FLAGS_CLEAN));
    scene_map(s, PAGE_INNER, 0, leaf_pte(PPN_OTHER, LEAF_S));
    scene_map(s, PAGE_BIG, 1, leaf_pte(PPN_BIG, LEAF_S));
}

static void set_asid(struct scene *s, uint16_t asid) {
    s->in.csr.satp = scene_satp(asid);
}

// --- answers -----------------------------------------------------------------------------------

static void load_a(struct scene *s) {
    scene_load(s, PAGE_A);
    scene_idle(s, 3);
}

static void load_absent(struct scene *s) {
    scene_load(s, PAGE_ABSENT | 0x123);
    scene_idle(s, 3);
}

// For longer than the watchdog's patience.
static void load_absent_and_wait(struct scene *s) {
    load_absent(s);
    scene_idle(s, 120);
}

static void load_user_page_without_sum(struct scene *s) {
    scene_load(s, PAGE_USER);
}

static void load_a_twice(struct scene *s) {
    scene_load(s, PAGE_A);
    scene_load(s, PAGE_A);
}

static void load_a_not_taken(struct scene *s) {
    s->in.take = 0;
    scene_present(s, MMU_PORT_DATA, PAGE_A, MMU_LOAD);
    scene_idle(s, 20);
}

// --- walks -------------------------------------------------------------------------------------

static void load_clean(struct scene *s) {
    scene_load(s, PAGE_CLEAN);
}

static void sum_falls_during_the_walk(struct scene *s) {
    s->in.csr.sum = true;
    scene_present(s, MMU_PORT_DATA, PAGE_USER, MMU_LOAD);
    scene_cycle(s);
    s->in.csr.sum = false;
    scene_await(s, MMU_PORT_DATA);
}

static void both_ports_miss(struct scene *s) {
    scene_present(s, MMU_PORT_FETCH, PAGE_FAR, MMU_FETCH);
    scene_present(s, MMU_PORT_DATA, PAGE_A, MMU_LOAD);
    scene_await(s, MMU_PORT_FETCH);
}

static void load_a_fence_load_a(struct scene *s) {
    scene_load(s, PAGE_A);
    scene_fence(s, SCENE_ALL, SCENE_ALL);
    scene_load(s, PAGE_A);
}

// --- fault records -----------------------------------------------------------------------------

static void asid_changes_during_the_walk(struct scene *s) {
    scene_present(s, MMU_PORT_DATA, PAGE_ABSENT, MMU_LOAD);
    scene_cycle(s);
    set_asid(s, 2);
    scene_await(s, MMU_PORT_DATA);
}

static void both_ports_fault_at_once(struct scene *s) {
    s->in.csr.satp = 0;
    scene_present(s, MMU_PORT_DATA, UINT64_C(1) << 60, MMU_LOAD);
    scene_present(s, MMU_PORT_FETCH, UINT64_C(1) << 60, MMU_FETCH);
    scene_idle(s, 5);
}

// --- fences ------------------------------------------------------------------------------------

static void remap_fence_load(struct scene *s) {
    scene_load(s, PAGE_A);
    scene_rewrite(s, PAGE_A, 0, leaf_pte(PPN_OTHER, LEAF_S));
    scene_fence(s, PAGE_A, 1);
    scene_load(s, PAGE_A);
}

static void asid_fence_spares_a_global_page(struct scene *s) {
    scene_load(s, PAGE_GLOBAL);
    scene_fence(s, SCENE_ALL, 1);
    scene_load(s, PAGE_GLOBAL);
}

static void fence_of_another_asid(struct scene *s) {
    scene_load(s, PAGE_A);
    scene_fence(s, SCENE_ALL, 2);
    scene_load(s, PAGE_A);
}

static void fence_of_another_page(struct scene *s) {
    scene_load(s, PAGE_A);
    scene_fence(s, PAGE_B, SCENE_ALL);
    scene_load(s, PAGE_A);
}

static void fence_inside_a_superpage(struct scene *s) {
    scene_load(s, PAGE_BIG);
    scene_fence(s, PAGE_BIG + 0x5000, SCENE_ALL);
    scene_load(s, PAGE_BIG);
}

static void fence_during_a_walk(struct scene *s) {
    scene_present(s, MMU_PORT_DATA, PAGE_A, MMU_LOAD);
    scene_idle(s, 2);
    scene_fence(s, SCENE_ALL, SCENE_ALL);
    scene_await(s, MMU_PORT_DATA);
}

// --- hits --------------------------------------------------------------------------------------

static void same_page_in_another_address_space(struct scene *s) {
    scene_load(s, PAGE_A);
    set_asid(s, 2);
    scene_load(s, PAGE_A);
}

static void superpage_over_a_small_page(struct scene *s) {
    scene_load(s, PAGE_INNER);
    scene_rewrite(s, PAGE_INNER, 1, leaf_pte(PPN_BIG, LEAF_S));
    scene_load(s, PAGE_INNER + 0x1000);
    scene_load(s, PAGE_INNER);
}

static void mxr_falls_after_the_fill(struct scene *s) {
    s->in.csr.mxr = true;
    scene_load(s, PAGE_EXECUTE_ONLY);
    s->in.csr.mxr = false;
    scene_load(s, PAGE_EXECUTE_ONLY);
}

static void sum_falls_after_the_fill(struct scene *s) {
    s->in.csr.sum = true;
    scene_load(s, PAGE_USER);
    s->in.csr.sum = false;
    scene_load(s, PAGE_USER);
}

static void hit_saves_a_from_c(struct scene *s) {
    scene_load(s, PAGE_A);
    scene_load(s, PAGE_B);
    scene_load(s, PAGE_A);
    scene_load(s, PAGE_C);
}

static void six_pages(struct scene *s) {
    for (uint64_t va = PAGE_A; va <= PAGE_F; va += 0x1000) scene_load(s, va);
}

// --- counters ----------------------------------------------------------------------------------

static void store_clean_with_conflict(struct scene *s) {
    scene_present(s, MMU_PORT_DATA, PAGE_CLEAN, MMU_STORE);
    scene_idle(s, 9);  // the leaf is read in the 7th cycle after acceptance, updated in the 10th
    scene_rewrite(s, PAGE_CLEAN, 0, leaf_pte(0x30003, FLAGS_CLEAN | 1u << 8));
    scene_await(s, MMU_PORT_DATA);
}

// Each port asks for a page that is being walked, by itself and by the other.
static void ask_during_walks(struct scene *s) {
    scene_present(s, MMU_PORT_DATA, PAGE_D, MMU_LOAD);
    scene_present(s, MMU_PORT_FETCH, PAGE_E, MMU_FETCH);
    scene_idle(s, 3);
    scene_present(s, MMU_PORT_DATA, PAGE_E, MMU_LOAD);
    scene_present(s, MMU_PORT_FETCH, PAGE_D, MMU_FETCH);
    scene_idle(s, 20);
}

// Two walks of a port end while its response is not taken.
static void answers_not_taken(struct scene *s) {
    scene_present(s, MMU_PORT_DATA, PAGE_B, MMU_LOAD);
    scene_cycle(s);
    scene_present(s, MMU_PORT_DATA, PAGE_C, MMU_LOAD);
    scene_cycle(s);
    s->in.take = DUT_TAKE_FETCH | DUT_TAKE_FAULT;
    scene_idle(s, 20);
    s->in.take |= DUT_TAKE_DATA;
    scene_idle(s, 5);
}

// The first walk's second request and the second walk's first can be made in the same cycle.
static void requests_wait_for_the_wires(struct scene *s) {
    scene_fence(s, SCENE_ALL, SCENE_ALL);
    scene_present(s, MMU_PORT_DATA, PAGE_A, MMU_LOAD);
    scene_idle(s, 3);
    scene_present(s, MMU_PORT_FETCH, PAGE_FAR, MMU_FETCH);
    scene_idle(s, 20);
}

static void fetch_first_then_data(struct scene *s) {
    scene_present(s, MMU_PORT_FETCH, PAGE_A, MMU_FETCH);
    scene_cycle(s);
    scene_load(s, PAGE_A);
}

void checker_busy_scene(struct scene *s) {
    static const enum mmu_access access[] = {MMU_LOAD, MMU_FETCH};
    for (unsigned p = 0; p < MMU_PORTS; p++) {
        scene_ask(s, (enum mmu_port)p, PAGE_A, access[p]);
        scene_ask(s, (enum mmu_port)p, PAGE_A, access[p]);
        scene_ask(s, (enum mmu_port)p, PAGE_B, access[p]);
        scene_ask(s, (enum mmu_port)p, PAGE_ABSENT, access[p]);
        scene_ask(s, (enum mmu_port)p, UINT64_C(1) << 40, access[p]);
    }
    scene_idle(s, 2);
    store_clean_with_conflict(s);
    fetch_first_then_data(s);
    scene_fence(s, SCENE_ALL, SCENE_ALL);
    both_ports_miss(s);
    fence_during_a_walk(s);
    scene_fence(s, SCENE_ALL, SCENE_ALL);
    fence_during_a_walk(s);
    scene_present(s, MMU_PORT_DATA, PAGE_C, MMU_LOAD);
    scene_idle(s, 2);
    scene_kill(s, 1);
    scene_idle(s, 5);
    ask_during_walks(s);
    answers_not_taken(s);
    requests_wait_for_the_wires(s);
}

struct scene *checker_play(const struct checker_row *row, enum fake_fault fault, unsigned oracle) {
    struct scene *s = scene_create();
    s->config.oracle = oracle;
    s->config.watchdog_cycles = 100;
    if (row->tlb.entries) s->config.mmu.tlb[0] = s->config.mmu.tlb[1] = row->tlb;
    if (row->setup) row->setup(s);
    if (row->grant_cycles)
        s->config.timing.grant_min = s->config.timing.grant_max = row->grant_cycles;
    checker_map(s);
    scene_begin(s, fault);
    row->scene(s);
    scene_counters(s);
    return s;
}

// --- the table ---------------------------------------------------------------------------------

#define PA(ppn) ((uint64_t)(ppn) << 12)
#define LRU2 \
    { .entries = 2, .ways = 2, .policy = MMU_LRU }
#define PLRU4 \
    { .entries = 4, .ways = 4, .policy = MMU_PLRU }
#define RANDOM4 \
    { .entries = 4, .ways = 4, .policy = MMU_RANDOM }
#define DIRECT16 \
    { .entries = 16, .ways = 1, .policy = MMU_LRU }
#define ON_THE_WAY "PTE accesses on the way to the answer"

// Galois register: the first victim comes from 0xACE1, the second from what follows it.
enum {
    LFSR_SHIFTED = 0xACE1 >> 1,
    LFSR_SECOND = LFSR_SHIFTED ^ 0xB400,
    WAY_RIGHT = LFSR_SECOND * 4 >> 16,
    WAY_WRONG = LFSR_SHIFTED * 4 >> 16
};

// clang-format off
const struct checker_row checker_rows[] = {
    {"wrong_pa_bit_is_named_pa", FAKE_PA_BIT, load_a, CHECK_PA, "d_rsp_pa", PA(PPN_A), PA(PPN_A) ^ 0x1000, .legal = LEGAL_CATCHES},
    {"wrong_cause_is_named_cause", FAKE_CAUSE, load_absent, CHECK_FAULT, "d_rsp_cause", 13, 15, .legal = LEGAL_CATCHES},
    {"missing_fault_is_named_fault", FAKE_FAULT_MISSING, load_user_page_without_sum, CHECK_FAULT, "d_rsp_fault", 1, 0, .legal = LEGAL_CATCHES},
    {"added_fault_is_named_fault", FAKE_FAULT_ADDED, load_a, CHECK_FAULT, "d_rsp_fault", 0, 1, .legal = LEGAL_CATCHES},
    {"wrong_level_is_named_level", FAKE_LEVEL, load_a, CHECK_LEVEL, "d_rsp_level", 0, 1, .legal = LEGAL_CATCHES},
    {"wrong_permission_bit_is_named_perm", FAKE_PERM_BIT, load_a, CHECK_PERM, "d_rsp_perm", LEAF_S, LEAF_S | MMU_PTE_G, .legal = LEGAL_CATCHES},
    {"hit_told_as_walk_is_named_source", FAKE_HIT_AS_WALK, load_a_twice, CHECK_SOURCE, "d_rsp_source", 1, 2, .legal = LEGAL_PASSES},
    {"late_answer_is_named_with_both_cycles", FAKE_ANSWER_LATE, load_a, CHECK_LATENCY, "d_rsp_valid", 10, 11, .legal = LEGAL_PASSES},
    {"early_answer_is_named_with_both_cycles", FAKE_ANSWER_EARLY, load_a, CHECK_LATENCY, "d_rsp_valid", 10, 9, .legal = LEGAL_CATCHES},
    {"answer_that_never_comes_is_named_never", FAKE_ANSWER_NEVER, load_a, CHECK_WATCHDOG, "d_rsp_valid never comes", 10, MMU_NEVER, .legal = LEGAL_CATCHES},
    {"withdrawn_answer_is_named_withdrawn", FAKE_ANSWER_WITHDRAWN, load_a_not_taken, CHECK_LATENCY, "d_rsp_valid withdrawn", 1, 0, .legal = LEGAL_CATCHES},
    {"answer_that_stays_after_its_taking_is_named_unasked", FAKE_ANSWER_UNASKED, load_a, CHECK_LATENCY, "d_rsp_valid without a request", MMU_NEVER, 11, .legal = LEGAL_CATCHES},
    {"payload_that_changes_while_held_is_named", FAKE_ANSWER_CHANGES, load_a_not_taken, CHECK_PA, "d_rsp_pa", PA(PPN_A), PA(PPN_A) ^ 1, .legal = LEGAL_CATCHES},

    {"late_second_pte_request_is_named_with_both_cycles", FAKE_REQUEST_LATE, load_a, CHECK_LATENCY, "mem_req_valid", 4, 5, .legal = LEGAL_PASSES},
    {"early_second_pte_request_is_named_with_both_cycles", FAKE_REQUEST_EARLY, load_a, CHECK_LATENCY, "mem_req_valid", 4, 3, .legal = LEGAL_PASSES},
    {"pte_request_that_never_comes_is_named_missing", FAKE_REQUEST_NEVER, load_a, CHECK_PTE_ACCESS, "mem_req_valid missing", 1, 0, .legal = LEGAL_CATCHES},
    {"withdrawn_pte_request_is_named_withdrawn", FAKE_REQUEST_WITHDRAWN, load_a, CHECK_PTE_ACCESS, "mem_req_valid withdrawn", 1, 0, .grant_cycles = 3, .legal = LEGAL_CATCHES},
    {"pte_request_after_the_walk_is_named_extra", FAKE_REQUEST_IDLE, load_a, CHECK_PTE_ACCESS, "mem_req_valid extra", 0, 1, .legal = LEGAL_PASSES},
    {"wrong_pte_address_is_named", FAKE_PTE_ADDRESS, load_a, CHECK_PTE_ACCESS, "mem_req_addr", PTE_0(PAGE_A), PTE_0(PAGE_A) ^ 8, .legal = LEGAL_CATCHES},
    {"extra_pte_read_is_named_pte_access_not_latency", FAKE_PTE_EXTRA, load_a, CHECK_PTE_ACCESS, ON_THE_WAY, 10, 13, .legal = LEGAL_PASSES},
    {"missing_pte_read_is_named_pte_access_not_latency", FAKE_PTE_MISSING, load_a_fence_load_a, CHECK_PTE_ACCESS, ON_THE_WAY, 12 + 10, 12 + 7, .legal = LEGAL_PASSES},
    {"missing_update_is_named_pte_access", FAKE_UPDATE_MISSING, load_clean, CHECK_PTE_ACCESS, ON_THE_WAY, 13, 10, .legal = LEGAL_CATCHES},
    {"update_with_wrong_data_is_named", FAKE_UPDATE_DATA, load_clean, CHECK_PTE_WRITE, "mem_req_data", 0x30003u << 10 | FLAGS_CLEAN | MMU_PTE_A, 0x30003u << 10 | FLAGS_CLEAN | MMU_PTE_A | MMU_PTE_D, .legal = LEGAL_CATCHES},
    {"update_with_wrong_expected_value_is_named", FAKE_UPDATE_EXPECTED, load_clean, CHECK_PTE_WRITE, "mem_req_expected", 0x30003u << 10 | FLAGS_CLEAN, 0x30003u << 10 | FLAGS_CLEAN | 1u << 8, .legal = LEGAL_CATCHES},
    {"update_at_wrong_address_is_named", FAKE_UPDATE_ADDRESS, load_clean, CHECK_PTE_WRITE, "mem_req_addr", PTE_0(PAGE_CLEAN), PTE_0(PAGE_CLEAN) ^ 8, .legal = LEGAL_CATCHES},
    {"registers_sampled_at_the_walks_end_are_noticed", FAKE_LIVE_CSR, sum_falls_during_the_walk, CHECK_FAULT, "d_rsp_fault", 0, 1, .legal = LEGAL_CATCHES},
    {"fetch_walked_before_data_is_noticed", FAKE_FETCH_FIRST, both_ports_miss, CHECK_PTE_ACCESS, "mem_req_addr", MEMORY_BASE, MEMORY_BASE + 8 * (PAGE_FAR >> 30), .legal = LEGAL_PASSES},

    {"missing_fault_record_is_named", FAKE_RECORD_MISSING, load_absent_and_wait, CHECK_FAULT_RECORD, "fault_valid", 1, 0, .legal = LEGAL_CATCHES},
    {"extra_fault_record_is_named", FAKE_RECORD_EXTRA, load_a, CHECK_FAULT_RECORD, "fault_valid", 0, 1, .legal = LEGAL_CATCHES},
    {"wrong_tval_is_named", FAKE_RECORD_TVAL, load_absent, CHECK_FAULT_RECORD, "fault_tval", PAGE_ABSENT | 0x123, PAGE_ABSENT, .legal = LEGAL_CATCHES},
    {"wrong_cause_of_a_record_is_named", FAKE_RECORD_CAUSE, load_absent, CHECK_FAULT_RECORD, "fault_cause", 13, 12, .legal = LEGAL_CATCHES},
    {"wrong_port_of_a_record_is_named", FAKE_RECORD_PORT, load_absent, CHECK_FAULT_RECORD, "fault_port", 0, 1, .legal = LEGAL_CATCHES},
    {"wrong_asid_of_a_record_is_named", FAKE_RECORD_ASID, asid_changes_during_the_walk, CHECK_FAULT_RECORD, "fault_asid", 1, 2, .legal = LEGAL_CATCHES},
    {"wrong_access_of_a_record_is_named", FAKE_RECORD_ACCESS, load_absent, CHECK_FAULT_RECORD, "fault_access", MMU_LOAD, MMU_FETCH, .legal = LEGAL_CATCHES},
    {"wrong_order_of_records_is_noticed", FAKE_RECORD_ORDER, both_ports_fault_at_once, CHECK_FAULT_RECORD, "fault_port", 0, 1, .legal = LEGAL_PASSES},

    {"wrong_victim_way_is_named", FAKE_FILL_WAY, load_a, CHECK_VICTIM, "d_fill_way", 0, 1, .legal = LEGAL_PASSES},
    {"wrong_victim_set_is_named", FAKE_FILL_SET, load_a, CHECK_VICTIM, "d_fill_set", 1, 0, .tlb = DIRECT16, .legal = LEGAL_PASSES},
    {"wrong_port_of_a_fill_is_named", FAKE_FILL_PORT, load_a, CHECK_VICTIM, "d_fill_valid", 1, 0, .legal = LEGAL_PASSES},
    {"wrong_evict_flag_is_named", FAKE_FILL_EVICT, load_a, CHECK_VICTIM, "d_fill_evict", 0, 1, .legal = LEGAL_PASSES},
    {"missing_fill_event_is_named", FAKE_FILL_SILENT, load_a, CHECK_VICTIM, "d_fill_valid", 1, 0, .legal = LEGAL_PASSES},
    {"fill_event_after_a_fault_is_named", FAKE_FILL_UNASKED, load_absent, CHECK_VICTIM, "d_fill_valid", 0, 1, .legal = LEGAL_PASSES},
    {"lru_that_hits_do_not_touch_is_noticed_at_its_victim", FAKE_LRU_UNTOUCHED, hit_saves_a_from_c, CHECK_VICTIM, "d_fill_way", 1, 0, .tlb = LRU2, .legal = LEGAL_PASSES},
    {"plru_with_inverted_bits_is_noticed_at_its_victim", FAKE_PLRU, six_pages, CHECK_VICTIM, "d_fill_way", 0, 3, .tlb = PLRU4, .legal = LEGAL_PASSES},
    {"random_without_feedback_is_noticed_at_its_second_victim", FAKE_LFSR, six_pages, CHECK_VICTIM, "d_fill_way", WAY_RIGHT, WAY_WRONG, .tlb = RANDOM4, .legal = LEGAL_PASSES},

    {"ready_one_cycle_late_is_named", FAKE_READY_LATE, load_a, CHECK_READY, "d_req_ready", 1, 0, .legal = LEGAL_PASSES},
    {"ready_while_busy_is_named", FAKE_READY_BUSY, load_a, CHECK_READY, "d_req_ready", 0, 1, .legal = LEGAL_PASSES},
    {"fence_never_ready_is_named", FAKE_FENCE_NEVER, load_a, CHECK_FENCE, "fence_ready", 1, 0, .legal = LEGAL_PASSES},
    {"fence_not_ready_during_a_read_is_named", FAKE_FENCE_READY, load_a, CHECK_FENCE, "fence_ready", 1, 0, .legal = LEGAL_PASSES},

    {"fence_that_removes_nothing_is_noticed_at_the_next_hit", FAKE_FENCE_NOTHING, load_a_fence_load_a, CHECK_SOURCE, "d_rsp_source", 2, 1, .legal = LEGAL_PASSES},
    {"stale_translation_after_a_fence_is_named_pa", FAKE_FENCE_NOTHING, remap_fence_load, CHECK_PA, "d_rsp_pa", PA(PPN_OTHER), PA(PPN_A), .legal = LEGAL_CATCHES},
    {"asid_fence_that_removes_a_global_page_is_noticed", FAKE_FENCE_G, asid_fence_spares_a_global_page, CHECK_SOURCE, "d_rsp_source", 1, 2, .legal = LEGAL_PASSES},
    {"fence_that_ignores_its_asid_is_noticed", FAKE_FENCE_ASID, fence_of_another_asid, CHECK_SOURCE, "d_rsp_source", 1, 2, .legal = LEGAL_PASSES},
    {"fence_that_ignores_its_address_is_noticed", FAKE_FENCE_VA, fence_of_another_page, CHECK_SOURCE, "d_rsp_source", 1, 2, .legal = LEGAL_PASSES},
    {"fence_that_misses_a_superpage_is_noticed", FAKE_FENCE_SUPERPAGE, fence_inside_a_superpage, CHECK_SOURCE, "d_rsp_source", 2, 1, .legal = LEGAL_PASSES},
    {"walk_that_survives_a_fence_is_noticed_at_its_next_read", FAKE_FENCE_NO_RESTART, fence_during_a_walk, CHECK_PTE_ACCESS, "mem_req_addr", MEMORY_BASE, TABLE_1, .legal = LEGAL_PASSES},
    {"lookup_that_ignores_the_asid_is_noticed", FAKE_ASID_IGNORED, same_page_in_another_address_space, CHECK_SOURCE, "d_rsp_source", 2, 1, .legal = LEGAL_PASSES},
    {"overlapping_entry_that_stays_is_named_pa", FAKE_OVERLAP_MISSING, superpage_over_a_small_page, CHECK_PA, "d_rsp_pa", PA(PPN_BIG) + 0x1000, PA(PPN_OTHER), .tlb = DIRECT16, .legal = LEGAL_PASSES},
    {"mxr_not_rechecked_on_a_hit_is_noticed", FAKE_MXR_OF_FILL, mxr_falls_after_the_fill, CHECK_FAULT, "d_rsp_fault", 1, 0, .legal = LEGAL_CATCHES},
    {"sum_not_rechecked_on_a_hit_is_noticed", FAKE_SUM_OF_FILL, sum_falls_after_the_fill, CHECK_FAULT, "d_rsp_fault", 1, 0, .legal = LEGAL_CATCHES},
};
// clang-format on
const unsigned checker_row_count = sizeof checker_rows / sizeof *checker_rows;
