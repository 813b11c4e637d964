// SPDX-License-Identifier: Apache-2.0
// The stimulus' state and its parts:
//
//   stimulus.c            the cycle: settle, ask the others, present
//   stimulus_random.c     numbers, and the addresses that everything below shares
//   stimulus_tables.c     shapes of PTEs, page tables
//   stimulus_writes.c     software that rewrites them
//   stimulus_registers.c  satp, privilege, mstatus, menvcfg
//   stimulus_pmp.c        PMP writes
//   stimulus_requests.c   virtual addresses, requests, kills
//   stimulus_fences.c     fences and Svinval sequences
//   stimulus_near.c       what equals something in use but for one bit
//   stimulus_probe.c      the invariance check
//   stimulus_phases.c     weights that change
//   stimulus_steer.c      ... towards what coverage misses
//   stimulus_aims.c       what a missing bin asks for
//   stimulus_stats.c, stimulus_reasons.c   what was reached
//
// Page tables: a few table pages for each level, shared by all modes (a table of level 2 is a root
// of Sv39 and the third table of an Sv57 walk). Only eight indices of each are used, and physical
// addresses are made of the same indices, so that conflicts, aliases and overlaps are common and
// the boundaries of PMP entries lie inside pages that are asked for.
#ifndef STIMULUS_INTERNAL_H
#define STIMULUS_INTERNAL_H

#include "verif/coverage.h"
#include "verif/stimulus.h"

enum {
    STIMULUS_LEVELS = 5,
    STIMULUS_ROOTS = 4,
    STIMULUS_INDICES = 8,
    STIMULUS_MODES = 4,
    STIMULUS_HOT = 16,
    STIMULUS_NEAR = 8
};

struct stimulus_mode {
    uint8_t satp_mode;
    uint8_t levels, vpn_bits, va_bits;
};

// Weights of the phase, in the units of the configuration.
struct stimulus_rates {
    uint32_t idle, stall, fence, csr, pte_write, pmp, kill, poison, ask_twice;
    uint32_t outstanding;  // requests of a port
    uint32_t again;
    uint32_t pages;  // addresses in use, of each list
    uint32_t store;  // per 1000 requests of the data port
    int mode;        // index of the only mode in use, -1: any
};

// Where an address came from: it is replaced if it faults too often.
struct stimulus_place {
    uint8_t mode, root, half;
    uint16_t slot;
};

// A request that was accepted.
struct stimulus_flight {
    struct mmu_request request;
    struct mmu_csr csr;
    struct stimulus_place place;
};

// What was answered last, for near misses.
struct stimulus_recent {
    struct stimulus_flight used[STIMULUS_NEAR];
    uint64_t pa[STIMULUS_NEAR];
    unsigned next_used, next_pa;  // how many there were
};

enum stimulus_stage {
    PROBE_NONE,
    PROBE_DRAIN,  // wait until nothing is under way
    PROBE_FENCE,  // before the first and the last answer
    PROBE_PRESENT,
    PROBE_AWAIT
};

struct stimulus_probe {
    enum stimulus_stage stage;
    unsigned port, asked;  // asked: answers so far
    struct mmu_request request;
    struct mmu_answer answer[3];
    bool disturbed;  // the memory refused a PTE that exists
};

// What a missing bin asks for; -1: nothing in particular.
struct stimulus_aim {
    int mode;                             // index in modes
    int priv, mprv, mpp, sum, mxr, adue;  // registers
    int access;                           // of most requests; fetches have their own port
    int user_page;                        // whose half of the address space is asked
    int rwx, ad;                          // R W X of most leaf PTEs written; D A
    int napot;                            // N set in most of them
    int conflict;                         // software races with updates
    int pmp_mode, pmp_lock;               // A and L of PMP writes
    int first, second;                    // events: the second is to come `cycles` after
    unsigned cycles;
};

struct stimulus_steer {
    const struct coverage *coverage;  // NULL: not steered
    uint8_t *tries;                   // of each bin, as an aim
    uint64_t until;                   // the next choice
    struct stimulus_aim aim;
    bool change;     // registers are to become as the aim says
    unsigned force;  // events that are to be tried in this cycle, bit = 1 << enum coverage_event
};

