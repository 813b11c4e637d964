// SPDX-License-Identifier: Apache-2.0
// "Supervisor Memory-Management Fence Instruction", clause by clause: for each, something that it
// allows passes, and a planted violation is caught.
#include <string.h>

#include "scene.h"

#define VA UINT64_C(0x3000)
#define LEAF_A pte_at(ROOT_A + 2, 3)
#define LEAF_B pte_at(ROOT_B + 2, 3)
static const uint64_t old_leaf = 0x40u << 10 | FULL, new_leaf = 0x41u << 10 | FULL;

static void begin(struct scene *scene) {
    struct mmu_arch arch = scene_arch();
    scene_begin(scene, &arch);
    plant(scene, LEAF_A, old_leaf);
    plant(scene, LEAF_B, leaf(0x50, FULL));
}

static void without_a_fence_the_old_or_the_new_leaf_is_used(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    poke(&s, LEAF_A, new_leaf);
    assert_true(load_gives(&s, VA, old_leaf));
    assert_int_equal(s.verdict.stale, 1);
    assert_true(load_gives(&s, VA, new_leaf));
    assert_int_equal(s.verdict.stale, 0);
    assert_true(load_gives(&s, VA, old_leaf));  // unpredictable, each time anew
    assert_false(load_gives(&s, VA, leaf(0x42, FULL)));
    assert_int_equal(s.verdict.present.pa, 0x41000 | (VA & 0xFFF));
    scene_end(&s);
}

static void a_fence_of_everything_orders_every_level(void **state) {
    (void)state;
    struct scene s;
    for (unsigned level = 1; level < 3; level++) {
        begin(&s);
        poke(&s, pte_at(ROOT_A + 2 - level, 0), pointer(ROOT_B + 3 - level));
        assert_true(load_gives(&s, VA, old_leaf));
        assert_int_equal(s.verdict.use[2 - level].level, level);
        fence_all(&s);
        assert_false(load_gives(&s, VA, old_leaf));
        assert_non_null(strstr(s.verdict.reason, "SFENCE.VMA x0,x0"));
        assert_true(load_gives(&s, VA, leaf(0x50, FULL)));
        scene_end(&s);
    }
}

static void a_fence_of_an_asid_orders_every_level_of_it(void **state) {
    (void)state;
    struct scene s;
    for (unsigned level = 1; level < 3; level++) {
        begin(&s);
        poke(&s, pte_at(ROOT_A + 2 - level, 0), pointer(ROOT_B + 3 - level));
        fence_asid(&s, 6);
        assert_true(load_gives(&s, VA, old_leaf));  // another ASID's
        fence_asid(&s, 5);
        assert_false(load_gives(&s, VA, old_leaf));
        assert_non_null(strstr(s.verdict.reason, "SFENCE.VMA x0,asid"));
        scene_end(&s);
    }
}

static void a_fence_of_an_asid_leaves_global_mappings(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    plant(&s, LEAF_A, old_leaf | MMU_PTE_G);
    poke(&s, LEAF_A, new_leaf | MMU_PTE_G);
    fence_asid(&s, 5);
    assert_true(load_gives(&s, VA, old_leaf | MMU_PTE_G));
    fence_va_asid(&s, VA, 5);
    assert_true(load_gives(&s, VA, old_leaf | MMU_PTE_G));
    fence_va(&s, VA);
    assert_false(load_gives(&s, VA, old_leaf | MMU_PTE_G));
    scene_end(&s);
}

static void a_global_pointer_makes_all_below_global(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    plant(&s, pte_at(ROOT_A, 0), pointer(ROOT_A + 1) | MMU_PTE_G);
    poke(&s, LEAF_A, new_leaf);
    fence_asid(&s, 5);
    assert_true(load_gives(&s, VA, old_leaf | MMU_PTE_G));  // perm has the path's G
    assert_false(load_gives(&s, VA, old_leaf));
    fence_all(&s);
    assert_false(load_gives(&s, VA, old_leaf | MMU_PTE_G));
    scene_end(&s);
}

// The upper pointers of a global leaf are not global themselves: after the ASID's fence they lead
// only to what was read through them before.
static void a_global_leaf_is_not_read_through_a_fenced_pointer(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    plant(&s, LEAF_A, old_leaf | MMU_PTE_G);
    poke(&s, pte_at(ROOT_A + 1, 0), pointer(ROOT_B + 2));
    fence_asid(&s, 5);
    assert_true(load_gives(&s, VA, old_leaf | MMU_PTE_G));  // as a whole, cached before the fence
    poke(&s, LEAF_A, new_leaf | MMU_PTE_G);
    assert_true(load_gives(&s, VA, old_leaf | MMU_PTE_G));
    assert_false(load_gives(&s, VA, new_leaf | MMU_PTE_G));
    scene_end(&s);
}

