// SPDX-License-Identifier: Apache-2.0
// The architectural walk against the specification. The expected permissions stand here as
// tables of who may do what, not as the specification's conditions.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "fixture.h"
#include "mmu/walk.h"

#define VA UINT64_C(0x40403123)  // vpn[2] = 1, vpn[1] = 2, vpn[0] = 3, offset 0x123

// A 1 GiB aligned ppn: legal for a leaf of every level.
#define LEAF_PPN UINT64_C(0x12345C0000)

static struct fixture_memory memory;

static const uint8_t page_fault_of[4] = {12, 13, 15, 15};
static const uint8_t access_fault_of[4] = {1, 5, 7, 7};

static struct mmu_context context_of(uint8_t priv) {
    return (struct mmu_context){
        .root_ppn = FIXTURE_BASE_PPN, .asid = 1, .priv = priv, .translated = true};
}

static struct mmu_answer walk(const struct mmu_context *context, uint64_t va, uint8_t access) {
    struct mmu_memory port = fixture_memory_port(&memory);
    struct mmu_request request = {.va = va, .access = access};
    return mmu_walk(mmu_mode_sv39(), MMU_STAGE_SINGLE, context, &port, &request, NULL);
}

static void assert_fault(struct mmu_answer answer, uint8_t cause, uint8_t source) {
    assert_true(answer.fault);
    assert_int_equal(answer.cause, cause);
    assert_int_equal(answer.source, source);
    assert_true(answer.pa == 0);
    assert_int_equal(answer.level, 0);
    assert_int_equal(answer.perm, 0);
}

static void assert_page_fault(struct mmu_answer answer, uint8_t access) {
    assert_fault(answer, page_fault_of[access], MMU_SOURCE_WALK);
}

static void assert_success(struct mmu_answer answer, uint64_t pa, uint8_t level, uint8_t perm) {
    assert_false(answer.fault);
    assert_int_equal(answer.cause, 0);
    assert_int_equal(answer.source, MMU_SOURCE_WALK);
    assert_true(answer.pa == pa);
    assert_int_equal(answer.level, level);
    assert_int_equal(answer.perm, perm);
}

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

// Checks one PTE through the whole walk. A pointer finds a leaf of the level below that
// allows everything to this privilege.
static void check_walk(uint8_t low, unsigned level, uint8_t access, struct rules rules) {
    struct mmu_context context = context_of(rules.priv);
    context.sum = rules.sum;
    context.mxr = rules.mxr;
    context.adue = rules.adue;
    fixture_memory_init(&memory);
    uint8_t below = rules.priv == MMU_PRIV_U ? RWX_AD_U : RWX_AD_S;
    enum mmu_step expected = true_step(low, level, access, rules);
    if (expected == MMU_STEP_POINTER) fixture_map(&memory, VA, level - 1, LEAF_PPN, below);
    uint64_t *slot = fixture_slot(&memory, VA, level);
    uint64_t ppn = expected == MMU_STEP_POINTER ? *slot >> 10 : LEAF_PPN;
    *slot = fixture_pte(ppn, low);

    struct mmu_answer answer = walk(&context, VA, access);
    uint8_t set = access >= MMU_STORE ? MMU_PTE_A | MMU_PTE_D : MMU_PTE_A;
    uint64_t offset_bits = 12 + 9 * (level - (expected == MMU_STEP_POINTER));
    uint64_t pa = LEAF_PPN * 4096 + VA % (UINT64_C(1) << offset_bits);
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
    assert_int_equal(memory.writes, expected == MMU_STEP_UPDATE);
    assert_true(*slot == fixture_pte(ppn, expected == MMU_STEP_UPDATE ? low | set : low));
}

static void pte_every_low_byte_means_what_the_specification_says(void **state) {
    (void)state;
    const struct mmu_mode *mode = mmu_mode_sv39();
    for (unsigned word = 0; word < 256u * 4 * 16 * 3; ++word) {
        uint8_t low = (uint8_t)word, access = (word >> 8) & 3;
        struct rules rules = {.sum = (word >> 10) & 1,
                              .mxr = (word >> 11) & 1,
                              .adue = (word >> 12) & 1,
                              .priv = (word >> 13) & 1 ? MMU_PRIV_S : MMU_PRIV_U};
        unsigned level = word >> 14;
        struct mmu_context context = context_of(rules.priv);
        context.sum = rules.sum;
        context.mxr = rules.mxr;
        context.adue = rules.adue;
        uint64_t pte = fixture_pte(LEAF_PPN, low);
        struct mmu_step_result result = mmu_pte_step(mode, pte, level, access, &context);
        enum mmu_step expected = true_step(low, level, access, rules);
        assert_int_equal(result.step, expected);
        if (expected == MMU_STEP_UPDATE)
            assert_true(result.pte_update == (pte | (access >= MMU_STORE ? 0xC0u : 0x40u)));
        check_walk(low, level, access, rules);
    }
}

