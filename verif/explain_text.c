// SPDX-License-Identifier: Apache-2.0
// The page as plain text of at most about 120 columns.
#include <inttypes.h>
#include <string.h>

#include "explain_facts.h"

// --- what was asked, expected beside observed ------------------------------------------------

static void write_asked(struct verif_text *t, const struct explain_asked *a) {
    unsigned bytes = 1u << a->size;
    verif_text_add(t, "Asked     %s port, tag %u, %s of %u byte%s, va 0x%0*" PRIx64,
                   a->port == MMU_PORT_DATA ? "data" : "fetch", a->tag,
                   explain_access_name(a->access), bytes, bytes > 1 ? "s" : "", (int)a->va_digits,
                   a->va);
    for (unsigned level = a->levels; level-- > 0;)
        verif_text_add(t, "%s%u", level + 1 == a->levels ? " = vpn " : " | ", a->vpn[level]);
    if (a->levels) verif_text_add(t, ", offset 0x%03x", (unsigned)a->va & (MMU_PAGE_BYTES - 1));
    verif_text_add(t,
                   "\n          accepted in cycle %" PRIu64 "; %s, asid %u, root 0x%" PRIx64
                   "; privilege %s%s%s, SUM %d, MXR %d, %s%s\n",
                   a->accepted, a->mode, a->asid, a->root, explain_priv_name(a->csr.priv),
                   a->csr.mprv ? ", MPRV with MPP " : "",
                   a->csr.mprv ? explain_priv_name(a->csr.mpp) : "", a->csr.sum, a->csr.mxr,
                   a->csr.adue ? "Svadu" : "Svade", a->csr.pbmte ? ", Svpbmt" : "");
}

static void write_row(struct verif_text *t, const struct explain_row *row) {
    if (row->alone && row->observed[0])
        verif_text_add(t, "          %s: %s, %s", row->name, row->expected, row->observed);
    else if (row->alone)
        verif_text_add(t, "          %-18s %s", row->name, row->expected);
    else
        verif_text_add(t, "          %-18s %-20s %-20s", row->name, row->expected, row->observed);
    verif_text_add(t, "%s%s\n", row->note[0] ? " <-- " : "", row->note);
}

static void write_compared(struct verif_text *t, const struct explain_compared *c) {
    if (c->property) {
        verif_text_add(t, "\n          property %s failed\n", c->property);
        return;
    }
    verif_text_add(t, "\n          %-18s %-20s %-20s\n", "", c->titles[0], c->titles[1]);
    for (unsigned k = 0; k < c->count; k++) write_row(t, &c->row[k]);
    if (c->remark) verif_text_add(t, "          %s\n", c->remark);
}

// --- walk --------------------------------------------------------------------------------------

static void write_pte(struct verif_text *t, uint64_t pte, unsigned digits) {
    char flags[9], extensions[16];
    explain_flags(pte, flags);
    explain_extensions(pte, digits, extensions);
    verif_text_add(t, "0x%0*" PRIx64 " %s%s%s", (int)digits, pte, flags, extensions[0] ? " " : "",
                   extensions);
}

static void write_difference(struct verif_text *t, const struct explain_step *step) {
    if (step->difference == EXPLAIN_MISSING)
        verif_text_add(t, "            ^ the DUT has not made this one\n");
    else if (step->difference == EXPLAIN_OTHER)
        verif_text_add(t, "            ^ the DUT: %s 0x%014" PRIx64 " in cycle %" PRIu64 "\n",
                       step->dut_write ? "update" : "read", step->dut_pa, step->dut_request);
    else if (step->difference == EXPLAIN_TIME)
        verif_text_add(t, "            ^ the DUT requests it in cycle %" PRIu64 ": %+" PRId64 "\n",
                       step->dut_request, (int64_t)(step->dut_request - step->request));
}

