// SPDX-License-Identifier: Apache-2.0
#include "slurm.h"

enum sim_status run_slurm(struct regression *regression, struct sim_error *error) {
    (void)regression;
    return sim_fail(error, SIM_ERROR_TOOL, "--launcher slurm is not built in");
}
