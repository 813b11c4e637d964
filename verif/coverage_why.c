// SPDX-License-Identifier: Apache-2.0
// Which rule a fault comes from, as the model's own walk met it: in the order of the steps of
// "Virtual Address Translation Process".
#include "coverage_internal.h"
#include "mmu/walk.h"

const struct mmu_walk_access *coverage_last_access(const struct mmu_history *history) {
    if (history->accesses == 0) return NULL;
    return &history->access[(history->accesses - 1) % MMU_WALK_LOG];
}

static bool is_beyond(const struct coverage *coverage, uint64_t pa) {
    return pa >> coverage->arch.pa_bits != 0;
}

// What is reserved with XLEN = 64 alone.
static enum why_value reserved_64(const struct coverage *coverage, uint64_t pte, bool pbmte) {
    unsigned pbmt = (unsigned)(pte >> MMU_PTE_PBMT_SHIFT) & 3u;
    if (pte >> 54 & 0x7Fu) return WHY_RESERVED_BITS;
    if ((pte & MMU_PTE_N) && !coverage->arch.svnapot) return WHY_N_OFF;
    if (pbmt && !pbmte) return WHY_PBMT_OFF;
    return pbmt == 3 ? WHY_PBMT_3 : WHY_NONE;
}

static enum why_value pointer(uint64_t pte, bool wide) {
    uint64_t reserved = MMU_PTE_D | MMU_PTE_A | MMU_PTE_U;
    if (wide) reserved |= MMU_PTE_N | UINT64_C(3) << MMU_PTE_PBMT_SHIFT;
    return pte & reserved ? WHY_POINTER_BITS : WHY_POINTER_AT_0;
}

static enum why_value leaf(const struct coverage_facts *facts, uint64_t pte, unsigned level) {
    const struct mmu_mode *mode = facts->context.mode;
    uint64_t ppn = mmu_pte_ppn(mode, pte);
    uint8_t access = facts->sample->history->request.access;
    bool napot = mode->pte_bytes == 8 && (pte & MMU_PTE_N);
    if (napot && (level > 0 || (ppn & 15) != 8)) return WHY_NAPOT_ENCODING;
    if (!mmu_permitted((uint8_t)pte, access, &facts->context)) return WHY_PERMISSION;
    if (ppn & ((UINT64_C(1) << mode->vpn_bits * level) - 1)) return WHY_MISALIGNED;
    if (!(pte & MMU_PTE_A)) return WHY_A;
    return coverage_is_store(access) && !(pte & MMU_PTE_D) ? WHY_D : WHY_UNKNOWN;
}

static enum why_value page_fault(const struct coverage *coverage,
                                 const struct coverage_facts *facts,
                                 const struct mmu_walk_access *last) {
    uint64_t pte = last->value;
    bool wide = facts->context.mode->pte_bytes == 8;
    if (!(pte & MMU_PTE_V)) return WHY_INVALID;
    if ((pte & MMU_PTE_W) && !(pte & MMU_PTE_R)) return WHY_W_WITHOUT_R;
    enum why_value reserved = wide ? reserved_64(coverage, pte, facts->context.pbmte) : WHY_NONE;
    if (reserved != WHY_NONE) return reserved;
    if (!(pte & (MMU_PTE_R | MMU_PTE_X))) return pointer(pte, wide);
    return leaf(facts, pte, last->level);
}

// The final check failed. Of an answer of the second level, or by another's walk, the address is
// not told; its page exists as a whole, so that only the PMP can have denied it, if there is one.
static enum why_value final_check(const struct coverage *coverage,
                                  const struct coverage_facts *facts) {
    if (facts->has_final)
        return is_beyond(coverage, facts->final_pa) ? WHY_FINAL_BEYOND : WHY_FINAL_PMP;
    return coverage->arch.pmp_entries == 0 ? WHY_FINAL_BEYOND : WHY_FINAL_PMP;
}

static enum why_value walk(const struct coverage *coverage, const struct coverage_facts *facts) {
    const struct mmu_walk_access *last = coverage_last_access(facts->sample->history);
    if (!last) return WHY_UNKNOWN;
    if (facts->sample->answer->cause >= MMU_CAUSE_FETCH_PAGE)
        return page_fault(coverage, facts, last);
    if (last->denied && last->write) return WHY_UPDATE_PMP;
    if (last->denied) return is_beyond(coverage, last->pa) ? WHY_READ_BEYOND : WHY_READ_PMP;
    if (last->error) return last->write ? WHY_UPDATE_ERROR : WHY_READ_ERROR;
    return final_check(coverage, facts);
}

enum why_value coverage_why(const struct coverage *coverage, const struct coverage_facts *facts) {
    const struct mmu_answer *answer = facts->sample->answer;
    if (!answer->fault) return WHY_NONE;
    bool page = answer->cause >= MMU_CAUSE_FETCH_PAGE;
    if (facts->how == HOW_WALK) return walk(coverage, facts);
    if (page) return facts->how == HOW_AT_ONCE ? WHY_NOT_CANONICAL : WHY_PERMISSION;
    return final_check(coverage, facts);
}
