// SPDX-License-Identifier: Apache-2.0
// Between the files of the store.
#ifndef REGRESS_STORE_PRIVATE_H
#define REGRESS_STORE_PRIVATE_H

#include <sqlite3.h>

#include "store.h"

struct store {
    sqlite3 *db;
    sqlite3_stmt *add, *count;
    void *smallest;  // by run and signature (tsearch): the smallest seed, of those asked for
    char *path;
};

// The sentence of the database's last failure; SIM_ERROR_IO, SIM_ERROR_FORMAT if it is damaged,
// SIM_ERROR_MEMORY.
enum sim_status store_fail(const struct store *store, struct sim_error *error);

// Run statements without results.
enum sim_status store_execute(struct store *store, const char *sql, struct sim_error *error);
enum sim_status store_prepare(struct store *store, const char *sql, sqlite3_stmt **statement,
                              struct sim_error *error);
// Step and finalize a statement that gives no rows.
enum sim_status store_finish(struct store *store, sqlite3_stmt *statement, struct sim_error *error);

// Whether there is a file of this name with "-wal", "-journal" behind it.
bool store_has(const char *path, const char *end);
// Open store->path into store->db without ever writing it. SIM_ERROR_IO, SIM_ERROR_USAGE (not a
// regular file), SIM_ERROR_MEMORY.
enum sim_status store_open_as_it_is(struct store *store, struct sim_error *error);
// Replace the sentence of a failure to read such a file where there is a better one.
enum sim_status store_explain_unreadable(const struct store *store, enum sim_status status,
                                         struct sim_error *error);

void store_forget_smallest(struct store *store);

// Returns a column's text, "" for NULL.
const char *store_text(sqlite3_stmt *statement, int column);

// "2026-01-31T23:59:59Z"
enum { STORE_TIME_BYTES = 24 };
void store_now(char out[STORE_TIME_BYTES]);

#endif
