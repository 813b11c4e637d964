// SPDX-License-Identifier: Apache-2.0
#ifndef REGRESS_HISTORY_H
#define REGRESS_HISTORY_H

#include <stdio.h>

#include "store.h"

// Print the last runs of a plan, and what fails now with the run since which it does. SIM_ERROR_IO,
// SIM_ERROR_FORMAT.
enum sim_status history_print(struct store *store, const char *title, FILE *out,
                              struct sim_error *error);

#endif
