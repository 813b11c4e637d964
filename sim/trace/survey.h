// SPDX-License-Identifier: Apache-2.0
// What `tandem show` counts in one pass over a trace. Memory grows with the distinct pages,
// not with the references.
#ifndef TRACE_SURVEY_H
#define TRACE_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/trace.h"

enum { TRACE_PAGE_BITS = 12, TRACE_REGION_BITS = 30, TRACE_SV39_REGIONS = 256 };

// Distinct numbers, numbered in order of first appearance.
struct trace_set {
    struct trace_set_entry {
        uint64_t key;
        uint64_t number;  // + 1; 0 = free
        bool marked;
    } * entries;
    size_t capacity;  // a power of two
    size_t count;
};

// The key's entry, new ones with the next number; NULL if memory is out.
struct trace_set_entry *trace_set_add(struct trace_set *set, uint64_t key);
void trace_set_destroy(struct trace_set *set);

struct trace_survey {
    uint64_t refs, kinds[4];
    uint64_t pages_written;
    struct trace_set pages, regions;
};

// Read everything from the beginning. SIM_ERROR_FORMAT, too, if the counts are not those
// that the file states. trace_survey_destroy is the caller's in every case.
enum sim_status trace_survey_run(struct trace_reader *reader, const char *path,
                                 struct trace_survey *survey, struct sim_error *error);
void trace_survey_destroy(struct trace_survey *survey);

#endif
