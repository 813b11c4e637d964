// SPDX-License-Identifier: Apache-2.0
// Traces for other simulators.
#ifndef TRACE_EXPORT_H
#define TRACE_EXPORT_H

#include "signals.h"
#include "sim/trace.h"

enum { EXPORT_ORACLE_BYTES = 24, EXPORT_PAGE_BYTES = 4096, EXPORT_TIME_SHIFT = 20 };

// Write libCacheSim's oracleGeneral (traceReader/customizedReader/oracle/oracleGeneralBin.h): for
// each reference, little-endian and without gaps, u32 time (the reference's number, from 0,
// divided by 2^20), u64 object (the number of the 4 KiB page), u32 object size (4096), i64 the
// number, from 1, of the next reference to the page, -1 if there is none. Memory grows with the
// pages, not with the references. `name` is the trace's, for messages. Nothing stands at `path`
// before all is written; an older file is replaced, anything that is no file refused.
// SIM_ERROR_IO, SIM_ERROR_FORMAT, SIM_ERROR_MEMORY, SIM_ERROR_INTERRUPTED.
enum sim_status trace_export_oracle(struct trace_reader *reader, const char *name, const char *path,
                                    const struct trace_signals *signals, struct sim_error *error);

#endif
