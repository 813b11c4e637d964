// SPDX-License-Identifier: Apache-2.0
// The reference's second level and page-walk caches (section 5 and the table of section 9).
#include <assert.h>

#include "reference.h"

uint64_t ref_vpn(const struct ref *ref, uint64_t va) {
    return va >> 12 & ((UINT64_C(1) << (ref->config.arch.xlen == 32 ? 20 : 45)) - 1);
}

unsigned ref_b(const struct ref *ref) {
    return ref->config.arch.xlen == 32 ? 10 : 9;
}

static unsigned l2_sets(const struct ref *ref) {
    return ref->config.l2.entries / ref->config.l2.ways;
}

// --- second level: entry = set * ways + way ---------------------------------------------------

struct ref_l2_found ref_l2_look(const struct ref *ref, const struct ref_request *request,
                                uint64_t read) {
    struct ref_l2_found found = {.best = -1};
    uint64_t vpn = ref_vpn(ref, request->asked.va), sets = l2_sets(ref);
    unsigned ways = ref->config.l2.ways;
    for (unsigned pass = 0; pass < 2; ++pass) {  // small goes before large
        uint64_t tag = pass == 0 ? vpn : vpn >> ref_b(ref);
        for (unsigned k = 0; k < ref->config.l2.entries; ++k) {
            const struct ref_l2_entry *entry = &ref->old.l2[k];
            if (k / ways != tag % sets || !entry->valid || entry->written == read) continue;
            if (entry->bad) found.bad[k] = true;
            if (entry->bad || entry->large != (pass == 1) || entry->tag != tag) continue;
            if (!(entry->page.perm & MMU_PTE_G) && entry->page.asid != request->context.asid)
                continue;
            found.match[k] = true;
            if (found.best < 0) found.best = (int)k;
        }
    }
    return found;
}

void ref_l2_touch(struct ref *ref, unsigned index, bool fill) {
    struct ref_state *now = &ref->now;
    unsigned ways = ref->config.l2.ways, set = index / ways, way = index % ways;
    if (ref->config.l2.policy == MMU_LRU || fill) now->l2[index].used = ++now->touches;
    unsigned node = 1, first = 0;
    for (unsigned size = ways; ref->config.l2.policy == MMU_PLRU && size > 1; size /= 2) {
        bool left = way < first + size / 2;
        now->tree[set][node] = left;
        if (!left) first += size / 2;
        node = 2 * node + !left;
    }
}

static unsigned l2_victim(struct ref *ref, unsigned set) {
    const struct ref_state *old = &ref->old;
    unsigned ways = ref->config.l2.ways, victim = 0, node = 1;
    switch (ref->config.l2.policy) {
        case MMU_PLRU:
            while (node < ways) node = 2 * node + old->tree[set][node];
            return node - ways;
        case MMU_RANDOM:
            victim = old->random * ways >> 16;
            ref->now.random = (uint16_t)(old->random >> 1 ^ (old->random & 1 ? 0xB400 : 0));
            return victim;
        default:  // the smallest order: of uses (LRU) or of fills (FIFO)
            for (unsigned way = 1; way < ways; ++way) {
                if (old->l2[set * ways + way].used < old->l2[set * ways + victim].used)
                    victim = way;
            }
            return victim;
    }
}

void ref_l2_fill(struct ref *ref, uint64_t va, const struct mmu_tlb_entry *page) {
    struct ref_state *now = &ref->now;
    unsigned ways = ref->config.l2.ways, way = 0;
    bool large = page->level > 0;
    uint64_t tag = ref_vpn(ref, va) >> (large ? ref_b(ref) : 0);
    unsigned set = (unsigned)(tag % l2_sets(ref));
    while (way < ways && ref->old.l2[set * ways + way].valid) ++way;
    bool evict = way == ways;
    if (evict) way = l2_victim(ref, set);
    struct ref_l2_entry *entry = &now->l2[set * ways + way];
    entry->valid = true;
    entry->large = large;
    entry->bad = ref->acts->poison;
    entry->tag = tag;
    entry->page = *page;
    entry->written = ref->old.c;
    ref_l2_touch(ref, set * ways + way, true);
    unsigned shift = page->page_bits - 12u;
    if (shift > (large ? ref_b(ref) : 0)) now->fragments = true;
    now->l2_filled = true;
    now->l2_fill.set = set;
    now->l2_fill.way = way;
    now->l2_fill.evict = evict;
    ++now->counter[48];
    now->counter[49] += evict;
}

