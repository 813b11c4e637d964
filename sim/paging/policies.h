// SPDX-License-Identifier: Apache-2.0
// The policies' tables of functions, and what some of them share.
#ifndef PAGING_POLICIES_H
#define PAGING_POLICIES_H

#include "sim/policy.h"

extern const struct policy_ops policy_fifo, policy_lru, policy_opt, policy_clock, policy_random,
    policy_2q, policy_arc, policy_lirs, policy_s3fifo, policy_sieve, policy_clock_bits,
    policy_aging, policy_wsclock;

#define POLICY_NO_FRAME UINT32_MAX

// For policies to which a touch or the timer means nothing.
void policy_touch_nothing(struct policy *policy, uint32_t frame, uint64_t next_use);
void policy_scan_nothing(struct policy *policy);

// So many percent of the frames, rounded down.
static inline uint32_t policy_share(const struct policy_setup *setup, uint32_t percent) {
    return (uint32_t)((uint64_t)setup->frames * percent / 100);
}

#endif
