// SPDX-License-Identifier: Apache-2.0
// The trivially right oracle: it keeps every event for ever and tries every combination of times at
// which a walk's root and PTEs may have been read. Slow, unbounded, and written against the
// specification's sentences without a thought for the other oracle.
#ifndef LEGAL_TEST_BRUTE_H
#define LEGAL_TEST_BRUTE_H

#include "verif/legal.h"

#define BRUTE_EVENTS 64u
#define BRUTE_CELLS 96u

enum brute_kind { BRUTE_WRITE, BRUTE_CSR, BRUTE_FENCE, BRUTE_ACCEPT };

struct brute_event {
    enum brute_kind kind;
    struct mmu_csr csr;
    struct mmu_fence fence;
};

// Everything that was, by event number: time 0 is the beginning. PTEs that are no cells are 0.
struct brute {
    struct mmu_arch arch;
    unsigned now;  // events so far
    struct brute_event event[BRUTE_EVENTS];
    struct mmu_csr csr[BRUTE_EVENTS + 1];  // after so many events
    unsigned cells;
    uint64_t cell_pa[BRUTE_CELLS];
    uint64_t cell[BRUTE_EVENTS + 1][BRUTE_CELLS];
};

void brute_begin(struct brute *brute, const struct mmu_arch *arch, const struct mmu_csr *csr);
void brute_cell(struct brute *brute, uint64_t pa, uint64_t value);  // a PTE, before time 0
void brute_write(struct brute *brute, uint64_t pa, uint64_t value);
void brute_csr(struct brute *brute, const struct mmu_csr *csr);
void brute_fence(struct brute *brute, const struct mmu_fence *fence);
unsigned brute_accept(struct brute *brute);  // returns the request's time

// Whether a load of va, accepted at that time, may be answered so now.
bool brute_legal(const struct brute *brute, unsigned accepted, uint64_t va,
                 const struct mmu_answer *answer);

#endif
