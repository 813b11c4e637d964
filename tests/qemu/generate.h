// SPDX-License-Identifier: Apache-2.0
// Makes scenarios from a seed. Knows the shapes of page tables, not what they mean.
#ifndef QEMU_GENERATE_H
#define QEMU_GENERATE_H

#include "rng.h"
#include "scenario.h"

#define GENERATE_PATHS 20u

// One virtual address with a leaf (or what ends its walk) at a level.
struct generate_path {
    uint64_t va;          // of the page's start
    unsigned page_bits;   // of the leaf's level
    uint64_t arena_base;  // offset of the arena in the page, if `arena`
    bool arena;           // the leaf points at memory that exists
};

struct generate {
    struct rng rng;
    struct scenario *scenario;
    unsigned xlen;
    bool svnapot;
    unsigned levels, vpn_bits;  // levels 0: Bare
    unsigned used;              // table pages given out
    unsigned paths;
    struct generate_path path[GENERATE_PATHS];
};

// Page tables and the paths through them.
void generate_tables(struct generate *g);
// PMP entries on the pages and PTEs of the tables.
void generate_pmp(struct generate *g);
void generate_probes(struct generate *g);

// Returns an offset in a page at which things are likely to happen: PMP boundaries lie there too.
uint64_t generate_offset(struct rng *rng);
// Returns the page number in the arena of a page with tags.
unsigned generate_data_page(struct generate *g);
// Returns an address, a multiple of 1 << align_bits, where QEMU's machine has nothing.
uint64_t generate_nothing(struct generate *g, unsigned align_bits);

// Returns NULL, or a sentence.
const char *generate_set(struct scenario_set *set, uint64_t probes);

#endif
