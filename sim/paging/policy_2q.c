// SPDX-License-Identifier: Apache-2.0
// 2Q, the full version (Johnson and Shasha 1994, "2Q: A Low Overhead High Performance Buffer
// Management Replacement Algorithm"):
//
//   first reference        -> A1in, a FIFO
//   out of A1in            -> A1out, a FIFO of page numbers
//   missed while in A1out  -> Am, an LRU list
//
// A1in gives a frame while it has more than Kin, Am otherwise; what leaves Am is forgotten.
#include <stdlib.h>

#include "ghosts.h"
#include "policies.h"

struct policy_2q_frame {
    uint64_t page;
    bool hot;  // in Am
};

struct policy {
    uint32_t in_guard;
    uint32_t hot_guard;
    uint32_t in_count;
    uint32_t in_most;  // Kin
    bool returning;    // the page for which evict made room was in A1out
    struct ghosts out;
    struct policy_2q_frame *frame;
    struct link link[];
};

static void policy_2q_destroy(struct policy *policy) {
    ghosts_release(&policy->out);
    free(policy->frame);
    free(policy);
}

static struct policy *policy_2q_create(const struct policy_setup *setup) {
    size_t nodes = (size_t)setup->frames + 2;
    struct policy *policy = calloc(1, sizeof *policy + nodes * sizeof *policy->link);
    if (!policy) return NULL;
    policy->in_guard = setup->frames;
    policy->hot_guard = setup->frames + 1;
    links_empty(policy->link, policy->in_guard);
    links_empty(policy->link, policy->hot_guard);
    policy->in_most = policy_share(setup, setup->parameters.two_q_in);
    policy->frame = calloc(setup->frames, sizeof *policy->frame);
    if (policy->frame &&
        ghosts_create(&policy->out, policy_share(setup, setup->parameters.two_q_out))) {
        return policy;
    }
    policy_2q_destroy(policy);
    return NULL;
}

static void policy_2q_insert(struct policy *policy, uint32_t frame, uint64_t page) {
    bool hot = policy->returning || ghosts_take(&policy->out, page);
    policy->returning = false;
    policy->frame[frame] = (struct policy_2q_frame){.page = page, .hot = hot};
    links_push(policy->link, hot ? policy->hot_guard : policy->in_guard, frame);
    policy->in_count += !hot;
}

// The reference that missed changes nothing: what it brought in is the newest already.
static void policy_2q_touch(struct policy *policy, uint32_t frame, uint64_t next_use) {
    (void)next_use;
    if (!policy->frame[frame].hot || links_newest(policy->link, policy->hot_guard) == frame) return;
    links_remove(policy->link, frame);
    links_push(policy->link, policy->hot_guard, frame);
}

static uint32_t policy_2q_victim(struct policy *policy, uint64_t page) {
    (void)page;
    bool in = policy->in_count > policy->in_most || links_is_empty(policy->link, policy->hot_guard);
    return links_oldest(policy->link, in ? policy->in_guard : policy->hot_guard);
}

static void policy_2q_remove(struct policy *policy, uint32_t frame) {
    policy->in_count -= !policy->frame[frame].hot;
    links_remove(policy->link, frame);
}

// The page that comes leaves A1out before the one that goes enters it: it is not what A1out drops.
static void policy_2q_evict(struct policy *policy, uint32_t frame, uint64_t page) {
    policy->returning = ghosts_take(&policy->out, page);
    policy_2q_remove(policy, frame);
    if (!policy->frame[frame].hot) ghosts_add(&policy->out, policy->frame[frame].page);
}

const struct policy_ops policy_2q = {"2q",
                                     "2Q, full version",
                                     POLICY_KNOWS_REFERENCES,
                                     policy_2q_create,
                                     policy_2q_insert,
                                     policy_2q_touch,
                                     policy_2q_victim,
                                     policy_2q_evict,
                                     policy_2q_remove,
                                     policy_scan_nothing,
                                     policy_2q_destroy};
