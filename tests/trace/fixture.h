// SPDX-License-Identifier: Apache-2.0
// What the tests of traces share: a folder of their own, random references, whole files.
#ifndef TRACE_FIXTURE_H
#define TRACE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/trace.h"

// TANDEM_SEED, 1 if not set; printed once by the program's first call.
uint64_t fixture_seed(void);
// splitmix64
uint64_t fixture_random(uint64_t *state);

// A folder under TMPDIR for one test program; group setup and teardown of cmocka.
int fixture_folder_create(void **state);
// Removes the files that fixture_path named, then the folder; fails if others are left.
int fixture_folder_remove(void **state);
// The absolute name of a file in the folder; valid until the program ends.
const char *fixture_path(const char *name);
// How many entries the folder has.
unsigned fixture_folder_entries(void);

void fixture_write_file(const char *path, const void *bytes, size_t size);
// The caller frees the bytes.
uint8_t *fixture_read_file(const char *path, size_t *size);

// References as a program makes them: loops over code, stack and heap, and now and then
// something absurd.
struct trace_ref *fixture_refs(uint64_t seed, size_t count);
void fixture_write_trace(const char *path, const struct trace_ref *refs, size_t count);
// Open and read to the end: SIM_END if all is well.
enum sim_status fixture_read_all(const char *path, struct sim_error *error);
void fixture_assert_contains(const char *text, const char *part);

#endif
