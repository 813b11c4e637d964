// SPDX-License-Identifier: Apache-2.0
// Who may do what under two-stage translation: privilege, MPRV, HLV and HSV, HLVX, SUM and MXR of
// both levels, A and D of both stages, PMP.
#include "guest_fixture.h"

static struct guest test;

#define ORDINARY MMU_GUEST_ORDINARY
#define GPA UINT64_C(0x50007000)
#define HOST UINT64_C(0x70009000)
#define OFFSET UINT64_C(0x128)
#define FAULT_GPA ((GPA | OFFSET) >> 2)

static const uint8_t guest_fault_of[4] = {20, 21, 23, 23};
static const uint8_t X_ONLY = MMU_PTE_V | MMU_PTE_X | MMU_PTE_A;

static void begin(uint64_t vs_flags, uint64_t g_flags) {
    guest_begin(&test, &walk_modes[1], &walk_modes[1]);
    guest_vs_map(&test, test.vs->va, 0, GPA >> 12, vs_flags);
    guest_g_map(&test, GPA, 0, HOST >> 12, g_flags);
}

static struct mmu_guest_answer access_as(uint8_t access, enum mmu_guest_kind kind) {
    return guest_access(&test, test.vs->va, access, kind);
}

static uint8_t cause_of(uint8_t access, enum mmu_guest_kind kind) {
    return access_as(access, kind).cause;  // 0: no fault
}

// --- privilege
// -------------------------------------------------------------------------------------

static void g_stage_takes_every_access_for_a_users(void **state) {
    (void)state;
    for (unsigned user = 0; user < 2; ++user) {
        for (uint8_t access = 0; access < 4; ++access) {
            begin(user ? RWX_AD_U : RWX_AD_S, RWX_AD_S);  // the page: U = 0 in the G stage
            test.csr.priv = user ? MMU_PRIV_U : MMU_PRIV_S;
            test.csr.sum = test.guest.vs_sum = true;
            assert_guest_fault(access_as(access, ORDINARY), guest_fault_of[access], FAULT_GPA, 0);
            begin(user ? RWX_AD_U : RWX_AD_S, G_RWX);  // a table of the VS stage
            test.csr.priv = user ? MMU_PRIV_U : MMU_PRIV_S;
            uint64_t gpa = guest_vs_slot_gpa(&test, test.vs->va, 0);
            guest_g_leaf_flags(&test, gpa, RWX_AD_S);
            assert_guest_fault(access_as(access, ORDINARY), guest_fault_of[access], gpa >> 2,
                               0x3000);
        }
    }
}

static void g_stage_permissions_are_those_of_the_access(void **state) {
    (void)state;
    static const uint8_t rights[5] = {MMU_PTE_R, MMU_PTE_R | MMU_PTE_W, MMU_PTE_X,
                                      MMU_PTE_R | MMU_PTE_X, MMU_PTE_R | MMU_PTE_W | MMU_PTE_X};
    for (unsigned word = 0; word < 5 * 4; ++word) {
        uint8_t access = word % 4, right = rights[word / 4];
        static const uint8_t needed[4] = {MMU_PTE_X, MMU_PTE_R, MMU_PTE_W, MMU_PTE_W};
        begin(RWX_AD_S, MMU_PTE_V | MMU_PTE_U | MMU_PTE_A | MMU_PTE_D | right);
        bool allowed = right & needed[access];
        assert_int_equal(cause_of(access, ORDINARY), allowed ? 0 : guest_fault_of[access]);
    }
}

static void table_of_the_vs_stage_needs_read_permission_whatever_the_access(void **state) {
    (void)state;
    for (unsigned word = 0; word < 4 * 4; ++word) {
        uint8_t access = word % 4;
        begin(RWX_AD_S, G_RWX);
        test.csr.mxr = word & 4;  // for explicit loads only
        test.guest.vs_mxr = word & 8;
        uint64_t gpa = guest_vs_slot_gpa(&test, test.vs->va, 0);
        guest_g_leaf_flags(&test, gpa, X_ONLY | MMU_PTE_U);
        assert_guest_fault(access_as(access, ORDINARY), guest_fault_of[access], gpa >> 2, 0x3000);
        guest_g_leaf_flags(&test, gpa, MMU_PTE_V | MMU_PTE_R | MMU_PTE_U | MMU_PTE_A);
        assert_int_equal(cause_of(access, ORDINARY), 0);
    }
}

