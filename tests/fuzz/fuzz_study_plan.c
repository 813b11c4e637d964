// SPDX-License-Identifier: Apache-2.0
// Arbitrary bytes as a plan. What is accepted lays out, or is refused with a sentence.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plan_yaml.h"
#include "query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Laying out is quick, but not for 20000 points of each input.
enum { MOST_POINTS = 500 };

static void lay_out(const struct study_plan *plan) {
    static const uint64_t references[STUDY_MOST_TRACES] = {1000};
    struct study_work work;
    struct sim_error error = {""};
    if (study_plan_combinations(plan) > MOST_POINTS) return;
    if (study_work_create(plan, references, &work, &error) != SIM_OK && !error.text[0]) abort();
    unsigned queries = 0;
    for (unsigned t = 0; t < work.task_count; t++) queries += work.tasks[t].count;
    if (queries != work.query_count) abort();
    study_work_destroy(&work);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct study_plan plan;
    struct sim_error error = {""};
    study_plan_init(&plan);
    enum sim_status status = study_plan_parse("input", data, size, &plan, &error);
    if (!status) status = study_plan_finish(&plan, &error);
    if (!status)
        lay_out(&plan);
    else if (!error.text[0])
        abort();
    study_plan_destroy(&plan);
    return 0;
}
