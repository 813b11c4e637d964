// SPDX-License-Identifier: Apache-2.0
#include "generate.h"

#include <stdlib.h>

#include "mmu/types.h"

// A multiple of 16, so that no 64 KiB page holds tables and tags: a fetch must not land in a table.
#define TABLE_PAGES 32u
#define NOTHING UINT64_C(0x82000000)  // above memory

uint64_t generate_offset(struct rng *rng) {
    static const uint16_t near[] = {0, 4, 8, 16, 0x100, 0x7f8, 0x7fc, 0x800, 0xff0, 0xff8, 0xffc};
    if (rng_percent(rng, 30)) return rng_below(rng, LAYOUT_PAGE);
    return near[rng_below(rng, sizeof near / sizeof near[0])];
}

unsigned generate_data_page(struct generate *g) {
    unsigned pages = LAYOUT_PAGES - TABLE_PAGES;
    // A few pages are hot, so that PMP entries and probes meet.
    if (rng_percent(&g->rng, 60)) pages = 4;
    return TABLE_PAGES + (unsigned)rng_below(&g->rng, pages);
}

// RV32: physical addresses have 34 bits, but QEMU 7.2 drops those above 31 of a translated one.
// What is left must be harmless: nothing, or (that is how it shows) the arena's data.
static uint64_t nothing_32(struct generate *g, unsigned align_bits) {
    uint64_t unit = UINT64_C(1) << align_bits, first = NOTHING / unit;
    uint64_t pa = (first + rng_below(&g->rng, (UINT64_C(1) << 32) / unit - first)) * unit;
    uint64_t above = rng_below(&g->rng, 3) << 32;
    if (above != 0 && align_bits == MMU_PAGE_BITS && rng_percent(&g->rng, 75))
        pa = LAYOUT_ARENA + generate_data_page(g) * UINT64_C(4096);
    return above | pa;
}

// The virt machine has devices below memory, and its high PCIe window at 12 .. 16 GiB (RV32)
// or 16 .. 32 GiB (RV64), which answers reads.
uint64_t generate_nothing(struct generate *g, unsigned align_bits) {
    if (g->xlen == 32) return nothing_32(g, align_bits);
    uint64_t low = NOTHING, high = UINT64_C(0x300000000);
    if (align_bits >= 30 || rng_percent(&g->rng, 70)) {
        unsigned bits = 37 + (unsigned)rng_below(&g->rng, 20);
        if (bits <= align_bits) bits = align_bits + 1;
        low = UINT64_C(1) << (bits - 1);
        high = UINT64_C(1) << bits;
    }
    uint64_t unit = UINT64_C(1) << align_bits;
    uint64_t first = (low + unit - 1) / unit;
    return (first + rng_below(&g->rng, high / unit - first)) * unit;
}

static void choose_mode(struct generate *g, uint64_t root_ppn) {
    struct scenario *s = g->scenario;
    uint64_t asid = rng_next(&g->rng);
    g->levels = 0;
    g->vpn_bits = 9;
    s->satp = 0;
    if (g->xlen == 32) {
        g->vpn_bits = 10;
        if (!rng_percent(&g->rng, 90)) return;
        g->levels = 2;
        s->satp = UINT64_C(1) << 31 | (asid & 0x1ff) << 22 | root_ppn;
        return;
    }
    s->pbmte = g->svnapot && rng_percent(&g->rng, 70);
    if (!rng_percent(&g->rng, 95)) return;
    g->levels = 3 + (unsigned)rng_below(&g->rng, 3);
    s->satp = (uint64_t)(g->levels + 5) << 60 | (asid & 0xffff) << 44 | root_ppn;
}

static void generate_scenario(struct generate *g) {
    uint64_t root_ppn = LAYOUT_ARENA / LAYOUT_PAGE;
    if (rng_percent(&g->rng, 2)) root_ppn = generate_nothing(g, 12) / LAYOUT_PAGE;
    g->scenario->tables = TABLE_PAGES;
    g->used = 1;
    g->paths = 0;
    choose_mode(g, root_ppn);
    generate_tables(g);
    generate_pmp(g);
    generate_probes(g);
}

const char *generate_set(struct scenario_set *set, uint64_t probes) {
    set->count = (size_t)((probes + SCENARIO_PROBES - 1) / SCENARIO_PROBES);
    set->scenario = calloc(set->count, sizeof *set->scenario);
    if (set->scenario == NULL) return "more probes than memory holds";
    struct generate g = {.rng = {set->seed}, .xlen = set->xlen, .svnapot = set->svnapot};
    for (size_t k = 0; k < set->count; k++) {
        g.scenario = &set->scenario[k];
        generate_scenario(&g);
    }
    return NULL;
}
