// SPDX-License-Identifier: Apache-2.0
// The list of policies, their names and parameters.
#include <stddef.h>
#include <string.h>

#include "policies.h"

const struct policy_ops *policy_find(unsigned kind) {
    static const struct policy_ops *const all[POLICIES] = {
        [POLICY_FIFO] = &policy_fifo,      [POLICY_LRU] = &policy_lru,
        [POLICY_OPT] = &policy_opt,        [POLICY_CLOCK] = &policy_clock,
        [POLICY_RANDOM] = &policy_random,  [POLICY_2Q] = &policy_2q,
        [POLICY_ARC] = &policy_arc,        [POLICY_LIRS] = &policy_lirs,
        [POLICY_S3FIFO] = &policy_s3fifo,  [POLICY_SIEVE] = &policy_sieve,
        [POLICY_AGING] = &policy_aging,    [POLICY_CLOCK_BITS] = &policy_clock_bits,
        [POLICY_WSCLOCK] = &policy_wsclock};
    return kind < POLICIES ? all[kind] : NULL;
}

const char *policy_name(unsigned kind) {
    const struct policy_ops *ops = policy_find(kind);
    return ops ? ops->name : NULL;
}

unsigned policy_named(const char *name) {
    unsigned kind = 0;
    while (kind < POLICIES && strcmp(policy_name(kind), name) != 0) kind++;
    return kind;
}

const char *policy_knows_name(enum policy_knows knows) {
    static const char *const names[] = {"faults", "bits", "references", "future"};
    return names[knows];
}

bool policy_scans(unsigned kind) {
    const struct policy_ops *ops = policy_find(kind);
    return ops && ops->scan != policy_scan_nothing;
}

struct policy_parameters policy_parameters_default(void) {
    return (struct policy_parameters){.two_q_in = 25,
                                      .two_q_out = 50,
                                      .lirs_hir = 1,
                                      .lirs_ghosts = 200,
                                      .s3_small = 10,
                                      .s3_ghosts = 90,
                                      .s3_threshold = 2,
                                      .aging_bits = 8,
                                      .wsclock_writes = 8,
                                      .wsclock_window = 100000};
}

const char *policy_parameters_check(const struct policy_parameters *p) {
    if (p->two_q_in > 100) return "2Q's A1in is at most 100 percent of the frames";
    if (p->two_q_out > 1000) return "2Q's A1out is at most 1000 percent of the frames";
    if (p->lirs_hir > 100) return "LIRS' HIR pages are at most 100 percent of the frames";
    if (p->lirs_ghosts > 1000) return "LIRS' non-resident pages are at most 1000 percent";
    if (p->s3_small > 100) return "S3-FIFO's small queue is at most 100 percent of the frames";
    if (p->s3_ghosts > 1000) return "S3-FIFO's ghosts are at most 1000 percent of the frames";
    if (p->s3_threshold < 1 || p->s3_threshold > 3) return "S3-FIFO's threshold is 1, 2 or 3";
    if (p->aging_bits < 1 || p->aging_bits > 16) return "aging has 1 to 16 bits";
    return NULL;
}

void policy_touch_nothing(struct policy *policy, uint32_t frame, uint64_t next_use) {
    (void)policy;
    (void)frame;
    (void)next_use;
}

void policy_scan_nothing(struct policy *policy) {
    (void)policy;
}
