// SPDX-License-Identifier: Apache-2.0
// The lockstep bench: one clock cycle at a time, it drives a DUT and the reference model
// with the same inputs, serves the DUT's memory port, and compares everything that
// stands on the ports. It owns time and memory timing; it neither prints nor knows what
// the DUT is made of.
//
//   driver --bench_inputs--> bench --staged pins--> DUT
//                              |                      | sampled pins
//                              +--acts--> model --+   |
//                              |          expected v  v observed
//   driver <--bench_outputs----+------------- compare ----> struct mismatch
#ifndef VERIF_BENCH_H
#define VERIF_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "mmu/engine.h"
#include "verif/contract.h"
#include "verif/coverage.h"
#include "verif/dut.h"
#include "verif/legal.h"

enum bench_mode { BENCH_LOCKSTEP, BENCH_DUT_ONLY, BENCH_MODEL_ONLY };

// Which oracles judge in BENCH_LOCKSTEP: bits. SHADOW: the model, every cycle, exact. LEGAL: the
// outcomes that the privileged specification allows, whatever the microarchitecture
// (verif/legal.h); alone, the model is not run, and times are the DUT's own.
enum bench_oracle { BENCH_SHADOW = 1, BENCH_LEGAL = 2 };

// Physical memory as the bench serves it. `write` is used for successful A/D updates.
struct bench_memory {
    void *user;
    bool (*read)(void *user, uint64_t pa, unsigned bytes, uint64_t *value);  // bytes: 4 or 8
    bool (*write)(void *user, uint64_t pa, unsigned bytes, uint64_t value);
};

// The timing of one PTE transaction.
struct bench_transaction_timing {
    uint32_t grant_cycles, data_cycles;  // 1 at least
    bool error;
};

// Timing of PTE transactions: for each one g and L are drawn from these ranges (inclusive, at
// least 1), and whether it is answered with an error, as a function of (seed, ordinal) alone.
struct bench_timing {
    uint32_t grant_min, grant_max;
    uint32_t data_min, data_max;
    uint64_t seed;
    uint32_t error_permille;  // 0 .. 1000
    uint32_t phase;  // after so many transactions other parts of the ranges are in use; 0: never
    // NULL, or (borrowed) the first `listed` transactions one by one in place of all of the above;
    // those that follow have g = L = 1.
    const struct bench_transaction_timing *list;
    uint64_t listed;
};

struct bench_config {
    enum bench_mode mode;
    unsigned oracle;  // enum bench_oracle bits, not 0 in BENCH_LOCKSTEP
    struct mmu_config mmu;
    const struct dut_ops *ops;  // NULL for BENCH_MODEL_ONLY
    struct dut *dut;            // borrowed; NULL for BENCH_MODEL_ONLY
    struct bench_memory memory;
    struct bench_timing timing;
    uint64_t watchdog_cycles;     // a request, fence or PMP write unanswered for so long fails
    uint64_t counter_interval;    // compare all counters every so many cycles; 0: only when asked
    uint64_t wave_from, wave_to;  // cycles in which the DUT's waveform runs; from > to: never
    struct coverage *coverage;    // to be sampled, borrowed; NULL: none. Needs the model
};

struct bench_inputs {
    struct mmu_csr csr;
    struct mmu_request request[MMU_PORTS];
    struct mmu_fence fence;
    bool request_valid[MMU_PORTS];
    bool fence_valid;
    struct mmu_pmp_write pmp_write;
    bool pmp_write_valid;
    unsigned kill;  // bit = 1 << port
    bool poison;    // l2_poison
    unsigned take;  // enum dut_take bits
};

// Transfers that happened in the cycle.
struct bench_outputs {
    bool accepted[MMU_PORTS];
    bool answered[MMU_PORTS];  // response taken: answer is meaningful
    struct mmu_answer answer[MMU_PORTS];
    bool fault_taken;
    struct mmu_fault fault;
    bool fence_accepted;
    bool pmp_write_accepted;
    uint16_t killed[MMU_PORTS];  // tags (bit = 1 << tag) of accepted requests that were dropped:
                                 // they get no answer
};

