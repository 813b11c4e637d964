// SPDX-License-Identifier: Apache-2.0
// Buffered input with an unpacker in between.
#include "input.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unpack.h"

enum { PACKED_BYTES = 65536, CAPACITY = 2 * TRACE_INPUT_BYTES };

struct trace_input {
    int fd;
    char *name;
    trace_input_wait wait;
    void *context;
    struct trace_unpack *unpack;  // NULL: plain
    bool file_ended;              // the descriptor gave its last byte
    bool ended;                   // so did the unpacker
    uint8_t packed[PACKED_BYTES];
    size_t packed_at, packed_size;
    uint8_t bytes[CAPACITY];
    size_t begin, end;  // of the bytes not skipped yet
};

static enum sim_status read_some(struct trace_input *input, void *bytes, size_t capacity,
                                 size_t *got, struct sim_error *error) {
    for (;;) {
        enum sim_status status =
            input->wait ? input->wait(input->context, input->fd, error) : SIM_OK;
        if (status != SIM_OK && status != SIM_END) return status;
        ssize_t size = status == SIM_END ? 0 : read(input->fd, bytes, capacity);
        if (size < 0 && (errno == EINTR || (errno == EAGAIN && input->wait))) continue;
        if (size < 0) {
            return sim_fail(error, SIM_ERROR_IO, "%s: cannot read: %s", input->name,
                            strerror(errno));
        }
        input->file_ended = size == 0;
        *got = (size_t)size;
        return SIM_OK;
    }
}

// Unpack once into the free end of the buffer; reads packed bytes if none are left.
static enum sim_status unpack(struct trace_input *input, struct sim_error *error) {
    if (input->packed_at == input->packed_size && !input->file_ended) {
        input->packed_at = input->packed_size = 0;
        enum sim_status status =
            read_some(input, input->packed, PACKED_BYTES, &input->packed_size, error);
        if (status != SIM_OK) return status;
    }
    struct trace_unpack_step step = {.in = input->packed + input->packed_at,
                                     .in_bytes = input->packed_size - input->packed_at,
                                     .last = input->file_ended,
                                     .out = input->bytes + input->end,
                                     .out_bytes = CAPACITY - input->end};
    if (!trace_unpack_run(input->unpack, &step)) {
        return sim_fail(error, SIM_ERROR_FORMAT, "%s: the compressed data are damaged: %s",
                        input->name, step.why);
    }
    input->packed_at += step.used;
    input->end += step.made;
    // What is held back at the end of the file still comes out; then there is no progress.
    bool stuck = input->file_ended && step.used == 0 && step.made == 0;
    if (stuck && step.open) {
        return sim_fail(error, SIM_ERROR_FORMAT, "%s: the compressed data are cut off",
                        input->name);
    }
    input->ended = stuck;
    return SIM_OK;
}

static enum sim_status fill(struct trace_input *input, struct sim_error *error) {
    if (input->unpack) return unpack(input, error);
    // Half the buffer at most: detect_packing moves what the first call read.
    size_t got = 0, space = CAPACITY - input->end;
    enum sim_status status =
        read_some(input, input->bytes + input->end,
                  space < PACKED_BYTES / 2 ? space : PACKED_BYTES / 2, &got, error);
    if (status == SIM_OK) input->end += got;
    input->ended = input->file_ended;
    return status;
}

enum sim_status trace_input_peek(struct trace_input *input, size_t wanted, const uint8_t **bytes,
                                 size_t *size, struct sim_error *error) {
    assert(wanted <= TRACE_INPUT_BYTES);
    if (input->end - input->begin < wanted && input->begin) {
        memmove(input->bytes, input->bytes + input->begin, input->end - input->begin);
        input->end -= input->begin;
        input->begin = 0;
    }
    while (input->end - input->begin < wanted && !input->ended) {
        enum sim_status status = fill(input, error);
        if (status != SIM_OK) return status;
    }
    *bytes = input->bytes + input->begin;
    *size = input->end - input->begin;
    return SIM_OK;
}

void trace_input_skip(struct trace_input *input, size_t size) {
    assert(size <= input->end - input->begin);
    input->begin += size;
}

static enum sim_status detect_packing(struct trace_input *input, struct sim_error *error) {
    const uint8_t *bytes = NULL;
    size_t size = 0;
    enum sim_status status = trace_input_peek(input, TRACE_PACKING_LOOK, &bytes, &size, error);
    if (status != SIM_OK) return status;
    enum trace_packing packing = trace_packing_of(bytes, size);
    if (packing == TRACE_PLAIN) return SIM_OK;
    input->unpack = trace_unpack_create(packing);
    if (!input->unpack) return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", input->name);
    // What was read so far is packed; the buffer holds at most one read of it.
    assert(size <= PACKED_BYTES);
    memcpy(input->packed, bytes, size);
    input->packed_size = size;
    input->begin = input->end = 0;
    input->ended = false;
    return SIM_OK;
}

enum sim_status trace_input_open_fd(int fd, const char *name, trace_input_wait wait, void *context,
                                    struct trace_input **input, struct sim_error *error) {
    struct trace_input *opened = calloc(1, sizeof *opened);
    char *copy = strdup(name);
    if (!opened || !copy) {
        free(opened);
        free(copy);
        close(fd);
        return sim_fail(error, SIM_ERROR_MEMORY, "%s: out of memory", name);
    }
    opened->fd = fd;
    opened->name = copy;
    opened->wait = wait;
    opened->context = context;
    enum sim_status status = detect_packing(opened, error);
    if (status != SIM_OK) {
        trace_input_close(opened);
        return status;
    }
    *input = opened;
    return SIM_OK;
}

enum sim_status trace_input_open(const char *path, trace_input_wait wait, void *context,
                                 struct trace_input **input, struct sim_error *error) {
    // A named pipe nobody writes to yet must not block where `wait` cannot see a signal.
    bool standard = strcmp(path, "-") == 0;
    const char *name = standard ? "standard input" : path;
    int fd = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                      : open(path, O_RDONLY | O_CLOEXEC | (wait ? O_NONBLOCK : 0));
    if (fd < 0) {
        return sim_fail(error, SIM_ERROR_IO, "%s: cannot open: %s", name, strerror(errno));
    }
    return trace_input_open_fd(fd, name, wait, context, input, error);
}

void trace_input_close(struct trace_input *input) {
    if (!input) return;
    close(input->fd);
    trace_unpack_destroy(input->unpack);
    free(input->name);
    free(input);
}

const char *trace_input_name(const struct trace_input *input) {
    return input->name;
}
