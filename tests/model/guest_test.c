// SPDX-License-Identifier: Apache-2.0
// Two-stage translation against the chapter "Hypervisor Extension": composition of the stages,
// permissions of each, what a fault reports.
#include "guest_fixture.h"

static struct guest test;

#define ORDINARY MMU_GUEST_ORDINARY
#define GPA UINT64_C(0x50007000)   // of the page that va maps to
#define HOST UINT64_C(0x70009000)  // where the G stage maps it
#define OFFSET UINT64_C(0x128)

static const uint8_t guest_fault_of[4] = {20, 21, 23, 23};

static uint64_t va(void) {
    return test.vs->va;
}

static uint64_t pseudo(bool write) {
    return (test.vs->pte_bytes == 4 ? 0x2000 : 0x3000) | (write ? 0x20 : 0);
}

// One 4 KiB page in each stage, allowed for everything.
static void begin(const struct walk_mode *vs, const struct walk_mode *g) {
    guest_begin(&test, vs, g);
    guest_vs_map(&test, va(), 0, GPA >> 12, RWX_AD_S);
    guest_g_map(&test, GPA, 0, HOST >> 12, G_RWX);
}

static void begin_sv39(void) {
    begin(&walk_modes[1], &walk_modes[1]);
}

static struct mmu_guest_answer load(void) {
    return guest_access(&test, va(), MMU_LOAD, ORDINARY);
}

// --- composition ---------------------------------------------------------------------------

static void stages_compose_in_every_pair_of_modes(void **state) {
    (void)state;
    for (unsigned word = 0; word < 16; ++word) {
        const struct walk_mode *vs = &walk_modes[word / 4], *g = &walk_modes[word % 4];
        if (vs->pte_bytes != g->pte_bytes) continue;
        begin(vs, g);
        for (uint8_t access = 0; access < 4; ++access) {
            struct mmu_guest_answer answer = guest_access(&test, va(), access, ORDINARY);
            assert_guest_success(answer, HOST + OFFSET, 12, 12);
            // Each VS-stage PTE and the page itself need a whole G-stage walk.
            assert_int_equal(test.trace.reads, (vs->levels + 1) * (g->levels + 1) - 1);
            assert_true(test.trace.final_checked && test.trace.final_pa == HOST + OFFSET);
        }
    }
}

static void page_sizes_of_the_stages_are_independent(void **state) {
    (void)state;
    for (unsigned word = 0; word < 9; ++word) {
        unsigned vs_level = word / 3, g_level = word % 3;
        guest_begin(&test, &walk_modes[1], &walk_modes[1]);
        const uint64_t gpa = UINT64_C(3) << 30, host = UINT64_C(7) << 30;
        guest_vs_map(&test, va(), vs_level, gpa >> 12, RWX_AD_S);
        uint64_t inside = va() % (UINT64_C(4096) << (9 * vs_level));
        guest_g_map(&test, gpa + inside, g_level, host >> 12, G_RWX);
        uint64_t offset = inside % (UINT64_C(4096) << (9 * g_level));
        assert_guest_success(load(), host + offset, (uint8_t)(12 + 9 * vs_level),
                             (uint8_t)(12 + 9 * g_level));
    }
}

static void napot_and_pbmt_are_of_each_stage(void **state) {
    (void)state;
    begin_sv39();
    test.csr.pbmte = true;
    test.guest.vs_pbmte = true;
    uint64_t vs = guest_vs_slot(&test, va(), 0), g = guest_g_slot(&test, GPA, 0);
    guest_set(&test, vs, fixture_pte(GPA >> 12, RWX_AD_S) | UINT64_C(2) << 61);
    guest_set(&test, g,
              fixture_pte((HOST >> 12 & ~UINT64_C(15)) | 8, G_RWX) | MMU_PTE_N | UINT64_C(1) << 61);
    struct mmu_guest_answer answer = load();
    assert_guest_success(answer, (HOST & ~UINT64_C(0xFFFF)) | 0x7000 | OFFSET, 12, 16);
    assert_true(answer.pbmt[0] == 2 && answer.pbmt[1] == 1);
    // henvcfg.PBMTE is for the VS stage, menvcfg.PBMTE for the G stage, and for both a condition.
    test.guest.vs_pbmte = false;
    assert_guest_fault(load(), MMU_CAUSE_LOAD_PAGE, 0, 0);
    test.csr.pbmte = false;
    guest_set(&test, vs, fixture_pte(GPA >> 12, RWX_AD_S));
    assert_guest_fault(load(), MMU_CAUSE_LOAD_GUEST_PAGE, (GPA | OFFSET) >> 2, 0);
    guest_set(&test, g, fixture_pte(HOST >> 12, G_RWX));
    guest_set(&test, vs, fixture_pte(GPA >> 12, RWX_AD_S) | UINT64_C(2) << 61);
    test.guest.vs_pbmte = true;
    assert_guest_fault(load(), MMU_CAUSE_LOAD_PAGE, 0, 0);
}

