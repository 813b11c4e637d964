// SPDX-License-Identifier: Apache-2.0
// The walk drawn: a box for each level with the PTE's address, its fields and times, arrows to the
// next, what answered without a walk, and the two outcomes. Styles are those of explain_html.c.
//
//   request --vpn[2]--> level 2 --vpn[1]--> level 1 --vpn[0]--> level 0 --> expected, observed
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain_facts.h"

// In the drawing's units, which are about pixels on a small screen.
enum {
    WIDTH = 360,
    BOX = 304,
    MARGIN = 4,
    INDENT = 12,  // of each level
    LINE = 17,
    PAD = 7,
    GAP = 30,
    CHIP = 15,
    COLUMNS = 46  // characters of a line of words
};

struct drawing {
    struct verif_text body;  // without the frame, whose height is known last
    const struct explain_facts *facts;
    unsigned y;          // where the next box begins
    unsigned x;          // of the latest box
    unsigned line;       // of the open box, from its top
    unsigned box_start;  // where the open box begins
    bool marked;         // the first difference has been pointed at
    struct verif_text inside;
};

// --- boxes -------------------------------------------------------------------------------

static void box_begin(struct drawing *d, unsigned depth) {
    d->x = MARGIN + INDENT * depth;
    d->box_start = d->y;
    d->line = d->y + PAD;
}

// A line of the open box; `right` (NULL: nothing) stands at its right end. Words are escaped.
static void box_line(struct drawing *d, const char *style, const char *words,
                     const char *right_style, const char *right) {
    d->line += LINE;
    verif_text_add(&d->inside, "<text class=\"%s\" x=\"%u\" y=\"%u\">", style, d->x + 10,
                   d->line - 4);
    verif_text_escape(&d->inside, words);
    verif_text_add(&d->inside, "</text>");
    if (!right) return;
    verif_text_add(&d->inside, "<text class=\"%s\" text-anchor=\"end\" x=\"%u\" y=\"%u\">",
                   right_style, d->x + BOX - 10, d->line - 4);
    verif_text_escape(&d->inside, right);
    verif_text_add(&d->inside, "</text>");
}

