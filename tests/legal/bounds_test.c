// SPDX-License-Identifier: Apache-2.0
// What the oracle does when it has forgotten: it is lenient where what is forgotten might matter,
// until a fence covers that, and nowhere else.
#include <string.h>

#include "scene.h"

#define VA UINT64_C(0x3000)
#define LEAF pte_at(ROOT_A + 2, 3)
static const uint64_t old_leaf = 0x40u << 10 | FULL, new_leaf = 0x41u << 10 | FULL;

static void begin(struct scene *scene) {
    struct mmu_arch arch = scene_arch();
    scene_begin(scene, &arch);
    plant(scene, LEAF, old_leaf);
}

static void op(struct scene *s, enum mmu_fence_op op) {
    scene_fence(s, &(struct mmu_fence){.op = (uint8_t)op});
}

static void what_is_forgotten_is_never_a_false_alarm(void **state) {
    (void)state;
    struct scene s;
    struct mmu_arch arch = scene_arch();
    scene_begin_bounded(&s, &arch, 4, 2);
    plant(&s, LEAF, old_leaf);
    for (unsigned i = 1; i <= 3; i++) {
        poke(&s, LEAF, leaf(0x40 + i, FULL));
    }
    struct mmu_answer answer = gives(VA, old_leaf, 0);
    accept(&s, MMU_LOAD, VA);
    struct legal_verdict verdict = legal_answer(s.legal, s.now++, MMU_PORT_DATA, &answer);
    assert_true(verdict.legal);
    assert_false(verdict.judged);
    assert_int_equal(legal_stats(s.legal)->forgotten, 1);
    assert_int_equal(legal_stats(s.legal)->unjudged, 1);
    fence_all(&s);
    assert_false(load_gives(&s, VA, old_leaf));  // nothing older than the fence is missed
    scene_end(&s);
}

static void too_many_writes(struct scene *s, uint64_t pa, uint64_t last) {
    for (unsigned i = 1; i <= 3; i++) {
        poke(s, pa, peek(s, pa) + (i << 10));
    }
    poke(s, pa, last);
}

// "give" asserts that the oracle is sure.
static void it_judges_again_after_the_covering_fence(void **state) {
    (void)state;
    for (unsigned form = 0; form < 4; form++) {
        struct scene s;
        struct mmu_arch arch = scene_arch();
        scene_begin_bounded(&s, &arch, 16, 2);
        plant(&s, LEAF, old_leaf);
        too_many_writes(&s, LEAF, new_leaf);
        struct mmu_answer answer = gives(VA, old_leaf, 0);
        accept(&s, MMU_LOAD, VA);
        assert_false(legal_answer(s.legal, s.now++, MMU_PORT_DATA, &answer).judged);
        struct mmu_fence fence = {
            .op = MMU_SFENCE_VMA, .has_va = form & 1, .has_asid = form & 2, .va = VA, .asid = 5};
        scene_fence(&s, &fence);
        assert_false(load_gives(&s, VA, old_leaf));
        assert_true(load_gives(&s, VA, new_leaf));
        scene_end(&s);
    }
}

// A fence of a page covers no pointers, and a fence of an ASID no global ones.
static void it_stays_unsure_after_a_fence_that_does_not_cover(void **state) {
    (void)state;
    for (unsigned global = 0; global < 2; global++) {
        struct scene s;
        struct mmu_arch arch = scene_arch();
        uint64_t pa = pte_at(ROOT_A + 1, 0), g = global ? MMU_PTE_G : 0;
        scene_begin_bounded(&s, &arch, 16, 2);
        plant(&s, LEAF, new_leaf);
        plant(&s, pa, pointer(ROOT_B) | g);
        too_many_writes(&s, pa, pointer(ROOT_A + 2));
        struct mmu_answer answer = gives(VA, old_leaf | g, 0);
        fence_va(&s, VA);
        if (global) {
            fence_asid(&s, 5);
        }
        accept(&s, MMU_LOAD, VA);
        assert_false(legal_answer(s.legal, s.now++, MMU_PORT_DATA, &answer).judged);
        fence_asid(&s, 5);
        if (global) {
            fence_all(&s);
        }
        assert_false(allowed(&s, MMU_LOAD, VA, &answer));
        scene_end(&s);
    }
}

static void more_roots_than_are_kept_lend_only_global_mappings(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    for (uint16_t i = 0; i < 600; i++) {
        set_satp(&s, MMU_SATP_MODE_SV39, (uint16_t)(16 + i % 200), 0x1000u + i);
    }
    set_satp(&s, MMU_SATP_MODE_SV39, 5, ROOT_A);
    fence_asid(&s, 5);
    assert_true(load_gives(&s, VA, old_leaf));
    assert_false(load_gives(&s, VA, new_leaf));
    struct mmu_answer global = gives(VA, new_leaf | MMU_PTE_G, 0);
    accept(&s, MMU_LOAD, VA);
    assert_false(legal_answer(s.legal, s.now++, MMU_PORT_DATA, &global).judged);
    fence_all(&s);
    assert_false(allowed(&s, MMU_LOAD, VA, &global));
    scene_end(&s);
}

