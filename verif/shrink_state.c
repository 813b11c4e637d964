// SPDX-License-Identifier: Apache-2.0
// Memory, registers, memory timing, what is checked: towards 0, 1 and nothing.
#include "shrink_internal.h"

#include <string.h>

// --- checks ----------------------------------------------------------------------------------

// Counters once, at the end; a watchdog that does not take long. A failure of those may need them.
bool shrink_checks(struct shrink *s) {
    static const uint64_t limits[] = {500, 2000, 10000};
    struct scenario c;
    bool helped = false;
    if (s->best.counter_interval && shrink_begin(s, &c)) {
        c.counter_interval = 0;
        helped |= shrink_attempt(s, &c, 0);
    }
    for (unsigned i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        if (s->best.watchdog_cycles <= limits[i] || !shrink_begin(s, &c)) break;
        c.watchdog_cycles = limits[i];
        if (shrink_attempt(s, &c, 0)) return true;
    }
    return helped;
}

// --- memory timing ---------------------------------------------------------------------------

static bool is_least(const struct bench_transaction_timing *timing) {
    return timing->grant_cycles == 1 && timing->data_cycles == 1 && !timing->error;
}

static bool all_least(const struct scenario *scenario, size_t from, size_t count) {
    for (size_t i = from; i < from + count; i++)
        if (!is_least(&scenario->timings[i])) return false;
    return true;
}

static bool least_range(struct shrink *s, size_t from, size_t count) {
    struct scenario c;
    if (all_least(&s->best, from, count) || !shrink_begin(s, &c)) return false;
    for (size_t i = from; i < from + count; i++)
        c.timings[i] = (struct bench_transaction_timing){1, 1, false};
    return shrink_attempt(s, &c, 0);
}

bool shrink_least_timing(struct shrink *s) {
    return s->best.timing_count && least_range(s, 0, s->best.timing_count);
}

static bool least_ranges(struct shrink *s) {
    bool helped = false;
    for (size_t chunk = s->best.timing_count; chunk > 0 && !s->over; chunk /= 2)
        for (size_t from = 0; from < s->best.timing_count && !s->over; from += chunk) {
            size_t left = s->best.timing_count - from;
            helped |= least_range(s, from, chunk < left ? chunk : left);
        }
    return helped;
}

static bool with_timing(struct shrink *s, size_t i, struct bench_transaction_timing timing) {
    struct scenario c;
    if (!shrink_begin(s, &c)) return false;
    c.timings[i] = timing;
    return shrink_attempt(s, &c, 0);
}

// Each term by itself; an attempt may shorten the list.
static bool lessen(struct shrink *s, size_t i) {
    bool helped = false;
    while (i < s->best.timing_count && !is_least(&s->best.timings[i]) && !s->over) {
        struct bench_transaction_timing old = s->best.timings[i], new = old;
        bool less = false;
        new.error = false;
        less = old.error && with_timing(s, i, new);
        new = old;
        new.grant_cycles = 1;
        less = less || (old.grant_cycles > 1 && with_timing(s, i, new));
        new.grant_cycles = old.grant_cycles - 1;
        less = less || (old.grant_cycles > 2 && with_timing(s, i, new));
        new = old;
        new.data_cycles = 1;
        less = less || (old.data_cycles > 1 && with_timing(s, i, new));
        new.data_cycles = old.data_cycles - 1;
        less = less || (old.data_cycles > 2 && with_timing(s, i, new));
        if (!less) break;
        helped = true;
    }
    return helped;
}

bool shrink_timing(struct shrink *s) {
    bool helped = least_ranges(s);
    for (size_t i = 0; i < s->best.timing_count && !s->over; i++) helped |= lessen(s, i);
    return helped;
}

// --- memory ----------------------------------------------------------------------------------

static bool clear_words(struct shrink *s, size_t from, size_t count) {
    struct scenario c;
    bool any = false;
    for (size_t i = from; i < from + count; i++) any |= s->best.words[i].value != 0;
    if (!any || !shrink_begin(s, &c)) return false;
    for (size_t i = from; i < from + count; i++) c.words[i].value = 0;
    return shrink_attempt(s, &c, 0);
}

bool shrink_words(struct shrink *s) {
    bool helped = false;
    for (size_t chunk = s->best.word_count; chunk > 0 && !s->over; chunk /= 2)
        for (size_t from = 0; from < s->best.word_count && !s->over; from += chunk) {
            size_t left = s->best.word_count - from;
            helped |= clear_words(s, from, chunk < left ? chunk : left);
        }
    return helped;
}

static bool clear_bits(struct shrink *s, size_t i, uint64_t mask, uint64_t alias) {
    struct scenario c;
    if (!(s->best.words[i].value & mask) || !shrink_begin(s, &c)) return false;
    c.words[i].value &= ~mask;
    return shrink_attempt(s, &c, alias);
}

