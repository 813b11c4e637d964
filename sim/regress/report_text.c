// SPDX-License-Identifier: Apache-2.0
// The summary for people, on standard output; and TAP.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

enum { MOST_BUCKETS = 40 };

static void print_counts(const struct report *report, FILE *out) {
    size_t ran = report->job_count - report->counts[OUTCOME_NONE];
    fprintf(out, "\n%zu jobs: %zu passed", report->job_count, report->counts[OUTCOME_PASSED]);
    for (unsigned o = OUTCOME_FAILED; o < OUTCOMES; o++)
        if (report->counts[o])
            fprintf(out, ", %zu %s", report->counts[o], outcome_name((enum outcome)o));
    if (report->counts[OUTCOME_NONE]) fprintf(out, ", %zu not run", report->counts[OUTCOME_NONE]);
    fprintf(out, "; %.1f s", report->seconds);
    if (report->seconds > 0) fprintf(out, ", %.1f jobs/s", (double)ran / report->seconds);
    fprintf(out, "\n");
}

static void print_speed(const struct report *report, FILE *out) {
    double seconds = 0, cycles = 0;
    for (size_t s = 0; s < report->suite_count; s++) {
        seconds += report->suites[s].seconds;
        cycles += (double)report->suites[s].cycles;
    }
    if (seconds > 0 && report->seconds > 0)
        fprintf(
            out, "%.3g cycles simulated, %.3g a second and job; workers busy %.0f %%\n", cycles,
            cycles / seconds,
            100 * seconds / (report->seconds * (double)(report->workers ? report->workers : 1)));
}

bool regress_report_text(const struct report *report, FILE *out) {
    size_t shown = report->bucket_count < MOST_BUCKETS ? report->bucket_count : MOST_BUCKETS;
    if (shown) fprintf(out, "\nWhat did not pass, by cause:\n");
    for (size_t b = 0; b < shown; b++) {
        const struct report_bucket *bucket = &report->buckets[b];
        fprintf(out, "%7zu  %-7s  %s\n", bucket->count, outcome_name(bucket->outcome),
                bucket->signature);
        fprintf(out, "         seed %" PRIu64 ": %s\n", report->jobs[bucket->example].seed,
                report->jobs[bucket->example].sentence);
        fprintf(out, "         %s\n", bucket->command);
    }
    if (shown < report->bucket_count)
        fprintf(out, "         and %zu more causes\n", report->bucket_count - shown);
    print_counts(report, out);
    print_speed(report, out);
    return true;
}

// --- TAP 13 ------------------------------------------------------------------------------

// In a quoted YAML text, on one line.
static void quote(const char *text, FILE *out) {
    fputc('"', out);
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte < 0x20 || byte == 0x7F) {
            fprintf(out, "\\x%02X", byte);
            continue;
        }
        if (byte == '"' || byte == '\\') fputc('\\', out);
        fputc(byte, out);
    }
    fputc('"', out);
}

static void tap_job(const struct report *report, size_t number, FILE *out) {
    const struct report_job *job = &report->jobs[number];
    const struct report_suite *suite = &report->suites[job->suite];
    bool good = job->outcome == OUTCOME_PASSED || job->outcome == OUTCOME_NONE;
    fprintf(out, "%s %zu - %s.%s seed %" PRIu64, good ? "ok" : "not ok", number + 1,
            suite->configuration, suite->test, job->seed);
    if (job->outcome == OUTCOME_NONE) fprintf(out, " # SKIP not run");
    fputc('\n', out);
    if (good) return;
    fprintf(out, "  ---\n  outcome: %s\n  message: ", outcome_name(job->outcome));
    quote(job->sentence, out);
    fprintf(out, "\n  signature: ");
    quote(report->signatures[number], out);
    fprintf(out, "\n  command: ");
    quote(suite->command, out);
    fprintf(out, "\n  seed: %" PRIu64 "\n  seconds: %.3f\n  ...\n", job->seed, job->seconds);
}

bool regress_report_tap(const struct report *report, FILE *out) {
    fprintf(out, "TAP version 13\n1..%zu\n", report->job_count);
    for (size_t n = 0; n < report->job_count; n++) tap_job(report, n, out);
    return true;
}
