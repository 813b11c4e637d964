// SPDX-License-Identifier: Apache-2.0
// The walk as a tree with its first differing transaction, the latency in its terms, who
// wrote the PTEs last and which fence came since.
#include <inttypes.h>

#include "explain_internal.h"

// --- walk ----------------------------------------------------------------------------------

static void walk_line(struct verif_text *t, const struct mismatch *m,
                      const struct mmu_walk_access *a) {
    char flags[9];
    // What the grant of the cycle that disagreed would have brought is not known.
    bool answered = a->grant_cycle != MMU_NEVER && m->base + a->grant_cycle < m->cycle;
    verif_text_add(t, "          %*slevel %u %s 0x%014" PRIx64, 2 * (2 - a->level), "", a->level,
                   a->write ? "update" : "PTE at", a->pa);
    if (answered) {
        explain_flags(a->value, flags);
        verif_text_add(t, " = 0x%016" PRIx64 " %s", a->value, flags);
    }
    verif_text_add(t, "  request %" PRIu64, m->base + a->request_cycle);
    if (answered && a->data_cycle != MMU_NEVER)
        verif_text_add(t, ", data %" PRIu64, m->base + a->data_cycle);
    verif_text_add(t, "%s%s\n", a->error ? ", ERROR" : "", a->ignored ? ", ignored (fence)" : "");
}

static void walk_note(struct verif_text *t, const struct mismatch *m,
                      const struct mmu_walk_access *expected, const struct bench_access *observed) {
    if (!observed)
        verif_text_add(t, "            ^ the DUT has not made this one\n");
    else if (observed->pa != expected->pa || observed->write != expected->write)
        verif_text_add(t, "            ^ the DUT: %s 0x%014" PRIx64 " in cycle %" PRIu64 "\n",
                       observed->write ? "update" : "read", observed->pa, observed->request_cycle);
    else if (observed->request_cycle != m->base + expected->request_cycle)
        verif_text_add(t, "            ^ the DUT requests it in cycle %" PRIu64 ": %+" PRId64 "\n",
                       observed->request_cycle,
                       (int64_t)(observed->request_cycle - m->base - expected->request_cycle));
}

void explain_walk(struct verif_text *t, const struct bench *bench, const struct mismatch *m) {
    const struct mmu_history *h = &m->history;
    const struct bench_access *observed[BENCH_ACCESS_LOG];
    unsigned n = bench_dut_accesses(bench, h, observed);
    if (h->accesses == 0 && (n == 0 || m->check != CHECK_PTE_ACCESS)) {
        verif_text_add(t, "\nWalk      none by the model\n");
        return;
    }
    uint32_t first = h->accesses > MMU_WALK_LOG ? h->accesses - MMU_WALK_LOG : 0;
    verif_text_add(t, "\nWalk      memory transactions: model %u, DUT %u\n", h->accesses, n);
    for (uint32_t k = first; k < h->accesses; k++) {
        const struct mmu_walk_access *a = &h->access[k % MMU_WALK_LOG];
        walk_line(t, m, a);
        if (first == 0) walk_note(t, m, a, k < n ? observed[k] : NULL);
    }
    for (uint32_t k = h->accesses; k < n; k++)
        verif_text_add(t,
                       "          the DUT alone: %s 0x%014" PRIx64 " = 0x%016" PRIx64
                       " in cycle %" PRIu64 "\n",
                       observed[k]->write ? "update" : "read", observed[k]->pa, observed[k]->value,
                       observed[k]->request_cycle);
}

// --- latency -------------------------------------------------------------------------------

// The first of the DUT's requests that is not in its cycle.
static void late_term(struct verif_text *t, const struct bench *bench, const struct mismatch *m) {
    const struct mmu_history *h = &m->history;
    const struct bench_access *observed[BENCH_ACCESS_LOG];
    unsigned n = bench_dut_accesses(bench, h, observed);
    for (uint32_t k = 0; k < h->accesses && k < n && h->accesses <= MMU_WALK_LOG; k++) {
        int64_t late = (int64_t)(observed[k]->request_cycle - m->base - h->access[k].request_cycle);
        if (late == 0) continue;
        verif_text_add(t,
                       "          first term that differs: request %u (level %u), %+" PRId64 "\n",
                       k + 1, h->access[k].level, late);
        return;
    }
    bool in_cycles = m->expected > 1 && m->expected != MMU_NEVER && m->observed != MMU_NEVER;
    if (m->check == CHECK_LATENCY && in_cycles)
        verif_text_add(t, "          first term that differs: %s, %+" PRId64 "\n", m->what,
                       (int64_t)(m->observed - m->expected));
}

