// SPDX-License-Identifier: Apache-2.0
// What tandem_systemc compares and says; memories and timing shared by its parts.
#include <cinttypes>
#include <cstdio>
#include <memory>

#include "lockstep.h"

namespace tandem {

// --- answers -----------------------------------------------------------------------------------

static std::string hex(uint64_t value) {
    char text[24];
    std::snprintf(text, sizeof text, "0x%" PRIx64, value);
    return text;
}

static std::string outcome(const struct mmu_answer &answer) {
    if (answer.fault) return "fault, cause " + std::to_string(answer.cause);
    return "pa " + hex(answer.pa);
}

bool same_answer(const struct mmu_answer &expected, const struct mmu_answer &observed,
                 disagreement *what) {
    const struct {
        const char *check, *signal;
        uint64_t expected, observed;
    } rows[] = {
        {"fault", "rsp_fault, rsp_cause", uint64_t(expected.fault) << 8 | expected.cause,
         uint64_t(observed.fault) << 8 | observed.cause},
        {"physical_address", "rsp_pa", expected.pa, observed.pa},
        {"page_size", "rsp_level, rsp_napot", uint64_t(expected.napot) << 8 | expected.level,
         uint64_t(observed.napot) << 8 | observed.level},
        {"memory_type", "rsp_pbmt", expected.pbmt, observed.pbmt},
        {"permissions", "rsp_perm", expected.perm, observed.perm},
        {"hit_or_miss", "rsp_source", expected.source, observed.source}};
    for (const auto &row : rows) {
        if (row.expected == row.observed) continue;
        what->check = row.check;
        what->signal = row.signal;
        what->expected = hex(row.expected) + "  (" + outcome(expected) + ")";
        what->observed = hex(row.observed) + "  (" + outcome(observed) + ")";
        return false;
    }
    return true;
}

static void print_terms(const struct mmu_terms &terms) {
    const struct {
        const char *name;
        uint64_t cycles;
    } rows[] = {
        {"lookup", terms.lookup},   {"l2", terms.l2},         {"wait", terms.wait},
        {"resolve", terms.resolve}, {"wire", terms.wire},     {"grant", terms.grant},
        {"memory", terms.memory},   {"denied", terms.denied}, {"completion", terms.completion},
        {"restart", terms.restart}};
    std::printf("Latency   of the component:");
    for (const auto &row : rows)
        if (row.cycles) std::printf(" %s %" PRIu64, row.name, row.cycles);
    std::printf("\n");
}

void print_disagreement(const disagreement &what, const lockstep_options &options) {
    static const char *const ports[] = {"data", "fetch"};
    static const char *const accesses[] = {"fetch", "load", "store", "amo"};
    std::printf("\n--- MISMATCH: %s (%s) in cycle %" PRIu64 " ---\n", what.check,
                what.signal.c_str(), what.cycle);
    if (what.has_request)
        std::printf(
            "Asked     %s port, %s of %u bytes, va 0x%016" PRIx64 "\n          satp 0x%016" PRIx64
            ", privilege %u, mpp %u, mprv %d, sum %d, mxr %d, adue %d, pbmte %d\n",
            ports[what.port & 1], accesses[what.request.access & 3], 1u << what.request.size,
            what.request.va, what.csr.satp, what.csr.priv, what.csr.mpp, what.csr.mprv,
            what.csr.sum, what.csr.mxr, what.csr.adue, what.csr.pbmte);
    std::printf("          %-30s expected (TLM)  %s\n", what.signal.c_str(), what.expected.c_str());
    std::printf("          %-30s observed (RTL)  %s\n", "", what.observed.c_str());
    if (what.has_terms) print_terms(what.terms);
    std::printf("Repeat    %s\n", options.repeat.c_str());
}

// --- memories ------------------------------------------------------------------------------------

static bool read_one(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    return static_cast<const mmu_memory *>(user)->load(pa, bytes, value);
}

static bool write_one(void *user, uint64_t pa, unsigned bytes, uint64_t value) {
    return static_cast<mmu_memory *>(user)->store(pa, bytes, value);
}

static bool read_pair(void *user, uint64_t pa, unsigned bytes, uint64_t *value) {
    return static_cast<memory_pair *>(user)->rtl->load(pa, bytes, value);
}

static bool write_pair(void *user, uint64_t pa, unsigned bytes, uint64_t value) {
    memory_pair *const pair = static_cast<memory_pair *>(user);
    return pair->rtl->store(pa, bytes, value) && pair->tlm->store(pa, bytes, value);
}

struct bench_memory rtl_memory(mmu_memory &memory) {
    return {&memory, read_one, write_one};
}

struct bench_memory both_memories(memory_pair &pair) {
    return {&pair, read_pair, write_pair};
}

struct bench_timing timing_of(const lockstep_options &options, uint64_t seed) {
    struct bench_timing timing = {};
    timing.grant_min = options.grant_least;
    timing.grant_max = options.grant_most;
    timing.data_min = options.data_least;
    timing.data_max = options.data_most;
    timing.seed = seed;
    timing.error_permille = options.error_permille;
    return timing;
}

void serve_as_bench(mmu_memory &memory, const struct bench_timing &timing,
                    const sc_core::sc_time &period) {
    const std::shared_ptr<uint64_t> made = std::make_shared<uint64_t>(0);
    memory.next_access = [=](sc_core::sc_time *delay, bool *refused) {
        uint32_t grant_cycles, data_cycles;
        const uint64_t ordinal = (*made)++;
        bench_latency(&timing, ordinal, &grant_cycles, &data_cycles);
        *delay = period * data_cycles;
        *refused = bench_error(&timing, ordinal);
    };
}

}  // namespace tandem
