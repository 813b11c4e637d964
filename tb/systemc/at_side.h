// SPDX-License-Identifier: Apache-2.0
// An initiator that makes of staged pins (verif/dut.h) the phases of the base protocol, and
// compares the component with the RTL that gets the same pins, in every cycle.
#ifndef TANDEM_SYSTEMC_AT_SIDE_H
#define TANDEM_SYSTEMC_AT_SIDE_H

#include <array>

#include "mmu_tlm.h"

#include "verif_c.h"

namespace tandem {

struct disagreement;

class at_side : public sc_core::sc_module {
   public:
    tlm_utils::simple_initiator_socket_tagged<at_side> data, fetch;

    at_side(sc_core::sc_module_name name, mmu_tlm &mmu);
    ~at_side() override;

    // What is staged; levels, as in struct dut_ops.
    struct pins {
        struct mmu_csr csr = {};
        bool csr_changed = false;
        bool request_valid[MMU_PORTS] = {}, fence_valid = false, pmp_valid = false;
        struct mmu_request request[MMU_PORTS] = {};
        struct mmu_fence fence = {};
        struct mmu_pmp_write pmp_write = {};
        unsigned kill = 0, take = 0;
        bool poison = false;
    } pin;

    void reset();
    // At the begin of a cycle, when the component has shown its responses.
    void drive();
    // After the cycle: `sample` and the payloads are the RTL's. False: *what is filled.
    bool compare(unsigned sample, const struct dut_ops *ops, struct dut *rtl, disagreement *what);

    // Plant an omission: the component is not told of registers, but with requests.
    bool omit_csr = false;

    uint64_t comparisons() const { return comparisons_; }
    uint64_t cycle() const { return cycle_; }

   private:
    // Memory-managed, as nb_transport asks for: free again when neither side holds it.
    struct access : public tlm::tlm_mm_interface {
        tlm::tlm_generic_payload trans;
        mmu_extension info;
        struct mmu_request request = {};
        bool busy = false;

        access() : trans(this) {}
        void free(tlm::tlm_generic_payload *) override { busy = false; }
    };
    struct port_state {
        std::array<access, MMU_TAGS + 3> pool;
        access *presented = nullptr, *standing = nullptr;
        access *shown = nullptr;  // the response of this cycle, taken or not
        access *taken = nullptr;  // free from the next cycle on
        bool accepted = false;
    };

    tlm::tlm_sync_enum nb_transport_bw(int port, tlm::tlm_generic_payload &trans,
                                       tlm::tlm_phase &phase, sc_core::sc_time &delay);
    void drive_port(unsigned port);
    void begin_request(unsigned port);
    void drive_channels();
    bool compare_port(unsigned port, unsigned sample, const struct dut_ops *ops, struct dut *rtl,
                      disagreement *what);
    bool compare_fault(unsigned sample, const struct dut_ops *ops, struct dut *rtl,
                       disagreement *what);
    bool compare_channels(unsigned sample, disagreement *what);
    void name_request(unsigned port, disagreement *what) const;
    bool differ(const char *check, const char *signal, unsigned port, bool expected, bool observed,
                disagreement *what);

    mmu_tlm &mmu_;
    std::array<port_state, MMU_PORTS> port_;
    bool fence_presented_ = false, pmp_presented_ = false;
    bool fault_shown_ = false;
    struct mmu_fault fault_ = {};
    uint64_t cycle_ = 0, comparisons_ = 0;
};

}  // namespace tandem

#endif
