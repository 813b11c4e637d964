// SPDX-License-Identifier: Apache-2.0
// What happened before: fences, kills and PMP writes; who wrote the PTEs last and which fence came
// since.
#include <inttypes.h>

#include "explain_internal.h"

static const char *fence_name(unsigned op) {
    static const char *const names[] = {"SFENCE.VMA", "SINVAL.VMA", "SFENCE.W.INVAL",
                                        "SFENCE.INVAL.IR"};
    return names[op & 3];
}

// --- events --------------------------------------------------------------------------------

static void fence_line(struct verif_text *t, const struct mmu_fence *fence) {
    verif_text_add(t, "%s", fence_name(fence->op));
    if (fence->op != MMU_SFENCE_VMA && fence->op != MMU_SINVAL_VMA) return;
    if (fence->has_va)
        verif_text_add(t, " va 0x%" PRIx64, fence->va);
    else
        verif_text_add(t, " all addresses");
    if (fence->has_asid)
        verif_text_add(t, ", asid %u", fence->asid);
    else
        verif_text_add(t, ", all asids");
}

static void pmp_line(struct verif_text *t, const struct mmu_pmp_write *write) {
    verif_text_add(t, "PMP entry %u:", write->index);
    if (write->write_cfg) verif_text_add(t, " cfg 0x%02x", write->cfg);
    if (write->write_addr) verif_text_add(t, " addr 0x%" PRIx64, write->addr);
}

static void event_line(struct verif_text *t, const struct bench_event *event) {
    verif_text_add(t, "          cycle %-8" PRIu64 " ", event->cycle);
    switch (event->kind) {
        case EVENT_FENCE:
            fence_line(t, &event->fence);
            break;
        case EVENT_KILL:
            verif_text_add(t, "kill of%s%s", event->kill & 1 ? " data" : "",
                           event->kill & 2 ? " fetch" : "");
            break;
        case EVENT_PMP_WRITE:
            pmp_line(t, &event->pmp_write);
            break;
    }
    verif_text_add(t, "\n");
}

// Those since the acceptance, and a few before: they decide which entries are still there.
void explain_events(struct verif_text *t, const struct bench *bench, const struct mismatch *m) {
    enum { MOST = 12, BEFORE = 4 };
    uint64_t accepted = m->base + m->history.accept_cycle;
    unsigned n = 0, before = 0;
    while (n < MOST && n < bench->event_count && n < BENCH_EVENT_LOG) {
        const struct bench_event *event =
            &bench->events[(bench->event_count - 1 - n) % BENCH_EVENT_LOG];
        if (event->cycle < accepted && before++ == BEFORE) break;
        n++;
    }
    if (n == 0) return;
    verif_text_add(t, "\nEvents    fences, kills and PMP writes, the latest last\n");
    while (n-- > 0) event_line(t, &bench->events[(bench->event_count - 1 - n) % BENCH_EVENT_LOG]);
}

// --- PTEs ------------------------------------------------------------------------------------

// Bits of the va that are the offset in the page that the answer tells, 12 without one.
static unsigned page_bits(const struct bench *bench, const struct mismatch *m) {
    const struct mmu_arch *arch = &bench->config.mmu.arch;
    const struct mmu_mode *mode = mmu_mode_of(arch, mmu_satp_mode(arch, m->history.csr.satp));
    const struct mmu_answer *a = &m->expected_answer;
    if (!mode || !m->has_answer || a->fault || a->level >= mode->levels) return MMU_PAGE_BITS;
    return mmu_page_bits(mode, a->level, a->napot);
}

// Whether the fence covers a translation of this va at any page size; global ones not counted.
static bool covers(const struct bench *bench, const struct mmu_fence *fence,
                   const struct mismatch *m) {
    const struct mmu_arch *arch = &bench->config.mmu.arch;
    unsigned shift = page_bits(bench, m);
    uint16_t asid = mmu_satp_asid(arch, m->history.csr.satp);
    uint16_t mask = (uint16_t)((UINT32_C(1) << arch->asid_bits) - 1);
    if (fence->op != MMU_SFENCE_VMA && fence->op != MMU_SINVAL_VMA) return false;
    if (fence->has_asid && (fence->asid & mask) != asid) return false;
    return !fence->has_va || (fence->va >> shift) == (m->history.request.va >> shift);
}

static const struct bench_fence_record *last_fence(const struct bench *bench,
                                                   const struct mismatch *m) {
    for (unsigned i = 0;; i++) {
        const struct bench_fence_record *record = bench_fence_log(bench, i);
        if (!record || covers(bench, &record->fence, m)) return record;
    }
}

static const struct bench_write *last_write(const struct bench *bench, uint64_t pa) {
    for (unsigned i = 0;; i++) {
        const struct bench_write *write = bench_write_log(bench, i);
        if (!write || write->pa == pa) return write;
    }
}

static void write_line(struct verif_text *t, const struct bench_write *w,
                       const struct bench_fence_record *fence) {
    bool software = w->writer == BENCH_WRITER_SOFTWARE;
    verif_text_add(t,
                   "          PTE 0x%014" PRIx64 ": written in cycle %" PRIu64 " by %s, 0x%" PRIx64
                   " -> 0x%" PRIx64 "%s\n",
                   w->pa, w->cycle, software ? "software" : "hardware (A/D update)", w->before,
                   w->after,
                   software && (!fence || fence->cycle < w->cycle) ? "  <-- no fence since" : "");
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
    for (unsigned k = 0; k < third->trace.steps && k < MMU_WALK_STEPS; k++) {
        const struct mmu_walk_step *step = &third->trace.step[k];
        const struct bench_write *w = step->write ? NULL : last_write(bench, step->pa);
        if (w) write_line(t, w, fence);
    }
}
