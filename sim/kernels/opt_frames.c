// SPDX-License-Identifier: Apache-2.0
// OPT for one number of frames. A tree of maxima over the frames' next uses, 16 children a
// node, finds the victim. A page that hits was due now, the nearest of all, and is due later
// from now on: keys of resident pages only grow, so that a hit looks at one or two nodes.
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "sim/kernels/opt.h"

enum { ARITY = 16, LEVELS = 7, PREFETCH = 12 };  // 16^6 = KERNEL_ENTRIES_MAX, and the root

struct kernel_opt_frames {
    uint32_t frames, resident;
    unsigned levels;         // of the tree; the last one is a single node
    int64_t *level[LEVELS];  // level 0: by frame; padded with -1 to whole nodes
    uint32_t *page;          // by frame
    uint32_t *where;         // by page: (frame + 1) << 1 | dirty; 0 = not resident
    uint32_t pages;
    struct kernel_frames_counts counts;
};

static enum sim_status grow_tree(struct kernel_opt_frames *opt, struct sim_error *error) {
    size_t nodes = opt->frames;
    for (;;) {
        size_t padded = (nodes + ARITY - 1) / ARITY * ARITY;
        int64_t *level = aligned_alloc(ARITY * sizeof *level, padded * sizeof *level);
        if (!level) return kernel_no_memory(error);
        memset(level, 0xFF, padded * sizeof *level);
        opt->level[opt->levels++] = level;
        if (nodes == 1) return SIM_OK;
        nodes = padded / ARITY;
    }
}

enum sim_status kernel_opt_frames_create(uint32_t frames, struct kernel_opt_frames **opt,
                                         struct sim_error *error) {
    if (frames == 0 || frames > KERNEL_ENTRIES_MAX) {
        return sim_fail(error, SIM_ERROR_USAGE, "the number of frames %u is not in 1 .. %d", frames,
                        KERNEL_ENTRIES_MAX);
    }
    struct kernel_opt_frames *o = calloc(1, sizeof *o);
    if (!o) return kernel_no_memory(error);
    o->frames = frames;
    o->page = malloc(frames * sizeof *o->page);
    enum sim_status status = o->page ? grow_tree(o, error) : kernel_no_memory(error);
    if (status != SIM_OK) {
        kernel_opt_frames_destroy(o);
        return status;
    }
    *opt = o;
    return SIM_OK;
}

void kernel_opt_frames_destroy(struct kernel_opt_frames *opt) {
    if (!opt) return;
    for (unsigned i = 0; i < opt->levels; i++) free(opt->level[i]);
    free(opt->page);
    free(opt->where);
    free(opt);
}

static int64_t largest(const int64_t *node) {
    int64_t most = node[0];
    for (int i = 1; i < ARITY; i++) most = node[i] > most ? node[i] : most;
    return most;
}

// The frame's key has become larger.
static inline void raise(struct kernel_opt_frames *opt, uint32_t frame, int64_t key) {
    opt->level[0][frame] = key;
    for (unsigned i = 1; i < opt->levels; i++) {
        int64_t *node = &opt->level[i][frame /= ARITY];
        if (*node >= key) return;
        *node = key;
    }
}

// The frame's key has become smaller.
static void lower(struct kernel_opt_frames *opt, uint32_t frame, int64_t key) {
    opt->level[0][frame] = key;
    for (unsigned i = 1; i < opt->levels; i++) {
        frame /= ARITY;
        int64_t most = largest(opt->level[i - 1] + (size_t)frame * ARITY);
        if (opt->level[i][frame] == most) return;
        opt->level[i][frame] = most;
    }
}

static uint32_t farthest(const struct kernel_opt_frames *opt) {
    uint32_t at = 0;
    for (unsigned i = opt->levels - 1; i-- > 0;) {
        int64_t most = opt->level[i + 1][at];
        at *= ARITY;
        while (opt->level[i][at] != most) at++;
    }
    return at;
}

static void miss(struct kernel_opt_frames *opt, uint32_t page, int64_t next, uint32_t written) {
    opt->counts.misses++;
    uint32_t frame = opt->resident;
    if (frame < opt->frames) {
        opt->resident++;
        raise(opt, frame, next);
    } else {
        frame = farthest(opt);
        uint32_t *victim = &opt->where[opt->page[frame]];
        opt->counts.evictions++;
        opt->counts.dirty_evictions += *victim & 1;
        *victim = 0;
        lower(opt, frame, next);
    }
    opt->page[frame] = page;
    opt->where[page] = (frame + 1) << 1 | written;
}

enum sim_status kernel_opt_frames_feed(struct kernel_opt_frames *opt,
                                       const struct page_chunk *chunk, const int64_t *next,
                                       struct sim_error *error) {
    enum sim_status status =
        kernel_grow(&opt->where, &opt->pages, chunk->pages, sizeof *opt->where, error);
    if (status != SIM_OK) return status;
    const struct page_run *runs = chunk->runs;
    uint32_t *where = opt->where;
    for (size_t i = 0; i < chunk->count; i++) {
        __builtin_prefetch(&where[runs[i + PREFETCH < chunk->count ? i + PREFETCH : i].page], 1);
        uint32_t page = runs[i].page, written = page_run_written(runs[i]), at = where[page];
        if (__builtin_expect(!at, 0)) {
            miss(opt, page, next[i], written);
            continue;
        }
        if (written) where[page] = at | 1;
        raise(opt, (at >> 1) - 1, next[i]);
    }
    opt->counts.refs += chunk->refs;
    if (chunk->pages > opt->counts.cold_misses) opt->counts.cold_misses = chunk->pages;
    return SIM_OK;
}

struct kernel_frames_counts kernel_opt_frames_counts(const struct kernel_opt_frames *opt) {
    return opt->counts;
}
