// SPDX-License-Identifier: Apache-2.0
#include "at_side.h"

#include "lockstep.h"

namespace tandem {

using sc_core::sc_time;
using sc_core::SC_ZERO_TIME;

at_side::at_side(sc_core::sc_module_name name, mmu_tlm &mmu)
    : sc_core::sc_module(name), data("data"), fetch("fetch"), mmu_(mmu) {
    data.register_nb_transport_bw(this, &at_side::nb_transport_bw, int(MMU_PORT_DATA));
    fetch.register_nb_transport_bw(this, &at_side::nb_transport_bw, int(MMU_PORT_FETCH));
    data.bind(mmu.data);
    fetch.bind(mmu.fetch);
    for (port_state &port : port_) {
        for (access &each : port.pool) {
            each.info.translate_only = true;
            each.trans.set_extension(&each.info);
        }
    }
}

// A transaction would free its extension.
at_side::~at_side() {
    for (port_state &port : port_)
        for (access &each : port.pool) each.trans.clear_extension(&each.info);
}

void at_side::reset() {
    mmu_.reset();
    for (port_state &port : port_) {
        // The component has let go of all of them.
        for (access &each : port.pool) {
            sc_assert(each.trans.get_ref_count() == (each.busy ? 1 : 0));
            if (each.busy) each.trans.release();
        }
        port.presented = port.standing = port.shown = port.taken = nullptr;
        port.accepted = false;
    }
    pin = pins();
    pin.csr_changed = true;
    fence_presented_ = pmp_presented_ = fault_shown_ = false;
    mmu_.take_faults(false);
}

// --- backward ----------------------------------------------------------------------------------

tlm::tlm_sync_enum at_side::nb_transport_bw(int number, tlm::tlm_generic_payload &trans,
                                            tlm::tlm_phase &phase, sc_time &) {
    port_state &port = port_[unsigned(number)];
    access *found = nullptr;
    for (access &each : port.pool)
        if (&each.trans == &trans) found = &each;
    if (phase == tlm::END_REQ) {
        port.presented = nullptr;
        port.accepted = true;
    } else if (phase == tlm::BEGIN_RESP) {
        port.standing = found;
    } else {  // killed
        if (port.presented == found) port.presented = nullptr;
        trans.release();
    }
    return tlm::TLM_ACCEPTED;
}

// --- forward -----------------------------------------------------------------------------------

void at_side::begin_request(unsigned number) {
    port_state &port = port_[number];
    const struct mmu_request &request = pin.request[number];
    access *free = nullptr;
    for (access &each : port.pool)
        if (!each.busy) free = &each;
    sc_assert(free != nullptr);
    free->busy = true;
    free->trans.acquire();
    free->request = request;
    free->info.access = request.access;
    tlm::tlm_generic_payload &trans = free->trans;
    trans.set_command(tlm::TLM_IGNORE_COMMAND);
    trans.set_address(request.va);
    trans.set_data_length(1u << request.size);
    trans.set_streaming_width(1u << request.size);
    trans.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    free->info.csr = pin.csr;
    port.presented = free;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_time delay = SC_ZERO_TIME;
    (number == MMU_PORT_DATA ? data : fetch)->nb_transport_fw(trans, phase, delay);
}

void at_side::drive_port(unsigned number) {
    port_state &port = port_[number];
    if (port.taken != nullptr) port.taken->trans.release();
    port.taken = nullptr;
    port.accepted = false;
    port.shown = port.standing;
    if (port.standing != nullptr && ((pin.take >> number) & 1)) {
        tlm::tlm_phase phase = tlm::END_RESP;
        sc_time delay = SC_ZERO_TIME;
        (number == MMU_PORT_DATA ? data : fetch)
            ->nb_transport_fw(port.standing->trans, phase, delay);
        port.taken = port.standing;
        port.standing = nullptr;
    }
    if ((pin.kill >> number) & 1) mmu_.kill(static_cast<enum mmu_port>(number));
    if (port.presented != nullptr)
        port.presented->info.csr = pin.csr;  // of the cycle in which it is accepted
    else if (pin.request_valid[number])
        begin_request(number);
}

void at_side::drive_channels() {
    mmu_.take_faults((pin.take & DUT_TAKE_FAULT) != 0);
    if (pin.fence_valid && !fence_presented_) mmu_.present_fence(pin.fence);
    if (pin.pmp_valid && !pmp_presented_) mmu_.present_pmp_write(pin.pmp_write);
    fence_presented_ = pin.fence_valid;
    pmp_presented_ = pin.pmp_valid;
    if (pin.poison) mmu_.poison();
}

void at_side::drive() {
    const struct mmu_fault *const fault = mmu_.fault();
    fault_shown_ = fault != nullptr;
    if (fault_shown_) fault_ = *fault;
    if (pin.csr_changed && !omit_csr) mmu_.set_csr(pin.csr);
    pin.csr_changed = false;
    for (unsigned port = 0; port < MMU_PORTS; ++port) drive_port(port);
    drive_channels();
}

// --- compare -----------------------------------------------------------------------------------

static const char *yes_or_no(bool value) {
    return value ? "yes" : "no";
}

bool at_side::differ(const char *check, const char *signal, unsigned port, bool expected,
                     bool observed, disagreement *what) {
    ++comparisons_;
    if (expected == observed) return false;
    what->check = check;
    what->signal = signal;
    what->expected = yes_or_no(expected);
    what->observed = yes_or_no(observed);
    name_request(port, what);
    return true;
}

// Which request it is about: the one whose answer stands, or the one that is presented.
void at_side::name_request(unsigned port, disagreement *what) const {
    const access *about = port_[port].shown != nullptr ? port_[port].shown : port_[port].presented;
    what->port = port;
    if (about == nullptr) return;
    what->has_request = true;
    what->request = about->request;
    what->csr = about->info.csr;
    what->has_terms = port_[port].shown != nullptr;
    what->terms = about->info.terms;
}

bool at_side::compare_port(unsigned number, unsigned sample, const struct dut_ops *ops,
                           struct dut *rtl, disagreement *what) {
    static const char *const valid[] = {"d_rsp_valid / BEGIN_RESP", "f_rsp_valid / BEGIN_RESP"};
    static const char *const ready[] = {"d_req_ready / END_REQ", "f_req_ready / END_REQ"};
    const port_state &port = port_[number];
    const bool response = (sample >> number & DUT_RESPONSE_DATA) != 0;
    if (differ("latency", valid[number], number, port.shown != nullptr, response, what))
        return false;
    if (response) {
        struct mmu_answer observed;
        ops->response(rtl, static_cast<enum mmu_port>(number), &observed);
        ++comparisons_;
        if (!same_answer(port.shown->info.answer, observed, what)) {
            name_request(number, what);
            return false;
        }
        if (differ("tag", "rsp_tag", number, true, observed.tag == port.shown->request.tag, what))
            return false;
    }
    const bool accepted = pin.request_valid[number] && (sample >> number & DUT_READY_DATA) != 0;
    return !differ("ready", ready[number], number, port.accepted, accepted, what);
}

bool at_side::compare_fault(unsigned sample, const struct dut_ops *ops, struct dut *rtl,
                            disagreement *what) {
    if (differ("fault_record", "fault_valid", fault_.port, fault_shown_, (sample & DUT_FAULT) != 0,
               what))
        return false;
    if (!fault_shown_) return true;
    struct mmu_fault seen;
    ops->fault(rtl, &seen);
    const bool same = seen.tval == fault_.tval && seen.asid == fault_.asid &&
                      seen.port == fault_.port && seen.access == fault_.access &&
                      seen.cause == fault_.cause;
    return !differ("fault_record", "as predicted", fault_.port, true, same, what);
}

bool at_side::compare_channels(unsigned sample, disagreement *what) {
    const bool fence = pin.fence_valid && !mmu_.fence_waits();
    const bool pmp = pin.pmp_valid && !mmu_.pmp_write_waits();
    if (fence) fence_presented_ = false;
    if (pmp) pmp_presented_ = false;
    return !differ("fence", "fence_ready", 0, fence,
                   pin.fence_valid && (sample & DUT_READY_FENCE) != 0, what) &&
           !differ("ready", "pmp_ready", 0, pmp, pin.pmp_valid && (sample & DUT_READY_PMP) != 0,
                   what);
}

bool at_side::compare(unsigned sample, const struct dut_ops *ops, struct dut *rtl,
                      disagreement *what) {
    bool agreed = true;
    for (unsigned port = 0; port < MMU_PORTS && agreed; ++port)
        agreed = compare_port(port, sample, ops, rtl, what);
    agreed = agreed && compare_fault(sample, ops, rtl, what) && compare_channels(sample, what);
    if (!agreed) {
        what->found = true;
        what->cycle = cycle_;
    }
    ++cycle_;
    return agreed;
}

}  // namespace tandem
