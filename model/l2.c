// SPDX-License-Identifier: Apache-2.0
// The second-level TLB's storage. What a lookup compares first is packed beside the entries:
//
//   key   63      62      44 .. 0
//        valid   large     tag
//
// so that a set is searched in its keys; ASID and parity are looked at where a key matches.
#include "l2.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/walk.h"
#include "tlb_internal.h"

#define KEY_VALID (UINT64_C(1) << 63)
#define KEY_LARGE (UINT64_C(1) << 62)
#define MAX_ENTRIES 4096u
#define MAX_WAYS 16u

struct l2 {
    uint32_t entries, ways, sets;
    uint32_t poisoned;  // valid entries of wrong parity
    uint32_t valid;     // valid entries
    bool fragments;
    uint8_t vpn_bits;   // B
    uint64_t vpn_mask;  // the bits of a vpn that exist
    uint16_t asid_mask;
    uint64_t *key;
    struct mmu_l2_entry *entry;
    struct mmu_tlb_policy policy;
};

static bool is_power_of_two(uint32_t x) {
    return x != 0 && (x & (x - 1)) == 0;
}

const char *l2_config_check(const struct mmu_l2_config *config) {
    if (config->entries == 0) return NULL;
    if (config->entries > MAX_ENTRIES) return "second-level entries must be 0 .. 4096";
    if (config->ways < 1 || config->ways > MAX_WAYS) return "second-level ways must be 1 .. 16";
    if (config->entries % config->ways != 0) return "second-level ways must divide its entries";
    if (!is_power_of_two(config->entries / config->ways))
        return "second-level entries / ways must be a power of two";
    if (config->policy > MMU_RANDOM)
        return "second-level policy must be 0 LRU, 1 PLRU, 2 FIFO or 3 RANDOM";
    if (config->policy == MMU_PLRU && !is_power_of_two(config->ways))
        return "second-level PLRU needs ways to be a power of two";
    return NULL;
}

struct l2 *l2_create(const struct mmu_l2_config *config, const struct mmu_arch *arch) {
    assert(l2_config_check(config) == NULL && config->entries > 0);
    struct l2 *l2 = calloc(1, sizeof *l2);
    if (l2 == NULL) return NULL;
    l2->entries = config->entries;
    l2->ways = config->ways;
    l2->sets = config->entries / config->ways;
    l2->vpn_bits = arch->xlen == 32 ? 10 : 9;
    l2->vpn_mask = (UINT64_C(1) << (arch->xlen == 32 ? 20 : 45)) - 1;
    l2->asid_mask = (uint16_t)((UINT32_C(1) << arch->asid_bits) - 1);
    l2->key = calloc(config->entries, sizeof *l2->key);
    l2->entry = calloc(config->entries, sizeof *l2->entry);
    struct mmu_tlb_config policy = {config->entries, config->ways, config->policy};
    bool created = mmu_tlb_policy_create(&l2->policy, &policy);
    if (!created || l2->key == NULL || l2->entry == NULL) {
        l2_destroy(l2);
        return NULL;
    }
    l2_reset(l2);
    return l2;
}

void l2_destroy(struct l2 *l2) {
    if (l2 == NULL) return;
    mmu_tlb_policy_destroy(&l2->policy);
    free(l2->key);
    free(l2->entry);
    free(l2);
}

void l2_reset(struct l2 *l2) {
    memset(l2->key, 0, l2->entries * sizeof *l2->key);
    memset(l2->entry, 0, l2->entries * sizeof *l2->entry);
    l2->poisoned = 0;
    l2->valid = 0;
    l2->fragments = false;
    mmu_tlb_policy_reset(&l2->policy, l2->sets);
}

const struct mmu_l2_entry *l2_at(const struct l2 *l2, uint32_t index) {
    return &l2->entry[index];
}

uint32_t l2_index(const struct l2 *l2, uint32_t set, uint32_t way) {
    assert(set < l2->sets && way < l2->ways);
    return set * l2->ways + way;
}

static uint64_t vpn_of(const struct l2 *l2, uint64_t va) {
    return (va >> MMU_PAGE_BITS) & l2->vpn_mask;
}

static uint32_t base_of(const struct l2 *l2, uint64_t tag) {
    return (uint32_t)(tag & (l2->sets - 1)) * l2->ways;
}

static uint16_t matches_in(const struct l2 *l2, uint32_t base, uint64_t key, uint16_t asid,
                           uint32_t written) {
    unsigned ways = 0;
    for (uint32_t way = 0; way < l2->ways; ++way) {
        uint32_t index = base + way;
        if (l2->key[index] != key || index == written) continue;
        const struct mmu_l2_entry *entry = &l2->entry[index];
        bool space = (entry->page.perm & MMU_PTE_G) || entry->page.asid == asid;
        if (space && !entry->poisoned) ways |= 1u << way;
    }
    return (uint16_t)ways;
}

