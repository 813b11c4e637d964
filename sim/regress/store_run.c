// SPDX-License-Identifier: Apache-2.0
// Runs: their beginning, their end, going on with one, and what failed last time.
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "store_private.h"

static enum sim_status no_memory(struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
}

// --- begin -------------------------------------------------------------------------------

static enum sim_status add_run(struct store *store, const struct store_run *about, int64_t *run,
                               struct sim_error *error) {
    sqlite3_stmt *statement;
    char now[STORE_TIME_BYTES];
    enum sim_status status = store_prepare(
        store,
        "INSERT INTO run (run, plan, seed, started, state, git, rtl, program, launcher, workers)"
        " VALUES (max(?9, (SELECT coalesce(max(run), 0) + 1 FROM run)), ?1, ?2, ?3, 'running', ?4,"
        " ?5, ?6, ?7, ?8)",
        &statement, error);
    if (status) return status;
    store_now(now);
    sqlite3_bind_text(statement, 1, about->title, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)about->seed);
    sqlite3_bind_text(statement, 3, now, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 4, about->git, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 5, about->rtl, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 6, about->program, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 7, about->launcher, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 8, about->workers);
    sqlite3_bind_int64(statement, 9, about->least);
    status = store_finish(store, statement, error);
    *run = sqlite3_last_insert_rowid(store->db);
    return status;
}

