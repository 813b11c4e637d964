// SPDX-License-Identifier: Apache-2.0
#define _POSIX_C_SOURCE 200809L
#include "store.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "outputs.h"
#include "store_private.h"

enum { APPLICATION = 0x544E444D, VERSION = 1, BUSY_MS = 10000 };

static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE run (run INTEGER PRIMARY KEY, plan TEXT NOT NULL, seed INTEGER NOT NULL,"
    " started TEXT NOT NULL, ended TEXT, state TEXT NOT NULL, git TEXT, rtl TEXT, program TEXT,"
    " launcher TEXT, workers INTEGER, seconds REAL NOT NULL DEFAULT 0);"
    "CREATE TABLE suite (run INTEGER NOT NULL REFERENCES run, suite INTEGER NOT NULL,"
    " configuration TEXT NOT NULL, test TEXT NOT NULL, command TEXT NOT NULL,"
    " PRIMARY KEY (run, suite), UNIQUE (run, configuration, test)) WITHOUT ROWID;"
    "CREATE TABLE job (run INTEGER NOT NULL, number INTEGER NOT NULL, suite INTEGER NOT NULL,"
    " seed INTEGER NOT NULL, again INTEGER NOT NULL, PRIMARY KEY (run, number),"
    " UNIQUE (run, suite, seed), FOREIGN KEY (run, suite) REFERENCES suite) WITHOUT ROWID;"
    "CREATE INDEX job_seed ON job (seed);"
    "CREATE TABLE result (run INTEGER NOT NULL, number INTEGER NOT NULL, outcome TEXT NOT NULL,"
    " status INTEGER, attempts INTEGER, signature TEXT NOT NULL, sentence TEXT NOT NULL,"
    " seconds REAL, cycles INTEGER, ended TEXT, node TEXT, output TEXT,"
    " PRIMARY KEY (run, number), FOREIGN KEY (run, number) REFERENCES job);"
    "CREATE INDEX result_signature ON result (run, signature) WHERE signature <> '';"
    "PRAGMA application_id = 1414415437;"  // APPLICATION
    "PRAGMA user_version = 1;"
    "COMMIT;";

static const char *const names[OUTCOMES] = {
#define X(id, name) name,
    OUTCOME_LIST(X)
#undef X
};

const char *outcome_name(enum outcome outcome) {
    return outcome < OUTCOMES ? names[outcome] : "not run";
}

enum outcome outcome_find(const char *name) {
    unsigned o = 0;
    while (o < OUTCOMES && strcmp(names[o], name)) o++;
    return (enum outcome)o;
}

// --- small steps -------------------------------------------------------------------------

enum sim_status store_fail(const struct store *store, struct sim_error *error) {
    int code = sqlite3_errcode(store->db);
    if (code == SQLITE_NOMEM) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    bool damaged = code == SQLITE_NOTADB || code == SQLITE_CORRUPT;
    return sim_fail(error, damaged ? SIM_ERROR_FORMAT : SIM_ERROR_IO, "%.200s: %s", store->path,
                    sqlite3_errmsg(store->db));
}

enum sim_status store_execute(struct store *store, const char *sql, struct sim_error *error) {
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) ? store_fail(store, error) : SIM_OK;
}

enum sim_status store_prepare(struct store *store, const char *sql, sqlite3_stmt **statement,
                              struct sim_error *error) {
    *statement = NULL;
    return sqlite3_prepare_v2(store->db, sql, -1, statement, NULL) ? store_fail(store, error)
                                                                   : SIM_OK;
}

enum sim_status store_finish(struct store *store, sqlite3_stmt *statement,
                             struct sim_error *error) {
    enum sim_status status = SIM_OK;
    if (sqlite3_step(statement) != SQLITE_DONE) status = store_fail(store, error);
    sqlite3_finalize(statement);
    return status;
}

const char *store_text(sqlite3_stmt *statement, int column) {
    const unsigned char *text = sqlite3_column_text(statement, column);
    return text ? (const char *)text : "";
}

