// SPDX-License-Identifier: Apache-2.0
// Arbitrary bytes as the plan of a regression. What is accepted has suites and jobs, or is refused
// with a sentence.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "jobs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Laying out is quick, but not for a million jobs of each input.
enum { MOST_JOBS = 2000 };

static void lay_out(const struct suites *suites) {
    struct jobs_options options = {.seed = 1};
    struct jobs jobs;
    uint64_t count = 0;
    for (unsigned s = 0; s < suites->count; s++)
        count += plan_seed_count(&suites->suite[s].from->seeds);
    if (count > MOST_JOBS) return;
    if (jobs_create(suites, &options, &jobs, NULL)) abort();
    if (jobs.count != count) abort();
    free(jobs.job);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct plan plan;
    struct suites suites;
    struct sim_error error = {""};
    if (plan_parse("input", data, size, &plan, &error)) {
        if (!error.text[0]) abort();
        return 0;
    }
    if (!suites_create(&plan, &suites, &error)) {
        lay_out(&suites);
        suites_destroy(&suites);
    } else if (!error.text[0]) {
        abort();
    }
    plan_destroy(&plan);
    return 0;
}
