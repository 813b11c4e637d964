// SPDX-License-Identifier: Apache-2.0
// Random streams of page references, and kernels fed with them or with a trace.
#ifndef TEST_KERNELS_STREAM_H
#define TEST_KERNELS_STREAM_H

// clang-format off: cmocka.h needs these before it
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on
#include <stdbool.h>

#include "sim/kernels/opt.h"
#include "sim/kernels/pages.h"

struct stream {
    size_t count;
    uint64_t *vpn;
    bool *written;
};

// From TANDEM_SEED or 1; printed once.
uint64_t stream_seed(void);
uint64_t stream_random(uint64_t *state);
// `count` references to about `pages` pages: repeats, loops, neighbours, jumps.
struct stream stream_create(uint64_t seed, size_t count, uint32_t pages);
void stream_free(struct stream *stream);

// Chunks of a stream or of a trace file, whichever is given.
struct feeder {
    const struct stream *stream;
    size_t at;
    struct page_builder *builder;
    struct page_source *source;
};

struct feeder feeder_of_stream(const struct stream *stream);
struct feeder feeder_of_trace(const char *path, unsigned page_bits, unsigned filter);
bool feeder_next(struct feeder *feeder, struct page_chunk *chunk);
void feeder_rewind(struct feeder *feeder);
void feeder_close(struct feeder *feeder);

// A feeder with the next use of each run; it has gone through pass 1.
struct future_feeder {
    struct feeder *feeder;
    struct kernel_next_use *uses;
    int64_t next[PAGE_CHUNK_RUNS];
};

void future_open(struct future_feeder *future, struct feeder *feeder);
bool future_chunk(struct future_feeder *future, struct page_chunk *chunk);
void future_close(struct future_feeder *future);

#endif
