// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "result.h"
#include "store_private.h"
#include "verif/character.h"

static enum sim_status no_memory(struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
}

// --- from the store ----------------------------------------------------------------------

static char *column(sqlite3_stmt *statement, int number) {
    return strdup(store_text(statement, number));
}

static enum sim_status read_header(struct report *report, struct sim_error *error) {
    sqlite3_stmt *statement;
    enum sim_status status = store_prepare(
        report->store,
        "SELECT plan, started, ended, state, git, rtl, program, launcher, seed, workers, seconds,"
        " (SELECT count(*) FROM suite WHERE run = ?1), (SELECT count(*) FROM job WHERE run = ?1)"
        " FROM run WHERE run = ?1",
        &statement, error);
    if (status) return status;
    sqlite3_bind_int64(statement, 1, report->run);
    if (sqlite3_step(statement) != SQLITE_ROW) {
        status = store_fail(report->store, error);
        sqlite3_finalize(statement);
        return status;
    }
    char **texts[] = {&report->plan, &report->started, &report->ended,   &report->state,
                      &report->git,  &report->rtl,     &report->program, &report->launcher};
    for (int i = 0; i < 8; i++)
        if (!(*texts[i] = column(statement, i))) status = no_memory(error);
    report->seed = (uint64_t)sqlite3_column_int64(statement, 8);
    report->workers = (uint64_t)sqlite3_column_int64(statement, 9);
    report->seconds = sqlite3_column_double(statement, 10);
    report->suite_count = (size_t)sqlite3_column_int64(statement, 11);
    report->job_count = (size_t)sqlite3_column_int64(statement, 12);
    sqlite3_finalize(statement);
    report->suites = calloc(report->suite_count + 1, sizeof *report->suites);
    report->jobs = calloc(report->job_count + 1, sizeof *report->jobs);
    report->signatures = calloc(report->job_count + 1, sizeof *report->signatures);
    if (!report->suites || !report->jobs || !report->signatures) return no_memory(error);
    return status;
}

static enum sim_status read_suites(struct report *report, struct sim_error *error) {
    sqlite3_stmt *statement;
    size_t s = 0;
    int code;
    enum sim_status status = store_prepare(
        report->store,
        "SELECT configuration, test, command FROM suite WHERE run = ?1 ORDER BY suite", &statement,
        error);
    if (status) return status;
    sqlite3_bind_int64(statement, 1, report->run);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW && s < report->suite_count) {
        struct report_suite *suite = &report->suites[s++];
        suite->configuration = column(statement, 0);
        suite->test = column(statement, 1);
        suite->command = column(statement, 2);
        if (!suite->configuration || !suite->test || !suite->command) status = no_memory(error);
    }
    if (code != SQLITE_DONE && !status) status = store_fail(report->store, error);
    sqlite3_finalize(statement);
    return status;
}

static bool read_job(struct report *report, sqlite3_stmt *statement, size_t number) {
    struct report_job *job = &report->jobs[number];
    const char *signature = store_text(statement, 6);
    *job = (struct report_job){.suite = (uint32_t)sqlite3_column_int64(statement, 0),
                               .seed = (uint64_t)sqlite3_column_int64(statement, 1),
                               .again = sqlite3_column_int(statement, 2) != 0,
                               .outcome = outcome_find(store_text(statement, 3)),
                               .seconds = sqlite3_column_double(statement, 4),
                               .cycles = (uint64_t)sqlite3_column_int64(statement, 5)};
    if (job->suite >= report->suite_count) return false;
    struct report_suite *suite = &report->suites[job->suite];
    suite->counts[job->outcome]++;
    report->counts[job->outcome]++;
    suite->seconds += job->seconds;
    suite->cycles += job->cycles;
    if (job->outcome == OUTCOME_NONE) return true;
    job->ended = column(statement, 8);
    if (job->outcome == OUTCOME_PASSED) return job->ended != NULL;
    job->sentence = column(statement, 7);
    report->signatures[number] = strdup(signature);
    return job->ended && job->sentence && report->signatures[number];
}

static enum sim_status read_jobs(struct report *report, struct sim_error *error) {
    sqlite3_stmt *statement;
    size_t n = 0;
    int code;
    enum sim_status status = store_prepare(
        report->store,
        "SELECT job.suite, job.seed, job.again, outcome, seconds, cycles, signature, sentence,"
        " ended FROM job LEFT JOIN result USING (run, number) WHERE job.run = ?1"
        " ORDER BY job.number",
        &statement, error);
    if (status) return status;
    sqlite3_bind_int64(statement, 1, report->run);
    while (!status && (code = sqlite3_step(statement)) == SQLITE_ROW && n < report->job_count)
        if (!read_job(report, statement, n++)) status = no_memory(error);
    if (!status && code != SQLITE_DONE) status = store_fail(report->store, error);
    sqlite3_finalize(statement);
    return status;
}

// --- buckets -----------------------------------------------------------------------------

static int by_signature(const void *a, const void *b, void *user) {
    const struct report *report = user;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    int order = strcmp(report->signatures[x], report->signatures[y]);
    if (order) return order;
    const struct report_job *p = &report->jobs[x], *q = &report->jobs[y];
    if (p->seed != q->seed) return p->seed < q->seed ? -1 : 1;
    if (p->suite != q->suite) return p->suite < q->suite ? -1 : 1;
    return x < y ? -1 : x > y;
}

