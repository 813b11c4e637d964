// SPDX-License-Identifier: Apache-2.0
// What the privileged specification says of one PTE, one permission, one physical access. Written
// from the manual alone, shared with nothing: a second opinion on model and design.
#include <assert.h>
#include <stddef.h>

#include "legal_internal.h"

static const struct legal_mode modes64[] = {{8, 3, 9, 8, 39}, {9, 4, 9, 8, 48}, {10, 5, 9, 8, 57}};
static const struct legal_mode mode32 = {1, 2, 10, 4, 32};

// "Supervisor Address Translation and Protection (satp) Register". NULL: Bare.
const struct legal_mode *legal_mode_of(const struct mmu_arch *arch, uint64_t satp) {
    if (arch->xlen == 32) {
        return satp >> 31 & 1 ? &mode32 : NULL;
    }
    unsigned mode = (unsigned)(satp >> 60);
    return mode >= 8 && mode <= 10 ? &modes64[mode - 8] : NULL;
}

const struct legal_mode *legal_widest(const struct legal *legal) {
    return legal->pte_bytes == 8 ? &modes64[2] : &mode32;
}

uint16_t legal_asid_of(const struct mmu_arch *arch, uint64_t satp) {
    unsigned field = (unsigned)(arch->xlen == 32 ? satp >> 22 & 0x1FF : satp >> 44 & 0xFFFF);
    return (uint16_t)(field & ((1u << arch->asid_bits) - 1u));
}

uint64_t legal_root_of(const struct mmu_arch *arch, uint64_t satp) {
    return satp & ((UINT64_C(1) << (arch->xlen == 32 ? 22 : 44)) - 1);
}

// The bits from the top va bit upwards are all alike.
bool legal_canonical(const struct legal_mode *mode, uint64_t va) {
    uint64_t upper = va >> (mode->va_bits - 1);
    uint64_t ones = UINT64_MAX >> (mode->va_bits - 1);
    return mode->va_bits == 32 || upper == 0 || upper == ones;
}

uint64_t legal_ppn(const struct legal_mode *mode, uint64_t pte) {
    return mode->pte_bytes == 8 ? pte >> 10 & 0xFFFFFFFFFFF : pte >> 10 & 0x3FFFFF;
}

uint8_t legal_page_cause(uint8_t access) {
    return access == MMU_FETCH ? 12 : access == MMU_LOAD ? 13 : 15;
}

uint8_t legal_access_cause(uint8_t access) {
    return access == MMU_FETCH ? 1 : access == MMU_LOAD ? 5 : 7;
}

// Steps 3 and 4, the misaligned superpage, "Svnapot", and the reserved bits of "Sv39". PBMT = 1 and
// 2 of a leaf depend on menvcfg and are left to the caller.
enum legal_shape legal_shape_of(const struct mmu_arch *arch, const struct legal_mode *mode,
                                uint64_t pte, unsigned level) {
    bool wide = mode->pte_bytes == 8;
    if (!(pte & MMU_PTE_V)) {
        return LEGAL_INVALID;
    }
    if ((pte & (MMU_PTE_R | MMU_PTE_W)) == MMU_PTE_W || (wide && (pte >> 54 & 0x7F) != 0) ||
        (legal_is_napot(mode, pte) && !arch->svnapot) || legal_pbmt(mode, pte) == 3) {
        return LEGAL_RESERVED;
    }
    if (!(pte & (MMU_PTE_R | MMU_PTE_X))) {
        bool reserved = (pte & (MMU_PTE_D | MMU_PTE_A | MMU_PTE_U)) != 0 ||
                        legal_is_napot(mode, pte) || legal_pbmt(mode, pte) != 0;
        return reserved || level == 0 ? LEGAL_RESERVED : LEGAL_POINTER;
    }
    if (legal_is_napot(mode, pte) && (level > 0 || (pte >> 10 & 0xF) != 8)) {
        return LEGAL_RESERVED;
    }
    uint64_t below = (UINT64_C(1) << (mode->vpn_bits * level)) - 1;
    return legal_ppn(mode, pte) & below ? LEGAL_RESERVED : LEGAL_LEAF;
}

