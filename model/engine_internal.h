// SPDX-License-Identifier: Apache-2.0
// The engine's state, shared by its parts:
//
//   engine.c      life of the handle, what a port shows, acts
//   cycle.c       opening and closing of cycles, the next event
//   lookup.c      an accepted request meets its first level; step 3 of section 6 for everybody
//   second.c      second-level lookups of ports and prefetcher (section 6)
//   l2.c          the second level itself (section 5)
//   pwc.c         page-walk caches (section 5)
//   slots.c       candidates, merging, start of walks (section 7)
//   wires.c       the memory wires: who is put on them, grants (sections 3 and 7)
//   walker.c      what answers mean (section 7), kills (section 4), restarts (section 9)
//   completion.c  completion of walks (section 7), RESOLVE (section 4)
//   prefetch.c    the prefetch register (section 7)
//   fault_unit.c  fault records (section 10)
//   counters.c    counters (section 11)
//
// Time: `now` is the open cycle. A cycle is opened (what its wires carry and what its answer
// means is settled, from registers alone), then acts mark their transfers, then it is closed:
// all that happens at its edge is done together, so the order of the acts is free. Cycles in
// which nothing can happen are neither opened nor closed: `event` is the next one that must be.
#ifndef MMU_ENGINE_INTERNAL_H
#define MMU_ENGINE_INTERNAL_H

#include <assert.h>

#include "l2.h"
#include "mmu/engine.h"
#include "pwc.h"
#include "walk_internal.h"

#define NO_SLOT MMU_WALKS

// A request with all that it captured.
struct captured {
    struct mmu_request request;
    struct mmu_context context;
};

enum miss_state { MISS_EMPTY, MISS_LOOKUP, MISS_WAIT, MISS_RESOLVE };

struct miss_register {
    enum miss_state state;
    bool foreign;  // RESOLVE: the walk was not one of this port
    struct captured held;
    uint64_t since;             // first cycle in this state
    uint64_t compare_cycle;     // LOOKUP
    struct mmu_tlb_entry page;  // RESOLVE: the translation
};

struct port_state {
    struct mmu_tlb *tlb;
    bool response_valid;
    bool fault_valid;
    uint8_t accepted_tag;  // of the request marked by ACT_ACCEPT
    uint16_t unanswered;   // tags of requests in the miss register or a slot
    uint8_t slots;         // slots that hold a request of this port, killed or not
    struct mmu_answer response;
    struct mmu_csr captured_csr;  // what context was made of
    struct mmu_context context;   // of the latest request
    struct mmu_fault fault;
    uint64_t fault_cycle;  // first cycle of the record
    struct miss_register miss;
    struct mmu_tlb_fill fill;
    uint64_t fill_cycle;  // of the latest fill; MMU_NEVER before the first
    struct mmu_history history[MMU_TAGS];
};

enum slot_phase {
    SLOT_IDLE,
    SLOT_READY,    // has a request to make
    SLOT_WIRES,    // its request is on the wires
    SLOT_ANSWER,   // granted; its answer is outstanding
    SLOT_DENIED,   // its request is denied in the open cycle
    SLOT_FINISHED  // waits for its completion
};

// What the answer that arrives in the open cycle means.
enum verdict { VERDICT_POINTER, VERDICT_AGAIN, VERDICT_UPDATE, VERDICT_LEAF, VERDICT_FAULT };

struct slot {
    enum slot_phase phase;
    enum verdict verdict;
    struct captured held;
    struct mmu_history *history;  // NULL: prefetch, or killed
    uint8_t port;                 // MMU_PORTS: prefetch
    bool killed;                  // the answer awaited ends the walk
    bool ignored;                 // a fence came: the answer awaited begins the walk again
    bool first;                   // the request to make is the first READ since start or restart
    bool write;                   // it is an UPDATE
    bool error;                   // of the answer, known from the grant on
    uint8_t level;
    uint8_t global;  // MMU_PTE_G if a pointer on the path had it
    uint8_t cause;   // of the fault found, 0: a translation was
    uint64_t table;  // its address
    uint64_t pa;     // of the PTE
    uint64_t expected, update;
    uint64_t value;  // the answer, known from the grant on
    uint64_t put_cycle, grant_cycle, data_cycle;
    uint64_t mark;               // first cycle that no term of the latency counts yet
    struct mmu_tlb_entry entry;  // the translation found
};

enum prefetch_state { PREFETCH_EMPTY, PREFETCH_HELD, PREFETCH_COMPARE, PREFETCH_CANDIDATE };

