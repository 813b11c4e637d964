// SPDX-License-Identifier: Apache-2.0
// Finds, builds if necessary, and loads the DUT of a configuration.
#ifndef RUN_DUT_LOADER_H
#define RUN_DUT_LOADER_H

#include <limits.h>
#include <stdbool.h>

#include "sim/error.h"
#include "verif/dut.h"

#define RUN_PATH_BYTES 4096

// Find the source tree: TANDEM_HOME, or above this program. False: there is none.
bool tandem_home(char home[RUN_PATH_BYTES]);

// Write what tb/build_dut.sh has to be told for a unit of these parameters, as words of a shell:
// "dtlb=16x16xlru itlb=16x16xlru pmp=8".
void dut_unit_options(const struct mmu_config *config, char *out, size_t capacity);

struct loaded_dut {
    void *library;
    const struct dut_ops *ops;
    struct dut *dut;
};

// Load the RTL of these parameters (built and cached by tb/build_dut.sh; the first use of a
// configuration takes some seconds), or, if `path` is not NULL, that shared object. Checks that its
// profile is what was asked. Without `properties`, what is built here checks none of verif/sva.
// wave_path may be NULL. The environment variable TANDEM_X_SEED
// replaces the seed of the RTL's initial values. SIM_ERROR_TOOL, SIM_ERROR_USAGE.
enum sim_status dut_load(const struct mmu_config *config, const char *path, uint64_t seed,
                         bool properties, const char *wave_path, struct loaded_dut *loaded,
                         struct sim_error *error);
void dut_unload(struct loaded_dut *loaded);

#endif
