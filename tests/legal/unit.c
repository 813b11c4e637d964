// SPDX-License-Identifier: Apache-2.0
#include "unit.h"

#include <string.h>

const char *unit_mutant_text(enum unit_mutant mutant) {
    static const char *const texts[] = {
#define X(name, text) text,
        UNIT_MUTANTS(X)
#undef X
    };
    return texts[mutant];
}

uint64_t unit_any(struct unit *unit, uint64_t below) {
    unit->random ^= unit->random << 13;
    unit->random ^= unit->random >> 7;
    unit->random ^= unit->random << 17;
    return (unit->random >> 11) % below;
}

void unit_begin(struct unit *unit, struct scene *scene, enum unit_mutant mutant, uint64_t seed) {
    memset(unit, 0, sizeof *unit);
    unit->scene = scene;
    unit->mutant = mutant;
    unit->random = seed * UINT64_C(0x9E3779B97F4A7C15) | 1;
}

static bool is(const struct unit *unit, enum unit_mutant mutant) {
    return unit->mutant == mutant;
}

// --- fences ---

static bool fence_hits(const struct unit *unit, struct unit_entry *entry,
                       const struct mmu_fence *fence) {
    unsigned asid = fence->asid & 3u;
    if (is(unit, UNIT_FENCE_OF_LIVE_ASID)) {
        asid = (unsigned)(unit->scene->csr.satp >> 44) & 3u;
    }
    if ((is(unit, UNIT_FENCE_KEEPS_POINTERS) && !entry->last) ||
        (is(unit, UNIT_FENCE_KEEPS_INVALID) && entry->last && !(entry->value & MMU_PTE_V)) ||
        (fence->has_asid && (entry->global || entry->asid != asid)) ||
        (is(unit, UNIT_FENCE_VA_KEEPS_GLOBAL) && fence->has_va && entry->global) ||
        (is(unit, UNIT_FENCE_ALL_KEEPS_GLOBAL) && !fence->has_va && entry->global)) {
        return false;
    }
    if (!fence->has_va) {
        return true;
    }
    unsigned bits = is(unit, UNIT_FENCE_MISSES_SUPERPAGE) ? 12 : 12 + 9 * entry->level;
    if (entry->value >> 63) {  // NAPOT: each 4 KiB on its own
        if (fence->va >> 16 == entry->va >> 16) {
            entry->parts &= (uint16_t) ~(1u << (fence->va >> 12 & 15));
        }
        return entry->parts == 0;
    }
    return entry->last && fence->va >> bits == entry->va >> bits;
}

static bool ignored(const struct unit *unit, const struct mmu_fence *fence) {
    unsigned form = (fence->has_va ? 2u : 0u) + (fence->has_asid ? 1u : 0u);
    return (int)unit->mutant == (int)UNIT_IGNORES_FENCE_ALL + (int)form;
}

static void invalidate(struct unit *unit, const struct mmu_fence *fence) {
    if (ignored(unit, fence)) {
        return;
    }
    for (unsigned i = 0; i < UNIT_ENTRIES; i++) {
        struct unit_entry *entry = &unit->entry[i];
        if (entry->valid && fence_hits(unit, entry, fence)) {
            entry->valid = false;
        }
    }
    if (unit->late.valid && !is(unit, UNIT_FILL_AFTER_FENCE)) {
        unit->late.valid = false;
    }
    if (!fence->has_va && !fence->has_asid) {
        unit->pmp = is(unit, UNIT_LAGGING_PMP) ? unit->pmp : unit->pmp_now;
        unit->adue = is(unit, UNIT_LAGGING_ADUE) ? unit->adue : unit->scene->csr.adue;
        unit->pbmte = is(unit, UNIT_LAGGING_PBMTE) ? unit->pbmte : unit->scene->csr.pbmte;
    }
}

// SINVAL.VMA waits for SFENCE.INVAL.IR, unless there is no room.
void unit_fence(struct unit *unit, const struct mmu_fence *fence) {
    switch (fence->op) {
        case MMU_SFENCE_VMA:
            invalidate(unit, fence);
            break;
        case MMU_SINVAL_VMA:
            if (unit->sinvals == UNIT_SINVALS) {
                invalidate(unit, fence);
            } else {
                unit->sinval[unit->sinvals++] = *fence;
            }
            break;
        case MMU_SFENCE_INVAL_IR:
            for (unsigned i = 0; i < unit->sinvals && !is(unit, UNIT_SINVAL_LOST); i++) {
                invalidate(unit, &unit->sinval[i]);
            }
            unit->sinvals = 0;
            break;
        default:
            break;
    }
}

