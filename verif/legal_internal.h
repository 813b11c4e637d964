// SPDX-License-Identifier: Apache-2.0
// Inside the legal-set oracle.
//
//   stamp     order of everything that happened: cycle << 16 | number within the cycle
//   version   a value that a PTE had, [written, replaced)
//   span      an era of an address space: its ASID named this root, and no fence of the whole ASID
//             lies inside, [lo, hi]
//   view      the fences that precede a request's acceptance: what it may still use
//
// A cached PTE may be used if it was read inside the window that view and span give it
// (legal_search.c).
#ifndef LEGAL_INTERNAL_H
#define LEGAL_INTERNAL_H

#include "verif/legal.h"

#define LEGAL_SPANS 256u
#define LEGAL_PMP_VERSIONS 128u
#define LEGAL_SINVALS 256u
#define LEGAL_PENDING 4u
#define LEGAL_QUEUE MMU_TAGS
#define LEGAL_KILLED 16u
#define LEGAL_ERRORS 64u
#define LEGAL_FENCE_SETS 4096u
#define LEGAL_WAYS 4u
#define LEGAL_BUDGET 20000u
#define LEGAL_NEVER UINT64_MAX

struct legal_mode {
    uint8_t satp_mode, levels, vpn_bits, pte_bytes, va_bits;
};

struct legal_version {
    uint64_t value, written, replaced;
    uint64_t base;  // written, but for the unit's own updates of A and D: a cached PTE goes on as
                    // the updated one
};

// Versions replaced up to here are forgotten: any, and such as have G set.
struct legal_lost {
    uint64_t any, global;
};

// One PTE's history: a ring of versions, the newest at `newest`.
struct legal_slot {
    uint64_t pa;
    uint64_t present_since;  // 0: before the oracle's time
    uint64_t present_base;   // as a version's
    struct legal_lost lost;
    uint32_t count, newest;  // count 0 and present_since 0: empty
};

struct legal_span {
    const struct legal_mode *mode;
    uint64_t ppn;
    uint64_t lo, hi;       // hi: LEGAL_NEVER while no fence ended it
    uint64_t opened;       // satp named it first in this era
    uint64_t named_until;  // LEGAL_NEVER: satp names it now
    uint64_t closed;       // when the fence that ended it came into force
    uint16_t asid;
};

// A fence of one page at one page size: the latest.
struct legal_page_fence {
    uint64_t key, stamp;  // stamp 0: empty
};

struct legal_sinval {
    struct mmu_fence fence;
    uint64_t stamp;  // of the SFENCE.W.INVAL before it
};

struct legal_pending {
    struct mmu_fence fence;
    uint64_t stamp;
    bool valid_va;
};

// Stamps of the last fences before a request's acceptance; 0: none. lost: fences up to here may be
// forgotten.
struct legal_view {
    uint64_t all, asid;
    uint64_t page[LEGAL_MOST_LEVELS], page_lost[LEGAL_MOST_LEVELS];  // by level: any ASID
    uint64_t page_asid[LEGAL_MOST_LEVELS], page_asid_lost[LEGAL_MOST_LEVELS];
};

struct legal_range {
    uint64_t first, last;  // 4-byte words; first > last: none
    uint8_t cfg;
};
struct legal_pmp_version {
    struct legal_range range[MMU_PMP_ENTRIES];
    unsigned active;  // 1 + the highest entry that holds anything
    uint64_t until;   // LEGAL_NEVER: the present
};

struct legal_flight {
    struct mmu_request request;
    struct mmu_csr csr;
    uint64_t accepted;              // cycle
    const struct legal_mode *mode;  // NULL: not translated
    uint64_t root;
    uint16_t asid;
    uint8_t priv;
    bool has_view;  // a fence came after it: view is what it saw before
    struct legal_view view;
    uint64_t dirtied_pa, dirtied;  // the PTE whose D it set, and when; 0: none that is known
};

// A request that was dropped: an update may still be on its way.
struct legal_killed {
    struct legal_flight flight;
    uint64_t cycle;
    unsigned walks;  // of requests accepted since that were answered
    bool used;       // it has set D
};

struct legal_queue {
    struct legal_flight flight[LEGAL_QUEUE];  // unanswered, the oldest first
    uint32_t count;
    struct legal_killed killed[LEGAL_KILLED];  // the oldest first
    unsigned killed_count;
    bool killed_lost;  // there was no room for one
    unsigned lost_walks;
    struct legal_killed last_store;  // for the reader; cycle 0: none
};

struct legal_error_note {
    uint64_t pa, cycle;
};

struct legal {
    struct legal_config config;
    unsigned pte_bytes, level_bits;  // of the XLEN: 8, 9 or 4, 10
    uint64_t cycle;
    uint32_t order;

    uint32_t versions;  // per PTE
    uint32_t sets;
    struct legal_slot *slot;        // sets * LEGAL_WAYS
    struct legal_version *version;  // slots * versions
    struct legal_lost *set_lost;
    bool napot_past;  // some PTE of the past has N set

