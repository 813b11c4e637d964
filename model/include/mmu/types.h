// SPDX-License-Identifier: Apache-2.0
// Vocabulary shared by the whole model: ports, accesses, registers, requests, answers.
// Everything here is a plain value; docs/microarchitecture.md defines each term.
#ifndef MMU_TYPES_H
#define MMU_TYPES_H

#include <stdbool.h>
#include <stdint.h>

enum mmu_port { MMU_PORT_DATA = 0, MMU_PORT_FETCH = 1, MMU_PORTS = 2 };
enum mmu_access { MMU_FETCH = 0, MMU_LOAD = 1, MMU_STORE = 2, MMU_AMO = 3 };
enum mmu_priv { MMU_PRIV_U = 0, MMU_PRIV_S = 1, MMU_PRIV_M = 3 };

// Who answered a request ("source" of an answer).
enum mmu_source {
    MMU_SOURCE_NONE = 0,
    MMU_SOURCE_TLB = 1,   // first level
    MMU_SOURCE_WALK = 2,  // its own walk, or one that it was merged with
    MMU_SOURCE_L2 = 3     // second-level TLB
};

// Tags of requests: unanswered requests of one port have different ones, 0 .. MMU_TAGS - 1.
#define MMU_TAGS 16u

// Level of an answer that was not translated (Bare, M-mode).
#define MMU_LEVEL_NONE 7u

// Exception codes ("Supervisor Cause (scause) Register").
enum mmu_cause {
    MMU_CAUSE_FETCH_ACCESS = 1,
    MMU_CAUSE_LOAD_ACCESS = 5,
    MMU_CAUSE_STORE_ACCESS = 7,
    MMU_CAUSE_FETCH_PAGE = 12,
    MMU_CAUSE_LOAD_PAGE = 13,
    MMU_CAUSE_STORE_PAGE = 15,
    MMU_CAUSE_FETCH_GUEST_PAGE = 20,  // two-stage translation only, as are the next two
    MMU_CAUSE_LOAD_GUEST_PAGE = 21,
    MMU_CAUSE_STORE_GUEST_PAGE = 23
};

// PTE bits ("Sv39: Addressing and Memory Protection"); perm fields use the same low byte.
#define MMU_PTE_V 0x01u
#define MMU_PTE_R 0x02u
#define MMU_PTE_W 0x04u
#define MMU_PTE_X 0x08u
#define MMU_PTE_U 0x10u
#define MMU_PTE_G 0x20u
#define MMU_PTE_A 0x40u
#define MMU_PTE_D 0x80u
#define MMU_PTE_PPN_SHIFT 10
#define MMU_PTE_PBMT_SHIFT 61          // two bits; XLEN = 64
#define MMU_PTE_N (UINT64_C(1) << 63)  // Svnapot; XLEN = 64
#define MMU_NAPOT_SHIFT 4u             // vpn bits inside a 64 KiB NAPOT page

#define MMU_PAGE_BITS 12
#define MMU_PAGE_BYTES 4096u
#define MMU_PA_BITS 56

#define MMU_SATP_MODE_BARE 0u
#define MMU_SATP_MODE_SV32 1u  // XLEN = 32: bit 31
#define MMU_SATP_MODE_SV39 8u
#define MMU_SATP_MODE_SV48 9u
#define MMU_SATP_MODE_SV57 10u

// What the hart implements, and what it does where the specification leaves the choice.
// docs/microarchitecture.md section 1, Parameters.
struct mmu_arch {
    uint8_t xlen;         // 32 or 64
    uint8_t pa_bits;      // 32 .. 56; XLEN = 32: .. 34
    uint8_t asid_bits;    // 0 .. 16; XLEN = 32: .. 9
    uint8_t pmp_entries;  // 0 (no PMP), 8, 16
    bool svnapot;         // XLEN = 64
    bool update_first;    // A/D update before the check of the final physical address
    // Two-stage translation (the pure walk alone): what mtval2 / htval get with a guest-page
    // fault: the guest physical address >> 2, or 0.
    bool gpa_in_tval2;
};

