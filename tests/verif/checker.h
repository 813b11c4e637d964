// SPDX-License-Identifier: Apache-2.0
// One row a fault: the scene that shows it and what the checker must say.
#ifndef TANDEM_TESTS_VERIF_CHECKER_H
#define TANDEM_TESTS_VERIF_CHECKER_H

#include "scene.h"

// What the legal-set oracle alone, without the model, says of the row's fault.
enum checker_legal { LEGAL_PASSES = 0, LEGAL_CATCHES };

struct checker_row {
    const char *name;
    enum fake_fault fault;
    void (*scene)(struct scene *scene);
    enum bench_check check;
    const char *what;  // NULL: not told
    uint64_t expected, observed;
    struct mmu_tlb_config tlb;           // entries 0: 16 LRU
    uint32_t grant_cycles;               // 0: 1
    void (*setup)(struct scene *scene);  // of the configuration; may be NULL
    enum checker_legal legal;
    bool any_value;  // expected and observed are not told
};

extern const struct checker_row checker_rows[];
extern const unsigned checker_row_count;
extern const struct checker_row checker_wide_rows[];
extern const unsigned checker_wide_row_count;
extern const struct checker_row checker_walks_rows[];
extern const unsigned checker_walks_row_count;

// Pages that every scene has, and where they lie.
enum {
    PAGE_A = 0x1000,
    PAGE_B = 0x2000,
    PAGE_C = 0x3000,
    PAGE_D = 0x4000,
    PAGE_E = 0x5000,
    PAGE_F = 0x6000,
    PAGE_USER = 0x10000,
    PAGE_EXECUTE_ONLY = 0x11000,
    PAGE_GLOBAL = 0x12000,
    PAGE_CLEAN = 0x13000,   // A = D = 0
    PAGE_ABSENT = 0x15000,  // V = 0
    PAGE_BIG = 0x600000,    // 2 MiB
    PAGE_INNER = 0xA01000,  // set 1 of 16; the 2 MiB around it belong in set 5
    PAGE_FAR = 0x40001000,  // another root PTE
    PPN_A = 0x12345,
    PPN_BIG = 0x40200,
    PPN_OTHER = 0x54321
};
#define FLAGS_CLEAN (MMU_PTE_V | MMU_PTE_R | MMU_PTE_W | MMU_PTE_X)
// Where the first 4 KiB page's PTEs lie: root, then the first two tables made.
#define TABLE_1 (MEMORY_BASE + 1 * 4096)
#define TABLE_0 (MEMORY_BASE + 2 * 4096)
#define PTE_0(va) (TABLE_0 + 8 * ((va) >> 12 & 511))

void checker_map(struct scene *scene);

// Play a row's scene with this fault, to the first mismatch, if any.
struct scene *checker_play(const struct checker_row *row, enum fake_fault fault, unsigned oracle);

// In which every counter counts; for TLBs with one entry, and two walks.
void checker_busy_scene(struct scene *scene);

#endif
