// SPDX-License-Identifier: Apache-2.0
// What the tests of the base protocol are made of: a memory with oddities, memory-managed
// transactions, an initiator that answers as it is told.
#ifndef TANDEM_TEST_PROTOCOL_SCENE_H
#define TANDEM_TEST_PROTOCOL_SCENE_H

#include <cstring>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>

#include "mmu_tlm.h"

namespace protocol {

using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::sc_time_stamp;
using sc_core::SC_ZERO_TIME;

constexpr uint64_t kBase = 0x80000000, kPage = kBase + 0x10000;
constexpr uint64_t kVirtual = 0x1000;  // first of 16 pages, to kPage and so on; neither A nor D
inline const sc_time kPeriod(10, SC_NS);

// --- memory ------------------------------------------------------------------------------------

class odd_memory : public sc_core::sc_module {
   public:
    tlm_utils::simple_target_socket<odd_memory> socket;
    bool waits = false;
    enum { none, half, elsewhere } dmi = none;                // what it grants
    tlm::tlm_response_status unknown = tlm::TLM_OK_RESPONSE;  // to TLM_IGNORE_COMMAND
    bool by_methods = false;                                  // a method process has called

    explicit odd_memory(sc_core::sc_module_name name)
        : sc_core::sc_module(name), socket("socket"), bytes_(1u << 17) {
        socket.register_b_transport(this, &odd_memory::b_transport);
        socket.register_get_direct_mem_ptr(this, &odd_memory::get_direct_mem_ptr);
        store(kBase, pte(kBase + 0x1000, 0));
        store(kBase + 0x1000, pte(kBase + 0x2000, 0));
        for (uint64_t page = 0; page < 16; ++page) {
            const uint64_t pa = kPage + page * MMU_PAGE_BYTES;
            store(leaf(page), pte(pa % (1u << 17) + kBase, MMU_PTE_R | MMU_PTE_W | MMU_PTE_U));
        }
    }

    static uint64_t leaf(uint64_t page) {
        return kBase + 0x2000 + 8 * ((kVirtual >> MMU_PAGE_BITS) + page);
    }
    static uint64_t pte(uint64_t pa, uint64_t bits) {
        return pa >> MMU_PAGE_BITS << MMU_PTE_PPN_SHIFT | bits | MMU_PTE_V;
    }
    void store(uint64_t pa, uint64_t value) { std::memcpy(at(pa), &value, 8); }
    uint64_t load(uint64_t pa) {
        uint64_t value;
        std::memcpy(&value, at(pa), 8);
        return value;
    }

   private:
    unsigned char *at(uint64_t pa) { return &bytes_.at(pa - kBase); }

    void b_transport(tlm::tlm_generic_payload &trans, sc_time &delay) {
        const sc_core::sc_process_handle caller = sc_core::sc_get_current_process_handle();
        by_methods = by_methods || caller.proc_kind() == sc_core::SC_METHOD_PROC_;
        if (waits) {
            sc_core::wait(delay + kPeriod * 8);
            delay = SC_ZERO_TIME;
        } else {
            delay += kPeriod * 8;
        }
        unsigned char *const mine = at(trans.get_address());
        if (trans.is_read()) std::memcpy(trans.get_data_ptr(), mine, trans.get_data_length());
        if (trans.is_write()) std::memcpy(mine, trans.get_data_ptr(), trans.get_data_length());
        trans.set_response_status(trans.is_read() || trans.is_write() ? tlm::TLM_OK_RESPONSE
                                                                      : unknown);
    }

    bool get_direct_mem_ptr(tlm::tlm_generic_payload &trans, tlm::tlm_dmi &region) {
        const uint64_t pa = trans.get_address();
        region.init();
        if (dmi == none) return false;
        region.set_start_address(dmi == half ? pa : kBase + bytes_.size());
        region.set_end_address(region.get_start_address() + 3);
        region.set_dmi_ptr(at(dmi == half ? pa : kBase));
        region.allow_read_write();
        return true;
    }

