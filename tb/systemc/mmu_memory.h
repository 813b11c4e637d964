// SPDX-License-Identifier: Apache-2.0
// A memory for TLM-2.0: knows compare_and_write, annotates its delay, grants DMI.
#ifndef TANDEM_MMU_MEMORY_H
#define TANDEM_MMU_MEMORY_H

#include <functional>
#include <vector>

#include <tlm_utils/simple_target_socket.h>

#include "mmu_payload.h"

namespace tandem {

class mmu_memory : public sc_core::sc_module {
   public:
    tlm_utils::simple_target_socket_optional<mmu_memory> socket;  // need not be bound

    // `bytes` of memory from physical address `base`, zeroed; each access takes `delay`.
    mmu_memory(sc_core::sc_module_name name, uint64_t base, size_t bytes,
               const sc_core::sc_time &delay);

    // Asked for each access of a transaction, in their order, if set: its delay, and whether it is
    // refused.
    std::function<void(sc_core::sc_time *delay, bool *refused)> next_access;
    bool grant_dmi = false;

    bool exists(uint64_t pa, unsigned bytes) const;
    // 4 or 8 bytes, without time. False: no memory there.
    bool load(uint64_t pa, unsigned bytes, uint64_t *value) const;
    bool store(uint64_t pa, unsigned bytes, uint64_t value);

    const std::vector<unsigned char> &content() const { return content_; }
    void clear() { content_.assign(content_.size(), 0); }
    // `other` has the same size.
    void copy_to(mmu_memory &other) const { other.content_ = content_; }

   private:
    void b_transport(tlm::tlm_generic_payload &trans, sc_core::sc_time &delay);
    unsigned int transport_dbg(tlm::tlm_generic_payload &trans);
    bool get_direct_mem_ptr(tlm::tlm_generic_payload &trans, tlm::tlm_dmi &dmi);
    void operate(tlm::tlm_generic_payload &trans);

    const uint64_t base_;
    const sc_core::sc_time delay_;
    std::vector<unsigned char> content_;
};

}  // namespace tandem

#endif
