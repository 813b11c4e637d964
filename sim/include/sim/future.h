// SPDX-License-Identifier: Apache-2.0
// The next use of every reference, for OPT: two passes over any trace. Pass 1 tells a
// builder the page of each reference in order; pass 2 reads, in the same order, at which
// position the same page comes next. Positions count references from 0.
//
// Memory is proportional to the number of distinct pages; a temporary file takes 8 bytes per
// reference.
//
//   future_builder_create   future_builder_add ...   future_builder_finish
//   future_next ...         future_destroy
#ifndef SIM_FUTURE_H
#define SIM_FUTURE_H

#include <stdint.h>

#include "sim/error.h"

// Next use of a page that does not come again.
#define FUTURE_NEVER UINT64_MAX

struct future_builder;
struct future;

// The temporary file is unlinked, in $TMPDIR or /tmp. SIM_ERROR_IO, SIM_ERROR_MEMORY.
enum sim_status future_builder_create(struct future_builder **builder, struct sim_error *error);

// Give up: destroy the builder and its file.
void future_builder_abandon(struct future_builder *builder);

// The next reference is to page vpn of `space`. SIM_ERROR_IO (disk full), SIM_ERROR_MEMORY.
enum sim_status future_builder_add(struct future_builder *builder, uint32_t space, uint64_t vpn,
                                   struct sim_error *error);

// End of pass 1. The builder is destroyed either way; on success *future is owned by the
// caller and stands at position 0. SIM_ERROR_IO, SIM_ERROR_MEMORY.
enum sim_status future_builder_finish(struct future_builder *builder, struct future **future,
                                      struct sim_error *error);

// The next use of the reference at the present position, FUTURE_NEVER if there is none; go on to
// the next position. SIM_END after the last; SIM_ERROR_IO.
enum sim_status future_next(struct future *future, uint64_t *next_use, struct sim_error *error);

// Stand at position 0 again.
void future_rewind(struct future *future);

uint64_t future_references(const struct future *future);
uint64_t future_pages(const struct future *future);
void future_destroy(struct future *future);

#endif