// What is compared. key (JSON, messages), meaning
#define BENCH_CHECK_LIST(X)                                                                     \
    X(CHECK_LATENCY, "latency", "the cycle in which a response or a PTE request is valid")      \
    X(CHECK_PA, "physical_address", "translated physical address")                              \
    X(CHECK_FAULT, "fault", "fault or no fault, and its cause")                                 \
    X(CHECK_LEVEL, "page_size", "level of the leaf PTE, NAPOT or not")                          \
    X(CHECK_MEMORY_TYPE, "memory_type", "PBMT of the translation")                              \
    X(CHECK_PERM, "permissions", "permission bits of the translation")                          \
    X(CHECK_SOURCE, "hit_or_miss", "who answered: a TLB of either level, walk, neither")        \
    X(CHECK_TAG, "tag", "which request is answered")                                            \
    X(CHECK_TERMS, "terms", "the terms of a latency: their sum, the latency contract")          \
    X(CHECK_READY, "ready", "the cycles in which a request or PMP write can be accepted")       \
    X(CHECK_FENCE, "fence", "the cycles in which a fence can be accepted")                      \
    X(CHECK_FAULT_RECORD, "fault_record",                                                       \
      "fault channel: presence, cause, tval, port, asid, access")                               \
    X(CHECK_PTE_ACCESS, "pte_access", "PTE reads: address, slot, order, none missing or extra") \
    X(CHECK_PTE_WRITE, "pte_write", "A/D updates: address, expected, new value")                \
    X(CHECK_VICTIM, "victim", "fills of each TLB: set, way, eviction")                          \
    X(CHECK_COUNTER, "counter", "event counters")                                               \
    X(CHECK_WATCHDOG, "watchdog", "an answer that never comes")                                 \
    X(CHECK_LEGAL, "legal_outcome", "outcome that the privileged specification allows")         \
    X(CHECK_INVARIANCE, "invariance", "the outcome of an access that is asked again")           \
    X(CHECK_ASSERTION, "assertion", "properties of the RTL (verif/sva)")

enum bench_check {
#define X(id, key, text) id,
    BENCH_CHECK_LIST(X)
#undef X
        BENCH_CHECKS
};

// Returns the check's key / meaning (static).
const char *bench_check_key(enum bench_check check);
const char *bench_check_text(enum bench_check check);

// One disagreement. Times are cycles; MMU_NEVER = not seen.
struct mismatch {
    enum bench_check check;
    uint64_t cycle;
    uint8_t port;
    char what[LEGAL_REASON_BYTES];  // "d_rsp_pa", "counter pte_reads", the rule that an outcome
                                    // violates
    uint64_t expected, observed;
    bool has_answer;  // expected_answer / observed_answer are meaningful
    struct mmu_answer expected_answer, observed_answer;
    struct mmu_memory_request expected_request, observed_request;
    bool expected_request_valid, observed_request_valid;
    struct mmu_history history;        // of the model, for the port's request
    uint64_t base;                     // add it to the history's cycles: cycle of the last reset
    uint64_t observed_response_cycle;  // of the DUT, for a latency mismatch
    bool has_verdict;  // verdict is the legal oracle's, on observed_answer or update
    struct legal_verdict verdict;
};

// One memory transaction as the DUT made it (or the model, when alone).
struct bench_access {
    uint64_t pa, value;  // value: what memory answered
    uint64_t request_cycle, grant_cycle, data_cycle;
    bool write, error;
    uint8_t id;  // walk slot
};
#define BENCH_ACCESS_LOG 64u

// One write to memory by somebody, for the history of a PTE.
enum bench_writer { BENCH_WRITER_SOFTWARE, BENCH_WRITER_HARDWARE };
struct bench_write {
    uint64_t pa, before, after, cycle;
    enum bench_writer writer;
};
#define BENCH_WRITE_LOG 4096u
#define BENCH_FENCE_LOG 64u
struct bench_fence_record {
    struct mmu_fence fence;
    uint64_t cycle;
};