// --- permissions, as sentences -----------------------------------------------------------

static void perm_sum_never_allows_fetch_from_user_page(void **state) {
    (void)state;
    struct mmu_context context = context_of(MMU_PRIV_S);
    context.sum = true;
    assert_false(mmu_permitted(RWX_AD_U, MMU_FETCH, &context));
    assert_true(mmu_permitted(RWX_AD_U, MMU_LOAD, &context));
    assert_true(mmu_permitted(RWX_AD_U, MMU_AMO, &context));
}

static void perm_mxr_makes_execute_only_pages_loadable_but_not_storable(void **state) {
    (void)state;
    struct mmu_context context = context_of(MMU_PRIV_S);
    const uint8_t execute_only = MMU_PTE_V | MMU_PTE_X | MMU_PTE_A;
    assert_false(mmu_permitted(execute_only, MMU_LOAD, &context));
    context.mxr = true;
    assert_true(mmu_permitted(execute_only, MMU_LOAD, &context));
    assert_false(mmu_permitted(execute_only, MMU_STORE, &context));
}

static void perm_amo_needs_write_and_faults_as_store(void **state) {
    (void)state;
    struct mmu_context context = context_of(MMU_PRIV_S);
    assert_false(mmu_permitted(MMU_PTE_V | MMU_PTE_R, MMU_AMO, &context));
    assert_int_equal(mmu_page_fault(MMU_AMO), MMU_CAUSE_STORE_PAGE);
    assert_int_equal(mmu_access_fault(MMU_AMO), MMU_CAUSE_STORE_ACCESS);
}

// --- single rules ------------------------------------------------------------------------

static void pte_each_reserved_bit_is_a_page_fault_at_each_level(void **state) {
    (void)state;
    struct mmu_context context = context_of(MMU_PRIV_S);
    for (unsigned level = 0; level < 3; ++level) {
        for (unsigned bit = 54; bit < 64; ++bit) {
            for (uint8_t access = 0; access < 4; ++access) {
                fixture_memory_init(&memory);
                fixture_map(&memory, VA, level, LEAF_PPN, RWX_AD_S);
                *fixture_slot(&memory, VA, level) |= UINT64_C(1) << bit;
                assert_page_fault(walk(&context, VA, access), access);
                if (level == 0) continue;
                fixture_memory_init(&memory);
                fixture_map(&memory, VA, level - 1, LEAF_PPN, RWX_AD_S);
                *fixture_slot(&memory, VA, level) |= UINT64_C(1) << bit;
                assert_page_fault(walk(&context, VA, access), access);
            }
        }
    }
}

static void pte_every_ppn_bit_reaches_the_physical_address(void **state) {
    (void)state;
    struct mmu_context context = context_of(MMU_PRIV_S);
    for (unsigned level = 0; level < 3; ++level) {
        for (unsigned bit = 9 * level; bit < 44; ++bit) {
            fixture_memory_init(&memory);
            fixture_map(&memory, VA, level, UINT64_C(1) << bit, RWX_AD_S);
            uint64_t offset = VA % (UINT64_C(1) << (12 + 9 * level));
            assert_success(walk(&context, VA, MMU_LOAD), (UINT64_C(1) << (12 + bit)) + offset,
                           (uint8_t)level, RWX_AD_S);
        }
    }
}

static void superpage_with_any_low_ppn_bit_set_is_misaligned(void **state) {
    (void)state;
    struct mmu_context context = context_of(MMU_PRIV_S);
    for (unsigned level = 1; level < 3; ++level) {
        for (unsigned bit = 0; bit < 9 * level; ++bit) {
            fixture_memory_init(&memory);
            fixture_map(&memory, VA, level, LEAF_PPN | UINT64_C(1) << bit, RWX_AD_S);
            assert_page_fault(walk(&context, VA, MMU_STORE), MMU_STORE);
        }
    }
}

