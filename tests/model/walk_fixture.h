// SPDX-License-Identifier: Apache-2.0
// What the tests of the pure walk share: the modes with an address and a ppn for each, one
// walk, and the shapes of its answers.
#ifndef TANDEM_TESTS_MODEL_WALK_FIXTURE_H
#define TANDEM_TESTS_MODEL_WALK_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fixture.h"
#include "mmu/walk.h"

struct walk_mode {
    const struct mmu_mode *(*mode)(void);
    const char *name;
    unsigned levels, vpn_bits, ppn_bits, pte_bytes;
    uint64_t va;        // canonical; every index differs from the others; offset 0x128
    uint64_t leaf_ppn;  // aligned for a leaf of every level
};

#define WALK_MODES 4u
extern const struct walk_mode walk_modes[WALK_MODES];  // Sv32, Sv39, Sv48, Sv57

static const uint8_t page_fault_of[4] = {12, 13, 15, 15};
static const uint8_t access_fault_of[4] = {1, 5, 7, 7};

// A memory, an architecture and registers for walks of one mode.
struct walk_case {
    const struct walk_mode *mode;
    struct fixture_memory *memory;
    struct mmu_arch arch;
    struct mmu_pmp pmp;
    struct mmu_context context;
    struct mmu_walk_trace trace;
};

// Empty tables, S-mode, Svade, no PMP, everything else as by default.
void walk_begin(struct walk_case *test, const struct walk_mode *mode);
// Empty tables again.
void walk_clear(struct walk_case *test);
// Walk with a size of one byte, with a trace. Asserts that the walk without one (and without
// window) gives the same if nothing was written.
struct mmu_answer walk_access(struct walk_case *test, uint64_t va, uint8_t access);
struct mmu_answer walk_sized(struct walk_case *test, uint64_t va, uint8_t access, uint8_t size);

void assert_fault(struct mmu_answer answer, uint8_t cause, uint8_t source);
void assert_page_fault(struct mmu_answer answer, uint8_t access);
void assert_access_fault(struct mmu_answer answer, uint8_t access);
void assert_success(struct mmu_answer answer, uint64_t pa, uint8_t level, uint8_t perm);

#endif
