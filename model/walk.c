// SPDX-License-Identifier: Apache-2.0
// The architectural walk: permissions, the meaning of one PTE, and the loop over levels.
// docs/microarchitecture.md sections 6 and 7 give the order of every check.
#include "mmu/walk.h"

#include <assert.h>
#include <stddef.h>

#include "walk_internal.h"

#define PPN_MASK 0xFFFFFFFFFFFu            // 44 bits
#define PTE_RESERVED (~UINT64_C(0) << 54)  // 63:54, no Svnapot, no Svpbmt

const struct mmu_mode *mmu_mode_sv39(void) {
    static const struct mmu_mode sv39 = {.levels = 3, .vpn_bits = 9, .pte_bytes = 8, .va_bits = 39};
    return &sv39;
}

struct mmu_context mmu_context_capture(const struct mmu_csr *csr, enum mmu_port port) {
    bool use_mpp = port == MMU_PORT_DATA && csr->mprv;
    uint8_t priv = use_mpp ? csr->mpp : csr->priv;
    assert(priv == MMU_PRIV_U || priv == MMU_PRIV_S || priv == MMU_PRIV_M);
    return (struct mmu_context){
        .root_ppn = mmu_satp_ppn(csr->satp),
        .asid = mmu_satp_asid(csr->satp),
        .priv = priv,
        .translated = priv != MMU_PRIV_M && mmu_satp_mode(csr->satp) == MMU_SATP_MODE_SV39,
        .sum = csr->sum,
        .mxr = csr->mxr,
        .adue = csr->adue,
    };
}

uint8_t mmu_page_fault(uint8_t access) {
    assert(access <= MMU_AMO);
    if (mmu_is_store(access)) return MMU_CAUSE_STORE_PAGE;
    return access == MMU_LOAD ? MMU_CAUSE_LOAD_PAGE : MMU_CAUSE_FETCH_PAGE;
}

uint8_t mmu_access_fault(uint8_t access) {
    assert(access <= MMU_AMO);
    if (mmu_is_store(access)) return MMU_CAUSE_STORE_ACCESS;
    return access == MMU_LOAD ? MMU_CAUSE_LOAD_ACCESS : MMU_CAUSE_FETCH_ACCESS;
}

bool mmu_is_canonical(const struct mmu_mode *mode, uint64_t va) {
    unsigned top = mode->va_bits - 1u;
    uint64_t upper = va >> top;  // the top VA bit and everything above it
    return upper == 0 || upper == UINT64_MAX >> top;
}

bool mmu_permitted(uint8_t perm, uint8_t access, const struct mmu_context *context) {
    bool user = perm & MMU_PTE_U;
    bool from_user = context->priv == MMU_PRIV_U;
    if (access == MMU_FETCH) {
        // SUM and MXR have no influence on fetches.
        return (perm & MMU_PTE_X) && user == from_user;
    }
    bool page_allowed = from_user ? user : (!user || context->sum);
    if (mmu_is_store(access)) return (perm & MMU_PTE_W) && page_allowed;
    bool readable = (perm & MMU_PTE_R) || (context->mxr && (perm & MMU_PTE_X));
    return readable && page_allowed;
}

uint64_t mmu_pte_ppn(uint64_t pte) {
    return (pte >> MMU_PTE_PPN_SHIFT) & PPN_MASK;
}

struct mmu_step_result mmu_pte_step(const struct mmu_mode *mode, uint64_t pte, unsigned level,
                                    uint8_t access, const struct mmu_context *context) {
    const struct mmu_step_result page_fault = {.step = MMU_STEP_PAGE_FAULT};
    uint8_t perm = (uint8_t)pte;

    // Step 3: invalid, the reserved combination W without R, reserved bits.
    if (!(perm & MMU_PTE_V)) return page_fault;
    if (!(perm & MMU_PTE_R) && (perm & MMU_PTE_W)) return page_fault;
    if (pte & PTE_RESERVED) return page_fault;
    // Step 4: a pointer; D, A, U are reserved in it, and below level 0 there is no table.
    if (!(perm & (MMU_PTE_R | MMU_PTE_X))) {
        if (perm & (MMU_PTE_D | MMU_PTE_A | MMU_PTE_U)) return page_fault;
        if (level == 0) return page_fault;
        return (struct mmu_step_result){.step = MMU_STEP_POINTER};
    }
    // Step 5: a leaf; is this access allowed?
    if (!mmu_permitted(perm, access, context)) return page_fault;
    // Step 6: a superpage begins at a multiple of its size.
    uint64_t page_in_superpage = (UINT64_C(1) << (level * mode->vpn_bits)) - 1;
    if (mmu_pte_ppn(pte) & page_in_superpage) return page_fault;
    // Step 7: accessed and dirty.
    uint64_t needed = mmu_is_store(access) ? MMU_PTE_A | MMU_PTE_D : MMU_PTE_A;
    if ((pte & needed) != needed) {
        if (!context->adue) return page_fault;
        return (struct mmu_step_result){.step = MMU_STEP_UPDATE, .pte_update = pte | needed};
    }
    return (struct mmu_step_result){.step = MMU_STEP_LEAF};
}