// ... and two fences of the ASID leave no way around: what the first one took is gone in the era
// between the two.
static void a_pointer_taken_by_a_fence_is_gone_for_later_eras(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    poke(&s, pte_at(ROOT_A + 1, 0), pointer(ROOT_B + 2));
    fence_asid(&s, 5);
    poke(&s, LEAF_A, new_leaf | MMU_PTE_G);
    fence_asid(&s, 5);
    assert_false(load_gives(&s, VA, new_leaf | MMU_PTE_G));
    poke(&s, LEAF_B, new_leaf | MMU_PTE_G);
    poke(&s, pte_at(ROOT_A + 1, 0), 0);
    fence_asid(&s, 5);
    assert_true(load_gives(&s, VA, new_leaf | MMU_PTE_G));
    scene_end(&s);
}

static void a_fence_of_a_va_orders_its_leaf(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    poke(&s, LEAF_A, new_leaf);
    fence_va(&s, VA + 0x1000);
    assert_true(load_gives(&s, VA, old_leaf));
    fence_va(&s, VA + 0xFF8);
    assert_false(load_gives(&s, VA, old_leaf));
    assert_non_null(strstr(s.verdict.reason, "SFENCE.VMA va,x0"));
    scene_end(&s);
}

static void a_fence_of_a_va_leaves_pointers(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    poke(&s, pte_at(ROOT_A + 1, 0), pointer(ROOT_B + 2));
    fence_va(&s, VA);
    fence_va_asid(&s, VA, 5);
    assert_true(load_gives(&s, VA, old_leaf));
    poke(&s, LEAF_A, new_leaf);
    fence_va(&s, VA);
    assert_true(load_gives(&s, VA, new_leaf));   // through the old pointer
    assert_false(load_gives(&s, VA, old_leaf));  // its leaf is ordered
    scene_end(&s);
}

static void a_fence_of_va_and_asid_is_for_that_asid(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    poke(&s, LEAF_A, new_leaf);
    fence_va_asid(&s, VA, 6);
    assert_true(load_gives(&s, VA, old_leaf));
    fence_va_asid(&s, VA, 5);
    assert_false(load_gives(&s, VA, old_leaf));
    assert_non_null(strstr(s.verdict.reason, "SFENCE.VMA va,asid"));
    scene_end(&s);
}

static void a_superpage_is_covered_by_any_address_in_it(void **state) {
    (void)state;
    struct scene s;
    uint64_t super = leaf(0x400, FULL), other = leaf(0x600, FULL);
    begin(&s);
    plant(&s, pte_at(ROOT_A + 1, 0), super);
    poke(&s, pte_at(ROOT_A + 1, 0), other);
    fence_va(&s, 0x200000);  // the next 2 MiB page
    assert_true(load_gives_at(&s, VA, super, 1));
    fence_va(&s, 0x1FF000);
    assert_false(load_gives_at(&s, VA, super, 1));
    assert_true(load_gives_at(&s, VA, other, 1));
    scene_end(&s);
}

// "SFENCE.VMA instruction(s) covering all 4 KiB regions within the range": each region on its own.
static void a_napot_page_is_covered_4_kib_at_a_time(void **state) {
    (void)state;
    struct scene s;
    uint64_t napot = leaf(0x48, FULL) | MMU_PTE_N;
    begin(&s);
    for (unsigned i = 0; i < 16; i++) {
        plant(&s, pte_at(ROOT_A + 2, i), napot);
    }
    for (unsigned i = 0; i < 16; i++) {
        poke(&s, pte_at(ROOT_A + 2, i), leaf(0x80 + i, FULL));
    }
    fence_va(&s, VA + 0x1000);
    assert_true(load_gives(&s, VA, napot));
    fence_va(&s, VA);
    assert_false(load_gives(&s, VA, napot));
    scene_end(&s);
}

static void a_fence_of_an_invalid_va_has_no_effect(void **state) {
    (void)state;
    struct scene s;
    uint64_t va = UINT64_C(0xFFFFFFFFFFE03000);
    begin(&s);
    plant(&s, pte_at(ROOT_A, 511), pointer(ROOT_A + 1));
    plant(&s, pte_at(ROOT_A + 1, 511), pointer(ROOT_A + 2));
    poke(&s, LEAF_A, new_leaf);
    fence_va(&s, va & UINT64_C(0x7FFFFFFFFF));  // bits 63:39 differ from bit 38
    assert_true(load_gives(&s, va, old_leaf));
    fence_va(&s, va);
    assert_false(load_gives(&s, va, old_leaf));
    scene_end(&s);
}

