// SPDX-License-Identifier: Apache-2.0
// Parts of the cycle model: client.c (the client), tables.c (page tables), unit_engine.c (the model
// alone), unit_bench.c (the bench, with an RTL or without).
#ifndef CYCLES_INTERNAL_H
#define CYCLES_INTERNAL_H

#include "sim/cycles.h"
#include "sim/memory.h"

enum { CYCLES_OUTSTANDING = 8, CYCLES_RUN = 256 };

// What the client sees of one cycle.
struct cycles_seen {
    bool accepted;
    bool answered[MMU_PORTS];
    struct mmu_answer answer[MMU_PORTS];
};

// A unit, cycle by cycle. `cycle` takes all answers and fault records; request = NULL: none.
struct cycles_unit {
    enum sim_status (*cycle)(void *unit, const struct mmu_csr *csr,
                             const struct mmu_request *request, struct cycles_seen *seen,
                             struct sim_error *error);
    // Pass the cycles in which nothing would happen, with nothing presented.
    void (*skip)(void *unit, const struct mmu_csr *csr);
    // mmu_engine_run_hits, after *seen got the answers that stand; at most one if none of them is
    // `awaited`'s. NULL: there is none.
    uint32_t (*run_hits)(void *unit, const struct mmu_csr *csr, const struct mmu_request *requests,
                         uint32_t count, const struct mmu_request *awaited,
                         struct cycles_seen *seen);
    // Everything is answered: judge what no cycle shows. NULL: there is nothing.
    enum sim_status (*settled)(void *unit, struct sim_error *error);
    uint64_t (*now)(const void *unit);
    uint64_t (*counter)(const void *unit, unsigned counter);
    void (*destroy)(void *unit);
};

struct cycles_tables {
    struct sim_memory *memory;
    const struct mmu_mode *mode;
    uint64_t root_ppn, tables;  // tables: pages in use
    uint64_t frames, frame_limit;
    unsigned page_bits, pte_bytes;
};

struct cycles_pending {
    struct mmu_request request;
    uint64_t accept_cycle;
};

struct cycles {
    struct cycles_config config;
    struct cycles_tables tables;
    const struct cycles_unit *ops;
    void *unit;
    struct mmu_csr csr;
    struct cycles_counts counts;
    struct cycles_pending pending[MMU_PORTS][MMU_TAGS];
    uint16_t unanswered[MMU_PORTS];  // tags
    unsigned old;                    // unanswered requests that were accepted before the last cycle
    unsigned young;                  // accepted in the last cycle: 0 or 1
    struct mmu_request last;         // accepted last
    struct mmu_request faulted[MMU_PORTS * MMU_TAGS];  // in the order of their acceptance
    uint64_t faulted_cycle[MMU_PORTS * MMU_TAGS];
    unsigned fault_count;
};

enum sim_status cycles_tables_create(const struct cycles_config *config,
                                     struct cycles_tables *tables, struct sim_error *error);
void cycles_tables_destroy(struct cycles_tables *tables);
enum sim_status cycles_tables_map(struct cycles_tables *tables, uint64_t va,
                                  struct sim_error *error);

// A machine without its unit.
enum sim_status cycles_new(const struct cycles_config *config, struct cycles **cycles,
                           struct sim_error *error);

#endif
