// SPDX-License-Identifier: Apache-2.0
// What cannot be reached, as data: item, predicate over the bin's coordinates and the
// configuration, reason, property. Distances have their own table (coverage_rules_distance.c).
#include <assert.h>

#include "coverage_internal.h"
#include "coverage_rules.h"

#define RULE(name) static bool name(const unsigned *v, const struct coverage_config *c)
#define UNUSED (void)v, (void)c

// Largest page of a mode, log2 of its bytes.
static unsigned largest_page(unsigned mode) {
    static const uint8_t bits[] = {22, 30, 39, 48, 12};
    return bits[mode];
}

// --- what every item with a mode, a page or a start has in common
// -----------------------------------

static bool mode_absent(unsigned mode, const struct coverage_config *c) {
    return mode != MODE_BARE && (mode == MODE_SV32) != (c->xlen == 32);
}
RULE(mode_of_other_xlen) {
    return mode_absent(v[0], c);
}
RULE(kib64_without_svnapot) {
    return v[1] == PAGE_64K && !c->svnapot;
}
static bool above_root(unsigned mode, unsigned page) {
    return page >= PAGE_LEVEL_1 && page - PAGE_LEVEL_1 + 1 >= coverage_levels(mode);
}

// --- translation: mode page access privilege from
// ----------------------------------------------------

RULE(no_second_level_translation) {
    return v[4] == FROM_SECOND && !c->l2;
}
RULE(no_walk_cache_translation) {
    return v[4] >= FROM_PWC_1 && v[4] <= FROM_PWC_4 && !c->pwc;
}
RULE(walk_above_root) {
    UNUSED;
    return v[4] >= FROM_WALK && above_root(v[0], v[1]);
}
RULE(stale_above_root) {
    UNUSED;
    return v[4] < FROM_WALK && above_root(v[0], v[1]);
}
RULE(leaf_above_start) {
    UNUSED;
    unsigned level = v[1] <= PAGE_64K ? 0 : v[1] - PAGE_LEVEL_1 + 1;
    return v[4] >= FROM_PWC_1 && v[4] <= FROM_PWC_4 &&
           (level > v[4] - FROM_PWC_1 || v[4] - FROM_PWC_1 + 1 >= coverage_levels(v[0]));
}

// --- fault: mode access why from
// ---------------------------------------------------------------------

RULE(bare_has_no_tables) {
    UNUSED;
    bool final = v[2] == WHY_FINAL_PMP || v[2] == WHY_FINAL_BEYOND;
    return v[0] == MODE_BARE && (!final || v[3] != HOW_AT_ONCE);
}
RULE(found_at_once) {
    UNUSED;
    return v[0] != MODE_BARE && (v[2] == WHY_NOT_CANONICAL) != (v[3] == HOW_AT_ONCE);
}
RULE(sv32_is_canonical) {
    UNUSED;
    return v[0] == MODE_SV32 && v[2] == WHY_NOT_CANONICAL;
}
RULE(resident_was_walked) {
    UNUSED;
    bool by_walk = v[3] == HOW_WALK || v[3] == HOW_AT_ONCE;
    return !by_walk && v[2] != WHY_PERMISSION && v[2] != WHY_FINAL_PMP && v[2] != WHY_FINAL_BEYOND;
}
RULE(no_second_level_fault) {
    return v[3] == HOW_SECOND && !c->l2;
}
RULE(no_pmp_fault) {
    bool pmp = v[2] == WHY_READ_PMP || v[2] == WHY_UPDATE_PMP || v[2] == WHY_FINAL_PMP;
    return pmp && c->pmp_entries == 0;
}
RULE(every_address_exists) {
    bool beyond = v[2] == WHY_READ_BEYOND || v[2] == WHY_FINAL_BEYOND;
    return beyond && v[0] != MODE_BARE && c->pa_bits == coverage_widest_pa(c->xlen);
}
RULE(bare_sv32_fits) {
    return v[0] == MODE_BARE && v[2] == WHY_FINAL_BEYOND && c->xlen == 32;
}
RULE(granule_lies_inside) {
    UNUSED;
    return v[2] == WHY_FINAL_BEYOND && v[3] == HOW_SECOND;
}
RULE(page_lies_inside) {
    return v[2] == WHY_FINAL_BEYOND && v[3] == HOW_FIRST && c->pa_bits >= largest_page(MODE_SV57);
}
RULE(stale_page_straddles) {
    return v[2] == WHY_FINAL_BEYOND && v[3] == HOW_FIRST && c->pa_bits >= largest_page(v[0]);
}
RULE(merged_lies_inside) {
    UNUSED;
    return v[2] == WHY_FINAL_BEYOND && v[3] == HOW_MERGED;
}
RULE(only_with_64) {
    UNUSED;
    bool wide = v[2] == WHY_RESERVED_BITS || v[2] == WHY_N_OFF || v[2] == WHY_PBMT_OFF ||
                v[2] == WHY_PBMT_3 || v[2] == WHY_NAPOT_ENCODING;
    return wide && v[0] == MODE_SV32;
}
RULE(n_by_svnapot) {
    return (v[2] == WHY_N_OFF && c->svnapot) || (v[2] == WHY_NAPOT_ENCODING && !c->svnapot);
}
RULE(d_of_stores_only) {
    UNUSED;
    return v[2] == WHY_D && !coverage_is_store(v[1]);
}

