// SPDX-License-Identifier: Apache-2.0
// What the ready-made studies add to their figures.
#include "figures.h"

void study_add_special(const struct study_work *work, struct study_report *report) {
    (void)work;
    (void)report;
}
