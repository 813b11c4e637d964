// SPDX-License-Identifier: Apache-2.0
// Packed bytes of zstd, gzip or xz, unpacked as a stream. Several frames (members, streams) one
// after the other are one input.
#ifndef TRACE_UNPACK_H
#define TRACE_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum trace_packing { TRACE_PLAIN, TRACE_ZSTD, TRACE_GZIP, TRACE_XZ };
enum { TRACE_PACKING_LOOK = 6 };  // bytes that tell the packing, if there are so many

enum trace_packing trace_packing_of(const uint8_t *bytes, size_t size);

struct trace_unpack;

// NULL: out of memory. packing is not TRACE_PLAIN.
struct trace_unpack *trace_unpack_create(enum trace_packing packing);
void trace_unpack_destroy(struct trace_unpack *unpack);

struct trace_unpack_step {
    const uint8_t *in;  // to be unpacked
    size_t in_bytes;
    bool last;     // nothing follows the bytes of in
    uint8_t *out;  // where to
    size_t out_bytes;
    size_t used, made;  // set: bytes taken from in, bytes put to out
    bool open;          // set: inside a frame, more must come or is held back
    const char *why;    // set on failure: a sentence's end
};

// False: the bytes are damaged, or want more memory than 256 MiB.
bool trace_unpack_run(struct trace_unpack *unpack, struct trace_unpack_step *step);

#endif
