// SPDX-License-Identifier: Apache-2.0
// Scenario: a self-contained list of what drives a bench, from a reset: memory, registers, memory
// timing, operations. Recorded from any run through the bench, played on any DUT of its parameters,
// written and read as text (docs/replay.md).
//
//   run --bench_tap--> recorder --capture--> scenario --play--> result
//                                             |    ^
//                                        write|    |parse
//                                             v    |
//                                              text
#ifndef VERIF_SCENARIO_H
#define VERIF_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "verif/bench.h"

#define SCENARIO_MOST_OPS (1u << 20)    // and words, and timings: a file has no more
#define SCENARIO_MOST_DELAY (1u << 24)  // cycles
#define SCENARIO_MOST_GRANT (1u << 16)  // cycles, g and L
#define SCENARIO_MOST_TIME (1u << 26)   // cycles: all delays, all g and all L of a text together

// id, key
#define SCENARIO_OP_LIST(X)                                                             \
    X(SCENARIO_REQUEST, "request") /* in text by its access: load, store, amo, fetch */ \
    X(SCENARIO_FENCE, "fence")                                                          \
    X(SCENARIO_PMP_WRITE, "pmp-write")                                                  \
    X(SCENARIO_CSR, "csr")                                                              \
    X(SCENARIO_WRITE, "write") /* of a PTE, by software */                              \
    X(SCENARIO_KILL, "kill")                                                            \
    X(SCENARIO_STALL, "stall") /* answers are not taken for a cycle */                  \
    X(SCENARIO_POISON, "poison")                                                        \
    X(SCENARIO_RESET, "reset")                                                          \
    X(SCENARIO_SAME, "same") /* the port's last three answers must agree */

enum scenario_kind {
#define X(id, key) id,
    SCENARIO_OP_LIST(X)
#undef X
        SCENARIO_KINDS
};

// Returns the kind's word (static).
const char *scenario_kind_key(enum scenario_kind kind);

struct scenario_word {
    uint64_t pa, value;
};

struct scenario_op {
    uint8_t kind;    // enum scenario_kind
    uint8_t port;    // of SCENARIO_REQUEST and _SAME
    bool quiet;      // wait until nothing is presented, unanswered or untaken
    uint32_t delay;  // cycles; after the operation before it was presented, or after that
    union {
        struct mmu_request request;
        struct mmu_fence fence;
        struct mmu_pmp_write pmp_write;
        struct mmu_csr csr;
        struct scenario_word write;
        unsigned mask;  // of SCENARIO_KILL and _STALL: bit = 1 << port, 4 = fault channel
    } u;
};

// What a scenario shows: which failures are the same is told by check, port, what, causes and late.
struct scenario_failure {
    bool failed;
    uint8_t check;  // enum bench_check
    uint8_t port;
    uint8_t cause[2];  // expected, observed; of a fault or its record, 0: none
    int8_t late;       // of a latency: -1 early, 1 late, 2 never; 0: not one
    char what[LEGAL_REASON_BYTES];
    uint64_t cycle;
};

// Lists are owned (scenario_clear); all zero is an empty scenario.
struct scenario {
    enum bench_mode mode;
    unsigned oracle;  // enum bench_oracle bits
    bool properties;  // the DUT was built with verif/sva
    struct mmu_config mmu;
    uint64_t watchdog_cycles, counter_interval;
    uint64_t memory_base, memory_bytes;  // elsewhere there is none
    struct mmu_csr csr;
    struct mmu_pmp pmp;           // registers before the first operation
    struct scenario_word *words;  // of pte_bytes each, ascending, none twice
    size_t word_count;
    struct bench_transaction_timing *timings;  // by ordinal; those that follow: g = L = 1
    size_t timing_count;
    struct scenario_op *ops;
    size_t op_count;
    struct scenario_failure expect;
};

// Returns an empty scenario of default parameters.
struct scenario scenario_empty(void);
void scenario_clear(struct scenario *scenario);
// False: no memory; *copy is empty then.
bool scenario_copy(struct scenario *copy, const struct scenario *scenario);
// Returns whether the initial PMP registers of an entry are 0.
bool scenario_pmp_entry_is_off(const struct scenario *scenario, unsigned entry);
// Operations that somebody has to understand: everything after the initial state.
size_t scenario_operations(const struct scenario *scenario);

struct scenario_failure scenario_failure_of(const struct mismatch *mismatch);
// Returns whether both are the same failure; cycles may differ. None is not the same as none.
bool scenario_same_failure(const struct scenario_failure *a, const struct scenario_failure *b);

