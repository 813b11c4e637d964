// SPDX-License-Identifier: Apache-2.0
// CLOCK as a kernel runs it (Corbato 1968, "A Paging Experiment with the Multics System"): the hand
// looks at A in the PTE, clears it if it is set and goes on, and takes the first page without.
// What brought a page in has set its A, so every page is spared once.
#include <stdlib.h>

#include "links.h"
#include "policies.h"

struct policy {
    uint32_t guard;
    uint32_t chosen;  // by victim, POLICY_NO_FRAME if it was not asked
    const struct policy_view *view;
    void *user;
    struct link link[];  // the hand stands at the oldest
};

static void policy_clock_bits_destroy(struct policy *policy) {
    free(policy);
}

static struct policy *policy_clock_bits_create(const struct policy_setup *setup) {
    size_t nodes = (size_t)setup->frames + 1;
    struct policy *policy = calloc(1, sizeof *policy + nodes * sizeof *policy->link);
    if (!policy) return NULL;
    policy->guard = setup->frames;
    policy->chosen = POLICY_NO_FRAME;
    policy->view = setup->view;
    policy->user = setup->user;
    links_empty(policy->link, policy->guard);
    return policy;
}

static void policy_clock_bits_insert(struct policy *policy, uint32_t frame, uint64_t page) {
    (void)page;
    policy->chosen = POLICY_NO_FRAME;
    links_push(policy->link, policy->guard, frame);
}

static void policy_clock_bits_remove(struct policy *policy, uint32_t frame) {
    policy->chosen = POLICY_NO_FRAME;
    links_remove(policy->link, frame);
}

static void policy_clock_bits_evict(struct policy *policy, uint32_t frame, uint64_t page) {
    (void)page;
    policy_clock_bits_remove(policy, frame);
}

// Each A is cleared on the first round, so the second ends at its first frame.
static uint32_t policy_clock_bits_victim(struct policy *policy, uint64_t page) {
    (void)page;
    while (policy->chosen == POLICY_NO_FRAME) {
        uint32_t frame = links_oldest(policy->link, policy->guard);
        if (!policy->view->test_accessed(policy->user, frame)) {
            policy->chosen = frame;
        } else {
            links_remove(policy->link, frame);
            links_push(policy->link, policy->guard, frame);
        }
    }
    return policy->chosen;
}

const struct policy_ops policy_clock_bits = {"clock-bits",
                                             "CLOCK on A bits",
                                             POLICY_KNOWS_BITS,
                                             policy_clock_bits_create,
                                             policy_clock_bits_insert,
                                             policy_touch_nothing,
                                             policy_clock_bits_victim,
                                             policy_clock_bits_evict,
                                             policy_clock_bits_remove,
                                             policy_scan_nothing,
                                             policy_clock_bits_destroy};
