// SPDX-License-Identifier: Apache-2.0
// Operations: fewer of them, earlier, and part of the initial state.
#include "shrink_internal.h"

#include <string.h>

// --- fewer -----------------------------------------------------------------------------------

// Take out operation i. Its time is kept by the next one, or goes with it.
static void take_out(struct scenario *c, size_t i, bool keep_time) {
    if (i + 1 < c->op_count) {
        struct scenario_op *next = &c->ops[i + 1];
        uint64_t delay = (uint64_t)next->delay + c->ops[i].delay;
        if (keep_time && !next->quiet && delay <= SCENARIO_MOST_DELAY) {
            next->delay = (uint32_t)delay;
            next->quiet = c->ops[i].quiet;
        }
    }
    memmove(&c->ops[i], &c->ops[i + 1], (c->op_count - i - 1) * sizeof *c->ops);
    c->op_count--;
}

static bool without_kind(struct shrink *s, unsigned kind) {
    struct scenario c;
    size_t before = s->best.op_count, kept = 0;
    for (size_t i = 0; i < before; i++) kept += s->best.ops[i].kind != kind;
    if (kept == before || !shrink_begin(s, &c)) return false;
    for (size_t i = c.op_count; i > 0; i--)
        if (c.ops[i - 1].kind == kind) take_out(&c, i - 1, true);
    return shrink_attempt(s, &c, 0);
}

bool shrink_kinds(struct shrink *s) {
    static const uint8_t order[] = {SCENARIO_STALL, SCENARIO_POISON,    SCENARIO_KILL,
                                    SCENARIO_SAME,  SCENARIO_WRITE,     SCENARIO_RESET,
                                    SCENARIO_FENCE, SCENARIO_PMP_WRITE, SCENARIO_CSR};
    bool helped = false;
    for (unsigned k = 0; k < sizeof order; k++) helped |= without_kind(s, order[k]);
    return helped;
}

static bool without_range(struct shrink *s, size_t from, size_t count, bool keep_time) {
    struct scenario c;
    if (!shrink_begin(s, &c)) return false;
    for (size_t i = from + count; i > from; i--) take_out(&c, i - 1, keep_time);
    return shrink_attempt(s, &c, 0);
}

// Delta debugging: without this half, that quarter, ... and each one; the oldest first. Of many
// operations, halves are tried again as soon as a good part is gone: each one of the rest costs
// more.
bool shrink_operations(struct shrink *s, bool keep_time) {
    enum { MANY = 32 };
    bool helped = false;
    size_t before = s->best.op_count;
    for (size_t chunk = s->best.op_count; chunk > 0 && !s->over; chunk /= 2) {
        if (s->best.op_count > MANY && s->best.op_count < before - before / 4)
            before = chunk = s->best.op_count;
        for (size_t from = 0; from < s->best.op_count && !s->over;) {
            size_t left = s->best.op_count - from, count = chunk < left ? chunk : left;
            if (without_range(s, from, count, keep_time))
                helped = true;
            else
                from += count;
        }
    }
    return helped;
}

// --- earlier ---------------------------------------------------------------------------------

static bool all_quiet(struct shrink *s) {
    struct scenario c;
    bool any = false;
    for (size_t i = 0; i < s->best.op_count; i++)
        any |= !s->best.ops[i].quiet || s->best.ops[i].delay;
    if (!any || !shrink_begin(s, &c)) return false;
    for (size_t i = 0; i < c.op_count; i++) {
        c.ops[i].quiet = true;
        c.ops[i].delay = 0;
    }
    return shrink_attempt(s, &c, 0);
}

static bool with_time(struct shrink *s, size_t i, bool quiet, uint32_t delay) {
    struct scenario c;
    if (!shrink_begin(s, &c)) return false;
    c.ops[i].quiet = quiet;
    c.ops[i].delay = delay;
    return shrink_attempt(s, &c, 0);
}

// An attempt may end the scenario before operation i.
static bool sooner(struct shrink *s, size_t i) {
    bool helped = false;
    while (i < s->best.op_count && s->best.ops[i].delay > 0 && !s->over) {
        uint32_t delay = s->best.ops[i].delay;
        bool quiet = s->best.ops[i].quiet;
        bool less = with_time(s, i, quiet, 0) || (delay > 2 && with_time(s, i, quiet, delay / 2)) ||
                    with_time(s, i, quiet, delay - 1);
        if (!less) break;
        helped = true;
    }
    return helped;
}

bool shrink_waiting(struct shrink *s) {
    bool helped = all_quiet(s);
    for (size_t i = 0; i < s->best.op_count && !s->over; i++)
        if (!s->best.ops[i].quiet) helped |= with_time(s, i, true, 0);
    for (size_t i = 0; i < s->best.op_count && !s->over; i++) helped |= sooner(s, i);
    return helped;
}

