// SPDX-License-Identifier: Apache-2.0
// A bounded string that is appended to; what does not fit is cut, never overrun.
#ifndef VERIF_TEXT_H
#define VERIF_TEXT_H

#include <stddef.h>

struct verif_text {
    char *bytes;
    size_t used, capacity;
};

void verif_text_add(struct verif_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
