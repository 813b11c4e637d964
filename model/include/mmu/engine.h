// SPDX-License-Identifier: Apache-2.0
// The timed model: predicts what the unit of docs/microarchitecture.md shows on its
// ports in every cycle, by computing when things happen instead of stepping a clock.
//
// Use, per cycle c in increasing order (cycles in which nothing is done may be skipped):
//
//   1. look    mmu_engine_ready / _response / _fault / ... : what stands on the ports in c
//   2. act     mmu_engine_accept / _take_response / _fence / _kill / _set_csr / ... : in c
//   3. close   mmu_engine_advance(engine, c): everything up to the edge that ends c
//
// Example: accept a request in cycle 10, advance(10), and mmu_engine_response looks at
// cycle 11. advance(10), advance(50) is legal: what the walker does in 11 .. 50 happens
// in order, at its own cycles. Looking is always at the cycle after the last advance
// (cycle 0 after reset).
#ifndef MMU_ENGINE_H
#define MMU_ENGINE_H

#include "mmu/tlb.h"
#include "mmu/types.h"
#include "mmu/walk.h"

// Acts of one cycle may be called in any order, but accept, kill, fence and pmp_write only
// after the takes of that cycle; what they do to each other is the specification's, not the
// order's.

// Cycle number that never comes.
#define MMU_NEVER UINT64_MAX

// What surrounds the unit. `latency` gives g (cycles from request to grant, both
// counted, >= 1) and L (grant to answer, >= 1) of the ordinal-th memory transaction since
// reset (0, 1, ..., in the order of grants); it must answer the same for the same ordinal. L is
// before the rule that each answer has a cycle of its own ("Memory port"), which the engine
// applies. Reads and compare-and-writes are called in the order and at the (model) time of their
// grants.
struct mmu_bus {
    struct mmu_memory memory;
    void (*latency)(void *user, uint64_t ordinal, uint32_t *grant_cycles, uint32_t *data_cycles);
};

// The second-level TLB (docs/microarchitecture.md section 5).
struct mmu_l2_config {
    uint32_t entries;  // 0 (there is none) .. 4096
    uint32_t ways;     // 1 .. 16, divides entries; entries/ways is a power of two
    uint8_t policy;    // enum mmu_policy; PLRU needs ways to be a power of two
};

#define MMU_WALKS 8u         // walk slots at most
#define MMU_PWC_ENTRIES 64u  // entries of the page-walk cache of a level, at most

struct mmu_config {
    struct mmu_arch arch;
    struct mmu_tlb_config tlb[MMU_PORTS];
    struct mmu_l2_config l2;
    uint32_t pwc_entries;  // per level, 0 .. MMU_PWC_ENTRIES
    uint32_t walks;        // walk slots, 1 .. MMU_WALKS
    bool prefetch;         // next-page prefetch into the second level; needs one
};

enum mmu_counter {
    MMU_COUNT_REQUESTS = 0,  // + 8 for the fetch port, as are the next seven
    MMU_COUNT_HITS = 1,
    MMU_COUNT_MISSES = 2,
    MMU_COUNT_FAULTS = 3,
    MMU_COUNT_FILLS = 4,
    MMU_COUNT_EVICTIONS = 5,
    MMU_COUNT_UNTRANSLATED = 6,
    MMU_COUNT_WAIT_CYCLES = 7,
    MMU_COUNT_WALKS = 16,
    MMU_COUNT_PTE_READS = 17,
    MMU_COUNT_PTE_WRITES = 18,
    MMU_COUNT_PTE_WRITE_CONFLICTS = 19,
    MMU_COUNT_WALK_RESTARTS = 20,
    MMU_COUNT_FENCES = 21,
    MMU_COUNT_WALKER_BUSY_CYCLES = 22,
    MMU_COUNT_CYCLES = 23,
    MMU_COUNT_KILLS = 24,
    MMU_COUNT_SLOT_CYCLES = 25,
    MMU_COUNT_COMPLETION_WAIT_CYCLES = 26,
    MMU_COUNT_WIRE_WAIT_CYCLES = 27,
    MMU_COUNT_L2_HITS = 32,  // + 8 for the fetch port, as are the next two
    MMU_COUNT_L2_MISSES = 33,
    MMU_COUNT_MERGES = 34,
    MMU_COUNT_L2_FILLS = 48,
    MMU_COUNT_L2_EVICTIONS = 49,
    MMU_COUNT_L2_PARITY_ERRORS = 50,
    MMU_COUNT_PREFETCHES = 51,
    MMU_COUNT_PREFETCH_FILLS = 52,
    MMU_COUNT_PWC_HITS = 56,   // + level - 1
    MMU_COUNT_PWC_FILLS = 60,  // + level - 1
    MMU_COUNTERS = 64          // those that are not named read 0
};

