// SPDX-License-Identifier: Apache-2.0
// LIRS (Jiang and Zhang 2002, "LIRS: An Efficient Low Inter-reference Recency Set Replacement
// Policy"). A page whose last two references lay close together is LIR and stays; the others are
// HIR, have a small share of the frames, and go in the order of the queue Q.
//
//   S  stack by last reference: LIR pages, HIR pages, and HIR pages that went ("ghosts"); its
//   oldest
//      is LIR, for what is older is pruned
//   Q  resident HIR pages; the oldest goes
//
// A HIR page that is referenced while in S has come again sooner than the oldest LIR page: the two
// change roles. The ghosts are limited; the oldest is forgotten. They go from Q in the order in
// which they stand in S, because a reference to a HIR page renews its place in both.
#include <stdlib.h>

#include "links.h"
#include "page_index.h"
#include "policies.h"

enum policy_lirs_kind {
    POLICY_LIRS_LIR,    // in S
    POLICY_LIRS_HIR,    // in Q, perhaps in S
    POLICY_LIRS_GHOST,  // in S, and in the ghosts' list
    POLICY_LIRS_SPARE
};

struct policy_lirs_node {
    uint64_t page;
    uint8_t kind;  // enum policy_lirs_kind
    bool stacked;  // in S
    bool fresh;    // only the reference that missed is to come
};

// Nodes: the frames, then the ghosts. `queue` holds Q, the ghosts by age and the spare ghosts.
struct policy {
    uint32_t frames, ghosts;
    uint32_t stack_guard, queue_guard, ghost_guard, spare_guard;
    uint32_t lir_count, lir_most;
    bool returning;  // the page for which evict made room was in S
    struct policy_lirs_node *node;
    struct link *stack, *queue;
    struct page_index index;  // of ghosts
};

static void policy_lirs_destroy(struct policy *policy) {
    page_index_release(&policy->index);
    free(policy->node);
    free(policy->stack);
    free(policy->queue);
    free(policy);
}

static bool policy_lirs_allocate(struct policy *policy) {
    size_t nodes = (size_t)policy->frames + policy->ghosts + 3;
    policy->node = calloc(nodes, sizeof *policy->node);
    policy->stack = calloc(nodes, sizeof *policy->stack);
    policy->queue = calloc(nodes, sizeof *policy->queue);
    return page_index_create(&policy->index, policy->ghosts) && policy->node && policy->stack &&
           policy->queue;
}

static struct policy *policy_lirs_create(const struct policy_setup *setup) {
    struct policy *policy = calloc(1, sizeof *policy);
    if (!policy) return NULL;
    uint32_t hir = policy_share(setup, setup->parameters.lirs_hir);
    policy->frames = setup->frames;
    policy->ghosts = policy_share(setup, setup->parameters.lirs_ghosts);
    policy->lir_most = setup->frames - (hir ? hir : 1);
    if (!policy_lirs_allocate(policy)) {
        policy_lirs_destroy(policy);
        return NULL;
    }
    policy->stack_guard = policy->queue_guard = policy->frames + policy->ghosts;
    policy->ghost_guard = policy->queue_guard + 1;
    policy->spare_guard = policy->queue_guard + 2;
    links_empty(policy->stack, policy->stack_guard);
    links_empty(policy->queue, policy->queue_guard);
    links_empty(policy->queue, policy->ghost_guard);
    links_empty(policy->queue, policy->spare_guard);
    for (uint32_t i = 0; i < policy->ghosts; i++) {
        policy->node[policy->frames + i].kind = POLICY_LIRS_SPARE;
        links_push(policy->queue, policy->spare_guard, policy->frames + i);
    }
    return policy;
}

static void policy_lirs_unstack(struct policy *policy, uint32_t node) {
    if (policy->node[node].stacked) links_remove(policy->stack, node);
    policy->node[node].stacked = false;
}

static void policy_lirs_stack(struct policy *policy, uint32_t node) {
    policy_lirs_unstack(policy, node);
    links_push(policy->stack, policy->stack_guard, node);
    policy->node[node].stacked = true;
}

static void policy_lirs_forget(struct policy *policy, uint32_t ghost) {
    policy_lirs_unstack(policy, ghost);
    page_index_remove(&policy->index, policy->node[ghost].page);
    policy->node[ghost].kind = POLICY_LIRS_SPARE;
    links_remove(policy->queue, ghost);
    links_push(policy->queue, policy->spare_guard, ghost);
}

// Take HIR pages off the stack's old end until a LIR page stands there.
static void policy_lirs_prune(struct policy *policy) {
    while (!links_is_empty(policy->stack, policy->stack_guard)) {
        uint32_t oldest = links_oldest(policy->stack, policy->stack_guard);
        if (policy->node[oldest].kind == POLICY_LIRS_LIR) return;
        if (policy->node[oldest].kind == POLICY_LIRS_GHOST) {
            policy_lirs_forget(policy, oldest);
        } else {
            policy_lirs_unstack(policy, oldest);
        }
    }
}