    uint64_t all;                         // last fence of everything
    uint64_t *asid_fence;                 // by ASID
    struct legal_page_fence *page_fence;  // LEGAL_FENCE_SETS * LEGAL_WAYS
    uint64_t *page_fence_lost;            // by set
    struct legal_pending pending[LEGAL_PENDING];
    uint32_t pendings;
    uint64_t fence_cycle;     // of the last one, whatever it is
    uint64_t software_wrote;  // a PTE, last
    struct legal_sinval sinval[LEGAL_SINVALS];
    uint32_t sinvals;
    uint64_t sinval_lost;  // an SINVAL.VMA after this SFENCE.W.INVAL was forgotten
    uint64_t fences_lost;  // ... and has come into force
    uint64_t w_inval;

    struct legal_span span[LEGAL_SPANS];
    uint32_t spans;
    uint32_t named;             // the span that satp names; LEGAL_SPANS: none
    uint64_t spans_lost;        // eras that ended up to here are forgotten
    uint64_t *asid_spans_lost;  // ... of each ASID
    struct mmu_csr csr;
    bool has_csr;
    uint64_t adue_until[2], pbmte_until[2];  // when each value was last in force

    struct legal_pmp_version pmp[LEGAL_PMP_VERSIONS];
    uint32_t pmp_now, pmp_count;
    uint64_t pmp_lost;

    struct legal_queue queue[MMU_PORTS];
    struct legal_error_note error[LEGAL_ERRORS];
    uint32_t errors;
    struct legal_stats stats;
};

// --- time (legal_history.c) ---
static inline uint64_t legal_cycle_of(uint64_t stamp) {
    return stamp == LEGAL_NEVER ? LEGAL_NEVER : stamp >> 16;
}
static inline uint64_t legal_later(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}
uint64_t legal_stamp(struct legal *legal, uint64_t now);
// No request can need what was replaced up to here.
uint64_t legal_horizon(const struct legal *legal);

// --- PTEs, roots, registers of the past (legal_history.c, legal_registers.c) ---
// Returns the PTE's slot or NULL; *lost: what of it may be forgotten.
const struct legal_slot *legal_find(const struct legal *legal, uint64_t pa,
                                    struct legal_lost *lost);
// Returns the index-th past version, 0 the newest; index < slot->count.
const struct legal_version *legal_version_at(const struct legal *legal,
                                             const struct legal_slot *slot, unsigned index);
bool legal_read(const struct legal *legal, uint64_t pa, uint64_t *value);
void legal_close_spans(struct legal *legal, uint64_t stamp, uint64_t force, bool every,
                       uint16_t asid);
// When the root could be read last in this era.
static inline uint64_t legal_root_until(const struct legal_span *span) {
    return span->named_until < span->hi ? span->named_until : span->hi;
}
static inline uint64_t legal_latest(const struct legal *legal) {
    return legal->cycle << 16 | legal->order;
}
void legal_note_registers(struct legal *legal, uint64_t stamp, const struct mmu_csr *csr);

// --- fences (legal_fence.c) ---
void legal_apply_pending(struct legal *legal);
void legal_make_view(const struct legal *legal, const struct legal_flight *flight,
                     struct legal_view *view);

// --- requests (legal.c, legal_killed.c) ---
static inline bool legal_is_store(const struct legal_flight *flight) {
    return flight->request.access == MMU_STORE || flight->request.access == MMU_AMO;
}
void legal_drop(struct legal_queue *queue, unsigned index);
// No update of a killed request is to come any more.
void legal_forget_killed(struct legal *legal);
void legal_walk_answered(struct legal *legal, struct legal_queue *queue, uint64_t accepted);

// --- A updates that no request explains (legal_reach.c) ---
// *unsure becomes true if something was forgotten that could make it so.
bool legal_reaches(const struct legal *legal, uint64_t pa, uint64_t value, bool *unsure);

// --- the specification's judgement of one PTE (legal_pte.c) ---
const struct legal_mode *legal_mode_of(const struct mmu_arch *arch, uint64_t satp);
// Of this XLEN, the mode with the most levels.
const struct legal_mode *legal_widest(const struct legal *legal);
uint16_t legal_asid_of(const struct mmu_arch *arch, uint64_t satp);
uint64_t legal_root_of(const struct mmu_arch *arch, uint64_t satp);
bool legal_canonical(const struct legal_mode *mode, uint64_t va);
static inline uint64_t legal_pte_pa(const struct legal_mode *mode, uint64_t table, uint64_t va,
                                    unsigned level) {
    uint64_t vpn = va >> (12 + mode->vpn_bits * level) & ((1u << mode->vpn_bits) - 1u);
    return (table << 12) + vpn * mode->pte_bytes;
}
uint64_t legal_ppn(const struct legal_mode *mode, uint64_t pte);
uint8_t legal_page_cause(uint8_t access);
uint8_t legal_access_cause(uint8_t access);

enum legal_shape {
    LEGAL_INVALID,   // V = 0
    LEGAL_POINTER,   // a pointer, reserved bits clear
    LEGAL_LEAF,      // a leaf, reserved bits clear (PBMT aside)
    LEGAL_RESERVED,  // V = 1, but it faults whatever the registers are
};
enum legal_shape legal_shape_of(const struct mmu_arch *arch, const struct legal_mode *mode,
                                uint64_t pte, unsigned level);
