// SPDX-License-Identifier: Apache-2.0
// The architectural walk against the specification: everything around the meaning of one PTE.
#include <string.h>

#include "walk_fixture.h"

static struct walk_case test;

#define OFFSET UINT64_C(0x128)  // of every mode's va

// --- pointers ------------------------------------------------------------------------------

static void pointer_with_dirty_accessed_or_user_is_a_page_fault(void **state) {
    (void)state;
    const uint8_t bits[] = {MMU_PTE_D, MMU_PTE_A, MMU_PTE_U};
    for (unsigned k = 0; k < WALK_MODES; ++k) {
        const struct walk_mode *mode = &walk_modes[k];
        walk_begin(&test, mode);
        test.context.priv = MMU_PRIV_U;
        for (unsigned word = 3; word < 3 * mode->levels; ++word) {
            walk_clear(&test);
            fixture_map(test.memory, mode->va, 0, mode->leaf_ppn, RWX_AD_U);
            assert_false(walk_access(&test, mode->va, MMU_LOAD).fault);
            uint64_t pte = fixture_get(test.memory, mode->va, word / 3);
            fixture_set(test.memory, mode->va, word / 3, pte | bits[word % 3]);
            assert_page_fault(walk_access(&test, mode->va, MMU_LOAD), MMU_LOAD);
        }
    }
}

static void pointer_at_level_0_is_a_page_fault_without_a_further_read(void **state) {
    (void)state;
    for (unsigned k = 0; k < WALK_MODES; ++k) {
        walk_begin(&test, &walk_modes[k]);
        fixture_map(test.memory, test.mode->va, 0, FIXTURE_BASE_PPN, MMU_PTE_V);
        assert_page_fault(walk_access(&test, test.mode->va, MMU_LOAD), MMU_LOAD);
        assert_int_equal(test.memory->reads, test.mode->levels);
    }
}

static void pointer_global_makes_everything_below_global(void **state) {
    (void)state;
    for (unsigned k = 0; k < WALK_MODES; ++k) {
        const struct walk_mode *mode = &walk_modes[k];
        for (unsigned where = 0; where < 1u << mode->levels; ++where) {  // bit: G at that level
            walk_begin(&test, mode);
            fixture_map(test.memory, mode->va, 0, mode->leaf_ppn, RWX_AD_S);
            for (unsigned level = 0; level < mode->levels; ++level) {
                uint64_t pte = fixture_get(test.memory, mode->va, level);
                if ((where >> level) & 1)
                    fixture_set(test.memory, mode->va, level, pte | MMU_PTE_G);
            }
            assert_success(walk_access(&test, mode->va, MMU_LOAD), mode->leaf_ppn * 4096 + OFFSET,
                           0, where == 0 ? RWX_AD_S : RWX_AD_S | MMU_PTE_G);
        }
    }
}

// --- access errors ----------------------------------------------------------------------

// Lets the table of `level` begin at ppn.
static void move_table(unsigned level, uint64_t ppn) {
    if (level + 1 == test.mode->levels) {
        test.context.root_ppn = ppn;
    } else {
        fixture_map(test.memory, test.mode->va, level + 1, ppn, MMU_PTE_V);
    }
}

static uint64_t index_of(unsigned level) {
    uint64_t vpn = test.mode->va >> (12 + test.mode->vpn_bits * level);
    return vpn % (UINT64_C(1) << test.mode->vpn_bits);
}

static void pte_read_without_memory_is_an_access_fault_of_the_original_access(void **state) {
    (void)state;
    for (unsigned k = 0; k < WALK_MODES; ++k) {
        for (unsigned word = 0; word < walk_modes[k].levels * 4; ++word) {
            unsigned level = word / 4;
            uint8_t access = word % 4;
            walk_begin(&test, &walk_modes[k]);
            const uint64_t nowhere = (UINT64_C(1) << test.mode->ppn_bits) - 1;
            move_table(level, nowhere);
            assert_access_fault(walk_access(&test, test.mode->va, access), access);
            assert_true(test.memory->last_pa ==
                        nowhere * 4096 + index_of(level) * test.mode->pte_bytes);
            assert_int_equal(test.memory->reads, test.mode->levels - level);
            const struct mmu_walk_step *last = &test.trace.step[test.trace.steps - 1];
            assert_true(last->error && !last->denied && last->level == level);
        }
    }
}

