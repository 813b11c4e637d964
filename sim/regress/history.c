// SPDX-License-Identifier: Apache-2.0
#include "history.h"

#include <inttypes.h>

#include "store_private.h"

enum { MOST_RUNS = 20 };

static const char runs_sql[] =
    "SELECT run, started, state, git, rtl, seconds,"
    " (SELECT count(*) FROM job WHERE job.run = run.run),"
    " (SELECT count(*) FROM result WHERE result.run = run.run),"
    " (SELECT count(*) FROM result WHERE result.run = run.run AND signature <> '')"
    " FROM run WHERE plan = ?1 ORDER BY run DESC LIMIT ?2";

// bad: what ever failed; past: all results of these; latest: the run of the last one of each; last:
// how each ended then; since: the first failure after its last pass. Of a signature the job with
// the smallest seed is told, of these the first by name.
static const char failing_sql[] =
    "WITH bad AS (SELECT DISTINCT suite.configuration AS c, suite.test AS t, job.seed AS seed"
    "  FROM result JOIN run USING (run) JOIN job ON job.run = result.run AND job.number ="
    "  result.number JOIN suite ON suite.run = job.run AND suite.suite = job.suite"
    "  WHERE result.signature <> '' AND run.plan = ?1),"
    " past AS (SELECT bad.c, bad.t, bad.seed, r.run, r.outcome, r.signature FROM bad"
    "  JOIN job AS j ON j.seed = bad.seed JOIN suite AS s ON s.run = j.run AND s.suite = j.suite"
    "  AND s.configuration = bad.c AND s.test = bad.t JOIN run AS u ON u.run = j.run AND u.plan ="
    "  ?1 JOIN result AS r ON r.run = j.run AND r.number = j.number),"
    " latest AS (SELECT c, t, seed, max(run) AS run FROM past GROUP BY c, t, seed),"
    " last AS (SELECT past.* FROM past JOIN latest USING (c, t, seed, run)),"
    " passed AS (SELECT c, t, seed, max(run) AS run FROM past WHERE outcome = 'passed'"
    "  GROUP BY c, t, seed),"
    " since AS (SELECT past.c, past.t, past.seed, min(past.run) AS run FROM past"
    "  LEFT JOIN passed USING (c, t, seed) WHERE past.outcome <> 'passed'"
    "  AND past.run > coalesce(passed.run, 0) GROUP BY past.c, past.t, past.seed),"
    " now AS (SELECT last.signature, last.seed, last.c, last.t,"
    "  count(*) OVER cause AS jobs, min(since.run) OVER cause AS first,"
    "  row_number() OVER (PARTITION BY last.signature ORDER BY last.seed, last.c, last.t) AS place"
    "  FROM last JOIN since USING (c, t, seed) WHERE last.outcome <> 'passed'"
    "  WINDOW cause AS (PARTITION BY last.signature))"
    " SELECT signature, jobs, first, seed, c, t FROM now WHERE place = 1 ORDER BY jobs DESC, 1";

static void print_run(sqlite3_stmt *row, FILE *out) {
    int64_t jobs = sqlite3_column_int64(row, 6), ran = sqlite3_column_int64(row, 7);
    int64_t bad = sqlite3_column_int64(row, 8);
    double seconds = sqlite3_column_double(row, 5);
    fprintf(out,
            "%5" PRId64 "  %-20s  %-11s  %-16.16s  %-16.16s  %7" PRId64 "  %7" PRId64 "  %7" PRId64
            "  %8.1f",
            (int64_t)sqlite3_column_int64(row, 0), store_text(row, 1), store_text(row, 2),
            store_text(row, 3), store_text(row, 4), ran - bad, bad, jobs - ran,
            seconds > 0 ? (double)ran / seconds : 0.0);
    fputc('\n', out);
}

static enum sim_status print_runs(struct store *store, const char *title, FILE *out,
                                  struct sim_error *error) {
    sqlite3_stmt *row;
    int code;
    enum sim_status status = store_prepare(store, runs_sql, &row, error);
    if (status) return status;
    sqlite3_bind_text(row, 1, title, -1, SQLITE_STATIC);
    sqlite3_bind_int(row, 2, MOST_RUNS);
    fprintf(out, "%5s  %-20s  %-11s  %-16s  %-16s  %7s  %7s  %7s  %8s\n", "run", "started", "state",
            "source", "RTL", "passed", "not", "not run", "jobs/s");
    while ((code = sqlite3_step(row)) == SQLITE_ROW) print_run(row, out);
    if (code != SQLITE_DONE) status = store_fail(store, error);
    sqlite3_finalize(row);
    return status;
}

// "run 7 of 2026-..., source v1-3-gabc, RTL 0123..."
static void print_origin(struct store *store, int64_t run, FILE *out) {
    sqlite3_stmt *row;
    if (store_prepare(store, "SELECT started, git, rtl FROM run WHERE run = ?1", &row, NULL))
        return;
    sqlite3_bind_int64(row, 1, run);
    if (sqlite3_step(row) == SQLITE_ROW)
        fprintf(out, "since run %" PRId64 " of %s, source %s, RTL %s\n", run, store_text(row, 0),
                store_text(row, 1), store_text(row, 2));
    sqlite3_finalize(row);
}

static enum sim_status print_failing(struct store *store, const char *title, FILE *out,
                                     struct sim_error *error) {
    sqlite3_stmt *row;
    unsigned causes = 0;
    int code;
    enum sim_status status = store_prepare(store, failing_sql, &row, error);
    if (status) return status;
    sqlite3_bind_text(row, 1, title, -1, SQLITE_STATIC);
    while ((code = sqlite3_step(row)) == SQLITE_ROW) {
        if (!causes++) fprintf(out, "\nNot passing now:\n");
        fprintf(out, "%7" PRId64 "  %s\n         ", (int64_t)sqlite3_column_int64(row, 1),
                store_text(row, 0));
        print_origin(store, sqlite3_column_int64(row, 2), out);
        fprintf(out, "         smallest seed %" PRId64 " (%s.%s)\n",
                (int64_t)sqlite3_column_int64(row, 3), store_text(row, 4), store_text(row, 5));
    }
    if (code != SQLITE_DONE) status = store_fail(store, error);
    sqlite3_finalize(row);
    if (!status && !causes) fprintf(out, "\nEverything passed when it last ran.\n");
    return status;
}

enum sim_status history_print(struct store *store, const char *title, FILE *out,
                              struct sim_error *error) {
    int64_t run;
    enum sim_status status = store_last(store, title, &run, error);
    if (!status && !run) {
        fprintf(out, "'%s' has not been run yet.\n", title);
        return SIM_OK;
    }
    if (!status) status = print_runs(store, title, out, error);
    return status ? status : print_failing(store, title, out, error);
}
