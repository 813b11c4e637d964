// SPDX-License-Identifier: Apache-2.0
// S3-FIFO (Yang, Zhang, Qiu, Yue, Rashmi 2023, "FIFO Queues are All You Need for Cache Eviction"):
//
//   first reference      -> small, a FIFO (which alone fills the frames at first)
//   out of small         -> main, if hit `threshold` times or more, else forgotten but for its
//   number missed while known   -> main out of main          -> main again while it has hits to
//   lose (counted up to 3), else gone
//
// main gives a frame when it has more than its share, or small has none.
#include <stdlib.h>

#include "ghosts.h"
#include "policies.h"

#define POLICY_S3_HITS_MOST 3

struct policy_s3_frame {
    uint64_t page;
    uint8_t hits;
    bool main;
    bool fresh;  // only the reference that missed is to come
};

struct policy {
    uint32_t small_guard, main_guard;
    uint32_t small_count, main_count;
    uint32_t main_most;
    uint32_t threshold;
    uint32_t chosen;  // by victim, POLICY_NO_FRAME if it was not asked
    bool returning;   // the page for which evict made room was known
    struct ghosts gone;
    struct policy_s3_frame *frame;
    struct link link[];
};

static void policy_s3_destroy(struct policy *policy) {
    ghosts_release(&policy->gone);
    free(policy->frame);
    free(policy);
}

static struct policy *policy_s3_create(const struct policy_setup *setup) {
    size_t nodes = (size_t)setup->frames + 2;
    uint32_t small = policy_share(setup, setup->parameters.s3_small);
    struct policy *policy = calloc(1, sizeof *policy + nodes * sizeof *policy->link);
    if (!policy) return NULL;
    policy->small_guard = setup->frames;
    policy->main_guard = setup->frames + 1;
    links_empty(policy->link, policy->small_guard);
    links_empty(policy->link, policy->main_guard);
    policy->main_most = setup->frames - (small ? small : 1);
    policy->threshold = setup->parameters.s3_threshold;
    policy->chosen = POLICY_NO_FRAME;
    policy->frame = calloc(setup->frames, sizeof *policy->frame);
    if (policy->frame &&
        ghosts_create(&policy->gone, policy_share(setup, setup->parameters.s3_ghosts))) {
        return policy;
    }
    policy_s3_destroy(policy);
    return NULL;
}

static void policy_s3_push(struct policy *policy, uint32_t frame, bool to_main) {
    policy->frame[frame].main = to_main;
    links_push(policy->link, to_main ? policy->main_guard : policy->small_guard, frame);
    policy->main_count += to_main;
    policy->small_count += !to_main;
}

static void policy_s3_pull(struct policy *policy, uint32_t frame) {
    policy->main_count -= policy->frame[frame].main;
    policy->small_count -= !policy->frame[frame].main;
    links_remove(policy->link, frame);
}

static void policy_s3_insert(struct policy *policy, uint32_t frame, uint64_t page) {
    bool known = policy->returning || ghosts_take(&policy->gone, page);
    policy->returning = false;
    policy->chosen = POLICY_NO_FRAME;
    policy->frame[frame] = (struct policy_s3_frame){.page = page, .fresh = true};
    policy_s3_push(policy, frame, known);
}

static void policy_s3_touch(struct policy *policy, uint32_t frame, uint64_t next_use) {
    (void)next_use;
    struct policy_s3_frame *at = &policy->frame[frame];
    if (!at->fresh && at->hits < POLICY_S3_HITS_MOST) at->hits++;
    at->fresh = false;
}

// Move what was hit often enough from small to main. Returns the first that was not.
static uint32_t policy_s3_from_small(struct policy *policy) {
    while (policy->small_count) {
        uint32_t frame = links_oldest(policy->link, policy->small_guard);
        if (policy->frame[frame].hits < policy->threshold) return frame;
        policy_s3_pull(policy, frame);
        policy->frame[frame].hits = 0;
        policy_s3_push(policy, frame, true);
    }
    return POLICY_NO_FRAME;
}

// Each page that was hit goes round once more for one hit less.
static uint32_t policy_s3_from_main(struct policy *policy) {
    for (;;) {
        uint32_t frame = links_oldest(policy->link, policy->main_guard);
        if (policy->frame[frame].hits == 0) return frame;
        policy->frame[frame].hits--;
        links_remove(policy->link, frame);
        links_push(policy->link, policy->main_guard, frame);
    }
}

// Moving pages is part of the search: the answer is kept for whoever asks again.
static uint32_t policy_s3_victim(struct policy *policy, uint64_t page) {
    (void)page;
    if (policy->chosen != POLICY_NO_FRAME) return policy->chosen;
    if (policy->main_count <= policy->main_most) policy->chosen = policy_s3_from_small(policy);
    if (policy->chosen == POLICY_NO_FRAME && policy->main_count) {
        policy->chosen = policy_s3_from_main(policy);
    }
    if (policy->chosen == POLICY_NO_FRAME) policy->chosen = policy_s3_from_small(policy);
    return policy->chosen;
}

static void policy_s3_remove(struct policy *policy, uint32_t frame) {
    policy->chosen = POLICY_NO_FRAME;
    policy_s3_pull(policy, frame);
}

static void policy_s3_evict(struct policy *policy, uint32_t frame, uint64_t page) {
    policy->returning = ghosts_take(&policy->gone, page);
    policy_s3_remove(policy, frame);
    if (!policy->frame[frame].main) ghosts_add(&policy->gone, policy->frame[frame].page);
}

const struct policy_ops policy_s3fifo = {
    "s3-fifo",        "S3-FIFO",           POLICY_KNOWS_REFERENCES, policy_s3_create,
    policy_s3_insert, policy_s3_touch,     policy_s3_victim,        policy_s3_evict,
    policy_s3_remove, policy_scan_nothing, policy_s3_destroy};
