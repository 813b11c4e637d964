// SPDX-License-Identifier: Apache-2.0
// Is an A/D update of the unit's own allowed ("Addressing and Memory Protection", A and D;
// "Virtual Address Translation Process", the step that updates)?
//
// A may be set speculatively, for any walk that the hart may make: the PTE must be a leaf. D must
// be exact: a store or AMO in flight (or one that was killed while its update was under way) must
// translate with this PTE.
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "legal_internal.h"

static bool is_store(const struct legal_flight *flight) {
    return flight->request.access == MMU_STORE || flight->request.access == MMU_AMO;
}

// Whether the request may translate with this value of the PTE, read now or cached.
static bool may_use(const struct legal *legal, const struct legal_flight *flight, uint64_t pa,
                    uint64_t value, bool *unsure) {
    struct legal_view view = flight->view;
    if (!flight->has_view) {
        legal_make_view(legal, flight, &view);
    }
    struct legal_search search = {
        .legal = legal, .flight = flight, .view = &view, .update_pa = pa, .update_value = value};
    bool result = flight->mode && legal_search_run(&search);
    *unsure = *unsure || search.unsure;
    return result;
}

// Returns whether a store translates with the PTE. A killed one counts once.
static bool has_store(struct legal *legal, uint64_t pa, uint64_t value, bool *unsure) {
    struct legal_queue *queue = &legal->queue[MMU_PORT_DATA];
    for (unsigned i = 0; i < queue->count; i++) {
        const struct legal_flight *flight = &queue->flight[(queue->first + i) % LEGAL_QUEUE];
        if (is_store(flight) && may_use(legal, flight, pa, value, unsure)) {
            return true;
        }
    }
    if (queue->has_killed && is_store(&queue->killed) &&
        may_use(legal, &queue->killed, pa, value, unsure)) {
        queue->has_killed = false;
        return true;
    }
    return false;
}

// What a request in flight may still use reaches back to here.
static bool enabled(const struct legal *legal) {
    return legal->adue_until[1] > legal_horizon(legal);
}

static bool leaf_at_some_level(const struct legal *legal, uint64_t pte) {
    static const struct legal_mode wide = {10, 5, 9, 8, 57}, narrow = {1, 2, 10, 4, 32};
    const struct legal_mode *mode = legal->pte_bytes == 8 ? &wide : &narrow;
    for (unsigned level = 0; level < mode->levels; level++) {
        if (legal_shape_of(&legal->config.arch, mode, pte, level) == LEGAL_LEAF) {
            return true;
        }
    }
    return false;
}

static bool writable(const struct legal *legal, uint64_t pa) {
    struct legal_access access = {pa, legal->pte_bytes, MMU_PMP_WRITE, MMU_PRIV_S};
    for (unsigned i = 0; i < legal->pmp_count; i++) {
        if (legal->pmp[i].until > legal_horizon(legal) &&
            legal_allowed(legal, &legal->pmp[i], &access)) {
            return true;
        }
    }
    return legal->pmp_lost > legal_horizon(legal);
}

// Returns the rule that the update violates, or NULL.
static const char *violated(struct legal *legal, uint64_t pa, unsigned bytes, uint64_t expected,
                            uint64_t data, bool *unsure) {
    uint64_t set = expected ^ data, present;
    if ((set & ~(uint64_t)(MMU_PTE_A | MMU_PTE_D)) != 0 || (expected & set) != 0 ||
        bytes != legal->pte_bytes) {
        return "an update may set A and D and change nothing else";
    }
    if (!legal_read(legal, pa, &present) || present != expected) {
        return NULL;  // the compare fails: nothing is written
    }
    if (!enabled(legal)) {
        return "menvcfg.ADUE is 0 (Svade): A and D are left to software";
    }
    if (!leaf_at_some_level(legal, expected)) {
        return "A and D are set only in a valid leaf PTE";
    }
    if (!(data & MMU_PTE_A)) {
        return "D is set with A, not alone";
    }
    if (!writable(legal, pa)) {
        return "the PMP denies a store to this PTE";
    }
    if ((set & MMU_PTE_D) && !has_store(legal, pa, expected, unsure) && !*unsure) {
        return "D must be exact, and no store in flight translates with this PTE";
    }
    return NULL;
}

struct legal_verdict legal_update(struct legal *legal, uint64_t now, uint64_t pa, unsigned bytes,
                                  uint64_t expected, uint64_t data) {
    legal_stamp(legal, now);
    struct legal_verdict verdict = {.legal = true, .judged = true};
    bool unsure = false;
    const char *rule = violated(legal, pa, bytes, expected, data, &unsure);
    if (rule) {
        verdict.legal = false;
        legal->stats.illegal++;
        snprintf(verdict.reason, sizeof verdict.reason,
                 "update of PTE 0x%" PRIx64 " from 0x%" PRIx64 " to 0x%" PRIx64 ": %s", pa,
                 expected, data, rule);
    }
    verdict.judged = rule || !unsure;
    if (verdict.judged) {
        legal->stats.judged++;
    } else {
        legal->stats.unjudged++;
    }
    return verdict;
}
