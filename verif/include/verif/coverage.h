// SPDX-License-Identifier: Apache-2.0
// Functional coverage: which situations a run has reached (docs/coverage.md lists the items, their
// bins and why a bin cannot be reached). Every item is a cross of dimensions; all items together
// are one flat array of counters.
//
//   item 0: translation            item 1: fault                     last item: distance
//   [ mode x page x access x .. ]  [ mode x access x reason x .. ] ... [ event x event x cycles ]
//   ^ first                        ^ first
//
// Sampling allocates nothing. A run has its coverage in one object; what several runs reached is
// the sum of their counters, configuration by configuration: what decides which bins can be
// reached.
#ifndef VERIF_COVERAGE_H
#define VERIF_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/engine.h"
#include "mmu/pmp.h"

// id, key, meaning
#define COVERAGE_ITEM_LIST(X)                                                                  \
    X(COVERAGE_TRANSLATION, "translation", "translations: who answered, which page, for whom") \
    X(COVERAGE_FAULT, "fault", "faults: the rule that was broken, and who found it")           \
    X(COVERAGE_PERMISSION, "permission", "permission checks: U, SUM, MXR, R, W, X")            \
    X(COVERAGE_PRIVILEGE, "privilege", "privilege, MPRV, MPP, SUM, MXR, and what came of it")  \
    X(COVERAGE_UPDATE, "update", "A and D of a leaf, the policy, and what came of it")         \
    X(COVERAGE_PMP, "pmp", "the PMP's judgement of final accesses")                            \
    X(COVERAGE_PTE_ACCESS, "pte_access", "each PTE access of a walk, and what came of it")     \
    X(COVERAGE_WALK, "walk", "walks: where they began, where they ended, and how")             \
    X(COVERAGE_NAPOT, "napot", "64 KiB pages: which of the sixteen 4 KiB was asked for")       \
    X(COVERAGE_MEMORY_TYPE, "memory_type", "Svpbmt's memory types")                            \
    X(COVERAGE_SHARING, "sharing", "first-level hits: ASIDs and global pages")                 \
    X(COVERAGE_FENCE, "fence", "fences: their form, and the walks that they met")              \
    X(COVERAGE_DISTANCE, "distance", "cycles from one event to another, 0 .. 8")

enum coverage_item_id {
#define X(id, key, text) id,
    COVERAGE_ITEM_LIST(X)
#undef X
        COVERAGE_ITEMS
};

// Events whose distances are counted. id, key, meaning: the event's cycle
#define COVERAGE_EVENT_LIST(X)                                                                 \
    X(EVENT_FENCE_DONE, "fence", "SFENCE.VMA or SINVAL.VMA accepted")                          \
    X(EVENT_REFILL, "refill", "an entry of a first-level TLB is written at this cycle's end")  \
    X(EVENT_EVICTION, "eviction", "... over a valid one that the policy chose")                \
    X(EVENT_DATA_MISS, "data_miss",                                                            \
      "a data request is accepted that the first level cannot serve")                          \
    X(EVENT_FETCH_WALK, "fetch_walk", "the first PTE request of a fetch comes onto the wires") \
    X(EVENT_KILL_DONE, "kill", "unanswered requests are dropped")                              \
    X(EVENT_SOFTWARE_WRITE, "pte_write", "software writes a PTE")                              \
    X(EVENT_UPDATE_DONE, "ad_update", "hardware sets A or D: the write's grant")               \
    X(EVENT_SATP, "satp", "satp differs from the cycle before")                                \
    X(EVENT_FAULT_SEEN, "fault", "first cycle of a faulting answer")                           \
    X(EVENT_STALL, "stall", "an answer or a fault record stands and is not taken")             \
    X(EVENT_PMP, "pmp_write", "a PMP entry's registers are written")

enum coverage_event {
#define X(id, key, text) id,
    COVERAGE_EVENT_LIST(X)
#undef X
        COVERAGE_EVENTS
};
#define COVERAGE_DISTANCES 9u  // 0 .. 8 cycles

// What decides which bins can be reached. g and L: the least that the memory draws.
#define COVERAGE_CONFIG_LIST(X) \
    X(xlen, 32, 64)             \
    X(pa_bits, 32, 56)          \
    X(asid_bits, 0, 16)         \
    X(pmp_entries, 0, 16)       \
    X(svnapot, 0, 1)            \
    X(update_first, 0, 1)       \
    X(l2, 0, 1)                 \
    X(pwc, 0, 1)                \
    X(walks, 1, 8)              \
    X(prefetch, 0, 1)           \
    X(grant_least, 1, 65535)    \
    X(data_least, 1, 65535)

struct coverage_config {
#define X(field, least, most) uint32_t field;
    COVERAGE_CONFIG_LIST(X)
#undef X
};
#define X(field, least, most) +1
enum { COVERAGE_CONFIG_FIELDS = 0 COVERAGE_CONFIG_LIST(X) };
#undef X

