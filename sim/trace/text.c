// SPDX-License-Identifier: Apache-2.0
// Course traces; Dinero's formats, after what Dinero IV accepts.
#include "text.h"

enum { HEX_DIGITS = 16, DECIMAL_DIGITS = 19, DIN_WORD_BYTES = 4 };

int text_hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

const char *text_skip_blanks(const char *at, const char *end) {
    while (at != end && (*at == ' ' || *at == '\t')) at++;
    return at;
}

const char *text_parse_hex(const char *at, const char *end, uint64_t *value) {
    if (end - at > 2 && at[0] == '0' && (at[1] == 'x' || at[1] == 'X')) at += 2;
    const char *begin = at;
    *value = 0;
    for (int digit; at != end && (digit = text_hex_digit(*at)) >= 0; at++) {
        *value = *value << 4 | (uint64_t)digit;
    }
    return at == begin || at - begin > HEX_DIGITS ? NULL : at;
}

const char *text_parse_decimal(const char *at, const char *end, uint64_t *value) {
    const char *begin = at;
    *value = 0;
    for (; at != end && *at >= '0' && *at <= '9'; at++) {
        *value = *value * 10 + (uint64_t)(*at - '0');
    }
    return at == begin || at - begin > DECIMAL_DIGITS ? NULL : at;
}

uint8_t text_kept_size(uint64_t size) {
    return (uint8_t)(size < TEXT_SIZE_KEPT ? size : TEXT_SIZE_KEPT);
}

const char *text_end(const char *line, size_t length) {
    if (length && line[length - 1] == '\r') length--;
    return line + length;
}

static bool is_blank(const char *at, const char *end) {
    return at != end && (*at == ' ' || *at == '\t');
}

static enum text_line bad(const char **why, const char *text) {
    *why = text;
    return TEXT_BAD;
}

enum text_line text_parse_course(const char *line, size_t length, struct trace_ref *ref,
                                 const char **why) {
    const char *end = text_end(line, length), *at = text_skip_blanks(line, end);
    if (at == end) return TEXT_NOTHING;
    at = text_parse_hex(at, end, &ref->va);
    if (!at || !is_blank(at, end)) {
        return bad(why, "the address is not 1 to 16 hexadecimal digits and a space");
    }
    at = text_skip_blanks(at, end);
    char access = at == end ? '\0' : *at++;
    if (text_skip_blanks(at, end) != end) access = '\0';
    ref->size = 0;
    switch (access) {
        case 'R':
        case 'r':
            ref->kind = TRACE_LOAD;
            return TEXT_REF;
        case 'W':
        case 'w':
            ref->kind = TRACE_STORE;
            return TEXT_REF;
        default:
            return bad(why, "the access is not R or W");
    }
}

// Dinero's accesses: 0 read, 1 write, 2 instruction fetch, 3 miscellaneous (like a read), 4 copy
// back, 5 invalidate. The last two are none of a program.
static enum text_line take_access(unsigned access, struct trace_ref *ref) {
    static const uint8_t kinds[] = {TRACE_LOAD, TRACE_STORE, TRACE_FETCH, TRACE_LOAD};
    if (access >= sizeof kinds) return TEXT_NOTHING;
    ref->kind = kinds[access];
    return TEXT_REF;
}

enum text_line text_parse_din(const char *line, size_t length, struct trace_ref *ref,
                              const char **why) {
    const char *end = text_end(line, length), *at = text_skip_blanks(line, end);
    uint64_t label = 0;
    if (at == end) return TEXT_NOTHING;
    at = text_parse_hex(at, end, &label);
    if (!at || label > 5 || !is_blank(at, end)) {
        return bad(why, "the label is not 0 to 5 and a space");
    }
    at = text_parse_hex(text_skip_blanks(at, end), end, &ref->va);
    if (!at || (at != end && !is_blank(at, end))) {
        return bad(why, "the address is not 1 to 16 hexadecimal digits");
    }
    ref->va &= ~(uint64_t)(DIN_WORD_BYTES - 1);
    ref->size = DIN_WORD_BYTES;
    return take_access((unsigned)label, ref);
}

static bool parse_letter(char letter, unsigned *access) {
    static const char letters[] = "rRwWiImMcCvV";
    for (unsigned i = 0; letters[i]; i++) {
        if (letters[i] != letter) continue;
        *access = i / 2;
        return true;
    }
    return false;
}

enum text_line text_parse_xdin(const char *line, size_t length, struct trace_ref *ref,
                               const char **why) {
    const char *end = text_end(line, length), *at = text_skip_blanks(line, end);
    unsigned access = 0;
    uint64_t size = 0;
    if (at == end) return TEXT_NOTHING;
    if (!parse_letter(*at, &access) || !is_blank(at + 1, end)) {
        return bad(why, "the access is not one of r, w, i, m, c, v and a space");
    }
    at = text_parse_hex(text_skip_blanks(at + 1, end), end, &ref->va);
    if (!at || !is_blank(at, end)) {
        return bad(why, "the address is not 1 to 16 hexadecimal digits and a space");
    }
    at = text_parse_hex(text_skip_blanks(at, end), end, &size);
    if (!at || (at != end && !is_blank(at, end))) {
        return bad(why, "the size is not 1 to 16 hexadecimal digits");
    }
    ref->size = text_kept_size(size);
    return take_access(access, ref);
}
