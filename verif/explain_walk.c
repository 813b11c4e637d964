// SPDX-License-Identifier: Apache-2.0
// The walk as a tree with its first differing transaction, what protection denied, the latency in
// its terms.
#include <inttypes.h>
#include <string.h>

#include "explain_internal.h"

// --- protection ----------------------------------------------------------------------------

// The entry that decides about a word, -1: none.
static int deciding_entry(const struct mmu_pmp *pmp, uint64_t word) {
    for (unsigned k = 0; k < pmp->entries; k++)
        if (pmp->first_word[k] <= word && word <= pmp->last_word[k]) return (int)k;
    return -1;
}

// The lowest-numbered entry that holds a word of [pa, pa + bytes).
static int deciding_entry_of(const struct mmu_pmp *pmp, uint64_t pa, unsigned bytes) {
    int entry = deciding_entry(pmp, pa >> 2);
    if (bytes <= 4) return entry;
    int second = deciding_entry(pmp, (pa >> 2) + 1);
    if (entry < 0) return second;
    return second >= 0 && second < entry ? second : entry;
}

void explain_denial(struct verif_text *t, const struct bench *bench, uint64_t pa, unsigned bytes) {
    static const char *const kinds[] = {"OFF", "TOR", "NA4", "NAPOT"};
    const struct mmu_pmp *pmp = explain_pmp(bench);
    unsigned pa_bits = bench->config.mmu.arch.pa_bits;
    int k = deciding_entry_of(pmp, pa, bytes);
    if (pa >> pa_bits) {
        verif_text_add(t, "denied: physical addresses have %u bits", pa_bits);
    } else if (k < 0) {
        verif_text_add(t, "denied: no PMP entry holds it");
    } else {
        unsigned cfg = pmp->cfg[k];
        uint64_t last = (pmp->last_word[k] << 2) + 3;
        verif_text_add(t, "denied by PMP entry %d (%s 0x%" PRIx64 "-0x%" PRIx64 " %c%c%c%s)", k,
                       kinds[cfg >> 3 & 3], pmp->first_word[k] << 2, last,
                       cfg & MMU_PMP_READ ? 'r' : '-', cfg & MMU_PMP_WRITE ? 'w' : '-',
                       cfg & MMU_PMP_EXECUTE ? 'x' : '-', cfg & 0x80 ? " locked" : "");
        if (pa + bytes - 1 > last || pa < pmp->first_word[k] << 2)
            verif_text_add(t, ", which holds it in part");
    }
}

void explain_final_check(struct verif_text *t, const struct bench *bench, const struct mismatch *m,
                         const struct third_opinion *third) {
    unsigned bytes = 1u << (m->history.request.size & 3);
    if (!third->trace.final_denied) return;
    verif_text_add(t, "\nFinal     %u byte%s at 0x%014" PRIx64 ": ", bytes, bytes > 1 ? "s" : "",
                   third->trace.final_pa);
    explain_denial(t, bench, third->trace.final_pa, bytes);
    verif_text_add(t, "\n");
}

// --- walk ----------------------------------------------------------------------------------

static unsigned levels_of(const struct bench *bench, const struct mismatch *m) {
    const struct mmu_arch *arch = &bench->config.mmu.arch;
    const struct mmu_mode *mode = mmu_mode_of(arch, mmu_satp_mode(arch, m->history.csr.satp));
    return mode ? mode->levels : 1;
}

// The root's line is not indented, each level below it by two.
static void level_and_address(struct verif_text *t, unsigned levels, unsigned level, bool write,
                              uint64_t pa) {
    unsigned depth = level < levels ? levels - 1 - level : 0;
    verif_text_add(t, "          %*slevel %u %s 0x%014" PRIx64, (int)(2 * depth), "", level,
                   write ? "update" : "PTE at", pa);
}

