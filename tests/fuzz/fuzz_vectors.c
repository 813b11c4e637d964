// SPDX-License-Identifier: Apache-2.0
// Arbitrary bytes as a vector file, plain or zstd. What the reader lets through, the walk must be
// able to answer, whatever the expectation says.
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "reader.h"
#include "walk.h"

enum { MOST_ITEMS = 20000 };  // zstd can unpack to very much

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct vectors_hart *hart, const struct vectors_query *query) {
    struct mmu_walk_trace trace;
    struct vectors_outcome outcome;
    vectors_walk(hart, query, &trace, &outcome);
    if (outcome.fault == (outcome.where == VECTORS_NOWHERE)) abort();
    (void)vectors_compare(&query->expected, &outcome, true);
    vectors_memory_undo(hart->memory);
}

static enum sim_status run(struct vectors_reader *reader, struct vectors_memory *memory,
                           struct sim_error *error) {
    struct vectors_choices choices = vectors_choices_default();
    struct vectors_hart hart = {0};
    struct vectors_item item;
    enum sim_status status = SIM_OK;
    for (unsigned i = 0; i < MOST_ITEMS && !status; i++) {
        status = vectors_reader_next(reader, &item, error);
        if (status) break;
        if (item.kind == VECTORS_SCENARIO) {
            vectors_memory_begin(memory, item.scenario, false);
            hart = vectors_hart_of(item.scenario, &choices, memory);
        } else if (item.kind == VECTORS_WORDS) {
            status = vectors_memory_fill(memory, &item.words, error);
        } else if (item.kind == VECTORS_QUERY) {
            ask(&hart, &item.query);
        }
    }
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int fd = memfd_create("vectors", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) abort();
    if (lseek(fd, 0, SEEK_SET) != 0) abort();
    struct vectors_memory *memory = vectors_memory_create();
    struct vectors_reader *reader = NULL;
    struct sim_error error = {""};
    enum sim_status status = vectors_reader_open_fd(fd, "vectors", &reader, &error);
    if (!status) status = run(reader, memory, &error);
    if (status && status != SIM_END && !error.text[0]) abort();
    vectors_reader_close(reader);
    vectors_memory_destroy(memory);
    return 0;
}
