// SPDX-License-Identifier: Apache-2.0
// One small unit for the tests of second level, page-walk caches and prefetch: first levels of one
// entry, so that the second is asked, and a few pages.
#ifndef TANDEM_TESTS_MODEL_CACHES_H
#define TANDEM_TESTS_MODEL_CACHES_H

#include "bench.h"

// Page k of one last-level table. Its vpn is 0xC0400 + k: in a second level of 4 sets it lies in
// set k mod 4, and a large entry there in set (vpn >> 9) mod 4 = 2.
#define PAGE(k) (UINT64_C(0xC0400000) + (uint64_t)(k)*4096)
#define VA_OTHER_TABLE UINT64_C(0x00000000C0803000)  // same root PTE
#define VA_2M UINT64_C(0x0000000080200000)
#define VA_1G UINT64_C(0x0000000040000000)

extern struct bench bench;

// A unit with a second level of 4 ways and that many entries, and pages 0 .. 7, VA_OTHER_TABLE,
// VA_2M and VA_1G mapped for S-mode.
void begin(uint32_t l2_entries, uint32_t pwc_entries, bool prefetch, uint32_t walks);
// Teardown of a test.
int end(void **state);
void load(uint64_t cycle, uint64_t va);
void expect_source(enum mmu_port port, uint64_t cycle, enum mmu_source source);

#endif
