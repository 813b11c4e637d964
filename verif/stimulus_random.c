// SPDX-License-Identifier: Apache-2.0
// Numbers, and the addresses that page tables, PMP entries and requests have in common.
#include "stimulus_internal.h"

// xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators").
uint64_t stimulus_random64(struct stimulus *s) {
    s->random ^= s->random >> 12;
    s->random ^= s->random << 25;
    s->random ^= s->random >> 27;
    return s->random * 0x2545F4914F6CDD1Du;
}

uint32_t stimulus_random(struct stimulus *s) {
    return (uint32_t)(stimulus_random64(s) >> 32);
}

uint32_t stimulus_below(struct stimulus *s, uint32_t n) {
    return (uint32_t)(((uint64_t)stimulus_random(s) * n) >> 32);
}

bool stimulus_chance(struct stimulus *s, uint32_t permille) {
    return permille && stimulus_below(s, 1000) < permille;
}

bool stimulus_rare(struct stimulus *s, uint32_t per_million) {
    return per_million && stimulus_below(s, 1000000) < per_million;
}

// Neighbours, both ends of both halves, members of one NAPOT group. The lower half first.
unsigned stimulus_index(const struct stimulus *s, unsigned number) {
    static const uint16_t of_9_bits[STIMULUS_INDICES] = {0, 1, 8, 255, 256, 257, 510, 511};
    static const uint16_t of_10_bits[STIMULUS_INDICES] = {0, 1, 8, 511, 512, 513, 1022, 1023};
    return s->pte_bytes == 4 ? of_10_bits[number] : of_9_bits[number];
}

unsigned stimulus_offset(struct stimulus *s) {
    static const uint16_t offsets[] = {0x000, 0x004, 0x008, 0x010, 0x7F8, 0x7FC,
                                       0x800, 0x804, 0xFF0, 0xFF8, 0xFFC};
    return offsets[stimulus_below(s, sizeof offsets / sizeof *offsets)];
}

uint64_t stimulus_hot_ppn(struct stimulus *s) {
    return s->hot_ppn[stimulus_below(s, STIMULUS_HOT)];
}

static uint64_t ppn_mask(const struct stimulus *s) {
    return (UINT64_C(1) << (s->config.arch.pa_bits - MMU_PAGE_BITS)) - 1;
}

// Every field of the ppn is an index: a superpage's ppn, and the index in it, meet a hot page.
void stimulus_make_hot(struct stimulus *s) {
    unsigned bits = s->modes[0].vpn_bits;
    for (unsigned k = 0; k < STIMULUS_HOT; k++) {
        uint64_t ppn = 0;
        for (unsigned shift = 0; shift < s->ppn_bits; shift += bits)
            ppn |= (uint64_t)stimulus_index(s, stimulus_below(s, STIMULUS_INDICES)) << shift;
        s->hot_ppn[k] = ppn & ppn_mask(s);
    }
}

uint64_t stimulus_any_ppn(struct stimulus *s) {
    return stimulus_random64(s) & ppn_mask(s);
}

// Below the tables there is no memory; beyond pa_bits there is not even an address.
uint64_t stimulus_nowhere_ppn(struct stimulus *s) {
    unsigned bits = s->config.arch.pa_bits - MMU_PAGE_BITS;
    uint64_t below = stimulus_random64(s) % (s->config.table_base >> MMU_PAGE_BITS);
    if (bits >= s->ppn_bits || stimulus_chance(s, 500)) return below;
    uint64_t high = UINT64_C(1) << (bits + stimulus_below(s, s->ppn_bits - bits));
    // One bit too many, above an address that would do otherwise.
    return high | (stimulus_chance(s, 500) ? stimulus_table_ppn(s, stimulus_below(s, 8)) : below);
}

int stimulus_mode_of(const struct stimulus *s, const struct mmu_csr *csr) {
    unsigned mode = mmu_satp_mode(&s->config.arch, csr->satp);
    for (unsigned m = 0; m < s->mode_count; m++)
        if (s->modes[m].satp_mode == mode) return (int)m;
    return -1;
}
