// SPDX-License-Identifier: Apache-2.0
// One page about one mismatch: what was asked, expected beside observed, the walk, the
// latency in its terms, the history of the PTEs, whom to suspect, how to repeat it.
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain_internal.h"
#include "mmu/walk.h"

enum { PAGE_BYTES = 16384 };

void verif_text_add(struct verif_text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    size_t left = text->capacity - text->used;
    int n = vsnprintf(text->bytes + text->used, left, format, arguments);
    va_end(arguments);
    if (n > 0) text->used += (size_t)n < left ? (size_t)n : left - 1;
}

static const char *access_name(unsigned access) {
    static const char *const names[] = {"fetch", "load", "store", "amo"};
    return names[access & 3];
}

static const char *priv_name(unsigned priv) {
    static const char *const names[] = {"U", "S", "reserved", "M"};
    return names[priv & 3];
}

static const char *source_name(unsigned source) {
    static const char *const names[] = {"none", "TLB", "walk", "?"};
    return names[source & 3];
}

static const char *level_name(unsigned level) {
    static const char *const names[] = {"4 KiB", "2 MiB", "1 GiB", "not translated"};
    return names[level & 3];
}

void explain_flags(uint64_t pte, char out[9]) {
    static const char letters[] = "DAGUXWRV";
    for (int i = 0; i < 8; i++) out[i] = (pte >> (7 - i)) & 1 ? letters[i] : '-';
    out[8] = '\0';
}

static void asked(struct verif_text *t, const struct mismatch *m) {
    const struct mmu_history *h = &m->history;
    uint64_t va = h->request.va;
    verif_text_add(t,
                   "Asked     %s port, %s, va 0x%016" PRIx64 " = vpn %u | %u | %u, offset 0x%03x\n",
                   m->port == MMU_PORT_DATA ? "data" : "fetch", access_name(h->request.access), va,
                   (unsigned)(va >> 30) & 511, (unsigned)(va >> 21) & 511,
                   (unsigned)(va >> 12) & 511, (unsigned)va & 4095);
    verif_text_add(t,
                   "          accepted in cycle %" PRIu64 "; satp mode %u, asid %u, root 0x%" PRIx64
                   "; privilege %s%s%s, SUM %d, MXR %d, %s\n",
                   m->base + h->accept_cycle, mmu_satp_mode(h->csr.satp),
                   mmu_satp_asid(h->csr.satp), mmu_satp_ppn(h->csr.satp) << MMU_PAGE_BITS,
                   priv_name(h->csr.priv), h->csr.mprv ? ", MPRV with MPP " : "",
                   h->csr.mprv ? priv_name(h->csr.mpp) : "", h->csr.sum, h->csr.mxr,
                   h->csr.adue ? "Svadu" : "Svade");
}

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

static void answer_rows(struct verif_text *t, const struct mmu_answer *e,
                        const struct mmu_answer *o) {
    char expected[24], observed[24];
    row(t, "physical address", e->pa, o->pa);
    snprintf(expected, sizeof expected, e->fault ? "fault, cause %u" : "no fault", e->cause);
    snprintf(observed, sizeof observed, o->fault ? "fault, cause %u" : "no fault", o->cause);
    text_row(t, "outcome", expected, observed);
    text_row(t, "page size", e->fault ? "-" : level_name(e->level),
             o->fault ? "-" : level_name(o->level));
    explain_flags(e->perm, expected);
    explain_flags(o->perm, observed);
    text_row(t, "permissions", expected, observed);
    text_row(t, "answered by", source_name(e->source), source_name(o->source));
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
        if (!e->write && !o->write) return;
        row(t, "expected PTE", e->expected, o->expected);
        row(t, "new PTE", e->data, o->data);
        return;
    }
    const struct mmu_memory_request *one = m->expected_request_valid ? e : o;
    verif_text_add(t, "          %-18s 0x%014" PRIx64 "\n", "PTE address", one->pa);
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

static void compared(struct verif_text *t, const struct mismatch *m) {
    verif_text_add(t, "\n          %-18s %-20s %-20s\n", "", "expected (model)", "observed (DUT)");
    if (m->has_answer) answer_rows(t, &m->expected_answer, &m->observed_answer);
    if (m->expected_request_valid || m->observed_request_valid) request_rows(t, m);
    if (is_time(m))
        time_row(t, m);
    else if (m->check == CHECK_WATCHDOG)
        verif_text_add(t, "          %s: limit %" PRIu64 " cycles, waited %" PRIu64 "\n", m->what,
                       m->expected, m->observed);
    else
        row(t, m->what, m->expected, m->observed);
}

