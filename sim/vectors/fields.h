// SPDX-License-Identifier: Apache-2.0
// The fields of one line, separated by single spaces, each read with its range. The first thing
// that is wrong is kept; reading on after it gives zeros, so that callers need not look each time.
#ifndef VECTORS_FIELDS_H
#define VECTORS_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/error.h"

struct vectors_fields {
    const char *file;  // for sentences
    uint64_t line;
    const char *text;  // the rest of the line, '\0' at its end
    enum sim_status status;
    struct sim_error error;
};

// Begin with a line; text is borrowed.
struct vectors_fields vectors_fields_of(const char *file, uint64_t line, const char *text);

// Keep a failure, "FILE:LINE: " and the sentence, unless there is one already.
void vectors_fields_fail(struct vectors_fields *fields, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Each reads one field; `name` is what sentences call it.
uint64_t vectors_hex(struct vectors_fields *fields, const char *name, uint64_t most);
uint64_t vectors_decimal(struct vectors_fields *fields, const char *name, uint64_t most);
// One letter out of `letters`.
char vectors_letter(struct vectors_fields *fields, const char *name, const char *letters);
// Letters out of `letters`, each at most once, or "-". Returns bit i for letters[i].
unsigned vectors_flags(struct vectors_fields *fields, const char *name, const char *letters);
void vectors_word(struct vectors_fields *fields, const char *name, char *out, size_t capacity);
// Whether a field is left.
bool vectors_more(const struct vectors_fields *fields);
// Nothing may be left.
void vectors_fields_end(struct vectors_fields *fields);

#endif
