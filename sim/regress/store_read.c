// SPDX-License-Identifier: Apache-2.0
// Opening a file of results without changing it: somebody else's, in a folder without permission
// to write. SQLite reads a file with a write-ahead log only beside its index, which it makes; a
// file that nobody has open, and whose log is gone, it reads as it is.
#define _POSIX_C_SOURCE 200809L
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_private.h"

enum { WAIT_MS = 10000 };

bool store_has(const char *path, const char *end) {
    char file[4096 + 16];
    int n = snprintf(file, sizeof file, "%s%s", path, end);
    return n > 0 && (size_t)n < sizeof file && !access(file, F_OK);
}

// The path as a URI: what is no letter, digit or one of "/-._~" as %XX. NULL: no memory.
static char *uri_of(const char *path, bool alone) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NULL;
    fprintf(out, "file:%s", path[0] == '/' ? "//" : "");
    for (const unsigned char *c = (const unsigned char *)path; *c; c++)
        fprintf(out, *c < 128 && (isalnum(*c) || strchr("/-._~", *c)) ? "%c" : "%%%02X", *c);
    if (alone) fprintf(out, "?immutable=1");
    if (!fclose(out)) return text;
    free(text);
    return NULL;
}

enum sim_status store_open_as_it_is(struct store *store, struct sim_error *error) {
    struct stat status;
    if (stat(store->path, &status))
        return sim_fail(error, SIM_ERROR_IO, "%.300s: cannot be opened: %s", store->path,
                        strerror(errno));
    if (!S_ISREG(status.st_mode))
        return sim_fail(error, SIM_ERROR_USAGE,
                        "%.300s: not a regular file, so it holds no results", store->path);
    char *uri =
        uri_of(store->path, !store_has(store->path, "-wal") && !store_has(store->path, "-journal"));
    if (!uri) return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    int code = sqlite3_open_v2(uri, &store->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
    free(uri);
    if (code) return store_fail(store, error);
    sqlite3_busy_timeout(store->db, WAIT_MS);
    return SIM_OK;
}

enum sim_status store_explain_unreadable(const struct store *store, enum sim_status status,
                                         struct sim_error *error) {
    if (status != SIM_ERROR_IO || access(store->path, R_OK) || !store_has(store->path, "-wal"))
        return status;
    return sim_fail(
        error, SIM_ERROR_IO,
        "%.200s: its last results are in the log beside it (-wal), which cannot be read "
        "in a folder without permission to write: copy both elsewhere",
        store->path);
}