static bool refuse_write(void *user, uint64_t pa, unsigned bytes, uint64_t expected,
                         uint64_t desired, uint64_t *old) {
    (void)user, (void)pa, (void)bytes, (void)expected, (void)desired, (void)old;
    return false;
}

static struct mmu_answer walk_through(const struct mmu_memory *port, uint8_t access) {
    struct mmu_request request = {.va = test.mode->va, .access = access};
    return mmu_walk(&test.arch, &test.context, &test.pmp, port, &request, &test.trace);
}

static void update_without_memory_is_an_access_fault(void **state) {
    (void)state;
    for (unsigned k = 0; k < WALK_MODES; ++k) {
        walk_begin(&test, &walk_modes[k]);
        test.context.adue = true;
        fixture_map(test.memory, test.mode->va, 0, test.mode->leaf_ppn,
                    MMU_PTE_V | MMU_PTE_R | MMU_PTE_W | MMU_PTE_X);
        struct mmu_memory port = fixture_memory_port(test.memory);
        port.compare_and_write = refuse_write;
        for (uint8_t access = 0; access < 4; ++access)
            assert_access_fault(walk_through(&port, access), access);
    }
}

// --- accessed and dirty -------------------------------------------------------------------

static void update_conflict_reads_the_pte_again(void **state) {
    (void)state;
    for (unsigned k = 0; k < WALK_MODES; ++k) {
        walk_begin(&test, &walk_modes[k]);
        test.context.adue = true;
        test.memory->conflicts = 2;
        fixture_map(test.memory, test.mode->va, 0, test.mode->leaf_ppn,
                    MMU_PTE_V | MMU_PTE_R | MMU_PTE_W);
        const uint8_t perm = MMU_PTE_V | MMU_PTE_R | MMU_PTE_W | MMU_PTE_A | MMU_PTE_D;
        assert_success(walk_access(&test, test.mode->va, MMU_AMO),
                       test.mode->leaf_ppn * 4096 + OFFSET, 0, perm);
        assert_int_equal(test.trace.reads, test.mode->levels + 2);  // the leaf, after conflicts
        assert_int_equal(test.memory->writes, 3);
        // The software bit, toggled twice, was not lost.
        assert_true(fixture_get(test.memory, test.mode->va, 0) ==
                    fixture_pte(test.mode->leaf_ppn, perm));
    }
}

static bool revoke_then_compare(void *user, uint64_t pa, unsigned bytes, uint64_t expected,
                                uint64_t desired, uint64_t *old) {
    (void)bytes, (void)expected, (void)desired;
    uint64_t *word = fixture_word(user, pa);
    *word &= ~(uint64_t)MMU_PTE_W;
    *old = *word;
    return true;
}

static void update_conflict_judges_the_new_pte_from_the_beginning(void **state) {
    (void)state;
    walk_begin(&test, &walk_modes[1]);
    test.context.adue = true;
    fixture_map(test.memory, test.mode->va, 0, test.mode->leaf_ppn,
                MMU_PTE_V | MMU_PTE_R | MMU_PTE_W);
    struct mmu_memory port = fixture_memory_port(test.memory);
    port.compare_and_write = revoke_then_compare;
    assert_page_fault(walk_through(&port, MMU_STORE), MMU_STORE);
}

// --- physical addresses beyond pa_bits -----------------------------------------------------

