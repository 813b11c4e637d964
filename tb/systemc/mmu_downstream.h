// SPDX-License-Identifier: Apache-2.0
// The component's side of its memory socket: PTE accesses and forwarded accesses, as transactions
// or through DMI.
#ifndef TANDEM_MMU_DOWNSTREAM_H
#define TANDEM_MMU_DOWNSTREAM_H

#include <vector>

#include "mmu_payload.h"

namespace tandem {

class mmu_downstream {
   public:
    // `period`: of the clock. Without use_dmi, memory is never asked for DMI.
    mmu_downstream(tlm::tlm_initiator_socket<> &socket, const sc_core::sc_time &period,
                   bool use_dmi);

    // PTE accesses of `bytes` 4 or 8, granted at `grant`, to be answered `cycles` later. False:
    // the memory refused.
    bool read(uint64_t pa, unsigned bytes, const sc_core::sc_time &grant, uint32_t cycles,
              uint64_t *value);
    bool update(uint64_t pa, unsigned bytes, uint64_t expected, uint64_t desired,
                const sc_core::sc_time &grant, uint32_t cycles, uint64_t *old);

    // The access itself, at `pa`: the transaction's address is what it was afterwards, its response
    // and `delay` the memory's.
    void forward(tlm::tlm_generic_payload &trans, uint64_t pa, sc_core::sc_time &delay);

    // Without time and effect.
    bool peek(uint64_t pa, unsigned bytes, uint64_t *value);

    // Whether memory may let the caller wait; otherwise that is fatal. True at first.
    void set_may_wait(bool may) { may_wait_ = may; }
    bool may_wait() const { return may_wait_; }

    void invalidate(uint64_t first, uint64_t last);

    // Accesses whose annotated delay was not what the configuration says.
    uint64_t departures() const { return departures_; }

   private:
    unsigned char *direct(uint64_t pa, unsigned bytes, bool write, sc_core::sc_time *latency);
    void prepare(tlm::tlm_command command, uint64_t pa, unsigned char *data, unsigned bytes);
    void call(tlm::tlm_generic_payload &trans, sc_core::sc_time &delay);
    bool transport(const sc_core::sc_time &grant, uint32_t cycles);
    bool unknown() const;
    bool update_unknown(uint64_t pa, unsigned bytes, const sc_core::sc_time &grant,
                        uint32_t cycles);
    void depart(const sc_core::sc_time &expected, const sc_core::sc_time &annotated);

    tlm::tlm_initiator_socket<> &socket_;
    const sc_core::sc_time period_;
    const bool use_dmi_;
    bool may_wait_ = true;
    std::vector<tlm::tlm_dmi> regions_;
    std::vector<tlm::tlm_dmi> refused_;
    tlm::tlm_generic_payload trans_;
    compare_and_write update_;
    uint64_t departures_ = 0;
};

}  // namespace tandem

#endif
