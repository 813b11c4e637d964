// SPDX-License-Identifier: Apache-2.0
// What was asked, and expected beside observed.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "explain_facts.h"

// --- words -------------------------------------------------------------------------------

const char *explain_access_name(unsigned access) {
    static const char *const names[] = {"fetch", "load", "store", "amo"};
    return names[access & 3];
}

const char *explain_priv_name(unsigned priv) {
    static const char *const names[] = {"U", "S", "reserved", "M"};
    return names[priv & 3];
}

const char *explain_source_name(unsigned source) {
    static const char *const names[] = {"none", "TLB", "walk", "second-level TLB"};
    return names[source & 3];
}

const char *explain_type_name(unsigned pbmt) {
    static const char *const names[] = {"PMA", "NC", "IO", "reserved"};
    return names[pbmt & 3];
}

static const char *mode_name(const struct mmu_mode *mode) {
    if (!mode) return "Bare";
    return mode->levels == 2   ? "Sv32"
           : mode->levels == 3 ? "Sv39"
           : mode->levels == 4 ? "Sv48"
                               : "Sv57";
}

// The size tells level and mode: Sv32's level 1 is 4 MiB.
static const char *page_size(const struct mmu_answer *a, bool sv32) {
    static const char *const names[] = {"4 KiB", "2 MiB", "1 GiB", "512 GiB", "256 TiB"};
    if (a->fault) return "-";
    if (a->level == MMU_LEVEL_NONE) return "not translated";
    if (a->level > 4) return "?";
    if (a->napot) return a->level == 0 ? "64 KiB (NAPOT)" : "NAPOT, no level 0";
    return sv32 && a->level == 1 ? "4 MiB" : names[a->level];
}

void explain_flags(uint64_t pte, char out[9]) {
    static const char letters[] = "DAGUXWRV";
    for (int i = 0; i < 8; i++) out[i] = (pte >> (7 - i)) & 1 ? letters[i] : '-';
    out[8] = '\0';
}

void explain_extensions(uint64_t pte, unsigned digits, char out[16]) {
    unsigned pbmt = (unsigned)(pte >> MMU_PTE_PBMT_SHIFT) & 3;
    out[0] = '\0';
    if (digits == 8) return;
    snprintf(out, 16, "%s%s%s", pte & MMU_PTE_N ? "N" : "", pte & MMU_PTE_N && pbmt ? " " : "",
             pbmt ? explain_type_name(pbmt) : "");
}

// --- what was asked ----------------------------------------------------------------------

void explain_asked(const struct bench *bench, const struct mismatch *m, struct explain_facts *f) {
    const struct mmu_arch *arch = &bench->config.mmu.arch;
    const struct mmu_history *h = &m->history;
    const struct mmu_mode *mode = mmu_mode_of(arch, mmu_satp_mode(arch, h->csr.satp));
    struct explain_asked *asked = &f->asked;
    *asked = (struct explain_asked){.shown = true,
                                    .port = m->port,
                                    .tag = h->request.tag,
                                    .size = h->request.size & 3,
                                    .access = h->request.access,
                                    .va = h->request.va,
                                    .va_digits = arch->xlen / 4u,
                                    .root = mmu_satp_ppn(arch, h->csr.satp) << MMU_PAGE_BITS,
                                    .accepted = m->base + h->accept_cycle,
                                    .levels = mode ? mode->levels : 0,
                                    .mode = mode_name(mode),
                                    .asid = mmu_satp_asid(arch, h->csr.satp),
                                    .csr = h->csr};
    for (unsigned level = 0; level < asked->levels; level++)
        asked->vpn[level] = (uint16_t)((h->request.va >> (MMU_PAGE_BITS + mode->vpn_bits * level)) &
                                       ((1u << mode->vpn_bits) - 1));
}

// --- expected beside observed ------------------------------------------------------------

static struct explain_row *new_row(struct explain_compared *c, const char *name) {
    struct explain_row *row = &c->row[c->count];
    if (c->count + 1 < EXPLAIN_MOST_ROWS) c->count++;
    *row = (struct explain_row){.name = name};
    return row;
}

static void row(struct explain_compared *c, const char *name, uint64_t expected,
                uint64_t observed) {
    struct explain_row *r = new_row(c, name);
    snprintf(r->expected, sizeof r->expected, "0x%" PRIx64, expected);
    snprintf(r->observed, sizeof r->observed, "0x%" PRIx64, observed);
    r->numbers = true;
    r->values[0] = expected;
    r->values[1] = observed;
    r->differs = expected != observed;
    if (!r->differs) return;
    unsigned bit = 0;
    while (!(((expected ^ observed) >> bit) & 1)) bit++;
    snprintf(r->note, sizeof r->note, "differs from bit %u on", bit);
}

static void text_row(struct explain_compared *c, const char *name, const char *expected,
                     const char *observed) {
    struct explain_row *r = new_row(c, name);
    snprintf(r->expected, sizeof r->expected, "%s", expected);
    snprintf(r->observed, sizeof r->observed, "%s", observed);
    r->differs = strcmp(expected, observed) != 0;
    if (r->differs) snprintf(r->note, sizeof r->note, "differs");
}

