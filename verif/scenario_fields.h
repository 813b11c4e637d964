// SPDX-License-Identifier: Apache-2.0
// One line of a scenario's text: its words (scenario_fields.c), the line of an operation
// (scenario_operation.c); for scenario_parse.c.
#ifndef SCENARIO_FIELDS_H
#define SCENARIO_FIELDS_H

#include "verif/scenario.h"

enum { SCENARIO_LINE = 512, SCENARIO_FIELDS = 16 };

struct scenario_field {
    char *key, *value;
    bool asked;
};

struct scenario_parser {
    struct scenario *scenario;
    char *sentence;  // "" until something is wrong
    bool no_memory;
    unsigned stage;  // how far in the order of lines
    size_t word_capacity, timing_capacity, op_capacity;
    uint64_t time;  // cycles of all delays, g and L so far
    struct scenario_field fields[SCENARIO_FIELDS];
    unsigned field_count;
};

// Note what is wrong with the line, unless something is already. Always false.
bool scenario_wrong(struct scenario_parser *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// Take the line apart into key=value; false: it can't be.
bool scenario_split(struct scenario_parser *p, char *rest);
// NULL: there is no such key.
struct scenario_field *scenario_find(struct scenario_parser *p, const char *key);
// Returns the number, `missing` if there is none; wrong if it exceeds `most`.
uint64_t scenario_optional(struct scenario_parser *p, const char *key, uint64_t most,
                           uint64_t missing);
uint64_t scenario_number(struct scenario_parser *p, const char *key, uint64_t most);
bool scenario_parse_number(const char *text, uint64_t *value);
// Returns the index of the name, -1: it is none; "" is never one.
int scenario_choice_of(const char *text, const char *const *names, unsigned count);
unsigned scenario_choice(struct scenario_parser *p, const char *key, const char *const *names,
                         unsigned count, unsigned missing);

// Returns `list` with room for one more than `count`; NULL, and the line is wrong: there are too
// many, or no memory, and `list` stays what it was.
void *scenario_grow(struct scenario_parser *p, void *list, size_t count, size_t *capacity,
                    size_t bytes);
// Words pa and value, the latter up to `most`: software may write more than memory keeps of it.
struct scenario_word scenario_parse_word(struct scenario_parser *p, uint64_t most);
// All registers; those left out are 0, in M-mode.
struct mmu_csr scenario_parse_csr(struct scenario_parser *p);
// Add cycles that a play may take; wrong if they are more than SCENARIO_MOST_TIME in all.
void scenario_take_time(struct scenario_parser *p, uint64_t cycles);
// Add the operation of a line to the scenario. `time` is its first word, `rest` what follows, cut
// up on the way.
void scenario_parse_operation(struct scenario_parser *p, const char *time, char *rest);

#endif