// Rare events of second level, page-walk caches and several walks, as the model tells them. key,
// meaning
#define BENCH_COVER_LIST(X)                                                                       \
    X(COVER_L2_SMALL, "l2_hits_small", "second level: a 4 KiB page")                              \
    X(COVER_L2_NAPOT, "l2_hits_napot", "second level: a 4 KiB granule of a NAPOT page")           \
    X(COVER_L2_LARGE, "l2_hits_large", "second level: a leaf of level 1")                         \
    X(COVER_L2_FRAGMENT, "l2_hits_fragment", "second level: a granule of a page of level 2 .. 4") \
    X(COVER_L2_FAULT, "l2_faults", "second level: faults of resident pages")                      \
    X(COVER_BOTH_MISS, "both_ports_missed", "a fetch whose lookup waited for the data port's")    \
    X(COVER_MERGE_SAME_PORT, "merged_same_port", "answered by a walk of the same port")           \
    X(COVER_MERGE_OTHER_PORT, "merged_other_port", "by one of the other port, or a prefetch")     \
    X(COVER_MERGE_FAULT, "merged_faults", "by another's walk, with a fault")                      \
    X(COVER_RESOLVE_WAIT, "resolve_waits", "RESOLVE for more than a cycle")                       \
    X(COVER_RESOLVE_IN_VAIN, "resolve_in_vain", "RESOLVE, then a walk of its own")                \
    X(COVER_SLOT_WAIT, "slot_waits", "waited for a walk slot")                                    \
    X(COVER_WIRE_WAIT, "wire_waits", "a transaction waited for the wires")                        \
    X(COVER_COMPLETION_WAIT, "completion_waits", "finished, and waited to complete")              \
    X(COVER_RESTART, "restarts", "begun again with nothing outstanding")                          \
    X(COVER_OVERTAKE, "overtaking_answers", "answered before an older request of the port")       \
    X(COVER_PWC_1, "pwc_hits_level_1", "walks begun with a cached pointer of level 1")            \
    X(COVER_PWC_2, "pwc_hits_level_2", "... of level 2")                                          \
    X(COVER_PWC_3, "pwc_hits_level_3", "... of level 3")                                          \
    X(COVER_PWC_4, "pwc_hits_level_4", "... of level 4")                                          \
    X(COVER_FENCE_WALKS, "fences_of_walks", "fences with two walks or more in flight")            \
    X(COVER_KILL_SEVERAL, "kills_of_several", "kills that dropped two requests or more")          \
    X(COVER_KILL_WALKS, "kills_of_walks", "... of which two or more were walking")

enum bench_cover {
#define X(id, key, text) id,
    BENCH_COVER_LIST(X)
#undef X
        BENCH_COVERS
};

// Returns the cover's key / meaning (static).
const char *bench_cover_key(enum bench_cover cover);
const char *bench_cover_text(enum bench_cover cover);

// Buckets of a histogram of latencies: cycles; the last counts all longer ones as well.
#define BENCH_LATENCIES 256u

struct bench_stats {
    uint64_t compared[BENCH_CHECKS];  // comparisons made, by check
    uint64_t mismatches;
    uint64_t answers[MMU_PORTS];
    uint64_t latency_sum[MMU_PORTS], latency_max[MMU_PORTS];  // first valid - accepted
    uint64_t walk_answers[MMU_PORTS], walk_latency_sum[MMU_PORTS];
    uint64_t latencies[MMU_PORTS][4][BENCH_LATENCIES];  // answers by enum mmu_source
    uint64_t outcome[MMU_PORTS][CONTRACT_OUTCOMES];     // answers, by row of the latency contract
    uint64_t outcome_latency_max[MMU_PORTS][CONTRACT_OUTCOMES];
    struct mmu_terms terms[MMU_PORTS];  // sums over all answers; by the model, 0 without it
    uint64_t cover[BENCH_COVERS];       // likewise
    uint64_t most_unanswered;           // requests at a time, both ports
    uint64_t most_transactions;         // unanswered ones at a time, on the memory port
    uint64_t cycles;
    uint64_t digest;  // of all requests, fences, kills, PMP writes, CSRs and answers, in order
    // Of what was applied, and in which cycle, but not of what was answered: requests and their
    // registers, fences, kills, PMP writes, poison, software's writes of PTEs, and each
    // transaction's g, L and error. Open-loop stimulus gives the same in every mode, waveform or
    // not.
    uint64_t fingerprint;
    struct legal_stats legal;
};

struct bench;

