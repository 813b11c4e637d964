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
enum mmu_source { MMU_SOURCE_NONE = 0, MMU_SOURCE_TLB = 1, MMU_SOURCE_WALK = 2 };

// Level of an answer that was not translated (Bare, M-mode).
#define MMU_LEVEL_NONE 3u

// Exception codes ("Supervisor Cause (scause) Register").
enum mmu_cause {
    MMU_CAUSE_FETCH_ACCESS = 1,
    MMU_CAUSE_LOAD_ACCESS = 5,
    MMU_CAUSE_STORE_ACCESS = 7,
    MMU_CAUSE_FETCH_PAGE = 12,
    MMU_CAUSE_LOAD_PAGE = 13,
    MMU_CAUSE_STORE_PAGE = 15
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

#define MMU_PAGE_BITS 12
#define MMU_PAGE_BYTES 4096u
#define MMU_VPN_BITS_PER_LEVEL 9
#define MMU_PA_BITS 56

#define MMU_SATP_MODE_BARE 0u
#define MMU_SATP_MODE_SV39 8u

// The registers that a translation depends on, as they stand in one cycle.
struct mmu_csr {
    uint64_t satp;  // MODE 63:60, ASID 59:44, PPN 43:0
    uint8_t priv;   // enum mmu_priv: current privilege
    uint8_t mpp;    // enum mmu_priv: mstatus.MPP
    bool mprv;      // mstatus.MPRV: data accesses use mpp
    bool sum;       // mstatus.SUM
    bool mxr;       // mstatus.MXR
    bool adue;      // menvcfg.ADUE: false Svade, true Svadu
};

struct mmu_request {
    uint64_t va;
    uint8_t access;  // enum mmu_access; on the fetch port always MMU_FETCH
};

// One SFENCE.VMA: has_va = rs1 is not x0, has_asid = rs2 is not x0.
struct mmu_fence {
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
    uint8_t level;   // 0 4 KiB, 1 2 MiB, 2 1 GiB, MMU_LEVEL_NONE; 0 with fault
    uint8_t source;  // enum mmu_source
    uint8_t perm;    // D A G U X W R V, bit 7 .. 0; 0 with fault and when not translated
};

struct mmu_fault {
    uint64_t tval;
    uint16_t asid;
    uint8_t port;
    uint8_t access;
    uint8_t cause;
};

static inline unsigned mmu_satp_mode(uint64_t satp) {
    return (unsigned)(satp >> 60);
}
static inline uint16_t mmu_satp_asid(uint64_t satp) {
    return (uint16_t)(satp >> 44);
}
static inline uint64_t mmu_satp_ppn(uint64_t satp) {
    return satp & 0xFFFFFFFFFFFu;
}

#endif
