// SPDX-License-Identifier: Apache-2.0
// What a change of a register does, and when: satp, mstatus, menvcfg, PMP. "Supervisor Address
// Translation and Protection Register", "Machine Environment Configuration Register", "Physical
// Memory Protection and Paging".
#include <string.h>

#include "scene.h"

#define VA UINT64_C(0x3000)
#define LEAF_A pte_at(ROOT_A + 2, 3)
#define LEAF_B pte_at(ROOT_B + 2, 3)
static const uint64_t a_leaf = 0x40u << 10 | FULL, b_leaf = 0x50u << 10 | FULL;

static void begin_with(struct scene *scene, const struct mmu_arch *arch) {
    scene_begin(scene, arch);
    plant(scene, LEAF_A, a_leaf);
    plant(scene, LEAF_B, b_leaf);
}

static void begin(struct scene *scene) {
    struct mmu_arch arch = scene_arch();
    begin_with(scene, &arch);
}

static void a_change_of_asid_takes_effect_at_once(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    set_satp(&s, MMU_SATP_MODE_SV39, 6, ROOT_B);
    assert_true(load_gives(&s, VA, b_leaf));
    assert_false(load_gives(&s, VA, a_leaf));
    assert_non_null(strstr(s.verdict.reason, "asid 5"));
    scene_end(&s);
}

static void a_global_mapping_is_used_under_any_asid(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    plant(&s, LEAF_A, a_leaf | MMU_PTE_G);
    set_satp(&s, MMU_SATP_MODE_SV39, 6, ROOT_B);
    assert_true(load_gives(&s, VA, b_leaf));
    assert_true(load_gives(&s, VA, a_leaf | MMU_PTE_G));
    fence_asid(&s, 5);
    fence_asid(&s, 6);
    assert_true(load_gives(&s, VA, a_leaf | MMU_PTE_G));
    fence_all(&s);
    assert_false(load_gives(&s, VA, a_leaf | MMU_PTE_G));
    scene_end(&s);
}

static void a_recycled_asid_needs_a_fence_of_it(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    set_satp(&s, MMU_SATP_MODE_SV39, 5, ROOT_B);
    assert_true(load_gives(&s, VA, a_leaf));
    fence_va(&s, 0x7000);
    assert_true(load_gives(&s, VA, a_leaf));
    fence_asid(&s, 5);
    assert_false(load_gives(&s, VA, a_leaf));
    assert_true(load_gives(&s, VA, b_leaf));
    scene_end(&s);
}

static void a_fence_before_the_switch_does_not_cover_the_old_root(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    fence_asid(&s, 5);
    set_satp(&s, MMU_SATP_MODE_SV39, 5, ROOT_B);  // the old root was named after the fence
    assert_true(load_gives(&s, VA, a_leaf));
    set_satp(&s, MMU_SATP_MODE_SV39, 6, ROOT_B);
    fence_asid(&s, 5);
    set_satp(&s, MMU_SATP_MODE_SV39, 5, ROOT_B);
    assert_false(load_gives(&s, VA, a_leaf));
    scene_end(&s);
}

static void a_translation_of_another_width_lives_until_the_fence(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    // Sv48 over the same tables: one level more, so another walk.
    plant(&s, pte_at(10, 0), pointer(ROOT_B));
    set_satp(&s, MMU_SATP_MODE_SV48, 5, 10);
    assert_true(load_gives(&s, VA, b_leaf));
    assert_true(load_gives(&s, VA, a_leaf));
    fence_asid(&s, 5);
    assert_false(load_gives(&s, VA, a_leaf));
    scene_end(&s);
}

static void bare_takes_effect_at_once_both_ways(void **state) {
    (void)state;
    struct scene s;
    struct mmu_answer same = {.pa = VA, .level = MMU_LEVEL_NONE};
    begin(&s);
    set_satp(&s, MMU_SATP_MODE_BARE, 0, 0);
    assert_true(allowed(&s, MMU_LOAD, VA, &same));
    assert_false(load_gives(&s, VA, a_leaf));
    set_satp(&s, MMU_SATP_MODE_SV39, 5, ROOT_A);
    assert_false(allowed(&s, MMU_LOAD, VA, &same));
    assert_true(load_gives(&s, VA, a_leaf));
    scene_end(&s);
}

static void machine_mode_is_not_translated(void **state) {
    (void)state;
    struct scene s;
    struct mmu_answer same = {.pa = VA, .level = MMU_LEVEL_NONE};
    begin(&s);
    s.csr.priv = MMU_PRIV_M;
    assert_true(allowed(&s, MMU_LOAD, VA, &same));
    assert_false(load_gives(&s, VA, a_leaf));
    s.csr.mprv = true;
    s.csr.mpp = MMU_PRIV_S;
    assert_true(load_gives(&s, VA, a_leaf));
    assert_true(allowed(&s, MMU_FETCH, VA, &same));  // MPRV is for loads and stores
    scene_end(&s);
}

