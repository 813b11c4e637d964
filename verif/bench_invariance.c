// SPDX-License-Identifier: Apache-2.0
// The same access asked again: who answers may differ, the outcome may not.
#include "bench_internal.h"

bool bench_check_invariance(struct bench *bench, unsigned port, const struct mmu_answer *first,
                            const struct mmu_answer *again) {
    struct mismatch *m = &bench->mismatch;
    if (bench_has_dut(bench)) bench->stats.compared[CHECK_INVARIANCE]++;
    if (bench->tap) bench->tap->same(bench->tap->user, bench, port);
    if (first->fault == again->fault && first->cause == again->cause && first->pa == again->pa &&
        first->level == again->level && first->napot == again->napot &&
        first->pbmt == again->pbmt && first->perm == again->perm)
        return true;
    bench_clear_mismatch(bench);
    m->has_answer = true;
    m->expected_answer = *first;
    m->observed_answer = *again;
    return bench_fail(bench, CHECK_INVARIANCE, port, "the same access, asked again", 0, 0);
}
