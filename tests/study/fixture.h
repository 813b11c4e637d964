// SPDX-License-Identifier: Apache-2.0
// What the tests of studies share: small programs, plans over them, and second implementations that
// are too simple to be wrong.
#ifndef STUDY_FIXTURE_H
#define STUDY_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "query.h"
#include "report.h"
#include "sim/trace.h"

enum { FIXTURE_SEED = 20240817 };

// A program of `count` references over `pages` pages, written to a temporary file: mostly near the
// one before, now and then anywhere. Drawn from `seed`.
struct program {
    char path[64];
    struct trace_ref *refs;
    size_t count;
};
struct program program_create(uint64_t seed, size_t count, uint64_t pages);
void program_destroy(struct program *program);

// A plan over the programs that has been told `lines`: "set KEY=VALUE", "sweep KEY=VALUES",
// "measure M", "study NAME", "mix"; NULL at the end. Every line must be accepted.
struct study_plan *plan_create(const struct program *programs, unsigned count,
                               const char *const *lines);
void plan_destroy(struct study_plan *plan);

// The plan laid out; must succeed.
void work_create(struct study_work *work, const struct study_plan *plan);

// A plan over the programs, laid out, evaluated, and its report.
struct made {
    struct study_plan *plan;
    struct study_work work;
    struct study_report report;
};
void made_create(struct made *made, const struct program *programs, unsigned count,
                 const char *const *lines);
void made_destroy(struct made *made);
// Returns the figure of that id, NULL: there is none.
const struct report_figure *made_figure(const struct made *made, const char *id);
// Returns how many sentences hold the text.
unsigned made_says(const struct made *made, const char *text);

// Misses of a TLB of `sets` sets x `ways` ways with LRU over the program's references of the port
// (enum mmu_port), pages of 2^page_bits bytes: lists in order of recency, searched from the front.
uint64_t slow_lru_misses(const struct program *program, unsigned port, uint64_t sets, uint64_t ways,
                         unsigned page_bits);

// Faults of `frames` frames over all references, FIFO (a queue) or OPT (look ahead at each victim).
uint64_t slow_fifo_faults(const struct program *program, uint64_t frames);
uint64_t slow_opt_faults(const struct program *program, uint64_t frames);

#endif
