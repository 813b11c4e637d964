// SPDX-License-Identifier: Apache-2.0
// Bytes of a file, of standard input ("-") or of a pipe, unpacked if they are zstd, gzip or xz.
#ifndef TRACE_INPUT_H
#define TRACE_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "sim/error.h"

struct trace_input;

// Called before every read of the descriptor. SIM_END: the input is over; another status
// is returned by the call that wanted to read.
typedef enum sim_status (*trace_input_wait)(void *context, int fd, struct sim_error *error);

// wait may be NULL.
enum sim_status trace_input_open(const char *path, trace_input_wait wait, void *context,
                                 struct trace_input **input, struct sim_error *error);
// Takes the descriptor: trace_input_close closes it, and so does a failure.
enum sim_status trace_input_open_fd(int fd, const char *name, trace_input_wait wait, void *context,
                                    struct trace_input **input, struct sim_error *error);
void trace_input_close(struct trace_input *input);
// For messages: the path, or "standard input".
const char *trace_input_name(const struct trace_input *input);

// The unread bytes, at least `wanted` unless the input ends before, which is no failure;
// wanted <= TRACE_INPUT_BYTES. They stay valid until the next call.
enum { TRACE_INPUT_BYTES = 65536 };
enum sim_status trace_input_peek(struct trace_input *input, size_t wanted, const uint8_t **bytes,
                                 size_t *size, struct sim_error *error);
// The first `size` of the bytes seen are done with.
void trace_input_skip(struct trace_input *input, size_t size);

#endif
