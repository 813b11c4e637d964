// SPDX-License-Identifier: Apache-2.0
// OPT (Belady's MIN: the victim is the page whose next use is farthest away), demand paging:
// a missing page is always brought in. Two passes over the same chunks: the first tells
// kernel_next_use the pages, the second gets each run's next use and feeds any OPT kernels.
//
//   kernel_next_use_create
//   pass 1: kernel_next_use_add(uses, &chunk) for all chunks; kernel_next_use_finish
//   pass 2: kernel_next_use_get(uses, &chunk, next), kernel_opt_x_feed(x, &chunk, next)
//
// Positions count runs from 0. Where several pages do not come again, any of them may be the
// victim: the misses are the same, the dirty evictions may differ.
#ifndef SIM_KERNELS_OPT_H
#define SIM_KERNELS_OPT_H

#include "sim/kernels/frames.h"
#include "sim/kernels/pages.h"

#define KERNEL_NEVER INT64_MAX

struct kernel_next_use;

// Memory: proportional to distinct pages plus a chunk. An unlinked temporary file in $TMPDIR or
// /tmp takes 16 bytes for each distinct page of each chunk (recorded programs: 0.1 bytes a
// reference or less). SIM_ERROR_IO, SIM_ERROR_MEMORY.
enum sim_status kernel_next_use_create(struct kernel_next_use **uses, struct sim_error *error);
void kernel_next_use_destroy(struct kernel_next_use *uses);
// Pass 1. SIM_ERROR_IO (disk full), SIM_ERROR_MEMORY.
enum sim_status kernel_next_use_add(struct kernel_next_use *uses, const struct page_chunk *chunk,
                                    struct sim_error *error);
// End of pass 1. SIM_ERROR_IO, SIM_ERROR_MEMORY.
enum sim_status kernel_next_use_finish(struct kernel_next_use *uses, struct sim_error *error);
// Pass 2: next[i] = position of the next run on the page of chunk->runs[i], KERNEL_NEVER if
// there is none; next has chunk->count elements. The chunks must be those of pass 1 in the same
// order: asserted for their lengths. SIM_ERROR_IO.
enum sim_status kernel_next_use_get(struct kernel_next_use *uses, const struct page_chunk *chunk,
                                    int64_t *next, struct sim_error *error);
// Pass 2 once more.
void kernel_next_use_rewind(struct kernel_next_use *uses);

// ---- One number of page frames, any size

struct kernel_opt_frames;

// frames: 1 .. KERNEL_ENTRIES_MAX. SIM_ERROR_USAGE, SIM_ERROR_MEMORY. Memory: about 10 bytes a
// frame and 4 a distinct page.
enum sim_status kernel_opt_frames_create(uint32_t frames, struct kernel_opt_frames **opt,
                                         struct sim_error *error);
void kernel_opt_frames_destroy(struct kernel_opt_frames *opt);
// SIM_ERROR_MEMORY.
enum sim_status kernel_opt_frames_feed(struct kernel_opt_frames *opt,
                                       const struct page_chunk *chunk, const int64_t *next,
                                       struct sim_error *error);
struct kernel_frames_counts kernel_opt_frames_counts(const struct kernel_opt_frames *opt);

// ---- All numbers of frames 1 .. max_frames at once: OPT's stack (Mattson et al. 1970)

struct kernel_opt_curve;

// The cost of a reference grows with its depth in the stack, at most max_frames: programs with
// locality 160 M references/s; a miss that sinks through 4096 places takes about 1 us. max_frames:
// 1 .. KERNEL_ENTRIES_MAX. SIM_ERROR_USAGE, SIM_ERROR_MEMORY. Memory: 16 bytes a frame.
enum sim_status kernel_opt_curve_create(uint32_t max_frames, struct kernel_opt_curve **opt,
                                        struct sim_error *error);
void kernel_opt_curve_destroy(struct kernel_opt_curve *opt);
// SIM_ERROR_MEMORY.
enum sim_status kernel_opt_curve_feed(struct kernel_opt_curve *opt, const struct page_chunk *chunk,
                                      const int64_t *next, struct sim_error *error);
uint64_t kernel_opt_curve_refs(const struct kernel_opt_curve *opt);
// misses[c] for c = 0 .. max <= max_frames; the caller's array has max + 1 elements.
void kernel_opt_curve_misses(const struct kernel_opt_curve *opt, uint32_t max, uint64_t *misses);

// ---- Set-associative TLBs: every power-of-two number of sets x all ways at once

struct kernel_opt_sets;

// Limits, errors and accessors as kernel_lru_sets. Memory: 16 bytes for each entry of the
// largest configuration and 8 a distinct page.
enum sim_status kernel_opt_sets_create(unsigned max_set_bits, unsigned max_ways,
                                       struct kernel_opt_sets **kernel, struct sim_error *error);
void kernel_opt_sets_destroy(struct kernel_opt_sets *kernel);
// SIM_ERROR_MEMORY.
enum sim_status kernel_opt_sets_feed(struct kernel_opt_sets *kernel, const struct page_chunk *chunk,
                                     const int64_t *next, struct sim_error *error);
uint64_t kernel_opt_sets_refs(const struct kernel_opt_sets *kernel);
uint64_t kernel_opt_sets_misses(const struct kernel_opt_sets *kernel, unsigned set_bits,
                                unsigned ways);

#endif
