// SPDX-License-Identifier: Apache-2.0
// Construction, payloads, the engine's memory, debugging.
#include "mmu_tlm.h"

#include <mutex>

namespace tandem {

using sc_core::sc_time;
using sc_core::sc_time_stamp;

mmu_tlm::mmu_tlm(sc_core::sc_module_name name, const mmu_tlm_config &config)
    : sc_core::sc_module(name),
      data("data"),
      fetch("fetch"),
      memory("memory"),
      config_(config),
      period_(config.clock_period),
      origin_(sc_core::SC_ZERO_TIME),
      downstream_(memory, config.clock_period, config.use_dmi),
      show_cycle_(MMU_NEVER),
      close_cycle_(MMU_NEVER),
      engine_use_("engine_use"),
      later_data_(this, &mmu_tlm::later_data),
      later_fetch_(this, &mmu_tlm::later_fetch) {
    const char *sentence = mmu_config_check(&config_.mmu);
    if (sentence == nullptr && (config_.grant_cycles < 1 || config_.memory_cycles < 1))
        sentence = "grant_cycles and memory_cycles must be at least 1";
    if (sentence == nullptr && (period_.value() < 2 || period_.value() % 2 != 0))
        sentence = "the clock period must be an even number of time steps";
    if (sentence != nullptr) SC_REPORT_FATAL("/tandem/mmu_tlm/configuration", sentence);
    const struct mmu_bus bus = {{this, read_pte, update_pte, nullptr, 0, 0}, draw_timing};
    engine_.reset(mmu_engine_create(&config_.mmu, &bus));
    if (!engine_) SC_REPORT_FATAL("/tandem/mmu_tlm/configuration", "out of memory");

    tlm_utils::simple_target_socket_tagged<mmu_tlm> *const sockets[] = {&data, &fetch};
    for (int port = 0; port < int(MMU_PORTS); ++port) {
        sockets[port]->register_b_transport(this, &mmu_tlm::b_transport, port);
        sockets[port]->register_nb_transport_fw(this, &mmu_tlm::nb_transport_fw, port);
        sockets[port]->register_transport_dbg(this, &mmu_tlm::transport_dbg, port);
        sockets[port]->register_get_direct_mem_ptr(this, &mmu_tlm::get_direct_mem_ptr, port);
    }
    memory.register_invalidate_direct_mem_ptr(this, &mmu_tlm::invalidate_direct_mem_ptr);
    SC_HAS_PROCESS(mmu_tlm);
    SC_THREAD(work);  // no method: it calls b_transport
    sensitive << wake_;
    dont_initialize();
}

mmu_tlm::~mmu_tlm() = default;

// Leaves the port as after construction. Returns what was unanswered; an answered transaction is
// its initiator's.
std::vector<mmu_tlm::flight> mmu_tlm::abandon(unsigned port) {
    port_state &state = port_[port];
    std::vector<flight> unanswered;
    for (payload *trans : state.announced) unanswered.push_back(flight{trans, nullptr});
    unanswered.push_back(state.presented);
    for (flight &each : state.unanswered) {
        unanswered.push_back(each);
        each = {};
    }
    if (state.standing != nullptr) {
        state.abandoned.insert(state.standing);
        if (state.standing->has_mm()) state.standing->release();
    }
    state.announced.clear();
    state.presented = {};
    state.standing = nullptr;
    state.stands = state.taken = state.kill = false;
    return unanswered;
}

void mmu_tlm::reset() {
    if (!downstream_.may_wait())
        SC_REPORT_FATAL("/tandem/mmu_tlm/style", "reset() within a call that the component makes");
    const std::lock_guard<sc_core::sc_mutex> use(engine_use_);
    std::array<std::vector<flight>, MMU_PORTS> unanswered;
    later_data_.cancel_all();
    later_fetch_.cancel_all();
    for (unsigned port = 0; port < MMU_PORTS; ++port) unanswered[port] = abandon(port);
    fence_.valid = pmp_.valid = poison_ = fault_shown_ = false;
    mmu_engine_reset(engine_.get());
    // The hart's registers outlive the unit's reset.
    const struct mmu_csr last = last_csr();
    changes_.clear();
    changes_[0] = last;
    ordinal_base_ += granted_;
    granted_ = 0;
    origin_ = sc_time_stamp();
    show_cycle_ = close_cycle_ = MMU_NEVER;
    input();
    // Nothing of before is left: the initiators may begin anew from within their calls.
    ++resets_;
    was_reset_.notify();
    for (unsigned port = 0; port < MMU_PORTS; ++port)
        for (flight &each : unanswered[port]) drop(port, each);
}

void mmu_tlm::set_csr(const struct mmu_csr &csr, const sc_time &delay) {
    uint64_t cycle = middle_cycle(sc_time_stamp() + delay);
    if (cycle < now()) {
        ++late_starts_;
        cycle = now();
    }
    changes_[cycle] = csr;
    // Kept until the engine gets there; what is awaited may then come at another time.
    if (in_flight() && cycle < close_cycle_) {
        close_cycle_ = cycle;
        plan();
    }
}

// --- the engine's memory --------------------------------------------------------------------

bool mmu_tlm::read_pte(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    mmu_tlm *const mmu = static_cast<mmu_tlm *>(user);
    mmu->granted_++;
    return mmu->downstream_.read(pa, bytes, mmu->time_of(mmu->now()), mmu->memory_cycles_, value);
}

bool mmu_tlm::update_pte(void *user, uint64_t pa, unsigned bytes, uint64_t expected,
                         uint64_t desired, uint64_t *old) {
    mmu_tlm *const mmu = static_cast<mmu_tlm *>(user);
    mmu->granted_++;
    return mmu->downstream_.update(pa, bytes, expected, desired, mmu->time_of(mmu->now()),
                                   mmu->memory_cycles_, old);
}

// One request is on the wires at a time, so the L drawn last is that of the next access made.
void mmu_tlm::draw_timing(void *user, uint64_t ordinal, uint32_t *grant, uint32_t *memory) {
    mmu_tlm *const mmu = static_cast<mmu_tlm *>(user);
    *grant = mmu->config_.grant_cycles;
    *memory = mmu->config_.memory_cycles;
    if (mmu->config_.timing) mmu->config_.timing(mmu->ordinal_base_ + ordinal, grant, memory);
    mmu->memory_cycles_ = *memory;
}

// --- time -----------------------------------------------------------------------------------

uint64_t mmu_tlm::first_cycle(const sc_time &time) const {
    if (time <= origin_) return 0;
    return ((time - origin_).value() + period_.value() - 1) / period_.value();
}

// Close all cycles before this one, each with its registers; then this one has its own. While
// memory lets a call wait, earlier changes may come.
void mmu_tlm::reach(uint64_t cycle) {
    while (!changes_.empty() && changes_.begin()->first <= cycle) {
        const uint64_t from = changes_.begin()->first;
        if (now() < from) {
            mmu_engine_advance(engine_.get(), from - 1);
            continue;
        }
        registers_ = changes_.begin()->second;
        mmu_engine_set_csr(engine_.get(), &registers_);
        changes_.erase(changes_.begin());
    }
    if (now() < cycle) mmu_engine_advance(engine_.get(), cycle - 1);
}

// Close this one as well.
void mmu_tlm::finish(uint64_t cycle) {
    reach(cycle);
    mmu_engine_advance(engine_.get(), cycle);
}

// The cycle that may be closed at once without passing anything that can be seen: the engine does
// not know of changes to come.
uint64_t mmu_tlm::next_stop() const {
    const uint64_t event = mmu_engine_next_event(engine_.get());
    const uint64_t change = changes_.empty() ? MMU_NEVER : changes_.begin()->first;
    if (event == MMU_NEVER) return change;
    return change < event - 1 ? change : event - 1;
}

// --- payloads -------------------------------------------------------------------------------

// Whether the unit can make the access; the response says why not.
bool mmu_tlm::usable(payload &trans) const {
    const unsigned bytes = trans.get_data_length();
    const mmu_extension *const info = trans.get_extension<mmu_extension>();
    const bool size = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
    trans.set_dmi_allowed(false);
    if (trans.get_byte_enable_ptr() != nullptr) {
        trans.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
        return false;
    }
    if (!size || trans.get_address() % bytes != 0 || trans.get_streaming_width() < bytes) {
        trans.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
        return false;
    }
    if (trans.get_command() == tlm::TLM_IGNORE_COMMAND && info == nullptr) {
        trans.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
        return false;
    }
    return true;
}

// What set_csr said last, whenever it is to hold.
const struct mmu_csr &mmu_tlm::last_csr() const {
    return changes_.empty() ? registers_ : changes_.rbegin()->second;
}

const struct mmu_csr &mmu_tlm::registers_of(const payload &trans) const {
    const mmu_extension *const info = trans.get_extension<mmu_extension>();
    return info != nullptr ? info->csr : registers_;
}

struct mmu_request mmu_tlm::request_of(unsigned port, const payload &trans, unsigned tag) const {
    const mmu_extension *const info = trans.get_extension<mmu_extension>();
    struct mmu_request request = {};
    request.va = trans.get_address();
    request.access = uint8_t(trans.is_write() ? MMU_STORE : MMU_LOAD);
    if (info != nullptr && info->access != MMU_FETCH) request.access = info->access;
    if (port == MMU_PORT_FETCH) request.access = MMU_FETCH;
    request.size = uint8_t(__builtin_ctz(trans.get_data_length()));
    request.tag = uint8_t(tag);
    return request;
}

// In the first cycle of the answer.
void mmu_tlm::give_answer(payload &trans, unsigned port, const struct mmu_answer &answer) const {
    trans.set_response_status(answer.fault ? tlm::TLM_ADDRESS_ERROR_RESPONSE
                                           : tlm::TLM_OK_RESPONSE);
    mmu_extension *const info = trans.get_extension<mmu_extension>();
    if (info == nullptr) return;
    const struct mmu_history *const history =
        mmu_engine_history(engine_.get(), static_cast<enum mmu_port>(port), answer.tag);
    info->answer = answer;
    info->tval = answer.fault ? history->request.va : 0;
    info->accept_cycle = history->accept_cycle;
    info->response_cycle = now();
    info->terms = history->terms;
}

void mmu_tlm::make_access(payload &trans, uint64_t pa, bool fault, sc_time &delay) {
    const mmu_extension *const info = trans.get_extension<mmu_extension>();
    if (!fault && (info == nullptr || !info->translate_only)) downstream_.forward(trans, pa, delay);
}

// --- debugging, DMI --------------------------------------------------------------------------

namespace {

// Memory for a walk that leaves no trace: an update of A and D succeeds and is not made.
bool debug_read(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    return static_cast<mmu_downstream *>(user)->peek(pa, bytes, value);
}

bool debug_update(void *, uint64_t, unsigned, uint64_t expected, uint64_t, uint64_t *old) {
    *old = expected;
    return true;
}

}  // namespace

unsigned int mmu_tlm::transport_dbg(int port, payload &trans) {
    const uint64_t va = trans.get_address();
    const unsigned length = trans.get_data_length();
    // What lies in another page may lie anywhere: as much as the page holds.
    const unsigned in_page = MMU_PAGE_BYTES - unsigned(va % MMU_PAGE_BYTES);
    const struct mmu_memory memory_view = {&downstream_, debug_read, debug_update, nullptr, 0, 0};
    const mmu_extension *const info = trans.get_extension<mmu_extension>();
    const struct mmu_context context =
        mmu_context_capture(&config_.mmu.arch, info != nullptr ? &info->csr : &last_csr(),
                            static_cast<enum mmu_port>(port));
    struct mmu_request request = {};
    request.va = va;
    request.access = uint8_t(port == MMU_PORT_FETCH ? MMU_FETCH : MMU_LOAD);
    const struct mmu_answer answer =
        mmu_walk(&config_.mmu.arch, &context, mmu_engine_pmp(engine_.get()), &memory_view, &request,
                 nullptr);
    if (answer.fault) return 0;
    trans.set_address(answer.pa);
    if (length > in_page) trans.set_data_length(in_page);
    const unsigned bytes = memory->transport_dbg(trans);
    trans.set_data_length(length);
    trans.set_address(va);
    return bytes;
}

// By virtual address: a fence ends a translation, and each access is to be timed.
bool mmu_tlm::get_direct_mem_ptr(int, payload &, tlm::tlm_dmi &dmi) {
    dmi.init();
    return false;
}

void mmu_tlm::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
    downstream_.invalidate(first, last);
}

}  // namespace tandem