static void final_address_beyond_pa_bits_is_an_access_fault(void **state) {
    (void)state;
    for (unsigned k = 0; k < WALK_MODES; ++k) {
        walk_begin(&test, &walk_modes[k]);
        for (unsigned word = 0; word < 25 * 4; ++word) {
            uint8_t access = word % 4;
            test.arch.pa_bits = (uint8_t)(32 + word / 4);
            if (mmu_arch_check(&test.arch) != NULL) continue;
            uint64_t first = UINT64_C(1) << (test.arch.pa_bits - 12);  // that does not exist
            walk_clear(&test);
            fixture_map(test.memory, test.mode->va, 0, first - 1, RWX_AD_S);
            assert_success(walk_access(&test, test.mode->va, access), (first - 1) * 4096 + OFFSET,
                           0, RWX_AD_S);
            if (test.arch.pa_bits - 12u == test.mode->ppn_bits) continue;
            fixture_map(test.memory, test.mode->va, 0, first, RWX_AD_S);
            assert_access_fault(walk_access(&test, test.mode->va, access), access);
            assert_true(test.trace.final_checked && test.trace.final_denied);
            assert_true(test.trace.final_pa == first * 4096 + OFFSET);
        }
    }
}

static void table_beyond_pa_bits_is_an_access_fault_and_is_not_read(void **state) {
    (void)state;
    for (unsigned k = 0; k < WALK_MODES; ++k) {
        for (unsigned word = 0; word < walk_modes[k].levels * 4; ++word) {
            unsigned level = word / 4;
            uint8_t access = word % 4;
            walk_begin(&test, &walk_modes[k]);
            test.arch.pa_bits = 33;
            move_table(level, UINT64_C(1) << (33 - 12));
            assert_access_fault(walk_access(&test, test.mode->va, access), access);
            assert_int_equal(test.memory->reads, test.mode->levels - level - 1);
            assert_true(test.trace.step[test.trace.steps - 1].denied);
            assert_false(test.trace.final_checked);
        }
    }
}

static void untranslated_address_is_the_physical_address_below_pa_bits(void **state) {
    (void)state;
    walk_begin(&test, &walk_modes[1]);
    test.context.mode = NULL;
    for (uint8_t bits = 32; bits <= 56; ++bits) {
        test.arch.pa_bits = bits;
        uint64_t last = (UINT64_C(1) << bits) - 1;
        struct mmu_answer answer = walk_access(&test, last, MMU_LOAD);
        assert_false(answer.fault);
        assert_true(answer.pa == last);
        assert_int_equal(answer.level, MMU_LEVEL_NONE);
        assert_int_equal(answer.source, MMU_SOURCE_NONE);
        assert_int_equal(answer.perm, 0);
        for (uint8_t access = 0; access < 4; ++access) {
            for (unsigned bit = bits; bit < 64; ++bit)
                assert_fault(walk_access(&test, UINT64_C(1) << bit, access),
                             access_fault_of[access], MMU_SOURCE_NONE);
        }
    }
}

static void address_of_xlen_32_has_no_upper_bits(void **state) {
    (void)state;
    walk_begin(&test, &walk_modes[0]);
    const uint64_t upper = UINT64_C(0xDEADBEEF) << 32;
    fixture_map(test.memory, test.mode->va, 0, 0x3FFFFF, RWX_AD_S);
    assert_success(walk_access(&test, upper | test.mode->va, MMU_LOAD),
                   UINT64_C(0x3FFFFF000) + OFFSET, 0, RWX_AD_S);
    test.context.mode = NULL;
    assert_true(walk_access(&test, upper | 0xFFFFFFFF, MMU_LOAD).pa == 0xFFFFFFFF);
}

// --- A/D updates and the check of the final address -----------------------------------------

