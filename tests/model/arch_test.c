// SPDX-License-Identifier: Apache-2.0
// What is implemented, the modes that satp selects, and the context of an access.
#include "walk_fixture.h"

static const uint8_t privs[] = {MMU_PRIV_U, MMU_PRIV_S, MMU_PRIV_M};

static void context_mprv_applies_to_the_data_port_only(void **state) {
    (void)state;
    const struct mmu_arch arch = mmu_arch_default();
    struct mmu_csr csr = {.satp = FIXTURE_SATP_ASID(0xABCD), .mprv = true};
    for (unsigned k = 0; k < 9; ++k) {
        csr.priv = privs[k / 3];
        csr.mpp = privs[k % 3];
        struct mmu_context data = mmu_context_capture(&arch, &csr, MMU_PORT_DATA);
        struct mmu_context fetch = mmu_context_capture(&arch, &csr, MMU_PORT_FETCH);
        assert_int_equal(data.priv, csr.mpp);
        assert_int_equal(fetch.priv, csr.priv);
        assert_int_equal(data.mode != NULL, csr.mpp != MMU_PRIV_M);
        assert_int_equal(fetch.mode != NULL, csr.priv != MMU_PRIV_M);
        assert_int_equal(data.asid, 0xABCD);
        assert_true(data.root_ppn == FIXTURE_BASE_PPN);
    }
    csr.mprv = false;
    csr.priv = MMU_PRIV_M;
    csr.mpp = MMU_PRIV_U;
    assert_int_equal(mmu_context_capture(&arch, &csr, MMU_PORT_DATA).priv, MMU_PRIV_M);
}

static void context_takes_every_other_register_as_it_stands(void **state) {
    (void)state;
    const struct mmu_arch arch = mmu_arch_default();
    for (unsigned bits = 0; bits < 16; ++bits) {
        struct mmu_csr csr = {.priv = MMU_PRIV_S,
                              .sum = bits & 1,
                              .mxr = bits & 2,
                              .adue = bits & 4,
                              .pbmte = bits & 8};
        struct mmu_context context = mmu_context_capture(&arch, &csr, MMU_PORT_DATA);
        assert_int_equal(context.sum, csr.sum);
        assert_int_equal(context.mxr, csr.mxr);
        assert_int_equal(context.adue, csr.adue);
        assert_int_equal(context.pbmte, csr.pbmte);
    }
}

static void context_mode_is_selected_by_satp(void **state) {
    (void)state;
    const struct mmu_arch arch = mmu_arch_default();
    for (uint64_t mode = 0; mode < 16; ++mode) {
        struct mmu_csr csr = {.satp = mode << 60, .priv = MMU_PRIV_S};
        const struct mmu_mode *expected = mode == 8    ? mmu_mode_sv39()
                                          : mode == 9  ? mmu_mode_sv48()
                                          : mode == 10 ? mmu_mode_sv57()
                                                       : NULL;
        assert_ptr_equal(mmu_context_capture(&arch, &csr, MMU_PORT_DATA).mode, expected);
        csr.priv = MMU_PRIV_M;
        assert_null(mmu_context_capture(&arch, &csr, MMU_PORT_DATA).mode);
    }
    const struct mmu_arch narrow = fixture_arch(mmu_mode_sv32(), 0);
    struct mmu_csr csr = {.satp = UINT64_C(0xFFFFFFFF7FFFFFFF), .priv = MMU_PRIV_S};
    assert_null(mmu_context_capture(&narrow, &csr, MMU_PORT_DATA).mode);
    csr.satp = UINT64_C(0x80000000) | UINT64_C(0x155) << 22 | 0x2AAAAA;
    struct mmu_context context = mmu_context_capture(&narrow, &csr, MMU_PORT_DATA);
    assert_ptr_equal(context.mode, mmu_mode_sv32());
    assert_int_equal(context.asid, 0x155);
    assert_true(context.root_ppn == 0x2AAAAA);
}

static void context_keeps_the_implemented_bits_of_asid(void **state) {
    (void)state;
    for (unsigned k = 0; k < 2; ++k) {
        struct mmu_arch arch = fixture_arch(k ? mmu_mode_sv39() : mmu_mode_sv32(), 0);
        struct mmu_csr csr = {.satp = UINT64_MAX, .priv = MMU_PRIV_S};
        for (uint8_t bits = 0; bits <= (k ? 16 : 9); ++bits) {
            arch.asid_bits = bits;
            assert_int_equal(mmu_context_capture(&arch, &csr, MMU_PORT_DATA).asid,
                             (1u << bits) - 1);
        }
    }
}

static void modes_have_the_shapes_of_the_specification(void **state) {
    (void)state;
    for (unsigned k = 0; k < WALK_MODES; ++k) {
        const struct mmu_mode *mode = walk_modes[k].mode();
        assert_int_equal(mode->levels, walk_modes[k].levels);
        assert_int_equal(mode->vpn_bits, walk_modes[k].vpn_bits);
        assert_int_equal(mode->pte_bytes, walk_modes[k].pte_bytes);
        assert_int_equal(mode->va_bits, 12 + walk_modes[k].levels * walk_modes[k].vpn_bits);
        assert_int_equal(mode->wide_root, 0);
    }
}

static void arch_out_of_range_is_refused_with_a_sentence(void **state) {
    (void)state;
    struct mmu_arch arch = mmu_arch_default();
    assert_null(mmu_arch_check(&arch));
    for (unsigned value = 0; value < 256; ++value) {
        arch = mmu_arch_default();
        arch.pa_bits = (uint8_t)value;
        assert_int_equal(mmu_arch_check(&arch) == NULL, value >= 32 && value <= 56);
        arch = mmu_arch_default();
        arch.asid_bits = (uint8_t)value;
        assert_int_equal(mmu_arch_check(&arch) == NULL, value <= 16);
        arch = mmu_arch_default();
        arch.pmp_entries = (uint8_t)value;
        assert_int_equal(mmu_arch_check(&arch) == NULL, value == 0 || value == 8 || value == 16);
        arch = mmu_arch_default();
        arch.xlen = (uint8_t)value;
        assert_int_equal(mmu_arch_check(&arch) == NULL, value == 64);  // 32: the rest is too wide
        arch = fixture_arch(mmu_mode_sv32(), 0);
        arch.pa_bits = (uint8_t)value;
        assert_int_equal(mmu_arch_check(&arch) == NULL, value >= 32 && value <= 34);
        arch = fixture_arch(mmu_mode_sv32(), 0);
        arch.asid_bits = (uint8_t)value;
        assert_int_equal(mmu_arch_check(&arch) == NULL, value <= 9);
    }
    arch = fixture_arch(mmu_mode_sv32(), 0);
    assert_null(mmu_arch_check(&arch));
    arch.svnapot = true;
    assert_non_null(mmu_arch_check(&arch));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(context_mprv_applies_to_the_data_port_only),
        cmocka_unit_test(context_takes_every_other_register_as_it_stands),
        cmocka_unit_test(context_mode_is_selected_by_satp),
        cmocka_unit_test(context_keeps_the_implemented_bits_of_asid),
        cmocka_unit_test(modes_have_the_shapes_of_the_specification),
        cmocka_unit_test(arch_out_of_range_is_refused_with_a_sentence),
    };
    return cmocka_run_group_tests_name("unit.arch", tests, NULL, NULL) == 0 ? 0 : 1;
}
