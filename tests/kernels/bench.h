// SPDX-License-Identifier: Apache-2.0
// What a benchmark of the kernels measures, and what it is measured on.
#ifndef KERNELS_BENCH_H
#define KERNELS_BENCH_H

#include <stdint.h>

#include "sim/kernels/pages.h"

// References, again and again: a trace file from its beginning to its end, opening included, or
// (path NULL) runs in memory.
struct bench_input {
    const char *path;
    const struct page_chunk *chunks;
    size_t count;
};

struct bench_case {
    const char *name;
    double goal;  // million references a second; 0 = none
    // Go through the input once; returns the references.
    uint64_t (*run)(const struct bench_input *input, uint32_t argument);
    uint32_t argument;
};

// The cases for a recorded program, and for a large random footprint; a NULL name ends each.
extern const struct bench_case bench_program[];
extern const struct bench_case bench_large[];

// Seconds of CPU time of this process.
double bench_seconds(void);
_Noreturn void bench_fail(const char *text);

#endif
