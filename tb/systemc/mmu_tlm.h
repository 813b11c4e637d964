// SPDX-License-Identifier: Apache-2.0
// The reference model as a TLM-2.0 component: two target sockets for a hart's accesses, an
// initiator socket for memory. docs/systemc.md says how to use it, what it times and what it cannot
// order.
#ifndef TANDEM_MMU_TLM_H
#define TANDEM_MMU_TLM_H

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "mmu_downstream.h"
#include "mmu_payload.h"

extern "C" {
#include "mmu/walk.h"
}

namespace tandem {

struct mmu_tlm_config {
    struct mmu_config mmu = mmu_config_default();
    sc_core::sc_time clock_period = sc_core::sc_time(10, sc_core::SC_NS);
    uint32_t grant_cycles = 1, memory_cycles = 8;  // g and L of every PTE access, at least 1
    // If set: g and L of the ordinal-th PTE access since construction.
    std::function<void(uint64_t ordinal, uint32_t *grant_cycles, uint32_t *memory_cycles)> timing;
    bool blocking = false;  // b_transport waits for its answer, instead of annotating
    bool use_dmi = true;    // ask memory for it
};

class mmu_tlm : public sc_core::sc_module {
   public:
    // 2 x target (a hart's data and fetch accesses), 1 x initiator (memory).
    tlm_utils::simple_target_socket_tagged<mmu_tlm> data, fetch;
    tlm_utils::simple_initiator_socket<mmu_tlm> memory;

    // Fails (SC_REPORT_FATAL) if the configuration is not legal.
    mmu_tlm(sc_core::sc_module_name name, const mmu_tlm_config &config);
    ~mmu_tlm() override;

    // Cycle 0 begins now. Unanswered requests, also those announced with a delay, come back in
    // phase mmu_killed, calls that wait with TLM_GENERIC_ERROR_RESPONSE; END_RESP of an answered
    // one may still come, and is ignored. Not from within a call that the component makes.
    void reset();

    // The hart's registers are `csr` from now + delay on: from that cycle if its middle is still to
    // come, else from the next. An access's own registers hold from its acceptance until the next
    // such change. The prefetcher looks at them in every cycle; accesses without an extension are
    // made with them. In order of time; of one cycle the last counts. The past: at once, and
    // counted in late_starts().
    void set_csr(const struct mmu_csr &csr, const sc_core::sc_time &delay = sc_core::SC_ZERO_TIME);

    // --- loosely timed: `delay` as in b_transport -------------------------------------------
    void fence(const struct mmu_fence &fence, sc_core::sc_time &delay);
    void pmp_write(const struct mmu_pmp_write &write, sc_core::sc_time &delay);
    // Let everything happen that lies before now + delay.
    void synchronise(const sc_core::sc_time &delay);

    // --- approximately timed: inputs of a cycle, before its middle ---------------------------
    void present_fence(const struct mmu_fence &fence);
    void present_pmp_write(const struct mmu_pmp_write &write);
    const sc_core::sc_event &fence_accepted() const { return fence_.accepted; }
    const sc_core::sc_event &pmp_write_accepted() const { return pmp_.accepted; }
    bool fence_waits() const { return fence_.valid; }
    bool pmp_write_waits() const { return pmp_.valid; }
    void kill(enum mmu_port port);
    void poison();
    // Whether fault records are taken as they come (the default). A port with a record accepts
    // nothing.
    void take_faults(bool take);
    // The record that is shown in this cycle; NULL: none.
    const struct mmu_fault *fault() const { return fault_shown_ ? &fault_ : nullptr; }

    // --- look -------------------------------------------------------------------------------
    uint64_t counter(unsigned number) const { return mmu_engine_counter(engine_.get(), number); }
    // The model itself, at the cycle up to which it has been computed.
    const struct mmu_engine *engine() const { return engine_.get(); }
    const mmu_tlm_config &configuration() const { return config_; }
    uint64_t late_starts() const { return late_starts_; }
    uint64_t timing_departures() const { return downstream_.departures(); }

   private:
    using payload = tlm::tlm_generic_payload;

    // A transaction of a port, from BEGIN_REQ on.
    struct flight {
        payload *trans = nullptr;
        sc_core::sc_event *done = nullptr;  // of a b_transport that waits
    };
    struct port_state {
        std::vector<payload *> announced;         // BEGIN_REQ with a delay, still to come
        flight presented;                         // not accepted yet
        std::array<flight, MMU_TAGS> unanswered;  // by tag
        bool stands = false;                      // a response, not taken yet
        payload *standing = nullptr;              // its transaction; NULL: returned already
        bool taken = false;                       // in this cycle
        bool kill = false;
        std::set<const payload *> abandoned;  // END_RESP was to come when reset() came
        sc_core::sc_event accepted;
    };
    template <typename T>
    struct channel {
        T value = {};
        bool valid = false;
        sc_core::sc_event accepted;
    };

