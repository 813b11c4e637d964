// SPDX-License-Identifier: Apache-2.0
// The scenario as a value, and which failures are the same.
#include "verif/scenario.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_keys[] = {
#define X(id, key) key,
    SCENARIO_OP_LIST(X)
#undef X
};

const char *scenario_kind_key(enum scenario_kind kind) {
    return kind_keys[kind];
}

struct scenario scenario_empty(void) {
    struct mmu_config mmu = mmu_config_default();
    return (struct scenario){.mode = BENCH_LOCKSTEP,
                             .oracle = BENCH_SHADOW,
                             .properties = true,
                             .mmu = mmu,
                             .watchdog_cycles = 100000,
                             .csr = {.priv = MMU_PRIV_M},
                             .pmp = mmu_pmp_reset(&mmu.arch)};
}

void scenario_clear(struct scenario *scenario) {
    free(scenario->words);
    free(scenario->timings);
    free(scenario->ops);
    *scenario = scenario_empty();
}

// Returns NULL for an empty list too.
static void *copy_of(const void *list, size_t count, size_t bytes, bool *ok) {
    void *copy = count ? malloc(count * bytes) : NULL;
    if (copy)
        memcpy(copy, list, count * bytes);
    else if (count)
        *ok = false;
    return copy;
}

bool scenario_copy(struct scenario *copy, const struct scenario *scenario) {
    bool ok = true;
    *copy = *scenario;
    copy->words = copy_of(scenario->words, scenario->word_count, sizeof *copy->words, &ok);
    copy->timings = copy_of(scenario->timings, scenario->timing_count, sizeof *copy->timings, &ok);
    copy->ops = copy_of(scenario->ops, scenario->op_count, sizeof *copy->ops, &ok);
    if (!ok) scenario_clear(copy);
    return ok;
}

bool scenario_pmp_entry_is_off(const struct scenario *scenario, unsigned entry) {
    return scenario->pmp.cfg[entry] == 0 && scenario->pmp.addr[entry] == 0;
}

size_t scenario_operations(const struct scenario *scenario) {
    return scenario->op_count;
}

// --- the same failure ------------------------------------------------------------------------

static int8_t lateness(const struct mismatch *m) {
    if (m->check != CHECK_LATENCY) return 0;
    if (m->observed == MMU_NEVER) return 2;
    return m->observed < m->expected ? -1 : 1;
}

struct scenario_failure scenario_failure_of(const struct mismatch *m) {
    struct scenario_failure failure = {.failed = true,
                                       .check = (uint8_t)m->check,
                                       .port = m->port,
                                       .late = lateness(m),
                                       .cycle = m->cycle};
    if (m->check == CHECK_FAULT && m->has_answer) {
        failure.cause[0] = m->expected_answer.cause;
        failure.cause[1] = m->observed_answer.cause;
    }
    memcpy(failure.what, m->what, sizeof failure.what);
    failure.what[sizeof failure.what - 1] = '\0';
    return failure;
}

// The rule that the legal-set oracle names holds addresses and ASIDs: "va 0x1000 asid 3: ...". They
// may change as those of other failures may, which are not part of what failed.
static bool same_rule(const char *a, const char *b) {
    static const char hexadecimal[] = "0123456789abcdef", decimal[] = "0123456789";
    while (*a && *b) {
        bool numbers = strchr(decimal, *a) && strchr(decimal, *b);
        if (!numbers && *a++ != *b++) return false;
        if (!numbers) continue;
        a += strncmp(a, "0x", 2) ? strspn(a, decimal) : 2 + strspn(a + 2, hexadecimal);
        b += strncmp(b, "0x", 2) ? strspn(b, decimal) : 2 + strspn(b + 2, hexadecimal);
    }
    return *a == *b;
}

bool scenario_same_failure(const struct scenario_failure *a, const struct scenario_failure *b) {
    return a->failed && b->failed && a->check == b->check && a->port == b->port &&
           a->late == b->late && a->cause[0] == b->cause[0] && a->cause[1] == b->cause[1] &&
           (a->check == CHECK_LEGAL ? same_rule(a->what, b->what) : !strcmp(a->what, b->what));
}
