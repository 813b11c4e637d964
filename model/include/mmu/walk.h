// SPDX-License-Identifier: Apache-2.0
// The architectural walk: a pure function of (registers, memory, request). No
// cache, no clock; the steps of "Virtual Address Translation Process".
#ifndef MMU_WALK_H
#define MMU_WALK_H

#include "mmu/types.h"

// Shape of one translation scheme. Sv32, Sv48, Sv57 differ from Sv39 in these
// numbers only, so a mode is an argument of the walk, not an assumption.
struct mmu_mode {
    uint8_t levels;     // 3 for Sv39
    uint8_t vpn_bits;   // bits of VPN per level: 9
    uint8_t pte_bytes;  // 8
    uint8_t va_bits;    // 39
};

// Which stage of translation a walk performs: its PTEs' addresses are physical
// (SINGLE); two-stage translation adds VS and G.
enum mmu_stage { MMU_STAGE_SINGLE = 0 };

// What is allowed is judged with these; all captured when the request is accepted.
struct mmu_context {
    uint64_t root_ppn;  // satp.PPN
    uint16_t asid;      // satp.ASID
    uint8_t priv;       // effective privilege of this access
    bool translated;    // false: Bare or M-mode
    bool sum, mxr, adue;
};

// Memory as the walk sees it. `read` gives the PTE at pa, false where no memory
// is. `compare_and_write` is one atomic step: *old gets the value before; if it equals
// expected, memory becomes desired; false where no memory is.
struct mmu_memory {
    void *user;
    bool (*read)(void *user, uint64_t pa, uint64_t *value);
    bool (*compare_and_write)(void *user, uint64_t pa, uint64_t expected, uint64_t desired,
                              uint64_t *old);
};

// Returns the Sv39 shape (static storage).
const struct mmu_mode *mmu_mode_sv39(void);

// Capture the context of an access on `port` from the registers of now
// ("Memory Privilege in mstatus Register" for MPRV).
struct mmu_context mmu_context_capture(const struct mmu_csr *csr, enum mmu_port port);

// Exception code of a page fault / access fault for this access.
uint8_t mmu_page_fault(uint8_t access);
uint8_t mmu_access_fault(uint8_t access);

// Returns whether va is canonical for the mode (upper bits equal the top VA bit).
bool mmu_is_canonical(const struct mmu_mode *mode, uint64_t va);

// Permission check of a leaf with the registers of now; perm is a PTE's low byte
// (step 5 of the process).
bool mmu_permitted(uint8_t perm, uint8_t access, const struct mmu_context *context);

// What one PTE means for a walk at a given level.
enum mmu_step {
    MMU_STEP_POINTER,  // go on at level-1, table at ppn
    MMU_STEP_LEAF,     // success
    MMU_STEP_UPDATE,   // success after A/D update: new value in pte_update
    MMU_STEP_PAGE_FAULT
};
struct mmu_step_result {
    enum mmu_step step;
    uint64_t pte_update;
};

// Judge one PTE, in the order of the specification's steps 3 to 7. Pure.
struct mmu_step_result mmu_pte_step(const struct mmu_mode *mode, uint64_t pte, unsigned level,
                                    uint8_t access, const struct mmu_context *context);

// Physical address of the PTE for va at level in the table at table_ppn.
uint64_t mmu_pte_address(const struct mmu_mode *mode, uint64_t table_ppn, uint64_t va,
                         unsigned level);

// Compose the physical address from a leaf's ppn (low level*vpn_bits bits from va).
uint64_t mmu_leaf_pa(const struct mmu_mode *mode, uint64_t ppn, uint64_t va, unsigned level);

// Translate one request from scratch, as section 6 (steps 1, 2) and section 7 of
// docs/microarchitecture.md say, through `memory`; A/D updates are done through
// compare_and_write. source is NONE or WALK. `reads`, if not NULL, is increased by
// the PTEs read.
struct mmu_answer mmu_walk(const struct mmu_mode *mode, enum mmu_stage stage,
                           const struct mmu_context *context, const struct mmu_memory *memory,
                           const struct mmu_request *request, unsigned *reads);

#endif
