// SPDX-License-Identifier: Apache-2.0
// Judges what QEMU did by the model.
#ifndef QEMU_COMPARE_H
#define QEMU_COMPARE_H

#include "predict.h"

enum compare_result { COMPARE_AGREES = 0, COMPARE_DIFFERS = 1, COMPARE_UNREADABLE = 2 };

// Compare QEMU's output at `path` with the model, print counts to stdout and each of the first
// few differences to stderr. Without `deviations` none is accepted.
enum compare_result compare_run(const struct scenario_set *set, const char *path, bool deviations);

#endif
