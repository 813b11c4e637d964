// SPDX-License-Identifier: Apache-2.0
// Drives a unit through verif/dut.h from a small script, with a memory of its own, and
// records the wires of every cycle, so that a test can compare them with a drawing.
#ifndef TANDEM_TESTS_RTL_SMOKE_BENCH_H
#define TANDEM_TESTS_RTL_SMOKE_BENCH_H

#include "verif/dut.h"

#define SMOKE_CYCLES 2000u
#define SMOKE_OFFERS 64u
#define SMOKE_PAGES 16u
#define SMOKE_BASE_PPN UINT64_C(0x80000)  // first page of the memory: the root table
#define SMOKE_SATP(mode) ((uint64_t)(mode) << 60 | UINT64_C(1) << 44 | SMOKE_BASE_PPN)  // ASID 1
#define SMOKE_SATP_SV32 (UINT64_C(1) << 31 | UINT64_C(1) << 22 | SMOKE_BASE_PPN)

// Flags of a leaf that needs no update, for S-mode.
#define RWX_AD (MMU_PTE_V | MMU_PTE_R | MMU_PTE_W | MMU_PTE_X | MMU_PTE_A | MMU_PTE_D)

enum smoke_wire {  // in the order of enum dut_sample, then what payloads say
    D_READY,
    F_READY,
    FENCE_READY,
    D_RSP,
    F_RSP,
    FAULT,
    MEM_REQ,
    PMP_READY,
    ASSERTION,
    D_FILL,
    F_FILL,
    L2_FILL,
    FILL,  // of either port
    MEM_WRITE,
    SMOKE_WIRES
};

enum smoke_channel { CHANNEL_DATA, CHANNEL_FETCH, CHANNEL_FAULT, SMOKE_CHANNELS };

enum smoke_source { SOURCE_FENCE = MMU_PORTS, SOURCE_PMP, SMOKE_SOURCES };

// A request's tag is its place among the offers of its port, modulo MMU_TAGS.
struct smoke_offer {
    uint64_t cycle;  // valid from here until accepted
    struct mmu_request request;
    struct mmu_fence fence;
    struct mmu_pmp_write pmp;
};

struct smoke {
    const struct dut_ops *ops;
    struct dut *dut;
    struct mmu_csr csr;  // staged in every cycle
    uint64_t cycle;      // the next one
    unsigned levels, vpn_bits, pte_bytes;
    bool assertions_expected;  // otherwise a failed property fails the test

    struct smoke_offer offer[SMOKE_SOURCES][SMOKE_OFFERS];  // ports, fences, PMP writes
    unsigned offers[SMOKE_SOURCES], offers_done[SMOKE_SOURCES];
    bool poison;                         // what the second level writes gets wrong parity
    uint8_t kill[SMOKE_CYCLES];          // port masks
    uint64_t take_from[SMOKE_CHANNELS];  // ready from this cycle on

    uint8_t memory[SMOKE_PAGES * MMU_PAGE_BYTES];
    unsigned pages_used;
    unsigned conflicts;  // so many next compare-and-writes find software bit 8 toggled
    unsigned errors;     // so many next transactions are answered with an error
    uint32_t grant_cycles, data_cycles;  // g and L
    uint32_t waited;                     // cycles of the request on the wires so far
    struct smoke_memory {  // the answer to a walk slot's request, if one is outstanding
        bool waits;
        uint64_t cycle;
        struct dut_memory_response answer;
    } slot[MMU_WALKS];

    // Recorded per cycle.
    bool wire[SMOKE_WIRES][SMOKE_CYCLES];
    struct mmu_answer answer[MMU_PORTS][SMOKE_CYCLES];
    struct mmu_fault fault[SMOKE_CYCLES];
    struct mmu_memory_request memory_request[SMOKE_CYCLES];
    struct dut_event event[DUT_ARRAYS][SMOKE_CYCLES];
};

// Returns the design's entry, built with these options of tb/build_dut.sh, or NULL.
const struct dut_ops *smoke_load(const char *options);

// A unit just reset, S-mode with Sv39 and an empty root table; everything ready.
void smoke_init(struct smoke *smoke, const struct dut_ops *ops, uint64_t seed,
                uint32_t grant_cycles, uint32_t data_cycles);
void smoke_free(struct smoke *smoke);
// Reset again: cycle 0; memory, registers and offers not done yet stay.
void smoke_reset(struct smoke *smoke);
// From now on this mode (a value of satp.MODE; 1: Sv32), also for smoke_map.
void smoke_mode(struct smoke *smoke, unsigned mode);

// Returns the address of va's PTE at level; builds pointers down to it as needed.
uint64_t smoke_slot(struct smoke *smoke, uint64_t va, unsigned level);
uint64_t smoke_pte(struct smoke *smoke, uint64_t va, unsigned level);
void smoke_set(struct smoke *smoke, uint64_t va, unsigned level, uint64_t pte);
void smoke_map(struct smoke *smoke, uint64_t va, unsigned level, uint64_t ppn, uint64_t flags);

void smoke_offer(struct smoke *smoke, enum mmu_port port, uint64_t cycle, uint64_t va,
                 enum mmu_access access);
void smoke_offer_size(struct smoke *smoke, enum mmu_port port, uint64_t cycle, uint64_t va,
                      enum mmu_access access, unsigned size);
void smoke_fence(struct smoke *smoke, uint64_t cycle, struct mmu_fence fence);
void smoke_kill(struct smoke *smoke, uint64_t cycle, unsigned port_mask);
// One write of both registers of a PMP entry.
void smoke_pmp(struct smoke *smoke, uint64_t cycle, unsigned index, unsigned cfg, uint64_t addr);
void smoke_pmp_part(struct smoke *smoke, uint64_t cycle, struct mmu_pmp_write write);
// Run the cycles before `until`.
void smoke_run(struct smoke *smoke, uint64_t until);

// Asserts the wire from `cycle` on: '1' or '_' per cycle.
void smoke_expect(const struct smoke *smoke, enum smoke_wire wire, uint64_t cycle,
                  const char *wave);
// Returns the first cycle >= from in which the wire is 1; fails the test if there is none.
uint64_t smoke_first(const struct smoke *smoke, enum smoke_wire wire, uint64_t from);
// Asserts a fault of this cause and source, with every other field 0.
void smoke_expect_fault(const struct mmu_answer *answer, unsigned cause, unsigned source);
// Field by field: structs have bytes that mean nothing.
bool smoke_same_answer(const struct mmu_answer *a, const struct mmu_answer *b);
bool smoke_same_request(const struct mmu_memory_request *a, const struct mmu_memory_request *b);
// Returns whether two units showed the same in cycle c: every wire, every payload.
bool smoke_same_cycle(const struct smoke *a, const struct smoke *b, uint64_t c);
uint64_t smoke_counter(struct smoke *smoke, unsigned counter);

#endif
