// SPDX-License-Identifier: Apache-2.0
// The units that the scenarios need, each made at its first use and kept.
#ifndef VECTORS_UNITS_H
#define VECTORS_UNITS_H

#include "dut_loader.h"
#include "unit.h"

enum { MOST_UNITS = 8 };  // XLEN, Svnapot, with PMP or without: six

struct vectors_units {
    bool dut;              // DUTs, else the timed model
    const char *dut_path;  // NULL: built
    bool hierarchy;        // with a second level, page-walk caches, several walks, prefetch
    uint64_t seed;
    struct vectors_memory *memory;
    struct sim_error misfit;  // what the given DUT does not fit, "" if nothing yet
    unsigned count;
    struct vectors_units_entry {
        struct mmu_arch arch;
        struct loaded_dut dut;
        struct vectors_unit *unit;  // NULL: the given DUT does not fit
    } entry[MOST_UNITS];
};

// Find or make the unit for a hart. A DUT always has PMP. *unit becomes NULL if the given DUT is
// built for another hart.
enum sim_status vectors_units_find(struct vectors_units *units, const struct vectors_hart *hart,
                                   struct vectors_unit **unit, struct sim_error *error);
void vectors_units_destroy(struct vectors_units *units);

#endif
