// SPDX-License-Identifier: Apache-2.0
// Which run it is, beyond its number, which every new database begins at 1.
#include <stdio.h>

#include "store_private.h"

enum sim_status store_identity(struct store *store, int64_t run, char out[STORE_ID_BYTES],
                               struct sim_error *error) {
    sqlite3_stmt *statement;
    // A table of its own: files of before have none, and are as good.
    enum sim_status status = store_execute(
        store, "CREATE TABLE IF NOT EXISTS identity (run INTEGER PRIMARY KEY, id TEXT NOT NULL)",
        error);
    if (!status)
        status = store_prepare(
            store,
            "INSERT INTO identity VALUES (?1, lower(hex(randomblob(16)))) ON CONFLICT DO NOTHING",
            &statement, error);
    if (status) return status;
    sqlite3_bind_int64(statement, 1, run);
    status = store_finish(store, statement, error);
    if (!status)
        status = store_prepare(store, "SELECT id FROM identity WHERE run = ?1", &statement, error);
    if (status) return status;
    sqlite3_bind_int64(statement, 1, run);
    if (sqlite3_step(statement) == SQLITE_ROW)
        snprintf(out, STORE_ID_BYTES, "%s", store_text(statement, 0));
    else
        status = store_fail(store, error);
    sqlite3_finalize(statement);
    return status;
}