// "Executions of the algorithm may only begin using a given value of satp when satp is active."
static void a_satp_that_was_never_active_is_never_walked(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    s.csr.priv = MMU_PRIV_M;
    set_satp(&s, MMU_SATP_MODE_SV39, 5, ROOT_B);
    set_satp(&s, MMU_SATP_MODE_SV39, 5, ROOT_A);
    s.csr.priv = MMU_PRIV_S;
    assert_false(load_gives(&s, VA, b_leaf));
    set_satp(&s, MMU_SATP_MODE_SV39, 5, ROOT_B);
    set_satp(&s, MMU_SATP_MODE_SV39, 5, ROOT_A);
    assert_true(load_gives(&s, VA, b_leaf));
    scene_end(&s);
}

static void sum_and_mxr_and_privilege_take_effect_at_once(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    plant(&s, LEAF_A, a_leaf | MMU_PTE_U);
    assert_true(faults(&s, MMU_LOAD, VA, MMU_CAUSE_LOAD_PAGE));
    s.csr.sum = true;
    assert_true(load_gives(&s, VA, a_leaf | MMU_PTE_U));
    assert_false(faults(&s, MMU_LOAD, VA, MMU_CAUSE_LOAD_PAGE));
    assert_true(faults(&s, MMU_FETCH, VA, MMU_CAUSE_FETCH_PAGE));
    s.csr.sum = false;
    assert_false(load_gives(&s, VA, a_leaf | MMU_PTE_U));
    assert_non_null(strstr(s.verdict.reason, "does not permit"));
    s.csr.priv = MMU_PRIV_U;
    assert_true(load_gives(&s, VA, a_leaf | MMU_PTE_U));
    s.csr.priv = MMU_PRIV_S;
    uint64_t only_x = leaf(0x40, MMU_PTE_V | MMU_PTE_X | MMU_PTE_A);
    plant(&s, LEAF_A, only_x);
    assert_false(load_gives(&s, VA, only_x));
    s.csr.mxr = true;
    assert_true(load_gives(&s, VA, only_x));
    scene_end(&s);
}

static void pbmte_may_lag_until_a_fence_of_everything(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    uint64_t io = a_leaf | UINT64_C(2) << 61;
    plant(&s, LEAF_A, io);
    assert_false(load_gives(&s, VA, io));
    s.csr.pbmte = true;
    set_csr(&s);
    assert_true(load_gives(&s, VA, io));
    assert_true(faults(&s, MMU_LOAD, VA, MMU_CAUSE_LOAD_PAGE));
    fence_asid(&s, 5);
    assert_true(faults(&s, MMU_LOAD, VA, MMU_CAUSE_LOAD_PAGE));
    fence_all(&s);
    assert_false(faults(&s, MMU_LOAD, VA, MMU_CAUSE_LOAD_PAGE));
    assert_non_null(strstr(s.verdict.reason, "PBMTE"));
    assert_false(load_gives(&s, VA, a_leaf));  // the type is not dropped
    scene_end(&s);
}

static void adue_may_lag_until_a_fence_of_everything(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    s.csr.adue = true;
    fence_all(&s);
    set_csr(&s);
    fence_all(&s);
    plant(&s, LEAF_A, a_leaf ^ MMU_PTE_D);
    assert_false(faults(&s, MMU_STORE, VA, MMU_CAUSE_STORE_PAGE));
    s.csr.adue = false;
    set_csr(&s);
    s.csr.adue = true;
    set_csr(&s);
    assert_true(faults(&s, MMU_STORE, VA, MMU_CAUSE_STORE_PAGE));
    fence_va(&s, VA);
    assert_true(faults(&s, MMU_STORE, VA, MMU_CAUSE_STORE_PAGE));
    fence_all(&s);
    assert_false(faults(&s, MMU_STORE, VA, MMU_CAUSE_STORE_PAGE));
    scene_end(&s);
}

// Entry 0: the first 2^17 bytes (the tables) R W X; entry 1: NAPOT over everything, or nothing.
static struct mmu_pmp pmp_of(uint8_t tables, uint8_t rest) {
    return (struct mmu_pmp){.entries = 8,
                            .xlen = 64,
                            .cfg = {(uint8_t)(3 << 3 | tables), (uint8_t)(3 << 3 | rest)},
                            .addr = {0x3FFF, (UINT64_C(1) << 54) - 1}};
}

static void set_pmp(struct scene *s, uint8_t tables, uint8_t rest) {
    struct mmu_pmp pmp = pmp_of(tables, rest);
    legal_pmp(s->legal, s->now++, &pmp);
}

static void begin_pmp(struct scene *s) {
    struct mmu_arch arch = scene_arch();
    arch.pmp_entries = 8;
    begin_with(s, &arch);
    set_pmp(s, 7, 7);
    fence_all(s);
}

