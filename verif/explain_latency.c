// SPDX-License-Identifier: Apache-2.0
// The latency in its terms, and the first of them in which the DUT differs.
#include <string.h>

#include "explain_facts.h"

// --- the first term that differs -----------------------------------------------------------

static void late(struct explain_latency *latency, const char *term, int transaction,
                 int64_t cycles) {
    latency->late = term;
    latency->late_transaction = transaction;
    latency->late_cycles = cycles;
}

// Of the transaction of this access.
static void late_access(struct explain_latency *latency, const char *term, uint32_t index,
                        const struct mmu_walk_access *access, int64_t cycles) {
    late(latency, term, (int)(index % MMU_WALK_LOG), cycles);
    latency->late_level = access->level;
    latency->late_write = access->write;
}

// The term of one transaction in which the DUT differs.
static const char *late_of(const struct mismatch *m, const struct mmu_walk_access *model,
                           const struct bench_access *dut, int64_t *cycles) {
    const struct {
        const char *term;
        uint64_t model, dut;
    } ends[] = {{"wire", m->base + model->request_cycle, dut->request_cycle},
                {"grant", m->base + model->grant_cycle, dut->grant_cycle},
                {"memory", m->base + model->data_cycle, dut->data_cycle}};
    for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++) {
        *cycles = (int64_t)(ends[i].dut - ends[i].model);
        if (*cycles) return ends[i].term;
    }
    return NULL;
}

// What stands between the last transaction, or the acceptance, and the answer.
static const char *last_term(const struct mmu_history *h, const struct mmu_answer *expected) {
    if (expected->source == MMU_SOURCE_L2) return "l2";
    if (expected->source != MMU_SOURCE_WALK) return "lookup";
    if (h->merged) return h->terms.wait ? "wait or resolve" : "resolve";
    return "completion";
}

static bool late_transaction(const struct bench *bench, const struct mismatch *m,
                             struct explain_latency *latency) {
    const struct mmu_history *h = &m->history;
    const struct bench_access *observed[BENCH_ACCESS_LOG];
    unsigned n = bench_dut_accesses(bench, h, m->observed_response_cycle, observed), made = 0;
    for (uint32_t k = 0; k < h->accesses && made < n && h->accesses <= MMU_WALK_LOG; k++) {
        int64_t cycles;
        if (h->access[k].denied) continue;
        const char *term = late_of(m, &h->access[k], observed[made++], &cycles);
        if (!term) continue;
        // Its request stands as soon as it can and the wires are free: what came before was late.
        if (k == 0 && term[0] == 'w' && h->terms.wait) term = "wait or wire";
        late_access(latency, term, k, &h->access[k], cycles);
        return true;
    }
    return false;
}

// The first of the DUT's events on the way to the answer that is not in its cycle.
static void first_late(const struct bench *bench, const struct mismatch *m,
                       struct explain_latency *latency) {
    const struct mmu_history *h = &m->history;
    bool in_cycles = m->expected > 1 && m->expected != MMU_NEVER && m->observed != MMU_NEVER;
    if (!bench->shadow || late_transaction(bench, m, latency)) return;
    if (m->check != CHECK_LATENCY || !in_cycles) return;
    int64_t cycles = (int64_t)(m->observed - m->expected);
    uint32_t last = h->accesses - 1;
    if (m->has_answer)
        late(latency, last_term(h, &m->expected_answer), -1, cycles);
    else if (h->accesses == 0)
        late(latency, m->what, -1, cycles);
    else  // the latest request, the one that is awaited: it could be made, and did not stand
        late_access(latency, "wire", last, &h->access[last % MMU_WALK_LOG], cycles);
}

// --- terms -----------------------------------------------------------------------------------

static struct explain_transaction transaction(const struct mmu_walk_access *a) {
    struct explain_transaction t = {.level = a->level,
                                    .write = a->write,
                                    .denied = a->denied,
                                    .ignored = a->ignored,
                                    .wire = a->request_cycle - a->ready_cycle};
    t.pending = !a->denied && (a->grant_cycle == MMU_NEVER || a->data_cycle == MMU_NEVER);
    if (a->denied || t.pending) return t;
    t.grant = a->grant_cycle - a->request_cycle + 1;
    t.memory = a->data_cycle - a->grant_cycle;
    return t;
}

void explain_latency(const struct bench *bench, const struct mismatch *m,
                     struct explain_latency *latency) {
    const struct mmu_history *h = &m->history;
    const struct mmu_terms *terms = &h->terms;
    latency->shown = true;
    latency->lookup = 1;
    latency->l2 = terms->l2;
    latency->wait = terms->wait;
    latency->resolve = terms->resolve;
    latency->restart = terms->restart;
    latency->completion = terms->completion;
    latency->summed = h->accesses > MMU_WALK_LOG;
    latency->wire = terms->wire;
    latency->grant = terms->grant;
    latency->memory = terms->memory;
    for (uint32_t k = 0; k < h->accesses && !latency->summed; k++)
        latency->transaction[latency->count++] = transaction(&h->access[k]);
    latency->has_total = h->response_cycle != MMU_NEVER;
    latency->total = h->response_cycle - h->accept_cycle;
    latency->has_observed = latency->has_total && m->observed_response_cycle != MMU_NEVER;
    latency->observed = m->observed_response_cycle - m->base - h->accept_cycle;
    first_late(bench, m, latency);
}
