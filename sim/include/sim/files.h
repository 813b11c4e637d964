// SPDX-License-Identifier: Apache-2.0
// What commands look at before they write: an output must not replace what is read.
#ifndef SIM_FILES_H
#define SIM_FILES_H

#include <stdbool.h>

// Returns whether both names are one file, or, of files that are not there yet, one place.
bool sim_same_file(const char *a, const char *b);

#endif
