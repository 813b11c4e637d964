// SPDX-License-Identifier: Apache-2.0
// RANDOM: every resident frame is as likely as any other (splitmix64, modulo by multiplication).
#include <stdlib.h>

#include "policies.h"
#include "sim/random.h"

struct policy {
    uint64_t state;
    uint32_t count;
    uint32_t chosen;  // frame that victim named
    bool has_chosen;
    uint32_t *place;   // of each resident frame in frame
    uint32_t frame[];  // the resident ones
};

static void policy_random_destroy(struct policy *policy) {
    free(policy->place);
    free(policy);
}

static struct policy *policy_random_create(const struct policy_setup *setup) {
    uint32_t frames = setup->frames;
    struct policy *policy = calloc(1, sizeof *policy + (size_t)frames * sizeof *policy->frame);
    if (!policy) return NULL;
    policy->state = setup->seed;
    policy->place = calloc(frames, sizeof *policy->place);
    if (policy->place) return policy;
    free(policy);
    return NULL;
}

static void policy_random_insert(struct policy *policy, uint32_t frame, uint64_t page) {
    (void)page;
    policy->place[frame] = policy->count;
    policy->frame[policy->count++] = frame;
    policy->has_chosen = false;
}

static uint32_t policy_random_victim(struct policy *policy, uint64_t page) {
    (void)page;
    if (!policy->has_chosen) {
        uint32_t place = sim_random_below(&policy->state, policy->count);
        policy->chosen = policy->frame[place];
        policy->has_chosen = true;
    }
    return policy->chosen;
}

static void policy_random_remove(struct policy *policy, uint32_t frame) {
    uint32_t last = policy->frame[--policy->count];
    policy->frame[policy->place[frame]] = last;
    policy->place[last] = policy->place[frame];
    policy->has_chosen = false;
}

static void policy_random_evict(struct policy *policy, uint32_t frame, uint64_t page) {
    (void)page;
    policy_random_remove(policy, frame);
}

const struct policy_ops policy_random = {"random",
                                         "any frame, equally likely",
                                         POLICY_KNOWS_FAULTS,
                                         policy_random_create,
                                         policy_random_insert,
                                         policy_touch_nothing,
                                         policy_random_victim,
                                         policy_random_evict,
                                         policy_random_remove,
                                         policy_scan_nothing,
                                         policy_random_destroy};
