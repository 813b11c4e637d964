// SPDX-License-Identifier: Apache-2.0
// A study's outputs (docs/study.md): JSON, CSV, the terminal's summary.
#ifndef STUDY_OUTPUT_H
#define STUDY_OUTPUT_H

#include <stdio.h>

#include "report.h"
#include "verify.h"
#include "verify.h"

// Everything that is written.
struct study_outcome {
    const struct study_work *work;
    const struct study_report *report;
    const struct study_verdict *verdict;    // NULL: nothing was verified
    const char *command;                    // that repeats the study
    uint64_t checksums[STUDY_MOST_TRACES];  // XXH3 of the traces' bytes
};

// Under a temporary name, then renamed. SIM_ERROR_IO, SIM_ERROR_USAGE, SIM_ERROR_MEMORY.
enum sim_status study_write_json(const struct study_outcome *outcome, const char *path,
                                 struct sim_error *error);
// The table of points, one line a point, with a head line; RFC 4180. As study_write_json.
enum sim_status study_write_csv(const struct study_outcome *outcome, const char *path,
                                struct sim_error *error);

// The summary for people; `terminal`: with plots drawn in block characters.
void study_print(const struct study_outcome *outcome, bool terminal, FILE *out);

#endif