static void superpage_misaligned_is_never_updated(void **state) {
    (void)state;
    struct mmu_context context = context_of(MMU_PRIV_S);
    context.adue = true;
    fixture_memory_init(&memory);
    fixture_map(&memory, VA, 1, LEAF_PPN + 1, MMU_PTE_V | MMU_PTE_R);
    assert_page_fault(walk(&context, VA, MMU_LOAD), MMU_LOAD);
    assert_int_equal(memory.writes, 0);
}

static void pointer_with_dirty_accessed_or_user_is_a_page_fault(void **state) {
    (void)state;
    const uint8_t bits[] = {MMU_PTE_D, MMU_PTE_A, MMU_PTE_U};
    struct mmu_context context = context_of(MMU_PRIV_U);
    for (unsigned level = 1; level < 3; ++level) {
        for (unsigned k = 0; k < 3; ++k) {
            fixture_memory_init(&memory);
            fixture_map(&memory, VA, 0, LEAF_PPN, RWX_AD_U);
            assert_false(walk(&context, VA, MMU_LOAD).fault);
            *fixture_slot(&memory, VA, level) |= bits[k];
            assert_page_fault(walk(&context, VA, MMU_LOAD), MMU_LOAD);
        }
    }
}

static void pointer_at_level_0_is_a_page_fault_without_a_further_read(void **state) {
    (void)state;
    struct mmu_context context = context_of(MMU_PRIV_S);
    fixture_memory_init(&memory);
    fixture_map(&memory, VA, 0, FIXTURE_BASE_PPN, MMU_PTE_V);
    assert_page_fault(walk(&context, VA, MMU_LOAD), MMU_LOAD);
    assert_int_equal(memory.reads, 3);
}

static void pointer_global_makes_everything_below_global(void **state) {
    (void)state;
    struct mmu_context context = context_of(MMU_PRIV_S);
    for (unsigned where = 0; where < 8; ++where) {  // bit k: G in the PTE of level k
        fixture_memory_init(&memory);
        fixture_map(&memory, VA, 0, LEAF_PPN, RWX_AD_S);
        for (unsigned level = 0; level < 3; ++level) {
            if ((where >> level) & 1) *fixture_slot(&memory, VA, level) |= MMU_PTE_G;
        }
        assert_success(walk(&context, VA, MMU_LOAD), LEAF_PPN * 4096 + 0x123, 0,
                       where == 0 ? RWX_AD_S : RWX_AD_S | MMU_PTE_G);
    }
}

// --- access errors ----------------------------------------------------------------------

static void pte_read_without_memory_is_an_access_fault_of_the_original_access(void **state) {
    (void)state;
    for (unsigned level = 0; level < 3; ++level) {
        for (uint8_t access = 0; access < 4; ++access) {
            struct mmu_context context = context_of(MMU_PRIV_S);
            const uint64_t nowhere = 0xFFFFFFFFFFFu;
            fixture_memory_init(&memory);
            if (level == 2) {
                context.root_ppn = nowhere;
            } else {
                *fixture_slot(&memory, VA, level + 1) = fixture_pte(nowhere, MMU_PTE_V);
            }
            assert_fault(walk(&context, VA, access), access_fault_of[access], MMU_SOURCE_WALK);
            uint64_t index = level == 2 ? 1 : level == 1 ? 2 : 3;
            assert_true(memory.last_pa == nowhere * 4096 + index * 8);
            assert_int_equal(memory.reads, 3 - level);
        }
    }
}

static bool refuse_write(void *user, uint64_t pa, uint64_t expected, uint64_t desired,
                         uint64_t *old) {
    (void)user, (void)pa, (void)expected, (void)desired, (void)old;
    return false;
}

static void update_without_memory_is_an_access_fault(void **state) {
    (void)state;
    struct mmu_context context = context_of(MMU_PRIV_S);
    context.adue = true;
    fixture_memory_init(&memory);
    fixture_map(&memory, VA, 0, LEAF_PPN, MMU_PTE_V | MMU_PTE_R | MMU_PTE_W | MMU_PTE_X);
    struct mmu_memory port = fixture_memory_port(&memory);
    port.compare_and_write = refuse_write;
    for (uint8_t access = 0; access < 4; ++access) {
        struct mmu_request request = {.va = VA, .access = access};
        struct mmu_answer answer =
            mmu_walk(mmu_mode_sv39(), MMU_STAGE_SINGLE, &context, &port, &request, NULL);
        assert_fault(answer, access_fault_of[access], MMU_SOURCE_WALK);
    }
}

