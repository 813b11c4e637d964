// SPDX-License-Identifier: Apache-2.0
// The TLM component as a partner in the base protocol: annotated phases, memory-managed payloads,
// reset in every phase, targets that wait, refuse or grant odd DMI (docs/systemc.md).
#include <string>

#include "program.h"
#include "protocol_scene.h"

namespace protocol {
namespace {

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
}  // namespace protocol

int sc_main(int, char **) {
    return tandem::run_program("component_protocol_test", []() {
        protocol::test_bench bench("bench");
        sc_core::sc_start();
        std::printf("%u wrong\n", protocol::failures);
        return protocol::failures ? 1 : 0;
    });
}

int main(int argc, char **argv) {
    return tandem::start_systemc(argc, argv);
}
