// SPDX-License-Identifier: Apache-2.0
// A plan: which programs, which keys take which values, what is measured. Its points are all
// combinations of values.
#ifndef STUDY_PLAN_H
#define STUDY_PLAN_H

#include "keys.h"

enum {
    STUDY_MOST_AXES = 8,
    STUDY_MOST_KEYS = 4,  // that one axis sets together
    STUDY_MOST_VALUES = 512,
    STUDY_MOST_POINTS = 20000,
    STUDY_MOST_TRACES = 64,
    STUDY_TEXT_BYTES = 256
};

// What is measured: bits. name, meaning
#define STUDY_MEASURE_LIST(X)                                                           \
    X(MISSES, "misses", "TLB misses")                                                   \
    X(CLASSES, "classes", "TLB misses by cause: compulsory, capacity, conflict")        \
    X(FAULTS, "faults", "page faults")                                                  \
    X(CYCLES, "cycles", "cycles of a translation and of an access, by the timed model") \
    X(HIERARCHY, "hierarchy", "second-level TLB, page-walk caches, walks, by the same") \
    X(WORKING_SET, "working-set", "average working set, in pages")                      \
    X(PAGES, "pages", "memory in pages, and how much of it is used")

enum study_measure_number {
#define X(id, name, text) STUDY_NUMBER_##id,
    STUDY_MEASURE_LIST(X)
#undef X
        STUDY_MEASURES
};
enum study_measure {
#define X(id, name, text) STUDY_##id = 1u << STUDY_NUMBER_##id,
    STUDY_MEASURE_LIST(X)
#undef X
};

// Measures that the timed model gives.
#define STUDY_TIMED (STUDY_CYCLES | STUDY_HIERARCHY)

// Keys that take the same value, one after the other of `values`.
struct study_axis {
    const struct config_key *keys[STUDY_MOST_KEYS];
    unsigned key_count;
    unsigned count;
    uint64_t values[STUDY_MOST_VALUES];
};

struct study_plan {
    char name[64];  // of the ready-made study, "sweep" without one
    char title[STUDY_TEXT_BYTES];
    struct study_config base;
    struct study_axis axes[STUDY_MOST_AXES];
    unsigned axis_count;
    char *traces[STUDY_MOST_TRACES];  // owned
    unsigned trace_count;
    bool mix;           // the traces run together, as processes, rather than one by one
    unsigned measures;  // enum study_measure bits; 0: by study_plan_finish
    const char *x_key;  // runs along x if it is swept; NULL: the longest axis of numbers
};

// One combination of values.
struct study_point {
    unsigned trace;                   // index; 0 of a mix
    unsigned value[STUDY_MOST_AXES];  // index into each axis
    struct study_config config;
};

void study_plan_init(struct study_plan *plan);
void study_plan_destroy(struct study_plan *plan);

enum sim_status study_plan_add_trace(struct study_plan *plan, const char *place, const char *path,
                                     struct sim_error *error);

// "KEY" = "VALUE" of the base configuration. SIM_ERROR_USAGE.
enum sim_status study_plan_set(struct study_plan *plan, const char *place, const char *key,
                               const char *text, struct sim_error *error);

// Sweep `keys` ("tlb.data.entries", or several with commas) over `values`: "1,2,4", "1..8" (every
// number), "0..100+25", "16..1024*2", or several of them with commas. An axis of the same first key
// is replaced. SIM_ERROR_USAGE.
enum sim_status study_plan_sweep(struct study_plan *plan, const char *place, const char *keys,
                                 const char *values, struct sim_error *error);

// "misses" or several with commas.
enum sim_status study_plan_measure(struct study_plan *plan, const char *place, const char *text,
                                   struct sim_error *error);

// Check the whole; bring the numbers of each axis into ascending order; choose what is measured,
// and a title, if the plan does not say. SIM_ERROR_USAGE.
enum sim_status study_plan_finish(struct study_plan *plan, struct sim_error *error);

// Returns whether a swept axis sets the key.
bool study_plan_sweeps(const struct study_plan *plan, const char *path);

// Combinations, legal or not; the last axis runs fastest, the trace slowest.
uint64_t study_plan_combinations(const struct study_plan *plan);

// Combination `number`. SIM_ERROR_USAGE with a sentence if its keys do not fit together.
enum sim_status study_plan_point(const struct study_plan *plan, uint64_t number,
                                 struct study_point *point, struct sim_error *error);

#endif
