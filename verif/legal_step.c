// SPDX-License-Identifier: Apache-2.0
// One step of the search: a PTE's values, present and past, and what each leads to. The windows are
// described in legal_search.c.
#include <stddef.h>

#include "legal_internal.h"

struct legal_costs legal_pmp_costs(struct legal_search *search, const struct legal_access *access) {
    const struct legal *legal = search->legal;
    struct legal_costs costs = {LEGAL_NEVER_COST, LEGAL_NEVER_COST};
    if (legal_allowed_now(legal, access)) {
        costs.yes = 0;
    } else {
        costs.no = 0;
    }
    if (access->pa >> legal->config.arch.pa_bits || legal->config.arch.pmp_entries == 0) {
        return costs;
    }
    bool relaxed = (search->relax & LEGAL_RELAX_REGISTERS) != 0;
    for (unsigned i = 1; i < legal->pmp_count; i++) {
        unsigned at = (legal->pmp_now + LEGAL_PMP_VERSIONS - i) % LEGAL_PMP_VERSIONS;
        if (legal->pmp[at].until <= search->view->all && !relaxed) {
            break;
        }
        unsigned *cost = legal_allowed(legal, &legal->pmp[at], access) ? &costs.yes : &costs.no;
        *cost = *cost == LEGAL_NEVER_COST ? !relaxed : *cost;
        if (costs.yes != LEGAL_NEVER_COST && costs.no != LEGAL_NEVER_COST) {
            return costs;
        }
    }
    if (legal->pmp_lost > search->view->all && search->relax == LEGAL_RELAX_NONE) {
        unsigned *cost = costs.yes == LEGAL_NEVER_COST ? &costs.yes : &costs.no;
        *cost = LEGAL_GUESS_COST;
    }
    return costs;
}

// A bit of menvcfg: now its value, and the other one if it had it since the last fence of
// everything.
static struct legal_costs bit_costs(const struct legal_search *search, bool now,
                                    const uint64_t until[2]) {
    struct legal_costs costs = {now ? 0 : LEGAL_NEVER_COST, now ? LEGAL_NEVER_COST : 0};
    bool relaxed = (search->relax & LEGAL_RELAX_REGISTERS) != 0;
    if (until[!now] > (relaxed ? 0 : search->view->all)) {
        *(now ? &costs.no : &costs.yes) = relaxed ? 0 : 1;
    }
    return costs;
}

static bool within(struct legal_search *search, unsigned stale) {
    if (stale > search->limit) {
        search->cut = search->cut || stale < LEGAL_NEVER_COST;
        return false;
    }
    return true;
}

static void explained(struct legal_search *search, unsigned stale) {
    search->doubtful = search->doubtful || stale >= LEGAL_GUESS_COST;
    search->stale = stale % LEGAL_GUESS_COST + stale / LEGAL_GUESS_COST;
}

bool legal_found(struct legal_search *search, unsigned stale, const struct mmu_answer *outcome) {
    if (!search->answer || !within(search, stale) || !legal_same(outcome, search->answer)) {
        return false;
    }
    explained(search, stale);
    return true;
}

bool legal_found_fault(struct legal_search *search, unsigned stale, uint8_t cause) {
    struct mmu_answer outcome = legal_fault(cause);
    return legal_found(search, stale, &outcome);
}

// --- one PTE ---

struct read {
    uint64_t pa, value;
    const struct legal_version *version;  // NULL: the present value
    uint64_t written, base;
    uint64_t next;  // the value that replaced it
    unsigned level;
    bool global;     // by a PTE above
    bool base_lost;  // base may have been later
};

// Whether a fence of a page covers this value: leaves, and what stood in a leaf's place. A pointer,
// or what a pointer replaced, needs a fence with rs1 = x0.
static bool page_fence_covers(const struct legal_search *search, const struct read *read) {
    const struct mmu_arch *arch = &search->legal->config.arch;
    uint64_t rwx = MMU_PTE_R | MMU_PTE_W | MMU_PTE_X;
    if (read->level == 0) {
        return true;
    }
    if (read->value & MMU_PTE_V) {
        return (read->value & rwx) != 0;
    }
    return legal_shape_of(arch, search->mode, read->next, read->level) != LEGAL_POINTER;
}

// The window's beginning; *lost: fences up to here may be forgotten.
static uint64_t window_from(const struct legal_search *search, const struct read *read, bool global,
                            uint64_t *lost) {
    const struct legal_view *view = search->view;
    uint64_t from = global ? view->all : search->lo;
    unsigned level = read->level;
    *lost = search->legal->fences_lost;
    if (page_fence_covers(search, read)) {
        from = legal_later(from, view->page[level]);
        *lost = legal_later(*lost, view->page_lost[level]);
        if (!global && search->current) {
            from = legal_later(from, view->page_asid[level]);
            *lost = legal_later(*lost, view->page_asid_lost[level]);
        }
    }
    return from;
}