    std::vector<unsigned char> bytes_;
};

// --- initiators ---------------------------------------------------------------------------------

inline struct mmu_csr registers() {
    struct mmu_csr csr = {};
    csr.satp = uint64_t(MMU_SATP_MODE_SV39) << 60 | kBase >> MMU_PAGE_BITS;
    csr.priv = MMU_PRIV_U;
    csr.adue = true;
    return csr;
}

// A transaction with a memory manager: `freed` when nobody holds it any more.
struct access : public tlm::tlm_mm_interface {
    tlm::tlm_generic_payload trans;
    struct extension : public tandem::mmu_extension {
        struct access *owner = nullptr;  // the base has a member of this name
    } info;
    uint64_t value = 0;
    bool freed = false;
    sc_time presented, accepted, answered, killed;  // when; zero: not

    explicit access(unsigned page, uint8_t kind = MMU_LOAD) : trans(this) {
        info.csr = registers();
        info.access = kind;
        info.translate_only = true;
        trans.set_command(kind == MMU_STORE ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
        trans.set_address(kVirtual + page * uint64_t(MMU_PAGE_BYTES));
        trans.set_data_ptr(reinterpret_cast<unsigned char *>(&value));
        trans.set_data_length(8);
        trans.set_streaming_width(8);
        info.owner = this;
        trans.set_extension(static_cast<tandem::mmu_extension *>(&info));
        trans.acquire();
    }
    ~access() override { trans.clear_extension<tandem::mmu_extension>(); }
    void free(tlm::tlm_generic_payload *) override { freed = true; }
    // Whether the initiator alone holds it; it lets go.
    bool returned() {
        const bool alone = trans.get_ref_count() == 1;
        trans.release();
        return alone && freed;
    }
};

class scene : public sc_core::sc_module {
   public:
    tandem::mmu_tlm mmu;
    odd_memory memory;
    tlm_utils::simple_initiator_socket<scene> data;
    tlm_utils::simple_initiator_socket<scene> fetch;
    // How BEGIN_RESP is answered: the return value, and END_RESP after `end`.
    tlm::tlm_sync_enum answer = tlm::TLM_COMPLETED;
    sc_time end = SC_ZERO_TIME;

    scene(sc_core::sc_module_name name, const tandem::mmu_tlm_config &config)
        : sc_core::sc_module(name), mmu("mmu", config), memory("memory"), data("d"), fetch("f") {
        data.register_nb_transport_bw(this, &scene::backward);
        data.bind(mmu.data);
        fetch.bind(mmu.fetch);
        mmu.memory.bind(memory.socket);
    }

    void send(access &each, tlm::tlm_phase phase, sc_time delay = SC_ZERO_TIME) {
        each.presented = sc_time_stamp() + delay;
        data->nb_transport_fw(each.trans, phase, delay);
    }
    tlm::tlm_response_status call(access &each, sc_time *delay) {
        data->b_transport(each.trans, *delay);
        return each.trans.get_response_status();
    }

   private:
    tlm::tlm_sync_enum backward(tlm::tlm_generic_payload &trans, tlm::tlm_phase &phase,
                                sc_time &delay) {
        access *const found =
            static_cast<access::extension *>(trans.get_extension<tandem::mmu_extension>())->owner;
        if (phase == tandem::mmu_killed) found->killed = sc_time_stamp();
        if (phase == tlm::END_REQ) found->accepted = sc_time_stamp();
        if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
        found->answered = sc_time_stamp();
        if (answer == tlm::TLM_UPDATED) phase = tlm::END_RESP;
        if (answer != tlm::TLM_ACCEPTED) delay += end;
        return answer;
    }
};

inline tandem::mmu_tlm_config configuration(bool blocking) {
    tandem::mmu_tlm_config config;
    config.clock_period = kPeriod;
    config.memory_cycles = 8;
    config.blocking = blocking;
    return config;
}

}  // namespace protocol

#endif
