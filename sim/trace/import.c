// SPDX-License-Identifier: Apache-2.0
// Lines or records out of the input, references into a trace.
#include "import.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lackey.h"

enum { LOOK_BYTES = 64, RECORD_BYTES = 8, BATCH = 4096 };

struct trace_import {
    struct trace_input *input;
    bool lackey;
    bool in_message;  // inside a message of valgrind's that is longer than the buffer
    uint64_t place;   // lines or records so far
};

static bool is_text(const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        bool space = bytes[i] == '\n' || bytes[i] == '\r' || bytes[i] == '\t';
        if (!space && (bytes[i] < ' ' || bytes[i] > '~')) return false;
    }
    return true;
}

enum sim_status trace_import_open(struct trace_input *input, bool lackey,
                                  struct trace_import **import, struct sim_error *error) {
    const uint8_t *bytes = NULL;
    size_t size = 0;
    enum sim_status status = trace_input_peek(input, lackey ? 0 : LOOK_BYTES, &bytes, &size, error);
    if (status == SIM_OK && size == 0 && !lackey) {
        status = sim_fail(error, SIM_ERROR_FORMAT, "%s: it is empty: no references to import",
                          trace_input_name(input));
    }
    struct trace_import *opened = status == SIM_OK ? calloc(1, sizeof *opened) : NULL;
    if (status == SIM_OK && !opened) {
        status = sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", trace_input_name(input));
    }
    if (status != SIM_OK) {
        trace_input_close(input);
        return status;
    }
    opened->input = input;
    opened->lackey = lackey || is_text(bytes, size < LOOK_BYTES ? size : LOOK_BYTES);
    *import = opened;
    return SIM_OK;
}

void trace_import_close(struct trace_import *import) {
    if (!import) return;
    trace_input_close(import->input);
    free(import);
}

static enum sim_status bad_line(const struct trace_import *import, const char *why,
                                struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_FORMAT, "%s: line %" PRIu64 " is not lackey's: %s",
                    trace_input_name(import->input), import->place, why);
}

// A line without its end in the buffer: the last one, or longer than any of lackey's.
static enum sim_status partial_line(struct trace_import *import, const uint8_t *bytes, size_t size,
                                    bool ended, struct trace_ref *ref, size_t *count,
                                    struct sim_error *error) {
    const char *why = NULL;
    if (import->in_message) {
        trace_input_skip(import->input, size);
        return SIM_OK;
    }
    import->place++;
    enum lackey_line kind = lackey_parse_line((const char *)bytes, size, ref, &why);
    if (kind == LACKEY_BAD) return bad_line(import, ended ? why : "it is too long", error);
    if (kind == LACKEY_REF) ++*count;
    import->in_message = !ended && kind == LACKEY_NOTHING;
    trace_input_skip(import->input, size);
    return SIM_OK;
}

// The whole lines among the bytes; *used of them.
static enum sim_status whole_lines(struct trace_import *import, const uint8_t *bytes, size_t size,
                                   struct trace_ref *refs, size_t capacity, size_t *count,
                                   size_t *used, struct sim_error *error) {
    const uint8_t *at = bytes, *end = bytes + size, *newline;
    while (*count < capacity && (newline = memchr(at, '\n', (size_t)(end - at)))) {
        const char *why = NULL;
        if (import->in_message) {
            import->in_message = false;
        } else {
            import->place++;
            enum lackey_line kind =
                lackey_parse_line((const char *)at, (size_t)(newline - at), &refs[*count], &why);
            if (kind == LACKEY_BAD) return bad_line(import, why, error);
            if (kind == LACKEY_REF) ++*count;
        }
        at = newline + 1;
    }
    *used = (size_t)(at - bytes);
    return SIM_OK;
}

