// SPDX-License-Identifier: Apache-2.0
// Physical memory protection. Each entry's range is worked out when a register is written,
// so that a check is two comparisons per entry.
#include "mmu/pmp.h"

#include <assert.h>
#include <stddef.h>

#define CFG_L 0x80u
#define CFG_A_SHIFT 3
#define CFG_WRITABLE 0x9Fu  // bits 6:5 are hard-wired to 0

enum address_mode { A_OFF = 0, A_TOR = 1, A_NA4 = 2, A_NAPOT = 3 };

static enum address_mode address_mode(uint8_t cfg) {
    return (enum address_mode)((cfg >> CFG_A_SHIFT) & 3u);
}

struct mmu_pmp mmu_pmp_reset(const struct mmu_arch *arch) {
    assert(arch->pmp_entries <= MMU_PMP_ENTRIES);
    struct mmu_pmp pmp = {.entries = arch->pmp_entries, .xlen = arch->xlen};
    for (unsigned k = 0; k < MMU_PMP_ENTRIES; ++k) pmp.first_word[k] = UINT64_MAX;
    return pmp;
}

// No access overlaps this range, not even one of two words.
static void set_empty(struct mmu_pmp *pmp, unsigned k) {
    pmp->first_word[k] = UINT64_MAX;
    pmp->last_word[k] = 0;
}

static void set_range(struct mmu_pmp *pmp, unsigned k) {
    uint64_t addr = pmp->addr[k];
    uint64_t below = k == 0 ? 0 : pmp->addr[k - 1];
    set_empty(pmp, k);
    switch (address_mode(pmp->cfg[k])) {
        case A_OFF:
            return;
        case A_TOR:
            if (below >= addr) return;
            pmp->first_word[k] = below;
            pmp->last_word[k] = addr - 1;
            return;
        case A_NA4:
            pmp->first_word[k] = addr;
            pmp->last_word[k] = addr;
            return;
        case A_NAPOT: {
            uint64_t inside = addr ^ (addr + 1);  // the trailing ones and the zero before them
            pmp->first_word[k] = addr & ~inside;
            pmp->last_word[k] = addr | inside;
            return;
        }
    }
}

void mmu_pmp_write(struct mmu_pmp *pmp, const struct mmu_pmp_write *write) {
    unsigned k = write->index;
    if (k >= pmp->entries || (pmp->cfg[k] & CFG_L)) return;
    // A locked TOR entry locks the address below it as well. Judged before cfg changes.
    const uint8_t *above = k + 1u < pmp->entries ? &pmp->cfg[k + 1] : NULL;
    bool addr_locked = above != NULL && (*above & CFG_L) && address_mode(*above) == A_TOR;
    if (write->write_cfg) {
        uint8_t cfg = write->cfg & CFG_WRITABLE;
        if (!(cfg & MMU_PMP_READ)) cfg &= (uint8_t)~MMU_PMP_WRITE;  // W without R is reserved
        pmp->cfg[k] = cfg;
    }
    if (write->write_addr && !addr_locked) {
        uint64_t bits = pmp->xlen == 32 ? 32 : MMU_PA_BITS - 2;
        pmp->addr[k] = write->addr & ((UINT64_C(1) << bits) - 1);
    }
    set_range(pmp, k);
    if (above != NULL) set_range(pmp, k + 1);
    pmp->active = pmp->entries;
    while (pmp->active > 0 && address_mode(pmp->cfg[pmp->active - 1]) == A_OFF) --pmp->active;
}

bool mmu_pmp_allows(const struct mmu_pmp *pmp, uint64_t pa, unsigned bytes, enum mmu_pmp_kind kind,
                    uint8_t priv) {
    if (pmp->entries == 0) return true;
    uint64_t first = pa >> 2, last = (pa + bytes - 1) >> 2;
    for (unsigned k = 0; k < pmp->active; ++k) {
        if (last < pmp->first_word[k] || first > pmp->last_word[k]) continue;
        // The lowest-numbered entry that holds any of the access decides.
        if (first < pmp->first_word[k] || last > pmp->last_word[k]) return false;
        if (priv == MMU_PRIV_M && !(pmp->cfg[k] & CFG_L)) return true;
        return (pmp->cfg[k] & (unsigned)kind) == (unsigned)kind;
    }
    return priv == MMU_PRIV_M;
}
