// SPDX-License-Identifier: Apache-2.0
// State of the bench, shared by its files: bench.c (the cycle), bench_memory.c (the DUT's
// memory port), bench_compare.c (expected beside observed), bench_time.c (how late or
// early), explain*.c (the page).
#ifndef BENCH_INTERNAL_H
#define BENCH_INTERNAL_H

#include "verif/bench.h"

// The DUT's memory port: at most one transaction.
struct memory_port {
    uint64_t ordinal;  // of the next transaction since the last reset
    uint32_t grant_cycles, data_cycles;
    uint32_t waited;  // cycles that the request on the wires has been waiting
    bool outstanding;
    uint64_t answer_cycle;
    struct dut_memory_response answer;
};

// What the model says stands on the ports in this cycle.
struct expected {
    unsigned sample;
    const struct mmu_answer *response[MMU_PORTS];
    const struct mmu_fault *fault;
    const struct mmu_memory_request *memory_request;
    const struct mmu_fill_event *fill;
};

struct port_state {
    bool pending;  // accepted, response not yet seen
    uint64_t accept_cycle;
    uint64_t response_cycle;  // of the response that stands, in lockstep
};

struct bench {
    struct bench_config config;
    struct mmu_engine *engine;  // NULL for BENCH_DUT_ONLY
    uint64_t now;               // the coming cycle
    uint64_t base;              // cycle of the last reset
    uint64_t ordinal_base;      // transactions before the last reset
    struct memory_port port;
    struct port_state ports[MMU_PORTS];
    uint64_t fence_wait, request_wait[MMU_PORTS];  // cycles, for the watchdog
    uint64_t progress_cycle;                       // of the last answer or fence
    uint64_t counters_due;  // cycle from which on the counters are compared again
    struct mmu_csr staged_csr;
    bool csr_staged, waving;
    struct expected expected;
    struct mmu_answer observed[MMU_PORTS];  // what compare read of the DUT in this cycle
    struct mismatch mismatch;
    struct bench_stats stats;
    uint64_t counter_base[MMU_COUNTERS];
    struct bench_access accesses[BENCH_ACCESS_LOG];
    struct bench_write writes[BENCH_WRITE_LOG];
    struct bench_fence_record fences[BENCH_FENCE_LOG];
    uint64_t access_count, write_count, fence_count;
};

// The model's memory: reads see memory as it is before the DUT's transaction of the same
// cycle; its A/D updates reach memory only when the model is alone.
struct mmu_bus bench_model_bus(struct bench *bench);

void bench_memory_stage(struct bench *bench);
// Returns whether a request on the wires is granted in this cycle.
bool bench_memory_granting(const struct bench *bench);
void bench_memory_serve(struct bench *bench, unsigned sample);

// Compare what the DUT shows with bench->expected. False: bench->mismatch is filled.
bool bench_compare(struct bench *bench, unsigned sample);
// Compare two answers of a port; false: mismatch filled.
bool bench_compare_answer(struct bench *bench, unsigned port, const struct mmu_answer *expected,
                          const struct mmu_answer *observed);
// The port whose walk is under way.
unsigned bench_walking_port(const struct bench *bench);

// A response valid now on one side only (bench_time.c).
bool bench_response_time(struct bench *bench, unsigned port, unsigned sample, bool expected_now);
// A memory request valid now on one side only.
bool bench_request_time(struct bench *bench, unsigned sample, bool expected_now);

// One DUT cycle with nothing but the memory served, for finding out how late something is.
unsigned bench_probe_cycle(struct bench *bench, uint64_t cycle);

// Forget the last mismatch.
void bench_clear_mismatch(struct bench *bench);

// Fill bench->mismatch; always returns false. The second names the port's signal.
bool bench_fail(struct bench *bench, enum bench_check check, unsigned port, const char *what,
                uint64_t expected, uint64_t observed);
bool bench_fail_port(struct bench *bench, enum bench_check check, unsigned port, const char *signal,
                     uint64_t expected, uint64_t observed);

// The DUT's transactions of the request that the mismatch is about, oldest first. Returns how many.
unsigned bench_dut_accesses(const struct bench *bench, const struct mmu_history *history,
                            const struct bench_access *list[BENCH_ACCESS_LOG]);

#endif
