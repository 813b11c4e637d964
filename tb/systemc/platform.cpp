// SPDX-License-Identifier: Apache-2.0
// A small virtual platform: a hart, the TLM MMU, a memory and an operating system that pages on
// demand. The hart walks several times over more pages than there are page frames; each word is
// checked against what was stored last.
//
//   hart (quantum keeper) --data, fetch--> tandem::mmu_tlm --memory--> tandem::mmu_memory
//     |  page fault                                                          ^
//     +--> system: frame, swap, PTE, fence ------------- transport_dbg -------+
#include <cinttypes>
#include <cstring>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/tlm_quantumkeeper.h>

#include "mmu_memory.h"
#include "mmu_tlm.h"
#include "program.h"

namespace tandem {
namespace {

using sc_core::sc_time;

constexpr uint64_t kBase = 0x80000000;
constexpr unsigned kPages = 48, kFrames = 16, kRounds = 4, kWords = 64;  // words used of a page
constexpr uint64_t kVirtual = 0x10000000, kCode = 0x400000;
// Physical memory: tables, then the program's code, then the frames.
constexpr uint64_t kTables = kBase, kCodePage = kBase + 16 * 4096, kFrameBase = kBase + 32 * 4096;

// The fault handler: first in, first out. What it does to memory takes no time; trap and handler
// take a fixed one.
class paging_system {
   public:
    paging_system(mmu_tlm &mmu, mmu_memory &memory) : mmu_(mmu), memory_(memory) {
        frame_.resize(kFrames);
        swap_.resize(kPages);
        map(kCode, kCodePage, MMU_PTE_X);
    }

    // The program's.
    struct mmu_csr registers() const {
        struct mmu_csr csr = {};
        csr.satp = uint64_t(MMU_SATP_MODE_SV39) << 60 | kTables >> MMU_PAGE_BITS;
        csr.priv = MMU_PRIV_U;
        csr.adue = true;
        return csr;
    }

    // Serve a page fault in machine mode; false: it is none of ours.
    bool serve(uint64_t va, unsigned cause, sc_time &delay);

    uint64_t faults() const { return faults_; }
    uint64_t write_backs() const { return write_backs_; }

   private:
    struct frame {
        bool used = false;
        uint64_t va = 0;
    };

    uint64_t pa_of(unsigned number) const { return kFrameBase + number * MMU_PAGE_BYTES; }
    uint64_t entry(uint64_t va);
    void map(uint64_t va, uint64_t pa, uint64_t permissions);
    void evict(unsigned number, sc_time &delay);

    mmu_tlm &mmu_;
    mmu_memory &memory_;
    std::vector<frame> frame_;
    std::vector<std::vector<uint64_t>> swap_;  // by page; empty: never written back
    unsigned next_frame_ = 0;
    uint64_t next_table_ = kTables + MMU_PAGE_BYTES;
    uint64_t faults_ = 0, write_backs_ = 0;
};

// Physical address of the last-level PTE, its tables made as needed.
uint64_t paging_system::entry(uint64_t va) {
    const struct mmu_mode *const mode = mmu_mode_sv39();
    uint64_t table = kTables >> MMU_PAGE_BITS;
    for (unsigned level = mode->levels - 1u; level > 0; --level) {
        const uint64_t pa = mmu_pte_address(mode, table, va, level);
        uint64_t pte = 0;
        memory_.load(pa, 8, &pte);
        if (pte == 0) {
            pte = next_table_ >> MMU_PAGE_BITS << MMU_PTE_PPN_SHIFT | MMU_PTE_V;
            next_table_ += MMU_PAGE_BYTES;
            memory_.store(pa, 8, pte);
        }
        table = mmu_pte_ppn(mode, pte);
    }
    return mmu_pte_address(mode, table, va, 0);
}

void paging_system::map(uint64_t va, uint64_t pa, uint64_t permissions) {
    memory_.store(entry(va), 8,
                  pa >> MMU_PAGE_BITS << MMU_PTE_PPN_SHIFT | permissions | MMU_PTE_U | MMU_PTE_V);
}

// The victim's PTE is cleared and fenced before its frame is given away; it goes to swap if D is
// set.
void paging_system::evict(unsigned number, sc_time &delay) {
    const uint64_t va = frame_[number].va;
    const uint64_t pa = entry(va);
    uint64_t pte = 0;
    memory_.load(pa, 8, &pte);
    memory_.store(pa, 8, 0);
    struct mmu_fence fence = {};
    fence.has_va = true;
    fence.va = va;
    mmu_.fence(fence, delay);
    if (!(pte & MMU_PTE_D)) return;
    std::vector<uint64_t> &copy = swap_[(va - kVirtual) / MMU_PAGE_BYTES];
    copy.resize(MMU_PAGE_BYTES / 8);
    for (unsigned word = 0; word < copy.size(); ++word)
        memory_.load(pa_of(number) + 8 * word, 8, &copy[word]);
    ++write_backs_;
}

bool paging_system::serve(uint64_t va, unsigned cause, sc_time &delay) {
    const bool page_fault = cause == MMU_CAUSE_LOAD_PAGE || cause == MMU_CAUSE_STORE_PAGE;
    const uint64_t page = va / MMU_PAGE_BYTES * MMU_PAGE_BYTES;
    if (!page_fault || page < kVirtual || page >= kVirtual + kPages * MMU_PAGE_BYTES) return false;
    // The trap: no address is translated until the program goes on, and nothing is prefetched.
    struct mmu_csr csr = registers();
    csr.priv = MMU_PRIV_M;
    mmu_.set_csr(csr, delay);
    delay += sc_time(2, sc_core::SC_US);  // trap and handler
    mmu_.synchronise(delay);              // tables are written behind the unit's back
    const unsigned number = next_frame_;
    next_frame_ = (next_frame_ + 1) % kFrames;
    if (frame_[number].used) evict(number, delay);
    const std::vector<uint64_t> &copy = swap_[(page - kVirtual) / MMU_PAGE_BYTES];
    for (unsigned word = 0; word < MMU_PAGE_BYTES / 8; ++word)
        memory_.store(pa_of(number) + 8 * word, 8, copy.empty() ? 0 : copy[word]);
    map(page, pa_of(number), MMU_PTE_R | MMU_PTE_W);
    frame_[number].used = true;
    frame_[number].va = page;
    ++faults_;
    mmu_.set_csr(registers(), delay);
    return true;
}

class hart : public sc_core::sc_module {
   public:
    tlm_utils::simple_initiator_socket<hart> data, instruction;

