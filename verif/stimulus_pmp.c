// SPDX-License-Identifier: Apache-2.0
// PMP writes. The last entry allows everything, mostly; the others cut pieces out of it: words
// inside pages that are asked for and inside page tables.
#include "stimulus_internal.h"

enum { OFF = 0, TOR = 1, NA4 = 2, NAPOT = 3, RWX = 7, LOCK = 0x80 };

static uint64_t addr_mask(const struct stimulus *s) {
    return s->pte_bytes == 4 ? UINT32_MAX : (UINT64_C(1) << 54) - 1;
}

// A word of physical memory next to which something happens.
static uint64_t hot_word(struct stimulus *s) {
    uint64_t pa = stimulus_hot_ppn(s) << MMU_PAGE_BITS | stimulus_offset(s);
    unsigned kind = stimulus_below(s, 10);
    if (kind < 3) {
        unsigned table = stimulus_below(s, stimulus_tables(s));
        unsigned index = stimulus_index(s, stimulus_below(s, STIMULUS_INDICES));
        pa = stimulus_pte_pa(s, table, index) + 4 * stimulus_below(s, 3);
    } else if (kind == 3) {
        pa = stimulus_any_ppn(s) << MMU_PAGE_BITS | stimulus_offset(s);
    }
    return pa >> 2;
}

// 2^(size + 1) words that hold a hot one.
static uint64_t napot_addr(struct stimulus *s, unsigned size) {
    return (hot_word(s) >> (size + 1) << (size + 1)) | ((UINT64_C(1) << size) - 1);
}

static struct mmu_pmp_write background(const struct stimulus *s) {
    return (struct mmu_pmp_write){.index = (uint8_t)(s->config.arch.pmp_entries - 1),
                                  .write_cfg = true,
                                  .write_addr = true,
                                  .cfg = NAPOT << 3 | RWX,
                                  .addr = addr_mask(s)};
}

// Small pieces are denied more often than large ones: something must be left to translate.
static struct mmu_pmp_write piece(struct stimulus *s) {
    static const uint8_t modes[] = {OFF, OFF, OFF, TOR, TOR, NA4, NAPOT, NAPOT};
    unsigned mode = modes[stimulus_below(s, 8)];
    if (s->steer.aim.pmp_mode >= 0 && stimulus_chance(s, 600))
        mode = (unsigned)s->steer.aim.pmp_mode;
    unsigned size = stimulus_below(s, stimulus_chance(s, 850) ? 10 : s->config.arch.pa_bits - 2u);
    bool small = mode == NA4 || (mode == NAPOT && size < 10);
    struct mmu_pmp_write write = {.index = (uint8_t)stimulus_below(s, MMU_PMP_ENTRIES),
                                  .write_cfg = stimulus_chance(s, 850),
                                  .write_addr = stimulus_chance(s, 850),
                                  .cfg = (uint8_t)(mode << 3),
                                  .addr = mode == NAPOT ? napot_addr(s, size) : hot_word(s)};
    stimulus_near_pmp(s, &write, mode);
    // Bits 6:5 are ignored.
    write.cfg |= (uint8_t)(stimulus_below(s, 4) << 5);
    write.cfg |= (uint8_t)(stimulus_chance(s, small ? 500 : 850) ? RWX : stimulus_below(s, 8));
    // What is locked lasts: a large piece is locked only if it denies nothing.
    bool lockable = small || (mode == TOR && (write.cfg & RWX) == RWX);
    uint32_t lock = s->steer.aim.pmp_lock > 0 ? 300 : s->config.lock;
    if (lockable && stimulus_chance(s, lock)) write.cfg |= LOCK;
    return write;
}

static void write_entry(struct stimulus *s) {
    unsigned entries = s->config.arch.pmp_entries;
    bool open = s->background_open;
    s->pmp_write = open ? piece(s) : background(s);
    // The background is written, or an entry that does not exist, rarely.
    if (open && s->pmp_write.index + 1u >= entries && !stimulus_chance(s, 100))
        s->pmp_write.index = (uint8_t)stimulus_below(s, entries - 1);
    if (s->pmp_write.index + 1u == entries) s->pmp_write.cfg &= (uint8_t)~LOCK;
    s->pmp_writing = true;
}

void stimulus_change_pmp(struct stimulus *s) {
    if (s->config.arch.pmp_entries == 0 || s->pmp_writing) return;
    if (stimulus_chance(s, s->background_open ? s->rates.pmp : 300)) write_entry(s);
}

void stimulus_force_pmp(struct stimulus *s) {
    if (s->config.arch.pmp_entries > 0 && !s->pmp_writing) write_entry(s);
}

static void note(struct stimulus *s, const struct mmu_pmp_write *write) {
    static const enum stimulus_count modes[] = {STIMULUS_PMP_OFF, STIMULUS_PMP_TOR,
                                                STIMULUS_PMP_NA4, STIMULUS_PMP_NAPOT};
    if (write->index >= s->config.arch.pmp_entries) return;
    if (write->write_cfg) stimulus_count(s, modes[write->cfg >> 3 & 3]);
    if (write->write_cfg && (write->cfg & LOCK)) stimulus_count(s, STIMULUS_PMP_LOCK);
    if (s->pmp.cfg[write->index] & LOCK) stimulus_count(s, STIMULUS_PMP_REFUSED);
}

void stimulus_pmp_accepted(struct stimulus *s) {
    const struct mmu_pmp_write *write = &s->pmp_write, wanted = background(s);
    s->pmp_writing = false;
    note(s, write);
    mmu_pmp_write(&s->pmp, write);
    if (write->index != wanted.index) return;
    s->background_open = write->write_cfg && write->write_addr && write->cfg == wanted.cfg &&
                         write->addr == wanted.addr;
}