// One LIR page more; if they are too many, the stack's oldest becomes HIR.
static void policy_lirs_promote(struct policy *policy, uint32_t frame) {
    policy->node[frame].kind = POLICY_LIRS_LIR;
    if (++policy->lir_count > policy->lir_most) {
        uint32_t oldest = links_oldest(policy->stack, policy->stack_guard);
        policy->node[oldest].kind = POLICY_LIRS_HIR;
        policy->lir_count--;
        links_push(policy->queue, policy->queue_guard, oldest);
    }
    policy_lirs_prune(policy);
}

// Returns whether the page was a ghost, which it is no longer.
static bool policy_lirs_recall(struct policy *policy, uint64_t page) {
    uint32_t ghost = page_index_find(&policy->index, page);
    if (ghost == PAGE_INDEX_NONE) return false;
    policy_lirs_forget(policy, ghost);
    return true;
}

static void policy_lirs_insert(struct policy *policy, uint32_t frame, uint64_t page) {
    bool near = policy->returning || policy_lirs_recall(policy, page);
    policy->returning = false;
    policy->node[frame] =
        (struct policy_lirs_node){.page = page, .kind = POLICY_LIRS_HIR, .fresh = true};
    policy_lirs_stack(policy, frame);
    if (near || policy->lir_count < policy->lir_most) {
        policy_lirs_promote(policy, frame);
        return;
    }
    links_push(policy->queue, policy->queue_guard, frame);
    if (policy->lir_count == 0) policy_lirs_prune(policy);
}

static void policy_lirs_touch_hir(struct policy *policy, uint32_t frame) {
    bool near = policy->node[frame].stacked;
    policy_lirs_stack(policy, frame);
    links_remove(policy->queue, frame);
    if (near) {
        policy_lirs_promote(policy, frame);
        return;
    }
    links_push(policy->queue, policy->queue_guard, frame);
    if (policy->lir_count == 0) policy_lirs_prune(policy);
}

static void policy_lirs_touch(struct policy *policy, uint32_t frame, uint64_t next_use) {
    (void)next_use;
    struct policy_lirs_node *at = &policy->node[frame];
    bool fresh = at->fresh;
    at->fresh = false;
    if (fresh) return;
    if (at->kind == POLICY_LIRS_HIR) {
        policy_lirs_touch_hir(policy, frame);
    } else if (links_newest(policy->stack, policy->stack_guard) != frame) {
        bool oldest = links_oldest(policy->stack, policy->stack_guard) == frame;
        policy_lirs_stack(policy, frame);
        if (oldest) policy_lirs_prune(policy);
    }
}

// Only after removals is Q empty: then the LIR page that was referenced longest ago goes.
static uint32_t policy_lirs_victim(struct policy *policy, uint64_t page) {
    (void)page;
    if (links_is_empty(policy->queue, policy->queue_guard)) {
        return links_oldest(policy->stack, policy->stack_guard);
    }
    return links_oldest(policy->queue, policy->queue_guard);
}

static void policy_lirs_remove(struct policy *policy, uint32_t frame) {
    policy_lirs_unstack(policy, frame);
    if (policy->node[frame].kind == POLICY_LIRS_HIR) {
        links_remove(policy->queue, frame);
        return;
    }
    policy->lir_count--;
    policy_lirs_prune(policy);
}

// The page in the frame goes on in S as a ghost.
static void policy_lirs_leave_ghost(struct policy *policy, uint32_t frame) {
    if (policy->ghosts == 0) return;
    if (links_is_empty(policy->queue, policy->spare_guard)) {
        policy_lirs_forget(policy, links_oldest(policy->queue, policy->ghost_guard));
    }
    uint32_t ghost = links_oldest(policy->queue, policy->spare_guard);
    links_remove(policy->queue, ghost);
    links_push(policy->queue, policy->ghost_guard, ghost);
    policy->node[ghost] = (struct policy_lirs_node){
        .page = policy->node[frame].page, .kind = POLICY_LIRS_GHOST, .stacked = true};
    links_replace(policy->stack, frame, ghost);
    policy->node[frame].stacked = false;
    page_index_add(&policy->index, policy->node[ghost].page, ghost);
}

static void policy_lirs_evict(struct policy *policy, uint32_t frame, uint64_t page) {
    policy->returning = policy_lirs_recall(policy, page);
    if (policy->node[frame].kind == POLICY_LIRS_HIR && policy->node[frame].stacked) {
        policy_lirs_leave_ghost(policy, frame);
    }
    policy_lirs_remove(policy, frame);
}

const struct policy_ops policy_lirs = {"lirs",
                                       "LIRS",
                                       POLICY_KNOWS_REFERENCES,
                                       policy_lirs_create,
                                       policy_lirs_insert,
                                       policy_lirs_touch,
                                       policy_lirs_victim,
                                       policy_lirs_evict,
                                       policy_lirs_remove,
                                       policy_scan_nothing,
                                       policy_lirs_destroy};
