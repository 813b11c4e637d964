// SPDX-License-Identifier: Apache-2.0
// Reading a block's page column without its references.
#include <inttypes.h>
#include <stdlib.h>

#include "format.h"
#include "reader_private.h"

static enum sim_status unpack(struct trace_reader *reader, uint64_t number, uint64_t offset,
                              const struct trace_block *block, struct trace_pages *pages,
                              struct sim_error *error) {
    size_t raw = (size_t)trace_page_bytes(&block->page);
    const uint8_t *frame = reader->packed + reader->block_header_bytes + block->packed_bytes;
    if (!trace_reader_reserve(&reader->page_raw, &reader->page_raw_capacity, raw)) {
        return trace_reader_no_memory(reader, error);
    }
    if (ZSTD_decompressDCtx(reader->zstd, reader->page_raw, raw, frame, block->page_packed_bytes) !=
            raw ||
        !trace_pages_decode(reader->page_raw, &block->page, reader->page_table, pages)) {
        return trace_reader_bad_block(reader, number, offset, "its page column is damaged", error);
    }
    return SIM_OK;
}

static enum sim_status from_column(struct trace_reader *reader, uint64_t number,
                                   struct trace_pages *pages, struct sim_error *error) {
    struct trace_block block;
    uint64_t offset = 0;
    enum sim_status status = trace_reader_fetch(reader, number, &block, &offset, error);
    if (status != SIM_OK) return status;
    pages->first_ref = block.first_ref;
    pages->refs = block.refs;
    return unpack(reader, number, offset, &block, pages, error);
}

static bool makes_pages(struct trace_reader *reader) {
    if (reader->made_refs) return true;
    struct trace_ref *refs = malloc(TRACE_BLOCK_REFS * sizeof *refs);
    if (!refs || !trace_page_encoder_create(&reader->made)) {
        trace_page_encoder_destroy(&reader->made);
        reader->made = (struct trace_page_encoder){0};
        free(refs);
        return false;
    }
    reader->made_refs = refs;
    return true;
}

static enum sim_status from_references(struct trace_reader *reader, uint32_t refs,
                                       struct trace_pages *pages, struct sim_error *error) {
    if (!makes_pages(reader)) return trace_reader_no_memory(reader, error);
    pages->first_ref = reader->position;
    pages->refs = refs;
    for (size_t done = 0, count = 0; done < refs; done += count) {
        enum sim_status status =
            trace_reader_next(reader, reader->made_refs + done, refs - done, &count, error);
        if (status != SIM_OK) return status;
    }
    struct trace_page_sizes sizes = trace_page_encode(&reader->made, reader->made_refs, refs);
    trace_pages_decode(reader->made.raw, &sizes, reader->page_table, pages);
    return SIM_OK;
}

enum sim_status trace_reader_next_pages(struct trace_reader *reader, struct trace_pages *pages,
                                        struct sim_error *error) {
    const struct trace_info *info = &reader->info;
    if (reader->position == info->refs) return SIM_END;
    if (reader->position % info->block_refs != 0) {
        return sim_fail(error, SIM_ERROR_USAGE,
                        "%s: reference %" PRIu64 " is not the first one of a block", reader->path,
                        reader->position);
    }
    if (!reader->page_table) {
        reader->page_table = malloc(TRACE_BLOCK_REFS * sizeof *reader->page_table);
        if (!reader->page_table) return trace_reader_no_memory(reader, error);
    }
    uint64_t left = info->refs - reader->position;
    uint32_t refs = (uint32_t)(left < info->block_refs ? left : info->block_refs);
    if (reader->version == 2) return from_references(reader, refs, pages, error);
    enum sim_status status = from_column(reader, reader->position / info->block_refs, pages, error);
    if (status == SIM_OK) reader->position += refs;
    return status;
}