static uint16_t bad_in(const struct l2 *l2, uint32_t base, uint32_t written) {
    unsigned ways = 0;
    for (uint32_t way = 0; way < l2->ways; ++way) {
        const struct mmu_l2_entry *entry = &l2->entry[base + way];
        if (entry->valid && entry->poisoned && base + way != written) ways |= 1u << way;
    }
    return (uint16_t)ways;
}

static uint32_t lowest(uint16_t ways) {
    return (uint32_t)__builtin_ctz(ways);
}

struct l2_found l2_look(const struct l2 *l2, uint64_t va, uint16_t asid, uint32_t written) {
    uint64_t small = vpn_of(l2, va), large = small >> l2->vpn_bits;
    struct l2_found found = {
        .small_base = base_of(l2, small), .large_base = base_of(l2, large), .index = L2_NONE};
    found.small_match = matches_in(l2, found.small_base, KEY_VALID | small, asid, written);
    found.large_match =
        matches_in(l2, found.large_base, KEY_VALID | KEY_LARGE | large, asid, written);
    if (l2->poisoned > 0) {
        found.small_bad = bad_in(l2, found.small_base, written);
        found.large_bad = bad_in(l2, found.large_base, written);
    }
    if (found.small_match != 0) {
        found.index = found.small_base + lowest(found.small_match);
    } else if (found.large_match != 0) {
        found.index = found.large_base + lowest(found.large_match);
    }
    return found;
}

static void invalidate(struct l2 *l2, uint32_t index) {
    if (!l2->entry[index].valid) return;
    l2->poisoned -= l2->entry[index].poisoned;
    --l2->valid;
    l2->entry[index].valid = false;
    l2->key[index] = 0;
}

static void drop(struct l2 *l2, uint32_t base, uint16_t ways) {
    for (uint32_t way = 0; ways >> way != 0; ++way) {
        if (ways >> way & 1u) invalidate(l2, base + way);
    }
}

bool l2_drop_bad(struct l2 *l2, const struct l2_found *found) {
    drop(l2, found->small_base, found->small_bad);
    drop(l2, found->large_base, found->large_bad);
    return (found->small_bad | found->large_bad) != 0;
}

void l2_drop_matches(struct l2 *l2, const struct l2_found *found) {
    drop(l2, found->small_base, found->small_match);
    drop(l2, found->large_base, found->large_match);
}

void l2_touch(struct l2 *l2, const struct l2_found *found) {
    assert(found->index != L2_NONE);
    mmu_tlb_policy_used(&l2->policy, found->index / l2->ways, found->index % l2->ways, false);
}

struct l2_choice l2_choose(struct l2 *l2, uint64_t va, const struct mmu_tlb_entry *page) {
    struct l2_choice choice = {.entry = {.valid = true, .large = page->level > 0, .page = *page}};
    uint64_t vpn = vpn_of(l2, va);
    choice.entry.tag = choice.entry.large ? vpn >> l2->vpn_bits : vpn;
    uint32_t base = base_of(l2, choice.entry.tag), way = 0;
    while (way < l2->ways && l2->entry[base + way].valid) ++way;
    choice.fill.set = base / l2->ways;
    if (way == l2->ways) {
        way = mmu_tlb_policy_victim(&l2->policy, choice.fill.set);
        choice.fill.evict = true;
        choice.fill.victim = l2->entry[base + way];
    }
    choice.fill.way = way;
    choice.index = base + way;
    return choice;
}

// A page that is larger than its granule.
static bool is_fragment(const struct l2 *l2, const struct mmu_l2_entry *entry) {
    unsigned granule_bits = MMU_PAGE_BITS + (entry->large ? l2->vpn_bits : 0u);
    return entry->page.page_bits > granule_bits;
}

void l2_write(struct l2 *l2, const struct l2_choice *choice, bool poisoned) {
    uint32_t index = choice->index;
    invalidate(l2, index);
    l2->entry[index] = choice->entry;
    l2->entry[index].poisoned = poisoned;
    l2->key[index] = KEY_VALID | (choice->entry.large ? KEY_LARGE : 0) | choice->entry.tag;
    l2->poisoned += poisoned;
    ++l2->valid;
    if (is_fragment(l2, &choice->entry)) l2->fragments = true;
    mmu_tlb_policy_used(&l2->policy, choice->fill.set, choice->fill.way, true);
}

static void invalidate_all(struct l2 *l2) {
    for (uint32_t index = 0; index < l2->entries && l2->valid > 0; ++index) invalidate(l2, index);
    l2->fragments = false;
}

void l2_fence(struct l2 *l2, const struct mmu_fence *fence) {
    // With XLEN = 64 a fence with an invalid address has no effect.
    bool narrow = l2->vpn_bits == 10;
    if (fence->has_va && !narrow && !mmu_is_canonical(mmu_mode_sv57(), fence->va)) return;
    if (!fence->has_va || l2->fragments) {
        invalidate_all(l2);
        return;
    }
    uint64_t vpn = vpn_of(l2, fence->va);
    uint16_t all = (uint16_t)((1u << l2->ways) - 1);
    drop(l2, base_of(l2, vpn), all);
    drop(l2, base_of(l2, vpn >> l2->vpn_bits), all);
}
