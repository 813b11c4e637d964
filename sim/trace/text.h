// SPDX-License-Identifier: Apache-2.0
// One line of a recording in text: the parsers, and what they share.
#ifndef TRACE_TEXT_H
#define TRACE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/trace.h"

enum text_line {
    TEXT_REF,      // *ref is set
    TEXT_NOTHING,  // a message, a header or an empty line
    TEXT_BAD       // *why is a sentence's end
};

enum { TEXT_SIZE_KEPT = 63 };  // larger sizes are recorded as this

// Lines have no newline at their end and need not be terminated; a carriage return there counts
// for nothing.

// "0041f7a0 R": an address in hexadecimal, R or W.
enum text_line text_parse_course(const char *line, size_t length, struct trace_ref *ref,
                                 const char **why);
// Dinero's "2 0041f7a0": label, address in hexadecimal; the rest is a comment.
enum text_line text_parse_din(const char *line, size_t length, struct trace_ref *ref,
                              const char **why);
// Dinero IV's "r 0041f7a0 4": access, address and size in hexadecimal; the rest is a comment.
enum text_line text_parse_xdin(const char *line, size_t length, struct trace_ref *ref,
                               const char **why);

// 0 .. 15, or -1.
int text_hex_digit(char c);
// Spaces and tabs from `at` on.
const char *text_skip_blanks(const char *at, const char *end);
// 1 to 16 hexadecimal digits, 0x before them or not; behind them, or NULL.
const char *text_parse_hex(const char *at, const char *end, uint64_t *value);
// 1 to 19 decimal digits; behind them, or NULL.
const char *text_parse_decimal(const char *at, const char *end, uint64_t *value);
uint8_t text_kept_size(uint64_t size);
// The end of the line without a carriage return.
const char *text_end(const char *line, size_t length);

#endif
