// SPDX-License-Identifier: Apache-2.0
// A simulated unit that caches whatever the specification lets it cache, for as long as it lets it:
// pointers and last PTEs of walks, by chance. Mutants break one rule each.
#ifndef LEGAL_TEST_UNIT_H
#define LEGAL_TEST_UNIT_H

#include "scene.h"

#define UNIT_ENTRIES 24u
#define UNIT_SINVALS 8u

#define UNIT_MUTANTS(X)                                                    \
    X(NONE, "legal unit")                                                  \
    X(IGNORES_FENCE_ALL, "SFENCE.VMA x0,x0 is ignored")                    \
    X(IGNORES_FENCE_ASID, "SFENCE.VMA x0,asid is ignored")                 \
    X(IGNORES_FENCE_VA, "SFENCE.VMA va,x0 is ignored")                     \
    X(IGNORES_FENCE_VA_ASID, "SFENCE.VMA va,asid is ignored")              \
    X(FENCE_MISSES_SUPERPAGE, "a fence of a va covers only its own 4 KiB") \
    X(FENCE_OF_LIVE_ASID, "a fence takes satp's ASID for rs2")             \
    X(FENCE_KEEPS_POINTERS, "fences leave cached pointers")                \
    X(FENCE_VA_KEEPS_GLOBAL, "SFENCE.VMA va,x0 leaves global entries")     \
    X(FENCE_ALL_KEEPS_GLOBAL, "SFENCE.VMA x0,x0 leaves global entries")    \
    X(FENCE_KEEPS_INVALID, "fences leave cached invalid PTEs")             \
    X(IGNORES_ASID, "a lookup ignores the ASID")                           \
    X(USER_IS_GLOBAL, "U is taken for G")                                  \
    X(STICKY_GLOBAL, "G of one walk is kept for the next")                 \
    X(SINVAL_LOST, "SINVAL.VMA is forgotten at SFENCE.INVAL.IR")           \
    X(FILL_AFTER_FENCE, "a walk from before a fence fills after it")       \
    X(NO_A, "A is not checked")                                            \
    X(NO_D, "D is not checked")                                            \
    X(D_FOR_LOADS, "an update for a load sets D")                          \
    X(UPDATES_SVADE, "A and D are updated though ADUE = 0")                \
    X(UPDATE_FROM_CACHE, "an update writes a cached PTE back, uncompared") \
    X(CACHED_SUM, "SUM of the fill is used")                               \
    X(CACHED_PRIV, "privilege of the fill is used")                        \
    X(LAGGING_PMP, "the PMP lags after SFENCE.VMA x0,x0")                  \
    X(LAGGING_ADUE, "ADUE lags after SFENCE.VMA x0,x0")                    \
    X(LAGGING_PBMTE, "PBMTE lags after SFENCE.VMA x0,x0")                  \
    X(STALE_ROOT, "a walk begins at an old root")                          \
    X(NAPOT_LOW_BITS, "a NAPOT page's low ppn bits are the PTE's")         \
    X(NAPOT_TOO_WIDE, "a NAPOT page serves 128 KiB")                       \
    X(WRONG_CAUSE, "a store's fault has a load's cause")                   \
    X(NO_PBMT, "PBMT is dropped")                                          \
    X(RESERVED_IGNORED, "reserved bits are not checked")

enum unit_mutant {
#define X(name, text) UNIT_##name,
    UNIT_MUTANTS(X)
#undef X
        UNIT_MUTANT_COUNT
};
const char *unit_mutant_text(enum unit_mutant mutant);

struct unit_entry {
    bool valid, last, global, path_global, user;
    bool sum;
    uint8_t priv;
    uint16_t asid, parts;  // parts: which 4 KiB of a NAPOT page
    uint64_t va, value, pa;
    unsigned level;
};

struct unit {
    struct scene *scene;
    enum unit_mutant mutant;
    uint64_t random;
    struct unit_entry entry[UNIT_ENTRIES];
    struct mmu_fence sinval[UNIT_SINVALS];
    unsigned sinvals;
    struct mmu_pmp pmp, pmp_now;
    bool adue, pbmte, sticky;
    uint64_t root;
    bool fence_since;        // since the request in flight was accepted
    struct unit_entry late;  // what a walk from before the fence would fill
    const char *bad_update;  // the oracle's objection to an update
    char reason[256];
};

void unit_begin(struct unit *unit, struct scene *scene, enum unit_mutant mutant, uint64_t seed);
uint64_t unit_any(struct unit *unit, uint64_t below);
void unit_fence(struct unit *unit, const struct mmu_fence *fence);
// Translate with what may be cached, or by a walk; prefetch: without an answer.
struct mmu_answer unit_translate(struct unit *unit, uint64_t va, enum mmu_access access,
                                 const struct mmu_csr *csr, bool prefetch);
void unit_registers(struct unit *unit);  // may take over the registers of now, or not yet

#endif
