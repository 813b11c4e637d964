// SPDX-License-Identifier: Apache-2.0
#include "choices.h"

#include <string.h>

static const struct choice {
    const char *field, *off, *on;  // the values that mean false and true
    size_t offset;
} table[] = {
    {"update_first", "0", "1", offsetof(struct vectors_choices, update_first)},
    {"gpa_in_tval2", "0", "1", offsetof(struct vectors_choices, gpa_in_tval2)},
    {"no_memory", "fault", "zero", offsetof(struct vectors_choices, no_memory_zero)},
};

enum sim_status vectors_choose(const char *assignment, struct vectors_choices *choices,
                               struct sim_error *error) {
    const char *equals = strchr(assignment, '=');
    size_t length = equals ? (size_t)(equals - assignment) : 0;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct choice *choice = &table[i];
        if (length != strlen(choice->field) || strncmp(assignment, choice->field, length)) continue;
        bool on = !strcmp(equals + 1, choice->on);
        if (!on && strcmp(equals + 1, choice->off))
            return sim_fail(error, SIM_ERROR_USAGE, "--choose %s takes %s or %s, not '%.40s'",
                            choice->field, choice->off, choice->on, equals + 1);
        *(bool *)((char *)choices + choice->offset) = on;
        return SIM_OK;
    }
    return sim_fail(error, SIM_ERROR_USAGE,
                    "--choose takes update_first=0|1, gpa_in_tval2=0|1 or no_memory=fault|zero, "
                    "not '%.60s'",
                    assignment);
}
