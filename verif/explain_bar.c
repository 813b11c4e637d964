// SPDX-License-Identifier: Apache-2.0
// The latency as a bar split into its terms, and below it the DUT's, to the same scale, with the
// first term that differs.
#include <inttypes.h>
#include <string.h>

#include "explain_facts.h"

enum { MOST_PARTS = 8 + 3 * MMU_WALK_LOG };

struct part {
    const char *term;
    int transaction;  // -1: of none
    uint64_t cycles;
};

struct parts {
    unsigned count;
    struct part part[MOST_PARTS];
    uint64_t cycles;
    unsigned late;  // the first that differs; count: none of these
};

static void add(struct parts *p, const char *term, int transaction, uint64_t cycles) {
    if (cycles == 0 || p->count == MOST_PARTS) return;
    p->part[p->count++] = (struct part){term, transaction, cycles};
    p->cycles += cycles;
}

static void add_transaction(struct parts *p, const struct explain_transaction *x, int number) {
    add(p, "wire", number, x->wire);
    if (x->denied) add(p, "denied", number, 1);
    if (x->denied || x->pending) return;
    add(p, "grant", number, x->grant);
    add(p, "memory", number, x->memory);
}

// "wait or wire": the last of the words.
static const char *last_word(const char *words) {
    const char *space = strrchr(words, ' ');
    return space ? space + 1 : words;
}

// A term of no cycles that is late has its place in the bar nevertheless: the first part that
// comes after it.
static unsigned find_late(const struct parts *p, const struct explain_latency *l) {
    unsigned first = p->count;
    if (!l->late) return p->count;
    for (unsigned k = 0; k < p->count; k++) {
        if (p->part[k].transaction != l->late_transaction) continue;
        if (!strcmp(p->part[k].term, last_word(l->late))) return k;
        if (l->late_transaction >= 0 && first == p->count) first = k;
    }
    return first;
}

static void collect(const struct explain_latency *l, struct parts *p) {
    add(p, "lookup", -1, l->lookup);
    add(p, "l2", -1, l->l2);
    add(p, "wait", -1, l->wait);
    add(p, "resolve", -1, l->resolve);
    for (unsigned k = 0; k < l->count; k++) add_transaction(p, &l->transaction[k], (int)k);
    if (l->summed) {
        add(p, "wire", -1, l->wire);
        add(p, "grant", -1, l->grant);
        add(p, "memory", -1, l->memory);
    }
    add(p, "restart", -1, l->restart);
    add(p, "completion", -1, l->completion);
    p->late = find_late(p, l);
}

// --- bars ----------------------------------------------------------------------------------

static void bar_begin(struct verif_text *t, const char *name, uint64_t cycles, uint64_t most) {
    verif_text_add(t, "<p class=\"over\">%s</p><div class=\"bar\" style=\"width:%" PRIu64 "%%\">",
                   name, most ? (100 * cycles + most - 1) / most : 100);
}

static void bar_part(struct verif_text *t, const char *style, uint64_t cycles) {
    verif_text_add(t, "<i class=\"%s\" style=\"flex-grow:%" PRIu64 "\">%" PRIu64 "</i>", style,
                   cycles, cycles);
}

static void model_bar(struct verif_text *t, const struct parts *p, uint64_t most) {
    bar_begin(t, "model", p->cycles, most);
    for (unsigned k = 0; k < p->count; k++) bar_part(t, p->part[k].term, p->part[k].cycles);
    verif_text_add(t, "</div>\n");
}

// What comes after the first difference is not told apart.
static void dut_bar(struct verif_text *t, const struct parts *p, const struct explain_latency *l,
                    uint64_t most) {
    uint64_t used = 0;
    bar_begin(t, "DUT", l->observed, most);
    for (unsigned k = 0; k < p->count && k < p->late; k++) {
        if (used + p->part[k].cycles > l->observed) break;
        bar_part(t, p->part[k].term, p->part[k].cycles);
        used += p->part[k].cycles;
    }
    if (l->late && l->late_cycles > 0 && used + (uint64_t)l->late_cycles <= l->observed) {
        bar_part(t, "late", (uint64_t)l->late_cycles);
        used += (uint64_t)l->late_cycles;
    }
    if (used < l->observed) bar_part(t, "rest", l->observed - used);
    verif_text_add(t, "</div>\n");
}

// --- words ---------------------------------------------------------------------------------

static void key(struct verif_text *t, const char *style, const char *words, uint64_t cycles) {
    verif_text_add(t, "<li><i class=\"%s\"></i>%s %" PRIu64 "</li>\n", style, words, cycles);
}

static void transaction_key(struct verif_text *t, const struct explain_transaction *x) {
    verif_text_add(t, "<li>level %u%s: <i class=\"wire\"></i>wire %" PRIu64, x->level,
                   x->write ? " write-back" : "", x->wire);
    if (x->denied)
        verif_text_add(t, " <i class=\"denied\"></i>denied 1");
    else if (x->pending)
        verif_text_add(t, ", grant pending");
    else
        verif_text_add(
            t, " <i class=\"grant\"></i>grant %" PRIu64 " <i class=\"memory\"></i>memory %" PRIu64,
            x->grant, x->memory);
    verif_text_add(t, "%s</li>\n", x->ignored ? ", ignored" : "");
}

static void keys(struct verif_text *t, const struct explain_latency *l, const struct parts *p) {
    verif_text_add(t, "<ul class=\"keys\">\n");
    for (unsigned k = 0; k < p->count && p->part[k].transaction < 0; k++)
        key(t, p->part[k].term, p->part[k].term, p->part[k].cycles);
    for (unsigned k = 0; k < l->count; k++) transaction_key(t, &l->transaction[k]);
    for (unsigned k = p->count; k > 0 && l->count && p->part[k - 1].transaction < 0; k--)
        if (p->part[k - 1].term[0] == 'c' || !strcmp(p->part[k - 1].term, "restart"))
            key(t, p->part[k - 1].term, p->part[k - 1].term, p->part[k - 1].cycles);
    verif_text_add(t, "</ul>\n");
}

static void sentence(struct verif_text *t, const struct explain_latency *l) {
    verif_text_add(t, "<p>");
    if (l->has_total) verif_text_add(t, "%" PRIu64 " cycles by the model", l->total);
    if (l->has_observed)
        verif_text_add(t, "; observed %" PRIu64 ": %+" PRId64, l->observed,
                       (int64_t)(l->observed - l->total));
    verif_text_add(t, "%s</p>\n", l->has_total ? "." : "The answer was not due yet.");
    if (!l->late) return;
    verif_text_add(t, "<p class=\"wrong\">First term that differs: <b>");
    verif_text_escape(t, l->late);
    verif_text_add(t, "</b>");
    if (l->late_transaction >= 0)
        verif_text_add(t, " of level %u%s", l->late_level, l->late_write ? " (write-back)" : "");
    verif_text_add(t, ", %+" PRId64 ".</p>\n", l->late_cycles);
}

void explain_write_bar(struct verif_text *t, const struct explain_latency *l) {
    struct parts p = {0};
    collect(l, &p);
    bool differs = l->has_observed && (l->observed != l->total || l->late);
    uint64_t most = differs && l->observed > p.cycles ? l->observed : p.cycles;
    verif_text_add(t, "<section><h2>Latency</h2>\n");
    model_bar(t, &p, most);
    if (differs) dut_bar(t, &p, l, most);
    keys(t, l, &p);
    sentence(t, l);
    verif_text_add(t, "</section>\n");
}
