// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>

#include "words.h"

static void say_flags(FILE *out, uint64_t pte) {
    static const char letters[] = "dagu";
    for (unsigned i = 0; i < 4; i++) fputc(pte >> (7 - i) & 1 ? letters[i] : '-', out);
    fputc(pte & MMU_PTE_X ? 'x' : '-', out);
    fputc(pte & MMU_PTE_W ? 'w' : '-', out);
    fputc(pte & MMU_PTE_R ? 'r' : '-', out);
    fputc(pte & MMU_PTE_V ? 'v' : '-', out);
}

// What the PTE says; whether the walk may go on with it is the outcome's affair.
static void say_pte(FILE *out, const struct vectors_scenario *scenario, uint64_t pte) {
    bool wide = scenario->xlen == 64;
    uint64_t ppn = wide ? pte >> MMU_PTE_PPN_SHIFT & UINT64_C(0xFFFFFFFFFFF) : pte >> 10 & 0x3FFFFF;
    say_flags(out, pte);
    if (!(pte & MMU_PTE_V))
        fprintf(out, " not valid");
    else if (!(pte & MMU_PTE_R) && (pte & MMU_PTE_W))
        fprintf(out, " reserved: W without R");
    else if (!(pte & (MMU_PTE_R | MMU_PTE_X)))
        fprintf(out, " points to 0x%" PRIx64, ppn << MMU_PAGE_BITS);
    else
        fprintf(out, " leaf, page 0x%" PRIx64, ppn << MMU_PAGE_BITS);
    if (!wide) return;
    if (pte & MMU_PTE_N) fprintf(out, ", N");
    if (pte >> MMU_PTE_PBMT_SHIFT & 3)
        fprintf(out, ", PBMT %u", (unsigned)(pte >> MMU_PTE_PBMT_SHIFT & 3));
    if (pte >> 54 & 0x7F) fprintf(out, ", reserved bits 60:54 not 0");
}

static void say_step(FILE *out, const struct vectors_scenario *scenario,
                     const struct mmu_walk_step *step) {
    static const char *const stages[] = {"", "VS ", "G  "};
    int digits = scenario->xlen == 32 ? 8 : 16;
    fprintf(out, "%slevel %u %s PTE at 0x%" PRIx64, stages[step->stage % 3], step->level,
            step->write ? "update" : "read", step->pa);
    if (step->gpa != step->pa) fprintf(out, " (guest 0x%" PRIx64 ")", step->gpa);
    if (step->denied)
        fprintf(out, ": denied by PMP, not made");
    else if (step->error)
        fprintf(out, ": no memory there");
    else {
        fprintf(out, " = 0x%0*" PRIx64 " ", digits, step->value);
        say_pte(out, scenario, step->value);
    }
    fputc('\n', out);
}

void vectors_say_walk(FILE *out, const struct vectors_scenario *scenario,
                      const struct mmu_walk_trace *trace, const char *indent) {
    unsigned kept = trace->steps < MMU_WALK_STEPS ? trace->steps : MMU_WALK_STEPS;
    for (unsigned i = 0; i < kept; i++) {
        fputs(indent, out);
        say_step(out, scenario, &trace->step[i]);
    }
    if (kept < trace->steps) fprintf(out, "%s... and %u more\n", indent, trace->steps - kept);
    if (trace->final_checked)
        fprintf(out, "%sfinal access at 0x%" PRIx64 ": %s\n", indent, trace->final_pa,
                trace->final_denied ? "denied" : "allowed by PMP");
    else if (kept == 0)
        fprintf(out, "%snothing was read\n", indent);
}
