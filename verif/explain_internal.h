// SPDX-License-Identifier: Apache-2.0
// The page's parts: explain.c (its order, whom to suspect), explain_answer.c (what was asked,
// expected beside observed), explain_walk.c (walk, latency), explain_history.c (events, PTEs),
// explain_legal.c (what the legal-set oracle says).
#ifndef EXPLAIN_INTERNAL_H
#define EXPLAIN_INTERNAL_H

#include "bench_internal.h"
#include "mmu/walk.h"
#include "text.h"

// The architectural walk over memory and PMP as they are now: a third opinion, though of the
// model's code.
struct third_opinion {
    const struct mmu_mode *mode;  // NULL: not translated
    struct mmu_answer answer;
    struct mmu_walk_trace trace;
};

// Fills *third for the mismatch's request.
void explain_ask_third(const struct bench *bench, const struct mismatch *m,
                       struct third_opinion *third);

// The PMP as it is now.
const struct mmu_pmp *explain_pmp(const struct bench *bench);
// Append why the PMP, or the width of physical addresses, denies an access: "denied by PMP entry 3
// (NAPOT 0x80000000-0x80000fff r--)".
void explain_denial(struct verif_text *t, const struct bench *bench, uint64_t pa, unsigned bytes);

void explain_flags(uint64_t pte, char out[9]);
// As explain_flags, and what a PTE has beyond its low byte ("N", "NC", "IO").
void explain_pte(struct verif_text *t, const struct bench *bench, uint64_t pte);

void explain_asked(struct verif_text *t, const struct bench *bench, const struct mismatch *m);
void explain_compared(struct verif_text *t, const struct bench *bench, const struct mismatch *m);
void explain_walk(struct verif_text *t, const struct bench *bench, const struct mismatch *m);
// The check of the final physical address, if memory as it is now leads to one that is denied.
void explain_final_check(struct verif_text *t, const struct bench *bench, const struct mismatch *m,
                         const struct third_opinion *third);
// The walk in memory as it is now.
void explain_present_walk(struct verif_text *t, const struct bench *bench,
                          const struct third_opinion *third);
// The oracle's verdict beside what the model found.
void explain_verdict(struct verif_text *t, const struct bench *bench,
                     const struct legal_verdict *verdict);
// All but the head of a page about CHECK_LEGAL.
void explain_illegal(struct verif_text *t, const struct bench *bench, const struct mismatch *m);
void explain_latency(struct verif_text *t, const struct bench *bench, const struct mismatch *m);
// Fences, kills and PMP writes: those of the request's time, at least the latest few.
void explain_events(struct verif_text *t, const struct bench *bench, const struct mismatch *m);
void explain_history(struct verif_text *t, const struct bench *bench, const struct mismatch *m,
                     const struct third_opinion *third);

#endif