static void sum_of_vsstatus_counts_and_that_of_sstatus_does_not(void **state) {
    (void)state;
    for (unsigned word = 0; word < 16; ++word) {
        begin(RWX_AD_U, G_RWX);
        test.csr.sum = word & 1;
        test.guest.vs_sum = word & 2;
        test.guest.spvp = true;
        enum mmu_guest_kind kind = word & 4 ? MMU_GUEST_HLV : ORDINARY;
        uint8_t access = word & 8 ? MMU_STORE : MMU_LOAD;
        if (kind == MMU_GUEST_HLV) test.guest.v = false;
        assert_int_equal(cause_of(access, kind), word & 2 ? 0 : page_fault_of[access]);
    }
    begin(RWX_AD_U, G_RWX);
    test.guest.vs_sum = true;
    assert_int_equal(cause_of(MMU_FETCH, ORDINARY), MMU_CAUSE_FETCH_PAGE);
}

// Which execute-only pages a load may read.
static void mxr_of_sstatus_covers_both_stages_that_of_vsstatus_the_first(void **state) {
    (void)state;
    for (unsigned word = 0; word < 32; ++word) {
        bool mxr = word & 1, vs_mxr = word & 2, vs_x_only = word & 4, g_x_only = word & 8;
        begin(vs_x_only ? X_ONLY : RWX_AD_S, g_x_only ? X_ONLY | MMU_PTE_U : G_RWX);
        test.csr.mxr = mxr;
        test.guest.vs_mxr = vs_mxr;
        test.guest.spvp = true;
        uint8_t expected = 0;
        if (g_x_only && !mxr) expected = MMU_CAUSE_LOAD_GUEST_PAGE;
        if (vs_x_only && !mxr && !vs_mxr) expected = MMU_CAUSE_LOAD_PAGE;  // first encountered
        assert_int_equal(cause_of(MMU_LOAD, word & 16 ? MMU_GUEST_HLV : ORDINARY), expected);
    }
}

// --- MPRV, HLV, HLVX
// -------------------------------------------------------------------------------

// va is mapped in the VS stage for VS-mode, the same number by satp for U-mode.
static void mprv_uses_mpv_and_mpp_for_data_but_not_for_fetches(void **state) {
    (void)state;
    static const uint8_t mpps[3] = {MMU_PRIV_U, MMU_PRIV_S, MMU_PRIV_M};
    for (unsigned word = 0; word < 3 * 2 * 2; ++word) {
        uint8_t mpp = mpps[word / 4];
        bool mpv = word & 1, user_page = word & 2;
        begin(user_page ? RWX_AD_U : RWX_AD_S, G_RWX);
        test.csr.priv = MMU_PRIV_M;
        test.guest.v = false;
        test.csr.mprv = true;
        test.csr.mpp = mpp;
        test.guest.mpv = mpv;
        struct mmu_guest_answer answer = access_as(MMU_LOAD, ORDINARY);
        if (mpp == MMU_PRIV_M || !mpv) {  // no translation; satp is Bare
            assert_guest_success(answer, test.vs->va, 0, 0);
        } else if ((mpp == MMU_PRIV_U) == user_page) {
            assert_guest_success(answer, HOST | OFFSET, 12, 12);
        } else {
            assert_guest_fault(answer, MMU_CAUSE_LOAD_PAGE, 0, 0);
        }
        assert_guest_success(access_as(MMU_FETCH, ORDINARY), test.vs->va, 0, 0);
    }
}

