// SPDX-License-Identifier: Apache-2.0
// The lines of a vector file, one at a time, with one of them looked at ahead; comments are passed
// over.
#ifndef VECTORS_LINES_H
#define VECTORS_LINES_H

#include "fields.h"
#include "scenario.h"
#include "sim/error.h"

struct trace_input;

struct vectors_lines {
    struct trace_input *input;  // borrowed
    uint64_t number;            // of the line in text; at the end, one more than the last line's
    bool at_end;                // there is no line
    char text[VECTORS_LINE_BYTES];  // without its end; "" at the end
};

// Take the line off and look at the next. SIM_ERROR_FORMAT, SIM_ERROR_IO.
enum sim_status vectors_lines_next(struct vectors_lines *lines, struct sim_error *error);

// Returns the letter that the line begins with; 0: none (the end, or no record's first field).
char vectors_lines_letter(const struct vectors_lines *lines);
// The fields after the letter.
struct vectors_fields vectors_lines_fields(const struct vectors_lines *lines);

#endif
