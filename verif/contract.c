// SPDX-License-Identifier: Apache-2.0
// The latency contract: its rows, and one answer held to its row.
#include "verif/contract.h"

#include <stddef.h>

#define BIT(term) (1u << (term))

enum {
    BEFORE_SLOT = BIT(TERM_LOOKUP) | BIT(TERM_L2) | BIT(TERM_WAIT) | BIT(TERM_RESOLVE),
    IN_SLOT = BIT(TERM_WIRE) | BIT(TERM_GRANT) | BIT(TERM_MEMORY) | BIT(TERM_COMPLETION) |
              BIT(TERM_RESTART)
};

// A walk has one transaction at least: lookup, g and L of 1. A denied one need not have any.
static const struct contract_row table[CONTRACT_OUTCOMES] = {
    [CONTRACT_FIRST_LEVEL] =
        {.cycles = "1", .may = BIT(TERM_LOOKUP), .must = BIT(TERM_LOOKUP), .least = 1, .most = 1},
    [CONTRACT_SECOND_LEVEL] = {.cycles = "lookup + l2",
                               .may = BIT(TERM_LOOKUP) | BIT(TERM_L2),
                               .must = BIT(TERM_LOOKUP) | BIT(TERM_L2),
                               .least = 2,
                               .most = 3,
                               .most_l2 = 2},
    [CONTRACT_WALK] = {.cycles = "lookup + l2 + wait + resolve + sum over its transactions (wire + "
                                 "g + L) + completion + restart",
                       .may = BEFORE_SLOT | IN_SLOT,
                       .must = BIT(TERM_LOOKUP) | BIT(TERM_GRANT) | BIT(TERM_MEMORY),
                       .least = 3,
                       .most = CONTRACT_UNBOUNDED,
                       .most_l2 = 2},
    [CONTRACT_DENIED] = {.cycles = "the same, over the transactions before it, + 1",
                         .may = BEFORE_SLOT | IN_SLOT | BIT(TERM_DENIED),
                         .must = BIT(TERM_LOOKUP) | BIT(TERM_DENIED),
                         .least = 2,
                         .most = CONTRACT_UNBOUNDED,
                         .most_l2 = 2},
    [CONTRACT_MERGED] = {.cycles = "lookup + l2 + wait + resolve",
                         .may = BEFORE_SLOT,
                         .must = BIT(TERM_LOOKUP) | BIT(TERM_RESOLVE),
                         .least = 2,
                         .most = CONTRACT_UNBOUNDED,
                         .most_l2 = 2},
};

const struct contract_row *contract_row(enum contract_outcome outcome) {
    return &table[outcome];
}

const char *contract_outcome_key(enum contract_outcome outcome) {
    static const char *const keys[] = {
#define X(id, key, text) key,
        CONTRACT_OUTCOME_LIST(X)
#undef X
    };
    return keys[outcome];
}

const char *contract_outcome_text(enum contract_outcome outcome) {
    static const char *const texts[] = {
#define X(id, key, text) text,
        CONTRACT_OUTCOME_LIST(X)
#undef X
    };
    return texts[outcome];
}

const char *contract_term_key(enum contract_term term) {
    static const char *const keys[] = {
#define X(id, field, text) #field,
        CONTRACT_TERM_LIST(X)
#undef X
    };
    return keys[term];
}

const char *contract_term_text(enum contract_term term) {
    static const char *const texts[] = {
#define X(id, field, text) text,
        CONTRACT_TERM_LIST(X)
#undef X
    };
    return texts[term];
}

uint64_t contract_term_value(const struct mmu_terms *terms, enum contract_term term) {
    switch (term) {
#define X(id, field, text) \
    case id:               \
        return terms->field;
        CONTRACT_TERM_LIST(X)
#undef X
        default:
            return 0;
    }
}

uint64_t contract_sum(const struct mmu_terms *terms) {
    uint64_t sum = 0;
    for (unsigned t = 0; t < CONTRACT_TERMS; t++)
        sum += contract_term_value(terms, (enum contract_term)t);
    return sum;
}

void contract_add(struct mmu_terms *sum, const struct mmu_terms *terms) {
#define X(id, field, text) sum->field += terms->field;
    CONTRACT_TERM_LIST(X)
#undef X
    sum->update_wire += terms->update_wire;
    sum->update_grant += terms->update_grant;
    sum->update_memory += terms->update_memory;
}

