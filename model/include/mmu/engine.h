// SPDX-License-Identifier: Apache-2.0
// The timed model: predicts what the unit of docs/microarchitecture.md shows on its
// ports in every cycle, by computing when things happen instead of stepping a clock.
//
// Use, per cycle c in increasing order (cycles in which nothing is done may be skipped):
//
//   1. look    mmu_engine_ready / _response / _fault / ... : what stands on the ports in c
//   2. act     mmu_engine_accept / _take_response / _take_fault / _fence / _pmp_write / _kill: in c
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

// Cycle number that never comes.
#define MMU_NEVER UINT64_MAX

// What surrounds the unit. `latency` gives g (cycles from request to grant, both
// counted, >= 1) and L (grant to answer, >= 1) of the ordinal-th memory transaction since
// reset (0, 1, ...); it must answer the same for the same ordinal. Reads and
// compare-and-writes are called in the order and at the (model) time of their grants.
struct mmu_bus {
    struct mmu_memory memory;
    void (*latency)(void *user, uint64_t ordinal, uint32_t *grant_cycles, uint32_t *data_cycles);
};

struct mmu_config {
    struct mmu_arch arch;
    struct mmu_tlb_config tlb[MMU_PORTS];
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
    MMU_COUNTERS = 25
};

// The request on the memory port.
struct mmu_memory_request {
    uint64_t pa;
    uint64_t expected, data;  // compare-and-write; 0 for reads
    bool write;
};

// An entry was written at the end of the previous cycle.
struct mmu_fill_event {
    uint8_t port;
    struct mmu_tlb_fill fill;
};

// One memory transaction of a walk, for explanations.
struct mmu_walk_access {
    uint64_t pa, value;                               // value: the answer
    uint64_t request_cycle, grant_cycle, data_cycle;  // as predicted
    uint8_t level;
    bool write, error;
    bool ignored;  // restarted by a fence, or killed
    bool denied;   // by PMP or pa_bits: not made; only request_cycle is meaningful
};

#define MMU_WALK_LOG 32u  // accesses kept per request, the latest ones

// How the last answer of a port came about.
struct mmu_history {
    struct mmu_request request;
    struct mmu_csr csr;
    uint64_t accept_cycle;    // t
    uint64_t start_cycle;     // s; equals accept_cycle without a walk
    uint64_t response_cycle;  // first cycle of the response; MMU_NEVER while unknown
    uint32_t accesses;        // memory transactions, ignored ones included
    struct mmu_walk_access access[MMU_WALK_LOG];  // access k at k % MMU_WALK_LOG
};

struct mmu_engine;

// Returns mmu_arch_default and two TLBs of 16 entries, fully associative, LRU.
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
const struct mmu_fill_event *mmu_engine_fill(const struct mmu_engine *engine);
uint64_t mmu_engine_counter(const struct mmu_engine *engine, unsigned counter);
// Returns the first cycle > mmu_engine_cycle in which, without further acts, any output
// differs from what it is now, or MMU_NEVER. Lets a driver without RTL skip idle cycles. A walk
// that was killed, or restarted in the cycle of its denial, counts as visible.
uint64_t mmu_engine_next_event(const struct mmu_engine *engine);
// Returns how the port's current request (or, if none, its last one) came about.
const struct mmu_history *mmu_engine_history(const struct mmu_engine *engine, enum mmu_port port);
const struct mmu_pmp *mmu_engine_pmp(const struct mmu_engine *engine);
const struct mmu_tlb *mmu_engine_tlb(const struct mmu_engine *engine, enum mmu_port port);

// --- act: transfers in this cycle ----------------------------------------------------
// Asserts readiness (given take_response was called first if a response is being taken).
void mmu_engine_accept(struct mmu_engine *engine, enum mmu_port port,
                       const struct mmu_request *request, const struct mmu_csr *csr);
void mmu_engine_take_response(struct mmu_engine *engine, enum mmu_port port);
void mmu_engine_take_fault(struct mmu_engine *engine);
void mmu_engine_fence(struct mmu_engine *engine, const struct mmu_fence *fence);
void mmu_engine_pmp_write(struct mmu_engine *engine, const struct mmu_pmp_write *write);
// kill_i of the port is 1 in this cycle; without an unanswered request accepted in an earlier
// cycle it has no effect. Returns whether a request was dropped.
bool mmu_engine_kill(struct mmu_engine *engine, enum mmu_port port);

// --- close ---------------------------------------------------------------------------
// Close all cycles up to and including `cycle` (>= mmu_engine_cycle).
void mmu_engine_advance(struct mmu_engine *engine, uint64_t cycle);

#endif
