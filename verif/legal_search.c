// SPDX-License-Identifier: Apache-2.0
// Is there a walk that gives this answer, each PTE of which the hart may have read or cached?
//
// A walk begins at a root that an ASID named (a span) and reads each PTE at some time inside a
// window:
//
//                               from                                      to
//   pointer, not global         last fence of everything, of the ASID     the era's end
//   leaf, not global            ... and of the page, of page and ASID     now
//   global (own G, or above)    last fence of everything; a leaf: of the  now (the topmost global
//                               page too                                  PTE: the era's end)
//
// Eras that are not the request's own can only lend global mappings: an ASID's fence leaves those,
// as a whole, where they are.
#include <stddef.h>

#include "legal_internal.h"

// No fence ended the era before the request.
static bool in_force(const struct legal_span *span, const struct legal_flight *flight) {
    return span->hi == LEGAL_NEVER || legal_cycle_of(span->closed) >= flight->accepted;
}

static bool may_be_global(const struct legal_search *search) {
    const struct mmu_answer *answer = search->answer;
    return !answer || answer->fault || (answer->perm & MMU_PTE_G);
}

static bool from_span(struct legal_search *search, const struct legal_span *span) {
    const struct legal_flight *flight = search->flight;
    if (legal_root_until(span) <= search->view->all && !(search->relax & LEGAL_RELAX_FENCES)) {
        return false;
    }
    bool current = span->asid == flight->asid && in_force(span, flight);
    if (!current && !may_be_global(search) && !(search->relax & LEGAL_RELAX_ASID)) {
        return false;
    }
    search->span_ppn = span->ppn;
    search->span_asid = span->asid;
    search->mode = span->mode;
    search->current = current;
    search->lo = legal_later(search->view->all, search->current ? search->view->asid : span->lo);
    search->hi = search->current ? LEGAL_NEVER : span->hi;
    bool past =
        span->mode != flight->mode || span->ppn != flight->root || span->asid != flight->asid;
    if (!legal_canonical(span->mode, flight->request.va)) {
        return false;
    }
    return legal_visit(search, span->mode->levels - 1u, span->ppn, false, past);
}

// Whether the walk may have begun at a forgotten root: one of the ASID's own present era, or, of
// any era, for a global mapping; a fault may be one's.
static bool forgotten_root(const struct legal_search *search) {
    const struct legal *legal = search->legal;
    const struct legal_view *view = search->view;
    uint64_t own = legal->asid_spans_lost[search->flight->asid];
    return (may_be_global(search) && legal->spans_lost > view->all) ||
           own > legal_later(view->all, view->asid);
}

static bool from_roots(struct legal_search *search) {
    const struct legal *legal = search->legal;
    const struct legal_flight *flight = search->flight;
    struct legal_span own = {.mode = flight->mode,
                             .ppn = flight->root,
                             .lo = search->view->all,
                             .hi = LEGAL_NEVER,
                             .named_until = LEGAL_NEVER,
                             .closed = LEGAL_NEVER,
                             .asid = flight->asid};
    if (from_span(search, &own)) {
        return true;
    }
    for (unsigned i = 0; i < legal->spans; i++) {
        const struct legal_span *span = &legal->span[i];
        bool again = span->ppn == own.ppn && span->mode == own.mode && span->asid == own.asid;
        if (!(again && in_force(span, flight)) && from_span(search, span)) {
            return true;
        }
    }
    search->unsure = search->unsure || forgotten_root(search);
    return false;
}

// Bare and M-mode: only the check of the physical address, by the PMP of now or of before.
static bool untranslated(struct legal_search *search) {
    const struct legal_flight *flight = search->flight;
    if (!search->answer) {
        return false;
    }
    struct legal_access final = legal_final(flight, flight->request.va);
    struct legal_costs costs = legal_pmp_costs(search, &final);
    struct mmu_answer success = {.pa = flight->request.va, .level = MMU_LEVEL_NONE};
    return legal_found(search, costs.yes, &success) ||
           legal_found_fault(search, costs.no, legal_access_cause(flight->request.access));
}

static bool attempt(struct legal_search *search, unsigned limit) {
    const struct legal_flight *flight = search->flight;
    search->limit = limit;
    search->uses = 0;
    search->doubtful = search->cut = false;
    if (!flight->mode) {
        return untranslated(search);
    }
    if (!legal_canonical(flight->mode, flight->request.va)) {
        return legal_found_fault(search, 0, legal_page_cause(flight->request.access));
    }
    return from_roots(search);
}

bool legal_search_within(struct legal_search *search, unsigned limit) {
    return attempt(search, limit);
}

// With as few uses of the past as possible.
bool legal_search_run(struct legal_search *search) {
    search->budget = LEGAL_BUDGET;
    for (unsigned limit = 0; limit < 3; limit++) {
        if (attempt(search, limit)) {
            return true;
        }
        if (!search->cut) {
            return false;
        }
    }
    return attempt(search, LEGAL_NEVER_COST - 1);
}