// Bits of the page number, with what stands in the page that it leads to; then without.
bool shrink_word_bits(struct shrink *s) {
    bool helped = false;
    for (size_t i = 0; i < s->best.word_count && !s->over; i++) {
        uint64_t ppn = UINT64_C(0xFFFFFFFFFFF) << MMU_PTE_PPN_SHIFT;
        helped |= clear_bits(s, i, ppn, 0);
        for (unsigned b = 63; b < 64 && i < s->best.word_count; b--) {
            uint64_t bit = UINT64_C(1) << b;
            helped |= clear_bits(s, i, bit, 0) ||
                      ((ppn & bit) && i < s->best.word_count && clear_bits(s, i, bit, bit << 2));
        }
    }
    return helped;
}

// --- registers -------------------------------------------------------------------------------

static bool pmp_entry_off(struct shrink *s, unsigned entry) {
    struct scenario c;
    if (scenario_pmp_entry_is_off(&s->best, entry) || !shrink_begin(s, &c)) return false;
    struct mmu_pmp pmp = mmu_pmp_reset(&c.mmu.arch);
    for (unsigned i = 0; i < c.pmp.entries; i++) {
        struct mmu_pmp_write write = {.index = (uint8_t)i,
                                      .write_cfg = true,
                                      .write_addr = true,
                                      .cfg = c.pmp.cfg[i],
                                      .addr = c.pmp.addr[i]};
        if (i != entry) mmu_pmp_write(&pmp, &write);
    }
    c.pmp = pmp;
    return shrink_attempt(s, &c, 0);
}

// The registers of operation i; those of the beginning are number op_count.
static struct mmu_csr *csr_of(struct scenario *c, size_t i) {
    if (i > c->op_count) return NULL;
    if (i == c->op_count) return &c->csr;
    return c->ops[i].kind == SCENARIO_CSR ? &c->ops[i].u.csr : NULL;
}

enum { FIELDS = 7 };

// False: it is simple already.
static bool simplify(struct mmu_csr *csr, unsigned field) {
    const struct mmu_csr old = *csr;
    switch (field) {
        case 0:
            csr->mprv = false;
            break;
        case 1:
            csr->mpp = MMU_PRIV_U;
            break;
        case 2:
            csr->sum = false;
            break;
        case 3:
            csr->mxr = false;
            break;
        case 4:
            csr->adue = false;
            break;
        case 5:
            csr->pbmte = false;
            break;
        case 6:
            csr->satp = 0;
            break;
    }
    return old.mprv != csr->mprv || old.mpp != csr->mpp || old.sum != csr->sum ||
           old.mxr != csr->mxr || old.adue != csr->adue || old.pbmte != csr->pbmte ||
           old.satp != csr->satp;
}

// Everywhere at once (`only` is beyond the last one), or in one place.
static bool simplify_registers(struct shrink *s, unsigned field, size_t only) {
    struct scenario c;
    bool any = false;
    if (!shrink_begin(s, &c)) return false;
    for (size_t i = 0; i <= c.op_count; i++) {
        struct mmu_csr *csr = csr_of(&c, i);
        if (csr && (only > c.op_count || only == i)) any |= simplify(csr, field);
    }
    if (any) return shrink_attempt(s, &c, 0);
    scenario_clear(&c);
    return false;
}

// One address space in place of another; none is simpler than any.
static bool same_space(struct shrink *s, size_t of, size_t as) {
    struct scenario c;
    if (!shrink_begin(s, &c)) return false;
    struct mmu_csr *a = csr_of(&c, of), *b = csr_of(&c, as);
    if (a && b && a->satp && a->satp != b->satp) {
        a->satp = b->satp;
        return shrink_attempt(s, &c, 0);
    }
    scenario_clear(&c);
    return false;
}

bool shrink_registers(struct shrink *s) {
    bool helped = false;
    for (unsigned i = 0; i < s->best.pmp.entries && !s->over; i++) helped |= pmp_entry_off(s, i);
    for (unsigned field = 0; field < FIELDS && !s->over; field++)
        helped |= simplify_registers(s, field, SIZE_MAX);
    for (size_t i = 0; i <= s->best.op_count && !s->over; i++)
        for (unsigned field = 0; csr_of(&s->best, i) && field < FIELDS && !s->over; field++)
            if (i <= s->best.op_count) helped |= simplify_registers(s, field, i);
    for (size_t i = 0; i < s->best.op_count && !s->over; i++)
        if (s->best.ops[i].kind == SCENARIO_CSR) helped |= same_space(s, i, s->best.op_count);
    return helped;
}
