// SPDX-License-Identifier: Apache-2.0
// What the legal-set oracle says: the rule that is violated, or the past that an answer needs.
#include <inttypes.h>

#include "explain_internal.h"

static void use_line(struct verif_text *t, const struct bench *bench, const struct legal_use *use) {
    verif_text_add(t, "          level %u PTE 0x%014" PRIx64 " = ", use->level, use->pa);
    explain_pte(t, bench, use->value);
    if (use->written_cycle)
        verif_text_add(t, "  since cycle %" PRIu64, use->written_cycle);
    else
        verif_text_add(t, "  from the beginning");
    if (use->replaced_cycle != UINT64_MAX)
        verif_text_add(t, ", replaced in cycle %" PRIu64, use->replaced_cycle);
    verif_text_add(t, "\n");
}

static void uses(struct verif_text *t, const struct bench *bench,
                 const struct legal_verdict *verdict) {
    for (unsigned k = 0; k < verdict->uses && k < LEGAL_MOST_LEVELS; k++)
        use_line(t, bench, &verdict->use[k]);
}

void explain_verdict(struct verif_text *t, const struct bench *bench,
                     const struct legal_verdict *verdict) {
    verif_text_add(t, "\nLegal     ");
    if (!verdict->legal)
        verif_text_add(t, "no: %s\n", verdict->reason);
    else if (!verdict->judged)
        verif_text_add(t, "not judged: too much of the past is forgotten\n");
    else if (verdict->stale == 0)
        verif_text_add(t, "yes: memory and registers as they are give the DUT's outcome\n");
    else
        verif_text_add(t, "yes, with %u of the past, which no fence has ended:\n", verdict->stale);
    if (!verdict->legal && verdict->uses)
        verif_text_add(t, "          The outcome could come from:\n");
    if (!verdict->legal || verdict->stale) uses(t, bench, verdict);
}

static void suspect(struct verif_text *t, const struct mismatch *m) {
    verif_text_add(t, "\nSuspect   ");
    if (!m->has_verdict)
        verif_text_add(t,
                       "the DUT's handshake: an answer belongs to one request and stands until "
                       "it is taken.\n");
    else
        verif_text_add(t, "the DUT, or a write to memory that the bench was not told of.\n");
}

void explain_illegal(struct verif_text *t, const struct bench *bench, const struct mismatch *m) {
    struct third_opinion third;
    bool asked = bench->ports[m->port].accepted;
    if (asked) explain_asked(t, bench, m);
    explain_compared(t, bench, m);
    if (asked) {
        explain_ask_third(bench, m, &third);
        explain_present_walk(t, bench, &third);
        explain_final_check(t, bench, m, &third);
    }
    if (m->has_verdict) explain_verdict(t, bench, &m->verdict);
    explain_events(t, bench, m);
    if (asked) explain_history(t, bench, m, &third);
    suspect(t, m);
}
