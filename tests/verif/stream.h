// SPDX-License-Identifier: Apache-2.0
// A plain random stream for the tests of this folder, for any configuration: page tables with
// reserved encodings, requests, registers, fences, kills, PMP and PTE writes, back-pressure. It
// looks at nothing but what was accepted and answered.
#ifndef TANDEM_TESTS_VERIF_STREAM_H
#define TANDEM_TESTS_VERIF_STREAM_H

#include "scene.h"

#define STREAM_PAGES 24u

struct stream {
    struct scene *scene;
    uint64_t random;
    uint64_t va[STREAM_PAGES];
    uint16_t busy[MMU_PORTS];            // tags of requests that are accepted and not answered
    uint64_t satp[MMU_PORTS][MMU_TAGS];  // ... with this satp
    // What was reached.
    uint64_t causes[16], levels[8], kills, fences[4], pmp_writes, napot, pbmt;
};

// Scene with this architecture, page tables, and a stream over it, not begun yet.
struct stream stream_create(const struct mmu_arch *arch, uint64_t seed);
void stream_destroy(struct stream *stream);
// Run so many cycles, or until something disagrees.
void stream_run(struct stream *stream, unsigned cycles);

#endif
