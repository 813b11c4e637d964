// SPDX-License-Identifier: Apache-2.0
// Page frames under a stream of references, without page tables, memory or translation: what a
// replacement policy costs, counted. Policies are those of sim/policy.h, and what a kernel's policy
// sees is modelled honestly: A is set by a TLB's refill, so a page whose translation stays in the
// TLB is referenced unseen until a fence, or its eviction, makes the next reference walk again.
//
//   frames_create   frames_feed ...   frames_counts, frames_cycles   frames_destroy
#ifndef SIM_FRAMES_H
#define SIM_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/error.h"
#include "sim/policy.h"

// How a kernel makes the TLB forget translations whose A it has cleared. (What is unmapped or loses
// D is always fenced: that is correctness, not statistics.)
enum frames_fence {
    FRAMES_FENCE_NONE,  // not at all: hits in the TLB stay unseen
    FRAMES_FENCE_PAGE,  // one fence per PTE whose A was cleared
    FRAMES_FENCE_ALL,   // one fence of the whole TLB per scan or search that cleared any
    FRAMES_FENCES
};

// Cycles of each step. A fault that finds no page in swap fills with zeros: trap and handler only.
struct frames_costs {
    uint64_t access_cycles;      // each reference
    uint64_t walk_cycles;        // each TLB miss, and each store that must set D
    uint64_t fault_cycles;       // each fault: trap and handler
    uint64_t swap_read_cycles;   // each page read from swap
    uint64_t swap_write_cycles;  // each page written to swap
    uint64_t scan_cycles;        // each PTE that a scan or a search looks at
    uint64_t fence_cycles;       // each fence
};

struct frames_config {
    uint32_t frames;  // >= 1
    unsigned policy;  // enum policy_kind
    uint64_t seed;    // of RANDOM
    struct policy_parameters parameters;
    uint32_t tlb_entries;    // 0: none, every reference walks and sets A
    uint32_t tlb_ways;       // divides tlb_entries; = tlb_entries: fully associative. LRU
    uint64_t scan_interval;  // references between two ticks of the timer; 0: no timer
    unsigned fence;          // enum frames_fence
    struct frames_costs costs;
};

// One reference.
struct frames_reference {
    uint64_t vpn;      // page number in its process, below 2^46
    uint32_t process;  // below 2^18
    uint32_t write;    // 0: read, 1: write
};

struct frames_counts {
    uint64_t references, writes;
    uint64_t faults;           // references that missed
    uint64_t cold_faults;      // of those: first reference to the page
    uint64_t evictions;        // pages that went for another
    uint64_t write_backs;      // dirty pages written to swap, when evicted or cleaned before
    uint64_t cleaned;          // of those: while resident (WSClock)
    uint64_t swap_reads;       // faults whose page came from swap
    uint64_t scans;            // ticks of the timer that looked at the PTEs
    uint64_t searches;         // choices of a victim that looked at PTEs
    uint64_t ptes_scanned;     // PTEs looked at by both
    uint64_t accessed_found;   // of those: A was set (and is cleared)
    uint64_t scan_fences;      // fences because A was cleared
    uint64_t unmap_fences;     // fences of evicted and cleaned pages
    uint64_t tlb_misses;       // = references without a TLB
    uint64_t dirty_walks;      // stores that hit a translation without D and walked again
    uint64_t hidden_accesses;  // references that hit the TLB while the page's A was clear: no scan
                               // will tell of them
};

struct frames;

// Returns a configuration with the defaults: 256 frames, LRU, the papers' parameters, no TLB, a
// tick every 2000 references, FRAMES_FENCE_PAGE, costs as `tandem run` has them (access 4, walk
// 27 = 3 PTEs, fault 1100, swap 100000 each way, PTE 10, fence 10 cycles).
struct frames_config frames_config_default(void);

// Check and build. On success *frames is owned by the caller. SIM_ERROR_USAGE with a sentence that
// names the field, SIM_ERROR_MEMORY.
enum sim_status frames_create(const struct frames_config *config, struct frames **frames,
                              struct sim_error *error);
// NULL is allowed.
void frames_destroy(struct frames *frames);

// Feed `count` references in order. next_use[i]: number of the next reference, in the whole stream,
// to the page of references[i], UINT64_MAX if there is none (sim/future.h); NULL: only for policies
// below POLICY_KNOWS_FUTURE. Memory grows with distinct pages only. Stops before the first
// reference that is refused: SIM_ERROR_USAGE (vpn or process out of range, next_use missing),
// SIM_ERROR_MEMORY.
enum sim_status frames_feed(struct frames *frames, const struct frames_reference *references,
                            const uint64_t *next_use, size_t count, struct sim_error *error);

// What happened up to now; valid until the next feed or destroy.
const struct frames_counts *frames_counts(const struct frames *frames);

// Returns the cycles that so many events cost.
uint64_t frames_cycles(const struct frames_counts *counts, const struct frames_costs *costs);

// Returns the cycles per reference, 0 without references.
double frames_effective_access(const struct frames_counts *counts,
                               const struct frames_costs *costs);

// Returns the distance to OPT: faults / OPT's faults - 1, both over the same references and frames.
// 0: as good as possible, 1: twice the faults. 0 if OPT has none.
double frames_distance(const struct frames_counts *counts, const struct frames_counts *opt);

// Returns "none", "page" or "all", NULL past the last.
const char *frames_fence_name(unsigned fence);

#endif
