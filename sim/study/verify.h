// SPDX-License-Identifier: Apache-2.0
// Spot checks: points of the study run through the RTL in lockstep with the model.
#ifndef STUDY_VERIFY_H
#define STUDY_VERIFY_H

#include "cycles.h"
#include "query.h"

enum { VERIFY_MOST_POINTS = 64 };

// One number of one point, counted twice.
struct study_check {
    unsigned row;
    const char *what;  // "data_misses"
    uint64_t study, rtl;
    uint64_t references;
    bool lockstep;  // RTL and model agreed in every cycle
    bool agree;     // that, and study = rtl
};

struct study_verdict {
    uint64_t seed;
    unsigned points;  // rows that were run
    struct study_check checks[9 * VERIFY_MOST_POINTS];
    unsigned check_count;
    bool passed;
};

// Choose `count` rows by the seed, run them through the RTL, and compare. `references`: at most so
// many of each program, 0: all; with fewer than the study's, what the study counted is counted
// again over those. Rows that no RTL can run (too many entries, other page sizes, policies that
// only a simulator has) are not chosen; SIM_ERROR_USAGE if none is left. SIM_ERROR_TOOL if the RTL
// cannot be built.
enum sim_status study_verify(const struct study_work *work, unsigned count, uint64_t references,
                             const struct study_rtl *rtl, struct study_verdict *verdict,
                             struct sim_error *error);

#endif
