// SPDX-License-Identifier: Apache-2.0
// The scenario's parts: scenario.c (the value), scenario_memory.c (words by address),
// scenario_play.c and scenario_same.c, scenario_record.c and scenario_capture.c (from a run),
// scenario_text.c, scenario_parse.c and scenario_operation.c, scenario_test.c (as a C program),
// shrink*.c.
#ifndef SCENARIO_INTERNAL_H
#define SCENARIO_INTERNAL_H

#include "bench_internal.h"
#include "verif/scenario.h"

// Words by address: open addressing, grows. What is not there may be asked of a source.
struct scenario_cell {
    uint64_t pa, first, now;  // value at the begin, value now
    bool used, read;          // read: by the unit or the model, before anybody wrote it
    bool touched;             // read or written
};
struct scenario_memory {
    uint64_t base, bytes;
    struct scenario_cell *cells;
    size_t capacity, count;  // capacity: 0 or a power of two
    bool exhausted;
    bool (*source)(void *user, uint64_t pa, uint64_t *value);
    void *source_user;
};

void scenario_memory_clear(struct scenario_memory *memory);
// False: no memory.
bool scenario_memory_put(struct scenario_memory *memory, uint64_t pa, uint64_t value);
// The words listed, as the memory's begin. False: no memory.
bool scenario_memory_fill(struct scenario_memory *memory, const struct scenario *scenario);
struct bench_memory scenario_memory_port(struct scenario_memory *memory);
// Words that were read before they were written, ascending; two lists of *count, owned by the
// caller. False: no memory.
bool scenario_memory_read_words(const struct scenario_memory *memory, struct scenario_word **first,
                                struct scenario_word **final, size_t *count);

// What `same` may compare: the port's last answers, if they are those of one access, in one state
// of memory and registers (scenario_same.c).
enum { SCENARIO_SAME_TIMES = 3 };
struct scenario_same {
    bool steady[MMU_PORTS];     // nothing has changed since nothing old was cached
    unsigned times[MMU_PORTS];  // so often this access, one after the other, while steady
    struct mmu_request last[MMU_PORTS], asked[MMU_PORTS][MMU_TAGS];
    struct mmu_answer answer[MMU_PORTS][SCENARIO_SAME_TIMES];  // the latest first
};

// With empty TLBs.
void scenario_same_begin(struct scenario_same *same);
// Registers, PTEs or PMP change, memory fails, a request is killed.
void scenario_same_changed(struct scenario_same *same);
// A fence is accepted. quiet: nothing of the port is presented or unanswered.
void scenario_same_fenced(struct scenario_same *same, unsigned port, const struct mmu_fence *fence,
                          bool quiet);
void scenario_same_accepted(struct scenario_same *same, unsigned port,
                            const struct mmu_request *request);
void scenario_same_answered(struct scenario_same *same, unsigned port,
                            const struct mmu_answer *answer);
// Whether the last answers agree, as far as they must; bench_mismatch tells how they do not.
bool scenario_same_holds(const struct scenario_same *same, unsigned port, struct bench *bench);

// Unlisted operations of the same cycle are presented by this; see scenario_play.c.
struct bench_config scenario_bench(const struct scenario *scenario, struct scenario_memory *memory,
                                   const struct dut_ops *ops, struct dut *dut);

#endif
