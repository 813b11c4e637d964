// SPDX-License-Identifier: Apache-2.0
// Ready-made studies, by name.
#ifndef STUDY_PRESETS_H
#define STUDY_PRESETS_H

#include "plan.h"

struct study_preset {
    const char *name, *title;
    const char *measures, *x_key;  // x_key: as in struct study_plan
    // {"KEY", "VALUE"} that differ from the defaults, and sweeps; NULL at the end.
    const char *set[8][2], *sweep[4][2];
};

extern const struct study_preset study_presets[];
extern const unsigned study_preset_count;

// Begin the plan with what the study of that name asks for; `place` begins the sentence of a
// failure ("": the command line itself). SIM_ERROR_USAGE.
enum sim_status study_preset_apply(struct study_plan *plan, const char *place, const char *name,
                                   struct sim_error *error);

#endif
