// SPDX-License-Identifier: Apache-2.0
// The next reference to a page is known when one comes from the end: blocks are read from the
// last to the first, and each is written at its place.
#include "export.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "survey.h"

enum { CHUNK_REFS = 131072, PAGES_AT_FIRST = 1024 };

struct export {
    struct trace_reader *reader;
    const char *name, *path;
    char *temporary;
    int fd;
    struct trace_ref *refs;  // CHUNK_REFS
    uint8_t *records;        // as many
    struct trace_set pages;
    uint64_t *next;  // by page: the number, from 1, of its first reference behind this one
    size_t next_capacity;
    uint64_t last_page;  // of the record made before, and its slot in next
    size_t last_slot;
};

static void put(uint8_t *bytes, uint64_t value, int count) {
    for (int i = 0; i < count; i++) bytes[i] = (uint8_t)(value >> 8 * i);
}

// The page's slot in `next`; a new page's is 0. False: out of memory.
static bool find_slot(struct export *export, uint64_t page, size_t *slot) {
    if (export->pages.count && page == export->last_page) {
        *slot = export->last_slot;
        return true;
    }
    const struct trace_set_entry *entry = trace_set_add(&export->pages, page);
    if (!entry) return false;
    *slot = (size_t)entry->number - 1;
    if (*slot >= export->next_capacity) {
        size_t capacity = export->next_capacity ? 2 * export->next_capacity : PAGES_AT_FIRST;
        uint64_t *grown = realloc(export->next, capacity * sizeof *grown);
        if (!grown) return false;
        memset(grown + export->next_capacity, 0,
               (capacity - export->next_capacity) * sizeof *grown);
        export->next = grown;
        export->next_capacity = capacity;
    }
    export->last_page = page;
    export->last_slot = *slot;
    return true;
}

static enum sim_status make_records(struct export *export, uint64_t first, size_t count,
                                    struct sim_error *error) {
    for (size_t i = count; i-- > 0;) {
        uint8_t *record = export->records + i * EXPORT_ORACLE_BYTES;
        uint64_t page = export->refs[i].va >> TRACE_PAGE_BITS, number = first + i;
        size_t slot = 0;
        if (!find_slot(export, page, &slot)) {
            return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory for %zu pages",
                            export->name, export->pages.count);
        }
        put(record, number >> EXPORT_TIME_SHIFT, 4);
        put(record + 4, page, 8);
        put(record + 12, EXPORT_PAGE_BYTES, 4);
        put(record + 16, export->next[slot] ? export->next[slot] : UINT64_MAX, 8);
        export->next[slot] = number + 1;
    }
    return SIM_OK;
}

static enum sim_status read_chunk(struct export *export, uint64_t first, size_t count,
                                  struct sim_error *error) {
    enum sim_status status = trace_reader_seek(export->reader, first, error);
    for (size_t done = 0; status == SIM_OK && done < count;) {
        size_t got = 0;
        status = trace_reader_next(export->reader, export->refs + done, count - done, &got, error);
        if (status == SIM_END) {
            return sim_fail(error, SIM_ERROR_FORMAT, "%s: it ends before reference %" PRIu64,
                            export->name, first + count - 1);
        }
        done += got;
    }
    return status;
}

static enum sim_status write_chunk(const struct export *export, uint64_t first, size_t count,
                                   struct sim_error *error) {
    const uint8_t *at = export->records;
    uint64_t offset = first * EXPORT_ORACLE_BYTES;
    for (size_t left = count * EXPORT_ORACLE_BYTES; left;) {
        ssize_t written = pwrite(export->fd, at, left, (off_t)offset);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            return sim_fail(error, SIM_ERROR_IO, "%s: cannot write at byte offset %" PRIu64 ": %s",
                            export->path, offset, strerror(errno));
        }
        at += written;
        offset += (uint64_t)written;
        left -= (size_t)written;
    }
    return SIM_OK;
}

static enum sim_status write_all(struct export *export, const struct trace_signals *signals,
                                 struct sim_error *error) {
    uint64_t left = trace_reader_info(export->reader)->refs;
    enum sim_status status = SIM_OK;
    while (left && status == SIM_OK) {
        // Chunks begin where blocks do, as this program writes them.
        size_t count = (size_t)((left - 1) % CHUNK_REFS + 1);
        left -= count;
        status = read_chunk(export, left, count, error);
        if (status == SIM_OK) status = make_records(export, left, count, error);
        if (status == SIM_OK) status = write_chunk(export, left, count, error);
        if (status == SIM_OK) status = trace_signals_sleep(signals, 0, error);
    }
    return status;
}

static enum sim_status create(struct export *export, struct sim_error *error) {
    struct stat file;
    if (stat(export->path, &file) == 0 && !S_ISREG(file.st_mode)) {
        return sim_fail(error, SIM_ERROR_IO, "%s: not a regular file; it will not be replaced",
                        export->path);
    }
    export->refs = malloc(CHUNK_REFS * sizeof *export->refs);
    export->records = malloc((size_t)CHUNK_REFS * EXPORT_ORACLE_BYTES);
    if (!export->refs || !export->records ||
        asprintf(&export->temporary, "%s.new-XXXXXX", export->path) < 0) {
        export->temporary = NULL;
        return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", export->path);
    }
    export->fd = mkostemp(export->temporary, O_CLOEXEC);
    if (export->fd >= 0) {
        mode_t mask = umask(0);
        umask(mask);
        fchmod(export->fd, 0666 & ~mask);
        return SIM_OK;
    }
    return sim_fail(error, SIM_ERROR_IO, "%s: cannot create it: %s", export->path, strerror(errno));
}

static enum sim_status commit(const struct export *export, struct sim_error *error) {
    if (fsync(export->fd) == 0 && rename(export->temporary, export->path) == 0) return SIM_OK;
    return sim_fail(error, SIM_ERROR_IO, "%s: cannot be completed: %s", export->path,
                    strerror(errno));
}

enum sim_status trace_export_oracle(struct trace_reader *reader, const char *name, const char *path,
                                    const struct trace_signals *signals, struct sim_error *error) {
    struct export export = {.reader = reader, .name = name, .path = path, .fd = -1};
    enum sim_status status = create(&export, error);
    if (status == SIM_OK) status = write_all(&export, signals, error);
    if (status == SIM_OK) status = commit(&export, error);
    if (export.fd >= 0) {
        close(export.fd);
        if (status != SIM_OK) unlink(export.temporary);
    }
    free(export.temporary);
    free(export.refs);
    free(export.records);
    free(export.next);
    trace_set_destroy(&export.pages);
    return status;
}
