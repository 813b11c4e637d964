// SPDX-License-Identifier: Apache-2.0
// A trace's page columns as runs of numbered pages. Per block each page of the block's table
// is looked up once; per run there is only an array.
#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "numbering.h"
#include "sim/kernels/pages.h"
#include "sim/trace.h"

enum { RUN_REFS_MAX = 1 << 30, PREFETCH = 8 };

struct page_source {
    struct trace_reader *reader;
    unsigned page_shift;  // from the trace's pages to ours
    uint8_t selected[4];  // by kind: is it studied?
    struct numbering numbers;
    struct trace_pages block;
    uint32_t next_run;  // of the block; block.runs = a new block is needed
    uint32_t *page;     // by place in the block's table: our number or NUMBERING_NONE
    size_t page_capacity;
    uint32_t appeared;     // pages up to the end of the last chunk
    uint64_t refs;         // in the chunk that is being filled
    size_t count;          // runs in it, without the open one
    struct page_run open;  // may still grow; weight 0 = none
    struct page_run runs[PAGE_CHUNK_RUNS];
};

static enum sim_status check(unsigned page_bits, unsigned filter, struct sim_error *error) {
    if (page_bits < PAGE_BITS_MIN || page_bits > PAGE_BITS_MAX) {
        return sim_fail(error, SIM_ERROR_USAGE, "pages of 2^%u bytes: 2^%d to 2^%d are possible",
                        page_bits, PAGE_BITS_MIN, PAGE_BITS_MAX);
    }
    if (filter < PAGE_FETCHES || filter > PAGE_ALL) {
        return sim_fail(error, SIM_ERROR_USAGE, "the filter of references %u is not 1 to 3",
                        filter);
    }
    return SIM_OK;
}

enum sim_status page_source_open(const char *path, unsigned page_bits, unsigned filter,
                                 struct page_source **source, struct sim_error *error) {
    enum sim_status status = check(page_bits, filter, error);
    if (status != SIM_OK) return status;
    struct page_source *s = calloc(1, sizeof *s);
    if (!s) return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", path);
    s->page_shift = page_bits - TRACE_PAGE_SHIFT;
    s->selected[TRACE_FETCH] = filter & PAGE_FETCHES;
    for (int kind = TRACE_LOAD; kind <= TRACE_MODIFY; kind++) {
        s->selected[kind] = filter & PAGE_DATA ? 1 : 0;
    }
    status = trace_reader_open(path, &s->reader, error);
    if (status != SIM_OK) {
        page_source_close(s);
        return status;
    }
    *source = s;
    return SIM_OK;
}

void page_source_close(struct page_source *source) {
    if (!source) return;
    trace_reader_close(source->reader);
    numbering_release(&source->numbers);
    free(source->page);
    free(source);
}

void page_source_rewind(struct page_source *source) {
    struct sim_error error;
    enum sim_status status = trace_reader_seek(source->reader, 0, &error);
    assert(status == SIM_OK);
    (void)status;
    source->block.runs = source->next_run = 0;
    source->appeared = 0;
    source->refs = source->count = 0;
    source->open.weight = 0;
}

static enum sim_status no_memory(struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_MEMORY, "no memory for the pages of a program");
}

// Pages that are known already get their numbers now; the others when their run comes, if it
// is studied at all, so that numbers follow the order of first appearance.
static void look_up_table(struct page_source *s) {
    const struct trace_pages *block = &s->block;
    for (uint32_t i = 0; i < block->pages; i++) {
        if (i + 2 * PREFETCH < block->pages) {
            numbering_prefetch_slot(&s->numbers, block->vpn[i + 2 * PREFETCH] >> s->page_shift);
            numbering_prefetch_key(&s->numbers, block->vpn[i + PREFETCH] >> s->page_shift);
        }
        s->page[i] = numbering_known(&s->numbers, block->vpn[i] >> s->page_shift);
    }
}

static enum sim_status next_block(struct page_source *s, struct sim_error *error) {
    enum sim_status status = trace_reader_next_pages(s->reader, &s->block, error);
    s->next_run = 0;
    if (status != SIM_OK) {
        s->block.runs = 0;
        return status;
    }
    if (s->block.pages > s->page_capacity) {
        uint32_t *page = realloc(s->page, s->block.pages * sizeof *page);
        if (!page) return no_memory(error);
        s->page = page;
        s->page_capacity = s->block.pages;
    }
    look_up_table(s);
    return SIM_OK;
}

