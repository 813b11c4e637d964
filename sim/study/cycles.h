// SPDX-License-Identifier: Apache-2.0
// One point by the timed model, or by the RTL in lockstep with it.
#ifndef STUDY_CYCLES_H
#define STUDY_CYCLES_H

#include "result.h"
#include "stream.h"

// The RTL beside the model.
struct study_rtl {
    const char *dut_path;             // NULL: built for the configuration
    const char *command;              // that repeats the study, for the page of a mismatch
    const struct run_report *report;  // to whom mismatches go
};

// Run the input's programs to their end, by the model alone (rtl NULL) or in lockstep.
//
// With study.paging = resident every page of the programs is mapped, with A and D set, before the
// first reference: no page fault, no A/D update and no fence disturbs the TLBs, so that their
// counters are those of the bare reference stream; os.frames is as large as that needs.
//
// Counters are the RTL's where it is run. The verdict is in *result; a status is a failure of the
// environment.
enum sim_status study_cycles_point(const struct study_input *input, const struct study_rtl *rtl,
                                   struct run_result *result, struct sim_error *error);

#endif
