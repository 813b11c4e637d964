// SPDX-License-Identifier: Apache-2.0
// Pieces of the architecture that the plain walk, the walk of two stages and the timed
// engine share.
#ifndef MMU_WALK_INTERNAL_H
#define MMU_WALK_INTERNAL_H

#include "mmu/walk.h"
#include "pte.h"

// Returns the bits of va that exist.
MMU_INLINE uint64_t va_of_xlen(const struct mmu_arch *arch, uint64_t va) {
    return arch->xlen == 32 ? va & UINT32_MAX : va;
}

MMU_INLINE bool is_canonical(const struct mmu_mode *mode, uint64_t va) {
    if (mode->wide_root != 0) return va >> mode->va_bits == 0;  // guest physical: zero-extended
    if (mode->va_bits == 32) return true;                       // XLEN = 32: nothing above
    unsigned top = mode->va_bits - 1u;
    uint64_t upper = va >> top;  // the top VA bit and everything above it
    return upper == 0 || upper == UINT64_MAX >> top;
}

// Returns the answer of a fault; every other field is 0.
MMU_INLINE struct mmu_answer answer_fault(uint8_t cause, enum mmu_source source) {
    return (struct mmu_answer){.fault = true, .cause = cause, .source = (uint8_t)source};
}

// Returns the kinds (R, W, X of pmpcfg) that the final access needs. HLVX executes nothing, but
// memory must grant execute and read.
MMU_INLINE unsigned pmp_kinds_of(uint8_t access) {
    if (access == MMU_FETCH) return MMU_PMP_EXECUTE;
    if (is_store(access)) return MMU_PMP_WRITE;
    return access == MMU_LOAD ? MMU_PMP_READ : MMU_PMP_READ | MMU_PMP_EXECUTE;
}

// Returns whether physical memory may be accessed: below 2^pa_bits, and by the PMP (NULL: none).
MMU_INLINE bool physical_allowed(const struct mmu_arch *arch, const struct mmu_pmp *pmp,
                                 uint64_t pa, unsigned bytes, unsigned kinds, uint8_t priv) {
    if (pa >> arch->pa_bits != 0) return false;
    if (pmp == NULL || pmp->entries == 0) return true;
    return mmu_pmp_allows(pmp, pa, bytes, (enum mmu_pmp_kind)kinds, priv);
}

// --- the walk of one stage --------------------------------------------------------------------

enum walk_end {
    WALK_OK,
    WALK_PAGE_FAULT,
    WALK_ACCESS_FAULT,  // on the way
    WALK_DENIED,        // the access at the translated address, by PMP or pa_bits
    WALK_GUEST_FAULT    // page fault of the G stage
};

// The access for whose sake an address is translated: the request's own, or a PTE's.
struct walk_access {
    uint8_t access;  // enum mmu_access or MMU_LOAD_EXECUTABLE
    uint8_t bytes;
    uint8_t kinds;  // for the PMP
    uint8_t priv;   // for the PMP
    bool implicit;  // a PTE's
};

struct walk_leaf {
    uint64_t address;  // where the stage leads: a physical or guest physical address
    uint8_t level, page_bits, pbmt, perm;
    bool napot;
};

// Everything around a walk, and what it tells besides its leaf.
struct walk {
    const struct mmu_arch *arch;
    const struct mmu_pmp *pmp;  // NULL: none
    const struct mmu_memory *memory;
    struct mmu_walk_trace *trace;  // NULL: none
    // PTEs at window_base + 0 .. unchecked - 1 are read without check and trace; SINGLE only.
    const uint8_t *window;
    uint64_t window_base, unchecked;
    // VS stage: contexts of the G stage for explicit and implicit accesses; mode NULL: Bare.
    struct mmu_context guest[2];
    struct walk_leaf guest_leaf;  // of the explicit access
    uint64_t fault_gpa;           // meaningful with WALK_GUEST_FAULT, as is the access for whose
    struct walk_access fault_access;  // sake the G stage was walked
};

// Begin a trace; NULL is allowed.
void walk_trace_reset(struct mmu_walk_trace *trace);
// Record the end of a walk that came to its final address or not.
void walk_trace_final(struct mmu_walk_trace *trace, enum walk_end end, uint64_t pa);

// Translate va by the VS stage, PTEs and result by the G stage. If the context has no mode (vsatp
// is Bare), by the G stage alone. leaf->address is the physical address.
enum walk_end walk_two_stages(struct walk *walk, const struct mmu_context *context, uint64_t va,
                              const struct walk_access *access, struct walk_leaf *leaf);

#endif
