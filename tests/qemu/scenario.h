// SPDX-License-Identifier: Apache-2.0
// Scenarios: page tables, PMP entries and probes, and their file (layout.h).
#ifndef QEMU_SCENARIO_H
#define QEMU_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layout.h"

#define SCENARIO_WORDS 512u  // most of each
#define SCENARIO_PROBES 64u

struct scenario_word {
    uint64_t pa, value;
};

struct scenario_probe {
    uint64_t va;
    uint8_t access;  // enum mmu_access
    uint8_t size;    // log2 of the bytes; a fetch: 1
    uint8_t mpp;     // data: mstatus.MPP; fetch: the privilege of the fetch
    bool mprv, sum, mxr;
};

struct scenario {
    uint64_t satp;
    bool pbmte;
    unsigned tables;  // the arena's pages 0 .. tables-1 are zero, the others hold tags
    uint8_t cfg[LAYOUT_PMP];
    uint64_t addr[LAYOUT_PMP];
    unsigned words, probes;
    struct scenario_word word[SCENARIO_WORDS];
    struct scenario_probe probe[SCENARIO_PROBES];
};

struct scenario_set {
    uint64_t seed;
    unsigned xlen;
    bool svnapot;
    size_t count;
    struct scenario *scenario;
};

// Returns NULL, or a sentence (static storage). scenario_read allocates set->scenario.
const char *scenario_write(const struct scenario_set *set, const char *path);
const char *scenario_read(struct scenario_set *set, const char *path);
void scenario_free(struct scenario_set *set);

#endif
