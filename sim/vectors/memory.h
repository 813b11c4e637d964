// SPDX-License-Identifier: Apache-2.0
// A scenario's physical memory: its image, and what a query changed since, which can be undone.
#ifndef VECTORS_MEMORY_H
#define VECTORS_MEMORY_H

#include "scenario.h"
#include "sim/error.h"

struct vectors_memory;

// One word that changed: what it was.
struct vectors_change {
    uint64_t pa, before;
};

// Returns an empty memory, owned by the caller; NULL without host memory.
struct vectors_memory *vectors_memory_create(void);
void vectors_memory_destroy(struct vectors_memory *memory);

// All words are 0, nothing has changed. no_memory_zero: where there is no memory, 0 is read.
void vectors_memory_begin(struct vectors_memory *memory, const struct vectors_scenario *scenario,
                          bool no_memory_zero);
// Fill in part of the image. SIM_ERROR_MEMORY.
enum sim_status vectors_memory_fill(struct vectors_memory *memory,
                                    const struct vectors_words *words, struct sim_error *error);

// One word: bytes must be the scenario's XLEN / 8. False: no memory there.
bool vectors_memory_read(void *memory, uint64_t pa, unsigned bytes, uint64_t *value);
// The same, remembered as a change.
bool vectors_memory_write(void *memory, uint64_t pa, unsigned bytes, uint64_t value);
bool vectors_memory_compare_and_write(void *memory, uint64_t pa, unsigned bytes, uint64_t expected,
                                      uint64_t desired, uint64_t *old);

// The words written since the last keep or undo, in the order in which words were first read or
// written since then (aligned words of 8 bytes, whatever XLEN): their values.
void vectors_memory_updates(const struct vectors_memory *memory, struct vectors_outcome *outcome);
// The same words: what they were before. Returns how many.
unsigned vectors_memory_changes(const struct vectors_memory *memory,
                                const struct vectors_change **changes);
// Forget, or undo, the changes.
void vectors_memory_keep(struct vectors_memory *memory);
void vectors_memory_undo(struct vectors_memory *memory);

#endif
