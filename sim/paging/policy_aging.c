// SPDX-License-Identifier: Apache-2.0
// Aging, an approximation of LRU that needs A alone: at each tick of the timer a page's register
// moves right by one bit and A enters at the left. The smallest register goes; among equals, the
// one that has had its value for longest (at a tick, values change in the order of the frames): of
// pages that were not referenced for as many ticks as there are bits, the first to become so. A
// page that comes has the register of one that was referenced in the last tick alone.
//
// The frames of each value are a list; a bitmap tells which lists are not empty.
#include <stdlib.h>

#include "links.h"
#include "policies.h"

struct policy {
    uint32_t frames;
    uint32_t values;  // 2^bits
    const struct policy_view *view;
    void *user;
    uint16_t *value;  // by frame
    bool *resident;
    uint64_t *filled;    // bitmap of values whose list is not empty
    struct link link[];  // frames, then a guard per value
};

static void policy_aging_destroy(struct policy *policy) {
    free(policy->value);
    free(policy->resident);
    free(policy->filled);
    free(policy);
}

static struct policy *policy_aging_create(const struct policy_setup *setup) {
    uint32_t values = 1u << setup->parameters.aging_bits;
    size_t nodes = (size_t)setup->frames + values;
    struct policy *policy = calloc(1, sizeof *policy + nodes * sizeof *policy->link);
    if (!policy) return NULL;
    policy->frames = setup->frames;
    policy->values = values;
    policy->view = setup->view;
    policy->user = setup->user;
    policy->value = calloc(setup->frames, sizeof *policy->value);
    policy->resident = calloc(setup->frames, sizeof *policy->resident);
    policy->filled = calloc(values / 64 + 1, sizeof *policy->filled);
    if (!policy->value || !policy->resident || !policy->filled) {
        policy_aging_destroy(policy);
        return NULL;
    }
    for (uint32_t i = 0; i < values; i++) links_empty(policy->link, policy->frames + i);
    return policy;
}

static void policy_aging_enter(struct policy *policy, uint32_t frame, uint32_t value) {
    policy->value[frame] = (uint16_t)value;
    links_push(policy->link, policy->frames + value, frame);
    policy->filled[value / 64] |= UINT64_C(1) << value % 64;
}

static void policy_aging_leave(struct policy *policy, uint32_t frame) {
    uint32_t value = policy->value[frame];
    links_remove(policy->link, frame);
    if (links_is_empty(policy->link, policy->frames + value)) {
        policy->filled[value / 64] &= ~(UINT64_C(1) << value % 64);
    }
}

static void policy_aging_insert(struct policy *policy, uint32_t frame, uint64_t page) {
    (void)page;
    policy->resident[frame] = true;
    policy_aging_enter(policy, frame, policy->values >> 1);
}

static void policy_aging_remove(struct policy *policy, uint32_t frame) {
    policy->resident[frame] = false;
    policy_aging_leave(policy, frame);
}

static void policy_aging_evict(struct policy *policy, uint32_t frame, uint64_t page) {
    (void)page;
    policy_aging_remove(policy, frame);
}

static uint32_t policy_aging_victim(struct policy *policy, uint64_t page) {
    (void)page;
    uint32_t word = 0;
    while (policy->filled[word] == 0) word++;
    uint32_t value = 64 * word + (uint32_t)__builtin_ctzll(policy->filled[word]);
    return links_oldest(policy->link, policy->frames + value);
}

static void policy_aging_scan(struct policy *policy) {
    for (uint32_t frame = 0; frame < policy->frames; frame++) {
        if (!policy->resident[frame]) continue;
        bool accessed = policy->view->test_accessed(policy->user, frame);
        uint32_t value = policy->value[frame] >> 1 | (accessed ? policy->values >> 1 : 0);
        if (value == policy->value[frame]) continue;  // keeps its place among its equals
        policy_aging_leave(policy, frame);
        policy_aging_enter(policy, frame, value);
    }
}

const struct policy_ops policy_aging = {"aging",
                                        "aging by shift registers on A bits",
                                        POLICY_KNOWS_BITS,
                                        policy_aging_create,
                                        policy_aging_insert,
                                        policy_touch_nothing,
                                        policy_aging_victim,
                                        policy_aging_evict,
                                        policy_aging_remove,
                                        policy_aging_scan,
                                        policy_aging_destroy};
