// SPDX-License-Identifier: Apache-2.0
// One page about one mismatch: what was asked, expected beside observed, the walk, the
// latency in its terms, the history of the PTEs, whom to suspect, how to repeat it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain_facts.h"

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

static void ask_third(const struct bench *bench, const struct mismatch *m,
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
               "other\nwalked, or tells other permissions: an entry lost, kept or aliased.";
    if (model)
        return "the DUT: a walk of memory as it is now (by the model's code) gives the model's "
               "answer.";
    if (dut)
        return "the model, or a PTE changed without a fence: a walk of memory as it is now gives\n"
               "the DUT's answer.";
    return "the test or the handler: a walk of memory as it is now gives neither answer (a PTE\n"
           "or the PMP was changed after the request, or memory answered with an error).";
}

// By the check, whatever was answered; NULL: nothing is known but the check.
static const char *suspect_of_check(const struct mismatch *m) {
    switch (m->check) {
        case CHECK_INVARIANCE:
            return "the DUT: nothing between the two answers may change the outcome, so the TLB "
                   "and\nthe walk disagree.";
        case CHECK_ASSERTION:
            return "the DUT: a property that it states of itself does not hold.";
        case CHECK_TERMS:
            return "the model, or docs/microarchitecture.md section 12: both sides answer in the "
                   "same\ncycle, but not within the latency contract.";
        case CHECK_LATENCY:
            return "the DUT's timing: what it says is right, the cycle is not; the memory kept its "
                   "g and L.";
        case CHECK_WATCHDOG:
            return "the DUT hangs, or the driver waits for something that nobody sends.";
        case CHECK_TAG:
            return "the DUT's order of answers, or the tag that it carries along with a request.";
        case CHECK_COUNTER:
            return "the DUT's counter, or an event between the ports: every output agreed until "
                   "now.";
        default:
            return NULL;
    }
}

static const char *suspect(const struct mismatch *m, const struct third_opinion *third) {
    bool value = m->check == CHECK_PA || m->check == CHECK_FAULT || m->check == CHECK_LEVEL ||
                 m->check == CHECK_MEMORY_TYPE || m->check == CHECK_PERM ||
                 m->check == CHECK_SOURCE;
    if (value && m->has_answer) return suspect_of_answer(m, &third->answer);
    if (m->check != CHECK_INVARIANCE && m->check != CHECK_ASSERTION && strstr(m->what, "withdrawn"))
        return "the DUT's handshake: a valid must stand until its transfer.";
    return suspect_of_check(m);
}

static const char *suspect_of_illegal(const struct mismatch *m) {
    if (!m->has_verdict)
        return "the DUT's handshake: an answer belongs to one request and stands until it is "
               "taken.";
    return "the DUT, or a write to memory that the bench was not told of.";
}

static void set_suspect(struct explain_facts *f, const char *words) {
    if (words)
        snprintf(f->suspect, sizeof f->suspect, "%s", words);
    else
        snprintf(f->suspect, sizeof f->suspect,
                 "the DUT, if the model reads docs/microarchitecture.md rightly: %s.",
                 bench_check_text(f->check));
}

// --- the page ----------------------------------------------------------------------------

static void gather_with_model(const struct bench *bench, const struct mismatch *m,
                              struct explain_facts *f) {
    struct third_opinion third;
    ask_third(bench, m, &third);
    explain_asked(bench, m, f);
    explain_compared(bench, m, f);
    explain_walk(bench, m, &f->walk);
    // What the TLB's entry was, or should have been, made of.
    if (f->walk.kind == EXPLAIN_NO_WALK && !f->walk.merged)
        explain_present_walk(bench, &third, &f->present);
    explain_final_check(bench, m, &third, f);
    explain_latency(bench, m, &f->latency);
    explain_events(bench, m, f);
    explain_history(bench, m, &third, &f->history);
    set_suspect(f, suspect(m, &third));
}

// Neither the model nor a verdict: a watchdog, a property, a fault record.
static void gather_alone(const struct bench *bench, const struct mismatch *m,
                         struct explain_facts *f) {
    f->limited = m->check == CHECK_WATCHDOG;
    f->limit = m->expected;
    f->waited = m->observed;
    if (bench->ports[m->port].accepted) explain_asked(bench, m, f);
    if (!f->limited) explain_compared(bench, m, f);
    explain_events(bench, m, f);
}

static void gather_illegal(const struct bench *bench, const struct mismatch *m,
                           struct explain_facts *f) {
    struct third_opinion third;
    bool asked = bench->ports[m->port].accepted;
    if (asked) explain_asked(bench, m, f);
    explain_compared(bench, m, f);
    explain_events(bench, m, f);
    set_suspect(f, suspect_of_illegal(m));
    if (!asked) return;
    ask_third(bench, m, &third);
    explain_present_walk(bench, &third, &f->present);
    explain_final_check(bench, m, &third, f);
    explain_history(bench, m, &third, &f->history);
}

struct explain_facts *explain_gather(const struct bench *bench, const char *command) {
    const struct mismatch *m = &bench->mismatch;
    struct explain_facts *f = calloc(1, sizeof *f);
    if (!f) return NULL;
    f->check = m->check;
    f->cycle = m->cycle;
    f->what = m->what;
    f->pte_digits = bench->config.mmu.arch.xlen / 4u;
    f->command = command;
    if (m->has_verdict) f->verdict = &m->verdict;
    if (m->check == CHECK_LEGAL) {
        gather_illegal(bench, m, f);
    } else if (!bench->engine) {
        f->verdict = NULL;
        gather_alone(bench, m, f);
    } else if (m->check == CHECK_COUNTER) {
        explain_compared(bench, m, f);
        set_suspect(f, suspect_of_check(m));
        f->verdict = NULL;
    } else {
        gather_with_model(bench, m, f);
    }
    return f;
}

static char *explain(const struct bench *bench, const char *command,
                     void (*write)(struct verif_text *, const struct explain_facts *)) {
    struct verif_text text = {0};
    struct explain_facts *facts = explain_gather(bench, command);
    if (!facts) return NULL;
    write(&text, facts);
    free(facts);
    return verif_text_take(&text);
}

char *bench_explain(const struct bench *bench, const char *command) {
    return explain(bench, command, explain_write_text);
}

char *bench_explain_html(const struct bench *bench, const char *command) {
    return explain(bench, command, explain_write_html);
}
