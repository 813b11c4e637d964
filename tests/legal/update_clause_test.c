// SPDX-License-Identifier: Apache-2.0
// A and D: "Addressing and Memory Protection" (Svade, Svadu), and the last steps of "Virtual
// Address Translation Process".
#include <string.h>

#include "scene.h"

#define VA UINT64_C(0x3000)
#define LEAF pte_at(ROOT_A + 2, 3)
static const uint64_t fresh = 0x40u << 10 | MMU_PTE_V | RWX;

static void begin(struct scene *scene, bool adue) {
    struct mmu_arch arch = scene_arch();
    scene_begin(scene, &arch);
    scene->csr.adue = adue;
    set_csr(scene);
    fence_all(scene);
    plant(scene, LEAF, fresh);
}

// The unit's compare-and-write: judged, then made.
static bool update(struct scene *s, uint64_t pa, uint64_t expected, uint64_t data) {
    s->verdict = legal_update(s->legal, s->now, pa, 8, expected, data);
    assert_true(s->verdict.judged);
    if (peek(s, pa) == expected) {
        plant(s, pa, data);
        legal_write(s->legal, s->now, pa, 8, expected, data, true);
    }
    s->now++;
    return s->verdict.legal;
}

static void an_access_needs_a_set_in_the_version_it_uses(void **state) {
    (void)state;
    struct scene s;
    begin(&s, true);
    assert_false(load_gives(&s, VA, fresh | MMU_PTE_A));  // not in memory
    assert_non_null(strstr(s.verdict.reason, "lacks the A"));
    assert_false(load_gives(&s, VA, fresh));
    accept(&s, MMU_LOAD, VA);
    assert_true(update(&s, LEAF, fresh, fresh | MMU_PTE_A));
    struct mmu_answer answer = gives(VA, fresh | MMU_PTE_A, 0);
    assert_true(give(&s, MMU_LOAD, &answer));
    scene_end(&s);
}

static void a_store_needs_d_set_in_the_version_it_uses(void **state) {
    (void)state;
    struct scene s;
    begin(&s, true);
    plant(&s, LEAF, fresh | MMU_PTE_A);
    struct mmu_answer clean = gives(VA, fresh | MMU_PTE_A, 0), dirty = gives(VA, fresh | 0xC0, 0);
    assert_false(allowed(&s, MMU_STORE, VA, &clean));
    assert_false(allowed(&s, MMU_STORE, VA, &dirty));
    assert_false(faults(&s, MMU_STORE, VA, MMU_CAUSE_STORE_PAGE));
    accept(&s, MMU_AMO, VA);
    assert_true(update(&s, LEAF, fresh | MMU_PTE_A, fresh | 0xC0));
    assert_true(give(&s, MMU_AMO, &dirty));
    assert_true(allowed(&s, MMU_LOAD, VA, &clean));  // cached before the update
    scene_end(&s);
}

static void svade_faults_and_never_updates(void **state) {
    (void)state;
    struct scene s;
    begin(&s, false);
    assert_true(faults(&s, MMU_LOAD, VA, MMU_CAUSE_LOAD_PAGE));
    accept(&s, MMU_LOAD, VA);
    assert_false(update(&s, LEAF, fresh, fresh | MMU_PTE_A));
    assert_non_null(strstr(s.verdict.reason, "ADUE"));
    scene_end(&s);
}

static void an_update_sets_a_and_d_and_nothing_else(void **state) {
    (void)state;
    struct scene s;
    begin(&s, true);
    accept(&s, MMU_STORE, VA);
    assert_false(update(&s, LEAF, fresh, fresh | 0xC0 | MMU_PTE_U));
    plant(&s, LEAF, fresh);
    assert_false(update(&s, LEAF, fresh, (fresh | 0xC0) + (1 << 10)));
    plant(&s, LEAF, fresh | MMU_PTE_A);
    assert_false(update(&s, LEAF, fresh | MMU_PTE_A, fresh | MMU_PTE_D));
    plant(&s, LEAF, fresh);
    assert_false(update(&s, LEAF, fresh, fresh | MMU_PTE_D));
    plant(&s, LEAF, fresh);
    assert_true(update(&s, LEAF, fresh, fresh | 0xC0));
    scene_end(&s);
}

static void an_update_is_of_a_leaf(void **state) {
    (void)state;
    struct scene s;
    uint64_t pointer_pa = pte_at(ROOT_A + 1, 0), value = pointer(ROOT_A + 2);
    begin(&s, true);
    accept(&s, MMU_LOAD, VA);
    assert_false(update(&s, pointer_pa, value, value | MMU_PTE_A));
    plant(&s, LEAF, fresh ^ MMU_PTE_V);
    assert_false(update(&s, LEAF, fresh ^ MMU_PTE_V, (fresh ^ MMU_PTE_V) | MMU_PTE_A));
    scene_end(&s);
}