struct stimulus {
    struct stimulus_config config;
    struct bench_memory memory;
    uint64_t random;
    const struct stimulus_mode *modes;  // of this XLEN
    unsigned mode_count, pte_bytes, ppn_bits;
    struct stimulus_rates rates;
    uint64_t phase_end;
    struct mmu_csr csr;
    unsigned root;       // of csr.satp
    struct mmu_pmp pmp;  // as the unit has it
    struct mmu_request presented[MMU_PORTS];
    struct stimulus_place place[MMU_PORTS];  // of presented
    bool presenting[MMU_PORTS];
    struct stimulus_flight flight[MMU_PORTS][MMU_TAGS];
    uint16_t active[MMU_PORTS];  // tags that have neither been answered nor killed
    unsigned kill;               // ports, in the cycle before
    struct mmu_fence fence;
    bool fencing;
    unsigned fences;    // since the last answer by a walk
    unsigned sequence;  // SINVAL.VMAs left of a Svinval sequence, + 1; 0: none
    struct mmu_pmp_write pmp_write;
    bool pmp_writing;
    bool background_open;  // the last PMP entry allows everything
    bool draining;
    struct stimulus_probe probe;
    struct stimulus_steer steer;
    struct stimulus_recent near;
    // The addresses that are asked for: by mode, root, half of the address space.
    uint64_t recent[STIMULUS_MODES][STIMULUS_ROOTS][2][STIMULUS_MOST_PAGES];
    uint64_t hot_ppn[STIMULUS_HOT];
    struct stimulus_stats stats;
};

static inline bool stimulus_active(const struct stimulus *s) {
    return s->active[0] || s->active[1];
}

static inline void stimulus_count(struct stimulus *s, enum stimulus_count count) {
    s->stats.count[count]++;
}

// --- numbers and addresses ---------------------------------------------------------------

uint32_t stimulus_random(struct stimulus *s);
uint64_t stimulus_random64(struct stimulus *s);
uint32_t stimulus_below(struct stimulus *s, uint32_t n);
bool stimulus_chance(struct stimulus *s, uint32_t permille);
bool stimulus_rare(struct stimulus *s, uint32_t per_million);

// An index of a page table; lower: of the lower half of the address space. number: 0 .. 7.
unsigned stimulus_index(const struct stimulus *s, unsigned number);
// An offset in a page, next to which PMP boundaries lie.
unsigned stimulus_offset(struct stimulus *s);
// A page number that PTEs point to and PMP boundaries lie in.
uint64_t stimulus_hot_ppn(struct stimulus *s);
void stimulus_make_hot(struct stimulus *s);
// Of the physical address space / of an address without memory.
uint64_t stimulus_any_ppn(struct stimulus *s);
uint64_t stimulus_nowhere_ppn(struct stimulus *s);
// The mode's index in modes, -1 for Bare.
int stimulus_mode_of(const struct stimulus *s, const struct mmu_csr *csr);

// --- page tables ---------------------------------------------------------------------------

uint64_t stimulus_table_ppn(const struct stimulus *s, unsigned table);
unsigned stimulus_tables(const struct stimulus *s);
unsigned stimulus_table_level(const struct stimulus *s, unsigned table);
// A root for a mode of so many levels.
uint64_t stimulus_root_ppn(const struct stimulus *s, unsigned levels, unsigned root);
uint64_t stimulus_pte_pa(const struct stimulus *s, unsigned table, unsigned index);
uint64_t stimulus_pte(struct stimulus *s, unsigned level, unsigned number);
void stimulus_write_tables(struct stimulus *s);
// Write a PTE, the whole group of a NAPOT page mostly; bench may be NULL.
void stimulus_write_pte(struct stimulus *s, struct bench *bench, uint64_t pa, uint64_t pte,
                        unsigned level);

// --- events: at the rates of the phase -----------------------------------------------------

