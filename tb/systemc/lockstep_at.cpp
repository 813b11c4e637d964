// SPDX-License-Identifier: Apache-2.0
// Approximately timed: the bench of verif/ and its random stimulus drive a pair, the SystemC module
// and the component, through verif/dut.h. The bench's own model does not run.
#include <cstring>
#include <memory>

#include "lockstep.h"

// What the bench takes for one unit.
struct dut {
    tandem::lockstep_unit unit;
    tandem::at_side *side;  // NULL: the RTL alone
    tandem::disagreement *what;
};

namespace tandem {
namespace {

const struct dut_ops *g_rtl_ops = nullptr;  // profile has no unit; set once, before the bench

const struct dut_profile *Profile() {
    return g_rtl_ops->profile();
}

void Reset(struct dut *pair) {
    // The RTL's takes some clocks: before them the component must stop, cycle 0 is after them.
    pair->side->reset();
    pair->unit.ops->reset(pair->unit.dut);
    pair->side->reset();
}

void SetCsr(struct dut *pair, const struct mmu_csr *csr) {
    pair->unit.ops->set_csr(pair->unit.dut, csr);
    pair->side->pin.csr = *csr;
    pair->side->pin.csr_changed = true;
}

void Request(struct dut *pair, enum mmu_port port, const struct mmu_request *request) {
    pair->unit.ops->request(pair->unit.dut, port, request);
    pair->side->pin.request_valid[port] = request != nullptr;
    if (request != nullptr) pair->side->pin.request[port] = *request;
}

void Kill(struct dut *pair, unsigned port_mask) {
    pair->unit.ops->kill(pair->unit.dut, port_mask);
    pair->side->pin.kill = port_mask;
}

void PmpWrite(struct dut *pair, const struct mmu_pmp_write *write) {
    pair->unit.ops->pmp_write(pair->unit.dut, write);
    pair->side->pin.pmp_valid = write != nullptr;
    if (write != nullptr) pair->side->pin.pmp_write = *write;
}

void Fence(struct dut *pair, const struct mmu_fence *fence) {
    pair->unit.ops->fence(pair->unit.dut, fence);
    pair->side->pin.fence_valid = fence != nullptr;
    if (fence != nullptr) pair->side->pin.fence = *fence;
}

void Take(struct dut *pair, unsigned take_mask) {
    pair->unit.ops->take(pair->unit.dut, take_mask);
    pair->side->pin.take = take_mask;
}

void Poison(struct dut *pair, bool poison) {
    pair->unit.ops->poison(pair->unit.dut, poison);
    pair->side->pin.poison = poison;
}

void MemoryResponse(struct dut *pair, bool grant, const struct dut_memory_response *answer) {
    pair->unit.ops->memory_response(pair->unit.dut, grant, answer);
}

// A disagreement ends the run as a failed property does.
unsigned Tick(struct dut *pair) {
    pair->side->drive();
    const unsigned sample = pair->unit.ops->tick(pair->unit.dut);
    const bool agreed = pair->side->compare(sample, pair->unit.ops, pair->unit.dut, pair->what);
    return agreed ? sample : sample | DUT_ASSERTION;
}

bool FenceBusy(struct dut *pair) {
    return pair->unit.ops->fence_busy(pair->unit.dut);
}

void Response(struct dut *pair, enum mmu_port port, struct mmu_answer *answer) {
    pair->unit.ops->response(pair->unit.dut, port, answer);
}

void Fault(struct dut *pair, struct mmu_fault *fault) {
    pair->unit.ops->fault(pair->unit.dut, fault);
}

void MemoryRequest(struct dut *pair, struct mmu_memory_request *request) {
    pair->unit.ops->memory_request(pair->unit.dut, request);
}

void Event(struct dut *pair, enum dut_array array, struct dut_event *event) {
    pair->unit.ops->event(pair->unit.dut, array, event);
}

const char *Assertion(struct dut *) {
    return "tlm";
}

uint64_t Counter(struct dut *pair, unsigned counter) {
    return pair->unit.ops->counter(pair->unit.dut, counter);
}

const struct dut_ops kPairOps = {
    DUT_ABI,  Profile,       nullptr, nullptr,   Reset,          SetCsr,  Request,   Kill,
    PmpWrite, Fence,         Take,    Poison,    MemoryResponse, Tick,    FenceBusy, Response,
    Fault,    MemoryRequest, Event,   Assertion, Counter,        nullptr,
};

struct stimulus_config stimulus_of(const struct mmu_config &mmu, uint64_t seed) {
    struct stimulus_config config = stimulus_default();
    config.seed = seed;
    config.arch = mmu.arch;
    config.table_base = kMemoryBase;
    config.reset = 60;
    return config;
}

// A watchdog or an invariance check of the bench.
void take_bench_mismatch(const struct bench *bench, disagreement *what) {
    const struct mismatch *const m = bench_mismatch(bench);
    if (what->found) return;
    what->found = true;
    what->check = bench_check_key(m->check);
    what->signal = m->what;
    what->cycle = m->cycle;
    what->port = m->port;
    what->expected = std::to_string(m->expected);
    what->observed = std::to_string(m->observed);
}

bool drive(struct bench *bench, struct stimulus *stimulus, uint64_t count, lockstep_tally *tally) {
    const struct bench_stats *const stats = bench_stats(bench);
    struct bench_inputs inputs;
    struct bench_outputs outputs;
    std::memset(&inputs, 0, sizeof inputs);
    struct mmu_csr before = {};
    for (const struct bench_outputs *last = nullptr;; last = &outputs) {
        if (stats->answers[0] + stats->answers[1] >= count) {
            stimulus_drain(stimulus);
            if (stimulus_quiet(stimulus)) return true;
        }
        if (!stimulus_next(stimulus, bench, last, &inputs)) return false;
        if (!bench_cycle(bench, &inputs, &outputs)) return false;
        tally->fences += outputs.fence_accepted;
        tally->register_writes += std::memcmp(&before, &inputs.csr, sizeof before) != 0;
        before = inputs.csr;
        for (unsigned port = 0; port < MMU_PORTS; ++port) {
            tally->kills += outputs.killed[port] != 0;
            tally->faults += outputs.answered[port] && outputs.answer[port].fault;
        }
    }
}

}  // namespace

struct bench_config bench_of(const struct dut_ops *ops, struct dut *dut, mmu_memory &memory,
                             const lockstep_options &options) {
    struct bench_config config;
    std::memset(&config, 0, sizeof config);
    config.mode = BENCH_DUT_ONLY;
    config.mmu = ops->profile()->config;
    config.ops = ops;
    config.dut = dut;
    config.memory = rtl_memory(memory);
    config.timing = timing_of(options, options.seed);
    config.watchdog_cycles = 100000;
    config.wave_from = 1;  // never
    return config;
}

bool drive_random(const struct dut_ops *ops, struct dut *dut, mmu_memory &memory,
                  const struct bench_memory &tables, const lockstep_options &options,
                  uint64_t count, lockstep_tally *tally, disagreement *what) {
    const struct stimulus_config config = stimulus_of(ops->profile()->config, options.seed);
    const struct bench_config bench_config = bench_of(ops, dut, memory, options);
    struct stimulus *const stimulus = stimulus_create(&config, &tables);
    struct bench *const bench = bench_create(&bench_config);
    sc_assert(stimulus != nullptr && bench != nullptr);
    const bool agreed = drive(bench, stimulus, count, tally);
    if (!agreed) take_bench_mismatch(bench, what);
    const struct bench_stats *const stats = bench_stats(bench);
    tally->answers = stats->answers[0] + stats->answers[1];
    tally->latency_sum = stats->latency_sum[0] + stats->latency_sum[1];
    tally->cycles = stats->cycles;
    bench_destroy(bench);
    stimulus_destroy(stimulus);
    return agreed;
}

bool lockstep_at(const lockstep_unit &unit, at_side &side, memory_pair memories,
                 const lockstep_options &options, lockstep_tally *tally, disagreement *what) {
    struct dut pair = {unit, &side, what};
    g_rtl_ops = unit.ops;
    memories.rtl->copy_to(*memories.tlm);
    const struct bench_memory tables = both_memories(memories);
    const bool agreed =
        drive_random(&kPairOps, &pair, *memories.rtl, tables, options, options.at, tally, what);
    tally->comparisons = side.comparisons();
    if (!agreed || memories.rtl->content() == memories.tlm->content()) return agreed;
    what->found = true;
    what->check = "pte_write";
    what->signal = "memory at the end";
    what->expected = "A and D as the component wrote them";
    what->observed = "different bytes";
    return false;
}

}  // namespace tandem
