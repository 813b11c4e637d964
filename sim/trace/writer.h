// SPDX-License-Identifier: Apache-2.0
// What the commands need of the writer beyond sim/trace.h.
#ifndef TRACE_WRITER_H
#define TRACE_WRITER_H

#include <stdint.h>

#include "sim/trace.h"

// A running program is not to wait for the last percent: level 1 takes a third of the time of 9,
// for a fifth more bytes.
enum { TRACE_LEVEL_RECORDING = 1, TRACE_LEVEL_DEFAULT = 9, TRACE_LEVEL_MAX = 19 };

// zstd's level for the blocks still to be written, 1 .. TRACE_LEVEL_MAX.
enum sim_status trace_writer_set_level(struct trace_writer *writer, int level,
                                       struct sim_error *error);
// References added so far.
uint64_t trace_writer_refs(const struct trace_writer *writer);

#endif
