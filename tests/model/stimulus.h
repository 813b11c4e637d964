// SPDX-License-Identifier: Apache-2.0
// Random page tables, requests, registers, fences and PMP writes for the engine's random tests,
// and what the engine shows, as a value.
#ifndef TANDEM_TESTS_MODEL_STIMULUS_H
#define TANDEM_TESTS_MODEL_STIMULUS_H

#include "fixture.h"

// Sv39, Sv48, Sv57, Sv32 in turn.
const struct mmu_mode *random_mode(unsigned k);
// A crowd of pages of every size, some invalid, some not yet accessed or dirty; latencies 1 .. 4.
void random_tables(struct fixture_memory *memory, const struct mmu_mode *mode, uint64_t seed);
// An address of that crowd, or near it.
uint64_t random_va(const struct mmu_mode *mode, uint64_t *rng);
struct mmu_csr random_csr(const struct mmu_mode *mode, uint64_t *rng);
// Tag 0.
struct mmu_request random_request(const struct mmu_mode *mode, enum mmu_port port, uint64_t *rng);
// Entry 7 stays open, so that most accesses are allowed. Few entries are locked.
struct mmu_pmp_write random_pmp_write(uint64_t *rng);
struct mmu_fence random_fence(const struct mmu_mode *mode, uint64_t *rng);
// A geometry, policies, walk caches, walks and prefetch.
struct mmu_config random_config(const struct mmu_mode *mode, uint64_t *rng);
// Returns a tag that is not among `used` (bit = 1 << tag).
uint8_t random_tag(uint16_t used, uint64_t *rng);

// All outputs of a cycle but the counters.
struct view {
    struct mmu_answer answer[MMU_PORTS];
    struct mmu_fault fault;
    struct mmu_memory_request request;
    struct mmu_tlb_fill fill[MMU_PORTS];
    struct mmu_l2_fill l2_fill;
    bool response_valid[MMU_PORTS], ready[MMU_PORTS][2], fill_valid[MMU_PORTS];
    bool fault_valid, request_valid, l2_fill_valid, fence_ready, pmp_ready;
};

struct view view_of(const struct mmu_engine *engine);
// Returns NULL, or the name of what differs.
const char *view_difference(const struct view *a, const struct view *b);

#endif
