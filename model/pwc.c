// SPDX-License-Identifier: Apache-2.0
// The page-walk caches' storage: fully associative, LRU, one for each level. The tags stand by
// themselves, so that a search reads little.
#include "pwc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define TAG_INVALID UINT64_MAX

struct level {
    uint32_t used;  // ways from here on were never written
    uint64_t tag[MMU_PWC_ENTRIES];
    uint16_t asid[MMU_PWC_ENTRIES];
    uint64_t stamp[MMU_PWC_ENTRIES];
    struct pwc_pointer pointer[MMU_PWC_ENTRIES];
};

struct pwc {
    uint32_t entries;
    uint8_t vpn_bits;
    uint64_t vpn_mask;
    uint16_t asid_mask;
    uint64_t clock;
    struct level level[PWC_LEVELS];
};

struct pwc *pwc_create(uint32_t entries, const struct mmu_arch *arch) {
    assert(entries >= 1 && entries <= MMU_PWC_ENTRIES);
    struct pwc *pwc = calloc(1, sizeof *pwc);
    if (pwc == NULL) return NULL;
    pwc->entries = entries;
    pwc->vpn_bits = arch->xlen == 32 ? 10 : 9;
    pwc->vpn_mask = (UINT64_C(1) << (arch->xlen == 32 ? 20 : 45)) - 1;
    pwc->asid_mask = (uint16_t)((UINT32_C(1) << arch->asid_bits) - 1);
    pwc_reset(pwc);
    return pwc;
}

void pwc_destroy(struct pwc *pwc) {
    free(pwc);
}

void pwc_reset(struct pwc *pwc) {
    pwc->clock = 0;
    memset(pwc->level, 0, sizeof pwc->level);
    for (unsigned level = 0; level < PWC_LEVELS; ++level) {
        for (uint32_t way = 0; way < MMU_PWC_ENTRIES; ++way)
            pwc->level[level].tag[way] = TAG_INVALID;
    }
}

static uint64_t tag_of(const struct pwc *pwc, unsigned level, uint64_t va) {
    return ((va >> MMU_PAGE_BITS) & pwc->vpn_mask) >> (pwc->vpn_bits * level);
}

uint32_t pwc_find(const struct pwc *pwc, unsigned level, uint64_t va, uint16_t asid) {
    assert(level >= 1 && level <= PWC_LEVELS);
    const struct level *l = &pwc->level[level - 1];
    uint64_t tag = tag_of(pwc, level, va);
    for (uint32_t way = 0; way < l->used; ++way) {
        if (l->tag[way] != tag) continue;
        // A fill leaves no two that match.
        if (l->pointer[way].global || l->asid[way] == asid) return way;
    }
    return PWC_NONE;
}

struct pwc_pointer pwc_pointer_at(const struct pwc *pwc, unsigned level, uint32_t way) {
    return pwc->level[level - 1].pointer[way];
}

void pwc_touch(struct pwc *pwc, unsigned level, uint32_t way) {
    pwc->level[level - 1].stamp[way] = ++pwc->clock;
}

uint32_t pwc_oldest(const struct pwc *pwc, unsigned level) {
    const struct level *l = &pwc->level[level - 1];
    uint32_t oldest = 0;
    for (uint32_t way = 1; way < pwc->entries; ++way) {
        if (l->stamp[way] < l->stamp[oldest]) oldest = way;
    }
    return oldest;
}

void pwc_fill(struct pwc *pwc, unsigned level, uint64_t va, uint16_t asid,
              struct pwc_pointer pointer, uint32_t oldest) {
    struct level *l = &pwc->level[level - 1];
    uint64_t tag = tag_of(pwc, level, va);
    uint32_t place = PWC_NONE;
    for (uint32_t way = 0; way < pwc->entries; ++way) {
        bool space = pointer.global || l->pointer[way].global || l->asid[way] == asid;
        if (l->tag[way] == tag && space) l->tag[way] = TAG_INVALID;
        if (l->tag[way] == TAG_INVALID && place == PWC_NONE) place = way;
    }
    if (place == PWC_NONE) place = oldest;
    if (place >= l->used) l->used = place + 1;
    l->tag[place] = tag;
    l->asid[place] = asid;
    l->pointer[place] = pointer;
    pwc_touch(pwc, level, place);
}

void pwc_fence(struct pwc *pwc, const struct mmu_fence *fence) {
    if (fence->has_va) return;  // no leaves here
    uint16_t asid = fence->asid & pwc->asid_mask;
    for (unsigned k = 0; k < PWC_LEVELS; ++k) {
        struct level *l = &pwc->level[k];
        for (uint32_t way = 0; way < l->used; ++way) {
            bool spared = fence->has_asid && (l->pointer[way].global || l->asid[way] != asid);
            if (!spared) l->tag[way] = TAG_INVALID;
        }
    }
}
