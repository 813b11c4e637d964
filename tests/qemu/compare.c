// SPDX-License-Identifier: Apache-2.0
#include "compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "explain.h"
#include "observed.h"

#define SHOWN 5u  // differences printed in full
#define MOST_AT_ONCE 3u
#define MENVCFG_PBMTE (UINT64_C(1) << 62)

// What the model says becomes of a probe.
#define OUTCOME_KINDS(X)                     \
    X(SUCCESS, "allowed")                    \
    X(UPDATE, "allowed_with_update")         \
    X(PAGE_FAULT, "page_fault")              \
    X(PTE_DENIED, "pte_read_denied_by_pmp")  \
    X(UPDATE_DENIED, "update_denied_by_pmp") \
    X(PTE_MISSING, "pte_without_memory")     \
    X(DENIED, "access_denied_by_pmp")        \
    X(MISSING, "access_without_memory")

enum outcome_kind {
#define X(name, text) OUTCOME_##name,
    OUTCOME_KINDS(X)
#undef X
        OUTCOMES
};

static const char *const outcome_names[] = {
#define X(name, text) text,
    OUTCOME_KINDS(X)
#undef X
};

struct tally {
    bool deviations;  // whether any is accepted
    uint64_t probes, scenarios, differ;
    uint64_t mode[16];  // probes, by satp.MODE; 0: not translated
    uint64_t outcome[OUTCOMES];
    uint64_t deviation[DEVIATION_COUNT];
};

static const struct {
    const char *name;
    uint8_t (*exception)(uint8_t access);
} rules[] = {
#define X(name, text, exception) {text, exception},
    DEVIATIONS(X)
#undef X
};

static unsigned bits_of(unsigned set) {
    unsigned bits = 0;
    for (; set != 0; set &= set - 1) bits++;
    return bits;
}

// Whether one of the set starts from what the model says. A deviation never excuses a model that
// allows what QEMU refuses.
static bool starts_from(unsigned set, const struct scenario_probe *probe,
                        const struct outcome *expected) {
    bool starts = false;
    for (unsigned k = 0; k < DEVIATION_COUNT; k++)
        starts |= (set >> k & 1u) && expected->cause == rules[k].exception(probe->access);
    return expected->fault && starts;
}

// Returns the smallest set of deviations with which the model does what QEMU did; 0 if none.
static unsigned find_deviations(struct predict *predict, const struct scenario_probe *probe,
                                const struct outcome *expected, const struct outcome *observed) {
    for (unsigned size = 1; size <= MOST_AT_ONCE; size++) {
        for (unsigned set = 1; set < 1u << DEVIATION_COUNT; set++) {
            if (bits_of(set) != size || !starts_from(set, probe, expected)) continue;
            struct outcome outcome = predict_probe(predict, probe, set, NULL);
            if (outcome_equal(&outcome, observed)) return set;
        }
    }
    return 0;
}

static enum outcome_kind kind_of(const struct outcome *expected,
                                 const struct mmu_walk_trace *trace) {
    const struct mmu_walk_step *last = trace->steps == 0 ? NULL : &trace->step[trace->steps - 1];
    bool updated = last != NULL && last->write;
    if (!expected->fault) return updated ? OUTCOME_UPDATE : OUTCOME_SUCCESS;
    if (trace->final_denied) return OUTCOME_DENIED;
    if (trace->final_checked) return OUTCOME_MISSING;
    if (last != NULL && last->denied) return updated ? OUTCOME_UPDATE_DENIED : OUTCOME_PTE_DENIED;
    return last != NULL && last->error ? OUTCOME_PTE_MISSING : OUTCOME_PAGE_FAULT;
}

static void count_probe(struct tally *tally, const struct predict *predict,
                        const struct scenario_probe *probe, enum outcome_kind kind) {
    bool machine = probe->mpp == MMU_PRIV_M || (probe->access != MMU_FETCH && !probe->mprv);
    unsigned mode = machine ? 0 : mmu_satp_mode(&predict->arch, predict->scenario->satp);
    tally->probes++;
    tally->outcome[kind]++;
    tally->mode[mode]++;
}

