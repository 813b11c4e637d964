// SPDX-License-Identifier: Apache-2.0
// Set-associative TLB. What a search compares is packed into two arrays beside the
// entries, so that lookup, overlap and fence are one exclusive-or and one mask a way:
//
//   tag   63   44     43       42 .. 27   26 .. 0
//        |  0    | valid |     asid     |   vpn   |
//   mask    0       1      0 if global    0 in the low 9*level bits
//
// A probe matches an entry if (tag ^ probe) & mask is 0; two translations overlap if
// (tag ^ tag') & mask & mask' is 0. An invalid entry has tag 0 and keeps its mask's valid
// bit, so it never matches.
#include "mmu/tlb.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mmu/walk.h"
#include "tlb_internal.h"

#define LEVELS 3u
#define VPN_MASK 0x7FFFFFFu
#define ASID_SHIFT 27
#define TAG_ASID (UINT64_C(0xFFFF) << ASID_SHIFT)
#define TAG_VALID (UINT64_C(1) << 43)

#define MAX_ENTRIES 4096u
#define MAX_WAYS 128u

struct mmu_tlb {
    uint32_t entries, ways, sets;
    uint32_t recent;            // index of the most recently used entry: looked at first
    uint32_t resident[LEVELS];  // valid entries of each level
    uint64_t *tag, *mask;       // by index = set * ways + way
    struct mmu_tlb_entry *entry;
    struct mmu_tlb_policy policy;
};

static bool is_power_of_two(uint32_t x) {
    return x != 0 && (x & (x - 1)) == 0;
}

const char *mmu_tlb_config_check(const struct mmu_tlb_config *config) {
    if (config->entries < 1 || config->entries > MAX_ENTRIES) return "entries must be 1 .. 4096";
    if (config->ways < 1 || config->ways > MAX_WAYS) return "ways must be 1 .. 128";
    if (config->entries % config->ways != 0) return "ways must divide entries";
    if (!is_power_of_two(config->entries / config->ways))
        return "entries / ways must be a power of two";
    if (config->policy > MMU_RANDOM) return "policy must be 0 LRU, 1 PLRU, 2 FIFO or 3 RANDOM";
    if (config->policy == MMU_PLRU && !is_power_of_two(config->ways))
        return "PLRU needs ways to be a power of two";
    return NULL;
}

struct mmu_tlb *mmu_tlb_create(const struct mmu_tlb_config *config) {
    assert(mmu_tlb_config_check(config) == NULL);
    struct mmu_tlb *tlb = calloc(1, sizeof *tlb);
    if (tlb == NULL) return NULL;
    tlb->entries = config->entries;
    tlb->ways = config->ways;
    tlb->sets = config->entries / config->ways;
    tlb->tag = calloc(config->entries, sizeof *tlb->tag);
    tlb->mask = calloc(config->entries, sizeof *tlb->mask);
    tlb->entry = calloc(config->entries, sizeof *tlb->entry);
    bool has_policy = mmu_tlb_policy_create(&tlb->policy, config);
    if (!has_policy || tlb->tag == NULL || tlb->mask == NULL || tlb->entry == NULL) {
        mmu_tlb_destroy(tlb);
        return NULL;
    }
    mmu_tlb_reset(tlb);
    return tlb;
}

void mmu_tlb_destroy(struct mmu_tlb *tlb) {
    if (tlb == NULL) return;
    mmu_tlb_policy_destroy(&tlb->policy);
    free(tlb->tag);
    free(tlb->mask);
    free(tlb->entry);
    free(tlb);
}

void mmu_tlb_reset(struct mmu_tlb *tlb) {
    memset(tlb->entry, 0, tlb->entries * sizeof *tlb->entry);
    for (uint32_t index = 0; index < tlb->entries; ++index) {
        tlb->tag[index] = 0;
        tlb->mask[index] = TAG_VALID;
    }
    memset(tlb->resident, 0, sizeof tlb->resident);
    tlb->recent = 0;
    mmu_tlb_policy_reset(&tlb->policy, tlb->sets);
}

