// SPDX-License-Identifier: Apache-2.0
// What the model's tests share: a small memory that holds page tables, a builder for
// them, a memory port with chosen latencies, and a random generator.
#ifndef TANDEM_TESTS_MODEL_FIXTURE_H
#define TANDEM_TESTS_MODEL_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmu/engine.h"

#define FIXTURE_PAGES 64u
#define FIXTURE_BASE_PPN 0x80000u  // first page of the memory; the root table
#define FIXTURE_SATP_ASID(asid) ((UINT64_C(8) << 60) | ((uint64_t)(asid) << 44) | FIXTURE_BASE_PPN)

// Leaf flags used often.
#define RWX_AD_S (MMU_PTE_V | MMU_PTE_R | MMU_PTE_W | MMU_PTE_X | MMU_PTE_A | MMU_PTE_D)
#define RWX_AD_U (RWX_AD_S | MMU_PTE_U)

struct fixture_memory {
    union {
        uint64_t word[FIXTURE_PAGES * 512];
        uint32_t half[FIXTURE_PAGES * 1024];  // PTEs of Sv32
    };
    const struct mmu_mode *mode;  // of the tables that slot and map build
    unsigned pages_used;          // tables allocated, the root included
    unsigned reads, writes;
    unsigned conflicts;  // so many next compare-and-writes find software bit 8 toggled
    uint64_t last_pa;    // of the latest call
    uint64_t latencies;  // calls of the latency function; ordinals must be 0, 1, ...
    uint32_t grant_cycles, data_cycles;  // g and L of every transaction, unless ...
    uint32_t data_of[8];                 // ... not 0: L of the first transactions, by ordinal
    uint64_t latency_seed;               // ... not 0: pseudo-random 1 .. 4 by ordinal
};

// An empty root table, Sv39, g = L = 1.
void fixture_memory_init(struct fixture_memory *memory);
// As init, for a memory of which only the tables allocated were written; another mode.
void fixture_memory_again(struct fixture_memory *memory, const struct mmu_mode *mode);
struct mmu_memory fixture_memory_port(struct fixture_memory *memory);
struct mmu_bus fixture_bus(struct fixture_memory *memory);

uint64_t fixture_pte(uint64_t ppn, uint64_t flags);
// Returns the word at pa, NULL outside of memory.
uint64_t *fixture_word(struct fixture_memory *memory, uint64_t pa);
// Returns the physical address of va's PTE at level; builds pointers (flags V) down to it as
// needed.
uint64_t fixture_slot_pa(struct fixture_memory *memory, uint64_t va, unsigned level);
// Returns the place there. Not for Sv32.
uint64_t *fixture_slot(struct fixture_memory *memory, uint64_t va, unsigned level);
// va's PTE at level, in every mode.
uint64_t fixture_get(struct fixture_memory *memory, uint64_t va, unsigned level);
void fixture_set(struct fixture_memory *memory, uint64_t va, unsigned level, uint64_t pte);
// Map va at level to ppn.
void fixture_map(struct fixture_memory *memory, uint64_t va, unsigned level, uint64_t ppn,
                 uint64_t flags);

// mmu_arch_default with these changes: XLEN of the mode, so many PMP entries.
struct mmu_arch fixture_arch(const struct mmu_mode *mode, uint8_t pmp_entries);
// satp that selects the mode (NULL: Bare) with FIXTURE_BASE_PPN.
uint64_t fixture_satp(const struct mmu_mode *mode, uint16_t asid);
// A PMP with one entry that allows everything to everybody, as entry 0.
struct mmu_pmp fixture_open_pmp(const struct mmu_arch *arch);
// One write of both registers.
struct mmu_pmp_write fixture_pmp_entry(uint8_t index, uint8_t cfg, uint64_t addr);

// splitmix64.
uint64_t fixture_random(uint64_t *state);
// Returns the seed of environment variable TANDEM_SEED, 1 without it; prints it.
uint64_t fixture_seed(void);

#endif