// A page not yet dirty whose memory is denied: the PTE is written, or not, before the fault.
static void update_comes_before_or_after_the_final_check_as_chosen(void **state) {
    (void)state;
    for (unsigned word = 0; word < WALK_MODES * 8; ++word) {
        bool update_first = word & 1, by_pmp = word & 2, adue = word & 4;
        walk_begin(&test, &walk_modes[word / 8]);
        uint64_t page = by_pmp ? test.mode->leaf_ppn : UINT64_C(1) << 21;  // 33 bits
        test.arch.update_first = update_first;
        if (!by_pmp) test.arch.pa_bits = 33;
        test.context.adue = adue;
        if (by_pmp) {
            test.arch.pmp_entries = 8;
            test.pmp = mmu_pmp_reset(&test.arch);
            struct mmu_pmp_write none = fixture_pmp_entry(0, 0x18, page << 10 | 0x1FF);
            struct mmu_pmp_write all = fixture_pmp_entry(1, 0x1F, UINT64_MAX);
            mmu_pmp_write(&test.pmp, &none);
            mmu_pmp_write(&test.pmp, &all);
        }
        const uint8_t clean = MMU_PTE_V | MMU_PTE_R | MMU_PTE_W | MMU_PTE_A;
        fixture_map(test.memory, test.mode->va, 0, page, clean);
        struct mmu_answer answer = walk_access(&test, test.mode->va, MMU_STORE);
        if (adue) {
            assert_access_fault(answer, MMU_STORE);
            assert_true(test.trace.final_denied);
        } else {
            assert_page_fault(answer, MMU_STORE);  // step 7 comes first
        }
        uint8_t after = adue && update_first ? clean | MMU_PTE_D : clean;
        assert_true(fixture_get(test.memory, test.mode->va, 0) == fixture_pte(page, after));
    }
}

// --- PMP of PTE accesses -------------------------------------------------------------------

// Entry 0: the one PTE of `level`, with these rights; entry 1: everything.
static void guard_pte(unsigned level, uint8_t rights) {
    test.arch.pmp_entries = 16;
    test.pmp = mmu_pmp_reset(&test.arch);
    uint64_t pa = fixture_slot_pa(test.memory, test.mode->va, level);
    bool one_word = test.mode->pte_bytes == 4;
    uint8_t range = one_word ? 0x10 : 0x18;  // NA4, NAPOT of 8 bytes
    struct mmu_pmp_write guard = fixture_pmp_entry(0, range | rights, pa >> 2);
    struct mmu_pmp_write all = fixture_pmp_entry(1, 0x1F, UINT64_MAX);
    mmu_pmp_write(&test.pmp, &guard);
    mmu_pmp_write(&test.pmp, &all);
}

static void pte_read_needs_read_permission_of_the_pmp_at_each_level(void **state) {
    (void)state;
    for (unsigned k = 0; k < WALK_MODES; ++k) {
        for (unsigned word = 0; word < walk_modes[k].levels * 4 * 2; ++word) {
            unsigned level = word / 8;
            uint8_t access = word / 2 % 4;
            bool readable = word % 2;
            walk_begin(&test, &walk_modes[k]);
            fixture_map(test.memory, test.mode->va, 0, test.mode->leaf_ppn, RWX_AD_S);
            guard_pte(level, readable ? MMU_PMP_READ : MMU_PMP_EXECUTE);
            struct mmu_answer answer = walk_access(&test, test.mode->va, access);
            if (readable) {
                assert_false(answer.fault);
                continue;
            }
            assert_access_fault(answer, access);
            assert_int_equal(test.memory->reads, test.mode->levels - 1 - level);
        }
    }
}

static void pte_update_needs_write_permission_of_the_pmp(void **state) {
    (void)state;
    for (unsigned k = 0; k < WALK_MODES; ++k) {
        for (unsigned writable = 0; writable < 2; ++writable) {
            walk_begin(&test, &walk_modes[k]);
            test.context.adue = true;
            fixture_map(test.memory, test.mode->va, 0, test.mode->leaf_ppn, RWX_AD_S & ~MMU_PTE_A);
            guard_pte(0, writable ? MMU_PMP_READ | MMU_PMP_WRITE : MMU_PMP_READ);
            struct mmu_answer answer = walk_access(&test, test.mode->va, MMU_FETCH);
            assert_int_equal(answer.fault, !writable);
            if (!writable) assert_access_fault(answer, MMU_FETCH);
            assert_int_equal(test.memory->writes, writable);
        }
    }
}