static int by_count(const void *a, const void *b) {
    const struct report_bucket *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return strcmp(x->signature, y->signature);
}

// failing: numbers of the jobs that did not pass, by signature.
static void fill_buckets(struct report *report, const size_t *failing, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const char *signature = report->signatures[failing[i]];
        struct report_bucket *bucket = report->buckets + report->bucket_count - 1;
        if (!report->bucket_count || strcmp(bucket->signature, signature)) {
            bucket = &report->buckets[report->bucket_count++];
            *bucket = (struct report_bucket){.signature = signature,
                                             .outcome = report->jobs[failing[i]].outcome,
                                             .example = failing[i]};
        }
        bucket->count++;
    }
    qsort(report->buckets, report->bucket_count, sizeof *report->buckets, by_count);
}

static bool finish_buckets(struct report *report) {
    for (size_t b = 0; b < report->bucket_count; b++) {
        struct report_bucket *bucket = &report->buckets[b];
        const struct report_job *job = &report->jobs[bucket->example];
        if (asprintf(&bucket->command, "%s --seed %" PRIu64, report->suites[job->suite].command,
                     job->seed) < 0) {
            bucket->command = NULL;
            return false;
        }
    }
    return true;
}

static enum sim_status make_buckets(struct report *report, struct sim_error *error) {
    size_t count = 0, all = 0;
    for (unsigned o = OUTCOME_FAILED; o < OUTCOMES; o++) all += report->counts[o];
    size_t *failing = calloc(all + 1, sizeof *failing);
    report->buckets = calloc(all + 1, sizeof *report->buckets);
    if (!failing || !report->buckets) {
        free(failing);
        return no_memory(error);
    }
    for (size_t n = 0; n < report->job_count; n++)
        if (report->signatures[n]) failing[count++] = n;
    qsort_r(failing, count, sizeof *failing, by_signature, report);
    fill_buckets(report, failing, count);
    free(failing);
    return finish_buckets(report) ? SIM_OK : no_memory(error);
}

// --- the report --------------------------------------------------------------------------

enum sim_status regress_report_read(struct store *store, int64_t run, struct report *report,
                                    struct sim_error *error) {
    *report = (struct report){.store = store, .run = run};
    enum sim_status status = read_header(report, error);
    if (!status) status = read_suites(report, error);
    if (!status) status = read_jobs(report, error);
    if (!status) status = make_buckets(report, error);
    if (status) regress_report_destroy(report);
    return status;
}

void regress_report_destroy(struct report *report) {
    for (size_t s = 0; report->suites && s < report->suite_count; s++) {
        free(report->suites[s].configuration);
        free(report->suites[s].test);
        free(report->suites[s].command);
    }
    for (size_t n = 0; report->jobs && n < report->job_count; n++) {
        free(report->jobs[n].sentence);
        free(report->jobs[n].ended);
    }
    for (size_t n = 0; report->signatures && n < report->job_count; n++)
        free(report->signatures[n]);
    for (size_t b = 0; b < report->bucket_count; b++) free(report->buckets[b].command);
    char *texts[] = {report->plan, report->started, report->ended,   report->state,
                     report->git,  report->rtl,     report->program, report->launcher};
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) free(texts[i]);
    free(report->suites);
    free(report->jobs);
    free(report->signatures);
    free(report->buckets);
    *report = (struct report){0};
}

char *regress_report_output(const struct report *report, size_t number) {
    sqlite3_stmt *statement;
    char *text = NULL;
    if (store_prepare(report->store, "SELECT output FROM result WHERE run = ?1 AND number = ?2",
                      &statement, NULL))
        return NULL;
    sqlite3_bind_int64(statement, 1, report->run);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)number);
    if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
        text = column(statement, 0);
    sqlite3_finalize(statement);
    return text;
}

int regress_report_exit_status(const struct report *report) {
    if (report->counts[OUTCOME_FAILED]) return 1;
    if (report->counts[OUTCOME_ERROR] || report->counts[OUTCOME_TIMEOUT]) return 2;
    return report->counts[OUTCOME_PASSED] ? 0 : 2;
}

// The folder of a file to be written, absolute; NULL: there is none.
static char *place_of(const char *path) {
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    char *place = folder ? realpath(folder, NULL) : NULL;
    free(folder);
    return place;
}

enum sim_status regress_report_write(const struct report *report, regress_report_writer *writer,
                                     const char *path, struct sim_error *error) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return no_memory(error);
    struct report with = *report;
    char *place = place_of(path);
    with.place = place;
    bool ok = writer(&with, out);
    free(place);
    if (ferror(out)) ok = false;
    if (fclose(out)) ok = false;
    enum sim_status status = ok ? result_write_text(path, text, error) : no_memory(error);
    free(text);
    return status;
}

void regress_report_escape(const char *text, FILE *out) {
    for (size_t left = strlen(text), length; left; text += length, left -= length) {
        size_t known = verif_character(text, left);
        length = known ? known : 1;
        switch (*text) {
            case '&':
                fputs("&amp;", out);
                break;
            case '<':
                fputs("&lt;", out);
                break;
            case '>':
                fputs("&gt;", out);
                break;
            case '"':
                fputs("&quot;", out);
                break;
            case '\'':
                fputs("&#39;", out);
                break;
            default:
                fprintf(out, "%.*s", (int)length, known ? text : "?");
        }
    }
}