// --- permission: access privilege page_u sum mxr rwx verdict from
// -------------------------------------

// "Virtual Address Translation Process", step 5; SUM and MXR in "Memory Privilege in mstatus
// Register".
static bool permits(const unsigned *v) {
    enum { R = 1, W = 2, X = 4 };
    static const uint8_t rights[] = {R, R | W, X, R | X, R | W | X};
    bool user = v[1] == PRIVILEGE_U, page_u = v[2] != 0, sum = v[3] != 0, mxr = v[4] != 0;
    unsigned may = rights[v[5]];
    if (v[0] == MMU_FETCH) return (may & X) && user == page_u;
    bool whose = user ? page_u : !page_u || sum;
    if (v[0] == MMU_LOAD) return whose && ((may & R) || (mxr && (may & X)));
    return whose && (may & W);
}
RULE(fetches_fill_with_x) {
    UNUSED;
    return v[0] == MMU_FETCH && v[7] == 0 && (v[5] == RWX_R || v[5] == RWX_RW);
}
RULE(other_verdict) {
    UNUSED;
    return permits(v) != (v[6] == 0);
}

// --- privilege: access privilege mprv mpp sum mxr result
// ---------------------------------------------

static bool machine(const unsigned *v) {
    unsigned effective = v[0] != MMU_FETCH && v[2] ? v[3] : v[1];
    return effective == PRIVILEGE_M;
}
RULE(machine_has_no_pages) {
    UNUSED;
    return machine(v) && v[6] == RESULT_PAGE_FAULT;
}
RULE(machine_reaches_all) {
    return machine(v) && v[6] == RESULT_ACCESS_FAULT && c->xlen == 32 && c->pmp_entries == 0;
}

// --- update: mode access adue ad update
// ----------------------------------------------------------------

static bool bits_suffice(const unsigned *v) {
    bool a = v[3] & 1, d = v[3] & 2;
    return a && (d || !coverage_is_store(v[1]));
}
RULE(nothing_to_update) {
    UNUSED;
    return bits_suffice(v) != (v[4] == UPDATE_NOTHING);
}
RULE(svade_faults) {
    UNUSED;
    return !bits_suffice(v) && (v[2] == 0) != (v[4] == UPDATE_FAULT);
}
RULE(no_pmp_update) {
    return v[4] == UPDATE_DENIED && c->pmp_entries == 0;
}

// --- pmp: kind privilege match locked verdict
// -------------------------------------------------------------

RULE(no_pmp) {
    return c->pmp_entries == 0 && (v[2] != MATCH_NONE || v[4] != JUDGED_ALLOWED);
}
RULE(no_entry_no_lock) {
    UNUSED;
    return v[2] == MATCH_NONE && (v[3] || v[4] == JUDGED_PARTIAL);
}
RULE(no_match_decides) {
    UNUSED;
    bool allowed = v[1] == PRIVILEGE_M || c->pmp_entries == 0;
    return v[2] == MATCH_NONE && allowed != (v[4] == JUDGED_ALLOWED);
}
RULE(napot_is_never_partial) {
    UNUSED;
    return v[2] == MATCH_NAPOT && v[4] == JUDGED_PARTIAL;
}
RULE(machine_needs_a_lock) {
    UNUSED;
    return v[2] != MATCH_NONE && v[1] == PRIVILEGE_M && !v[3] && v[4] == JUDGED_DENIED;
}

// --- pte_access: mode level transaction result
// --------------------------------------------------------------

RULE(level_of_mode) {
    UNUSED;
    return v[1] >= coverage_levels(v[0]);
}
RULE(no_pmp_access) {
    return v[3] == PTE_PMP && c->pmp_entries == 0;
}
RULE(pte_exists) {
    return v[3] == PTE_BEYOND && c->pa_bits == coverage_widest_pa(c->xlen);
}
RULE(update_was_read) {
    UNUSED;
    return v[3] == PTE_BEYOND && v[2] == 1;
}

// --- walk: mode start end restarted result
// ---------------------------------------------------------------------