static void pmp_denial_of_the_final_access_is_by_its_kind(void **state) {
    (void)state;
    for (unsigned word = 0; word < WALK_MODES * 8 * 4; ++word) {
        uint8_t rights = word / 4 % 8, access = word % 4;
        if (rights == 2 || rights == 6) continue;  // W without R: reserved
        walk_begin(&test, &walk_modes[word / 32]);
        test.arch.pmp_entries = 8;
        test.pmp = mmu_pmp_reset(&test.arch);
        uint64_t page = test.mode->leaf_ppn << 10;
        struct mmu_pmp_write guard = fixture_pmp_entry(0, 0x18 | rights, page | 0x1FF);
        struct mmu_pmp_write all = fixture_pmp_entry(1, 0x1F, UINT64_MAX);
        mmu_pmp_write(&test.pmp, &guard);
        mmu_pmp_write(&test.pmp, &all);
        fixture_map(test.memory, test.mode->va, 0, test.mode->leaf_ppn, RWX_AD_S);
        static const uint8_t needed[4] = {4, 1, 2, 2};
        struct mmu_answer answer = walk_access(&test, test.mode->va, access);
        assert_int_equal(answer.fault, !(rights & needed[access]));
        if (answer.fault) assert_access_fault(answer, access);
    }
}

// --- canonical addresses -----------------------------------------------------------------

static void canonical_means_all_upper_bits_equal_the_top_one(void **state) {
    (void)state;
    const unsigned tops[3] = {38, 47, 56};
    for (unsigned k = 0; k < 3; ++k) {
        const struct mmu_mode *mode = walk_modes[k + 1].mode();
        unsigned top = tops[k];
        assert_true(mmu_is_canonical(mode, 0));
        assert_true(mmu_is_canonical(mode, (UINT64_C(1) << top) - 1));
        assert_true(mmu_is_canonical(mode, UINT64_MAX << top));
        assert_true(mmu_is_canonical(mode, UINT64_MAX));
        for (unsigned bit = top; bit < 64; ++bit) {
            assert_false(mmu_is_canonical(mode, UINT64_C(1) << bit));
            assert_false(mmu_is_canonical(mode, ~(UINT64_C(1) << bit)));
        }
    }
    for (unsigned bit = 0; bit < 32; ++bit)
        assert_true(mmu_is_canonical(mmu_mode_sv32(), UINT64_C(1) << bit));
}

static void canonical_violation_is_a_page_fault_without_a_walk(void **state) {
    (void)state;
    for (unsigned k = 1; k < WALK_MODES; ++k) {
        walk_begin(&test, &walk_modes[k]);
        unsigned top = 12 + 9 * test.mode->levels - 1;
        for (uint8_t access = 0; access < 4; ++access) {
            assert_fault(walk_access(&test, UINT64_C(1) << top, access), page_fault_of[access],
                         MMU_SOURCE_NONE);
        }
        assert_int_equal(test.memory->reads, 0);
    }
}

static void negative_addresses_use_the_upper_half_of_the_root(void **state) {
    (void)state;
    for (unsigned k = 1; k < WALK_MODES; ++k) {
        walk_begin(&test, &walk_modes[k]);
        uint64_t va = UINT64_MAX << 12 | OFFSET;
        fixture_map(test.memory, va, 0, 0x77, RWX_AD_S);
        assert_success(walk_access(&test, va, MMU_LOAD), 0x77000 + OFFSET, 0, RWX_AD_S);
        assert_true(test.trace.step[0].pa == (uint64_t)FIXTURE_BASE_PPN * 4096 + 511 * 8);
    }
}

// --- window ----

static bool count_read(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    (void)pa, (void)bytes;
    ++*(unsigned *)user;
    *value = 0;
    return true;
}

