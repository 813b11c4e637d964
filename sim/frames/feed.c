// SPDX-License-Identifier: Apache-2.0
// The way of one reference: find the page, fault, translate, tell the policy.
#include <stdlib.h>
#include <string.h>

#include "private.h"

// A TLB miss: the walk sets A, and D for a store.
static void frames_refill(struct frames *frames, uint32_t frame, bool write) {
    struct frame *at = &frames->frame[frame];
    uint32_t set = (uint32_t)(at->page % frames->tlb_sets);
    at->accessed = true;
    at->dirty |= write;
    at->tlb_dirty = at->dirty;
    at->guard = frames->config.frames + set;
    if (frames->tlb_count[set] == frames->config.tlb_ways) {
        frames_tlb_drop(frames, links_oldest(frames->tlb, at->guard));
    }
    at->in_tlb = true;
    frames->tlb_count[set]++;
    links_push(frames->tlb, at->guard, frame);
    frames->counts.tlb_misses++;
}

static inline void frames_translate(struct frames *frames, uint32_t frame, bool write) {
    struct frame *at = &frames->frame[frame];
    if (!at->in_tlb) {
        frames_refill(frames, frame, write);
        return;
    }
    if (links_newest(frames->tlb, at->guard) != frame) {
        links_remove(frames->tlb, frame);
        links_push(frames->tlb, at->guard, frame);
    }
    if (write && !at->tlb_dirty) {
        at->accessed = at->dirty = at->tlb_dirty = true;
        frames->counts.dirty_walks++;
    }
    frames->counts.hidden_accesses += !at->accessed;
}

// Without a TLB every reference walks.
static inline void frames_walk(struct frames *frames, uint32_t frame, bool write) {
    struct frame *at = &frames->frame[frame];
    at->accessed = true;
    at->dirty |= write;
    frames->counts.tlb_misses++;
}

static enum sim_status frames_new_process(struct frames *frames, uint32_t process,
                                          struct sim_error *error) {
    if (process >= FRAMES_PROCESSES) {
        return sim_fail(error, SIM_ERROR_USAGE, "process %lu: %lu are possible",
                        (unsigned long)process, (unsigned long)FRAMES_PROCESSES);
    }
    uint32_t processes = frames->processes ? frames->processes : 16;
    while (processes <= process) processes *= 2;
    uint64_t *time = realloc(frames->time, processes * sizeof *time);
    if (!time) return sim_fail(error, SIM_ERROR_MEMORY, "no memory for %u processes", processes);
    memset(time + frames->processes, 0, (processes - frames->processes) * sizeof *time);
    frames->time = time;
    frames->processes = processes;
    return SIM_OK;
}

// Find the page's frame, if need be by a fault.
static inline enum sim_status frames_find(struct frames *frames,
                                          const struct frames_reference *reference, uint32_t *frame,
                                          struct sim_error *error) {
    uint64_t page = (uint64_t)reference->process << FRAMES_VPN_BITS | reference->vpn;
    if (page == frames->last_page) {
        *frame = frames->last_frame;
        return SIM_OK;
    }
    *frame = pages_find(&frames->pages, page)->frame;
    if (*frame == PAGES_NOT_RESIDENT) {
        enum sim_status status = frames_fault(frames, reference->process, page, frame, error);
        if (status != SIM_OK) return status;
    }
    frames->last_page = page;
    frames->last_frame = *frame;
    return SIM_OK;
}

static enum sim_status frames_admit(struct frames *frames, const struct frames_reference *reference,
                                    struct sim_error *error) {
    if (reference->vpn >> FRAMES_VPN_BITS) {
        return sim_fail(error, SIM_ERROR_USAGE, "reference %llu: page 0x%llx is beyond 2^%d",
                        (unsigned long long)frames->counts.references,
                        (unsigned long long)reference->vpn, FRAMES_VPN_BITS);
    }
    return reference->process < frames->processes
               ? SIM_OK
               : frames_new_process(frames, reference->process, error);
}

static inline enum sim_status frames_one(struct frames *frames,
                                         const struct frames_reference *reference,
                                         uint64_t next_use, struct sim_error *error) {
    uint32_t frame;
    bool write = reference->write != 0;
    enum sim_status status = SIM_OK;
    if (reference->vpn >> FRAMES_VPN_BITS || reference->process >= frames->processes) {
        status = frames_admit(frames, reference, error);
        if (status != SIM_OK) return status;
    }
    if (frames->counts.references == frames->tick_at) frames_tick(frames);
    status = frames_find(frames, reference, &frame, error);
    if (status != SIM_OK) return status;
    if (frames->tlb_sets) {
        frames_translate(frames, frame, write);
    } else {
        frames_walk(frames, frame, write);
    }
    if (frames->ops->knows >= POLICY_KNOWS_REFERENCES) {
        frames->ops->touch(frames->policy, frame, next_use);
    }
    frames->time[reference->process]++;
    frames->counts.references++;
    frames->counts.writes += write;
    return SIM_OK;
}

enum sim_status frames_feed(struct frames *frames, const struct frames_reference *references,
                            const uint64_t *next_use, size_t count, struct sim_error *error) {
    if (!next_use && frames->ops->knows == POLICY_KNOWS_FUTURE) {
        return sim_fail(error, SIM_ERROR_USAGE, "policy %s needs the next uses", frames->ops->name);
    }
    enum sim_status status = SIM_OK;
    for (size_t i = 0; i < count && status == SIM_OK; i++) {
        status = frames_one(frames, &references[i], next_use ? next_use[i] : UINT64_MAX, error);
    }
    return status;
}
