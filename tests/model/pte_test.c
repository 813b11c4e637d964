// SPDX-License-Identifier: Apache-2.0
// The meaning of one PTE, exhaustively where that is small, in every mode and at every level.
// The expected permissions stand here as tables of who may do what, not as the specification's
// conditions.
#include <string.h>

#include "walk_fixture.h"

static struct walk_case test;

// --- independent truth of one PTE ------------------------------------------------------

struct rules {
    bool sum, mxr, adue;
    uint8_t priv;
};

// What the three bits X W R say, by their value: '.' reserved, 'p' pointer, otherwise the
// accesses that a leaf of this kind serves (f fetch, l load, s store).
static const char *const kind_without_mxr[8] = {"p", "l", ".", "ls", "f", "lf", ".", "lsf"};
static const char *const kind_with_mxr[8] = {"p", "l", ".", "ls", "lf", "lf", ".", "lsf"};

static const char access_letter[4] = {'f', 'l', 's', 's'};

// Who may enter a page: rows U=0, U=1; columns U-mode, S-mode, S-mode with SUM.
static const char data_doors[2][4] = {"-++", "+-+"};
static const char fetch_doors[2][4] = {"-++", "+--"};

static enum mmu_step true_step(uint8_t low, unsigned level, uint8_t access, struct rules rules) {
    const char *kind = (rules.mxr ? kind_with_mxr : kind_without_mxr)[(low >> 1) & 7];
    if (low % 2 == 0 || *kind == '.') return MMU_STEP_PAGE_FAULT;
    bool user = (low >> 4) & 1, accessed = (low >> 6) & 1, dirty = (low >> 7) & 1;
    if (*kind == 'p')
        return user || accessed || dirty || level == 0 ? MMU_STEP_PAGE_FAULT : MMU_STEP_POINTER;
    unsigned who = rules.priv == MMU_PRIV_U ? 0 : rules.sum ? 2 : 1;
    char door = (access == MMU_FETCH ? fetch_doors : data_doors)[user][who];
    if (strchr(kind, access_letter[access]) == NULL || door == '-') return MMU_STEP_PAGE_FAULT;
    bool complete = accessed && (dirty || access < MMU_STORE);
    if (complete) return MMU_STEP_LEAF;
    return rules.adue ? MMU_STEP_UPDATE : MMU_STEP_PAGE_FAULT;
}

static void set_rules(struct rules rules) {
    test.context.sum = rules.sum;
    test.context.mxr = rules.mxr;
    test.context.adue = rules.adue;
    test.context.priv = rules.priv;
}

// Checks one PTE through the whole walk. A pointer finds a leaf of the level below that
// allows everything to this privilege.
static void check_walk(uint8_t low, unsigned level, uint8_t access, struct rules rules) {
    const struct walk_mode *mode = test.mode;
    walk_clear(&test);
    uint8_t below = rules.priv == MMU_PRIV_U ? RWX_AD_U : RWX_AD_S;
    enum mmu_step expected = true_step(low, level, access, rules);
    if (expected == MMU_STEP_POINTER)
        fixture_map(test.memory, mode->va, level - 1, mode->leaf_ppn, below);
    uint64_t ppn = expected == MMU_STEP_POINTER ? fixture_get(test.memory, mode->va, level) >> 10
                                                : mode->leaf_ppn;
    fixture_map(test.memory, mode->va, level, ppn, low);

    struct mmu_answer answer = walk_access(&test, mode->va, access);
    uint8_t set = access >= MMU_STORE ? MMU_PTE_A | MMU_PTE_D : MMU_PTE_A;
    uint64_t offset_bits = 12 + mode->vpn_bits * (level - (expected == MMU_STEP_POINTER));
    uint64_t pa = mode->leaf_ppn * 4096 + mode->va % (UINT64_C(1) << offset_bits);
    switch (expected) {
        case MMU_STEP_PAGE_FAULT:
            assert_page_fault(answer, access);
            break;
        case MMU_STEP_POINTER:
            assert_success(answer, pa, (uint8_t)(level - 1), below | (low & MMU_PTE_G));
            break;
        case MMU_STEP_LEAF:
            assert_success(answer, pa, (uint8_t)level, low);
            break;
        case MMU_STEP_UPDATE:
            assert_success(answer, pa, (uint8_t)level, low | set);
            break;
    }
    assert_int_equal(test.memory->writes, expected == MMU_STEP_UPDATE);
    assert_true(fixture_get(test.memory, mode->va, level) ==
                fixture_pte(ppn, expected == MMU_STEP_UPDATE ? low | set : low));
}

