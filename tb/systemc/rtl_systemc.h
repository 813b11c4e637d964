// SPDX-License-Identifier: Apache-2.0
// The Verilated SystemC module with a clock and a signal for each of its ports.
#ifndef TANDEM_RTL_SYSTEMC_H
#define TANDEM_RTL_SYSTEMC_H

#include <cstdint>

#include <systemc>

namespace tandem {

// Of the module that rtl_systemc.cpp instantiates: its clock rises at multiples of this.
inline sc_core::sc_time rtl_clock_period() {
    return sc_core::sc_time(10, sc_core::SC_NS);
}

// Ports of tandem_mmu (docs/microarchitecture.md section 3), without the clock: name, type.
#define TANDEM_RTL_INPUTS(X)                                                                       \
    X(rst_ni, bool)                                                                                \
    X(satp_i, uint64_t)                                                                            \
    X(priv_i, uint32_t) X(mpp_i, uint32_t) X(mprv_i, bool) X(sum_i, bool) X(mxr_i, bool)           \
        X(adue_i, bool) X(pbmte_i, bool) X(pmp_valid_i, bool) X(pmp_index_i, uint32_t)             \
            X(pmp_write_cfg_i, bool) X(pmp_write_addr_i, bool) X(pmp_cfg_i, uint32_t)              \
                X(pmp_addr_i, uint64_t) X(d_req_valid_i, bool) X(d_req_va_i, uint64_t) X(          \
                    d_req_access_i, uint32_t) X(d_req_size_i, uint32_t) X(d_req_tag_i, uint32_t)   \
                    X(d_kill_i, bool) X(d_rsp_ready_i, bool) X(f_req_valid_i, bool)                \
                        X(f_req_va_i, uint64_t) X(f_req_size_i, uint32_t) X(f_req_tag_i, uint32_t) \
                            X(f_kill_i, bool) X(f_rsp_ready_i, bool) X(fence_valid_i, bool)        \
                                X(fence_op_i, uint32_t) X(fence_has_va_i, bool)                    \
                                    X(fence_has_asid_i, bool) X(fence_va_i, uint64_t)              \
                                        X(fence_asid_i, uint32_t) X(fault_ready_i, bool) X(        \
                                            mem_req_ready_i, bool) X(mem_rsp_valid_i, bool)        \
                                            X(mem_rsp_id_i, uint32_t) X(mem_rsp_data_i, uint64_t)  \
                                                X(mem_rsp_error_i, bool) X(l2_poison_i, bool)      \
                                                    X(cnt_sel_i, uint32_t)

#define TANDEM_RTL_OUTPUTS(X)                                                                      \
    X(pmp_ready_o, bool)                                                                           \
    X(d_req_ready_o, bool)                                                                         \
    X(d_rsp_valid_o, bool) X(d_rsp_tag_o, uint32_t) X(d_rsp_fault_o, bool)                         \
        X(d_rsp_cause_o, uint32_t) X(d_rsp_pa_o, uint64_t) X(d_rsp_level_o, uint32_t) X(           \
            d_rsp_napot_o, bool) X(d_rsp_pbmt_o, uint32_t) X(d_rsp_source_o, uint32_t)             \
            X(d_rsp_perm_o, uint32_t) X(f_req_ready_o, bool) X(f_rsp_valid_o, bool) X(             \
                f_rsp_tag_o, uint32_t) X(f_rsp_fault_o, bool) X(f_rsp_cause_o, uint32_t)           \
                X(f_rsp_pa_o, uint64_t) X(f_rsp_level_o, uint32_t) X(f_rsp_napot_o, bool) X(       \
                    f_rsp_pbmt_o, uint32_t) X(f_rsp_source_o, uint32_t) X(f_rsp_perm_o, uint32_t)  \
                    X(fence_ready_o, bool) X(fault_valid_o, bool) X(fault_port_o, bool)            \
                        X(fault_access_o, uint32_t) X(fault_tag_o, uint32_t)                       \
                            X(fault_cause_o, uint32_t) X(fault_tval_o, uint64_t)                   \
                                X(fault_asid_o, uint32_t) X(mem_req_valid_o, bool) X(              \
                                    mem_req_id_o, uint32_t) X(mem_req_write_o, bool)               \
                                    X(mem_req_addr_o, uint64_t) X(mem_req_expected_o, uint64_t) X( \
                                        mem_req_data_o, uint64_t) X(d_fill_valid_o, bool)          \
                                        X(d_fill_set_o, uint32_t) X(d_fill_way_o, uint32_t)        \
                                            X(d_fill_evict_o, bool) X(f_fill_valid_o, bool) X(     \
                                                f_fill_set_o, uint32_t) X(f_fill_way_o, uint32_t)  \
                                                X(f_fill_evict_o, bool) X(l2_fill_valid_o, bool)   \
                                                    X(l2_fill_set_o, uint32_t)                     \
                                                        X(l2_fill_way_o, uint32_t)                 \
                                                            X(l2_fill_evict_o, bool)               \
                                                                X(cnt_value_o, uint64_t)

// A signal for each port; bound to any module whose ports have these names (Vtandem_mmu).
struct rtl_signals {
#define X(name, type) sc_core::sc_signal<type> name{#name};
    TANDEM_RTL_INPUTS(X)
    TANDEM_RTL_OUTPUTS(X)
#undef X

    template <typename Module>
    void bind(Module &module) {
#define X(name, type) module.name(name);
        TANDEM_RTL_INPUTS(X)
        TANDEM_RTL_OUTPUTS(X)
#undef X
    }
};

}  // namespace tandem

#endif