// --- accessed and dirty -------------------------------------------------------------------

static void update_conflict_reads_the_pte_again(void **state) {
    (void)state;
    struct mmu_context context = context_of(MMU_PRIV_S);
    context.adue = true;
    fixture_memory_init(&memory);
    memory.conflicts = 2;
    fixture_map(&memory, VA, 0, LEAF_PPN, MMU_PTE_V | MMU_PTE_R | MMU_PTE_W);
    struct mmu_memory port = fixture_memory_port(&memory);
    struct mmu_request request = {.va = VA, .access = MMU_AMO};
    unsigned reads = 0;
    struct mmu_answer answer =
        mmu_walk(mmu_mode_sv39(), MMU_STAGE_SINGLE, &context, &port, &request, &reads);
    const uint8_t perm = MMU_PTE_V | MMU_PTE_R | MMU_PTE_W | MMU_PTE_A | MMU_PTE_D;
    assert_success(answer, LEAF_PPN * 4096 + 0x123, 0, perm);
    assert_int_equal(reads, 3 + 2);  // the leaf once more after each conflict
    assert_int_equal(memory.writes, 3);
    // The software bit, toggled twice, was not lost.
    assert_true(*fixture_slot(&memory, VA, 0) == fixture_pte(LEAF_PPN, perm));
}

static bool revoke_then_compare(void *user, uint64_t pa, uint64_t expected, uint64_t desired,
                                uint64_t *old) {
    (void)expected, (void)desired;
    uint64_t *word = fixture_word(user, pa);
    *word &= ~(uint64_t)MMU_PTE_W;
    *old = *word;
    return true;
}

static void update_conflict_judges_the_new_pte_from_the_beginning(void **state) {
    (void)state;
    struct mmu_context context = context_of(MMU_PRIV_S);
    context.adue = true;
    fixture_memory_init(&memory);
    fixture_map(&memory, VA, 0, LEAF_PPN, MMU_PTE_V | MMU_PTE_R | MMU_PTE_W);
    struct mmu_memory port = fixture_memory_port(&memory);
    port.compare_and_write = revoke_then_compare;
    struct mmu_request request = {.va = VA, .access = MMU_STORE};
    struct mmu_answer answer =
        mmu_walk(mmu_mode_sv39(), MMU_STAGE_SINGLE, &context, &port, &request, NULL);
    assert_page_fault(answer, MMU_STORE);
}

// --- before any page table -----------------------------------------------------------------

static void canonical_means_bits_63_to_39_equal_bit_38(void **state) {
    (void)state;
    const struct mmu_mode *mode = mmu_mode_sv39();
    assert_true(mmu_is_canonical(mode, 0));
    assert_true(mmu_is_canonical(mode, UINT64_C(0x0000003FFFFFFFFF)));
    assert_false(mmu_is_canonical(mode, UINT64_C(0x0000004000000000)));
    assert_false(mmu_is_canonical(mode, UINT64_C(0xFFFFFFBFFFFFFFFF)));
    assert_true(mmu_is_canonical(mode, UINT64_C(0xFFFFFFC000000000)));
    assert_true(mmu_is_canonical(mode, UINT64_MAX));
    for (unsigned bit = 38; bit < 64; ++bit) {
        assert_false(mmu_is_canonical(mode, UINT64_C(1) << bit));
        assert_false(mmu_is_canonical(mode, ~(UINT64_C(1) << bit)));
    }
}

static void canonical_violation_is_a_page_fault_without_a_walk(void **state) {
    (void)state;
    struct mmu_context context = context_of(MMU_PRIV_S);
    fixture_memory_init(&memory);
    for (uint8_t access = 0; access < 4; ++access) {
        assert_fault(walk(&context, UINT64_C(1) << 38, access), page_fault_of[access],
                     MMU_SOURCE_NONE);
    }
    assert_int_equal(memory.reads, 0);
}

