// SPDX-License-Identifier: Apache-2.0
// One answer: what it says, in the terms of the dimensions, and the bins that it reaches.
#include "coverage_internal.h"
#include "mmu/walk.h"

// --- facts
// -----------------------------------------------------------------------------------------

static unsigned how_of(const struct coverage_sample *sample) {
    switch (sample->answer->source) {
        case MMU_SOURCE_TLB:
            return HOW_FIRST;
        case MMU_SOURCE_L2:
            return HOW_SECOND;
        case MMU_SOURCE_WALK:
            return sample->history->merged ? HOW_MERGED : HOW_WALK;
        default:
            return HOW_AT_ONCE;
    }
}

static unsigned start_of(const struct mmu_history *history) {
    return history->pwc_hit ? history->pwc_level : 0u;
}

static unsigned from_of(unsigned how, const struct mmu_history *history) {
    static const uint8_t from[] = {FROM_FIRST, FROM_SECOND, FROM_WALK, FROM_MERGED};
    return how == HOW_WALK ? FROM_WALK + start_of(history) : from[how & 3];
}

// The walk's last read of a PTE that was answered and not ignored; NULL: there is none.
static const struct mmu_walk_access *last_read(const struct mmu_history *history) {
    uint32_t kept = history->accesses < MMU_WALK_LOG ? history->accesses : MMU_WALK_LOG;
    for (uint32_t k = 1; k <= kept; k++) {
        const struct mmu_walk_access *access =
            &history->access[(history->accesses - k) % MMU_WALK_LOG];
        if (access->ignored) return NULL;
        if (!access->write && !access->denied && !access->error) return access;
    }
    return NULL;
}

static bool is_leaf(uint64_t pte) {
    return (pte & MMU_PTE_V) && (pte & (MMU_PTE_R | MMU_PTE_X)) &&
           ((pte & MMU_PTE_R) || !(pte & MMU_PTE_W));
}

static uint64_t final_pa_of(const struct mmu_mode *mode, const struct mmu_walk_access *read,
                            uint64_t va) {
    bool napot = mode->pte_bytes == 8 && (read->value & MMU_PTE_N);
    return mmu_leaf_pa(mmu_pte_ppn(mode, read->value), va, mmu_page_bits(mode, read->level, napot));
}

// The leaf and the final address, from whoever knows them.
static void find_leaf(const struct coverage *coverage, struct coverage_facts *facts) {
    const struct coverage_sample *sample = facts->sample;
    uint64_t va = sample->history->request.va;
    const struct mmu_walk_access *read = facts->how == HOW_WALK ? last_read(sample->history) : NULL;
    if (!facts->translated) {
        facts->has_final = true;
        facts->final_pa = coverage->arch.xlen == 32 ? va & UINT32_MAX : va;
    } else if (read && is_leaf(read->value)) {
        facts->has_leaf = facts->has_final = true;
        facts->leaf = (uint8_t)read->value;
        facts->final_pa = final_pa_of(facts->context.mode, read, va);
    } else if (sample->entry) {
        facts->has_leaf = facts->has_final = true;
        facts->leaf = sample->entry->perm;
        facts->final_pa = mmu_leaf_pa(sample->entry->ppn, va, sample->entry->page_bits);
    }
    if (sample->answer->fault) return;
    facts->has_final = true;
    facts->final_pa = sample->answer->pa;
}

static struct coverage_facts facts_of(const struct coverage *coverage,
                                      const struct coverage_sample *sample) {
    struct coverage_facts facts = {.sample = sample, .mode = MODE_BARE, .how = how_of(sample)};
    facts.context = mmu_context_capture(&coverage->arch, &sample->history->csr, sample->port);
    facts.translated = facts.context.mode != NULL;
    if (facts.translated) facts.mode = facts.context.mode->levels - 2u;
    facts.from = from_of(facts.how, sample->history);
    find_leaf(coverage, &facts);
    facts.why = coverage_why(coverage, &facts);
    return facts;
}

static unsigned privilege_of(unsigned priv) {
    return priv == MMU_PRIV_M ? PRIVILEGE_M : priv;
}

static unsigned result_of(const struct mmu_answer *answer) {
    if (!answer->fault) return RESULT_TRANSLATED;
    return answer->cause >= MMU_CAUSE_FETCH_PAGE ? RESULT_PAGE_FAULT : RESULT_ACCESS_FAULT;
}

// --- items
// -----------------------------------------------------------------------------------------

