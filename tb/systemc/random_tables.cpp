// SPDX-License-Identifier: Apache-2.0
#include "random_tables.h"

namespace tandem {

namespace {
constexpr unsigned kPages = 48;  // of each space
constexpr uint64_t kTableBytes = 256 * 4096;
}  // namespace

random_tables::random_tables(const struct mmu_arch &arch, const struct bench_memory &memory,
                             uint64_t base, uint64_t bytes, random_numbers &random)
    : arch_(arch), memory_(memory), base_(base), bytes_(bytes), random_(random), next_table_(base) {
    for (uint64_t pa = base; pa < base + kTableBytes; pa += 8)
        memory_.write(memory_.user, pa, 8, 0);
    if (arch.xlen == 32) {
        build(MMU_SATP_MODE_SV32);
        return;
    }
    build(MMU_SATP_MODE_SV39);
    build(MMU_SATP_MODE_SV48);
    build(MMU_SATP_MODE_SV57);
}

uint64_t random_tables::new_table(const struct mmu_mode *) {
    const uint64_t table = next_table_;
    if (table + MMU_PAGE_BYTES > base_ + kTableBytes) return 0;
    next_table_ += MMU_PAGE_BYTES;
    return table >> MMU_PAGE_BITS;
}

// Pages side by side, in a few places of the lower half.
void random_tables::build(unsigned satp_mode) {
    const struct mmu_mode *const mode = mmu_mode_of(&arch_, satp_mode);
    const uint64_t root_ppn = new_table(mode);
    const uint64_t half = UINT64_C(1) << (mode->va_bits - 1);
    spaces_.push_back({satp_mode, root_ppn, {}});
    uint64_t va = 0;
    for (unsigned page = 0; page < kPages; ++page) {
        va = page % 8 == 0 ? random_.next() % half & ~UINT64_C(0xFFF) : va + MMU_PAGE_BYTES;
        spaces_.back().pages.push_back(va);
        map(mode, root_ppn, va);
    }
}

// Mostly a valid leaf; else reserved or not there.
uint64_t random_tables::leaf(const struct mmu_mode *mode, unsigned level) {
    const unsigned skipped = mode->vpn_bits * level;
    uint64_t ppn = (base_ + random_.below(bytes_)) >> MMU_PAGE_BITS;
    if (!random_.chance(20)) ppn = ppn >> skipped << skipped;
    uint64_t bits = random_.below(128) << 1 | MMU_PTE_V;
    if (random_.chance(850)) bits |= MMU_PTE_R | MMU_PTE_W | MMU_PTE_X;
    if (random_.chance(750)) bits |= MMU_PTE_U;
    if (random_.chance(20)) bits &= ~uint64_t(MMU_PTE_V);
    return ppn << MMU_PTE_PPN_SHIFT | bits;
}

void random_tables::map(const struct mmu_mode *mode, uint64_t root_ppn, uint64_t va) {
    const unsigned bytes = mode->pte_bytes;
    uint64_t table = root_ppn;
    for (unsigned level = mode->levels - 1u;; --level) {
        const uint64_t pa = mmu_pte_address(mode, table, va, level);
        uint64_t pte = 0;
        memory_.read(memory_.user, pa, bytes, &pte);
        const uint64_t next = level > 0 && pte == 0 && !random_.chance(100) ? new_table(mode) : 0;
        if (next != 0) {
            pte = next << MMU_PTE_PPN_SHIFT | MMU_PTE_V | (random_.chance(50) ? MMU_PTE_G : 0);
        } else if (pte == 0) {
            pte = leaf(mode, level);
            leaves_.push_back({mode, pa, level});
        }
        memory_.write(memory_.user, pa, bytes, pte);
        const bool pointer = (pte & (MMU_PTE_V | MMU_PTE_R | MMU_PTE_W | MMU_PTE_X)) == MMU_PTE_V;
        if (!pointer || level == 0) return;
        table = mmu_pte_ppn(mode, pte);
        if (table << MMU_PAGE_BITS < base_ || table << MMU_PAGE_BITS >= base_ + kTableBytes) return;
    }
}

uint64_t random_tables::satp() {
    current_ = random_.below(spaces_.size());
    const space &space = spaces_[current_];
    const uint64_t asid = random_.below(3);
    return arch_.xlen == 32 ? uint64_t(space.satp_mode) << 31 | asid << 22 | space.root_ppn
                            : uint64_t(space.satp_mode) << 60 | asid << 44 | space.root_ppn;
}

uint64_t random_tables::address(unsigned size) {
    const space &space = spaces_[random_.chance(20) ? random_.below(spaces_.size()) : current_];
    const uint64_t page =
        random_.chance(10) ? random_.next() : space.pages[random_.below(space.pages.size())];
    const uint64_t va = (page & ~UINT64_C(0xFFF)) | random_.below(MMU_PAGE_BYTES);
    return (arch_.xlen == 32 ? va & UINT32_MAX : va) >> size << size;
}

void random_tables::rewrite() {
    const entry &entry = leaves_[random_.below(leaves_.size())];
    memory_.write(memory_.user, entry.pa, entry.mode->pte_bytes, leaf(entry.mode, entry.level));
}

}  // namespace tandem