static void judge(struct tally *tally, struct predict *predict, unsigned number,
                  const struct outcome *observed) {
    const struct scenario_probe *probe = &predict->scenario->probe[number];
    struct mmu_walk_trace trace;
    struct outcome expected = predict_probe(predict, probe, 0, &trace);
    count_probe(tally, predict, probe, kind_of(&expected, &trace));
    if (outcome_equal(&expected, observed)) return;
    unsigned set = 0;
    if (tally->deviations) set = find_deviations(predict, probe, &expected, observed);
    for (unsigned k = 0; k < DEVIATION_COUNT; k++) tally->deviation[k] += set >> k & 1u;
    if (set != 0 || tally->differ++ >= SHOWN) return;
    struct explain_difference difference = {predict,   tally->scenarios, number,
                                            &expected, observed,         &trace};
    explain_difference(stderr, &difference);
}

static const char *compare_scenario(struct tally *tally, struct predict *predict,
                                    struct observed *observed) {
    struct observed_scenario registers;
    const char *wrong = observed_scenario(observed, tally->scenarios, &registers);
    if (wrong != NULL) return wrong;
    if (registers.satp != predict->scenario->satp) return "satp did not take the scenario's value";
    if (predict->scenario->pbmte && !(registers.menvcfg & MENVCFG_PBMTE))
        return "menvcfg.PBMTE did not take the scenario's value";
    for (unsigned k = 0; k < predict->scenario->probes; k++) {
        struct outcome outcome;
        wrong = observed_probe(observed, k, &predict->scenario->probe[k], &outcome);
        if (wrong != NULL) return wrong;
        judge(tally, predict, k, &outcome);
    }
    return NULL;
}

static const char *compare_all(struct tally *tally, const struct scenario_set *set,
                               struct observed *observed) {
    struct predict *predict = malloc(sizeof *predict);
    if (predict == NULL) return "needs more memory than there is";
    const char *wrong = NULL;
    for (; wrong == NULL && tally->scenarios < set->count; tally->scenarios++) {
        predict_start(predict, set, &set->scenario[tally->scenarios]);
        wrong = compare_scenario(tally, predict, observed);
    }
    free(predict);
    return wrong != NULL ? wrong : observed_end(observed, set->count);
}

static void print_tally(const struct scenario_set *set, const struct tally *tally) {
    static const char *const modes[16] = {
        [0] = "untranslated", [1] = "Sv32", [8] = "Sv39", [9] = "Sv48", [10] = "Sv57"};
    printf("seed %" PRIu64 ", RV%u%s: %" PRIu64 " scenarios, %" PRIu64 " probes\n", set->seed,
           set->xlen, set->svnapot ? " with Svnapot and Svpbmt" : "", tally->scenarios,
           tally->probes);
    for (unsigned k = 0; k < 16; k++)
        if (tally->mode[k] != 0)
            printf("  probes    %-40s %8" PRIu64 "\n", modes[k] != NULL ? modes[k] : "reserved mode",
                   tally->mode[k]);
    for (unsigned k = 0; k < OUTCOMES; k++)
        printf("  outcome   %-40s %8" PRIu64 "\n", outcome_names[k], tally->outcome[k]);
    for (unsigned k = 0; k < DEVIATION_COUNT; k++)
        printf("  deviation %-40s %8" PRIu64 "\n", rules[k].name, tally->deviation[k]);
    printf("  %-50s %8" PRIu64 "\n", "differences", tally->differ);
}

enum compare_result compare_run(const struct scenario_set *set, const char *path, bool deviations) {
    struct tally tally = {.deviations = deviations};
    struct observed observed = {.file = fopen(path, "r")};
    if (observed.file == NULL) {
        fprintf(stderr, "%s: cannot be opened\n", path);
        return COMPARE_UNREADABLE;
    }
    const char *wrong = compare_all(&tally, set, &observed);
    fclose(observed.file);
    if (wrong != NULL) {
        fprintf(stderr, "%s:%lu: %s: '%.60s'\n", path, observed.line, wrong, observed.text);
        return COMPARE_UNREADABLE;
    }
    print_tally(set, &tally);
    return tally.differ == 0 ? COMPARE_AGREES : COMPARE_DIFFERS;
}