// The root's line is not indented, each level below it by two.
static void write_step(struct verif_text *t, const struct explain_step *step, unsigned digits) {
    if (step->difference == EXPLAIN_DUT_ALONE) {
        verif_text_add(t,
                       "          the DUT alone: %s 0x%014" PRIx64 " = 0x%016" PRIx64
                       " in cycle %" PRIu64 "%s\n",
                       step->write ? "update" : "read", step->pa, step->value, step->request,
                       step->error ? ", ERROR" : "");
        return;
    }
    verif_text_add(t, "          %*slevel %u %s 0x%014" PRIx64, 2 * step->depth, "", step->level,
                   step->write ? "update" : "PTE at", step->pa);
    if (step->denied) {
        verif_text_add(t, "  ");
        if (step->timed) verif_text_add(t, "cycle %" PRIu64 ": ", step->request);
        verif_text_add(t, "%s", step->denial);
    } else {
        if (step->has_value) verif_text_add(t, " = ");
        if (step->has_value) write_pte(t, step->value, digits);
        if (step->timed) verif_text_add(t, "  request %" PRIu64, step->request);
        if (step->has_data) verif_text_add(t, ", data %" PRIu64, step->data);
        if (step->error)
            verif_text_add(t, "%s", step->timed ? ", ERROR" : "  ERROR: no memory there");
    }
    verif_text_add(t, "%s\n", step->ignored ? ", ignored (fence or kill)" : "");
    write_difference(t, step);
}

static void write_walk(struct verif_text *t, const struct explain_walk *walk, bool only,
                       unsigned digits) {
    if (!walk->shown) return;
    switch (walk->kind) {
        case EXPLAIN_NO_WALK:
            if (only)
                verif_text_add(t, "\nWalk      none in memory as it is now\n");
            else
                verif_text_add(t, "\nWalk      none by the model%s\n",
                               walk->merged ? ": it takes over another request's" : "");
            break;
        case EXPLAIN_MODEL_WALK:
            verif_text_add(t, "\nWalk      slot %u, memory transactions: model %u, DUT %u",
                           walk->slot, walk->model, walk->dut);
            if (walk->pwc_hit)
                verif_text_add(t, "; begun with the page-walk cache's pointer of level %u",
                               walk->pwc_level);
            verif_text_add(t, "\n");
            break;
        case EXPLAIN_PRESENT_WALK:
            verif_text_add(t, "%s in memory as it is now\n", only ? "\nWalk     " : "         ");
            break;
    }
    for (unsigned k = 0; k < walk->count; k++) write_step(t, &walk->step[k], digits);
}

static void write_walks(struct verif_text *t, const struct explain_facts *f) {
    write_walk(t, &f->walk, false, f->pte_digits);
    if (f->walk.shown && f->present.kind == EXPLAIN_NO_WALK) return;
    write_walk(t, &f->present, !f->walk.shown, f->pte_digits);
}

// --- latency -----------------------------------------------------------------------------------

static void write_transaction(struct verif_text *t, const struct explain_transaction *x) {
    verif_text_add(t, "\n            + level %u%s (wire %" PRIu64, x->level,
                   x->write ? " write-back" : "", x->wire);
    if (x->denied)
        verif_text_add(t, ", denied 1)");
    else if (x->pending)
        verif_text_add(t, ", grant pending)");
    else
        verif_text_add(t, " + grant %" PRIu64 " + memory %" PRIu64 ")", x->grant, x->memory);
    if (x->ignored) verif_text_add(t, ", ignored");
}

static void write_term(struct verif_text *t, const char *name, uint64_t cycles) {
    if (cycles) verif_text_add(t, " + %s %" PRIu64, name, cycles);
}

static void write_latency(struct verif_text *t, const struct explain_latency *l) {
    verif_text_add(t, "\nLatency   lookup %" PRIu64, l->lookup);
    write_term(t, "l2", l->l2);
    write_term(t, "wait", l->wait);
    write_term(t, "resolve", l->resolve);
    for (unsigned k = 0; k < l->count; k++) write_transaction(t, &l->transaction[k]);
    if (l->summed)
        verif_text_add(t, " + wire %" PRIu64 " + grant %" PRIu64 " + memory %" PRIu64, l->wire,
                       l->grant, l->memory);
    write_term(t, "restart", l->restart);
    write_term(t, "completion", l->completion);
    if (l->has_total) verif_text_add(t, " = %" PRIu64 " cycles", l->total);
    if (l->has_observed)
        verif_text_add(t, "; observed %" PRIu64 ": %+" PRId64, l->observed,
                       (int64_t)(l->observed - l->total));
    verif_text_add(t, "\n");
    if (!l->late) return;
    verif_text_add(t, "          first term that differs: %s", l->late);
    if (l->late_transaction >= 0)
        verif_text_add(t, " of level %u%s", l->late_level, l->late_write ? " (write-back)" : "");
    verif_text_add(t, ", %+" PRId64 "\n", l->late_cycles);
}

// --- the past ------------------------------------------------------------------------------------

