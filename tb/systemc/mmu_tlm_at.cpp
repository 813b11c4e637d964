// SPDX-License-Identifier: Apache-2.0
// Approximately timed: the base protocol's phases are the valid/ready transfers of the ports.
//
//   cycle c begins             its middle                       cycle c + 1 begins
//   | show(c): BEGIN_RESP      | close(c): END_RESP, END_REQ,   |
//   | inputs come: BEGIN_REQ   |   kills, fences are acts; the  |
//   | END_RESP, fences, ...    |   engine makes its accesses    |
//
// Cycles in which nothing happens are skipped: the engine says which.
#include "mmu_tlm.h"

#include <algorithm>
#include <mutex>

namespace tandem {

using sc_core::sc_time;
using sc_core::sc_time_stamp;
using sc_core::SC_ZERO_TIME;

static enum mmu_port side(unsigned port) {
    return static_cast<enum mmu_port>(port);
}

// --- forward --------------------------------------------------------------------------------

tlm::tlm_sync_enum mmu_tlm::nb_transport_fw(int port, payload &trans, tlm::tlm_phase &phase,
                                            sc_time &delay) {
    if (phase == tlm::BEGIN_REQ && !usable(trans)) return tlm::TLM_COMPLETED;
    if (phase == tlm::BEGIN_REQ)
        begin_request(unsigned(port), trans, delay);
    else if (delay != SC_ZERO_TIME)
        later(unsigned(port), trans, phase, delay);
    else
        act(unsigned(port), trans, phase);
    return phase == tlm::END_RESP ? tlm::TLM_COMPLETED : tlm::TLM_ACCEPTED;
}

// The transaction is held from here until its response is taken or it is dropped.
void mmu_tlm::begin_request(unsigned port, payload &trans, const sc_time &delay) {
    if (trans.has_mm()) trans.acquire();
    if (!port_[port].abandoned.empty()) port_[port].abandoned.erase(&trans);
    if (delay == SC_ZERO_TIME) {
        act(port, trans, tlm::BEGIN_REQ);
        return;
    }
    port_[port].announced.push_back(&trans);
    later(port, trans, tlm::BEGIN_REQ, delay);
}

void mmu_tlm::later(unsigned port, payload &trans, const tlm::tlm_phase &phase,
                    const sc_time &delay) {
    (port == MMU_PORT_DATA ? later_data_ : later_fetch_).notify(trans, phase, delay);
}

void mmu_tlm::arrive(unsigned port, payload &trans, const tlm::tlm_phase &phase) {
    std::vector<payload *> &announced = port_[port].announced;
    if (phase == tlm::BEGIN_REQ)
        announced.erase(std::find(announced.begin(), announced.end(), &trans));
    act(port, trans, phase);
}

void mmu_tlm::later_data(payload &trans, const tlm::tlm_phase &phase) {
    arrive(MMU_PORT_DATA, trans, phase);
}

void mmu_tlm::later_fetch(payload &trans, const tlm::tlm_phase &phase) {
    arrive(MMU_PORT_FETCH, trans, phase);
}

// Phases that are not the base protocol's may be ignored.
void mmu_tlm::act(unsigned port, payload &trans, const tlm::tlm_phase &phase) {
    if (phase == tlm::BEGIN_REQ)
        present(port, flight{&trans, nullptr});
    else if (phase == tlm::END_RESP)
        end_response(port, trans);
}

void mmu_tlm::present(unsigned port, const flight &flight) {
    if (port_[port].presented.trans != nullptr)
        SC_REPORT_FATAL("/tandem/mmu_tlm/protocol", "BEGIN_REQ before END_REQ of the last one");
    port_[port].presented = flight;
    input();
}

// Of a response that stood when reset() came: late, and nothing is left to be taken.
void mmu_tlm::end_response(unsigned port, payload &trans) {
    port_state &state = port_[port];
    if (state.standing == &trans) {
        state.taken = true;
        input();
    } else if (state.abandoned.erase(&trans) == 0) {
        SC_REPORT_FATAL("/tandem/mmu_tlm/protocol", "END_RESP without a response");
    }
}

tlm::tlm_sync_enum mmu_tlm::backward(unsigned port, payload &trans, tlm::tlm_phase &phase,
                                     sc_time &delay) {
    return (port == MMU_PORT_DATA ? data : fetch)->nb_transport_bw(trans, phase, delay);
}

// --- other inputs -----------------------------------------------------------------------------

void mmu_tlm::present_fence(const struct mmu_fence &fence) {
    fence_.value = fence;
    fence_.valid = true;
    input();
}

void mmu_tlm::present_pmp_write(const struct mmu_pmp_write &write) {
    pmp_.value = write;
    pmp_.valid = true;
    input();
}

void mmu_tlm::kill(enum mmu_port port) {
    port_[port].kill = true;
    input();
}

void mmu_tlm::poison() {
    poison_ = true;
    input();
}

void mmu_tlm::take_faults(bool take) {
    take_faults_ = take;
    if (take && fault_shown_) input();
}

// --- when to work -----------------------------------------------------------------------------

bool mmu_tlm::in_flight() const {
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        const port_state &state = port_[port];
        if (state.presented.trans != nullptr || state.stands) return true;
        for (const flight &unanswered : state.unanswered)
            if (unanswered.trans != nullptr) return true;
    }
    return false;
}