static void the_pmp_of_final_accesses_may_lag(void **state) {
    (void)state;
    struct scene s;
    begin_pmp(&s);
    assert_true(load_gives(&s, VA, a_leaf));
    set_pmp(&s, 7, 6 - 2);  // the page at 0x40000: X only
    assert_true(load_gives(&s, VA, a_leaf));
    assert_true(faults(&s, MMU_LOAD, VA, MMU_CAUSE_LOAD_ACCESS));
    fence_asid(&s, 5);
    assert_true(load_gives(&s, VA, a_leaf));
    fence_all(&s);
    assert_false(load_gives(&s, VA, a_leaf));
    assert_non_null(strstr(s.verdict.reason, "PMP"));
    assert_true(faults(&s, MMU_LOAD, VA, MMU_CAUSE_LOAD_ACCESS));
    scene_end(&s);
}

static void the_pmp_of_pte_reads_may_lag(void **state) {
    (void)state;
    struct scene s;
    begin_pmp(&s);
    set_pmp(&s, 0, 7);
    assert_true(load_gives(&s, VA, a_leaf));
    assert_true(faults(&s, MMU_LOAD, VA, MMU_CAUSE_LOAD_ACCESS));
    assert_false(faults(&s, MMU_LOAD, VA, MMU_CAUSE_LOAD_PAGE));
    fence_all(&s);
    assert_false(load_gives(&s, VA, a_leaf));
    set_pmp(&s, 7, 7);
    fence_all(&s);
    assert_false(faults(&s, MMU_LOAD, VA, MMU_CAUSE_LOAD_ACCESS));
    scene_end(&s);
}

static void the_pmp_may_lag_for_what_is_not_translated(void **state) {
    (void)state;
    struct scene s;
    struct mmu_answer same = {.pa = 0x50000, .level = MMU_LEVEL_NONE};
    begin_pmp(&s);
    set_satp(&s, MMU_SATP_MODE_BARE, 0, 0);
    set_pmp(&s, 7, 0);
    assert_true(allowed(&s, MMU_LOAD, 0x50000, &same));
    assert_true(faults(&s, MMU_LOAD, 0x50000, MMU_CAUSE_LOAD_ACCESS));
    fence_all(&s);
    assert_false(allowed(&s, MMU_LOAD, 0x50000, &same));
    s.csr.priv = MMU_PRIV_M;
    assert_true(allowed(&s, MMU_LOAD, 0x50000, &same));  // entry not locked
    scene_end(&s);
}

static void an_address_that_is_not_canonical_faults(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    uint64_t va = UINT64_C(0x8000000000) | VA;
    assert_true(faults(&s, MMU_LOAD, va, MMU_CAUSE_LOAD_PAGE));
    assert_false(load_gives(&s, va, a_leaf));
    // In Sv48 it is; what was translated there is not for Sv39.
    plant(&s, pte_at(10, 1), pointer(ROOT_A));
    set_satp(&s, MMU_SATP_MODE_SV48, 5, 10);
    assert_true(load_gives(&s, va, a_leaf));
    set_satp(&s, MMU_SATP_MODE_SV39, 5, ROOT_A);
    assert_true(faults(&s, MMU_LOAD, va, MMU_CAUSE_LOAD_PAGE));
    assert_false(load_gives(&s, va, a_leaf));
    scene_end(&s);
}

static void a_reset_forgets_everything_cached(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    poke(&s, LEAF_A, b_leaf);
    assert_true(load_gives(&s, VA, a_leaf));
    accept(&s, MMU_LOAD, VA);
    legal_reset(s.legal, s.now++);
    assert_false(load_gives(&s, VA, a_leaf));
    assert_true(load_gives(&s, VA, b_leaf));
    scene_end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_of_asid_takes_effect_at_once),
        cmocka_unit_test(a_global_mapping_is_used_under_any_asid),
        cmocka_unit_test(a_recycled_asid_needs_a_fence_of_it),
        cmocka_unit_test(a_fence_before_the_switch_does_not_cover_the_old_root),
        cmocka_unit_test(a_translation_of_another_width_lives_until_the_fence),
        cmocka_unit_test(bare_takes_effect_at_once_both_ways),
        cmocka_unit_test(machine_mode_is_not_translated),
        cmocka_unit_test(a_satp_that_was_never_active_is_never_walked),
        cmocka_unit_test(sum_and_mxr_and_privilege_take_effect_at_once),
        cmocka_unit_test(pbmte_may_lag_until_a_fence_of_everything),
        cmocka_unit_test(adue_may_lag_until_a_fence_of_everything),
        cmocka_unit_test(the_pmp_of_final_accesses_may_lag),
        cmocka_unit_test(the_pmp_of_pte_reads_may_lag),
        cmocka_unit_test(the_pmp_may_lag_for_what_is_not_translated),
        cmocka_unit_test(an_address_that_is_not_canonical_faults),
        cmocka_unit_test(a_reset_forgets_everything_cached),
    };
    return cmocka_run_group_tests_name("legal.registers", tests, NULL, NULL);
}
