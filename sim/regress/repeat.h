// SPDX-License-Identifier: Apache-2.0
// Failed jobs that are run once more when all have ended, for what a job itself does not leave.
#ifndef REGRESS_REPEAT_H
#define REGRESS_REPEAT_H

#include "regression.h"

struct repeats {
    struct regression *regression;
    struct pool *pool;
    const char *file;     // in the folder of a job, that its repetition leaves
    const char *purpose;  // "for replay", for the sentence
    size_t asked, lost;   // lost: did not fail again, or left no file
    size_t example;       // number of the first that was lost
    char why[256];        // its last line, or another sentence
};

// Start a job again with these words more; the pool must not be full. SIM_ERROR_MEMORY, and those
// of pool_start.
enum sim_status repeat_start(struct repeats *repeats, size_t number, double seconds,
                             const struct words *more, struct sim_error *error);
// Count a job that cannot be repeated at all.
void repeat_lose(struct repeats *repeats, size_t number, const char *why);
// Wait for a moment; judge what has ended. SIM_ERROR_INTERRUPTED.
enum sim_status repeat_wait(struct repeats *repeats, struct sim_error *error);
// Print how many of them are lost, if any are.
void repeat_tell(const struct repeats *repeats);

#endif
