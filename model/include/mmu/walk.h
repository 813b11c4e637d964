// SPDX-License-Identifier: Apache-2.0
// The architectural walk: a pure function of (registers, memory, request). No
// cache, no clock; the steps of "Virtual Address Translation Process".
#ifndef MMU_WALK_H
#define MMU_WALK_H

#include <stddef.h>

#include "mmu/pmp.h"
#include "mmu/types.h"

// Shape of one translation scheme: an argument of the walk, not an assumption.
struct mmu_mode {
    uint8_t levels;     // 2 Sv32, 3 Sv39, 4 Sv48, 5 Sv57
    uint8_t vpn_bits;   // bits of VPN per level: 10 or 9
    uint8_t pte_bytes;  // 4 or 8
    uint8_t va_bits;    // 32, 39, 48, 57
    uint8_t wide_root;  // extra bits of the root's index: 2 for the G-stage modes (Sv39x4 ...)
};

// Which stage of translation a walk performs. SINGLE: PTEs lie at physical addresses. VS: they lie
// at guest physical addresses, translated by a G walk each. G: translates guest physical addresses;
// every access counts as a user's ("Two-Stage Address Translation").
enum mmu_stage { MMU_STAGE_SINGLE = 0, MMU_STAGE_VS = 1, MMU_STAGE_G = 2 };

// What is allowed is judged with these; all captured when the request is accepted.
struct mmu_context {
    const struct mmu_mode *mode;  // NULL: not translated (Bare or M-mode)
    uint64_t root_ppn;            // satp.PPN
    uint16_t asid;                // satp.ASID, low asid_bits
    uint8_t priv;                 // effective privilege of this access
    bool sum, mxr, adue, pbmte;
};

// Memory as the walk sees it. `read` gives the PTE (bytes: 4 or 8, zero-extended) at pa, false
// where no memory is. `compare_and_write` is one atomic step: *old gets the value before; if it
// equals expected, memory becomes desired; false where no memory is. `window`, if not NULL, is
// memory at [window_base, window_base + window_bytes) that may be read directly (host byte order,
// little-endian), without `read`.
struct mmu_memory {
    void *user;
    bool (*read)(void *user, uint64_t pa, unsigned bytes, uint64_t *value);
    bool (*compare_and_write)(void *user, uint64_t pa, unsigned bytes, uint64_t expected,
                              uint64_t desired, uint64_t *old);
    const uint8_t *window;
    uint64_t window_base, window_bytes;
};

// One PTE access of a walk, for explanations.
struct mmu_walk_step {
    uint64_t pa;     // of the PTE
    uint64_t gpa;    // VS stage: its guest physical address; else pa
    uint64_t value;  // read: the PTE; write: the new value
    uint8_t stage;   // enum mmu_stage
    uint8_t level;
    bool write;
    bool denied;  // by PMP or pa_bits: not made
    bool error;   // no memory there
};

#define MMU_WALK_STEPS 96u

// What a walk did; filled from the start by each walk that is given one.
struct mmu_walk_trace {
    unsigned steps;  // those beyond MMU_WALK_STEPS are counted, not kept
    unsigned reads;  // PTEs read
    struct mmu_walk_step step[MMU_WALK_STEPS];
    bool final_checked;  // the walk came to the check of the final physical address
    bool final_denied;   // ... which PMP or pa_bits denied
    uint64_t final_pa;
};

// Returns NULL if arch is legal, otherwise a static sentence.
const char *mmu_arch_check(const struct mmu_arch *arch);
// Returns XLEN = 64, 56 physical address bits, 16 ASID bits, no PMP, Svnapot, update first,
// gpa_in_tval2.
struct mmu_arch mmu_arch_default(void);

// Returns the mode that satp.MODE selects (static storage), NULL for Bare and what is not defined.
const struct mmu_mode *mmu_mode_of(const struct mmu_arch *arch, unsigned satp_mode);
const struct mmu_mode *mmu_mode_sv32(void);
const struct mmu_mode *mmu_mode_sv39(void);
const struct mmu_mode *mmu_mode_sv48(void);
const struct mmu_mode *mmu_mode_sv57(void);

