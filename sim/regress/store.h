// SPDX-License-Identifier: Apache-2.0
// The SQLite file with the results of all regressions. Its tables, and what survives which
// accident, are in docs/regress.md.
#ifndef REGRESS_STORE_H
#define REGRESS_STORE_H

#include "jobs.h"

#define OUTCOME_LIST(X)         \
    X(OUTCOME_PASSED, "passed") \
    X(OUTCOME_FAILED, "failed") \
    X(OUTCOME_ERROR, "error")   \
    X(OUTCOME_TIMEOUT, "timeout")

enum outcome {
#define X(id, name) id,
    OUTCOME_LIST(X)
#undef X
        OUTCOMES,
    OUTCOME_NONE = OUTCOMES  // not run
};

// Returns "passed", ...; "not run" for OUTCOME_NONE.
const char *outcome_name(enum outcome outcome);
// Returns OUTCOME_NONE for a name that is none.
enum outcome outcome_find(const char *name);

enum { STORE_SIGNATURE_BYTES = 192, STORE_SENTENCE_BYTES = 384, STORE_NODE_BYTES = 64 };
// So many results of a bucket keep their output, per run, and after them each with a smaller seed
// than all before.
enum { STORE_OUTPUTS = 100 };

struct result {
    enum outcome outcome;
    int status;         // exit status; minus the number of a signal
    unsigned attempts;  // 1: ran once
    double seconds;
    uint64_t cycles;                        // simulated
    char signature[STORE_SIGNATURE_BYTES];  // "" if passed
    char sentence[STORE_SENTENCE_BYTES];    // "" if passed
    char node[STORE_NODE_BYTES];            // host that ran it
    char *output;                           // UTF-8; NULL: none
};

// What is known of a run from its beginning.
struct store_run {
    char title[PLAN_TITLE_BYTES];
    uint64_t seed;
    char git[64], rtl[40];
    const char *program, *launcher;
    unsigned workers;
    int64_t least;  // of the run's number; 0: any that is free
};

struct store;

// Open the file, made if it is not there. SIM_ERROR_USAGE (not a regular file, not one of ours,
// newer), SIM_ERROR_IO, SIM_ERROR_FORMAT (damaged). What is refused is left as it was.
enum sim_status store_open(const char *path, struct store **store, struct sim_error *error);
// Open a file that is there to read it: it is never changed, nor need it be writable. There are the
// functions that list and print, no others. Failures as above.
enum sim_status store_open_to_read(const char *path, struct store **store, struct sim_error *error);
void store_close(struct store *store);

// Begin a run with all its jobs, in one transaction. Returns its number in *run.
enum sim_status store_begin(struct store *store, const struct store_run *about,
                            const struct suites *suites, const struct jobs *jobs, int64_t *run,
                            struct sim_error *error);

// Read the identity of a run that is there: 32 random digits, hexadecimal, drawn the first time.
// SIM_ERROR_IO, SIM_ERROR_FORMAT, SIM_ERROR_MEMORY.
enum { STORE_ID_BYTES = 33 };
enum sim_status store_identity(struct store *store, int64_t run, char out[STORE_ID_BYTES],
                               struct sim_error *error);

// Add a result in a transaction of its own. *added is false if the job has one already, which
// stays. SIM_ERROR_IO: try again later, nothing was added.
enum sim_status store_add(struct store *store, int64_t run, size_t number,
                          const struct result *result, bool *added, struct sim_error *error);
// See that what was added is on the disk.
enum sim_status store_sync(struct store *store, struct sim_error *error);
// state: finished, stopped, interrupted. `seconds` is added to those of the run.
enum sim_status store_end(struct store *store, int64_t run, const char *state, double seconds,
                          struct sim_error *error);

// Find the plan's last run, if it has not finished. *run is 0 if it has, or there is none.
enum sim_status store_unfinished(struct store *store, const char *title, int64_t *run,
                                 struct sim_error *error);
// Find the plan's last run; *run 0: none.
enum sim_status store_last(struct store *store, const char *title, int64_t *run,
                           struct sim_error *error);
// Read an unfinished run again: jobs (jobs->job is the caller's to free), seed, and done[number]
// for those with a result (the caller's to free). SIM_ERROR_USAGE if its suites are not these.
enum sim_status store_resume(struct store *store, int64_t run, const struct suites *suites,
                             struct jobs *jobs, bool **done, uint64_t *seed,
                             struct sim_error *error);

// List the jobs of the plan whose last result is not a pass, as far as there is their suite. *list
// is the caller's to free.
enum sim_status store_failing(struct store *store, const char *title, const struct suites *suites,
                              struct job **list, size_t *count, struct sim_error *error);

// Returns how many results of the run have this signature, 0 on failure; counts to `most`.
unsigned store_count(struct store *store, int64_t run, const char *signature, unsigned most);
// Returns whether no seed with this signature, stored or asked for before, is smaller; false on
// failure. For results in the order in which they come: each is asked for before it is stored.
bool store_is_smallest(struct store *store, int64_t run, const char *signature, uint64_t seed);
// Count the results of a run by outcome.
enum sim_status store_outcomes(struct store *store, int64_t run, size_t counts[OUTCOMES],
                               struct sim_error *error);

#endif
