// SPDX-License-Identifier: Apache-2.0
// The fake's PMP: every entry is matched anew for every word (section 8).
#include "fake_internal.h"

enum { LOCKED = 0x80 };

static unsigned matching(const struct fake_pmp *pmp, unsigned k) {
    return pmp->cfg[k] >> 3 & 3;
}

static bool locked(const struct fake_pmp *pmp, unsigned k) {
    return (pmp->cfg[k] & LOCKED) && pmp->fault != FAKE_PMP_LOCK;
}

void fake_pmp_register(struct fake_pmp *pmp, const struct mmu_pmp_write *write) {
    unsigned k = write->index;
    if (k >= pmp->entries || locked(pmp, k)) return;
    bool base_of_tor = k + 1 < pmp->entries && locked(pmp, k + 1) && matching(pmp, k + 1) == 1;
    uint64_t implemented = pmp->xlen == 32 ? UINT32_MAX : (UINT64_C(1) << 54) - 1;
    if (write->write_addr && !base_of_tor) pmp->addr[k] = write->addr & implemented;
    if (!write->write_cfg) return;
    uint8_t cfg = write->cfg & 0x9F;
    if (!(cfg & FAKE_KIND_R)) cfg = (uint8_t)(cfg & ~FAKE_KIND_W);
    pmp->cfg[k] = cfg;
}

static bool napot_holds(uint64_t addr, uint64_t word) {
    unsigned ones = 0;
    while (addr >> ones & 1) ones++;
    return word >> (ones + 1) == addr >> (ones + 1);
}

static bool holds(const struct fake_pmp *pmp, unsigned k, uint64_t word) {
    uint64_t from = k ? pmp->addr[k - 1] : 0, to = pmp->addr[k];
    switch (matching(pmp, k)) {
        case 1:
            return from <= word && (word < to || (pmp->fault == FAKE_PMP_TOR && word == to));
        case 2:
            return word == to;
        case 3:
            return napot_holds(to, word);
        default:
            return false;
    }
}

bool fake_pmp_allows(const struct fake_pmp *pmp, uint64_t pa, unsigned bytes, enum fake_kind kind,
                     unsigned privilege) {
    if (pmp->entries == 0) return true;
    for (unsigned k = 0; k < pmp->entries; k++) {
        bool first = holds(pmp, k, pa >> 2), last = holds(pmp, k, (pa + bytes - 1) >> 2);
        if (!first && !last) continue;
        if (!first || !last) return false;
        if (privilege == MMU_PRIV_M && !(pmp->cfg[k] & LOCKED)) return true;
        return pmp->cfg[k] & kind;
    }
    return privilege == MMU_PRIV_M;
}
