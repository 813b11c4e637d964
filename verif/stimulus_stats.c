// SPDX-License-Identifier: Apache-2.0
// What was reached: counts of every kind of event, and which of them a configuration must reach.
#include <assert.h>

#include "stimulus_internal.h"

static const char *const keys[] = {
#define X(id, key, text) key,
    STIMULUS_COUNT_LIST(X)
#undef X
};
static const char *const texts[] = {
#define X(id, key, text) text,
    STIMULUS_COUNT_LIST(X)
#undef X
};

const char *stimulus_count_key(enum stimulus_count count) {
    return keys[count];
}
const char *stimulus_count_text(enum stimulus_count count) {
    return texts[count];
}

// --- answers ---------------------------------------------------------------------------------

// In the order of STIMULUS_MODE_COUNTS.
static enum stimulus_count outcome(unsigned satp_mode, const struct mmu_answer *answer) {
    unsigned mode = satp_mode == MMU_SATP_MODE_SV32 ? 0 : satp_mode - MMU_SATP_MODE_SV39 + 1;
    bool page_fault = answer->cause >= MMU_CAUSE_FETCH_PAGE;
    bool hit = answer->source == MMU_SOURCE_TLB || answer->source == MMU_SOURCE_L2;
    unsigned kind = hit ? 0 : 1;
    if (answer->fault && answer->source == MMU_SOURCE_NONE)
        kind = 2;
    else if (answer->fault)
        kind = (hit ? 3u : 5u) + (page_fault ? 0u : 1u);
    return (enum stimulus_count)(STIMULUS_SV32_HIT + mode * STIMULUS_COUNTS_PER_MODE + kind);
}

static void note_cause(struct stimulus *s, const struct mmu_answer *answer) {
    static const enum stimulus_count counts[16] = {
        [MMU_CAUSE_FETCH_ACCESS] = STIMULUS_FETCH_ACCESS_FAULT,
        [MMU_CAUSE_LOAD_ACCESS] = STIMULUS_LOAD_ACCESS_FAULT,
        [MMU_CAUSE_STORE_ACCESS] = STIMULUS_STORE_ACCESS_FAULT,
        [MMU_CAUSE_FETCH_PAGE] = STIMULUS_FETCH_PAGE_FAULT,
        [MMU_CAUSE_LOAD_PAGE] = STIMULUS_LOAD_PAGE_FAULT,
        [MMU_CAUSE_STORE_PAGE] = STIMULUS_STORE_PAGE_FAULT};
    enum stimulus_count count = counts[answer->cause & 15];
    if (count) stimulus_count(s, count);
}

static void note_translation(struct stimulus *s, const struct mmu_answer *answer) {
    bool hit = answer->source != MMU_SOURCE_WALK;
    if (answer->level < STIMULUS_LEVELS)
        stimulus_count(s, (enum stimulus_count)(STIMULUS_LEVEL_0 + answer->level));
    if (hit && answer->level > 0) stimulus_count(s, STIMULUS_SUPERPAGE_HIT);
    if (answer->napot) stimulus_count(s, hit ? STIMULUS_NAPOT_HIT : STIMULUS_NAPOT_WALK);
    if (answer->pbmt == 1) stimulus_count(s, STIMULUS_PBMT_NC);
    if (answer->pbmt == 2) stimulus_count(s, STIMULUS_PBMT_IO);
    if (hit && (answer->perm & MMU_PTE_G)) stimulus_count(s, STIMULUS_GLOBAL_HIT);
}

static uint8_t note_request(struct stimulus *s, unsigned port,
                            const struct stimulus_flight *flight) {
    const struct mmu_csr *csr = &flight->csr;
    bool mprv = port == MMU_PORT_DATA && csr->mprv;
    uint8_t priv = mprv ? csr->mpp : csr->priv;
    stimulus_count(s, (enum stimulus_count)(STIMULUS_FETCH + (flight->request.access & 3)));
    stimulus_count(s, (enum stimulus_count)(STIMULUS_SIZE_1 + (flight->request.size & 3)));
    stimulus_count(s, priv == MMU_PRIV_U   ? STIMULUS_PRIV_U
                      : priv == MMU_PRIV_S ? STIMULUS_PRIV_S
                                           : STIMULUS_PRIV_M);
    if (mprv && csr->mpp != csr->priv) stimulus_count(s, STIMULUS_MPRV);
    return priv;
}

void stimulus_note_answer(struct stimulus *s, unsigned port, const struct stimulus_flight *flight,
                          const struct mmu_answer *answer) {
    uint8_t priv = note_request(s, port, flight);
    if (answer->fault) note_cause(s, answer);
    if (priv == MMU_PRIV_M || stimulus_mode_of(s, &flight->csr) < 0) {
        stimulus_count(s, answer->fault ? STIMULUS_UNTRANSLATED_FAULT : STIMULUS_UNTRANSLATED);
        return;
    }
    stimulus_count(s, outcome(mmu_satp_mode(&s->config.arch, flight->csr.satp), answer));
    if (!answer->fault)
        note_translation(s, answer);
    else if (answer->source == MMU_SOURCE_WALK)
        stimulus_count(s, stimulus_reason(s, port, flight, answer));
}

// --- fences ------------------------------------------------------------------------------------