static void sample_translation(struct coverage *coverage, const struct coverage_facts *facts) {
    const struct mmu_history *history = facts->sample->history;
    const struct mmu_answer *answer = facts->sample->answer;
    unsigned page = coverage_page(answer->level, answer->napot), access = history->request.access;
    const unsigned translation[] = {facts->mode, page, access, facts->context.priv, facts->from};
    coverage_count(coverage, COVERAGE_TRANSLATION, translation);
    if (answer->pbmt < 3) {
        const unsigned type[] = {answer->pbmt, page, facts->how};
        coverage_count(coverage, COVERAGE_MEMORY_TYPE, type);
    }
    if (!answer->napot) return;
    const unsigned member[] = {(unsigned)(history->request.va >> MMU_PAGE_BITS) & 15u, access,
                               facts->how};
    coverage_count(coverage, COVERAGE_NAPOT, member);
}

static void sample_fault(struct coverage *coverage, const struct coverage_facts *facts) {
    if (facts->why >= WHYS) return;
    const unsigned value[] = {facts->mode, facts->sample->history->request.access, facts->why,
                              facts->how};
    coverage_count(coverage, COVERAGE_FAULT, value);
}

static unsigned rwx_of(uint8_t leaf) {
    static const uint8_t of[8] = {
        [1] = RWX_R, [3] = RWX_RW, [4] = RWX_X, [5] = RWX_RX, [7] = RWX_RWX};
    return of[leaf >> 1 & 7];
}

// Answers that came as far as the permission check.
static bool judged_permission(const struct coverage_facts *facts) {
    return facts->why == WHY_NONE || (facts->why >= WHY_PERMISSION && facts->why < WHYS);
}

static void sample_permission(struct coverage *coverage, const struct coverage_facts *facts) {
    const struct mmu_context *context = &facts->context;
    bool first = facts->how == HOW_FIRST;
    if (!facts->has_leaf || !judged_permission(facts) || !(first || facts->how == HOW_WALK)) return;
    const unsigned value[] = {facts->sample->history->request.access,
                              context->priv,
                              (facts->leaf & MMU_PTE_U) != 0,
                              context->sum,
                              context->mxr,
                              rwx_of(facts->leaf),
                              facts->why == WHY_PERMISSION,
                              !first};
    coverage_count(coverage, COVERAGE_PERMISSION, value);
}

static void sample_privilege(struct coverage *coverage, const struct coverage_facts *facts) {
    const struct mmu_csr *csr = &facts->sample->history->csr;
    const unsigned value[] = {facts->sample->history->request.access,
                              privilege_of(csr->priv),
                              csr->mprv,
                              privilege_of(csr->mpp),
                              csr->sum,
                              csr->mxr,
                              result_of(facts->sample->answer)};
    coverage_count(coverage, COVERAGE_PRIVILEGE, value);
}

// Updates that were answered, since a fence restarted the walk or it began.
static unsigned updates_of(const struct mmu_history *history) {
    uint32_t kept = history->accesses < MMU_WALK_LOG ? history->accesses : MMU_WALK_LOG;
    unsigned updates = 0;
    for (uint32_t k = 1; k <= kept; k++) {
        const struct mmu_walk_access *access =
            &history->access[(history->accesses - k) % MMU_WALK_LOG];
        if (access->ignored) break;
        updates += access->write && !access->denied && !access->error;
    }
    return updates;
}

// Returns what came of A and D, 6: the walk did not come that far, or it is not told.
static unsigned update_of(const struct coverage_facts *facts) {
    const struct mmu_walk_access *last = coverage_last_access(facts->sample->history);
    unsigned updates = updates_of(facts->sample->history);
    switch (facts->why) {
        case WHY_A:
        case WHY_D:
            return UPDATE_FAULT;
        case WHY_UPDATE_PMP:
            return UPDATE_DENIED;
        case WHY_UPDATE_ERROR:
            return UPDATE_ERROR;
        case WHY_NONE:
            if (!last->write) return updates ? UPDATE_CONFLICT : UPDATE_NOTHING;
            return updates > 1 ? UPDATE_CONFLICT : UPDATE_DONE;
        default:
            return UPDATE_ERROR + 1;
    }
}

