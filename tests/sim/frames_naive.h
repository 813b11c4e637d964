// SPDX-License-Identifier: Apache-2.0
// A second simulator of page frames: frames, PTEs and TLB as arrays that are searched. The policy
// is CLOCK on A bits or FIFO.
#ifndef TESTS_SIM_FRAMES_NAIVE_H
#define TESTS_SIM_FRAMES_NAIVE_H

#include "fixture.h"
#include "sim/frames.h"

#define NAIVE_PAGES 48u
#define NAIVE_PROCESSES 2u

struct naive_page {
    bool known, resident, accessed, dirty, in_swap, in_tlb, tlb_dirty;
    uint64_t arrived, tlb_used;  // arrived: moved by the hand
};

struct frames_naive {
    struct frames_config config;
    struct frames_counts counts;
    struct naive_page page[NAIVE_PROCESSES][NAIVE_PAGES];
    uint64_t now;
};

// The next reference: config must be set, all else begins with 0.
void frames_naive_reference(struct frames_naive *naive, const struct frames_reference *reference);

#endif
