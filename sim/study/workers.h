// SPDX-License-Identifier: Apache-2.0
// Tasks to processes: each task in a process of its own, several at once. What comes out does not
// depend on how many.
#ifndef STUDY_WORKERS_H
#define STUDY_WORKERS_H

#include "journal.h"
#include "query.h"

enum { STUDY_MOST_WORKERS = 256 };

struct study_workers {
    unsigned count;                 // processes at a time, 1 .. STUDY_MOST_WORKERS
    bool progress;                  // on standard error
    struct study_journal *journal;  // NULL: none
};

// Do all tasks of the work that are not done. A task that fails ends the study: its error is
// passed on. SIM_ERROR_TOOL if a worker was killed, with its signal; SIM_ERROR_INTERRUPTED after
// a signal to this process (run_interrupt). No process is left behind.
enum sim_status study_workers_run(const struct study_workers *workers, struct study_work *work,
                                  struct sim_error *error);

// Returns the number of cores that this process may use.
unsigned study_cores(void);

#endif
