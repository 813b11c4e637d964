// SPDX-License-Identifier: Apache-2.0
// A list of words, as a command line is one.
#ifndef REGRESS_WORDS_H
#define REGRESS_WORDS_H

#include <stdbool.h>
#include <stdio.h>

// All zero is the empty list. word[count] is NULL, so that `word` serves as an argv; NULL while
// empty.
struct words {
    char **word;
    unsigned count, capacity;
};

// Append a copy of `text`, or of its first `bytes` bytes. False: no memory, the list as it was.
bool words_add(struct words *words, const char *text);
bool words_add_part(struct words *words, const char *text, size_t bytes);
bool words_add_all(struct words *words, const struct words *more);

// Append the parts of `text` between blanks. A part may be quoted as a whole or in parts, by ' or
// "; a backslash outside of '...' takes the next character as it is. False: no memory, or a quote
// that does not end (*open says which).
bool words_split(struct words *words, const char *text, bool *open);

// Write the words as a shell reads them, with blanks between them.
void words_print(const struct words *words, FILE *out);
// Returns that as text, owned by the caller; NULL: no memory.
char *words_text(const struct words *words);

void words_destroy(struct words *words);

#endif
