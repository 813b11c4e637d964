// SPDX-License-Identifier: Apache-2.0
// The page as one HTML file: the same facts as the text's, the walk drawn, the latency as a bar.
// Every element is closed, so that it is XML, too.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "explain_facts.h"
#include "explain_style.h"

static void element(struct verif_text *t, const char *tag, const char *words) {
    verif_text_add(t, "<%s>", tag);
    verif_text_escape(t, words);
    verif_text_add(t, "</%.*s>", (int)strcspn(tag, " "), tag);
}

static void section(struct verif_text *t, const char *title) {
    verif_text_add(t, "<section><h2>%s</h2>\n", title);
}

// --- what was asked, expected beside observed ------------------------------------------------

static void write_registers(struct verif_text *t, const struct explain_asked *a) {
    verif_text_add(t,
                   "<p>Accepted in cycle %" PRIu64 "; %s, asid %u, root <code>0x%" PRIx64
                   "</code>; privilege %s%s%s, SUM %d, MXR "
                   "%d, %s%s.</p>\n",
                   a->accepted, a->mode, a->asid, a->root, explain_priv_name(a->csr.priv),
                   a->csr.mprv ? ", MPRV with MPP " : "",
                   a->csr.mprv ? explain_priv_name(a->csr.mpp) : "", a->csr.sum, a->csr.mxr,
                   a->csr.adue ? "Svadu" : "Svade", a->csr.pbmte ? ", Svpbmt" : "");
}

static void write_asked(struct verif_text *t, const struct explain_asked *a) {
    unsigned bytes = 1u << a->size;
    section(t, "Asked");
    verif_text_add(
        t, "<p><b>%s</b> of %u byte%s on the %s port, tag %u: va <code>0x%0*" PRIx64 "</code>",
        explain_access_name(a->access), bytes, bytes > 1 ? "s" : "",
        a->port == MMU_PORT_DATA ? "data" : "fetch", a->tag, (int)a->va_digits, a->va);
    for (unsigned level = a->levels; level-- > 0;)
        verif_text_add(t, "%s%u", level + 1 == a->levels ? " = vpn " : " | ", a->vpn[level]);
    if (a->levels)
        verif_text_add(t, ", offset <code>0x%03x</code>", (unsigned)a->va & (MMU_PAGE_BYTES - 1));
    verif_text_add(t, "</p>\n");
    write_registers(t, a);
    verif_text_add(t, "</section>\n");
}

// The digits that differ from the other value's are marked.
static void write_number(struct verif_text *t, uint64_t value, uint64_t other) {
    int digits = snprintf(NULL, 0, "%" PRIx64, value > other ? value : other);
    bool marked = false;
    verif_text_add(t, "0x");
    for (int k = digits; k-- > 0;) {
        unsigned nibble = (unsigned)(value >> (4 * k)) & 15;
        bool differs = nibble != ((unsigned)(other >> (4 * k)) & 15);
        if (differs != marked) verif_text_add(t, "%s", differs ? "<mark>" : "</mark>");
        verif_text_add(t, "%x", nibble);
        marked = differs;
    }
    if (marked) verif_text_add(t, "</mark>");
}

static void write_cell(struct verif_text *t, const struct explain_compared *c,
                       const struct explain_row *row, unsigned side) {
    const char *words = side ? row->observed : row->expected;
    verif_text_add(t, "<td data-title=\"%s\"><code>", c->titles[side]);
    if (row->numbers)
        write_number(t, row->values[side], row->values[1 - side]);
    else if (row->differs)
        element(t, "mark", words);
    else
        verif_text_escape(t, words);
    verif_text_add(t, "</code></td>");
}

static void write_row(struct verif_text *t, const struct explain_compared *c,
                      const struct explain_row *row) {
    verif_text_add(t, "<tr%s>", row->differs ? " class=\"bad\"" : "");
    element(t, "th scope=\"row\"", row->name);
    if (row->alone) {
        verif_text_add(t, "<td colspan=\"3\"><code>");
        verif_text_escape(t, row->expected);
        if (row->observed[0]) verif_text_add(t, ", ");
        verif_text_escape(t, row->observed);
        verif_text_add(t, "</code></td></tr>\n");
        return;
    }
    write_cell(t, c, row, 0);
    write_cell(t, c, row, 1);
    element(t, "td class=\"note\"", row->note);
    verif_text_add(t, "</tr>\n");
}