// The window ends in the middle of, or before, or behind the leaf's PTE.
static void window_is_read_directly_where_it_holds_the_whole_pte(void **state) {
    (void)state;
    for (unsigned k = 0; k < WALK_MODES; ++k) {
        walk_begin(&test, &walk_modes[k]);
        fixture_map(test.memory, test.mode->va, 0, test.mode->leaf_ppn, RWX_AD_S);
        uint64_t base = (uint64_t)FIXTURE_BASE_PPN * 4096, bytes = test.mode->pte_bytes;
        uint64_t leaf = fixture_slot_pa(test.memory, test.mode->va, 0) - base;
        for (uint64_t end = leaf - 1; end <= leaf + bytes + 1; ++end) {
            unsigned reads = 0;
            struct mmu_memory port = {.user = &reads,
                                      .read = count_read,
                                      .compare_and_write = refuse_write,
                                      .window = (const uint8_t *)test.memory->word,
                                      .window_base = base,
                                      .window_bytes = end};
            bool inside = end >= leaf + bytes;
            assert_int_equal(walk_through(&port, MMU_LOAD).fault, !inside);
            assert_int_equal(reads, !inside);
        }
    }
}

// --- trace ---------------------------------------------------------------------------------

static void trace_tells_each_pte_access_in_order(void **state) {
    (void)state;
    for (unsigned k = 0; k < WALK_MODES; ++k) {
        walk_begin(&test, &walk_modes[k]);
        test.context.adue = true;
        unsigned levels = test.mode->levels;
        fixture_map(test.memory, test.mode->va, 0, test.mode->leaf_ppn, RWX_AD_S & ~MMU_PTE_D);
        walk_access(&test, test.mode->va, MMU_STORE);
        assert_int_equal(test.trace.reads, levels);
        assert_int_equal(test.trace.steps, levels + 1);
        for (unsigned step = 0; step <= levels; ++step) {
            const struct mmu_walk_step *made = &test.trace.step[step];
            unsigned level = step < levels ? levels - 1 - step : 0;
            assert_int_equal(made->level, level);
            assert_int_equal(made->write, step == levels);
            assert_true(made->pa == fixture_slot_pa(test.memory, test.mode->va, level));
            assert_true(made->gpa == made->pa && !made->denied && !made->error);
            if (step + 1 != levels)
                assert_true(made->value == fixture_get(test.memory, test.mode->va, level));
        }
        assert_true(test.trace.final_checked && !test.trace.final_denied);
        assert_true(test.trace.final_pa == test.mode->leaf_ppn * 4096 + OFFSET);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pointer_with_dirty_accessed_or_user_is_a_page_fault),
        cmocka_unit_test(pointer_at_level_0_is_a_page_fault_without_a_further_read),
        cmocka_unit_test(pointer_global_makes_everything_below_global),
        cmocka_unit_test(pte_read_without_memory_is_an_access_fault_of_the_original_access),
        cmocka_unit_test(update_without_memory_is_an_access_fault),
        cmocka_unit_test(update_conflict_reads_the_pte_again),
        cmocka_unit_test(update_conflict_judges_the_new_pte_from_the_beginning),
        cmocka_unit_test(final_address_beyond_pa_bits_is_an_access_fault),
        cmocka_unit_test(table_beyond_pa_bits_is_an_access_fault_and_is_not_read),
        cmocka_unit_test(untranslated_address_is_the_physical_address_below_pa_bits),
        cmocka_unit_test(address_of_xlen_32_has_no_upper_bits),
        cmocka_unit_test(update_comes_before_or_after_the_final_check_as_chosen),
        cmocka_unit_test(pte_read_needs_read_permission_of_the_pmp_at_each_level),
        cmocka_unit_test(pte_update_needs_write_permission_of_the_pmp),
        cmocka_unit_test(pmp_denial_of_the_final_access_is_by_its_kind),
        cmocka_unit_test(canonical_means_all_upper_bits_equal_the_top_one),
        cmocka_unit_test(canonical_violation_is_a_page_fault_without_a_walk),
        cmocka_unit_test(negative_addresses_use_the_upper_half_of_the_root),
        cmocka_unit_test(window_is_read_directly_where_it_holds_the_whole_pte),
        cmocka_unit_test(trace_tells_each_pte_access_in_order),
    };
    return cmocka_run_group_tests_name("unit.walk", tests, NULL, NULL) == 0 ? 0 : 1;
}
