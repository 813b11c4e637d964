// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "grow.h"
#include "opt_stack.h"
#include "sim/kernels/opt.h"

enum { STEP = 16 };

// The first place from `at` (a multiple of STEP away from `length`) where something happens.
typedef uint32_t search(const int64_t *stack, uint32_t at, uint32_t length, int64_t now,
                        int64_t held);

struct kernel_opt_curve {
    uint32_t max, length;  // of the stack; it grows as pages appear
    int64_t *stack;
    uint64_t *hits;  // by place
    int64_t position;
    uint64_t refs;
    search *find;
};

// Vector code: no way out of the inner loop.
static inline __attribute__((always_inline)) uint32_t find(const int64_t *stack, uint32_t at,
                                                           uint32_t length, int64_t now,
                                                           int64_t held) {
    for (; at + STEP <= length; at += STEP) {
        int64_t any = 0;
        for (uint32_t i = 0; i < STEP; i++) any |= (stack[at + i] > held) | (stack[at + i] == now);
        if (any) break;
    }
    return at;
}

static uint32_t find_anywhere(const int64_t *stack, uint32_t at, uint32_t length, int64_t now,
                              int64_t held) {
    return find(stack, at, length, now, held);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static uint32_t find_avx2(const int64_t *stack, uint32_t at,
                                                          uint32_t length, int64_t now,
                                                          int64_t held) {
    return find(stack, at, length, now, held);
}

static search *best_search(void) {
    return __builtin_cpu_supports("avx2") ? find_avx2 : find_anywhere;
}
#else
static search *best_search(void) {
    return find_anywhere;
}
#endif

enum sim_status kernel_opt_curve_create(uint32_t max_frames, struct kernel_opt_curve **opt,
                                        struct sim_error *error) {
    if (max_frames == 0 || max_frames > KERNEL_ENTRIES_MAX) {
        return sim_fail(error, SIM_ERROR_USAGE, "the number of frames %u is not in 1 .. %d",
                        max_frames, KERNEL_ENTRIES_MAX);
    }
    struct kernel_opt_curve *o = calloc(1, sizeof *o);
    if (!o) return kernel_no_memory(error);
    o->max = max_frames;
    o->stack = malloc(max_frames * sizeof *o->stack);
    o->hits = calloc(max_frames, sizeof *o->hits);
    o->find = best_search();
    if (!o->stack || !o->hits) {
        kernel_opt_curve_destroy(o);
        return kernel_no_memory(error);
    }
    *opt = o;
    return SIM_OK;
}

void kernel_opt_curve_destroy(struct kernel_opt_curve *opt) {
    if (!opt) return;
    free(opt->stack);
    free(opt->hits);
    free(opt);
}

// Place of the page due `now`, opt->length if it is in none.
static uint32_t touch(struct kernel_opt_curve *opt, int64_t now, int64_t next) {
    int64_t *stack = opt->stack, held = stack[0];
    uint32_t length = opt->length, at = 1;
    stack[0] = next;
    if (held == now) return 0;
    while (at < length) {
        // The first places one by one, where most pages are found; then in steps, where only
        // farther pages change places.
        if (at >= STEP) at = opt->find(stack, at, length, now, held);
        uint32_t stop = at + STEP < length ? at + STEP : length;
        uint32_t place = opt_stack_sink(stack, at, stop, now, &held);
        if (place < stop) return place;
        at = stop;
    }
    if (length < opt->max) stack[opt->length++] = held;
    return opt->max;
}

enum sim_status kernel_opt_curve_feed(struct kernel_opt_curve *opt, const struct page_chunk *chunk,
                                      const int64_t *next, struct sim_error *error) {
    (void)error;
    for (size_t i = 0; i < chunk->count; i++) {
        int64_t now = opt->position++;
        if (opt->length == 0) {
            opt->stack[opt->length++] = next[i];
            continue;
        }
        uint32_t place = touch(opt, now, next[i]);
        if (place < opt->max) opt->hits[place]++;
    }
    opt->hits[0] += chunk->refs - chunk->count;  // the rest of each run
    opt->refs += chunk->refs;
    return SIM_OK;
}

uint64_t kernel_opt_curve_refs(const struct kernel_opt_curve *opt) {
    return opt->refs;
}

void kernel_opt_curve_misses(const struct kernel_opt_curve *opt, uint32_t max, uint64_t *misses) {
    assert(max <= opt->max);
    uint64_t left = opt->refs;
    misses[0] = left;
    for (uint32_t frames = 1; frames <= max; frames++) {
        left -= opt->hits[frames - 1];
        misses[frames] = left;
    }
}