static void write_compared(struct verif_text *t, const struct explain_compared *c) {
    section(t, "Expected beside observed");
    if (c->property) {
        verif_text_add(t, "<p>Property ");
        element(t, "code", c->property);
        verif_text_add(t, " failed.</p></section>\n");
        return;
    }
    if (c->remark) element(t, "p class=\"remark\"", c->remark);
    verif_text_add(t,
                   "<table class=\"stack\"><thead><tr><td></td><th>%s</th><th>%s</th><td></td></tr>"
                   "</thead><tbody>\n",
                   c->titles[0], c->titles[1]);
    for (unsigned k = 0; k < c->count; k++) write_row(t, c, &c->row[k]);
    verif_text_add(t, "</tbody></table></section>\n");
}

// --- walk --------------------------------------------------------------------------------------

static void write_walk_words(struct verif_text *t, const struct explain_facts *f) {
    const struct explain_walk *walk = &f->walk;
    if (!walk->shown)
        verif_text_add(t, "<p>%s in memory as it is now.</p>\n",
                       f->present.count ? "The walk" : "None");
    else if (walk->kind == EXPLAIN_NO_WALK)
        verif_text_add(t, "<p>None by the model%s.</p>\n",
                       walk->merged       ? ": it takes over another request's"
                       : f->present.count ? "; drawn is the walk in memory as it is now"
                                          : "");
    else
        verif_text_add(t, "<p>Slot %u; memory transactions: model %u, DUT %u.</p>\n", walk->slot,
                       walk->model, walk->dut);
}

static void write_walk(struct verif_text *t, const struct explain_facts *f) {
    if (!f->walk.shown && !f->present.shown) return;
    section(t, "Walk");
    write_walk_words(t, f);
    explain_write_svg(t, f, f->walk.kind == EXPLAIN_NO_WALK ? &f->present : &f->walk);
    if (f->final_bytes) {
        verif_text_add(
            t, "<p class=\"wrong\">Final access, %u byte%s at <code>0x%014" PRIx64 "</code>: ",
            f->final_bytes, f->final_bytes > 1 ? "s" : "", f->final_pa);
        verif_text_escape(t, f->final_denial);
        verif_text_add(t, ".</p>\n");
    }
    verif_text_add(t, "</section>\n");
}

// --- the past ------------------------------------------------------------------------------------

static void write_pte(struct verif_text *t, uint64_t pte, unsigned digits) {
    char flags[9], extensions[16];
    explain_flags(pte, flags);
    explain_extensions(pte, digits, extensions);
    verif_text_add(t, "<code>0x%0*" PRIx64 " %s%s%s</code>", (int)digits, pte, flags,
                   extensions[0] ? " " : "", extensions);
}

static void write_use(struct verif_text *t, const struct legal_use *use, unsigned digits) {
    verif_text_add(t, "<li>level %u PTE <code>0x%014" PRIx64 "</code> = ", use->level, use->pa);
    write_pte(t, use->value, digits);
    if (use->written_cycle)
        verif_text_add(t, " since cycle %" PRIu64, use->written_cycle);
    else
        verif_text_add(t, " from the beginning");
    if (use->replaced_cycle != UINT64_MAX)
        verif_text_add(t, ", replaced in cycle %" PRIu64, use->replaced_cycle);
    verif_text_add(t, "</li>\n");
}

static void write_verdict(struct verif_text *t, const struct legal_verdict *v, unsigned digits) {
    section(t, "Legal");
    verif_text_add(t, "<p>");
    if (!v->legal) {
        verif_text_add(t, "<b class=\"wrong\">No:</b> ");
        verif_text_escape(t, v->reason);
    } else if (!v->judged) {
        verif_text_add(t, "Not judged: too much of the past is forgotten.");
    } else if (v->stale == 0) {
        verif_text_add(t, "Yes: memory and registers as they are give the DUT's outcome.");
    } else {
        verif_text_add(t, "Yes, with %u of the past, which no fence has ended:", v->stale);
    }
    if (!v->legal && v->uses) verif_text_add(t, " The outcome could come from:");
    verif_text_add(t, "</p>\n");
    if ((!v->legal || v->stale) && v->uses) {
        verif_text_add(t, "<ul>\n");
        for (unsigned k = 0; k < v->uses && k < LEGAL_MOST_LEVELS; k++)
            write_use(t, &v->use[k], digits);
        verif_text_add(t, "</ul>\n");
    }
    verif_text_add(t, "</section>\n");
}

