// SPDX-License-Identifier: Apache-2.0
// Constrained random stimulus: page tables of every valid and reserved shape, requests on both
// ports, register changes, fences, PTE writes under way, idle cycles and back-pressure.
// A function of its seed and of what the bench answers; nothing else.
#ifndef VERIF_STIMULUS_H
#define VERIF_STIMULUS_H

#include "verif/bench.h"

#define STIMULUS_MOST_PAGES 512u

// All rates per 1000 cycles.
struct stimulus_config {
    uint64_t seed;
    uint64_t table_base;  // physical address of the page tables, page aligned
    uint32_t pages;       // addresses asked for at a time, 1 .. STIMULUS_MOST_PAGES
    uint32_t idle;        // a free port stays idle
    uint32_t stall;       // a response or fault record is not taken
    uint32_t fence;       // a fence is requested
    uint32_t csr_change;  // registers change
    uint32_t pte_write;   // software rewrites a PTE
};

// Page tables need this many bytes from table_base.
#define STIMULUS_TABLE_BYTES (64u * 4096u)

struct stimulus_config stimulus_default(void);

struct stimulus;

// Returns a stimulus with its page tables written through memory, owned by the caller; NULL
// without memory. memory must cover [table_base, + STIMULUS_TABLE_BYTES).
struct stimulus *stimulus_create(const struct stimulus_config *config,
                                 const struct bench_memory *memory);
void stimulus_destroy(struct stimulus *stimulus);

// Prepare the inputs of the coming cycle; `last` = outputs of the previous one, NULL for the first
// or after a resynchronisation. May write PTEs, telling the bench.
void stimulus_next(struct stimulus *stimulus, struct bench *bench, const struct bench_outputs *last,
                   struct bench_inputs *inputs);

// Stop issuing: no new requests, fences, writes; everything is taken. For draining at the end.
void stimulus_drain(struct stimulus *stimulus);
// Returns whether nothing of the stimulus is presented any more.
bool stimulus_quiet(const struct stimulus *stimulus);

#endif
