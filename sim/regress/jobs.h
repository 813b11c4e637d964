// SPDX-License-Identifier: Apache-2.0
// The jobs of a regression, in their order: what did not pass last time first, then new ones,
// whose suites take turns by weight.
#ifndef REGRESS_JOBS_H
#define REGRESS_JOBS_H

#include "suites.h"

struct job {
    uint64_t seed;
    uint32_t suite;
    bool again;  // did not pass last time
};

struct jobs {
    struct job *job;
    size_t count;
};

struct jobs_options {
    uint64_t seed;  // of the plan
    const struct job *again;
    size_t again_count;
    bool only_again;
    uint64_t most;  // 0: no limit
};

// Lay out the jobs: none twice, the new ones no matter what `again` holds the same for one seed.
// jobs->job is the caller's to free. SIM_ERROR_USAGE (more than PLAN_MOST_JOBS without those of
// `again`, so that no failure makes a plan too large), SIM_ERROR_MEMORY.
enum sim_status jobs_create(const struct suites *suites, const struct jobs_options *options,
                            struct jobs *jobs, struct sim_error *error);

// Returns new seed number k of a suite: below 2^32, different for each k.
uint64_t jobs_new_seed(const struct suite *suite, uint64_t plan_seed, uint32_t k);

#endif