    // mmu_tlm.cpp: payloads, registers, the engine's memory
    static bool read_pte(void *user, uint64_t pa, unsigned bytes, uint64_t *value);
    static bool update_pte(void *user, uint64_t pa, unsigned bytes, uint64_t expected,
                           uint64_t desired, uint64_t *old);
    static void draw_timing(void *user, uint64_t ordinal, uint32_t *grant, uint32_t *memory);
    bool usable(payload &trans) const;
    const struct mmu_csr &registers_of(const payload &trans) const;
    const struct mmu_csr &last_csr() const;
    struct mmu_request request_of(unsigned port, const payload &trans, unsigned tag) const;
    void give_answer(payload &trans, unsigned port, const struct mmu_answer &answer) const;
    void make_access(payload &trans, uint64_t pa, bool fault, sc_core::sc_time &delay);
    unsigned int transport_dbg(int port, payload &trans);
    bool get_direct_mem_ptr(int port, payload &trans, tlm::tlm_dmi &dmi);
    void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last);
    uint64_t now() const { return mmu_engine_cycle(engine_.get()); }
    sc_core::sc_time time_of(uint64_t cycle) const { return origin_ + period_ * double(cycle); }
    uint64_t first_cycle(const sc_core::sc_time &time) const;
    void reach(uint64_t cycle);
    void finish(uint64_t cycle);
    uint64_t next_stop() const;

    // mmu_tlm_lt.cpp
    void b_transport(int port, payload &trans, sc_core::sc_time &delay);
    void annotate(unsigned port, payload &trans, sc_core::sc_time &delay);
    void wait_for(unsigned port, payload &trans, sc_core::sc_time &delay);
    bool may_present(unsigned port, const sc_core::sc_time &delay);
    void begin_call(const sc_core::sc_time &start);
    sc_core::sc_time from_now(uint64_t cycle) const;
    struct mmu_answer translate(unsigned port, payload &trans, const sc_core::sc_time &start,
                                sc_core::sc_time *delay);
    uint64_t await_answer(unsigned port);

    // mmu_tlm_at.cpp
    tlm::tlm_sync_enum nb_transport_fw(int port, payload &trans, tlm::tlm_phase &phase,
                                       sc_core::sc_time &delay);
    void begin_request(unsigned port, payload &trans, const sc_core::sc_time &delay);
    void later(unsigned port, payload &trans, const tlm::tlm_phase &phase,
               const sc_core::sc_time &delay);
    void arrive(unsigned port, payload &trans, const tlm::tlm_phase &phase);
    void later_data(payload &trans, const tlm::tlm_phase &phase);
    void later_fetch(payload &trans, const tlm::tlm_phase &phase);
    void act(unsigned port, payload &trans, const tlm::tlm_phase &phase);
    void present(unsigned port, const flight &flight);
    void end_response(unsigned port, payload &trans);
    uint64_t middle_cycle(const sc_core::sc_time &time) const;
    uint64_t input_cycle() const;
    void input();
    void work();
    void step();
    void plan();
    void show(uint64_t cycle);
    void show_response(unsigned port);
    void begin_response(unsigned port, payload &trans, sc_core::sc_time &delay);
    void close(uint64_t cycle);
    void close_takes();
    void close_kill(unsigned port);
    void close_accept(unsigned port);
    void close_channels();
    void look_ahead(uint64_t closed);
    void drop(unsigned port, flight &flight);
    std::vector<flight> abandon(unsigned port);
    bool in_flight() const;
    tlm::tlm_sync_enum backward(unsigned port, payload &trans, tlm::tlm_phase &phase,
                                sc_core::sc_time &delay);

    struct engine_deleter {
        void operator()(struct mmu_engine *engine) const { mmu_engine_destroy(engine); }
    };

    const mmu_tlm_config config_;
    const sc_core::sc_time period_;
    sc_core::sc_time origin_;  // cycle 0 began
    mmu_downstream downstream_;
    std::unique_ptr<struct mmu_engine, engine_deleter> engine_;
    struct mmu_csr registers_ = {};               // as set_csr has them in the open cycle
    std::map<uint64_t, struct mmu_csr> changes_;  // of later cycles, or of the open one
    uint64_t ordinal_base_ = 0, granted_ = 0;     // PTE accesses before the last reset / since it
    uint32_t memory_cycles_ = 0;                  // L of the access that is made next
    uint64_t late_starts_ = 0;

    std::array<port_state, MMU_PORTS> port_;
    channel<struct mmu_fence> fence_;
    channel<struct mmu_pmp_write> pmp_;
    bool poison_ = false, take_faults_ = true, fault_shown_ = false;
    struct mmu_fault fault_ = {};
    uint64_t show_cycle_, close_cycle_;  // what work() is to do next; MMU_NEVER: nothing
    sc_core::sc_event wake_;
    uint64_t resets_ = 0;
    sc_core::sc_event was_reset_;
    sc_core::sc_mutex engine_use_;  // by a process that a memory may let wait
    tlm_utils::peq_with_cb_and_phase<mmu_tlm> later_data_, later_fetch_;
};

}  // namespace tandem

#endif