// Whether the value may still be used; *fence: what forbids it.
static bool usable(struct legal_search *search, const struct read *read, bool global, bool final,
                   uint64_t *fence) {
    *fence = 0;
    if (!global && final && !search->current && !(search->relax & LEGAL_RELAX_ASID)) {
        return false;  // another era's own mapping
    }
    uint64_t lost, from = window_from(search, read, global, &lost);
    uint64_t to = read->global ? LEGAL_NEVER : search->hi;
    if ((read->version && read->version->replaced < from) || from > to) {
        *fence = from;
        return (search->relax & LEGAL_RELAX_FENCES) != 0;
    }
    if (read->base > to && !(search->relax & LEGAL_RELAX_FENCES)) {
        return false;
    }
    bool older = read->version && read->version->replaced < lost;
    if (older || (to != LEGAL_NEVER && read->base_lost)) {
        search->doubtful = true;
    }
    return true;
}

// A leaf that is permitted, with A and D as the access needs them or not.
static bool leaf_outcome(struct legal_search *search, const struct read *read, bool global,
                         unsigned stale) {
    const struct legal_flight *flight = search->flight;
    uint8_t access = flight->request.access, access_fault = legal_access_cause(access);
    struct mmu_answer success =
        legal_success(search->mode, read->value, read->level, global, flight->request.va);
    struct legal_access final = legal_final(flight, success.pa);
    struct legal_costs final_costs = legal_pmp_costs(search, &final);
    if (legal_needs_update(read->value, access)) {
        struct legal_costs adue = bit_costs(search, flight->csr.adue, search->legal->adue_until);
        if (legal_found_fault(search, stale + adue.no, legal_page_cause(access))) {
            return true;
        }
        // The update, and, before or after it, the check of the final address, may be denied. Once
        // it is made, the PTE has another version.
        struct legal_access update = {read->pa, search->mode->pte_bytes, MMU_PMP_WRITE, MMU_PRIV_S};
        struct legal_costs update_costs = legal_pmp_costs(search, &update);
        if (legal_found_fault(search, stale + adue.yes + update_costs.no, access_fault) ||
            legal_found_fault(search, stale + adue.yes + final_costs.no, access_fault)) {
            return true;
        }
        if (!(search->relax & LEGAL_RELAX_UPDATE)) {
            return false;
        }
        if (search->answer) {
            uint8_t ad = MMU_PTE_A | MMU_PTE_D;
            success.perm = (uint8_t)((success.perm & ~ad) | (search->answer->perm & ad));
        }
    }
    return legal_found_fault(search, stale + final_costs.no, access_fault) ||
           legal_found(search, stale + final_costs.yes, &success);
}

static bool leaf(struct legal_search *search, const struct read *read, bool global,
                 unsigned stale) {
    const struct legal_flight *flight = search->flight;
    uint8_t page_fault = legal_page_cause(flight->request.access);
    if (legal_pbmt(search->mode, read->value) != 0) {
        struct legal_costs pbmte = bit_costs(search, flight->csr.pbmte, search->legal->pbmte_until);
        if (legal_found_fault(search, stale + pbmte.no, page_fault)) {
            return true;
        }
        stale += pbmte.yes;
    }
    bool permits = legal_permits(read->value, flight);
    if (!permits && legal_found_fault(search, stale, page_fault)) {
        return true;
    }
    if ((!permits && !(search->relax & LEGAL_RELAX_PERMISSION)) || !within(search, stale)) {
        return false;
    }
    if (!search->answer) {
        bool found = read->pa == search->update_pa && read->value == search->update_value;
        search->doubtful = search->doubtful || (found && stale >= LEGAL_GUESS_COST);
        return found;
    }
    return leaf_outcome(search, read, global, stale);
}

// One value of one PTE as a step of the walk.
static bool step(struct legal_search *search, const struct read *read, unsigned stale) {
    const struct mmu_arch *arch = &search->legal->config.arch;
    enum legal_shape shape = legal_shape_of(arch, search->mode, read->value, read->level);
    bool own = shape != LEGAL_INVALID && (read->value & MMU_PTE_G) != 0;
    bool global = read->global || own, was_doubtful = search->doubtful;
    stale += read->version != NULL;
    uint64_t fence;
    if (!within(search, stale) || !usable(search, read, global, shape != LEGAL_POINTER, &fence)) {
        return false;
    }
    unsigned at = search->uses++;
    search->use[at] =
        (struct legal_use){read->pa, read->value, legal_cycle_of(read->written),
                           read->version ? legal_cycle_of(read->version->replaced) : LEGAL_NEVER,
                           (uint8_t)read->level};
    search->use_past[at] = read->version != NULL;
    search->use_fence[at] = fence;
    bool result;
    if (shape == LEGAL_POINTER) {
        result = legal_visit(search, read->level - 1, legal_ppn(search->mode, read->value), global,
                             stale);
    } else if (shape == LEGAL_LEAF) {
        result = leaf(search, read, global, stale);
    } else {
        result = legal_found_fault(search, stale, legal_page_cause(search->flight->request.access));
    }
    if (!result) {
        search->uses--;
        search->doubtful = was_doubtful;
    }
    return result;
}

