// SPDX-License-Identifier: Apache-2.0
// OPT (Belady 1966): the page whose next use is farthest goes. A heap of the resident frames, the
// farthest on top; each frame knows its place in it.
#include <stdlib.h>

#include "policies.h"

struct policy_opt_node {
    uint64_t next_use;
    uint32_t frame;
};

struct policy {
    uint32_t count;
    uint32_t *place;  // of each resident frame in heap
    struct policy_opt_node heap[];
};

static void policy_opt_destroy(struct policy *policy) {
    free(policy->place);
    free(policy);
}

static struct policy *policy_opt_create(const struct policy_setup *setup) {
    uint32_t frames = setup->frames;
    struct policy *policy = calloc(1, sizeof *policy + (size_t)frames * sizeof *policy->heap);
    if (!policy) return NULL;
    policy->place = calloc(frames, sizeof *policy->place);
    if (policy->place) return policy;
    free(policy);
    return NULL;
}

static void policy_opt_put(struct policy *policy, uint32_t place, struct policy_opt_node node) {
    policy->heap[place] = node;
    policy->place[node.frame] = place;
}

static void policy_opt_up(struct policy *policy, uint32_t place) {
    struct policy_opt_node node = policy->heap[place];
    while (place > 0) {
        uint32_t parent = (place - 1) / 2;
        if (policy->heap[parent].next_use >= node.next_use) break;
        policy_opt_put(policy, place, policy->heap[parent]);
        place = parent;
    }
    policy_opt_put(policy, place, node);
}

static void policy_opt_down(struct policy *policy, uint32_t place) {
    struct policy_opt_node node = policy->heap[place];
    for (uint64_t child; (child = 2 * (uint64_t)place + 1) < policy->count;) {
        uint32_t larger = (uint32_t)child;
        if (child + 1 < policy->count &&
            policy->heap[child + 1].next_use > policy->heap[child].next_use) {
            larger++;
        }
        if (policy->heap[larger].next_use <= node.next_use) break;
        policy_opt_put(policy, place, policy->heap[larger]);
        place = larger;
    }
    policy_opt_put(policy, place, node);
}

// The reference that brings the page in is yet to come: the nearest use there is.
static void policy_opt_insert(struct policy *policy, uint32_t frame, uint64_t page) {
    (void)page;
    policy_opt_put(policy, policy->count++, (struct policy_opt_node){0, frame});
}

static void policy_opt_touch(struct policy *policy, uint32_t frame, uint64_t next_use) {
    uint32_t place = policy->place[frame];
    uint64_t before = policy->heap[place].next_use;
    policy->heap[place].next_use = next_use;
    if (next_use > before) policy_opt_up(policy, place);
    if (next_use < before) policy_opt_down(policy, place);
}

static uint32_t policy_opt_victim(struct policy *policy, uint64_t page) {
    (void)page;
    return policy->heap[0].frame;
}

static void policy_opt_remove(struct policy *policy, uint32_t frame) {
    uint32_t place = policy->place[frame];
    struct policy_opt_node last = policy->heap[--policy->count];
    if (last.frame == frame) return;
    policy_opt_put(policy, place, last);
    policy_opt_up(policy, place);
    policy_opt_down(policy, policy->place[last.frame]);
}

static void policy_opt_evict(struct policy *policy, uint32_t frame, uint64_t page) {
    (void)page;
    policy_opt_remove(policy, frame);
}

const struct policy_ops policy_opt = {"opt",
                                      "OPT, the farthest next use",
                                      POLICY_KNOWS_FUTURE,
                                      policy_opt_create,
                                      policy_opt_insert,
                                      policy_opt_touch,
                                      policy_opt_victim,
                                      policy_opt_evict,
                                      policy_opt_remove,
                                      policy_scan_nothing,
                                      policy_opt_destroy};