void explain_latency(struct verif_text *t, const struct bench *bench, const struct mismatch *m) {
    const struct mmu_history *h = &m->history;
    verif_text_add(t, "\nLatency   lookup and answer 1");
    if (h->accesses > 0)
        verif_text_add(t, " + wait for the walker %" PRIu64, h->start_cycle - h->accept_cycle);
    for (uint32_t k = 0; k < h->accesses && h->accesses <= MMU_WALK_LOG; k++) {
        const struct mmu_walk_access *a = &h->access[k];
        verif_text_add(t, " + level %u%s (g ", a->level, a->write ? " update" : "");
        if (a->grant_cycle == MMU_NEVER || a->data_cycle == MMU_NEVER)
            verif_text_add(t, "pending)");
        else
            verif_text_add(t, "%" PRIu64 " + L %" PRIu64 ")", a->grant_cycle - a->request_cycle + 1,
                           a->data_cycle - a->grant_cycle);
    }
    if (h->response_cycle != MMU_NEVER)
        verif_text_add(t, " = %" PRIu64 " cycles", h->response_cycle - h->accept_cycle);
    if (m->observed_response_cycle != MMU_NEVER && h->response_cycle != MMU_NEVER)
        verif_text_add(t, "; observed %" PRIu64 ": %+" PRId64,
                       m->observed_response_cycle - m->base - h->accept_cycle,
                       (int64_t)(m->observed_response_cycle - m->base - h->response_cycle));
    verif_text_add(t, "\n");
    late_term(t, bench, m);
}

// --- history -------------------------------------------------------------------------------

// Whether the fence covers a translation of this va at any page size; global ones not counted.
static bool covers(const struct mmu_fence *fence, const struct mismatch *m) {
    uint64_t va = m->history.request.va;
    unsigned level = m->has_answer && m->expected_answer.level < 3 ? m->expected_answer.level : 0;
    unsigned shift = MMU_PAGE_BITS + 9 * level;
    if (fence->has_asid && fence->asid != mmu_satp_asid(m->history.csr.satp)) return false;
    return !fence->has_va || (fence->va >> shift) == (va >> shift);
}

static const struct bench_fence_record *last_fence(const struct bench *bench,
                                                   const struct mismatch *m) {
    for (unsigned i = 0;; i++) {
        const struct bench_fence_record *record = bench_fence_log(bench, i);
        if (!record || covers(&record->fence, m)) return record;
    }
}

static const struct bench_write *last_write(const struct bench *bench, uint64_t pa) {
    for (unsigned i = 0;; i++) {
        const struct bench_write *write = bench_write_log(bench, i);
        if (!write || write->pa == pa) return write;
    }
}

void explain_history(struct verif_text *t, const struct bench *bench, const struct mismatch *m,
                     const struct third_opinion *third) {
    const struct bench_fence_record *fence = last_fence(bench, m);
    verif_text_add(t, "\nHistory   ");
    if (fence)
        verif_text_add(t, "last fence that covers this page: cycle %" PRIu64 " (%s, %s)\n",
                       fence->cycle, fence->fence.has_va ? "one address" : "all addresses",
                       fence->fence.has_asid ? "one asid" : "all asids");
    else
        verif_text_add(t, "no fence that covers this page among the last %u\n", BENCH_FENCE_LOG);
    for (unsigned k = 0; k < third->reads; k++) {
        const struct bench_write *w = last_write(bench, third->pa[k]);
        if (!w) continue;
        bool software = w->writer == BENCH_WRITER_SOFTWARE;
        verif_text_add(
            t,
            "          PTE 0x%014" PRIx64 ": written in cycle %" PRIu64 " by %s, 0x%" PRIx64
            " -> 0x%" PRIx64 "%s\n",
            w->pa, w->cycle, software ? "software" : "hardware (A/D update)", w->before, w->after,
            software && (!fence || fence->cycle < w->cycle) ? "  <-- no fence since" : "");
    }
}
