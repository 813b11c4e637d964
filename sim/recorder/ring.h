// SPDX-License-Identifier: Apache-2.0
// The memory that the plugin inside QEMU and `tandem record` share: one ring of references
// per virtual CPU (thread of the program), one writer and one reader each.
//
//   struct recorder_shared | ring 0 | ring 1 | ...       (pages never touched cost nothing)
//
// A reference is eight bytes: va << 8 | size << 2 | kind, kinds as in sim/trace.h. What lies
// before `head` is whole: a program that dies leaves everything up to its last reference.
#ifndef RECORDER_RING_H
#define RECORDER_RING_H

#include <stdatomic.h>
#include <stdint.h>

enum {
    RECORDER_RINGS = 256,
    RECORDER_RING_REFS = 1 << 15,  // a power of two
    RECORDER_LINE_BYTES = 64,
    RECORDER_MAGIC = 0x54445232,  // and version: another for another layout
};

struct recorder_ring {
    _Alignas(RECORDER_LINE_BYTES) _Atomic uint64_t head;  // references written so far
    _Alignas(RECORDER_LINE_BYTES) _Atomic uint64_t tail;  // references read so far
    _Alignas(RECORDER_LINE_BYTES) uint64_t refs[RECORDER_RING_REFS];
};

enum recorder_trouble { RECORDER_FINE, RECORDER_TOO_MANY_THREADS, RECORDER_NO_MEMORY };

struct recorder_shared {
    uint32_t magic;            // set by `tandem record`
    int32_t reader;            // its process
    _Atomic uint32_t ready;    // set by the plugin: it runs
    _Atomic uint32_t trouble;  // enum recorder_trouble, set by the plugin
    _Atomic uint32_t used;     // rings written so far: 0 .. used - 1
    struct recorder_ring rings[RECORDER_RINGS];
};

#endif
