// SPDX-License-Identifier: Apache-2.0
// What happened before: fences, kills and PMP writes; who wrote the PTEs last and which fence came
// since.
#include <inttypes.h>
#include <stdio.h>

#include "explain_facts.h"

static const char *fence_name(unsigned op) {
    static const char *const names[] = {"SFENCE.VMA", "SINVAL.VMA", "SFENCE.W.INVAL",
                                        "SFENCE.INVAL.IR"};
    return names[op & 3];
}

// --- events --------------------------------------------------------------------------------

static void fence_words(const struct mmu_fence *fence, char out[EXPLAIN_WORDS]) {
    char va[40] = " all addresses", asid[24] = ", all asids";
    if (fence->op != MMU_SFENCE_VMA && fence->op != MMU_SINVAL_VMA) va[0] = asid[0] = '\0';
    if (va[0] && fence->has_va) snprintf(va, sizeof va, " va 0x%" PRIx64, fence->va);
    if (asid[0] && fence->has_asid) snprintf(asid, sizeof asid, ", asid %u", fence->asid);
    snprintf(out, EXPLAIN_WORDS, "%s%s%s", fence_name(fence->op), va, asid);
}

static void pmp_words(const struct mmu_pmp_write *write, char out[EXPLAIN_WORDS]) {
    char cfg[16] = "", addr[40] = "";
    if (write->write_cfg) snprintf(cfg, sizeof cfg, " cfg 0x%02x", write->cfg);
    if (write->write_addr) snprintf(addr, sizeof addr, " addr 0x%" PRIx64, write->addr);
    snprintf(out, EXPLAIN_WORDS, "PMP entry %u:%s%s", write->index, cfg, addr);
}

static void event_words(const struct bench_event *event, char out[EXPLAIN_WORDS]) {
    switch (event->kind) {
        case EVENT_FENCE:
            fence_words(&event->fence, out);
            break;
        case EVENT_KILL:
            snprintf(out, EXPLAIN_WORDS, "kill of%s%s", event->kill & 1 ? " data" : "",
                     event->kill & 2 ? " fetch" : "");
            break;
        case EVENT_PMP_WRITE:
            pmp_words(&event->pmp_write, out);
            break;
    }
}

// Those since the acceptance, and a few before: they decide which entries are still there.
void explain_events(const struct bench *bench, const struct mismatch *m, struct explain_facts *f) {
    enum { BEFORE = 4 };
    uint64_t accepted = m->base + m->history.accept_cycle, count = bench->event_count;
    unsigned n = 0, before = 0;
    while (n < EXPLAIN_MOST_EVENTS && n < count && n < BENCH_EVENT_LOG) {
        const struct bench_event *event = &bench->events[(count - 1 - n) % BENCH_EVENT_LOG];
        if (event->cycle < accepted && before++ == BEFORE) break;
        n++;
    }
    for (f->event_count = 0; f->event_count < n; f->event_count++) {
        const struct bench_event *event =
            &bench->events[(count - n + f->event_count) % BENCH_EVENT_LOG];
        f->event[f->event_count].cycle = event->cycle;
        event_words(event, f->event[f->event_count].words);
    }
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

void explain_history(const struct bench *bench, const struct mismatch *m,
                     const struct third_opinion *third, struct explain_history *history) {
    const struct bench_fence_record *fence = last_fence(bench, m);
    history->shown = true;
    history->has_fence = fence != NULL;
    if (fence) {
        history->fence_cycle = fence->cycle;
        history->one_address = fence->fence.has_va;
        history->one_asid = fence->fence.has_asid;
    }
    for (unsigned k = 0; k < third->trace.steps && k < MMU_WALK_STEPS; k++) {
        const struct mmu_walk_step *step = &third->trace.step[k];
        const struct bench_write *w = step->write ? NULL : last_write(bench, step->pa);
        if (!w || history->count == EXPLAIN_MOST_WRITES) continue;
        bool software = w->writer == BENCH_WRITER_SOFTWARE;
        history->write[history->count++] =
            (struct explain_write){.pa = w->pa,
                                   .cycle = w->cycle,
                                   .before = w->before,
                                   .after = w->after,
                                   .software = software,
                                   .unfenced = software && (!fence || fence->cycle < w->cycle)};
    }
}