RULE(no_walk_cache) {
    return v[1] > 0 && !c->pwc;
}
RULE(walk_goes_down) {
    UNUSED;
    return v[2] >= coverage_levels(v[0]) ||
           (v[1] > 0 && (v[2] >= v[1] || v[1] >= coverage_levels(v[0])));
}

// --- the small ones
// -----------------------------------------------------------------------------------------

RULE(no_svnapot) {
    UNUSED;
    return !c->svnapot;
}
RULE(no_second_level_how) {
    UNUSED;
    return v[2] == HOW_SECOND && !c->l2;
}
RULE(pbmt_needs_64) {
    return v[0] != 0 && c->xlen == 32;
}
RULE(level_needs_64) {
    return v[1] > PAGE_LEVEL_1 && c->xlen == 32;
}
RULE(one_asid) {
    return v[2] == OWNER_GLOBAL_OTHER && c->asid_bits == 0;
}
RULE(foreign_entry) {
    UNUSED;
    return v[2] == OWNER_OTHER;
}
RULE(no_operands) {
    UNUSED;
    return v[0] > MMU_SINVAL_VMA && (v[1] || v[2] || !v[3]);
}
RULE(always_canonical) {
    return !v[3] && (!v[1] || c->xlen == 32);
}
RULE(one_walk) {
    return v[4] == 2 && c->walks == 1;
}

