// SPDX-License-Identifier: Apache-2.0
// State of the bench, shared by its files: bench.c (the cycle), bench_transfer.c (what happens in
// it), bench_watch.c (what does not happen), bench_terms.c (the latency contract), bench_memory.c
// (the DUT's memory port), bench_coverage.c (functional coverage), bench_legal.c (the legal-set oracle), bench_compare.c (expected beside
// observed), bench_time.c (how late or early), bench_query.c (names, logs), explain*.c (the page).
#ifndef BENCH_INTERNAL_H
#define BENCH_INTERNAL_H

#include "verif/bench.h"

// A granted transaction that memory has not answered yet.
struct transaction {
    uint64_t answer_cycle;
    struct dut_memory_response answer;
};

// The DUT's memory port: at most one transaction of each id.
struct memory_port {
    uint64_t ordinal;        // of the next transaction since the last reset
    uint64_t model_ordinal;  // the same, as the model makes them
    uint32_t grant_cycles, data_cycles;
    uint32_t waited;  // cycles that the request on the wires has been waiting
    unsigned outstanding;
    struct transaction transaction[MMU_WALKS];  // in the order of their grants
};

// What the model says stands on the ports in this cycle.
struct expected {
    unsigned sample;
    const struct mmu_answer *response[MMU_PORTS];
    const struct mmu_fault *fault;
    const struct mmu_memory_request *memory_request;
    struct dut_event fill[DUT_ARRAYS];
};

// A fault record that the legal oracle alone waits for: of which fault.
struct record_due {
    struct mmu_request request;
    struct mmu_csr csr;
    uint8_t cause;
};
#define BENCH_RECORDS_DUE 4u

// A request, by its tag: as it was accepted.
struct asked {
    uint64_t accept_cycle;
    struct mmu_request request;
    struct mmu_csr csr;
};

struct port_state {
    bool accepted;     // anything at all, since the last reset
    uint16_t pending;  // tags: response not yet seen, not killed
    uint16_t killed;   // tags: before its response, and not used again
    bool standing;     // response seen, not yet taken
    uint8_t about;     // tag of the request that a mismatch of now is about: the one that was
                       // accepted, or whose response was seen, last
    uint64_t response_cycle;  // of the response that stands, in lockstep
    struct asked asked[MMU_TAGS];
    struct mmu_answer answer;                  // where the legal oracle judges
    struct record_due due[BENCH_RECORDS_DUE];  // the oldest first
    unsigned records_due;
    uint64_t due_since;  // the channel has shown no record since
};

// What is staged and need not be staged again.
struct staged {
    bool csr_valid, request[MMU_PORTS], fence, pmp_write;
    unsigned kill;
    bool poison;
    struct mmu_csr csr;
};

// The watchdog: since when what is presented is refused (the cycle after this one if nothing is).
struct watch {
    uint64_t request_since[MMU_PORTS], fence_since, pmp_since;
    uint64_t progress_cycle;  // of the last answer that needed more than a lookup, fence or kill
    uint64_t restart_cycle;   // of the last fence or kill
    uint64_t due;             // nothing can have waited for too long before
};

// Rare events, for the page about a mismatch.
enum bench_event_kind { EVENT_FENCE, EVENT_KILL, EVENT_PMP_WRITE };
struct bench_event {
    uint64_t cycle;
    enum bench_event_kind kind;
    struct mmu_fence fence;
    struct mmu_pmp_write pmp_write;
    unsigned kill;
};
#define BENCH_EVENT_LOG 64u

// What functional coverage remembers from one cycle to the next.
struct bench_coverage {
    uint64_t satp;
    bool satp_valid;
    bool hit_valid[MMU_PORTS];  // the first level had a translation for the latest request
    struct mmu_tlb_entry hit[MMU_PORTS];
    struct mmu_pmp pmp;  // as it stood two cycles before the one to come
    bool pmp_written;    // pmp_write was accepted a cycle before the one to come
    struct mmu_pmp_write pmp_write;
};

