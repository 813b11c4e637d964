// SPDX-License-Identifier: Apache-2.0
// Denning's working set ("The working set model for program behavior", 1968): W(t, tau) is the
// set of pages referenced by the last tau references up to t. One pass over the intervals
// between references to the same page gives the averages for all windows of a grid (Denning and
// Schwartz, "Properties of the working-set model", 1972).
#ifndef SIM_KERNELS_WORKING_SET_H
#define SIM_KERNELS_WORKING_SET_H

#include "sim/kernels/pages.h"

// Windows at which the answers are exact: 1 .. 8, then 8 an octave (9, 10 .. 16, 18, 20 .. 32,
// 36 ...) up to 2^63.
enum { KERNEL_WORKING_SET_WINDOWS = 8 + 8 * 60 };

struct kernel_working_set;

// SIM_ERROR_MEMORY. Memory: 8 bytes a distinct page.
enum sim_status kernel_working_set_create(struct kernel_working_set **kernel,
                                          struct sim_error *error);
void kernel_working_set_destroy(struct kernel_working_set *kernel);
// SIM_ERROR_MEMORY.
enum sim_status kernel_working_set_feed(struct kernel_working_set *kernel,
                                        const struct page_chunk *chunk, struct sim_error *error);
uint64_t kernel_working_set_refs(const struct kernel_working_set *kernel);

// Window `index` of the grid in references. Asserts index < KERNEL_WORKING_SET_WINDOWS.
uint64_t kernel_working_set_window(unsigned index);

struct kernel_working_set_point {
    uint64_t window;    // references
    double mean_pages;  // average over all references t of |W(t, window)|
    uint64_t faults;    // references to pages outside W(t - 1, window), first ones included
};

// The point of a grid window after the references fed so far. Costs a look at each page; sums are
// exact integers in double precision below 2^53.
struct kernel_working_set_point kernel_working_set_at(const struct kernel_working_set *kernel,
                                                      unsigned index);

#endif
