// SPDX-License-Identifier: Apache-2.0
// What a regression has to itself: DIR and the database, by locks; DIR/run-R, by its identity;
// a place for what is not kept.
#define _GNU_SOURCE
#include "folders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static enum sim_status no_memory(struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
}

static enum sim_status not_made(const char *path, struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_IO, "%.300s: this folder cannot be made: %s", path,
                    strerror(errno));
}

enum sim_status folders_make(const char *path, struct sim_error *error) {
    return !mkdir(path, 0777) || errno == EEXIST ? SIM_OK : not_made(path, error);
}

// --- locks -------------------------------------------------------------------------------

// The kernel drops the lock with the process. `sentence`: what to say if somebody holds it.
static enum sim_status lock(const char *path, const char *place, const char *sentence, int *out,
                            struct sim_error *error) {
    *out = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (*out < 0)
        return sim_fail(error, SIM_ERROR_IO, "%.300s: cannot be opened: %s", path, strerror(errno));
    if (flock(*out, LOCK_EX | LOCK_NB))
        return sim_fail(error, SIM_ERROR_USAGE, "%.300s: %s", place, sentence);
    return SIM_OK;
}

static enum sim_status lock_folder(struct regression *regression, struct sim_error *error) {
    const char *dir = regression->options->dir;
    char *path = NULL;
    if (asprintf(&path, "%s/lock", dir) < 0) return no_memory(error);
    enum sim_status status =
        lock(path, dir, "another regression is running here; give another --dir", &regression->lock,
             error);
    free(path);
    return status;
}

enum sim_status folders_lock_store(struct regression *regression, const char *database,
                                   struct sim_error *error) {
    char *real = realpath(database, NULL), *path = NULL;
    enum sim_status status = SIM_OK;
    if (!real)
        status = sim_fail(error, SIM_ERROR_IO, "%.300s: %s", database, strerror(errno));
    else if (asprintf(&path, "%s.lock", real) < 0)
        status = no_memory(error);
    else
        status = lock(path, database, "another regression uses this database; give another --db",
                      &regression->store_lock, error);
    free(real);
    free(path);
    return status;
}

// --- scratch -----------------------------------------------------------------------------

// Jobs leave nothing there but files; a runner or a job that was killed may have left some.
static void empty(int folder) {
    DIR *stream = fdopendir(folder);
    for (const struct dirent *entry; stream && (entry = readdir(stream));)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            unlinkat(folder, entry->d_name, 0);
    if (stream)
        closedir(stream);
    else
        close(folder);
}

void folders_remove(const char *path) {
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder >= 0) empty(folder);
    rmdir(path);
}

static enum sim_status make_scratch(struct regression *regression, struct sim_error *error) {
    if (asprintf(&regression->scratch, "%s/.tandem-scratch", regression->options->dir) < 0) {
        regression->scratch = NULL;
        return no_memory(error);
    }
    enum sim_status status = folders_make(regression->scratch, error);
    int folder =
        status ? -1 : open(regression->scratch, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder >= 0)
        empty(folder);
    else if (!status)
        status = sim_fail(error, SIM_ERROR_IO, "%.300s: cannot be opened: %s", regression->scratch,
                          strerror(errno));
    if (!status) return SIM_OK;
    free(regression->scratch);
    regression->scratch = NULL;
    return status;
}

enum sim_status folders_open(struct regression *regression, struct sim_error *error) {
    enum sim_status status = folders_make(regression->options->dir, error);
    if (!status) status = lock_folder(regression, error);
    return status ? status : make_scratch(regression, error);
}

void folders_close(struct regression *regression) {
    if (regression->scratch) folders_remove(regression->scratch);
    if (regression->store_lock >= 0) close(regression->store_lock);
    if (regression->lock >= 0) close(regression->lock);
    free(regression->scratch);
}

// --- DIR/run-R ---------------------------------------------------------------------------

enum sim_status folders_next_run(const struct regression *regression, int64_t *run,
                                 struct sim_error *error) {
    DIR *stream = opendir(regression->options->dir);
    *run = 1;
    if (!stream)
        return sim_fail(error, SIM_ERROR_IO, "%.300s: cannot be read: %s", regression->options->dir,
                        strerror(errno));
    for (const struct dirent *entry; (entry = readdir(stream));) {
        const char *digits = entry->d_name + 4;
        size_t length = strlen(entry->d_name);
        if (length < 5 || length > 16 || strncmp(entry->d_name, "run-", 4) ||
            digits[strspn(digits, "0123456789")])
            continue;
        int64_t found = strtoll(digits, NULL, 10);
        if (found >= *run) *run = found + 1;
    }
    closedir(stream);
    return SIM_OK;
}

static enum sim_status write_id(const char *path, const char *id, struct sim_error *error) {
    size_t length = strlen(id);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    bool ok = file >= 0 && write(file, id, length) == (ssize_t)length && !fsync(file);
    int why = errno;
    if (file >= 0) close(file);
    if (ok) return SIM_OK;
    if (file >= 0) unlink(path);
    return sim_fail(error, SIM_ERROR_IO, "%.300s: cannot be written: %s", path, strerror(why));
}

// Whether the folder says that it is this run's. One whose runner was killed before it had written
// that is empty, and is removed.
static bool is_own(const char *folder, const char *path, const char *id) {
    char found[STORE_ID_BYTES + 1] = "";
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = file >= 0 ? read(file, found, STORE_ID_BYTES) : 0;
    if (file >= 0) close(file);
    if (n > 0) return !strcmp(found, id);
    unlink(path);
    rmdir(folder);
    return false;
}

enum sim_status folders_claim(struct regression *regression, struct sim_error *error) {
    const char *folder = regression->folder;
    char *path = NULL;
    if (asprintf(&path, "%s/id", folder) < 0) return no_memory(error);
    enum sim_status status = SIM_OK;
    if (!regression->resumed || !is_own(folder, path, regression->id)) {
        if (!mkdir(folder, 0777))
            status = write_id(path, regression->id, error);
        else if (errno == EEXIST)
            status = sim_fail(error, SIM_ERROR_USAGE,
                              "%.300s: holds another run's files; give the --dir that this run had",
                              folder);
        else
            status = not_made(folder, error);
    }
    free(path);
    return status;
}
