// SPDX-License-Identifier: Apache-2.0
// What `tandem vectors` prints and writes.
#ifndef VECTORS_REPORT_H
#define VECTORS_REPORT_H

#include "run.h"

#define VECTORS_SCHEMA_VERSION 1

struct json_t;

struct vectors_report {
    const struct vectors_options *options;
    struct vectors_tally total;
    struct vectors_lockstep lockstep;
    struct json_t *files, *failures;  // for the JSON; NULL: none is wanted
};

// with_json: collect for vectors_report_write. SIM_ERROR_MEMORY.
enum sim_status vectors_report_begin(struct vectors_report *report,
                                     const struct vectors_options *options, bool with_json,
                                     struct sim_error *error);
void vectors_report_end(struct vectors_report *report);

// A vectors_report_fn: print the failure, and collect it.
void vectors_report_failure(void *report, const struct vectors_failure *failure);
// Print the line of a file, and collect it.
void vectors_report_file(struct vectors_report *report, const struct vectors_tally *tally);
// Print the totals and the verdict.
void vectors_report_total(const struct vectors_report *report);
bool vectors_report_passed(const struct vectors_report *report);

// Write the JSON, under a temporary name first. SIM_ERROR_IO, SIM_ERROR_USAGE, SIM_ERROR_MEMORY.
enum sim_status vectors_report_write(const struct vectors_report *report, const char *path,
                                     struct sim_error *error);

// --- report_json.c -------------------------------------------------------------------------

void vectors_collect_failure(struct vectors_report *report, const struct vectors_failure *failure);
void vectors_collect_file(struct vectors_report *report, const struct vectors_tally *tally);
const char *vectors_who_name(enum vectors_who who);

#endif
