// SPDX-License-Identifier: Apache-2.0
// LRU, PLRU, FIFO and RANDOM replacement.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tlb_internal.h"

#define PLRU_ONE_WORD 64u  // ways whose tree fits into one word
#define RANDOM_RESET 0xACE1u
#define RANDOM_TAPS 0xB400u

bool mmu_tlb_policy_create(struct mmu_tlb_policy *policy, const struct mmu_tlb_config *config) {
    uint32_t sets = config->entries / config->ways;
    policy->kind = config->policy;
    policy->ways = config->ways;
    policy->stamp = calloc(config->entries, sizeof *policy->stamp);
    policy->tree = calloc((size_t)sets * PLRU_WORDS, sizeof *policy->tree);
    return policy->stamp != NULL && policy->tree != NULL;
}

void mmu_tlb_policy_destroy(struct mmu_tlb_policy *policy) {
    free(policy->stamp);
    free(policy->tree);
}

// Every node on the path to the way points away from it afterwards.
static void plru_prepare(struct mmu_tlb_policy *policy) {
    for (uint32_t way = 0; way < policy->ways && way < PLRU_ONE_WORD; ++way) {
        uint32_t node = 1;
        policy->path[way] = policy->away[way] = 0;
        for (uint32_t half = policy->ways / 2; half > 0 && node < 64; half /= 2) {
            bool right = way & half;
            policy->path[way] |= UINT64_C(1) << node;
            if (!right) policy->away[way] |= UINT64_C(1) << node;
            node = 2 * node + right;
        }
    }
}

void mmu_tlb_policy_reset(struct mmu_tlb_policy *policy, uint32_t sets) {
    policy->clock = 0;
    memset(policy->stamp, 0, (size_t)sets * policy->ways * sizeof *policy->stamp);
    memset(policy->tree, 0, (size_t)sets * PLRU_WORDS * sizeof *policy->tree);
    policy->random = RANDOM_RESET;
    if (policy->kind == MMU_PLRU) plru_prepare(policy);
}

static void stamp_used(struct mmu_tlb_policy *policy, uint32_t set, uint32_t way) {
    policy->stamp[set * policy->ways + way] = ++policy->clock;
}

static uint32_t stamp_victim(const struct mmu_tlb_policy *policy, uint32_t set) {
    const uint64_t *stamp = policy->stamp + (size_t)set * policy->ways;
    uint32_t victim = 0;
    for (uint32_t way = 1; way < policy->ways; ++way) {
        if (stamp[way] < stamp[victim]) victim = way;
    }
    return victim;
}

// The tree of 4 ways; a node's bit points to its older half (0 left, 1 right):
//
//            node 1
//        node 2  node 3
//        0    1  2    3
static void plru_used(struct mmu_tlb_policy *policy, uint32_t set, uint32_t way) {
    uint64_t *tree = policy->tree + (size_t)set * PLRU_WORDS;
    if (policy->ways <= PLRU_ONE_WORD) {
        tree[0] = (tree[0] & ~policy->path[way]) | policy->away[way];
        return;
    }
    uint32_t node = 1;
    for (uint32_t half = policy->ways / 2; half > 0; half /= 2) {
        bool right = way & half;
        uint64_t bit = UINT64_C(1) << (node % 64);
        if (right) {
            tree[node / 64] &= ~bit;
        } else {
            tree[node / 64] |= bit;
        }
        node = 2 * node + right;
    }
}

static uint32_t plru_victim(const struct mmu_tlb_policy *policy, uint32_t set) {
    const uint64_t *tree = policy->tree + (size_t)set * PLRU_WORDS;
    uint32_t node = 1;
    while (node < policy->ways) node = 2 * node + ((tree[node / 64] >> (node % 64)) & 1u);
    return node - policy->ways;
}

static uint32_t random_victim(struct mmu_tlb_policy *policy) {
    uint32_t x = policy->random;
    policy->random = (uint16_t)((x >> 1) ^ ((x & 1u) ? RANDOM_TAPS : 0u));
    return (x * policy->ways) >> 16;
}

void mmu_tlb_policy_used(struct mmu_tlb_policy *policy, uint32_t set, uint32_t way, bool filled) {
    switch (policy->kind) {
        case MMU_LRU:
            stamp_used(policy, set, way);
            break;
        case MMU_PLRU:
            plru_used(policy, set, way);
            break;
        case MMU_FIFO:
            if (filled) stamp_used(policy, set, way);
            break;
        default:
            break;  // RANDOM keeps no account of uses
    }
}

uint32_t mmu_tlb_policy_victim(struct mmu_tlb_policy *policy, uint32_t set) {
    switch (policy->kind) {
        case MMU_LRU:
        case MMU_FIFO:
            return stamp_victim(policy, set);
        case MMU_PLRU:
            return plru_victim(policy, set);
        default:
            return random_victim(policy);
    }
}