static void check_every_low_byte(const struct walk_mode *mode) {
    walk_begin(&test, mode);
    for (unsigned word = 0; word < 256u * 4 * 16 * mode->levels; ++word) {
        uint8_t low = (uint8_t)word, access = (word >> 8) & 3;
        struct rules rules = {.sum = (word >> 10) & 1,
                              .mxr = (word >> 11) & 1,
                              .adue = (word >> 12) & 1,
                              .priv = (word >> 13) & 1 ? MMU_PRIV_S : MMU_PRIV_U};
        unsigned level = word >> 14;
        set_rules(rules);
        uint64_t pte = fixture_pte(mode->leaf_ppn, low);
        struct mmu_step_result result =
            mmu_pte_step(&test.arch, mode->mode(), pte, level, access, &test.context);
        enum mmu_step expected = true_step(low, level, access, rules);
        assert_int_equal(result.step, expected);
        if (expected == MMU_STEP_UPDATE)
            assert_true(result.pte_update == (pte | (access >= MMU_STORE ? 0xC0u : 0x40u)));
        check_walk(low, level, access, rules);
    }
}

static void pte_every_low_byte_of_sv32_means_what_the_specification_says(void **state) {
    (void)state;
    check_every_low_byte(&walk_modes[0]);
}

static void pte_every_low_byte_of_sv39_means_what_the_specification_says(void **state) {
    (void)state;
    check_every_low_byte(&walk_modes[1]);
}

static void pte_every_low_byte_of_sv48_means_what_the_specification_says(void **state) {
    (void)state;
    check_every_low_byte(&walk_modes[2]);
}

static void pte_every_low_byte_of_sv57_means_what_the_specification_says(void **state) {
    (void)state;
    check_every_low_byte(&walk_modes[3]);
}

// --- permissions, as sentences -----------------------------------------------------------

static struct mmu_context supervisor(void) {
    return (struct mmu_context){.mode = mmu_mode_sv39(), .priv = MMU_PRIV_S};
}

static void perm_sum_never_allows_fetch_from_user_page(void **state) {
    (void)state;
    struct mmu_context context = supervisor();
    context.sum = true;
    assert_false(mmu_permitted(RWX_AD_U, MMU_FETCH, &context));
    assert_true(mmu_permitted(RWX_AD_U, MMU_LOAD, &context));
    assert_true(mmu_permitted(RWX_AD_U, MMU_AMO, &context));
}

static void perm_mxr_makes_execute_only_pages_loadable_but_not_storable(void **state) {
    (void)state;
    struct mmu_context context = supervisor();
    const uint8_t execute_only = MMU_PTE_V | MMU_PTE_X | MMU_PTE_A;
    assert_false(mmu_permitted(execute_only, MMU_LOAD, &context));
    context.mxr = true;
    assert_true(mmu_permitted(execute_only, MMU_LOAD, &context));
    assert_false(mmu_permitted(execute_only, MMU_STORE, &context));
}

static void perm_amo_needs_write_and_faults_as_store(void **state) {
    (void)state;
    struct mmu_context context = supervisor();
    assert_false(mmu_permitted(MMU_PTE_V | MMU_PTE_R, MMU_AMO, &context));
    assert_int_equal(mmu_page_fault(MMU_AMO), MMU_CAUSE_STORE_PAGE);
    assert_int_equal(mmu_access_fault(MMU_AMO), MMU_CAUSE_STORE_ACCESS);
}

// --- upper bits --------------------------------------------------------------------------

// Sets `upper` in the leaf of `level`, then in the pointer above it, and calls for each access.
static void with_upper_bits(const struct walk_mode *mode, unsigned level, bool in_pointer,
                            uint64_t upper, void (*check)(struct mmu_answer, uint8_t)) {
    if (in_pointer && level == 0) return;
    for (uint8_t access = 0; access < 4; ++access) {
        walk_clear(&test);
        fixture_map(test.memory, mode->va, level - in_pointer, mode->leaf_ppn, RWX_AD_S);
        uint64_t pte = fixture_get(test.memory, mode->va, level);
        fixture_set(test.memory, mode->va, level, pte | upper);
        check(walk_access(&test, mode->va, access), access);
    }
}

