// SPDX-License-Identifier: Apache-2.0
// Page tables of every valid and reserved shape, and software that rewrites them.
#include "stimulus_internal.h"

const uint16_t stimulus_indices[STIMULUS_INDICES] = {0, 1, 2, 3, 255, 256, 510, 511};

// xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators").
uint32_t stimulus_random(struct stimulus *s) {
    s->random ^= s->random >> 12;
    s->random ^= s->random << 25;
    s->random ^= s->random >> 27;
    return (uint32_t)((s->random * 0x2545F4914F6CDD1Du) >> 32);
}

uint32_t stimulus_below(struct stimulus *s, uint32_t n) {
    return (uint32_t)(((uint64_t)stimulus_random(s) * n) >> 32);
}

bool stimulus_chance(struct stimulus *s, uint32_t permille) {
    return stimulus_below(s, 1000) < permille;
}

static unsigned level_of(unsigned table) {
    return table < STIMULUS_ROOTS ? 2 : table < STIMULUS_LEVEL1_END ? 1 : 0;
}

uint64_t stimulus_table_ppn(const struct stimulus *s, unsigned table) {
    return (s->config.table_base >> MMU_PAGE_BITS) + table;
}

static uint64_t pointer(struct stimulus *s, unsigned level) {
    unsigned low = level == 2 ? STIMULUS_ROOTS : STIMULUS_LEVEL1_END;
    unsigned high = level == 2 ? STIMULUS_LEVEL1_END : STIMULUS_TABLES;
    unsigned table = stimulus_chance(s, 30) ? stimulus_below(s, STIMULUS_TABLES)
                                            : low + stimulus_below(s, high - low);
    uint64_t ppn = stimulus_table_ppn(s, table);
    if (stimulus_chance(s, 10)) ppn = 0xFFFFFFFF000u + stimulus_below(s, 4096);  // no memory
    uint64_t pte = ppn << MMU_PTE_PPN_SHIFT | MMU_PTE_V;
    if (stimulus_chance(s, 80)) pte |= MMU_PTE_G;
    static const uint8_t reserved[] = {MMU_PTE_D, MMU_PTE_A, MMU_PTE_U};
    if (stimulus_chance(s, 15)) pte |= reserved[stimulus_below(s, 3)];
    return pte;
}

// Mostly as an operating system has it: the lower half is the user's.
static bool user_page(struct stimulus *s, unsigned index) {
    return stimulus_chance(s, 120) ? stimulus_chance(s, 500) : index < STIMULUS_INDICES / 2;
}

static uint64_t leaf_ppn(struct stimulus *s, unsigned level) {
    uint64_t ppn = ((uint64_t)stimulus_random(s) << 12 ^ stimulus_random(s)) & 0xFFFFFFFFFFFu;
    ppn &= ~((UINT64_C(1) << 9 * level) - 1);
    // Misaligned superpages: wrong in a single bit, the hardest ones to see.
    if (level > 0 && stimulus_chance(s, 60)) ppn |= UINT64_C(1) << stimulus_below(s, 9 * level);
    return ppn;
}

static uint64_t leaf(struct stimulus *s, unsigned level, unsigned index) {
    static const uint8_t rwx[] = {MMU_PTE_R, MMU_PTE_R | MMU_PTE_W, MMU_PTE_X,
                                  MMU_PTE_R | MMU_PTE_X, MMU_PTE_R | MMU_PTE_W | MMU_PTE_X};
    uint64_t pte = leaf_ppn(s, level) << MMU_PTE_PPN_SHIFT | MMU_PTE_V |
                   rwx[stimulus_chance(s, 650) ? 4 : stimulus_below(s, 5)];
    if (user_page(s, index)) pte |= MMU_PTE_U;
    if (stimulus_chance(s, 150)) pte |= MMU_PTE_G;
    if (stimulus_chance(s, 850)) pte |= MMU_PTE_A;
    if (stimulus_chance(s, 700)) pte |= MMU_PTE_D;
    return pte | (uint64_t)stimulus_below(s, 4) << 8;
}

