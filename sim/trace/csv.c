// SPDX-License-Identifier: Apache-2.0
// Fields of a line, and what they mean.
#include "csv.h"

#include <string.h>
#include <strings.h>

struct field {
    const char *begin, *end;  // without blanks around
};

static unsigned split(const char *at, const char *end, struct field fields[CSV_FIELDS]) {
    for (unsigned count = 0; count < CSV_FIELDS;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;
        struct field *field = &fields[count++];
        field->begin = text_skip_blanks(at, stop);
        field->end = stop;
        while (field->end > field->begin && (field->end[-1] == ' ' || field->end[-1] == '\t')) {
            field->end--;
        }
        if (!comma) return count;
        at = comma + 1;
    }
    return CSV_FIELDS + 1;
}

static bool is_word(const struct field *field, const char *word) {
    size_t length = (size_t)(field->end - field->begin);
    return strlen(word) == length && strncasecmp(field->begin, word, length) == 0;
}

// "0x1000" is hexadecimal, "4096" decimal.
static bool parse_number(const struct field *field, uint64_t *value) {
    bool hex = field->end - field->begin > 2 && field->begin[0] == '0' &&
               (field->begin[1] == 'x' || field->begin[1] == 'X');
    return (hex ? text_parse_hex : text_parse_decimal)(field->begin, field->end, value) ==
           field->end;
}

static bool parse_kind(const struct field *field, uint8_t *kind) {
    static const struct {
        const char *word;
        uint8_t kind;
    } words[] = {{"L", TRACE_LOAD},      {"R", TRACE_LOAD},       {"load", TRACE_LOAD},
                 {"read", TRACE_LOAD},   {"S", TRACE_STORE},      {"W", TRACE_STORE},
                 {"store", TRACE_STORE}, {"write", TRACE_STORE},  {"I", TRACE_FETCH},
                 {"F", TRACE_FETCH},     {"fetch", TRACE_FETCH},  {"ifetch", TRACE_FETCH},
                 {"M", TRACE_MODIFY},    {"modify", TRACE_MODIFY}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!is_word(field, words[i].word)) continue;
        *kind = words[i].kind;
        return true;
    }
    return false;
}

static int find_column(const struct field *fields, unsigned count, const char *const *names) {
    for (; *names; names++) {
        for (unsigned i = 0; i < count; i++) {
            if (is_word(&fields[i], *names)) return (int)i;
        }
    }
    return -1;
}

// True: the line was a header.
static bool begin(struct csv *csv, const struct field *fields, unsigned count) {
    static const char *const addresses[] = {"address", "addr", "va", NULL};
    static const char *const kinds[] = {"kind", "access", "type", "op", NULL};
    static const char *const sizes[] = {"size", "bytes", NULL};
    csv->begun = true;
    csv->fields = count;
    csv->address = find_column(fields, count, addresses);
    csv->kind = find_column(fields, count, kinds);
    csv->size = find_column(fields, count, sizes);
    if (csv->address >= 0) return true;
    csv->kind = 0;
    csv->address = 1;
    csv->size = count > 2 ? 2 : -1;
    return false;
}

static enum text_line bad(const char **why, const char *text) {
    *why = text;
    return TEXT_BAD;
}

static enum text_line take_fields(const struct csv *csv, const struct field *fields, unsigned count,
                                  struct trace_ref *ref, const char **why) {
    uint64_t size = 0;
    if (count != csv->fields) return bad(why, "it has another number of fields than the first");
    if (csv->address >= (int)count) return bad(why, "it has no address");
    ref->kind = TRACE_LOAD;
    if (csv->kind >= 0 && !parse_kind(&fields[csv->kind], &ref->kind)) {
        return bad(why, "the kind is not one of fetch, load, store, modify, I, L, S, M, R, W");
    }
    if (!parse_number(&fields[csv->address], &ref->va)) {
        return bad(why, "the address is neither decimal nor 0x and hexadecimal digits");
    }
    if (csv->size >= 0 && !parse_number(&fields[csv->size], &size)) {
        return bad(why, "the size is no number");
    }
    ref->size = text_kept_size(size);
    return TEXT_REF;
}

enum text_line csv_parse_line(struct csv *csv, const char *line, size_t length,
                              struct trace_ref *ref, const char **why) {
    const char *end = text_end(line, length);
    struct field fields[CSV_FIELDS];
    if (text_skip_blanks(line, end) == end) return TEXT_NOTHING;
    unsigned count = split(line, end, fields);
    if (count > CSV_FIELDS) return bad(why, "it has more than 64 fields");
    if (!csv->begun && begin(csv, fields, count)) return TEXT_NOTHING;
    return take_fields(csv, fields, count, ref, why);
}
