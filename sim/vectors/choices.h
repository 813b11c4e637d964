// SPDX-License-Identifier: Apache-2.0
// --choose FIELD=VALUE.
#ifndef VECTORS_CHOICES_H
#define VECTORS_CHOICES_H

#include "scenario.h"
#include "sim/error.h"

// Set one choice from "field=value". SIM_ERROR_USAGE with a sentence that names what there is.
enum sim_status vectors_choose(const char *assignment, struct vectors_choices *choices,
                               struct sim_error *error);

#endif
