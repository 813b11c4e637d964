// SPDX-License-Identifier: Apache-2.0
// A stream as the kernels take it: runs of numbered pages.
#ifndef STUDY_FEED_H
#define STUDY_FEED_H

#include "query.h"
#include "sim/kernels/pages.h"

struct study_feed;

// The input's references of `filter` (enum page_filter), in pages of study.page_bytes. Pages of
// different processes are different. As study_stream_open.
enum sim_status study_feed_open(const struct study_input *input, unsigned filter,
                                struct study_feed **feed, struct sim_error *error);
void study_feed_close(struct study_feed *feed);

// The next chunk, valid until the next call. SIM_END after the last; as study_stream_next.
enum sim_status study_feed_next(struct study_feed *feed, struct page_chunk *chunk,
                                struct sim_error *error);

// Begin again: the same chunks follow. As study_feed_open.
enum sim_status study_feed_rewind(struct study_feed *feed, struct sim_error *error);

// --- queries that take references rather than runs ---------------------------------------

// Distinct pages, and bytes used in them: 8-byte words that some reference begins in or reaches
// into.
enum sim_status study_count_pages(struct study_query *const *queries, unsigned count,
                                  struct sim_error *error);

// Page frames under any policy (sim/frames.h).
enum sim_status study_simulate_frames(struct study_query *const *queries, unsigned count,
                                      struct sim_error *error);

// --- by kernels, one pass for all sizes ------------------------------------------------------

// What a query of a TLB asks about.
struct study_shape {
    uint32_t entries, ways;
    uint64_t policy;  // enum mmu_policy, CONFIG_OPT
};
struct study_shape study_shape_of(const struct study_query *query);

// OPT of TLBs: misses and references.
enum sim_status study_opt_tlbs(struct study_query *const *queries, unsigned count,
                               struct study_feed *feed, struct sim_error *error);

// OPT of page frames.
enum sim_status study_opt_frames(struct study_query *const *queries, unsigned count,
                                 struct study_feed *feed, struct sim_error *error);

// LRU from a sample of one page in study.sample, drawn by `seed` (SHARDS).
enum sim_status study_sample_lru(struct study_query *const *queries, unsigned count,
                                 struct study_feed *feed, struct sim_error *error);

#endif
