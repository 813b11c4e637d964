// SPDX-License-Identifier: Apache-2.0
// The latency contract (docs/microarchitecture.md section 12) as data: for each kind of outcome
// the terms that its latency may have, and its bounds. `tandem contract` prints it; the bench holds
// every answer to it.
#ifndef VERIF_CONTRACT_H
#define VERIF_CONTRACT_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/engine.h"

// How an answer came about. id, key (JSON), meaning
#define CONTRACT_OUTCOME_LIST(X)                                                                   \
    X(CONTRACT_FIRST_LEVEL, "first_level",                                                         \
      "answered by the first level: hit, fault of a resident page, not translated, not canonical") \
    X(CONTRACT_SECOND_LEVEL, "second_level", "answered by the second level")                       \
    X(CONTRACT_WALK, "walk", "a walk of its own, success or fault")                                \
    X(CONTRACT_DENIED, "denied_walk", "a walk that ends with a denied request")                    \
    X(CONTRACT_MERGED, "merged", "answered by the walk of another request for the same page")

enum contract_outcome {
#define X(id, key, text) id,
    CONTRACT_OUTCOME_LIST(X)
#undef X
        CONTRACT_OUTCOMES
};

// The terms of struct mmu_terms. id, field, meaning
#define CONTRACT_TERM_LIST(X)                                                    \
    X(TERM_LOOKUP, lookup, "the first level's lookup")                           \
    X(TERM_L2, l2, "the second level's lookup")                                  \
    X(TERM_WAIT, wait, "waiting for a slot, or for the walk of the same page")   \
    X(TERM_RESOLVE, resolve, "taking over another walk's translation")           \
    X(TERM_WIRE, wire, "each transaction: waiting for the memory request wires") \
    X(TERM_GRANT, grant, "each transaction: g, from request to grant")           \
    X(TERM_MEMORY, memory, "each transaction: L, from grant to answer")          \
    X(TERM_DENIED, denied, "the request that was denied")                        \
    X(TERM_COMPLETION, completion, "finished, waiting to complete")              \
    X(TERM_RESTART, restart, "undone by a fence in a cycle with nothing outstanding")

enum contract_term {
#define X(id, field, text) id,
    CONTRACT_TERM_LIST(X)
#undef X
        CONTRACT_TERMS
};

// The bound depends on memory and on the other walks: contract_walk_bound.
#define CONTRACT_UNBOUNDED UINT64_MAX

struct contract_row {
    const char *cycles;    // the formula, in words of section 12
    unsigned may;          // terms that may be other than 0, bit = 1 << enum contract_term
    unsigned must;         // ... that must be
    uint64_t least, most;  // whole latency, whatever the memory; CONTRACT_UNBOUNDED: by formula
    uint64_t most_l2;      // of the term l2, where there is a second level
};

// Returns the row of an outcome (static).
const struct contract_row *contract_row(enum contract_outcome outcome);
// Returns an outcome's key / meaning (static).
const char *contract_outcome_key(enum contract_outcome outcome);
const char *contract_outcome_text(enum contract_outcome outcome);
// Returns a term's name / meaning (static).
const char *contract_term_key(enum contract_term term);
const char *contract_term_text(enum contract_term term);
uint64_t contract_term_value(const struct mmu_terms *terms, enum contract_term term);
// Returns the sum of the terms.
uint64_t contract_sum(const struct mmu_terms *terms);
// Add each term to the one in *sum.
void contract_add(struct mmu_terms *sum, const struct mmu_terms *terms);

// Returns which row holds for an answer with this history.
enum contract_outcome contract_outcome_of(const struct mmu_history *history,
                                          const struct mmu_answer *answer);

// The memory that the bounds are for, and the unit.
struct contract_memory {
    uint32_t grant_max, data_max;  // the largest g and L
    uint32_t walks;                // slots
};

// Returns the most cycles from a walk's start cycle to its response when nobody but other walks is
// in its way (Fairness): `transactions` of its own, denied ones included.
uint64_t contract_walk_bound(const struct contract_memory *memory, uint64_t transactions);
// Returns the most cycles of the term `wait` when no walk has more than `transactions`. With
// prefetch, RESOLVE in vain because of a prefetch excepted.
uint64_t contract_wait_bound(const struct contract_memory *memory, uint64_t transactions,
                             bool prefetch);

// Holds one answer to its row. `latency` is what was observed. `undisturbed`: since its acceptance
// no fence, no kill, every response and fault record taken at once. Returns NULL if the contract is
// kept, otherwise the name of the term, or "sum" or "fairness", and what it should have been at
// most or exactly in *expected, what it was in *observed.
const char *contract_violated(const struct mmu_history *history, const struct mmu_answer *answer,
                              const struct contract_memory *memory, bool second_level,
                              bool undisturbed, uint64_t latency, uint64_t *expected,
                              uint64_t *observed);

#endif
