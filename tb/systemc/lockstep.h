// SPDX-License-Identifier: Apache-2.0
// RTL and TLM component side by side in one simulation: what the parts of tandem_systemc share.
#ifndef TANDEM_SYSTEMC_LOCKSTEP_H
#define TANDEM_SYSTEMC_LOCKSTEP_H

#include <cstdint>
#include <string>

#include "at_side.h"
#include "lt_side.h"
#include "mmu_memory.h"
#include "mmu_tlm.h"

#include "verif_c.h"

namespace tandem {

constexpr uint64_t kMemoryBase = 0x80000000;
constexpr size_t kMemoryBytes = 4u << 20;

struct lockstep_options {
    const char *rtl = nullptr, *plain = nullptr;  // shared objects
    uint64_t at = 0, lt = 0;                      // translations
    uint64_t seed = 1;
    uint32_t grant_least = 1, grant_most = 3, data_least = 1, data_most = 8;
    uint32_t error_permille = 5;  // of the PTE accesses
    bool dmi = false;             // loosely timed: memory grants it; then no errors
    bool bench = false;
    bool omit_csr = false;  // a planted omission, which must be found
    std::string repeat;     // the command that repeats the run
};

// What was compared, and the first disagreement.
struct lockstep_tally {
    uint64_t answers = 0, faults = 0, cycles = 0;
    uint64_t fences = 0, kills = 0, register_writes = 0, comparisons = 0;
    uint64_t latency_sum = 0;
};

struct disagreement {
    bool found = false;
    const char *check = "";  // as in bench_check_key
    std::string signal;
    uint64_t cycle = 0;
    unsigned port = 0;
    bool has_request = false;
    struct mmu_request request = {};
    struct mmu_csr csr = {};
    std::string expected, observed;  // of the TLM component / of the RTL
    struct mmu_terms terms = {};
    bool has_terms = false;
};

// Compare two answers but for the tag: true if equal; otherwise *what is filled.
bool same_answer(const struct mmu_answer &expected, const struct mmu_answer &observed,
                 disagreement *what);
// The page of a mismatch, on stdout.
void print_disagreement(const disagreement &what, const lockstep_options &options);

// PTE timing and errors, as the bench draws them, for the memory of a component.
struct bench_timing timing_of(const lockstep_options &options, uint64_t seed);
void serve_as_bench(mmu_memory &memory, const struct bench_timing &timing,
                    const sc_core::sc_time &period);

// Both sides' memories as one: writes go to both, reads are the RTL's. `user` of *view points to
// `pair`, which must live as long.
struct memory_pair {
    mmu_memory *rtl, *tlm;
};
struct bench_memory rtl_memory(mmu_memory &memory);
struct bench_memory both_memories(memory_pair &pair);

// The bench and its random stimulus on one unit, without a model, until `count` translations are
// answered. `tables` is what the stimulus writes through; `memory` is the unit's.
bool drive_random(const struct dut_ops *ops, struct dut *dut, mmu_memory &memory,
                  const struct bench_memory &tables, const lockstep_options &options,
                  uint64_t count, lockstep_tally *tally, disagreement *what);
struct bench_config bench_of(const struct dut_ops *ops, struct dut *dut, mmu_memory &memory,
                             const lockstep_options &options);

// The parts: each in an SC_THREAD. True: they agreed.
struct lockstep_unit {
    const struct dut_ops *ops;  // of the SystemC module
    struct dut *dut;
};
bool lockstep_at(const lockstep_unit &unit, at_side &side, memory_pair memories,
                 const lockstep_options &options, lockstep_tally *tally, disagreement *what);
bool lockstep_lt(const lockstep_unit &unit, lt_side &side, memory_pair memories,
                 const lockstep_options &options, lockstep_tally *tally, disagreement *what);
// The component alone, without RTL: as many translations as `options.at`. Returns how many.
uint64_t loosely_timed_alone(lt_side &side, memory_pair memories, const lockstep_options &options);
// Speeds, printed. False: something failed, said on stderr.
bool measure_speed(const lockstep_unit &unit, at_side &side, lt_side &lt, memory_pair memories,
                   const lockstep_options &options);

}  // namespace tandem

#endif
