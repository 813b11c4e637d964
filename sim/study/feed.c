// SPDX-License-Identifier: Apache-2.0
#include "feed.h"

#include <stdlib.h>
#include <string.h>

struct study_feed {
    struct study_input input;
    unsigned filter, page_bits;
    struct study_stream *stream;
    struct page_builder *builder;
    bool at_end;
    struct page_source *source;  // NULL: stream and builder
    uint64_t position;           // of the source, as far as it was told of
};

// One whole program in small pages: the trace's own pages are read, many times faster. Its
// addresses are not mapped into the mode's range, which keeps the 30 bits that choose a set, and
// pages apart.
static bool is_plain(const struct study_input *input) {
    bool one = !input->plan->mix || input->alone || input->plan->trace_count == 1;
    return one && input->config.run.processes == 1 && input->config.run.references == 0 &&
           input->config.page_bytes == 4096;
}

// The kernels' sets are those of the page number's low bits: the space stands above all of them.
enum { SPACE_SHIFT = 46 };

enum sim_status study_feed_open(const struct study_input *input, unsigned filter,
                                struct study_feed **feed, struct sim_error *error) {
    struct study_feed *f = calloc(1, sizeof *f);
    if (!f) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    f->input = *input;
    f->filter = filter;
    f->page_bits = study_page_bits(&input->config);
    enum sim_status status = SIM_OK;
    if (is_plain(input)) {
        const char *path =
            input->plan->traces[input->plan->mix && !input->alone ? 0 : input->trace];
        status = page_source_open(path, f->page_bits, filter, &f->source, error);
    } else {
        status = study_stream_open(input, &f->stream, error);
        if (!status) status = page_builder_create(&f->builder, error);
    }
    if (status)
        study_feed_close(f);
    else
        *feed = f;
    return status;
}

void study_feed_close(struct study_feed *feed) {
    if (!feed) return;
    study_stream_close(feed->stream);
    if (feed->builder) page_builder_destroy(feed->builder);
    if (feed->source) page_source_close(feed->source);
    free(feed);
}

static enum sim_status next_of_source(struct study_feed *feed, struct page_chunk *chunk,
                                      struct sim_error *error) {
    enum sim_status status = page_source_next(feed->source, chunk, error);
    uint64_t position = page_source_position(feed->source);
    if (position > feed->position) {
        study_input_saw(&feed->input, position - feed->position);
        feed->position = position;
    }
    return status;
}

enum sim_status study_feed_next(struct study_feed *feed, struct page_chunk *chunk,
                                struct sim_error *error) {
    enum sim_status status = SIM_OK;
    int full = 0;
    if (feed->source) return next_of_source(feed, chunk, error);
    if (feed->at_end) return SIM_END;
    while (!full && !status) {
        struct study_ref ref;
        status = study_stream_next(feed->stream, &ref, error);
        if (status) break;
        if (!(feed->filter & (ref.kind == TRACE_FETCH ? PAGE_FETCHES : PAGE_DATA))) continue;
        uint64_t page = ref.va >> feed->page_bits | (uint64_t)ref.space << SPACE_SHIFT;
        status = page_builder_add(feed->builder, page, ref.kind >= TRACE_STORE, &full, error);
    }
    if (status && status != SIM_END) return status;
    feed->at_end = status == SIM_END;
    page_builder_take(feed->builder, chunk);
    return chunk->count ? SIM_OK : SIM_END;
}

enum sim_status study_feed_rewind(struct study_feed *feed, struct sim_error *error) {
    if (feed->source) {
        page_source_rewind(feed->source);
        feed->position = 0;
        return SIM_OK;
    }
    study_stream_close(feed->stream);
    feed->stream = NULL;
    feed->at_end = false;
    page_builder_rewind(feed->builder);
    return study_stream_open(&feed->input, &feed->stream, error);
}

// --- bytes in pages ----------------------------------------------------------------------

enum { WORD_BITS = 3, SMALL_PAGE_BITS = 12, WORDS = 1 << (SMALL_PAGE_BITS - WORD_BITS) };