// A newer version of the same value does as well, and costs no more; unless the era ended before
// it.
static bool repeated(const struct legal_search *search, const struct legal_slot *slot,
                     const struct read *read, uint64_t present, unsigned index) {
    if (!(search->current || read->global) || !(read->value & MMU_PTE_V) || index == 0) {
        return false;
    }
    bool again = read->value == present;
    for (unsigned i = 0; i + 1 < index && !again; i++) {
        again = legal_version_at(search->legal, slot, i)->value == read->value;
    }
    return again;
}

// Whether a forgotten value could still be used: what it was is not known but for G, so a fence of
// a page covers it at level 0 alone. Another era lends no leaf of its own.
static bool lost_matters(const struct legal_search *search, const struct read *read,
                         const struct legal_lost *lost) {
    const struct legal_view *view = search->view;
    uint64_t global = view->all, private = search->lo;
    if (read->level == 0) {
        global = legal_later(global, view->page[0]);
        private = legal_later(private, view->page[0]);
        private = legal_later(private, search->current ? view->page_asid[0] : LEGAL_NEVER);
    }
    return lost->any > (read->global ? global : private) || lost->global > global;
}

// All values that the PTE at pa had, the present first. only_napot: as a neighbour in a 64 KiB
// page.
static bool values(struct legal_search *search, struct read *read, bool only_napot,
                   unsigned stale) {
    const struct legal *legal = search->legal;
    const struct mmu_arch *arch = &legal->config.arch;
    uint64_t present, next;
    struct legal_lost lost;
    if (search->budget == 0) {
        search->cut = search->unsure = true;
        return false;
    }
    search->budget--;
    if (!legal_read(legal, read->pa, &present)) {
        return !only_napot &&
               legal_found_fault(search, stale, legal_access_cause(search->flight->request.access));
    }
    if (only_napot && !legal->napot_past && !legal_is_napot(search->mode, present)) {
        return false;
    }
    const struct legal_slot *slot = legal_find(legal, read->pa, &lost);
    unsigned count = slot ? slot->count : 0;
    if (lost_matters(search, read, &lost)) {
        search->unsure = true;
    }
    next = present;
    for (unsigned i = 0; i <= count; i++) {
        read->version = i == 0 ? NULL : legal_version_at(legal, slot, i - 1);
        read->value = i == 0 ? present : read->version->value;
        read->written = i == 0 ? (slot ? slot->present_since : 0) : read->version->written;
        read->base = i == 0 ? (slot ? slot->present_base : 0) : read->version->base;
        read->base_lost = read->base == 0 && lost.any != 0;
        read->next = next;
        next = read->value;
        if (read->version && read->version->replaced < search->view->all &&
            !(search->relax & LEGAL_RELAX_FENCES)) {
            break;
        }
        bool napot = arch->svnapot && legal_is_napot(search->mode, read->value) &&
                     (read->value >> 10 & 0xF) == 8;
        if ((napot || !only_napot) && !repeated(search, slot, read, present, i) &&
            step(search, read, stale)) {
            return true;
        }
    }
    return false;
}

static struct legal_costs read_costs(struct legal_search *search, uint64_t pa) {
    struct legal_access access = {pa, search->mode->pte_bytes, MMU_PMP_READ, MMU_PRIV_S};
    return legal_pmp_costs(search, &access);
}

// "Svnapot": the translation of one PTE of a 64 KiB page may be used for the other 15, also where
// the PMP denies those.
static bool neighbours(struct legal_search *search, const struct read *own, unsigned stale) {
    uint64_t line = own->pa & ~UINT64_C(127);
    for (uint64_t pa = line; pa < line + 128; pa += 8) {
        struct read read = *own;
        unsigned costs = stale + (pa == own->pa ? 0 : read_costs(search, pa).yes);
        read.pa = pa;
        if (pa != own->pa && within(search, costs) && values(search, &read, true, costs)) {
            return true;
        }
    }
    return false;
}

static bool bus_error(const struct legal_search *search, uint64_t pa) {
    const struct legal *legal = search->legal;
    unsigned count = legal->errors < LEGAL_ERRORS ? legal->errors : LEGAL_ERRORS;
    for (unsigned i = 0; i < count; i++) {
        if (legal->error[i].pa == pa && legal->error[i].cycle >= search->flight->accepted) {
            return true;
        }
    }
    return false;
}

bool legal_visit(struct legal_search *search, unsigned level, uint64_t table, bool global,
                 unsigned stale) {
    uint64_t pa = legal_pte_pa(search->mode, table, search->flight->request.va, level);
    uint8_t access_fault = legal_access_cause(search->flight->request.access);
    struct legal_costs costs = read_costs(search, pa);
    if (legal_found_fault(search, stale + costs.no, access_fault) ||
        (bus_error(search, pa) && legal_found_fault(search, stale, access_fault))) {
        return true;
    }
    struct read read = {.pa = pa, .level = level, .global = global};
    if (within(search, stale + costs.yes) && values(search, &read, false, stale + costs.yes)) {
        return true;
    }
    // An update compares and writes the PTE that the va selects.
    bool napot = search->answer && level == 0 && search->legal->config.arch.svnapot &&
                 search->mode->pte_bytes == 8;
    return napot && neighbours(search, &read, stale);
}
