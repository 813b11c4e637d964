// SPDX-License-Identifier: Apache-2.0
// When an access that is asked again must have the same outcome: if nothing that it depends on has
// changed since a point at which nothing old was cached. A shrunk scenario need not be as the
// stimulus made it, and a comparison that means nothing must not become its failure.
#include <string.h>

#include "scenario_internal.h"

void scenario_same_begin(struct scenario_same *same) {
    *same = (struct scenario_same){.steady = {true, true}};
}

static void unsettle(struct scenario_same *same, unsigned port) {
    same->steady[port] = false;
    same->times[port] = 0;
}

void scenario_same_changed(struct scenario_same *same) {
    for (unsigned p = 0; p < MMU_PORTS; p++) unsettle(same, p);
}

void scenario_same_fenced(struct scenario_same *same, unsigned port, const struct mmu_fence *fence,
                          bool quiet) {
    bool all = fence->op == MMU_SFENCE_VMA && !fence->has_va && !fence->has_asid;
    if (all && quiet) same->steady[port] = true;
}

void scenario_same_accepted(struct scenario_same *same, unsigned port,
                            const struct mmu_request *request) {
    same->asked[port][request->tag % MMU_TAGS] = *request;
}

static bool one_access(const struct mmu_request *a, const struct mmu_request *b) {
    return a->va == b->va && a->access == b->access && a->size == b->size;
}

void scenario_same_answered(struct scenario_same *same, unsigned port,
                            const struct mmu_answer *answer) {
    const struct mmu_request *request = &same->asked[port][answer->tag % MMU_TAGS];
    bool sets_d = request->access == MMU_STORE || request->access == MMU_AMO;
    bool again = same->times[port] && one_access(request, &same->last[port]);
    // D, which is part of the outcome, may be that of another access's page, too.
    if (sets_d && same->times[port] && !again) unsettle(same, port);
    if (sets_d)
        for (unsigned p = 0; p < MMU_PORTS; p++)
            if (p != port) unsettle(same, p);
    same->last[port] = *request;
    same->times[port] = again ? same->times[port] + 1 : same->steady[port];
    memmove(same->answer[port] + 1, same->answer[port],
            (SCENARIO_SAME_TIMES - 1) * sizeof same->answer[port][0]);
    same->answer[port][0] = *answer;
}

bool scenario_same_holds(const struct scenario_same *same, unsigned port, struct bench *bench) {
    const struct mmu_answer *answer = same->answer[port];
    if (same->times[port] < SCENARIO_SAME_TIMES) return true;
    for (unsigned i = SCENARIO_SAME_TIMES - 1; i > 0; i--)
        if (!bench_check_invariance(bench, port, &answer[i], &answer[i - 1])) return false;
    return true;
}