static void stage_that_is_bare_does_not_translate(void **state) {
    (void)state;
    begin_sv39();
    test.guest.vsatp = 0;
    assert_guest_success(guest_access(&test, GPA | OFFSET, MMU_STORE, ORDINARY), HOST | OFFSET, 0,
                         12);
    // G-stage Bare: guest physical addresses are physical ones.
    guest_begin(&test, &walk_modes[1], &walk_modes[1]);
    guest_vs_map(&test, va(), 2, UINT64_C(3) << 18, RWX_AD_S);  // 1 GiB: the root alone is read
    test.guest.hgatp = 0;
    test.guest.vsatp += GUEST_OFFSET;
    uint64_t inside = va() % (UINT64_C(1) << 30);
    assert_guest_success(load(), (UINT64_C(3) << 30) + inside, 30, 0);
    assert_int_equal(test.trace.reads, 1);
    // Both.
    test.guest.vsatp = 0;
    assert_guest_success(guest_access(&test, 0x123456, MMU_LOAD, ORDINARY), 0x123456, 0, 0);
    assert_guest_fault(guest_access(&test, UINT64_C(1) << 56, MMU_LOAD, ORDINARY),
                       MMU_CAUSE_LOAD_ACCESS, 0, 0);
}

static void without_v_satp_alone_translates(void **state) {
    (void)state;
    begin_sv39();
    test.guest.v = false;
    assert_guest_success(guest_access(&test, HOST, MMU_LOAD, ORDINARY), HOST, 0, 0);
    test.csr.satp = test.guest.hgatp;  // the G stage's tables, read as Sv39
    test.csr.sum = true;
    struct mmu_guest_answer answer = guest_access(&test, GPA | OFFSET, MMU_LOAD, ORDINARY);
    assert_guest_success(answer, HOST | OFFSET, 12, 0);
    assert_guest_fault(guest_access(&test, GPA | OFFSET, MMU_FETCH, ORDINARY), MMU_CAUSE_FETCH_PAGE,
                       0, 0);
}

// --- guest physical addresses -----------------------------------------------------------------

static void root_of_the_g_stage_has_four_pages(void **state) {
    (void)state;
    for (unsigned k = 0; k < 4; ++k) {
        const struct walk_mode *mode = &walk_modes[k];
        for (uint64_t quarter = 0; quarter < 4; ++quarter) {
            guest_begin(&test, mode, mode);
            uint64_t gpa = quarter << (12 + mode->vpn_bits * mode->levels) | GPA;
            if (gpa >> 56 != 0) continue;  // Sv57x4: no PTE holds it
            guest_vs_map(&test, va(), 0, gpa >> 12, RWX_AD_S);
            guest_g_map(&test, gpa, 0, HOST >> 12, G_RWX);
            assert_guest_success(load(), HOST | OFFSET, 12, 12);
        }
    }
}

static void two_low_bits_of_hgatp_ppn_are_ignored(void **state) {
    (void)state;
    begin_sv39();
    for (uint64_t low = 0; low < 4; ++low) {
        test.guest.hgatp = (test.guest.hgatp & ~UINT64_C(3)) | low;
        assert_guest_success(load(), HOST | OFFSET, 12, 12);
    }
}

static void guest_physical_address_is_not_sign_extended(void **state) {
    (void)state;
    static const unsigned bits[4] = {34, 41, 50, 59};
    for (unsigned k = 1; k < 4; ++k) {
        guest_begin(&test, &walk_modes[1], &walk_modes[k]);
        for (unsigned bit = bits[k]; bit < 64; ++bit) {
            uint64_t gpa = UINT64_C(1) << bit;
            test.guest.vsatp = 0;
            for (uint8_t access = 0; access < 4; ++access)
                assert_guest_fault(guest_access(&test, gpa, access, ORDINARY),
                                   guest_fault_of[access], gpa >> 2, 0);
            assert_int_equal(test.trace.reads, 0);
        }
        // The highest address that exists has a table.
        uint64_t gpa = (UINT64_C(1) << bits[k]) - 4096;
        guest_g_map(&test, gpa, 0, HOST >> 12, G_RWX);
        assert_guest_success(guest_access(&test, gpa, MMU_LOAD, ORDINARY), HOST, 0, 12);
    }
}

