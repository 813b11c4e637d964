// SPDX-License-Identifier: Apache-2.0
// Page frames of one number under one replacement policy: demand paging, fully associative.
// OPT is in sim/kernels/opt.h, all sizes of LRU at once in sim/kernels/stack.h.
#ifndef SIM_KERNELS_FRAMES_H
#define SIM_KERNELS_FRAMES_H

#include "sim/kernels/tlb.h"

struct kernel_frames_config {
    uint32_t frames;  // 1 .. KERNEL_ENTRIES_MAX
    uint8_t policy;   // KERNEL_LRU, _FIFO, _CLOCK, _RANDOM (as in kernel_tlb_config, 1 set)
    uint64_t seed;
};

struct kernel_frames_counts {
    uint64_t refs;
    uint64_t misses;       // major faults; cold ones included
    uint64_t cold_misses;  // distinct pages
    uint64_t evictions;
    uint64_t dirty_evictions;  // of pages written since they came in
};

struct kernel_frames;

// SIM_ERROR_USAGE, SIM_ERROR_MEMORY. Memory: about 16 bytes a frame and 4 a distinct page.
enum sim_status kernel_frames_create(const struct kernel_frames_config *config,
                                     struct kernel_frames **frames, struct sim_error *error);
void kernel_frames_destroy(struct kernel_frames *frames);
// SIM_ERROR_MEMORY.
enum sim_status kernel_frames_feed(struct kernel_frames *frames, const struct page_chunk *chunk,
                                   struct sim_error *error);
struct kernel_frames_counts kernel_frames_counts(const struct kernel_frames *frames);

#endif
