// SPDX-License-Identifier: Apache-2.0
// A random run on the fake DUT with a recorder, until something disagrees.
#ifndef TANDEM_TESTS_REPLAY_RECORDED_H
#define TANDEM_TESTS_REPLAY_RECORDED_H

#include "fake_dut.h"
#include "verif/scenario.h"
#include "verif/stimulus.h"

struct tables {
    uint64_t base;
    uint8_t bytes[STIMULUS_TABLE_BYTES];
};

struct recorded {
    struct mmu_config mmu;
    enum fake_fault fault;
    unsigned oracle;
    struct stimulus_config stimulus;
    size_t most_events;
    unsigned most_cycles;
    // While it stands:
    struct tables tables;
    struct dut *dut;
    struct bench *bench;
    struct stimulus *source;
    struct scenario_recorder *recorder;
    struct scenario_unit unit;  // makes fakes with the same fault
    bool failed;
};

// A run to be made: 16 LRU entries, so many walks, this fault; its seed for everything random.
// Owned by the caller (recorded_destroy).
struct recorded *recorded_create(unsigned xlen, unsigned pmp_entries, unsigned walks,
                                 enum fake_fault fault, uint64_t seed);
// Drive until something disagrees or most_cycles have passed.
void recorded_run(struct recorded *recorded);
void recorded_destroy(struct recorded *recorded);

#endif
