// SPDX-License-Identifier: Apache-2.0
// Next uses without a number per reference: inside a chunk they follow from the chunk itself,
// scanned backward. All that is missing is, for each distinct page of a chunk, its first use in
// a later chunk; that stands in a temporary file, one record per chunk:
//
//   [header: first position, runs, entries, entries of the record before][entry][entry] ...
//
// Pass 1 appends records whose entries hold a page and where the chunk has it first. finish
// goes through them backward and gives each entry the page's first use behind its chunk.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "data_file.h"
#include "grow.h"
#include "sim/kernels/opt.h"

struct record {
    int64_t first;  // position of the chunk's first run
    uint32_t runs, entries, entries_before;
    uint32_t padding;
};

struct entry {
    int64_t next;  // first use behind the chunk
    uint32_t page;
    uint32_t at;  // first run of the chunk that is on the page
};

struct kernel_next_use {
    struct data_file file;
    uint64_t end;      // of the file
    uint64_t read_at;  // pass 2: the next record
    int64_t position;  // of the next run of the pass
    uint32_t last_entries;
    uint32_t chunk;  // pass 1: number of the present chunk from 1
    uint32_t *seen;  // by page: the last chunk that has it
    uint32_t seen_pages;
    int64_t *met;  // by page: the first use behind the present place, going backward
    uint32_t met_pages;
    struct {
        struct record record;
        struct entry entries[PAGE_CHUNK_RUNS];
    } buffer;
};

static size_t record_bytes(uint32_t entries) {
    return sizeof(struct record) + entries * sizeof(struct entry);
}

enum sim_status kernel_next_use_create(struct kernel_next_use **uses, struct sim_error *error) {
    struct kernel_next_use *u = calloc(1, sizeof *u);
    if (!u) return kernel_no_memory(error);
    enum sim_status status = data_file_temporary(&u->file, "next-use", error);
    if (status != SIM_OK) {
        kernel_next_use_destroy(u);
        return status;
    }
    *uses = u;
    return SIM_OK;
}

void kernel_next_use_destroy(struct kernel_next_use *uses) {
    if (!uses) return;
    data_file_close(&uses->file);
    free(uses->seen);
    free(uses->met);
    free(uses);
}

enum sim_status kernel_next_use_add(struct kernel_next_use *uses, const struct page_chunk *chunk,
                                    struct sim_error *error) {
    struct kernel_next_use *u = uses;
    assert(chunk->count <= PAGE_CHUNK_RUNS);
    enum sim_status status =
        kernel_grow(&u->seen, &u->seen_pages, chunk->pages, sizeof *u->seen, error);
    if (status != SIM_OK) return status;
    uint32_t entries = 0, number = ++u->chunk, *seen = u->seen;
    for (uint32_t i = 0; i < chunk->count; i++) {
        uint32_t page = chunk->runs[i].page;
        // Written always, counted if new: no branch to be mispredicted.
        u->buffer.entries[entries] = (struct entry){KERNEL_NEVER, page, i};
        entries += seen[page] != number;
        seen[page] = number;
    }
    u->buffer.record = (struct record){.first = u->position,
                                       .runs = (uint32_t)chunk->count,
                                       .entries = entries,
                                       .entries_before = u->last_entries};
    size_t bytes = record_bytes(entries);
    status = data_file_write(&u->file, &u->buffer, bytes, u->end, error);
    u->end += bytes;
    u->position += (int64_t)chunk->count;
    u->last_entries = entries;
    return status;
}

static enum sim_status turn_record(struct kernel_next_use *u, uint64_t at, uint32_t entries,
                                   struct sim_error *error) {
    enum sim_status status = data_file_read(&u->file, &u->buffer, record_bytes(entries), at, error);
    if (status != SIM_OK) return status;
    for (uint32_t i = 0; i < entries; i++) {
        struct entry *entry = &u->buffer.entries[i];
        entry->next = u->met[entry->page];
        u->met[entry->page] = u->buffer.record.first + entry->at;
    }
    return data_file_write(&u->file, &u->buffer, record_bytes(entries), at, error);
}

enum sim_status kernel_next_use_finish(struct kernel_next_use *uses, struct sim_error *error) {
    struct kernel_next_use *u = uses;
    enum sim_status status =
        kernel_grow(&u->met, &u->met_pages, u->seen_pages, sizeof *u->met, error);
    if (status != SIM_OK) return status;
    for (uint32_t page = 0; page < u->met_pages; page++) u->met[page] = KERNEL_NEVER;
    uint64_t at = u->end;
    for (uint32_t entries = u->last_entries; at; entries = u->buffer.record.entries_before) {
        at -= record_bytes(entries);
        status = turn_record(u, at, entries, error);
        if (status != SIM_OK) return status;
    }
    free(u->seen);
    u->seen = NULL;
    u->seen_pages = 0;
    kernel_next_use_rewind(u);
    return SIM_OK;
}

void kernel_next_use_rewind(struct kernel_next_use *uses) {
    uses->read_at = 0;
    uses->position = 0;
}

static enum sim_status read_record(struct kernel_next_use *u, struct sim_error *error) {
    // Most records are short: the first read takes all of them.
    enum { AHEAD = 256 };
    size_t ahead = record_bytes(AHEAD);
    enum sim_status status = data_file_read(&u->file, &u->buffer, ahead, u->read_at, error);
    if (status != SIM_OK) return status;
    uint32_t entries = u->buffer.record.entries;
    if (entries > AHEAD) {
        status =
            data_file_read(&u->file, u->buffer.entries + AHEAD,
                           (entries - AHEAD) * sizeof(struct entry), u->read_at + ahead, error);
    }
    u->read_at += record_bytes(entries);
    return status;
}

enum sim_status kernel_next_use_get(struct kernel_next_use *uses, const struct page_chunk *chunk,
                                    int64_t *next, struct sim_error *error) {
    struct kernel_next_use *u = uses;
    enum sim_status status = read_record(u, error);
    if (status != SIM_OK) return status;
    assert(u->buffer.record.runs == chunk->count && u->buffer.record.first == u->position);
    int64_t *met = u->met;
    for (uint32_t i = 0; i < u->buffer.record.entries; i++) {
        met[u->buffer.entries[i].page] = u->buffer.entries[i].next;
    }
    for (size_t i = chunk->count; i-- > 0;) {
        uint32_t page = chunk->runs[i].page;
        next[i] = met[page];
        met[page] = u->position + (int64_t)i;
    }
    u->position += (int64_t)chunk->count;
    return SIM_OK;
}
