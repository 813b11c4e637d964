// SPDX-License-Identifier: Apache-2.0
// Reading a trace. Nothing in the file is believed before its length is checked and its
// checksum compared, and then every number is still held against the file's own size.
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

#include "format.h"

enum { INDEX_BATCH = 1024, SKIP_BATCH = 1024 };

struct trace_reader {
    int fd;
    char *path;
    struct trace_info info;
    uint64_t file_bytes;
    uint64_t index_offset;
    uint64_t position;      // number of the next reference
    uint64_t loaded;        // block in the decoder; UINT64_MAX = none
    uint64_t decoded;       // number of the next reference that the decoder gives
    uint64_t block_end;     // number behind the block's last reference
    uint64_t block_offset;  // for messages
    struct trace_decoder decoder;
    ZSTD_DCtx *zstd;
    uint8_t *packed, *raw;  // grown to what the largest block so far needed; bounded
    size_t packed_capacity, raw_capacity;
};

// --- failures, one sentence each

static enum sim_status bad_file(const struct trace_reader *reader, const char *place,
                                uint64_t offset, const char *what, struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_FORMAT, "%s: %s at byte offset %" PRIu64 ": %s", reader->path,
                    place, offset, what);
}

static enum sim_status bad_block(const struct trace_reader *reader, uint64_t block, uint64_t offset,
                                 const char *what, struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_FORMAT, "%s: block %" PRIu64 " at byte offset %" PRIu64 ": %s",
                    reader->path, block, offset, what);
}

static enum sim_status out_of_memory(const struct trace_reader *reader, struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", reader->path);
}

static enum sim_status read_at(const struct trace_reader *reader, void *bytes, size_t size,
                               uint64_t offset, struct sim_error *error) {
    uint8_t *at = bytes;
    while (size) {
        ssize_t got = pread(reader->fd, at, size, (off_t)offset);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            return sim_fail(error, SIM_ERROR_IO, "%s: cannot read at byte offset %" PRIu64 ": %s",
                            reader->path, offset, strerror(errno));
        }
        if (got == 0) return bad_file(reader, "data", offset, "the file ends early", error);
        at += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
    return SIM_OK;
}

// --- opening

