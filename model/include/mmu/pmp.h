// SPDX-License-Identifier: Apache-2.0
// Physical memory protection: the entries' registers and the check of one access
// ("Physical Memory Protection"; docs/microarchitecture.md section 8).
#ifndef MMU_PMP_H
#define MMU_PMP_H

#include "mmu/types.h"

#define MMU_PMP_ENTRIES 16u

enum mmu_pmp_kind { MMU_PMP_READ = 1, MMU_PMP_WRITE = 2, MMU_PMP_EXECUTE = 4 };  // cfg's R W X

// A value; every field but cfg and addr is derived from them by reset and write.
struct mmu_pmp {
    uint8_t entries;  // 0, 8, 16
    uint8_t xlen;
    uint8_t active;  // 1 + the highest entry that is not OFF
    uint8_t cfg[MMU_PMP_ENTRIES];
    uint64_t addr[MMU_PMP_ENTRIES];
    uint64_t
        first_word[MMU_PMP_ENTRIES];  // range in 4-byte words, first .. last; first > last: none
    uint64_t last_word[MMU_PMP_ENTRIES];
};

// Returns the PMP in its reset state: all registers 0.
struct mmu_pmp mmu_pmp_reset(const struct mmu_arch *arch);

// Write one entry's registers, as far as locks allow.
void mmu_pmp_write(struct mmu_pmp *pmp, const struct mmu_pmp_write *write);

// Returns whether an access of `bytes` (1, 2, 4, 8; pa a multiple) is allowed.
bool mmu_pmp_allows(const struct mmu_pmp *pmp, uint64_t pa, unsigned bytes, enum mmu_pmp_kind kind,
                    uint8_t priv);

#endif