static void a_forgotten_fence_makes_no_verdict_wrong(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    poke(&s, LEAF, new_leaf);
    fence_va(&s, VA);
    assert_false(load_gives(&s, VA, old_leaf));
    for (uint64_t page = 0; page < 100000; page++) {
        fence_va_asid(&s, 0x10000000 + (page << 12), 5);
    }
    struct mmu_answer answer = gives(VA, old_leaf, 0);
    accept(&s, MMU_LOAD, VA);
    struct legal_verdict verdict = legal_answer(s.legal, s.now++, MMU_PORT_DATA, &answer);
    assert_true(verdict.legal);
    assert_false(verdict.judged);
    assert_true(load_gives(&s, VA, new_leaf));
    scene_end(&s);
}

static void more_sinvals_than_are_kept_make_no_verdict_wrong(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    poke(&s, LEAF, new_leaf);
    op(&s, MMU_SFENCE_W_INVAL);
    for (uint64_t page = 0; page < 1000; page++) {
        scene_fence(&s, &(struct mmu_fence){
                            .op = MMU_SINVAL_VMA, .has_va = true, .va = 0x10000000 + (page << 12)});
    }
    op(&s, MMU_SINVAL_VMA);  // there is no room for this one
    op(&s, MMU_SFENCE_INVAL_IR);
    struct mmu_answer answer = gives(VA, old_leaf, 0);
    accept(&s, MMU_LOAD, VA);
    struct legal_verdict verdict = legal_answer(s.legal, s.now++, MMU_PORT_DATA, &answer);
    assert_true(verdict.legal);
    assert_false(verdict.judged);
    scene_end(&s);
}

// Both registers of 16 entries, twice: nothing is forgotten.
static void programming_the_whole_pmp_twice_leaves_verdicts_sure(void **state) {
    (void)state;
    struct scene s;
    struct mmu_arch arch = scene_arch();
    arch.pmp_entries = 16;
    scene_begin(&s, &arch);
    plant(&s, LEAF, old_leaf);
    struct mmu_pmp pmp = {.entries = 16, .xlen = 64};
    pmp.cfg[15] = 3 << 3 | 7;
    pmp.addr[15] = (UINT64_C(1) << 54) - 1;
    legal_pmp(s.legal, s.now++, &pmp);
    fence_all(&s);
    for (unsigned i = 0; i < 2 * 15; i++) {
        pmp.cfg[i % 15] = (uint8_t)(2 << 3 | (7 - i / 15));
        legal_pmp(s.legal, s.now++, &pmp);
        pmp.addr[i % 15] = 0x1000000 + i;
        legal_pmp(s.legal, s.now++, &pmp);
    }
    assert_true(load_gives(&s, VA, old_leaf));
    assert_false(load_gives(&s, VA, new_leaf));
    assert_false(faults(&s, MMU_LOAD, VA, MMU_CAUSE_LOAD_ACCESS));
    scene_end(&s);
}

// Some past PMP may have denied what all that are known allow; none gives another address.
static void a_forgotten_pmp_leaves_sure_what_it_cannot_change(void **state) {
    (void)state;
    struct scene s;
    struct mmu_answer fault = {.fault = true, .cause = MMU_CAUSE_LOAD_ACCESS};
    struct mmu_arch arch = scene_arch();
    arch.pmp_entries = 8;
    scene_begin(&s, &arch);
    plant(&s, LEAF, old_leaf);
    struct mmu_pmp pmp = {.entries = 8, .xlen = 64, .cfg = {2 << 3, 3 << 3 | 7}};
    pmp.addr[1] = (UINT64_C(1) << 54) - 1;
    legal_pmp(s.legal, s.now++, &pmp);
    fence_all(&s);
    for (unsigned i = 0; i < 1000; i++) {
        pmp.addr[0] = 0x1000000 + i;
        legal_pmp(s.legal, s.now++, &pmp);
    }
    assert_true(load_gives(&s, VA, old_leaf));
    assert_false(load_gives(&s, VA, new_leaf));
    assert_false(faults(&s, MMU_LOAD, VA, MMU_CAUSE_LOAD_PAGE));
    accept(&s, MMU_LOAD, VA);
    struct legal_verdict verdict = legal_answer(s.legal, s.now++, MMU_PORT_DATA, &fault);
    assert_true(verdict.legal);
    assert_false(verdict.judged);
    fence_all(&s);
    assert_false(faults(&s, MMU_LOAD, VA, MMU_CAUSE_LOAD_ACCESS));
    scene_end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_forgotten_is_never_a_false_alarm),
        cmocka_unit_test(it_judges_again_after_the_covering_fence),
        cmocka_unit_test(it_stays_unsure_after_a_fence_that_does_not_cover),
        cmocka_unit_test(more_roots_than_are_kept_lend_only_global_mappings),
        cmocka_unit_test(a_forgotten_fence_makes_no_verdict_wrong),
        cmocka_unit_test(more_sinvals_than_are_kept_make_no_verdict_wrong),
        cmocka_unit_test(programming_the_whole_pmp_twice_leaves_verdicts_sure),
        cmocka_unit_test(a_forgotten_pmp_leaves_sure_what_it_cannot_change),
    };
    return cmocka_run_group_tests_name("legal.bounds", tests, NULL, NULL);
}