void stimulus_note_fence(struct stimulus *s) {
    const struct mmu_fence *fence = &s->fence;
    unsigned form = fence->has_va + 2u * fence->has_asid;
    static const enum stimulus_count counts[] = {STIMULUS_SFENCE_ALL, STIMULUS_SINVAL_ALL,
                                                 STIMULUS_SFENCE_W_INVAL, STIMULUS_SFENCE_INVAL_IR};
    if (fence->op > MMU_SINVAL_VMA) form = 0;
    stimulus_count(s, (enum stimulus_count)(counts[fence->op & 3] + form));
    if (stimulus_active(s)) stimulus_count(s, STIMULUS_FENCE_UNDER_WAY);
    uint64_t top = fence->va >> 56;
    if (s->pte_bytes == 8 && fence->op <= MMU_SINVAL_VMA && fence->has_va && top != 0 &&
        top != UINT64_MAX >> 56)
        stimulus_count(s, STIMULUS_FENCE_NOT_CANONICAL);
}

// --- what must be reached ---------------------------------------------------------------------

static bool reaches_mode(const struct stimulus_config *config, unsigned count) {
    unsigned mode = (count - STIMULUS_SV32_HIT) / STIMULUS_COUNTS_PER_MODE;
    unsigned kind = (count - STIMULUS_SV32_HIT) % STIMULUS_COUNTS_PER_MODE;
    if ((mode == 0) != (config->arch.xlen == 32)) return false;
    if (kind == 2) return mode > 0;  // every address of Sv32 is canonical
    // A page that is resident was allowed to someone: only PMP denies parts of it.
    if (kind == 4) return config->arch.pmp_entries > 0 && config->pmp > 0;
    // Memory itself refuses PTEs, where there is none.
    return kind != 6 || config->outside > 0 || config->arch.pmp_entries > 0;
}

// Of what some XLEN or extension has alone.
static bool has(const struct stimulus_config *config, enum stimulus_count count) {
    const struct mmu_arch *arch = &config->arch;
    bool wide = arch->xlen == 64, pmp = arch->pmp_entries > 0 && config->pmp > 0;
    bool beyond = arch->pa_bits < (wide ? 56 : 34) && config->outside > 0;
    switch (count) {
        case STIMULUS_UNTRANSLATED_FAULT:
            return wide || pmp;
        case STIMULUS_LEVEL_2:
        case STIMULUS_LEVEL_3:
        case STIMULUS_LEVEL_4:
        case STIMULUS_FENCE_NOT_CANONICAL:
            return wide;
        case STIMULUS_WHY_RESERVED_BITS:
            return wide && config->reserved > 0;
        case STIMULUS_NAPOT_HIT:
        case STIMULUS_NAPOT_WALK:
        case STIMULUS_WHY_NAPOT_ENCODING:
        case STIMULUS_NAPOT_GROUP:
            return wide && arch->svnapot && config->napot > 0;
        case STIMULUS_WHY_N_OFF:
            return wide && !arch->svnapot && config->napot > 0;
        case STIMULUS_PBMT_NC:
        case STIMULUS_PBMT_IO:
        case STIMULUS_WHY_PBMT_OFF:
        case STIMULUS_WHY_PBMT_3:
            return wide && config->pbmt > 0;
        case STIMULUS_WHY_READ_BEYOND:
        case STIMULUS_WHY_FINAL_BEYOND:
            return beyond;
        case STIMULUS_WHY_READ_PMP:
        case STIMULUS_WHY_UPDATE_PMP:
        case STIMULUS_WHY_FINAL_PMP:
        case STIMULUS_PMP_OFF:
        case STIMULUS_PMP_TOR:
        case STIMULUS_PMP_NA4:
        case STIMULUS_PMP_NAPOT:
            return pmp;
        case STIMULUS_PMP_LOCK:
        case STIMULUS_PMP_REFUSED:
            return pmp && config->lock > 0;
        default:
            return true;
    }
}

// Of what has a weight of its own.
static bool wanted(const struct stimulus_config *config, enum stimulus_count count) {
    if (count >= STIMULUS_SINVAL_ALL && count <= STIMULUS_SFENCE_INVAL_IR)
        return config->fence > 0 && config->svinval > 0;
    if (count >= STIMULUS_SFENCE_ALL && count <= STIMULUS_FENCE_UNDER_WAY) return config->fence > 0;
    if (count >= STIMULUS_KILL_DATA && count <= STIMULUS_KILL_IDLE) return config->kill > 0;
    if (count >= STIMULUS_PTE_WRITE && count <= STIMULUS_PTE_RACE) return config->pte_write > 0;
    if (count >= STIMULUS_ASKED && count <= STIMULUS_ASKED_FAULT) return config->ask_twice > 0;
    if (count >= STIMULUS_WHY_INVALID && count <= STIMULUS_WHY_POINTER_AT_0)
        return config->reserved > 0;
    switch (count) {
        case STIMULUS_UNTRANSLATED:
        case STIMULUS_UNTRANSLATED_FAULT:
        case STIMULUS_PRIV_M:
            return config->machine > 0;
        case STIMULUS_GLOBAL_HIT:
            return config->global > 0;
        case STIMULUS_WHY_READ_ERROR:
            return config->outside > 0 || config->near_misses > 0;
        case STIMULUS_NEAR_MISS:
            return config->near_misses > 0;
        case STIMULUS_WHY_A:
        case STIMULUS_WHY_D:
        case STIMULUS_WHY_UPDATE_PMP:
            return config->unset > 0;
        case STIMULUS_RESET:
            return config->reset > 0;
        case STIMULUS_CSR:
        case STIMULUS_MODE_SWITCH:
            return config->csr > 0 && config->bare > 0;
        case STIMULUS_WHY_OTHER:
        case STIMULUS_ASKED_IN_VAIN:
            return false;  // by accident only
        default:
            return true;
    }
}

bool stimulus_reaches(const struct stimulus_config *config, enum stimulus_count count) {
    assert(count < STIMULUS_COUNTS);
    if (count < STIMULUS_UNTRANSLATED) return reaches_mode(config, count);
    return has(config, count) && wanted(config, count);
}
