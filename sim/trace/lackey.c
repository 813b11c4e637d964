// SPDX-License-Identifier: Apache-2.0
// lackey's lines: "I  04001100,3", " L 1ffeffe7e8,8", " S ...", " M ...".
#include "lackey.h"

#include <stdbool.h>
#include <string.h>

enum { PREFIX = 3, ADDRESS_DIGITS = 16, SIZE_DIGITS = 9, SIZE_MAX_KEPT = 63 };

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static bool parse_kind(const char *line, uint8_t *kind) {
    static const char prefixes[4][PREFIX + 1] = {"I  ", " L ", " S ", " M "};
    for (uint8_t i = 0; i < 4; i++) {
        if (memcmp(line, prefixes[i], PREFIX) == 0) {
            *kind = i;
            return true;
        }
    }
    return false;
}

static const char *parse_address(const char *at, const char *end, uint64_t *va) {
    const char *begin = at;
    *va = 0;
    for (int digit; at != end && (digit = hex_digit(*at)) >= 0; at++) {
        *va = *va << 4 | (uint64_t)digit;
    }
    return at == begin || at - begin > ADDRESS_DIGITS ? NULL : at;
}

static bool parse_size(const char *at, const char *end, uint8_t *size) {
    if (at == end || end - at > SIZE_DIGITS) return false;
    unsigned value = 0;
    for (; at != end; at++) {
        if (*at < '0' || *at > '9') return false;
        value = value * 10 + (unsigned)(*at - '0');
    }
    *size = (uint8_t)(value < SIZE_MAX_KEPT ? value : SIZE_MAX_KEPT);
    return true;
}

static bool is_message(const char *line, size_t length) {
    // "==123== text", "--123-- text", "**123** text"
    return length >= 2 && line[0] == line[1] && strchr("=-*", line[0]) && line[0];
}

enum lackey_line lackey_parse_line(const char *line, size_t length, struct trace_ref *ref,
                                   const char **why) {
    if (length && line[length - 1] == '\r') length--;
    if (length == 0 || is_message(line, length)) return LACKEY_NOTHING;
    if (length < PREFIX || !parse_kind(line, &ref->kind)) {
        *why = "it begins with none of \"I  \", \" L \", \" S \", \" M \"";
        return LACKEY_BAD;
    }
    const char *end = line + length;
    const char *comma = parse_address(line + PREFIX, end, &ref->va);
    if (!comma || comma == end || *comma != ',') {
        *why = "the address is not 1 to 16 hexadecimal digits and a comma";
        return LACKEY_BAD;
    }
    if (!parse_size(comma + 1, end, &ref->size)) {
        *why = "the size is not a decimal number";
        return LACKEY_BAD;
    }
    return LACKEY_REF;
}