#define MUST(item, holds, reason, property) \
    { COVERAGE_##item, COVERAGE_UNREACHABLE, holds, reason, property }
#define FREE(item, holds, reason) \
    { COVERAGE_##item, COVERAGE_IGNORED, holds, reason, NULL }
#define NONE(item, holds, reason) \
    { COVERAGE_##item, COVERAGE_NO_BIN, holds, reason, NULL }

static const char xlen_reason[] = "Sv32 is the mode of XLEN = 32, the others are those of 64";
static const char no_l2_reason[] = "there is no second-level TLB";
static const char no_pwc_reason[] = "there are no page-walk caches";
static const char no_pmp_reason[] = "PMP is not implemented";
static const char no_svnapot_reason[] = "Svnapot is not implemented";
static const char straddle_reason[] =
    "no page of the mode is so large that a part of it exists and another does not";

static const struct coverage_rule rules[] = {
    MUST(TRANSLATION, mode_of_other_xlen, xlen_reason, NULL),
    MUST(TRANSLATION, kib64_without_svnapot, no_svnapot_reason, NULL),
    MUST(TRANSLATION, no_second_level_translation, no_l2_reason,
         "sva_port.lookup_needs_a_second_level"),
    MUST(TRANSLATION, no_walk_cache_translation, no_pwc_reason, "sva_walker.begins_at_root"),
    MUST(TRANSLATION, walk_above_root, "the mode's tables have fewer levels",
         "sva_client.walk_level_of_mode"),
    FREE(TRANSLATION, stale_above_root,
         "a page of another mode with the same ASID: the client did not fence"),
    MUST(TRANSLATION, leaf_above_start, "a pointer leads down: the leaf lies below it", NULL),

    MUST(FAULT, mode_of_other_xlen, xlen_reason, NULL),
    MUST(FAULT, bare_has_no_tables, "not translated: only the final check can fail, at once",
         "sva_client.untranslated_at_once"),
    MUST(FAULT, found_at_once,
         "what is not canonical is found before any lookup, and nothing else is",
         "sva_client.translated_by_tlbs_or_walk"),
    MUST(FAULT, sv32_is_canonical, "every address of Sv32 is canonical", NULL),
    MUST(FAULT, resident_was_walked,
         "a resident leaf passed the checks of its PTE when it was walked", "sva_l2.filled_leaf"),
    MUST(FAULT, no_second_level_fault, no_l2_reason, "sva_port.lookup_needs_a_second_level"),
    MUST(FAULT, no_pmp_fault, no_pmp_reason, NULL),
    MUST(FAULT, every_address_exists, "a PTE's ppn has no more bits than a physical address", NULL),
    MUST(FAULT, bare_sv32_fits, "32 bits of address lie below 2^pa_bits", NULL),
    MUST(FAULT, granule_lies_inside,
         "a granule of the second level lies below 2^pa_bits or beyond it as a whole", NULL),
    MUST(FAULT, page_lies_inside, straddle_reason, NULL),
    FREE(FAULT, stale_page_straddles,
         "only a page of another mode with the same ASID is that large: the client did not fence"),
    MUST(FAULT, merged_lies_inside,
         "the walk of the same 4 KiB page passed the final check, or resolved nothing", NULL),
    MUST(FAULT, only_with_64, "Sv32's PTEs have no such bits", NULL),
    MUST(FAULT, n_by_svnapot, "N is reserved without Svnapot, and has encodings with it", NULL),
    MUST(FAULT, d_of_stores_only, "only a store or amo needs D", NULL),

    MUST(PERMISSION, fetches_fill_with_x,
         "only a fetch that is allowed fills the fetch port's first level: its pages have X",
         "sva_client.fill_is_a_success"),
    MUST(PERMISSION, other_verdict, "the privileged specification decides otherwise",
         "sva_client.permission_respected"),

    MUST(PRIVILEGE, machine_has_no_pages, "machine mode is not translated",
         "sva_client.untranslated_at_once"),
    MUST(PRIVILEGE, machine_reaches_all, "no PMP, and 32 bits of address lie below 2^pa_bits",
         NULL),

    MUST(UPDATE, mode_of_other_xlen, xlen_reason, NULL),
    MUST(UPDATE, nothing_to_update, "A, and D for a store, decide whether there is an update",
         "sva_walker.update_is_needed"),
    MUST(UPDATE, svade_faults, "ADUE decides: a page fault, or an update",
         "sva_walker.update_only_with_adue"),
    MUST(UPDATE, no_pmp_update, no_pmp_reason, NULL),

    MUST(PMP, no_pmp, no_pmp_reason, NULL),
    NONE(PMP, no_entry_no_lock, "no entry matches: there is no lock, and nothing to match in part"),
    MUST(PMP, no_match_decides, "without a matching entry machine mode may, others may not",
         "sva_client.final_pa_allowed"),
    MUST(PMP, napot_is_never_partial,
         "a NAPOT range has 8 bytes at least, and is aligned as the access is", NULL),
    MUST(PMP, machine_needs_a_lock, "an entry that is not locked does not bind machine mode", NULL),

    MUST(PTE_ACCESS, mode_of_other_xlen, xlen_reason, NULL),
    MUST(PTE_ACCESS, level_of_mode, "the mode's tables have fewer levels",
         "sva_walker.begins_below_root"),
    MUST(PTE_ACCESS, no_pmp_access, no_pmp_reason, NULL),
    MUST(PTE_ACCESS, pte_exists, "a PTE's ppn has no more bits than a physical address", NULL),
    MUST(PTE_ACCESS, update_was_read, "the PTE was read at the same address",
         "sva_walker.address_follows_path"),

    MUST(WALK, mode_of_other_xlen, xlen_reason, NULL),
    MUST(WALK, no_walk_cache, no_pwc_reason, "sva_walker.begins_at_root"),
    MUST(WALK, walk_goes_down, "a walk goes down from where it begins",
         "sva_walker.begins_below_root"),

    MUST(NAPOT, no_svnapot, no_svnapot_reason, NULL),
    MUST(NAPOT, no_second_level_how, no_l2_reason, "sva_port.lookup_needs_a_second_level"),
    MUST(MEMORY_TYPE, pbmt_needs_64, "Sv32's PTEs have no PBMT", NULL),
    MUST(MEMORY_TYPE, kib64_without_svnapot, no_svnapot_reason, NULL),
    MUST(MEMORY_TYPE, level_needs_64, "Sv32 has two levels", NULL),
    MUST(MEMORY_TYPE, no_second_level_how, no_l2_reason, "sva_port.lookup_needs_a_second_level"),
    MUST(SHARING, kib64_without_svnapot, no_svnapot_reason, NULL),
    MUST(SHARING, level_needs_64, "Sv32 has two levels", NULL),
    MUST(SHARING, one_asid, "there is one ASID", NULL),
    MUST(SHARING, foreign_entry, "an entry matches if it is global or of the same ASID",
         "sva_tlb.hit_asid_matches"),
    NONE(FENCE, no_operands, "SFENCE.W.INVAL and SFENCE.INVAL.IR have no operands"),
    MUST(FENCE, always_canonical,
         "an address that is not canonical needs an address, and XLEN = 64", NULL),
    MUST(FENCE, one_walk, "there is one walk slot", NULL),
};

enum { RULES = sizeof rules / sizeof *rules };

const struct coverage_rule *coverage_rules(unsigned *count) {
    *count = RULES;
    return rules;
}

const struct coverage_rule *coverage_rule_of(unsigned bin, const struct coverage_config *config) {
    unsigned value[COVERAGE_MOST_DIMENSIONS];
    const struct coverage_item *item = coverage_coordinates(bin, value);
    if (item == coverage_item(COVERAGE_DISTANCE)) return coverage_distance_rule(value, config);
    for (unsigned k = 0; k < RULES; k++)
        if (item == coverage_item(rules[k].item) && rules[k].holds(value, config)) return &rules[k];
    return NULL;
}