void unit_registers(struct unit *unit) {
    switch (unit_any(unit, 8)) {
        case 0:
            unit->pmp = is(unit, UNIT_LAGGING_PMP) ? unit->pmp : unit->pmp_now;
            break;
        case 1:
            unit->adue = is(unit, UNIT_LAGGING_ADUE) ? unit->adue : unit->scene->csr.adue;
            break;
        case 2:
            unit->pbmte = is(unit, UNIT_LAGGING_PBMTE) ? unit->pbmte : unit->scene->csr.pbmte;
            break;
        default:
            break;
    }
}

// --- one access ---

struct access {
    uint64_t va;
    enum mmu_access access;
    const struct mmu_csr *csr;
    uint16_t asid;
};

static struct mmu_answer fault(const struct unit *unit, const struct access *a, bool page) {
    static const uint8_t page_cause[] = {12, 13, 15, 15}, access_cause[] = {1, 5, 7, 7};
    unsigned which = a->access;
    if (is(unit, UNIT_WRONG_CAUSE) && which >= MMU_STORE) {
        which = MMU_LOAD;
    }
    return (struct mmu_answer){.fault = true,
                               .cause = page ? page_cause[which] : access_cause[which]};
}

static bool valid_leaf(const struct unit *unit, uint64_t pte, unsigned level) {
    bool reserved = (pte >> 54 & 0x7F) != 0 || (pte >> 61 & 3) == 3;
    uint64_t ppn = pte << 10 >> 20;
    return (pte & MMU_PTE_V) && (pte & 0xA) && (pte & 6) != 4 &&
           (!reserved || is(unit, UNIT_RESERVED_IGNORED)) && ppn % (1u << 9 * level) == 0 &&
           (pte >> 63 == 0 || (level == 0 && ppn % 16 == 8));
}

static bool permitted(const struct unit *unit, const struct unit_entry *entry,
                      const struct access *a) {
    bool sum = is(unit, UNIT_CACHED_SUM) ? entry->sum : a->csr->sum;
    uint8_t priv = is(unit, UNIT_CACHED_PRIV) ? entry->priv : a->csr->priv;
    bool page_user = (entry->value & MMU_PTE_U) != 0;
    uint64_t need = a->access == MMU_LOAD ? MMU_PTE_R : MMU_PTE_W;
    bool by_mode = page_user == (priv == MMU_PRIV_U) || (page_user && sum);
    return by_mode && (entry->value & need);
}

// The PMP here: entry 0 gives R W X to the tables, entry 1 its cfg to everything else.
static bool final_allowed(const struct unit *unit, const struct access *a, uint64_t pa) {
    unsigned need = a->access == MMU_LOAD ? 1 : 2;
    return (unit->pmp.cfg[pa >= 0x20000] & need) != 0;
}

// The PTE of a NAPOT page may have been read for a neighbour; the update is of one's own.
static bool own_pte(const struct unit_entry *entry, const struct access *a) {
    return entry->level > 0 || (entry->pa >> 3 & 511) == (a->va >> 12 & 511);
}

// The compare-and-write, at once. Returns whether memory had the value.
static bool update(struct unit *unit, struct unit_entry *entry, const struct access *a) {
    struct scene *s = unit->scene;
    bool dirty = a->access != MMU_LOAD || is(unit, UNIT_D_FOR_LOADS);
    if (!own_pte(entry, a)) {
        return false;
    }
    uint64_t data = entry->value | MMU_PTE_A | (dirty ? MMU_PTE_D : 0);
    uint64_t memory = peek(s, entry->pa);
    bool same = memory == entry->value;
    uint64_t expected = is(unit, UNIT_UPDATE_FROM_CACHE) ? memory : entry->value;
    struct legal_verdict verdict = legal_update(s->legal, s->now, entry->pa, 8, expected, data);
    if (!verdict.legal) {
        unit->bad_update = unit->reason;
        memcpy(unit->reason, verdict.reason, sizeof unit->reason);
    }
    if (same || is(unit, UNIT_UPDATE_FROM_CACHE)) {
        plant(s, entry->pa, data);
        legal_write(s->legal, s->now, entry->pa, 8, memory, data, true);
        entry->value = data;
        return true;
    }
    return false;
}

