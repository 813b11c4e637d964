// SPDX-License-Identifier: Apache-2.0
#include "words.h"

#include <inttypes.h>
#include <string.h>

#include "walk.h"

static const char *mode_name(const struct vectors_scenario *scenario, uint64_t atp) {
    if (scenario->xlen == 32) return atp >> 31 ? "Sv32" : "Bare";
    switch (atp >> 60) {
        case MMU_SATP_MODE_SV39:
            return "Sv39";
        case MMU_SATP_MODE_SV48:
            return "Sv48";
        case MMU_SATP_MODE_SV57:
            return "Sv57";
        default:
            return "Bare";
    }
}

void vectors_say_scenario(FILE *out, const struct vectors_scenario *scenario) {
    fprintf(out, "%s: XLEN %u, satp 0x%" PRIx64 " (%s)", scenario->name, scenario->xlen,
            scenario->satp, mode_name(scenario, scenario->satp));
    if (scenario->guest) {
        fprintf(out, ", vsatp 0x%" PRIx64 " (%s)", scenario->vsatp,
                mode_name(scenario, scenario->vsatp));
        fprintf(out, ", hgatp 0x%" PRIx64 " (%s%s)", scenario->hgatp,
                mode_name(scenario, scenario->hgatp),
                scenario->hgatp >> (scenario->xlen == 32 ? 31 : 60) ? "x4" : "");
    }
    fprintf(out, ", %s%s%s", scenario->adue ? "Svadu" : "Svade",
            scenario->svnapot ? ", Svnapot" : "", scenario->pbmte ? ", Svpbmt" : "");
    if (scenario->vs_adue || scenario->vs_pbmte)
        fprintf(out, " (henvcfg:%s%s)", scenario->vs_adue ? " ADUE" : "",
                scenario->vs_pbmte ? " PBMTE" : "");
    if (scenario->pmp_entries)
        fprintf(out, ", %u PMP entries", scenario->pmp_entries);
    else
        fprintf(out, ", no PMP");
}

static const char *priv_name(unsigned priv, bool v) {
    static const char *const names[2][4] = {{"U", "S", "?", "M"}, {"VU", "VS", "?", "M"}};
    return names[v][priv & 3];
}

static const char *type_name(char type) {
    switch (type) {
        case 'r':
            return "load";
        case 'w':
            return "store";
        case 'x':
            return "fetch";
        case 'l':
            return "HLV load";
        case 's':
            return "HSV store";
        default:
            return "HLVX load";
    }
}

void vectors_say_query(FILE *out, const struct vectors_scenario *scenario,
                       const struct vectors_query *query) {
    unsigned mpp = vectors_mpp(query);
    fprintf(out, "%s of %u byte%s at 0x%" PRIx64 " in %s-mode", type_name(query->type),
            query->bytes, query->bytes == 1 ? "" : "s", query->va,
            priv_name(query->priv, query->v));
    if (strchr("lsh", query->type))
        fprintf(out, " as %s (SPVP)",
                priv_name(query->hstatus & VECTORS_HSTATUS_SPVP ? 1 : 0, true));
    else if (query->mstatus & VECTORS_STATUS_MPRV)
        fprintf(out, " with MPRV as %s",
                priv_name(mpp, (query->mstatus & VECTORS_STATUS_MPV) && mpp != MMU_PRIV_M));
    fprintf(out, ", SUM %d, MXR %d", (query->mstatus & VECTORS_STATUS_SUM) != 0,
            (query->mstatus & VECTORS_STATUS_MXR) != 0);
    if (scenario->guest)
        fprintf(out, "; vsstatus SUM %d, MXR %d", (query->vsstatus & VECTORS_STATUS_SUM) != 0,
                (query->vsstatus & VECTORS_STATUS_MXR) != 0);
}

static const char *cause_name(unsigned cause) {
    switch (cause) {
        case MMU_CAUSE_FETCH_ACCESS:
        case MMU_CAUSE_LOAD_ACCESS:
        case MMU_CAUSE_STORE_ACCESS:
            return "access fault";
        case MMU_CAUSE_FETCH_PAGE:
        case MMU_CAUSE_LOAD_PAGE:
        case MMU_CAUSE_STORE_PAGE:
            return "page fault";
        case MMU_CAUSE_FETCH_GUEST_PAGE:
        case MMU_CAUSE_LOAD_GUEST_PAGE:
        case MMU_CAUSE_STORE_GUEST_PAGE:
            return "guest-page fault";
        default:
            return "fault";
    }
}

static const char *where_name(unsigned where) {
    switch (where) {
        case VECTORS_IN_WALK:
            return "in the walk";
        case VECTORS_IN_PROTECTION:
            return "of the final access, by PMP";
        case VECTORS_IN_EMPTY_SPACE:
            return "of the final access, no memory";
        default:
            return "somewhere";
    }
}

static const char *page_name(unsigned bits) {
    switch (bits) {
        case 0:
            return "none";
        case 12:
            return "4 KiB";
        case 16:
            return "64 KiB";
        case 21:
            return "2 MiB";
        case 22:
            return "4 MiB";
        case 30:
            return "1 GiB";
        case 39:
            return "512 GiB";
        case 48:
            return "256 TiB";
        default:
            return "of no legal size";
    }
}

static void say_translation(FILE *out, const struct vectors_outcome *outcome) {
    fprintf(out, "pa 0x%" PRIx64, outcome->pa);
    if (!outcome->page_bits[0] && !outcome->page_bits[1])
        fprintf(out, ", not translated");
    else if (outcome->page_bits[1])
        fprintf(out, ", pages: VS stage %s, G stage %s", page_name(outcome->page_bits[0]),
                page_name(outcome->page_bits[1]));
    else
        fprintf(out, ", page %s", page_name(outcome->page_bits[0]));
    fprintf(out, ", PBMT %u", outcome->pbmt[0]);
    if (outcome->page_bits[1]) fprintf(out, " and %u", outcome->pbmt[1]);
}

void vectors_say_outcome(FILE *out, const struct vectors_outcome *outcome) {
    if (outcome->fault) {
        fprintf(out, "%s %u %s, tval 0x%" PRIx64, cause_name(outcome->cause), outcome->cause,
                where_name(outcome->where), outcome->tval);
        if (outcome->pa) fprintf(out, ", pa 0x%" PRIx64, outcome->pa);
        if (outcome->htval || outcome->htinst)
            fprintf(out, ", htval 0x%" PRIx64 ", htinst 0x%" PRIx64, outcome->htval,
                    outcome->htinst);
    } else {
        say_translation(out, outcome);
    }
    for (unsigned i = 0; i < outcome->updates; i++)
        fprintf(out, "; PTE 0x%" PRIx64 " becomes 0x%" PRIx64, outcome->update[i].pa,
                outcome->update[i].value);
    if (outcome->more_updates) fprintf(out, "; more updates than fit");
}

void vectors_say_differences(FILE *out, unsigned differences) {
    static const char *const names[] = {"fault or cause", "where",  "physical address",
                                        "page size",      "PBMT",   "tval",
                                        "htval",          "htinst", "PTE updates"};
    const char *between = "";
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!(differences >> i & 1)) continue;
        fprintf(out, "%s%s", between, names[i]);
        between = ", ";
    }
}