static void sample_update(struct coverage *coverage, const struct coverage_facts *facts) {
    if (facts->how != HOW_WALK || !facts->has_leaf) return;
    unsigned update = update_of(facts);
    if (update > UPDATE_ERROR) return;
    // Somebody else may have set the bits after the first attempt.
    bool set =
        (facts->leaf & MMU_PTE_A) &&
        (!coverage_is_store(facts->sample->history->request.access) || (facts->leaf & MMU_PTE_D));
    if (update == UPDATE_CONFLICT && set) update = UPDATE_NOTHING;
    const unsigned value[] = {facts->mode, facts->sample->history->request.access,
                              facts->context.adue, facts->leaf >> 6 & 3u, update};
    coverage_count(coverage, COVERAGE_UPDATE, value);
}

// The lowest-numbered entry with a word of the access decides.
static void sample_pmp(struct coverage *coverage, const struct coverage_facts *facts) {
    const struct mmu_pmp *pmp = facts->sample->pmp;
    const struct mmu_request *request = &facts->sample->history->request;
    static const uint8_t kinds[] = {0, 1, 2, 2};
    bool checked = facts->why == WHY_NONE || facts->why == WHY_FINAL_PMP;
    if (!facts->has_final || !checked) return;
    uint64_t first = facts->final_pa >> 2, last = first + (request->size == 3);
    unsigned k = 0;
    while (k < pmp->entries && (pmp->last_word[k] < first || pmp->first_word[k] > last ||
                                pmp->first_word[k] > pmp->last_word[k]))
        k++;
    bool match = k < pmp->entries;
    bool partial = match && (pmp->first_word[k] > first || pmp->last_word[k] < last);
    unsigned verdict = partial ? JUDGED_PARTIAL : facts->why == WHY_FINAL_PMP;
    const unsigned value[] = {kinds[request->access & 3], privilege_of(facts->context.priv),
                              match ? pmp->cfg[k] >> 3 & 3u : MATCH_NONE, match && pmp->cfg[k] >> 7,
                              verdict};
    coverage_count(coverage, COVERAGE_PMP, value);
}

static unsigned pte_result(const struct coverage *coverage, const struct mmu_walk_access *access) {
    if (access->denied) return access->pa >> coverage->arch.pa_bits ? PTE_BEYOND : PTE_PMP;
    if (access->ignored) return PTE_IGNORED;
    return access->error ? PTE_ERROR : PTE_DONE;
}

static void sample_walk(struct coverage *coverage, const struct coverage_facts *facts) {
    const struct mmu_history *history = facts->sample->history;
    const struct mmu_walk_access *last = coverage_last_access(history);
    uint32_t kept = history->accesses < MMU_WALK_LOG ? history->accesses : MMU_WALK_LOG;
    bool restarted = history->terms.restart > 0;
    if (!last) return;
    for (uint32_t k = 1; k <= kept; k++) {
        const struct mmu_walk_access *access =
            &history->access[(history->accesses - k) % MMU_WALK_LOG];
        const unsigned value[] = {facts->mode, access->level, access->write,
                                  pte_result(coverage, access)};
        coverage_count(coverage, COVERAGE_PTE_ACCESS, value);
        restarted |= access->ignored;
    }
    const unsigned value[] = {facts->mode, start_of(history), last->level, restarted,
                              result_of(facts->sample->answer)};
    coverage_count(coverage, COVERAGE_WALK, value);
}

static void sample_sharing(struct coverage *coverage, const struct coverage_facts *facts) {
    const struct mmu_tlb_entry *entry = facts->sample->entry;
    if (facts->how != HOW_FIRST || !entry) return;
    bool same = entry->asid == facts->context.asid, global = entry->perm & MMU_PTE_G;
    bool napot = entry->page_bits == MMU_PAGE_BITS + MMU_NAPOT_SHIFT;
    unsigned owner = same ? (global ? OWNER_GLOBAL_SAME : OWNER_SAME)
                          : (global ? OWNER_GLOBAL_OTHER : OWNER_OTHER);
    const unsigned value[] = {facts->sample->port, coverage_page(entry->level, napot), owner};
    coverage_count(coverage, COVERAGE_SHARING, value);
}

void coverage_answer(struct coverage *coverage, const struct coverage_sample *sample) {
    struct coverage_facts facts = facts_of(coverage, sample);
    sample_privilege(coverage, &facts);
    sample_pmp(coverage, &facts);
    if (sample->answer->fault) sample_fault(coverage, &facts);
    if (!facts.translated) return;
    if (!sample->answer->fault) sample_translation(coverage, &facts);
    sample_permission(coverage, &facts);
    sample_update(coverage, &facts);
    sample_sharing(coverage, &facts);
    if (facts.how == HOW_WALK) sample_walk(coverage, &facts);
}