enum contract_outcome contract_outcome_of(const struct mmu_history *history,
                                          const struct mmu_answer *answer) {
    if (answer->source == MMU_SOURCE_L2) return CONTRACT_SECOND_LEVEL;
    if (answer->source != MMU_SOURCE_WALK) return CONTRACT_FIRST_LEVEL;
    if (history->merged) return CONTRACT_MERGED;
    return history->terms.denied ? CONTRACT_DENIED : CONTRACT_WALK;
}

// "Fairness": k (N G + M + N) + 2 N + 2. The memory's rule that no two answers share a cycle may
// put off an answer by a cycle for each other slot.
uint64_t contract_walk_bound(const struct contract_memory *memory, uint64_t transactions) {
    uint64_t n = memory->walks, longest = (uint64_t)memory->data_max + n - 1;
    return transactions * (n * memory->grant_max + longest + n) + 2 * n + 2;
}

uint64_t contract_wait_bound(const struct contract_memory *memory, uint64_t transactions,
                             bool prefetch) {
    return (prefetch ? 4 : 3) * contract_walk_bound(memory, transactions) + 8;
}

// --- one answer ----------------------------------------------------------------------------

struct finding {
    const char *term;
    uint64_t expected, observed;
};

// The terms of the transactions are sums over those that the history tells one by one.
static struct finding check_transactions(const struct mmu_history *history) {
    struct mmu_terms sum = {0};
    if (history->accesses > MMU_WALK_LOG) return (struct finding){0};
    for (uint32_t k = 0; k < history->accesses; k++) {
        const struct mmu_walk_access *access = &history->access[k];
        // A denial that a fence undid: restart.
        if (access->denied && access->ignored) continue;
        sum.wire += access->request_cycle - access->ready_cycle;
        if (access->denied) continue;
        sum.grant += access->grant_cycle - access->request_cycle + 1;
        sum.memory += access->data_cycle - access->grant_cycle;
    }
    static const enum contract_term summed[] = {TERM_WIRE, TERM_GRANT, TERM_MEMORY};
    for (unsigned i = 0; i < sizeof summed / sizeof *summed; i++) {
        uint64_t expected = contract_term_value(&sum, summed[i]);
        uint64_t observed = contract_term_value(&history->terms, summed[i]);
        if (expected != observed)
            return (struct finding){contract_term_key(summed[i]), expected, observed};
    }
    return (struct finding){0};
}

static struct finding check_row(const struct contract_row *row, const struct mmu_terms *terms,
                                bool second_level) {
    for (unsigned t = 0; t < CONTRACT_TERMS; t++) {
        uint64_t value = contract_term_value(terms, (enum contract_term)t);
        const char *key = contract_term_key((enum contract_term)t);
        if (value && !(row->may & BIT(t))) return (struct finding){key, 0, value};
        if (!value && (row->must & BIT(t))) return (struct finding){key, 1, 0};
    }
    uint64_t most_l2 = second_level ? row->most_l2 : 0;
    if (terms->l2 > most_l2) return (struct finding){"l2", most_l2, terms->l2};
    if (terms->lookup != 1) return (struct finding){"lookup", 1, terms->lookup};
    if (terms->denied > 1) return (struct finding){"denied", 1, terms->denied};
    return (struct finding){0};
}

static struct finding check_fairness(const struct mmu_history *history,
                                     const struct contract_memory *memory) {
    uint64_t bound = contract_walk_bound(memory, history->accesses);
    uint64_t cycles = history->response_cycle - history->start_cycle;
    if (cycles <= bound) return (struct finding){0};
    return (struct finding){"fairness", bound, cycles};
}

const char *contract_violated(const struct mmu_history *history, const struct mmu_answer *answer,
                              const struct contract_memory *memory, bool second_level,
                              bool undisturbed, uint64_t latency, uint64_t *expected,
                              uint64_t *observed) {
    enum contract_outcome outcome = contract_outcome_of(history, answer);
    const struct contract_row *row = contract_row(outcome);
    uint64_t sum = contract_sum(&history->terms);
    bool walks = outcome == CONTRACT_WALK || outcome == CONTRACT_DENIED;
    struct finding finding = check_row(row, &history->terms, second_level);
    if (sum != latency) finding = (struct finding){"sum", sum, latency};
    if (!finding.term && latency < row->least)
        finding = (struct finding){"least", row->least, latency};
    if (!finding.term && latency > row->most)
        finding = (struct finding){"most", row->most, latency};
    if (!finding.term && walks) finding = check_transactions(history);
    if (!finding.term && walks && undisturbed) finding = check_fairness(history, memory);
    *expected = finding.expected;
    *observed = finding.observed;
    return finding.term;
}
