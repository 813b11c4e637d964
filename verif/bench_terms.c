// SPDX-License-Identifier: Apache-2.0
// The latency contract, held against every answer: the model's terms add up to the cycles that were
// observed, lie within their row, and those of memory are what the bench's memory gave.
#include <stdio.h>
#include <string.h>

#include "bench_internal.h"

static struct contract_memory memory_of(const struct bench *bench) {
    const struct bench_timing *timing = &bench->config.timing;
    return (struct contract_memory){.grant_max = timing->grant_max,
                                    .data_max = timing->data_max,
                                    .walks = bench->config.mmu.walks};
}

static void count_outcome(struct bench *bench, unsigned port, const struct mmu_history *history,
                          const struct mmu_answer *answer, uint64_t latency) {
    struct bench_stats *stats = &bench->stats;
    enum contract_outcome outcome = contract_outcome_of(history, answer);
    uint64_t *most = &stats->outcome_latency_max[port][outcome];
    stats->outcome[port][outcome]++;
    if (latency > *most) *most = latency;
    contract_add(&stats->terms[port], &history->terms);
}

static bool fail(struct bench *bench, unsigned port, const char *term, uint64_t expected,
                 uint64_t observed) {
    char what[48];
    bench_clear_mismatch(bench);
    bench->mismatch.observed_response_cycle = bench->now;
    snprintf(what, sizeof what, "rsp_valid: %s", term);
    return bench_fail_port(bench, CHECK_TERMS, port, what, expected, observed);
}

// The DUT's transactions in the walk's slot, since the walk began: what they took, by the bench's
// own book.
static bool check_memory(struct bench *bench, unsigned port, const struct mmu_history *history) {
    const struct bench_access *list[BENCH_ACCESS_LOG];
    const struct bench_access *oldest = bench_access_log(bench, BENCH_ACCESS_LOG - 1);
    uint64_t grant = 0, memory = 0;
    if (oldest && oldest->request_cycle > bench->base + history->start_cycle) return true;
    unsigned n = bench_dut_accesses(bench, history, bench->now, list);
    for (unsigned k = 0; k < n; k++) {
        grant += list[k]->grant_cycle - list[k]->request_cycle + 1;
        memory += list[k]->data_cycle - list[k]->grant_cycle;
    }
    if (grant != history->terms.grant)
        return fail(bench, port, "grant", history->terms.grant, grant);
    return memory == history->terms.memory ||
           fail(bench, port, "memory", history->terms.memory, memory);
}

// What nearly every answer is: the whole contract for it, at once.
static bool is_hit(struct bench *bench, unsigned port, const struct mmu_history *history,
                   const struct mmu_answer *answer, uint64_t latency) {
    static const struct mmu_terms hit = {.lookup = 1};
    struct bench_stats *stats = &bench->stats;
    if (answer->source > MMU_SOURCE_TLB || latency != 1 ||
        memcmp(&history->terms, &hit, sizeof hit) != 0)
        return false;
    stats->outcome[port][CONTRACT_FIRST_LEVEL]++;
    stats->outcome_latency_max[port][CONTRACT_FIRST_LEVEL] = 1;
    stats->terms[port].lookup++;
    stats->cover[COVER_OVERTAKE] += bench_oldest(&bench->ports[port]) != answer->tag;
    stats->compared[CHECK_TERMS] += bench->config.mode == BENCH_LOCKSTEP;
    return true;
}

bool bench_judge_terms(struct bench *bench, unsigned port, const struct mmu_answer *answer) {
    const struct mmu_history *history =
        mmu_engine_history(bench->engine, (enum mmu_port)port, answer->tag);
    const struct contract_memory memory = memory_of(bench);
    uint64_t accepted = bench->ports[port].asked[answer->tag].accept_cycle;
    uint64_t latency = bench->now - accepted, expected, observed;
    if (is_hit(bench, port, history, answer, latency)) return true;
    bool undisturbed = bench->disturbed < accepted || bench->disturbed == bench->base;
    count_outcome(bench, port, history, answer, latency);
    bench_cover_answer(bench, port, history, answer);
    if (bench->illegal) return true;
    const char *term = contract_violated(history, answer, &memory, bench->config.mmu.l2.entries > 0,
                                         undisturbed, latency, &expected, &observed);
    if (bench->config.mode == BENCH_LOCKSTEP) bench->stats.compared[CHECK_TERMS]++;
    bench->ports[port].about = answer->tag;
    if (term) return fail(bench, port, term, expected, observed);
    enum contract_outcome outcome = contract_outcome_of(history, answer);
    bool walked = outcome == CONTRACT_WALK || outcome == CONTRACT_DENIED;
    return !bench->shadow || !walked || check_memory(bench, port, history);
}