static void box_words(struct drawing *d, const char *style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// As many lines as the words need.
static void box_words(struct drawing *d, const char *style, const char *format, ...) {
    char words[512], part[COLUMNS + 1];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    for (const char *from = words; *from;) {
        size_t length = strlen(from), cut = length;
        if (length > COLUMNS)
            for (cut = COLUMNS; cut > COLUMNS / 2 && from[cut] != ' ';) cut--;
        if (length > COLUMNS && from[cut] != ' ') cut = COLUMNS;
        snprintf(part, sizeof part, "%.*s", (int)cut, from);
        box_line(d, style, part, NULL, NULL);
        from += cut;
        while (*from == ' ') from++;
    }
}

static void box_end(struct drawing *d, const char *style) {
    unsigned height = d->line + PAD - d->box_start;
    char *inside = verif_text_take(&d->inside);
    verif_text_add(&d->body,
                   "<rect class=\"box %s\" x=\"%u\" y=\"%u\" width=\"%d\" height=\"%u\" rx=\"6\"/>",
                   style, d->x, d->box_start, BOX, height);
    verif_text_add(&d->body, "%s\n", inside ? inside : "");
    free(inside);
    d->y = d->box_start + height;
}

// To the box that comes next, at this depth.
static void arrow(struct drawing *d, unsigned depth, const char *style, const char *words) {
    unsigned x = MARGIN + INDENT * depth + 18;
    verif_text_add(&d->body,
                   "<path class=\"arrow %s\" d=\"M%u %uV%u\"/><path class=\"head\" "
                   "d=\"M%u %ul-5 -9h10z\"/><text class=\"s\" x=\"%u\" y=\"%u\">%s</text>\n",
                   style, x, d->y, d->y + GAP - 8, x, d->y + GAP, x + 12, d->y + GAP / 2 + 4,
                   words);
    d->y += GAP;
}

// "first difference" at the upper right corner, once.
static const char *mark(struct drawing *d) {
    if (d->marked) return "";
    d->marked = true;
    return "\xE2\x97\x80 first difference";
}

// --- the request -------------------------------------------------------------------------

static void draw_request(struct drawing *d) {
    const struct explain_asked *a = &d->facts->asked;
    char words[96];
    box_begin(d, 0);
    snprintf(words, sizeof words, "va 0x%0*" PRIx64, (int)a->va_digits, a->va);
    box_line(d, "m b", words, "s", explain_access_name(a->access));
    box_words(d, "s", "%s, asid %u, root 0x%" PRIx64, a->mode, a->asid, a->root);
    box_end(d, "end");
}

// What spares the walk, or a part of it.
static void draw_cache(struct drawing *d, const struct explain_walk *walk) {
    const struct explain_facts *f = d->facts;
    char words[96] = "";
    if (walk->kind == EXPLAIN_MODEL_WALK && walk->pwc_hit)
        snprintf(words, sizeof words, "Page-walk cache: hit, pointer of level %u", walk->pwc_level);
    else if (f->walk.shown && f->walk.kind == EXPLAIN_NO_WALK && f->walk.merged)
        snprintf(words, sizeof words, "Model: takes over another request's walk");
    else if (f->walk.shown && f->walk.kind == EXPLAIN_NO_WALK && f->has_answer)
        snprintf(words, sizeof words, "Model: %s%s",
                 f->answer[0].source == MMU_SOURCE_NONE ? "not translated"
                                                        : explain_source_name(f->answer[0].source),
                 f->answer[0].source == MMU_SOURCE_NONE ? "" : " hit, no walk");
    else if (f->walk.shown && f->walk.kind == EXPLAIN_NO_WALK)
        snprintf(words, sizeof words, "Model: no walk");
    if (!words[0]) return;
    arrow(d, 0, "", "lookup");
    box_begin(d, 0);
    box_line(d, "b", words, NULL, NULL);
    if (walk->kind == EXPLAIN_PRESENT_WALK) box_words(d, "s", "Below: memory as it is now.");
    box_end(d, "cache");
}

// Where the model walks and the DUT does not.
static void draw_dut_cache(struct drawing *d) {
    const struct explain_facts *f = d->facts;
    unsigned source = f->answer[1].source;
    char words[64];
    if (f->walk.kind != EXPLAIN_MODEL_WALK || !f->has_answer || f->check == CHECK_INVARIANCE ||
        (source != MMU_SOURCE_TLB && source != MMU_SOURCE_L2))
        return;
    snprintf(words, sizeof words, "DUT: %s hit", explain_source_name(source));
    arrow(d, 0, "", "lookup");
    box_begin(d, 0);
    box_line(d, "b", words, NULL, NULL);
    box_words(d, "s", "Below: the model's walk.");
    box_end(d, f->answer[0].source != source ? "bad alone" : "cache");
}

// --- PTEs --------------------------------------------------------------------------------

// Bits of the leaf's permissions in which the two answers differ.
static unsigned wrong_flags(const struct explain_facts *f, const struct explain_step *step) {
    if (!f->has_answer || f->answer[0].fault || f->answer[1].fault || step->write ||
        step->level != f->answer[0].level || !(step->value & 0xE))
        return 0;
    return (unsigned)(f->answer[0].perm ^ f->answer[1].perm);
}

static bool wrong_page(const struct explain_facts *f, const struct explain_step *step) {
    return f->has_answer && !f->answer[0].fault && !f->answer[1].fault && !step->write &&
           step->level == f->answer[0].level &&
           (f->answer[0].pa ^ f->answer[1].pa) >> MMU_PAGE_BITS != 0;
}

// PPN, and the eight flags as chips.
static void draw_fields(struct drawing *d, const struct explain_step *step) {
    static const char letters[] = "DAGUXWRV";
    uint64_t width = d->facts->pte_digits == 8 ? 22 : 44;
    unsigned wrong = wrong_flags(d->facts, step), x = d->x + BOX - 10 - 8 * (CHIP + 1);
    char words[40];
    snprintf(words, sizeof words, "PPN 0x%" PRIx64,
             (step->value >> 10) & ((UINT64_C(1) << width) - 1));
    box_line(d, wrong_page(d->facts, step) ? "m r" : "m", words, NULL, NULL);
    for (unsigned k = 0; k < 8; k++, x += CHIP + 1) {
        unsigned bit = 7 - k;
        const char *style = step->value >> bit & 1 ? "on" : "off";
        verif_text_add(&d->inside,
                       "<rect class=\"chip %s%s\" x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\" "
                       "rx=\"2\"/><text class=\"c %s\" text-anchor=\"middle\" x=\"%u.5\" "
                       "y=\"%u\">%c</text>",
                       style, wrong >> bit & 1 ? " wrong" : "", x, d->line - 15, CHIP, CHIP, style,
                       x + CHIP / 2, d->line - 4, letters[k]);
    }
}

static const char *kind_of(uint64_t pte) {
    if (!(pte & MMU_PTE_V)) return "not valid";
    return pte & (MMU_PTE_R | MMU_PTE_W | MMU_PTE_X) ? "leaf" : "pointer";
}

static void draw_value(struct drawing *d, const struct explain_step *step) {
    char value[32], extensions[16], right[48];
    explain_extensions(step->value, d->facts->pte_digits, extensions);
    snprintf(value, sizeof value, "0x%0*" PRIx64, (int)d->facts->pte_digits, step->value);
    snprintf(right, sizeof right, "%s%s%s", kind_of(step->value), extensions[0] ? " " : "",
             extensions);
    box_line(d, "m b", value, "s", right);
    draw_fields(d, step);
}

static void draw_times(struct drawing *d, const struct explain_step *step) {
    if (step->timed && step->has_data)
        box_words(d, "s", "request in cycle %" PRIu64 ", data in %" PRIu64, step->request,
                  step->data);
    else if (step->timed)
        box_words(d, "s", "%s %" PRIu64, step->denied ? "cycle" : "request in cycle",
                  step->request);
    if (step->error) box_words(d, "r", "ERROR: memory did not answer");
    if (step->denied) box_words(d, "r", "%s", step->denial);
    if (step->ignored) box_words(d, "s", "ignored (fence or kill)");
}

static void draw_difference(struct drawing *d, const struct explain_step *step) {
    switch (step->difference) {
        case EXPLAIN_MISSING:
            box_words(d, "r", "the DUT has not made this one");
            break;
        case EXPLAIN_OTHER:
            box_words(d, "r", "the DUT: %s 0x%014" PRIx64 " in cycle %" PRIu64,
                      step->dut_write ? "update" : "read", step->dut_pa, step->dut_request);
            break;
        case EXPLAIN_TIME:
            box_words(d, "r", "the DUT requests it in cycle %" PRIu64 ": %+" PRId64,
                      step->dut_request, (int64_t)(step->dut_request - step->request));
            break;
        case EXPLAIN_DUT_ALONE:
            box_words(d, "r", "only the DUT has made this one");
            break;
        case EXPLAIN_SAME:
            break;
    }
}

static void draw_step(struct drawing *d, const struct explain_step *step) {
    bool differs = step->difference != EXPLAIN_SAME, alone = step->difference == EXPLAIN_DUT_ALONE;
    bool suspicious = wrong_page(d->facts, step) || wrong_flags(d->facts, step);
    char words[64], place[48];
    box_begin(d, step->depth);
    snprintf(words, sizeof words, alone ? "DUT" : "level %u%s", step->level,
             step->write ? ", update" : "");
    snprintf(place, sizeof place, "PTE at 0x%014" PRIx64, step->pa);
    box_line(d, "b", words, "m", place);
    if (step->has_value) draw_value(d, step);
    draw_times(d, step);
    draw_difference(d, step);
    if (differs && !d->marked) box_line(d, "r b", mark(d), NULL, NULL);
    box_end(d, differs         ? alone ? "bad alone" : "bad"
               : step->denied  ? "bad"
               : step->ignored ? "ignored"
               : suspicious    ? "near"
                               : "");
}

static void arrow_to(struct drawing *d, const struct explain_step *step,
                     const struct explain_step *before) {
    char words[48];
    bool again = before && (before->ignored || step->depth < before->depth);
    bool same = before && step->level == before->level;
    snprintf(words, sizeof words, "vpn[%u] = %u", step->level,
             step->level < 5 ? d->facts->asked.vpn[step->level] : 0u);
    if (step->difference == EXPLAIN_DUT_ALONE)
        snprintf(words, sizeof words, "extra");
    else if (again)
        snprintf(words, sizeof words, "again from level %u", step->level);
    else if (same)
        snprintf(words, sizeof words, step->write ? "sets A, D" : "read again");
    arrow(d, step->depth, again ? "dashed" : "", words);
}

// --- outcomes ----------------------------------------------------------------------------

// "0x..." with the hexadecimal digits that differ from the other's in red.
static void marked_value(struct verif_text *t, uint64_t value, uint64_t other) {
    int digits = snprintf(NULL, 0, "%" PRIx64, value > other ? value : other);
    bool red = false;
    verif_text_add(t, "0x");
    for (int k = digits; k-- > 0;) {
        unsigned nibble = (unsigned)(value >> (4 * k)) & 15;
        bool differs = nibble != ((unsigned)(other >> (4 * k)) & 15);
        if (differs != red) verif_text_add(t, "%s", differs ? "<tspan class=\"r\">" : "</tspan>");
        verif_text_add(t, "%x", nibble);
        red = differs;
    }
    if (red) verif_text_add(t, "</tspan>");
}

static void draw_side(struct drawing *d, unsigned side) {
    const struct mmu_answer *a = &d->facts->answer[side], *b = &d->facts->answer[1 - side];
    box_line(d, "s", d->facts->compared.titles[side], "s",
             d->facts->check == CHECK_LEGAL ? NULL : explain_source_name(a->source));
    d->line += LINE;
    verif_text_add(&d->inside, "<text class=\"m b%s\" x=\"%u\" y=\"%u\">",
                   a->fault != b->fault || a->cause != b->cause ? " r" : "", d->x + 10,
                   d->line - 4);
    if (a->fault)
        verif_text_add(&d->inside, "fault, cause %u", a->cause);
    else if (b->fault)
        verif_text_add(&d->inside, "0x%" PRIx64, a->pa);
    else
        marked_value(&d->inside, a->pa, b->pa);
    verif_text_add(&d->inside, "</text>");
}

// The signal, counter or cycle that disagrees, if it is no field of the answers above.
static bool has_own_row(const struct explain_facts *f) {
    unsigned n = f->compared.count;
    if (n == 0 || f->check == CHECK_PA || f->check == CHECK_LEGAL || f->check == CHECK_INVARIANCE)
        return false;
    return !f->compared.row[n - 1].alone;
}

static void draw_outcome(struct drawing *d, unsigned depth) {
    const struct explain_facts *f = d->facts;
    bool own = has_own_row(f);
    if (!f->has_answer && !own) return;
    arrow(d, depth, "", "");
    box_begin(d, depth);
    if (f->has_answer) draw_side(d, 0);
    if (f->has_answer) draw_side(d, 1);
    if (own) {
        const struct explain_row *row = &f->compared.row[f->compared.count - 1];
        box_words(d, "b", "%s", row->name);
        box_words(d, "m", "%s, %s", row->expected, f->compared.titles[0]);
        box_words(d, row->differs ? "m r" : "m", "%s, %s", row->observed, f->compared.titles[1]);
    }
    if (!d->marked) box_line(d, "r b", mark(d), NULL, NULL);
    box_end(d, "end bad");
}

// --- the drawing -------------------------------------------------------------------------

void explain_write_svg(struct verif_text *t, const struct explain_facts *facts,
                       const struct explain_walk *walk) {
    struct drawing d = {.facts = facts, .y = MARGIN};
    unsigned depth = 0;
    draw_request(&d);
    draw_cache(&d, walk);
    draw_dut_cache(&d);
    for (unsigned k = 0; k < walk->count; k++) {
        arrow_to(&d, &walk->step[k], k ? &walk->step[k - 1] : NULL);
        draw_step(&d, &walk->step[k]);
        depth = walk->step[k].depth;
    }
    draw_outcome(&d, depth);
    char *body = verif_text_take(&d.body);
    if (!body) t->exhausted = true;
    verif_text_add(t,
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"the walk, "
                   "level by level\" viewBox=\"0 0 %d %u\">\n%s</svg>\n",
                   WIDTH, d.y + MARGIN, body ? body : "");
    free(body);
}
