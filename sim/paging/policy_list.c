// SPDX-License-Identifier: Apache-2.0
// FIFO, LRU and CLOCK: one list through the frames.
//
// FIFO takes the oldest. LRU makes a touched frame the newest. CLOCK's hand stands at the oldest;
// moving it past a frame is making that frame the newest.
#include <stdlib.h>

#include "links.h"
#include "policies.h"

struct policy {
    uint32_t guard;
    struct policy_list_mark {
        bool used;   // CLOCK: the bit that a hit sets
        bool fresh;  // CLOCK: only the reference that missed is to come
    } * mark;
    struct link link[];
};

static void policy_list_destroy(struct policy *policy) {
    free(policy->mark);
    free(policy);
}

static struct policy *policy_list_create(const struct policy_setup *setup) {
    size_t nodes = (size_t)setup->frames + 1;
    struct policy *policy = calloc(1, sizeof *policy + nodes * sizeof *policy->link);
    if (!policy) return NULL;
    policy->guard = setup->frames;
    links_empty(policy->link, policy->guard);
    policy->mark = calloc(nodes, sizeof *policy->mark);
    if (policy->mark) return policy;
    free(policy);
    return NULL;
}

static void policy_list_insert(struct policy *policy, uint32_t frame, uint64_t page) {
    (void)page;
    links_push(policy->link, policy->guard, frame);
    policy->mark[frame] = (struct policy_list_mark){.fresh = true};
}

static void policy_list_remove(struct policy *policy, uint32_t frame) {
    links_remove(policy->link, frame);
}

static void policy_list_evict(struct policy *policy, uint32_t frame, uint64_t page) {
    (void)page;
    links_remove(policy->link, frame);
}

static uint32_t policy_list_victim(struct policy *policy, uint64_t page) {
    (void)page;
    return links_oldest(policy->link, policy->guard);
}

static void policy_lru_touch(struct policy *policy, uint32_t frame, uint64_t next_use) {
    (void)next_use;
    if (links_newest(policy->link, policy->guard) == frame) return;
    links_remove(policy->link, frame);
    links_push(policy->link, policy->guard, frame);
}

static void policy_clock_touch(struct policy *policy, uint32_t frame, uint64_t next_use) {
    (void)next_use;
    struct policy_list_mark *mark = &policy->mark[frame];
    if (!mark->fresh) mark->used = true;
    mark->fresh = false;
}

static uint32_t policy_clock_victim(struct policy *policy, uint64_t page) {
    (void)page;
    uint32_t oldest = links_oldest(policy->link, policy->guard);
    uint32_t frame = oldest;
    while (frame != policy->guard && policy->mark[frame].used) frame = policy->link[frame].newer;
    // All used: the hand clears them all and is back at the first.
    return frame != policy->guard ? frame : oldest;
}

static void policy_clock_evict(struct policy *policy, uint32_t frame, uint64_t page) {
    (void)page;
    for (uint32_t passed;
         passed = links_oldest(policy->link, policy->guard), policy->mark[passed].used;) {
        links_remove(policy->link, passed);
        links_push(policy->link, policy->guard, passed);
        policy->mark[passed] = (struct policy_list_mark){0};
    }
    links_remove(policy->link, frame);
}

const struct policy_ops policy_fifo = {"fifo",
                                       "first in, first out",
                                       POLICY_KNOWS_FAULTS,
                                       policy_list_create,
                                       policy_list_insert,
                                       policy_touch_nothing,
                                       policy_list_victim,
                                       policy_list_evict,
                                       policy_list_remove,
                                       policy_scan_nothing,
                                       policy_list_destroy};

const struct policy_ops policy_lru = {"lru",
                                      "least recently used",
                                      POLICY_KNOWS_REFERENCES,
                                      policy_list_create,
                                      policy_list_insert,
                                      policy_lru_touch,
                                      policy_list_victim,
                                      policy_list_evict,
                                      policy_list_remove,
                                      policy_scan_nothing,
                                      policy_list_destroy};

const struct policy_ops policy_clock = {"clock",
                                        "CLOCK with a bit that each hit sets",
                                        POLICY_KNOWS_REFERENCES,
                                        policy_list_create,
                                        policy_list_insert,
                                        policy_clock_touch,
                                        policy_clock_victim,
                                        policy_clock_evict,
                                        policy_list_remove,
                                        policy_scan_nothing,
                                        policy_list_destroy};