static inline unsigned legal_pbmt(const struct legal_mode *mode, uint64_t pte) {
    return mode->pte_bytes == 8 ? (unsigned)(pte >> MMU_PTE_PBMT_SHIFT) & 3u : 0;
}
static inline bool legal_is_napot(const struct legal_mode *mode, uint64_t pte) {
    return mode->pte_bytes == 8 && (pte & MMU_PTE_N) != 0;
}
bool legal_permits(uint64_t pte, const struct legal_flight *flight);
bool legal_needs_update(uint64_t pte, uint8_t access);
uint64_t legal_leaf_pa(const struct legal_mode *mode, uint64_t pte, unsigned level, uint64_t va);
struct mmu_answer legal_fault(uint8_t cause);
struct mmu_answer legal_success(const struct legal_mode *mode, uint64_t pte, unsigned level,
                                bool global, uint64_t va);
bool legal_same(const struct mmu_answer *a, const struct mmu_answer *b);

// PMP and pa_bits.
struct legal_access {
    uint64_t pa;
    unsigned bytes;
    enum mmu_pmp_kind kind;
    uint8_t priv;
};
bool legal_pmp_range(const struct mmu_pmp *pmp, unsigned entry, struct legal_range *range);
bool legal_allowed(const struct legal *legal, const struct legal_pmp_version *pmp,
                   const struct legal_access *access);
// ... by the PMP of now; without one, nothing but pa_bits is looked at.
static inline bool legal_allowed_now(const struct legal *legal, const struct legal_access *access) {
    return legal->config.arch.pmp_entries == 0
               ? access->pa >> legal->config.arch.pa_bits == 0
               : legal_allowed(legal, &legal->pmp[legal->pmp_now], access);
}
struct legal_access legal_final(const struct legal_flight *flight, uint64_t pa);

// --- the search (legal_search.c) ---
enum legal_relax {
    LEGAL_RELAX_NONE = 0,
    LEGAL_RELAX_FENCES = 1,     // as if no fence had been
    LEGAL_RELAX_ASID = 2,       // as if every mapping were global
    LEGAL_RELAX_REGISTERS = 4,  // as if PMP, PBMTE and ADUE could lag for ever
    LEGAL_RELAX_UPDATE = 8,     // as if A and D were set
    LEGAL_RELAX_PERMISSION = 16
};

struct legal_search {
    const struct legal *legal;
    const struct legal_flight *flight;
    const struct legal_view *view;
    const struct mmu_answer *answer;  // NULL: looks for a leaf at update_pa
    uint64_t update_pa, update_value;
    unsigned relax;
    unsigned limit;   // of stale uses
    unsigned budget;  // PTEs still to visit
    bool cut;         // limit or budget stopped it somewhere
    bool unsure;      // it met something that was forgotten

    const struct legal_mode *mode;  // of the span whose root the walk begins from
    uint64_t span_ppn;
    uint16_t span_asid;
    bool current;     // span is of the request's own ASID and still in force for it
    uint64_t lo, hi;  // window of the span's private PTEs

    // The path so far, and the explanation when found.
    struct legal_use use[LEGAL_MOST_LEVELS];
    bool use_past[LEGAL_MOST_LEVELS];
    uint64_t use_fence[LEGAL_MOST_LEVELS];  // fence that covers it, when relaxed
    unsigned uses;
    unsigned stale;
    bool doubtful;  // the explanation may be covered by a forgotten fence
};

// May a register of now (0), of the past (1) or a forgotten one say yes, or no: stale uses that it
// costs. What needs a guess is legal, but not judged: more than all that is known of one walk.
#define LEGAL_NEVER_COST 999u
#define LEGAL_GUESS_COST 32u
struct legal_costs {
    unsigned yes, no;
};
struct legal_costs legal_pmp_costs(struct legal_search *search, const struct legal_access *access);
// Returns whether this outcome, after so many stale uses, is the answer.
bool legal_found(struct legal_search *search, unsigned stale, const struct mmu_answer *outcome);
bool legal_found_fault(struct legal_search *search, unsigned stale, uint8_t cause);
// Returns whether a walk that goes on at `level` in the table at ppn `table` gives the answer.
bool legal_visit(struct legal_search *search, unsigned level, uint64_t table, bool global,
                 unsigned stale);

// Returns what the present gives; *update: only after an A/D update.
struct mmu_answer legal_present(const struct legal *legal, const struct legal_flight *flight,
                                bool *update);
// Returns whether the search found an explanation, one with the fewest stale uses.
bool legal_search_run(struct legal_search *search);
// ... with at most `limit` stale uses, and what is left of the budget.
bool legal_search_within(struct legal_search *search, unsigned limit);

// --- sentences (legal_reason.c) ---
void legal_explain(const struct legal *legal, const struct legal_flight *flight,
                   const struct legal_view *view, const struct mmu_answer *answer,
                   struct legal_verdict *verdict);

#endif