// Capture the context of an access on `port` from the registers of now
// ("Memory Privilege in mstatus Register" for MPRV).
struct mmu_context mmu_context_capture(const struct mmu_arch *arch, const struct mmu_csr *csr,
                                       enum mmu_port port);

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
struct mmu_step_result mmu_pte_step(const struct mmu_arch *arch, const struct mmu_mode *mode,
                                    uint64_t pte, unsigned level, uint8_t access,
                                    const struct mmu_context *context);

// ppn of a PTE of this mode.
uint64_t mmu_pte_ppn(const struct mmu_mode *mode, uint64_t pte);

// Physical address of the PTE for va at level in the table at table_ppn.
uint64_t mmu_pte_address(const struct mmu_mode *mode, uint64_t table_ppn, uint64_t va,
                         unsigned level);

// Page offset bits of a leaf: 12 + vpn_bits * level, 16 for a NAPOT page.
unsigned mmu_page_bits(const struct mmu_mode *mode, unsigned level, bool napot);

// Compose the physical address from a leaf's ppn; the low page_bits come from va.
uint64_t mmu_leaf_pa(uint64_t ppn, uint64_t va, unsigned page_bits);

// The check of a final physical address (section 6 of docs/microarchitecture.md).
bool mmu_final_allowed(const struct mmu_arch *arch, const struct mmu_pmp *pmp, uint64_t pa,
                       const struct mmu_request *request, uint8_t priv);

// Translate one request from scratch, as section 6 (steps 1, 2) and section 7 of
// docs/microarchitecture.md say, through `memory`; A/D updates are done through
// compare_and_write. source is NONE or WALK. `trace` may be NULL.
struct mmu_answer mmu_walk(const struct mmu_arch *arch, const struct mmu_context *context,
                           const struct mmu_pmp *pmp, const struct mmu_memory *memory,
                           const struct mmu_request *request, struct mmu_walk_trace *trace);

// --- two-stage translation ("Two-Stage Address Translation") --------------------------------

// The hypervisor extension's registers, beside struct mmu_csr.
struct mmu_guest_csr {
    uint64_t vsatp, hgatp;   // as satp; hgatp.MODE 1 Sv32x4, 8 Sv39x4, 9 Sv48x4, 10 Sv57x4
    bool v;                  // the virtualization mode V
    bool mpv;                // mstatus.MPV: V of MPRV's accesses, unless MPP = M
    bool vs_sum, vs_mxr;     // vsstatus.SUM, MXR
    bool spvp;               // hstatus.SPVP: privilege of HLV, HSV, HLVX
    bool vs_pbmte, vs_adue;  // henvcfg.PBMTE, ADUE: for the VS stage; menvcfg's for the G stage
};

enum mmu_guest_kind {
    MMU_GUEST_ORDINARY,  // fetch, load, store, amo
    MMU_GUEST_HLV,       // HLV (access load) and HSV (access store): as V = 1, privilege by SPVP
    MMU_GUEST_HLVX       // load that needs execute permission in place of read
};

// As struct mmu_answer, for two stages: index 0 = VS stage, or satp's with V = 0; 1 = G stage.
struct mmu_guest_answer {
    uint64_t pa;  // 0 with fault
    bool fault;
    uint8_t cause;         // 20, 21, 23 too
    uint8_t page_bits[2];  // log2 of the page's bytes; 0: that stage did not translate
    uint8_t pbmt[2];
    uint64_t htval;   // guest physical address >> 2 with a guest-page fault (gpa_in_tval2), else 0
    uint64_t htinst;  // pseudoinstruction of a fault on an implicit access, else 0
};

// Translate one request with the hypervisor extension. asserts access and kind fit. The port of a
// request is its access's: fetch or data.
struct mmu_guest_answer mmu_walk_guest(const struct mmu_arch *arch, const struct mmu_csr *csr,
                                       const struct mmu_guest_csr *guest, enum mmu_guest_kind kind,
                                       const struct mmu_pmp *pmp, const struct mmu_memory *memory,
                                       const struct mmu_request *request,
                                       struct mmu_walk_trace *trace);

#endif
