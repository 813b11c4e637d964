// SPDX-License-Identifier: Apache-2.0
#include "verif/character.h"

size_t verif_character(const char *text, size_t left) {
    const unsigned char *c = (const unsigned char *)text;
    if (*c < 0x80) return *c >= ' ' ? *c != 127 : *c == '\n' || *c == '\t';
    size_t length = *c >= 0xC2 && *c < 0xE0 ? 2
                    : (*c & 0xF0) == 0xE0   ? 3
                    : (*c & 0xF8) == 0xF0   ? 4
                                            : 0;
    if (!length || length > left || *c > 0xF4) return 0;
    for (size_t i = 1; i < length; i++)
        if ((c[i] & 0xC0) != 0x80) return 0;
    // Overlong forms, surrogates, beyond U+10FFFF.
    if ((*c == 0xE0 && c[1] < 0xA0) || (*c == 0xED && c[1] >= 0xA0)) return 0;
    if ((*c == 0xF0 && c[1] < 0x90) || (*c == 0xF4 && c[1] >= 0x90)) return 0;
    // XML has no U+FFFE and U+FFFF.
    return *c == 0xEF && c[1] == 0xBF && c[2] >= 0xBE ? 0 : length;
}
