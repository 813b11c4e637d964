// SPDX-License-Identifier: Apache-2.0
// A regression under way: what its phases share. setup.c begins or resumes it, build.c builds
// units, local.c or slurm.c runs jobs, collect.c takes each result, waves.c repeats what failed.
#ifndef REGRESS_REGRESSION_H
#define REGRESS_REGRESSION_H

#include "execute.h"
#include "regress.h"
#include "store.h"
#include "world.h"  // run_interrupted

struct pending {
    size_t number;
    struct result result;
};

struct regression {
    const struct regress_options *options;
    struct plan plan;
    struct suites suites;
    struct execution *executions;  // by suite
    char **names;                  // of suites, "configuration.test"
    struct jobs jobs;
    bool *done;  // by number: has a result
    struct store *store;
    int64_t run;
    uint64_t seed;
    bool resumed;
    char id[STORE_ID_BYTES];  // of the run, random
    int lock, store_lock;     // of the folder, of the database; -1: not held
    char *program;            // that runs jobs
    char *folder;             // of what is kept: DIR/run-R
    char *scratch;            // of JSON that is not kept: DIR/.tandem-scratch
    char *coverage;           // FOLDER/coverage, absolute; NULL: not asked for
    size_t counts[OUTCOMES];
    size_t finished;          // jobs with a result, earlier ones of a resumed run included
    struct pending *pending;  // results that could not be stored yet
    size_t pending_count, pending_capacity;
    double pending_tried, synced;
    double began, start, drawn;  // began: with its units; start: of the jobs
    double spent;                // on jobs, seconds
    size_t finished_at_start;
    bool stopping;     // --fail-fast: nothing more is started
    bool out_of_time;  // the plan's minutes are over
};

// --- setup.c: SIM_OK, or a failure after which there is only regression_destroy.
enum sim_status regression_create(const struct regress_options *options,
                                  struct regression *regression, struct sim_error *error);
void regression_destroy(struct regression *regression);
// Jobs of a plan without running them: for -l.
enum sim_status regression_plan(const struct regress_options *options,
                                struct regression *regression, struct sim_error *error);

// --- build.c: build the units of the jobs that have no result; those of a unit that cannot be
// built get theirs. SIM_ERROR_INTERRUPTED.
enum sim_status build_units(struct regression *regression, struct sim_error *error);

// --- local.c: run what has no result on this machine. SIM_ERROR_INTERRUPTED, SIM_ERROR_IO (the
// store), SIM_ERROR_TOOL (processes).
enum sim_status run_local(struct regression *regression, struct sim_error *error);

// --- collect.c
// Take the result of a job, its output included: store it, tell of it, keep what explains it.
// `json`: its JSON, NULL if there is none or it is kept already. A result that cannot be stored
// waits.
void collect(struct regression *regression, size_t number, struct result *result, const char *json);
// Try again what waits, if it is time to. Returns whether nothing waits.
bool collect_pending(struct regression *regression);
// At the end: for some seconds. SIM_ERROR_IO: some results are not stored.
enum sim_status collect_rest(struct regression *regression, struct sim_error *error);
// See that results are on the disk, every two seconds.
void collect_sync(struct regression *regression);
// Whether something more may be started: no interrupt, no --fail-fast, time left, disk not full.
bool collect_may_start(struct regression *regression);
// Folder of what is kept of a job: FOLDER/SUITE.SEED. False: too long.
bool collect_folder(const struct regression *regression, size_t number, char *out, size_t capacity);
// Write output, command, JSON and page of a job that did not pass into that folder. Failing to is
// no failure: the store has them.
void collect_keep(const char *folder, const char *command, const char *output, const char *json);

// --- progress.c, on a terminal only
void progress_draw(struct regression *regression);
void progress_clear(const struct regression *regression);

// --- what is made at the end, if it was asked for, by this process, wherever the jobs ran.
// SIM_ERROR_INTERRUPTED, SIM_ERROR_TOOL ...
// waves.c: repeat failed runs with waveforms.
enum sim_status record_waves(struct regression *regression, struct sim_error *error);
// reproduce.c: a folder for tandem replay for each cause.
enum sim_status keep_reproductions(struct regression *regression, struct sim_error *error);
// merge.c: add up the coverage of the jobs.
enum sim_status merge_coverage(struct regression *regression, struct sim_error *error);
// When the run is stored as finished: remove what was added up.
void drop_coverage(struct regression *regression);

#endif