void stimulus_rewrite_ptes(struct stimulus *s, struct bench *bench);
void stimulus_first_csr(struct stimulus *s);
void stimulus_change_csr(struct stimulus *s);
void stimulus_change_pmp(struct stimulus *s);
void stimulus_pmp_accepted(struct stimulus *s);
void stimulus_new_fence(struct stimulus *s);
void stimulus_first_addresses(struct stimulus *s);
struct mmu_request stimulus_new_request(struct stimulus *s, unsigned port);
// An address faulted: another one may take its place.
void stimulus_address_faulted(struct stimulus *s, const struct stimulus_place *place);
uint64_t stimulus_fence_va(struct stimulus *s);
unsigned stimulus_kills(struct stimulus *s);
// The same where it is due: without a chance, as far as it may be now.
void stimulus_force_rewrite(struct stimulus *s, struct bench *bench);
void stimulus_force_csr(struct stimulus *s);
void stimulus_force_pmp(struct stimulus *s);
void stimulus_force_fence(struct stimulus *s);
unsigned stimulus_force_kills(struct stimulus *s);
void stimulus_phase(struct stimulus *s, uint64_t now);
// Satp's ASIDs differ in single bits, the highest and the lowest among them.
uint16_t stimulus_asid(const struct stimulus *s, unsigned number);

// --- near misses: nothing is drawn while the configuration has none -----------------------------

// Whether it is time for one.
bool stimulus_near(struct stimulus *s);
bool stimulus_near_lasting(struct stimulus *s);
// value with one of the bits low .. high - 1 inverted.
uint64_t stimulus_one_off(struct stimulus *s, uint64_t value, unsigned low, unsigned high);
// A request was answered: it is in use from now on.
void stimulus_remember(struct stimulus *s, const struct stimulus_flight *flight,
                       const struct mmu_answer *answer);
// False: no near miss now; otherwise the port's next address, a canonical one.
bool stimulus_near_va(struct stimulus *s, unsigned port, bool untranslated, uint64_t *va);
// Returns va and asid, or a near miss in their place.
uint64_t stimulus_near_fence_va(struct stimulus *s, uint64_t va);
uint16_t stimulus_near_asid(struct stimulus *s, uint16_t asid);
void stimulus_near_pmp(struct stimulus *s, struct mmu_pmp_write *write, unsigned mode);
void stimulus_write_near_tables(struct stimulus *s);

// --- steering: choose anew if it is time to, see what is due in the coming cycle ----------------

extern const struct stimulus_aim stimulus_no_aim;
void stimulus_steer_cycle(struct stimulus *s, uint64_t now);
// Events of the cycle: those that are due, the others at the rates of the phase.
void stimulus_steer_events(struct stimulus *s, struct bench *bench);
// Returns what a bin asks for.
struct stimulus_aim stimulus_aim_at(const struct stimulus *s, unsigned bin);
// Rates of a phase drawn at random / of the configuration.
void stimulus_random_rates(struct stimulus *s);
void stimulus_base_rates(struct stimulus *s);
// Registers become as the aim says.
void stimulus_pin_registers(struct stimulus *s);
static inline bool stimulus_forced(const struct stimulus *s, enum coverage_event event) {
    return s->steer.force >> event & 1;
}

// --- invariance check ------------------------------------------------------------------------

static inline bool stimulus_probing(const struct stimulus *s) {
    return s->probe.stage != PROBE_NONE;
}
// Go on with it before the cycle's inputs are made. False: the check failed.
bool stimulus_probe(struct stimulus *s, struct bench *bench);
void stimulus_probe_settle(struct stimulus *s, const struct bench_outputs *last);
void stimulus_probe_give_up(struct stimulus *s);

// --- statistics --------------------------------------------------------------------------------

void stimulus_note_answer(struct stimulus *s, unsigned port, const struct stimulus_flight *flight,
                          const struct mmu_answer *answer);
void stimulus_note_fence(struct stimulus *s);
// Why a walk with these registers faults, in memory as it is.
enum stimulus_count stimulus_reason(struct stimulus *s, unsigned port,
                                    const struct stimulus_flight *flight,
                                    const struct mmu_answer *answer);

#endif
