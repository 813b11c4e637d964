// SPDX-License-Identifier: Apache-2.0
// Loosely timed: the engine is advanced to the answer at once, and the time it says is annotated.
#include "mmu_tlm.h"

#include <mutex>

namespace tandem {

using sc_core::sc_time;
using sc_core::sc_time_stamp;
using sc_core::SC_ZERO_TIME;

void mmu_tlm::b_transport(int port, payload &trans, sc_time &delay) {
    if (!usable(trans)) return;
    if (config_.blocking)
        wait_for(unsigned(port), trans, delay);
    else
        annotate(unsigned(port), trans, delay);
}

// Bring the engine to the first cycle of a call for `start`, or count that it is beyond. The engine
// is the call's: memory may let it wait, and others come meanwhile.
void mmu_tlm::begin_call(const sc_time &start) {
    if (in_flight())
        SC_REPORT_FATAL("/tandem/mmu_tlm/style",
                        "b_transport annotates while requests of nb_transport are unanswered");
    const uint64_t wanted = first_cycle(start);
    if (wanted < now()) ++late_starts_;
    reach(wanted < now() ? now() : wanted);
}

// Returns the answer's first cycle, which is the open one.
uint64_t mmu_tlm::await_answer(unsigned port) {
    struct mmu_engine *const engine = engine_.get();
    finish(now());
    while (mmu_engine_response(engine, static_cast<enum mmu_port>(port)) == nullptr)
        finish(next_stop());
    return now();
}

// Memory that waits may have used up what would be annotated.
sc_time mmu_tlm::from_now(uint64_t cycle) const {
    const sc_time due = time_of(cycle), present = sc_time_stamp();
    return due > present ? due - present : SC_ZERO_TIME;
}

void mmu_tlm::annotate(unsigned port, payload &trans, sc_time &delay) {
    const struct mmu_answer answer = translate(port, trans, sc_time_stamp() + delay, &delay);
    make_access(trans, answer.pa, answer.fault, delay);
}

struct mmu_answer mmu_tlm::translate(unsigned port, payload &trans, const sc_time &start,
                                     sc_time *delay) {
    const std::lock_guard<sc_core::sc_mutex> use(engine_use_);
    struct mmu_engine *const engine = engine_.get();
    const enum mmu_port side = static_cast<enum mmu_port>(port);
    const struct mmu_request request = request_of(port, trans, 0);
    begin_call(start);
    mmu_engine_set_csr(engine, &registers_of(trans));
    while (!mmu_engine_ready(engine, side, true)) finish(now());
    mmu_engine_accept(engine, side, &request, &registers_of(trans));
    const uint64_t answered = await_answer(port);
    const struct mmu_answer answer = *mmu_engine_response(engine, side);
    give_answer(trans, port, answer);
    // The open cycle is not closed: the next access may be made in it.
    mmu_engine_take_response(engine, side);
    if (mmu_engine_fault(engine) != nullptr) mmu_engine_take_fault(engine);
    *delay = from_now(answered);
    return answer;
}

void mmu_tlm::fence(const struct mmu_fence &fence, sc_time &delay) {
    const sc_time start = sc_time_stamp() + delay;
    const std::lock_guard<sc_core::sc_mutex> use(engine_use_);
    begin_call(start);
    while (!mmu_engine_fence_ready(engine_.get())) finish(now());
    mmu_engine_fence(engine_.get(), &fence);
    finish(now());
    delay = from_now(now());
}

void mmu_tlm::pmp_write(const struct mmu_pmp_write &write, sc_time &delay) {
    const sc_time start = sc_time_stamp() + delay;
    const std::lock_guard<sc_core::sc_mutex> use(engine_use_);
    begin_call(start);
    while (!mmu_engine_pmp_ready(engine_.get())) finish(now());
    mmu_engine_pmp_write(engine_.get(), &write);
    finish(now());
    delay = from_now(now());
}

void mmu_tlm::synchronise(const sc_time &delay) {
    const sc_time start = sc_time_stamp() + delay;
    const std::lock_guard<sc_core::sc_mutex> use(engine_use_);
    if (in_flight()) return;  // time does it
    reach(first_cycle(start));
}

// False: reset() came first.
bool mmu_tlm::may_present(unsigned port, const sc_time &delay) {
    const uint64_t before = resets_;
    sc_core::wait(delay, was_reset_);
    while (before == resets_ && port_[port].presented.trans != nullptr)
        sc_core::wait(port_[port].accepted | was_reset_);
    return before == resets_;
}

// Through the machinery of the other style: order is SystemC's.
void mmu_tlm::wait_for(unsigned port, payload &trans, sc_time &delay) {
    sc_core::sc_event done;
    const bool presented = may_present(port, delay);
    delay = SC_ZERO_TIME;
    if (!presented) {
        trans.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return;
    }
    if (trans.has_mm()) trans.acquire();
    present(port, flight{&trans, &done});
    sc_core::wait(done);
}

}  // namespace tandem
