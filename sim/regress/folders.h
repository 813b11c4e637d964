// SPDX-License-Identifier: Apache-2.0
// What a regression has to itself while it runs: DIR, the database, DIR/run-R, a scratch folder.
#ifndef REGRESS_FOLDERS_H
#define REGRESS_FOLDERS_H

#include "regression.h"

// Make a folder that may be there. SIM_ERROR_IO.
enum sim_status folders_make(const char *path, struct sim_error *error);

// Remove a folder with the files in it, but not with folders in it.
void folders_remove(const char *path);

// Make DIR, take its lock, empty its scratch folder. SIM_ERROR_USAGE (another regression runs
// there), SIM_ERROR_IO, SIM_ERROR_MEMORY.
enum sim_status folders_open(struct regression *regression, struct sim_error *error);
// Take the lock of a database that exists, whatever DIR it is used from: DATABASE.lock. The same
// failures.
enum sim_status folders_lock_store(struct regression *regression, const char *database,
                                   struct sim_error *error);
// Give back what the two have taken.
void folders_close(struct regression *regression);

// Find the least number R such that DIR has no run-R or later: a folder of another database's run
// is never used. SIM_ERROR_IO.
enum sim_status folders_next_run(const struct regression *regression, int64_t *run,
                                 struct sim_error *error);
// Make DIR/run-R with the identity of the run; of a resumed one, see that it is its own.
// SIM_ERROR_USAGE (another run's), SIM_ERROR_IO, SIM_ERROR_MEMORY.
enum sim_status folders_claim(struct regression *regression, struct sim_error *error);

#endif
