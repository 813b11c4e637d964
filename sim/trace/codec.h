// SPDX-License-Identifier: Apache-2.0
// One block of references as six streams of bytes, and back. What an instruction did last
// time is the prediction of what it does now; the streams hold what was not predicted.
// The rules are written down in docs/trace-format.md, "Streams of a block".
#ifndef TRACE_CODEC_H
#define TRACE_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/trace.h"

enum trace_stream {
    TRACE_STREAM_TAGS,        // kind and size of references that were not predicted
    TRACE_STREAM_TAG_RUNS,    // how many predicted tags lie between two that were wrong
    TRACE_STREAM_FETCH_RUNS,  // how many predicted fetch addresses, likewise
    TRACE_STREAM_FETCHES,     // distance of a fetch from the end of the one before
    TRACE_STREAM_DATA,        // distance of a data address from the instruction's last one
    TRACE_STREAM_FRESH_DATA,  // distance from the data address before, first executions
    TRACE_STREAMS
};

enum {
    TRACE_BLOCK_REFS = 131072,
    TRACE_SLOT_BITS = 16,
    TRACE_SLOTS = 1 << TRACE_SLOT_BITS,
    TRACE_VARINT_BYTES = 10,
};

// What both directions know: a slot stands for "the reference that follows this point of
// the program", the point being an instruction and the number of its data references so far.
struct trace_model {
    uint16_t *tags;  // TRACE_SLOTS; tag + 1 of the reference seen there last, 0 = none
    uint64_t *vas;   // TRACE_SLOTS; its address
    uint64_t next;   // end of the last fetch
    uint64_t data;   // last data address
    uint32_t slot;
};

struct trace_cursor {
    const uint8_t *at, *end;
};

// Decoding can stop after any reference and go on later.
struct trace_decoder {
    struct trace_model model;
    struct trace_cursor streams[TRACE_STREAMS];
    uint64_t tag_run, fetch_run;
};

struct trace_encoder {
    struct trace_model model;
    uint8_t *bytes[TRACE_STREAMS];
    size_t sizes[TRACE_STREAMS];
    uint64_t tag_run, fetch_run;
};

// The most bytes that the streams of a block of `refs` references take together.
size_t trace_codec_limit(size_t refs);

// Returns false if memory is out; destroy is legal then, too.
bool trace_decoder_create(struct trace_decoder *decoder);
void trace_decoder_destroy(struct trace_decoder *decoder);

// Begin a block whose streams lie one after the other at `raw`, which must stay until the
// block's end. Returns false if a stream's beginning is not legal.
bool trace_decoder_begin(struct trace_decoder *decoder, const uint8_t *raw,
                         const uint32_t sizes[TRACE_STREAMS]);
// Returns false if the streams end too early or hold an illegal number.
bool trace_decoder_next(struct trace_decoder *decoder, struct trace_ref *refs, size_t count);
// After the last reference of a block: was every byte used?
bool trace_decoder_finished(const struct trace_decoder *decoder);

bool trace_encoder_create(struct trace_encoder *encoder);
void trace_encoder_destroy(struct trace_encoder *encoder);
// Encode count <= TRACE_BLOCK_REFS references; the streams stand in bytes and sizes.
void trace_encoder_block(struct trace_encoder *encoder, const struct trace_ref *refs, size_t count);

#endif
