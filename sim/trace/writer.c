// SPDX-License-Identifier: Apache-2.0
// Writing a trace: blocks go out as they fill; at commit the index is rebuilt from the
// block headers already written, so that memory does not grow with the trace.
#include "writer.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

#include "format.h"

enum { INDEX_BATCH = 1024 };

struct trace_writer {
    int fd;
    char *target;  // with symbolic links resolved
    char *temporary;
    uint64_t offset;  // of the next byte
    uint64_t refs, kinds[4], blocks;
    uint64_t header_checksum;
    struct trace_encoder encoder;
    struct trace_page_encoder pages;
    ZSTD_CCtx *zstd;
    struct trace_ref *pending;
    size_t pending_count;
    uint8_t *raw;     // the streams of a block, one after the other
    uint8_t *packed;  // block header and frames
    size_t packed_capacity;
};

static enum sim_status failed(const struct trace_writer *writer, const char *what,
                              struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_IO, "%s: cannot %s at byte offset %" PRIu64 ": %s",
                    writer->target, what, writer->offset, strerror(errno));
}

static enum sim_status append(struct trace_writer *writer, const void *bytes, size_t size,
                              struct sim_error *error) {
    const uint8_t *at = bytes;
    while (size) {
        ssize_t written = write(writer->fd, at, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed(writer, "write", error);
        at += written;
        size -= (size_t)written;
        writer->offset += (uint64_t)written;
    }
    return SIM_OK;
}

// The real name of a regular file, or the name itself if nothing has it; NULL otherwise.
static char *resolve_target(const char *path, struct sim_error *error) {
    struct stat status;
    if (lstat(path, &status) != 0 && errno == ENOENT) {
        size_t length = strlen(path);
        if (length && path[length - 1] != '/') {
            char *copy = strdup(path);
            if (!copy) sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", path);
            return copy;
        }
        errno = ENOENT;
    } else if (stat(path, &status) == 0) {
        if (S_ISREG(status.st_mode)) {
            char *real = realpath(path, NULL);
            if (real) return real;
        } else {
            sim_fail(error, SIM_ERROR_IO,
                     "%s: not a regular file; it will not be replaced by a trace", path);
            return NULL;
        }
    }
    sim_fail(error, SIM_ERROR_IO, "%s: cannot create the trace: %s", path, strerror(errno));
    return NULL;
}

static void destroy(struct trace_writer *writer) {
    if (writer->fd >= 0) close(writer->fd);
    trace_encoder_destroy(&writer->encoder);
    trace_page_encoder_destroy(&writer->pages);
    ZSTD_freeCCtx(writer->zstd);
    free(writer->pending);
    free(writer->raw);
    free(writer->packed);
    free(writer->temporary);
    free(writer->target);
    free(writer);
}

static bool allocate(struct trace_writer *writer) {
    size_t limit = trace_codec_limit(TRACE_BLOCK_REFS);
    writer->packed_capacity = TRACE_BLOCK_HEADER_BYTES + ZSTD_compressBound(limit) +
                              ZSTD_compressBound(trace_page_limit(TRACE_BLOCK_REFS));
    writer->pending = malloc(TRACE_BLOCK_REFS * sizeof *writer->pending);
    writer->raw = malloc(limit);
    writer->packed = malloc(writer->packed_capacity);
    writer->zstd = ZSTD_createCCtx();
    bool encoders = trace_encoder_create(&writer->encoder);
    encoders = trace_page_encoder_create(&writer->pages) && encoders;
    return encoders && writer->pending && writer->raw && writer->packed && writer->zstd;
}

static enum sim_status open_temporary(struct trace_writer *writer, struct sim_error *error) {
    if (asprintf(&writer->temporary, "%s.new-XXXXXX", writer->target) < 0) {
        writer->temporary = NULL;
        return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", writer->target);
    }
    writer->fd = mkostemp(writer->temporary, O_CLOEXEC);
    if (writer->fd < 0) {
        enum sim_status status = sim_fail(error, SIM_ERROR_IO, "%s: cannot create the trace: %s",
                                          writer->target, strerror(errno));
        free(writer->temporary);
        writer->temporary = NULL;
        return status;
    }
    mode_t mask = umask(0);
    umask(mask);
    fchmod(writer->fd, 0666 & ~mask);
    return SIM_OK;
}

static enum sim_status put_header(struct trace_writer *writer, const char *program,
                                  struct sim_error *error) {
    struct trace_header header = {.version = TRACE_VERSION, .block_refs = TRACE_BLOCK_REFS};
    size_t length = strlen(program);
    if (length > TRACE_PROGRAM_BYTES - 1) {
        length = TRACE_PROGRAM_BYTES - 1;
        while (length && ((uint8_t)program[length] & 0xC0) == 0x80) length--;  // whole UTF-8
    }
    memcpy(header.program, program, length);
    uint8_t bytes[TRACE_HEADER_BYTES];
    trace_header_put(bytes, &header);
    writer->header_checksum = trace_header_checksum(bytes);
    return append(writer, bytes, sizeof bytes, error);
}

enum sim_status trace_writer_create(const char *path, const char *program,
                                    struct trace_writer **writer, struct sim_error *error) {
    char *target = resolve_target(path, error);
    if (!target) return SIM_ERROR_IO;
    struct trace_writer *w = calloc(1, sizeof *w);
    if (!w) {
        free(target);
        return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", path);
    }
    w->fd = -1;
    w->target = target;
    enum sim_status status = allocate(w)
                                 ? open_temporary(w, error)
                                 : sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", path);
    if (status == SIM_OK) status = trace_writer_set_level(w, TRACE_LEVEL_DEFAULT, error);
    if (status == SIM_OK) status = put_header(w, program, error);
    if (status != SIM_OK) {
        trace_writer_abandon(w);
        return status;
    }
    *writer = w;
    return SIM_OK;
}

void trace_writer_abandon(struct trace_writer *writer) {
    if (!writer) return;
    if (writer->temporary) unlink(writer->temporary);
    destroy(writer);
}

enum sim_status trace_writer_set_level(struct trace_writer *writer, int level,
                                       struct sim_error *error) {
    if (level < 1 || level > TRACE_LEVEL_MAX) {
        return sim_fail(error, SIM_ERROR_USAGE, "%s: level %d is not in 1 .. %d", writer->target,
                        level, TRACE_LEVEL_MAX);
    }
    ZSTD_CCtx_setParameter(writer->zstd, ZSTD_c_compressionLevel, level);
    return SIM_OK;
}

uint64_t trace_writer_refs(const struct trace_writer *writer) {
    return writer->refs;
}

// Append a zstd frame of `raw` to the block that is being put together in writer->packed.
static enum sim_status pack(struct trace_writer *writer, const void *raw, size_t size, size_t *end,
                            uint32_t *packed_bytes, struct sim_error *error) {
    size_t packed = ZSTD_compress2(writer->zstd, writer->packed + *end,
                                   writer->packed_capacity - *end, raw, size);
    if (ZSTD_isError(packed)) {
        return sim_fail(error, SIM_ERROR_MEMORY, "%s: zstd: %s", writer->target,
                        ZSTD_getErrorName(packed));
    }
    *packed_bytes = (uint32_t)packed;
    *end += packed;
    return SIM_OK;
}

static size_t join_streams(struct trace_writer *writer, struct trace_block *block) {
    struct trace_encoder *encoder = &writer->encoder;
    trace_encoder_block(encoder, writer->pending, writer->pending_count);
    size_t raw = 0;
    for (int i = 0; i < TRACE_STREAMS; i++) {
        memcpy(writer->raw + raw, encoder->bytes[i], encoder->sizes[i]);
        raw += encoder->sizes[i];
        block->stream_bytes[i] = (uint32_t)encoder->sizes[i];
    }
    assert(raw <= trace_codec_limit(writer->pending_count));
    return raw;
}

static enum sim_status flush_block(struct trace_writer *writer, struct sim_error *error) {
    struct trace_block block = {.first_ref = writer->refs - writer->pending_count,
                                .refs = (uint32_t)writer->pending_count};
    size_t raw = join_streams(writer, &block), end = TRACE_BLOCK_HEADER_BYTES;
    enum sim_status status = pack(writer, writer->raw, raw, &end, &block.packed_bytes, error);
    if (status != SIM_OK) return status;
    block.page = trace_page_encode(&writer->pages, writer->pending, writer->pending_count);
    status = pack(writer, writer->pages.raw, (size_t)trace_page_bytes(&block.page), &end,
                  &block.page_packed_bytes, error);
    if (status != SIM_OK) return status;
    trace_block_put(writer->packed, &block, TRACE_VERSION);
    writer->blocks++;
    writer->pending_count = 0;
    return append(writer, writer->packed, end, error);
}

enum sim_status trace_writer_add(struct trace_writer *writer, const struct trace_ref *refs,
                                 size_t count, struct sim_error *error) {
    for (size_t i = 0; i < count; i++) {
        struct trace_ref ref = refs[i];
        if (ref.kind > TRACE_MODIFY) {
            return sim_fail(error, SIM_ERROR_USAGE, "%s: reference %" PRIu64 " has no legal kind",
                            writer->target, writer->refs);
        }
        if (ref.size > 63) ref.size = 63;
        writer->pending[writer->pending_count++] = ref;
        writer->kinds[ref.kind]++;
        writer->refs++;
        if (writer->pending_count == TRACE_BLOCK_REFS) {
            enum sim_status status = flush_block(writer, error);
            if (status != SIM_OK) return status;
        }
    }
    return SIM_OK;
}

// Walk over the block headers and append an entry for each.
static enum sim_status put_index(struct trace_writer *writer, uint64_t *checksum,
                                 struct sim_error *error) {
    uint8_t entries[INDEX_BATCH * TRACE_INDEX_ENTRY_BYTES];
    size_t filled = 0;
    XXH3_state_t *state = XXH3_createState();
    if (!state) return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", writer->target);
    XXH3_64bits_reset(state);
    enum sim_status status = SIM_OK;
    uint64_t offset = TRACE_HEADER_BYTES;
    for (uint64_t i = 0; i < writer->blocks && status == SIM_OK; i++) {
        uint8_t bytes[TRACE_BLOCK_HEADER_BYTES];
        if (pread(writer->fd, bytes, sizeof bytes, (off_t)offset) != (ssize_t)sizeof bytes) {
            status = failed(writer, "read back block headers", error);
            break;
        }
        struct trace_block block = trace_block_get(bytes, TRACE_VERSION);
        struct trace_index_entry entry = {offset, block.first_ref};
        trace_index_entry_put(entries + filled, &entry);
        filled += TRACE_INDEX_ENTRY_BYTES;
        offset += TRACE_BLOCK_HEADER_BYTES + trace_block_frame_bytes(&block);
        if (filled == sizeof entries || i + 1 == writer->blocks) {
            XXH3_64bits_update(state, entries, filled);
            status = append(writer, entries, filled, error);
            filled = 0;
        }
    }
    *checksum = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    return status;
}

static enum sim_status put_end(struct trace_writer *writer, struct sim_error *error) {
    enum sim_status status = writer->pending_count ? flush_block(writer, error) : SIM_OK;
    if (status != SIM_OK) return status;
    struct trace_footer footer = {.refs = writer->refs,
                                  .blocks = writer->blocks,
                                  .index_offset = writer->offset,
                                  .header_checksum = writer->header_checksum};
    memcpy(footer.kinds, writer->kinds, sizeof footer.kinds);
    status = put_index(writer, &footer.index_checksum, error);
    if (status != SIM_OK) return status;
    uint8_t bytes[TRACE_FOOTER_BYTES];
    trace_footer_put(bytes, &footer);
    return append(writer, bytes, sizeof bytes, error);
}

// The rename itself must survive a power failure, too; where a file system cannot sync
// a directory there is nothing left to do about it.
static void sync_folder(const char *target) {
    const char *slash = strrchr(target, '/');
    char *folder =
        !slash ? strdup(".") : strndup(target, slash == target ? 1 : (size_t)(slash - target));
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

enum sim_status trace_writer_commit(struct trace_writer *writer, struct sim_error *error) {
    enum sim_status status = put_end(writer, error);
    if (status == SIM_OK && fsync(writer->fd) != 0) status = failed(writer, "sync", error);
    if (status == SIM_OK) {
        int fd = writer->fd;
        writer->fd = -1;
        if (close(fd) != 0) status = failed(writer, "close", error);
    }
    if (status == SIM_OK && rename(writer->temporary, writer->target) != 0) {
        status = failed(writer, "rename the finished trace", error);
    }
    if (status != SIM_OK) {
        trace_writer_abandon(writer);
        return status;
    }
    sync_folder(writer->target);
    destroy(writer);
    return SIM_OK;
}
