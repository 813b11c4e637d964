// SPDX-License-Identifier: Apache-2.0
// One face for libzstd, zlib and liblzma.
#include "unpack.h"

#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum { ZSTD_WINDOW_BITS = 27, GZIP_WINDOW = 15 + 16, XZ_MEMORY_BYTES = 256 << 20 };

struct trace_unpack {
    enum trace_packing packing;
    ZSTD_DCtx *zstd;
    z_stream gzip;
    lzma_stream xz;
    bool open;
};

enum trace_packing trace_packing_of(const uint8_t *bytes, size_t size) {
    // None of them begins a text, nor a record of a program's small addresses.
    if (size >= 4 && memcmp(bytes, "\x28\xB5\x2F\xFD", 4) == 0) return TRACE_ZSTD;
    if (size >= 3 && memcmp(bytes, "\x1F\x8B\x08", 3) == 0) return TRACE_GZIP;
    if (size >= 6 && memcmp(bytes,
                            "\xFD"
                            "7zXZ\0",
                            6) == 0) {
        return TRACE_XZ;
    }
    return TRACE_PLAIN;
}

static bool begin(struct trace_unpack *unpack) {
    switch (unpack->packing) {
        case TRACE_ZSTD:
            unpack->zstd = ZSTD_createDCtx();
            if (!unpack->zstd) return false;
            ZSTD_DCtx_setParameter(unpack->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_BITS);
            return true;
        case TRACE_GZIP:
            return inflateInit2(&unpack->gzip, GZIP_WINDOW) == Z_OK;
        default:
            return lzma_stream_decoder(&unpack->xz, XZ_MEMORY_BYTES, LZMA_CONCATENATED) == LZMA_OK;
    }
}

struct trace_unpack *trace_unpack_create(enum trace_packing packing) {
    struct trace_unpack *unpack = calloc(1, sizeof *unpack);
    if (!unpack) return NULL;
    unpack->packing = packing;
    unpack->xz = (lzma_stream)LZMA_STREAM_INIT;
    if (begin(unpack)) return unpack;
    trace_unpack_destroy(unpack);
    return NULL;
}

void trace_unpack_destroy(struct trace_unpack *unpack) {
    if (!unpack) return;
    ZSTD_freeDCtx(unpack->zstd);
    if (unpack->packing == TRACE_GZIP) inflateEnd(&unpack->gzip);
    lzma_end(&unpack->xz);
    free(unpack);
}

static bool run_zstd(struct trace_unpack *unpack, struct trace_unpack_step *step) {
    ZSTD_inBuffer in = {step->in, step->in_bytes, 0};
    ZSTD_outBuffer out = {step->out, step->out_bytes, 0};
    size_t left = ZSTD_decompressStream(unpack->zstd, &out, &in);
    step->used = in.pos;
    step->made = out.pos;
    if (ZSTD_isError(left)) {
        step->why = ZSTD_getErrorName(left);
        return false;
    }
    unpack->open = left != 0;
    return true;
}

static bool run_gzip(struct trace_unpack *unpack, struct trace_unpack_step *step) {
    z_stream *gzip = &unpack->gzip;
    union {
        const uint8_t *given;
        uint8_t *wanted;  // zlib changes nothing
    } in = {.given = step->in};
    gzip->next_in = in.wanted;
    gzip->avail_in = (uInt)step->in_bytes;
    gzip->next_out = step->out;
    gzip->avail_out = (uInt)step->out_bytes;
    int result = inflate(gzip, Z_NO_FLUSH);
    step->used = step->in_bytes - gzip->avail_in;
    step->made = step->out_bytes - gzip->avail_out;
    if (result == Z_STREAM_END) {
        inflateReset(gzip);
        unpack->open = false;
        return true;
    }
    // No progress is what an input that ends too early looks like.
    if (result == Z_OK || result == Z_BUF_ERROR) {
        unpack->open = true;
        return true;
    }
    step->why = gzip->msg ? gzip->msg : "no memory to unpack them";
    return false;
}

static bool run_xz(struct trace_unpack *unpack, struct trace_unpack_step *step) {
    lzma_stream *xz = &unpack->xz;
    xz->next_in = step->in;
    xz->avail_in = step->in_bytes;
    xz->next_out = step->out;
    xz->avail_out = step->out_bytes;
    lzma_ret result = lzma_code(xz, step->last ? LZMA_FINISH : LZMA_RUN);
    step->used = step->in_bytes - xz->avail_in;
    step->made = step->out_bytes - xz->avail_out;
    unpack->open = result != LZMA_STREAM_END;
    if (result == LZMA_OK || result == LZMA_STREAM_END || result == LZMA_BUF_ERROR) return true;
    step->why = result == LZMA_MEMLIMIT_ERROR ? "they want more than 256 MiB to be unpacked"
                : result == LZMA_MEM_ERROR    ? "no memory to unpack them"
                                              : "xz cannot read them";
    return false;
}

bool trace_unpack_run(struct trace_unpack *unpack, struct trace_unpack_step *step) {
    bool good = true;
    step->used = step->made = 0;
    // Between two frames there is nothing to be asked for. xz looks for the next itself.
    bool idle =
        step->in_bytes == 0 && !unpack->open && (unpack->packing != TRACE_XZ || !step->last);
    if (!idle) {
        good = unpack->packing == TRACE_ZSTD   ? run_zstd(unpack, step)
               : unpack->packing == TRACE_GZIP ? run_gzip(unpack, step)
                                               : run_xz(unpack, step);
    }
    step->open = unpack->open;
    return good;
}
