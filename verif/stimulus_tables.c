// SPDX-License-Identifier: Apache-2.0
// Page tables of every valid and reserved shape.
#include "stimulus_internal.h"

// Tables of each level: first[level] .. first[level] + count[level] - 1, the upper levels first.
struct share {
    uint8_t first, count;
};
static const struct share shares_64[STIMULUS_LEVELS] = {
    {62, 64}, {30, 32}, {14, 16}, {4, 10}, {0, 4}};
static const struct share shares_32[STIMULUS_LEVELS] = {{12, 64}, {0, 12}, {0, 0}, {0, 0}, {0, 0}};

static const struct share *share_of(const struct stimulus *s, unsigned level) {
    return s->pte_bytes == 4 ? &shares_32[level] : &shares_64[level];
}

unsigned stimulus_tables(const struct stimulus *s) {
    const struct share *last = share_of(s, 0);
    return last->first + last->count;
}

unsigned stimulus_table_level(const struct stimulus *s, unsigned table) {
    unsigned level = 0;
    while (table < share_of(s, level)->first) level++;
    return level;
}

uint64_t stimulus_table_ppn(const struct stimulus *s, unsigned table) {
    return (s->config.table_base >> MMU_PAGE_BITS) + table;
}

uint64_t stimulus_root_ppn(const struct stimulus *s, unsigned levels, unsigned root) {
    return stimulus_table_ppn(s, share_of(s, levels - 1)->first + root);
}

uint64_t stimulus_pte_pa(const struct stimulus *s, unsigned table, unsigned index) {
    return (stimulus_table_ppn(s, table) << MMU_PAGE_BITS) + (uint64_t)s->pte_bytes * index;
}

static bool wide(const struct stimulus *s) {
    return s->pte_bytes == 8;
}

static uint64_t pbmt(struct stimulus *s) {
    if (!wide(s) || !stimulus_chance(s, s->config.pbmt)) return 0;
    uint64_t type = stimulus_chance(s, 60) ? 3 : 1 + stimulus_below(s, 2);
    return type << MMU_PTE_PBMT_SHIFT;
}

static uint64_t pointer_ppn(struct stimulus *s, unsigned level) {
    if (stimulus_chance(s, s->config.outside)) return stimulus_nowhere_ppn(s);
    if (level == 0 || stimulus_chance(s, s->config.reserved / 2))
        return stimulus_table_ppn(s, stimulus_below(s, stimulus_tables(s)));
    const struct share *next = share_of(s, level - 1);
    uint64_t ppn = stimulus_table_ppn(s, next->first + stimulus_below(s, next->count));
    return stimulus_near_lasting(s) ? stimulus_one_off(s, ppn, 0, s->ppn_bits) : ppn;
}

// D, A, U, N and PBMT are reserved in pointers.
static uint64_t reserved_in_pointers(struct stimulus *s) {
    static const uint64_t bits[] = {MMU_PTE_D,
                                    MMU_PTE_A,
                                    MMU_PTE_U,
                                    MMU_PTE_N,
                                    UINT64_C(1) << MMU_PTE_PBMT_SHIFT,
                                    UINT64_C(2) << MMU_PTE_PBMT_SHIFT};
    return bits[stimulus_below(s, wide(s) ? 6 : 3)];
}

static uint64_t pointer(struct stimulus *s, unsigned level) {
    uint64_t pte = pointer_ppn(s, level) << MMU_PTE_PPN_SHIFT | MMU_PTE_V;
    if (stimulus_chance(s, s->config.global / 2)) pte |= MMU_PTE_G;
    if (stimulus_chance(s, s->config.reserved / 2)) pte |= reserved_in_pointers(s);
    return pte;
}

// Mostly as an operating system has it: the lower half is the user's.
static bool user_page(struct stimulus *s, unsigned number) {
    return stimulus_chance(s, 120) ? stimulus_chance(s, 500) : number < STIMULUS_INDICES / 2;
}

static uint64_t leaf_ppn(struct stimulus *s, unsigned level) {
    uint64_t ppn = stimulus_hot_ppn(s);
    unsigned shift = level * s->modes[0].vpn_bits;
    if (stimulus_chance(s, 350)) ppn = stimulus_any_ppn(s);
    if (stimulus_near_lasting(s))
        ppn = stimulus_one_off(s, ppn, 0, s->config.arch.pa_bits - MMU_PAGE_BITS);
    if (stimulus_chance(s, 80)) ppn = stimulus_table_ppn(s, stimulus_below(s, stimulus_tables(s)));
    if (stimulus_chance(s, s->config.outside)) ppn = stimulus_nowhere_ppn(s);
    ppn = ppn >> shift << shift;
    // Misaligned superpages: wrong in a single bit, the hardest ones to see.
    if (level > 0 && stimulus_chance(s, s->config.reserved))
        ppn |= UINT64_C(1) << stimulus_below(s, shift);
    return ppn;
}

