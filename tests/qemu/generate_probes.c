// SPDX-License-Identifier: Apache-2.0
// PMP entries and probes.
#include "generate.h"
#include "mmu/types.h"

#define CFG_RWX 7u
#define CFG_TOR 8u
#define CFG_NA4 16u
#define CFG_NAPOT 24u
#define NOTHING_32 UINT64_C(0x82000000)  // from here to 4 GiB there is nothing

static uint64_t addr_mask(const struct generate *g) {
    return g->xlen == 32 ? UINT32_MAX : (UINT64_C(1) << 54) - 1;
}

static uint8_t choose_rwx(struct generate *g) {
    static const uint8_t legal[] = {0, 1, 3, 4, 5, 7, 1, 5};  // W without R is reserved
    return legal[rng_below(&g->rng, sizeof legal)];
}

// A word of a data page, or of a PTE.
static uint64_t choose_target(struct generate *g) {
    const struct scenario *s = g->scenario;
    uint64_t pa = LAYOUT_ARENA + generate_data_page(g) * UINT64_C(4096) + generate_offset(&g->rng);
    if (s->words != 0 && rng_percent(&g->rng, 35)) pa = s->word[rng_below(&g->rng, s->words)].pa;
    return pa & ~UINT64_C(3);
}

// Returns the number of entries used, from `k` on.
static unsigned make_entry(struct generate *g, unsigned k) {
    struct scenario *s = g->scenario;
    uint64_t pa = choose_target(g), word = pa >> 2;
    uint8_t rwx = choose_rwx(g);
    switch (rng_below(&g->rng, 4)) {
        case 0:
            s->cfg[k] = CFG_NA4 | rwx;
            s->addr[k] = word;
            return 1;
        case 1: {  // from the entry below, which is off
            uint64_t bytes = rng_percent(&g->rng, 50) ? UINT64_C(4) << rng_below(&g->rng, 4)
                                                      : rng_below(&g->rng, 4 * LAYOUT_PAGE);
            s->addr[k] = word;
            s->addr[k + 1] = word + bytes / 4;  // 0 bytes: no match
            s->cfg[k + 1] = CFG_TOR | rwx;
            return 2;
        }
        case 2:  // from the entry below, whatever it is
            s->cfg[k] = CFG_TOR | rwx;
            s->addr[k] = word;
            return 1;
        default: {
            uint64_t ones = (UINT64_C(1) << rng_below(&g->rng, 15)) - 1;  // 8 bytes .. 128 KiB
            s->cfg[k] = CFG_NAPOT | rwx;
            s->addr[k] = (word & ~(2 * ones + 1)) | ones;
            return 1;
        }
    }
}

void generate_pmp(struct generate *g) {
    struct scenario *s = g->scenario;
    unsigned next = (unsigned)rng_below(&g->rng, 4), last = next;
    if (rng_percent(&g->rng, 3)) return;  // all off
    if (rng_percent(&g->rng, 50)) last += 1 + (unsigned)rng_below(&g->rng, 6);
    while (next < last) next += make_entry(g, next);
    if (last != next && rng_percent(&g->rng, 5)) return;
    s->cfg[next] = CFG_NAPOT | (rng_percent(&g->rng, 90) ? CFG_RWX : choose_rwx(g));
    s->addr[next] = addr_mask(g);  // everything
}

static void choose_access(struct generate *g, struct scenario_probe *probe) {
    unsigned sizes = g->xlen == 32 ? 3 : 4;
    uint64_t dice = rng_below(&g->rng, 100);
    probe->size = (uint8_t)rng_below(&g->rng, sizes);
    if (dice < 32) {
        probe->access = MMU_FETCH;
        probe->size = 1;
    } else if (dice < 64) {
        probe->access = MMU_LOAD;
    } else if (dice < 88) {
        probe->access = MMU_STORE;
    } else {
        probe->access = MMU_AMO;
        probe->size = (uint8_t)(2 + rng_below(&g->rng, sizes - 2));
    }
}

static void choose_privilege(struct generate *g, struct scenario_probe *probe) {
    uint64_t dice = rng_below(&g->rng, 100);
    probe->mpp = dice < 42 ? MMU_PRIV_U : dice < 93 ? MMU_PRIV_S : MMU_PRIV_M;
    probe->mprv = rng_percent(&g->rng, 95);
    probe->sum = rng_percent(&g->rng, 65);
    probe->mxr = rng_percent(&g->rng, 50);
}

static bool is_translated(const struct generate *g, const struct scenario_probe *probe) {
    bool machine = probe->mpp == MMU_PRIV_M || (probe->access != MMU_FETCH && !probe->mprv);
    return g->levels != 0 && !machine;
}

static uint64_t choose_physical(struct generate *g, const struct scenario_probe *probe) {
    if (rng_percent(&g->rng, 15)) {
        if (g->xlen == 32) return NOTHING_32 + rng_below(&g->rng, UINT32_MAX - NOTHING_32);
        uint64_t pa = generate_nothing(g, MMU_PAGE_BITS) + generate_offset(&g->rng);
        // An untranslated address has 64 bits; those of 2^56 and more do not exist.
        return rng_percent(&g->rng, 30) ? pa | rng_next(&g->rng) << MMU_PA_BITS : pa;
    }
    if (probe->access != MMU_FETCH && rng_percent(&g->rng, 20)) return choose_target(g);
    return LAYOUT_ARENA + generate_data_page(g) * UINT64_C(4096) + generate_offset(&g->rng);
}

static uint64_t choose_virtual(struct generate *g) {
    const struct generate_path *path = &g->path[rng_below(&g->rng, g->paths)];
    uint64_t va = path->va + generate_offset(&g->rng);
    if (path->page_bits > MMU_PAGE_BITS) {
        if (path->arena)
            va += path->arena_base + generate_data_page(g) * UINT64_C(4096);
        else
            va += rng_below(&g->rng, UINT64_C(1) << (path->page_bits - MMU_PAGE_BITS)) << 12;
    }
    unsigned va_bits = MMU_PAGE_BITS + g->levels * g->vpn_bits;
    if (g->xlen == 64 && rng_percent(&g->rng, 4))
        va ^= UINT64_C(1) << (va_bits + rng_below(&g->rng, 64 - va_bits));
    return g->xlen == 32 ? va & UINT32_MAX : va;
}

static void make_probe(struct generate *g, struct scenario_probe *probe) {
    choose_access(g, probe);
    choose_privilege(g, probe);
    uint64_t va;
    do va = is_translated(g, probe) ? choose_virtual(g) : choose_physical(g, probe);
    while (va / LAYOUT_PAGE == LAYOUT_PROGRAM / LAYOUT_PAGE);
    probe->va = va >> probe->size << probe->size;
}

void generate_probes(struct generate *g) {
    struct scenario *s = g->scenario;
    s->probes = SCENARIO_PROBES;
    for (unsigned k = 0; k < s->probes; k++) make_probe(g, &s->probe[k]);
}