// --- other transactions ----------------------------------------------------------------------

// Memory timing goes by the number of the transaction: without an operation, what came after it has
// the timing that it had only if as many are taken out.
static bool without_transactions(struct shrink *s, size_t without, size_t count) {
    struct scenario c;
    if (!shrink_begin(s, &c)) return false;
    take_out(&c, without, true);
    c.timing_count -= count;
    memmove(c.timings, c.timings + count, c.timing_count * sizeof *c.timings);
    return shrink_attempt(s, &c, 0);
}

bool shrink_shifts(struct shrink *s) {
    enum { MOST_SHIFT = 10, MOST_SHIFTED = 64 };
    if (s->best.op_count > MOST_SHIFTED) return false;
    for (size_t i = 0; i < s->best.op_count && !s->over; i++)
        for (size_t n = 1; n <= MOST_SHIFT && n <= s->best.timing_count && !s->over; n++)
            if (without_transactions(s, i, n)) return true;
    return false;
}

// --- another moment --------------------------------------------------------------------------

// What must come at a certain moment keeps everything before it as slow as it is: with less before
// it, the moment is another one, which is looked for.
enum { MOST_OPS = 8, MOST_DELAY = 64 };

// One change before operation `moment`: without operation number `without` (no operation: with the
// fastest memory), and another delay.
static bool at_another_moment(struct shrink *s, size_t without, size_t moment, uint32_t delay) {
    struct scenario c;
    if (!shrink_begin(s, &c)) return false;
    c.ops[moment].delay = delay;
    if (without < c.op_count)
        take_out(&c, without, false);
    else
        c.timing_count = 0;
    return shrink_attempt(s, &c, 0);
}

static bool look_for_moment(struct shrink *s, size_t without, size_t moment) {
    uint64_t most = s->best.expect.cycle < MOST_DELAY ? s->best.expect.cycle : MOST_DELAY;
    for (uint32_t delay = 0; delay <= most && !s->over; delay++)
        if (at_another_moment(s, without, moment, delay)) return true;
    return false;
}

bool shrink_moments(struct shrink *s) {
    if (s->best.op_count > MOST_OPS) return false;
    for (size_t moment = 0; moment < s->best.op_count; moment++) {
        if (s->best.ops[moment].delay == 0) continue;
        for (size_t without = 0; without <= s->best.op_count && !s->over; without++) {
            bool fastest = without == s->best.op_count;
            if (without == moment || (fastest && s->best.timing_count == 0)) continue;
            if (look_for_moment(s, without, moment)) return true;
        }
    }
    return false;
}

// --- part of the initial state ---------------------------------------------------------------

static bool put_word(struct scenario *c, const struct scenario_word *word) {
    for (size_t i = 0; i < c->word_count; i++)
        if (c->words[i].pa == word->pa) {
            c->words[i].value = word->value;
            return true;
        }
    return false;  // it was never read
}

// False: nothing that can be folded.
static bool fold(struct scenario *c, size_t i) {
    const struct scenario_op *op = &c->ops[i];
    if (op->kind == SCENARIO_CSR)
        c->csr = op->u.csr;
    else if (op->kind == SCENARIO_PMP_WRITE)
        mmu_pmp_write(&c->pmp, &op->u.pmp_write);
    else if (op->kind != SCENARIO_WRITE || !put_word(c, &op->u.write))
        return false;
    take_out(c, i, true);
    return true;
}

static bool fold_one(struct shrink *s, size_t i) {
    struct scenario c;
    unsigned kind = s->best.ops[i].kind;
    if (kind != SCENARIO_CSR && kind != SCENARIO_PMP_WRITE && kind != SCENARIO_WRITE) return false;
    if (!shrink_begin(s, &c)) return false;
    if (fold(&c, i)) return shrink_attempt(s, &c, 0);
    scenario_clear(&c);
    return false;
}

// Memory as it is at the end, from the beginning: what was written on the way is there already.
static bool fold_final_words(struct shrink *s) {
    struct scenario c;
    bool any = false;
    for (size_t i = 0; i < s->best.word_count; i++)
        any |= s->best.words[i].value != s->final[i].value;
    if (!any || !shrink_begin(s, &c)) return false;
    for (size_t i = 0; i < c.word_count; i++) c.words[i].value = s->final[i].value;
    for (size_t i = c.op_count; i > 0; i--)
        if (c.ops[i - 1].kind == SCENARIO_WRITE) take_out(&c, i - 1, true);
    return c.op_count < s->best.op_count ? shrink_attempt(s, &c, 0) : (scenario_clear(&c), false);
}

bool shrink_folding(struct shrink *s) {
    bool helped = fold_final_words(s);
    for (size_t i = 0; i < s->best.op_count && !s->over;) {
        if (fold_one(s, i))
            helped = true;
        else
            i++;
    }
    return helped;
}
