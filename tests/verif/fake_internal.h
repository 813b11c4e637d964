// SPDX-License-Identifier: Apache-2.0
// State of the fake unit, shared by its files: fake_dut.c (ports, clock), fake_lookup.c (lookup,
// answers), fake_walk.c (one walk), fake_slots.c (several), fake_tlb.c, fake_pmp.c, fake_rules.c
// (what lookup and walk share).
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
    uint8_t set, way;
};

void fake_tlb_reset(struct fake_tlb *tlb);
// Returns the index of the matching entry, -1 if none.
int fake_tlb_lookup(const struct fake_tlb *tlb, uint64_t va, uint16_t asid);
void fake_tlb_hit(struct fake_tlb *tlb, unsigned index);
struct fake_fill fake_tlb_fill(struct fake_tlb *tlb, const struct fake_entry *entry);
void fake_tlb_fence(struct fake_tlb *tlb, const struct mmu_fence *fence);

// --- walker (section 7) ------------------------------------------------------------------------

// FAKE_PAUSE: a wrong unit's. FAKE_REQUEST: it has a request to make, on the wires or not yet.
enum fake_phase { FAKE_IDLE, FAKE_PAUSE, FAKE_REQUEST, FAKE_WAIT, FAKE_FINISHED };

// What an answer of memory, or a denial, leads to.
struct fake_outcome {
    bool ends, fault, conflict, restarts;
    uint8_t cause;
};

struct fake_walk {
    enum fake_phase phase;
    uint8_t port;
    struct mmu_request request;
    struct mmu_csr csr;
    struct fake_mode mode;
    unsigned level;
    uint64_t table_ppn, pte;
    bool global, writing;
    bool ignoring;                // a fence came: the coming answer or denial does not count
    bool killed;                  // ends with the coming answer
    bool repeated;                // the leaf was read once more (FAKE_PTE_EXTRA)
    unsigned waited;              // cycles on the wires
    struct fake_outcome outcome;  // FAKE_FINISHED
};

// --- unit --------------------------------------------------------------------------------------

// The miss register (section 4).
enum fake_miss { FAKE_MISS_NONE, FAKE_MISS_WAIT, FAKE_MISS_RESOLVE };

// An answer, and whose it is.
struct fake_delivery {
    bool valid, held;
    struct mmu_answer answer;
    struct mmu_request request;
    struct mmu_csr csr;
};

struct fake_port {
    enum fake_miss miss;
    struct mmu_request request;  // the last one accepted: the one in the miss register
    struct mmu_csr csr;          // its registers
    struct fake_entry entry;     // FAKE_MISS_RESOLVE: what the walk installed
    bool entry_own;              // ... of the same port
    bool stalled;                // FAKE_READY_LATE
    bool response_valid, response_seen;
    struct mmu_answer response;
    struct fake_delivery coming;  // valid from the next cycle
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
    int wires;   // slot whose request stands, -1: none
    int denied;  // slot whose request would stand for the first time, and may not; -1: none
    struct mmu_answer response[MMU_PORTS];
    struct mmu_fault fault;
    struct mmu_memory_request memory_request;
    struct dut_event event[MMU_PORTS];
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
    bool had_record[MMU_PORTS];  // as the cycle began
    struct fake_walk walk[MMU_WALKS];
    int wires;  // slot whose request stood in the cycle before and was not granted; -1: none
    unsigned next_wires, next_completion;  // where the search begins
    int last_port;                         // that took a slot; -1: none
    struct fake_fill fill[MMU_PORTS];
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

void fake_walk_begin(const struct dut *dut, struct fake_walk *walk);
// What stands on the memory request wires in FAKE_REQUEST.
struct mmu_memory_request fake_walk_request(const struct fake_walk *walk, enum fake_fault fault);
// Whether that request may not stand there.
bool fake_walk_denied(const struct dut *dut, const struct fake_walk *walk);
// The answer has come: the walk's next state.
struct fake_outcome fake_walk_answer(const struct dut *dut, struct fake_walk *walk,
                                     const struct dut_memory_response *answer);
// What a walk that ended well installs.
struct fake_entry fake_walk_entry(const struct dut *dut, const struct fake_walk *walk);
bool fake_walk_final_allowed(const struct dut *dut, const struct fake_walk *walk);

// --- slots (fake_slots.c) ------------------------------------------------------------------------

// Slot that awaits the answer of this cycle, -1: none.
int fake_slot_answered(const struct dut *dut);
// Whether the slot's walk is finished in this cycle, and completes in one of the next.
bool fake_slot_finished(const struct dut *dut, unsigned slot);
// Which slot's request stands on the wires in this cycle, or is denied: fills dut->out.
void fake_slots_show(struct dut *dut);
void fake_slots_kill(struct dut *dut, unsigned port);
// One clock; fence: op 0 or 1 is accepted. Answers go to the ports' `coming`.
void fake_slots_clock(struct dut *dut, bool fence);
// Fill the port's TLB and tell of it.
void fake_fill_port(struct dut *dut, unsigned port, const struct fake_entry *entry);
bool fake_has_record(const struct dut *dut, unsigned port);
// Whether the port's response register takes an answer in this cycle.
bool fake_register_free(const struct dut *dut, unsigned port);
// RESOLVE (fake_lookup.c): one cycle of it.
void fake_resolve(struct dut *dut, unsigned port, bool fence);

#endif
