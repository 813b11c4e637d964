// SPDX-License-Identifier: Apache-2.0
// Foreign recordings, plain or packed; docs/trace-format.md describes every format.
#ifndef TRACE_IMPORT_H
#define TRACE_IMPORT_H

#include <stdbool.h>

#include "input.h"
#include "sim/trace.h"

enum trace_format {
    TRACE_FORMAT_AUTO,  // text by its first lines; binary formats must be named
    TRACE_FORMAT_LACKEY,
    TRACE_FORMAT_COURSE,
    TRACE_FORMAT_DIN,
    TRACE_FORMAT_XDIN,
    TRACE_FORMAT_CSV,
    TRACE_FORMAT_CHAMPSIM,
    TRACE_FORMAT_RAW64,
    TRACE_FORMAT_REF8,
    TRACE_FORMATS
};

// "lackey"; the names that --format takes, by enum trace_format, NULL behind the last.
extern const char *const trace_format_names[TRACE_FORMATS + 1];

struct trace_import;

// Takes the input: trace_import_close closes it, and so does a failure. An input without a
// byte is an error, unless the format is lackey's. SIM_ERROR_FORMAT, SIM_ERROR_IO,
// SIM_ERROR_MEMORY.
enum sim_status trace_import_open(struct trace_input *input, enum trace_format format,
                                  struct trace_import **import, struct sim_error *error);
void trace_import_close(struct trace_import *import);

// Up to `capacity` references, *count of them (at least 1) on success; SIM_END at the end.
// SIM_ERROR_FORMAT names the file and the line (text) or the record (binary).
enum sim_status trace_import_next(struct trace_import *import, struct trace_ref *refs,
                                  size_t capacity, size_t *count, struct sim_error *error);

// Import `path` ("-" is standard input) into `writer`, max_refs references at most; none is
// an error. wait and its context as for trace_input_open.
enum sim_status trace_import_file(const char *path, enum trace_format format,
                                  struct trace_writer *writer, uint64_t max_refs,
                                  trace_input_wait wait, void *context, struct sim_error *error);

#endif
