// SPDX-License-Identifier: Apache-2.0
#include "mmu_downstream.h"

#include <cstring>
#include <sstream>
#include <string>

namespace tandem {

using sc_core::sc_time;
using sc_core::sc_time_stamp;
using sc_core::SC_ZERO_TIME;

mmu_downstream::mmu_downstream(tlm::tlm_initiator_socket<> &socket, const sc_time &period,
                               bool use_dmi)
    : socket_(socket), period_(period), use_dmi_(use_dmi) {}

// --- direct memory ------------------------------------------------------------------------

static bool covers(const tlm::tlm_dmi &region, uint64_t pa, unsigned bytes) {
    const uint64_t last = pa + (bytes - 1);
    return last >= pa && region.get_start_address() <= pa && region.get_end_address() >= last;
}

// Where the bytes are, or NULL: memory grants no such access.
unsigned char *mmu_downstream::direct(uint64_t pa, unsigned bytes, bool write, sc_time *latency) {
    if (!use_dmi_) return nullptr;
    for (const tlm::tlm_dmi &region : refused_)
        if (covers(region, pa, bytes)) return nullptr;
    for (const tlm::tlm_dmi &region : regions_) {
        if (!covers(region, pa, bytes)) continue;
        if (!(write ? region.is_write_allowed() : region.is_read_allowed())) return nullptr;
        if (latency) *latency = write ? region.get_write_latency() : region.get_read_latency();
        return region.get_dmi_ptr() + (pa - region.get_start_address());
    }
    tlm::tlm_dmi region;
    tlm::tlm_generic_payload trans;
    trans.set_address(pa);
    trans.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    const bool granted = socket_->get_direct_mem_ptr(trans, region) && region.get_dmi_ptr();
    // An answer about other bytes is none: neither kept nor asked of again in this access.
    if (!covers(region, pa, bytes)) return nullptr;
    (granted ? regions_ : refused_).push_back(region);
    return granted ? direct(pa, bytes, write, latency) : nullptr;
}

void mmu_downstream::invalidate(uint64_t first, uint64_t last) {
    for (std::vector<tlm::tlm_dmi> *list : {&regions_, &refused_}) {
        for (size_t k = list->size(); k-- > 0;) {
            const tlm::tlm_dmi &region = (*list)[k];
            if (region.get_start_address() <= last && region.get_end_address() >= first)
                list->erase(list->begin() + static_cast<std::ptrdiff_t>(k));
        }
    }
}

// --- PTEs ---------------------------------------------------------------------------------

void mmu_downstream::prepare(tlm::tlm_command command, uint64_t pa, unsigned char *data,
                             unsigned bytes) {
    trans_.set_command(command);
    trans_.set_address(pa);
    trans_.set_data_ptr(data);
    trans_.set_data_length(bytes);
    trans_.set_streaming_width(bytes);
    trans_.set_byte_enable_ptr(nullptr);
    trans_.set_dmi_allowed(false);
    trans_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

void mmu_downstream::depart(const sc_time &expected, const sc_time &annotated) {
    if (departures_++ != 0) return;
    std::ostringstream text;
    text << "memory annotates " << annotated << " to a PTE access, the configuration says "
         << expected << ": delays are the configuration's";
    SC_REPORT_WARNING("/tandem/mmu_tlm/timing", text.str().c_str());
}

void mmu_downstream::call(tlm::tlm_generic_payload &trans, sc_time &delay) {
    const sc_dt::uint64 before = sc_core::sc_delta_count();
    socket_->b_transport(trans, delay);
    if (may_wait_ || before == sc_core::sc_delta_count()) return;
    const std::string text =
        std::string("the target bound to ") + socket_.name() +
        " waits in b_transport: it may with b_transport that annotates alone, not with "
        "nb_transport or `blocking` (docs/systemc.md, Memory)";
    SC_REPORT_FATAL("/tandem/mmu_tlm/style", text.c_str());
}

// The unit may be ahead of SystemC's time, or, in the background, behind it.
bool mmu_downstream::transport(const sc_time &grant, uint32_t cycles) {
    const sc_time now = sc_time_stamp();
    const sc_time offset = grant > now ? grant - now : SC_ZERO_TIME;
    const sc_time expected = period_ * cycles;
    sc_time delay = offset;
    call(trans_, delay);
    if (sc_time_stamp() + delay != now + offset + expected)
        depart(expected, sc_time_stamp() + delay - now - offset);
    return trans_.is_response_ok();
}

bool mmu_downstream::read(uint64_t pa, unsigned bytes, const sc_time &grant, uint32_t cycles,
                          uint64_t *value) {
    uint64_t data = 0;  // little-endian host: 4 bytes are zero-extended
    const unsigned char *memory = direct(pa, bytes, false, nullptr);
    if (memory != nullptr) {
        std::memcpy(&data, memory, bytes);
        *value = data;
        return true;
    }
    prepare(tlm::TLM_READ_COMMAND, pa, reinterpret_cast<unsigned char *>(&data), bytes);
    if (!transport(grant, cycles)) return false;
    *value = data;
    return true;
}

static uint64_t low_bytes(uint64_t value, unsigned bytes) {
    return bytes == 4 ? value & UINT32_MAX : value;
}

// Whether the target may be one that does not know the extension: it ignored the command, refused
// it, or left it alone.
bool mmu_downstream::unknown() const {
    const tlm::tlm_response_status status = trans_.get_response_status();
    return !update_.done &&
           (status == tlm::TLM_OK_RESPONSE || status == tlm::TLM_COMMAND_ERROR_RESPONSE ||
            status == tlm::TLM_INCOMPLETE_RESPONSE);
}

// The target does not know the extension: one after the other, in one evaluation. The time is
// counted once.
bool mmu_downstream::update_unknown(uint64_t pa, unsigned bytes, const sc_time &grant,
                                    uint32_t cycles) {
    if (!read(pa, bytes, grant, cycles, &update_.old)) return false;
    if (update_.old != low_bytes(update_.expected, bytes)) return true;
    uint64_t data = update_.desired;
    prepare(tlm::TLM_WRITE_COMMAND, pa, reinterpret_cast<unsigned char *>(&data), bytes);
    return transport(grant, cycles);
}

bool mmu_downstream::update(uint64_t pa, unsigned bytes, uint64_t expected, uint64_t desired,
                            const sc_time &grant, uint32_t cycles, uint64_t *old) {
    unsigned char *memory = direct(pa, bytes, true, nullptr);
    if (memory != nullptr) {
        uint64_t value = 0;
        std::memcpy(&value, memory, bytes);
        *old = value;
        if (value == low_bytes(expected, bytes)) std::memcpy(memory, &desired, bytes);
        return true;
    }
    uint64_t data = desired;
    update_.expected = expected;
    update_.desired = desired;
    update_.done = false;
    prepare(tlm::TLM_IGNORE_COMMAND, pa, reinterpret_cast<unsigned char *>(&data), bytes);
    trans_.set_extension(&update_);
    const sc_time now = sc_time_stamp();
    sc_time delay = grant > now ? grant - now : SC_ZERO_TIME;
    const sc_time begin = now + delay;
    call(trans_, delay);
    trans_.clear_extension(&update_);
    bool exists = trans_.is_response_ok();
    if (unknown())
        exists = update_unknown(pa, bytes, grant, cycles);
    else if (sc_time_stamp() + delay != begin + period_ * cycles)
        depart(period_ * cycles, sc_time_stamp() + delay - begin);
    *old = update_.old;
    return exists;
}

bool mmu_downstream::peek(uint64_t pa, unsigned bytes, uint64_t *value) {
    uint64_t data = 0;
    tlm::tlm_generic_payload trans;  // trans_ may be on its way
    trans.set_command(tlm::TLM_READ_COMMAND);
    trans.set_address(pa);
    trans.set_data_ptr(reinterpret_cast<unsigned char *>(&data));
    trans.set_data_length(bytes);
    if (socket_->transport_dbg(trans) != bytes) return false;
    *value = data;
    return true;
}

// --- accesses -----------------------------------------------------------------------------

void mmu_downstream::forward(tlm::tlm_generic_payload &trans, uint64_t pa, sc_time &delay) {
    const bool write = trans.is_write();
    const unsigned bytes = trans.get_data_length();
    sc_time latency;
    unsigned char *memory = trans.get_command() == tlm::TLM_IGNORE_COMMAND
                                ? nullptr
                                : direct(pa, bytes, write, &latency);
    if (memory != nullptr) {
        std::memcpy(write ? memory : trans.get_data_ptr(), write ? trans.get_data_ptr() : memory,
                    bytes);
        delay += latency;
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
        return;
    }
    const uint64_t va = trans.get_address();
    trans.set_address(pa);
    call(trans, delay);
    trans.set_address(va);
    trans.set_dmi_allowed(false);  // of physical addresses: not the initiator's
}

}  // namespace tandem
