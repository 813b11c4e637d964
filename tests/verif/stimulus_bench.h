// SPDX-License-Identifier: Apache-2.0
// A bench, a memory and a stimulus for the tests of random stimulus.
#ifndef TANDEM_TESTS_VERIF_STIMULUS_BENCH_H
#define TANDEM_TESTS_VERIF_STIMULUS_BENCH_H

#include "fake_dut.h"
#include "verif/stimulus.h"

struct random_run {
    enum bench_mode mode;
    unsigned oracle;
    struct mmu_config mmu;
    struct stimulus_config stimulus;  // arch and seed are those of the run
    uint64_t seed;
    unsigned cycles;
    uint32_t error_permille;
    enum fake_fault fault;
    bool untagged;
    // Called after each cycle; may be NULL.
    void (*see)(void *user, const struct bench_inputs *in, const struct bench_outputs *out);
    void *user;
};

struct random_result {
    bool ok;
    bool quiet;              // drained at the end
    enum bench_check check;  // of the mismatch, if not ok
    struct bench_stats stats;
    struct stimulus_stats reached;
    uint64_t counter[MMU_COUNTERS];
};

// Lockstep with the right fake, both oracles, 16 LRU entries, 2 errors per 1000 PTE transactions.
struct random_run random_run_of(const struct mmu_arch *arch, uint64_t seed, unsigned cycles);

// Run it; a mismatch of the right fake prints its page.
struct random_result random_run_do(const struct random_run *run);

// XLEN = 64 or 32 with so many PMP entries, everything else as by default.
struct mmu_arch random_arch(unsigned xlen, unsigned pmp_entries);

#endif