// Number the page at `place` of the block's table, which is studied for the first time.
static uint32_t new_page(struct page_source *s, uint32_t place) {
    s->page[place] = numbering_of(&s->numbers, s->block.vpn[place] >> s->page_shift);
    return s->page[place];
}

static inline uint32_t place_of(const struct trace_pages *block, uint32_t i, int planes) {
    uint32_t place = block->low[i];
    if (planes > 1) place |= (uint32_t)block->high[i] << 8;
    if (planes > 2) place |= (uint32_t)block->top[i] << 16;
    return place;
}

// Take runs of the block until the chunk or the block is full: neighbours on one page become
// one run. A copy of this function for each width of the numbers and each kind of filter, so
// that the loop has no branch on them.
static inline __attribute__((always_inline)) bool take(struct page_source *s, int planes,
                                                       bool all) {
    const struct trace_pages *block = &s->block;
    struct page_run open = s->open, *at = s->runs + s->count;
    uint64_t refs = 0;
    uint32_t i = s->next_run;
    for (; i < block->runs && at < s->runs + PAGE_CHUNK_RUNS; i++) {
        uint32_t weight = block->weight[i], kind = weight & 3;
        if (!all && !s->selected[kind]) continue;
        uint32_t place = place_of(block, i, planes), page = s->page[place];
        if (__builtin_expect(page == NUMBERING_NONE, 0)) {
            page = new_page(s, place);
            if (page == NUMBERING_NONE) return false;
        }
        uint32_t more = ((weight >> 2) + 1) << 1, written = kind >> 1;
        refs += more;
        if (page == open.page && open.weight && open.weight < RUN_REFS_MAX) {
            open.weight = (open.weight + more) | written;
        } else {
            *at = open;
            at += open.weight != 0;
            open = (struct page_run){page, more | written};
        }
    }
    s->next_run = i;
    s->open = open;
    s->count = (size_t)(at - s->runs);
    s->refs += refs >> 1;
    return true;
}

static bool take_some(struct page_source *s) {
    bool all = s->selected[TRACE_FETCH] && s->selected[TRACE_LOAD];
    if (s->block.top) return all ? take(s, 3, true) : take(s, 3, false);
    if (s->block.high) return all ? take(s, 2, true) : take(s, 2, false);
    return all ? take(s, 1, true) : take(s, 1, false);
}

static void close_run(struct page_source *s) {
    if (s->open.weight) s->runs[s->count++] = s->open;
    s->open.weight = 0;
}

// The open run belongs to the next chunk, with its references and, if it is new, its page.
static void describe(struct page_source *s, struct page_chunk *chunk) {
    // Most chunks have no new page, or all have appeared in an earlier pass.
    for (size_t i = 0; i < s->count && s->appeared < s->numbers.count; i++) {
        if (s->runs[i].page >= s->appeared) s->appeared = s->runs[i].page + 1;
    }
    uint64_t later = page_run_refs(s->open);
    *chunk = (struct page_chunk){.runs = s->runs,
                                 .count = s->count,
                                 .refs = s->refs - later,
                                 .vpn = s->numbers.vpn,
                                 .pages = s->appeared};
    s->refs = later;
    s->count = 0;
}

uint64_t page_source_position(const struct page_source *source) {
    return source->block.first_ref + source->block.refs;
}

enum sim_status page_source_next(struct page_source *source, struct page_chunk *chunk,
                                 struct sim_error *error) {
    struct page_source *s = source;
    enum sim_status status = SIM_OK;
    while (s->count < PAGE_CHUNK_RUNS && status == SIM_OK) {
        if (s->next_run == s->block.runs) {
            status = next_block(s, error);
        } else if (!take_some(s)) {
            status = no_memory(error);
        }
    }
    if (status == SIM_END) close_run(s);
    if (status != SIM_OK && (status != SIM_END || s->count == 0)) return status;
    describe(s, chunk);
    return SIM_OK;
}
