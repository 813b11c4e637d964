// SPDX-License-Identifier: Apache-2.0
// What the simulator's parts share. The TLB is a list per set through the frames themselves, for
// only resident pages have translations: what is unmapped is fenced.
#ifndef FRAMES_PRIVATE_H
#define FRAMES_PRIVATE_H

#include "../paging/links.h"
#include "pages.h"
#include "sim/frames.h"

#define FRAMES_NONE UINT32_MAX
#define FRAMES_NO_PAGE UINT64_MAX
#define FRAMES_VPN_BITS 46
#define FRAMES_PROCESSES (1u << 18)

// A frame, its PTE's A and D, and its translation in the TLB.
struct frame {
    uint64_t page;
    uint32_t process;
    uint32_t guard;  // of its TLB set; meaningful if in_tlb
    bool accessed;   // A
    bool dirty;      // D
    bool in_tlb;
    bool tlb_dirty;  // D as the translation has it
};

struct frames {
    struct frames_config config;
    struct frames_counts counts;
    const struct policy_ops *ops;
    struct policy *policy;
    struct frame *frame;
    uint32_t used;       // frames 0 .. used-1 hold pages
    uint64_t last_page;  // of the reference before, FRAMES_NO_PAGE if it is not resident
    uint32_t last_frame;
    uint64_t tick_at;    // number of the reference before which the timer ticks
    uint64_t *time;      // by process: its references
    uint32_t processes;  // of time
    struct pages pages;
    uint32_t tlb_sets;
    uint32_t *tlb_count;  // by set
    struct link *tlb;     // frames, then a guard per set
    bool must_flush;      // FRAMES_FENCE_ALL: some A was cleared
};

// The functions that a kernel's policy looks through; user is the struct frames.
extern const struct policy_view frames_view;

// Bring the page in. *frame is where it is.
enum sim_status frames_fault(struct frames *frames, uint32_t process, uint64_t page,
                             uint32_t *frame, struct sim_error *error);

// The timer ticks.
void frames_tick(struct frames *frames);

static inline void frames_tlb_drop(struct frames *frames, uint32_t frame) {
    struct frame *at = &frames->frame[frame];
    if (!at->in_tlb) return;
    at->in_tlb = false;
    frames->tlb_count[at->guard - frames->config.frames]--;
    links_remove(frames->tlb, frame);
}

#endif