static enum sim_status add_suites(struct store *store, int64_t run, const struct suites *suites,
                                  struct sim_error *error) {
    sqlite3_stmt *statement;
    enum sim_status status =
        store_prepare(store, "INSERT INTO suite VALUES (?1, ?2, ?3, ?4, ?5)", &statement, error);
    for (unsigned s = 0; s < suites->count && !status; s++) {
        const struct suite *suite = &suites->suite[s];
        sqlite3_bind_int64(statement, 1, run);
        sqlite3_bind_int64(statement, 2, s);
        sqlite3_bind_text(statement, 3, suite->configuration, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 4, suite->test, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 5, suite->command, -1, SQLITE_STATIC);
        if (sqlite3_step(statement) != SQLITE_DONE) status = store_fail(store, error);
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    return status;
}

static enum sim_status add_jobs(struct store *store, int64_t run, const struct jobs *jobs,
                                struct sim_error *error) {
    sqlite3_stmt *statement;
    enum sim_status status =
        store_prepare(store, "INSERT INTO job VALUES (?1, ?2, ?3, ?4, ?5)", &statement, error);
    for (size_t n = 0; n < jobs->count && !status; n++) {
        sqlite3_bind_int64(statement, 1, run);
        sqlite3_bind_int64(statement, 2, (sqlite3_int64)n);
        sqlite3_bind_int64(statement, 3, jobs->job[n].suite);
        sqlite3_bind_int64(statement, 4, (sqlite3_int64)jobs->job[n].seed);
        sqlite3_bind_int(statement, 5, jobs->job[n].again);
        if (sqlite3_step(statement) != SQLITE_DONE) status = store_fail(store, error);
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    return status;
}

enum sim_status store_begin(struct store *store, const struct store_run *about,
                            const struct suites *suites, const struct jobs *jobs, int64_t *run,
                            struct sim_error *error) {
    enum sim_status status = store_execute(store, "BEGIN IMMEDIATE", error);
    if (status) return status;
    status = add_run(store, about, run, error);
    if (!status) status = add_suites(store, *run, suites, error);
    if (!status) status = add_jobs(store, *run, jobs, error);
    if (!status) status = store_execute(store, "COMMIT", error);
    if (status && !sqlite3_get_autocommit(store->db)) store_execute(store, "ROLLBACK", NULL);
    return status ? status : store_sync(store, error);
}

enum sim_status store_end(struct store *store, int64_t run, const char *state, double seconds,
                          struct sim_error *error) {
    sqlite3_stmt *statement;
    char now[STORE_TIME_BYTES];
    enum sim_status status = store_prepare(
        store, "UPDATE run SET ended = ?2, state = ?3, seconds = seconds + ?4 WHERE run = ?1",
        &statement, error);
    if (status) return status;
    store_now(now);
    sqlite3_bind_int64(statement, 1, run);
    sqlite3_bind_text(statement, 2, now, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, state, -1, SQLITE_STATIC);
    sqlite3_bind_double(statement, 4, seconds);
    status = store_finish(store, statement, error);
    return status ? status : store_sync(store, error);
}

// --- go on -------------------------------------------------------------------------------

static enum sim_status find_run(struct store *store, const char *sql, const char *title,
                                int64_t *run, struct sim_error *error) {
    sqlite3_stmt *statement;
    *run = 0;
    enum sim_status status = store_prepare(store, sql, &statement, error);
    if (status) return status;
    sqlite3_bind_text(statement, 1, title, -1, SQLITE_STATIC);
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        *run = sqlite3_column_int64(statement, 0);
    else if (code != SQLITE_DONE)
        status = store_fail(store, error);
    sqlite3_finalize(statement);
    return status;
}

enum sim_status store_unfinished(struct store *store, const char *title, int64_t *run,
                                 struct sim_error *error) {
    return find_run(store,
                    "SELECT run FROM run WHERE run = (SELECT max(run) FROM run WHERE plan = ?1)"
                    " AND state <> 'finished'",
                    title, run, error);
}

enum sim_status store_last(struct store *store, const char *title, int64_t *run,
                           struct sim_error *error) {
    return find_run(store, "SELECT run FROM run WHERE plan = ?1 ORDER BY run DESC LIMIT 1", title,
                    run, error);
}

static enum sim_status check_suites(struct store *store, int64_t run, const struct suites *suites,
                                    struct sim_error *error) {
    sqlite3_stmt *statement;
    unsigned s = 0;
    int code;
    enum sim_status status = store_prepare(
        store, "SELECT configuration, test, command FROM suite WHERE run = ?1 ORDER BY suite",
        &statement, error);
    if (status) return status;
    sqlite3_bind_int64(statement, 1, run);
    bool same = true;
    while (same && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        const struct suite *suite = s < suites->count ? &suites->suite[s++] : NULL;
        same = suite && !strcmp(suite->configuration, store_text(statement, 0)) &&
               !strcmp(suite->test, store_text(statement, 1)) &&
               !strcmp(suite->command, store_text(statement, 2));
    }
    if (same && code != SQLITE_DONE) status = store_fail(store, error);
    sqlite3_finalize(statement);
    if (!status && (!same || s != suites->count))
        status =
            sim_fail(error, SIM_ERROR_USAGE,
                     "the plan has changed since run %" PRId64 " began: it cannot be resumed", run);
    return status;
}

static enum sim_status read_jobs(struct store *store, int64_t run, const struct suites *suites,
                                 struct jobs *jobs, bool *done, struct sim_error *error) {
    sqlite3_stmt *statement;
    int code;
    enum sim_status status =
        store_prepare(store,
                      "SELECT job.suite, job.seed, job.again, result.outcome FROM job LEFT JOIN"
                      " result USING (run, number) WHERE job.run = ?1 ORDER BY job.number",
                      &statement, error);
    if (status) return status;
    sqlite3_bind_int64(statement, 1, run);
    size_t most = jobs->count, n = 0;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW && n < most) {
        uint64_t suite = (uint64_t)sqlite3_column_int64(statement, 0);
        if (suite >= suites->count) break;
        done[n] = sqlite3_column_type(statement, 3) != SQLITE_NULL;
        jobs->job[n++] = (struct job){.suite = (uint32_t)suite,
                                      .seed = (uint64_t)sqlite3_column_int64(statement, 1),
                                      .again = sqlite3_column_int(statement, 2) != 0};
    }
    if (code != SQLITE_DONE)
        status = code == SQLITE_ROW
                     ? sim_fail(error, SIM_ERROR_FORMAT,
                                "%.300s: the jobs of run %" PRId64 " are damaged", store->path, run)
                     : store_fail(store, error);
    sqlite3_finalize(statement);
    return status;
}

static enum sim_status read_header(struct store *store, int64_t run, size_t *count, uint64_t *seed,
                                   struct sim_error *error) {
    sqlite3_stmt *statement;
    enum sim_status status = store_prepare(
        store, "SELECT seed, (SELECT count(*) FROM job WHERE run = ?1) FROM run WHERE run = ?1",
        &statement, error);
    if (status) return status;
    sqlite3_bind_int64(statement, 1, run);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        *seed = (uint64_t)sqlite3_column_int64(statement, 0);
        *count = (size_t)sqlite3_column_int64(statement, 1);
    } else {
        status = store_fail(store, error);
    }
    sqlite3_finalize(statement);
    return status;
}

