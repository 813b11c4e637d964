// SPDX-License-Identifier: Apache-2.0
// Simulated physical memory: sparse, gigabytes addressable, one object for model, RTL
// and fault handler.
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/error.h"

struct sim_memory;

// Memory of `bytes` (multiple of 4096) from physical address `base` (multiple of 4096);
// elsewhere there is none. Pages are allocated, zeroed, at their first write.
enum sim_status sim_memory_create(uint64_t base, uint64_t bytes, struct sim_memory **memory,
                                  struct sim_error *error);
void sim_memory_destroy(struct sim_memory *memory);

uint64_t sim_memory_base(const struct sim_memory *memory);
uint64_t sim_memory_bytes(const struct sim_memory *memory);

// Returns whether pa lies in memory.
bool sim_memory_exists(const struct sim_memory *memory, uint64_t pa);

// 4 or 8 bytes, little-endian, pa a multiple of them; 4 bytes read are zero-extended. false: no
// memory there (or, for a write, out of host memory: see sim_memory_exhausted).
bool sim_memory_read(const struct sim_memory *memory, uint64_t pa, unsigned bytes, uint64_t *value);
bool sim_memory_write(struct sim_memory *memory, uint64_t pa, unsigned bytes, uint64_t value);

// A whole page of 4096 bytes, for swap and fill. NULL: no memory there / not yet written (reads as
// zero) for `_page`; no memory or host memory exhausted for `_page_writable`. The pointer stays
// valid until the page is discarded or the memory destroyed.
const uint8_t *sim_memory_page(const struct sim_memory *memory, uint64_t pa);
uint8_t *sim_memory_page_writable(struct sim_memory *memory, uint64_t pa);

// Give the page's host memory back; it reads as zero again.
void sim_memory_page_discard(struct sim_memory *memory, uint64_t pa);

bool sim_memory_exhausted(const struct sim_memory *memory);
uint64_t sim_memory_resident_bytes(const struct sim_memory *memory);

#endif