static void vs_leaf_that_leads_beyond_the_guest_is_a_guest_page_fault(void **state) {
    (void)state;
    begin_sv39();
    guest_vs_map(&test, va(), 0, UINT64_C(1) << (41 - 12), RWX_AD_S);
    assert_guest_fault(load(), MMU_CAUSE_LOAD_GUEST_PAGE, ((UINT64_C(1) << 41) | OFFSET) >> 2, 0);
}

static void canonical_violation_in_the_vs_stage_is_a_page_fault(void **state) {
    (void)state;
    begin_sv39();
    for (uint8_t access = 0; access < 4; ++access)
        assert_guest_fault(guest_access(&test, UINT64_C(1) << 38, access, ORDINARY),
                           page_fault_of[access], 0, 0);
    assert_int_equal(test.trace.reads, 0);
}

// --- what a fault reports ------------------------------------------------------------------------

static void fault_of_the_page_itself_reports_its_guest_physical_address(void **state) {
    (void)state;
    for (unsigned word = 0; word < 8 * 4; ++word) {
        uint8_t access = word % 4;
        const struct walk_mode *mode = &walk_modes[word / 4 % 4];
        begin(mode, mode);
        test.arch.gpa_in_tval2 = word < 16;
        guest_g_map(&test, GPA, 0, 0, 0);
        uint64_t htval = test.arch.gpa_in_tval2 ? (GPA | OFFSET) >> 2 : 0;
        assert_guest_fault(guest_access(&test, va(), access, ORDINARY), guest_fault_of[access],
                           htval, 0);
    }
}

static void fault_of_a_vs_pte_reports_its_address_and_a_pseudoinstruction(void **state) {
    (void)state;
    for (unsigned word = 0; word < 4 * 5 * 4; ++word) {
        const struct walk_mode *mode = &walk_modes[word / 20];
        unsigned level = word / 4 % 5;
        uint8_t access = word % 4;
        if (level >= mode->levels) continue;
        begin(mode, mode);
        uint64_t gpa = guest_vs_slot_gpa(&test, va(), level);
        guest_g_leaf_flags(&test, gpa, 0);
        // The exception is that of the original access.
        assert_guest_fault(guest_access(&test, va(), access, ORDINARY), guest_fault_of[access],
                           gpa >> 2, pseudo(false));
    }
}

static void page_fault_of_the_vs_stage_is_the_guests_own(void **state) {
    (void)state;
    begin_sv39();
    guest_vs_map(&test, va(), 0, GPA >> 12, 0);
    for (uint8_t access = 0; access < 4; ++access)
        assert_guest_fault(guest_access(&test, va(), access, ORDINARY), page_fault_of[access], 0,
                           0);
}

static void missing_memory_is_an_access_fault_in_either_stage(void **state) {
    (void)state;
    for (uint8_t access = 0; access < 4; ++access) {
        begin_sv39();  // a VS-stage table
        guest_g_map(&test, guest_vs_slot_gpa(&test, va(), 1), 0, 1, G_RWX);
        assert_guest_fault(guest_access(&test, va(), access, ORDINARY), access_fault_of[access], 0,
                           0);
        begin_sv39();  // a G-stage table
        guest_g_map(&test, GPA, 1, 1, MMU_PTE_V);
        assert_guest_fault(guest_access(&test, va(), access, ORDINARY), access_fault_of[access], 0,
                           0);
        assert_false(test.trace.final_checked);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_compose_in_every_pair_of_modes),
        cmocka_unit_test(page_sizes_of_the_stages_are_independent),
        cmocka_unit_test(napot_and_pbmt_are_of_each_stage),
        cmocka_unit_test(stage_that_is_bare_does_not_translate),
        cmocka_unit_test(without_v_satp_alone_translates),
        cmocka_unit_test(root_of_the_g_stage_has_four_pages),
        cmocka_unit_test(two_low_bits_of_hgatp_ppn_are_ignored),
        cmocka_unit_test(guest_physical_address_is_not_sign_extended),
        cmocka_unit_test(vs_leaf_that_leads_beyond_the_guest_is_a_guest_page_fault),
        cmocka_unit_test(canonical_violation_in_the_vs_stage_is_a_page_fault),
        cmocka_unit_test(fault_of_the_page_itself_reports_its_guest_physical_address),
        cmocka_unit_test(fault_of_a_vs_pte_reports_its_address_and_a_pseudoinstruction),
        cmocka_unit_test(page_fault_of_the_vs_stage_is_the_guests_own),
        cmocka_unit_test(missing_memory_is_an_access_fault_in_either_stage),
    };
    return cmocka_run_group_tests_name("unit.guest", tests, NULL, NULL) == 0 ? 0 : 1;
}
