// SPDX-License-Identifier: Apache-2.0
// Directed scenes for the checker: a small memory with page tables, a bench around model and
// fake, and steps that do nothing once something disagreed.
#ifndef TANDEM_TESTS_VERIF_SCENE_H
#define TANDEM_TESTS_VERIF_SCENE_H

#include "fake_dut.h"
#include "verif/bench.h"

#define MEMORY_BASE UINT64_C(0x80000000)
#define MEMORY_BYTES (256u * 4096u)
#define ROOT_PPN (MEMORY_BASE >> 12)

#define LEAF_S (MMU_PTE_V | MMU_PTE_R | MMU_PTE_W | MMU_PTE_X | MMU_PTE_A | MMU_PTE_D)
#define LEAF_U (LEAF_S | MMU_PTE_U)

struct memory {
    uint64_t word[MEMORY_BYTES / 8];
};

struct bench_memory memory_port(struct memory *memory);

// Shape of a page table.
struct scene_mode {
    unsigned satp_mode, levels, vpn_bits, pte_bytes;
};
extern const struct scene_mode scene_sv32, scene_sv39, scene_sv48, scene_sv57;

struct scene {
    struct memory memory;
    struct scene_mode mode;
    unsigned tables;  // in use, the root included
    struct bench_config config;
    struct bench *bench;
    struct bench_inputs in;
    struct bench_outputs out;
    unsigned tag[MMU_PORTS];              // of the next request
    struct mmu_answer answer[MMU_PORTS];  // the last one taken
    bool failed;                          // bench_mismatch tells how
};

// Both TLBs of this shape.
struct mmu_config scene_shape(uint32_t entries, uint32_t ways, enum mmu_policy policy);
// Whether a unit counts it that has a first level and walks, and nothing else.
bool scene_counts(unsigned counter);
// Lockstep in Sv39 without PMP, with 16 LRU entries, g = 1, L = 2, no waiting; change scene.config
// and map pages before scene_begin.
struct scene *scene_create(void);
void scene_begin(struct scene *scene, enum fake_fault fault);
void scene_destroy(struct scene *scene);

// Before pages are mapped: XLEN and satp follow.
void scene_set_mode(struct scene *scene, struct scene_mode mode);
uint64_t scene_satp(uint16_t asid);  // Sv39
uint64_t scene_satp_of(struct scene_mode mode, uint16_t asid);
uint64_t leaf_pte(uint64_t ppn, uint64_t flags);
// Address of va's PTE at this level; pointers down to it are made as needed.
uint64_t scene_pte_pa(struct scene *scene, uint64_t va, unsigned level);
uint64_t scene_read(const struct scene *scene, uint64_t pa);
// Before the scene begins, or unseen by the bench.
void scene_map(struct scene *scene, uint64_t va, unsigned level, uint64_t pte);
// By software, under way.
void scene_rewrite(struct scene *scene, uint64_t va, unsigned level, uint64_t pte);

// One cycle; what was accepted is no longer presented.
void scene_cycle(struct scene *scene);
void scene_idle(struct scene *scene, unsigned cycles);
void scene_present(struct scene *scene, enum mmu_port port, uint64_t va, enum mmu_access access);
// Until the port's answer is taken, or 300 cycles.
void scene_await(struct scene *scene, enum mmu_port port);
void scene_ask(struct scene *scene, enum mmu_port port, uint64_t va, enum mmu_access access);
void scene_load(struct scene *scene, uint64_t va);
// Until accepted. SCENE_ALL: that operand is x0.
#define SCENE_ALL UINT64_MAX
void scene_fence_op(struct scene *scene, enum mmu_fence_op op, uint64_t va, uint64_t asid);
void scene_fence(struct scene *scene, uint64_t va, uint64_t asid);
// One register of one PMP entry; until accepted.
void scene_pmp(struct scene *scene, unsigned index, uint8_t cfg, uint64_t addr);
// Everything is allowed by the last entry of 8; entries before it are free.
void scene_pmp_open(struct scene *scene);
// One cycle with this kill.
void scene_kill(struct scene *scene, unsigned mask);
// At the end: all counters.
void scene_counters(struct scene *scene);

#endif