// U, SUM, MXR and R, W, X. A fetch in S-mode from a user page is never allowed, whatever SUM is.
bool legal_permits(uint64_t pte, const struct legal_flight *flight) {
    bool user_page = (pte & MMU_PTE_U) != 0;
    bool by_user = flight->priv == MMU_PRIV_U;
    bool by_mode = user_page == by_user;
    if (user_page && !by_user && flight->csr.sum && flight->request.access != MMU_FETCH) {
        by_mode = true;
    }
    switch (flight->request.access) {
        case MMU_FETCH:
            return by_mode && (pte & MMU_PTE_X) != 0;
        case MMU_LOAD:
            return by_mode && ((pte & MMU_PTE_R) || (flight->csr.mxr && (pte & MMU_PTE_X)));
        default:
            return by_mode && (pte & MMU_PTE_W) != 0;
    }
}

bool legal_needs_update(uint64_t pte, uint8_t access) {
    bool store = access == MMU_STORE || access == MMU_AMO;
    return !(pte & MMU_PTE_A) || (store && !(pte & MMU_PTE_D));
}

uint64_t legal_leaf_pa(const struct legal_mode *mode, uint64_t pte, unsigned level, uint64_t va) {
    unsigned offset_bits = legal_is_napot(mode, pte) ? 16 : 12 + mode->vpn_bits * level;
    uint64_t offset = (UINT64_C(1) << offset_bits) - 1;
    return ((legal_ppn(mode, pte) << 12) & ~offset) | (va & offset);
}

struct mmu_answer legal_fault(uint8_t cause) {
    return (struct mmu_answer){.fault = true, .cause = cause};
}

struct mmu_answer legal_success(const struct legal_mode *mode, uint64_t pte, unsigned level,
                                bool global, uint64_t va) {
    return (struct mmu_answer){.pa = legal_leaf_pa(mode, pte, level, va),
                               .level = (uint8_t)level,
                               .napot = legal_is_napot(mode, pte),
                               .pbmt = (uint8_t)legal_pbmt(mode, pte),
                               .perm = (uint8_t)((pte & 0xFF) | (global ? MMU_PTE_G : 0))};
}

// Who answered is not architecture.
bool legal_same(const struct mmu_answer *a, const struct mmu_answer *b) {
    return a->pa == b->pa && a->fault == b->fault && a->cause == b->cause && a->level == b->level &&
           a->napot == b->napot && a->pbmt == b->pbmt && a->perm == b->perm;
}

// "Physical Memory Protection", Address Matching: cfg and addr alone, in 4-byte words. Returns
// whether the range holds anything.
bool legal_pmp_range(const struct mmu_pmp *pmp, unsigned entry, struct legal_range *range) {
    uint64_t addr = pmp->addr[entry];
    uint64_t from = entry > 0 ? pmp->addr[entry - 1] : 0;
    *range = (struct legal_range){.first = 1, .last = 0, .cfg = pmp->cfg[entry]};
    switch (range->cfg >> 3 & 3) {
        case 0:
            return false;
        case 1:
            if (from < addr) {
                range->first = from;
                range->last = addr - 1;
            }
            break;
        case 2:
            range->first = range->last = addr;
            break;
        default:  // NAPOT: the trailing ones and the zero above them span the range
            range->last = addr | (addr + 1);
            range->first = range->last & ~(addr ^ (addr + 1));
            break;
    }
    return range->first <= range->last;
}

// Priority and Matching Logic; physical addresses beyond pa_bits do not exist.
bool legal_allowed(const struct legal *legal, const struct legal_pmp_version *pmp,
                   const struct legal_access *access) {
    const struct mmu_arch *arch = &legal->config.arch;
    if (access->pa >> arch->pa_bits) {
        return false;
    }
    uint64_t first = access->pa >> 2, last = (access->pa + access->bytes - 1) >> 2;
    for (unsigned i = 0; i < pmp->active; i++) {
        const struct legal_range *range = &pmp->range[i];
        if (range->first > range->last || last < range->first || first > range->last) {
            continue;
        }
        bool whole = first >= range->first && last <= range->last;
        bool locked = (range->cfg & 0x80) != 0;
        bool exempt = access->priv == MMU_PRIV_M && !locked;
        return whole && (exempt || (range->cfg & (unsigned)access->kind) != 0);
    }
    return access->priv == MMU_PRIV_M || arch->pmp_entries == 0;
}

struct legal_access legal_final(const struct legal_flight *flight, uint64_t pa) {
    uint8_t access = flight->request.access;
    return (struct legal_access){.pa = pa,
                                 .bytes = 1u << flight->request.size,
                                 .kind = access == MMU_FETCH  ? MMU_PMP_EXECUTE
                                         : access == MMU_LOAD ? MMU_PMP_READ
                                                              : MMU_PMP_WRITE,
                                 .priv = flight->priv};
}
