// SPDX-License-Identifier: Apache-2.0
// The TLM component as a partner in the base protocol: annotated phases, memory-managed payloads,
// reset in every phase, targets that wait, refuse or grant odd DMI (docs/systemc.md).
#include <cstring>
#include <string>

#include <tlm_utils/simple_initiator_socket.h>

#include "mmu_tlm.h"
#include "program.h"

using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::sc_time_stamp;
using sc_core::SC_ZERO_TIME;

namespace {

constexpr uint64_t kBase = 0x80000000, kPage = kBase + 0x10000;
constexpr uint64_t kVirtual = 0x1000;  // first of 16 pages, to kPage and so on; neither A nor D
const sc_time kPeriod(10, SC_NS);

unsigned failures = 0;

void check(bool holds, const char *behaviour) {
    std::printf("%s  %s\n", holds ? "ok   " : "WRONG", behaviour);
    failures += !holds;
}

// What SystemC reported last, where it must not end the test.
std::string reported;

void note(const sc_core::sc_report &report, const sc_core::sc_actions &) {
    reported = report.get_msg();
}

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

struct mmu_csr registers() {
    struct mmu_csr csr = {};
    csr.satp = uint64_t(MMU_SATP_MODE_SV39) << 60 | kBase >> MMU_PAGE_BITS;
    csr.priv = MMU_PRIV_U;
    csr.adue = true;
    return csr;
}

// A transaction with a memory manager: `freed` when nobody holds it any more.
struct access : public tlm::tlm_mm_interface {
    tlm::tlm_generic_payload trans;
    tandem::mmu_extension info;
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
        trans.set_extension(&info);
        trans.acquire();
    }
    ~access() override { trans.clear_extension(&info); }
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
        expected_.push_back(&each);
        data->nb_transport_fw(each.trans, phase, delay);
    }
    tlm::tlm_response_status call(access &each, sc_time *delay) {
        data->b_transport(each.trans, *delay);
        return each.trans.get_response_status();
    }

   private:
    tlm::tlm_sync_enum backward(tlm::tlm_generic_payload &trans, tlm::tlm_phase &phase,
                                sc_time &delay) {
        access *found = nullptr;
        for (access *each : expected_)
            if (&each->trans == &trans) found = each;
        if (found == nullptr) return tlm::TLM_ACCEPTED;
        if (phase == tandem::mmu_killed) found->killed = sc_time_stamp();
        if (phase == tlm::END_REQ) found->accepted = sc_time_stamp();
        if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
        found->answered = sc_time_stamp();
        if (answer == tlm::TLM_UPDATED) phase = tlm::END_RESP;
        if (answer != tlm::TLM_ACCEPTED) delay += end;
        return answer;
    }

    std::vector<access *> expected_;
};

tandem::mmu_tlm_config configuration(bool blocking) {
    tandem::mmu_tlm_config config;
    config.clock_period = kPeriod;
    config.memory_cycles = 8;
    config.blocking = blocking;
    return config;
}

// --- phases with a delay
// --------------------------------------------------------------------------

// From the first answer's BEGIN_RESP to the second's, both hits. END_RESP is to come `end` after
// the first: by hand, or as the return value.
sc_time between_answers(scene &s, tlm::tlm_sync_enum answer, const sc_time &end) {
    access first(0), second(0);
    s.answer = answer;
    s.end = end;
    s.send(first, tlm::BEGIN_REQ);
    sc_core::wait(kPeriod);
    s.send(second, tlm::BEGIN_REQ);
    if (answer == tlm::TLM_ACCEPTED) {
        while (first.answered == SC_ZERO_TIME) sc_core::wait(kPeriod / 10);
        sc_core::wait(first.answered + end - sc_time_stamp());
        s.send(first, tlm::END_RESP);
    }
    sc_core::wait(kPeriod * 50);
    if (answer == tlm::TLM_ACCEPTED) s.send(second, tlm::END_RESP);
    sc_core::wait(kPeriod * 50);
    check(first.returned() && second.returned(), "both transactions are given back");
    return second.answered - first.answered;
}

void an_end_of_response_counts_at_its_time(scene &s) {
    access warm(0);
    s.answer = tlm::TLM_COMPLETED;
    s.send(warm, tlm::BEGIN_REQ);
    sc_core::wait(kPeriod * 100);
    check(warm.returned(), "a transaction completed by the return value is given back");
    check(between_answers(s, tlm::TLM_UPDATED, SC_ZERO_TIME) == kPeriod,
          "END_RESP at once: the next response comes in the next cycle");
    // Taken in the fifth cycle behind the first, so that the sixth is the next one's.
    check(between_answers(s, tlm::TLM_ACCEPTED, kPeriod * 5) == kPeriod * 6,
          "END_RESP by hand after 50 ns: the next response after 60 ns");
    check(between_answers(s, tlm::TLM_UPDATED, kPeriod * 5) == kPeriod * 6,
          "END_RESP as the return value with a delay of 50 ns: the same");
    check(between_answers(s, tlm::TLM_COMPLETED, kPeriod * 5) == kPeriod * 6,
          "TLM_COMPLETED with a delay of 50 ns: the same");
}

