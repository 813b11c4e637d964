// SPDX-License-Identifier: Apache-2.0
// lackey's lines: "I  04001100,3", " L 1ffeffe7e8,8", " S ...", " M ...".
#include "lackey.h"

#include <string.h>

enum { PREFIX = 3, ADDRESS_DIGITS = 16, SIZE_DIGITS = 9 };

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
    for (int digit; at != end && (digit = text_hex_digit(*at)) >= 0; at++) {
        *va = *va << 4 | (uint64_t)digit;
    }
    return at == begin || at - begin > ADDRESS_DIGITS ? NULL : at;
}

static bool parse_size(const char *at, const char *end, uint8_t *size) {
    uint64_t value = 0;
    if (end - at > SIZE_DIGITS || text_parse_decimal(at, end, &value) != end) return false;
    *size = text_kept_size(value);
    return true;
}

static bool is_message(const char *line, size_t length) {
    // "==123== text", "--123-- text", "**123** text"
    return length >= 2 && line[0] == line[1] && strchr("=-*", line[0]) && line[0];
}

enum text_line lackey_parse_line(const char *line, size_t length, struct trace_ref *ref,
                                 const char **why) {
    const char *end = text_end(line, length);
    length = (size_t)(end - line);
    if (length == 0 || is_message(line, length)) return TEXT_NOTHING;
    if (length < PREFIX || !parse_kind(line, &ref->kind)) {
        *why = "it begins with none of \"I  \", \" L \", \" S \", \" M \"";
        return TEXT_BAD;
    }
    const char *comma = parse_address(line + PREFIX, end, &ref->va);
    if (!comma || comma == end || *comma != ',') {
        *why = "the address is not 1 to 16 hexadecimal digits and a comma";
        return TEXT_BAD;
    }
    if (!parse_size(comma + 1, end, &ref->size)) {
        *why = "the size is not a decimal number";
        return TEXT_BAD;
    }
    return TEXT_REF;
}

// The first character is the lowest byte. Compilers make one load of it.
static uint64_t load8(const char *at) {
    const uint8_t *byte = (const uint8_t *)at;
    return (uint64_t)byte[0] | (uint64_t)byte[1] << 8 | (uint64_t)byte[2] << 16 |
           (uint64_t)byte[3] << 24 | (uint64_t)byte[4] << 32 | (uint64_t)byte[5] << 40 |
           (uint64_t)byte[6] << 48 | (uint64_t)byte[7] << 56;
}

// Eight bits: which of eight characters are no hexadecimal digits, all at once. '0'-'9' are
// 0x30-0x39, 'A'-'F' 0x41-0x46, 'a'-'f' 0x61-0x66.
static unsigned non_digits(uint64_t text) {
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    uint64_t low7 = text & ~high;
    uint64_t letter = (text | ones * 0x20) & ~high;  // in lower case
    // Bit 7 of a byte tells: at least '0', above '9', at least 'a', above 'f'.
    uint64_t from_0 = low7 + ones * (0x80 - '0'), over_9 = low7 + ones * (0x7F - '9');
    uint64_t from_a = letter + ones * (0x80 - 'a'), over_f = letter + ones * (0x7F - 'f');
    uint64_t others = (~((from_0 & ~over_9) | (from_a & ~over_f)) | text) & high;
    return (unsigned)((others >> 7) * UINT64_C(0x0102040810204080) >> 56);
}

// The number that eight digits are; other characters count as some digit.
static uint64_t number_of_digits(uint64_t text) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    // A letter's bit 6 is set, and its low bits count from 1: 9 more.
    uint64_t nibbles = ((text & ones * 0x0F) + (text >> 6 & ones) * 9) & ones * 0x0F;
    // The first character is the lowest byte, and the highest digit.
    nibbles = __builtin_bswap64(nibbles);
    nibbles = (nibbles | nibbles >> 4) & UINT64_C(0x00FF00FF00FF00FF);
    nibbles = (nibbles | nibbles >> 8) & UINT64_C(0x0000FFFF0000FFFF);
    return (nibbles | nibbles >> 16) & UINT64_C(0xFFFFFFFF);
}

// How many of sixteen characters are digits up to the first that is none; *va: their number. No
// branch depends on how many: it would be guessed wrong too often.
static unsigned scan_address(const char *at, uint64_t *va) {
    uint64_t first = load8(at), second = load8(at + 8);
    unsigned others = non_digits(first) | non_digits(second) << 8 | 1u << ADDRESS_DIGITS;
    unsigned digits = (unsigned)__builtin_ctz(others);
    uint64_t number = number_of_digits(first) << 32 | number_of_digits(second);
    *va = number >> (64 - 4 * digits) % 64;
    return digits;
}

// The kind, from the prefix's first three characters; a prefix that is none gives anything.
static uint8_t scan_kind(uint64_t word) {
    // One of the first two is the letter, the other a space: I 0x69, L 0x6C, M 0x6D, S 0x73.
    static const uint8_t kinds[16] = {
        [9] = TRACE_FETCH, [12] = TRACE_LOAD, [3] = TRACE_STORE, [13] = TRACE_MODIFY};
    return kinds[(word ^ word >> 8) & 15];
}

size_t lackey_parse_many(const char **at, const char *end, struct trace_ref *refs,
                         size_t capacity) {
    // The longest line that is looked at here: prefix, 16 digits, ",dd\n", and loads beyond.
    enum { LINE_BYTES = 32, PREFIX_MASK = 0xFFFFFF };
    static const uint32_t prefixes[4] = {'I' | ' ' << 8 | ' ' << 16, ' ' | 'L' << 8 | ' ' << 16,
                                         ' ' | 'S' << 8 | ' ' << 16, ' ' | 'M' << 8 | ' ' << 16};
    const char *line = *at;
    size_t count = 0;
    while (count < capacity && end - line >= LINE_BYTES) {
        struct trace_ref *ref = &refs[count];
        uint64_t prefix = load8(line) & PREFIX_MASK;
        ref->kind = scan_kind(prefix);
        unsigned digits = scan_address(line + PREFIX, &ref->va);
        const char *comma = line + PREFIX + digits;
        if (prefix != prefixes[ref->kind] || digits == 0 || *comma != ',') break;
        unsigned size = (unsigned)comma[1] - '0', more = (unsigned)comma[2] - '0';
        if (size > 9) break;
        bool two = more <= 9;
        size = two ? size * 10 + more : size;
        if (comma[2 + two] != '\n') break;
        ref->size = text_kept_size(size);
        line = comma + 3 + two;
        count++;
    }
    *at = line;
    return count;
}