// --- suspect -----------------------------------------------------------------------------

static bool third_read(void *user, uint64_t pa, uint64_t *value) {
    struct third_opinion *third = user;
    if (third->reads < 8) third->pa[third->reads++] = pa;
    return third->bench->config.memory.read(third->bench->config.memory.user, pa, value);
}

static bool third_update(void *user, uint64_t pa, uint64_t expected, uint64_t desired,
                         uint64_t *old) {
    (void)user, (void)pa, (void)desired;
    *old = expected;
    return true;
}

static struct third_opinion ask_third(const struct bench *bench, const struct mismatch *m) {
    struct third_opinion third = {.bench = bench};
    struct mmu_context context = mmu_context_capture(&m->history.csr, (enum mmu_port)m->port);
    struct mmu_memory memory = {
        .user = &third, .read = third_read, .compare_and_write = third_update};
    third.answer =
        mmu_walk(mmu_mode_sv39(), MMU_STAGE_SINGLE, &context, &memory, &m->history.request, NULL);
    return third;
}

static bool agrees(const struct mmu_answer *a, const struct mmu_answer *b) {
    return a->fault == b->fault && a->cause == b->cause && a->pa == b->pa && a->level == b->level;
}

static const char *suspect_of_answer(const struct mismatch *m, const struct mmu_answer *third) {
    bool model = agrees(third, &m->expected_answer), dut = agrees(third, &m->observed_answer);
    if (model && dut)
        return "the DUT's TLB: both answers fit memory as it is now, but one side hit where the "
               "other\n          walked, or tells other permissions: an entry lost, kept or "
               "aliased.";
    if (model)
        return "the DUT: a walk of memory as it is now (by the model's code) gives the model's "
               "answer.";
    if (dut)
        return "the model, or a PTE changed without a fence: a walk of memory as it is now gives\n"
               "          the DUT's answer.";
    return "the test or the handler: a walk of memory as it is now gives neither answer (a PTE\n"
           "          was changed after the request).";
}

static void suspect(struct verif_text *t, const struct mismatch *m,
                    const struct third_opinion *third) {
    bool value = m->check == CHECK_PA || m->check == CHECK_FAULT || m->check == CHECK_LEVEL ||
                 m->check == CHECK_PERM || m->check == CHECK_SOURCE;
    verif_text_add(t, "\nSuspect   ");
    if (value && m->has_answer)
        verif_text_add(t, "%s\n", suspect_of_answer(m, &third->answer));
    else if (strstr(m->what, "withdrawn"))
        verif_text_add(t, "the DUT's handshake: a valid must stand until its transfer.\n");
    else if (m->check == CHECK_LATENCY)
        verif_text_add(t,
                       "the DUT's timing: what it says is right, the cycle is not; the memory "
                       "kept its g and L.\n");
    else if (m->check == CHECK_WATCHDOG)
        verif_text_add(t, "the DUT hangs, or the driver waits for something that nobody sends.\n");
    else
        verif_text_add(t, "the DUT, if the model reads docs/microarchitecture.md rightly: %s.\n",
                       bench_check_text(m->check));
}

char *bench_explain(const struct bench *bench, const char *command) {
    const struct mismatch *m = &bench->mismatch;
    struct verif_text t = {.bytes = malloc(PAGE_BYTES), .capacity = PAGE_BYTES};
    if (!t.bytes) return NULL;
    verif_text_add(&t, "--- MISMATCH: %s (%s) in cycle %" PRIu64 " ---\n",
                   bench_check_key(m->check), m->what, m->cycle);
    verif_text_add(&t, "          compared: %s\n\n", bench_check_text(m->check));
    if (!bench->engine) {
        verif_text_add(&t, "          limit %" PRIu64 " cycles, waited %" PRIu64 "\n", m->expected,
                       m->observed);
    } else if (m->check == CHECK_COUNTER) {
        compared(&t, m);
        verif_text_add(&t,
                       "\nSuspect   the DUT's counter, or an event between the ports: every "
                       "output agreed until now.\n");
    } else {
        struct third_opinion third = ask_third(bench, m);
        asked(&t, m);
        compared(&t, m);
        explain_walk(&t, bench, m);
        explain_latency(&t, bench, m);
        explain_history(&t, bench, m, &third);
        suspect(&t, m, &third);
    }
    verif_text_add(&t, "\nRepeat    %s\n", command);
    return t.bytes;
}
