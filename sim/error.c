// SPDX-License-Identifier: Apache-2.0
// Sentences of failures.
#include "sim/error.h"

#include <stdarg.h>
#include <stdio.h>

enum sim_status sim_fail(struct sim_error *error, enum sim_status status, const char *format, ...) {
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(error->text, sizeof error->text, format, arguments);
        va_end(arguments);
    }
    return status;
}

const char *sim_status_name(enum sim_status status) {
    static const char *const names[] = {
#define X(code, text) #code,
        SIM_STATUS_LIST(X)
#undef X
    };
    return (unsigned)status < sizeof names / sizeof names[0] ? names[status] : "unknown";
}
