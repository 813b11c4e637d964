// SPDX-License-Identifier: Apache-2.0
// The stimulus' state, shared by stimulus.c (what is asked) and stimulus_tables.c (page tables).
//
// Page tables: 64 table pages, of which the first four are roots, the next twenty level 1, the
// rest level 0. Only eight indices of each are used, so that 512 pages share few tables and
// every kind of conflict, alias and overlap is common.
#ifndef STIMULUS_INTERNAL_H
#define STIMULUS_INTERNAL_H

#include "verif/stimulus.h"

enum { STIMULUS_TABLES = 64, STIMULUS_ROOTS = 4, STIMULUS_LEVEL1_END = 24, STIMULUS_INDICES = 8 };

extern const uint16_t stimulus_indices[STIMULUS_INDICES];

struct stimulus {
    struct stimulus_config config;
    struct bench_memory memory;
    uint64_t random;
    struct mmu_csr csr;
    struct mmu_request presented[MMU_PORTS];
    bool presenting[MMU_PORTS];
    struct mmu_fence fence;
    bool fencing, draining;
    unsigned fences;  // since the last answer
    uint64_t recent[STIMULUS_MOST_PAGES];
};

uint32_t stimulus_random(struct stimulus *s);
uint32_t stimulus_below(struct stimulus *s, uint32_t n);
bool stimulus_chance(struct stimulus *s, uint32_t permille);

uint64_t stimulus_table_ppn(const struct stimulus *s, unsigned table);
void stimulus_write_tables(struct stimulus *s);
// Rewrite a PTE, at the configured rate.
void stimulus_rewrite_ptes(struct stimulus *s, struct bench *bench);

#endif
