// SPDX-License-Identifier: Apache-2.0
// Arbitrary bytes as a foreign recording: text, ref8 or zstd, whatever they look like, and
// once more as lackey's text without asking.
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "import.h"

enum { BATCH = 100, MAX_REFS = 1000000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum sim_status import_all(struct trace_input *input, bool lackey, struct sim_error *error) {
    struct trace_import *import = NULL;
    struct trace_ref refs[BATCH];
    size_t count = 0, total = 0;
    enum sim_status status = trace_import_open(input, lackey, &import, error);
    while (status == SIM_OK && total < MAX_REFS) {  // zstd can unpack to very much
        status = trace_import_next(import, refs, BATCH, &count, error);
        if (status != SIM_OK) break;
        if (count == 0 || count > BATCH) abort();
        for (size_t i = 0; i < count; i++) {
            if (refs[i].kind > TRACE_MODIFY || refs[i].size > 63) abort();
        }
        total += count;
    }
    trace_import_close(import);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    for (int lackey = 0; lackey < 2; lackey++) {
        int fd = memfd_create("recording", MFD_CLOEXEC);
        if (fd < 0 || write(fd, data, size) != (ssize_t)size) abort();
        if (lseek(fd, 0, SEEK_SET) != 0) abort();
        struct trace_input *input = NULL;
        struct sim_error error = {""};
        enum sim_status status = trace_input_open_fd(fd, "recording", NULL, NULL, &input, &error);
        if (status == SIM_OK) status = import_all(input, lackey, &error);
        if (status != SIM_OK && status != SIM_END && !error.text[0]) abort();
    }
    return 0;
}
