// SPDX-License-Identifier: Apache-2.0
// The words of one line of a scenario's text: key=value, numbers, names.
#include "scenario_fields.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// Always false; the first sentence stays.
bool scenario_wrong(struct scenario_parser *p, const char *format, ...) {
    va_list arguments;
    if (p->sentence[0]) return false;
    va_start(arguments, format);
    vsnprintf(p->sentence, SCENARIO_SENTENCE_BYTES, format, arguments);
    va_end(arguments);
    return false;
}

// --- words of a line -------------------------------------------------------------------------

bool scenario_split(struct scenario_parser *p, char *rest) {
    p->field_count = 0;
    while (rest && *(rest += strspn(rest, " \t"))) {
        if (p->field_count == SCENARIO_FIELDS)
            return scenario_wrong(p, "more words than a line can have");
        struct scenario_field *field = &p->fields[p->field_count++];
        *field = (struct scenario_field){.key = rest};
        bool last = !strncmp(rest, "what=", 5);
        char *end = last ? NULL : rest + strcspn(rest, " \t");
        rest = end && *end ? end + 1 : NULL;
        if (end) *end = '\0';
        char *equals = strchr(field->key, '=');
        if (!equals) return scenario_wrong(p, "'%.40s' is not key=value", field->key);
        *equals = '\0';
        field->value = equals + 1;
    }
    for (unsigned i = 0; i < p->field_count; i++)
        for (unsigned j = 0; j < i; j++)
            if (!strcmp(p->fields[i].key, p->fields[j].key))
                return scenario_wrong(p, "'%.40s' is given twice", p->fields[i].key);
    return true;
}

struct scenario_field *scenario_find(struct scenario_parser *p, const char *key) {
    for (unsigned i = 0; i < p->field_count; i++)
        if (!strcmp(p->fields[i].key, key)) {
            p->fields[i].asked = true;
            return &p->fields[i];
        }
    return NULL;
}

bool scenario_parse_number(const char *text, uint64_t *value) {
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hexadecimal ? text + 2 : text;
    uint64_t base = hexadecimal ? 16 : 10, v = 0;
    if (!*digits) return false;
    for (; *digits; digits++) {
        char c = *digits;
        uint64_t digit = c >= '0' && c <= '9'   ? (uint64_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint64_t)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (uint64_t)(c - 'A') + 10
                                                : 99;
        if (digit >= base || v > (UINT64_MAX - digit) / base) return false;
        v = v * base + digit;
    }
    *value = v;
    return true;
}

// Returns the number, `missing` if there is none; wrong if it exceeds `most`.
uint64_t scenario_optional(struct scenario_parser *p, const char *key, uint64_t most,
                           uint64_t missing) {
    const struct scenario_field *field = scenario_find(p, key);
    uint64_t value = 0;
    if (!field) return missing;
    if (!scenario_parse_number(field->value, &value))
        scenario_wrong(p, "%s must be a whole number, not '%.40s'", key, field->value);
    else if (value > most)
        scenario_wrong(p, "%s must be at most 0x%" PRIx64 ", not %.40s", key, most, field->value);
    return value > most ? 0 : value;
}

void scenario_take_time(struct scenario_parser *p, uint64_t cycles) {
    p->time += cycles;
    if (p->time > SCENARIO_MOST_TIME)
        scenario_wrong(p, "it would take too long: delays, g and L come to more than %u cycles",
                       SCENARIO_MOST_TIME);
}

uint64_t scenario_number(struct scenario_parser *p, const char *key, uint64_t most) {
    if (!scenario_find(p, key)) scenario_wrong(p, "%s is missing", key);
    return scenario_optional(p, key, most, 0);
}

int scenario_choice_of(const char *text, const char *const *names, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        if (*names[i] && !strcmp(names[i], text)) return (int)i;
    return -1;
}

// Returns the index of the name; the first one if something is wrong.
unsigned scenario_choice(struct scenario_parser *p, const char *key, const char *const *names,
                         unsigned count, unsigned missing) {
    const struct scenario_field *field = scenario_find(p, key);
    if (!field) return missing;
    int index = scenario_choice_of(field->value, names, count);
    if (index < 0) scenario_wrong(p, "%s cannot be '%.40s'", key, field->value);
    return index < 0 ? missing : (unsigned)index;
}
