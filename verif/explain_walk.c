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
    unsigned n = bench_dut_accesses(bench, h, m->observed_response_cycle, observed);
    if (h->accesses == 0 && (n == 0 || m->check != CHECK_PTE_ACCESS)) {
        verif_text_add(t, "\nWalk      none by the model%s\n",
                       h->merged ? ": it takes over another request's" : "");
        return;
    }
    uint32_t first = h->accesses > MMU_WALK_LOG ? h->accesses - MMU_WALK_LOG : 0;
    uint32_t denied = bench_denied(h);
    verif_text_add(t, "\nWalk      slot %u, memory transactions: model %u, DUT %u", h->slot,
                   h->accesses - denied, n);
    if (h->pwc_hit)
        verif_text_add(t, "; begun with the page-walk cache's pointer of level %u", h->pwc_level);
    verif_text_add(t, "\n");
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

struct late {
    const char *term;
    const struct mmu_walk_access *access;  // NULL: of no transaction
    int64_t cycles;
};

// The term of one transaction in which the DUT differs.
static struct late late_transaction(const struct mismatch *m, const struct mmu_walk_access *model,
                                    const struct bench_access *dut) {
    const struct {
        const char *term;
        uint64_t model, dut;
    } ends[] = {{"wire", m->base + model->request_cycle, dut->request_cycle},
                {"grant", m->base + model->grant_cycle, dut->grant_cycle},
                {"memory", m->base + model->data_cycle, dut->data_cycle}};
    for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends[i].model != ends[i].dut)
            return (struct late){ends[i].term, model, (int64_t)(ends[i].dut - ends[i].model)};
    return (struct late){0};
}

// What stands between the last transaction, or the acceptance, and the answer.
static const char *last_term(const struct mmu_history *h, const struct mmu_answer *expected) {
    if (expected->source == MMU_SOURCE_L2) return "l2";
    if (expected->source != MMU_SOURCE_WALK) return "lookup";
    if (h->merged) return h->terms.wait ? "wait or resolve" : "resolve";
    return "completion";
}

// The first of the DUT's events on the way to the answer that is not in its cycle.
static struct late first_late(const struct bench *bench, const struct mismatch *m) {
    const struct mmu_history *h = &m->history;
    const struct bench_access *observed[BENCH_ACCESS_LOG];
    unsigned n = bench_dut_accesses(bench, h, m->observed_response_cycle, observed), made = 0;
    if (!bench->shadow) return (struct late){0};
    for (uint32_t k = 0; k < h->accesses && made < n && h->accesses <= MMU_WALK_LOG; k++) {
        if (h->access[k].denied) continue;
        struct late late = late_transaction(m, &h->access[k], observed[made++]);
        if (!late.term) continue;
        // Its request stands as soon as it can and the wires are free: what came before was late.
        if (k == 0 && late.term[0] == 'w') late.term = h->terms.wait ? "wait or wire" : "wire";
        return late;
    }
    bool in_cycles = m->expected > 1 && m->expected != MMU_NEVER && m->observed != MMU_NEVER;
    if (m->check != CHECK_LATENCY || !in_cycles) return (struct late){0};
    int64_t cycles = (int64_t)(m->observed - m->expected);
    if (!m->has_answer && h->accesses == 0) return (struct late){m->what, NULL, cycles};
    // The latest request, the one that is awaited: it could be made, and did not stand.
    if (!m->has_answer)
        return (struct late){"wire", &h->access[(h->accesses - 1) % MMU_WALK_LOG], cycles};
    return (struct late){last_term(h, &m->expected_answer), NULL, cycles};
}

static void late_term(struct verif_text *t, const struct bench *bench, const struct mismatch *m) {
    struct late late = first_late(bench, m);
    if (!late.term) return;
    verif_text_add(t, "          first term that differs: %s", late.term);
    if (late.access)
        verif_text_add(t, " of level %u%s", late.access->level,
                       late.access->write ? " (write-back)" : "");
    verif_text_add(t, ", %+" PRId64 "\n", late.cycles);
}

static void transaction_terms(struct verif_text *t, const struct mmu_walk_access *a) {
    verif_text_add(t, "\n            + level %u%s (wire %" PRIu64, a->level,
                   a->write ? " write-back" : "", a->request_cycle - a->ready_cycle);
    if (a->denied)
        verif_text_add(t, ", denied 1)");
    else if (a->grant_cycle == MMU_NEVER || a->data_cycle == MMU_NEVER)
        verif_text_add(t, ", grant pending)");
    else
        verif_text_add(t, " + grant %" PRIu64 " + memory %" PRIu64 ")",
                       a->grant_cycle - a->request_cycle + 1, a->data_cycle - a->grant_cycle);
    if (a->ignored) verif_text_add(t, ", ignored");
}

static void one_term(struct verif_text *t, const char *name, uint64_t cycles) {
    if (cycles) verif_text_add(t, " + %s %" PRIu64, name, cycles);
}

void explain_latency(struct verif_text *t, const struct bench *bench, const struct mismatch *m) {
    const struct mmu_history *h = &m->history;
    const struct mmu_terms *terms = &h->terms;
    verif_text_add(t, "\nLatency   lookup 1");
    one_term(t, "l2", terms->l2);
    one_term(t, "wait", terms->wait);
    one_term(t, "resolve", terms->resolve);
    for (uint32_t k = 0; k < h->accesses && h->accesses <= MMU_WALK_LOG; k++)
        transaction_terms(t, &h->access[k % MMU_WALK_LOG]);
    if (h->accesses > MMU_WALK_LOG)
        verif_text_add(t, " + wire %" PRIu64 " + grant %" PRIu64 " + memory %" PRIu64, terms->wire,
                       terms->grant, terms->memory);
    one_term(t, "restart", terms->restart);
    one_term(t, "completion", terms->completion);
    if (h->response_cycle != MMU_NEVER)
        verif_text_add(t, " = %" PRIu64 " cycles", h->response_cycle - h->accept_cycle);
    if (m->observed_response_cycle != MMU_NEVER && h->response_cycle != MMU_NEVER)
        verif_text_add(t, "; observed %" PRIu64 ": %+" PRId64,
                       m->observed_response_cycle - m->base - h->accept_cycle,
                       (int64_t)(m->observed_response_cycle - m->base - h->response_cycle));
    verif_text_add(t, "\n");
    late_term(t, bench, m);
}
