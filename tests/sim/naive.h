// SPDX-License-Identifier: Apache-2.0
// Second implementations of replacement policies, as their papers tell them: lists of pages that
// are searched from end to end.
#ifndef TESTS_SIM_NAIVE_H
#define TESTS_SIM_NAIVE_H

#include "cache.h"

struct naive {
    uint32_t frames;
    struct policy_parameters parameters;
    struct list a, b;       // 2Q: A1in, Am; ARC: T1, T2; LIRS: S, Q; S3-FIFO: small, main
    struct list c, d;       // 2Q: A1out; ARC: B1, B2; S3-FIFO: ghosts
    double target;          // ARC: p
    uint32_t hand;          // SIEVE: page at which the hand stands, CACHE_NO_PAGE: at the oldest
    bool lir[CACHE_PAGES];  // LIRS
    bool resident[CACHE_PAGES];  // LIRS
    uint32_t hits[CACHE_PAGES];  // S3-FIFO, SIEVE
};

// Each returns the page that went, CACHE_NO_PAGE if none.
typedef uint32_t naive_reference(struct naive *naive, uint32_t page);
naive_reference naive_2q, naive_arc, naive_lirs, naive_s3fifo, naive_sieve;

#endif