uint64_t mmu_pte_address(const struct mmu_mode *mode, uint64_t table_ppn, uint64_t va,
                         unsigned level) {
    assert(level < mode->levels);
    uint64_t index_mask = (UINT64_C(1) << mode->vpn_bits) - 1;
    uint64_t index = (va >> (MMU_PAGE_BITS + level * mode->vpn_bits)) & index_mask;
    return (table_ppn << MMU_PAGE_BITS) + index * mode->pte_bytes;
}

uint64_t mmu_leaf_pa(const struct mmu_mode *mode, uint64_t ppn, uint64_t va, unsigned level) {
    uint64_t offset_mask = (UINT64_C(1) << (MMU_PAGE_BITS + level * mode->vpn_bits)) - 1;
    return ((ppn << MMU_PAGE_BITS) & ~offset_mask) | (va & offset_mask);
}

struct mmu_answer mmu_answer_without_table(const struct mmu_context *context,
                                           const struct mmu_request *request) {
    if (context->translated)
        return mmu_answer_fault(mmu_page_fault(request->access), MMU_SOURCE_NONE);
    if (request->va >> MMU_PA_BITS)  // beyond physical memory
        return mmu_answer_fault(mmu_access_fault(request->access), MMU_SOURCE_NONE);
    return (struct mmu_answer){.pa = request->va, .level = MMU_LEVEL_NONE};
}

struct mmu_answer mmu_walk(const struct mmu_mode *mode, enum mmu_stage stage,
                           const struct mmu_context *context, const struct mmu_memory *memory,
                           const struct mmu_request *request, unsigned *reads) {
    assert(stage == MMU_STAGE_SINGLE);
    (void)stage;
    const uint8_t access = request->access;
    if (mmu_needs_no_table(mode, context, request))
        return mmu_answer_without_table(context, request);

    // Step 1: begin at the root.
    unsigned level = mode->levels - 1u;
    uint64_t table_ppn = context->root_ppn;
    uint8_t global = 0;
    for (;;) {
        // Step 2: read the PTE.
        uint64_t pa = mmu_pte_address(mode, table_ppn, request->va, level);
        uint64_t pte = 0;
        if (reads != NULL) ++*reads;
        if (!memory->read(memory->user, pa, &pte))
            return mmu_answer_fault(mmu_access_fault(access), MMU_SOURCE_WALK);
        // Steps 3 to 7: judge it.
        struct mmu_step_result result = mmu_pte_step(mode, pte, level, access, context);
        if (result.step == MMU_STEP_PAGE_FAULT)
            return mmu_answer_fault(mmu_page_fault(access), MMU_SOURCE_WALK);
        // Step 4, a pointer: one level down. G makes everything below global.
        if (result.step == MMU_STEP_POINTER) {
            global |= (uint8_t)pte & MMU_PTE_G;
            table_ppn = mmu_pte_ppn(pte);
            --level;
            continue;
        }
        // Step 7, A/D update: if the PTE has changed meanwhile, back to step 2.
        if (result.step == MMU_STEP_UPDATE) {
            uint64_t old = 0;
            if (!memory->compare_and_write(memory->user, pa, pte, result.pte_update, &old))
                return mmu_answer_fault(mmu_access_fault(access), MMU_SOURCE_WALK);
            if (old != pte) continue;
            pte = result.pte_update;
        }
        // Step 8: the translation.
        return mmu_answer_leaf(mode, mmu_pte_ppn(pte), (uint8_t)pte | global, request->va, level,
                               MMU_SOURCE_WALK);
    }
}