struct prefetch {
    enum prefetch_state state;
    struct mmu_csr csr;         // as they stand in the open cycle
    struct mmu_context active;  // their satp; mode NULL: not active
    uint64_t compare_cycle;
    struct captured held;
};

// A page-walk cache gave the first pointer in the open cycle; done with when it closes.
struct pwc_use {
    bool valid;
    uint8_t slot, level;
    uint32_t way;
};

// Transfers marked in the open cycle.
#define ACT_ACCEPT 1u         // << port
#define ACT_TAKE_RESPONSE 4u  // << port
#define ACT_KILL 16u          // << port
#define ACT_TAKE_FAULT 64u
#define ACT_FENCE 128u
#define ACT_PMP_WRITE 256u
#define ACT_POISON 512u
#define ACT_REGISTERS 1024u  // satp or privilege differ from the cycle before
#define ACT_ACCEPTS (ACT_ACCEPT * 3u)
#define ACT_TAKE_RESPONSES (ACT_TAKE_RESPONSE * 3u)

struct mmu_engine {
    uint64_t now;
    uint64_t event;  // next cycle that must be opened or closed
    unsigned acts;
    bool held;  // something finished, or in RESOLVE: taking a response may set it free
    struct mmu_arch arch;
    uint8_t walks;
    bool has_prefetch;
    // Slots, bit = 1 << number.
    uint8_t busy, ready, finished, killed;
    uint8_t finishing;  // those whose walk ends in the open cycle, as far as it is known
    uint8_t wire;       // slot whose request is on the wires, NO_SLOT
    uint8_t last_wire, last_completed, last_port;
    struct port_state port[MMU_PORTS];
    struct slot slot[MMU_WALKS];
    struct prefetch prefetch;
    struct l2 *l2;  // NULL: none
    struct mmu_l2_fill l2_fill;
    uint64_t l2_fill_cycle;  // of the latest fill; MMU_NEVER before the first
    struct pwc *pwc;         // NULL: none
    struct pwc_use pwc_use;
    uint64_t ordinal;                   // of the next memory transaction
    struct mmu_memory_request request;  // on the wires
    uint64_t accounted;                 // cycles up to here are in the counters that sum cycles
    uint64_t counter[MMU_COUNTERS];
    // The registers of the open cycle and of the one after it. They differ only while a write is
    // marked.
    struct mmu_pmp pmp, pmp_next;
    struct mmu_fence fence;  // the one marked by ACT_FENCE
    struct mmu_bus bus;
};

// The cycle being closed: what was done in it, and what its parts tell each other.
struct cycle {
    uint64_t now;
    unsigned kills;          // ports
    unsigned fault_pending;  // ports with a record, taken in this cycle or not
    unsigned missed;         // ports that accepted what the first level cannot answer
    bool fence;              // one that invalidates
    bool poison;
    bool prefetch_empty;  // as the cycle began
    bool prefetch_stale;  // what is kept is of a satp that is not current
    bool read;            // the second level is read for a port's miss
    enum miss_state miss[MMU_PORTS];
    unsigned seeking;        // ports whose request may be taken by a slot, or merged
    unsigned completed;      // slot, NO_SLOT: none
    bool success;            // of the completed one
    struct l2_choice write;  // of the completed one, if it fills the second level
    bool writes;
};

// Count one event of a port's counter (its data-port number).
static inline void engine_count(struct mmu_engine *engine, unsigned port, unsigned what) {
    ++engine->counter[8u * port + what];
}

// Returns the answer that a translation gives.
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

// Returns whether the request may access pa, by the registers of the open cycle.
MMU_INLINE bool engine_final_allowed(const struct mmu_engine *engine,
                                     const struct mmu_request *request, uint8_t priv, uint64_t pa) {
    if (engine->pmp.entries == 0) return pa >> engine->arch.pa_bits == 0;
    return mmu_final_allowed(&engine->arch, &engine->pmp, pa, request, priv);
}

// Section 6, step 3, with the translation that `source` has found: returns whether it answers
// (false: step 3b).
MMU_INLINE bool engine_translation_answers(const struct mmu_engine *engine,
                                           const struct mmu_request *request,
                                           const struct mmu_context *context,
                                           const struct mmu_tlb_entry *entry,
                                           enum mmu_source source, struct mmu_answer *answer) {
    if (!is_permitted(entry->perm, request->access, context)) {
        *answer = answer_fault(mmu_page_fault(request->access), source);
        return true;
    }
    if (is_store(request->access) && !(entry->perm & MMU_PTE_D)) return false;
    *answer = engine_answer_of_entry(entry, request->va, source);
    if (!engine_final_allowed(engine, request, context->priv, answer->pa))
        *answer = answer_fault(mmu_access_fault(request->access), source);
    return true;
}

