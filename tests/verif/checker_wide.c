// SPDX-License-Identifier: Apache-2.0
// The scenes of modes, page sizes, memory types, protection, kills and Svinval, and of the checks
// that need no model. A PMP write takes a cycle; then times are as in checker_scenes.c.
#include "checker.h"

enum {
    OPEN = 0x1F,    // NAPOT rwx
    CLOSED = 0x18,  // NAPOT ---
    READ = 0x19,    // NAPOT r--
    WORD = 0x17,    // NA4 rwx
    TOR = 0x08,     // TOR ---
    LOCKED = 0x80,
    PAGE_NAPOT = 0x20000,  // 64 KiB
    PPN_NAPOT = 0x50000
};

// pmpaddr of the 4 KiB at pa.
#define PMP_PAGE(pa) ((uint64_t)(pa) >> 2 | 0x1FF)
#define PA(ppn) ((uint64_t)(ppn) << 12)

// --- setups --------------------------------------------------------------------------------------

static void with_pmp(struct scene *s) {
    s->config.mmu.arch.pmp_entries = 8;
}

static void with_sv48(struct scene *s) {
    scene_set_mode(s, scene_sv48);
}

static void legal_alone(struct scene *s) {
    s->config.oracle = BENCH_LEGAL;
}

static void unit_alone(struct scene *s) {
    s->config.mode = BENCH_DUT_ONLY;
}

// --- page sizes, memory types --------------------------------------------------------------------

static void map_napot(struct scene *s, uint64_t ppn) {
    for (uint64_t va = PAGE_NAPOT; va < PAGE_NAPOT + 0x10000; va += 4096)
        scene_map(s, va, 0, leaf_pte(ppn, LEAF_S) | MMU_PTE_N);
}

static void load_napot_twice(struct scene *s) {
    map_napot(s, PPN_NAPOT | 8);
    scene_load(s, PAGE_NAPOT + 0x2000);
    scene_load(s, PAGE_NAPOT + 0x3000);
}

static void load_reserved_napot(struct scene *s) {
    map_napot(s, PPN_NAPOT | 4);
    scene_load(s, PAGE_NAPOT);
}

static void load_noncacheable_twice(struct scene *s) {
    s->in.csr.pbmte = true;
    scene_map(s, PAGE_A, 0, leaf_pte(PPN_A, LEAF_S) | UINT64_C(1) << MMU_PTE_PBMT_SHIFT);
    scene_load(s, PAGE_A);
    scene_load(s, PAGE_A);
}

static void load_above_sv39(struct scene *s) {
    scene_map(s, UINT64_C(1) << 40, 0, leaf_pte(PPN_A, LEAF_S));
    scene_load(s, UINT64_C(1) << 40);
}

static void load_beyond_physical_addresses(struct scene *s) {
    s->in.csr.satp = 0;
    scene_load(s, UINT64_C(1) << 56);
}

// --- kills ---------------------------------------------------------------------------------------

// Accepted in cycle 0, killed in `cycle`.
static void kill_load_a(struct scene *s, unsigned cycle) {
    scene_present(s, MMU_PORT_DATA, PAGE_A, MMU_LOAD);
    scene_idle(s, cycle);
    scene_kill(s, 1);
}

static void kill_during_the_first_read(struct scene *s) {
    kill_load_a(s, 2);
    scene_idle(s, 20);
}

static void kill_during_the_last_read(struct scene *s) {
    kill_load_a(s, 8);
    scene_idle(s, 5);
}

static void kill_and_fence_at_once(struct scene *s) {
    scene_present(s, MMU_PORT_DATA, PAGE_A, MMU_LOAD);
    scene_idle(s, 2);
    s->in.fence = (struct mmu_fence){.op = MMU_SFENCE_VMA};
    s->in.fence_valid = true;
    scene_kill(s, 1);
    scene_idle(s, 20);
}

// --- Svinval -------------------------------------------------------------------------------------

static void load_a_sinval_load_a(struct scene *s) {
    scene_load(s, PAGE_A);
    scene_fence_op(s, MMU_SFENCE_W_INVAL, SCENE_ALL, SCENE_ALL);
    scene_fence_op(s, MMU_SINVAL_VMA, PAGE_A, 1);
    scene_fence_op(s, MMU_SFENCE_INVAL_IR, SCENE_ALL, SCENE_ALL);
    scene_load(s, PAGE_A);
}

static void load_a_inval_ir_load_a(struct scene *s) {
    scene_load(s, PAGE_A);
    scene_fence_op(s, MMU_SFENCE_INVAL_IR, SCENE_ALL, SCENE_ALL);
    scene_load(s, PAGE_A);
}

// --- protection ----------------------------------------------------------------------------------
// Software fences after it changes the PMP; until then the old registers may be used too.

static void load_a(struct scene *s) {
    scene_load(s, PAGE_A);
    scene_idle(s, 3);
}

