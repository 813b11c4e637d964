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

// --- registers between accesses -----------------------------------------------------------------

// Pages for one walk each: level 0, A set, the next page not there.
constexpr uint64_t kAlone = 0x8000, kAloneStep = 0x2000;
constexpr unsigned kAlonePages = 8;

void map_lonely_pages(scene &s) {
    for (unsigned k = 0; k < kAlonePages; ++k)
        s.memory.content.store(kLast + 8 * ((kAlone + k * kAloneStep) >> 12), 8,
                               pte(kPage, MMU_PTE_R | MMU_PTE_U | MMU_PTE_A));
}

// Walk a page, make `csr` the registers `after` cycles behind its answer, and return how many
// prefetch walks there were.
uint64_t prefetches_of(scene &s, unsigned page, const struct mmu_csr &csr, unsigned after,
                       sc_time *delay) {
    tandem::mmu_extension info;
    uint64_t value = 0;
    const uint64_t before = s.mmu.counter(MMU_COUNT_PREFETCHES);
    info.translate_only = true;
    s.access(MMU_PORT_DATA, MMU_LOAD, kAlone + page * kAloneStep, delay, &info, &value);
    s.mmu.set_csr(csr, *delay + kPeriod * after);
    *delay += kPeriod * 200;
    s.mmu.synchronise(*delay);
    return s.mmu.counter(MMU_COUNT_PREFETCHES) - before;
}

// "Prefetch": the walk completes in c, its answer comes in c+1; the register is compared with the
// second level in c+2, and is a candidate in that cycle, if its satp is current.
void a_prefetch_needs_a_current_satp(scene &s) {
    sc_time delay = SC_ZERO_TIME;
    struct mmu_csr other = registers(), machine = registers();
    other.satp += UINT64_C(1) << 44;  // the next ASID
    machine.priv = MMU_PRIV_M;
    map_lonely_pages(s);
    check(prefetches_of(s, 0, registers(), 0, &delay) == 1, "registers that stay: one prefetch");
    check(prefetches_of(s, 1, other, 0, &delay) == 0, "another ASID in the answer's cycle: none");
    check(prefetches_of(s, 2, other, 1, &delay) == 0, "another ASID a cycle later: none");
    check(prefetches_of(s, 3, other, 2, &delay) == 1,
          "another ASID two cycles later: the prefetch has begun");
    check(prefetches_of(s, 4, machine, 1, &delay) == 0, "machine mode a cycle later: none");
    machine.mprv = true;
    check(prefetches_of(s, 5, machine, 1, &delay) == 1, "machine mode with MPRV to U: one");
    check(s.mmu.late_starts() == 0, "registers written ahead of time are not late");
    s.mmu.set_csr(other, delay - kPeriod * 2);
    check(s.mmu.late_starts() == 1, "registers written for a cycle that has passed are counted");
}

// What an access without an extension is made with.
bool translates_bare(scene &s, sc_time *delay) {
    unsigned char bytes[8] = {};
    tlm::tlm_generic_payload trans;
    trans.set_command(tlm::TLM_READ_COMMAND);
    trans.set_address(kBase + 8);
    trans.set_data_ptr(bytes);
    trans.set_data_length(8);
    trans.set_streaming_width(8);
    s.data->b_transport(trans, *delay);
    return trans.is_response_ok();
}

void accesses_without_extension_take_the_registers_of_their_time(scene &s) {
    struct mmu_csr bare = {};
    bare.priv = MMU_PRIV_M;
    sc_time delay = kPeriod * 5000;
    s.mmu.set_csr(registers(), delay);
    s.mmu.set_csr(bare, delay + kPeriod * 500);
    check(!translates_bare(s, &delay), "before the change: a page that is not mapped");
    delay = kPeriod * 5500;
    check(translates_bare(s, &delay), "from the change's cycle on: no translation");
    s.mmu.set_csr(registers(), delay);
    s.mmu.set_csr(bare, delay);
    check(translates_bare(s, &delay), "of two changes in a cycle the last counts");
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

// The same from SystemC's time: the change is announced before the access, for a cycle behind its
// answer, or made in that cycle.
class switching : public sc_core::sc_module {
   public:
    scene one;
    uint64_t prefetches[6] = {};

    explicit switching(sc_core::sc_module_name name)
        : sc_core::sc_module(name), one("one", with_prefetch(true), kPeriod * 8) {
        map_lonely_pages(one);
        SC_HAS_PROCESS(switching);
        SC_THREAD(run);
    }

    static tandem::mmu_tlm_config with_prefetch(bool blocking) {
        tandem::mmu_tlm_config config = configuration(8, 1, blocking);
        config.mmu.l2.entries = 16;
        config.mmu.prefetch = true;
        return config;
    }

   private:
    // Three reads: 3(1 + 8) + 1 cycles, and one of the second level's lookup.
    static constexpr unsigned kWalk = 29;

    void run() {
        struct mmu_csr other = registers();
        other.satp += UINT64_C(1) << 44;
        for (unsigned page = 0; page < 6; ++page) {
            const unsigned after = page % 3;
            const uint64_t before = one.mmu.counter(MMU_COUNT_PREFETCHES);
            tandem::mmu_extension info;
            uint64_t value = 0;
            sc_time delay = SC_ZERO_TIME;
            info.translate_only = true;
            if (page < 3) one.mmu.set_csr(other, kPeriod * (kWalk + after));
            one.access(MMU_PORT_DATA, MMU_LOAD, kAlone + page * kAloneStep, &delay, &info, &value);
            check(info.response_cycle - info.accept_cycle == kWalk, "a walk behind a second level");
            if (page >= 3) {
                sc_core::wait(kPeriod * after);
                one.mmu.set_csr(other);
            }
            sc_core::wait(kPeriod * 200);
            one.mmu.synchronise(SC_ZERO_TIME);
            prefetches[page] = one.mmu.counter(MMU_COUNT_PREFETCHES) - before;
        }
    }
};

class test_bench : public sc_core::sc_module {
   public:
    scene lt, prefetching;
    overlap at;
    switching switched;

    explicit test_bench(sc_core::sc_module_name name)
        : sc_core::sc_module(name),
          lt("lt", configuration(8, 1, false), kPeriod * 8),
          prefetching("prefetching", switching::with_prefetch(false), kPeriod * 8),
          at("at"),
          switched("switched") {
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
        accesses_without_extension_take_the_registers_of_their_time(lt);
        a_prefetch_needs_a_current_satp(prefetching);
        sc_core::wait(kPeriod * 100);
        check(at.cycles[MMU_PORT_DATA] == 7 && at.cycles[MMU_PORT_FETCH] == 8,
              "b_transport that waits: overlapping walks of two threads take 7 and 8 cycles");
        check(at.done[MMU_PORT_DATA] == kPeriod * 17 && at.done[MMU_PORT_FETCH] == kPeriod * 18,
              "b_transport that waits returns when the answer comes");
        sc_core::wait(kPeriod * 2000);
        const uint64_t *const seen = switched.prefetches;
        check(seen[0] == 0 && seen[1] == 0 && seen[2] == 1,
              "registers announced for the answer's cycle, one, two later: none, none, a prefetch");
        check(seen[3] == 0 && seen[4] == 0 && seen[5] == 1,
              "registers written in that cycle: the same");
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