static void a_compare_that_fails_writes_nothing(void **state) {
    (void)state;
    struct scene s;
    begin(&s, true);
    accept(&s, MMU_STORE, VA);
    assert_true(update(&s, LEAF, fresh + (1 << 10), (fresh + (1 << 10)) | 0xC0));
    assert_int_equal(peek(&s, LEAF), fresh);
    scene_end(&s);
}

static void a_may_be_set_speculatively(void **state) {
    (void)state;
    struct scene s;
    begin(&s, true);
    assert_true(update(&s, LEAF, fresh, fresh | MMU_PTE_A));
    scene_end(&s);
}

static void d_is_set_only_for_a_store_that_translates_with_the_pte(void **state) {
    (void)state;
    struct scene s;
    begin(&s, true);
    assert_false(update(&s, LEAF, fresh, fresh | 0xC0));  // nothing in flight
    plant(&s, LEAF, fresh);
    accept(&s, MMU_LOAD, VA);
    assert_false(update(&s, LEAF, fresh, fresh | 0xC0));
    plant(&s, LEAF, fresh);
    accept(&s, MMU_STORE, VA + 0x1000);  // another page
    assert_false(update(&s, LEAF, fresh, fresh | 0xC0));
    plant(&s, LEAF, fresh);
    accept(&s, MMU_STORE, VA);
    assert_true(update(&s, LEAF, fresh, fresh | 0xC0));
    scene_end(&s);
}

static void d_needs_write_permission(void **state) {
    (void)state;
    struct scene s;
    begin(&s, true);
    uint64_t read_only = fresh ^ MMU_PTE_W;
    plant(&s, LEAF, read_only);
    accept(&s, MMU_STORE, VA);
    assert_false(update(&s, LEAF, read_only, read_only | 0xC0));
    scene_end(&s);
}

static void d_may_be_set_through_a_cached_pointer(void **state) {
    (void)state;
    struct scene s;
    begin(&s, true);
    poke(&s, pte_at(ROOT_A + 1, 0), pointer(ROOT_B + 2));
    accept(&s, MMU_STORE, VA);
    assert_true(update(&s, LEAF, fresh, fresh | 0xC0));
    fence_all(&s);
    plant(&s, LEAF, fresh);
    struct mmu_answer old = gives(VA, fresh | 0xC0, 0);
    assert_false(give(&s, MMU_STORE, &(struct mmu_answer){.fault = true, .cause = 1}));
    accept(&s, MMU_STORE, VA);
    assert_false(update(&s, LEAF, fresh, fresh | 0xC0));
    assert_false(give(&s, MMU_STORE, &old));
    scene_end(&s);
}

// The access is interruptible after its update: a killed store's D may still be set, once.
static void a_killed_stores_update_may_be_under_way(void **state) {
    (void)state;
    struct scene s;
    begin(&s, true);
    accept(&s, MMU_STORE, VA);
    legal_kill(s.legal, s.now++, MMU_PORT_DATA);
    assert_true(update(&s, LEAF, fresh, fresh | 0xC0));
    plant(&s, LEAF, fresh);
    assert_false(update(&s, LEAF, fresh, fresh | 0xC0));
    scene_end(&s);
}

static void kill_data(struct scene *s) {
    legal_kill(s->legal, s->now++, MMU_PORT_DATA);
}

// The update is on the wires; meanwhile others are accepted and killed.
static void a_killed_stores_update_may_come_after_other_kills(void **state) {
    (void)state;
    struct scene s;
    begin(&s, true);
    accept(&s, MMU_STORE, VA);
    kill_data(&s);
    for (unsigned i = 0; i < 8; i++) {
        accept(&s, i % 2 ? MMU_STORE : MMU_LOAD, VA + 0x1000);
        kill_data(&s);
    }
    assert_true(legal_update(s.legal, s.now, LEAF, 8, fresh, fresh | 0xC0).legal);
    scene_end(&s);
}

static void a_killed_stores_update_is_the_next_transaction_where_kills_end_at_the_wires(
    void **state) {
    (void)state;
    for (unsigned later = 0; later < 2; later++) {
        struct scene s;
        struct mmu_arch arch = scene_arch();
        scene_begin_walker(&s, &arch);
        s.csr.adue = true;
        set_csr(&s);
        plant(&s, LEAF, fresh);
        accept(&s, MMU_STORE, VA);
        kill_data(&s);
        if (later) {
            legal_transaction(s.legal, s.now++);
        }
        assert_int_equal(update(&s, LEAF, fresh, fresh | 0xC0), !later);
        assert_int_equal(strstr(s.verdict.reason, "va 0x3000") != NULL, later);
        scene_end(&s);
    }
}