static void asid_bits_beyond_asidlen_are_ignored(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    poke(&s, LEAF_A, new_leaf);
    fence_asid(&s, 0x105 ^ 1);
    assert_true(load_gives(&s, VA, old_leaf));
    fence_asid(&s, 0xAB05);  // 8 bits are implemented
    assert_false(load_gives(&s, VA, old_leaf));
    scene_end(&s);
}

static void an_invalid_pte_may_be_cached_until_the_fence(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    plant(&s, LEAF_A, 0);
    poke(&s, LEAF_A, new_leaf);
    assert_true(faults(&s, MMU_LOAD, VA, MMU_CAUSE_LOAD_PAGE));
    assert_int_equal(legal_stats(s.legal)->spurious_faults, 1);
    assert_false(faults(&s, MMU_LOAD, VA, MMU_CAUSE_LOAD_ACCESS));
    fence_va_asid(&s, VA, 5);
    assert_false(faults(&s, MMU_LOAD, VA, MMU_CAUSE_LOAD_PAGE));
    scene_end(&s);
}

static void more_permissions_may_come_late(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    plant(&s, LEAF_A, leaf(0x40, MMU_PTE_V | MMU_PTE_R | MMU_PTE_A | MMU_PTE_D));
    poke(&s, LEAF_A, old_leaf);
    assert_true(faults(&s, MMU_STORE, VA, MMU_CAUSE_STORE_PAGE));
    fence_va(&s, VA);
    assert_false(faults(&s, MMU_STORE, VA, MMU_CAUSE_STORE_PAGE));
    scene_end(&s);
}

static void after_an_upgrade_to_a_superpage_pointer_or_leaf_is_used(void **state) {
    (void)state;
    struct scene s;
    uint64_t super = leaf(0x400, FULL);
    begin(&s);
    poke(&s, pte_at(ROOT_A + 1, 0), super);
    fence_va(&s, VA);
    assert_true(load_gives(&s, VA, old_leaf));  // the pointer needs rs1 = x0
    assert_true(load_gives_at(&s, VA, super, 1));
    fence_asid(&s, 5);
    assert_false(load_gives(&s, VA, old_leaf));
    assert_true(load_gives_at(&s, VA, super, 1));
    scene_end(&s);
}

static void an_ordered_write_is_covered_once_for_all(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    poke(&s, LEAF_A, new_leaf);
    fence_va(&s, VA);
    poke(&s, LEAF_A, leaf(0x42, FULL));
    assert_true(load_gives(&s, VA, new_leaf));
    assert_false(load_gives(&s, VA, old_leaf));
    scene_end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_fence_the_old_or_the_new_leaf_is_used),
        cmocka_unit_test(a_fence_of_everything_orders_every_level),
        cmocka_unit_test(a_fence_of_an_asid_orders_every_level_of_it),
        cmocka_unit_test(a_fence_of_an_asid_leaves_global_mappings),
        cmocka_unit_test(a_global_pointer_makes_all_below_global),
        cmocka_unit_test(a_global_leaf_is_not_read_through_a_fenced_pointer),
        cmocka_unit_test(a_pointer_taken_by_a_fence_is_gone_for_later_eras),
        cmocka_unit_test(a_fence_of_a_va_orders_its_leaf),
        cmocka_unit_test(a_fence_of_a_va_leaves_pointers),
        cmocka_unit_test(a_fence_of_va_and_asid_is_for_that_asid),
        cmocka_unit_test(a_superpage_is_covered_by_any_address_in_it),
        cmocka_unit_test(a_napot_page_is_covered_4_kib_at_a_time),
        cmocka_unit_test(a_fence_of_an_invalid_va_has_no_effect),
        cmocka_unit_test(asid_bits_beyond_asidlen_are_ignored),
        cmocka_unit_test(an_invalid_pte_may_be_cached_until_the_fence),
        cmocka_unit_test(more_permissions_may_come_late),
        cmocka_unit_test(after_an_upgrade_to_a_superpage_pointer_or_leaf_is_used),
        cmocka_unit_test(an_ordered_write_is_covered_once_for_all),
    };
    return cmocka_run_group_tests_name("legal.fence", tests, NULL, NULL);
}
