// SPDX-License-Identifier: Apache-2.0
// Items and their bins; the life of a run's coverage.
#include "verif/coverage.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coverage_internal.h"
#include "mmu/walk.h"

// --- dimensions: names in the order of the enumerations of coverage_internal.h
// --------------------

#define DIMENSION(id, name, ...)                           \
    static const char *const id##_names[] = {__VA_ARGS__}; \
    static const struct coverage_dimension id = {          \
        .key = name, .values = id##_names, .count = sizeof id##_names / sizeof *id##_names}

DIMENSION(mode, "mode", "sv32", "sv39", "sv48", "sv57");
DIMENSION(any_mode, "mode", "sv32", "sv39", "sv48", "sv57", "bare");
DIMENSION(page, "page", "4KiB", "64KiB", "level1", "level2", "level3", "level4");
DIMENSION(access, "access", "fetch", "load", "store", "amo");
DIMENSION(user_or_supervisor, "privilege", "u", "s");
DIMENSION(privilege, "privilege", "u", "s", "m");
DIMENSION(mpp, "mpp", "u", "s", "m");
DIMENSION(from, "from", "first", "second", "walk", "pwc1", "pwc2", "pwc3", "pwc4", "merged");
DIMENSION(how, "from", "first", "second", "walk", "merged");
DIMENSION(how_at_all, "from", "first", "second", "walk", "merged", "at_once");
DIMENSION(first_or_walk, "from", "first", "walk");
DIMENSION(why, "why", "not_canonical", "read_pmp", "read_beyond", "read_error", "invalid",
          "w_without_r", "reserved_bits", "n_off", "pbmt_off", "pbmt_3", "pointer_bits",
          "pointer_at_0", "napot_encoding", "permission", "misaligned", "a_clear", "d_clear",
          "update_pmp", "update_error", "final_pmp", "final_beyond");
DIMENSION(user_page, "page_u", "0", "1");
DIMENSION(sum, "sum", "0", "1");
DIMENSION(mxr, "mxr", "0", "1");
DIMENSION(mprv, "mprv", "0", "1");
DIMENSION(adue, "adue", "0", "1");
DIMENSION(rwx, "rwx", "r", "rw", "x", "rx", "rwx");
DIMENSION(verdict, "verdict", "allowed", "denied");
DIMENSION(result, "result", "translated", "page_fault", "access_fault");
DIMENSION(ad, "ad", "none", "a", "d", "ad");
DIMENSION(update, "update", "nothing", "done", "conflict", "fault", "denied", "error");
DIMENSION(kind, "kind", "x", "r", "w");
DIMENSION(match, "match", "none", "tor", "na4", "napot");
DIMENSION(locked, "locked", "0", "1");
DIMENSION(judged, "verdict", "allowed", "denied", "partial");
DIMENSION(level, "level", "0", "1", "2", "3", "4");
DIMENSION(end, "end", "0", "1", "2", "3", "4");
DIMENSION(transaction, "transaction", "read", "update");
DIMENSION(pte_result, "result", "done", "pmp", "beyond", "error", "ignored");
DIMENSION(start, "start", "root", "pwc1", "pwc2", "pwc3", "pwc4");
DIMENSION(restarted, "restarted", "0", "1");
DIMENSION(member, "member", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12",
          "13", "14", "15");
DIMENSION(pbmt, "pbmt", "pma", "nc", "io");
DIMENSION(port, "port", "data", "fetch");
DIMENSION(owner, "entry", "same_asid", "global_same_asid", "global_other_asid", "other_asid");
DIMENSION(operation, "op", "sfence_vma", "sinval_vma", "sfence_w_inval", "sfence_inval_ir");
DIMENSION(has_va, "va", "0", "1");
DIMENSION(has_asid, "asid", "0", "1");
DIMENSION(canonical, "canonical", "no", "yes");
DIMENSION(walks, "walks", "0", "1", "more");
DIMENSION(cycles, "cycles", "0", "1", "2", "3", "4", "5", "6", "7", "8");

static const char *const event_keys[] = {
#define X(id, key, text) key,
    COVERAGE_EVENT_LIST(X)
#undef X
};
static const char *const event_texts[] = {
#define X(id, key, text) text,
    COVERAGE_EVENT_LIST(X)
#undef X
};
static const struct coverage_dimension earlier = {"first", event_keys, COVERAGE_EVENTS};
static const struct coverage_dimension later = {"second", event_keys, COVERAGE_EVENTS};

// --- items ---------------------------------------------------------------------------------------

#define COUNT_OF(list) (sizeof(list) / sizeof *(list))
#define N(dimension) COUNT_OF(dimension##_names)

// Bins of each item, and the first of each: constants, so that no table is made at run time.
enum {
    BINS_TRANSLATION = N(mode) * N(page) * N(access) * N(user_or_supervisor) * N(from),
    BINS_FAULT = N(any_mode) * N(access) * N(why) * N(how_at_all),
    BINS_PERMISSION = N(access) * N(user_or_supervisor) * N(user_page) * N(sum) * N(mxr) * N(rwx) *
                      N(verdict) * N(first_or_walk),
    BINS_PRIVILEGE = N(access) * N(privilege) * N(mprv) * N(mpp) * N(sum) * N(mxr) * N(result),
    BINS_UPDATE = N(mode) * N(access) * N(adue) * N(ad) * N(update),
    BINS_PMP = N(kind) * N(privilege) * N(match) * N(locked) * N(judged),
    BINS_PTE_ACCESS = N(mode) * N(level) * N(transaction) * N(pte_result),
    BINS_WALK = N(mode) * N(start) * N(end) * N(restarted) * N(result),
    BINS_NAPOT = N(member) * N(access) * N(how),
    BINS_MEMORY_TYPE = N(pbmt) * N(page) * N(how),
    BINS_SHARING = N(port) * N(page) * N(owner),
    BINS_FENCE = N(operation) * N(has_va) * N(has_asid) * N(canonical) * N(walks),
    BINS_DISTANCE = COVERAGE_EVENTS * COVERAGE_EVENTS * COVERAGE_DISTANCES,

    FIRST_TRANSLATION = 0,
    FIRST_FAULT = FIRST_TRANSLATION + BINS_TRANSLATION,
    FIRST_PERMISSION = FIRST_FAULT + BINS_FAULT,
    FIRST_PRIVILEGE = FIRST_PERMISSION + BINS_PERMISSION,
    FIRST_UPDATE = FIRST_PRIVILEGE + BINS_PRIVILEGE,
    FIRST_PMP = FIRST_UPDATE + BINS_UPDATE,
    FIRST_PTE_ACCESS = FIRST_PMP + BINS_PMP,
    FIRST_WALK = FIRST_PTE_ACCESS + BINS_PTE_ACCESS,
    FIRST_NAPOT = FIRST_WALK + BINS_WALK,
    FIRST_MEMORY_TYPE = FIRST_NAPOT + BINS_NAPOT,
    FIRST_SHARING = FIRST_MEMORY_TYPE + BINS_MEMORY_TYPE,
    FIRST_FENCE = FIRST_SHARING + BINS_SHARING,
    FIRST_DISTANCE = FIRST_FENCE + BINS_FENCE,
    BINS = FIRST_DISTANCE + BINS_DISTANCE
};
_Static_assert(N(cycles) == COVERAGE_DISTANCES, "a name for each distance");
_Static_assert(N(why) == WHYS, "a name for each reason");

#define ITEM(id, ...)                                                                  \
    .first = FIRST_##id, .bins = BINS_##id,                                            \
    .dimensions = COUNT_OF(((const struct coverage_dimension *const[]){__VA_ARGS__})), \
    .dimension = {__VA_ARGS__}

static const struct coverage_item items[COVERAGE_ITEMS] = {
    {"translation", "translations: who answered, which page, for whom",
     ITEM(TRANSLATION, &mode, &page, &access, &user_or_supervisor, &from)},
    {"fault", "faults: the rule that was broken, and who found it",
     ITEM(FAULT, &any_mode, &access, &why, &how_at_all)},
    {"permission", "permission checks: U, SUM, MXR, R, W, X",
     ITEM(PERMISSION, &access, &user_or_supervisor, &user_page, &sum, &mxr, &rwx, &verdict,
          &first_or_walk)},
    {"privilege", "privilege, MPRV, MPP, SUM, MXR, and what came of it",
     ITEM(PRIVILEGE, &access, &privilege, &mprv, &mpp, &sum, &mxr, &result)},
    {"update", "A and D of a leaf, the policy, and what came of it",
     ITEM(UPDATE, &mode, &access, &adue, &ad, &update)},
    {"pmp", "the PMP's judgement of final accesses",
     ITEM(PMP, &kind, &privilege, &match, &locked, &judged)},
    {"pte_access", "each PTE access of a walk, and what came of it",
     ITEM(PTE_ACCESS, &mode, &level, &transaction, &pte_result)},
    {"walk", "walks: where they began, where they ended, and how",
     ITEM(WALK, &mode, &start, &end, &restarted, &result)},
    {"napot", "64 KiB pages: which of the sixteen 4 KiB was asked for",
     ITEM(NAPOT, &member, &access, &how)},
    {"memory_type", "Svpbmt's memory types", ITEM(MEMORY_TYPE, &pbmt, &page, &how)},
    {"sharing", "first-level hits: ASIDs and global pages", ITEM(SHARING, &port, &page, &owner)},
    {"fence", "fences: their form, and the walks that they met",
     ITEM(FENCE, &operation, &has_va, &has_asid, &canonical, &walks)},
    {"distance", "cycles from one event to another, 0 .. 8",
     ITEM(DISTANCE, &earlier, &later, &cycles)},
};

unsigned coverage_bins(void) {
    return BINS;
}

const struct coverage_item *coverage_item(unsigned item) {
    assert(item < COVERAGE_ITEMS);
    return &items[item];
}

const char *coverage_event_key(unsigned event) {
    return event_keys[event];
}
const char *coverage_event_text(unsigned event) {
    return event_texts[event];
}

// The last coordinate runs fastest.
unsigned coverage_bin(unsigned item, const unsigned *value) {
    const struct coverage_item *at = &items[item];
    unsigned offset = 0;
    for (unsigned d = 0; d < at->dimensions; d++) {
        assert(value[d] < at->dimension[d]->count);
        offset = offset * at->dimension[d]->count + value[d];
    }
    return at->first + offset;
}

const struct coverage_item *coverage_coordinates(unsigned bin,
                                                 unsigned value[COVERAGE_MOST_DIMENSIONS]) {
    assert(bin < BINS);
    unsigned item = 0;
    while (bin >= items[item].first + items[item].bins) item++;
    unsigned offset = bin - items[item].first;
    for (unsigned d = items[item].dimensions; d-- > 0;) {
        value[d] = offset % items[item].dimension[d]->count;
        offset /= items[item].dimension[d]->count;
    }
    return &items[item];
}

void coverage_name(unsigned bin, char *out, size_t capacity) {
    unsigned value[COVERAGE_MOST_DIMENSIONS];
    const struct coverage_item *item = coverage_coordinates(bin, value);
    int used = snprintf(out, capacity, "%s:", item->key);
    for (unsigned d = 0; d < item->dimensions && used >= 0 && (size_t)used < capacity; d++) {
        const struct coverage_dimension *dimension = item->dimension[d];
        used += snprintf(out + used, capacity - (size_t)used, " %s=%s", dimension->key,
                         dimension->values[value[d]]);
    }
}

// --- configurations
// -------------------------------------------------------------------------------------

struct coverage_config coverage_config_of(const struct mmu_config *mmu, uint32_t grant_least,
                                          uint32_t data_least) {
    return (struct coverage_config){.xlen = mmu->arch.xlen,
                                    .pa_bits = mmu->arch.pa_bits,
                                    .asid_bits = mmu->arch.asid_bits,
                                    .pmp_entries = mmu->arch.pmp_entries,
                                    .svnapot = mmu->arch.svnapot,
                                    .update_first = mmu->arch.update_first,
                                    .l2 = mmu->l2.entries > 0,
                                    .pwc = mmu->pwc_entries > 0,
                                    .walks = mmu->walks,
                                    .prefetch = mmu->prefetch,
                                    .grant_least = grant_least,
                                    .data_least = data_least};
}

static struct mmu_arch arch_of(const struct coverage_config *config) {
    return (struct mmu_arch){.xlen = (uint8_t)config->xlen,
                             .pa_bits = (uint8_t)config->pa_bits,
                             .asid_bits = (uint8_t)config->asid_bits,
                             .pmp_entries = (uint8_t)config->pmp_entries,
                             .svnapot = config->svnapot != 0,
                             .update_first = config->update_first != 0};
}

bool coverage_config_legal(const struct coverage_config *config) {
#define X(field, least, most) \
    if (config->field + UINT64_C(1) <= least || config->field > most) return false;
    COVERAGE_CONFIG_LIST(X)
#undef X
    struct mmu_arch arch = arch_of(config);
    return !mmu_arch_check(&arch) && (!config->prefetch || config->l2);
}

// --- life ----------------------------------------------------------------------------------------

struct coverage *coverage_create(const struct coverage_config *config) {
    assert(coverage_config_legal(config));
    struct coverage *coverage = calloc(1, sizeof *coverage);
    if (!coverage) return NULL;
    coverage->config = *config;
    coverage->arch = arch_of(config);
    coverage->count = calloc(BINS, sizeof *coverage->count);
    coverage->kind = calloc(BINS, sizeof *coverage->kind);
    if (!coverage->count || !coverage->kind) {
        coverage_destroy(coverage);
        return NULL;
    }
    coverage->distance = coverage->count + FIRST_DISTANCE;
    for (unsigned bin = 0; bin < BINS; bin++) {
        const struct coverage_rule *rule = coverage_rule_of(bin, config);
        coverage->kind[bin] = (uint8_t)(rule ? rule->kind + 1 : 0);
    }
    return coverage;
}

void coverage_destroy(struct coverage *coverage) {
    if (!coverage) return;
    free(coverage->count);
    free(coverage->kind);
    free(coverage);
}

const struct coverage_config *coverage_config(const struct coverage *coverage) {
    return &coverage->config;
}
const uint64_t *coverage_counts(const struct coverage *coverage) {
    return coverage->count;
}
const uint8_t *coverage_kinds(const struct coverage *coverage) {
    return coverage->kind;
}

unsigned coverage_reached(const struct coverage *coverage, unsigned *aims) {
    unsigned reached = 0;
    *aims = 0;
    for (unsigned bin = 0; bin < BINS; bin++) {
        if (coverage->kind[bin]) continue;
        ++*aims;
        reached += coverage->count[bin] > 0;
    }
    return reached;
}

unsigned coverage_contradiction(const struct coverage *coverage) {
    unsigned bin = 0;
    while (bin < BINS &&
           (coverage->kind[bin] != COVERAGE_UNREACHABLE + 1 || coverage->count[bin] == 0))
        bin++;
    return bin;
}
