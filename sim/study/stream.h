// SPDX-License-Identifier: Apache-2.0
// The references of a point, in the order in which its processes make them, and the set of pages
// that they touch.
#ifndef STUDY_STREAM_H
#define STUDY_STREAM_H

#include "plan.h"
#include "world.h"

// One point of one plan: what a stream, a kernel, the timed model needs to know.
struct study_input {
    const struct study_plan *plan;  // borrowed: its traces
    unsigned trace;                 // index; ignored if the plan mixes, unless alone
    bool alone;                     // this trace only
    struct study_config config;
    _Atomic uint64_t *seen;  // counts references for whoever shows progress; NULL: nobody
    const struct run_observer *observer;  // of study.client = program; NULL: nobody
};

// Count references that were looked at. Only the one who looks at them writes the counter.
void study_input_saw(const struct study_input *input, uint64_t references);

// Fill the options of a run over the input's traces. The paths are borrowed from the plan.
void study_run_options(const struct study_input *input, struct run_options *options);

struct study_stream;

struct study_ref {
    uint64_t va;     // as mapped into the user's range of the mode
    uint32_t space;  // process, 0 ..
    uint8_t kind;    // enum trace_kind
    uint8_t size;    // bytes, as recorded
};

// Open at the first reference. *stream is owned by the caller. As trace_reader_open.
enum sim_status study_stream_open(const struct study_input *input, struct study_stream **stream,
                                  struct sim_error *error);
void study_stream_close(struct study_stream *stream);

// The next reference. SIM_END after the last; as trace_reader_next, trace_vamap_apply.
enum sim_status study_stream_next(struct study_stream *stream, struct study_ref *ref,
                                  struct sim_error *error);

// Distinct pages, numbered in the order of their first appearance.
struct study_pages {
    uint64_t *keys;   // page number << 16 | space, by number
    uint32_t *index;  // open addressing: number + 1, 0 = free
    size_t count, capacity;
};

// Returns the number of the page, a new one included (*is_new); SIZE_MAX: out of memory.
size_t study_pages_add(struct study_pages *pages, uint32_t space, uint64_t vpn, bool *is_new);
void study_pages_destroy(struct study_pages *pages);

// The distinct pages (of 4 KiB) of a stream from its beginning. *pages is the caller's to destroy,
// on failure too.
enum sim_status study_pages_of(const struct study_input *input, struct study_pages *pages,
                               struct sim_error *error);

#endif
