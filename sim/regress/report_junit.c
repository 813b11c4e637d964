// SPDX-License-Identifier: Apache-2.0
// JUnit XML as googletest writes it, with `error` elements for what is no failed check. Its schema
// is tests/regress/junit.xsd. A failure's text is the command that repeats it and the page about
// the mismatch; where there is no page (another failure than a mismatch), the job's output.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

// "2026-01-31T23:59:59Z" without the Z, as googletest has it.
static void timestamp(const char *time, FILE *out) {
    fprintf(out, " timestamp=\"%.19s\"", time && time[0] ? time : "1970-01-01T00:00:00");
}

static void counts(const size_t *count, size_t tests, double seconds, FILE *out) {
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" disabled=\"0\" errors=\"%zu\"", tests,
            count[OUTCOME_FAILED], count[OUTCOME_ERROR] + count[OUTCOME_TIMEOUT]);
    fprintf(out, " skipped=\"%zu\" time=\"%.3f\"", count[OUTCOME_NONE], seconds);
}

static void body(const struct report *report, size_t number, FILE *out) {
    const struct report_job *job = &report->jobs[number];
    const char *element = job->outcome == OUTCOME_FAILED ? "failure" : "error";
    char *page = regress_report_page(report, number);
    char *output = page ? NULL : regress_report_output(report, number);
    fprintf(out, ">\n      <%s message=\"", element);
    regress_report_escape(job->sentence, out);
    fprintf(out, "\" type=\"");
    regress_report_escape(report->signatures[number], out);
    fprintf(out, "\">");
    regress_report_escape(report->suites[job->suite].command, out);
    fprintf(out, " --seed %" PRIu64 "\n\n", job->seed);
    regress_report_escape(page     ? page
                          : output ? output
                                   : "(its output was not kept: see the others of this type)",
                          out);
    fprintf(out, "</%s>\n    </testcase>\n", element);
    free(output);
    free(page);
}

static void test_case(const struct report *report, size_t number, FILE *out) {
    const struct report_job *job = &report->jobs[number];
    const struct report_suite *suite = &report->suites[job->suite];
    bool ran = job->outcome != OUTCOME_NONE;
    fprintf(out, "    <testcase name=\"seed %" PRIu64 "\" status=\"%s\" result=\"%s\"", job->seed,
            ran ? "run" : "notrun", ran ? "completed" : "skipped");
    fprintf(out, " time=\"%.3f\"", job->seconds);
    timestamp(job->ended, out);
    fprintf(out, " classname=\"%s.%s\"", suite->configuration, suite->test);
    if (!ran)
        fprintf(out, ">\n      <skipped message=\"not run\"/>\n    </testcase>\n");
    else if (job->outcome == OUTCOME_PASSED)
        fprintf(out, "/>\n");
    else
        body(report, number, out);
}

// Numbers of the jobs, suite by suite, in their order; first[s] is where suite s begins.
static size_t *sorted_jobs(const struct report *report, size_t *first) {
    size_t *order = calloc(report->job_count + 1, sizeof *order);
    if (!order) return NULL;
    for (size_t n = 0; n < report->job_count; n++) first[report->jobs[n].suite + 1]++;
    for (size_t s = 0; s < report->suite_count; s++) first[s + 1] += first[s];
    for (size_t n = 0; n < report->job_count; n++) order[first[report->jobs[n].suite]++] = n;
    for (size_t s = report->suite_count; s > 0; s--) first[s] = first[s - 1];
    first[0] = 0;
    return order;
}

static void test_suite(const struct report *report, size_t s, const size_t *order, size_t jobs,
                       FILE *out) {
    const struct report_suite *suite = &report->suites[s];
    fprintf(out, "  <testsuite name=\"%s.%s\"", suite->configuration, suite->test);
    counts(suite->counts, jobs, suite->seconds, out);
    timestamp(report->started, out);
    fprintf(out, ">\n");
    for (size_t i = 0; i < jobs; i++) test_case(report, order[i], out);
    fprintf(out, "  </testsuite>\n");
}

bool regress_report_junit(const struct report *report, FILE *out) {
    size_t *first = calloc(report->suite_count + 2, sizeof *first);
    size_t *order = first ? sorted_jobs(report, first) : NULL;
    if (!order) {
        free(first);
        return false;
    }
    fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    counts(report->counts, report->job_count, report->seconds, out);
    timestamp(report->started, out);
    fprintf(out, " name=\"");
    regress_report_escape(report->plan, out);
    fprintf(out, "\">\n");
    for (size_t s = 0; s < report->suite_count; s++)
        if (first[s + 1] > first[s])
            test_suite(report, s, order + first[s], first[s + 1] - first[s], out);
    fprintf(out, "</testsuites>");
    free(order);
    free(first);
    return true;
}
