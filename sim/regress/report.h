// SPDX-License-Identifier: Apache-2.0
// What a regression's reports say: read once from the store, written by several writers, so that
// all say the same.
#ifndef REGRESS_REPORT_H
#define REGRESS_REPORT_H

#include <stdio.h>

#include "store.h"

struct report_suite {
    char *configuration, *test, *command;
    size_t counts[OUTCOMES + 1];  // by outcome; OUTCOME_NONE: not run
    double seconds;
    uint64_t cycles;
};

struct report_job {
    uint64_t seed, cycles;
    double seconds;
    uint32_t suite;
    enum outcome outcome;
    bool again;
    char *sentence, *ended;  // NULL if passed; NULL if not run
};

// Failures with one signature.
struct report_bucket {
    const char *signature;
    enum outcome outcome;
    size_t count;
    size_t example;  // number of the job with the smallest seed, of these in the first suite
    char *command;   // that repeats it
};

struct report {
    struct store *store;
    const char *folder;  // of what is kept of jobs, borrowed; NULL: not known
    const char *place;   // folder of the file that is written, absolute; NULL: not known
    int64_t run;
    uint64_t seed, workers;
    char *plan, *started, *ended, *state, *git, *rtl, *program, *launcher;
    double seconds;
    struct report_suite *suites;
    struct report_job *jobs;
    struct report_bucket *buckets;  // the largest first
    char **signatures;              // of jobs, by number, NULL if passed; the buckets point into it
    size_t suite_count, job_count, bucket_count;
    size_t counts[OUTCOMES + 1];
};

// Read what the store has of a run; the store must outlive the report. On failure there is nothing
// to destroy. SIM_ERROR_IO, SIM_ERROR_FORMAT, SIM_ERROR_MEMORY.
enum sim_status regress_report_read(struct store *store, int64_t run, struct report *report,
                                    struct sim_error *error);
void regress_report_destroy(struct report *report);

// Returns the output that is kept of a job, the caller's to free; NULL: none, or no memory.
char *regress_report_output(const struct report *report, size_t number);

// Returns the page about the mismatch of a job, as text without the command, if it is kept; the
// caller's to free; NULL: there is none, or no memory.
char *regress_report_page(const struct report *report, size_t number);
// Returns where the page is as HTML, as a link from `place`; the caller's to free; NULL as above.
char *regress_report_link(const struct report *report, size_t number);

// Returns the exit status of the regression, had it not been interrupted.
int regress_report_exit_status(const struct report *report);

// Write one kind of report. False: no memory, what was written is not whole.
typedef bool regress_report_writer(const struct report *report, FILE *out);
regress_report_writer regress_report_text, regress_report_junit, regress_report_tap,
    regress_report_json, regress_report_html;

// Write the report that `writer` makes to a file: all of it or nothing. SIM_ERROR_IO,
// SIM_ERROR_USAGE, SIM_ERROR_MEMORY.
enum sim_status regress_report_write(const struct report *report, regress_report_writer *writer,
                                     const char *path, struct sim_error *error);

// Write text for XML and HTML: & < > " ' as entities, what is no character of theirs as '?'.
void regress_report_escape(const char *text, FILE *out);

#endif
