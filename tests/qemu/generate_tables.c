// SPDX-License-Identifier: Apache-2.0
// Page tables: good ones, and each kind of entry that the specification reserves.
#include <assert.h>

#include "generate.h"
#include "mmu/types.h"

#define RESERVED_SHIFT 54  // bits 60:54 of a PTE with XLEN = 64
#define RESERVED_BITS 7u
#define NAPOT_LOW 8u  // ppn[3:0] of a 64 KiB page

// How a PTE departs from a good one.
enum defect {
    DEFECT_NOT_VALID,
    DEFECT_WRITE_ONLY,
    DEFECT_RESERVED,
    DEFECT_PBMT,
    DEFECT_NAPOT,
    DEFECT_LEAF_MISALIGNED,
    DEFECT_NOTHING,  // points where nothing is
    DEFECT_POINTER_A,
    DEFECT_POINTER_D,
    DEFECT_POINTER_U,
    DEFECT_TURNED,  // a leaf becomes a pointer, a pointer to data a table
    DEFECTS
};

static unsigned pte_bytes(const struct generate *g) {
    return g->xlen / 8;
}

static uint64_t *word_at(struct generate *g, uint64_t pa) {
    struct scenario *s = g->scenario;
    for (unsigned k = 0; k < s->words; k++)
        if (s->word[k].pa == pa) return &s->word[k].value;
    assert(s->words < SCENARIO_WORDS);
    s->word[s->words] = (struct scenario_word){.pa = pa};
    return &s->word[s->words++].value;
}

static uint64_t pte_of(uint64_t ppn, uint64_t flags) {
    return ppn << MMU_PTE_PPN_SHIFT | flags;
}

static unsigned level_shift(const struct generate *g, unsigned level) {
    return MMU_PAGE_BITS + g->vpn_bits * level;
}

static uint64_t leaf_flags(struct generate *g) {
    static const uint8_t kinds[] = {
        MMU_PTE_R,
        MMU_PTE_R | MMU_PTE_W,
        MMU_PTE_X,
        MMU_PTE_R | MMU_PTE_X,
        MMU_PTE_R | MMU_PTE_W | MMU_PTE_X,
        MMU_PTE_R | MMU_PTE_W | MMU_PTE_X,
        MMU_PTE_R | MMU_PTE_W | MMU_PTE_X,
        MMU_PTE_R | MMU_PTE_W | MMU_PTE_X,
    };
    uint64_t flags = MMU_PTE_V | kinds[rng_below(&g->rng, sizeof kinds)];
    if (rng_percent(&g->rng, 50)) flags |= MMU_PTE_U;
    if (rng_percent(&g->rng, 20)) flags |= MMU_PTE_G;
    if (rng_percent(&g->rng, 60)) flags |= MMU_PTE_A;
    if (rng_percent(&g->rng, 50)) flags |= MMU_PTE_D;
    flags |= rng_below(&g->rng, 4) << 8;  // RSW: for software, without influence
    return flags;
}

// A defect of the bits above the ppn (XLEN = 64).
static uint64_t spoil_high(struct generate *g, uint64_t pte, enum defect defect) {
    if (g->xlen == 32) return pte;
    if (defect == DEFECT_RESERVED)
        return pte | UINT64_C(1) << (RESERVED_SHIFT + rng_below(&g->rng, RESERVED_BITS));
    if (defect == DEFECT_PBMT) {
        uint64_t pbmt = rng_percent(&g->rng, 60) ? 3 : 1 + rng_below(&g->rng, 2);
        return (pte & ~(UINT64_C(3) << MMU_PTE_PBMT_SHIFT)) | pbmt << MMU_PTE_PBMT_SHIFT;
    }
    pte |= MMU_PTE_N;
    if (rng_percent(&g->rng, 50)) pte ^= rng_below(&g->rng, 16) << MMU_PTE_PPN_SHIFT;
    return pte;
}

static uint64_t spoil_leaf(struct generate *g, uint64_t pte, unsigned level, enum defect defect) {
    uint64_t ppn_mask = ((UINT64_C(1) << (g->xlen == 32 ? 22 : 44)) - 1) << MMU_PTE_PPN_SHIFT;
    switch (defect) {
        case DEFECT_NOT_VALID:
            return pte & ~(uint64_t)MMU_PTE_V;
        case DEFECT_WRITE_ONLY:
            return (pte & ~(uint64_t)MMU_PTE_R) | MMU_PTE_W;
        case DEFECT_LEAF_MISALIGNED:
            return pte ^ UINT64_C(1) << (MMU_PTE_PPN_SHIFT +
                                         rng_below(&g->rng, level ? level * g->vpn_bits : 1));
        case DEFECT_NOTHING:
            return (pte & ~ppn_mask) |
                   pte_of(generate_nothing(g, level_shift(g, level)) / LAYOUT_PAGE, 0);
        case DEFECT_TURNED:  // a pointer; at level 0 there is no level to point to
            pte &= ~(uint64_t)(MMU_PTE_R | MMU_PTE_W | MMU_PTE_X);
            if (level == 0) return pte;
            return pte_of(LAYOUT_ARENA / LAYOUT_PAGE + generate_data_page(g), MMU_PTE_V);
        case DEFECT_RESERVED:
        case DEFECT_PBMT:
        case DEFECT_NAPOT:
            return spoil_high(g, pte, defect);
        default:
            return pte;
    }
}

