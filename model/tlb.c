// SPDX-License-Identifier: Apache-2.0
// Set-associative TLB. What a search compares is packed into two arrays beside the
// entries, so that lookup, overlap and fence are one exclusive-or and one mask a way:
//
//   tag   63 62     61       60 .. 45   44 .. 0
//        |  0    | valid |     asid     |   vpn   |
//   mask    0       1      0 if global    0 in the low `shift` bits
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

#define VPN_BITS 45  // va[56:12]
#define VPN_BITS_32 20
#define VPN_MASK ((UINT64_C(1) << VPN_BITS) - 1)
#define ASID_SHIFT VPN_BITS
#define TAG_ASID (UINT64_C(0xFFFF) << ASID_SHIFT)
#define TAG_VALID (UINT64_C(1) << 61)

// Page sizes, in ascending order: 4 KiB, 64 KiB (NAPOT), then levels 1 .. 4.
#define CLASSES 6u

#define MAX_ENTRIES 4096u
#define HINTS 64u
#define MAX_WAYS 128u

struct mmu_tlb {
    uint32_t entries, ways, sets;
    uint32_t recent;             // index of the most recently used entry
    uint32_t resident[CLASSES];  // valid entries of each page size
    uint8_t vpn_bits;            // per level of the page table: 9, or 10 with xlen 32
    uint64_t vpn_mask;           // the bits of an address' vpn that exist
    uint16_t asid_mask;
    uint64_t *tag, *mask;  // by index = set * ways + way
    uint16_t *hint;        // by low vpn bits: index looked at first. No state: right or wrong,
                           // the same entry is found
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

struct mmu_tlb *mmu_tlb_create(const struct mmu_tlb_config *config, const struct mmu_arch *arch) {
    assert(mmu_tlb_config_check(config) == NULL && mmu_arch_check(arch) == NULL);
    struct mmu_tlb *tlb = calloc(1, sizeof *tlb);
    if (tlb == NULL) return NULL;
    tlb->entries = config->entries;
    tlb->ways = config->ways;
    tlb->sets = config->entries / config->ways;
    tlb->vpn_bits = arch->xlen == 32 ? 10 : 9;
    tlb->vpn_mask = (UINT64_C(1) << (arch->xlen == 32 ? VPN_BITS_32 : VPN_BITS)) - 1;
    tlb->asid_mask = (uint16_t)((1u << arch->asid_bits) - 1);
    tlb->tag = calloc(config->entries, sizeof *tlb->tag);
    tlb->mask = calloc(config->entries, sizeof *tlb->mask);
    tlb->entry = calloc(config->entries, sizeof *tlb->entry);
    tlb->hint = calloc(HINTS, sizeof *tlb->hint);
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
    free(tlb->hint);
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
    memset(tlb->hint, 0, HINTS * sizeof *tlb->hint);
    mmu_tlb_policy_reset(&tlb->policy, tlb->sets);
}

static uint64_t probe_of(const struct mmu_tlb *tlb, uint64_t va, uint16_t asid) {
    uint64_t vpn = (va >> MMU_PAGE_BITS) & tlb->vpn_mask;
    return TAG_VALID | ((uint64_t)(asid & tlb->asid_mask) << ASID_SHIFT) | vpn;
}

static unsigned class_of(const struct mmu_tlb_entry *entry) {
    bool napot = entry->page_bits == MMU_PAGE_BITS + MMU_NAPOT_SHIFT;
    return entry->level > 0 ? entry->level + 1u : napot;
}

// vpn bits inside a page of this size.
static unsigned class_shift(const struct mmu_tlb *tlb, unsigned class) {
    return class == 1 ? MMU_NAPOT_SHIFT : class == 0 ? 0 : (class - 1) * tlb->vpn_bits;
}

// Index of the first entry of the set that a page of this size belongs to.
static uint32_t set_base(const struct mmu_tlb *tlb, uint64_t vpn, unsigned class) {
    uint64_t page = vpn >> class_shift(tlb, class);
    return (uint32_t)(page & (tlb->sets - 1)) * tlb->ways;
}

static const struct mmu_tlb_entry *search_ways(const struct mmu_tlb *tlb, uint32_t base,
                                               uint64_t probe) {
    for (uint32_t index = base; index < base + tlb->ways; ++index) {
        if (((tlb->tag[index] ^ probe) & tlb->mask[index]) == 0) return &tlb->entry[index];
    }
    return NULL;
}

// An entry of another page size met in a set matches only if it lies in the set of its own
// size for this va too, so sizes need no comparison. At most one entry ever matches, so
// the order of the search is free.
static const struct mmu_tlb_entry *search(const struct mmu_tlb *tlb, uint64_t probe) {
    if (tlb->sets == 1) return search_ways(tlb, 0, probe);
    for (unsigned class = 0; class < CLASSES; ++class) {
        if (tlb->resident[class] == 0) continue;
        uint32_t base = set_base(tlb, probe & VPN_MASK, class);
        const struct mmu_tlb_entry *found = search_ways(tlb, base, probe);
        if (found != NULL) return found;
    }
    return NULL;
}

const struct mmu_tlb_entry *mmu_tlb_lookup(const struct mmu_tlb *tlb, uint64_t va, uint16_t asid) {
    uint64_t probe = probe_of(tlb, va, asid);
    uint32_t hint = tlb->hint[probe % HINTS];
    if (((tlb->tag[hint] ^ probe) & tlb->mask[hint]) == 0) return &tlb->entry[hint];
    const struct mmu_tlb_entry *found = search(tlb, probe);
    if (found != NULL) tlb->hint[probe % HINTS] = (uint16_t)(found - tlb->entry);
    return found;
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
    --tlb->resident[class_of(&tlb->entry[index])];
}

static void invalidate_overlaps_in_set(struct mmu_tlb *tlb, uint32_t base, uint64_t tag,
                                       uint64_t mask) {
    for (uint32_t index = base; index < base + tlb->ways; ++index) {
        if (((tlb->tag[index] ^ tag) & tlb->mask[index] & mask) == 0) invalidate(tlb, index);
    }
}

// Entries of the new page's size or above that overlap it lie in one set per size. Smaller
// ones lie in the sets of the pages that the new one contains: a run that begins at the new
// page's first one, and wraps round only if it covers every set.
static void invalidate_overlaps(struct mmu_tlb *tlb, const struct mmu_tlb_entry *entry,
                                uint64_t tag, uint64_t mask) {
    unsigned shift = entry->page_bits - MMU_PAGE_BITS;
    for (unsigned class = 0; class < CLASSES; ++class) {
        if (tlb->resident[class] == 0) continue;
        unsigned smaller = class_shift(tlb, class);
        uint64_t run = smaller < shift ? UINT64_C(1) << (shift - smaller) : 1;
        if (run > tlb->sets) run = tlb->sets;
        uint32_t base = set_base(tlb, entry->vpn, class);
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
    unsigned class = class_of(entry);
    assert(class < CLASSES);
    assert(entry->page_bits == MMU_PAGE_BITS + class_shift(tlb, class));
    uint64_t low = (UINT64_C(1) << class_shift(tlb, class)) - 1;
    assert((entry->vpn & ~tlb->vpn_mask) == 0 && (entry->vpn & low) == 0);
    assert((entry->asid & ~tlb->asid_mask) == 0);
    uint64_t tag = TAG_VALID | ((uint64_t)entry->asid << ASID_SHIFT) | entry->vpn;
    uint64_t mask = TAG_VALID | (VPN_MASK & ~low) | ((entry->perm & MMU_PTE_G) ? 0 : TAG_ASID);
    invalidate_overlaps(tlb, entry, tag, mask);

    uint32_t base = set_base(tlb, entry->vpn, class);
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
    ++tlb->resident[class];
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
    uint64_t probe = probe_of(tlb, fence->va, fence->asid);
    for (uint32_t index = base; index < base + count; ++index) {
        if (fence_covers(tlb, index, fence, probe)) invalidate(tlb, index);
    }
}

static bool is_empty(const struct mmu_tlb *tlb) {
    uint32_t valid = 0;
    for (unsigned class = 0; class < CLASSES; ++class) valid |= tlb->resident[class];
    return valid == 0;
}

void mmu_tlb_fence(struct mmu_tlb *tlb, const struct mmu_fence *fence) {
    if (fence->op != MMU_SFENCE_VMA && fence->op != MMU_SINVAL_VMA) return;
    if (!fence->has_va) {
        if (!is_empty(tlb)) fence_entries(tlb, fence, 0, tlb->entries);
        return;
    }
    // No mode has an address whose upper bits are not Sv57's sign extension.
    bool narrow = tlb->vpn_mask >> VPN_BITS_32 == 0;
    if (!narrow && !mmu_is_canonical(mmu_mode_sv57(), fence->va)) return;
    // A page that contains the address lies in the address's set of its size.
    uint64_t vpn = (fence->va >> MMU_PAGE_BITS) & tlb->vpn_mask;
    for (unsigned class = 0; class < CLASSES; ++class) {
        if (tlb->resident[class] != 0)
            fence_entries(tlb, fence, set_base(tlb, vpn, class), tlb->ways);
    }
}

const struct mmu_tlb_entry *mmu_tlb_at(const struct mmu_tlb *tlb, uint32_t set, uint32_t way) {
    assert(set < tlb->sets && way < tlb->ways);
    return &tlb->entry[(size_t)set * tlb->ways + way];
}
