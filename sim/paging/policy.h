// SPDX-License-Identifier: Apache-2.0
// Replacement policies: which of the resident frames goes. Every policy has the same functions in
// the same order; each takes O(1) or O(log frames), none allocates after create.
#ifndef PAGING_POLICY_H
#define PAGING_POLICY_H

#include <stdint.h>

struct policy;

struct policy_ops {
    const char *name;
    // For frames 0 .. frames-1, none resident. NULL: no memory.
    struct policy *(*create)(uint32_t frames, uint64_t seed);
    // A page came into the frame. The reference that brought it in is told by touch.
    void (*insert)(struct policy *policy, uint32_t frame);
    // A reference to a resident frame; next_use: number of the page's next reference, UINT64_MAX if
    // there is none. The first touch after insert is that of the reference that missed.
    void (*touch)(struct policy *policy, uint32_t frame, uint64_t next_use);
    // Returns the frame that must go. At least one is resident. Only looks: asked twice in a row,
    // the answer is the same.
    uint32_t (*victim)(struct policy *policy);
    // The page in victim's frame is replaced.
    void (*evict)(struct policy *policy, uint32_t frame);
    // The frame is given up for another reason (its space ended).
    void (*remove)(struct policy *policy, uint32_t frame);
    void (*destroy)(struct policy *policy);
};

extern const struct policy_ops policy_fifo, policy_lru, policy_clock, policy_opt, policy_random;

// Returns the functions of an enum pager_policy, NULL past the last.
const struct policy_ops *policy_find(unsigned policy);

#endif