static void assert_no_fault(struct mmu_answer answer, uint8_t access) {
    (void)access;
    assert_false(answer.fault);
}

static void pte_each_reserved_bit_is_a_page_fault_at_each_level(void **state) {
    (void)state;
    for (unsigned k = 1; k < WALK_MODES; ++k) {
        walk_begin(&test, &walk_modes[k]);
        for (unsigned extensions = 0; extensions < 4; ++extensions) {
            test.arch.svnapot = extensions & 1;
            test.context.pbmte = extensions & 2;
            for (unsigned level = 0; level < walk_modes[k].levels; ++level) {
                for (unsigned bit = 54; bit < 64; ++bit) {
                    uint64_t upper = UINT64_C(1) << bit;
                    with_upper_bits(&walk_modes[k], level, true, upper, assert_page_fault);
                    bool pbmt = (bit == 61 || bit == 62) && test.context.pbmte;
                    // (N = 1 with these ppns is a reserved encoding of Svnapot.)
                    with_upper_bits(&walk_modes[k], level, false, upper,
                                    pbmt ? assert_no_fault : assert_page_fault);
                }
            }
        }
    }
}

static void pbmt_of_a_leaf_is_reported_and_3_is_reserved(void **state) {
    (void)state;
    for (unsigned k = 1; k < WALK_MODES; ++k) {
        const struct walk_mode *mode = &walk_modes[k];
        walk_begin(&test, mode);
        for (unsigned word = 0; word < mode->levels * 8; ++word) {
            unsigned level = word / 8;
            uint64_t pbmt = word % 4;
            test.context.pbmte = word & 4;
            walk_clear(&test);
            fixture_map(test.memory, mode->va, level, mode->leaf_ppn, RWX_AD_S);
            uint64_t pte = fixture_get(test.memory, mode->va, level);
            fixture_set(test.memory, mode->va, level, pte | pbmt << 61);
            struct mmu_answer answer = walk_access(&test, mode->va, MMU_LOAD);
            bool legal = pbmt == 0 || (test.context.pbmte && pbmt < 3);
            assert_int_equal(answer.fault, !legal);
            if (legal) assert_int_equal(answer.pbmt, pbmt);
        }
    }
}

static void napot_is_defined_for_64_kib_pages_at_level_0_only(void **state) {
    (void)state;
    for (unsigned k = 1; k < WALK_MODES; ++k) {
        const struct walk_mode *mode = &walk_modes[k];
        walk_begin(&test, mode);
        for (unsigned word = 0; word < mode->levels * 16 * 2; ++word) {
            unsigned level = word / 32, low = word / 2 % 16;
            test.arch.svnapot = word % 2;
            walk_clear(&test);
            fixture_map(test.memory, mode->va, level, mode->leaf_ppn | low, RWX_AD_S);
            uint64_t pte = fixture_get(test.memory, mode->va, level);
            fixture_set(test.memory, mode->va, level, pte | MMU_PTE_N);
            struct mmu_answer answer = walk_access(&test, mode->va, MMU_STORE);
            if (!test.arch.svnapot || level > 0 || low != 8) {
                assert_page_fault(answer, MMU_STORE);
                continue;
            }
            // vpn[0] = 3: ppn[3:0] = 8 is replaced by 3.
            assert_success(answer, mode->leaf_ppn * 4096 + 0x3128, 0, RWX_AD_S);
            assert_true(answer.napot);
        }
    }
}

static void napot_page_takes_four_more_bits_from_each_address(void **state) {
    (void)state;
    walk_begin(&test, &walk_modes[1]);
    const uint64_t va = UINT64_C(0x40400000), ppn = UINT64_C(0x12345C0538);
    for (uint64_t page = 0; page < 16; ++page) {
        fixture_map(test.memory, va + page * 4096, 0, ppn, RWX_AD_S);
        *fixture_slot(test.memory, va + page * 4096, 0) |= MMU_PTE_N;
    }
    for (uint64_t page = 0; page < 16; ++page) {
        struct mmu_answer answer = walk_access(&test, va + page * 4096 + 0x7F, MMU_LOAD);
        assert_success(answer, (ppn - 8 + page) * 4096 + 0x7F, 0, RWX_AD_S);
    }
}