static void write_events(struct verif_text *t, const struct explain_facts *f) {
    if (f->event_count == 0) return;
    section(t, "Events");
    verif_text_add(t, "<p>Fences, kills and PMP writes, the latest last.</p>\n<table><tbody>\n");
    for (unsigned k = 0; k < f->event_count; k++) {
        verif_text_add(t, "<tr><td class=\"number\">%" PRIu64 "</td>", f->event[k].cycle);
        element(t, "td", f->event[k].words);
        verif_text_add(t, "</tr>\n");
    }
    verif_text_add(t, "</tbody></table></section>\n");
}

static void write_write(struct verif_text *t, const struct explain_write *w) {
    verif_text_add(t,
                   "<li>PTE <code>0x%014" PRIx64 "</code>: written in cycle %" PRIu64
                   " by %s, <code>0x%" PRIx64 "</code> &#8594; <code>0x%" PRIx64 "</code>%s</li>\n",
                   w->pa, w->cycle, w->software ? "software" : "hardware (A/D update)", w->before,
                   w->after, w->unfenced ? " <b class=\"wrong\">no fence since</b>" : "");
}

static void write_history(struct verif_text *t, const struct explain_history *h) {
    section(t, "History of the PTEs");
    if (h->has_fence)
        verif_text_add(t, "<p>Last fence that covers this page: cycle %" PRIu64 " (%s, %s).</p>\n",
                       h->fence_cycle, h->one_address ? "one address" : "all addresses",
                       h->one_asid ? "one asid" : "all asids");
    else
        verif_text_add(t, "<p>No fence that covers this page among the last %u.</p>\n",
                       BENCH_FENCE_LOG);
    if (h->count) {
        verif_text_add(t, "<ul>\n");
        for (unsigned k = 0; k < h->count; k++) write_write(t, &h->write[k]);
        verif_text_add(t, "</ul>\n");
    }
    verif_text_add(t, "</section>\n");
}

// --- the page
// --------------------------------------------------------------------------------------

static void write_head(struct verif_text *t, const struct explain_facts *f) {
    verif_text_add(t,
                   "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">"
                   "<head><meta charset=\"utf-8\"/><meta name=\"viewport\" "
                   "content=\"width=device-width, initial-scale=1\"/>\n<title>Mismatch: %s (",
                   bench_check_key(f->check));
    verif_text_escape(t, f->what);
    verif_text_add(t, ")</title>\n<style>%s</style></head>\n<body><main>\n", explain_style);
    verif_text_add(t, "<header><p class=\"over\">Mismatch in cycle %" PRIu64 "</p><h1>%s <code>",
                   f->cycle, bench_check_key(f->check));
    verif_text_escape(t, f->what);
    verif_text_add(t, "</code></h1><p>Compared: ");
    verif_text_escape(t, bench_check_text(f->check));
    verif_text_add(t, ".</p>\n");
    if (f->limited)
        verif_text_add(t, "<p>Limit %" PRIu64 " cycles, waited %" PRIu64 ".</p>\n", f->limit,
                       f->waited);
    if (f->suspect[0]) {
        verif_text_add(t, "<p class=\"suspect\"><b>Suspect:</b> ");
        verif_text_escape(t, f->suspect);
        verif_text_add(t, "</p>\n");
    }
    verif_text_add(t, "</header>\n");
}

void explain_write_html(struct verif_text *t, const struct explain_facts *f) {
    write_head(t, f);
    verif_text_add(t, "<div class=\"columns\"><div>\n");
    if (f->asked.shown) write_asked(t, &f->asked);
    if (f->compared.shown) write_compared(t, &f->compared);
    verif_text_add(t, "</div><div class=\"walk\">\n");
    write_walk(t, f);
    verif_text_add(t, "</div><div>\n");
    if (f->latency.shown) explain_write_bar(t, &f->latency);
    if (f->verdict) write_verdict(t, f->verdict, f->pte_digits);
    write_events(t, f);
    if (f->history.shown) write_history(t, &f->history);
    verif_text_add(t, "</div></div>\n");
    if (f->command) {
        section(t, "Repeat");
        element(t, "pre", f->command);
        verif_text_add(t, "</section>\n");
    }
    verif_text_add(t, "</main></body></html>\n");
}
