// SPDX-License-Identifier: Apache-2.0
// One line of `valgrind --tool=lackey --trace-mem=yes`.
#ifndef TRACE_LACKEY_H
#define TRACE_LACKEY_H

#include <stddef.h>

#include "sim/trace.h"

enum lackey_line {
    LACKEY_REF,      // *ref is set
    LACKEY_NOTHING,  // a message of valgrind's or an empty line
    LACKEY_BAD       // *why is a sentence's end
};

// `line` has no newline at its end and need not be terminated.
enum lackey_line lackey_parse_line(const char *line, size_t length, struct trace_ref *ref,
                                   const char **why);

#endif
