// SPDX-License-Identifier: Apache-2.0
#include "progress.h"

#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>

enum { CHECK_EVERY = 100000, BAR = 30 };

// Set by a signal handler: the one piece of state that cannot be an argument.
static volatile sig_atomic_t interrupted;

void run_interrupt(void) {
    interrupted = 1;
}

bool run_interrupted(void) {
    return interrupted != 0;
}

static void draw(const struct world *world) {
    const struct bench_stats *stats = bench_stats(world->bench);
    bool random = world->options->trace_count == 0;
    uint64_t done = random ? stats->answers[0] + stats->answers[1] : world->counts.references;
    uint64_t all = world->expected_references ? world->expected_references : 1;
    unsigned filled = (unsigned)((double)done / (double)all * BAR);
    char bar[BAR + 1];
    for (unsigned i = 0; i < BAR; i++) bar[i] = i < filled ? '#' : '.';
    bar[BAR] = '\0';
    fprintf(stderr, "\r[%s] %5.1f %%  %" PRIu64 " %s  %" PRIu64 " cycles\033[K", bar,
            100.0 * (double)done / (double)all, done, random ? "translations" : "references",
            stats->cycles);
}

enum sim_status run_progress_check(struct world *world, struct sim_error *error) {
    if (interrupted)
        return sim_fail(error, SIM_ERROR_INTERRUPTED, "interrupted after %" PRIu64 " cycles",
                        bench_now(world->bench));
    if (world->progress_countdown-- > 0) return SIM_OK;
    world->progress_countdown = CHECK_EVERY;
    if (world->options->progress) draw(world);
    if (world->options->seen)
        atomic_store_explicit(world->options->seen, world->counts.references, memory_order_relaxed);
    return SIM_OK;
}

void run_progress_end(const struct world *world) {
    if (world->options->progress) fprintf(stderr, "\r\033[K");
}
