// SPDX-License-Identifier: Apache-2.0
#include "stream.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

uint64_t stream_seed(void) {
    const char *text = getenv("TANDEM_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 10) : 1;
    printf("TANDEM_SEED=%" PRIu64 "\n", seed);
    return seed;
}

uint64_t stream_random(uint64_t *state) {
    // xorshift64* (Vigna 2016); the kernels have another generator.
    uint64_t x = *state ? *state : 88172645463325252u;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * UINT64_C(0x2545F4914F6CDD1D);
}

struct stream stream_create(uint64_t seed, size_t count, uint32_t pages) {
    struct stream stream = {count, malloc((count + 1) * sizeof *stream.vpn),
                            malloc((count + 1) * sizeof *stream.written)};
    assert_non_null(stream.vpn);
    assert_non_null(stream.written);
    uint64_t state = seed * 1000003 + pages, page = 0, base = stream_random(&state) >> 20;
    for (size_t i = 0; i < count; i++) {
        uint64_t dice = stream_random(&state) >> 16;
        if (dice % 8 == 0) page = (dice >> 8) % pages;
        if (dice % 8 == 1) page = (page + 1) % pages;
        if (dice % 8 == 2) page = (dice >> 8) % (pages / 8 + 1);
        if (dice % 8 == 3 && i > 5) page = stream.vpn[i - 1 - (dice >> 8) % 5] - base;
        stream.vpn[i] = base + page;
        stream.written[i] = (dice >> 40) % 5 == 0;
    }
    return stream;
}

void stream_free(struct stream *stream) {
    free(stream->vpn);
    free(stream->written);
}

struct feeder feeder_of_stream(const struct stream *stream) {
    struct feeder feeder = {.stream = stream};
    struct sim_error error;
    assert_int_equal(page_builder_create(&feeder.builder, &error), SIM_OK);
    return feeder;
}

struct feeder feeder_of_trace(const char *path, unsigned page_bits, unsigned filter) {
    struct feeder feeder = {0};
    struct sim_error error;
    if (page_source_open(path, page_bits, filter, &feeder.source, &error) != SIM_OK) {
        fail_msg("%s", error.text);
    }
    return feeder;
}

static bool next_of_stream(struct feeder *f, struct page_chunk *chunk) {
    struct sim_error error;
    int full = 0;
    while (f->at < f->stream->count && !full) {
        assert_int_equal(page_builder_add(f->builder, f->stream->vpn[f->at],
                                          f->stream->written[f->at], &full, &error),
                         SIM_OK);
        f->at++;
    }
    page_builder_take(f->builder, chunk);
    return chunk->count > 0;
}

bool feeder_next(struct feeder *feeder, struct page_chunk *chunk) {
    if (!feeder->source) return next_of_stream(feeder, chunk);
    struct sim_error error = {""};
    enum sim_status status = page_source_next(feeder->source, chunk, &error);
    if (status != SIM_OK && status != SIM_END) fail_msg("%s", error.text);
    return status == SIM_OK;
}

void feeder_rewind(struct feeder *feeder) {
    feeder->at = 0;
    if (feeder->builder) page_builder_rewind(feeder->builder);
    if (feeder->source) page_source_rewind(feeder->source);
}

void feeder_close(struct feeder *feeder) {
    page_builder_destroy(feeder->builder);
    page_source_close(feeder->source);
}

void future_open(struct future_feeder *future, struct feeder *feeder) {
    struct page_chunk chunk;
    struct sim_error error = {""};
    future->feeder = feeder;
    feeder_rewind(feeder);
    assert_int_equal(kernel_next_use_create(&future->uses, &error), SIM_OK);
    while (feeder_next(feeder, &chunk)) {
        assert_int_equal(kernel_next_use_add(future->uses, &chunk, &error), SIM_OK);
    }
    assert_int_equal(kernel_next_use_finish(future->uses, &error), SIM_OK);
    feeder_rewind(feeder);
}

bool future_chunk(struct future_feeder *future, struct page_chunk *chunk) {
    struct sim_error error = {""};
    if (!feeder_next(future->feeder, chunk)) return false;
    assert_int_equal(kernel_next_use_get(future->uses, chunk, future->next, &error), SIM_OK);
    return true;
}

void future_close(struct future_feeder *future) {
    kernel_next_use_destroy(future->uses);
}