struct coverage_config coverage_config_of(const struct mmu_config *mmu, uint32_t grant_least,
                                          uint32_t data_least);
// Returns whether every field lies in its range of COVERAGE_CONFIG_LIST, and mmu_arch_check agrees.
bool coverage_config_legal(const struct coverage_config *config);

// --- items, dimensions, bins -------------------------------------------------------------------

#define COVERAGE_MOST_DIMENSIONS 8u

struct coverage_dimension {
    const char *key;
    const char *const *values;  // names
    unsigned count;
};

struct coverage_item {
    const char *key, *text;
    unsigned dimensions;
    const struct coverage_dimension *dimension[COVERAGE_MOST_DIMENSIONS];
    unsigned first, bins;  // in the flat array
};

// Returns the bins of all items: the length of every array of counts.
unsigned coverage_bins(void);
// Returns an item (static).
const struct coverage_item *coverage_item(unsigned item);
// Returns the item that a bin belongs to; value[d] gets its coordinates.
const struct coverage_item *coverage_coordinates(unsigned bin,
                                                 unsigned value[COVERAGE_MOST_DIMENSIONS]);
// Returns the bin with these coordinates.
unsigned coverage_bin(unsigned item, const unsigned *value);
// Write "fault: mode=sv39 access=load ..." (at most `capacity` bytes with the end).
void coverage_name(unsigned bin, char *out, size_t capacity);
// Returns the key / meaning of an event (static).
const char *coverage_event_key(unsigned event);
const char *coverage_event_text(unsigned event);

// Why a bin counts for nothing, or must not be reached.
enum coverage_kind {
    COVERAGE_UNREACHABLE,  // reached: the run has failed
    COVERAGE_IGNORED,      // may be reached, by a client that breaks a duty: no aim
    COVERAGE_NO_BIN        // never counted: another bin says the same
};
struct coverage_rule {
    enum coverage_item_id item;
    enum coverage_kind kind;
    bool (*holds)(const unsigned *value, const struct coverage_config *config);
    const char *reason;
    const char *property;  // "module.name" of verif/sva that checks it in the RTL; NULL: none
};
// Returns the rules but for those of distances, and how many in *count.
const struct coverage_rule *coverage_rules(unsigned *count);
// Returns the k-th rule about two events, and which they are; NULL: there are fewer.
const struct coverage_rule *coverage_distance_row(unsigned k, enum coverage_event *first,
                                                  enum coverage_event *second);
// Returns the first rule that holds for the bin in this configuration, NULL: it is an aim.
const struct coverage_rule *coverage_rule_of(unsigned bin, const struct coverage_config *config);

// --- one run -----------------------------------------------------------------------------------

struct coverage;

// Returns coverage of which nothing is reached, owned by the caller; NULL without memory. Asserts a
// legal configuration.
struct coverage *coverage_create(const struct coverage_config *config);
void coverage_destroy(struct coverage *coverage);

const struct coverage_config *coverage_config(const struct coverage *coverage);
// Returns the counts, coverage_bins() of them.
const uint64_t *coverage_counts(const struct coverage *coverage);
// Returns the kind of each bin + 1, 0: an aim; as many.
const uint8_t *coverage_kinds(const struct coverage *coverage);
// Returns how many aims have been reached; *aims: of how many.
unsigned coverage_reached(const struct coverage *coverage, unsigned *aims);
// Returns a bin that is reached though no bin of its kind can be, coverage_bins() if there is none.
unsigned coverage_contradiction(const struct coverage *coverage);

// --- sampling ----------------------------------------------------------------------------------

// One answer, as the model tells it.
struct coverage_sample {
    enum mmu_port port;
    const struct mmu_history *history;
    const struct mmu_answer *answer;
    const struct mmu_tlb_entry *entry;  // of a first-level hit: the translation; else NULL
    const struct mmu_pmp *pmp;          // of the cycle before the answer
};
void coverage_answer(struct coverage *coverage, const struct coverage_sample *sample);

// A fence was accepted while so many walks were under way.
void coverage_fence(struct coverage *coverage, const struct mmu_fence *fence, unsigned walks);

// An event happens in `cycle`. Cycles: not before the last one closed.
void coverage_event(struct coverage *coverage, enum coverage_event event, uint64_t cycle);
// Everything that happened in `cycle` has been told. To be called for each cycle, in order; cycles
// left out are cycles without an event.
void coverage_close(struct coverage *coverage, uint64_t cycle);
// The unit was reset before `cycle`: what happened until then is no neighbour of what comes.
void coverage_forget(struct coverage *coverage, uint64_t cycle);
// Returns the events of a cycle, bit = 1 << event, as far as they have been told; 0 if it is more
// than 8 cycles before the last one closed, or has not come.
unsigned coverage_events(const struct coverage *coverage, uint64_t cycle);

#endif