static uint64_t probe_of(uint64_t va, uint16_t asid) {
    return TAG_VALID | ((uint64_t)asid << ASID_SHIFT) | ((va >> MMU_PAGE_BITS) & VPN_MASK);
}

// Index of the first entry of the set that a translation of this level belongs to.
static uint32_t set_base(const struct mmu_tlb *tlb, uint64_t vpn, unsigned level) {
    uint64_t page = vpn >> (level * MMU_VPN_BITS_PER_LEVEL);
    return (uint32_t)(page & (tlb->sets - 1)) * tlb->ways;
}

static const struct mmu_tlb_entry *search_ways(const struct mmu_tlb *tlb, uint32_t base,
                                               uint64_t probe) {
    for (uint32_t index = base; index < base + tlb->ways; ++index) {
        if (((tlb->tag[index] ^ probe) & tlb->mask[index]) == 0) return &tlb->entry[index];
    }
    return NULL;
}

// An entry of another level met in a set matches only if it lies in the set of its own
// level for this va too, so levels need no comparison. At most one entry ever matches, so
// the order of the search is free.
const struct mmu_tlb_entry *mmu_tlb_lookup(const struct mmu_tlb *tlb, uint64_t va, uint16_t asid) {
    uint64_t probe = probe_of(va, asid);
    if (((tlb->tag[tlb->recent] ^ probe) & tlb->mask[tlb->recent]) == 0)
        return &tlb->entry[tlb->recent];
    if (tlb->sets == 1) return search_ways(tlb, 0, probe);
    for (unsigned level = 0; level < LEVELS; ++level) {
        if (tlb->resident[level] == 0) continue;
        uint32_t base = set_base(tlb, probe & VPN_MASK, level);
        const struct mmu_tlb_entry *found = search_ways(tlb, base, probe);
        if (found != NULL) return found;
    }
    return NULL;
}

void mmu_tlb_touch(struct mmu_tlb *tlb, const struct mmu_tlb_entry *entry) {
    assert(entry >= tlb->entry && entry < tlb->entry + tlb->entries && entry->valid);
    // Every policy's touch is idempotent, and nothing was touched since this entry was.
    if (entry == &tlb->entry[tlb->recent]) return;
    uint32_t index = (uint32_t)(entry - tlb->entry);
    uint32_t set = tlb->sets == 1 ? 0 : index / tlb->ways;
    tlb->recent = index;
    mmu_tlb_policy_used(&tlb->policy, set, index - set * tlb->ways, false);
}

static void invalidate(struct mmu_tlb *tlb, uint32_t index) {
    tlb->tag[index] = 0;
    tlb->mask[index] = TAG_VALID;
    tlb->entry[index].valid = false;
    --tlb->resident[tlb->entry[index].level];
}

static void invalidate_overlaps_in_set(struct mmu_tlb *tlb, uint32_t base, uint64_t tag,
                                       uint64_t mask) {
    for (uint32_t index = base; index < base + tlb->ways; ++index) {
        if (((tlb->tag[index] ^ tag) & tlb->mask[index] & mask) == 0) invalidate(tlb, index);
    }
}

// Entries of the new level or above that overlap the new page lie in one set per level.
// Entries of a level below lie in the sets of the pages that the new one contains: a run
// that begins at the new page's first one, and wraps round only if it covers every set.
static void invalidate_overlaps(struct mmu_tlb *tlb, const struct mmu_tlb_entry *entry,
                                uint64_t tag, uint64_t mask) {
    for (unsigned level = 0; level < LEVELS; ++level) {
        if (tlb->resident[level] == 0) continue;
        uint32_t run = 1;
        if (level < entry->level)
            run = UINT32_C(1) << ((entry->level - level) * MMU_VPN_BITS_PER_LEVEL);
        if (run > tlb->sets) run = tlb->sets;
        uint32_t base = set_base(tlb, entry->vpn, level);
        for (uint32_t k = 0; k < run; ++k)
            invalidate_overlaps_in_set(tlb, (base + k * tlb->ways) % tlb->entries, tag, mask);
    }
}

