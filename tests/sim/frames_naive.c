// SPDX-License-Identifier: Apache-2.0
#include "frames_naive.h"

#define EACH(naive, at)                                \
    for (struct naive_page *at = &(naive)->page[0][0]; \
         at < &(naive)->page[0][0] + NAIVE_PROCESSES * NAIVE_PAGES; at++)

static struct naive_page *naive_oldest(struct frames_naive *naive) {
    struct naive_page *oldest = NULL;
    EACH(naive, at) if (at->resident && (!oldest || at->arrived < oldest->arrived)) oldest = at;
    return oldest;
}

static struct naive_page *naive_victim(struct frames_naive *naive) {
    struct naive_page *at = naive_oldest(naive);
    bool cleared = false;
    if (naive->config.policy == POLICY_FIFO) return at;
    naive->counts.searches++;
    for (; naive->counts.ptes_scanned++, at->accessed; at = naive_oldest(naive)) {
        at->accessed = false;
        at->arrived = naive->now++;
        naive->counts.accessed_found++;
        cleared = true;
        if (naive->config.fence != FRAMES_FENCE_PAGE) continue;
        at->in_tlb = false;
        naive->counts.scan_fences++;
    }
    if (cleared && naive->config.fence == FRAMES_FENCE_ALL) {
        EACH(naive, other) other->in_tlb = false;
        naive->counts.scan_fences++;
    }
    return at;
}

static void naive_fault(struct frames_naive *naive, struct naive_page *page) {
    uint32_t held = 0;
    EACH(naive, at) held += at->resident;
    naive->counts.faults++;
    naive->counts.cold_faults += !page->known;
    naive->counts.swap_reads += page->in_swap;
    if (held == naive->config.frames) {
        struct naive_page *victim = naive_victim(naive);
        naive->counts.evictions++;
        naive->counts.unmap_fences++;
        naive->counts.write_backs += victim->dirty;
        victim->in_swap |= victim->dirty;
        victim->resident = victim->in_tlb = false;
    }
    *page = (struct naive_page){
        .known = true, .resident = true, .in_swap = page->in_swap, .arrived = naive->now++};
}

static void naive_refill(struct frames_naive *naive, struct naive_page *page, uint32_t vpn,
                         bool write) {
    uint32_t sets = naive->config.tlb_entries / naive->config.tlb_ways, used = 0;
    struct naive_page *lru = NULL;
    for (uint32_t process = 0; process < NAIVE_PROCESSES; process++) {
        for (uint32_t other = vpn % sets; other < NAIVE_PAGES; other += sets) {
            struct naive_page *at = &naive->page[process][other];
            used += at->in_tlb;
            if (at->in_tlb && (!lru || at->tlb_used < lru->tlb_used)) lru = at;
        }
    }
    if (used == naive->config.tlb_ways) lru->in_tlb = false;
    page->accessed = page->in_tlb = true;
    page->dirty |= write;
    page->tlb_dirty = page->dirty;
    naive->counts.tlb_misses++;
}

void frames_naive_reference(struct frames_naive *naive, const struct frames_reference *reference) {
    struct naive_page *page = &naive->page[reference->process][reference->vpn];
    bool write = reference->write;
    if (!page->resident) naive_fault(naive, page);
    if (naive->config.tlb_entries == 0) {
        page->accessed = true;
        page->dirty |= write;
        naive->counts.tlb_misses++;
    } else if (!page->in_tlb) {
        naive_refill(naive, page, (uint32_t)reference->vpn, write);
    } else if (write && !page->tlb_dirty) {
        page->accessed = page->dirty = page->tlb_dirty = true;
        naive->counts.dirty_walks++;
    } else if (!page->accessed) {
        naive->counts.hidden_accesses++;
    }
    page->tlb_used = naive->now++;
    naive->counts.references++;
    naive->counts.writes += write;
}
