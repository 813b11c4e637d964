// SPDX-License-Identifier: Apache-2.0
// Is an A/D update of the unit's own allowed ("Addressing and Memory Protection", A and D;
// "Virtual Address Translation Process", the step that updates)?
//
// A may be set speculatively, for any walk that the hart may make: the PTE must be a leaf that a
// walk can come to. D must be exact: a store or AMO in flight (or one that was killed while its
// update was under way) must translate with this PTE, and with no other.
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "legal_internal.h"

// Who may make the update, as far as is known.
struct makers {
    uint64_t pa, value;
    bool for_store;
    unsigned possible;            // requests that may, those included of which it is not sure
    bool sure;                    // one of them certainly may
    bool unsure;                  // something was forgotten
    struct legal_flight *flight;  // the last one
    struct legal_killed *killed;  // ... if it is killed
};

// Whether the request may translate with this value of the PTE, read now or cached.
static bool may_use(const struct legal *legal, const struct legal_flight *flight,
                    struct makers *makers) {
    struct legal_view view = flight->view;
    if (!flight->mode || (makers->for_store && !legal_is_store(flight))) {
        return false;
    }
    if (!flight->has_view) {
        legal_make_view(legal, flight, &view);
    }
    struct legal_search search = {.legal = legal,
                                  .flight = flight,
                                  .view = &view,
                                  .update_pa = makers->pa,
                                  .update_value = makers->value};
    bool found = legal_search_run(&search);
    makers->sure = makers->sure || (found && !search.doubtful);
    makers->unsure = makers->unsure || search.unsure || search.doubtful;
    return found || search.unsure;
}

// A store that has set D in one PTE translates with that one, unless it may have begun again: after
// a fence, after software wrote a PTE, or because this one has lost its D.
static bool has_another(const struct legal *legal, const struct legal_flight *flight, uint64_t pa) {
    uint64_t value;
    return flight->dirtied != 0 && flight->dirtied_pa != pa &&
           legal->fence_cycle < legal_cycle_of(flight->dirtied) &&
           legal->software_wrote < flight->dirtied &&
           legal_read(legal, flight->dirtied_pa, &value) && (value & MMU_PTE_D);
}

static void find_makers(struct legal *legal, unsigned port, struct makers *makers) {
    struct legal_queue *queue = &legal->queue[port];
    for (unsigned i = 0; i < queue->count; i++) {
        struct legal_flight *flight = &queue->flight[i];
        bool other = makers->for_store && has_another(legal, flight, makers->pa);
        if (!other && may_use(legal, flight, makers)) {
            makers->possible++;
            makers->flight = flight;
            makers->killed = NULL;
        }
    }
    for (unsigned i = 0; i < queue->killed_count; i++) {
        struct legal_killed *killed = &queue->killed[i];
        if (!killed->used && may_use(legal, &killed->flight, makers)) {
            makers->possible++;
            makers->flight = &killed->flight;
            makers->killed = killed;
        }
    }
    makers->unsure = makers->unsure || queue->killed_lost;
    makers->possible += queue->killed_lost;
}

// A killed store counts once; one in flight has its PTE. If several may be meant, none is.
static void note_store(struct legal *legal, const struct makers *makers) {
    if (makers->possible != 1) {
        return;
    }
    if (makers->killed) {
        makers->killed->used = true;
    }
    makers->flight->dirtied_pa = makers->pa;
    makers->flight->dirtied = legal_latest(legal);
}

static bool has_store(struct legal *legal, uint64_t pa, uint64_t value, bool *unsure) {
    struct makers makers = {.pa = pa, .value = value, .for_store = true};
    find_makers(legal, MMU_PORT_DATA, &makers);
    if (makers.sure) {
        note_store(legal, &makers);
        return true;
    }
    *unsure = *unsure || makers.unsure;
    return makers.unsure;
}

// Requests in flight first: nearly every update is of one's PTE.
static bool has_walk(struct legal *legal, uint64_t pa, uint64_t value, bool *unsure) {
    for (unsigned port = 0; port < MMU_PORTS; port++) {
        struct makers makers = {.pa = pa, .value = value};
        find_makers(legal, port, &makers);
        if (makers.sure) {
            return true;
        }
    }
    bool forgotten = false;
    if (legal_reaches(legal, pa, value, &forgotten)) {
        return true;
    }
    *unsure = *unsure || forgotten;
    return forgotten;
}

// What a request in flight may still use reaches back to here.
static bool enabled(const struct legal *legal) {
    return legal->adue_until[1] > legal_horizon(legal);
}

static bool leaf_at_some_level(const struct legal *legal, uint64_t pte) {
    const struct legal_mode *mode = legal_widest(legal);
    for (unsigned level = 0; level < mode->levels; level++) {
        if (legal_shape_of(&legal->config.arch, mode, pte, level) == LEGAL_LEAF) {
            return true;
        }
    }
    return false;
}

static bool writable(const struct legal *legal, uint64_t pa, bool *unsure) {
    struct legal_access access = {pa, legal->pte_bytes, MMU_PMP_WRITE, MMU_PRIV_S};
    for (unsigned i = 0; i < legal->pmp_count; i++) {
        if (legal->pmp[i].until > legal_horizon(legal) &&
            legal_allowed(legal, &legal->pmp[i], &access)) {
            return true;
        }
    }
    bool forgotten = legal->pmp_lost > legal_horizon(legal);
    *unsure = *unsure || forgotten;
    return forgotten;
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
    if (!writable(legal, pa, unsure)) {
        return "the PMP denies a store to this PTE";
    }
    if ((set & MMU_PTE_D) && !has_store(legal, pa, expected, unsure)) {
        return "D must be exact, and no store in flight translates with this PTE";
    }
    if (set == MMU_PTE_A && !has_walk(legal, pa, expected, unsure)) {
        return "no table of an address space in use holds this PTE";
    }
    return NULL;
}

static void tell(const struct legal *legal, struct legal_verdict *verdict, uint64_t pa,
                 uint64_t expected, uint64_t data, const char *rule) {
    const struct legal_killed *killed = &legal->queue[MMU_PORT_DATA].last_store;
    size_t bytes = sizeof verdict->reason;
    snprintf(verdict->reason, bytes,
             "update of PTE 0x%" PRIx64 " from 0x%" PRIx64 " to 0x%" PRIx64 ": %s", pa, expected,
             data, rule);
    if (((expected ^ data) & MMU_PTE_D) && killed->cycle != 0) {
        size_t used = strlen(verdict->reason);
        snprintf(verdict->reason + used, bytes - used,
                 "; the last one killed, in cycle %" PRIu64 ", was of va 0x%" PRIx64, killed->cycle,
                 killed->flight.request.va);
    }
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
        tell(legal, &verdict, pa, expected, data, rule);
    }
    verdict.judged = rule || !unsure;
    if (verdict.judged) {
        legal->stats.judged++;
    } else {
        legal->stats.unjudged++;
    }
    return verdict;
}