static void untranslated_address_is_the_physical_address_up_to_56_bits(void **state) {
    (void)state;
    struct mmu_context context = context_of(MMU_PRIV_M);
    context.translated = false;
    struct mmu_answer answer = walk(&context, UINT64_C(0x00FFFFFFFFFFFFFF), MMU_LOAD);
    assert_false(answer.fault);
    assert_true(answer.pa == UINT64_C(0x00FFFFFFFFFFFFFF));
    assert_int_equal(answer.level, 3);
    assert_int_equal(answer.source, MMU_SOURCE_NONE);
    assert_int_equal(answer.perm, 0);
    for (uint8_t access = 0; access < 4; ++access) {
        for (unsigned bit = 56; bit < 64; ++bit) {
            assert_fault(walk(&context, UINT64_C(1) << bit, access), access_fault_of[access],
                         MMU_SOURCE_NONE);
        }
    }
}

static void context_mprv_applies_to_the_data_port_only(void **state) {
    (void)state;
    struct mmu_csr csr = {.satp = FIXTURE_SATP_ASID(0xABCD), .mprv = true};
    const uint8_t privs[] = {MMU_PRIV_U, MMU_PRIV_S, MMU_PRIV_M};
    for (unsigned k = 0; k < 9; ++k) {
        csr.priv = privs[k / 3];
        csr.mpp = privs[k % 3];
        struct mmu_context data = mmu_context_capture(&csr, MMU_PORT_DATA);
        struct mmu_context fetch = mmu_context_capture(&csr, MMU_PORT_FETCH);
        assert_int_equal(data.priv, csr.mpp);
        assert_int_equal(fetch.priv, csr.priv);
        assert_int_equal(data.translated, csr.mpp != MMU_PRIV_M);
        assert_int_equal(fetch.translated, csr.priv != MMU_PRIV_M);
        assert_int_equal(data.asid, 0xABCD);
        assert_true(data.root_ppn == FIXTURE_BASE_PPN);
    }
    csr.mprv = false;
    csr.priv = MMU_PRIV_M;
    csr.mpp = MMU_PRIV_U;
    assert_int_equal(mmu_context_capture(&csr, MMU_PORT_DATA).priv, MMU_PRIV_M);
}

static void context_every_mode_but_sv39_is_not_translated(void **state) {
    (void)state;
    for (uint64_t mode = 0; mode < 16; ++mode) {
        struct mmu_csr csr = {.satp = mode << 60, .priv = MMU_PRIV_S};
        assert_int_equal(mmu_context_capture(&csr, MMU_PORT_DATA).translated, mode == 8);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pte_every_low_byte_means_what_the_specification_says),
        cmocka_unit_test(perm_sum_never_allows_fetch_from_user_page),
        cmocka_unit_test(perm_mxr_makes_execute_only_pages_loadable_but_not_storable),
        cmocka_unit_test(perm_amo_needs_write_and_faults_as_store),
        cmocka_unit_test(pte_each_reserved_bit_is_a_page_fault_at_each_level),
        cmocka_unit_test(pte_every_ppn_bit_reaches_the_physical_address),
        cmocka_unit_test(superpage_with_any_low_ppn_bit_set_is_misaligned),
        cmocka_unit_test(superpage_misaligned_is_never_updated),
        cmocka_unit_test(pointer_with_dirty_accessed_or_user_is_a_page_fault),
        cmocka_unit_test(pointer_at_level_0_is_a_page_fault_without_a_further_read),
        cmocka_unit_test(pointer_global_makes_everything_below_global),
        cmocka_unit_test(pte_read_without_memory_is_an_access_fault_of_the_original_access),
        cmocka_unit_test(update_without_memory_is_an_access_fault),
        cmocka_unit_test(update_conflict_reads_the_pte_again),
        cmocka_unit_test(update_conflict_judges_the_new_pte_from_the_beginning),
        cmocka_unit_test(canonical_means_bits_63_to_39_equal_bit_38),
        cmocka_unit_test(canonical_violation_is_a_page_fault_without_a_walk),
        cmocka_unit_test(untranslated_address_is_the_physical_address_up_to_56_bits),
        cmocka_unit_test(context_mprv_applies_to_the_data_port_only),
        cmocka_unit_test(context_every_mode_but_sv39_is_not_translated),
    };
    return cmocka_run_group_tests_name("unit.walk", tests, NULL, NULL) == 0 ? 0 : 1;
}
