// SPDX-License-Identifier: Apache-2.0
// Comma-separated references. A header names the columns in any order: address (addr, va), kind
// (access, type, op), size (bytes), others are passed over. Without one they are kind, address,
// size, or the first two of these.
#ifndef TRACE_CSV_H
#define TRACE_CSV_H

#include "text.h"

enum { CSV_FIELDS = 64 };

struct csv {
    bool begun;  // the first line has told the columns
    unsigned fields;
    int address, kind, size;  // their columns; -1: there is none
};

// `csv` is all zero before the first line.
enum text_line csv_parse_line(struct csv *csv, const char *line, size_t length,
                              struct trace_ref *ref, const char **why);

#endif
