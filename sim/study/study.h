// SPDX-License-Identifier: Apache-2.0
// A study from plan to outputs: everything that the command asks for.
#ifndef STUDY_STUDY_H
#define STUDY_STUDY_H

#include "output.h"
#include "plan.h"
#include "verify.h"
#include "workers.h"

struct study_request {
    struct study_plan plan;
    const char *plan_path;  // NULL: none
    const char *cost;       // of the hardware, for the page; NULL: none
    const char *json, *csv, *html, *journal, *dut_path;  // NULL: not asked for
    uint64_t verify_points, verify_references;
    unsigned workers;
    bool resume, quiet;
    char *journal_chosen;  // owned: what request->journal points to, if it was not given
    char command[16384];   // that repeats the study
};

// Make the study and its outputs. *passed tells whether what was verified agreed. As
// study_workers_run, study_verify, study_write_json.
enum sim_status study_make(struct study_request *request, bool *passed, struct sim_error *error);

// The journal lies beside the first output unless the request says where. SIM_ERROR_USAGE if
// --resume has none.
enum sim_status study_choose_journal(struct study_request *request, struct sim_error *error);

// No output may replace an input or another output. SIM_ERROR_USAGE with a sentence that names
// both.
enum sim_status study_check_files(struct study_request *request, struct sim_error *error);

// Write the command that repeats the study to request->command.
void study_command_write(struct study_request *request);

#endif