static uint32_t choose_way(struct mmu_tlb *tlb, uint32_t base, bool *evict) {
    for (uint32_t way = 0; way < tlb->ways; ++way) {
        if (!tlb->entry[base + way].valid) return way;
    }
    *evict = true;
    return mmu_tlb_policy_victim(&tlb->policy, base / tlb->ways);
}

struct mmu_tlb_fill mmu_tlb_fill(struct mmu_tlb *tlb, const struct mmu_tlb_entry *entry) {
    assert(entry->level < LEVELS);
    uint64_t low = (UINT64_C(1) << (entry->level * MMU_VPN_BITS_PER_LEVEL)) - 1;
    assert((entry->vpn & ~(uint64_t)VPN_MASK) == 0 && (entry->vpn & low) == 0);
    uint64_t tag = TAG_VALID | ((uint64_t)entry->asid << ASID_SHIFT) | entry->vpn;
    uint64_t mask = TAG_VALID | (VPN_MASK & ~low) | ((entry->perm & MMU_PTE_G) ? 0 : TAG_ASID);
    invalidate_overlaps(tlb, entry, tag, mask);

    uint32_t base = set_base(tlb, entry->vpn, entry->level);
    struct mmu_tlb_fill fill = {.set = base / tlb->ways};
    fill.way = choose_way(tlb, base, &fill.evict);
    uint32_t index = base + fill.way;
    if (fill.evict) {
        fill.victim = tlb->entry[index];
        invalidate(tlb, index);
    }
    tlb->tag[index] = tag;
    tlb->mask[index] = mask;
    tlb->entry[index] = *entry;
    tlb->entry[index].valid = true;
    ++tlb->resident[entry->level];
    tlb->recent = index;
    mmu_tlb_policy_used(&tlb->policy, fill.set, fill.way, true);
    return fill;
}

static bool fence_covers(const struct mmu_tlb *tlb, uint32_t index, const struct mmu_fence *fence,
                         uint64_t probe) {
    if (!tlb->entry[index].valid) return false;
    uint64_t difference = (tlb->tag[index] ^ probe) & tlb->mask[index];
    if (fence->has_va && (difference & VPN_MASK) != 0) return false;
    bool global = (tlb->mask[index] & TAG_ASID) == 0;
    return !fence->has_asid || (!global && (difference & TAG_ASID) == 0);
}

static void fence_entries(struct mmu_tlb *tlb, const struct mmu_fence *fence, uint32_t base,
                          uint32_t count) {
    uint64_t probe = probe_of(fence->va, fence->asid);
    for (uint32_t index = base; index < base + count; ++index) {
        if (fence_covers(tlb, index, fence, probe)) invalidate(tlb, index);
    }
}

void mmu_tlb_fence(struct mmu_tlb *tlb, const struct mmu_fence *fence) {
    if (!fence->has_va) {
        bool empty = (tlb->resident[0] | tlb->resident[1] | tlb->resident[2]) == 0;
        if (!empty) fence_entries(tlb, fence, 0, tlb->entries);
        return;
    }
    if (!mmu_is_canonical(mmu_mode_sv39(), fence->va)) return;
    // A page that contains the address lies in the address's set of its level.
    uint64_t vpn = (fence->va >> MMU_PAGE_BITS) & VPN_MASK;
    for (unsigned level = 0; level < LEVELS; ++level) {
        if (tlb->resident[level] != 0)
            fence_entries(tlb, fence, set_base(tlb, vpn, level), tlb->ways);
    }
}

const struct mmu_tlb_entry *mmu_tlb_at(const struct mmu_tlb *tlb, uint32_t set, uint32_t way) {
    assert(set < tlb->sets && way < tlb->ways);
    return &tlb->entry[(size_t)set * tlb->ways + way];
}
