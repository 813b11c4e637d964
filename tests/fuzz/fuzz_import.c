// SPDX-License-Identifier: Apache-2.0
// Arbitrary bytes as a foreign recording, plain or packed: whatever they look like, and as each
// of the formats without asking. What a format gives must not depend on how much is asked for
// at a time.
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "import.h"

enum { BATCH = 100, FEW = 3, MAX_REFS = 200000 };

struct outcome {
    enum sim_status status;
    size_t refs;
    uint64_t sum;  // of the references, in their order
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct outcome import_all(struct trace_input *input, enum trace_format format, size_t step,
                                 struct sim_error *error) {
    struct trace_import *import = NULL;
    struct trace_ref refs[BATCH];
    struct outcome outcome = {.status = trace_import_open(input, format, &import, error)};
    // Packed bytes can unpack to very many.
    while (outcome.status == SIM_OK && outcome.refs < MAX_REFS) {
        size_t count = 0;
        outcome.status = trace_import_next(import, refs, step, &count, error);
        if (outcome.status != SIM_OK) break;
        if (count == 0 || count > step) abort();
        for (size_t i = 0; i < count; i++) {
            if (refs[i].kind > TRACE_MODIFY || refs[i].size > 63) abort();
            if (outcome.refs++ >= MAX_REFS) continue;
            outcome.sum = (outcome.sum * 31 + refs[i].va) * 31 + refs[i].size * 4u + refs[i].kind;
        }
    }
    trace_import_close(import);
    return outcome;
}

static struct outcome import_bytes(const uint8_t *data, size_t size, enum trace_format format,
                                   size_t step) {
    int fd = memfd_create("recording", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) abort();
    if (lseek(fd, 0, SEEK_SET) != 0) abort();
    struct trace_input *input = NULL;
    struct sim_error error = {""};
    struct outcome outcome = {.status =
                                  trace_input_open_fd(fd, "recording", NULL, NULL, &input, &error)};
    if (outcome.status == SIM_OK) outcome = import_all(input, format, step, &error);
    if (outcome.status != SIM_OK && outcome.status != SIM_END && !error.text[0]) abort();
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    for (int i = TRACE_FORMAT_AUTO; i < TRACE_FORMATS; i++) {
        enum trace_format format = (enum trace_format)i;
        struct outcome many = import_bytes(data, size, format, BATCH);
        struct outcome few = import_bytes(data, size, format, FEW);
        // An error ends the batch that it is in: fewer references may have come before it.
        if (many.status != few.status && many.refs < MAX_REFS) abort();
        if (many.status == SIM_END && (many.refs != few.refs || many.sum != few.sum)) abort();
    }
    return 0;
}
