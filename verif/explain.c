// SPDX-License-Identifier: Apache-2.0
// One page about one mismatch: what was asked, expected beside observed, the walk, the
// latency in its terms, the history of the PTEs, whom to suspect, how to repeat it.
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain_internal.h"

enum { PAGE_BYTES = 16384 };

void verif_text_add(struct verif_text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    size_t left = text->capacity - text->used;
    int n = vsnprintf(text->bytes + text->used, left, format, arguments);
    va_end(arguments);
    if (n > 0) text->used += (size_t)n < left ? (size_t)n : left - 1;
}

// --- third opinion -----------------------------------------------------------------------

static bool third_read(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    const struct bench_memory *memory = user;
    return memory->read(memory->user, pa, bytes, value);
}

// Nothing is written: an update would succeed.
static bool third_update(void *user, uint64_t pa, unsigned bytes, uint64_t expected,
                         uint64_t desired, uint64_t *old) {
    uint64_t value;
    (void)desired;
    *old = expected;
    return third_read(user, pa, bytes, &value);
}

const struct mmu_pmp *explain_pmp(const struct bench *bench) {
    return bench->engine ? mmu_engine_pmp(bench->engine) : &bench->pmp;
}

void explain_ask_third(const struct bench *bench, const struct mismatch *m,
                       struct third_opinion *third) {
    const struct mmu_arch *arch = &bench->config.mmu.arch;
    struct bench_memory present = bench->config.memory;
    struct mmu_context context = mmu_context_capture(arch, &m->history.csr, (enum mmu_port)m->port);
    struct mmu_memory memory = {
        .user = &present, .read = third_read, .compare_and_write = third_update};
    third->mode = context.mode;
    third->answer =
        mmu_walk(arch, &context, explain_pmp(bench), &memory, &m->history.request, &third->trace);
}

// --- suspect -----------------------------------------------------------------------------

static bool agrees(const struct mmu_answer *a, const struct mmu_answer *b) {
    return a->fault == b->fault && a->cause == b->cause && a->pa == b->pa && a->level == b->level &&
           a->napot == b->napot && a->pbmt == b->pbmt;
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
           "          or the PMP was changed after the request, or memory answered with an error).";
}

static void suspect(struct verif_text *t, const struct mismatch *m,
                    const struct third_opinion *third) {
    bool value = m->check == CHECK_PA || m->check == CHECK_FAULT || m->check == CHECK_LEVEL ||
                 m->check == CHECK_MEMORY_TYPE || m->check == CHECK_PERM ||
                 m->check == CHECK_SOURCE;
    verif_text_add(t, "\nSuspect   ");
    if (value && m->has_answer)
        verif_text_add(t, "%s\n", suspect_of_answer(m, &third->answer));
    else if (m->check == CHECK_INVARIANCE)
        verif_text_add(
            t,
            "the DUT: nothing between the two answers may change the outcome, so the TLB "
            "and\n          the walk disagree.\n");
    else if (m->check == CHECK_ASSERTION)
        verif_text_add(t, "the DUT: a property that it states of itself does not hold.\n");
    else if (strstr(m->what, "withdrawn"))
        verif_text_add(t, "the DUT's handshake: a valid must stand until its transfer.\n");
    else if (m->check == CHECK_TERMS)
        verif_text_add(t,
                       "the model, or docs/microarchitecture.md section 12: both sides answer in "
                       "the same\n          cycle, but not within the latency contract.\n");
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

// --- the page ----------------------------------------------------------------------------

static void explain_with_model(struct verif_text *t, const struct bench *bench,
                               const struct mismatch *m) {
    struct third_opinion third;
    explain_ask_third(bench, m, &third);
    explain_asked(t, bench, m);
    explain_compared(t, bench, m);
    explain_walk(t, bench, m);
    explain_final_check(t, bench, m, &third);
    explain_latency(t, bench, m);
    explain_events(t, bench, m);
    explain_history(t, bench, m, &third);
    if (m->has_verdict) explain_verdict(t, bench, &m->verdict);
    suspect(t, m, &third);
}

static void explain_counter(struct verif_text *t, const struct bench *bench,
                            const struct mismatch *m) {
    explain_compared(t, bench, m);
    verif_text_add(t,
                   "\nSuspect   the DUT's counter, or an event between the ports: every "
                   "output agreed until now.\n");
}

// Neither model nor verdict: a watchdog, a property, a fault record.
static void explain_alone(struct verif_text *t, const struct bench *bench,
                          const struct mismatch *m) {
    if (m->check == CHECK_WATCHDOG)
        verif_text_add(t, "          limit %" PRIu64 " cycles, waited %" PRIu64 "\n", m->expected,
                       m->observed);
    if (bench->ports[m->port].accepted) explain_asked(t, bench, m);
    if (m->check != CHECK_WATCHDOG) explain_compared(t, bench, m);
    explain_events(t, bench, m);
}

char *bench_explain(const struct bench *bench, const char *command) {
    const struct mismatch *m = &bench->mismatch;
    struct verif_text t = {.bytes = malloc(PAGE_BYTES), .capacity = PAGE_BYTES};
    if (!t.bytes) return NULL;
    verif_text_add(&t, "--- MISMATCH: %s (%s) in cycle %" PRIu64 " ---\n",
                   bench_check_key(m->check), m->what, m->cycle);
    verif_text_add(&t, "          compared: %s\n\n", bench_check_text(m->check));
    if (m->check == CHECK_LEGAL)
        explain_illegal(&t, bench, m);
    else if (!bench->engine)
        explain_alone(&t, bench, m);
    else if (m->check == CHECK_COUNTER)
        explain_counter(&t, bench, m);
    else
        explain_with_model(&t, bench, m);
    verif_text_add(&t, "\nRepeat    %s\n", command);
    return t.bytes;
}
