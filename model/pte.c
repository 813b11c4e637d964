// SPDX-License-Identifier: Apache-2.0
// The public names of pte.h, and the exception codes.
#include "pte.h"

#include "mmu/walk.h"
#include "walk_internal.h"

uint8_t mmu_page_fault(uint8_t access) {
    assert(access <= MMU_LOAD_EXECUTABLE);
    if (is_store(access)) return MMU_CAUSE_STORE_PAGE;
    return access == MMU_FETCH ? MMU_CAUSE_FETCH_PAGE : MMU_CAUSE_LOAD_PAGE;
}

uint8_t mmu_access_fault(uint8_t access) {
    assert(access <= MMU_LOAD_EXECUTABLE);
    if (is_store(access)) return MMU_CAUSE_STORE_ACCESS;
    return access == MMU_FETCH ? MMU_CAUSE_FETCH_ACCESS : MMU_CAUSE_LOAD_ACCESS;
}

bool mmu_permitted(uint8_t perm, uint8_t access, const struct mmu_context *context) {
    assert(access <= MMU_AMO);
    return is_permitted(perm, access, context);
}

uint64_t mmu_pte_ppn(const struct mmu_mode *mode, uint64_t pte) {
    return pte_ppn(mode, pte);
}

struct mmu_step_result mmu_pte_step(const struct mmu_arch *arch, const struct mmu_mode *mode,
                                    uint64_t pte, unsigned level, uint8_t access,
                                    const struct mmu_context *context) {
    assert(access <= MMU_AMO);
    return pte_step(arch, mode, pte, level, access, context);
}

uint64_t mmu_pte_address(const struct mmu_mode *mode, uint64_t table_ppn, uint64_t va,
                         unsigned level) {
    return pte_address(mode, table_ppn << MMU_PAGE_BITS, va, level);
}

unsigned mmu_page_bits(const struct mmu_mode *mode, unsigned level, bool napot) {
    return leaf_page_bits(mode, level, napot);
}

uint64_t mmu_leaf_pa(uint64_t ppn, uint64_t va, unsigned page_bits) {
    return leaf_pa(ppn, va, page_bits);
}

bool mmu_final_allowed(const struct mmu_arch *arch, const struct mmu_pmp *pmp, uint64_t pa,
                       const struct mmu_request *request, uint8_t priv) {
    return physical_allowed(arch, pmp, pa, 1u << request->size, pmp_kinds_of(request->access),
                            priv);
}
