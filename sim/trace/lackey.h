// SPDX-License-Identifier: Apache-2.0
// Lines of `valgrind --tool=lackey --trace-mem=yes`.
#ifndef TRACE_LACKEY_H
#define TRACE_LACKEY_H

#include "text.h"

// `line` has no newline at its end and need not be terminated.
enum text_line lackey_parse_line(const char *line, size_t length, struct trace_ref *ref,
                                 const char **why);

// Well-formed references from *at on, fast: until `capacity` of them, a line of another kind, or
// one whose end may lie behind `end`. *at is moved to that line. Returns how many.
size_t lackey_parse_many(const char **at, const char *end, struct trace_ref *refs, size_t capacity);

#endif