// Who looks on at what is done to the bench: called before each cycle with its inputs, after each
// write to memory, at a resynchronisation, and when answers are compared for invariance. Not for a
// bench with the model alone. All of them must be there.
struct bench_tap {
    void *user;
    void (*cycle)(void *user, const struct bench *bench, const struct bench_inputs *inputs);
    void (*write)(void *user, const struct bench *bench, const struct bench_write *write);
    void (*reset)(void *user, const struct bench *bench);
    void (*same)(void *user, const struct bench *bench, unsigned port);
};

// Returns a bench in cycle 0 with DUT and model reset, owned by the caller; NULL (no memory).
// Asserts a legal configuration.
struct bench *bench_create(const struct bench_config *config);
void bench_destroy(struct bench *bench);

// Run one cycle. Returns false if it disagreed: bench_mismatch tells how; the bench must then be
// resynchronised or abandoned. *outputs is filled either way.
bool bench_cycle(struct bench *bench, const struct bench_inputs *inputs,
                 struct bench_outputs *outputs);

// Compare all counters now; false as above. True in the other modes.
bool bench_compare_counters(struct bench *bench);

// Judge the answers to one access asked twice in a row, with nothing between that may change its
// outcome: all but source must agree. False as above. No model is needed.
bool bench_check_invariance(struct bench *bench, unsigned port, const struct mmu_answer *first,
                            const struct mmu_answer *again);

// With the model alone: skip the cycles in which, given `inputs` without fences, kills and PMP
// writes, nothing would happen; requests that are refused go on being presented. Elsewhere:
// nothing.
void bench_skip_idle(struct bench *bench, const struct bench_inputs *inputs);

// After a mismatch: reset DUT and model and go on in the next cycle. Requests in flight are lost;
// counters start at 0.
void bench_resynchronise(struct bench *bench);

// Tell the bench of a write of one PTE by software, for the history of PTEs.
void bench_note_write(struct bench *bench, uint64_t pa, uint64_t before, uint64_t after);

// Let *tap (borrowed; NULL: nobody) look on from now on. Costs nothing while there is none.
void bench_set_tap(struct bench *bench, const struct bench_tap *tap);

uint64_t bench_now(const struct bench *bench);  // the coming cycle
// PTE transactions that were granted since the bench was made.
uint64_t bench_transactions(const struct bench *bench);
const struct bench_config *bench_configuration(const struct bench *bench);
// Whether several requests of a port may be unanswered: answers carry their tags.
bool bench_tags(const struct bench *bench);
const struct mismatch *bench_mismatch(const struct bench *bench);
const struct bench_stats *bench_stats(const struct bench *bench);
// Counter of the run (sum over resynchronisations), from the model, or the DUT where the model is
// not run (0 if it has none).
uint64_t bench_counter(const struct bench *bench, unsigned counter);
// The same, always as the DUT counted it; 0 without a DUT, or if it has none.
uint64_t bench_dut_counter(const struct bench *bench, unsigned counter);
// Returns the name of a counter as in section 11 of docs/microarchitecture.md ("data_hits"), NULL
// if nothing has this number.
const char *bench_counter_name(unsigned counter);
const struct mmu_engine *bench_engine(const struct bench *bench);  // NULL: not run

// The logs, newest first: index 0 is the latest; NULL past the end.
const struct bench_access *bench_access_log(const struct bench *bench, unsigned index);
const struct bench_write *bench_write_log(const struct bench *bench, unsigned index);
const struct bench_fence_record *bench_fence_log(const struct bench *bench, unsigned index);

// g and L of the ordinal-th transaction.
void bench_latency(const struct bench_timing *timing, uint64_t ordinal, uint32_t *grant_cycles,
                   uint32_t *data_cycles);

// Whether the ordinal-th transaction is answered with an error whatever its address.
bool bench_error(const struct bench_timing *timing, uint64_t ordinal);

// Explain the mismatch on one page of plain text (explain.c). `command` repeats the run; NULL: the
// page ends without one. Returns a string owned by the caller (free), NULL without memory.
char *bench_explain(const struct bench *bench, const char *command);
// The same page as one HTML file with the walk drawn, which needs nothing else: no script, no
// network. It is well-formed XML, too; what comes from outside (command, names) is escaped.
char *bench_explain_html(const struct bench *bench, const char *command);

#endif
