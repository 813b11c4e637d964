// SPDX-License-Identifier: Apache-2.0
// Opening a trace. Nothing in the file is believed before its length is checked and its
// checksum compared, and then every number is still held against the file's own size.
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "format.h"
#include "reader_private.h"

enum { INDEX_BATCH = 1024 };

enum sim_status trace_reader_bad_file(const struct trace_reader *reader, const char *place,
                                      uint64_t offset, const char *what, struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_FORMAT, "%s: %s at byte offset %" PRIu64 ": %s", reader->path,
                    place, offset, what);
}

enum sim_status trace_reader_bad_block(const struct trace_reader *reader, uint64_t block,
                                       uint64_t offset, const char *what, struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_FORMAT, "%s: block %" PRIu64 " at byte offset %" PRIu64 ": %s",
                    reader->path, block, offset, what);
}

enum sim_status trace_reader_no_memory(const struct trace_reader *reader, struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", reader->path);
}

enum sim_status trace_reader_read(const struct trace_reader *reader, void *bytes, size_t size,
                                  uint64_t offset, struct sim_error *error) {
    uint8_t *at = bytes;
    while (size) {
        ssize_t got = pread(reader->fd, at, size, (off_t)offset);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            return sim_fail(error, SIM_ERROR_IO, "%s: cannot read at byte offset %" PRIu64 ": %s",
                            reader->path, offset, strerror(errno));
        }
        if (got == 0)
            return trace_reader_bad_file(reader, "data", offset, "the file ends early", error);
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
    enum sim_status status = trace_reader_read(reader, bytes, present, 0, error);
    if (status != SIM_OK) return status;
    if (present < 12 || !trace_header_magic(bytes)) {
        return trace_reader_bad_file(reader, "header", 0, "this is not a trace", error);
    }
    struct trace_header header = trace_header_get(bytes);
    if (header.version < TRACE_VERSION_MIN || header.version > TRACE_VERSION) {
        return sim_fail(error, SIM_ERROR_FORMAT,
                        "%s: header at byte offset 8: the version is %" PRIu32
                        ", this program reads versions %d to %d",
                        reader->path, header.version, TRACE_VERSION_MIN, TRACE_VERSION);
    }
    if (reader->file_bytes < TRACE_HEADER_BYTES + TRACE_FOOTER_BYTES) {
        return trace_reader_bad_file(reader, "header", 0, "the file is cut off", error);
    }
    if (header.checksum != trace_header_checksum(bytes)) {
        return trace_reader_bad_file(reader, "header", 0, "the checksum does not match", error);
    }
    if (header.block_refs == 0 || header.block_refs > TRACE_BLOCK_REFS) {
        return trace_reader_bad_file(reader, "header", 12,
                                     "the number of references per block is not legal", error);
    }
    size_t length = strnlen(header.program, TRACE_PROGRAM_BYTES);
    for (size_t i = length; i <= TRACE_PROGRAM_BYTES; i++) {
        if (i == TRACE_PROGRAM_BYTES ? length == i : header.program[i] != 0) {
            return trace_reader_bad_file(reader, "header", 16,
                                         "the program's text is not terminated", error);
        }
    }
    memcpy(reader->info.program, header.program, sizeof reader->info.program);
    reader->version = header.version;
    reader->block_header_bytes = trace_block_header_bytes(header.version);
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
    if (f->blocks > (f->index_offset - TRACE_HEADER_BYTES) / (reader->block_header_bytes + 1)) {
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
    enum sim_status status = trace_reader_read(reader, bytes, sizeof bytes, offset, error);
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
    if (fault) return trace_reader_bad_file(reader, "footer", offset, fault, error);
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
        reader->index_offset - entry->offset <= reader->block_header_bytes) {
        return "the index gives a block an offset behind the blocks";
    }
    *least = entry->offset + reader->block_header_bytes + 1;
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
            trace_reader_read(reader, bytes, count * TRACE_INDEX_ENTRY_BYTES, offset, error);
        if (status != SIM_OK) return status;
        XXH3_64bits_update(state, bytes, count * TRACE_INDEX_ENTRY_BYTES);
        for (size_t i = 0; i < count; i++, block++) {
            struct trace_index_entry entry =
                trace_index_entry_get(bytes + i * TRACE_INDEX_ENTRY_BYTES);
            const char *fault = entry_fault(reader, block, &entry, &least);
            if (fault) return trace_reader_bad_block(reader, block, entry.offset, fault, error);
        }
    }
    return SIM_OK;
}

static enum sim_status check_index(const struct trace_reader *reader, uint64_t expected,
                                   struct sim_error *error) {
    XXH3_state_t *state = XXH3_createState();
    if (!state) return trace_reader_no_memory(reader, error);
    XXH3_64bits_reset(state);
    enum sim_status status = check_entries(reader, state, error);
    if (status == SIM_OK && XXH3_64bits_digest(state) != expected) {
        status = trace_reader_bad_file(reader, "index", reader->index_offset,
                                       "the checksum does not match", error);
    }
    XXH3_freeState(state);
    // Without blocks there is nothing between header and index.
    if (status == SIM_OK && reader->info.blocks == 0 &&
        reader->index_offset != TRACE_HEADER_BYTES) {
        status = trace_reader_bad_file(reader, "index", reader->index_offset,
                                       "bytes stand before it", error);
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
    free(reader->page_raw);
    free(reader->page_table);
    free(reader->made_refs);
    trace_page_encoder_destroy(&reader->made);
    free(reader->path);
    free(reader);
}

const struct trace_info *trace_reader_info(const struct trace_reader *reader) {
    return &reader->info;
}
