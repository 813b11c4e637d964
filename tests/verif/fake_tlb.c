// SPDX-License-Identifier: Apache-2.0
// The fake's TLB: an array of entries, every one looked at for every operation (section 5).
#include <string.h>

#include "fake_internal.h"

static bool same_page(uint64_t vpn, uint64_t other, unsigned shift) {
    return vpn >> shift == other >> shift;
}

static unsigned sets(const struct fake_tlb *tlb) {
    return tlb->config.entries / tlb->config.ways;
}

void fake_tlb_reset(struct fake_tlb *tlb) {
    memset(tlb->entry, 0, sizeof tlb->entry);
    memset(tlb->tree, 0, sizeof tlb->tree);
    tlb->lfsr = 0xACE1;
    tlb->touches = 0;
}

int fake_tlb_lookup(const struct fake_tlb *tlb, uint64_t va, uint16_t asid) {
    for (unsigned k = 0; k < tlb->config.entries; k++) {
        const struct fake_entry *e = &tlb->entry[k];
        unsigned shift = tlb->fault == FAKE_NAPOT_SHIFT && e->napot ? 0 : e->shift;
        if (!e->valid || !same_page(e->vpn, fake_vpn(&tlb->arch, va), shift)) continue;
        if (e->global || e->asid == asid || tlb->fault == FAKE_ASID_IGNORED) return (int)k;
    }
    return -1;
}

// Every node on the path from the root to the way points away from it.
static void touch_tree(struct fake_tlb *tlb, unsigned set, unsigned way) {
    unsigned low = 0, high = tlb->config.ways, node = 1;
    while (high - low > 1) {
        unsigned middle = (low + high) / 2;
        bool left = way < middle;
        tlb->tree[set * tlb->config.ways + node] = left != (tlb->fault == FAKE_PLRU);
        node = 2 * node + !left;
        if (left)
            high = middle;
        else
            low = middle;
    }
}

static void touch(struct fake_tlb *tlb, unsigned index) {
    tlb->entry[index].stamp = ++tlb->touches;
    if (tlb->config.policy == MMU_PLRU)
        touch_tree(tlb, index / tlb->config.ways, index % tlb->config.ways);
}

void fake_tlb_hit(struct fake_tlb *tlb, unsigned index) {
    if (tlb->config.policy == MMU_FIFO) return;
    if (tlb->config.policy == MMU_LRU && tlb->fault == FAKE_LRU_UNTOUCHED) return;
    touch(tlb, index);
}

static unsigned oldest(const struct fake_tlb *tlb, unsigned set) {
    const struct fake_entry *e = &tlb->entry[set * tlb->config.ways];
    unsigned way = 0;
    for (unsigned k = 1; k < tlb->config.ways; k++)
        if (e[k].stamp < e[way].stamp) way = k;
    return way;
}

static unsigned follow_tree(const struct fake_tlb *tlb, unsigned set) {
    unsigned node = 1;
    while (node < tlb->config.ways) node = 2 * node + tlb->tree[set * tlb->config.ways + node];
    return node - tlb->config.ways;
}

static unsigned draw(struct fake_tlb *tlb) {
    unsigned way = (unsigned)tlb->lfsr * tlb->config.ways >> 16;
    unsigned feedback = (tlb->lfsr & 1) && tlb->fault != FAKE_LFSR ? 0xB400 : 0;
    tlb->lfsr = (uint16_t)((unsigned)tlb->lfsr >> 1 ^ feedback);
    return way;
}

static unsigned victim(struct fake_tlb *tlb, unsigned set) {
    switch (tlb->config.policy) {
        case MMU_PLRU:
            return follow_tree(tlb, set);
        case MMU_RANDOM:
            return draw(tlb);
        default:
            return oldest(tlb, set);
    }
}

static void remove_overlapping(struct fake_tlb *tlb, const struct fake_entry *new) {
    for (unsigned k = 0; k < tlb->config.entries; k++) {
        struct fake_entry *e = &tlb->entry[k];
        unsigned shift = e->shift > new->shift ? e->shift : new->shift;
        bool meets = e->global || new->global || e->asid == new->asid;
        if (meets && same_page(e->vpn, new->vpn, shift)) e->valid = false;
    }
}

struct fake_fill fake_tlb_fill(struct fake_tlb *tlb, const struct fake_entry *entry) {
    unsigned ways = tlb->config.ways;
    unsigned set = (unsigned)(entry->vpn >> entry->shift) & (sets(tlb) - 1);
    if (tlb->fault != FAKE_OVERLAP_MISSING) remove_overlapping(tlb, entry);
    unsigned way = 0;
    while (way < ways && tlb->entry[set * ways + way].valid) way++;
    bool evict = way == ways;
    if (evict) way = victim(tlb, set);
    tlb->entry[set * ways + way] = *entry;
    touch(tlb, set * ways + way);
    return (struct fake_fill){
        .valid = true, .evict = evict, .set = (uint8_t)set, .way = (uint8_t)way};
}

// With XLEN = 64 an address that no mode has matches nothing.
static bool same_address(const struct fake_tlb *tlb, const struct fake_entry *e, uint64_t va) {
    unsigned shift = tlb->fault == FAKE_FENCE_SUPERPAGE ? 0 : e->shift;
    if (tlb->fault == FAKE_FENCE_VA) return true;
    if (tlb->arch.xlen == 64 && !fake_canonical(57, va)) return false;
    return same_page(e->vpn, fake_vpn(&tlb->arch, va), shift);
}

static bool fenced(const struct fake_tlb *tlb, const struct fake_entry *e,
                   const struct mmu_fence *fence) {
    uint16_t asid = fence->asid & (uint16_t)((1u << tlb->arch.asid_bits) - 1);
    if (fence->has_va && !same_address(tlb, e, fence->va)) return false;
    if (!fence->has_asid) return true;
    if (e->global && tlb->fault != FAKE_FENCE_G) return false;
    return e->asid == asid || tlb->fault == FAKE_FENCE_ASID;
}

void fake_tlb_fence(struct fake_tlb *tlb, const struct mmu_fence *fence) {
    if (tlb->fault == FAKE_FENCE_NOTHING) return;
    if (tlb->fault == FAKE_SINVAL_NOTHING && fence->op == MMU_SINVAL_VMA) return;
    for (unsigned k = 0; k < tlb->config.entries; k++)
        if (fenced(tlb, &tlb->entry[k], fence)) tlb->entry[k].valid = false;
}
