// SPDX-License-Identifier: Apache-2.0
// What is asked of the results of a run as they come.
#define _GNU_SOURCE
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "store_private.h"

unsigned store_count(struct store *store, int64_t run, const char *signature, unsigned most) {
    unsigned count = 0;
    sqlite3_bind_int64(store->count, 1, run);
    sqlite3_bind_text(store->count, 2, signature, -1, SQLITE_STATIC);
    sqlite3_bind_int64(store->count, 3, most);
    if (sqlite3_step(store->count) == SQLITE_ROW)
        count = (unsigned)sqlite3_column_int(store->count, 0);
    sqlite3_reset(store->count);
    return count;
}

// --- the smallest seed -------------------------------------------------------------------

// The database is asked once for a signature: a bucket may have a million results.
struct smallest {
    int64_t run;
    char signature[STORE_SIGNATURE_BYTES];
    uint64_t seed;
};

static int by_signature(const void *a, const void *b) {
    const struct smallest *x = a, *y = b;
    if (x->run != y->run) return x->run < y->run ? -1 : 1;
    return strcmp(x->signature, y->signature);
}

void store_forget_smallest(struct store *store) {
    tdestroy(store->smallest, free);
    store->smallest = NULL;
}

static bool stored_smallest(struct store *store, struct smallest *smallest) {
    sqlite3_stmt *statement;
    if (store_prepare(store,
                      "SELECT min(seed) FROM result JOIN job USING (run, number) WHERE run = ?1 AND"
                      " signature = ?2 AND signature <> ''",
                      &statement, NULL))
        return false;
    sqlite3_bind_int64(statement, 1, smallest->run);
    sqlite3_bind_text(statement, 2, smallest->signature, -1, SQLITE_STATIC);
    bool found = sqlite3_step(statement) == SQLITE_ROW;
    smallest->seed = UINT64_MAX;
    if (found && sqlite3_column_type(statement, 0) != SQLITE_NULL)
        smallest->seed = (uint64_t)sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return found;
}

bool store_is_smallest(struct store *store, int64_t run, const char *signature, uint64_t seed) {
    struct smallest key = {.run = run};
    snprintf(key.signature, sizeof key.signature, "%s", signature);
    struct smallest *const *found = tfind(&key, &store->smallest, by_signature);
    struct smallest *smallest = found ? *found : NULL;
    if (!smallest) {
        if (!stored_smallest(store, &key) || !(smallest = malloc(sizeof *smallest))) return false;
        *smallest = key;
        if (!tsearch(smallest, &store->smallest, by_signature)) {
            free(smallest);
            return false;
        }
    }
    if (seed > smallest->seed) return false;
    smallest->seed = seed;
    return true;
}

// --- outcomes ----------------------------------------------------------------------------

enum sim_status store_outcomes(struct store *store, int64_t run, size_t counts[OUTCOMES],
                               struct sim_error *error) {
    sqlite3_stmt *statement;
    int code;
    memset(counts, 0, OUTCOMES * sizeof *counts);
    enum sim_status status =
        store_prepare(store, "SELECT outcome, count(*) FROM result WHERE run = ?1 GROUP BY outcome",
                      &statement, error);
    if (status) return status;
    sqlite3_bind_int64(statement, 1, run);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        enum outcome outcome = outcome_find(store_text(statement, 0));
        if (outcome < OUTCOMES) counts[outcome] = (size_t)sqlite3_column_int64(statement, 1);
    }
    if (code != SQLITE_DONE) status = store_fail(store, error);
    sqlite3_finalize(statement);
    return status;
}
