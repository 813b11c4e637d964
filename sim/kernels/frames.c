// SPDX-License-Identifier: Apache-2.0
// Page frames: LRU by a log, the others by a ring of frames and a byte of state per page.
#include <stdbool.h>
#include <stdlib.h>

#include "lru_log.h"
#include "sim/random.h"
#include "sim/kernels/frames.h"

enum { RESIDENT = 1, DIRTY = 2, REFERENCED = 4, PREFETCH = 12 };

struct kernel_frames {
    struct kernel_frames_config config;
    struct lru_log lru;
    uint32_t *frame;  // page in each frame, in order of arrival until all are full
    uint32_t resident;
    uint32_t hand;   // FIFO, CLOCK: the frame that is looked at next
    uint8_t *state;  // by page
    uint32_t pages;
    uint64_t random;
    struct kernel_frames_counts counts;
};

static const char *check(const struct kernel_frames_config *config) {
    if (config->frames == 0 || config->frames > KERNEL_ENTRIES_MAX) {
        return "the number of frames is not in 1 .. 16777216";
    }
    switch (config->policy) {
        case KERNEL_LRU:
        case KERNEL_FIFO:
        case KERNEL_CLOCK:
        case KERNEL_RANDOM:
            return NULL;
        default:
            return "page frames have the policies LRU, FIFO, CLOCK and random";
    }
}

enum sim_status kernel_frames_create(const struct kernel_frames_config *config,
                                     struct kernel_frames **frames, struct sim_error *error) {
    const char *fault = check(config);
    if (fault) return sim_fail(error, SIM_ERROR_USAGE, "%s", fault);
    struct kernel_frames *f = calloc(1, sizeof *f);
    if (!f) return kernel_no_memory(error);
    f->config = *config;
    f->random = config->seed;
    enum sim_status status = SIM_OK;
    if (config->policy == KERNEL_LRU) {
        status = lru_log_create(&f->lru, config->frames, error);
    } else {
        f->frame = malloc(config->frames * sizeof *f->frame);
        if (!f->frame) status = kernel_no_memory(error);
    }
    if (status != SIM_OK) {
        kernel_frames_destroy(f);
        return status;
    }
    *frames = f;
    return SIM_OK;
}

void kernel_frames_destroy(struct kernel_frames *frames) {
    if (!frames) return;
    lru_log_release(&frames->lru);
    free(frames->frame);
    free(frames->state);
    free(frames);
}

// The frame that `policy` gives away; all are taken.
static uint32_t victim_of(struct kernel_frames *f, uint8_t policy) {
    uint32_t frames = f->config.frames;
    if (policy == KERNEL_RANDOM) return sim_random_below(&f->random, frames);
    uint32_t hand = f->hand;
    if (policy == KERNEL_CLOCK) {
        while (f->state[f->frame[hand]] & REFERENCED) {
            f->state[f->frame[hand]] &= (uint8_t)~REFERENCED;
            hand = hand + 1 == frames ? 0 : hand + 1;
        }
    }
    f->hand = hand + 1 == frames ? 0 : hand + 1;
    return hand;
}

static void miss(struct kernel_frames *f, uint32_t page, uint8_t policy) {
    f->counts.misses++;
    uint32_t frame = f->resident;
    if (frame < f->config.frames) {
        f->resident++;
    } else {
        frame = victim_of(f, policy);
        uint8_t *victim = &f->state[f->frame[frame]];
        f->counts.evictions++;
        f->counts.dirty_evictions += *victim / DIRTY & 1;
        *victim = 0;
    }
    f->frame[frame] = page;
}

// Copied for each policy: what a hit does is a constant then.
static inline __attribute__((always_inline)) void feed(struct kernel_frames *f,
                                                       const struct page_chunk *chunk,
                                                       uint8_t policy) {
    const struct page_run *runs = chunk->runs;
    uint8_t *states = f->state;
    for (size_t i = 0; i < chunk->count; i++) {
        __builtin_prefetch(&states[runs[i + PREFETCH < chunk->count ? i + PREFETCH : i].page], 1);
        uint32_t page = runs[i].page;
        unsigned state = states[page], more = page_run_written(runs[i]) * DIRTY;
        if (__builtin_expect(!(state & RESIDENT), 0)) {
            miss(f, page, policy);
            // The second reference of a run is a hit.
            if (policy == KERNEL_CLOCK && page_run_refs(runs[i]) > 1) more |= REFERENCED;
            states[page] = (uint8_t)(RESIDENT | more);
        } else {
            if (policy == KERNEL_CLOCK) more |= REFERENCED;
            if ((state | more) != state) states[page] = (uint8_t)(state | more);
        }
    }
}

enum sim_status kernel_frames_feed(struct kernel_frames *frames, const struct page_chunk *chunk,
                                   struct sim_error *error) {
    if (frames->config.policy == KERNEL_LRU) return lru_log_feed(&frames->lru, chunk, NULL, error);
    enum sim_status status =
        kernel_grow(&frames->state, &frames->pages, chunk->pages, sizeof *frames->state, error);
    if (status != SIM_OK) return status;
    if (frames->config.policy == KERNEL_FIFO) feed(frames, chunk, KERNEL_FIFO);
    if (frames->config.policy == KERNEL_CLOCK) feed(frames, chunk, KERNEL_CLOCK);
    if (frames->config.policy == KERNEL_RANDOM) feed(frames, chunk, KERNEL_RANDOM);
    frames->counts.refs += chunk->refs;
    if (chunk->pages > frames->counts.cold_misses) frames->counts.cold_misses = chunk->pages;
    return SIM_OK;
}

struct kernel_frames_counts kernel_frames_counts(const struct kernel_frames *frames) {
    return frames->config.policy == KERNEL_LRU ? frames->lru.counts : frames->counts;
}