// The first cycle whose middle is still to come at that time.
uint64_t mmu_tlm::middle_cycle(const sc_time &time) const {
    if (time <= origin_) return 0;
    const uint64_t since = (time - origin_).value(), period = period_.value();
    return since / period + (since % period >= period / 2 ? 1 : 0);
}

uint64_t mmu_tlm::input_cycle() const {
    const uint64_t cycle = middle_cycle(sc_time_stamp());
    return cycle < now() ? now() : cycle;
}

void mmu_tlm::input() {
    const uint64_t cycle = input_cycle();
    if (cycle < close_cycle_) close_cycle_ = cycle;
    plan();
}

// Wake when the first of both is due.
void mmu_tlm::plan() {
    wake_.cancel();
    if (show_cycle_ == MMU_NEVER && close_cycle_ == MMU_NEVER) return;
    const bool show_first = show_cycle_ <= close_cycle_;
    const sc_time due = show_first ? time_of(show_cycle_) : time_of(close_cycle_) + period_ / 2;
    wake_.notify(due > sc_time_stamp() ? due - sc_time_stamp() : SC_ZERO_TIME);
}

// One at a time with the calls of the other style. What this process does has its place in a cycle:
// memory must not let time pass in it.
void mmu_tlm::work() {
    for (;; wait()) {
        const std::lock_guard<sc_core::sc_mutex> use(engine_use_);
        downstream_.set_may_wait(false);
        step();
        downstream_.set_may_wait(true);
    }
}

void mmu_tlm::step() {
    const sc_time present_time = sc_time_stamp();
    if (show_cycle_ != MMU_NEVER && time_of(show_cycle_) <= present_time) {
        const uint64_t cycle = show_cycle_;
        show_cycle_ = MMU_NEVER;
        show(cycle);
    } else if (close_cycle_ != MMU_NEVER && time_of(close_cycle_) + period_ / 2 <= present_time) {
        const uint64_t cycle = close_cycle_;
        close_cycle_ = MMU_NEVER;
        if (cycle >= now()) close(cycle);
    }
    plan();
}

// After a cycle was closed: the next one in which something shows or can be done.
void mmu_tlm::look_ahead(uint64_t closed) {
    bool shows = mmu_engine_fault(engine_.get()) != nullptr && !fault_shown_, waits = false;
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        const bool response = mmu_engine_response(engine_.get(), side(port)) != nullptr;
        shows = shows || (response && !port_[port].stands);
        waits = waits || port_[port].presented.trans != nullptr;
    }
    waits = waits || fence_.valid || pmp_.valid || (take_faults_ && fault_shown_);
    if (shows) show_cycle_ = closed + 1;
    uint64_t next = closed + 1;
    if (!shows && !waits) {
        next = next_stop();
    }
    if (next < close_cycle_) close_cycle_ = next;
}

// --- the begin of a cycle -----------------------------------------------------------------------

void mmu_tlm::show(uint64_t cycle) {
    reach(cycle);
    const struct mmu_fault *const fault = mmu_engine_fault(engine_.get());
    fault_shown_ = fault != nullptr;
    if (fault_shown_) fault_ = *fault;
    for (unsigned port = 0; port < MMU_PORTS; ++port) show_response(port);
    if (cycle < close_cycle_) close_cycle_ = cycle;
}