static void hlv_and_hsv_act_as_spvp_says_whatever_v_and_mprv(void **state) {
    (void)state;
    for (unsigned word = 0; word < 32; ++word) {
        bool spvp = word & 1, user_page = word & 2;
        begin(user_page ? RWX_AD_U : RWX_AD_S, G_RWX);
        test.guest.spvp = spvp;
        test.guest.v = false;
        test.csr.priv = word & 4 ? MMU_PRIV_M : MMU_PRIV_U;
        test.csr.mprv = word & 4;
        test.csr.mpp = word & 8 ? MMU_PRIV_M : MMU_PRIV_U;
        uint8_t access = word & 16 ? MMU_STORE : MMU_LOAD;
        struct mmu_guest_answer answer = access_as(access, MMU_GUEST_HLV);
        if (spvp != user_page) {
            assert_guest_success(answer, HOST | OFFSET, 12, 12);
        } else {
            assert_guest_fault(answer, page_fault_of[access], 0, 0);
        }
    }
}

static void hlvx_needs_execute_in_place_of_read_in_both_stages(void **state) {
    (void)state;
    const uint8_t read_only = MMU_PTE_V | MMU_PTE_R | MMU_PTE_A;
    for (unsigned word = 0; word < 16; ++word) {
        bool vs_x = word & 1, g_x = word & 2;
        begin(vs_x ? X_ONLY : read_only, (g_x ? X_ONLY : read_only) | MMU_PTE_U);
        test.guest.spvp = true;
        test.csr.mxr = word & 4;  // MXR makes nothing executable
        test.guest.vs_mxr = word & 8;
        uint8_t expected = !vs_x ? MMU_CAUSE_LOAD_PAGE : !g_x ? MMU_CAUSE_LOAD_GUEST_PAGE : 0;
        assert_int_equal(cause_of(MMU_LOAD, MMU_GUEST_HLVX), expected);
    }
}

// A load's SUM rule, not a fetch's.
static void hlvx_of_a_user_page_follows_sum(void **state) {
    (void)state;
    for (unsigned sum = 0; sum < 2; ++sum) {
        begin(X_ONLY | MMU_PTE_U, G_RWX);
        test.guest.spvp = true;
        test.guest.vs_sum = sum;
        assert_int_equal(cause_of(MMU_LOAD, MMU_GUEST_HLVX), sum ? 0 : MMU_CAUSE_LOAD_PAGE);
    }
}

static void guard(uint64_t host_pa, uint8_t rights) {
    test.arch.pmp_entries = 8;
    test.pmp = mmu_pmp_reset(&test.arch);
    struct mmu_pmp_write one = fixture_pmp_entry(0, 0x18 | rights, host_pa >> 2 & ~UINT64_C(1));
    struct mmu_pmp_write all = fixture_pmp_entry(1, 0x1F, UINT64_MAX);
    mmu_pmp_write(&test.pmp, &one);
    mmu_pmp_write(&test.pmp, &all);
}

static void hlvx_needs_read_and_execute_of_the_pmp(void **state) {
    (void)state;
    for (uint8_t rights = 0; rights < 8; ++rights) {
        if (rights == 2 || rights == 6) continue;
        begin(RWX_AD_S, G_RWX);
        test.guest.spvp = true;
        guard(HOST | OFFSET, rights);
        bool allowed = (rights & 5) == 5;
        assert_int_equal(cause_of(MMU_LOAD, MMU_GUEST_HLVX), allowed ? 0 : MMU_CAUSE_LOAD_ACCESS);
        assert_int_equal(cause_of(MMU_LOAD, MMU_GUEST_HLV), rights & 1 ? 0 : MMU_CAUSE_LOAD_ACCESS);
        assert_int_equal(test.trace.final_denied, !(rights & 1));
    }
}

// --- accessed and dirty
// ----------------------------------------------------------------------------

