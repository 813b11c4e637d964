// SPDX-License-Identifier: Apache-2.0
// Processes of other programs, so many at a time: each in a process group of its own, with a time
// limit, its output bounded. They end when this process does.
#ifndef REGRESS_POOL_H
#define REGRESS_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/error.h"

enum { POOL_MOST = 256, POOL_HEAD_BYTES = 16384, POOL_TAIL_BYTES = 16384, POOL_GRACE_SECONDS = 2 };

struct pool_task {
    char *const *argv;  // argv[0] is a path, or is looked for in PATH
    double seconds;     // limit; 0: none
    uint64_t tag;       // given back at its end
};

struct pool_end {
    uint64_t tag;
    int ended;       // as waitpid gives it
    bool timed_out;  // it was sent SIGTERM, or SIGKILL, for its limit
    double seconds;  // by the clock on the wall
    // stdout and stderr, in their order: the first 16 KiB, a line that says how much was left out,
    // the last 16 KiB. Ends with NUL; owned by the receiver. NULL: no memory.
    char *output;
};

struct pool;

// Returns NULL without memory. workers: 1 .. POOL_MOST.
struct pool *pool_create(unsigned workers);
// Ends what runs (pool_stop).
void pool_destroy(struct pool *pool);

// How many run.
unsigned pool_busy(const struct pool *pool);
bool pool_is_full(const struct pool *pool);

// Start a task; the pool must not be full. argv need not live on. SIM_ERROR_TOOL (the program),
// SIM_ERROR_IO (processes, pipes), SIM_ERROR_MEMORY.
enum sim_status pool_start(struct pool *pool, const struct pool_task *task,
                           struct sim_error *error);

// Wait until one has ended, for so many milliseconds at most, or a signal. False: none has.
bool pool_wait(struct pool *pool, int milliseconds, struct pool_end *end);

// End all that run: SIGTERM, two seconds later SIGKILL. Nothing is told of them.
void pool_stop(struct pool *pool);

// Returns seconds since some moment.
double pool_clock(void);

#endif