// --- play ------------------------------------------------------------------------------------

// Makes DUTs for plays.
struct scenario_unit {
    void *user;
    const struct dut_ops *ops;
    struct dut *(*create)(void *user);  // a new unit, NULL: cannot be made; destroyed by ops
};

struct scenario_play {
    const struct scenario_unit *unit;  // NULL: the model alone
    uint64_t most_cycles;              // 0: as many as it takes
    bool (*stop)(void *user);  // asked every SCENARIO_STOP_CYCLES: true ends it; NULL: nobody
    void *stop_user;
    bool wave;            // switch the DUT's waveform on ...
    uint64_t wave_from;   // ... from this cycle on
    const char *command;  // not NULL: an explain page is wanted, with this command
    // Where to read words that the scenario does not list (the run's own memory); NULL: they are 0.
    bool (*source)(void *user, uint64_t pa, uint64_t *value);
    void *source_user;
    // Called after each cycle, if not NULL. Inputs are those of that cycle.
    void (*look)(void *user, const struct bench *bench, const struct bench_inputs *inputs);
    void *look_user;
    uint64_t *counters;  // not NULL: MMU_COUNTERS of them as they are at the end
};

#define SCENARIO_STOP_CYCLES 4096u  // a power of two

struct scenario_result {
    bool ok;       // false: no memory, or no DUT
    bool stopped;  // `stop` said so: what would have failed later is not known
    struct scenario_failure failure;
    uint64_t cycles, transactions, digest;
    size_t presented;             // operations that were presented
    struct scenario_word *words;  // words that were read, with the value they began with; ascending
    size_t word_count;
    struct scenario_word *final;  // the same words, at the end
    char *page, *html;            // NULL: not asked, or nothing failed
};

// Play on a new DUT. Result's lists are owned by the caller (scenario_result_clear).
struct scenario_result scenario_play(const struct scenario *scenario,
                                     const struct scenario_play *play);
void scenario_result_clear(struct scenario_result *result);

// --- record ----------------------------------------------------------------------------------

struct scenario_recorder;

#define SCENARIO_EVENTS (1u << 17)  // kept at most
#define SCENARIO_DIGEST_CYCLES 1000u

// Returns a recorder that looks on at the bench from now on, which must be at its begin; owned by
// the caller, and to be destroyed before the bench. NULL: no memory.
struct scenario_recorder *scenario_recorder_create(struct bench *bench, size_t most_events);
void scenario_recorder_destroy(struct scenario_recorder *recorder);
// Software changed a word of memory that the bench was not told of (bench_note_write).
void scenario_recorder_write(struct scenario_recorder *recorder, uint64_t pa, uint64_t before,
                             uint64_t after);
// The run has ended: the thousand that was begun has its digest, too.
void scenario_recorder_finish(struct scenario_recorder *recorder);
// The digests of each SCENARIO_DIGEST_CYCLES cycles that ended, borrowed.
const uint64_t *scenario_recorder_digests(const struct scenario_recorder *recorder, size_t *count);
// Events that it holds; `all`: since the first cycle.
size_t scenario_recorder_events(const struct scenario_recorder *recorder, bool *all);

// After a mismatch: make a scenario of the latest `events` events (at most those that are held)
// that shows the same failure when played on `unit`. *scenario is owned by the caller. False:
// another failure, none, or no memory; *scenario is empty then.
bool scenario_capture(const struct scenario_recorder *recorder, const struct scenario_unit *unit,
                      size_t events, struct scenario *scenario);
// The shortest such window that is found, or all of them; if none does and older events were
// overwritten, windows after requests that install again what the TLBs may have had.
bool scenario_capture_shortest(const struct scenario_recorder *recorder,
                               const struct scenario_unit *unit, struct scenario *scenario);

// --- text ------------------------------------------------------------------------------------

// Returns the text, owned by the caller (free); NULL: no memory.
char *scenario_write(const struct scenario *scenario);
// Returns a C program that drives a DUT as the scenario does and compares what stands on its ports
// with what the model expects; NULL: no memory, or a failure that it cannot show. `library`: path
// of the DUT, `name`: of the file, both for the comment that tells how to compile it.
char *scenario_write_test(const struct scenario *scenario, const char *name, const char *library);

#define SCENARIO_SENTENCE_BYTES 160
// Read text of `bytes` bytes. Returns 0, or the number of the line at fault with a sentence;
// UINT_MAX: no memory. *scenario is empty then.
unsigned scenario_parse(const char *text, size_t bytes, struct scenario *scenario,
                        char sentence[SCENARIO_SENTENCE_BYTES]);

#endif