static void adue_of_menvcfg_is_for_the_g_stage_and_a_condition_for_henvcfgs(void **state) {
    (void)state;
    for (unsigned word = 0; word < 16; ++word) {
        bool adue = word & 1, vs_adue = word & 2, vs_clean = word & 4, g_clean = word & 8;
        begin(vs_clean ? RWX_AD_S & ~MMU_PTE_D : RWX_AD_S,
              g_clean ? G_RWX & ~(MMU_PTE_A | MMU_PTE_D) : G_RWX);
        test.csr.adue = adue;
        test.guest.vs_adue = vs_adue;
        uint8_t expected = 0;
        if (g_clean && !adue) expected = MMU_CAUSE_STORE_GUEST_PAGE;
        if (vs_clean && !(adue && vs_adue)) expected = MMU_CAUSE_STORE_PAGE;
        assert_int_equal(cause_of(MMU_STORE, ORDINARY), expected);
        if (expected != 0) continue;
        assert_int_equal(test.memory->writes, vs_clean + g_clean);
        uint64_t leaf = guest_get(&test, guest_vs_slot(&test, test.vs->va, 0));
        assert_int_equal(leaf & 0xFF, RWX_AD_S);
        assert_int_equal(guest_g_leaf(&test, GPA) & 0xFF, G_RWX);
    }
}

static void vs_update_needs_write_permission_of_the_g_stage(void **state) {
    (void)state;
    for (uint8_t access = 0; access < 4; ++access) {
        begin(RWX_AD_S & ~(MMU_PTE_A | MMU_PTE_D), G_RWX);
        test.csr.adue = test.guest.vs_adue = true;
        uint64_t gpa = guest_vs_slot_gpa(&test, test.vs->va, 0);
        guest_g_leaf_flags(&test, gpa, MMU_PTE_V | MMU_PTE_R | MMU_PTE_U | MMU_PTE_A);
        assert_guest_fault(access_as(access, ORDINARY), guest_fault_of[access], gpa >> 2, 0x3020);
        assert_int_equal(test.memory->writes, 0);
    }
}

static void vs_update_makes_the_page_of_its_table_dirty_in_the_g_stage(void **state) {
    (void)state;
    begin(RWX_AD_S & ~MMU_PTE_A, G_RWX);
    test.csr.adue = test.guest.vs_adue = true;
    uint64_t gpa = guest_vs_slot_gpa(&test, test.vs->va, 0);
    guest_g_leaf_flags(&test, gpa, G_RWX & ~(MMU_PTE_A | MMU_PTE_D));
    assert_int_equal(cause_of(MMU_FETCH, ORDINARY), 0);
    assert_int_equal(guest_g_leaf(&test, gpa) & 0xFF, G_RWX);
    // In this order: A for the read of the table, D for its update, the update itself.
    uint64_t g_slot = guest_g_slot(&test, gpa, 0), vs_slot = guest_vs_slot(&test, test.vs->va, 0);
    uint64_t expected[3] = {g_slot, g_slot, vs_slot};
    unsigned writes = 0;
    for (unsigned k = 0; k < test.trace.steps; ++k) {
        if (!test.trace.step[k].write) continue;
        assert_true(writes < 3 && test.trace.step[k].pa == expected[writes]);
        assert_int_equal(test.trace.step[k].stage, writes < 2 ? MMU_STAGE_G : MMU_STAGE_VS);
        ++writes;
    }
    assert_int_equal(writes, 3);
}

static void update_stays_when_a_later_step_faults(void **state) {
    (void)state;
    begin(RWX_AD_S & ~MMU_PTE_D, 0);  // the page itself is missing in the G stage
    test.csr.adue = test.guest.vs_adue = true;
    assert_guest_fault(access_as(MMU_STORE, ORDINARY), MMU_CAUSE_STORE_GUEST_PAGE, FAULT_GPA, 0);
    assert_true(guest_get(&test, guest_vs_slot(&test, test.vs->va, 0)) & MMU_PTE_D);
}

static void final_check_before_the_update_concerns_the_stage_that_knows_the_address(void **state) {
    (void)state;
    for (unsigned update_first = 0; update_first < 2; ++update_first) {
        begin(RWX_AD_S & ~MMU_PTE_D, G_RWX & ~MMU_PTE_D);
        test.csr.adue = test.guest.vs_adue = true;
        guard(HOST | OFFSET, MMU_PMP_READ);
        test.arch.update_first = update_first;
        assert_guest_fault(access_as(MMU_STORE, ORDINARY), MMU_CAUSE_STORE_ACCESS, 0, 0);
        assert_true(guest_get(&test, guest_vs_slot(&test, test.vs->va, 0)) & MMU_PTE_D);
        bool dirty = guest_g_leaf(&test, GPA) & MMU_PTE_D;
        assert_int_equal(dirty, update_first);
    }
}