// --- lookup.c
// Look up the request that the port accepted in the open cycle. Returns whether it is a miss.
bool engine_lookup(struct mmu_engine *engine, unsigned port);
// Answer a request of the miss register or of a slot at the end of `cycle`.
void engine_answer(struct mmu_engine *engine, unsigned port, const struct captured *held,
                   struct mmu_answer answer, uint64_t cycle);
// Write an entry of the port's first level at the end of `cycle`.
void engine_fill(struct mmu_engine *engine, unsigned port, const struct mmu_tlb_entry *entry,
                 uint64_t cycle);
// The port's miss register leaves its state at the end of `cycle` (its cycles become terms).
void engine_miss_to(struct mmu_engine *engine, unsigned port, enum miss_state state,
                    uint64_t cycle);

// --- second.c
void second_compare(struct mmu_engine *engine, struct cycle *cycle);
// Put new misses into their miss registers, and choose what is read in this cycle.
void second_read(struct mmu_engine *engine, struct cycle *cycle);

// --- wires.c
// Put a request on the free wires in the cycle being opened, or deny it.
void wires_open(struct mmu_engine *engine, uint64_t now);
// The request on the wires is granted in `now`: memory acts.
void wires_grant(struct mmu_engine *engine, uint64_t now);

// --- walker.c
// The slot's latest access in its request's history.
static inline struct mmu_walk_access *slot_access(const struct slot *slot) {
    return &slot->history->access[(slot->history->accesses - 1) % MMU_WALK_LOG];
}
// What the answer that arrives in the cycle being opened means.
void walker_open(struct mmu_engine *engine, struct slot *slot);
// Kills, restarts, answers, denials and grants of the cycle, in every slot.
void walker_close(struct mmu_engine *engine, struct cycle *cycle);
// The slot is free in this cycle.
void walker_free(struct mmu_engine *engine, struct slot *slot);

// --- slots.c
static inline bool slots_have_space(const struct mmu_engine *engine) {
    return (engine->busy + 1u) >> engine->walks == 0;
}
// Returns whether the satps captured are the same: mode, ASID, PPN.
bool slots_same_space(const struct mmu_context *a, const struct mmu_context *b);
// Returns the slot that walks the page, NO_SLOT if none does.
unsigned slots_walking(const struct mmu_engine *engine, const struct captured *held,
                       unsigned completed);
// Merge and take the cycle's candidates.
void slots_start(struct mmu_engine *engine, struct cycle *cycle);

// --- completion.c
bool completion_possible(const struct mmu_engine *engine, const struct slot *slot,
                         enum miss_state miss, bool fault_pending);
void completion_close(struct mmu_engine *engine, struct cycle *cycle);
// Returns whether the port's request in RESOLVE moves in a cycle without fence and kill.
bool resolve_possible(const struct mmu_engine *engine, unsigned port, bool fault_pending);
void resolve_close(struct mmu_engine *engine, struct cycle *cycle, unsigned port);

// --- prefetch.c
// The registers of the open cycle. Returns whether satp or privilege differ from the cycle before.
bool prefetch_registers(struct mmu_engine *engine, const struct mmu_csr *csr);
// Returns whether satp is active in the open cycle, and has this mode, ASID and PPN.
bool prefetch_is_current(const struct mmu_engine *engine, const struct mmu_context *context);
// A request's walk completed with this translation.
void prefetch_enter(struct mmu_engine *engine, const struct cycle *cycle, const struct slot *slot);
// Returns whether the register holds a candidate in this cycle; drops it if its page is walked.
bool prefetch_seeks(struct mmu_engine *engine, const struct cycle *cycle);

// --- counters.c
// Count the cycles before `cycle` in the counters that sum cycles.
void counters_account(struct mmu_engine *engine, uint64_t cycle);

// --- cycle.c
void cycle_reset(struct mmu_engine *engine);
// Open `now`, which `event` names.
void cycle_open(struct mmu_engine *engine);

// --- fault_unit.c
// Make the record of a faulting answer, valid in the cycle after `cycle`.
void fault_unit_record(struct mmu_engine *engine, unsigned port, const struct mmu_request *request,
                       uint16_t asid, uint8_t cause, uint64_t cycle);
// Returns the port whose record is shown, MMU_PORTS if there is none.
unsigned fault_unit_shown(const struct mmu_engine *engine);

#endif
