// SPDX-License-Identifier: Apache-2.0
// A loosely timed initiator with random accesses, fences, PMP and register writes, one after the
// other, ahead of SystemC's time by a quantum.
#ifndef TANDEM_SYSTEMC_LT_SIDE_H
#define TANDEM_SYSTEMC_LT_SIDE_H

#include <vector>

#include "mmu_tlm.h"
#include "random_tables.h"

namespace tandem {

class lt_side : public sc_core::sc_module {
   public:
    tlm_utils::simple_initiator_socket_tagged<lt_side> data, fetch;

    lt_side(sc_core::sc_module_name name, mmu_tlm &mmu, const sc_core::sc_time &period);

    enum kind { ACCESS, FENCE, PMP_WRITE, REGISTERS };
    // What was done, as the component answered it.
    struct item {
        enum kind kind = ACCESS;
        unsigned port = MMU_PORT_DATA;
        struct mmu_request request = {};
        struct mmu_fence fence = {};
        struct mmu_pmp_write pmp_write = {};
        struct mmu_csr csr = {};
        uint64_t start = 0;  // cycle in which it is first presented
        // In which it is answered; the cycle after a fence or PMP write is taken; registers: start.
        uint64_t end = 0;
        mmu_extension info;
    };

    // Open the PMP, where there is one, and draw registers. Cycle `cycle` begins now.
    std::vector<item> begin(uint64_t cycle, random_tables &tables, random_numbers &random);
    // A quantum of at most so many items.
    std::vector<item> run_ahead(uint64_t cycle, unsigned items, random_tables &tables,
                                random_numbers &random);

    mmu_tlm &mmu() { return mmu_; }

    // Plant an omission: the component is not told of registers that change between accesses.
    bool omit_csr = false;

   private:
    void change_registers(random_tables &tables, random_numbers &random);
    item access(sc_core::sc_time &delay, random_tables &tables, random_numbers &random);
    item fence_some(sc_core::sc_time &delay, random_tables &tables, random_numbers &random);
    item write_registers(const sc_core::sc_time &delay, random_tables &tables,
                         random_numbers &random);
    item draw(sc_core::sc_time &delay, random_tables &tables, random_numbers &random);
    uint64_t cycles(const sc_core::sc_time &delay) const;

    mmu_tlm &mmu_;
    const sc_core::sc_time period_;
    const struct mmu_arch arch_;
    struct mmu_csr csr_ = {};
};

}  // namespace tandem

#endif