static void a_fence_of_everything_ends_a_killed_stores_update(void **state) {
    (void)state;
    struct scene s;
    begin(&s, true);
    accept(&s, MMU_STORE, VA);
    kill_data(&s);
    fence_va(&s, VA);
    fence_asid(&s, 5);
    assert_true(update(&s, LEAF, fresh, fresh | 0xC0));
    plant(&s, LEAF, fresh);
    accept(&s, MMU_STORE, VA);
    kill_data(&s);
    fence_all(&s);
    assert_false(update(&s, LEAF, fresh, fresh | 0xC0));
    scene_end(&s);
}

static void later_walks_of_its_port_end_a_killed_stores_update(void **state) {
    (void)state;
    struct scene s;
    struct mmu_answer answer = gives(VA + 0x1000, fresh | 0xC0, 0);
    begin(&s, true);
    plant(&s, pte_at(ROOT_A + 2, 4), fresh | 0xC0);
    answer.source = MMU_SOURCE_WALK;
    accept(&s, MMU_STORE, VA);
    kill_data(&s);
    for (unsigned i = 0; i < MMU_TAGS; i++) {
        struct legal_verdict verdict =
            legal_update(s.legal, s.now++, LEAF, 8, fresh ^ MMU_PTE_A, fresh | 0xC0);
        assert_true(verdict.legal);  // the compare fails
        assert_true(allowed(&s, MMU_LOAD, VA + 0x1000, &answer));
    }
    assert_false(update(&s, LEAF, fresh, fresh | 0xC0));
    scene_end(&s);
}

// Its walk came to one PTE; only if it began again it may come to another.
static void a_store_sets_d_in_one_pte(void **state) {
    (void)state;
    for (unsigned again = 0; again < 2; again++) {
        struct scene s;
        begin(&s, true);
        plant(&s, pte_at(ROOT_B + 2, 3), fresh);
        poke(&s, pte_at(ROOT_A + 1, 0), pointer(ROOT_B + 2));
        accept(&s, MMU_STORE, VA);
        assert_true(update(&s, LEAF, fresh, fresh | 0xC0));
        if (again) {
            fence_va(&s, VA + 0x5000);
        }
        assert_int_equal(update(&s, pte_at(ROOT_B + 2, 3), fresh, fresh | 0xC0), again);
        scene_end(&s);
    }
}

// Of two stores, either may have made the first update.
static void each_of_two_stores_sets_d_in_its_pte(void **state) {
    (void)state;
    struct scene s;
    begin(&s, true);
    plant(&s, pte_at(ROOT_B + 2, 3), fresh);
    poke(&s, pte_at(ROOT_A + 1, 0), pointer(ROOT_B + 2));
    accept(&s, MMU_STORE, VA);
    accept(&s, MMU_AMO, VA);
    assert_true(update(&s, LEAF, fresh, fresh | 0xC0));
    assert_true(update(&s, pte_at(ROOT_B + 2, 3), fresh, fresh | 0xC0));
    scene_end(&s);
}

// "Svnapot": the PTE compared and written is the one that the va selects.
static void d_is_not_set_in_a_napot_neighbours_pte(void **state) {
    (void)state;
    struct scene s;
    uint64_t napot = (fresh & ~UINT64_C(0xFFFFFC00)) | 0x48u << 10 | MMU_PTE_N;
    begin(&s, true);
    for (unsigned i = 0; i < 16; i++) {
        plant(&s, pte_at(ROOT_A + 2, i), napot);
    }
    accept(&s, MMU_STORE, VA);
    assert_false(update(&s, pte_at(ROOT_A + 2, 4), napot, napot | 0xC0));
    assert_true(update(&s, LEAF, napot, napot | 0xC0));
    scene_end(&s);
}

static void a_is_set_only_where_a_walk_can_come(void **state) {
    (void)state;
    struct scene s;
    uint64_t elsewhere = pte_at(20, 3), other = pte_at(ROOT_B + 2, 3);
    begin(&s, true);
    plant(&s, elsewhere, fresh);
    plant(&s, other, fresh);
    assert_false(update(&s, elsewhere, fresh, fresh | MMU_PTE_A));
    assert_non_null(strstr(s.verdict.reason, "no table"));
    assert_false(update(&s, other, fresh, fresh | MMU_PTE_A));
    plant(&s, elsewhere, fresh);
    poke(&s, pte_at(ROOT_A + 1, 7), pointer(20));
    poke(&s, pte_at(ROOT_A + 1, 7), 0);
    assert_true(update(&s, elsewhere, fresh, fresh | MMU_PTE_A));  // the pointer may be cached
    plant(&s, elsewhere, fresh);
    fence_all(&s);
    assert_false(update(&s, elsewhere, fresh, fresh | MMU_PTE_A));
    plant(&s, other, fresh);
    set_satp(&s, MMU_SATP_MODE_SV39, 6, ROOT_B);
    assert_true(update(&s, other, fresh, fresh | MMU_PTE_A));
    scene_end(&s);
}

