// SPDX-License-Identifier: Apache-2.0
// Loosely timed: an initiator runs ahead of time by a quantum; then the RTL is given the same in
// the same cycles, and must answer when it was annotated.
#include <cstring>

#include "lockstep.h"
#include "lt_side.h"

namespace tandem {
namespace {

constexpr uint64_t kPatience = 2000;  // cycles to wait for an answer that is late

// The RTL, one item after the other.
class replay {
   public:
    replay(struct bench *bench, lockstep_tally *tally, disagreement *what)
        : bench_(bench), tally_(tally), what_(what) {
        std::memset(&inputs_, 0, sizeof inputs_);
        inputs_.take = DUT_TAKE_DATA | DUT_TAKE_FETCH | DUT_TAKE_FAULT;
    }

    bool run(const std::vector<lt_side::item> &items);

   private:
    void present(const lt_side::item &item, unsigned number);
    bool accepted(const lt_side::item &item) const;
    bool judge_time(const lt_side::item &item, uint64_t observed);
    bool judge_answer(const lt_side::item &item);
    bool late(const lt_side::item &item);
    bool fail(const lt_side::item &item, const char *check, const char *signal,
              const std::string &expected, const std::string &observed);

    struct bench *const bench_;
    lockstep_tally *const tally_;
    disagreement *const what_;
    struct bench_inputs inputs_;
    struct bench_outputs outputs_;
    uint64_t cycle_ = 0;  // of the outputs
};

bool replay::fail(const lt_side::item &item, const char *check, const char *signal,
                  const std::string &expected, const std::string &observed) {
    what_->found = true;
    what_->check = check;
    what_->signal = signal;
    what_->cycle = cycle_;
    what_->port = item.port;
    what_->has_request = what_->has_terms = item.kind == lt_side::ACCESS;
    what_->request = item.request;
    what_->csr = item.csr;
    what_->terms = item.info.terms;
    what_->expected = expected;
    what_->observed = observed;
    return false;
}

void replay::present(const lt_side::item &item, unsigned number) {
    inputs_.csr = item.csr;
    inputs_.request_valid[item.port] = item.kind == lt_side::ACCESS;
    inputs_.request[item.port] = item.request;
    inputs_.request[item.port].tag = uint8_t(number % MMU_TAGS);
    inputs_.fence_valid = item.kind == lt_side::FENCE;
    inputs_.fence = item.fence;
    inputs_.pmp_write_valid = item.kind == lt_side::PMP_WRITE;
    inputs_.pmp_write = item.pmp_write;
}

bool replay::accepted(const lt_side::item &item) const {
    if (item.kind == lt_side::FENCE) return outputs_.fence_accepted;
    if (item.kind == lt_side::PMP_WRITE) return outputs_.pmp_write_accepted;
    return outputs_.accepted[item.port];
}

bool replay::judge_time(const lt_side::item &item, uint64_t observed) {
    ++tally_->comparisons;
    if (observed == item.end) return true;
    const int64_t off = int64_t(observed - item.end);
    return fail(item, item.kind == lt_side::ACCESS ? "latency" : "ready",
                item.kind == lt_side::ACCESS ? "annotated delay" : "annotated delay of a fence",
                std::to_string(item.end - item.start) + " cycles",
                std::to_string(observed - item.start) + " cycles    <-- " + (off > 0 ? "+" : "") +
                    std::to_string(off));
}

bool replay::judge_answer(const lt_side::item &item) {
    const struct mmu_answer &observed = outputs_.answer[item.port];
    ++tally_->comparisons;
    ++tally_->answers;
    tally_->faults += observed.fault;
    tally_->latency_sum += item.end - item.start;
    if (same_answer(item.info.answer, observed, what_)) return judge_time(item, cycle_);
    return fail(item, what_->check, what_->signal.c_str(), what_->expected, what_->observed);
}

// The answer did not come in its cycle: how late it is, while nothing more is asked.
bool replay::late(const lt_side::item &item) {
    inputs_.request_valid[0] = inputs_.request_valid[1] = false;
    inputs_.fence_valid = inputs_.pmp_write_valid = false;
    while (cycle_ < item.end + kPatience) {
        cycle_ = bench_now(bench_);
        if (!bench_cycle(bench_, &inputs_, &outputs_)) return false;
        if (outputs_.answered[item.port]) return judge_answer(item);
    }
    return fail(item, "watchdog", "annotated delay", "an answer", "none");
}

// An item is presented from its start on; the one before it has then been answered, or is in the
// same cycle.
bool replay::run(const std::vector<lt_side::item> &items) {
    const lt_side::item *awaited = nullptr;
    for (size_t next = 0; next < items.size() || awaited != nullptr;) {
        const lt_side::item *shown = nullptr;
        cycle_ = bench_now(bench_);
        inputs_.request_valid[0] = inputs_.request_valid[1] = false;
        inputs_.fence_valid = inputs_.pmp_write_valid = false;
        const bool free = awaited == nullptr || awaited->end == cycle_;
        for (; free && next < items.size() && items[next].start <= cycle_; ++next) {
            shown = &items[next];
            present(*shown, unsigned(next));
            if (shown->kind != lt_side::REGISTERS) break;
            ++tally_->register_writes;  // between accesses
            shown = nullptr;
        }
        if (!bench_cycle(bench_, &inputs_, &outputs_)) return false;
        if (awaited != nullptr) {
            if (outputs_.answered[awaited->port]) {
                if (!judge_answer(*awaited)) return false;
                awaited = nullptr;
            } else if (cycle_ == awaited->end) {
                return late(*awaited);
            }
        }
        if (shown == nullptr || !accepted(*shown)) continue;
        ++next;
        if (shown->kind == lt_side::ACCESS)
            awaited = shown;
        else if (!judge_time(*shown, cycle_ + 1))
            return false;
        else
            tally_->fences += shown->kind == lt_side::FENCE;
    }
    return true;
}

// Both memories hold the same bytes.
bool same_memory(const memory_pair &memories, uint64_t cycle, disagreement *what) {
    if (memories.rtl->content() == memories.tlm->content()) return true;
    what->found = true;
    what->check = "pte_write";
    what->signal = "memory";
    what->cycle = cycle;
    what->expected = "A and D as the component wrote them";
    what->observed = "different bytes";
    return false;
}

bool quanta(struct bench *bench, lt_side &side, memory_pair &memories,
            const lockstep_options &options, lockstep_tally *tally, disagreement *what) {
    random_numbers random(options.seed);
    const struct bench_memory both = both_memories(memories);
    random_tables tables(side.mmu().configuration().mmu.arch, both, kMemoryBase, kMemoryBytes,
                         random);
    replay rtl(bench, tally, what);
    if (!rtl.run(side.begin(bench_now(bench), tables, random))) return false;
    while (tally->answers < options.lt) {
        // What lies before now happens before software writes.
        side.mmu().synchronise(sc_core::SC_ZERO_TIME);
        if (!same_memory(memories, bench_now(bench), what)) return false;
        for (uint64_t writes = random.below(3); writes > 0; --writes) tables.rewrite();
        const unsigned items = 1 + unsigned(random.below(40));
        if (!rtl.run(side.run_ahead(bench_now(bench), items, tables, random))) return false;
    }
    side.mmu().synchronise(sc_core::SC_ZERO_TIME);
    return same_memory(memories, bench_now(bench), what);
}

}  // namespace

uint64_t loosely_timed_alone(lt_side &side, memory_pair memories, const lockstep_options &options) {
    random_numbers random(options.seed);
    const struct bench_memory both = both_memories(memories);
    random_tables tables(side.mmu().configuration().mmu.arch, both, kMemoryBase, kMemoryBytes,
                         random);
    side.mmu().reset();
    side.begin(0, tables, random);
    uint64_t made = 0;
    while (made < options.at) made += side.run_ahead(0, 1000, tables, random).size();
    return made;
}

bool lockstep_lt(const lockstep_unit &unit, lt_side &side, memory_pair memories,
                 const lockstep_options &options, lockstep_tally *tally, disagreement *what) {
    const struct bench_config config = bench_of(unit.ops, unit.dut, *memories.rtl, options);
    struct bench *const bench = bench_create(&config);  // resets the RTL
    sc_assert(bench != nullptr);
    side.mmu().reset();
    const bool agreed = quanta(bench, side, memories, options, tally, what);
    tally->cycles = bench_stats(bench)->cycles;
    if (!agreed && !what->found) {
        const struct mismatch *const m = bench_mismatch(bench);
        what->found = true;
        what->check = bench_check_key(m->check);
        what->signal = m->what;
        what->cycle = m->cycle;
    }
    bench_destroy(bench);
    return agreed;
}

}  // namespace tandem
