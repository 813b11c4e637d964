// SPDX-License-Identifier: Apache-2.0
// Configuration of a run: one table of keys gives the YAML reader, --set, the printed
// effective configuration, the JSON and the documentation.
#ifndef RUN_CONFIG_H
#define RUN_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/error.h"
#include "sim/policy.h"
#include "verif/stimulus.h"

struct run_config {
    uint64_t seed;
    uint64_t xlen, mode, pa_bits, asid_bits;  // mode: enum config_mode
    uint64_t pmp_entries, svnapot, update_first;
    uint64_t data_entries, data_ways, data_policy;  // data_policy: enum mmu_policy
    uint64_t fetch_entries, fetch_ways, fetch_policy;
    uint64_t l2_entries, l2_ways, l2_policy;
    uint64_t pwc_entries, walks, prefetch;
    uint64_t grant_min, grant_max, data_min, data_max;  // cycles per PTE transaction
    uint64_t processes, quantum, references;
    uint64_t frames, policy, swap_mib, adue;  // policy: enum policy_kind
    uint64_t scan_interval, scan_fence;       // scan_fence: enum pager_fence
    uint64_t two_q_in, two_q_out, lirs_hir, lirs_ghosts, s3_small, s3_ghosts, s3_threshold;
    uint64_t aging_bits, wsclock_window, wsclock_writes;
    uint64_t scan_cycles;  // per PTE
    uint64_t trap_cycles, handler_cycles, swap_read_cycles, swap_write_cycles;
    uint64_t switch_cycles, access_cycles;
    uint64_t idle, stall;  // per 1000 cycles, runs of traces
    uint64_t outstanding;  // requests of a port, runs of traces
#define X(field, least, most, standard, text) uint64_t random_##field;
    STIMULUS_WEIGHT_LIST(X)
#undef X
    uint64_t random_error;                               // per 1000 PTE transactions
    uint64_t watchdog_cycles, counter_interval, oracle;  // oracle: enum config_oracle
    uint64_t properties;                                 // 1: the RTL is built with verif/sva
};

// 1 less than the bits of enum bench_oracle.
// A policy of TLBs that studies alone have, after those of enum mmu_policy.
#define CONFIG_OPT 4u

enum config_oracle { CONFIG_SHADOW, CONFIG_LEGAL, CONFIG_BOTH };

// Of the page tables of traces.
enum config_mode { CONFIG_SV39, CONFIG_SV48, CONFIG_SV57, CONFIG_SV32 };

enum config_kind { CONFIG_NUMBER, CONFIG_CHOICE };

struct config_key {
    const char *path;  // "tlb.data.entries"
    size_t offset;     // of the uint64_t in struct run_config
    enum config_kind kind;
    uint64_t least, most;        // legal numbers, inclusive
    const char *const *choices;  // CONFIG_CHOICE: names by value, NULL at the end
    uint64_t standard;           // default
    const char *text;            // meaning and unit
};

extern const struct config_key config_keys[];
extern const unsigned config_key_count;

struct run_config config_default(void);

// Read a YAML file over *config: one document, a mapping, each key at most once. On failure
// *config stays as it was. SIM_ERROR_IO, SIM_ERROR_USAGE with file and line.
enum sim_status config_load(const char *path, struct run_config *config, struct sim_error *error);

// The same from bytes in memory; `name` stands for the file in sentences.
enum sim_status config_parse(const char *name, const unsigned char *bytes, size_t size,
                             struct run_config *config, struct sim_error *error);

// Set one key from text; `place` (file and line, or the option) begins the sentence of a failure.
enum sim_status config_assign(const char *place, const char *path, const char *text,
                              struct run_config *config, struct sim_error *error);

// Read a whole number, decimal or hexadecimal (0x1F). False: it is none, or exceeds 64 bits.
bool config_number(const char *text, uint64_t *value);

// Apply "key=value".
enum sim_status config_set(const char *assignment, struct run_config *config,
                           struct sim_error *error);

// satp.MODE of the page tables of traces.
unsigned config_satp_mode(const struct run_config *config);

// Addresses of programs have so many bits in that mode.
unsigned config_user_bits(const struct run_config *config);

// Physical memory of a run: its first address and its bytes, of which the last os.frames * 4096 are
// page frames and the others hold page tables.
#define CONFIG_MEMORY_BASE UINT64_C(0x80000000)
uint64_t config_memory_bytes(const struct run_config *config);

// The parameters of the unit that a configuration asks for.
struct mmu_config config_mmu(const struct run_config *config);

// The parameters of the replacement policies that a configuration asks for.
struct policy_parameters config_policy_parameters(const struct run_config *config);

// With XLEN = 32, keys that still have the default of XLEN = 64 get that of XLEN = 32 (mmu.mode,
// pa_bits, asid_bits, svnapot); mmu.mode = sv32 gives XLEN = 32. Call once, after the last setting.
void config_settle(struct run_config *config);

// Rules between keys (ways divide entries, ranges not reversed, ...).
enum sim_status config_check(const struct run_config *config, struct sim_error *error);

uint64_t config_value(const struct run_config *config, const struct config_key *key);

// Print as YAML that config_load would read back.
void config_print(const struct run_config *config, FILE *out);

// Write " --set key=value" for every key but the seed that differs from the default to `out`;
// whole settings only, as many as fit.
void config_arguments(const struct run_config *config, char *out, size_t capacity);

#endif
