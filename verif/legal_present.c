// SPDX-License-Identifier: Apache-2.0
// The walk through the present: what nearly every answer is, found without the history.
#include <stddef.h>

#include "legal_internal.h"

static struct mmu_answer access_fault(const struct legal_flight *flight) {
    return legal_fault(legal_access_cause(flight->request.access));
}

static struct mmu_answer page_fault(const struct legal_flight *flight) {
    return legal_fault(legal_page_cause(flight->request.access));
}

static struct mmu_answer checked(const struct legal *legal, const struct legal_flight *flight,
                                 const struct mmu_answer *success) {
    struct legal_access final = legal_final(flight, success->pa);
    return legal_allowed_now(legal, &final) ? *success : access_fault(flight);
}

static struct mmu_answer leaf(const struct legal *legal, const struct legal_flight *flight,
                              const struct legal_use *pte, bool global, bool *update) {
    const struct legal_mode *mode = flight->mode;
    uint64_t value = pte->value;
    if ((legal_pbmt(mode, value) != 0 && !flight->csr.pbmte) || !legal_permits(value, flight)) {
        return page_fault(flight);
    }
    if (legal_needs_update(value, flight->request.access)) {
        struct legal_access access = {pte->pa, mode->pte_bytes, MMU_PMP_WRITE, MMU_PRIV_S};
        if (!flight->csr.adue) {
            return page_fault(flight);
        }
        if (!legal_allowed_now(legal, &access)) {
            return access_fault(flight);
        }
        *update = true;
        value |= flight->request.access == MMU_LOAD || flight->request.access == MMU_FETCH
                     ? MMU_PTE_A
                     : MMU_PTE_A | MMU_PTE_D;
    }
    struct mmu_answer success = legal_success(mode, value, pte->level, global, flight->request.va);
    return checked(legal, flight, &success);
}

// "Virtual Address Translation Process", by the registers of the request and the memory of now.
struct mmu_answer legal_present(const struct legal *legal, const struct legal_flight *flight,
                                bool *update) {
    const struct legal_mode *mode = flight->mode;
    *update = false;
    if (!mode) {
        struct mmu_answer success = {.pa = flight->request.va, .level = MMU_LEVEL_NONE};
        return checked(legal, flight, &success);
    }
    if (!legal_canonical(mode, flight->request.va)) {
        return page_fault(flight);
    }
    uint64_t table = flight->root;
    bool global = false;
    for (unsigned level = mode->levels; level-- > 0;) {
        struct legal_use pte = {.pa = legal_pte_pa(mode, table, flight->request.va, level),
                                .level = (uint8_t)level};
        struct legal_access access = {pte.pa, mode->pte_bytes, MMU_PMP_READ, MMU_PRIV_S};
        if (!legal_allowed_now(legal, &access) || !legal_read(legal, pte.pa, &pte.value)) {
            return access_fault(flight);
        }
        enum legal_shape shape = legal_shape_of(&legal->config.arch, mode, pte.value, level);
        global = global || (pte.value & MMU_PTE_G) != 0;
        if (shape == LEGAL_LEAF) {
            return leaf(legal, flight, &pte, global, update);
        }
        if (shape != LEGAL_POINTER) {
            return page_fault(flight);
        }
        table = legal_ppn(mode, pte.value);
    }
    return page_fault(flight);  // not reached: level 0 is no pointer
}
