// SPDX-License-Identifier: Apache-2.0
// Reading a trace block by block. A block's checksum matches before it is unpacked, and
// its streams may still be nonsense: every number taken from them is checked.
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "reader_private.h"

enum { SKIP_BATCH = 1024 };

bool trace_reader_reserve(uint8_t **bytes, size_t *capacity, size_t needed) {
    if (needed <= *capacity) return true;
    uint8_t *grown = realloc(*bytes, needed);
    if (!grown) return false;
    *bytes = grown;
    *capacity = needed;
    return true;
}

// Where the block lies: from its index entry to the next one, or to the index.
static enum sim_status block_extent(const struct trace_reader *reader, uint64_t block,
                                    uint64_t *offset, uint64_t *size, struct sim_error *error) {
    bool last = block + 1 == reader->info.blocks;
    uint8_t bytes[2 * TRACE_INDEX_ENTRY_BYTES];
    enum sim_status status =
        trace_reader_read(reader, bytes, (last ? 1 : 2) * TRACE_INDEX_ENTRY_BYTES,
                          reader->index_offset + block * TRACE_INDEX_ENTRY_BYTES, error);
    if (status != SIM_OK) return status;
    *offset = trace_index_entry_get(bytes).offset;
    uint64_t end =
        last ? reader->index_offset : trace_index_entry_get(bytes + TRACE_INDEX_ENTRY_BYTES).offset;
    uint64_t limit = ZSTD_COMPRESSBOUND(trace_codec_limit(TRACE_BLOCK_REFS)) +
                     ZSTD_COMPRESSBOUND(trace_page_limit(TRACE_BLOCK_REFS));
    // The index was checked when the file was opened; the file may have changed since.
    if (end <= *offset || end - *offset <= reader->block_header_bytes ||
        end - *offset - reader->block_header_bytes > limit) {
        return trace_reader_bad_block(reader, block, *offset, "its size is not possible", error);
    }
    *size = end - *offset;
    return SIM_OK;
}

static const char *streams_fault(const struct trace_block *block, uint32_t version) {
    uint64_t sum = 0;
    for (int i = 0; i < TRACE_STREAMS; i++) sum += block->stream_bytes[i];
    if (sum > trace_codec_limit(block->refs)) return "its streams are longer than possible";
    return version == 2 ? NULL : trace_page_sizes_fault(&block->page, block->refs);
}

static const char *block_fault(const struct trace_reader *reader, uint64_t number,
                               const struct trace_block *block, uint64_t size) {
    uint64_t frame_bytes = size - reader->block_header_bytes;
    if (trace_block_frame_bytes(block) != frame_bytes) return "its length does not fit the index";
    if (block->checksum != trace_block_checksum(reader->packed, frame_bytes, reader->version)) {
        return "the checksum does not match";
    }
    uint64_t first = number * reader->info.block_refs;
    uint64_t left = reader->info.refs - first;
    if (block->first_ref != first ||
        block->refs != (left < reader->info.block_refs ? left : reader->info.block_refs)) {
        return "its references are not those of the index";
    }
    return streams_fault(block, reader->version);
}

enum sim_status trace_reader_fetch(struct trace_reader *reader, uint64_t number,
                                   struct trace_block *block, uint64_t *offset,
                                   struct sim_error *error) {
    uint64_t size = 0;
    enum sim_status status = block_extent(reader, number, offset, &size, error);
    if (status != SIM_OK) return status;
    if (!trace_reader_reserve(&reader->packed, &reader->packed_capacity, (size_t)size)) {
        return trace_reader_no_memory(reader, error);
    }
    status = trace_reader_read(reader, reader->packed, (size_t)size, *offset, error);
    if (status != SIM_OK) return status;
    *block = trace_block_get(reader->packed, reader->version);
    const char *fault = block_fault(reader, number, block, size);
    return fault ? trace_reader_bad_block(reader, number, *offset, fault, error) : SIM_OK;
}

static enum sim_status load_block(struct trace_reader *reader, uint64_t number,
                                  struct sim_error *error) {
    uint64_t offset = 0;
    struct trace_block block;
    reader->loaded = UINT64_MAX;
    enum sim_status status = trace_reader_fetch(reader, number, &block, &offset, error);
    if (status != SIM_OK) return status;
    size_t raw = 0;
    for (int i = 0; i < TRACE_STREAMS; i++) raw += block.stream_bytes[i];
    if (!trace_reader_reserve(&reader->raw, &reader->raw_capacity, raw)) {
        return trace_reader_no_memory(reader, error);
    }
    size_t unpacked =
        ZSTD_decompressDCtx(reader->zstd, reader->raw, raw,
                            reader->packed + reader->block_header_bytes, block.packed_bytes);
    if (unpacked != raw ||
        !trace_decoder_begin(&reader->decoder, reader->raw, block.stream_bytes)) {
        return trace_reader_bad_block(reader, number, offset, "its compressed streams are damaged",
                                      error);
    }
    reader->loaded = number;
    reader->block_offset = offset;
    reader->decoded = block.first_ref;
    reader->block_end = block.first_ref + block.refs;
    return SIM_OK;
}

static enum sim_status decode(struct trace_reader *reader, struct trace_ref *refs, size_t count,
                              struct sim_error *error) {
    uint64_t block = reader->loaded;
    bool good = trace_decoder_next(&reader->decoder, refs, count);
    if (good) reader->decoded += count;
    if (good && reader->decoded == reader->block_end) {
        good = trace_decoder_finished(&reader->decoder);
    }
    if (good) return SIM_OK;
    reader->loaded = UINT64_MAX;
    return trace_reader_bad_block(reader, block, reader->block_offset, "its streams do not decode",
                                  error);
}

// Make the decoder's next reference the one at reader->position.
static enum sim_status arrive(struct trace_reader *reader, struct sim_error *error) {
    uint64_t block = reader->position / reader->info.block_refs;
    if (reader->loaded != block || reader->decoded > reader->position) {
        enum sim_status status = load_block(reader, block, error);
        if (status != SIM_OK) return status;
    }
    struct trace_ref skipped[SKIP_BATCH];
    while (reader->decoded < reader->position) {
        uint64_t left = reader->position - reader->decoded;
        size_t count = left < SKIP_BATCH ? (size_t)left : SKIP_BATCH;
        enum sim_status status = decode(reader, skipped, count, error);
        if (status != SIM_OK) return status;
    }
    return SIM_OK;
}

enum sim_status trace_reader_next(struct trace_reader *reader, struct trace_ref *refs,
                                  size_t capacity, size_t *count, struct sim_error *error) {
    assert(capacity > 0);
    if (reader->position == reader->info.refs) return SIM_END;
    enum sim_status status = arrive(reader, error);
    if (status != SIM_OK) return status;
    uint64_t left = reader->block_end - reader->position;
    size_t wanted = left < capacity ? (size_t)left : capacity;
    status = decode(reader, refs, wanted, error);
    if (status != SIM_OK) return status;
    reader->position += wanted;
    *count = wanted;
    return SIM_OK;
}

enum sim_status trace_reader_seek(struct trace_reader *reader, uint64_t ref,
                                  struct sim_error *error) {
    if (ref > reader->info.refs) {
        return sim_fail(error, SIM_ERROR_USAGE,
                        "%s: reference %" PRIu64 " is past the end; the trace has %" PRIu64,
                        reader->path, ref, reader->info.refs);
    }
    reader->position = ref;
    return SIM_OK;
}
