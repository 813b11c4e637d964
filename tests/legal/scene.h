// SPDX-License-Identifier: Apache-2.0
// A small machine for tests of the legal-set oracle: 64 pages of memory, registers, a clock; what
// it does is told to an oracle.
#ifndef LEGAL_TEST_SCENE_H
#define LEGAL_TEST_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verif/legal.h"

#define SCENE_PAGES 64u
#define RWX (MMU_PTE_R | MMU_PTE_W | MMU_PTE_X)
#define FULL (MMU_PTE_V | RWX | MMU_PTE_A | MMU_PTE_D)

struct scene {
    struct legal *legal;
    struct legal_config config;
    struct mmu_csr csr;
    uint64_t now;
    struct legal_verdict verdict;  // the last
    uint8_t memory[SCENE_PAGES * MMU_PAGE_BYTES];
};

// Root tables of the two address spaces: tables of level 2, 1, 0 lie one after the other.
#define ROOT_A 1u
#define ROOT_B 4u

struct mmu_arch scene_arch(void);  // 64 bits, 8 ASID bits, no PMP
// S-mode, Sv39, ROOT_A with ASID 5; three tables at ROOT_A and at ROOT_B lead to level 0.
void scene_begin(struct scene *scene, const struct mmu_arch *arch);
void scene_begin_bounded(struct scene *scene, const struct mmu_arch *arch, uint32_t slots,
                         uint32_t versions);
// Of a unit whose answers carry tags, and whose kills end at the memory port's wires.
void scene_begin_tags(struct scene *scene, const struct mmu_arch *arch);
// Without tags, but its kills end there.
void scene_begin_walker(struct scene *scene, const struct mmu_arch *arch);
void scene_end(struct scene *scene);

uint64_t leaf(uint64_t ppn, uint64_t flags);
uint64_t pointer(uint64_t ppn);
// Address of the PTE number `index` in the table at ppn `table`.
uint64_t pte_at(uint64_t table, unsigned index);
uint64_t peek(const struct scene *scene, uint64_t pa);
void plant(struct scene *scene, uint64_t pa, uint64_t value);  // before the oracle's time
void poke(struct scene *scene, uint64_t pa, uint64_t value);   // a store, in a cycle of its own

uint64_t satp_of(unsigned mode, uint16_t asid, uint64_t root);
void set_csr(struct scene *scene);  // tells scene->csr, in a cycle of its own
void set_satp(struct scene *scene, unsigned mode, uint16_t asid, uint64_t root);
void scene_fence(struct scene *scene, const struct mmu_fence *fence);  // a cycle of its own
void fence_all(struct scene *scene);
void fence_asid(struct scene *scene, uint16_t asid);
void fence_va(struct scene *scene, uint64_t va);
void fence_va_asid(struct scene *scene, uint64_t va, uint16_t asid);

void accept(struct scene *scene, enum mmu_access access, uint64_t va);
// Judges, one cycle later; returns legal. Asserts that it could judge.
bool give(struct scene *scene, enum mmu_access access, const struct mmu_answer *answer);
// accept and give.
bool allowed(struct scene *scene, enum mmu_access access, uint64_t va,
             const struct mmu_answer *answer);
bool load_gives(struct scene *scene, uint64_t va, uint64_t pte);  // the 4 KiB leaf's translation
bool load_gives_at(struct scene *scene, uint64_t va, uint64_t pte, unsigned level);
bool faults(struct scene *scene, enum mmu_access access, uint64_t va, uint8_t cause);
struct mmu_answer gives(uint64_t va, uint64_t pte, unsigned level);

#endif
