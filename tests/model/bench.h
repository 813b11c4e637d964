// SPDX-License-Identifier: Apache-2.0
// Drives an engine cycle by cycle from a small script and records the wires, so that a test
// can compare them with a drawing of the specification.
#ifndef TANDEM_TESTS_MODEL_BENCH_H
#define TANDEM_TESTS_MODEL_BENCH_H

#include "fixture.h"

#define BENCH_CYCLES 400u
#define BENCH_OFFERS 16u  // of a port; offer k has tag k

enum bench_wire {
    D_READY,
    F_READY,
    D_RSP,
    F_RSP,
    MEM_REQ,
    MEM_WRITE,
    D_FILL,
    F_FILL,
    L2_FILL,
    FENCE_READY,
    PMP_READY,
    FAULT,
    BENCH_WIRES
};

struct bench_offer {
    uint64_t cycle;  // valid from here until accepted
    struct mmu_request request;
};

struct bench {
    struct fixture_memory memory;
    struct mmu_engine *engine;
    struct mmu_csr csr;
    uint64_t register_cycle[BENCH_OFFERS];  // csr becomes registers[k] in this cycle
    struct mmu_csr registers[BENCH_OFFERS];
    unsigned register_changes;
    struct bench_offer offer[MMU_PORTS][BENCH_OFFERS];
    unsigned offers[MMU_PORTS], offers_done[MMU_PORTS];
    uint64_t fence_cycle[BENCH_OFFERS];  // fences, each valid from here until accepted
    struct mmu_fence fence[BENCH_OFFERS];
    unsigned fences, fences_done;
    bool kill[MMU_PORTS][BENCH_CYCLES];
    unsigned killed[MMU_PORTS];  // requests dropped by kills
    bool poison[BENCH_CYCLES];
    uint64_t pmp_cycle[BENCH_OFFERS];  // PMP writes, each valid from here until accepted
    struct mmu_pmp_write pmp_write[BENCH_OFFERS];
    unsigned pmp_writes, pmp_writes_done;
    uint64_t response_ready_from[MMU_PORTS];
    uint64_t fault_ready_from;
    // Recorded per cycle.
    bool wire[BENCH_WIRES][BENCH_CYCLES];
    struct mmu_answer answer[MMU_PORTS][BENCH_CYCLES];
    struct mmu_fault fault[BENCH_CYCLES];
    struct mmu_memory_request request[BENCH_CYCLES];
    struct mmu_l2_fill l2_fill[BENCH_CYCLES];
    uint64_t counter[MMU_COUNTERS][BENCH_CYCLES];
};

// mmu_config_default, S-mode with Sv39, ASID 1, everything ready.
void bench_init(struct bench *bench);
// The same with another configuration.
void bench_init_config(struct bench *bench, const struct mmu_config *config);
void bench_free(struct bench *bench);
void bench_offer(struct bench *bench, enum mmu_port port, uint64_t cycle, uint64_t va,
                 uint8_t access);
// kill_i in one cycle.
void bench_kill(struct bench *bench, enum mmu_port port, uint64_t cycle);
// The registers from this cycle on.
void bench_registers(struct bench *bench, uint64_t cycle, struct mmu_csr csr);
void bench_pmp_write(struct bench *bench, uint64_t cycle, struct mmu_pmp_write write);
// A fence of everything.
void bench_fence(struct bench *bench, uint64_t cycle);
// An SFENCE.VMA with these operands.
void bench_fence_of(struct bench *bench, uint64_t cycle, struct mmu_fence fence);
// Run cycles 0 .. cycles-1.
void bench_run(struct bench *bench, uint64_t cycles);

// Asserts the wire from `cycle` on: '1' or '_' per cycle, blanks are skipped.
void bench_expect(const struct bench *bench, enum bench_wire wire, uint64_t cycle,
                  const char *wave);
// Asserts which slot the request on the memory wires belongs to, a digit or '_' per cycle.
void bench_expect_ids(const struct bench *bench, uint64_t cycle, const char *ids);
// Returns the history of the port's k-th offer.
const struct mmu_history *bench_history(const struct bench *bench, enum mmu_port port, unsigned k);
// Returns the counter after the last cycle.
uint64_t bench_counter(const struct bench *bench, unsigned counter);
// Returns the first cycle >= from in which the wire is 1; fails the test if there is none.
uint64_t bench_first(const struct bench *bench, enum bench_wire wire, uint64_t from);

#endif