static void load_from_a_closed_page(struct scene *s) {
    scene_pmp_open(s);
    scene_pmp(s, 0, CLOSED, PMP_PAGE(PA(PPN_A)));
    scene_fence(s, SCENE_ALL, SCENE_ALL);
    scene_load(s, PAGE_A);
}

static void page_is_closed_after_the_fill(struct scene *s) {
    scene_pmp_open(s);
    scene_load(s, PAGE_A);
    scene_pmp(s, 0, CLOSED, PMP_PAGE(PA(PPN_A)));
    scene_load(s, PAGE_A);
}

static void load_through_a_closed_table(struct scene *s) {
    scene_pmp_open(s);
    scene_pmp(s, 0, CLOSED, PMP_PAGE(TABLE_0));
    scene_fence(s, SCENE_ALL, SCENE_ALL);
    scene_load(s, PAGE_A);
}

static void store_through_a_read_only_table(struct scene *s) {
    scene_pmp_open(s);
    scene_pmp(s, 0, READ, PMP_PAGE(TABLE_0));
    scene_fence(s, SCENE_ALL, SCENE_ALL);
    scene_ask(s, MMU_PORT_DATA, PAGE_CLEAN, MMU_STORE);
}

static void store_to_a_clean_closed_page(struct scene *s) {
    scene_pmp_open(s);
    scene_pmp(s, 0, READ, PMP_PAGE(0x30003000));
    scene_ask(s, MMU_PORT_DATA, PAGE_CLEAN, MMU_STORE);
}

static void load_across_the_end_of_an_entry(struct scene *s) {
    scene_pmp_open(s);
    scene_pmp(s, 0, WORD, PA(PPN_A) >> 2);
    scene_fence(s, SCENE_ALL, SCENE_ALL);
    scene_present(s, MMU_PORT_DATA, PAGE_A, MMU_LOAD);
    s->in.request[MMU_PORT_DATA].size = 3;
    scene_await(s, MMU_PORT_DATA);
}

static void load_after_the_end_of_a_range(struct scene *s) {
    scene_pmp_open(s);
    scene_pmp(s, 1, 0, PA(PPN_A) >> 2);
    scene_pmp(s, 2, TOR, (PA(PPN_A) >> 2) + 2);
    scene_fence(s, SCENE_ALL, SCENE_ALL);
    scene_load(s, PAGE_A + 8);
}

static void write_to_a_locked_entry(struct scene *s) {
    scene_pmp_open(s);
    scene_pmp(s, 0, LOCKED | OPEN, PMP_PAGE(PA(PPN_A)));
    scene_pmp(s, 0, CLOSED, PMP_PAGE(PA(PPN_A)));
    scene_fence(s, SCENE_ALL, SCENE_ALL);
    scene_load(s, PAGE_A);
}

// --- without the model ---------------------------------------------------------------------------

static void same_load_again(struct scene *s) {
    s->in.csr.pbmte = true;
    scene_map(s, PAGE_A, 0, leaf_pte(PPN_A, LEAF_S) | UINT64_C(1) << MMU_PTE_PBMT_SHIFT);
    scene_load(s, PAGE_A);
    struct mmu_answer first = s->answer[MMU_PORT_DATA];
    scene_load(s, PAGE_A);
    s->failed = !bench_check_invariance(s->bench, MMU_PORT_DATA, &first, &s->answer[MMU_PORT_DATA]);
}