void a_request_to_come_is_held(scene &s) {
    access later(1);
    s.answer = tlm::TLM_COMPLETED;
    s.end = SC_ZERO_TIME;
    s.send(later, tlm::BEGIN_REQ, kPeriod * 3);
    check(later.trans.get_ref_count() == 2, "BEGIN_REQ with a delay holds the transaction");
    const sc_time due = later.presented + kPeriod / 2;
    sc_core::wait(kPeriod * 100);
    check(later.accepted == due, "and is accepted at its time");
    check(later.returned(), "and gives it back");
}

// --- reset ------------------------------------------------------------------------------------

bool ends_fatally(scene &s, access &each) {
    try {
        s.send(each, tlm::END_RESP);
    } catch (const sc_core::sc_report &) {
        return true;
    }
    return false;
}

void reset_gives_back_what_stands(scene &s) {
    access standing(2), stranger(3);
    s.answer = tlm::TLM_ACCEPTED;
    s.send(standing, tlm::BEGIN_REQ);
    sc_core::wait(kPeriod * 100);
    check(standing.answered != SC_ZERO_TIME && standing.trans.get_ref_count() == 2,
          "a response that stands holds its transaction");
    s.mmu.reset();
    check(standing.trans.get_ref_count() == 1, "reset gives it back");
    check(standing.killed == SC_ZERO_TIME, "and it is not killed: it was answered");
    check(!ends_fatally(s, standing), "its END_RESP may come late");
    check(ends_fatally(s, standing), "but once");
    check(ends_fatally(s, stranger), "and of no other transaction");
    standing.answered = SC_ZERO_TIME;
    s.answer = tlm::TLM_COMPLETED;
    s.send(standing, tlm::BEGIN_REQ);
    sc_core::wait(kPeriod * 100);
    check(standing.answered != SC_ZERO_TIME && standing.returned(),
          "the transaction can be used again");
}

void reset_forgets_what_is_to_come(scene &s) {
    access request(4), response(5);
    s.answer = tlm::TLM_UPDATED;
    s.end = kPeriod * 20;
    s.send(response, tlm::BEGIN_REQ);
    while (response.answered == SC_ZERO_TIME) sc_core::wait(kPeriod);
    s.send(request, tlm::BEGIN_REQ, kPeriod * 10);
    sc_core::wait(kPeriod);
    s.mmu.reset();
    check(request.killed == sc_time_stamp(), "a request to come is killed by reset");
    check(request.trans.get_ref_count() == 1 && response.trans.get_ref_count() == 1,
          "reset gives back what was to come");
    sc_core::wait(kPeriod * 100);
    check(request.accepted == SC_ZERO_TIME, "a request of before is not accepted after reset");
    check(request.returned() && response.returned(), "nothing is held any more");
}

// --- odd targets --------------------------------------------------------------------------------

void updates_fall_back(scene &s) {
    const tlm::tlm_response_status answers[] = {tlm::TLM_COMMAND_ERROR_RESPONSE,
                                                tlm::TLM_INCOMPLETE_RESPONSE, tlm::TLM_OK_RESPONSE};
    unsigned page = 0;
    for (tlm::tlm_response_status unknown : answers) {
        access store(page, MMU_STORE);
        sc_time delay = SC_ZERO_TIME;
        s.memory.unknown = unknown;
        s.call(store, &delay);
        check(!store.info.answer.fault, "a target that does not know the extension is no fault");
        check(s.memory.load(odd_memory::leaf(page)) & MMU_PTE_D, "and gets D all the same");
        ++page;
    }
    access refused(page, MMU_STORE);
    sc_time delay = SC_ZERO_TIME;
    s.memory.unknown = tlm::TLM_ADDRESS_ERROR_RESPONSE;
    s.call(refused, &delay);
    check(refused.info.answer.fault && refused.info.answer.cause == MMU_CAUSE_STORE_ACCESS,
          "another refusal is an access fault");
}

void odd_grants_are_refusals(scene &s, bool elsewhere) {
    access load(7);
    sc_time delay = SC_ZERO_TIME;
    s.memory.dmi = elsewhere ? odd_memory::elsewhere : odd_memory::half;
    s.memory.store(kPage + 7 * MMU_PAGE_BYTES, 0x1122334455667788);
    load.info.translate_only = false;
    check(s.call(load, &delay) == tlm::TLM_OK_RESPONSE && load.value == 0x1122334455667788,
          elsewhere ? "DMI for other bytes is refused" : "DMI for half of the bytes is refused");
    check(load.trans.get_ref_count() == 1, "a call holds nothing when it returns");
}