static enum sim_status mark_running(struct store *store, int64_t run, struct sim_error *error) {
    sqlite3_stmt *statement;
    enum sim_status status = store_prepare(
        store, "UPDATE run SET state = 'running', ended = NULL WHERE run = ?1", &statement, error);
    if (status) return status;
    sqlite3_bind_int64(statement, 1, run);
    return store_finish(store, statement, error);
}

enum sim_status store_resume(struct store *store, int64_t run, const struct suites *suites,
                             struct jobs *jobs, bool **done, uint64_t *seed,
                             struct sim_error *error) {
    *jobs = (struct jobs){0};
    *done = NULL;
    enum sim_status status = check_suites(store, run, suites, error);
    if (!status) status = read_header(store, run, &jobs->count, seed, error);
    if (status) return status;
    jobs->job = calloc(jobs->count + 1, sizeof *jobs->job);
    *done = calloc(jobs->count + 1, sizeof **done);
    status =
        jobs->job && *done ? read_jobs(store, run, suites, jobs, *done, error) : no_memory(error);
    if (!status) status = mark_running(store, run, error);
    if (!status) return SIM_OK;
    free(jobs->job);
    free(*done);
    *jobs = (struct jobs){0};
    *done = NULL;
    return status;
}

// --- last time ---------------------------------------------------------------------------

// The inner query finds what ever failed, by a small index; the outer one asks how each of these
// ended last.
static const char failing_sql[] =
    "SELECT configuration, test, seed FROM (SELECT DISTINCT suite.configuration AS configuration,"
    "  suite.test AS test, job.seed AS seed FROM result JOIN run USING (run)"
    "  JOIN job ON job.run = result.run AND job.number = result.number"
    "  JOIN suite ON suite.run = job.run AND suite.suite = job.suite"
    "  WHERE result.signature <> '' AND run.plan = ?1) AS bad"
    " WHERE (SELECT r.outcome FROM job AS j JOIN suite AS s ON s.run = j.run AND s.suite = j.suite"
    "  JOIN run AS u ON u.run = j.run JOIN result AS r ON r.run = j.run AND r.number = j.number"
    "  WHERE j.seed = bad.seed AND s.configuration = bad.configuration AND s.test = bad.test"
    "  AND u.plan = ?1 ORDER BY j.run DESC LIMIT 1) <> 'passed'";

static enum sim_status list_failing(struct store *store, sqlite3_stmt *statement,
                                    const struct suites *suites, struct job **list, size_t *count,
                                    struct sim_error *error) {
    size_t capacity = 0;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        int suite = suites_find(suites, store_text(statement, 0), store_text(statement, 1));
        if (suite < 0) continue;
        if (*count == capacity) {
            capacity = capacity ? 2 * capacity : 64;
            struct job *larger = realloc(*list, capacity * sizeof **list);
            if (!larger) return no_memory(error);
            *list = larger;
        }
        (*list)[(*count)++] = (struct job){.suite = (uint32_t)suite,
                                           .seed = (uint64_t)sqlite3_column_int64(statement, 2),
                                           .again = true};
    }
    return code == SQLITE_DONE ? SIM_OK : store_fail(store, error);
}

enum sim_status store_failing(struct store *store, const char *title, const struct suites *suites,
                              struct job **list, size_t *count, struct sim_error *error) {
    sqlite3_stmt *statement;
    *list = NULL;
    *count = 0;
    enum sim_status status = store_prepare(store, failing_sql, &statement, error);
    if (status) return status;
    sqlite3_bind_text(statement, 1, title, -1, SQLITE_STATIC);
    status = list_failing(store, statement, suites, list, count, error);
    sqlite3_finalize(statement);
    if (!status) return SIM_OK;
    free(*list);
    *list = NULL;
    *count = 0;
    return status;
}