static void write_events(struct verif_text *t, const struct explain_facts *f) {
    if (f->event_count == 0) return;
    verif_text_add(t, "\nEvents    fences, kills and PMP writes, the latest last\n");
    for (unsigned k = 0; k < f->event_count; k++)
        verif_text_add(t, "          cycle %-8" PRIu64 " %s\n", f->event[k].cycle,
                       f->event[k].words);
}

static void write_history(struct verif_text *t, const struct explain_history *h) {
    verif_text_add(t, "\nHistory   ");
    if (h->has_fence)
        verif_text_add(t, "last fence that covers this page: cycle %" PRIu64 " (%s, %s)\n",
                       h->fence_cycle, h->one_address ? "one address" : "all addresses",
                       h->one_asid ? "one asid" : "all asids");
    else
        verif_text_add(t, "no fence that covers this page among the last %u\n", BENCH_FENCE_LOG);
    for (unsigned k = 0; k < h->count; k++)
        verif_text_add(t,
                       "          PTE 0x%014" PRIx64 ": written in cycle %" PRIu64
                       " by %s, 0x%" PRIx64 " -> 0x%" PRIx64 "%s\n",
                       h->write[k].pa, h->write[k].cycle,
                       h->write[k].software ? "software" : "hardware (A/D update)",
                       h->write[k].before, h->write[k].after,
                       h->write[k].unfenced ? "  <-- no fence since" : "");
}

static void write_use(struct verif_text *t, const struct legal_use *use, unsigned digits) {
    verif_text_add(t, "          level %u PTE 0x%014" PRIx64 " = ", use->level, use->pa);
    write_pte(t, use->value, digits);
    if (use->written_cycle)
        verif_text_add(t, "  since cycle %" PRIu64, use->written_cycle);
    else
        verif_text_add(t, "  from the beginning");
    if (use->replaced_cycle != UINT64_MAX)
        verif_text_add(t, ", replaced in cycle %" PRIu64, use->replaced_cycle);
    verif_text_add(t, "\n");
}

static void write_verdict(struct verif_text *t, const struct legal_verdict *v, unsigned digits) {
    verif_text_add(t, "\nLegal     ");
    if (!v->legal)
        verif_text_add(t, "no: %s\n", v->reason);
    else if (!v->judged)
        verif_text_add(t, "not judged: too much of the past is forgotten\n");
    else if (v->stale == 0)
        verif_text_add(t, "yes: memory and registers as they are give the DUT's outcome\n");
    else
        verif_text_add(t, "yes, with %u of the past, which no fence has ended:\n", v->stale);
    if (v->legal && !v->stale) return;
    if (!v->legal && v->uses) verif_text_add(t, "          The outcome could come from:\n");
    for (unsigned k = 0; k < v->uses && k < LEGAL_MOST_LEVELS; k++)
        write_use(t, &v->use[k], digits);
}

// --- the page
// --------------------------------------------------------------------------------------

static void write_suspect(struct verif_text *t, const char *words) {
    verif_text_add(t, "\nSuspect   ");
    for (const char *end; (end = strchr(words, '\n')); words = end + 1)
        verif_text_add(t, "%.*s\n          ", (int)(end - words), words);
    verif_text_add(t, "%s\n", words);
}

void explain_write_text(struct verif_text *t, const struct explain_facts *f) {
    bool legal = f->check == CHECK_LEGAL;
    verif_text_add(t, "--- MISMATCH: %s (%s) in cycle %" PRIu64 " ---\n", bench_check_key(f->check),
                   f->what, f->cycle);
    verif_text_add(t, "          compared: %s\n\n", bench_check_text(f->check));
    if (f->limited)
        verif_text_add(t, "          limit %" PRIu64 " cycles, waited %" PRIu64 "\n", f->limit,
                       f->waited);
    if (f->asked.shown) write_asked(t, &f->asked);
    if (f->compared.shown) write_compared(t, &f->compared);
    write_walks(t, f);
    if (f->final_bytes)
        verif_text_add(t, "\nFinal     %u byte%s at 0x%014" PRIx64 ": %s\n", f->final_bytes,
                       f->final_bytes > 1 ? "s" : "", f->final_pa, f->final_denial);
    if (legal && f->verdict) write_verdict(t, f->verdict, f->pte_digits);
    if (f->latency.shown) write_latency(t, &f->latency);
    write_events(t, f);
    if (f->history.shown) write_history(t, &f->history);
    if (!legal && f->verdict) write_verdict(t, f->verdict, f->pte_digits);
    if (f->suspect[0]) write_suspect(t, f->suspect);
    if (f->command) verif_text_add(t, "\nRepeat    %s\n", f->command);
}