static uint64_t spoil_pointer(struct generate *g, uint64_t pte, enum defect defect) {
    switch (defect) {
        case DEFECT_NOT_VALID:
            return pte & ~(uint64_t)MMU_PTE_V;
        case DEFECT_WRITE_ONLY:
            return pte | MMU_PTE_W;
        case DEFECT_POINTER_A:
            return pte | MMU_PTE_A;
        case DEFECT_POINTER_D:
            return pte | MMU_PTE_D;
        case DEFECT_POINTER_U:
            return pte | MMU_PTE_U;
        case DEFECT_NOTHING:
            return pte_of(generate_nothing(g, MMU_PAGE_BITS) / LAYOUT_PAGE, MMU_PTE_V);
        case DEFECT_TURNED:  // tags have V = 0
            return pte_of(LAYOUT_ARENA / LAYOUT_PAGE + generate_data_page(g), MMU_PTE_V);
        case DEFECT_RESERVED:
        case DEFECT_PBMT:
        case DEFECT_NAPOT:
            return spoil_high(g, pte, defect);
        default:
            return pte;
    }
}

// A leaf for the path: memory of the arena as often as not, a 64 KiB page now and then.
static uint64_t make_leaf(struct generate *g, struct generate_path *path, unsigned level) {
    unsigned bits = level_shift(g, level);
    uint64_t size = UINT64_C(1) << bits;
    uint64_t pte = leaf_flags(g);
    path->page_bits = bits;
    path->arena = true;
    path->arena_base = LAYOUT_ARENA & (size - 1);
    uint64_t pa = LAYOUT_ARENA & ~(size - 1);
    if (level == 0) {
        pa = LAYOUT_ARENA + generate_data_page(g) * UINT64_C(4096);
        if (g->xlen == 64 && rng_percent(&g->rng, g->svnapot ? 25 : 4)) {
            pte |= MMU_PTE_N | (uint64_t)NAPOT_LOW << MMU_PTE_PPN_SHIFT;
            pa &= ~UINT64_C(0xffff);
        }
    }
    if (g->svnapot && rng_percent(&g->rng, g->scenario->pbmte ? 30 : 8)) {
        uint64_t pbmt = rng_percent(&g->rng, 10) ? 3 : rng_below(&g->rng, 3);
        pte |= pbmt << MMU_PTE_PBMT_SHIFT;
    }
    pte |= pte_of(pa / LAYOUT_PAGE, 0);
    if (rng_percent(&g->rng, 20)) {
        enum defect defect = (enum defect)rng_below(&g->rng, DEFECT_POINTER_A);
        if (defect == DEFECT_NOTHING) path->arena = false;
        if (rng_percent(&g->rng, 15)) defect = DEFECT_TURNED;
        pte = spoil_leaf(g, pte, level, defect);
    }
    return pte;
}

static uint64_t make_pointer(struct generate *g) {
    uint64_t pte = pte_of(LAYOUT_ARENA / LAYOUT_PAGE + g->used++, MMU_PTE_V);
    if (rng_percent(&g->rng, 20)) pte |= MMU_PTE_G;
    if (rng_percent(&g->rng, 8))
        pte = spoil_pointer(g, pte, (enum defect)rng_below(&g->rng, DEFECTS));
    return pte;
}

// Indices from a small set, so that paths share tables.
static uint64_t choose_index(struct generate *g, unsigned level) {
    uint64_t last = (UINT64_C(1) << g->vpn_bits) - 1;
    uint64_t top = level == g->levels - 1 ? last / 2 : 1;  // the halves of the address space
    switch (rng_below(&g->rng, level == 0 ? 6 : 4)) {
        case 0:
            return 0;
        case 1:
            return last;
        case 2:
            return top;
        case 3:
            return top + 1;
        default:
            return rng_below(&g->rng, last + 1);
    }
}

static bool is_table(const struct generate *g, uint64_t pte) {
    uint64_t ppn = pte >> MMU_PTE_PPN_SHIFT & ((UINT64_C(1) << 44) - 1);
    uint64_t page = ppn - LAYOUT_ARENA / LAYOUT_PAGE;
    return (pte & (MMU_PTE_V | MMU_PTE_R | MMU_PTE_W | MMU_PTE_X)) == MMU_PTE_V &&
           page < g->scenario->tables;
}

// Walk down to the leaf's level, making tables on the way; stop where something else is.
static void make_path(struct generate *g) {
    struct generate_path *path = &g->path[g->paths];
    unsigned leaf = (unsigned)rng_below(&g->rng, g->levels);
    if (rng_percent(&g->rng, 30)) leaf = 0;
    uint64_t table = LAYOUT_ARENA, va = 0;
    for (unsigned level = g->levels - 1;; level--) {
        uint64_t index = choose_index(g, level);
        if (level == g->levels - 1 && index > (UINT64_C(1) << g->vpn_bits) / 2 - 1 && g->xlen == 64)
            va = ~UINT64_C(0) << level_shift(g, g->levels);
        va |= index << level_shift(g, level);
        uint64_t *pte = word_at(g, table + index * pte_bytes(g));
        bool full = level > leaf && *pte == 0 && g->used >= g->scenario->tables;
        if (level == leaf || full || (*pte != 0 && !is_table(g, *pte))) {
            path->va = va;
            path->page_bits = level_shift(g, level);
            if (*pte != 0) return;  // the path that made it has it
            *pte = make_leaf(g, path, level);
            g->paths++;
            return;
        }
        if (*pte == 0) *pte = make_pointer(g);
        if (!is_table(g, *pte)) {
            *path = (struct generate_path){.va = va, .page_bits = level_shift(g, level)};
            g->paths++;
            return;
        }
        table = (*pte >> MMU_PTE_PPN_SHIFT & ((UINT64_C(1) << 44) - 1)) * LAYOUT_PAGE;
    }
}

void generate_tables(struct generate *g) {
    if (g->levels == 0) return;
    for (unsigned tries = 0; tries < 60 && g->paths < GENERATE_PATHS; tries++) make_path(g);
}