static enum sim_status next_lines(struct trace_import *import, struct trace_ref *refs,
                                  size_t capacity, size_t *count, struct sim_error *error) {
    size_t wanted = 1;
    while (*count == 0) {
        const uint8_t *bytes = NULL;
        size_t size = 0, used = 0;
        enum sim_status status = trace_input_peek(import->input, wanted, &bytes, &size, error);
        if (status != SIM_OK) return status;
        if (size == 0) return SIM_END;
        status = whole_lines(import, bytes, size, refs, capacity, count, &used, error);
        if (status != SIM_OK) return status;
        trace_input_skip(import->input, used);
        if (used == 0 && (size < wanted || size >= TRACE_INPUT_BYTES)) {
            status = partial_line(import, bytes, size, size < wanted, refs, count, error);
            if (status != SIM_OK) return status;
        }
        // No line in these bytes: ask for more than these.
        wanted = used ? 1 : size < TRACE_INPUT_BYTES ? size + 1 : 1;
    }
    return SIM_OK;
}

static uint64_t take_record(const uint8_t *bytes) {
    uint64_t record = 0;
    for (int i = 0; i < RECORD_BYTES; i++) record |= (uint64_t)bytes[i] << 8 * i;
    return record;
}

static enum sim_status next_records(struct trace_import *import, struct trace_ref *refs,
                                    size_t capacity, size_t *count, struct sim_error *error) {
    const uint8_t *bytes = NULL;
    size_t size = 0;
    enum sim_status status = trace_input_peek(import->input, RECORD_BYTES, &bytes, &size, error);
    if (status != SIM_OK) return status;
    if (size == 0) return SIM_END;
    if (size < RECORD_BYTES) {
        return sim_fail(error, SIM_ERROR_FORMAT,
                        "%s: record %" PRIu64 " at byte offset %" PRIu64 " has %zu of its 8 bytes",
                        trace_input_name(import->input), import->place,
                        import->place * RECORD_BYTES, size);
    }
    size_t records = size / RECORD_BYTES;
    if (records > capacity) records = capacity;
    for (size_t i = 0; i < records; i++) {
        uint64_t record = take_record(bytes + i * RECORD_BYTES);
        // 56 bits of address; bit 55 is its sign.
        uint64_t va = record >> 8 | (record >> 63 ? UINT64_C(0xFF) << 56 : 0);
        refs[i] = (struct trace_ref){va, (uint8_t)(record & 3), (uint8_t)(record >> 2 & 63)};
    }
    trace_input_skip(import->input, records * RECORD_BYTES);
    import->place += records;
    *count = records;
    return SIM_OK;
}

enum sim_status trace_import_next(struct trace_import *import, struct trace_ref *refs,
                                  size_t capacity, size_t *count, struct sim_error *error) {
    *count = 0;
    return import->lackey ? next_lines(import, refs, capacity, count, error)
                          : next_records(import, refs, capacity, count, error);
}

static enum sim_status copy_refs(struct trace_import *import, struct trace_writer *writer,
                                 uint64_t max_refs, uint64_t *copied, struct sim_error *error) {
    struct trace_ref refs[BATCH];
    while (*copied < max_refs) {
        uint64_t left = max_refs - *copied;
        size_t count = 0;
        enum sim_status status =
            trace_import_next(import, refs, left < BATCH ? (size_t)left : BATCH, &count, error);
        if (status == SIM_END) return SIM_OK;
        if (status == SIM_OK) status = trace_writer_add(writer, refs, count, error);
        if (status != SIM_OK) return status;
        *copied += count;
    }
    return SIM_OK;
}

enum sim_status trace_import_file(const char *path, struct trace_writer *writer, uint64_t max_refs,
                                  trace_input_wait wait, void *context, struct sim_error *error) {
    struct trace_input *input = NULL;
    struct trace_import *import = NULL;
    uint64_t copied = 0;
    enum sim_status status = trace_input_open(path, wait, context, &input, error);
    if (status == SIM_OK) status = trace_import_open(input, false, &import, error);
    if (status == SIM_OK) status = copy_refs(import, writer, max_refs, &copied, error);
    if (status == SIM_OK && copied == 0) {
        status = sim_fail(error, SIM_ERROR_FORMAT, "%s: no references to import",
                          trace_input_name(import->input));
    }
    trace_import_close(import);
    return status;
}
