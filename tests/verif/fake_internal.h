// SPDX-License-Identifier: Apache-2.0
// State of the fake unit, shared by its files: fake_dut.c (ports, clock), fake_lookup.c (lookup,
// answers), fake_walk.c, fake_tlb.c, fake_pmp.c, fake_rules.c (what lookup and walk share).
#ifndef TANDEM_TESTS_VERIF_FAKE_INTERNAL_H
#define TANDEM_TESTS_VERIF_FAKE_INTERNAL_H

#include "fake_dut.h"

enum { FAKE_ENTRIES = 128, FAKE_PMP = 16 };

// --- rules (section 1, section 6) --------------------------------------------------------------

struct fake_mode {
    unsigned levels;  // 0: Bare
    unsigned vpn_bits, pte_bytes, va_bits;
};

struct fake_mode fake_mode_of(const struct mmu_arch *arch, uint64_t satp);
uint16_t fake_asid(const struct mmu_arch *arch, uint64_t satp);
uint64_t fake_root(const struct mmu_arch *arch, uint64_t satp);
uint64_t fake_vpn(const struct mmu_arch *arch, uint64_t va);
// Whether all bits above the highest of va_bits equal it.
bool fake_canonical(unsigned va_bits, uint64_t va);
unsigned fake_privilege(const struct mmu_csr *csr, unsigned port);
bool fake_permitted(uint64_t perm, unsigned access, unsigned privilege, bool sum, bool mxr);
bool fake_is_store(unsigned access);
uint8_t fake_page_fault(unsigned access);
uint8_t fake_access_fault(unsigned access);
// Address in the page of this ppn of which `shift` vpn bits are the va's.
uint64_t fake_pa(uint64_t ppn, unsigned shift, uint64_t va);

// --- PMP (section 8) ---------------------------------------------------------------------------

enum fake_kind { FAKE_KIND_R = 1, FAKE_KIND_W = 2, FAKE_KIND_X = 4 };

struct fake_pmp {
    unsigned entries, xlen;
    enum fake_fault fault;
    uint8_t cfg[FAKE_PMP];
    uint64_t addr[FAKE_PMP];
};

void fake_pmp_register(struct fake_pmp *pmp, const struct mmu_pmp_write *write);
bool fake_pmp_allows(const struct fake_pmp *pmp, uint64_t pa, unsigned bytes, enum fake_kind kind,
                     unsigned privilege);

// --- TLB (section 5) ---------------------------------------------------------------------------

struct fake_entry {
    bool valid, global, napot;
    uint8_t level, shift, pbmt, perm;  // perm: low byte of the PTE
    uint16_t asid;
    uint64_t vpn, ppn;
    uint64_t stamp;               // of the last touch (LRU) or fill (FIFO)
    bool filled_sum, filled_mxr;  // what its walk was judged with
};

struct fake_tlb {
    struct mmu_tlb_config config;
    struct mmu_arch arch;
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

// --- walker (section 7) ------------------------------------------------------------------------

enum fake_phase { FAKE_IDLE, FAKE_PAUSE, FAKE_REQUEST, FAKE_WAIT };

struct fake_walk {
    enum fake_phase phase;
    uint8_t port;
    struct mmu_request request;
    struct mmu_csr csr;
    struct fake_mode mode;
    unsigned level;
    uint64_t table_ppn, pte;
    bool global, writing;
    bool ignoring;  // a fence came: the coming answer or denial does not count
    bool killed;    // ends with the coming answer
    bool repeated;  // the leaf was read once more (FAKE_PTE_EXTRA)
    unsigned waited;
};

// What an answer of memory, or a denial, leads to.
struct fake_outcome {
    bool ends, fault, conflict, restarts;
    uint8_t cause;
};

// --- unit --------------------------------------------------------------------------------------

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
    unsigned kill;
    bool fence_valid, pmp_valid;
    struct mmu_fence fence;
    struct mmu_pmp_write pmp;
    unsigned take;
    bool grant, answer_valid;
    struct dut_memory_response answer;
};

struct fake_outputs {
    unsigned sample;
    bool denied;  // the walk's request would stand for the first time, and may not
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
    struct fake_pmp pmp;
    struct fake_tlb tlb[MMU_PORTS];
    struct fake_port port[MMU_PORTS];
    struct mmu_fault record[MMU_PORTS];  // oldest first
    unsigned records;
    struct fake_walk walk;
    struct fake_fill fill;
    uint64_t counter[MMU_COUNTERS];
    bool idle_request;             // FAKE_REQUEST_IDLE
    bool property_failed;          // FAKE_ASSERTION
    uint64_t leaf_pa, leaf_value;  // FAKE_PTE_MISSING
};

// One cycle: what stands on the wires, then the next state. Returns enum dut_sample bits.
unsigned fake_tick(struct dut *dut);
void fake_count(struct dut *dut, unsigned counter, uint64_t by);

// Look up the request that the port has just accepted (fake_lookup.c).
void fake_lookup(struct dut *dut, unsigned port);
// The port's answer for a translation.
struct mmu_answer fake_answer(const struct dut *dut, uint64_t va, const struct fake_entry *entry,
                              unsigned source);
struct mmu_answer fake_fault_answer(const struct dut *dut, uint8_t cause, unsigned source);
// The final check, with the registers of now.
bool fake_final_allowed(const struct dut *dut, uint64_t pa, const struct mmu_request *request,
                        unsigned privilege);

void fake_walk_start(struct dut *dut, unsigned port);
// What stands on the memory request wires in FAKE_REQUEST.
struct mmu_memory_request fake_walk_request(const struct fake_walk *walk, enum fake_fault fault);
// Whether that request, in its first cycle, may not stand there.
bool fake_walk_denied(const struct dut *dut);
// The answer has come: the walk's next state.
struct fake_outcome fake_walk_answer(const struct dut *dut, struct fake_walk *walk,
                                     const struct dut_memory_response *answer);
// One clock of the walker; the answer goes to the port's `coming`.
void fake_walk_clock(struct dut *dut);

#endif
