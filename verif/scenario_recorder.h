// SPDX-License-Identifier: Apache-2.0
// What the recorder keeps (scenario_record.c), of which a window becomes a scenario
// (scenario_capture.c), if need be with what was installed before it (scenario_warm.c).
#ifndef SCENARIO_RECORDER_H
#define SCENARIO_RECORDER_H

#include "scenario_internal.h"

// Hardware's writes are events, for undoing them, but no operations.
enum { SCENARIO_HARDWARE_WRITE = SCENARIO_KINDS };

struct scenario_event {
    struct scenario_op op;
    uint64_t cycle;    // in which it is presented
    uint64_t ordinal;  // of the next transaction then
    uint64_t before;   // of a write
};

// The registers that a unit has where events begin.
struct scenario_state {
    struct mmu_csr csr;
    struct mmu_pmp pmp;
};

struct scenario_recorder {
    struct bench *bench;
    struct bench_tap tap;
    struct scenario_event *events;  // ring
    size_t most, first, count;
    bool lost;                   // events were overwritten
    struct scenario_state base;  // before the oldest event
    struct scenario_warm *warm;  // of what was overwritten (scenario_warm.c)
    uint64_t warm_sequence;
    // What was presented in the cycle before.
    struct bench_inputs held;
    uint64_t cycle;  // of that
    bool begun;
    uint64_t same_cycle;  // of the last comparison for invariance
    uint64_t digest;
    uint64_t accesses;  // digested
    uint64_t *digests;
    size_t digest_count, digest_capacity;
};

// Event `index`, of `count`, the oldest first.
struct scenario_event *scenario_event_at(const struct scenario_recorder *r, size_t index);
// What the event does to registers and PMP.
void scenario_event_apply(struct scenario_state *state, const struct mmu_arch *arch,
                          const struct scenario_event *event);

// Empty; freed by the caller; NULL: no memory.
struct scenario_warm *scenario_warm_create(void);
// The oldest event is about to be overwritten; r->base is what it meets.
void scenario_warm_note(struct scenario_recorder *r, const struct scenario_event *event);
// Give the scenario in place of its operations (which are not freed) those that install again what
// the latest `most` of the pages remembered need, and then set its registers. False: there are
// none, or no memory.
bool scenario_warm_up(const struct scenario_recorder *r, size_t most, struct scenario *prefix);

#endif
