// SPDX-License-Identifier: Apache-2.0
// What the bare-metal program and the host tool agree on: where things lie in the machine's
// memory, what untouched memory holds, and the words that describe scenarios.
//
//   0x80000000  program          0x80200000  scenarios      0x80f00000  copy of the arena
//   0x81000000  arena: all that a scenario may map; memory ends with it
//
// The scenarios are one array of 64-bit words, for either XLEN:
//
//   MAGIC xlen seed svnapot count, then count times:
//   satp pbmte tables words probes cfg[2] (8 bytes each) addr[16],
//   then words times (pa, value), then probes times (va, packed; see PACK_*)
#ifndef QEMU_LAYOUT_H
#define QEMU_LAYOUT_H

#include <stdint.h>

#define LAYOUT_MAGIC UINT64_C(0x31554d4551544d54)
// The probing code lies in one page. QEMU 7.2 keeps M-mode's fetches and its loads and stores with
// MPRV in one TLB: an address of this page would be answered, untranslated, by the fetch's entry.
#define LAYOUT_PROGRAM UINT64_C(0x80000000)
#define LAYOUT_SCENARIOS UINT64_C(0x80200000)
#define LAYOUT_SCENARIOS_END UINT64_C(0x80f00000)
#define LAYOUT_COPY UINT64_C(0x80f00000)
#define LAYOUT_ARENA UINT64_C(0x81000000)
#define LAYOUT_PAGES 64u  // of the arena
#define LAYOUT_PAGE 4096u
#define LAYOUT_BYTES (LAYOUT_PAGES * LAYOUT_PAGE)
#define LAYOUT_PMP 16u

#define LAYOUT_HEADER 5u     // words
#define LAYOUT_SCENARIO 23u  // words before the lists

// packed: mstatus in bits 31:0; what to do above. Accesses have the model's numbers.
#define PACK_ACCESS 32  // 0 fetch, 1 load, 2 store, 3 amo
#define PACK_SIZE 36    // log2 of the bytes
#define PACK_MPP 11
#define PACK_MPRV 17
#define PACK_SUM 18
#define PACK_MXR 19

// What a store or an amo writes, in as many bytes as it has: no tag holds such a halfword.
#define LAYOUT_STORED UINT64_C(0xffffffffffffffff)

// The halfword at pa where nothing else was put. It tells pa (11 bits of a hash), and as an
// instruction it is illegal: 15:13 = 100 with 1:0 = 00 is a reserved encoding of the C extension,
// so that a fetch from it traps and mtval shows which one was fetched.
static inline uint32_t layout_tag(uint64_t pa) {
    uint32_t hash = (uint32_t)(pa >> 1) * UINT32_C(0x9e3779b1) >> 21;
    return UINT32_C(0x8000) | hash << 2;
}

#endif
