// SPDX-License-Identifier: Apache-2.0
#include "compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "explain.h"
#include "observed.h"

#define SHOWN 5u  // differences printed in full
#define MOST_AT_ONCE 3u

struct tally {
    uint64_t probes, scenarios, differ;
    uint64_t mode[16];  // probes, by satp.MODE; 0: not translated
    uint64_t fault;
    uint64_t deviation[DEVIATION_COUNT];
};

static const char *const deviation_names[] = {
#define X(name, text) text,
    DEVIATIONS(X)
#undef X
};

// Returns whether the bits of `set` are as many as `size`, at most.
static unsigned bits_of(unsigned set) {
    unsigned bits = 0;
    for (; set != 0; set &= set - 1) bits++;
    return bits;
}

// Returns the smallest set of deviations with which the model does what QEMU did; 0 if none.
static unsigned find_deviations(struct predict *predict, const struct scenario_probe *probe,
                                const struct outcome *observed) {
    for (unsigned size = 1; size <= MOST_AT_ONCE; size++) {
        for (unsigned set = 1; set < 1u << DEVIATION_COUNT; set++) {
            if (bits_of(set) != size) continue;
            struct outcome outcome = predict_probe(predict, probe, set, NULL);
            if (outcome_equal(&outcome, observed)) return set;
        }
    }
    return 0;
}

static void count_probe(struct tally *tally, struct predict *predict,
                        const struct scenario_probe *probe, bool fault) {
    bool machine = probe->mpp == MMU_PRIV_M || (probe->access != MMU_FETCH && !probe->mprv);
    unsigned mode = machine ? 0 : mmu_satp_mode(&predict->arch, predict->scenario->satp);
    tally->probes++;
    tally->fault += fault;
    tally->mode[mode]++;
}

static void judge(struct tally *tally, struct predict *predict, unsigned number,
                  const struct outcome *observed) {
    const struct scenario_probe *probe = &predict->scenario->probe[number];
    struct mmu_walk_trace trace;
    struct outcome expected = predict_probe(predict, probe, 0, &trace);
    count_probe(tally, predict, probe, observed->fault);
    if (outcome_equal(&expected, observed)) return;
    unsigned set = find_deviations(predict, probe, observed);
    for (unsigned k = 0; k < DEVIATION_COUNT; k++) tally->deviation[k] += set >> k & 1u;
    if (set != 0 || tally->differ++ >= SHOWN) return;
    struct explain_difference difference = {predict, tally->scenarios, number,
                                            &expected, observed, &trace};
    explain_difference(stderr, &difference);
}

static const char *compare_scenario(struct tally *tally, struct predict *predict,
                                    struct observed *observed) {
    struct observed_scenario registers;
    const char *wrong = observed_scenario(observed, tally->scenarios, &registers);
    if (wrong != NULL) return wrong;
    if (registers.satp != predict->scenario->satp) return "satp did not take the scenario's value";
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
    static const char *const modes[16] = {[0] = "untranslated", [1] = "Sv32", [8] = "Sv39",
                                          [9] = "Sv48",         [10] = "Sv57"};
    printf("seed %" PRIu64 ", RV%u%s: %" PRIu64 " scenarios, %" PRIu64 " probes, %" PRIu64
           " of them with an exception\n",
           set->seed, set->xlen, set->svnapot ? " with Svnapot and Svpbmt" : "", tally->scenarios,
           tally->probes, tally->fault);
    for (unsigned k = 0; k < 16; k++)
        if (tally->mode[k] != 0) printf("  %-40s %8" PRIu64 "\n", modes[k], tally->mode[k]);
    for (unsigned k = 0; k < DEVIATION_COUNT; k++)
        printf("  deviation %-30s %8" PRIu64 "%s\n", deviation_names[k], tally->deviation[k],
               tally->deviation[k] == 0 ? " (not seen)" : "");
    printf("  %-40s %8" PRIu64 "\n", "differences", tally->differ);
}

enum compare_result compare_run(const struct scenario_set *set, const char *path) {
    struct tally tally = {0};
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
