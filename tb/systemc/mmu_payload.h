// SPDX-License-Identifier: Apache-2.0
// What goes with a transaction through the component (docs/systemc.md): the access's registers and
// its outcome, and the indivisible update of a PTE.
#ifndef TANDEM_MMU_PAYLOAD_H
#define TANDEM_MMU_PAYLOAD_H

#include <cstdint>

#include <systemc>
#include <tlm>

extern "C" {
#include "mmu/engine.h"
}

namespace tandem {

// An access, and how it ended. Owned by the initiator, for as long as the transaction lives.
class mmu_extension : public tlm::tlm_extension<mmu_extension> {
   public:
    // In.
    struct mmu_csr csr = {};      // registers of the access
    uint8_t access = MMU_LOAD;    // enum mmu_access; on the fetch socket always a fetch
    bool translate_only = false;  // the access itself is not made
    // Out, once the transaction is answered.
    struct mmu_answer answer = {};  // tag is the component's own
    uint64_t tval = 0;              // with a fault: the virtual address
    uint64_t accept_cycle = 0;      // cycles since reset
    uint64_t response_cycle = 0;
    struct mmu_terms terms = {};

    tlm::tlm_extension_base *clone() const override { return new mmu_extension(*this); }
    void copy_from(const tlm::tlm_extension_base &other) override {
        *this = static_cast<const mmu_extension &>(other);
    }
};

// Compare-and-write of the transaction's bytes, with TLM_IGNORE_COMMAND: in one step, `old` gets
// what memory holds, and if that equals `expected`, memory becomes `desired`.
class compare_and_write : public tlm::tlm_extension<compare_and_write> {
   public:
    uint64_t expected = 0, desired = 0;  // in; 4 bytes: the low half
    uint64_t old = 0;                    // out
    bool done = false;                   // out: the target knows this extension

    tlm::tlm_extension_base *clone() const override { return new compare_and_write(*this); }
    void copy_from(const tlm::tlm_extension_base &other) override {
        *this = static_cast<const compare_and_write &>(other);
    }
};

// Backward, instead of the phases that were to come: the request was dropped.
DECLARE_EXTENDED_PHASE(mmu_killed);

}  // namespace tandem

#endif
