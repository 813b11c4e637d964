// SPDX-License-Identifier: Apache-2.0
// Prediction by the last execution of the same instruction, in both directions.
#include "codec.h"

#include <stdlib.h>
#include <string.h>

// Two loops of a few nanoseconds a reference: state lives in locals, helpers are inlined.
#define TRACE_INLINE static inline __attribute__((always_inline))

static bool trace_model_create(struct trace_model *model) {
    model->tags = calloc(TRACE_SLOTS, sizeof *model->tags);
    model->vas = calloc(TRACE_SLOTS, sizeof *model->vas);
    return model->tags && model->vas;
}

static void trace_model_destroy(struct trace_model *model) {
    free(model->tags);
    free(model->vas);
}

static void trace_model_reset(struct trace_model *model) {
    memset(model->tags, 0, TRACE_SLOTS * sizeof *model->tags);
    model->next = 0;
    model->data = 0;
    model->slot = 0;
}

TRACE_INLINE void trace_model_update(struct trace_model *model, uint32_t tag, uint64_t va) {
    model->tags[model->slot] = (uint16_t)(tag + 1);
    model->vas[model->slot] = va;
    if ((tag & 3) == TRACE_FETCH) {
        model->next = va + (tag >> 2);
        model->slot = (uint32_t)((va * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - TRACE_SLOT_BITS));
    } else {
        model->data = va;
        model->slot = (model->slot + 1) & (TRACE_SLOTS - 1);
    }
}

size_t trace_codec_limit(size_t refs) {
    // One tag, one address, two run lengths below 2^21 (3 bytes), for every reference.
    return refs * (1 + TRACE_VARINT_BYTES + 3 + 3) + 6;
}

// --- decoding

struct trace_varint {
    const uint8_t *at;  // behind the number, NULL if it is not legal
    uint64_t value;
};

static struct trace_varint trace_varint_long(const uint8_t *at, const uint8_t *end) {
    uint64_t value = 0;
    for (unsigned shift = 0; at != end && shift < 64; shift += 7) {
        uint8_t byte = *at++;
        if (shift == 63 && byte > 1) break;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) return (struct trace_varint){at, value};
    }
    return (struct trace_varint){NULL, 0};
}

TRACE_INLINE bool trace_take(struct trace_cursor *cursor, uint64_t *value) {
    if (cursor->at != cursor->end && *cursor->at < 0x80) {
        *value = *cursor->at++;
        return true;
    }
    struct trace_varint number = trace_varint_long(cursor->at, cursor->end);
    if (!number.at) return false;
    cursor->at = number.at;
    *value = number.value;
    return true;
}

TRACE_INLINE bool trace_take_distance(struct trace_cursor *cursor, uint64_t from, uint64_t *va) {
    uint64_t zigzag = 0;
    if (!trace_take(cursor, &zigzag)) return false;
    *va = from + ((zigzag >> 1) ^ (0 - (zigzag & 1)));
    return true;
}

// *predicted: the tag is the one of last time.
TRACE_INLINE bool trace_take_tag(struct trace_decoder *d, uint32_t *tag, bool *predicted) {
    uint32_t known = d->model.tags[d->model.slot];
    *predicted = known && d->tag_run;
    if (*predicted) {
        d->tag_run--;
        *tag = known - 1;
        return true;
    }
    struct trace_cursor *tags = &d->streams[TRACE_STREAM_TAGS];
    if (tags->at == tags->end) return false;
    *tag = *tags->at++;
    return !known || trace_take(&d->streams[TRACE_STREAM_TAG_RUNS], &d->tag_run);
}

TRACE_INLINE bool trace_take_fetch(struct trace_decoder *d, bool predicted, uint64_t *va) {
    if (predicted && d->fetch_run) {
        d->fetch_run--;
        *va = d->model.vas[d->model.slot];
        return true;
    }
    if (!trace_take_distance(&d->streams[TRACE_STREAM_FETCHES], d->model.next, va)) return false;
    return !predicted || trace_take(&d->streams[TRACE_STREAM_FETCH_RUNS], &d->fetch_run);
}

TRACE_INLINE bool trace_take_data(struct trace_decoder *d, bool predicted, uint64_t *va) {
    return predicted ? trace_take_distance(&d->streams[TRACE_STREAM_DATA],
                                           d->model.vas[d->model.slot], va)
                     : trace_take_distance(&d->streams[TRACE_STREAM_FRESH_DATA], d->model.data, va);
}

bool trace_decoder_next(struct trace_decoder *decoder, struct trace_ref *refs, size_t count) {
    struct trace_decoder d = *decoder;
    for (size_t i = 0; i < count; i++) {
        uint32_t tag = 0;
        uint64_t va = 0;
        bool predicted = false;
        if (!trace_take_tag(&d, &tag, &predicted)) return false;
        bool taken = (tag & 3) == TRACE_FETCH ? trace_take_fetch(&d, predicted, &va)
                                              : trace_take_data(&d, predicted, &va);
        if (!taken) return false;
        trace_model_update(&d.model, tag, va);
        refs[i] = (struct trace_ref){va, (uint8_t)(tag & 3), (uint8_t)(tag >> 2)};
    }
    *decoder = d;
    return true;
}