// The registers that a translation depends on, as they stand in one cycle.
struct mmu_csr {
    uint64_t
        satp;      // XLEN = 64: MODE 63:60, ASID 59:44, PPN 43:0; 32: MODE 31, ASID 30:22, PPN 21:0
    uint8_t priv;  // enum mmu_priv: current privilege
    uint8_t mpp;   // enum mmu_priv: mstatus.MPP
    bool mprv;     // mstatus.MPRV: data accesses use mpp
    bool sum;      // mstatus.SUM
    bool mxr;      // mstatus.MXR
    bool adue;     // menvcfg.ADUE: false Svade, true Svadu
    bool pbmte;    // menvcfg.PBMTE: Svpbmt on; false with XLEN = 32
};

struct mmu_request {
    uint64_t va;
    uint8_t access;  // enum mmu_access; on the fetch port always MMU_FETCH
    uint8_t size;    // log2 of its bytes, 0 .. 3; va is a multiple of them
    uint8_t tag;     // 0 .. MMU_TAGS - 1, comes back with the answer
};

// One write of one PMP entry's registers (docs/microarchitecture.md section 8).
struct mmu_pmp_write {
    uint8_t index;               // entry
    bool write_cfg, write_addr;  // which of the two
    uint8_t cfg;                 // L 7, A 4:3, X 2, W 1, R 0
    uint64_t addr;               // pa[55:2]
};

enum mmu_fence_op {
    MMU_SFENCE_VMA = 0,
    MMU_SINVAL_VMA = 1,
    MMU_SFENCE_W_INVAL = 2,
    MMU_SFENCE_INVAL_IR = 3
};

// One fence: has_va = rs1 is not x0, has_asid = rs2 is not x0 (SFENCE.VMA and SINVAL.VMA).
struct mmu_fence {
    uint8_t op;  // enum mmu_fence_op
    bool has_va;
    bool has_asid;
    uint64_t va;
    uint16_t asid;
};

// The architectural outcome of one request, and who gave it. Fields that the
// specification sets to 0 (pa, level, perm with a fault) are 0, so that two
// answers can be compared field by field.
struct mmu_answer {
    uint64_t pa;  // 56 bits; 0 with fault
    bool fault;
    uint8_t cause;   // enum mmu_cause; 0 without fault
    uint8_t level;   // 0 .. 4 (0: 4 KiB, or 64 KiB with napot), MMU_LEVEL_NONE; 0 with fault
    bool napot;      // 64 KiB NAPOT page; false with fault
    uint8_t pbmt;    // PBMT of the leaf; 0 with fault and when not translated
    uint8_t source;  // enum mmu_source
    uint8_t perm;    // D A G U X W R V, bit 7 .. 0; 0 with fault and when not translated
    uint8_t tag;     // the request's
};

struct mmu_fault {
    uint64_t tval;
    uint16_t asid;
    uint8_t port;
    uint8_t access;
    uint8_t cause;
    uint8_t tag;  // the request's
};

// The fields of satp. mmu_satp_asid: only the low asid_bits.
static inline unsigned mmu_satp_mode(const struct mmu_arch *arch, uint64_t satp) {
    return arch->xlen == 32 ? (unsigned)(satp >> 31) & 1u : (unsigned)(satp >> 60);
}
static inline uint16_t mmu_satp_asid(const struct mmu_arch *arch, uint64_t satp) {
    uint64_t field = arch->xlen == 32 ? satp >> 22 & 0x1FFu : satp >> 44 & 0xFFFFu;
    return (uint16_t)(field & ((UINT64_C(1) << arch->asid_bits) - 1));
}
static inline uint64_t mmu_satp_ppn(const struct mmu_arch *arch, uint64_t satp) {
    return arch->xlen == 32 ? satp & 0x3FFFFFu : satp & 0xFFFFFFFFFFFu;
}

#endif