static uint64_t damaged(struct stimulus *s, uint64_t pte) {
    switch (stimulus_below(s, 3)) {
        case 0:
            return pte & ~(uint64_t)MMU_PTE_V;
        case 1:
            return (pte | MMU_PTE_W) & ~(uint64_t)MMU_PTE_R;
        default:
            return pte | UINT64_C(1) << (54 + stimulus_below(s, 10));
    }
}

static uint64_t random_pte(struct stimulus *s, unsigned level, unsigned index) {
    bool points = stimulus_chance(s, level == 0 ? 15 : level == 2 ? 800 : 600);
    uint64_t pte = points ? pointer(s, level ? level : 1) : leaf(s, level, index);
    return stimulus_chance(s, 30) ? damaged(s, pte) : pte;
}

static uint64_t pte_pa(const struct stimulus *s, unsigned table, unsigned index) {
    return (stimulus_table_ppn(s, table) << MMU_PAGE_BITS) + 8u * stimulus_indices[index];
}

void stimulus_write_tables(struct stimulus *s) {
    for (unsigned table = 0; table < STIMULUS_TABLES; table++)
        for (unsigned i = 0; i < STIMULUS_INDICES; i++)
            s->memory.write(s->memory.user, pte_pa(s, table, i), random_pte(s, level_of(table), i));
}

static bool in_tables(const struct stimulus *s, uint64_t pa) {
    uint64_t first = s->config.table_base;
    return pa >= first && pa < first + STIMULUS_TABLES * MMU_PAGE_BYTES;
}

static void rewrite(struct stimulus *s, struct bench *bench, uint64_t pa, unsigned level,
                    unsigned index) {
    uint64_t before = 0, after = random_pte(s, level, index);
    s->memory.read(s->memory.user, pa, &before);
    bool is_leaf = (before & MMU_PTE_V) && (before & (MMU_PTE_R | MMU_PTE_X));
    // Often only A or D change, as an operating system that scans them does.
    if (is_leaf && stimulus_chance(s, 600))
        after = before ^ (stimulus_chance(s, 500) ? MMU_PTE_A : MMU_PTE_D);
    s->memory.write(s->memory.user, pa, after);
    bench_note_write(bench, pa, before, after);
}

// The PTE that the walker touched last is the most dangerous one to change: above all a leaf
// that hardware is about to update.
static bool rewrite_touched(struct stimulus *s, struct bench *bench) {
    const struct bench_access *access = bench_access_log(bench, 0);
    if (!access || !in_tables(s, access->pa)) return false;
    unsigned table = (unsigned)((access->pa - s->config.table_base) >> MMU_PAGE_BITS);
    bool updates = (access->value & (MMU_PTE_V | MMU_PTE_R)) == (MMU_PTE_V | MMU_PTE_R) &&
                   (access->value & (MMU_PTE_A | MMU_PTE_D)) != (MMU_PTE_A | MMU_PTE_D);
    bool fresh = updates && !access->write && access->grant_cycle + 1 == bench_now(bench);
    if (!(fresh && stimulus_chance(s, 40)) && !stimulus_chance(s, s->config.pte_write * 4 / 10))
        return false;
    rewrite(s, bench, access->pa, level_of(table), stimulus_below(s, STIMULUS_INDICES));
    return true;
}

void stimulus_rewrite_ptes(struct stimulus *s, struct bench *bench) {
    if (s->config.pte_write == 0 || rewrite_touched(s, bench)) return;
    if (!stimulus_chance(s, s->config.pte_write)) return;
    unsigned table = stimulus_below(s, STIMULUS_TABLES),
             index = stimulus_below(s, STIMULUS_INDICES);
    rewrite(s, bench, pte_pa(s, table, index), level_of(table), index);
}
