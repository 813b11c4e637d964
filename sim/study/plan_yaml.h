// SPDX-License-Identifier: Apache-2.0
// Plans as files (docs/study.md).
#ifndef STUDY_PLAN_YAML_H
#define STUDY_PLAN_YAML_H

#include <stddef.h>

#include "plan.h"

// Read a plan over *plan: one document, a mapping, each key at most once. SIM_ERROR_IO,
// SIM_ERROR_MEMORY, SIM_ERROR_USAGE with file and line. On failure *plan may hold part of it.
enum sim_status study_plan_load(const char *path, struct study_plan *plan, struct sim_error *error);

// The same from bytes in memory; `name` stands for the file in sentences.
enum sim_status study_plan_parse(const char *name, const unsigned char *bytes, size_t size,
                                 struct study_plan *plan, struct sim_error *error);

#endif
