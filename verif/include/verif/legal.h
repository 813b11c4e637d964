// SPDX-License-Identifier: Apache-2.0
// The legal-set oracle: judges the answers of any MMU, whatever its microarchitecture, by what
// the privileged specification allows.
//
// A hart may use, for each PTE of a walk, any version that the PTE had since the last fence that
// covers it, level by level, and any address space that its ASID named since then; after a covering
// fence only the present. The oracle keeps the versions (software's writes, and the hardware's A/D
// updates), the fences and the register changes, and searches for a combination that gives the
// observed answer.
//
//   bench --writes, fences, registers, requests--> oracle --verdict on each answer--> bench
//
// Sources: "Supervisor Memory-Management Fence Instruction", "Virtual Address Translation
// Process", "Svinval", "Physical Memory Protection" of the privileged specification.
#ifndef VERIF_LEGAL_H
#define VERIF_LEGAL_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/pmp.h"
#include "mmu/types.h"
#include "mmu/walk.h"

struct legal_config {
    struct mmu_arch arch;
    struct mmu_memory memory;   // the present; only read
    uint32_t pte_slots;         // PTEs remembered at a time, a power of two; 0: a default
    uint32_t versions_per_pte;  // past values remembered for each; 0: a default
    bool tags;  // answers name their request; without: a port's requests are answered in order
    bool kills_at_the_wires;  // of a killed request at most the transaction that waits for its
                              // grant still happens, and legal_transaction tells of each
};

#define LEGAL_MOST_LEVELS 5u
#define LEGAL_REASON_BYTES 256u

// One PTE as an explanation of an answer used it.
struct legal_use {
    uint64_t pa, value;
    uint64_t written_cycle;   // when it got this value; 0: before the oracle's time
    uint64_t replaced_cycle;  // when it lost it; UINT64_MAX: it is the present value
    uint8_t level;
};

struct legal_verdict {
    bool legal;
    bool judged;    // false: too much was forgotten to be sure (legal is then true)
    uint8_t stale;  // PTEs, roots or registers of the past that the explanation needs; 0: the
                    // present gives it
    uint8_t uses;   // PTEs of the explanation; 0 if the present gives the answer
    struct legal_use use[LEGAL_MOST_LEVELS];
    struct mmu_answer present;        // what the present gives: the expected answer when not legal
    char reason[LEGAL_REASON_BYTES];  // one sentence when not legal: the rule that is violated
};

struct legal_stats {
    uint64_t judged, unjudged, illegal;
    uint64_t stale_answers;  // legal answers that needed the past
    uint64_t stale_by_level[LEGAL_MOST_LEVELS];
    uint64_t spurious_faults;  // faults legal only because a PTE was invalid before
    uint64_t searched;         // answers that the present did not explain
    uint64_t forgotten;        // versions, roots, registers, fences dropped for want of room
};

struct legal;

// Returns an oracle with empty history, owned by the caller, or NULL (no memory).
struct legal *legal_create(const struct legal_config *config);
void legal_destroy(struct legal *legal);
// The unit was reset in cycle `now`: nothing is cached.
void legal_reset(struct legal *legal, uint64_t now);

// What happened, in order of time: `now` is the cycle, never decreasing, and of two calls in one
// cycle the first came first. A fence orders the writes and register changes told before it; a
// request or kill of the fence's own cycle counts as before the fence, whichever is told first.
// Memory changed: by software, or by the unit's own update (hardware). Told after the change;
// bytes: 1, 2, 4 or 8, pa a multiple of them; before and after: those bytes, zero-extended.
void legal_write(struct legal *legal, uint64_t now, uint64_t pa, unsigned bytes, uint64_t before,
                 uint64_t after, bool hardware);
void legal_registers(struct legal *legal, uint64_t now, const struct mmu_csr *csr);  // on change
void legal_pmp(struct legal *legal, uint64_t now, const struct mmu_pmp *pmp);        // on change
void legal_fence(struct legal *legal, uint64_t now, const struct mmu_fence *fence);
void legal_request(struct legal *legal, uint64_t now, enum mmu_port port,
                   const struct mmu_request *request, const struct mmu_csr *csr);
// Drops the port's unanswered requests that were accepted before cycle `now`. An A/D update that
// was on its way may still come: with kills_at_the_wires as the next transaction, otherwise within
// a few walks of the port; never after a fence of everything.
void legal_kill(struct legal *legal, uint64_t now, enum mmu_port port);
// The bus answered the unit's access of the PTE at pa with an error, though there is memory:
// requests in flight may give an access fault for it.
void legal_error(struct legal *legal, uint64_t now, uint64_t pa);

// Judge the answer to the port's unanswered request with its tag (without tags: the oldest one), at
// its first cycle.
struct legal_verdict legal_answer(struct legal *legal, uint64_t now, enum mmu_port port,
                                  const struct mmu_answer *answer);
// Judge an A/D update that the unit makes in this cycle, before legal_write tells of it: `data`
// must be `expected` with A, or A and D, set, and nothing else; where memory has `expected`
// (elsewhere the compare fails, and nothing is written), hardware updates must be enabled, the PTE
// a leaf that a walk can come to, and, if D is set, the one that a store or AMO in flight
// translates with.
struct legal_verdict legal_update(struct legal *legal, uint64_t now, uint64_t pa, unsigned bytes,
                                  uint64_t expected, uint64_t data);
// Memory takes a PTE transaction of the unit, read or update: after legal_update or legal_error.
void legal_transaction(struct legal *legal, uint64_t now);

const struct legal_stats *legal_stats(const struct legal *legal);

#endif
