// SPDX-License-Identifier: Apache-2.0
// Foreign recordings: lackey's text and ref8, each plain or zstd; the content tells which.
#ifndef TRACE_IMPORT_H
#define TRACE_IMPORT_H

#include <stdbool.h>

#include "input.h"
#include "sim/trace.h"

struct trace_import;

// Takes the input: trace_import_close closes it, and so does a failure. An input without
// a byte is an error. lackey: expect lackey's text, whatever the bytes look like.
enum sim_status trace_import_open(struct trace_input *input, bool lackey,
                                  struct trace_import **import, struct sim_error *error);
void trace_import_close(struct trace_import *import);

// Up to `capacity` references, *count of them (at least 1) on success; SIM_END at the end.
// SIM_ERROR_FORMAT names the file and the line (text) or the record (ref8).
enum sim_status trace_import_next(struct trace_import *import, struct trace_ref *refs,
                                  size_t capacity, size_t *count, struct sim_error *error);

// Import `path` ("-" is standard input) into `writer`, max_refs references at most; none is
// an error. wait and its context as for trace_input_open.
enum sim_status trace_import_file(const char *path, struct trace_writer *writer, uint64_t max_refs,
                                  trace_input_wait wait, void *context, struct sim_error *error);

#endif
