// SPDX-License-Identifier: Apache-2.0
#include "verify.h"

enum sim_status study_verify(const struct study_work *work, unsigned count, uint64_t references,
                             const char *dut_path, const struct run_report *report,
                             struct study_verdict *verdict, struct sim_error *error) {
    (void)work, (void)count, (void)references, (void)dut_path, (void)report, (void)verdict;
    return sim_fail(error, SIM_ERROR_USAGE, "not yet");
}
