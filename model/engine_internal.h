// SPDX-License-Identifier: Apache-2.0
// The engine's state, shared by its parts:
//
//   engine.c      life of the handle, what a port shows, acts, closing of a cycle
//   lookup.c      an accepted request meets its TLB (sections 4 and 6)
//   walker.c      arbitration and walks (section 7), kills (section 4), restarts (section 9)
//   fault_unit.c  fault records (section 10)
//   counters.c    counters (section 11)
//
// Time: `now` is the open cycle. An act only marks its transfer; closing a cycle performs
// all transfers of that cycle together, so their order within the cycle is free.
// Everything later is known by the walker's next event: the cycle in which a transaction
// is granted or answered.
#ifndef MMU_ENGINE_INTERNAL_H
#define MMU_ENGINE_INTERNAL_H

#include <assert.h>

#include "mmu/engine.h"
#include "walk_internal.h"

struct port_state {
    struct mmu_answer response;
    bool response_valid;
    bool waiting;  // a miss that the walker has not taken
    bool walking;  // the walker's present request
    bool fault_valid;
    struct mmu_fault fault;
    uint64_t fault_cycle;  // first cycle of the record
    struct mmu_context context;
    struct mmu_tlb *tlb;
    struct mmu_history history;
};

enum walker_phase {
    WALKER_IDLE,
    WALKER_REQUEST,  // a request is on the memory wires
    WALKER_ANSWER,   // granted; its answer is outstanding
    WALKER_DENIED    // the request is not allowed: the walk ends in the cycle of its event
};

struct walker {
    enum walker_phase phase;
    uint64_t event;  // cycle of the grant, of the answer or of the denial; MMU_NEVER if idle
    uint64_t data_cycle;
    uint64_t start_cycle;  // s
    uint8_t port;
    uint8_t level;
    uint8_t pte_bytes;
    uint8_t global;  // MMU_PTE_G if a pointer on the path had it
    bool ignored;    // a fence came: the answer awaited begins the walk again
    bool killed;     // the request was dropped: the answer awaited ends the walk
    bool error;      // the answer, known from the grant on
    uint64_t value;
    uint64_t table;  // its address
    struct mmu_memory_request request;
    uint64_t ordinal;  // of the next transaction since reset
};

// Transfers marked in the open cycle.
#define ACT_ACCEPT 1u         // << port
#define ACT_TAKE_RESPONSE 4u  // << port
#define ACT_TAKE_FAULT 16u
#define ACT_FENCE 32u
#define ACT_PMP_WRITE 64u
#define ACT_KILL 128u  // << port
#define ACT_KILLS (ACT_KILL << MMU_PORT_DATA | ACT_KILL << MMU_PORT_FETCH)

struct mmu_engine {
    uint64_t now;
    unsigned acts;
    struct mmu_arch arch;
    // The registers of the open cycle and of the one after it. They differ only while a write is
    // marked.
    struct mmu_pmp pmp, pmp_next;
    struct port_state port[MMU_PORTS];
    struct walker walker;
    struct mmu_fence fence;  // the one marked by ACT_FENCE
    struct mmu_fill_event fill;
    uint64_t fill_cycle;  // e of the latest fill; MMU_NEVER before the first
    uint64_t counter[MMU_COUNTERS];
    struct mmu_bus bus;
};

// Count one event of a port's counter (its data-port number).
static inline void engine_count(struct mmu_engine *engine, unsigned port, enum mmu_counter what) {
    ++engine->counter[8u * port + (unsigned)what];
}

// Look up the request that the port accepted in the open cycle: answer it or make it wait.
void engine_lookup(struct mmu_engine *engine, unsigned port);

// Returns the answer that a TLB entry gives.
MMU_INLINE struct mmu_answer engine_answer_of_entry(const struct mmu_tlb_entry *entry, uint64_t va,
                                                    enum mmu_source source) {
    return (struct mmu_answer){
        .pa = leaf_pa(entry->ppn, va, entry->page_bits),
        .level = entry->level,
        .napot = entry->page_bits == MMU_PAGE_BITS + MMU_NAPOT_SHIFT,
        .pbmt = entry->pbmt,
        .source = (uint8_t)source,
        .perm = entry->perm,
    };
}

// Returns whether the request of a port may access pa, by the registers of the open cycle.
MMU_INLINE bool engine_final_allowed(const struct mmu_engine *engine, unsigned port, uint64_t pa) {
    if (engine->pmp.entries == 0) return pa >> engine->arch.pa_bits == 0;
    const struct port_state *p = &engine->port[port];
    return mmu_final_allowed(&engine->arch, &engine->pmp, pa, &p->history.request, p->context.priv);
}

void walker_reset(struct walker *walker);
// Let the available walker take a waiting request, if any, at the end of `cycle`.
void walker_arbitrate(struct mmu_engine *engine, uint64_t cycle);
// Let the present walk, if any, begin again once its present transaction is answered.
void walker_restart(struct walker *walker);
// Drop the port's request, which waits or is being walked, in the open cycle.
void walker_kill(struct mmu_engine *engine, unsigned port);
// Perform the grants and answers of all cycles up to and including `cycle`.
void walker_run(struct mmu_engine *engine, uint64_t cycle);

// Make the record of a faulting answer, valid in the cycle after `cycle`.
void fault_unit_record(struct mmu_engine *engine, unsigned port, uint8_t cause, uint64_t cycle);
// Returns the port whose record is shown, MMU_PORTS if there is none.
unsigned fault_unit_shown(const struct mmu_engine *engine);

// Answer a port's request at the end of `cycle`: response, history, fault record.
static inline void engine_respond(struct mmu_engine *engine, unsigned port,
                                  struct mmu_answer answer, uint64_t cycle) {
    struct port_state *p = &engine->port[port];
    assert(!p->response_valid);
    p->response = answer;
    p->response_valid = true;
    p->history.response_cycle = cycle + 1;
    if (answer.fault) fault_unit_record(engine, port, answer.cause, cycle);
}

#endif
