// SPDX-License-Identifier: Apache-2.0
#include "stream.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { TELL_EVERY = 1 << 16 };

struct study_stream {
    struct study_input input;
    uint64_t untold;  // references since the counter was raised
    struct run_options options;
    struct schedule schedule;
};

void study_input_saw(const struct study_input *input, uint64_t references) {
    if (!input->seen) return;
    uint64_t before = atomic_load_explicit(input->seen, memory_order_relaxed);
    atomic_store_explicit(input->seen, before + references, memory_order_relaxed);
}

void study_run_options(const struct study_input *input, struct run_options *options) {
    const struct study_plan *plan = input->plan;
    *options = (struct run_options){.config = input->config.run,
                                    .mode = BENCH_MODEL_ONLY,
                                    .max_errors = 1,
                                    .wave_to = UINT64_MAX};
    bool mix = plan->mix && !input->alone;
    options->trace_count = mix ? plan->trace_count : 1;
    for (unsigned i = 0; i < options->trace_count; i++)
        options->traces[i] = plan->traces[mix ? i : input->trace];
}

enum sim_status study_stream_open(const struct study_input *input, struct study_stream **stream,
                                  struct sim_error *error) {
    struct study_stream *s = calloc(1, sizeof *s);
    if (!s) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    s->input = *input;
    study_run_options(input, &s->options);
    enum sim_status status = schedule_create(&s->options, &s->schedule, error);
    if (status)
        study_stream_close(s);
    else
        *stream = s;
    return status;
}

void study_stream_close(struct study_stream *stream) {
    if (!stream) return;
    study_input_saw(&stream->input, stream->untold);
    schedule_destroy(&stream->schedule);
    free(stream);
}

enum sim_status study_stream_next(struct study_stream *stream, struct study_ref *ref,
                                  struct sim_error *error) {
    struct trace_ref next;
    unsigned process;
    enum sim_status status = schedule_next(&stream->schedule, &next, &process, error);
    if (status) return status;
    *ref = (struct study_ref){
        .va = next.va, .space = process, .kind = next.kind & 3, .size = next.size};
    if (++stream->untold == TELL_EVERY) {
        study_input_saw(&stream->input, TELL_EVERY);
        stream->untold = 0;
    }
    return SIM_OK;
}

// --- distinct pages ----------------------------------------------------------------------

static uint64_t hash(uint64_t key) {
    key ^= key >> 29;
    key *= UINT64_C(0x9E3779B97F4A7C15);
    return key ^ key >> 32;
}

static size_t find(const struct study_pages *pages, uint64_t key) {
    size_t at = (size_t)hash(key) & (pages->capacity - 1);
    while (pages->index[at] && pages->keys[pages->index[at] - 1] != key)
        at = (at + 1) & (pages->capacity - 1);
    return at;
}

// Twice the room, half of it for keys.
static bool grow(struct study_pages *pages) {
    size_t capacity = pages->capacity ? 2 * pages->capacity : 4096;
    uint64_t *keys = realloc(pages->keys, capacity / 2 * sizeof *keys);
    if (!keys) return false;
    pages->keys = keys;
    uint32_t *index = calloc(capacity, sizeof *index);
    if (!index) return false;
    free(pages->index);
    pages->index = index;
    pages->capacity = capacity;
    for (size_t i = 0; i < pages->count; i++) index[find(pages, keys[i])] = (uint32_t)i + 1;
    return true;
}

size_t study_pages_add(struct study_pages *pages, uint32_t space, uint64_t vpn, bool *is_new) {
    uint64_t key = vpn << 16 | space;
    if (2 * pages->count >= pages->capacity && !grow(pages)) return SIZE_MAX;
    size_t at = find(pages, key);
    *is_new = !pages->index[at];
    if (*is_new) {
        pages->keys[pages->count] = key;
        pages->index[at] = (uint32_t)++pages->count;
    }
    return pages->index[at] - 1;
}

void study_pages_destroy(struct study_pages *pages) {
    free(pages->keys);
    free(pages->index);
    *pages = (struct study_pages){0};
}

enum sim_status study_pages_of(const struct study_input *input, struct study_pages *pages,
                               struct sim_error *error) {
    struct study_stream *stream = NULL;
    uint64_t last = UINT64_MAX;
    struct study_input unseen = *input;  // quick beside what follows: no progress to speak of
    unseen.seen = NULL;
    *pages = (struct study_pages){0};
    enum sim_status status = study_stream_open(&unseen, &stream, error);
    while (!status) {
        struct study_ref ref;
        bool is_new;
        status = study_stream_next(stream, &ref, error);
        uint64_t key = (ref.va >> 12 << 16) | ref.space;
        if (status || key == last) continue;
        last = key;
        if (study_pages_add(pages, ref.space, ref.va >> 12, &is_new) == SIZE_MAX)
            status = sim_fail(error, SIM_ERROR_MEMORY, "out of memory for the pages of a trace");
    }
    study_stream_close(stream);
    return status == SIM_END ? SIM_OK : status;
}