// What the last PTE of a walk, read or cached, gives. Returns false: memory has changed, walk
// again.
static bool conclude(struct unit *unit, struct unit_entry *entry, const struct access *a,
                     bool prefetch, struct mmu_answer *answer) {
    uint64_t pte = entry->value, ppn = pte << 10 >> 20;
    unsigned pbmt = (unsigned)(pte >> 61 & 3);
    *answer = fault(unit, a, true);
    if (!valid_leaf(unit, pte, entry->level) || (pbmt != 0 && !unit->pbmte) ||
        !permitted(unit, entry, a)) {
        return true;
    }
    bool lacks_a = !(pte & MMU_PTE_A) && !is(unit, UNIT_NO_A);
    bool lacks_d = a->access != MMU_LOAD && !(pte & MMU_PTE_D) && !is(unit, UNIT_NO_D);
    if (lacks_a || lacks_d) {
        if (prefetch || (!unit->adue && !is(unit, UNIT_UPDATES_SVADE))) {
            return true;
        }
        if (!update(unit, entry, a)) {
            return false;
        }
    }
    unsigned bits = pte >> 63 ? 16 : 12 + 9 * entry->level;
    uint64_t offset =
        (UINT64_C(1) << (bits == 16 && is(unit, UNIT_NAPOT_LOW_BITS) ? 12 : bits)) - 1;
    *answer = (struct mmu_answer){
        .pa = (ppn << 12 & ~offset) | (a->va & offset),
        .level = (uint8_t)entry->level,
        .napot = pte >> 63 != 0,
        .pbmt = is(unit, UNIT_NO_PBMT) ? 0 : (uint8_t)pbmt,
        .perm = (uint8_t)((entry->value & 0xFF) | (entry->path_global ? MMU_PTE_G : 0))};
    if (!final_allowed(unit, a, answer->pa)) {
        *answer = fault(unit, a, false);
    }
    return true;
}

static void fill(struct unit *unit, const struct unit_entry *entry) {
    if (unit_any(unit, 4) != 0) {
        unit->entry[unit_any(unit, UNIT_ENTRIES)] = *entry;
    }
}

static bool matches(const struct unit *unit, const struct unit_entry *entry,
                    const struct access *a) {
    unsigned bits = entry->last ? 12 + 9 * entry->level : 12 + 9 * (entry->level + 1);
    bool own = entry->global || entry->asid == a->asid || is(unit, UNIT_IGNORES_ASID);
    if (!entry->valid || !own) {
        return false;
    }
    if (entry->last && entry->value >> 63 && (entry->value & MMU_PTE_V)) {
        unsigned napot = is(unit, UNIT_NAPOT_TOO_WIDE) ? 17 : 16;
        return entry->va >> napot == a->va >> napot && (entry->parts >> (a->va >> 12 & 15) & 1);
    }
    return entry->va >> bits == a->va >> bits;
}

// Reads one PTE below `at`, which becomes what was read.
static void read_next(struct unit *unit, struct unit_entry *at, const struct access *a) {
    uint64_t pa = at->value * 4096 + (a->va >> (12 + 9 * at->level) & 511) * 8;
    uint64_t pte = peek(unit->scene, pa);
    bool g = (pte & MMU_PTE_V) && (pte & MMU_PTE_G);
    g = g || (is(unit, UNIT_USER_IS_GLOBAL) && (pte & MMU_PTE_U)) ||
        (is(unit, UNIT_STICKY_GLOBAL) && unit->sticky);
    at->path_global = at->global = at->global || g;
    unit->sticky = g;
    at->va = a->va;
    at->parts = 0xFFFF;
    at->sum = a->csr->sum;
    at->priv = a->csr->priv;
    bool reserved = (pte & 0xD0) != 0 || pte >> 54 != 0;
    if ((pte & 0xF) == 1 && at->level > 0 && !reserved) {
        at->level--;
        at->value = pte << 10 >> 20;
        return;
    }
    at->last = true;
    at->value = pte;
    at->pa = pa;
}

// A place to begin: the root, or any cached entry.
static struct unit_entry begin_at(struct unit *unit, const struct access *a) {
    struct unit_entry root = {.valid = true, .asid = a->asid, .level = 2};
    root.value = a->csr->satp & 0xFFFFFFFFFFF;
    if (is(unit, UNIT_STALE_ROOT)) {
        root.value = unit->root ? unit->root : root.value;
        unit->root = unit_any(unit, 16) == 0 ? a->csr->satp & 0xFFFFFFFFFFF : root.value;
    }
    if (unit_any(unit, 8) == 0) {
        return root;
    }
    for (unsigned tries = 0; tries < 2 * UNIT_ENTRIES; tries++) {
        const struct unit_entry *entry = &unit->entry[unit_any(unit, UNIT_ENTRIES)];
        if (matches(unit, entry, a)) {
            return *entry;
        }
    }
    return root;
}

struct mmu_answer unit_translate(struct unit *unit, uint64_t va, enum mmu_access access,
                                 const struct mmu_csr *csr, bool prefetch) {
    struct access a = {va, access, csr, (uint16_t)(csr->satp >> 44 & 3)};
    struct mmu_answer answer = {0};
    for (unsigned tries = 0;; tries++) {
        struct unit_entry at = begin_at(unit, &a);
        if (tries > 20) {
            at = (struct unit_entry){
                .valid = true, .asid = a.asid, .level = 2, .value = csr->satp & 0xFFFFFFFFFFF};
        }
        bool cached = at.last;
        while (!at.last) {
            read_next(unit, &at, &a);
            if (!at.last) {
                fill(unit, &at);
            }
        }
        if (!conclude(unit, &at, &a, prefetch, &answer)) {
            continue;
        }
        if (!cached) {
            fill(unit, &at);
            unit->late = at;
        }
        return answer;
    }
}
