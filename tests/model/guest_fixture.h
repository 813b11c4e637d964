// SPDX-License-Identifier: Apache-2.0
// A guest for the tests of two-stage translation: VS-stage tables at guest physical addresses,
// and a G-stage that maps them. All of it lies in one small host memory.
#ifndef TANDEM_TESTS_MODEL_GUEST_FIXTURE_H
#define TANDEM_TESTS_MODEL_GUEST_FIXTURE_H

#include "walk_fixture.h"

// Guest page k lies in host page k: ppn 0x80000 + k has guest ppn 0x40000 + k.
#define GUEST_BASE_PPN UINT64_C(0x40000)
#define GUEST_OFFSET (FIXTURE_BASE_PPN - GUEST_BASE_PPN)

// G-stage leaf flags: everything is a user's.
#define G_RWX RWX_AD_U

struct guest {
    const struct walk_mode *vs, *g;  // first-stage shapes; the G stage's root is 4 times as large
    struct fixture_memory *memory;
    struct mmu_arch arch;
    struct mmu_pmp pmp;
    struct mmu_csr csr;
    struct mmu_guest_csr guest;
    uint64_t g_root, vs_root;  // host ppn, guest ppn
    struct mmu_walk_trace trace;
};

// V = 1, VS-mode, both stages on, Svade, no PMP. Guest memory is mapped by 4 KiB pages, G_RWX.
void guest_begin(struct guest *test, const struct walk_mode *vs, const struct walk_mode *g);

// Returns the host address of the PTE; tables are built as needed.
uint64_t guest_g_slot(struct guest *test, uint64_t gpa, unsigned level);
uint64_t guest_vs_slot(struct guest *test, uint64_t va, unsigned level);
uint64_t guest_get(struct guest *test, uint64_t host_pa);
void guest_set(struct guest *test, uint64_t host_pa, uint64_t pte);
void guest_g_map(struct guest *test, uint64_t gpa, unsigned level, uint64_t ppn, uint64_t flags);
void guest_vs_map(struct guest *test, uint64_t va, unsigned level, uint64_t ppn, uint64_t flags);
// Guest physical address of va's VS-stage PTE.
uint64_t guest_vs_slot_gpa(struct guest *test, uint64_t va, unsigned level);
// The G-stage leaf PTE that maps this guest physical address by a 4 KiB page.
uint64_t guest_g_leaf(struct guest *test, uint64_t gpa);
void guest_g_leaf_flags(struct guest *test, uint64_t gpa, uint64_t flags);

struct mmu_guest_answer guest_access(struct guest *test, uint64_t va, uint8_t access,
                                     enum mmu_guest_kind kind);
void assert_guest_success(struct mmu_guest_answer answer, uint64_t pa, uint8_t vs_bits,
                          uint8_t g_bits);
void assert_guest_fault(struct mmu_guest_answer answer, uint8_t cause, uint64_t htval,
                        uint64_t htinst);

#endif