void mmu_tlm::show_response(unsigned port) {
    port_state &state = port_[port];
    const struct mmu_answer *const shown = mmu_engine_response(engine_.get(), side(port));
    if (shown == nullptr || state.stands) return;
    const struct mmu_answer answer = *shown;
    flight &flight = state.unanswered[answer.tag];
    payload &trans = *flight.trans;
    sc_core::sc_event *const done = flight.done;
    flight = {};
    state.stands = true;
    give_answer(trans, port, answer);
    sc_time delay = SC_ZERO_TIME;
    make_access(trans, answer.pa, answer.fault, delay);
    if (done != nullptr) {  // the call returns: the transaction is its caller's again
        state.taken = true;
        if (trans.has_mm()) trans.release();
        done->notify(delay);
        return;
    }
    begin_response(port, trans, delay);
}

// END_RESP may be the answer, with the time from now on at which it is to count.
void mmu_tlm::begin_response(unsigned port, payload &trans, sc_time &delay) {
    port_[port].standing = &trans;
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    const tlm::tlm_sync_enum status = backward(port, trans, phase, delay);
    if (status != tlm::TLM_COMPLETED && (status != tlm::TLM_UPDATED || phase != tlm::END_RESP))
        return;
    if (delay != SC_ZERO_TIME)
        later(port, trans, tlm::END_RESP, delay);
    else
        port_[port].taken = true;
}

// --- the middle of a cycle -----------------------------------------------------------------------

void mmu_tlm::close(uint64_t cycle) {
    reach(cycle);
    close_takes();
    for (unsigned port = 0; port < MMU_PORTS; ++port) {
        if (port_[port].kill) close_kill(port);
        close_accept(port);
    }
    close_channels();
    mmu_engine_advance(engine_.get(), cycle);
    for (port_state &state : port_) {
        if (!state.taken) continue;
        payload *const trans = state.standing;
        state.taken = state.stands = false;
        state.standing = nullptr;
        if (trans != nullptr && trans->has_mm()) trans->release();
    }
    look_ahead(cycle);
}

void mmu_tlm::close_takes() {
    for (unsigned port = 0; port < MMU_PORTS; ++port)
        if (port_[port].taken) mmu_engine_take_response(engine_.get(), side(port));
    if (!take_faults_ || !fault_shown_) return;
    mmu_engine_take_fault(engine_.get());
    fault_shown_ = false;
}

void mmu_tlm::drop(unsigned port, flight &flight) {
    if (flight.trans == nullptr) return;
    payload &trans = *flight.trans;
    sc_core::sc_event *const done = flight.done;
    flight = {};
    trans.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    sc_time delay = SC_ZERO_TIME;
    tlm::tlm_phase phase = mmu_killed;
    if (done != nullptr)
        done->notify();
    else
        backward(port, trans, phase, delay);
    if (trans.has_mm()) trans.release();
}

void mmu_tlm::close_kill(unsigned port) {
    port_[port].kill = false;
    mmu_engine_kill(engine_.get(), side(port));
    // All that have no response yet, in a walk slot or not.
    for (flight &unanswered : port_[port].unanswered) drop(port, unanswered);
}

void mmu_tlm::close_accept(unsigned port) {
    port_state &state = port_[port];
    if (state.presented.trans == nullptr) return;
    if (!mmu_engine_ready(engine_.get(), side(port), state.taken)) return;
    unsigned tag = 0;
    while (tag < MMU_TAGS && state.unanswered[tag].trans != nullptr) ++tag;
    if (tag == MMU_TAGS) return;
    payload &trans = *state.presented.trans;
    const bool waits = state.presented.done != nullptr;
    const struct mmu_request request = request_of(port, trans, tag);
    mmu_engine_accept(engine_.get(), side(port), &request, &registers_of(trans));
    state.unanswered[tag] = state.presented;
    state.presented = {};
    state.accepted.notify();
    if (waits) return;
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_time delay = SC_ZERO_TIME;
    backward(port, trans, phase, delay);
}

void mmu_tlm::close_channels() {
    struct mmu_engine *const engine = engine_.get();
    if (fence_.valid && mmu_engine_fence_ready(engine)) {
        mmu_engine_fence(engine, &fence_.value);
        fence_.valid = false;
        fence_.accepted.notify();
    }
    if (pmp_.valid && mmu_engine_pmp_ready(engine)) {
        mmu_engine_pmp_write(engine, &pmp_.value);
        pmp_.valid = false;
        pmp_.accepted.notify();
    }
    if (poison_) mmu_engine_poison(engine);
    poison_ = false;
}

}  // namespace tandem
