// SPDX-License-Identifier: Apache-2.0
// What is implemented, the translation modes, and the context of one access.
#include <assert.h>
#include <stddef.h>

#include "mmu/walk.h"
#include "walk_internal.h"

static const struct mmu_mode sv32 = {.levels = 2, .vpn_bits = 10, .pte_bytes = 4, .va_bits = 32};
static const struct mmu_mode sv39 = {.levels = 3, .vpn_bits = 9, .pte_bytes = 8, .va_bits = 39};
static const struct mmu_mode sv48 = {.levels = 4, .vpn_bits = 9, .pte_bytes = 8, .va_bits = 48};
static const struct mmu_mode sv57 = {.levels = 5, .vpn_bits = 9, .pte_bytes = 8, .va_bits = 57};

const struct mmu_mode *mmu_mode_sv32(void) {
    return &sv32;
}
const struct mmu_mode *mmu_mode_sv39(void) {
    return &sv39;
}
const struct mmu_mode *mmu_mode_sv48(void) {
    return &sv48;
}
const struct mmu_mode *mmu_mode_sv57(void) {
    return &sv57;
}

const char *mmu_arch_check(const struct mmu_arch *arch) {
    if (arch->xlen != 32 && arch->xlen != 64) return "xlen must be 32 or 64";
    bool narrow = arch->xlen == 32;
    if (arch->pa_bits < 32 || arch->pa_bits > (narrow ? 34 : MMU_PA_BITS))
        return narrow ? "pa_bits must be 32 .. 34 with xlen 32" : "pa_bits must be 32 .. 56";
    if (arch->asid_bits > (narrow ? 9 : 16))
        return narrow ? "asid_bits must be 0 .. 9 with xlen 32" : "asid_bits must be 0 .. 16";
    if (arch->pmp_entries != 0 && arch->pmp_entries != 8 && arch->pmp_entries != 16)
        return "pmp_entries must be 0, 8 or 16";
    if (narrow && arch->svnapot) return "svnapot needs xlen 64";
    return NULL;
}

struct mmu_arch mmu_arch_default(void) {
    return (struct mmu_arch){.xlen = 64,
                             .pa_bits = MMU_PA_BITS,
                             .asid_bits = 16,
                             .svnapot = true,
                             .update_first = true,
                             .gpa_in_tval2 = true};
}

const struct mmu_mode *mmu_mode_of(const struct mmu_arch *arch, unsigned satp_mode) {
    if (arch->xlen == 32) return satp_mode == MMU_SATP_MODE_SV32 ? &sv32 : NULL;
    switch (satp_mode) {
        case MMU_SATP_MODE_SV39:
            return &sv39;
        case MMU_SATP_MODE_SV48:
            return &sv48;
        case MMU_SATP_MODE_SV57:
            return &sv57;
        default:
            return NULL;
    }
}

struct mmu_context mmu_context_capture(const struct mmu_arch *arch, const struct mmu_csr *csr,
                                       enum mmu_port port) {
    bool use_mpp = port == MMU_PORT_DATA && csr->mprv;
    uint8_t priv = use_mpp ? csr->mpp : csr->priv;
    assert(priv == MMU_PRIV_U || priv == MMU_PRIV_S || priv == MMU_PRIV_M);
    assert(!csr->pbmte || arch->xlen == 64);
    bool translated = priv != MMU_PRIV_M;
    return (struct mmu_context){
        .mode = translated ? mmu_mode_of(arch, mmu_satp_mode(arch, csr->satp)) : NULL,
        .root_ppn = mmu_satp_ppn(arch, csr->satp),
        .asid = mmu_satp_asid(arch, csr->satp),
        .priv = priv,
        .sum = csr->sum,
        .mxr = csr->mxr,
        .adue = csr->adue,
        .pbmte = csr->pbmte,
    };
}

bool mmu_is_canonical(const struct mmu_mode *mode, uint64_t va) {
    return is_canonical(mode, va);
}
