// SPDX-License-Identifier: Apache-2.0
#include "explain.h"

#include <inttypes.h>

static void print_outcome(FILE *file, const char *who, const struct outcome *outcome) {
    fprintf(file, "  %-9s ", who);
    if (outcome->fault)
        fprintf(file, "cause %u, tval 0x%" PRIx64 "%s", outcome->cause, outcome->tval,
                outcome->elsewhere ? ", not at va" : "");
    else
        fprintf(file, "no exception, datum 0x%" PRIx64, outcome->datum);
    for (unsigned k = 0; k < outcome->changes && k < OUTCOME_CHANGES; k++)
        fprintf(file, "; [0x%" PRIx64 "] := 0x%" PRIx64, outcome->change[k].pa,
                outcome->change[k].value);
    if (outcome->changes > OUTCOME_CHANGES) fprintf(file, "; and more");
    fprintf(file, "\n");
}

static void print_walk(FILE *file, const struct mmu_walk_trace *trace) {
    for (unsigned k = 0; k < trace->steps && k < MMU_WALK_STEPS; k++) {
        const struct mmu_walk_step *step = &trace->step[k];
        fprintf(file, "  walk: level %u, %s [0x%" PRIx64 "] %s 0x%" PRIx64 "%s%s\n", step->level,
                step->write ? "write" : "read", step->pa, step->write ? ":=" : "=", step->value,
                step->denied ? ", denied" : "", step->error ? ", no memory" : "");
    }
    if (trace->final_checked)
        fprintf(file, "  walk: access at 0x%" PRIx64 "%s\n", trace->final_pa,
                trace->final_denied ? ", denied" : "");
}

void explain_difference(FILE *file, const struct explain_difference *d) {
    static const char *const accesses[] = {"fetch", "load", "store", "amo"};
    const struct scenario *s = d->predict->scenario;
    const struct scenario_probe *p = &s->probe[d->probe];
    fprintf(file,
            "DIFFERENCE in scenario %" PRIu64 ", probe %u: %s of %u bytes at va 0x%" PRIx64
            ", %s %u%s%s%s\n  satp 0x%" PRIx64 ", PBMTE %u\n",
            d->scenario, d->probe, accesses[p->access & 3], 1u << p->size, p->va,
            p->access == MMU_FETCH ? "privilege" : "MPP", p->mpp, p->mprv ? " MPRV" : "",
            p->sum ? " SUM" : "", p->mxr ? " MXR" : "", s->satp, s->pbmte);
    for (unsigned k = 0; k < LAYOUT_PMP; k++)
        if (s->cfg[k] != 0 || s->addr[k] != 0)
            fprintf(file, "  pmp %u: cfg 0x%02x, addr 0x%" PRIx64 " (pa 0x%" PRIx64 ")\n", k,
                    s->cfg[k], s->addr[k], s->addr[k] << 2);
    print_outcome(file, "the model", d->expected);
    print_outcome(file, "QEMU", d->observed);
    print_walk(file, d->trace);
}