struct bench {
    struct bench_config config;
    struct mmu_engine *engine;  // NULL: not run
    struct legal *legal;        // NULL: not asked
    bool illegal;               // in this cycle; bench->mismatch is filled
    bool probing;               // the DUT runs on alone after a mismatch
    bool shadow;                // the DUT is compared with the engine in every cycle
    bool has_tags;              // the DUT answers with its requests' tags (or the model does)
    bool many;                  // several transactions may be unanswered
    uint64_t disturbed;         // cycle of the last fence, kill, reset, or of something not taken
    uint64_t now;               // the coming cycle
    uint64_t base;              // cycle of the last reset
    uint64_t ordinal_base;      // transactions before the last reset
    struct memory_port port;
    struct port_state ports[MMU_PORTS];
    struct watch watch;
    uint64_t counters_due;  // cycle from which on the counters are compared again
    struct staged staged;
    bool waving;
    uint64_t attention;           // the cycle that waveform or tap wait for
    const struct bench_tap *tap;  // NULL: nobody looks on
    struct mmu_pmp pmp;  // the registers, where the model is not run
    struct expected expected;
    struct mmu_answer observed[MMU_PORTS];  // what compare read of the DUT in this cycle
    struct mismatch mismatch;
    struct bench_stats stats;
    uint64_t counter_base[MMU_COUNTERS], dut_counter_base[MMU_COUNTERS];  // before the last reset
    struct bench_access accesses[BENCH_ACCESS_LOG];
    struct bench_write writes[BENCH_WRITE_LOG];
    struct bench_fence_record fences[BENCH_FENCE_LOG];
    struct bench_event events[BENCH_EVENT_LOG];
    uint64_t access_count, write_count, fence_count, event_count;
    struct bench_coverage covering;  // with coverage
};

static inline bool bench_has_dut(const struct bench *bench) {
    return bench->config.mode != BENCH_MODEL_ONLY;
}

static inline void bench_log_event(struct bench *bench, const struct bench_event *event) {
    bench->events[bench->event_count++ % BENCH_EVENT_LOG] = *event;
}

static inline unsigned bench_pte_bytes(const struct bench *bench) {
    return bench->config.mmu.arch.xlen / 8u;
}

// splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators")
static inline uint64_t bench_mix(uint64_t x) {
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

// What was applied. Events are summed, so that the order in which the bench comes to those of one
// cycle does not matter.
enum bench_applied {
    APPLIED_REQUEST,  // + port
    APPLIED_FENCE = APPLIED_REQUEST + MMU_PORTS,
    APPLIED_KILL,
    APPLIED_PMP_WRITE,
    APPLIED_PTE_WRITE,
    APPLIED_POISON,
    APPLIED_TRANSACTION  // its ordinal in place of a cycle
};
// Returns the event's hash, for the digest.
static inline uint64_t bench_applied(struct bench *bench, unsigned kind, uint64_t when, uint64_t a,
                                     uint64_t b, uint64_t c) {
    uint64_t x = (a ^ (when << 4 | kind) * 0x9E3779B97F4A7C15u) * 0xBF58476D1CE4E5B9u;
    x = ((x ^ (x >> 30)) + b) * 0x94D049BB133111EBu;
    x = ((x ^ (x >> 31)) + c) * 0x9E3779B97F4A7C15u;
    x ^= x >> 29;
    bench->stats.fingerprint += x;
    return x;
}

// The model's memory: reads see memory as it is before the DUT's transaction of the same
// cycle; its A/D updates reach memory only when the model is alone.
struct mmu_bus bench_model_bus(struct bench *bench);

// Judge the terms of the model's answer to `tag`, which is valid for the first time
// (bench_terms.c); false: mismatch filled.
bool bench_judge_terms(struct bench *bench, unsigned port, const struct mmu_answer *answer);

// Note the rare events of an answer that is valid for the first time, of a fence and of a kill that
// are about to happen (bench_covers.c). With the model.
void bench_cover_answer(struct bench *bench, unsigned port, const struct mmu_history *history,
                        const struct mmu_answer *answer);
void bench_cover_fence(struct bench *bench, const struct mmu_fence *fence);
void bench_cover_kill(struct bench *bench, unsigned port);
// Returns how many walks of requests are under way; with the model.
unsigned bench_walks_under_way(const struct bench *bench);

// Functional coverage (bench_coverage.c), only with one: tell what stands and is about to happen in
// this cycle; begin anew in the coming one; tell of a write of a PTE.
void bench_cover_cycle(struct bench *bench, unsigned sample, const struct bench_inputs *inputs);
void bench_cover_reset(struct bench *bench);
void bench_cover_write(struct bench *bench, enum bench_writer writer);

// The legal-set oracle (bench_legal.c); all but the first need one. False: no memory.
bool bench_legal_create(struct bench *bench);
// Judge a response that stands: in its first cycle what it says.
void bench_legal_response(struct bench *bench, unsigned port, const struct mmu_answer *answer);
void bench_legal_no_response(struct bench *bench, unsigned port);
void bench_legal_record(struct bench *bench, const struct mmu_fault *observed);
// A fault's record must come: whether the fault channel shows one in this cycle.
void bench_legal_await_records(struct bench *bench, bool shown);
// The DUT's transaction, before memory changes; error: injected.
void bench_legal_transaction(struct bench *bench, const struct mmu_memory_request *request,
                             bool error);
void bench_legal_write(struct bench *bench, const struct bench_write *write);
// Add the oracle's verdict to a mismatch that the model found. Nothing without an oracle.
void bench_legal_opinion(struct bench *bench, unsigned port, const struct mmu_answer *answer);

void bench_memory_stage(struct bench *bench);
// Returns whether a request on the wires is granted in this cycle.
bool bench_memory_granting(const struct bench *bench);
void bench_memory_serve(struct bench *bench, unsigned sample);

// The transfers of this cycle, given what stands on the wires.
void bench_transfers(struct bench *bench, const struct bench_inputs *inputs,
                     struct bench_outputs *outputs, unsigned sample);

void bench_no_transfers(struct bench_outputs *outputs);

// From now on everything waits anew.
void bench_watch_reset(struct bench *bench);
// Cycles were skipped in which nothing was presented.
void bench_watch_nothing_presented(struct bench *bench);
// False: something waits for too long, bench->mismatch is filled.
bool bench_watchdog(struct bench *bench, const struct bench_inputs *inputs,
                    const struct bench_outputs *outputs);

// Compare what the DUT shows with bench->expected. False: bench->mismatch is filled.
bool bench_compare(struct bench *bench, unsigned sample);
bool bench_same_answer(const struct mmu_answer *a, const struct mmu_answer *b);
// Compare two fault records; false: mismatch filled.
bool bench_compare_record(struct bench *bench, const struct mmu_fault *expected,
                          const struct mmu_fault *observed);
// Compare two answers of a port; false: mismatch filled.
bool bench_compare_answer(struct bench *bench, unsigned port, const struct mmu_answer *expected,
                          const struct mmu_answer *observed);
// The port whose request's walk is in this slot; a mismatch that names it is about that request.
// The best guess if nobody's is known to be (a killed one's, a prefetch).
unsigned bench_walking_port(struct bench *bench, unsigned slot);
// The pending tag that was accepted first; asserts that there is one.
unsigned bench_oldest(const struct port_state *state);

// A response valid now on one side only (bench_time.c).
bool bench_response_time(struct bench *bench, unsigned port, unsigned sample, bool expected_now);
// A port ready on one side only: a finished walk makes it so, the cycle before its answer. False:
// the answers' times differ, mismatch filled; true: they do not, or there are none.
bool bench_ready_time(struct bench *bench, unsigned port, unsigned sample);
// A memory request valid now on one side only.
bool bench_request_time(struct bench *bench, unsigned sample, bool expected_now);

// One DUT cycle with nothing but the memory served, for finding out how late something is.
unsigned bench_probe_cycle(struct bench *bench, uint64_t cycle);

// Forget the last mismatch.
void bench_clear_mismatch(struct bench *bench);

// Fill bench->mismatch; always returns false. The second names the port's signal.
bool bench_fail(struct bench *bench, enum bench_check check, unsigned port, const char *what,
                uint64_t expected, uint64_t observed);
bool bench_fail_port(struct bench *bench, enum bench_check check, unsigned port, const char *signal,
                     uint64_t expected, uint64_t observed);

// Requests of the model's walk that were denied and therefore are no transactions.
uint32_t bench_denied(const struct mmu_history *history);

// The DUT's transactions in the slot of this walk, since it began and before cycle `until`, oldest
// first. Returns how many.
unsigned bench_dut_accesses(const struct bench *bench, const struct mmu_history *history,
                            uint64_t until, const struct bench_access *list[BENCH_ACCESS_LOG]);

#endif