// Compared with memory and written, a cached PTE goes on as the updated one: here a global
// mapping's, whose own pointers are gone.
static void an_updated_cached_pte_may_be_used_further(void **state) {
    (void)state;
    struct scene s;
    begin(&s, true);
    uint64_t global = fresh | MMU_PTE_G;
    poke(&s, LEAF, global);
    poke(&s, pte_at(ROOT_A + 1, 0), 0);
    fence_asid(&s, 5);
    accept(&s, MMU_LOAD, VA);
    assert_true(update(&s, LEAF, global, global | MMU_PTE_A));
    struct mmu_answer answer = gives(VA, global | MMU_PTE_A, 0);
    assert_true(give(&s, MMU_LOAD, &answer));
    poke(&s, LEAF, leaf(0x41, FULL | MMU_PTE_G));  // software's write is another PTE
    assert_false(load_gives(&s, VA, leaf(0x41, FULL | MMU_PTE_G)));
    scene_end(&s);
}

static void an_update_of_32_bits(void **state) {
    (void)state;
    struct scene s;
    struct mmu_arch arch = {.xlen = 32, .pa_bits = 34, .asid_bits = 9, .update_first = true};
    scene_begin(&s, &arch);
    s.csr.adue = true;
    set_csr(&s);
    fence_all(&s);
    uint64_t root = ROOT_A + 1, pa = (root + 1) * 4096 + 3 * 4, old = 0x40u << 10 | 0x0F;
    plant(&s, root * 4096, pointer(root + 1));
    plant(&s, pa, old);
    accept(&s, MMU_STORE, VA);
    s.verdict = legal_update(s.legal, s.now, pa, 4, old, old | 0xC0);
    assert_true(s.verdict.legal && s.verdict.judged);
    plant(&s, pa, old | 0xC0);
    legal_write(s.legal, s.now++, pa, 4, old, old | 0xC0, true);
    struct mmu_answer answer = {.pa = 0x40000, .perm = 0xCF};
    assert_true(give(&s, MMU_STORE, &answer));
    fence_va(&s, UINT64_C(0xFFFFFFFF00000000) | VA);  // the upper half is ignored
    poke(&s, pa, old | 0x80C0);
    assert_true(allowed(&s, MMU_STORE, VA, &answer));
    fence_va(&s, VA);
    assert_false(allowed(&s, MMU_STORE, VA, &answer));
    scene_end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_access_needs_a_set_in_the_version_it_uses),
        cmocka_unit_test(a_store_needs_d_set_in_the_version_it_uses),
        cmocka_unit_test(svade_faults_and_never_updates),
        cmocka_unit_test(an_update_sets_a_and_d_and_nothing_else),
        cmocka_unit_test(an_update_is_of_a_leaf),
        cmocka_unit_test(a_compare_that_fails_writes_nothing),
        cmocka_unit_test(a_may_be_set_speculatively),
        cmocka_unit_test(d_is_set_only_for_a_store_that_translates_with_the_pte),
        cmocka_unit_test(d_needs_write_permission),
        cmocka_unit_test(d_may_be_set_through_a_cached_pointer),
        cmocka_unit_test(a_killed_stores_update_may_be_under_way),
        cmocka_unit_test(a_killed_stores_update_may_come_after_other_kills),
        cmocka_unit_test(
            a_killed_stores_update_is_the_next_transaction_where_kills_end_at_the_wires),
        cmocka_unit_test(a_fence_of_everything_ends_a_killed_stores_update),
        cmocka_unit_test(later_walks_of_its_port_end_a_killed_stores_update),
        cmocka_unit_test(a_store_sets_d_in_one_pte),
        cmocka_unit_test(each_of_two_stores_sets_d_in_its_pte),
        cmocka_unit_test(d_is_not_set_in_a_napot_neighbours_pte),
        cmocka_unit_test(a_is_set_only_where_a_walk_can_come),
        cmocka_unit_test(an_updated_cached_pte_may_be_used_further),
        cmocka_unit_test(an_update_of_32_bits),
    };
    return cmocka_run_group_tests_name("legal.update", tests, NULL, NULL);
}