static void walk_line(struct verif_text *t, const struct bench *bench, const struct mismatch *m,
                      const struct mmu_walk_access *a) {
    // What the grant of the cycle that disagreed would have brought is not known.
    bool answered =
        !a->denied && a->grant_cycle != MMU_NEVER && m->base + a->grant_cycle < m->cycle;
    level_and_address(t, levels_of(bench, m), a->level, a->write, a->pa);
    if (a->denied) {
        verif_text_add(t, "  cycle %" PRIu64 ": ", m->base + a->request_cycle);
        explain_denial(t, bench, a->pa, bench_pte_bytes(bench));
        verif_text_add(t, "%s\n", a->ignored ? ", ignored (fence or kill)" : "");
        return;
    }
    if (answered) {
        verif_text_add(t, " = ");
        explain_pte(t, bench, a->value);
    }
    verif_text_add(t, "  request %" PRIu64, m->base + a->request_cycle);
    if (answered && a->data_cycle != MMU_NEVER)
        verif_text_add(t, ", data %" PRIu64, m->base + a->data_cycle);
    verif_text_add(t, "%s%s\n", a->error ? ", ERROR" : "",
                   a->ignored ? ", ignored (fence or kill)" : "");
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

static void dut_alone(struct verif_text *t, const struct bench_access *access) {
    verif_text_add(t,
                   "          the DUT alone: %s 0x%014" PRIx64 " = 0x%016" PRIx64
                   " in cycle %" PRIu64 "%s\n",
                   access->write ? "update" : "read", access->pa, access->value,
                   access->request_cycle, access->error ? ", ERROR" : "");
}

// Denied requests are not transactions: the DUT shows none.
void explain_walk(struct verif_text *t, const struct bench *bench, const struct mismatch *m) {
    const struct mmu_history *h = &m->history;
    const struct bench_access *observed[BENCH_ACCESS_LOG];
    unsigned n = bench_dut_accesses(bench, h, observed);
    if (h->accesses == 0 && (n == 0 || m->check != CHECK_PTE_ACCESS)) {
        verif_text_add(t, "\nWalk      none by the model\n");
        return;
    }
    uint32_t first = h->accesses > MMU_WALK_LOG ? h->accesses - MMU_WALK_LOG : 0;
    uint32_t denied = bench_denied(h);
    verif_text_add(t, "\nWalk      memory transactions: model %u, DUT %u\n", h->accesses - denied,
                   n);
    uint32_t made = first;
    for (uint32_t k = first; k < h->accesses; k++) {
        const struct mmu_walk_access *a = &h->access[k % MMU_WALK_LOG];
        walk_line(t, bench, m, a);
        if (a->denied) continue;
        if (first == 0) walk_note(t, m, a, made < n ? observed[made] : NULL);
        made++;
    }
    for (uint32_t k = made; k < n; k++) dut_alone(t, observed[k]);
}

void explain_present_walk(struct verif_text *t, const struct bench *bench,
                          const struct third_opinion *third) {
    const struct mmu_walk_trace *trace = &third->trace;
    if (!third->mode || trace->steps == 0) {
        verif_text_add(t, "\nWalk      none in memory as it is now\n");
        return;
    }
    verif_text_add(t, "\nWalk      in memory as it is now\n");
    for (unsigned k = 0; k < trace->steps && k < MMU_WALK_STEPS; k++) {
        const struct mmu_walk_step *step = &trace->step[k];
        level_and_address(t, third->mode->levels, step->level, step->write, step->pa);
        if (step->denied) {
            verif_text_add(t, "  ");
            explain_denial(t, bench, step->pa, bench_pte_bytes(bench));
        } else if (step->error) {
            verif_text_add(t, "  ERROR: no memory there");
        } else {
            verif_text_add(t, " = ");
            explain_pte(t, bench, step->value);
        }
        verif_text_add(t, "\n");
    }
}

// --- latency -------------------------------------------------------------------------------

// The first of the DUT's requests that is not in its cycle.
static void late_term(struct verif_text *t, const struct bench *bench, const struct mismatch *m) {
    const struct mmu_history *h = &m->history;
    const struct bench_access *observed[BENCH_ACCESS_LOG];
    unsigned n = bench_dut_accesses(bench, h, observed), made = 0;
    for (uint32_t k = 0; k < h->accesses && made < n && h->accesses <= MMU_WALK_LOG; k++) {
        if (h->access[k].denied) continue;
        int64_t late =
            (int64_t)(observed[made++]->request_cycle - m->base - h->access[k].request_cycle);
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

static void latency_term(struct verif_text *t, const struct mmu_walk_access *a) {
    verif_text_add(t, " + level %u%s (", a->level, a->write ? " update" : "");
    if (a->denied)
        verif_text_add(t, "denied 1)");
    else if (a->grant_cycle == MMU_NEVER || a->data_cycle == MMU_NEVER)
        verif_text_add(t, "g pending)");
    else
        verif_text_add(t, "g %" PRIu64 " + L %" PRIu64 ")", a->grant_cycle - a->request_cycle + 1,
                       a->data_cycle - a->grant_cycle);
}

void explain_latency(struct verif_text *t, const struct bench *bench, const struct mismatch *m) {
    const struct mmu_history *h = &m->history;
    verif_text_add(t, "\nLatency   lookup and answer 1");
    if (h->accesses > 0)
        verif_text_add(t, " + wait for the walker %" PRIu64, h->start_cycle - h->accept_cycle);
    for (uint32_t k = 0; k < h->accesses && h->accesses <= MMU_WALK_LOG; k++)
        latency_term(t, &h->access[k % MMU_WALK_LOG]);
    if (h->response_cycle != MMU_NEVER)
        verif_text_add(t, " = %" PRIu64 " cycles", h->response_cycle - h->accept_cycle);
    if (m->observed_response_cycle != MMU_NEVER && h->response_cycle != MMU_NEVER)
        verif_text_add(t, "; observed %" PRIu64 ": %+" PRId64,
                       m->observed_response_cycle - m->base - h->accept_cycle,
                       (int64_t)(m->observed_response_cycle - m->base - h->response_cycle));
    verif_text_add(t, "\n");
    late_term(t, bench, m);
}