void only_threads_call_memory(scene &s) {
    access load(8);
    s.answer = tlm::TLM_COMPLETED;
    s.end = SC_ZERO_TIME;
    s.memory.by_methods = false;
    s.send(load, tlm::BEGIN_REQ);
    sc_core::wait(kPeriod * 100);
    check(load.answered != SC_ZERO_TIME && !s.memory.by_methods,
          "memory is never called from a method process");
}

void waiting_is_refused_with_a_sentence(scene &s) {
    access load(9);
    s.memory.waits = true;
    reported.clear();
    sc_core::sc_report_handler::set_handler(note);
    s.send(load, tlm::BEGIN_REQ);
    sc_core::wait(kPeriod * 200);
    sc_core::sc_report_handler::set_handler(nullptr);
    check(reported.find(s.mmu.memory.name()) != std::string::npos &&
              reported.find("docs/systemc.md") != std::string::npos,
          "memory that waits in nb_transport: the sentence names socket and document");
}

// --- several threads
// ------------------------------------------------------------------------------

// Calls that overlap: each for page `number`, begun together.
class callers : public sc_core::sc_module {
   public:
    scene shared;
    static constexpr unsigned kCalls = 3;
    tlm::tlm_response_status status[kCalls] = {};
    struct mmu_answer answer[kCalls] = {};
    uint64_t value[kCalls] = {};
    bool held[kCalls] = {};
    sc_time returned[kCalls];

    callers(sc_core::sc_module_name name, bool blocking)
        : sc_core::sc_module(name),
          shared("shared", configuration(blocking)),
          last_late_(blocking) {
        SC_HAS_PROCESS(callers);
        for (unsigned k = 0; k < kCalls; ++k) {
            shared.memory.store(kPage + k * MMU_PAGE_BYTES, 100 + k);
            sc_core::sc_spawn([this, k]() { run(k); });
        }
    }

   private:
    void run(unsigned k) {
        access load(k);
        sc_time delay = last_late_ && k == kCalls - 1 ? kPeriod * 10 : SC_ZERO_TIME;
        load.info.translate_only = false;
        sc_core::wait(kPeriod * 10);
        status[k] = shared.call(load, &delay);
        returned[k] = sc_time_stamp() + delay;
        answer[k] = load.info.answer;
        value[k] = load.value;
        held[k] = !load.returned();
    }

    const bool last_late_;
};

void calls_through_waiting_memory(const callers &c) {
    for (unsigned k = 0; k < callers::kCalls; ++k) {
        check(c.status[k] == tlm::TLM_OK_RESPONSE && !c.answer[k].fault && c.value[k] == 100 + k,
              "threads that a memory lets wait do not disturb each other");
        // Alone 4(g + L) + 1 cycles and the access; together at most one after the other.
        check(c.returned[k] >= kPeriod * (10 + 37 + 8) &&
                  c.returned[k] <= kPeriod * (10 + 3 * (37 + 8 + 37)),
              "and return in time");
    }
}

void calls_ended_by_reset(const callers &c) {
    static const char *const which[] = {"one that is presented", "one that waits to be presented",
                                        "one that waits for its time"};
    for (unsigned k = 0; k < callers::kCalls; ++k)
        check(c.status[k] == tlm::TLM_GENERIC_ERROR_RESPONSE &&
                  c.returned[k] == kPeriod * 10 + sc_time(1, SC_NS) && !c.held[k],
              (std::string("reset ends a call: ") + which[k]).c_str());
}

class test_bench : public sc_core::sc_module {
   public:
    scene at, half, elsewhere, odd, loud;
    callers waiting, blocked;

    explicit test_bench(sc_core::sc_module_name name)
        : sc_core::sc_module(name),
          at("at", configuration(false)),
          half("half", configuration(false)),
          elsewhere("elsewhere", configuration(false)),
          odd("odd", configuration(false)),
          loud("loud", configuration(false)),
          waiting("waiting", false),
          blocked("blocked", true) {
        waiting.shared.memory.waits = true;
        SC_HAS_PROCESS(test_bench);
        SC_THREAD(run);
    }

   private:
    void run() {
        sc_core::wait(kPeriod * 10 + sc_time(1, SC_NS));
        blocked.shared.mmu.reset();
        sc_core::wait(kPeriod * 1000 - sc_time(1, SC_NS));
        calls_ended_by_reset(blocked);
        calls_through_waiting_memory(waiting);
        an_end_of_response_counts_at_its_time(at);
        a_request_to_come_is_held(at);
        reset_gives_back_what_stands(at);
        reset_forgets_what_is_to_come(at);
        updates_fall_back(odd);
        odd_grants_are_refusals(half, false);
        odd_grants_are_refusals(elsewhere, true);
        only_threads_call_memory(at);
        waiting_is_refused_with_a_sentence(loud);
    }
};

}  // namespace

int sc_main(int, char **) {
    return tandem::run_program("component_protocol_test", []() {
        test_bench bench("bench");
        sc_core::sc_start();
        std::printf("%u wrong\n", failures);
        return failures ? 1 : 0;
    });
}

int main(int argc, char **argv) {
    return tandem::start_systemc(argc, argv);
}