    hart(sc_core::sc_module_name name, mmu_tlm &mmu, paging_system &system)
        : sc_core::sc_module(name), data("data"), instruction("instruction"), system_(system) {
        data.bind(mmu.data);
        instruction.bind(mmu.fetch);
        SC_HAS_PROCESS(hart);
        SC_THREAD(run);
    }

    uint64_t accesses() const { return accesses_; }
    uint64_t wrong() const { return wrong_; }
    bool finished() const { return finished_; }

   private:
    void run();
    void increment(uint64_t va, uint64_t expected);
    bool access(bool fetch, enum mmu_access kind, uint64_t va, void *bytes, unsigned count);

    paging_system &system_;
    tlm_utils::tlm_quantumkeeper keeper_;
    uint64_t accesses_ = 0, wrong_ = 0;
    bool finished_ = false;
};

// One access, repeated after each fault that the system serves.
bool hart::access(bool fetch, enum mmu_access kind, uint64_t va, void *bytes, unsigned count) {
    mmu_extension info;
    info.csr = system_.registers();
    info.access = uint8_t(kind);
    tlm::tlm_generic_payload trans;
    trans.set_command(kind == MMU_STORE ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    trans.set_address(va);
    trans.set_data_ptr(static_cast<unsigned char *>(bytes));
    trans.set_data_length(count);
    trans.set_streaming_width(count);
    trans.set_extension(&info);
    bool served = true;
    do {
        sc_time delay = keeper_.get_local_time();
        (fetch ? instruction : data)->b_transport(trans, delay);
        if (info.answer.fault) served = system_.serve(info.tval, info.answer.cause, delay);
        keeper_.set(delay);
        if (keeper_.need_sync()) keeper_.sync();
    } while (info.answer.fault && served);
    trans.clear_extension(&info);
    ++accesses_;
    return trans.is_response_ok();
}

void hart::increment(uint64_t va, uint64_t expected) {
    uint32_t code = 0;
    uint64_t word = 0;
    bool done = access(true, MMU_FETCH, kCode + 4 * (accesses_ % 64), &code, 4);
    done = done && access(false, MMU_LOAD, va, &word, 8);
    if (!done || word != expected) ++wrong_;
    word = expected + va;
    if (!access(false, MMU_STORE, va, &word, 8)) ++wrong_;
}

// In round r, a word at va must hold r * va: it was zero, and each round added va.
void hart::run() {
    keeper_.reset();
    for (uint64_t round = 0; round < kRounds; ++round)
        for (unsigned page = 0; page < kPages; ++page)
            for (unsigned word = 0; word < kWords; ++word) {
                const uint64_t va = kVirtual + page * MMU_PAGE_BYTES + 8 * word;
                increment(va, round * va);
            }
    keeper_.sync();
    finished_ = true;
    sc_core::sc_stop();
}

int run_platform() {
    mmu_tlm_config config;
    config.clock_period = sc_time(1, sc_core::SC_NS);
    config.memory_cycles = 8;
    config.mmu.l2.entries = 32;
    config.mmu.prefetch = true;
    mmu_tlm mmu("mmu", config);
    mmu_memory memory("memory", kBase, 1u << 20, config.clock_period * config.memory_cycles);
    memory.grant_dmi = true;
    mmu.memory.bind(memory.socket);
    paging_system system(mmu, memory);
    hart hart("hart", mmu, system);
    tlm_utils::tlm_quantumkeeper::set_global_quantum(sc_time(10, sc_core::SC_US));
    sc_core::sc_start();
    std::printf("%" PRIu64 " walks, %" PRIu64 " of them prefetches, %" PRIu64 " PTE reads, %" PRIu64
                " A/D updates, %" PRIu64 " page write-backs, %s simulated\n",
                mmu.counter(MMU_COUNT_WALKS), mmu.counter(MMU_COUNT_PREFETCHES),
                mmu.counter(MMU_COUNT_PTE_READS), mmu.counter(MMU_COUNT_PTE_WRITES),
                system.write_backs(), sc_core::sc_time_stamp().to_string().c_str());
    const bool passed = hart.finished() && hart.wrong() == 0 && mmu.timing_departures() == 0;
    std::printf("%s: %u rounds over %u pages in %u frames: %" PRIu64 " page faults, %" PRIu64
                " accesses, %" PRIu64 " words wrong\n",
                passed ? "PASSED" : "FAILED", kRounds, kPages, kFrames, system.faults(),
                hart.accesses(), hart.wrong());
    return std::fflush(stdout) != 0 ? 2 : passed ? 0 : 1;
}

}  // namespace
}  // namespace tandem

int sc_main(int argc, char **) {
    if (argc == 1) return tandem::run_program("tandem_systemc_platform", tandem::run_platform);
    std::fprintf(stderr, "Usage: tandem_systemc_platform\n");
    return 2;
}

int main(int argc, char **argv) {
    return tandem::start_systemc(argc, argv);
}
