// SPDX-License-Identifier: Apache-2.0
// The cycle model over recorded programs: the timed model of the MMU behind a simple client, one
// reference a cycle. The same client drives the RTL in lockstep (sim/cycles_lockstep.h), so that
// what a study says can be asked of the RTL.
//
// The client, by the cycle c: it presents the next reference of the program, until it is accepted,
// if of the requests accepted before cycle c-1 fewer than `outstanding` are unanswered; answers and
// fault records are taken at once. When an answer is a fault, nothing further is presented until
// all requests are answered; then the faulting references are served in their order: their pages
// are mapped, which takes no cycle of the MMU's but `fault_cycles` of the program's, and each is
// presented again, alone. Pages are mapped with A and D set: nothing is written back.
#ifndef SIM_CYCLES_H
#define SIM_CYCLES_H

#include "mmu/engine.h"
#include "sim/error.h"

struct cycles_config {
    struct mmu_config mmu;
    unsigned satp_mode;     // MMU_SATP_MODE_SV32 ..., not Bare
    unsigned page_bits;     // log2 of the pages' bytes: 12, 16 (NAPOT), or a superpage of the mode
    unsigned outstanding;   // 1 .. 8
    uint32_t grant, data;   // g and L of every transaction, at least 1
    uint64_t fault_cycles;  // of the handler, for each page fault
};

struct cycles_counts {
    uint64_t references;              // answered with a translation
    uint64_t cycles;                  // of the MMU, faults' service excluded
    uint64_t faults;                  // answers with a page fault
    uint64_t fault_cycles;            // faults * config.fault_cycles
    uint64_t latency_sum[MMU_PORTS];  // of the answers with a translation
    uint64_t answers[MMU_PORTS];
    uint64_t counters[MMU_COUNTERS];  // by enum mmu_counter
};

struct cycles;

// Returns the default: mmu_config_default, Sv39, 4 KiB, 4 outstanding, g = 1, L = 20, no cost of
// faults.
struct cycles_config cycles_config_default(void);

// Returns NULL if legal, otherwise a static sentence.
const char *cycles_config_check(const struct cycles_config *config);

// A machine at cycle 0 with empty page tables. *cycles is owned by the caller. SIM_ERROR_USAGE,
// SIM_ERROR_MEMORY.
enum sim_status cycles_create(const struct cycles_config *config, struct cycles **cycles,
                              struct sim_error *error);
void cycles_destroy(struct cycles *cycles);

// Map the page of va now, at no cost; nothing if it is mapped. va is sign-extended in the mode.
// SIM_ERROR_USAGE: more pages than physical addresses; SIM_ERROR_MEMORY.
enum sim_status cycles_map(struct cycles *cycles, uint64_t va, struct sim_error *error);

// Make the references, in order; tags are the client's. Returns when all have been accepted and no
// fault is left. As cycles_map, for the pages that fault.
enum sim_status cycles_feed(struct cycles *cycles, const struct mmu_request *requests, size_t count,
                            struct sim_error *error);

// Await all answers. Afterwards more may be fed.
enum sim_status cycles_drain(struct cycles *cycles, struct sim_error *error);

// Counts so far; exact after cycles_drain.
void cycles_read(const struct cycles *cycles, struct cycles_counts *counts);

#endif