void store_now(char out[STORE_TIME_BYTES]) {
    struct tm parts;
    time_t now = time(NULL);
    gmtime_r(&now, &parts);
    strftime(out, STORE_TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

// --- open --------------------------------------------------------------------------------

static int64_t number_of(struct store *store, const char *sql) {
    sqlite3_stmt *statement;
    int64_t value = -1;
    if (store_prepare(store, sql, &statement, NULL)) return -1;
    if (sqlite3_step(statement) == SQLITE_ROW) value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

// Ours, or empty. Reads only.
static enum sim_status check_kind(struct store *store, bool *empty, struct sim_error *error) {
    int64_t objects = number_of(store, "SELECT count(*) FROM sqlite_schema");
    int64_t kind = number_of(store, "PRAGMA application_id");
    int64_t version = number_of(store, "PRAGMA user_version");
    if (objects < 0 || kind < 0 || version < 0) return store_fail(store, error);
    *empty = objects == 0;
    if (*empty && !kind && !version) return SIM_OK;
    if (kind != APPLICATION)
        return sim_fail(error, SIM_ERROR_USAGE, "%.300s: a database, but not of regressions",
                        store->path);
    if (version != VERSION)
        return sim_fail(error, SIM_ERROR_USAGE,
                        "%.300s: its schema has version %lld, this program knows %d", store->path,
                        (long long)version, VERSION);
    return SIM_OK;
}

static enum sim_status prepare_all(struct store *store, struct sim_error *error) {
    enum sim_status status = store_prepare(
        store,
        "INSERT INTO result (run, number, outcome, status, attempts, signature, sentence, seconds,"
        " cycles, ended, node, output) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
        " ON CONFLICT DO NOTHING",
        &store->add, error);
    if (status) return status;
    return store_prepare(store,
                         "SELECT count(*) FROM (SELECT 1 FROM result WHERE run = ?1 AND signature ="
                         " ?2 AND signature <> '' LIMIT ?3)",
                         &store->count, error);
}

static struct store *create(const char *path, struct sim_error *error) {
    struct store *store = calloc(1, sizeof *store);
    if (store && (store->path = strdup(path))) return store;
    free(store);
    sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    return NULL;
}

// A file that is refused stays as it is: nothing is set before it is known to be ours, and its log,
// if it has one, is not written into it when it is closed.
static enum sim_status open_file(struct store *store, struct sim_error *error) {
    bool empty = false;
    if (sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL))
        return store_fail(store, error);
    sqlite3_busy_timeout(store->db, BUSY_MS);
    if (store_has(store->path, "-wal"))
        sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    enum sim_status status = check_kind(store, &empty, error);
    if (status) return status;
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    if (empty) status = store_execute(store, schema, error);
    if (status) return status;
    // A commit is safe from the end of this process; store_sync makes it safe from a loss of power.
    return store_execute(store,
                         "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                         "PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000;",
                         error);
}

enum sim_status store_open(const char *path, struct store **out, struct sim_error *error) {
    enum sim_status status = outputs_check_place(path, "results", error);
    *out = NULL;
    if (status) return status;
    struct store *store = create(path, error);
    if (!store) return SIM_ERROR_MEMORY;
    status = open_file(store, error);
    if (!status) status = prepare_all(store, error);
    if (status)
        store_close(store);
    else
        *out = store;
    return status;
}

enum sim_status store_open_to_read(const char *path, struct store **out, struct sim_error *error) {
    bool empty = false;
    *out = NULL;
    struct store *store = create(path, error);
    if (!store) return SIM_ERROR_MEMORY;
    enum sim_status status = store_open_as_it_is(store, error);
    if (!status) status = check_kind(store, &empty, error);
    if (status) status = store_explain_unreadable(store, status, error);
    if (!status && empty) {
        sqlite3_close(store->db);
        store->db = NULL;
        if (sqlite3_open(":memory:", &store->db)) status = store_fail(store, error);
        if (!status) status = store_execute(store, schema, error);
    }
    if (status)
        store_close(store);
    else
        *out = store;
    return status;
}

void store_close(struct store *store) {
    if (!store) return;
    sqlite3_finalize(store->add);
    sqlite3_finalize(store->count);
    store_forget_smallest(store);
    sqlite3_close(store->db);
    free(store->path);
    free(store);
}

// --- results -----------------------------------------------------------------------------

enum sim_status store_add(struct store *store, int64_t run, size_t number,
                          const struct result *result, bool *added, struct sim_error *error) {
    char now[STORE_TIME_BYTES];
    sqlite3_stmt *add = store->add;
    enum sim_status status = SIM_OK;
    store_now(now);
    sqlite3_bind_int64(add, 1, run);
    sqlite3_bind_int64(add, 2, (sqlite3_int64)number);
    sqlite3_bind_text(add, 3, outcome_name(result->outcome), -1, SQLITE_STATIC);
    sqlite3_bind_int(add, 4, result->status);
    sqlite3_bind_int64(add, 5, result->attempts);
    sqlite3_bind_text(add, 6, result->signature, -1, SQLITE_STATIC);
    sqlite3_bind_text(add, 7, result->sentence, -1, SQLITE_STATIC);
    sqlite3_bind_double(add, 8, result->seconds);
    sqlite3_bind_int64(add, 9, (sqlite3_int64)result->cycles);
    sqlite3_bind_text(add, 10, now, -1, SQLITE_STATIC);
    sqlite3_bind_text(add, 11, result->node, -1, SQLITE_STATIC);
    sqlite3_bind_text(add, 12, result->output, -1, SQLITE_STATIC);
    if (sqlite3_step(add) != SQLITE_DONE) status = store_fail(store, error);
    *added = !status && sqlite3_changes(store->db) == 1;
    sqlite3_reset(add);
    sqlite3_clear_bindings(add);
    return status;
}

// A checkpoint synchronises the log, then the file.
enum sim_status store_sync(struct store *store, struct sim_error *error) {
    int code = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return code && code != SQLITE_BUSY ? store_fail(store, error) : SIM_OK;
}