// Words used, for each 4 KiB of each space.
struct usage {
    struct study_pages small, large;
    uint64_t (*words)[WORDS / 64];
    size_t room;
};

static bool mark_word(struct usage *usage, uint32_t space, uint64_t word) {
    bool is_new;
    size_t page =
        study_pages_add(&usage->small, space, word >> (SMALL_PAGE_BITS - WORD_BITS), &is_new);
    if (page == SIZE_MAX) return false;
    if (page >= usage->room) {
        size_t room = usage->room ? 2 * usage->room : 256;
        void *words = realloc(usage->words, room * sizeof *usage->words);
        if (!words) return false;
        usage->words = words;
        memset(usage->words + usage->room, 0, (room - usage->room) * sizeof *usage->words);
        usage->room = room;
    }
    unsigned bit = (unsigned)(word % WORDS);
    usage->words[page][bit / 64] |= UINT64_C(1) << bit % 64;
    return true;
}

static bool mark(struct usage *usage, const struct study_ref *ref, unsigned page_bits) {
    bool is_new;
    uint64_t last = (ref->va + (ref->size ? ref->size - 1u : 0)) >> WORD_BITS;
    if (study_pages_add(&usage->large, ref->space, ref->va >> page_bits, &is_new) == SIZE_MAX)
        return false;
    // Only within the first page: one reference is one page, as everywhere.
    uint64_t end = ((ref->va >> SMALL_PAGE_BITS) + 1) << (SMALL_PAGE_BITS - WORD_BITS);
    for (uint64_t word = ref->va >> WORD_BITS; word <= last && word < end; word++)
        if (!mark_word(usage, ref->space, word)) return false;
    return true;
}

static uint64_t used_bytes(const struct usage *usage) {
    uint64_t words = 0;
    for (size_t page = 0; page < usage->small.count; page++)
        for (unsigned i = 0; i < WORDS / 64; i++)
            words += (uint64_t)__builtin_popcountll(usage->words[page][i]);
    return words << WORD_BITS;
}

static enum sim_status count_one(struct study_query *query, struct sim_error *error) {
    struct study_stream *stream = NULL;
    struct usage usage = {0};
    unsigned page_bits = study_page_bits(&query->input.config);
    enum sim_status status = study_stream_open(&query->input, &stream, error);
    while (!status) {
        struct study_ref ref;
        status = study_stream_next(stream, &ref, error);
        if (status) break;
        query->value[VALUE_REFERENCES]++;
        if (!mark(&usage, &ref, page_bits))
            status = sim_fail(error, SIM_ERROR_MEMORY, "out of memory for the pages of a trace");
    }
    query->value[VALUE_DISTINCT] = usage.large.count;
    query->value[VALUE_USED_BYTES] = used_bytes(&usage);
    study_pages_destroy(&usage.small);
    study_pages_destroy(&usage.large);
    free(usage.words);
    study_stream_close(stream);
    return status == SIM_END ? SIM_OK : status;
}

// Of a whole program only its references and pages are told: no need to look at each reference.
static enum sim_status count_program(struct study_query *query, struct sim_error *error) {
    struct study_feed *feed = NULL;
    struct page_chunk chunk;
    enum sim_status status = study_feed_open(&query->input, PAGE_ALL, &feed, error);
    while (!status && !(status = study_feed_next(feed, &chunk, error))) {
        query->value[VALUE_REFERENCES] += chunk.refs;
        query->value[VALUE_DISTINCT] = chunk.pages;
    }
    study_feed_close(feed);
    return status == SIM_END ? SIM_OK : status;
}

enum sim_status study_count_pages(struct study_query *const *queries, unsigned count,
                                  struct sim_error *error) {
    enum sim_status status = SIM_OK;
    for (unsigned i = 0; i < count && !status; i++)
        status = queries[i]->input.alone ? count_program(queries[i], error)
                                         : count_one(queries[i], error);
    return status;
}
