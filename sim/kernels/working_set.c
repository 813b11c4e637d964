// SPDX-License-Identifier: Apache-2.0
// A reference keeps its page in the working set for `window` references or until the page's
// next one, whichever comes first: the sum of min(interval, window) over all references is the
// sum of the working sets' sizes over time. Intervals are counted and added up between the
// windows of the grid, so that both parts of the sum are exact there.
#include <assert.h>
#include <stdlib.h>

#include "grow.h"
#include "sim/kernels/working_set.h"

struct kernel_working_set {
    uint64_t *last;  // by page: number of its last reference from 1; 0 = none
    uint32_t capacity, pages;
    uint64_t refs;
    uint64_t count[KERNEL_WORKING_SET_WINDOWS];  // of intervals above the window before
    uint64_t sum[KERNEL_WORKING_SET_WINDOWS];    // of these intervals
};

enum sim_status kernel_working_set_create(struct kernel_working_set **kernel,
                                          struct sim_error *error) {
    *kernel = calloc(1, sizeof **kernel);
    return *kernel ? SIM_OK : kernel_no_memory(error);
}

void kernel_working_set_destroy(struct kernel_working_set *kernel) {
    if (!kernel) return;
    free(kernel->last);
    free(kernel);
}

uint64_t kernel_working_set_window(unsigned index) {
    assert(index < KERNEL_WORKING_SET_WINDOWS);
    if (index < 8) return index + 1;
    // Octave (8 << octave, 16 << octave] in eight steps.
    unsigned octave = (index - 8) / 8, step = (index - 8) % 8 + 1;
    return (UINT64_C(8) + step) << octave;
}

// The first window of the grid that is at least `interval`, 1 .. 2^63.
static inline unsigned place_of(uint64_t interval) {
    if (interval <= 8) return (unsigned)interval - 1;
    unsigned octave = 60 - (unsigned)__builtin_clzll(interval - 1);
    return 8 + 8 * octave + (unsigned)((interval - 1) >> octave) - 8;
}

enum sim_status kernel_working_set_feed(struct kernel_working_set *kernel,
                                        const struct page_chunk *chunk, struct sim_error *error) {
    struct kernel_working_set *k = kernel;
    enum sim_status status =
        kernel_grow(&k->last, &k->capacity, chunk->pages, sizeof *k->last, error);
    if (status != SIM_OK) return status;
    uint64_t now = k->refs;
    for (size_t i = 0; i < chunk->count; i++) {
        uint64_t *last = &k->last[chunk->runs[i].page], interval = now + 1 - *last;
        if (*last) {
            unsigned at = place_of(interval);
            k->count[at]++;
            k->sum[at] += interval;
        }
        now += page_run_refs(chunk->runs[i]);
        *last = now;
    }
    k->count[0] += chunk->refs - chunk->count;  // inside runs all intervals are 1
    k->sum[0] += chunk->refs - chunk->count;
    k->refs = now;
    if (chunk->pages > k->pages) k->pages = chunk->pages;
    return SIM_OK;
}

uint64_t kernel_working_set_refs(const struct kernel_working_set *kernel) {
    return kernel->refs;
}

struct kernel_working_set_point kernel_working_set_at(const struct kernel_working_set *kernel,
                                                      unsigned index) {
    const struct kernel_working_set *k = kernel;
    uint64_t window = kernel_working_set_window(index), longer = 0;
    double total = 0;
    for (unsigned i = 0; i < KERNEL_WORKING_SET_WINDOWS; i++) {
        if (i <= index) {
            total += (double)k->sum[i];
        } else {
            longer += k->count[i];
        }
    }
    total += (double)longer * (double)window;
    // The last reference to each page: until the window or the program ends.
    for (uint32_t page = 0; page < k->pages; page++) {
        uint64_t left = k->refs - k->last[page] + 1;
        total += (double)(left < window ? left : window);
    }
    return (struct kernel_working_set_point){
        .window = window,
        .mean_pages = k->refs ? total / (double)k->refs : 0,
        .faults = longer + k->pages,
    };
}
