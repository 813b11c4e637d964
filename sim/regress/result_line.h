// SPDX-License-Identifier: Apache-2.0
// A result as one line of JSON: how a task on another machine hands it over.
#ifndef REGRESS_RESULT_LINE_H
#define REGRESS_RESULT_LINE_H

#include "store.h"

// Returns the line with its newline, the caller's to free; NULL: no memory. `run`: the identity of
// the run (store_identity).
char *result_line_write(const char *run, size_t number, const struct result *result);

// Read a line. False: it is none of this run, or what a lost machine has left half-written; nothing
// to free. On success result->output is the caller's.
bool result_line_read(const char *line, const char *run, size_t *number, struct result *result);

// Call `take` for each whole line of the run in a file from *offset on, which is moved behind the
// last one. A file that is not there has none.
typedef void result_line_fn(void *user, size_t number, struct result *result);
void result_line_each(const char *path, const char *run, uint64_t *offset, result_line_fn *take,
                      void *user);

#endif
