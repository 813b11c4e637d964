// SPDX-License-Identifier: Apache-2.0
// The page's two halves: explain.c (what was asked, expected beside observed, suspect) and
// explain_walk.c (walk, latency, history).
#ifndef EXPLAIN_INTERNAL_H
#define EXPLAIN_INTERNAL_H

#include "bench_internal.h"
#include "text.h"

// The architectural walk over memory as it is now: a third opinion, though of the model's code.
struct third_opinion {
    const struct bench *bench;
    struct mmu_answer answer;
    uint64_t pa[8];  // PTEs that it read
    unsigned reads;
};

void explain_flags(uint64_t pte, char out[9]);
void explain_walk(struct verif_text *t, const struct bench *bench, const struct mismatch *m);
void explain_latency(struct verif_text *t, const struct bench *bench, const struct mismatch *m);
void explain_history(struct verif_text *t, const struct bench *bench, const struct mismatch *m,
                     const struct third_opinion *third);

#endif