// N with its one legal encoding mostly. At other levels it is always reserved, and mostly all that
// is wrong: with other low bits the superpage would be misaligned as well.
static uint64_t with_napot(struct stimulus *s, uint64_t pte, unsigned level) {
    const uint64_t low = UINT64_C(15) << MMU_PTE_PPN_SHIFT;
    uint32_t rate = level == 0 ? s->config.napot : s->config.napot / 10;
    if (s->steer.aim.napot > 0 && rate && level == 0) rate = 600;
    // Without Svnapot the bit is reserved: a fault whatever else the PTE says.
    if (!s->config.arch.svnapot) rate /= 8;
    if (!wide(s) || !stimulus_chance(s, rate)) return pte;
    bool usual = stimulus_chance(s, 850);
    if (usual && level > 0) return pte | MMU_PTE_N;
    uint64_t field = usual ? 8 : stimulus_below(s, 16);
    return (pte & ~low) | field << MMU_PTE_PPN_SHIFT | MMU_PTE_N;
}

static uint64_t accessed(struct stimulus *s) {
    static const uint8_t unset[] = {MMU_PTE_A, MMU_PTE_A, 0, MMU_PTE_D};
    if (s->steer.aim.ad >= 0 && stimulus_chance(s, 600)) return (uint64_t)s->steer.aim.ad << 6;
    if (stimulus_chance(s, s->config.unset)) return unset[stimulus_below(s, 4)];
    return MMU_PTE_A | MMU_PTE_D;
}

static uint64_t leaf(struct stimulus *s, unsigned level, unsigned number) {
    static const uint8_t rwx[] = {MMU_PTE_R, MMU_PTE_R | MMU_PTE_W, MMU_PTE_X,
                                  MMU_PTE_R | MMU_PTE_X, MMU_PTE_R | MMU_PTE_W | MMU_PTE_X};
    uint64_t pte = leaf_ppn(s, level) << MMU_PTE_PPN_SHIFT | MMU_PTE_V | accessed(s) | pbmt(s);
    unsigned rights = stimulus_chance(s, 650) ? 4 : stimulus_below(s, 5);
    if (s->steer.aim.rwx >= 0 && stimulus_chance(s, 600)) rights = (unsigned)s->steer.aim.rwx;
    pte |= rwx[rights];
    if (user_page(s, number)) pte |= MMU_PTE_U;
    if (stimulus_chance(s, s->config.global)) pte |= MMU_PTE_G;
    pte |= (uint64_t)stimulus_below(s, 4) << 8;  // RSW, ignored
    return with_napot(s, pte, level);
}

static uint64_t damaged(struct stimulus *s, uint64_t pte) {
    switch (stimulus_below(s, wide(s) ? 3 : 2)) {
        case 0:
            return pte & ~(uint64_t)MMU_PTE_V;
        case 1:
            return (pte | MMU_PTE_W) & ~(uint64_t)MMU_PTE_R;
        default:
            return pte | UINT64_C(1) << (54 + stimulus_below(s, 7));
    }
}

uint64_t stimulus_pte(struct stimulus *s, unsigned level, unsigned number) {
    uint32_t points = level == 0 ? s->config.reserved / 3 : level == 1 ? 720 : 860;
    uint64_t pte = stimulus_chance(s, points) ? pointer(s, level) : leaf(s, level, number);
    return stimulus_chance(s, s->config.reserved) ? damaged(s, pte) : pte;
}

static void write_one(struct stimulus *s, struct bench *bench, uint64_t pa, uint64_t pte) {
    uint64_t before = 0;
    s->memory.read(s->memory.user, pa, s->pte_bytes, &before);
    s->memory.write(s->memory.user, pa, s->pte_bytes, pte);
    if (bench) bench_note_write(bench, pa, before, pte);
}

void stimulus_write_pte(struct stimulus *s, struct bench *bench, uint64_t pa, uint64_t pte,
                        unsigned level) {
    if (!(pte & MMU_PTE_N) || !wide(s) || level > 0 || stimulus_chance(s, 200)) {
        write_one(s, bench, pa, pte);
        return;
    }
    uint64_t group = pa & ~UINT64_C(127);
    for (unsigned k = 0; k < 16; k++) write_one(s, bench, group + 8u * k, pte);
    stimulus_count(s, STIMULUS_NAPOT_GROUP);
}

void stimulus_write_tables(struct stimulus *s) {
    if (s->config.near_misses) stimulus_write_near_tables(s);
    for (unsigned table = 0; table < stimulus_tables(s); table++) {
        unsigned level = stimulus_table_level(s, table);
        for (unsigned i = 0; i < STIMULUS_INDICES; i++) {
            uint64_t pa = stimulus_pte_pa(s, table, stimulus_index(s, i));
            stimulus_write_pte(s, NULL, pa, stimulus_pte(s, level, i), level);
        }
    }
}
