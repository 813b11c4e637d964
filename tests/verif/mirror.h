// SPDX-License-Identifier: Apache-2.0
// A second engine behind the interface of a DUT, for what the fake in C does not have: second
// level, page-walk caches, prefetch. It agrees with the bench's model by construction, so it says
// nothing of either; it is there to be altered: in one output, or in one parameter that the bench
// does not know of.
#ifndef TANDEM_TESTS_VERIF_MIRROR_H
#define TANDEM_TESTS_VERIF_MIRROR_H

#include "verif/bench.h"

enum mirror_fault {
    MIRROR_RIGHT = 0,
    MIRROR_L2_FILL_SET,
    MIRROR_L2_FILL_WAY,
    MIRROR_L2_FILL_EVICT,
    MIRROR_L2_FILL_SILENT,
    MIRROR_L2_FILL_UNASKED,  // each fill of the data port's is told as one of the second level too
    MIRROR_L2_AS_L1,         // source 1 for an answer of the second level
    MIRROR_TAG,
    MIRROR_FAULT_TAG,
    MIRROR_ID,
    MIRROR_POISON,  // is ignored
    MIRROR_PMP_READY,
    MIRROR_COUNTERS,  // + number of the counter that never counts
    MIRROR_LATE =
        MIRROR_COUNTERS + MMU_COUNTERS  // + number of the counter that counts a cycle late
};

// Returns a unit in its reset state, owned by the caller (mirror_ops()->destroy); NULL without
// memory. It has the memory and the timing of *bench, both borrowed, without errors. The bench must
// not be resynchronised.
struct dut *mirror_create(const struct bench_config *bench, const struct mmu_config *config,
                          unsigned fault);
const struct dut_ops *mirror_ops(void);

#endif
