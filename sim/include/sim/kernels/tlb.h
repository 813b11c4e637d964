// SPDX-License-Identifier: Apache-2.0
// One TLB configuration over a recorded program: misses, and where they come from.
#ifndef SIM_KERNELS_TLB_H
#define SIM_KERNELS_TLB_H

#include <stdbool.h>

#include "sim/kernels/pages.h"

enum kernel_policy {
    KERNEL_LRU,
    KERNEL_FIFO,    // a hit changes nothing
    KERNEL_PLRU,    // tree-PLRU; TLBs only; ways must be a power of two, at most 64
    KERNEL_RANDOM,  // see kernel_tlb_config.seed
    KERNEL_CLOCK,   // page frames only: inserted with the bit clear, a hit sets it, the hand
                    // clears it and goes on, and takes the first page whose bit is clear
};

enum { KERNEL_ENTRIES_MAX = 1 << 24 };

// sets = 1: fully associative; ways = 1: direct mapped. A page's set is vpn mod sets; neither
// number need be a power of two. Invalid ways are filled first, lowest index first.
struct kernel_tlb_config {
    uint32_t sets, ways;  // sets * ways in 1 .. KERNEL_ENTRIES_MAX
    uint8_t policy;       // enum kernel_policy
    // RANDOM: splitmix64 (Steele, Lea, Flood 2014) begun with `seed`, one number a victim in
    // order of misses into full sets; the victim is way (number >> 32) * ways >> 32.
    uint64_t seed;
};

struct kernel_counts {
    uint64_t refs;
    uint64_t misses;       // cold ones included
    uint64_t cold_misses;  // first references to a page: its distinct pages
};

struct kernel_tlb;

// Returns NULL if the configuration is legal, else a sentence that says why not.
const char *kernel_tlb_config_check(const struct kernel_tlb_config *config);

// SIM_ERROR_USAGE (kernel_tlb_config_check's sentence), SIM_ERROR_MEMORY. Memory: about
// 12 bytes an entry, 20 a set and 4 to 8 a distinct page.
enum sim_status kernel_tlb_create(const struct kernel_tlb_config *config, struct kernel_tlb **tlb,
                                  struct sim_error *error);
void kernel_tlb_destroy(struct kernel_tlb *tlb);
// SIM_ERROR_MEMORY.
enum sim_status kernel_tlb_feed(struct kernel_tlb *tlb, const struct page_chunk *chunk,
                                struct sim_error *error);
struct kernel_counts kernel_tlb_counts(const struct kernel_tlb *tlb);

// ---- Three kinds of misses (Hill and Smith, "Evaluating Associativity in CPU Caches", 1989)

// Each miss of the configuration is of one kind, judged reference by reference: compulsory if
// the page is new; capacity if a fully associative LRU TLB of as many entries misses, too;
// conflict otherwise. The two TLBs' miss counts differ by conflict - spared:
//   misses = compulsory + capacity + conflict
//   misses of the fully associative one = compulsory + capacity + spared
struct kernel_three_c_counts {
    struct kernel_counts tlb;
    uint64_t compulsory, capacity, conflict;
    uint64_t spared;  // hits of the configuration that the fully associative one misses
};

struct kernel_three_c;

// Errors as kernel_tlb_create and kernel_tlb_feed.
enum sim_status kernel_three_c_create(const struct kernel_tlb_config *config,
                                      struct kernel_three_c **kernel, struct sim_error *error);
void kernel_three_c_destroy(struct kernel_three_c *kernel);
enum sim_status kernel_three_c_feed(struct kernel_three_c *kernel, const struct page_chunk *chunk,
                                    struct sim_error *error);
struct kernel_three_c_counts kernel_three_c_counts(const struct kernel_three_c *kernel);

// ---- The same of a TLB that somebody else runs, and tells of reference by reference

struct kernel_causes;

// `entries` of that TLB, 1 .. KERNEL_ENTRIES_MAX. SIM_ERROR_USAGE, SIM_ERROR_MEMORY. Memory: about
// 16 bytes an entry, 30 a distinct page.
enum sim_status kernel_causes_create(uint32_t entries, struct kernel_causes **causes,
                                     struct sim_error *error);
void kernel_causes_destroy(struct kernel_causes *causes);
// The next reference was to page number `vpn`, and the TLB missed or hit. A first reference that
// hits (something was prefetched) is spared. SIM_ERROR_MEMORY.
enum sim_status kernel_causes_add(struct kernel_causes *causes, uint64_t vpn, bool missed,
                                  struct sim_error *error);
// Up to now; tlb.cold_misses are the distinct pages.
struct kernel_three_c_counts kernel_causes_counts(const struct kernel_causes *causes);

#endif