// The request on the memory port.
struct mmu_memory_request {
    uint64_t pa;
    uint64_t expected, data;  // compare-and-write; 0 for reads
    bool write;
    uint8_t id;  // walk slot
};

// An entry of the second level, valid or not.
struct mmu_l2_entry {
    bool valid;
    bool large;                 // granule: 2^(12 + 9) bytes (XLEN = 32: 2^22), else 4 KiB
    bool poisoned;              // its parity is wrong
    uint64_t tag;               // the granule's vpn (large: without its low 9 or 10 bits)
    struct mmu_tlb_entry page;  // the whole page's translation, as the first level gets it
};

struct mmu_l2_fill {
    uint32_t set, way;
    bool evict;                  // the policy chose a valid entry
    struct mmu_l2_entry victim;  // meaningful if evict
};

// One memory transaction of a walk, for explanations.
struct mmu_walk_access {
    uint64_t pa, value;                               // value: the answer
    uint64_t request_cycle, grant_cycle, data_cycle;  // as predicted
    uint8_t level;
    bool write, error;
    bool ignored;  // restarted by a fence, or killed
    bool denied;   // by PMP or pa_bits: not made; only ready_cycle and request_cycle are meaningful
    uint64_t ready_cycle;  // first cycle in which the request could have been made
};

// The terms of a latency, in cycles; "Latency" (section 12) defines each. Their sum is
// response_cycle - accept_cycle.
struct mmu_terms {
    uint64_t lookup, l2, wait, resolve;
    uint64_t wire, grant, memory;  // sums over all transactions; by transaction: mmu_walk_access
    uint64_t update_wire, update_grant,
        update_memory;  // the part of these three that compare-and-writes have
    uint64_t denied, completion, restart;
};

#define MMU_WALK_LOG 32u  // accesses kept per request, the latest ones

// How an answer came about.
struct mmu_history {
    struct mmu_request request;
    struct mmu_csr csr;
    uint64_t accept_cycle;    // t
    uint64_t start_cycle;     // s; equals accept_cycle without a walk of its own
    uint8_t slot;             // walk slot; meaningful with a walk of its own
    bool merged;              // answered by the walk of another request for the same page
    bool pwc_hit;             // the walk began (last) below the root ...
    uint8_t pwc_level;        // ... with the pointer of this level
    uint64_t response_cycle;  // first cycle of the response; MMU_NEVER while unknown
    struct mmu_terms terms;   // complete once response_cycle is known
    uint32_t accesses;        // memory transactions, ignored ones included
    struct mmu_walk_access access[MMU_WALK_LOG];  // access k at k % MMU_WALK_LOG
};

struct mmu_engine;

// Returns mmu_arch_default, two TLBs of 16 entries, fully associative, LRU, no second level (4
// ways, PLRU), no page-walk caches, one walk, no prefetch.
struct mmu_config mmu_config_default(void);

// Returns NULL if legal, otherwise a static sentence.
const char *mmu_config_check(const struct mmu_config *config);

// Returns an engine in its reset state, owned by the caller, or NULL (no memory). The
// bus is copied; its user pointer is borrowed. Asserts that config is legal.
struct mmu_engine *mmu_engine_create(const struct mmu_config *config, const struct mmu_bus *bus);
void mmu_engine_destroy(struct mmu_engine *engine);

// Back to cycle 0.
void mmu_engine_reset(struct mmu_engine *engine);

