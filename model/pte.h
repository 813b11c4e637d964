// SPDX-License-Identifier: Apache-2.0
// The meaning of one PTE and of one level of the page table. Inline, because the walk's and the
// engine's speed is theirs; pte.c gives them their public names.
#ifndef MMU_PTE_INTERNAL_H
#define MMU_PTE_INTERNAL_H

#include <assert.h>

#include "mmu/walk.h"

// Compiled into its caller, so that constant arguments leave no trace.
#define MMU_INLINE static inline __attribute__((always_inline))

// An access beside enum mmu_access: HLVX, a load that needs execute in place of read permission.
#define MMU_LOAD_EXECUTABLE 4u

#define PTE_UPPER (UINT64_C(0x3FF) << 54)  // 63:54: N, PBMT, reserved; XLEN = 64
#define PTE_RESERVED (UINT64_C(0x7F) << 54)
#define PTE_PBMT (UINT64_C(3) << MMU_PTE_PBMT_SHIFT)
#define PTE_PPN_MASK 0xFFFFFFFFFFFu  // 44 bits
#define PTE_PPN_MASK_32 0x3FFFFFu
#define PTE_NAPOT_MASK ((1u << MMU_NAPOT_SHIFT) - 1)
#define PTE_NAPOT_64K 8u  // the low bits of ppn that say 64 KiB, the only size

MMU_INLINE bool is_store(uint8_t access) {
    return access == MMU_STORE || access == MMU_AMO;
}

MMU_INLINE bool pte_is_napot(const struct mmu_mode *mode, uint64_t pte) {
    return mode->pte_bytes == 8 && (pte & MMU_PTE_N) != 0;
}

MMU_INLINE uint8_t pte_pbmt(const struct mmu_mode *mode, uint64_t pte) {
    return mode->pte_bytes == 8 ? (uint8_t)(pte >> MMU_PTE_PBMT_SHIFT & 3u) : 0;
}

MMU_INLINE uint64_t pte_ppn(const struct mmu_mode *mode, uint64_t pte) {
    return (pte >> MMU_PTE_PPN_SHIFT) & (mode->pte_bytes == 4 ? PTE_PPN_MASK_32 : PTE_PPN_MASK);
}

// Returns the address of the table that a pointer names.
MMU_INLINE uint64_t pte_table(const struct mmu_mode *mode, uint64_t pte) {
    uint64_t mask = mode->pte_bytes == 4 ? PTE_PPN_MASK_32 : PTE_PPN_MASK;
    return (pte << (MMU_PAGE_BITS - MMU_PTE_PPN_SHIFT)) & (mask << MMU_PAGE_BITS);
}

// Returns the address of va's PTE at level in the table at this address. The index is shifted
// into its place in the address at once.
MMU_INLINE uint64_t pte_address(const struct mmu_mode *mode, uint64_t table, uint64_t va,
                                unsigned level) {
    assert(level < mode->levels);
    unsigned scale = mode->pte_bytes == 8 ? 3 : 2;
    unsigned bits = mode->vpn_bits + (level + 1u == mode->levels ? mode->wide_root : 0u);
    uint64_t index_mask = (UINT64_C(1) << bits) - 1;
    return table +
           ((va >> (MMU_PAGE_BITS - scale + level * mode->vpn_bits)) & (index_mask << scale));
}

MMU_INLINE unsigned leaf_page_bits(const struct mmu_mode *mode, unsigned level, bool napot) {
    return MMU_PAGE_BITS + (napot ? MMU_NAPOT_SHIFT : level * mode->vpn_bits);
}

MMU_INLINE uint64_t leaf_pa(uint64_t ppn, uint64_t va, unsigned page_bits) {
    uint64_t offset_mask = (UINT64_C(1) << page_bits) - 1;
    return ((ppn << MMU_PAGE_BITS) & ~offset_mask) | (va & offset_mask);
}

MMU_INLINE bool is_permitted(uint8_t perm, uint8_t access, const struct mmu_context *context) {
    bool user = perm & MMU_PTE_U;
    bool from_user = context->priv == MMU_PRIV_U;
    if (access == MMU_FETCH) {
        // SUM and MXR have no influence on fetches.
        return (perm & MMU_PTE_X) && user == from_user;
    }
    bool page_allowed = from_user ? user : (!user || context->sum);
    if (is_store(access)) return (perm & MMU_PTE_W) && page_allowed;
    if (access == MMU_LOAD_EXECUTABLE) return (perm & MMU_PTE_X) && page_allowed;
    bool readable = (perm & MMU_PTE_R) || (context->mxr && (perm & MMU_PTE_X));
    return readable && page_allowed;
}

// Returns whether a PTE is a pointer: V, and none of the bits that are reserved or not allowed in
// one (PTEs of 4 bytes have no upper bits).
MMU_INLINE bool pte_is_pointer(uint64_t pte) {
    const uint64_t not_in_pointer =
        PTE_UPPER | MMU_PTE_R | MMU_PTE_W | MMU_PTE_X | MMU_PTE_U | MMU_PTE_A | MMU_PTE_D;
    return (pte & (not_in_pointer | MMU_PTE_V)) == MMU_PTE_V;
}

// Steps 3 to 7 for one PTE.
MMU_INLINE struct mmu_step_result pte_step(const struct mmu_arch *arch, const struct mmu_mode *mode,
                                           uint64_t pte, unsigned level, uint8_t access,
                                           const struct mmu_context *context) {
    const struct mmu_step_result page_fault = {.step = MMU_STEP_PAGE_FAULT};
    uint8_t perm = (uint8_t)pte;

    // Step 4 first, for speed. Below level 0 there is no table.
    if (pte_is_pointer(pte))
        return level == 0 ? page_fault : (struct mmu_step_result){.step = MMU_STEP_POINTER};
    // Step 3: invalid, the reserved combination W without R, reserved bits and encodings; and
    // what is left of step 4: other pointers.
    if (!(perm & MMU_PTE_V)) return page_fault;
    if (!(perm & MMU_PTE_R) && (perm & MMU_PTE_W)) return page_fault;
    if (!(perm & (MMU_PTE_R | MMU_PTE_X))) return page_fault;
    uint64_t ppn = pte_ppn(mode, pte);
    if (mode->pte_bytes == 8 && (pte & PTE_UPPER) != 0) {
        if (pte & PTE_RESERVED) return page_fault;
        if ((pte & PTE_PBMT) && !context->pbmte) return page_fault;
        if ((pte & PTE_PBMT) == PTE_PBMT) return page_fault;
        // Svnapot: only 64 KiB at level 0 is defined.
        bool defined = arch->svnapot && level == 0 && (ppn & PTE_NAPOT_MASK) == PTE_NAPOT_64K;
        if ((pte & MMU_PTE_N) && !defined) return page_fault;
    }
    // Step 5: a leaf; is this access allowed?
    if (!is_permitted(perm, access, context)) return page_fault;
    // Step 6: a superpage begins at a multiple of its size.
    uint64_t page_in_superpage = (UINT64_C(1) << (level * mode->vpn_bits)) - 1;
    if (ppn & page_in_superpage) return page_fault;
    // Step 7: accessed and dirty.
    uint64_t needed = is_store(access) ? MMU_PTE_A | MMU_PTE_D : MMU_PTE_A;
    if ((pte & needed) != needed) {
        if (!context->adue) return page_fault;
        return (struct mmu_step_result){.step = MMU_STEP_UPDATE, .pte_update = pte | needed};
    }
    return (struct mmu_step_result){.step = MMU_STEP_LEAF};
}

#endif