static enum sim_status open_file(struct trace_reader *reader, struct sim_error *error) {
    // O_NONBLOCK: a named pipe must be refused below, not waited for.
    reader->fd = open(reader->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    if (reader->fd < 0 || fstat(reader->fd, &status) != 0) {
        return sim_fail(error, SIM_ERROR_IO, "%s: cannot open: %s", reader->path, strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return sim_fail(error, SIM_ERROR_IO, "%s: not a regular file, so it is no trace",
                        reader->path);
    }
    reader->file_bytes = (uint64_t)status.st_size;
    return SIM_OK;
}

static enum sim_status read_header(struct trace_reader *reader, uint64_t *checksum,
                                   struct sim_error *error) {
    uint8_t bytes[TRACE_HEADER_BYTES] = {0};
    size_t present = reader->file_bytes < sizeof bytes ? (size_t)reader->file_bytes : sizeof bytes;
    enum sim_status status = read_at(reader, bytes, present, 0, error);
    if (status != SIM_OK) return status;
    if (present < 12 || !trace_header_magic(bytes)) {
        return bad_file(reader, "header", 0, "this is not a trace", error);
    }
    struct trace_header header = trace_header_get(bytes);
    if (header.version != TRACE_VERSION) {
        return sim_fail(error, SIM_ERROR_FORMAT,
                        "%s: header at byte offset 8: the version is %" PRIu32
                        ", this program reads version %d",
                        reader->path, header.version, TRACE_VERSION);
    }
    if (reader->file_bytes < TRACE_HEADER_BYTES + TRACE_FOOTER_BYTES) {
        return bad_file(reader, "header", 0, "the file is cut off", error);
    }
    if (header.checksum != trace_header_checksum(bytes)) {
        return bad_file(reader, "header", 0, "the checksum does not match", error);
    }
    if (header.block_refs == 0 || header.block_refs > TRACE_BLOCK_REFS) {
        return bad_file(reader, "header", 12, "the number of references per block is not legal",
                        error);
    }
    size_t length = strnlen(header.program, TRACE_PROGRAM_BYTES);
    for (size_t i = length; i <= TRACE_PROGRAM_BYTES; i++) {
        if (i == TRACE_PROGRAM_BYTES ? length == i : header.program[i] != 0) {
            return bad_file(reader, "header", 16, "the program's text is not terminated", error);
        }
    }
    memcpy(reader->info.program, header.program, sizeof reader->info.program);
    reader->info.block_refs = header.block_refs;
    *checksum = header.checksum;
    return SIM_OK;
}

static const char *footer_fault(const struct trace_reader *reader, const struct trace_footer *f) {
    uint64_t end = reader->file_bytes - TRACE_FOOTER_BYTES;
    uint64_t per_block = reader->info.block_refs;
    if (f->index_offset < TRACE_HEADER_BYTES || f->index_offset > end) {
        return "the index's offset is outside the file";
    }
    if ((end - f->index_offset) % TRACE_INDEX_ENTRY_BYTES != 0 ||
        f->blocks != (end - f->index_offset) / TRACE_INDEX_ENTRY_BYTES) {
        return "the number of blocks does not fit the index's size";
    }
    if (f->blocks > (f->index_offset - TRACE_HEADER_BYTES) / (TRACE_BLOCK_HEADER_BYTES + 1)) {
        return "the number of blocks does not fit the file's size";
    }
    if (f->blocks != f->refs / per_block + (f->refs % per_block != 0)) {
        return "the number of references does not fit the number of blocks";
    }
    uint64_t left = f->refs;
    for (int kind = 0; kind < 4; kind++) {
        if (f->kinds[kind] > left) return "the references by kind do not add up";
        left -= f->kinds[kind];
    }
    return left ? "the references by kind do not add up" : NULL;
}

static enum sim_status read_footer(struct trace_reader *reader, uint64_t header_checksum,
                                   struct trace_footer *footer, struct sim_error *error) {
    uint8_t bytes[TRACE_FOOTER_BYTES];
    uint64_t offset = reader->file_bytes - TRACE_FOOTER_BYTES;
    enum sim_status status = read_at(reader, bytes, sizeof bytes, offset, error);
    if (status != SIM_OK) return status;
    *footer = trace_footer_get(bytes);
    const char *fault = NULL;
    if (!trace_footer_magic(bytes)) {
        fault = "the file is cut off or continues behind its end";
    } else if (footer->checksum != trace_footer_checksum(bytes)) {
        fault = "the checksum does not match";
    } else if (footer->header_checksum != header_checksum) {
        fault = "it belongs to another header";
    } else {
        fault = footer_fault(reader, footer);
    }
    if (fault) return bad_file(reader, "footer", offset, fault, error);
    reader->index_offset = footer->index_offset;
    reader->info.refs = footer->refs;
    reader->info.blocks = footer->blocks;
    memcpy(reader->info.kinds, footer->kinds, sizeof reader->info.kinds);
    return SIM_OK;
}

// Entries lie in order, begin behind the header and leave room for a block each.
static const char *entry_fault(const struct trace_reader *reader, uint64_t block,
                               const struct trace_index_entry *entry, uint64_t *least) {
    if (entry->first_ref != block * reader->info.block_refs) {
        return "the index gives a block a wrong first reference";
    }
    if (block == 0 ? entry->offset != *least : entry->offset < *least) {
        return "the index gives a block a wrong offset";
    }
    if (entry->offset > reader->index_offset ||
        reader->index_offset - entry->offset <= TRACE_BLOCK_HEADER_BYTES) {
        return "the index gives a block an offset behind the blocks";
    }
    *least = entry->offset + TRACE_BLOCK_HEADER_BYTES + 1;
    return NULL;
}

static enum sim_status check_entries(const struct trace_reader *reader, XXH3_state_t *state,
                                     struct sim_error *error) {
    uint8_t bytes[INDEX_BATCH * TRACE_INDEX_ENTRY_BYTES];
    uint64_t least = TRACE_HEADER_BYTES;
    for (uint64_t block = 0; block < reader->info.blocks;) {
        uint64_t left = reader->info.blocks - block;
        size_t count = left < INDEX_BATCH ? (size_t)left : INDEX_BATCH;
        uint64_t offset = reader->index_offset + block * TRACE_INDEX_ENTRY_BYTES;
        enum sim_status status =
            read_at(reader, bytes, count * TRACE_INDEX_ENTRY_BYTES, offset, error);
        if (status != SIM_OK) return status;
        XXH3_64bits_update(state, bytes, count * TRACE_INDEX_ENTRY_BYTES);
        for (size_t i = 0; i < count; i++, block++) {
            struct trace_index_entry entry =
                trace_index_entry_get(bytes + i * TRACE_INDEX_ENTRY_BYTES);
            const char *fault = entry_fault(reader, block, &entry, &least);
            if (fault) return bad_block(reader, block, entry.offset, fault, error);
        }
    }
    return SIM_OK;
}

static enum sim_status check_index(const struct trace_reader *reader, uint64_t expected,
                                   struct sim_error *error) {
    XXH3_state_t *state = XXH3_createState();
    if (!state) return out_of_memory(reader, error);
    XXH3_64bits_reset(state);
    enum sim_status status = check_entries(reader, state, error);
    if (status == SIM_OK && XXH3_64bits_digest(state) != expected) {
        status =
            bad_file(reader, "index", reader->index_offset, "the checksum does not match", error);
    }
    XXH3_freeState(state);
    // Without blocks there is nothing between header and index.
    if (status == SIM_OK && reader->info.blocks == 0 &&
        reader->index_offset != TRACE_HEADER_BYTES) {
        status = bad_file(reader, "index", reader->index_offset, "bytes stand before it", error);
    }
    return status;
}

enum sim_status trace_reader_open(const char *path, struct trace_reader **reader,
                                  struct sim_error *error) {
    struct trace_reader *r = calloc(1, sizeof *r);
    if (!r) return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", path);
    r->fd = -1;
    r->loaded = UINT64_MAX;
    r->path = strdup(path);
    r->zstd = ZSTD_createDCtx();
    bool allocated = trace_decoder_create(&r->decoder) && r->path && r->zstd;
    uint64_t header_checksum = 0;
    struct trace_footer footer = {0};
    enum sim_status status = allocated
                                 ? open_file(r, error)
                                 : sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", path);
    if (status == SIM_OK) status = read_header(r, &header_checksum, error);
    if (status == SIM_OK) status = read_footer(r, header_checksum, &footer, error);
    if (status == SIM_OK) status = check_index(r, footer.index_checksum, error);
    if (status != SIM_OK) {
        trace_reader_close(r);
        return status;
    }
    *reader = r;
    return SIM_OK;
}

void trace_reader_close(struct trace_reader *reader) {
    if (!reader) return;
    if (reader->fd >= 0) close(reader->fd);
    trace_decoder_destroy(&reader->decoder);
    ZSTD_freeDCtx(reader->zstd);
    free(reader->packed);
    free(reader->raw);
    free(reader->path);
    free(reader);
}

const struct trace_info *trace_reader_info(const struct trace_reader *reader) {
    return &reader->info;
}

// --- blocks

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
    enum sim_status status = read_at(reader, bytes, (last ? 1 : 2) * TRACE_INDEX_ENTRY_BYTES,
                                     reader->index_offset + block * TRACE_INDEX_ENTRY_BYTES, error);
    if (status != SIM_OK) return status;
    *offset = trace_index_entry_get(bytes).offset;
    uint64_t end =
        last ? reader->index_offset : trace_index_entry_get(bytes + TRACE_INDEX_ENTRY_BYTES).offset;
    uint64_t limit = ZSTD_COMPRESSBOUND(trace_codec_limit(TRACE_BLOCK_REFS));
    // The index was checked when the file was opened; the file may have changed since.
    if (end <= *offset || end - *offset <= TRACE_BLOCK_HEADER_BYTES ||
        end - *offset - TRACE_BLOCK_HEADER_BYTES > limit) {
        return bad_block(reader, block, *offset, "its size is not possible", error);
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
        return out_of_memory(reader, error);
    }
    status = read_at(reader, reader->packed, (size_t)size, offset, error);
    if (status != SIM_OK) return status;
    struct trace_block block = trace_block_get(reader->packed);
    size_t raw = 0;
    const char *fault = block_fault(reader, number, &block, size, &raw);
    if (fault) return bad_block(reader, number, offset, fault, error);
    if (!reserve(&reader->raw, &reader->raw_capacity, raw)) return out_of_memory(reader, error);
    size_t unpacked =
        ZSTD_decompressDCtx(reader->zstd, reader->raw, raw,
                            reader->packed + TRACE_BLOCK_HEADER_BYTES, block.packed_bytes);
    if (unpacked != raw ||
        !trace_decoder_begin(&reader->decoder, reader->raw, block.stream_bytes)) {
        return bad_block(reader, number, offset, "its compressed streams are damaged", error);
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
    return bad_block(reader, block, reader->block_offset, "its streams do not decode", error);
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
