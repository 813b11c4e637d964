// SPDX-License-Identifier: Apache-2.0
// A second implementation of the unit, stepped cycle by cycle: a plain transcription of
// docs/microarchitecture.md, sections 3 to 12, for comparison with the engine. Slow on purpose:
// every structure is searched in full, every cycle is made, conditions look at a copy of the
// state as the cycle begins. It shares with the engine the pure functions of one PTE and of the
// PMP, and the first-level TLB, which have tests of their own.
#ifndef TANDEM_TESTS_MODEL_REFERENCE_H
#define TANDEM_TESTS_MODEL_REFERENCE_H

#include "fixture.h"

#define REF_L2_ENTRIES 64u
#define REF_L2_WAYS 16u
#define REF_PREFETCH 2u  // "port" of a prefetch

struct ref_request {
    struct mmu_request asked;
    struct mmu_context context;
    uint64_t accepted;
    struct mmu_terms terms;
};

enum ref_miss_state { REF_NONE, REF_LOOKUP, REF_WAIT, REF_RESOLVE };

struct ref_miss {
    enum ref_miss_state state;
    struct ref_request request;
    uint64_t read;  // LOOKUP: its read cycle
    struct mmu_tlb_entry page;
    bool own_port;  // RESOLVE: the walk was one of the same port
};

enum ref_slot_state { REF_IDLE, REF_TO_MAKE, REF_ON_WIRES, REF_OUTSTANDING, REF_FINISHED };

struct ref_slot {
    enum ref_slot_state state;
    unsigned port;
    struct ref_request request;
    bool killed, again, first, update;
    unsigned i;
    uint64_t a;
    bool g;
    uint64_t pa, pte, desired;
    uint64_t value;
    bool error;
    uint64_t granted, answered, data_cycles, grant_due;
    uint8_t cause;  // FINISHED: 0 success
    struct mmu_tlb_entry page;
    uint64_t pending;  // cycles that become a term, or restart
    uint64_t wire_term, grant_term, memory_term;
    uint64_t denied_after;  // cycles until and with the denial that ended the walk, 0: none
};

struct ref_l2_entry {
    bool valid, large, bad;
    uint64_t tag;
    struct mmu_tlb_entry page;
    uint64_t written, used;  // cycle of the fill; order of the last touch
};

struct ref_pwc_entry {
    bool valid, global;
    uint64_t tag, ppn, used;
    uint16_t asid;
};

enum ref_verdict { REF_NOTHING, REF_POINTER, REF_AGAIN, REF_UPDATE, REF_SUCCESS, REF_FAULT };

struct ref_state {
    uint64_t c;
    bool response_valid[MMU_PORTS], fault_valid[MMU_PORTS];
    struct mmu_answer response[MMU_PORTS];
    struct mmu_fault fault[MMU_PORTS];
    uint64_t fault_since[MMU_PORTS];
    struct ref_miss miss[MMU_PORTS];
    struct ref_slot slot[MMU_WALKS];
    int wire;  // slot on the wires, -1
    unsigned last_wire, last_completed, last_port;
    struct ref_l2_entry l2[REF_L2_ENTRIES];
    bool tree[REF_L2_ENTRIES][REF_L2_WAYS];
    bool fragments;
    uint16_t random;
    struct ref_pwc_entry pwc[5][MMU_PWC_ENTRIES];
    uint64_t touches;
    enum { REF_PF_EMPTY, REF_PF_HELD, REF_PF_COMPARE, REF_PF_CANDIDATE } prefetch;
    struct ref_request next_page;
    struct mmu_pmp pmp;
    uint64_t counter[MMU_COUNTERS];
    bool filled[MMU_PORTS], l2_filled;
    struct mmu_tlb_fill fill[MMU_PORTS];
    struct mmu_l2_fill l2_fill;
    // Settled as the cycle begins.
    int denied, arriving;
    enum ref_verdict verdict;
    uint8_t verdict_cause;
    struct mmu_tlb_entry verdict_page;
    uint64_t verdict_desired;
    unsigned pwc_level;  // of the match in this cycle, 0: none
    unsigned pwc_way, pwc_slot;
};

struct ref_acts {
    bool take_response[MMU_PORTS], accept[MMU_PORTS], kill[MMU_PORTS];
    struct mmu_request request[MMU_PORTS];
    struct mmu_csr csr;
    bool take_fault, fence_valid, pmp_valid, poison;
    struct mmu_fence fence;
    struct mmu_pmp_write pmp;
};

struct ref {
    struct mmu_config config;
    struct mmu_bus bus;
    struct mmu_tlb *tlb[MMU_PORTS];
    uint64_t ordinal;
    struct ref_state now, old;
    struct mmu_terms terms[MMU_PORTS];  // of the port's latest answer
    // Within a close.
    const struct ref_acts *acts;
    bool fence;
    bool freed[MMU_WALKS];
    int completed;
    bool completed_well;
    bool read;
    bool seeking[MMU_PORTS];
};

void ref_init(struct ref *ref, const struct mmu_config *config, const struct mmu_bus *bus);
void ref_free(struct ref *ref);
// Ready of a port in the present cycle, given rsp_ready.
bool ref_ready(const struct ref *ref, unsigned port, bool response_ready);
// Returns the port whose fault record is shown, MMU_PORTS: none.
unsigned ref_fault_shown(const struct ref *ref);
// Perform the present cycle with these acts, and begin the next.
void ref_cycle(struct ref *ref, const struct ref_acts *acts);

// Whether the prefetcher may use the request's satp in the present cycle.
bool ref_current(const struct ref *ref, const struct ref_request *request);

// --- reference_caches.c: second level and page-walk caches, on ref->old for what is asked and
// ref->now for what is changed.
struct ref_l2_found {
    bool match[REF_L2_ENTRIES], bad[REF_L2_ENTRIES];
    int best;  // -1: none
};
uint64_t ref_vpn(const struct ref *ref, uint64_t va);
unsigned ref_b(const struct ref *ref);
struct ref_l2_found ref_l2_look(const struct ref *ref, const struct ref_request *request,
                                uint64_t read);
void ref_l2_touch(struct ref *ref, unsigned index, bool fill);
void ref_l2_fill(struct ref *ref, uint64_t va, const struct mmu_tlb_entry *page);
void ref_l2_fence(struct ref *ref, const struct mmu_fence *fence);
void ref_pwc_look(struct ref *ref, const struct ref_slot *slot);
void ref_pwc_fill(struct ref *ref, const struct ref_slot *slot, uint64_t ppn, bool global);
void ref_pwc_fence(struct ref *ref, const struct mmu_fence *fence);

#endif
