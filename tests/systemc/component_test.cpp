// SPDX-License-Identifier: Apache-2.0
// The TLM component by itself: what docs/systemc.md promises to a platform. Latencies are those of
// docs/microarchitecture.md: n(g + L) + 1 alone, and its drawing of two walks in flight.
#include <cstring>

#include <tlm_utils/simple_initiator_socket.h>

#include "mmu_memory.h"
#include "mmu_tlm.h"
#include "program.h"

using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::SC_ZERO_TIME;

namespace {

constexpr uint64_t kBase = 0x80000000, kRoot = kBase, kMiddle = kBase + 0x1000;
constexpr uint64_t kLast = kBase + 0x2000, kPage = kBase + 0x10000;
constexpr uint64_t kSmall = 0x1000, kLarge = 0x200000, kAbsent = 0x5000;  // virtual addresses
const sc_time kPeriod(10, SC_NS);

unsigned failures = 0;

void check(bool holds, const char *behaviour) {
    std::printf("%s  %s\n", holds ? "ok   " : "WRONG", behaviour);
    failures += !holds;
}

uint64_t pte(uint64_t pa, uint64_t bits) {
    return pa >> MMU_PAGE_BITS << MMU_PTE_PPN_SHIFT | bits | MMU_PTE_V;
}

// A memory that knows nothing of ours.
class plain_memory : public sc_core::sc_module {
   public:
    tlm_utils::simple_target_socket<plain_memory> socket;
    tandem::mmu_memory content;
    sc_time delay;
    unsigned accesses = 0;

    plain_memory(sc_core::sc_module_name name, const sc_time &each)
        : sc_core::sc_module(name),
          socket("socket"),
          content("content", kBase, 1u << 20, each),
          delay(each) {
        socket.register_b_transport(this, &plain_memory::b_transport);
        socket.register_transport_dbg(this, &plain_memory::transport_dbg);
    }

