// SPDX-License-Identifier: Apache-2.0
// SIEVE (Zhang, Yang, Yue, Vigfusson, Rashmi 2024): a FIFO whose hand goes from old to new,
// clears the marks of visited pages without moving them, and takes the first that has none.
#include <stdlib.h>

#include "links.h"
#include "policies.h"

struct policy {
    uint32_t guard;
    uint32_t hand;  // the guard: at the oldest
    struct policy_sieve_mark {
        bool visited;
        bool fresh;  // only the reference that missed is to come
    } * mark;
    struct link link[];
};

static void policy_sieve_destroy(struct policy *policy) {
    free(policy->mark);
    free(policy);
}

static struct policy *policy_sieve_create(const struct policy_setup *setup) {
    size_t nodes = (size_t)setup->frames + 1;
    struct policy *policy = calloc(1, sizeof *policy + nodes * sizeof *policy->link);
    if (!policy) return NULL;
    policy->guard = policy->hand = setup->frames;
    links_empty(policy->link, policy->guard);
    policy->mark = calloc(nodes, sizeof *policy->mark);
    if (policy->mark) return policy;
    free(policy);
    return NULL;
}

static void policy_sieve_insert(struct policy *policy, uint32_t frame, uint64_t page) {
    (void)page;
    links_push(policy->link, policy->guard, frame);
    policy->mark[frame] = (struct policy_sieve_mark){.fresh = true};
}

static void policy_sieve_touch(struct policy *policy, uint32_t frame, uint64_t next_use) {
    (void)next_use;
    struct policy_sieve_mark *mark = &policy->mark[frame];
    if (!mark->fresh) mark->visited = true;
    mark->fresh = false;
}

// Past the newest the hand is at the oldest again.
static uint32_t policy_sieve_at(const struct policy *policy, uint32_t hand) {
    return hand == policy->guard ? links_oldest(policy->link, policy->guard) : hand;
}

static uint32_t policy_sieve_victim(struct policy *policy, uint64_t page) {
    (void)page;
    uint32_t start = policy_sieve_at(policy, policy->hand);
    uint32_t frame = start;
    while (policy->mark[frame].visited) {
        frame = policy_sieve_at(policy, policy->link[frame].newer);
        if (frame == start) break;  // all visited: the hand clears them all and is back
    }
    return frame;
}

static void policy_sieve_remove(struct policy *policy, uint32_t frame) {
    if (policy->hand == frame) policy->hand = policy->link[frame].newer;
    links_remove(policy->link, frame);
}

static void policy_sieve_evict(struct policy *policy, uint32_t frame, uint64_t page) {
    (void)page;
    uint32_t passed = policy_sieve_at(policy, policy->hand);
    while (policy->mark[passed].visited) {
        policy->mark[passed].visited = false;
        passed = policy_sieve_at(policy, policy->link[passed].newer);
    }
    policy->hand = frame;
    policy_sieve_remove(policy, frame);
}

const struct policy_ops policy_sieve = {"sieve",
                                        "SIEVE",
                                        POLICY_KNOWS_REFERENCES,
                                        policy_sieve_create,
                                        policy_sieve_insert,
                                        policy_sieve_touch,
                                        policy_sieve_victim,
                                        policy_sieve_evict,
                                        policy_sieve_remove,
                                        policy_scan_nothing,
                                        policy_sieve_destroy};
