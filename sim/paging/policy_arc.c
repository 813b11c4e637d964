// SPDX-License-Identifier: Apache-2.0
// ARC (Megiddo and Modha 2003, "ARC: A Self-Tuning, Low Overhead Replacement Cache"), c frames:
//
//   T1  resident, referenced once lately      B1  went from T1, by number
//   T2  resident, referenced more than once   B2  went from T2, by number
//
// each from its oldest to its newest, |T1| + |B1| <= c, all four together <= 2c. `target` is the
// paper's p, the size that T1 should have: a miss that B1 remembers raises it, one that B2
// remembers lowers it, by at least 1 or the ratio of the two's sizes, a real number.
#include <stdlib.h>

#include "ghosts.h"
#include "policies.h"

struct policy_arc_frame {
    uint64_t page;
    bool often;  // in T2
    bool fresh;  // only the reference that missed is to come
};

struct policy {
    uint32_t frames;  // c
    uint32_t guard[2];
    uint32_t count[2];  // of T1, T2
    double target;
    bool returning;  // the page for which evict made room was in B1 or B2
    struct ghosts gone[2];
    struct policy_arc_frame *frame;
    struct link link[];
};

static void policy_arc_destroy(struct policy *policy) {
    ghosts_release(&policy->gone[0]);
    ghosts_release(&policy->gone[1]);
    free(policy->frame);
    free(policy);
}

static struct policy *policy_arc_create(const struct policy_setup *setup) {
    size_t nodes = (size_t)setup->frames + 2;
    struct policy *policy = calloc(1, sizeof *policy + nodes * sizeof *policy->link);
    if (!policy) return NULL;
    policy->frames = setup->frames;
    for (unsigned i = 0; i < 2; i++) {
        policy->guard[i] = setup->frames + i;
        links_empty(policy->link, policy->guard[i]);
    }
    policy->frame = calloc(setup->frames, sizeof *policy->frame);
    // B2 alone may reach 2c.
    if (policy->frame && ghosts_create(&policy->gone[0], setup->frames) &&
        ghosts_create(&policy->gone[1], 2 * setup->frames)) {
        return policy;
    }
    policy_arc_destroy(policy);
    return NULL;
}

// The step for a page that `hit` remembers.
static double policy_arc_step(const struct ghosts *hit, const struct ghosts *other) {
    return other->count > hit->count ? (double)other->count / hit->count : 1;
}

// Returns the target after a miss on `page`, which changes only if B1 or B2 remembers it.
static double policy_arc_adapted(const struct policy *policy, uint64_t page, bool *in_b2,
                                 bool *in_b1) {
    const struct ghosts *b1 = &policy->gone[0], *b2 = &policy->gone[1];
    *in_b1 = ghosts_has(b1, page);
    *in_b2 = !*in_b1 && ghosts_has(b2, page);
    double target = policy->target;
    if (*in_b1) target += policy_arc_step(b1, b2);
    if (*in_b2) target -= policy_arc_step(b2, b1);
    if (target > policy->frames) return policy->frames;
    return target > 0 ? target : 0;
}

// Adapt to the page that comes, and forget it. Returns whether it was remembered.
static bool policy_arc_recall(struct policy *policy, uint64_t page) {
    bool in_b1, in_b2;
    policy->target = policy_arc_adapted(policy, page, &in_b2, &in_b1);
    if (in_b1) ghosts_take(&policy->gone[0], page);
    if (in_b2) ghosts_take(&policy->gone[1], page);
    return in_b1 || in_b2;
}

// Before one page more comes into T1: what is remembered shrinks by cases IV A (|T1| + |B1| = c: B1
// alone) and IV B (B2, if all four are 2c).
static void policy_arc_trim(struct policy *policy) {
    struct ghosts *b1 = &policy->gone[0], *b2 = &policy->gone[1];
    uint64_t held = (uint64_t)policy->count[0] + policy->count[1];
    if ((uint64_t)policy->count[0] + b1->count >= policy->frames) {
        ghosts_drop_oldest(b1);
    } else if (held + b1->count + b2->count >= 2 * (uint64_t)policy->frames) {
        ghosts_drop_oldest(b2);
    }
}

static void policy_arc_insert(struct policy *policy, uint32_t frame, uint64_t page) {
    bool often = policy->returning || policy_arc_recall(policy, page);
    if (!often) policy_arc_trim(policy);
    policy->returning = false;
    policy->frame[frame] = (struct policy_arc_frame){.page = page, .often = often, .fresh = true};
    links_push(policy->link, policy->guard[often], frame);
    policy->count[often]++;
}

static void policy_arc_remove(struct policy *policy, uint32_t frame) {
    policy->count[policy->frame[frame].often]--;
    links_remove(policy->link, frame);
}

static void policy_arc_touch(struct policy *policy, uint32_t frame, uint64_t next_use) {
    (void)next_use;
    struct policy_arc_frame *at = &policy->frame[frame];
    if (!at->fresh && links_newest(policy->link, policy->guard[1]) != frame) {
        policy_arc_remove(policy, frame);
        at->often = true;
        policy->count[1]++;
        links_push(policy->link, policy->guard[1], frame);
    }
    at->fresh = false;
}

// The paper's REPLACE, and its case IV A in which T1 fills L1 alone.
static uint32_t policy_arc_victim(struct policy *policy, uint64_t page) {
    bool in_b1, in_b2;
    double target = policy_arc_adapted(policy, page, &in_b2, &in_b1);
    uint32_t once = policy->count[0];
    bool from_t1 = once > 0 && (once > target || (in_b2 && once == target));
    if (!in_b1 && !in_b2 && once == policy->frames) from_t1 = true;
    if (policy->count[1] == 0) from_t1 = true;
    return links_oldest(policy->link, policy->guard[from_t1 ? 0 : 1]);
}

// What is remembered too much is forgotten by insert, which follows: in case IV A with |T1| = c
// that is the page which goes now.
static void policy_arc_evict(struct policy *policy, uint32_t frame, uint64_t page) {
    policy->returning = policy_arc_recall(policy, page);
    policy_arc_remove(policy, frame);
    ghosts_add(&policy->gone[policy->frame[frame].often], policy->frame[frame].page);
}

const struct policy_ops policy_arc = {"arc",
                                      "ARC",
                                      POLICY_KNOWS_REFERENCES,
                                      policy_arc_create,
                                      policy_arc_insert,
                                      policy_arc_touch,
                                      policy_arc_victim,
                                      policy_arc_evict,
                                      policy_arc_remove,
                                      policy_scan_nothing,
                                      policy_arc_destroy};