   private:
    unsigned int transport_dbg(tlm::tlm_generic_payload &trans) {
        uint64_t value = 0;
        if (!content.load(trans.get_address(), trans.get_data_length(), &value)) return 0;
        std::memcpy(trans.get_data_ptr(), &value, trans.get_data_length());
        return trans.get_data_length();
    }
    void b_transport(tlm::tlm_generic_payload &trans, sc_time &time) {
        uint64_t value = 0;
        const unsigned bytes = trans.get_data_length();
        bool done = content.load(trans.get_address(), bytes, &value);
        if (trans.is_read()) std::memcpy(trans.get_data_ptr(), &value, bytes);
        if (trans.is_write()) {
            std::memcpy(&value, trans.get_data_ptr(), bytes);
            done = content.store(trans.get_address(), bytes, value);
        }
        ++accesses;
        time += delay;
        trans.set_response_status(done ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
};

struct mmu_csr registers() {
    struct mmu_csr csr = {};
    csr.satp = uint64_t(MMU_SATP_MODE_SV39) << 60 | kRoot >> MMU_PAGE_BITS;
    csr.priv = MMU_PRIV_U;
    csr.adue = true;
    return csr;
}

tandem::mmu_tlm_config configuration(uint32_t memory_cycles, unsigned walks, bool blocking) {
    tandem::mmu_tlm_config config;
    config.clock_period = kPeriod;
    config.memory_cycles = memory_cycles;
    config.mmu.walks = walks;
    config.blocking = blocking;
    return config;
}

class scene : public sc_core::sc_module {
   public:
    tandem::mmu_tlm mmu;
    plain_memory memory;
    tlm_utils::simple_initiator_socket_tagged<scene> data, fetch;

    scene(sc_core::sc_module_name name, const tandem::mmu_tlm_config &config,
          const sc_time &memory_delay)
        : sc_core::sc_module(name),
          mmu("mmu", config),
          memory("memory", memory_delay),
          data("data"),
          fetch("fetch") {
        mmu.memory.bind(memory.socket);
        data.bind(mmu.data);
        fetch.bind(mmu.fetch);
        memory.content.store(kRoot, 8, pte(kMiddle, 0));
        memory.content.store(kMiddle, 8, pte(kLast, 0));
        memory.content.store(kLast + 8 * (kSmall >> 12), 8,
                             pte(kPage, MMU_PTE_R | MMU_PTE_W | MMU_PTE_X | MMU_PTE_U));
        memory.content.store(kMiddle + 8 * (kLarge >> 21), 8,
                             pte(kBase, MMU_PTE_R | MMU_PTE_X | MMU_PTE_U | MMU_PTE_A));
    }

    // One access of 8 bytes; the delay is counted from the time that it is given.
    tlm::tlm_response_status access(unsigned port, uint8_t kind, uint64_t va, sc_time *delay,
                                    tandem::mmu_extension *info, uint64_t *value,
                                    unsigned bytes = 8, unsigned char *enables = nullptr) {
        tlm::tlm_generic_payload trans;
        info->csr = registers();
        info->access = kind;
        trans.set_command(kind == MMU_STORE ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
        trans.set_address(va);
        trans.set_data_ptr(reinterpret_cast<unsigned char *>(value));
        trans.set_data_length(bytes);
        trans.set_streaming_width(bytes);
        trans.set_byte_enable_ptr(enables);
        trans.set_extension(info);
        (port == MMU_PORT_DATA ? data : fetch)->b_transport(trans, *delay);
        trans.clear_extension(info);
        return trans.get_response_status();
    }
};

// --- loosely timed ---------------------------------------------------------------------------

void walks_and_hits_take_the_contracts_cycles(scene &s) {
    tandem::mmu_extension info;
    uint64_t value = 0;
    sc_time delay = SC_ZERO_TIME;
    s.memory.content.store(kPage + 8, 8, 0x1234);
    const auto status = s.access(MMU_PORT_DATA, MMU_LOAD, kSmall + 8, &delay, &info, &value);
    // Three PTEs read and A written: 4(1 + 8) + 1; then the access itself, 8.
    check(status == tlm::TLM_OK_RESPONSE && value == 0x1234, "a load brings the translated word");
    check(info.response_cycle - info.accept_cycle == 37,
          "a walk with an update takes 4(g + L) + 1");
    check(delay == kPeriod * (37 + 8), "the annotated delay is the unit's and the memory's");
    check(info.answer.pa == kPage + 8 && info.answer.source == MMU_SOURCE_WALK, "its outcome");
    uint64_t word = 0;
    s.memory.content.load(kLast + 8 * (kSmall >> 12), 8, &word);
    check((word & MMU_PTE_A) && !(word & MMU_PTE_D),
          "a memory without compare_and_write gets A all the same");
    const uint64_t before = delay.value();
    info.translate_only = true;
    s.access(MMU_PORT_DATA, MMU_LOAD, kSmall, &delay, &info, &value);
    check(delay.value() - before == kPeriod.value() && info.answer.source == MMU_SOURCE_TLB,
          "a hit takes one cycle, and translate_only makes no access");
}

void faults_tell_cause_and_address(scene &s) {
    tandem::mmu_extension info;
    uint64_t value = 0;
    sc_time delay = SC_ZERO_TIME;
    const auto status = s.access(MMU_PORT_DATA, MMU_STORE, kAbsent, &delay, &info, &value);
    check(status == tlm::TLM_ADDRESS_ERROR_RESPONSE && info.answer.fault &&
              info.answer.cause == MMU_CAUSE_STORE_PAGE && info.tval == kAbsent,
          "a page fault is an address error with cause and address");
}

void unusable_accesses_are_refused(scene &s) {
    tandem::mmu_extension info;
    uint64_t value = 0;
    unsigned char enables[8] = {0xFF};
    sc_time delay = SC_ZERO_TIME;
    check(s.access(MMU_PORT_DATA, MMU_LOAD, kSmall + 1, &delay, &info, &value) ==
              tlm::TLM_BURST_ERROR_RESPONSE,
          "a misaligned access is a burst error");
    check(s.access(MMU_PORT_DATA, MMU_LOAD, kSmall, &delay, &info, &value, 3) ==
              tlm::TLM_BURST_ERROR_RESPONSE,
          "an access of 3 bytes is a burst error");
    check(s.access(MMU_PORT_DATA, MMU_LOAD, kSmall, &delay, &info, &value, 8, enables) ==
              tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE,
          "byte enables are refused");
    check(delay == SC_ZERO_TIME, "what is refused takes no time");
}

void calls_out_of_order_are_counted(scene &s) {
    tandem::mmu_extension info;
    uint64_t value = 0;
    sc_time late = kPeriod * 1000, early = kPeriod * 990;
    const uint64_t before = s.mmu.late_starts();
    s.access(MMU_PORT_DATA, MMU_LOAD, kSmall, &late, &info, &value);
    s.access(MMU_PORT_FETCH, MMU_FETCH, kSmall, &early, &info, &value);
    check(s.mmu.late_starts() == before + 1, "a call for a time that has passed is counted");
}

void debugging_leaves_no_trace(scene &s) {
    uint64_t value = 0;
    tlm::tlm_generic_payload trans;
    tandem::mmu_extension info;
    const uint64_t requests = s.mmu.counter(MMU_COUNT_REQUESTS);
    info.csr = registers();
    s.memory.content.store(kBase + 16, 8, 77);
    trans.set_command(tlm::TLM_READ_COMMAND);
    trans.set_address(kLarge + 16);
    trans.set_data_ptr(reinterpret_cast<unsigned char *>(&value));
    trans.set_data_length(8);
    trans.set_extension(&info);
    const unsigned bytes = s.data->transport_dbg(trans);
    check(bytes == 8 && value == 77, "transport_dbg reads by virtual address");
    trans.set_address(kAbsent);
    check(s.data->transport_dbg(trans) == 0, "transport_dbg of a page that is not there: 0 bytes");
    trans.clear_extension(&info);
    check(s.mmu.counter(MMU_COUNT_REQUESTS) == requests, "transport_dbg is no request");
    tlm::tlm_dmi dmi;
    check(!s.data->get_direct_mem_ptr(trans, dmi), "DMI by virtual address is refused");
}

void other_delays_are_counted(scene &s) {
    tandem::mmu_extension info;
    uint64_t value = 0;
    sc_time delay = SC_ZERO_TIME;
    info.translate_only = true;
    s.memory.delay = kPeriod * 9;
    sc_core::sc_report_handler::set_actions("/tandem/mmu_tlm/timing", sc_core::SC_DO_NOTHING);
    check(s.mmu.timing_departures() == 0, "a memory with the configured delay departs never");
    s.access(MMU_PORT_FETCH, MMU_FETCH, kLarge, &delay, &info, &value);
    check(s.mmu.timing_departures() > 0, "a memory with another delay is noticed");
}

// --- two threads -------------------------------------------------------------------------------

// Both ports at once, Walks = 2, g = 1, L = 2, a two-level page: 7 and 8 cycles.
class overlap : public sc_core::sc_module {
   public:
    scene both;
    uint64_t cycles[MMU_PORTS] = {};
    sc_time done[MMU_PORTS];

    explicit overlap(sc_core::sc_module_name name)
        : sc_core::sc_module(name), both("both", configuration(2, 2, true), kPeriod * 2) {
        SC_HAS_PROCESS(overlap);
        SC_THREAD(data);
        SC_THREAD(fetch);
    }

   private:
    void data() { access(MMU_PORT_DATA, MMU_LOAD); }
    void fetch() { access(MMU_PORT_FETCH, MMU_FETCH); }
    void access(unsigned port, uint8_t kind) {
        tandem::mmu_extension info;
        uint64_t value = 0;
        sc_time delay = kPeriod * 10;
        info.translate_only = true;
        // Different pages, so that neither waits for the other's walk.
        both.access(port, kind, kLarge + port * kLarge, &delay, &info, &value);
        cycles[port] = info.response_cycle - info.accept_cycle;
        done[port] = sc_core::sc_time_stamp() + delay;
    }
};

class test_bench : public sc_core::sc_module {
   public:
    scene lt;
    overlap at;

    explicit test_bench(sc_core::sc_module_name name)
        : sc_core::sc_module(name), lt("lt", configuration(8, 1, false), kPeriod * 8), at("at") {
        at.both.memory.content.store(kMiddle + 8 * (2 * kLarge >> 21), 8,
                                     pte(kBase, MMU_PTE_R | MMU_PTE_X | MMU_PTE_U | MMU_PTE_A));
        SC_HAS_PROCESS(test_bench);
        SC_THREAD(run);
    }

   private:
    void run() {
        walks_and_hits_take_the_contracts_cycles(lt);
        faults_tell_cause_and_address(lt);
        unusable_accesses_are_refused(lt);
        debugging_leaves_no_trace(lt);
        calls_out_of_order_are_counted(lt);
        other_delays_are_counted(lt);
        sc_core::wait(kPeriod * 100);
        check(at.cycles[MMU_PORT_DATA] == 7 && at.cycles[MMU_PORT_FETCH] == 8,
              "b_transport that waits: overlapping walks of two threads take 7 and 8 cycles");
        check(at.done[MMU_PORT_DATA] == kPeriod * 17 && at.done[MMU_PORT_FETCH] == kPeriod * 18,
              "b_transport that waits returns when the answer comes");
    }
};

}  // namespace

int sc_main(int, char **) {
    return tandem::run_program("component_test", []() {
        test_bench bench("bench");
        sc_core::sc_start();
        std::printf("%u wrong\n", failures);
        return failures ? 1 : 0;
    });
}

int main(int argc, char **argv) {
    return tandem::start_systemc(argc, argv);
}
