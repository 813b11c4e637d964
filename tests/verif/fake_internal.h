// SPDX-License-Identifier: Apache-2.0
// State of the fake unit, shared by its files: fake_dut.c (ports, clock), fake_tlb.c, fake_walk.c.
#ifndef TANDEM_TESTS_VERIF_FAKE_INTERNAL_H
#define TANDEM_TESTS_VERIF_FAKE_INTERNAL_H

#include "fake_dut.h"

enum { FAKE_ENTRIES = 128 };

// --- TLB -------------------------------------------------------------------------------------

struct fake_entry {
    bool valid, global;
    uint8_t level, perm;  // perm: low byte of the PTE
    uint16_t asid;
    uint64_t vpn, ppn;
    uint64_t stamp;               // of the last touch (LRU) or fill (FIFO)
    bool filled_sum, filled_mxr;  // what its walk was judged with
};

struct fake_tlb {
    struct mmu_tlb_config config;
    enum fake_fault fault;
    struct fake_entry entry[FAKE_ENTRIES];  // set * ways + way
    bool tree[FAKE_ENTRIES];                // set * ways + node
    uint16_t lfsr;
    uint64_t touches;
};

struct fake_fill {
    bool valid, evict;
    uint8_t port, set, way;
};

void fake_tlb_reset(struct fake_tlb *tlb);
// Returns the index of the matching entry, -1 if none.
int fake_tlb_lookup(const struct fake_tlb *tlb, uint64_t va, uint16_t asid);
void fake_tlb_hit(struct fake_tlb *tlb, unsigned index);
struct fake_fill fake_tlb_fill(struct fake_tlb *tlb, const struct fake_entry *entry);
void fake_tlb_fence(struct fake_tlb *tlb, const struct mmu_fence *fence);

// --- walker ----------------------------------------------------------------------------------

enum fake_phase { FAKE_IDLE, FAKE_PAUSE, FAKE_REQUEST, FAKE_WAIT };

struct fake_walk {
    enum fake_phase phase;
    uint8_t port;
    struct mmu_request request;
    struct mmu_csr csr;
    unsigned level;
    uint64_t table_ppn, pte;
    bool global, writing;
    bool ignoring;  // a fence came: the coming answer does not count
    bool repeated;  // the leaf was read once more (FAKE_PTE_EXTRA)
    unsigned waited;
};

// What an answer of memory leads to.
struct fake_outcome {
    bool ends, fault, conflict, restarts;
    uint8_t cause;
};

bool fake_canonical(uint64_t va);
uint64_t fake_vpn(uint64_t va);
unsigned fake_privilege(const struct mmu_csr *csr, unsigned port);
bool fake_permitted(uint64_t perm, unsigned access, unsigned privilege, bool sum, bool mxr);
uint8_t fake_page_fault(unsigned access);
uint8_t fake_access_fault(unsigned access);
// Physical address in the page of this ppn and level.
uint64_t fake_pa(uint64_t ppn, unsigned level, uint64_t va);

void fake_walk_start(struct fake_walk *walk, unsigned port, const struct mmu_request *request,
                     const struct mmu_csr *csr);
// What stands on the memory request wires in FAKE_REQUEST.
struct mmu_memory_request fake_walk_request(const struct fake_walk *walk, enum fake_fault fault);
// The answer has come: the walk's next state.
struct fake_outcome fake_walk_answer(struct fake_walk *walk, enum fake_fault fault,
                                     const struct mmu_csr *live,
                                     const struct dut_memory_response *answer);

// --- unit ------------------------------------------------------------------------------------

struct fake_port {
    bool waiting;  // for the walker
    bool walking;
    bool stalled;  // FAKE_READY_LATE
    struct mmu_request request;
    struct mmu_csr csr;
    bool response_valid, response_seen;
    struct mmu_answer response;
    bool coming_valid, coming_held;  // the answer that is valid from the next cycle
    struct mmu_answer coming;
};

struct fake_inputs {
    struct mmu_csr csr;
    bool request_valid[MMU_PORTS];
    struct mmu_request request[MMU_PORTS];
    bool fence_valid;
    struct mmu_fence fence;
    unsigned take;
    bool grant, answer_valid;
    struct dut_memory_response answer;
};

struct fake_outputs {
    unsigned sample;
    struct mmu_answer response[MMU_PORTS];
    struct mmu_fault fault;
    struct mmu_memory_request memory_request;
    struct dut_event event;
};

struct dut {
    enum fake_fault fault;
    struct mmu_config config;
    struct fake_inputs in;
    struct fake_outputs out;
    struct fake_tlb tlb[MMU_PORTS];
    struct fake_port port[MMU_PORTS];
    struct mmu_fault record[MMU_PORTS];  // oldest first
    unsigned records;
    struct fake_walk walk;
    struct fake_fill fill;
    uint64_t counter[MMU_COUNTERS];
    bool idle_request;             // FAKE_REQUEST_IDLE
    uint64_t leaf_pa, leaf_value;  // FAKE_PTE_MISSING
};

// One cycle: what stands on the wires, then the next state. Returns enum dut_sample bits.
unsigned fake_tick(struct dut *dut);

void fake_count(struct dut *dut, unsigned counter, uint64_t by);
// One clock of the walker (fake_walk.c); the answer goes to the port's `coming`.
void fake_walk_clock(struct dut *dut);
// The port's answer for a translation.
struct mmu_answer fake_answer(const struct dut *dut, uint64_t va, const struct fake_entry *entry,
                              unsigned source);
struct mmu_answer fake_fault_answer(const struct dut *dut, uint8_t cause, unsigned source);

#endif
