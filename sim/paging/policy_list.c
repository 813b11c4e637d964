// SPDX-License-Identifier: Apache-2.0
// FIFO, LRU and CLOCK: one list through the frames, newest at the front.
//
//   guard <-> newest <-> ... <-> oldest <-> guard
//
// FIFO takes the oldest. LRU moves a touched frame to the front. CLOCK's hand stands at the oldest;
// moving it past a frame is moving that frame to the front.
#include "policy.h"

#include <stdbool.h>
#include <stdlib.h>

struct policy_link {
    uint32_t newer;
    uint32_t older;
    bool used;   // CLOCK: the bit that a hit sets
    bool fresh;  // CLOCK: only the reference that missed is to come
};

struct policy {
    uint32_t guard;
    struct policy_link link[];
};

static struct policy *policy_list_create(uint32_t frames, uint64_t seed) {
    (void)seed;
    struct policy *policy = calloc(1, sizeof *policy + ((size_t)frames + 1) * sizeof *policy->link);
    if (!policy) return NULL;
    policy->guard = frames;
    policy->link[frames] = (struct policy_link){.newer = frames, .older = frames};
    return policy;
}

static void policy_list_destroy(struct policy *policy) {
    free(policy);
}

static void policy_list_insert(struct policy *policy, uint32_t frame) {
    uint32_t newest = policy->link[policy->guard].older;
    policy->link[frame] =
        (struct policy_link){.newer = policy->guard, .older = newest, .fresh = true};
    policy->link[newest].newer = frame;
    policy->link[policy->guard].older = frame;
}

static void policy_list_remove(struct policy *policy, uint32_t frame) {
    struct policy_link link = policy->link[frame];
    policy->link[link.newer].older = link.older;
    policy->link[link.older].newer = link.newer;
}

static uint32_t policy_list_oldest(struct policy *policy) {
    return policy->link[policy->guard].newer;
}

static void policy_fifo_touch(struct policy *policy, uint32_t frame, uint64_t next_use) {
    (void)policy;
    (void)frame;
    (void)next_use;
}

static void policy_lru_touch(struct policy *policy, uint32_t frame, uint64_t next_use) {
    (void)next_use;
    if (policy->link[policy->guard].older == frame) return;
    policy_list_remove(policy, frame);
    policy_list_insert(policy, frame);
}

static void policy_clock_touch(struct policy *policy, uint32_t frame, uint64_t next_use) {
    (void)next_use;
    struct policy_link *link = &policy->link[frame];
    if (!link->fresh) link->used = true;
    link->fresh = false;
}

static uint32_t policy_clock_victim(struct policy *policy) {
    uint32_t oldest = policy_list_oldest(policy);
    uint32_t frame = oldest;
    while (frame != policy->guard && policy->link[frame].used) frame = policy->link[frame].newer;
    // All used: the hand clears them all and is back at the first.
    return frame != policy->guard ? frame : oldest;
}

static void policy_clock_evict(struct policy *policy, uint32_t frame) {
    uint32_t passed = policy_list_oldest(policy);
    while (policy->link[passed].used) {
        policy_list_remove(policy, passed);
        policy_list_insert(policy, passed);
        policy->link[passed].fresh = false;
        passed = policy_list_oldest(policy);
    }
    policy_list_remove(policy, frame);
}

const struct policy_ops policy_fifo = {"fifo",
                                       policy_list_create,
                                       policy_list_insert,
                                       policy_fifo_touch,
                                       policy_list_oldest,
                                       policy_list_remove,
                                       policy_list_remove,
                                       policy_list_destroy};

const struct policy_ops policy_lru = {"lru",
                                      policy_list_create,
                                      policy_list_insert,
                                      policy_lru_touch,
                                      policy_list_oldest,
                                      policy_list_remove,
                                      policy_list_remove,
                                      policy_list_destroy};

const struct policy_ops policy_clock = {"clock",
                                        policy_list_create,
                                        policy_list_insert,
                                        policy_clock_touch,
                                        policy_clock_victim,
                                        policy_clock_evict,
                                        policy_list_remove,
                                        policy_list_destroy};
