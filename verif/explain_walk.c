// SPDX-License-Identifier: Apache-2.0
// The model's walk with the first transaction of the DUT that differs; the walk in memory as it is
// now; what protection denied.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "explain_facts.h"

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

static void entry_words(const struct mmu_pmp *pmp, unsigned k, uint64_t pa, unsigned bytes,
                        char out[EXPLAIN_WORDS]) {
    static const char *const kinds[] = {"OFF", "TOR", "NA4", "NAPOT"};
    unsigned cfg = pmp->cfg[k];
    uint64_t last = (pmp->last_word[k] << 2) + 3;
    bool part = pa + bytes - 1 > last || pa < pmp->first_word[k] << 2;
    snprintf(out, EXPLAIN_WORDS,
             "denied by PMP entry %u (%s 0x%" PRIx64 "-0x%" PRIx64 " %c%c%c%s)%s", k,
             kinds[cfg >> 3 & 3], pmp->first_word[k] << 2, last, cfg & MMU_PMP_READ ? 'r' : '-',
             cfg & MMU_PMP_WRITE ? 'w' : '-', cfg & MMU_PMP_EXECUTE ? 'x' : '-',
             cfg & 0x80 ? " locked" : "", part ? ", which holds it in part" : "");
}

// Why the PMP, or the width of physical addresses, denies an access.
static void denial(const struct bench *bench, uint64_t pa, unsigned bytes,
                   char out[EXPLAIN_WORDS]) {
    const struct mmu_pmp *pmp = explain_pmp(bench);
    unsigned pa_bits = bench->config.mmu.arch.pa_bits;
    int k = deciding_entry_of(pmp, pa, bytes);
    if (pa >> pa_bits)
        snprintf(out, EXPLAIN_WORDS, "denied: physical addresses have %u bits", pa_bits);
    else if (k < 0)
        snprintf(out, EXPLAIN_WORDS, "denied: no PMP entry holds it");
    else
        entry_words(pmp, (unsigned)k, pa, bytes, out);
}

void explain_final_check(const struct bench *bench, const struct mismatch *m,
                         const struct third_opinion *third, struct explain_facts *f) {
    if (!third->trace.final_denied) return;
    f->final_bytes = 1u << (m->history.request.size & 3);
    f->final_pa = third->trace.final_pa;
    denial(bench, f->final_pa, f->final_bytes, f->final_denial);
}

// --- the model's walk ------------------------------------------------------------------------

static unsigned levels_of(const struct bench *bench, const struct mismatch *m) {
    const struct mmu_arch *arch = &bench->config.mmu.arch;
    const struct mmu_mode *mode = mmu_mode_of(arch, mmu_satp_mode(arch, m->history.csr.satp));
    return mode ? mode->levels : 1;
}

static struct explain_step *new_step(struct explain_walk *walk, unsigned levels, unsigned level) {
    struct explain_step *step = &walk->step[walk->count];
    if (walk->count + 1 < EXPLAIN_MOST_STEPS) walk->count++;
    *step = (struct explain_step){.level = (uint8_t)level,
                                  .depth = (uint8_t)(level < levels ? levels - 1 - level : 0)};
    return step;
}

static struct explain_step *model_step(const struct bench *bench, const struct mismatch *m,
                                       const struct mmu_walk_access *a, struct explain_walk *walk) {
    struct explain_step *step = new_step(walk, levels_of(bench, m), a->level);
    // What the grant of the cycle that disagreed would have brought is not known.
    bool answered =
        !a->denied && a->grant_cycle != MMU_NEVER && m->base + a->grant_cycle < m->cycle;
    step->pa = a->pa;
    step->write = a->write;
    step->denied = a->denied;
    step->ignored = a->ignored;
    step->timed = true;
    step->request = m->base + a->request_cycle;
    if (a->denied) denial(bench, a->pa, bench_pte_bytes(bench), step->denial);
    if (a->denied) return step;
    step->error = a->error;
    step->has_value = answered;
    step->value = a->value;
    step->has_data = answered && a->data_cycle != MMU_NEVER;
    step->data = m->base + a->data_cycle;
    return step;
}

static void compare_step(struct explain_step *step, const struct bench_access *observed) {
    if (!observed) {
        step->difference = EXPLAIN_MISSING;
        return;
    }
    step->dut_write = observed->write;
    step->dut_pa = observed->pa;
    step->dut_request = observed->request_cycle;
    if (observed->pa != step->pa || observed->write != step->write)
        step->difference = EXPLAIN_OTHER;
    else if (observed->request_cycle != step->request)
        step->difference = EXPLAIN_TIME;
}

static void dut_step(struct explain_walk *walk, const struct bench_access *access) {
    struct explain_step *step = new_step(walk, 0, 0);
    step->difference = EXPLAIN_DUT_ALONE;
    step->write = access->write;
    step->pa = access->pa;
    step->has_value = true;
    step->value = access->value;
    step->timed = true;
    step->request = access->request_cycle;
    step->error = access->error;
}

// Denied requests are not transactions: the DUT shows none.
void explain_walk(const struct bench *bench, const struct mismatch *m, struct explain_walk *walk) {
    const struct mmu_history *h = &m->history;
    const struct bench_access *observed[BENCH_ACCESS_LOG];
    unsigned n = bench_dut_accesses(bench, h, m->observed_response_cycle, observed);
    walk->shown = true;
    walk->merged = h->merged;
    if (h->accesses == 0 && (n == 0 || m->check != CHECK_PTE_ACCESS)) return;
    uint32_t first = h->accesses > MMU_WALK_LOG ? h->accesses - MMU_WALK_LOG : 0, made = first;
    walk->kind = EXPLAIN_MODEL_WALK;
    walk->slot = h->slot;
    walk->model = h->accesses - bench_denied(h);
    walk->dut = n;
    walk->pwc_hit = h->pwc_hit;
    walk->pwc_level = h->pwc_level;
    for (uint32_t k = first; k < h->accesses; k++) {
        const struct mmu_walk_access *a = &h->access[k % MMU_WALK_LOG];
        struct explain_step *step = model_step(bench, m, a, walk);
        if (a->denied) continue;
        if (first == 0) compare_step(step, made < n ? observed[made] : NULL);
        made++;
    }
    for (uint32_t k = made; k < n; k++) dut_step(walk, observed[k]);
}

// --- memory as it is now ---------------------------------------------------------------------

void explain_present_walk(const struct bench *bench, const struct third_opinion *third,
                          struct explain_walk *walk) {
    const struct mmu_walk_trace *trace = &third->trace;
    walk->shown = true;
    if (!third->mode || trace->steps == 0) return;
    walk->kind = EXPLAIN_PRESENT_WALK;
    for (unsigned k = 0; k < trace->steps && k < MMU_WALK_STEPS; k++) {
        const struct mmu_walk_step *from = &trace->step[k];
        struct explain_step *step = new_step(walk, third->mode->levels, from->level);
        step->pa = from->pa;
        step->write = from->write;
        step->denied = from->denied;
        step->error = from->error && !from->denied;
        step->has_value = !from->denied && !from->error;
        step->value = from->value;
        if (from->denied) denial(bench, from->pa, bench_pte_bytes(bench), step->denial);
    }
}