static void napot_update_writes_the_addressed_pte_only(void **state) {
    (void)state;
    walk_begin(&test, &walk_modes[1]);
    test.context.adue = true;
    const uint64_t va = UINT64_C(0x40400000);
    const uint64_t pte = fixture_pte(0x538, MMU_PTE_V | MMU_PTE_R | MMU_PTE_W) | MMU_PTE_N;
    for (uint64_t page = 0; page < 16; ++page) fixture_set(test.memory, va + page * 4096, 0, pte);
    assert_false(walk_access(&test, va + 5 * 4096, MMU_STORE).fault);
    for (uint64_t page = 0; page < 16; ++page) {
        uint64_t expected = page == 5 ? pte | MMU_PTE_A | MMU_PTE_D : pte;
        assert_true(*fixture_slot(test.memory, va + page * 4096, 0) == expected);
    }
}

// --- ppn ---------------------------------------------------------------------------------

static void pte_every_ppn_bit_reaches_the_physical_address(void **state) {
    (void)state;
    for (unsigned k = 0; k < WALK_MODES; ++k) {
        const struct walk_mode *mode = &walk_modes[k];
        walk_begin(&test, mode);
        for (unsigned level = 0; level < mode->levels; ++level) {
            for (unsigned bit = mode->vpn_bits * level; bit < mode->ppn_bits; ++bit) {
                walk_clear(&test);
                fixture_map(test.memory, mode->va, level, UINT64_C(1) << bit, RWX_AD_S);
                uint64_t offset = mode->va % (UINT64_C(1) << (12 + mode->vpn_bits * level));
                assert_success(walk_access(&test, mode->va, MMU_LOAD),
                               (UINT64_C(1) << (12 + bit)) + offset, (uint8_t)level, RWX_AD_S);
            }
        }
    }
}

static void superpage_with_any_low_ppn_bit_set_is_misaligned(void **state) {
    (void)state;
    for (unsigned k = 0; k < WALK_MODES; ++k) {
        const struct walk_mode *mode = &walk_modes[k];
        walk_begin(&test, mode);
        test.context.adue = true;
        for (unsigned level = 1; level < mode->levels; ++level) {
            for (unsigned bit = 0; bit < mode->vpn_bits * level; ++bit) {
                walk_clear(&test);
                uint64_t ppn = mode->leaf_ppn | UINT64_C(1) << bit;
                // Not yet accessed: it is never updated either.
                fixture_map(test.memory, mode->va, level, ppn, RWX_AD_S & ~MMU_PTE_A);
                assert_page_fault(walk_access(&test, mode->va, MMU_STORE), MMU_STORE);
                assert_int_equal(test.memory->writes, 0);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pte_every_low_byte_of_sv32_means_what_the_specification_says),
        cmocka_unit_test(pte_every_low_byte_of_sv39_means_what_the_specification_says),
        cmocka_unit_test(pte_every_low_byte_of_sv48_means_what_the_specification_says),
        cmocka_unit_test(pte_every_low_byte_of_sv57_means_what_the_specification_says),
        cmocka_unit_test(perm_sum_never_allows_fetch_from_user_page),
        cmocka_unit_test(perm_mxr_makes_execute_only_pages_loadable_but_not_storable),
        cmocka_unit_test(perm_amo_needs_write_and_faults_as_store),
        cmocka_unit_test(pte_each_reserved_bit_is_a_page_fault_at_each_level),
        cmocka_unit_test(pbmt_of_a_leaf_is_reported_and_3_is_reserved),
        cmocka_unit_test(napot_is_defined_for_64_kib_pages_at_level_0_only),
        cmocka_unit_test(napot_page_takes_four_more_bits_from_each_address),
        cmocka_unit_test(napot_update_writes_the_addressed_pte_only),
        cmocka_unit_test(pte_every_ppn_bit_reaches_the_physical_address),
        cmocka_unit_test(superpage_with_any_low_ppn_bit_set_is_misaligned),
    };
    return cmocka_run_group_tests_name("unit.pte", tests, NULL, NULL) == 0 ? 0 : 1;
}
