// SPDX-License-Identifier: Apache-2.0
// WSClock (Carr and Hennessy 1981, "WSClock - A Simple and Effective Algorithm for Virtual Memory
// Management"): a clock whose hand takes a page only if it is out of its process' working set.
//
//   A set                      last use = the owner's virtual time, clear A, go on
//   used within the window     in the working set: go on
//   old and dirty              begin its write-back (a few per search), go on
//   old and clean              take it
//
// If a round finds nothing to take (the paper then has the system run fewer processes), the page
// nearest to leaving its working set goes: the one of the greatest age, of several a clean one, of
// several of those the first after the hand.
#include <stdlib.h>

#include "links.h"
#include "policies.h"

struct policy {
    uint32_t guard;
    uint32_t chosen;  // by victim, POLICY_NO_FRAME if it was not asked
    uint32_t count;   // resident frames
    uint32_t writes_most;
    uint64_t window;
    const struct policy_view *view;
    void *user;
    uint64_t *last_use;  // by frame
    struct link link[];  // the hand stands at the oldest
};

static void policy_wsclock_destroy(struct policy *policy) {
    free(policy->last_use);
    free(policy);
}

static struct policy *policy_wsclock_create(const struct policy_setup *setup) {
    size_t nodes = (size_t)setup->frames + 1;
    struct policy *policy = calloc(1, sizeof *policy + nodes * sizeof *policy->link);
    if (!policy) return NULL;
    policy->guard = setup->frames;
    policy->chosen = POLICY_NO_FRAME;
    policy->writes_most = setup->parameters.wsclock_writes;
    policy->window = setup->parameters.wsclock_window;
    policy->view = setup->view;
    policy->user = setup->user;
    links_empty(policy->link, policy->guard);
    policy->last_use = calloc(setup->frames, sizeof *policy->last_use);
    if (policy->last_use) return policy;
    free(policy);
    return NULL;
}

static void policy_wsclock_insert(struct policy *policy, uint32_t frame, uint64_t page) {
    (void)page;
    policy->chosen = POLICY_NO_FRAME;
    policy->count++;
    policy->last_use[frame] = policy->view->time(policy->user, frame);
    links_push(policy->link, policy->guard, frame);
}

static void policy_wsclock_remove(struct policy *policy, uint32_t frame) {
    policy->chosen = POLICY_NO_FRAME;
    policy->count--;
    links_remove(policy->link, frame);
}

static void policy_wsclock_evict(struct policy *policy, uint32_t frame, uint64_t page) {
    (void)page;
    policy_wsclock_remove(policy, frame);
}

// Whether the page at the hand is old and clean.
static bool policy_wsclock_takes(struct policy *policy, uint32_t frame, uint32_t *writes) {
    uint64_t now = policy->view->time(policy->user, frame);
    if (policy->view->test_accessed(policy->user, frame)) {
        policy->last_use[frame] = now;
        return false;
    }
    if (now - policy->last_use[frame] <= policy->window) return false;
    if (!policy->view->dirty(policy->user, frame)) return true;
    if (*writes < policy->writes_most) *writes += policy->view->clean(policy->user, frame);
    return false;
}

static uint32_t policy_wsclock_round(struct policy *policy, uint32_t *writes) {
    for (uint32_t i = 0; i < policy->count; i++) {
        uint32_t frame = links_oldest(policy->link, policy->guard);
        if (policy_wsclock_takes(policy, frame, writes)) return frame;
        links_remove(policy->link, frame);
        links_push(policy->link, policy->guard, frame);
    }
    return POLICY_NO_FRAME;
}

// Everything is in a working set, or old and dirty with no write-back allowed.
static uint32_t policy_wsclock_nearest(const struct policy *policy) {
    uint32_t nearest = POLICY_NO_FRAME;
    uint64_t greatest = 0;
    bool clean = false;
    for (uint32_t frame = links_oldest(policy->link, policy->guard); frame != policy->guard;
         frame = policy->link[frame].newer) {
        uint64_t age = policy->view->time(policy->user, frame) - policy->last_use[frame];
        bool better = age > greatest ||
                      (age == greatest && !clean && !policy->view->dirty(policy->user, frame));
        if (!better && nearest != POLICY_NO_FRAME) continue;
        nearest = frame;
        greatest = age;
        clean = !policy->view->dirty(policy->user, frame);
    }
    return nearest;
}

// A write-back is finished when the hand comes round again.
static uint32_t policy_wsclock_victim(struct policy *policy, uint64_t page) {
    (void)page;
    if (policy->chosen != POLICY_NO_FRAME) return policy->chosen;
    uint32_t writes = 0;
    policy->chosen = policy_wsclock_round(policy, &writes);
    if (policy->chosen == POLICY_NO_FRAME && writes) {
        policy->chosen = policy_wsclock_round(policy, &writes);
    }
    if (policy->chosen == POLICY_NO_FRAME) policy->chosen = policy_wsclock_nearest(policy);
    return policy->chosen;
}

const struct policy_ops policy_wsclock = {"wsclock",
                                          "WSClock on A and D bits",
                                          POLICY_KNOWS_BITS,
                                          policy_wsclock_create,
                                          policy_wsclock_insert,
                                          policy_touch_nothing,
                                          policy_wsclock_victim,
                                          policy_wsclock_evict,
                                          policy_wsclock_remove,
                                          policy_scan_nothing,
                                          policy_wsclock_destroy};