// --- look: at the cycle after the last advance ---------------------------------------
uint64_t mmu_engine_cycle(const struct mmu_engine *engine);
// Returns req_ready of the port, given rsp_ready of the same port in this cycle.
bool mmu_engine_ready(const struct mmu_engine *engine, enum mmu_port port, bool response_ready);
bool mmu_engine_fence_ready(const struct mmu_engine *engine);
bool mmu_engine_pmp_ready(const struct mmu_engine *engine);
// Each of these returns NULL if the channel's valid is 0 in this cycle. The pointers are
// valid until the next call that acts or advances.
const struct mmu_answer *mmu_engine_response(const struct mmu_engine *engine, enum mmu_port port);
const struct mmu_fault *mmu_engine_fault(const struct mmu_engine *engine);
const struct mmu_memory_request *mmu_engine_memory_request(const struct mmu_engine *engine);
// An entry of the first level of that port / of the second level was written at the end of the
// previous cycle.
const struct mmu_tlb_fill *mmu_engine_fill(const struct mmu_engine *engine, enum mmu_port port);
const struct mmu_l2_fill *mmu_engine_l2_fill(const struct mmu_engine *engine);
uint64_t mmu_engine_counter(const struct mmu_engine *engine, unsigned counter);
// Returns a cycle > mmu_engine_cycle before which, without further acts, no output but a counter
// differs from what it is now; MMU_NEVER if none ever will. Lets a driver without RTL skip idle
// cycles. Sometimes early (an answer may change nothing that is visible), never late.
uint64_t mmu_engine_next_event(const struct mmu_engine *engine);
// Returns how the port's unanswered request with that tag (or, if none, the last one with it) came
// about.
const struct mmu_history *mmu_engine_history(const struct mmu_engine *engine, enum mmu_port port,
                                             unsigned tag);
// Returns the tags of the port's requests that are in the miss register or in a walk slot, bit = 1
// << tag.
uint16_t mmu_engine_unanswered(const struct mmu_engine *engine, enum mmu_port port);
const struct mmu_pmp *mmu_engine_pmp(const struct mmu_engine *engine);
const struct mmu_tlb *mmu_engine_tlb(const struct mmu_engine *engine, enum mmu_port port);
// Returns the second level's entry at (set, way).
const struct mmu_l2_entry *mmu_engine_l2_at(const struct mmu_engine *engine, uint32_t set,
                                            uint32_t way);

// --- act: transfers in this cycle ----------------------------------------------------
// Asserts readiness (given take_response was called first if a response is being taken).
void mmu_engine_accept(struct mmu_engine *engine, enum mmu_port port,
                       const struct mmu_request *request, const struct mmu_csr *csr);
// The registers of this cycle, and of those after it until the next call or accept; after reset,
// zeros. Whoever prefetches looks at satp and privilege in cycles without a request too; without
// prefetch the call does nothing.
void mmu_engine_set_csr(struct mmu_engine *engine, const struct mmu_csr *csr);
void mmu_engine_take_response(struct mmu_engine *engine, enum mmu_port port);
void mmu_engine_take_fault(struct mmu_engine *engine);
void mmu_engine_fence(struct mmu_engine *engine, const struct mmu_fence *fence);
void mmu_engine_pmp_write(struct mmu_engine *engine, const struct mmu_pmp_write *write);
// kill_i of the port is 1 in this cycle; it drops the unanswered requests accepted in earlier
// cycles. Returns their tags, bit = 1 << tag; 0: none.
uint16_t mmu_engine_kill(struct mmu_engine *engine, enum mmu_port port);
// l2_poison_i is 1 in this cycle.
void mmu_engine_poison(struct mmu_engine *engine);

// --- a run of hits ---------------------------------------------------------------------
// Make requests[0], requests[1], ... in consecutive cycles, the first in the open one, each on its
// access's port, as long as each is answered by the first level or not translated, without fault,
// and nothing else happens in its cycle; in each of these cycles the responses that are shown are
// taken, and the cycle is closed. At most `count`. No act may be marked in the open cycle. The
// same as, for each of them
//
//   take_response of every port that shows one; accept(requests[k], csr); advance(cycle)
//
// but for mmu_engine_history, which is not kept for these requests. pas[k] (NULL: not wanted) gets
// the physical address. Returns how many were made; where it stops, single acts go on.
uint32_t mmu_engine_run_hits(struct mmu_engine *engine, const struct mmu_request *requests,
                             uint32_t count, const struct mmu_csr *csr, uint64_t *pas);

// --- close ---------------------------------------------------------------------------
// Close all cycles up to and including `cycle` (>= mmu_engine_cycle).
void mmu_engine_advance(struct mmu_engine *engine, uint64_t cycle);

#endif