// clang-format off
#define ON_THE_WAY "PTE accesses on the way to the answer"
const struct checker_row checker_wide_rows[] = {
    {"napot_page_told_as_4_kib_is_named_page_size", FAKE_NAPOT_UNTOLD, load_napot_twice, CHECK_LEVEL, "d_rsp_napot", 1, 0, .legal = LEGAL_CATCHES},
    {"napot_page_without_the_low_bits_of_the_va_is_named_pa", FAKE_NAPOT_PA, load_napot_twice, CHECK_PA, "d_rsp_pa", PA(PPN_NAPOT | 2), PA(PPN_NAPOT | 8), .legal = LEGAL_CATCHES},
    {"napot_entry_that_matches_4_kib_is_noticed", FAKE_NAPOT_SHIFT, load_napot_twice, CHECK_SOURCE, "d_rsp_source", 1, 2, .legal = LEGAL_PASSES},
    {"reserved_napot_encoding_that_is_taken_is_named_fault", FAKE_NAPOT_RESERVED, load_reserved_napot, CHECK_FAULT, "d_rsp_fault", 1, 0, .legal = LEGAL_CATCHES},
    {"dropped_pbmt_is_named_memory_type", FAKE_PBMT_DROPPED, load_noncacheable_twice, CHECK_MEMORY_TYPE, "d_rsp_pbmt", 1, 0, .legal = LEGAL_CATCHES},
    {"pbmt_that_the_tlb_forgets_is_named_memory_type", FAKE_PBMT_OF_WALKS, load_noncacheable_twice, CHECK_MEMORY_TYPE, "d_rsp_pbmt", 1, 0, .legal = LEGAL_CATCHES},
    {"canonical_check_of_another_mode_is_named_fault", FAKE_CANONICAL_39, load_above_sv39, CHECK_FAULT, "d_rsp_fault", 0, 1, .setup = with_sv48, .legal = LEGAL_CATCHES},
    {"physical_address_beyond_the_width_is_named_fault", FAKE_PA_WIDTH, load_beyond_physical_addresses, CHECK_FAULT, "d_rsp_fault", 1, 0, .legal = LEGAL_CATCHES},

    {"kill_that_is_ignored_is_named_extra", FAKE_KILL_IGNORED, kill_during_the_first_read, CHECK_PTE_ACCESS, "mem_req_valid extra", 0, 1, .legal = LEGAL_CATCHES},
    {"killed_walk_that_installs_is_named_victim", FAKE_KILL_FILLS, kill_during_the_last_read, CHECK_VICTIM, "d_fill_valid", 0, 1, .legal = LEGAL_PASSES},
    {"killed_walk_that_a_fence_restarts_is_named", FAKE_KILL_RESTARTS, kill_and_fence_at_once, CHECK_PTE_ACCESS, "mem_req_valid extra", 0, 1, .legal = LEGAL_CATCHES},
    {"sinval_that_removes_nothing_is_noticed", FAKE_SINVAL_NOTHING, load_a_sinval_load_a, CHECK_SOURCE, "d_rsp_source", 2, 1, .legal = LEGAL_PASSES},
    {"inval_ir_that_removes_is_noticed", FAKE_INVAL_IR_REMOVES, load_a_inval_ir_load_a, CHECK_SOURCE, "d_rsp_source", 1, 2, .legal = LEGAL_PASSES},

    {"pmp_ignored_for_the_final_access_is_named_fault", FAKE_PMP_FINAL, load_from_a_closed_page, CHECK_FAULT, "d_rsp_fault", 1, 0, .setup = with_pmp, .legal = LEGAL_CATCHES},
    {"pmp_ignored_on_a_hit_is_named_fault", FAKE_PMP_HIT, page_is_closed_after_the_fill, CHECK_FAULT, "d_rsp_fault", 1, 0, .setup = with_pmp, .legal = LEGAL_PASSES},
    {"pmp_ignored_for_a_pte_read_is_named_pte_access", FAKE_PMP_PTE, load_through_a_closed_table, CHECK_PTE_ACCESS, "mem_req_valid extra", 0, 1, .setup = with_pmp, .legal = LEGAL_CATCHES},
    {"pmp_ignored_for_an_update_is_named_pte_write", FAKE_PMP_UPDATE, store_through_a_read_only_table, CHECK_PTE_WRITE, "mem_req_valid extra", 0, 1, .setup = with_pmp, .legal = LEGAL_CATCHES},
    {"final_check_before_the_update_is_noticed", FAKE_UPDATE_ORDER, store_to_a_clean_closed_page, CHECK_PTE_ACCESS, ON_THE_WAY, 15, 12, .setup = with_pmp, .legal = LEGAL_PASSES},
    {"access_judged_by_its_first_word_is_named_fault", FAKE_PMP_SIZE, load_across_the_end_of_an_entry, CHECK_FAULT, "d_rsp_fault", 1, 0, .setup = with_pmp, .legal = LEGAL_CATCHES},
    {"range_that_ends_a_word_later_is_named_fault", FAKE_PMP_TOR, load_after_the_end_of_a_range, CHECK_FAULT, "d_rsp_fault", 0, 1, .setup = with_pmp, .legal = LEGAL_CATCHES},
    {"lock_that_does_not_hold_is_named_fault", FAKE_PMP_LOCK, write_to_a_locked_entry, CHECK_FAULT, "d_rsp_fault", 0, 1, .setup = with_pmp, .legal = LEGAL_CATCHES},
    {"pmp_write_accepted_during_a_request_is_named_ready", FAKE_PMP_READY, load_a, CHECK_READY, "pmp_ready", 0, 1, .legal = LEGAL_PASSES},

    {"property_that_fails_is_named_by_its_name", FAKE_ASSERTION, load_a, CHECK_ASSERTION, "fake.walks_do_not_end", 0, 1, .legal = LEGAL_CATCHES},
    {"illegal_answer_is_named_without_the_model", FAKE_PA_BIT, load_a, CHECK_LEGAL, NULL, 0, 1, .setup = legal_alone, .legal = LEGAL_CATCHES},
    {"outcome_that_depends_on_who_answers_is_named_invariance", FAKE_PBMT_OF_WALKS, same_load_again, CHECK_INVARIANCE, "the same access, asked again", 0, 0, .setup = unit_alone, .legal = LEGAL_CATCHES},
};
// clang-format on
const unsigned checker_wide_row_count = sizeof checker_wide_rows / sizeof *checker_wide_rows;
