// SPDX-License-Identifier: Apache-2.0
// Near misses: addresses, address spaces and page numbers that equal one in use but for exactly one
// bit, of all bits. A comparator that leaves out a bit, and a register that loses one, are right
// about everything else.
#include "stimulus_internal.h"

bool stimulus_near(struct stimulus *s) {
    return stimulus_chance(s, s->config.near_misses);
}

// Of what is drawn once and lasts: too many that lead nowhere leave nothing to translate.
bool stimulus_near_lasting(struct stimulus *s) {
    return stimulus_chance(s, (s->config.near_misses + 3) / 4);
}

uint64_t stimulus_one_off(struct stimulus *s, uint64_t value, unsigned low, unsigned high) {
    return value ^ UINT64_C(1) << (low + stimulus_below(s, high - low));
}

void stimulus_remember(struct stimulus *s, const struct stimulus_flight *flight,
                       const struct mmu_answer *answer) {
    if (s->config.near_misses == 0) return;
    s->near.used[s->near.next_used++ % STIMULUS_NEAR] = *flight;
    if (answer->fault) return;
    s->near.pa[s->near.next_pa++ % STIMULUS_NEAR] = answer->pa;
}

// Sv39, Sv48 and Sv57 extend their top bit; the upper half of a 32-bit address means nothing.
static uint64_t canonical(const struct stimulus *s, const struct stimulus_mode *mode, uint64_t va) {
    uint64_t top = UINT64_C(1) << (mode->va_bits - 1), low = va & (2 * top - 1);
    return s->pte_bytes == 8 && (low & top) ? low | ~(2 * top - 1) : low;
}

static bool near_untranslated(struct stimulus *s, uint64_t *va) {
    if (s->near.next_pa == 0) return false;
    unsigned known = s->near.next_pa < STIMULUS_NEAR ? s->near.next_pa : STIMULUS_NEAR;
    *va = s->near.pa[stimulus_below(s, known)];
    if (stimulus_chance(s, 500)) *va = stimulus_one_off(s, *va, 0, s->config.arch.pa_bits);
    return true;
}

bool stimulus_near_va(struct stimulus *s, unsigned port, bool untranslated, uint64_t *va) {
    if (!stimulus_near(s) || s->near.next_used == 0) return false;
    if (untranslated) return near_untranslated(s, va);
    int number = stimulus_mode_of(s, &s->csr);
    if (number < 0) return false;
    const struct stimulus_mode *mode = &s->modes[number];
    unsigned known = s->near.next_used < STIMULUS_NEAR ? s->near.next_used : STIMULUS_NEAR;
    const struct stimulus_flight *used = &s->near.used[stimulus_below(s, known)];
    s->place[port] = used->place;
    *va = used->request.va;
    // The one in use comes back as often, so that both are asked for in turn.
    if (stimulus_chance(s, 500)) {
        *va = canonical(s, mode, stimulus_one_off(s, *va, MMU_PAGE_BITS, mode->va_bits));
        stimulus_count(s, STIMULUS_NEAR_MISS);
    }
    return true;
}

uint64_t stimulus_near_fence_va(struct stimulus *s, uint64_t va) {
    if (!stimulus_near(s) || s->near.next_used == 0) return va;
    unsigned known = s->near.next_used < STIMULUS_NEAR ? s->near.next_used : STIMULUS_NEAR;
    va = s->near.used[stimulus_below(s, known)].request.va;
    int number = stimulus_mode_of(s, &s->csr);
    if (number < 0) return va;
    const struct stimulus_mode *mode = &s->modes[number];
    return canonical(s, mode, stimulus_one_off(s, va, MMU_PAGE_BITS, mode->va_bits));
}

static unsigned asid_bits(const struct stimulus *s) {
    return s->pte_bytes == 4 ? 9 : 16;
}

uint16_t stimulus_near_asid(struct stimulus *s, uint16_t asid) {
    return stimulus_near(s) ? (uint16_t)stimulus_one_off(s, asid, 0, asid_bits(s)) : asid;
}

// NA4, NAPOT: the range in use but for one bit above its size. TOR: a boundary one bit off.
void stimulus_near_pmp(struct stimulus *s, struct mmu_pmp_write *write, unsigned mode) {
    enum { OFF = 0, NAPOT = 3 };
    if (mode == OFF || !stimulus_near(s) || s->near.next_pa == 0) return;
    unsigned bits = s->pte_bytes == 4 ? 32 : 54;
    unsigned known = s->near.next_pa < STIMULUS_NEAR ? s->near.next_pa : STIMULUS_NEAR;
    // The range that differs in the lowest bit is no NAPOT one.
    unsigned low = mode == NAPOT, bit = low + stimulus_below(s, bits - low);
    uint64_t word = s->near.pa[stimulus_below(s, known)] >> 2 ^ UINT64_C(1) << bit;
    if (mode == NAPOT) {
        unsigned size = stimulus_below(s, bit);
        word = (word >> (size + 1) << (size + 1)) | ((UINT64_C(1) << size) - 1);
    }
    write->addr = word;
}

// Every entry that is one bit of an index from one in use: what a near miss walks to.
void stimulus_write_near_tables(struct stimulus *s) {
    unsigned bits = s->modes[0].vpn_bits;
    for (unsigned table = 0; table < stimulus_tables(s); table++) {
        unsigned level = stimulus_table_level(s, table);
        for (unsigned k = 0; k < STIMULUS_INDICES * bits; k++) {
            unsigned number = k / bits;
            unsigned index = stimulus_index(s, number) ^ 1u << k % bits;
            uint64_t pa = stimulus_pte_pa(s, table, index);
            stimulus_write_pte(s, NULL, pa, stimulus_pte(s, level, number), level);
        }
    }
}
