// SPDX-License-Identifier: Apache-2.0
// The rule that an illegal answer violates: the search again, with one rule after the other lifted,
// until the answer has an explanation.
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "legal_internal.h"

#define TEXT_BYTES sizeof((struct legal_verdict *)0)->reason

static const char *fence_name(const struct legal_search *search, const struct legal_use *use,
                              uint64_t fence) {
    const struct legal_view *view = search->view;
    if (fence == view->all) {
        return "SFENCE.VMA x0,x0";
    }
    if (fence == view->asid) {
        return "SFENCE.VMA x0,asid";
    }
    return fence == view->page[use->level] ? "SFENCE.VMA va,x0" : "SFENCE.VMA va,asid";
}

static const char *name_of(uint8_t access) {
    static const char *const names[] = {"fetch", "load", "store", "AMO"};
    return names[access & 3];
}

static void tell_fence(const struct legal_search *search, char *text) {
    const struct legal_flight *flight = search->flight;
    for (unsigned i = search->uses; i-- > 0;) {
        const struct legal_use *use = &search->use[i];
        if (search->use_fence[i] != 0) {
            snprintf(text, TEXT_BYTES,
                     "PTE 0x%" PRIx64 " (level %u) of va 0x%" PRIx64
                     " asid %u was replaced in cycle %" PRIu64 "; %s in cycle %" PRIu64
                     " covers it; the answer needs the old value",
                     use->pa, use->level, flight->request.va, flight->asid, use->replaced_cycle,
                     fence_name(search, use, search->use_fence[i]),
                     legal_cycle_of(search->use_fence[i]));
            return;
        }
    }
    snprintf(text, TEXT_BYTES,
             "va 0x%" PRIx64 " asid %u: the answer needs a root (ppn 0x%" PRIx64
             ") that a fence since has taken from the ASID",
             flight->request.va, flight->asid, search->span_ppn);
}

static void tell_asid(const struct legal_search *search, char *text) {
    const struct legal_flight *flight = search->flight;
    snprintf(text, TEXT_BYTES,
             "va 0x%" PRIx64 " asid %u: the answer is a mapping of asid %u (root ppn 0x%" PRIx64
             ") in another era, and not global",
             flight->request.va, flight->asid, search->span_asid, search->span_ppn);
}

static void tell_leaf(const struct legal_search *search, const char *what, char *text) {
    const struct legal_flight *flight = search->flight;
    static const struct legal_use none;
    const struct legal_use *use = search->uses > 0 ? &search->use[search->uses - 1] : &none;
    snprintf(text, TEXT_BYTES,
             "PTE 0x%" PRIx64 " (level %u, value 0x%" PRIx64 ") of va 0x%" PRIx64 " %s %s", use->pa,
             use->level, use->value, flight->request.va, what, name_of(flight->request.access));
}

static void tell_rest(const struct legal_flight *flight, const struct mmu_answer *answer,
                      const struct mmu_answer *present, char *text) {
    char expected[48], observed[48];
    const struct mmu_answer *answers[2] = {present, answer};
    char *texts[2] = {expected, observed};
    for (unsigned i = 0; i < 2; i++) {
        if (answers[i]->fault) {
            snprintf(texts[i], 48, "cause %u", answers[i]->cause);
        } else {
            snprintf(texts[i], 48, "pa 0x%" PRIx64 " level %u perm 0x%02x", answers[i]->pa,
                     answers[i]->level, answers[i]->perm);
        }
    }
    snprintf(text, TEXT_BYTES,
             "va 0x%" PRIx64
             " asid %u %s: no PTE values, past or present, give %s; the present "
             "gives %s",
             flight->request.va, flight->asid, name_of(flight->request.access), observed, expected);
}

struct rule {
    unsigned relax;
    void (*tell)(const struct legal_search *search, char *text);
};

static void tell_update(const struct legal_search *search, char *text) {
    tell_leaf(search, "lacks the A, or D, that must be set before this", text);
}

static void tell_permission(const struct legal_search *search, char *text) {
    tell_leaf(search, "does not permit this", text);
}

static void tell_registers(const struct legal_search *search, char *text) {
    const struct legal_flight *flight = search->flight;
    snprintf(text, TEXT_BYTES,
             "va 0x%" PRIx64
             " asid %u %s: the answer needs a PMP, PBMTE or ADUE from before the "
             "fence of everything in cycle %" PRIu64,
             flight->request.va, flight->asid, name_of(flight->request.access),
             legal_cycle_of(search->view->all));
}

// With the present's PTEs first; then with one PTE or root of the past, then with any.
void legal_explain(const struct legal *legal, const struct legal_flight *flight,
                   const struct legal_view *view, const struct mmu_answer *answer,
                   struct legal_verdict *verdict) {
    static const struct rule rules[] = {
        {LEGAL_RELAX_REGISTERS, tell_registers},
        {LEGAL_RELAX_UPDATE, tell_update},
        {LEGAL_RELAX_PERMISSION, tell_permission},
        {LEGAL_RELAX_FENCES, tell_fence},
        {LEGAL_RELAX_ASID, tell_asid},
        {LEGAL_RELAX_ASID | LEGAL_RELAX_FENCES, tell_asid},
    };
    static const unsigned limits[] = {0, 1, LEGAL_NEVER_COST - 1};
    struct legal_search search = {.legal = legal,
                                  .flight = flight,
                                  .view = view,
                                  .answer = answer,
                                  .budget = LEGAL_BUDGET};  // for all of them
    for (unsigned i = 0; i < sizeof limits / sizeof *limits; i++) {
        for (unsigned j = 0; j < sizeof rules / sizeof *rules; j++) {
            search.relax = rules[j].relax;
            if (legal_search_within(&search, limits[i])) {
                rules[j].tell(&search, verdict->reason);
                verdict->uses = (uint8_t)search.uses;
                memcpy(verdict->use, search.use, search.uses * sizeof search.use[0]);
                return;
            }
        }
    }
    tell_rest(flight, answer, &verdict->present, verdict->reason);
}
