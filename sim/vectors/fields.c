// SPDX-License-Identifier: Apache-2.0
#include "fields.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct vectors_fields vectors_fields_of(const char *file, uint64_t line, const char *text) {
    return (struct vectors_fields){.file = file, .line = line, .text = text};
}

void vectors_fields_fail(struct vectors_fields *fields, const char *format, ...) {
    char sentence[256];
    va_list arguments;
    if (fields->status) return;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    fields->status = sim_fail(&fields->error, SIM_ERROR_FORMAT, "%.200s:%" PRIu64 ": %s",
                              fields->file, fields->line, sentence);
}

// Take the next field off the line: its length; 0 after a failure.
static size_t take(struct vectors_fields *fields, const char *name, const char **field) {
    *field = fields->text;
    if (fields->status) return 0;
    size_t length = strcspn(fields->text, " ");
    if (length == 0) {
        vectors_fields_fail(fields, "%s is missing", name);
        return 0;
    }
    fields->text += length;
    if (*fields->text == ' ') {
        fields->text++;
        if (*fields->text == '\0' || *fields->text == ' ')
            vectors_fields_fail(fields, "a space too many after %s", name);
    }
    return fields->status ? 0 : length;
}

static uint64_t number(struct vectors_fields *fields, const char *name, unsigned base,
                       uint64_t most) {
    static const char digits[] = "0123456789abcdef";
    const char *field;
    size_t length = take(fields, name, &field);
    uint64_t value = 0;
    for (size_t i = 0; i < length; i++) {
        const char *digit = memchr(digits, field[i], base);
        if (!digit) {
            vectors_fields_fail(fields, "%s must be a %s number, not '%.*s'", name,
                                base == 16 ? "hexadecimal" : "decimal", (int)length, field);
            return 0;
        }
        uint64_t units = (uint64_t)(digit - digits);
        if (units > most || value > (most - units) / base) {
            vectors_fields_fail(
                fields, base == 16 ? "%s is above %" PRIx64 : "%s is above %" PRIu64, name, most);
            return 0;
        }
        value = value * base + units;
    }
    return value;
}

uint64_t vectors_hex(struct vectors_fields *fields, const char *name, uint64_t most) {
    return number(fields, name, 16, most);
}

uint64_t vectors_decimal(struct vectors_fields *fields, const char *name, uint64_t most) {
    return number(fields, name, 10, most);
}

char vectors_letter(struct vectors_fields *fields, const char *name, const char *letters) {
    const char *field;
    size_t length = take(fields, name, &field);
    if (length == 1 && strchr(letters, field[0])) return field[0];
    if (length)
        vectors_fields_fail(fields, "%s must be one of '%s', not '%.*s'", name, letters,
                            (int)length, field);
    return letters[0];
}

unsigned vectors_flags(struct vectors_fields *fields, const char *name, const char *letters) {
    const char *field;
    size_t length = take(fields, name, &field);
    unsigned flags = 0;
    if (length == 1 && field[0] == '-') return 0;
    for (size_t i = 0; i < length; i++) {
        const char *letter = strchr(letters, field[i]);
        unsigned flag = letter ? 1u << (letter - letters) : 0;
        if (!flag || (flags & flag))
            vectors_fields_fail(fields, "%s must be '-' or letters of '%s', each once, not '%.*s'",
                                name, letters, (int)length, field);
        flags |= flag;
    }
    return fields->status ? 0 : flags;
}

void vectors_word(struct vectors_fields *fields, const char *name, char *out, size_t capacity) {
    const char *field;
    size_t length = take(fields, name, &field);
    if (length >= capacity)
        vectors_fields_fail(fields, "%s has more than %zu characters", name, capacity - 1);
    snprintf(out, capacity, "%.*s", (int)length, field);
}

bool vectors_more(const struct vectors_fields *fields) {
    return !fields->status && fields->text[0] != '\0';
}

void vectors_fields_end(struct vectors_fields *fields) {
    if (vectors_more(fields)) vectors_fields_fail(fields, "more fields than the line has");
}
