// SPDX-License-Identifier: Apache-2.0
// Reading a trace block by block. A block's checksum matches before it is unpacked, and
// its streams may still be nonsense: every number taken from them is checked.
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "format.h"
#include "reader_private.h"

enum { SKIP_BATCH = 1024 };

static bool reserve(uint8_t **bytes, size_t *capacity, size_t needed) {
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
    uint64_t limit = ZSTD_COMPRESSBOUND(trace_codec_limit(TRACE_BLOCK_REFS));
    // The index was checked when the file was opened; the file may have changed since.
    if (end <= *offset || end - *offset <= TRACE_BLOCK_HEADER_BYTES ||
        end - *offset - TRACE_BLOCK_HEADER_BYTES > limit) {
        return trace_reader_bad_block(reader, block, *offset, "its size is not possible", error);
    }
    *size = end - *offset;
    return SIM_OK;
}

static const char *block_fault(const struct trace_reader *reader, uint64_t number,
                               const struct trace_block *block, uint64_t size, size_t *raw) {
    if (block->packed_bytes != size - TRACE_BLOCK_HEADER_BYTES) {
        return "its length does not fit the index";
    }
    if (block->checksum != trace_block_checksum(reader->packed, block->packed_bytes)) {
        return "the checksum does not match";
    }
    uint64_t first = number * reader->info.block_refs;
    uint64_t left = reader->info.refs - first;
    if (block->first_ref != first ||
        block->refs != (left < reader->info.block_refs ? left : reader->info.block_refs)) {
        return "its references are not those of the index";
    }
    uint64_t sum = 0;
    for (int i = 0; i < TRACE_STREAMS; i++) sum += block->stream_bytes[i];
    if (sum > trace_codec_limit(block->refs)) return "its streams are longer than possible";
    *raw = (size_t)sum;
    return NULL;
}

static enum sim_status load_block(struct trace_reader *reader, uint64_t number,
                                  struct sim_error *error) {
    uint64_t offset = 0, size = 0;
    reader->loaded = UINT64_MAX;
    enum sim_status status = block_extent(reader, number, &offset, &size, error);
    if (status != SIM_OK) return status;
    if (!reserve(&reader->packed, &reader->packed_capacity, (size_t)size)) {
        return trace_reader_no_memory(reader, error);
    }
    status = trace_reader_read(reader, reader->packed, (size_t)size, offset, error);
    if (status != SIM_OK) return status;
    struct trace_block block = trace_block_get(reader->packed);
    size_t raw = 0;
    const char *fault = block_fault(reader, number, &block, size, &raw);
    if (fault) return trace_reader_bad_block(reader, number, offset, fault, error);
    if (!reserve(&reader->raw, &reader->raw_capacity, raw))
        return trace_reader_no_memory(reader, error);
    size_t unpacked =
        ZSTD_decompressDCtx(reader->zstd, reader->raw, raw,
                            reader->packed + TRACE_BLOCK_HEADER_BYTES, block.packed_bytes);
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
