// SPDX-License-Identifier: Apache-2.0
// A scenario as a C program.
#include "scenario_internal.h"

char *scenario_write_test(const struct scenario *scenario, const struct scenario_unit *unit,
                          const char *name, const char *library) {
    (void)scenario, (void)unit, (void)name, (void)library;
    return NULL;
}
