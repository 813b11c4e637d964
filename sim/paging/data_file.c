// SPDX-License-Identifier: Apache-2.0
// Files of data: opening, claiming, whole reads and writes.
#define _DEFAULT_SOURCE  // flock
#include "data_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define DATA_FILE_MAGIC_LIMIT 64

static ssize_t data_file_pread(void *user, int fd, void *data, size_t bytes, uint64_t offset) {
    (void)user;
    return pread(fd, data, bytes, (off_t)offset);
}

static ssize_t data_file_pwrite(void *user, int fd, const void *data, size_t bytes,
                                uint64_t offset) {
    (void)user;
    return pwrite(fd, data, bytes, (off_t)offset);
}

static const struct data_file_ops data_file_system = {data_file_pread, data_file_pwrite};

void data_file_use(struct data_file *file, const struct data_file_ops *ops, void *user) {
    file->ops = ops ? ops : &data_file_system;
    file->user = user;
}

static enum sim_status data_file_refused(const struct data_file *file, const char *operation,
                                         int reason, struct sim_error *error) {
    return sim_fail(error, SIM_ERROR_IO, "%s: %s: %s", file->name, operation, strerror(reason));
}

void data_file_close(struct data_file *file) {
    if (file->fd >= 0) close(file->fd);
    free(file->name);
    *file = (struct data_file){.fd = -1};
}

static enum sim_status data_file_name(struct data_file *file, const char *folder, const char *name,
                                      const char *tail, struct sim_error *error) {
    *file = (struct data_file){.fd = -1, .ops = &data_file_system};
    size_t bytes = strlen(folder) + strlen(name) + strlen(tail) + 1;
    file->name = malloc(bytes);
    if (!file->name) return sim_fail(error, SIM_ERROR_MEMORY, "no memory for a file's name");
    snprintf(file->name, bytes, "%s%s%s", folder, name, tail);
    return SIM_OK;
}

enum sim_status data_file_temporary(struct data_file *file, const char *what,
                                    struct sim_error *error) {
    const char *folder = getenv("TMPDIR");
    if (!folder || !*folder) folder = "/tmp";
    char name[64];
    snprintf(name, sizeof name, "/tandem-%s", what);
    enum sim_status status = data_file_name(file, folder, name, "-XXXXXX", error);
    if (status != SIM_OK) return status;
    file->fd = mkstemp(file->name);
    if (file->fd < 0) {
        status = data_file_refused(file, "cannot create the temporary file", errno, error);
        data_file_close(file);
        return status;
    }
    unlink(file->name);
    fcntl(file->fd, F_SETFD, FD_CLOEXEC);
    return SIM_OK;
}

static enum sim_status data_file_recognise(const struct data_file *file, const char *kind,
                                           const void *magic, size_t magic_bytes,
                                           struct sim_error *error) {
    char found[DATA_FILE_MAGIC_LIMIT];
    struct stat about;
    if (fstat(file->fd, &about)) return data_file_refused(file, "cannot look at it", errno, error);
    if (!S_ISREG(about.st_mode) || pread(file->fd, found, magic_bytes, 0) != (ssize_t)magic_bytes ||
        memcmp(found, magic, magic_bytes) != 0) {
        return sim_fail(error, SIM_ERROR_USAGE, "%s exists and is not %s: it is left as it is",
                        file->name, kind);
    }
    if (flock(file->fd, LOCK_EX | LOCK_NB)) {
        return sim_fail(error, SIM_ERROR_USAGE, "%s is in use by another process", file->name);
    }
    if (ftruncate(file->fd, (off_t)magic_bytes)) {
        return data_file_refused(file, "cannot empty it", errno, error);
    }
    return SIM_OK;
}

static enum sim_status data_file_claim_named(struct data_file *file, const char *kind,
                                             const void *magic, size_t magic_bytes,
                                             struct sim_error *error) {
    file->fd = open(file->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file->fd >= 0) {
        flock(file->fd, LOCK_EX | LOCK_NB);
        return data_file_write(file, magic, magic_bytes, 0, error);
    }
    // O_NONBLOCK: a FIFO must be refused, not waited for.
    if (errno == EEXIST) file->fd = open(file->name, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (file->fd < 0) {
        if (errno == EISDIR || errno == ENXIO) {
            return sim_fail(error, SIM_ERROR_USAGE, "%s exists and is not %s: it is left as it is",
                            file->name, kind);
        }
        return data_file_refused(file, "cannot open it", errno, error);
    }
    return data_file_recognise(file, kind, magic, magic_bytes, error);
}

enum sim_status data_file_claim(struct data_file *file, const char *path, const char *kind,
                                const void *magic, size_t magic_bytes, struct sim_error *error) {
    enum sim_status status = data_file_name(file, "", path, "", error);
    if (status == SIM_OK) status = data_file_claim_named(file, kind, magic, magic_bytes, error);
    if (status != SIM_OK) data_file_close(file);
    return status;
}

enum sim_status data_file_read(const struct data_file *file, void *data, size_t bytes,
                               uint64_t offset, struct sim_error *error) {
    char *to = data;
    size_t done = 0;
    while (done < bytes) {
        ssize_t got = file->ops->read(file->user, file->fd, to + done, bytes - done, offset + done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return data_file_refused(file, "cannot read", errno, error);
        if (got == 0) break;
        done += (size_t)got;
    }
    memset(to + done, 0, bytes - done);
    return SIM_OK;
}

enum sim_status data_file_write(const struct data_file *file, const void *data, size_t bytes,
                                uint64_t offset, struct sim_error *error) {
    const char *from = data;
    size_t done = 0;
    while (done < bytes) {
        ssize_t got =
            file->ops->write(file->user, file->fd, from + done, bytes - done, offset + done);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            return data_file_refused(file, "cannot write", got < 0 ? errno : ENOSPC, error);
        }
        done += (size_t)got;
    }
    return SIM_OK;
}
