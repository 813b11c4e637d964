// SPDX-License-Identifier: Apache-2.0
// The versions of all pages, kept apart from the handler: a page that the handler lost,
// dropped or forgot to write back is found even if the handler's own books agree.
#ifndef RUN_ORACLE_H
#define RUN_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/error.h"
#include "sim/memory.h"

struct oracle;

// Returns an oracle to whom every page is at version 0, owned by the caller; NULL without memory.
struct oracle *oracle_create(void);
void oracle_destroy(struct oracle *oracle);

// A completed reference of `space` to user address va, translated to pa: the tag
// {space, vpn, version} at the beginning of pa's page must hold this page in its latest version.
// Call before the reference's own write takes effect; a write makes the next version the latest.
// SIM_ERROR_FORMAT with a sentence ("lost update: ...", "wrong page: ..."), SIM_ERROR_MEMORY.
enum sim_status oracle_check(struct oracle *oracle, const struct sim_memory *memory, uint32_t space,
                             uint64_t va, uint64_t pa, bool write, struct sim_error *error);

#endif
