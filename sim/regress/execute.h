// SPDX-License-Identifier: Apache-2.0
// One job as a process: its command line, and what came of it.
#ifndef REGRESS_EXECUTE_H
#define REGRESS_EXECUTE_H

#include "pool.h"
#include "store.h"

// What the jobs of a suite have in common.
struct execution {
    const char *suite;          // "configuration.test"
    const struct words *words;  // "tandem run ...", without the seed
    const char *dut;            // NULL: the job finds its own
    const char *coverage;       // folder for SUITE.SEED.cov; NULL: no coverage
    uint64_t seconds;           // limit
    bool quiet;                 // the command has --quiet
};

// Write the command line of a job: `program` in place of "tandem", the seed, the DUT, where its
// JSON goes (NULL: nowhere, and no coverage either: it is no job, but its repetition). False: no
// memory; *words is the caller's to destroy either way.
bool execute_words(const struct execution *execution, const char *program, uint64_t seed,
                   const char *json, struct words *words);

// Where a job that leaves this JSON leaves the page of its mismatch, as HTML. False: too long.
bool execute_page_path(const char *json, char *out, size_t capacity);
// Remove what a job has left there.
void execute_drop(const char *json);

// Judge a job that has ended; takes end->output over. `json` is where its JSON is, if anywhere.
// Fills everything but attempts.
void execute_judge(const struct execution *execution, struct pool_end *end, const char *json,
                   struct result *result);

// Whether somebody else ended it with SIGKILL, so that it should be started again.
bool execute_was_killed(const struct pool_end *end);

// Whether it is the full disk that has failed it: exit status 2, no JSON, and no room where its
// JSON should be. Such a job has no result.
bool execute_lacks_room(const struct pool_end *end, const char *json);
// Whether a file of some size can be written beside the JSON.
bool execute_has_room(const char *json);

// Fill the result of a job that could not be started, or whose unit could not be built.
void execute_fail(const char *sentence, struct result *result);

#endif
