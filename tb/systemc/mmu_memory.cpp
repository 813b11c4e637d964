// SPDX-License-Identifier: Apache-2.0
#include "mmu_memory.h"

#include <cstring>

namespace tandem {

mmu_memory::mmu_memory(sc_core::sc_module_name name, uint64_t base, size_t bytes,
                       const sc_core::sc_time &delay)
    : sc_core::sc_module(name), socket("socket"), base_(base), delay_(delay), content_(bytes, 0) {
    socket.register_b_transport(this, &mmu_memory::b_transport);
    socket.register_transport_dbg(this, &mmu_memory::transport_dbg);
    socket.register_get_direct_mem_ptr(this, &mmu_memory::get_direct_mem_ptr);
}

bool mmu_memory::exists(uint64_t pa, unsigned bytes) const {
    return pa >= base_ && pa - base_ < content_.size() && content_.size() - (pa - base_) >= bytes;
}

bool mmu_memory::load(uint64_t pa, unsigned bytes, uint64_t *value) const {
    if (!exists(pa, bytes)) return false;
    *value = 0;
    std::memcpy(value, &content_[pa - base_], bytes);
    return true;
}

bool mmu_memory::store(uint64_t pa, unsigned bytes, uint64_t value) {
    if (!exists(pa, bytes)) return false;
    std::memcpy(&content_[pa - base_], &value, bytes);
    return true;
}

static void swap_if_equal(compare_and_write *update, unsigned char *memory, unsigned bytes) {
    update->old = 0;
    std::memcpy(&update->old, memory, bytes);
    if (std::memcmp(memory, &update->expected, bytes) == 0)
        std::memcpy(memory, &update->desired, bytes);
    update->done = true;
}

void mmu_memory::operate(tlm::tlm_generic_payload &trans) {
    unsigned char *const memory = &content_[trans.get_address() - base_];
    const unsigned bytes = trans.get_data_length();
    compare_and_write *const update = trans.get_extension<compare_and_write>();
    if (trans.is_read())
        std::memcpy(trans.get_data_ptr(), memory, bytes);
    else if (trans.is_write())
        std::memcpy(memory, trans.get_data_ptr(), bytes);
    else if (update != nullptr)
        swap_if_equal(update, memory, bytes);
    trans.set_dmi_allowed(grant_dmi);
    trans.set_response_status(tlm::TLM_OK_RESPONSE);
}

void mmu_memory::b_transport(tlm::tlm_generic_payload &trans, sc_core::sc_time &delay) {
    bool refused = false;
    sc_core::sc_time mine = delay_;
    if (next_access) next_access(&mine, &refused);
    delay += mine;
    if (refused || !exists(trans.get_address(), trans.get_data_length()))
        trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    else if (trans.get_byte_enable_ptr() != nullptr)
        trans.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    else if (trans.get_streaming_width() < trans.get_data_length())
        trans.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    else
        operate(trans);
}

unsigned int mmu_memory::transport_dbg(tlm::tlm_generic_payload &trans) {
    if (!exists(trans.get_address(), trans.get_data_length())) return 0;
    operate(trans);
    return trans.get_data_length();
}

bool mmu_memory::get_direct_mem_ptr(tlm::tlm_generic_payload &, tlm::tlm_dmi &dmi) {
    dmi.init();
    dmi.set_start_address(base_);
    dmi.set_end_address(base_ + content_.size() - 1);
    if (!grant_dmi) return false;
    dmi.set_dmi_ptr(content_.data());
    dmi.allow_read_write();
    dmi.set_read_latency(delay_);
    dmi.set_write_latency(delay_);
    return true;
}

}  // namespace tandem
