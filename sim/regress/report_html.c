// SPDX-License-Identifier: Apache-2.0
// One page without anything from elsewhere: counts, buckets with a page of one failure each,
// suites.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

static const char style[] =
    ":root{color-scheme:light dark;--good:#1a7f37;--bad:#cf222e;--odd:#9a6700;--line:#8884}"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{padding:.3rem .6rem;border-bottom:1px solid var(--line);text-align:left;"
    "vertical-align:top}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
    "pre{overflow-x:auto;background:#8881;padding:.8rem;font-size:12px;line-height:1.35}"
    "code{font-size:13px;overflow-wrap:anywhere}.passed{color:var(--good)}.failed{color:var(--bad)}"
    ".error,.timeout{color:var(--odd)}.bar{display:flex;height:.8rem;border-radius:.4rem;"
    "overflow:hidden;background:#8883}.bar span{display:block}";

static void element(const char *name, const char *text, FILE *out) {
    fprintf(out, "<%s>", name);
    regress_report_escape(text ? text : "", out);
    fprintf(out, "</%s>", name);
}

static void bar(const struct report *report, FILE *out) {
    static const char *const colours[OUTCOMES] = {"good", "bad", "odd", "odd"};
    double all = report->job_count ? (double)report->job_count : 1;
    fprintf(out, "<div class=\"bar\" role=\"img\" aria-label=\"%zu of %zu passed\">",
            report->counts[OUTCOME_PASSED], report->job_count);
    for (unsigned o = 0; o < OUTCOMES; o++)
        if (report->counts[o])
            fprintf(out, "<span style=\"width:%.3f%%;background:var(--%s)\"></span>",
                    100 * (double)report->counts[o] / all, colours[o]);
    fprintf(out, "</div>\n<p>");
    for (unsigned o = 0; o <= OUTCOMES; o++)
        if (report->counts[o])
            fprintf(out, "<b class=\"%s\">%zu %s</b> &ensp; ",
                    o < OUTCOMES ? outcome_name((enum outcome)o) : "none", report->counts[o],
                    outcome_name((enum outcome)o));
    fprintf(out, "of %zu jobs, %.1f s</p>\n", report->job_count, report->seconds);
}

static void header(const struct report *report, FILE *out) {
    fprintf(out, "<p>Run %" PRId64 ", ", report->run);
    regress_report_escape(report->started, out);
    fprintf(out, ", %s. Seed %" PRIu64 ". Source ", report->state, report->seed);
    element("code", report->git[0] ? report->git : "?", out);
    fprintf(out, ", RTL ");
    element("code", report->rtl[0] ? report->rtl : "?", out);
    fprintf(out, ", tandem ");
    regress_report_escape(report->program, out);
    fprintf(out, ", %s, %" PRIu64 " at a time.</p>\n", report->launcher, report->workers);
}

static void bucket_row(const struct report *report, const struct report_bucket *bucket, FILE *out) {
    const struct report_job *job = &report->jobs[bucket->example];
    char *page = regress_report_page(report, bucket->example);
    char *output = page ? NULL : regress_report_output(report, bucket->example);
    char *link = regress_report_link(report, bucket->example);
    fprintf(out, "<tr><td class=\"n\">%zu</td><td class=\"%s\">%s</td><td>", bucket->count,
            outcome_name(bucket->outcome), outcome_name(bucket->outcome));
    element("code", bucket->signature, out);
    fprintf(out, "<br>seed %" PRIu64 ": ", job->seed);
    regress_report_escape(job->sentence, out);
    fprintf(out, "<br>");
    element("code", bucket->command, out);
    if (link) {
        fprintf(out, "<br><a href=\"");
        regress_report_escape(link, out);
        fprintf(out, "\">the page of this failure, with the walk drawn</a>");
    }
    if (page || output) {
        fprintf(out, "<details><summary>%s</summary>", page ? "as text" : "its output");
        element("pre", page ? page : output, out);
        fprintf(out, "</details>");
    }
    fprintf(out, "</td></tr>\n");
    free(page);
    free(link);
    free(output);
}

static void suite_row(const struct report_suite *suite, FILE *out) {
    fprintf(out, "<tr><td>%s</td><td>%s</td>", suite->configuration, suite->test);
    for (unsigned o = 0; o <= OUTCOMES; o++)
        fprintf(out, "<td class=\"n%s%s\">%zu</td>", suite->counts[o] ? " " : "",
                suite->counts[o] && o < OUTCOMES ? outcome_name((enum outcome)o) : "",
                suite->counts[o]);
    fprintf(out, "<td class=\"n\">%.1f</td><td class=\"n\">%.3g</td></tr>\n", suite->seconds,
            suite->seconds > 0 ? (double)suite->cycles / suite->seconds : 0.0);
}

bool regress_report_html(const struct report *report, FILE *out) {
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
            "<meta name=\"viewport\" content=\"width=device-width\"><title>Regression ");
    regress_report_escape(report->plan, out);
    fprintf(out, "</title><style>%s</style></head><body>\n<h1>Regression ", style);
    regress_report_escape(report->plan, out);
    fprintf(out, "</h1>\n");
    bar(report, out);
    header(report, out);
    if (report->bucket_count) {
        fprintf(out,
                "<h2>What did not pass, by cause</h2>\n<table><tr><th class=\"n\">jobs</th>"
                "<th>outcome</th><th>cause, smallest seed, its command</th></tr>\n");
        for (size_t b = 0; b < report->bucket_count; b++)
            bucket_row(report, &report->buckets[b], out);
        fprintf(out, "</table>\n");
    }
    fprintf(out, "<h2>Suites</h2>\n<table><tr><th>configuration</th><th>test</th>");
    for (unsigned o = 0; o <= OUTCOMES; o++)
        fprintf(out, "<th class=\"n\">%s</th>", outcome_name((enum outcome)o));
    fprintf(out, "<th class=\"n\">seconds</th><th class=\"n\">cycles/s</th></tr>\n");
    for (size_t s = 0; s < report->suite_count; s++) suite_row(&report->suites[s], out);
    fprintf(out, "</table>\n</body></html>");
    return true;
}