static bool fence_address_is_valid(const struct ref *ref, uint64_t va) {
    uint64_t upper = va >> 56;  // bits 63:57 equal bit 56
    return ref->config.arch.xlen == 32 || upper == 0 || upper == 0xFF;
}

void ref_l2_fence(struct ref *ref, const struct mmu_fence *fence) {
    struct ref_state *now = &ref->now;
    if (fence->has_va && !fence_address_is_valid(ref, fence->va)) return;
    bool all = !fence->has_va || now->fragments;
    uint64_t vpn = ref_vpn(ref, fence->va), sets = l2_sets(ref);
    for (unsigned k = 0; k < ref->config.l2.entries; ++k) {
        uint64_t set = k / ref->config.l2.ways;
        if (all || set == vpn % sets || set == (vpn >> ref_b(ref)) % sets) now->l2[k].valid = false;
    }
    if (all) now->fragments = false;
}

// --- page-walk caches ---------------------------------------------------------------------------

void ref_pwc_look(struct ref *ref, const struct ref_slot *slot) {
    const struct ref_request *request = &slot->request;
    ref->now.pwc_level = 0;
    for (unsigned level = 1; level < request->context.mode->levels; ++level) {
        uint64_t tag = ref_vpn(ref, request->asked.va) >> (ref_b(ref) * level);
        for (unsigned way = 0; way < ref->config.pwc_entries; ++way) {
            const struct ref_pwc_entry *entry = &ref->now.pwc[level][way];
            if (!entry->valid || entry->tag != tag) continue;
            if (!entry->global && entry->asid != request->context.asid) continue;
            ref->now.pwc_level = level;
            ref->now.pwc_way = way;
            ref->now.pwc_slot = (unsigned)(slot - ref->now.slot);
            return;
        }
    }
}

void ref_pwc_fill(struct ref *ref, const struct ref_slot *slot, uint64_t ppn, bool global) {
    unsigned level = slot->i, entries = ref->config.pwc_entries, way = 0, oldest = 0;
    struct ref_pwc_entry *cache = ref->now.pwc[level];
    const struct ref_pwc_entry *before = ref->old.pwc[level];
    uint64_t tag = ref_vpn(ref, slot->request.asked.va) >> (ref_b(ref) * level);
    uint16_t asid = slot->request.context.asid;
    for (unsigned k = 0; k < entries; ++k) {
        bool space = cache[k].global || global || cache[k].asid == asid;
        if (cache[k].tag == tag && space) cache[k].valid = false;
        if (before[k].used < before[oldest].used) oldest = k;
    }
    while (way < entries && cache[way].valid) ++way;
    if (way == entries) way = oldest;
    cache[way] = (struct ref_pwc_entry){.valid = true,
                                        .global = global,
                                        .tag = tag,
                                        .ppn = ppn,
                                        .asid = asid,
                                        .used = ++ref->now.touches};
    ++ref->now.counter[60 + level - 1];
}

void ref_pwc_fence(struct ref *ref, const struct mmu_fence *fence) {
    uint16_t asid = fence->asid & (uint16_t)((1u << ref->config.arch.asid_bits) - 1);
    for (unsigned level = 1; level <= 4 && !fence->has_va; ++level) {
        for (unsigned way = 0; way < ref->config.pwc_entries; ++way) {
            struct ref_pwc_entry *entry = &ref->now.pwc[level][way];
            if (!fence->has_asid || (!entry->global && entry->asid == asid)) entry->valid = false;
        }
    }
}
