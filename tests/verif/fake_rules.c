// SPDX-License-Identifier: Apache-2.0
// The fake's rules that lookup and walk share: modes, permissions, causes, addresses.
#include "fake_internal.h"

struct fake_mode fake_mode_of(const struct mmu_arch *arch, uint64_t satp) {
    if (arch->xlen == 32)
        return satp >> 31 & 1 ? (struct fake_mode){2, 10, 4, 32} : (struct fake_mode){0};
    switch (satp >> 60) {
        case 8:
            return (struct fake_mode){3, 9, 8, 39};
        case 9:
            return (struct fake_mode){4, 9, 8, 48};
        case 10:
            return (struct fake_mode){5, 9, 8, 57};
        default:
            return (struct fake_mode){0};
    }
}

uint16_t fake_asid(const struct mmu_arch *arch, uint64_t satp) {
    uint64_t asid = arch->xlen == 32 ? satp >> 22 : satp >> 44;
    return (uint16_t)(asid & ((1u << arch->asid_bits) - 1));
}

uint64_t fake_root(const struct mmu_arch *arch, uint64_t satp) {
    return arch->xlen == 32 ? satp & 0x3FFFFF : satp & 0xFFFFFFFFFFF;
}

uint64_t fake_vpn(const struct mmu_arch *arch, uint64_t va) {
    return arch->xlen == 32 ? va >> 12 & 0xFFFFF : va >> 12 & 0x1FFFFFFFFFFF;
}

bool fake_canonical(unsigned va_bits, uint64_t va) {
    uint64_t upper = va >> (va_bits - 1);
    return upper == 0 || upper == UINT64_MAX >> (va_bits - 1);
}

unsigned fake_privilege(const struct mmu_csr *csr, unsigned port) {
    return port == MMU_PORT_DATA && csr->mprv ? csr->mpp : csr->priv;
}

bool fake_permitted(uint64_t perm, unsigned access, unsigned privilege, bool sum, bool mxr) {
    bool user_page = perm & MMU_PTE_U;
    if (access == MMU_FETCH) return (perm & MMU_PTE_X) && user_page == (privilege == MMU_PRIV_U);
    bool reachable = privilege == MMU_PRIV_U ? user_page : !user_page || sum;
    if (access == MMU_LOAD) return reachable && ((perm & MMU_PTE_R) || (mxr && (perm & MMU_PTE_X)));
    return reachable && (perm & MMU_PTE_W);
}

bool fake_is_store(unsigned access) {
    return access == MMU_STORE || access == MMU_AMO;
}

uint8_t fake_page_fault(unsigned access) {
    return access == MMU_FETCH ? 12 : access == MMU_LOAD ? 13 : 15;
}

uint8_t fake_access_fault(unsigned access) {
    return access == MMU_FETCH ? 1 : access == MMU_LOAD ? 5 : 7;
}

uint64_t fake_pa(uint64_t ppn, unsigned shift, uint64_t va) {
    uint64_t inside = (UINT64_C(1) << (12 + shift)) - 1;
    return ((ppn << 12) & ~inside) | (va & inside);
}

bool fake_final_allowed(const struct dut *dut, uint64_t pa, const struct mmu_request *request,
                        unsigned privilege) {
    enum fake_kind kind = request->access == MMU_FETCH  ? FAKE_KIND_X
                          : request->access == MMU_LOAD ? FAKE_KIND_R
                                                        : FAKE_KIND_W;
    unsigned bytes = dut->fault == FAKE_PMP_SIZE && request->size == 3 ? 4 : 1u << request->size;
    if (pa >> dut->config.arch.pa_bits && dut->fault != FAKE_PA_WIDTH) return false;
    return fake_pmp_allows(&dut->pmp, pa, bytes, kind, privilege);
}
