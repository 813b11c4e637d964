// SPDX-License-Identifier: Apache-2.0
// What is a character where text goes to files that others parse.
#ifndef VERIF_CHARACTER_H
#define VERIF_CHARACTER_H

#include <stddef.h>

// Returns the length in bytes of the UTF-8 character at `text`, of which `left` (1 at least) bytes
// are there; 0: there is none that XML 1.0 can hold ("Characters" of its recommendation), or it is
// DEL.
size_t verif_character(const char *text, size_t left);

#endif
