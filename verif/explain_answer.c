// SPDX-License-Identifier: Apache-2.0
// What was asked, and expected beside observed.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "explain_internal.h"

static const char *access_name(unsigned access) {
    static const char *const names[] = {"fetch", "load", "store", "amo"};
    return names[access & 3];
}

static const char *priv_name(unsigned priv) {
    static const char *const names[] = {"U", "S", "reserved", "M"};
    return names[priv & 3];
}

static const char *source_name(unsigned source) {
    static const char *const names[] = {"none", "TLB", "walk", "second-level TLB"};
    return names[source & 3];
}

static const char *type_name(unsigned pbmt) {
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

void explain_pte(struct verif_text *t, const struct bench *bench, uint64_t pte) {
    char flags[9];
    explain_flags(pte, flags);
    int digits = bench->config.mmu.arch.xlen / 4;
    verif_text_add(t, "0x%0*" PRIx64 " %s", digits, pte, flags);
    if (digits == 8) return;
    unsigned pbmt = (unsigned)(pte >> MMU_PTE_PBMT_SHIFT) & 3;
    if (pte & MMU_PTE_N) verif_text_add(t, " N");
    if (pbmt) verif_text_add(t, " %s", type_name(pbmt));
}

// --- what was asked ----------------------------------------------------------------------

static void virtual_address(struct verif_text *t, const struct mmu_arch *arch,
                            const struct mmu_mode *mode, uint64_t va) {
    verif_text_add(t, "va 0x%0*" PRIx64, arch->xlen / 4, va);
    if (!mode) return;
    for (unsigned level = mode->levels; level-- > 0;) {
        uint64_t vpn = va >> (MMU_PAGE_BITS + mode->vpn_bits * level);
        verif_text_add(t, "%s%u", level + 1 == mode->levels ? " = vpn " : " | ",
                       (unsigned)vpn & ((1u << mode->vpn_bits) - 1));
    }
    verif_text_add(t, ", offset 0x%03x", (unsigned)va & (MMU_PAGE_BYTES - 1));
}

void explain_asked(struct verif_text *t, const struct bench *bench, const struct mismatch *m) {
    const struct mmu_arch *arch = &bench->config.mmu.arch;
    const struct mmu_history *h = &m->history;
    const struct mmu_mode *mode = mmu_mode_of(arch, mmu_satp_mode(arch, h->csr.satp));
    verif_text_add(t, "Asked     %s port, tag %u, %s of %u byte%s, ",
                   m->port == MMU_PORT_DATA ? "data" : "fetch", h->request.tag,
                   access_name(h->request.access), 1u << (h->request.size & 3),
                   h->request.size & 3 ? "s" : "");
    virtual_address(t, arch, mode, h->request.va);
    verif_text_add(t,
                   "\n          accepted in cycle %" PRIu64 "; %s, asid %u, root 0x%" PRIx64
                   "; privilege %s%s%s, SUM %d, MXR %d, %s%s\n",
                   m->base + h->accept_cycle, mode_name(mode), mmu_satp_asid(arch, h->csr.satp),
                   mmu_satp_ppn(arch, h->csr.satp) << MMU_PAGE_BITS, priv_name(h->csr.priv),
                   h->csr.mprv ? ", MPRV with MPP " : "", h->csr.mprv ? priv_name(h->csr.mpp) : "",
                   h->csr.sum, h->csr.mxr, h->csr.adue ? "Svadu" : "Svade",
                   h->csr.pbmte ? ", Svpbmt" : "");
}

// --- expected beside observed ------------------------------------------------------------

static void row(struct verif_text *t, const char *name, uint64_t expected, uint64_t observed) {
    verif_text_add(t, "          %-18s 0x%-18" PRIx64 " 0x%-18" PRIx64, name, expected, observed);
    if (expected != observed) {
        unsigned bit = 0;
        while (!(((expected ^ observed) >> bit) & 1)) bit++;
        verif_text_add(t, " <-- differs from bit %u on", bit);
    }
    verif_text_add(t, "\n");
}

static void text_row(struct verif_text *t, const char *name, const char *expected,
                     const char *observed) {
    verif_text_add(t, "          %-18s %-20s %-20s%s\n", name, expected, observed,
                   strcmp(expected, observed) ? " <-- differs" : "");
}

static void answer_rows(struct verif_text *t, const struct mismatch *m, bool sv32) {
    const struct mmu_answer *e = &m->expected_answer, *o = &m->observed_answer;
    char expected[24], observed[24];
    row(t, "physical address", e->pa, o->pa);
    snprintf(expected, sizeof expected, e->fault ? "fault, cause %u" : "no fault", e->cause);
    snprintf(observed, sizeof observed, o->fault ? "fault, cause %u" : "no fault", o->cause);
    text_row(t, "outcome", expected, observed);
    text_row(t, "page size", page_size(e, sv32), page_size(o, sv32));
    text_row(t, "memory type", e->fault ? "-" : type_name(e->pbmt),
             o->fault ? "-" : type_name(o->pbmt));
    explain_flags(e->perm, expected);
    explain_flags(o->perm, observed);
    text_row(t, "permissions", expected, observed);
    // Who answers is a matter of the microarchitecture.
    if (m->check != CHECK_LEGAL)
        text_row(t, "answered by", source_name(e->source), source_name(o->source));
    if (m->check == CHECK_TAG) row(t, "tag", e->tag, o->tag);
}

static const char *request_name(bool valid, const struct mmu_memory_request *request) {
    return !valid ? "none" : request->write ? "A/D update" : "PTE read";
}

static void request_rows(struct verif_text *t, const struct mismatch *m) {
    const struct mmu_memory_request *e = &m->expected_request, *o = &m->observed_request;
    text_row(t, "memory request", request_name(m->expected_request_valid, e),
             request_name(m->observed_request_valid, o));
    if (m->expected_request_valid && m->observed_request_valid) {
        row(t, "PTE address", e->pa, o->pa);
        if (e->id != o->id) row(t, "walk slot", e->id, o->id);
        if (!e->write && !o->write) return;
        row(t, "expected PTE", e->expected, o->expected);
        row(t, "new PTE", e->data, o->data);
        return;
    }
    const struct mmu_memory_request *one = m->expected_request_valid ? e : o;
    verif_text_add(t, "          %-18s 0x%014" PRIx64 ", walk slot %u\n", "PTE address", one->pa,
                   one->id);
}

static bool is_time(const struct mismatch *m) {
    if (strstr(m->what, "on the way")) return true;
    return (m->check == CHECK_LATENCY || m->check == CHECK_WATCHDOG) &&
           !strstr(m->what, "within") && m->expected > 1;
}

static void time_row(struct verif_text *t, const struct mismatch *m) {
    char expected[32] = "never", observed[32] = "never";
    if (m->expected != MMU_NEVER)
        snprintf(expected, sizeof expected, "cycle %" PRIu64, m->expected);
    if (m->observed != MMU_NEVER)
        snprintf(observed, sizeof observed, "cycle %" PRIu64, m->observed);
    verif_text_add(t, "          %-18s %-20s %-20s", m->what, expected, observed);
    if (m->expected != MMU_NEVER && m->observed != MMU_NEVER)
        verif_text_add(t, " <-- %+" PRId64, (int64_t)(m->observed - m->expected));
    verif_text_add(t, "\n");
}

void explain_compared(struct verif_text *t, const struct bench *bench, const struct mismatch *m) {
    if (m->check == CHECK_ASSERTION) {
        verif_text_add(t, "\n          property %s failed\n", m->what);
        return;
    }
    bool again = m->check == CHECK_INVARIANCE;
    verif_text_add(t, "\n          %-18s %-20s %-20s\n", "",
                   m->check == CHECK_LEGAL ? "by memory as it is"
                   : again                 ? "asked first"
                                           : "expected (model)",
                   again ? "asked again" : "observed (DUT)");
    if (m->has_answer) answer_rows(t, m, bench->config.mmu.arch.xlen == 32);
    if (m->expected_request_valid || m->observed_request_valid) request_rows(t, m);
    if (m->check == CHECK_LEGAL || again) return;
    if (is_time(m))
        time_row(t, m);
    else if (m->check == CHECK_WATCHDOG)
        verif_text_add(t, "          %s: limit %" PRIu64 " cycles, waited %" PRIu64 "\n", m->what,
                       m->expected, m->observed);
    else
        row(t, m->what, m->expected, m->observed);
}
