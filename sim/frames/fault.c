// SPDX-License-Identifier: Apache-2.0
// Faults, victims, and what policies see of PTEs.
#include "private.h"

static void frames_write_back(struct frames *frames, struct frame *at) {
    pages_find(&frames->pages, at->page)->in_swap = true;
    at->dirty = false;
    frames->counts.write_backs++;
}

static void frames_fence_page(struct frames *frames, uint32_t frame, uint64_t *fences) {
    frames_tlb_drop(frames, frame);
    ++*fences;
}

static void frames_flush(struct frames *frames) {
    if (!frames->must_flush) return;
    frames->must_flush = false;
    frames->counts.scan_fences++;
    for (uint32_t set = 0; set < frames->tlb_sets; set++) {
        uint32_t guard = frames->config.frames + set;
        while (!links_is_empty(frames->tlb, guard)) {
            frames_tlb_drop(frames, links_oldest(frames->tlb, guard));
        }
    }
}

static bool frames_test_accessed(void *user, uint32_t frame) {
    struct frames *frames = user;
    struct frame *at = &frames->frame[frame];
    frames->counts.ptes_scanned++;
    if (!at->accessed) return false;
    at->accessed = false;
    frames->counts.accessed_found++;
    if (frames->config.fence == FRAMES_FENCE_PAGE) {
        frames_fence_page(frames, frame, &frames->counts.scan_fences);
    } else if (frames->config.fence == FRAMES_FENCE_ALL) {
        frames->must_flush = true;
    }
    return true;
}

static bool frames_dirty(void *user, uint32_t frame) {
    const struct frames *frames = user;
    return frames->frame[frame].dirty;
}

// A store through a translation that has D would not set it again: the fence is a must.
static bool frames_clean(void *user, uint32_t frame) {
    struct frames *frames = user;
    frames_write_back(frames, &frames->frame[frame]);
    frames->counts.cleaned++;
    frames_fence_page(frames, frame, &frames->counts.unmap_fences);
    return true;
}

static uint64_t frames_time(void *user, uint32_t frame) {
    const struct frames *frames = user;
    return frames->time[frames->frame[frame].process];
}

const struct policy_view frames_view = {frames_test_accessed, frames_dirty, frames_clean,
                                        frames_time};

void frames_tick(struct frames *frames) {
    frames->tick_at += frames->config.scan_interval;
    if (frames->used == 0) return;
    frames->counts.scans++;
    frames->ops->scan(frames->policy);
    frames_flush(frames);
}

static uint32_t frames_evict(struct frames *frames, uint64_t page) {
    uint64_t before = frames->counts.ptes_scanned;
    uint32_t victim = frames->ops->victim(frames->policy, page);
    struct frame *at = &frames->frame[victim];
    frames->counts.searches += frames->counts.ptes_scanned != before;
    frames_flush(frames);
    frames->ops->evict(frames->policy, victim, page);
    frames->counts.evictions++;
    frames_fence_page(frames, victim, &frames->counts.unmap_fences);
    if (at->dirty) frames_write_back(frames, at);
    pages_find(&frames->pages, at->page)->frame = PAGES_NOT_RESIDENT;
    return victim;
}

enum sim_status frames_fault(struct frames *frames, uint32_t process, uint64_t page,
                             uint32_t *frame, struct sim_error *error) {
    struct pages_entry *entry;
    size_t known = frames->pages.count;
    if (!pages_add(&frames->pages, page, &entry)) {
        return sim_fail(error, SIM_ERROR_MEMORY, "no memory for %zu pages", known + 1);
    }
    frames->counts.faults++;
    frames->counts.cold_faults += frames->pages.count != known;
    frames->counts.swap_reads += entry->in_swap;
    *frame = frames->used < frames->config.frames ? frames->used++ : frames_evict(frames, page);
    entry->frame = *frame;
    frames->frame[*frame] = (struct frame){.page = page, .process = process};
    frames->ops->insert(frames->policy, *frame, page);
    return SIM_OK;
}