bool trace_decoder_create(struct trace_decoder *decoder) {
    memset(decoder, 0, sizeof *decoder);
    return trace_model_create(&decoder->model);
}

void trace_decoder_destroy(struct trace_decoder *decoder) {
    trace_model_destroy(&decoder->model);
}

bool trace_decoder_begin(struct trace_decoder *decoder, const uint8_t *raw,
                         const uint32_t sizes[TRACE_STREAMS]) {
    trace_model_reset(&decoder->model);
    for (int i = 0; i < TRACE_STREAMS; i++) {
        decoder->streams[i] = (struct trace_cursor){raw, raw + sizes[i]};
        raw += sizes[i];
    }
    return trace_take(&decoder->streams[TRACE_STREAM_TAG_RUNS], &decoder->tag_run) &&
           trace_take(&decoder->streams[TRACE_STREAM_FETCH_RUNS], &decoder->fetch_run);
}

bool trace_decoder_finished(const struct trace_decoder *decoder) {
    for (int i = 0; i < TRACE_STREAMS; i++) {
        if (decoder->streams[i].at != decoder->streams[i].end) return false;
    }
    return decoder->tag_run == 0 && decoder->fetch_run == 0;
}

// --- encoding

TRACE_INLINE void trace_put(struct trace_encoder *e, enum trace_stream stream, uint64_t value) {
    uint8_t *at = e->bytes[stream] + e->sizes[stream];
    for (; value >= 0x80; value >>= 7) *at++ = (uint8_t)(value | 0x80);
    *at++ = (uint8_t)value;
    e->sizes[stream] = (size_t)(at - e->bytes[stream]);
}

TRACE_INLINE void trace_put_distance(struct trace_encoder *e, enum trace_stream stream,
                                     uint64_t from, uint64_t va) {
    uint64_t distance = va - from;
    trace_put(e, stream, (distance << 1) ^ (0 - (distance >> 63)));
}

// Returns whether the tag was the one of last time.
TRACE_INLINE bool trace_put_tag(struct trace_encoder *e, uint32_t tag) {
    uint32_t known = e->model.tags[e->model.slot];
    if (known == tag + 1) {
        e->tag_run++;
        return true;
    }
    e->bytes[TRACE_STREAM_TAGS][e->sizes[TRACE_STREAM_TAGS]++] = (uint8_t)tag;
    if (known) {
        trace_put(e, TRACE_STREAM_TAG_RUNS, e->tag_run);
        e->tag_run = 0;
    }
    return false;
}

TRACE_INLINE void trace_put_fetch(struct trace_encoder *e, bool predicted, uint64_t va) {
    if (predicted && e->model.vas[e->model.slot] == va) {
        e->fetch_run++;
        return;
    }
    trace_put_distance(e, TRACE_STREAM_FETCHES, e->model.next, va);
    if (predicted) {
        trace_put(e, TRACE_STREAM_FETCH_RUNS, e->fetch_run);
        e->fetch_run = 0;
    }
}

void trace_encoder_block(struct trace_encoder *encoder, const struct trace_ref *refs,
                         size_t count) {
    struct trace_encoder e = *encoder;
    trace_model_reset(&e.model);
    memset(e.sizes, 0, sizeof e.sizes);
    e.tag_run = e.fetch_run = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t tag = (uint32_t)refs[i].kind | (uint32_t)refs[i].size << 2;
        bool predicted = trace_put_tag(&e, tag);
        if (refs[i].kind == TRACE_FETCH) {
            trace_put_fetch(&e, predicted, refs[i].va);
        } else if (predicted) {
            trace_put_distance(&e, TRACE_STREAM_DATA, e.model.vas[e.model.slot], refs[i].va);
        } else {
            trace_put_distance(&e, TRACE_STREAM_FRESH_DATA, e.model.data, refs[i].va);
        }
        trace_model_update(&e.model, tag, refs[i].va);
    }
    trace_put(&e, TRACE_STREAM_TAG_RUNS, e.tag_run);
    trace_put(&e, TRACE_STREAM_FETCH_RUNS, e.fetch_run);
    *encoder = e;
}

bool trace_encoder_create(struct trace_encoder *encoder) {
    memset(encoder, 0, sizeof *encoder);
    for (int i = 0; i < TRACE_STREAMS; i++) {
        encoder->bytes[i] = malloc((TRACE_BLOCK_REFS + 1) * TRACE_VARINT_BYTES);
        if (!encoder->bytes[i]) return false;
    }
    return trace_model_create(&encoder->model);
}

void trace_encoder_destroy(struct trace_encoder *encoder) {
    for (int i = 0; i < TRACE_STREAMS; i++) free(encoder->bytes[i]);
    trace_model_destroy(&encoder->model);
}
