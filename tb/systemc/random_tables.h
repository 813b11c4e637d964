// SPDX-License-Identifier: Apache-2.0
// Page tables of random shape for a loosely timed initiator: superpages, pages that are not there,
// leaves of all permissions, A and D clear or set; and addresses among them.
#ifndef TANDEM_SYSTEMC_RANDOM_TABLES_H
#define TANDEM_SYSTEMC_RANDOM_TABLES_H

#include <cstdint>
#include <vector>

#include "verif_c.h"

namespace tandem {

// xorshift64*: a function of the seed alone.
class random_numbers {
   public:
    explicit random_numbers(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 1) {}
    uint64_t next() {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return state_ * 0x2545F4914F6CDD1Du;
    }
    // 0 .. bound - 1; bound at least 1.
    uint64_t below(uint64_t bound) { return (next() >> 32) % bound; }
    bool chance(unsigned permille) { return below(1000) < permille; }

   private:
    uint64_t state_;
};

class random_tables {
   public:
    // Builds through `memory`: an address space for each mode of the architecture, in `tables`
    // pages of tables from `base`; leaves point at `base` .. `base + bytes`.
    random_tables(const struct mmu_arch &arch, const struct bench_memory &memory, uint64_t base,
                  uint64_t bytes, random_numbers &random);

    // satp of one of the spaces, which is the current one from now on; some ASID.
    uint64_t satp();
    // An address, mostly of the current space, aligned to 2^size bytes.
    uint64_t address(unsigned size);
    // Give one leaf, or one entry that is not there, a new value.
    void rewrite();

   private:
    void build(unsigned satp_mode);
    void map(const struct mmu_mode *mode, uint64_t root_ppn, uint64_t va);
    uint64_t leaf(const struct mmu_mode *mode, unsigned level);
    uint64_t new_table(const struct mmu_mode *mode);

    const struct mmu_arch arch_;
    const struct bench_memory memory_;
    const uint64_t base_, bytes_;
    random_numbers &random_;
    uint64_t next_table_;
    struct space {
        unsigned satp_mode;
        uint64_t root_ppn;
        std::vector<uint64_t> pages;  // virtual addresses
    };
    struct entry {
        const struct mmu_mode *mode;
        uint64_t pa;
        unsigned level;
    };
    std::vector<space> spaces_;
    std::vector<entry> leaves_;
    size_t current_ = 0;
};

}  // namespace tandem

#endif
