// SPDX-License-Identifier: Apache-2.0
// What the importer's parts share: a line format is a parser of one line, a record format a
// decoder of one record.
#ifndef TRACE_IMPORT_PRIVATE_H
#define TRACE_IMPORT_PRIVATE_H

#include "csv.h"
#include "import.h"
#include "text.h"

enum { IMPORT_RECORD_REFS = 7 };  // a record's references at most: ChampSim's

struct import_lines {
    const char *whose;  // "line 3 is not `whose`: ..."
    enum text_line (*parse)(void *context, const char *line, size_t length, struct trace_ref *ref,
                            const char **why);
    // May be NULL. Well-formed lines from *at on, until `end`, the capacity or a line of any
    // other kind; *at is then that line's begin. Returns how many references.
    size_t (*parse_many)(const char **at, const char *end, struct trace_ref *refs, size_t capacity);
};

struct import_records {
    size_t bytes;  // of a record
    // Returns how many references; 0 with *why: the record is malformed.
    size_t (*decode)(const uint8_t *record, struct trace_ref refs[IMPORT_RECORD_REFS],
                     const char **why);
};

struct trace_import {
    struct trace_input *input;
    const struct import_lines *lines;      // one of the two
    const struct import_records *records;  //
    struct csv csv;
    bool in_message;  // inside a message of valgrind's that is longer than the buffer
    uint64_t place;   // lines or records so far
    struct trace_ref pending[IMPORT_RECORD_REFS];  // decoded, but there was no room
    size_t pending_count;
};

// NULL: the format is not of that kind.
const struct import_lines *import_lines_of(enum trace_format format);
const struct import_records *import_records_of(enum trace_format format);

// As trace_import_next; *count is 0 before.
enum sim_status import_next_lines(struct trace_import *import, struct trace_ref *refs,
                                  size_t capacity, size_t *count, struct sim_error *error);
enum sim_status import_next_records(struct trace_import *import, struct trace_ref *refs,
                                    size_t capacity, size_t *count, struct sim_error *error);

// The format of the bytes that an input begins with; SIM_ERROR_FORMAT with a sentence that asks
// for --format if they could be several, or none.
enum sim_status import_detect(const uint8_t *bytes, size_t size, const char *name,
                              enum trace_format *format, struct sim_error *error);

#endif
