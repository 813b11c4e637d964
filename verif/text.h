// SPDX-License-Identifier: Apache-2.0
// A string on the heap that is appended to; {0} is an empty one.
#ifndef VERIF_TEXT_H
#define VERIF_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct verif_text {
    char *bytes;  // ended by a zero byte; NULL: nothing was added; the owner frees it
    size_t used, capacity;
    bool exhausted;  // there was no memory for all of it
};

void verif_text_add(struct verif_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// For XML and HTML: markup as entities; what is no character of theirs as '?'.
void verif_text_escape(struct verif_text *text, const char *words);

// Returns the text, the caller's to free, and leaves an empty one; NULL: no memory.
char *verif_text_take(struct verif_text *text);

#endif