// --- PMP
// ---------------------------------------------------------------------------------------------

static void pmp_denies_the_tables_of_both_stages(void **state) {
    (void)state;
    for (uint8_t access = 0; access < 4; ++access) {
        for (unsigned level = 0; level < 3; ++level) {
            begin(RWX_AD_S, G_RWX);
            guard(guest_vs_slot(&test, test.vs->va, level), MMU_PMP_EXECUTE);
            assert_guest_fault(access_as(access, ORDINARY), access_fault_of[access], 0, 0);
            const struct mmu_walk_step *last = &test.trace.step[test.trace.steps - 1];
            assert_true(last->denied && last->stage == MMU_STAGE_VS && last->level == level);
            assert_true(last->pa == guest_vs_slot(&test, test.vs->va, level));
            assert_true(last->gpa == guest_vs_slot_gpa(&test, test.vs->va, level));
            begin(RWX_AD_S, G_RWX);
            guard(guest_g_slot(&test, GPA, level), MMU_PMP_EXECUTE);
            struct mmu_guest_answer answer = access_as(access, ORDINARY);
            assert_guest_fault(answer, access_fault_of[access], 0, 0);
            assert_true(test.trace.step[test.trace.steps - 1].stage == MMU_STAGE_G);
        }
    }
}

static void pmp_allows_an_update_of_the_vs_stage_only_with_write(void **state) {
    (void)state;
    for (unsigned writable = 0; writable < 2; ++writable) {
        begin(RWX_AD_S & ~MMU_PTE_A, G_RWX);
        test.csr.adue = test.guest.vs_adue = true;
        guard(guest_vs_slot(&test, test.vs->va, 0),
              writable ? MMU_PMP_READ | MMU_PMP_WRITE : MMU_PMP_READ);
        assert_int_equal(cause_of(MMU_LOAD, ORDINARY), writable ? 0 : MMU_CAUSE_LOAD_ACCESS);
        assert_int_equal(test.memory->writes, writable);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(g_stage_takes_every_access_for_a_users),
        cmocka_unit_test(g_stage_permissions_are_those_of_the_access),
        cmocka_unit_test(table_of_the_vs_stage_needs_read_permission_whatever_the_access),
        cmocka_unit_test(sum_of_vsstatus_counts_and_that_of_sstatus_does_not),
        cmocka_unit_test(mxr_of_sstatus_covers_both_stages_that_of_vsstatus_the_first),
        cmocka_unit_test(mprv_uses_mpv_and_mpp_for_data_but_not_for_fetches),
        cmocka_unit_test(hlv_and_hsv_act_as_spvp_says_whatever_v_and_mprv),
        cmocka_unit_test(hlvx_needs_execute_in_place_of_read_in_both_stages),
        cmocka_unit_test(hlvx_of_a_user_page_follows_sum),
        cmocka_unit_test(hlvx_needs_read_and_execute_of_the_pmp),
        cmocka_unit_test(adue_of_menvcfg_is_for_the_g_stage_and_a_condition_for_henvcfgs),
        cmocka_unit_test(vs_update_needs_write_permission_of_the_g_stage),
        cmocka_unit_test(vs_update_makes_the_page_of_its_table_dirty_in_the_g_stage),
        cmocka_unit_test(update_stays_when_a_later_step_faults),
        cmocka_unit_test(final_check_before_the_update_concerns_the_stage_that_knows_the_address),
        cmocka_unit_test(pmp_denies_the_tables_of_both_stages),
        cmocka_unit_test(pmp_allows_an_update_of_the_vs_stage_only_with_write),
    };
    return cmocka_run_group_tests_name("unit.guest_permission", tests, NULL, NULL) == 0 ? 0 : 1;
}