static void answer_rows(struct explain_compared *c, const struct mismatch *m, bool sv32) {
    const struct mmu_answer *e = &m->expected_answer, *o = &m->observed_answer;
    char expected[24], observed[24];
    row(c, "physical address", e->pa, o->pa);
    snprintf(expected, sizeof expected, e->fault ? "fault, cause %u" : "no fault", e->cause);
    snprintf(observed, sizeof observed, o->fault ? "fault, cause %u" : "no fault", o->cause);
    text_row(c, "outcome", expected, observed);
    text_row(c, "page size", page_size(e, sv32), page_size(o, sv32));
    text_row(c, "memory type", e->fault ? "-" : explain_type_name(e->pbmt),
             o->fault ? "-" : explain_type_name(o->pbmt));
    explain_flags(e->perm, expected);
    explain_flags(o->perm, observed);
    text_row(c, "permissions", expected, observed);
    // Who answers is a matter of the microarchitecture.
    if (m->check != CHECK_LEGAL)
        text_row(c, "answered by", explain_source_name(e->source), explain_source_name(o->source));
}

static const char *request_name(bool valid, const struct mmu_memory_request *request) {
    return !valid ? "none" : request->write ? "A/D update" : "PTE read";
}

static void request_rows(struct explain_compared *c, const struct mismatch *m) {
    const struct mmu_memory_request *e = &m->expected_request, *o = &m->observed_request;
    text_row(c, "memory request", request_name(m->expected_request_valid, e),
             request_name(m->observed_request_valid, o));
    if (m->expected_request_valid && m->observed_request_valid) {
        row(c, "PTE address", e->pa, o->pa);
        if (e->id != o->id) row(c, "walk slot", e->id, o->id);
        if (!e->write && !o->write) return;
        row(c, "expected PTE", e->expected, o->expected);
        row(c, "new PTE", e->data, o->data);
        return;
    }
    const struct mmu_memory_request *one = m->expected_request_valid ? e : o;
    struct explain_row *r = new_row(c, "PTE address");
    r->alone = true;
    snprintf(r->expected, sizeof r->expected, "0x%014" PRIx64 ", walk slot %u", one->pa, one->id);
}

static bool is_time(const struct mismatch *m) {
    if (strstr(m->what, "on the way")) return true;
    return (m->check == CHECK_LATENCY || m->check == CHECK_WATCHDOG) &&
           !strstr(m->what, "within") && m->expected > 1;
}

static void time_row(struct explain_compared *c, const struct mismatch *m) {
    struct explain_row *r = new_row(c, m->what);
    r->differs = m->expected != m->observed;
    bool both = m->expected != MMU_NEVER && m->observed != MMU_NEVER;
    snprintf(r->expected, sizeof r->expected, "never");
    snprintf(r->observed, sizeof r->observed, "never");
    if (m->expected != MMU_NEVER)
        snprintf(r->expected, sizeof r->expected, "cycle %" PRIu64, m->expected);
    if (m->observed != MMU_NEVER)
        snprintf(r->observed, sizeof r->observed, "cycle %" PRIu64, m->observed);
    if (both) snprintf(r->note, sizeof r->note, "%+" PRId64, (int64_t)(m->observed - m->expected));
}

static void limit_row(struct explain_compared *c, const struct mismatch *m) {
    struct explain_row *r = new_row(c, m->what);
    r->alone = true;
    snprintf(r->expected, sizeof r->expected, "limit %" PRIu64 " cycles", m->expected);
    snprintf(r->observed, sizeof r->observed, "waited %" PRIu64, m->observed);
}

void explain_compared(const struct bench *bench, const struct mismatch *m,
                      struct explain_facts *f) {
    struct explain_compared *c = &f->compared;
    bool again = m->check == CHECK_INVARIANCE;
    c->shown = true;
    if (m->check == CHECK_ASSERTION) {
        c->property = m->what;
        return;
    }
    c->titles[0] = m->check == CHECK_LEGAL ? "by memory as it is"
                   : again                 ? "asked first"
                                           : "expected (model)";
    c->titles[1] = again ? "asked again" : "observed (DUT)";
    // The DUT's answer is another request's: its fields have nothing to do with what was expected.
    if (m->check == CHECK_TAG && m->has_answer) {
        c->remark = "The two answers belong to different requests: only the tags are compared.";
    } else if (m->has_answer) {
        answer_rows(c, m, bench->config.mmu.arch.xlen == 32);
        f->has_answer = true;
        f->answer[0] = m->expected_answer;
        f->answer[1] = m->observed_answer;
    }
    if (m->expected_request_valid || m->observed_request_valid) request_rows(c, m);
    if (m->check == CHECK_LEGAL || again) return;
    if (is_time(m))
        time_row(c, m);
    else if (m->check == CHECK_WATCHDOG)
        limit_row(c, m);
    else
        row(c, m->what, m->expected, m->observed);
}
